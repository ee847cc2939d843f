"""Addresses of acts on many companies, saved views, programmes, rounds, lists and versions; see `cohort.urls`."""

from __future__ import annotations

from django.urls import path

from cohort.views import bulk, enrolment, instruments, lists, programme, rounds, saved_views

urlpatterns = [
    path("companies/views/", saved_views.save, name="view_save"),
    path("companies/views/<int:pk>/delete/", saved_views.delete, name="view_delete"),
    path("companies/bulk/", bulk.preview, name="bulk"),
    path("companies/bulk/acts/", bulk.runs, name="bulk_runs"),
    path("companies/bulk/start/", bulk.start, name="bulk_start"),
    path("companies/bulk/<uuid:pk>/", bulk.run, name="bulk_run"),
    path("companies/bulk/<uuid:pk>/progress/", bulk.progress, name="bulk_progress"),
    path("companies/<uuid:pk>/place/", enrolment.roster, name="roster"),
    path("companies/<uuid:pk>/place/name/", enrolment.rename, name="roster_rename"),
    path("companies/<uuid:pk>/place/merger/", enrolment.merge, name="roster_merge"),
    path("companies/<uuid:pk>/place/leave/", enrolment.leave, name="roster_leave"),
    path("companies/<uuid:pk>/place/return/", enrolment.come_back, name="roster_return"),
    path("companies/<uuid:pk>/place/time/", enrolment.extend, name="roster_extend"),
    path("programme/", programme.programme, name="programme"),
    path("programme/choose/", programme.switch, name="programme_switch"),
    path("programme/new/", programme.create, name="programme_create"),
    path("programme/<uuid:pk>/", programme.edit, name="programme_edit"),
    path("rounds/open/", rounds.open_round, name="round_open"),
    path("rounds/<uuid:pk>/", rounds.round_page, name="round"),
    path("rounds/<uuid:pk>/progress/", rounds.progress, name="round_progress"),
    path("rounds/<uuid:pk>/times/", rounds.times, name="round_times"),
    path("rounds/<uuid:pk>/freeze/", rounds.freeze, name="round_freeze"),
    path("rounds/<uuid:pk>/reopen/", rounds.reopen, name="round_reopen"),
    path("rounds/<uuid:pk>/companies/", rounds.add, name="round_add"),
    path("lists/", lists.lists, name="lists"),
    path("lists/<slug:kind>/", lists.add, name="list_add"),
    path("lists/<slug:kind>/<int:pk>/", lists.entry, name="list_entry"),
    path("questionnaires/", instruments.instruments, name="instruments"),
    path("questionnaires/difference/", instruments.difference, name="instrument_difference"),
    path("questionnaires/<str:version>/", instruments.instrument, name="instrument"),
    path("questionnaires/<str:version>/publish/", instruments.publish, name="instrument_publish"),
]
