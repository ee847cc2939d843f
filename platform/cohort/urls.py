"""Addresses of the bureau's pages, below `/cohort/`."""

from __future__ import annotations

from django.urls import path

from cohort.views import companies, company, costs, overview

app_name = "cohort"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("companies/", companies.companies, name="companies"),
    path("companies/<uuid:pk>/", company.company, name="company"),
    path("costs/", costs.costs, name="costs"),
    path("costs/<int:pk>/", costs.cost, name="cost"),
]
