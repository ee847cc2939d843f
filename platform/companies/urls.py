"""Addresses of the page of access keys."""

from __future__ import annotations

from django.urls import path

from companies.views import keys

app_name = "keys"

urlpatterns = [
    path("", keys.list_keys, name="list"),
    path("<uuid:pk>/withdraw/", keys.withdraw, name="withdraw"),
]
