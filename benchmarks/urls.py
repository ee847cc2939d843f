"""Addresses of the model's pages, below `/model/`. What needs the cohort's answers is in `assessments.urls`."""

from __future__ import annotations

from django.urls import path

from benchmarks.views import facilities, overview, releases

app_name = "benchmarks"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("work/", overview.work, name="work"),
    path("train/", releases.train, name="train"),
    path("releases/<uuid:pk>/", releases.release, name="release"),
    path("releases/<uuid:pk>/propose/", releases.propose, name="propose"),
    path("proposals/<int:pk>/withdraw/", releases.withdraw, name="withdraw"),
    path("facilities/", facilities.facilities, name="facilities"),
    path("facilities/load/", facilities.load, name="load"),
    path("facilities/template/", facilities.template, name="template"),
]
