"""Addresses of the page of access keys."""

from __future__ import annotations

from django.urls import path

from companies import views

app_name = "keys"

urlpatterns = [
    path("", views.keys, name="list"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]
