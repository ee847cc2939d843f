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
    path("", overview.overview, name="overview"),
    path("differences/", differences.differences, name="differences"),
    path("panels/<slug:panel>.<slug:kind>", panel_files.panel_file, name="panel_file"),
    path("companies/", companies.companies, name="companies"),
    path("companies/<uuid:pk>/", company.company, name="company"),
    path("files/", files.files, name="files"),
    path("files/template/", files.file_template, name="file_template"),
    path("files/<uuid:pk>/", files.file, name="file"),
    path("files/<uuid:pk>/load/", files.load_file, name="load_file"),
    path("files/<uuid:pk>/marked/", files.marked_file, name="marked_file"),
    path("ledger/", files.ledger, name="ledger"),
    path("ledger/<uuid:pk>/", files.ledger_file, name="ledger_file"),
    path("messages/", messages.messages, name="messages"),
    path("companies/<uuid:pk>/contacts/", contacts.contacts, name="contacts"),
    path("companies/<uuid:pk>/timeline/", timeline.timeline, name="timeline"),
    path("companies/<uuid:pk>/messages/", messages.of_company, name="company_messages"),
    path("companies/<uuid:pk>/profile/", profile.profile, name="profile"),
    path("companies/<uuid:pk>/papers/", timeline.papers, name="papers"),
    path("desk/", queue.queue, name="queue"),
    path("desk/<uuid:pk>/check/", check.check, name="check"),
    path("desk/<uuid:pk>/visit/", visit.visit, name="visit"),
    path("desk/<uuid:pk>/visit/finish/", visit.finish, name="finish"),
    path("desk/<uuid:pk>/visit/items/<slug:item>/", visit.grade, name="grade"),
    path("desk/<uuid:pk>/acceptance/", acceptance.acceptance, name="acceptance"),
    path("desk/<uuid:pk>/acceptance/accept/", acceptance.accept, name="accept"),
    path("desk/<uuid:pk>/documents/", documents.documents, name="documents"),
    path("documents/<uuid:pk>/", documents.document, name="document"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<uuid:pk>/", batches.batch, name="batch"),
    path("batches/<uuid:pk>/table/", batches.batch_table, name="batch_table"),
    path("flags/", flags.flags, name="flags"),
    path("flags/<uuid:pk>/", flags.flag, name="flag"),
    path("samples/", samples.samples, name="samples"),
    path("samples/<uuid:pk>/", samples.sample, name="sample"),
    path("costs/", costs.costs, name="costs"),
    path("costs/<int:pk>/", costs.cost, name="cost"),
    path("reports/", packets.order, name="order_packet"),
    path("briefings/", briefings.listing, name="briefing"),
    path("briefings/draft/", briefings.draft, name="draft_briefings"),
    path("briefings/<uuid:pk>/", briefings.briefing, name="briefing_page"),
    path("briefings/<uuid:pk>/words/", briefings.edit, name="edit_briefing"),
    path("briefings/<uuid:pk>/approve/", briefings.approve, name="approve_briefing"),
    path("briefings/<uuid:pk>/companies/", briefings.companies, name="briefing_companies"),
    path("briefings/<uuid:pk>/briefing.<slug:ending>", briefings.paper, name="briefing_paper"),
    *programme_urls.urlpatterns,
]
