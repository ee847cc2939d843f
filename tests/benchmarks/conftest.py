"""Releases and facilities for the tests of the model's pages and actions."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from benchmarks.models import Release
from companies.models import Programme
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def second_steward(programme: Programme) -> User:
    return factories.make_staff(programme, Role.STEWARD, name="Second steward")


@pytest.fixture
def candidate(programme: Programme, release: Release, trained: dict[str, object]) -> Release:
    """A release with green checks that is not in use."""
    return Release.objects.create(programme=programme, **{**trained, "name": "2099.01.1"})


@pytest.fixture
def broken(programme: Programme, release: Release, trained: dict[str, object]) -> Release:
    """A release whose fit did not end: one check is not green."""
    parameters = {**trained["parameters"], "kkt_residual": 0.1}  # type: ignore[dict-item]
    return Release.objects.create(
        programme=programme, **{**trained, "name": "2099.01.2", "parameters": parameters}
    )


def client_of(user: User) -> Client:
    """A browser in English, signed in as the user."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend=BACKEND)
    return client
