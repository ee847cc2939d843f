"""Walks while others write, on PostgreSQL with connections of their own: nothing is missed, nothing comes twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from assessments.models import ScoreRun
from assessments.scoring.compute import score_and_store
from audit.event_types import EventType
from audit.events import EventData, publish_events
from benchmarks.models import Release
from companies import actions
from companies.models import Company, Programme
from tests import factories
from tests.api.conftest import Caller, caller_for
from tests.api.test_pages import walk
from tests.services.test_scoring import many_submissions

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WRITERS = 3
EACH = 12


def happening(programme: Programme, company: Company) -> EventData:
    return EventData(EventType.COMPANY_CHANGED, "companies.company", company.pk, programme.pk, company.pk)


def follow(caller: Caller, last: str | None) -> list[str]:
    """The ids of the events after the last one, page by page."""
    query = f"&after={last}" if last else ""
    return walk(caller, f"/api/v1/events/?limit=7{query}")


def test_feed_read_while_transactions_commit_out_of_order_misses_and_repeats_nothing() -> None:
    programme = factories.make_programme()
    company = factories.make_company(programme, number=1)
    caller = caller_for(programme)
    started = Barrier(WRITERS + 1)

    def write(number: int) -> None:
        try:
            started.wait(timeout=10)
            for turn in range(EACH):
                with transaction.atomic():
                    publish_events([happening(programme, company)])
                    # Every other transaction stays open while the others commit.
                    if (turn + number) % 2:
                        Event().wait(0.01)
                    publish_events([happening(programme, company)])
        finally:
            connection.close()

    seen: list[str] = []
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        started.wait(timeout=10)
        while not all(writer.done() for writer in writers):
            seen += follow(caller, seen[-1] if seen else None)
        for writer in writers:
            writer.result()
    seen += follow(caller, seen[-1] if seen else None)

    assert len(seen) == WRITERS * EACH * 2
    assert len(set(seen)) == len(seen)
    assert seen == follow(caller, None)


def test_event_of_a_transaction_that_ends_late_is_still_found() -> None:
    programme = factories.make_programme()
    company = factories.make_company(programme, number=1)
    caller = caller_for(programme)
    written, read = Event(), Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                publish_events([happening(programme, company)])
                written.set()
                assert read.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(write_slowly)
        assert written.wait(10)
        publish_events([happening(programme, company)])
        (first,) = follow(caller, None)
        read.set()
        slow.result()
    (second,) = follow(caller, first)
    assert second != first


def test_list_walked_while_rows_are_added_meets_every_row_once() -> None:
    programme = factories.make_programme()
    present = [factories.make_company(programme, number=number) for number in range(15)]
    caller = caller_for(programme)
    stop = Event()

    def add() -> int:
        count = 0
        try:
            while not stop.is_set() and count < 60:
                factories.make_company(programme, number=100 + count)
                count += 1
        finally:
            connection.close()
        return count

    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(add)
        ids = walk(caller, "/api/v1/companies/?limit=3")
        stop.set()
        adding.result()
    assert len(set(ids)) == len(ids)
    assert {str(company.pk) for company in present} <= set(ids)
    assert ids[: len(present)] == [str(company.pk) for company in present]


def test_export_resumed_while_scores_are_stored_gives_every_row_once(committed_release: Release) -> None:
    made = many_submissions(committed_release, 40)
    score_and_store(made[:20], committed_release)
    present = set(ScoreRun.objects.values_list("pk", flat=True))
    caller = caller_for(committed_release.programme)
    stop = Event()

    def add() -> None:
        try:
            for submission in made[20:]:
                score_and_store([submission], committed_release)
                if stop.is_set():
                    return
        finally:
            connection.close()

    walked: list[UUID] = []
    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(add)
        while True:
            cursor = f"&cursor={walked[-1]}" if walked else ""
            response = caller.get(f"/api/v1/exports/scores?format=jsonl{cursor}")
            rows = b"".join(response.streaming_content).splitlines()
            if not rows:
                break
            # The transfer breaks off after three rows.
            walked += [UUID(json.loads(row)["id"]) for row in rows[:3]]
        stop.set()
        adding.result()
    assert len(set(walked)) == len(walked)
    assert set(walked[: len(present)]) == present


def test_requests_with_one_idempotency_key_at_once_do_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = factories.make_programme()
    factories.make_division(programme.city)
    caller = caller_for(programme)
    wanted = {
        "credit_code": factories.make_credit_code(77),
        "name": "柳州示例零部件有限公司",
        "division": "450201",
        "sector": "automotive",
    }
    begun, answered = Event(), Event()
    create = actions.create

    def create_slowly(**fields: Any) -> Company:
        begun.set()
        assert answered.wait(10)
        return create(**fields)

    monkeypatch.setattr(actions, "create", create_slowly)

    def send() -> Any:
        return caller.post("/api/v1/companies/", wanted, **{"Idempotency-Key": "one"})

    def send_apart() -> Any:
        try:
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send_apart)
        assert begun.wait(10)
        meanwhile = send()
        answered.set()
        done = first.result()
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency-key-in-use")
    assert meanwhile["Retry-After"] == "1"
    again = send()
    assert (done.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Idempotency-Replayed"]) == (done.content, "true")
    assert Company.objects.count() == 1
