"""Addresses of the bureau's pages, below `/cohort/`."""

from __future__ import annotations

from django.urls import path

from cohort import programme_urls
from cohort.views import (
    briefings,
    companies,
    company,
    costs,
    differences,
    files,
    messages,
    overview,
    packets,
    panel_files,
)

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
