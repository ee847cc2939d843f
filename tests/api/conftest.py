"""Two cities with their own service accounts, and a caller for each."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone

from accounts.actions import issue_key
from accounts.models import ApiKey
from assessments.models import Assessment
from companies.models import Company, Programme
from companies.service_accounts import open_account
from tests import factories


@dataclass(frozen=True)
class Caller:
    """A program with a key."""

    key: ApiKey
    text: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self._headers(headers))

    def post(self, path: str, body: Any, content_type: str = "application/json", **headers: str) -> Any:
        return self.client.post(path, data=body, content_type=content_type, headers=self._headers(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.patch(
            path, data=body, content_type="application/json", headers=self._headers(headers)
        )

    def delete(self, path: str, **headers: str) -> Any:
        return self.client.delete(path, headers=self._headers(headers))

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}", **headers}


def caller_for(programme: Programme, *scopes: str) -> Caller:
    account = open_account(programme=programme, name=f"Program of {programme.code}", by=None)
    key, text = issue_key(
        user=account,
        name="test",
        scopes=list(scopes or ApiKey.Scope.values),
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
    )
    return Caller(key, text)


@pytest.fixture
def caller(programme: Programme) -> Caller:
    """A program with every scope in the programme of Alice's company."""
    return caller_for(programme)


@pytest.fixture
def other_programme(db: None) -> Programme:
    return factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2025")


@pytest.fixture
def other_caller(other_programme: Programme) -> Caller:
    """A program of another city, with every scope there."""
    return caller_for(other_programme)


@pytest.fixture
def many(programme: Programme) -> Callable[[int], list[Company]]:
    """Makes so many companies of the programme, each with an assessment in one round."""

    def make(count: int) -> list[Company]:
        existing = Company.objects.count()
        companies = [factories.make_company(programme, number=1000 + existing + n) for n in range(count)]
        round_ = programme.rounds.first() or factories.make_round(programme)
        for company in companies:
            Assessment.objects.create(company=company, round=round_)
        return companies

    return make


@pytest.fixture
def site(transactional_db: None, live_server: Any) -> Iterator[str]:
    """The address of a running server. Afterwards the record is emptied, which the database itself refuses."""
    yield live_server.url
    if connection.vendor != "sqlite":
        return  # PostgreSQL is emptied by TRUNCATE, which asks no trigger
    protection = importlib.import_module("audit.migrations.0003_append_only_in_the_database")
    with connection.cursor() as cursor:
        for statement in [*protection.GONE["sqlite"], "DELETE FROM audit_event", *protection.SQLITE]:
            cursor.execute(statement)


@pytest.fixture
def connection_of_the_test() -> Iterator[None]:
    """Requests through the real handler must leave the test's transaction open, as those of the client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
