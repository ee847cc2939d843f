"""Browsers of people who signed in through the page, as against `force_login`, which leaves no session to list."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from tests import factories


def browser_of(user: User, *, name: str = "") -> Client:
    """A browser, called so, in which somebody is signed in and reads English."""
    client = Client(headers={"user-agent": name})
    client.cookies["django_language"] = "en"
    client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    return client
