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
    model,
    own_data,
    plans,
    provider,
    questions,
    reports,
    results,
    sections,
    submissions,
    way_up,
)

app_name = "assessments"

urlpatterns = [
    path("assessments/<uuid:pk>/", home.home, name="home"),
    path("assessments/<uuid:pk>/questions/", questions.questions, name="questions"),
    path("assessments/<uuid:pk>/sections/<slug:code>/", sections.section, name="section"),
    path("assessments/<uuid:pk>/sections/<slug:code>/assign/", colleagues.assign, name="assign"),
    path("assessments/<uuid:pk>/sections/<slug:code>/confirm/", sections.confirm_unchanged, name="confirm"),
    path("assessments/<uuid:pk>/answers/<slug:item>/", answers.answer, name="answer"),
    path("assessments/<uuid:pk>/answers/<slug:item>/changes/", changes.changes, name="changes"),
    path("assessments/<uuid:pk>/colleagues/", colleagues.colleagues, name="colleagues"),
    path("assessments/<uuid:pk>/colleagues/<int:member>/end/", colleagues.end, name="end_access"),
    path("invitations/<uuid:pk>/revoke/", colleagues.revoke, name="revoke_invitation"),
    path("join/<slug:token>/", joining.join, name="join"),
    path("provider/", provider.provider_home, name="provider_home"),
    path("assessments/<uuid:pk>/evidence/<slug:item>/", evidence.evidence, name="evidence"),
    path("evidence/<uuid:pk>/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<uuid:pk>/remove/", evidence.remove_evidence, name="remove_evidence"),
    path("evidence/<uuid:pk>/restore/", evidence.restore_evidence, name="restore_evidence"),
    path("assessments/<uuid:pk>/check/", submissions.check, name="check"),
    path("assessments/<uuid:pk>/submit/", submissions.submit, name="submit"),
    path("assessments/<uuid:pk>/withdraw/", submissions.withdraw, name="withdraw"),
    path("assessments/<uuid:pk>/scoring/", submissions.scoring, name="scoring"),
    path("assessments/<uuid:pk>/result/", results.result, name="result"),
    path("assessments/<uuid:pk>/way-up/", way_up.way_up, name="way_up"),
    path("assessments/<uuid:pk>/plan/", plans.plan, name="plan"),
    path("assessments/<uuid:pk>/plan/save/", plans.save, name="save_plan"),
    path("assessments/<uuid:pk>/plan.xlsx", plans.workbook, name="plan_workbook"),
    path("assessments/<uuid:pk>/reports/", reports.order, name="order_report"),
    path("assessments/<uuid:pk>/result.xlsx", reports.workbook, name="result_workbook"),
    path("assessments/<uuid:pk>/charts/<slug:chart>.png", reports.chart_picture, name="chart_picture"),
    path("assessments/<uuid:pk>/charts/<slug:chart>.xlsx", reports.chart_workbook, name="chart_workbook"),
    path("reports/<uuid:pk>/", reports.report, name="report"),
    path("reports/<uuid:pk>/file/", reports.file, name="report_file"),
    path("submissions/<uuid:pk>/", submissions.receipt, name="receipt"),
    path("submissions/<uuid:pk>/receipt.pdf", submissions.receipt_document, name="receipt_document"),
    path("account/data/", own_data.readable, name="own_data"),
    path("account/data/file/", own_data.file, name="own_data_file"),
    path("account/data/delete/", own_data.delete, name="delete_own_data"),
    path("model/drift/", model.drift, name="drift"),
    path("model/compare/", model.comparison, name="comparison"),
    path("model/proposals/<int:pk>/confirm/", model.confirm, name="confirm_release"),
    path("model/roll-back/", model.roll_back, name="roll_back_release"),
]
