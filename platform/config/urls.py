"""Addresses of the site. Each app names its own below its namespace."""

from __future__ import annotations

import sys

from django.urls import URLPattern, URLResolver, include, path

from config import views

PARTS = [
    ("", "assessments.urls"),
    ("cohort/", "cohort.urls"),
    ("model/", "benchmarks.urls"),
    ("api/", "config.api.urls"),
]


def _parts() -> list[URLResolver]:
    """Leaves out a part that cannot be imported and says why."""
    found = []
    for prefix, module in PARTS:
        try:
            found.append(path(prefix, include(module)))
        except ImportError as error:
            sys.stderr.write(f"{module} is left out: {error}\n")
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("language/", views.choose_language, name="set_language"),
    path("help/", views.help_page, name="help"),
    path("account/", views.account_settings, name="account_settings"),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/", include("allauth.urls")),
    *_parts(),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
