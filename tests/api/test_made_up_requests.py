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
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import GenerationMode
from schemathesis.config._checks import (
    NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES,
    POSITIVE_DATA_ACCEPTANCE_EXPECTED_STATUSES,
)
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from accounts.authentication import KeyThrottle
from accounts.models import ApiKey
from accounts.roles import Role
from assessments.models import Assessment
from tests import factories
from tests.api.conftest import Caller, caller_for
from tests.api.facts import Document, refusing, with_facts, with_ids
from tests.permission_groups import NOBODY, PEOPLE, SIGNED_OUT
from tests.test_permission_matrix import person
from tests.test_strangers import BACKEND

ALL = list(HealthCheck)
GOOD, BAD = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
NO_CONSTANTS = Constants()
# A made-up `If-Match` names no state of the object, which is refused too (412), before the body is looked at. Good
# requests name the state that is there.
REFUSED = [*NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES, "412"]
ACCEPTED = POSITIVE_DATA_ACCEPTANCE_EXPECTED_STATUSES
CONFIG = {
    mode: schemathesis.Config.from_dict(
        {
            "checks": {
                "negative_data_rejection": {"expected-statuses": REFUSED},
                "positive_data_acceptance": {"expected-statuses": accepted},
            }
        }
    )
    for mode, accepted in ((GOOD, ACCEPTED), (BAD, [*ACCEPTED, "412"]))
}
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
    """The description. The rate of a key is not what these requests are about.

    Hypothesis takes constants of all loaded code into its examples: which ones are made up would change with every
    line of code, and with the tests that the same process ran before.
    """
    monkeypatch.setattr(providers, "_get_local_constants", lambda: NO_CONSTANTS)
    monkeypatch.setattr(KeyThrottle, "allow_request", lambda *_: True)
    return description


@pytest.fixture
def unanswered(scored: Assessment) -> Assessment:
    """An assessment of another company, of which nothing is known yet."""
    company = factories.make_company(scored.round.programme, number=2, division=scored.company.division)
    return factories.make_assessment(company, scored.round)


# How somebody sends: what goes with every request, by their name.
Senders = dict[str, dict[str, Any]]


@dataclass
class Sent:
    """What each sender was answered, by operation."""

    statuses: dict[str, dict[tuple[str, str], set[int]]] = field(default_factory=dict)

    def accepted(self, sender: str) -> set[tuple[str, str]]:
        """The operations that took at least one request of the sender."""
        found = self.statuses[sender].items()
        return {key for key, statuses in found if any(200 <= status < 300 for status in statuses)}

    def answered(self, sender: str) -> set[int]:
        """Everything that the sender was answered."""
        return set().union(*self.statuses[sender].values())


def described(document: Document, mode: GenerationMode) -> list[Operation]:
    """The operations of a description, to be sent to the real handler."""
    schema = schemathesis.openapi.from_dict(document, config=CONFIG[mode])
    schema.app = get_wsgi_application()
    found = list(schema.get_all_operations())
    return [each.ok() for each in found if isinstance(each, Ok) or pytest.fail(str(each))]


def send(operations: Iterable[Operation], mode: GenerationMode, senders: Senders, examples: int) -> Sent:
    """Send so many requests made up for each operation as each sender; schemathesis checks every answer.

    Making them up takes longer than answering them, so all senders send the same. What a request changed is undone,
    so that the next one finds what the description says is there.
    """
    sent = Sent({name: {} for name in senders})
    failures: list[BaseException] = []
    for operation in operations:
        try:
            _send(operation, mode, senders, examples, sent)
        except (Exception, BaseExceptionGroup) as failure:
            failures.append(failure)
    if failures:
        raise BaseExceptionGroup("Answers that the description does not foretell", failures)
    return sent


def _send(operation: Operation, mode: GenerationMode, senders: Senders, examples: int, sent: Sent) -> None:
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=ALL
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def as_each(case: Any) -> None:
        for name, sender in senders.items():
            answered = sent.statuses[name].setdefault((operation.method, operation.path), set())
            try:
                with undone():
                    answered.add(case.call_and_validate(**sender).status_code)
            except (Exception, BaseExceptionGroup) as failure:
                failure.add_note(f"Sent as {name}.")
                raise

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
    operations = described(with_facts(with_ids(document, scored, caller), scored, unanswered), GOOD)
    sent = send(operations, GOOD, {"program": holding(caller)}, examples=8)
    assert sent.accepted("program") == {(operation.method, operation.path) for operation in operations}


def test_bad_requests_are_refused_by_every_operation(
    document: Document, caller: Caller, scored: Assessment
) -> None:
    operations = described(refusing(with_ids(document, scored, caller)), BAD)
    send(operations, BAD, {"program": holding(caller)}, examples=6)


def test_key_of_one_scope_gets_described_answers(
    document: Document, caller: Caller, scored: Assessment, unanswered: Assessment
) -> None:
    """Good and bad requests alike; a key opens what its scope says, to good requests, and nothing else."""
    senders = {scope: holding(another_key(caller, [scope])) for scope in ApiKey.Scope.values}
    senders["none"] = holding(another_key(caller, []))
    with_these = with_ids(document, scored, caller)
    good = described(with_facts(with_these, scored, unanswered), GOOD)
    sent = send(good, GOOD, senders, examples=1)
    for scope in senders:
        opened = {
            (operation.method, operation.path)
            for operation in good
            if operation.definition.raw["security"][0]["key"] == [scope]
        }
        assert sent.accepted(scope) == opened, scope
    send(described(refusing(with_these), BAD), BAD, senders, examples=1)


def another_key(caller: Caller, scopes: list[str]) -> Caller:
    """Another key of the same program."""
    expires_at = timezone.now() + timedelta(days=1)
    key, text = ApiKey.issue(
        user=caller.key.user, name="another", scopes=scopes, expires_at=expires_at, by=None
    )
    return Caller(key, text)


def test_keys_that_open_nothing_here_get_described_answers(
    document: Document, caller: Caller, other_caller: Caller, scored: Assessment
) -> None:
    """A key of another city, one that was withdrawn, one that expired, and one that never was."""
    withdrawn, expired = caller_for(scored.round.programme), caller_for(scored.round.programme)
    ApiKey.objects.filter(pk=withdrawn.key.pk).update(withdrawn_at=timezone.now())
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=timezone.now() - timedelta(days=1))
    senders = {
        "of another city": holding(other_caller),
        "withdrawn": holding(withdrawn),
        "expired": holding(expired),
        "never issued": {"headers": {"Authorization": "Bearer lzr_none"}},
    }
    with_these = with_ids(document, scored, caller)
    # The questionnaire is of no city: a key of another one reads it.
    of_one = [operation for operation in described(with_these, GOOD) if "{id}" in operation.path]
    sent = send(of_one, GOOD, senders, examples=1)
    assert not any(sent.accepted(sender) for sender in senders)
    send(described(with_these, BAD), BAD, senders, examples=1)


def test_people_get_nothing_without_a_key(document: Document, caller: Caller, scored: Assessment) -> None:
    """The interface takes no session, so no page of another site can use one."""
    senders: Senders = {}
    for who in [*PEOPLE, NOBODY, SIGNED_OUT]:
        client = Client()
        if who != SIGNED_OUT:
            user = person(who, scored) if isinstance(who, Role) else factories.make_user("Nobody")
            client.force_login(user, backend=BACKEND)
        session = {name: morsel.value for name, morsel in client.cookies.items()}
        assert (site_settings.SESSION_COOKIE_NAME in session) == (who != SIGNED_OUT)
        senders[str(who)] = {"cookies": session}
    with_these = with_ids(document, scored, caller)
    sent = send(described(with_these, GOOD), GOOD, senders, examples=1)
    assert all(sent.answered(sender) == {401} for sender in senders)
    # Something else in the place of an id makes an address that does not exist.
    sent = send(described(with_these, BAD), BAD, senders, examples=1)
    assert all(sent.answered(sender) <= {401, 404} for sender in senders)
