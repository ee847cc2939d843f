"""Requests that schemathesis makes up from the description: every answer is one that the description foretold.

All its checks run on every operation, with each kind of key, as each role and without signing in. Good requests have to
be accepted and bad ones refused; `facts` supplies what only the database can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.conf import settings as site_settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from accounts.authentication import KeyThrottle
from accounts.models import ApiKey
from accounts.roles import Role
from assessments.models import Assessment
from companies.models import Programme
from tests import factories
from tests.api.conftest import Caller, caller_for
from tests.api.facts import Document, refusing, with_facts, with_ids
from tests.permission_groups import NOBODY, PEOPLE, SIGNED_OUT, Who
from tests.test_permission_matrix import person
from tests.test_strangers import BACKEND

ALL = list(HealthCheck)
GOOD, BAD = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
Operation = APIOperation[Any, Any, Any, Any]


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Lines are sent as they were made up."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@pytest.fixture(scope="module")
def description() -> Document:
    """As it is answered; read before the connection of a test is kept open, which a client of tests would undo."""
    answered: Document = Client(headers={"Accept": "application/json"}).get("/api/schema/").json()
    return answered


@pytest.fixture
def document(
    description: Document, connection_of_the_test: None, monkeypatch: pytest.MonkeyPatch
) -> Document:
    """The description. The rate of a key is not what these requests are about."""
    monkeypatch.setattr(KeyThrottle, "allow_request", lambda *_: True)
    return description


@pytest.fixture
def unanswered(scored: Assessment) -> Assessment:
    """An assessment of another company, of which nothing is known yet."""
    company = factories.make_company(scored.round.programme, number=2, division=scored.company.division)
    return factories.make_assessment(company, scored.round)


@dataclass
class Sent:
    """How often each operation answered what."""

    statuses: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    failures: list[BaseException] = field(default_factory=list)

    def accepted(self) -> set[tuple[str, str]]:
        """The operations that took at least one request."""
        return {key for key, found in self.statuses.items() if any(200 <= status < 300 for status in found)}


def described(document: Document) -> list[Operation]:
    """The operations of a description, to be sent to the real handler."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    found = list(schema.get_all_operations())
    return [each.ok() for each in found if isinstance(each, Ok) or pytest.fail(str(each))]


def send(
    operations: Iterable[Operation], mode: GenerationMode, senders: list[dict[str, Any]], examples: int
) -> Sent:
    """Send so many requests made up for each operation as each sender; schemathesis checks every answer.

    What a request changed is undone, so that the next one finds what the description says is there.
    """
    sent = Sent()
    for operation in operations:
        answered = sent.statuses.setdefault((operation.method, operation.path), set())
        try:
            _send(operation, mode, senders, examples, answered)
        except (Exception, BaseExceptionGroup) as failure:
            sent.failures.append(failure)
    if sent.failures:
        raise BaseExceptionGroup("Answers that the description does not foretell", sent.failures)
    return sent


def _send(
    operation: Operation,
    mode: GenerationMode,
    senders: list[dict[str, Any]],
    examples: int,
    answered: set[int],
) -> None:
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=ALL
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def as_each(case: Any) -> None:
        for sender in senders:
            with undone():
                answered.add(case.call_and_validate(**sender).status_code)

    as_each()


@contextmanager
def undone() -> Iterator[None]:
    """Take back what was stored."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def holding(caller: Caller) -> dict[str, Any]:
    """How a program with this key sends."""
    return {"headers": {"Authorization": f"Bearer {caller.text}"}}


def test_good_requests_are_accepted_by_every_operation(
    document: Document, caller: Caller, scored: Assessment, unanswered: Assessment
) -> None:
    operations = described(with_facts(with_ids(document, scored, caller), scored, unanswered))
    sent = send(operations, GOOD, [holding(caller)], examples=8)
    assert sent.accepted() == {(operation.method, operation.path) for operation in operations}


def test_bad_requests_are_refused_by_every_operation(
    document: Document, caller: Caller, scored: Assessment
) -> None:
    send(described(refusing(with_ids(document, scored, caller))), BAD, [holding(caller)], examples=6)


@pytest.mark.parametrize("scope", [*ApiKey.Scope.values, "none"])
def test_key_of_one_scope_gets_described_answers(
    document: Document, programme: Programme, scored: Assessment, unanswered: Assessment, scope: str
) -> None:
    """Good and bad requests alike; a key opens what its scope says, to good requests, and nothing else."""
    caller = caller_for(programme, scope) if scope != "none" else caller_for(programme)
    if scope == "none":
        ApiKey.objects.filter(pk=caller.key.pk).update(scopes=[])
    with_these = with_ids(document, scored, caller)
    good = described(with_facts(with_these, scored, unanswered))
    sent = send(good, GOOD, [holding(caller)], examples=1)
    opened = {
        (operation.method, operation.path)
        for operation in good
        if operation.definition.raw["security"][0]["key"] == [scope]
    }
    assert sent.accepted() == opened
    send(described(refusing(with_these)), BAD, [holding(caller)], examples=1)


def test_keys_that_open_nothing_here_get_described_answers(
    document: Document, caller: Caller, other_caller: Caller, scored: Assessment
) -> None:
    """A key of another city, one that was withdrawn, one that expired, and one that never was."""
    withdrawn, expired = caller_for(scored.round.programme), caller_for(scored.round.programme)
    ApiKey.objects.filter(pk=withdrawn.key.pk).update(withdrawn_at=timezone.now())
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=timezone.now() - timedelta(days=1))
    never = {"headers": {"Authorization": "Bearer lzr_none"}}
    senders = [holding(other_caller), holding(withdrawn), holding(expired), never]
    with_these = described(with_ids(document, scored, caller))
    # The questionnaire is of no city: a key of another one reads it.
    of_one = [operation for operation in with_these if "{id}" in operation.path]
    assert send(of_one, GOOD, senders, examples=1).accepted() == set()
    send(with_these, BAD, senders, examples=1)


@pytest.mark.parametrize("who", [*PEOPLE, NOBODY, SIGNED_OUT], ids=str)
def test_people_get_nothing_without_a_key(
    document: Document, caller: Caller, client: Client, scored: Assessment, who: Who
) -> None:
    """The interface takes no session, so no page of another site can use one."""
    if who != SIGNED_OUT:
        user = person(who, scored) if isinstance(who, Role) else factories.make_user("Nobody")
        client.force_login(user, backend=BACKEND)
    session = {name: morsel.value for name, morsel in client.cookies.items()}
    assert (site_settings.SESSION_COOKIE_NAME in session) == (who != SIGNED_OUT)
    operations = described(with_ids(document, scored, caller))
    sent = send(operations, GOOD, [{"cookies": session}], examples=1)
    assert all(statuses == {401} for statuses in sent.statuses.values())
    # Something else in the place of an id makes an address that does not exist.
    sent = send(operations, BAD, [{"cookies": session}], examples=1)
    assert all(statuses <= {401, 404} for statuses in sent.statuses.values())
