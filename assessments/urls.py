"""Pages of one assessment, as a company sees them, and those about the model that need the cohort's answers."""

from __future__ import annotations

from django.urls import path

from assessments.views import (
    answers,
    changes,
    colleagues,
    evidence,
    home,
    joining,
    messages,
    model,
    own_data,
    plans,
    profile,
    provider,
    questions,
    reports,
    results,
    sections,
    submissions,
    unchanged,
    verification,
    way_up,
)

app_name = "assessments"

urlpatterns = [
    path("assessments/<uuid:pk>/", home.show_assessment_home, name="home"),
    path("assessments/<uuid:pk>/questions/", questions.show_questions, name="questions"),
    path("assessments/<uuid:pk>/sections/<slug:code>/", sections.show_section, name="section"),
    path("assessments/<uuid:pk>/sections/<slug:code>/assign/", colleagues.assign_section, name="assign"),
    path("assessments/<uuid:pk>/sections/<slug:code>/confirm/", unchanged.confirm_unchanged, name="confirm"),
    path("assessments/<uuid:pk>/answers/<slug:item>/", answers.handle_answer, name="answer"),
    path("assessments/<uuid:pk>/answers/<slug:item>/changes/", changes.show_answer_changes, name="changes"),
    path("assessments/<uuid:pk>/profile/", profile.edit_profile, name="profile"),
    path("assessments/<uuid:pk>/colleagues/", colleagues.show_colleagues, name="colleagues"),
    path(
        "assessments/<uuid:pk>/colleagues/<int:member>/end/",
        colleagues.end_colleague_access,
        name="end_access",
    ),
    path("assessments/<uuid:pk>/leave/", colleagues.leave_company, name="leave"),
    path("invitations/<uuid:pk>/revoke/", colleagues.revoke_invitation, name="revoke_invitation"),
    path("join/<slug:token>/", joining.join_company, name="join"),
    path("provider/", provider.show_provider_home, name="provider_home"),
    path("assessments/<uuid:pk>/evidence/<slug:item>/", evidence.add_evidence, name="evidence"),
    path("evidence/<uuid:pk>/", evidence.download_evidence, name="evidence_file"),
    path("evidence/<uuid:pk>/thumbnail/", evidence.show_evidence_thumbnail, name="evidence_thumbnail"),
    path("evidence/<uuid:pk>/remove/", evidence.remove_evidence, name="remove_evidence"),
    path("evidence/<uuid:pk>/restore/", evidence.restore_evidence, name="restore_evidence"),
    path("assessments/<uuid:pk>/messages/", messages.show_messages, name="messages"),
    path("assessments/<uuid:pk>/messages/settle/", messages.settle_messages, name="settle_messages"),
    path("messages/<uuid:pk>/withdraw/", messages.withdraw_message, name="withdraw_message"),
    path("assessments/<uuid:pk>/check/", submissions.show_check_page, name="check"),
    path("assessments/<uuid:pk>/submit/", submissions.submit_answers, name="submit"),
    path("assessments/<uuid:pk>/withdraw/", submissions.withdraw_submission, name="withdraw"),
    path("assessments/<uuid:pk>/scoring/", submissions.show_scoring, name="scoring"),
    path("assessments/<uuid:pk>/verification/", verification.show_verification, name="verification"),
    path(
        "assessments/<uuid:pk>/reopened/<slug:item>/", verification.redirect_to_returned_item, name="reopened"
    ),
    path("assessments/<uuid:pk>/result/", results.show_result, name="result"),
    path("assessments/<uuid:pk>/way-up/", way_up.show_way_up, name="way_up"),
    path("assessments/<uuid:pk>/plan/", plans.show_plan, name="plan"),
    path("assessments/<uuid:pk>/plan/save/", plans.adopt_plan, name="save_plan"),
    path("assessments/<uuid:pk>/plan.xlsx", plans.download_plan_workbook, name="plan_workbook"),
    path("assessments/<uuid:pk>/reports/", reports.order_assessment_report, name="order_report"),
    path("assessments/<uuid:pk>/result.xlsx", reports.download_result_workbook, name="result_workbook"),
    path(
        "assessments/<uuid:pk>/charts/<slug:chart>.png", reports.download_chart_picture, name="chart_picture"
    ),
    path(
        "assessments/<uuid:pk>/charts/<slug:chart>.xlsx",
        reports.download_chart_workbook,
        name="chart_workbook",
    ),
    path("reports/<uuid:pk>/", reports.show_report, name="report"),
    path("reports/<uuid:pk>/file/", reports.download_report, name="report_file"),
    path("submissions/<uuid:pk>/", submissions.show_receipt, name="receipt"),
    path("submissions/<uuid:pk>/receipt.pdf", submissions.download_receipt, name="receipt_document"),
    path("account/data/", own_data.show_personal_data, name="own_data"),
    path("account/data/file/", own_data.download_personal_data, name="own_data_file"),
    path("account/data/delete/", own_data.delete_personal_data, name="delete_own_data"),
    path("model/drift/", model.show_drift, name="drift"),
    path("model/compare/", model.show_release_comparison, name="comparison"),
    path("model/proposals/<int:pk>/confirm/", model.confirm_release, name="confirm_release"),
    path("model/roll-back/", model.roll_back_release, name="roll_back_release"),
]
