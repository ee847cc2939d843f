"""Addresses of a person's own account."""

from __future__ import annotations

from django.urls import path

from accounts.views import notices, purpose

app_name = "accounts"

urlpatterns = [
    path("notices/", notices.list_notices, name="notices"),
    path("notices/read/", notices.read_all, name="read_notices"),
    path("notices/<uuid:pk>/", notices.open_notice, name="notice"),
    path("account/purpose/", purpose.show_purpose, name="purpose"),
]
