"""Addresses of the site. Each app names its own below its namespace."""

from __future__ import annotations

from allauth.usersessions.views import ListUserSessionsView
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from accounts.forms import SessionsForm
from accounts.views import address, password_reset, phone
from config import account, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_start, name="start"),
    path("language/", views.choose_language, name="set_language"),
    path("help/", views.show_help, name="help"),
    path("account/", account.show_account_settings, name="account_settings"),
    path("account/phone/remove/", account.forget_phone, name="account_forget_phone"),
    path("", include("accounts.urls")),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/password/reset/phone/", password_reset.reset_by_phone, name="account_reset_by_phone"),
    path("accounts/password/reset/", password_reset.reset, name="account_reset_password"),
    path("accounts/phone/change/", phone.change, name="account_change_phone"),
    path("accounts/phone/verify/", phone.verify, name="account_verify_phone"),
    path(
        "accounts/sessions/",
        ListUserSessionsView.as_view(form_class=SessionsForm),
        name="usersessions_list",
    ),
    path("accounts/email/", address.change, name="account_email"),
    path("accounts/confirm-email/<str:key>/", address.confirm, name="account_confirm_email"),
    # allauth's page about an e-mail that this site never sends.
    path("accounts/confirm-email/", RedirectView.as_view(pattern_name="account_settings")),
    path("accounts/", include("allauth.urls")),
    path("", include("assessments.urls")),
    path("cohort/", include("cohort.urls")),
    path("model/", include("benchmarks.urls")),
    path("api-keys/", include("companies.urls")),
    path("people/", include("companies.people_urls")),
    path("audit/", include("cohort.audit_urls")),
    path("webhooks/", include("webhooks.urls")),
    path("api/", include("config.api.urls")),
    path("health/", include("config.health")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
