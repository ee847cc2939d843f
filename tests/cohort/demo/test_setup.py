"""Preparing an installation, and that doing it again changes nothing."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import User
from audit.models import AuditEvent
from benchmarks.models import Activation, Facility, Release
from companies.models import Area, ProgrammeRole
from jobs.models import Job

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
EMAIL = "Admin@Bureau.Example"


def setup() -> str:
    out = io.StringIO()
    call_command("setup", administrator=EMAIL, stdout=out)
    return out.getvalue()


def test_setup_makes_everything_once(settings: Settings) -> None:
    settings.ADMIN_PASSWORD = PASSWORD
    first = setup()
    counts = [model.objects.count() for model in (Area, Facility, Release, Activation, User, AuditEvent, Job)]

    second = setup()

    assert counts == [
        model.objects.count() for model in (Area, Facility, Release, Activation, User, AuditEvent, Job)
    ]
    assert counts[1] == 435 + 149
    assert Activation.objects.get().is_bootstrap
    assert ProgrammeRole.objects.get().role == "administrator"
    assert User.objects.get().check_password(PASSWORD)
    assert "activated" in first
    assert "added" not in second.replace("rows added", "added")
    assert second.count("already") == 5
    assert authenticate(None, username=EMAIL, password="wrong") is None


@pytest.mark.parametrize("password", ["short", "12345678901234"])
def test_weak_password_of_the_administrator_is_refused(settings: Settings, password: str) -> None:
    settings.ADMIN_PASSWORD = password

    with pytest.raises(CommandError, match="refused"):
        setup()

    assert not User.objects.exists()


def test_unknown_programme_names_those_there_are() -> None:
    with pytest.raises(CommandError, match="liuzhou-2024"):
        call_command("setup", administrator=EMAIL, programme="atlantis-2030")
