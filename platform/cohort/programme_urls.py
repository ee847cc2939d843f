"""Addresses of acts on many companies, saved views, programmes, rounds, lists and versions; see `cohort.urls`."""

from __future__ import annotations

from django.urls import path

from cohort.views import bulk, enrolment, instruments, lists, programme, rounds, saved_views

urlpatterns = [
    path("companies/views/", saved_views.save, name="view_save"),
    path("companies/views/<int:pk>/delete/", saved_views.delete, name="view_delete"),
    path("companies/bulk/", bulk.preview, name="bulk"),
    path("companies/bulk/acts/", bulk.show_runs, name="bulk_runs"),
    path("companies/bulk/start/", bulk.start, name="bulk_start"),
    path("companies/bulk/<uuid:pk>/", bulk.show_run, name="bulk_run"),
    path("companies/bulk/<uuid:pk>/progress/", bulk.show_run_progress, name="bulk_progress"),
    path("companies/<uuid:pk>/place/", enrolment.show_enrolment, name="roster"),
    path("companies/<uuid:pk>/place/name/", enrolment.rename, name="roster_rename"),
    path("companies/<uuid:pk>/place/merger/", enrolment.merge, name="roster_merge"),
    path("companies/<uuid:pk>/place/leave/", enrolment.leave, name="roster_leave"),
    path("companies/<uuid:pk>/place/return/", enrolment.come_back, name="roster_return"),
    path("companies/<uuid:pk>/place/time/", enrolment.extend, name="roster_extend"),
    path("programme/", programme.show_programme, name="programme"),
    path("programme/choose/", programme.switch, name="programme_switch"),
    path("programme/new/", programme.create, name="programme_create"),
    path("programme/<uuid:pk>/", programme.edit, name="programme_edit"),
    path("rounds/open/", rounds.open_round, name="round_open"),
    path("rounds/<uuid:pk>/", rounds.show_round, name="round"),
    path("rounds/<uuid:pk>/progress/", rounds.show_opening_progress, name="round_progress"),
    path("rounds/<uuid:pk>/times/", rounds.change_times, name="round_times"),
    path("rounds/<uuid:pk>/freeze/", rounds.close_round, name="round_freeze"),
    path("rounds/<uuid:pk>/reopen/", rounds.reopen, name="round_reopen"),
    path("rounds/<uuid:pk>/companies/", rounds.add, name="round_add"),
    path("lists/", lists.show_lists, name="lists"),
    path("lists/<slug:kind>/", lists.add, name="list_add"),
    path("lists/<slug:kind>/<int:pk>/", lists.edit_entry, name="list_entry"),
    path("questionnaires/", instruments.show_instruments, name="instruments"),
    path("questionnaires/difference/", instruments.show_difference, name="instrument_difference"),
    path("questionnaires/<str:version>/", instruments.show_instrument, name="instrument"),
    path("questionnaires/<str:version>/publish/", instruments.publish, name="instrument_publish"),
]
