"""Addresses of the pages of webhooks."""

from __future__ import annotations

from django.urls import path

from webhooks import views

app_name = "webhooks"

urlpatterns = [
    path("", views.list_webhooks, name="list"),
    path("<uuid:pk>/", views.show_webhook, name="detail"),
    path("<uuid:pk>/do/<slug:what>/", views.act, name="act"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
]
