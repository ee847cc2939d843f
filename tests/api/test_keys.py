"""Which keys open the interface, and what is recorded of them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.actions import KeyNotIssuedError, issue_key, withdraw_key
from accounts.models import ApiKey, User
from audit.models import AuditEvent
from companies.models import Programme
from tests.api.conftest import Caller, caller_for

LIST = "/api/v1/companies/"


def refused(response: Any, code: str) -> None:
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["code"] == code
    assert response.json()["type"] == f"urn:readiness:problem:{code}"


def test_request_without_key_is_refused(client: Client, db: None) -> None:
    refused(client.get(LIST), "not-authenticated")
    refused(client.get(LIST, headers={"Authorization": "Basic YTpi"}), "not-authenticated")
    assert "Authorization: Bearer lzr_" in client.get(LIST).json()["detail"]


@pytest.mark.parametrize("text", ["", "lzr_", "lzr_unknown", "secret", "lzr_" + "a" * 500, "lzr_ü"])
def test_unknown_key_is_refused(client: Client, db: None, text: str) -> None:
    refused(client.get(LIST, headers={"Authorization": f"Bearer {text}"}), "key-unknown")


def test_session_of_a_person_does_not_open_the_interface(client: Client, officer: User) -> None:
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    refused(client.get(LIST), "not-authenticated")


def test_key_of_a_person_is_refused(caller: Caller) -> None:
    User.objects.filter(pk=caller.key.user_id).update(kind=User.Kind.PERSON)
    refused(caller.get(LIST), "key-unknown")


def test_withdrawn_key_is_refused(caller: Caller) -> None:
    assert withdraw_key(key=caller.key, by=None)
    assert not withdraw_key(key=caller.key, by=None)
    refused(caller.get(LIST), "key-withdrawn")
    assert AuditEvent.objects.filter(action="key.withdrawn").count() == 1


def test_expired_key_is_refused(caller: Caller) -> None:
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(caller.get(LIST), "key-expired")


def test_key_of_a_closed_account_is_refused(caller: Caller) -> None:
    User.objects.filter(pk=caller.key.user_id).update(is_active=False)
    refused(caller.get(LIST), "account-closed")


def test_role_that_ended_reaches_nothing(caller: Caller, company: object) -> None:
    assert len(caller.get(LIST).json()["results"]) == 1
    caller.key.user.programme_roles.update(expires_at=timezone.now())
    assert caller.get(LIST).json()["results"] == []


def test_missing_scope_is_named(programme: Programme) -> None:
    response = caller_for(programme, "companies:read").get("/api/v1/scores/")
    assert response.status_code == 403
    assert response.json() == {
        "type": "urn:readiness:problem:missing-scope",
        "title": "Forbidden",
        "status": 403,
        "code": "missing-scope",
        "detail": "This needs a key with the scope scores:read. Yours has: companies:read. "
        "An administrator can issue another.",
        "required_scope": "scores:read",
        "scopes": ["companies:read"],
    }


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("programmes/", "companies:read"),
        ("companies/", "companies:read"),
        ("instruments/", "assessments:read"),
        ("rounds/", "assessments:read"),
        ("assessments/", "assessments:read"),
        ("submissions/", "assessments:read"),
        ("scores/", "scores:read"),
        ("facilities/", "model:read"),
        ("releases/", "model:read"),
        ("jobs/", "jobs:read"),
        ("events/", "assessments:read"),
        ("webhooks/", "webhooks:write"),
    ],
)
def test_each_list_needs_its_scope(programme: Programme, path: str, scope: str) -> None:
    others = [value for value in ApiKey.Scope.values if value != scope]
    response = caller_for(programme, *others).get(f"/api/v1/{path}")
    assert response.status_code == 403
    assert response.json()["required_scope"] == scope
    assert caller_for(programme, scope).get(f"/api/v1/{path}").status_code == 200


def test_last_use_is_recorded_once_a_minute(caller: Caller) -> None:
    caller.get(LIST)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    caller.get(LIST)
    assert ApiKey.objects.get().last_used_at == first


def test_key_over_its_rate_waits_while_others_go_on(
    caller: Caller, programme: Programme, settings: Settings
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"key": "2/min"}}
    assert [caller.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
    response = caller.get(LIST)
    assert response.json()["code"] == "too-many-requests"
    assert 0 < int(response["Retry-After"]) <= 60
    assert caller_for(programme).get(LIST).status_code == 200


def test_issued_key_is_stored_as_digest_and_recorded(caller: Caller) -> None:
    stored = ApiKey.objects.get()
    assert caller.text not in (stored.digest, stored.hint)
    event = AuditEvent.objects.get(action="key.issued")
    assert caller.text not in str(event.details)


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["companies:read", "everything"]},
        {"name": " "},
        {"expires_at": timedelta(0)},
        {"expires_at": timedelta(days=5000)},
    ],
)
def test_key_that_makes_no_sense_is_not_issued(caller: Caller, change: dict[str, Any]) -> None:
    wanted = {"scopes": ["companies:read"], "name": "x", "expires_at": timedelta(days=1), **change}
    wanted["expires_at"] = timezone.now() + wanted["expires_at"]
    with pytest.raises(KeyNotIssuedError):
        issue_key(user=caller.key.user, by=None, **wanted)
    assert ApiKey.objects.count() == 1


def test_person_gets_no_key(officer: User) -> None:
    with pytest.raises(KeyNotIssuedError):
        issue_key(
            user=officer,
            name="x",
            scopes=["companies:read"],
            expires_at=timezone.now() + timedelta(days=1),
            by=None,
        )


def test_issue_key_command_prints_a_key_that_works(client: Client, programme: Programme) -> None:
    out = StringIO()
    call_command("issue_key", "Statistics office", "--scope", "companies:read", stdout=out, stderr=StringIO())
    text = out.getvalue().strip()
    assert client.get(LIST, headers={"Authorization": f"Bearer {text}"}).status_code == 200
    call_command("issue_key", "Statistics office", stdout=StringIO(), stderr=StringIO())
    assert User.objects.filter(kind=User.Kind.SERVICE).count() == 1
    assert ApiKey.objects.count() == 2


def test_issue_key_command_asks_which_programme(programme: Programme, other_programme: Programme) -> None:
    with pytest.raises(CommandError, match=r"--programme.*guilin-2025, liuzhou-2024"):
        call_command("issue_key", "Statistics office")
    with pytest.raises(CommandError, match="no such programme"):
        call_command("issue_key", "Statistics office", "--programme", "nowhere")
