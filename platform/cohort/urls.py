"""Addresses of the bureau's pages, below `/cohort/`."""

from __future__ import annotations

from django.urls import path

from cohort import programme_urls
from cohort.views import (
    briefings,
    companies,
    company,
    contacts,
    costs,
    differences,
    files,
    messages,
    overview,
    packets,
    panel_files,
    profile,
    timeline,
)
from cohort.views.review import acceptance, batches, check, documents, flags, queue, samples, visit

app_name = "cohort"

urlpatterns = [
    path("", overview.show_overview, name="overview"),
    path("differences/", differences.show_differences, name="differences"),
    path("panels/<slug:panel>.<slug:kind>", panel_files.download_panel, name="panel_file"),
    path("companies/", companies.show_companies, name="companies"),
    path("companies/<uuid:pk>/", company.show_company, name="company"),
    path("files/", files.show_files, name="files"),
    path("files/template/", files.download_template, name="file_template"),
    path("files/<uuid:pk>/", files.show_file, name="file"),
    path("files/<uuid:pk>/load/", files.load_file, name="load_file"),
    path("files/<uuid:pk>/marked/", files.download_annotated_copy, name="marked_file"),
    path("ledger/", files.show_companies_exports, name="ledger"),
    path("ledger/<uuid:pk>/", files.download_companies_export, name="ledger_file"),
    path("messages/", messages.show_messages, name="messages"),
    path("companies/<uuid:pk>/contacts/", contacts.show_contacts, name="contacts"),
    path("companies/<uuid:pk>/timeline/", timeline.show_timeline, name="timeline"),
    path("companies/<uuid:pk>/messages/", messages.show_company_messages, name="company_messages"),
    path("companies/<uuid:pk>/profile/", profile.edit_profile, name="profile"),
    path("companies/<uuid:pk>/papers/", timeline.show_papers, name="papers"),
    path("desk/", queue.show_queue, name="queue"),
    path("desk/<uuid:pk>/check/", check.show_county_check, name="check"),
    path("desk/<uuid:pk>/visit/", visit.show_visit, name="visit"),
    path("desk/<uuid:pk>/visit/finish/", visit.finish, name="finish"),
    path("desk/<uuid:pk>/visit/items/<slug:item>/", visit.grade, name="grade"),
    path("desk/<uuid:pk>/acceptance/", acceptance.show_acceptance, name="acceptance"),
    path("desk/<uuid:pk>/acceptance/accept/", acceptance.accept, name="accept"),
    path("desk/<uuid:pk>/documents/", documents.upload_document, name="documents"),
    path("documents/<uuid:pk>/", documents.download_document, name="document"),
    path("batches/", batches.show_batches, name="batches"),
    path("batches/<uuid:pk>/", batches.show_batch, name="batch"),
    path("batches/<uuid:pk>/table/", batches.download_batch_table, name="batch_table"),
    path("flags/", flags.show_flags, name="flags"),
    path("flags/<uuid:pk>/", flags.show_flag, name="flag"),
    path("samples/", samples.show_samples, name="samples"),
    path("samples/<uuid:pk>/", samples.show_sample, name="sample"),
    path("costs/", costs.show_costs, name="costs"),
    path("costs/<int:pk>/", costs.edit_cost, name="cost"),
    path("reports/", packets.order, name="order_packet"),
    path("briefings/", briefings.show_briefings, name="briefing"),
    path("briefings/draft/", briefings.draft, name="draft_briefings"),
    path("briefings/<uuid:pk>/", briefings.show_briefing, name="briefing_page"),
    path("briefings/<uuid:pk>/words/", briefings.edit, name="edit_briefing"),
    path("briefings/<uuid:pk>/approve/", briefings.approve, name="approve_briefing"),
    path("briefings/<uuid:pk>/companies/", briefings.show_briefing_companies, name="briefing_companies"),
    path("briefings/<uuid:pk>/briefing.<slug:ending>", briefings.download_briefing, name="briefing_paper"),
    *programme_urls.urlpatterns,
]
