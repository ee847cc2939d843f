"""Addresses of the model's pages, below `/model/`. What needs the cohort's answers is in `assessments.urls`."""

from __future__ import annotations

from django.urls import path

from benchmarks.views import facilities, overview, releases

app_name = "benchmarks"

urlpatterns = [
    path("", overview.show_overview, name="overview"),
    path("work/", overview.show_work, name="work"),
    path("train/", releases.train, name="train"),
    path("releases/<uuid:pk>/", releases.show_release, name="release"),
    path("releases/<uuid:pk>/propose/", releases.propose, name="propose"),
    path("proposals/<int:pk>/withdraw/", releases.withdraw, name="withdraw"),
    path("facilities/", facilities.show_facilities, name="facilities"),
    path("facilities/load/", facilities.load, name="load"),
    path("facilities/template/", facilities.download_template, name="template"),
]
