"""Addresses of the bureau's pages, below `/cohort/`."""

from __future__ import annotations

from django.urls import path

from cohort.views import companies, company, costs, differences, overview, panel_files

app_name = "cohort"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("differences/", differences.differences, name="differences"),
    path("panels/<slug:panel>.<slug:kind>", panel_files.panel_file, name="panel_file"),
    path("companies/", companies.companies, name="companies"),
    path("companies/<uuid:pk>/", company.company, name="company"),
    path("costs/", costs.costs, name="costs"),
    path("costs/<int:pk>/", costs.cost, name="cost"),
]
