"""The feed of events."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assessments.models import Assessment, ScoreRun
from audit.event_types import EventType
from audit.events import EventData, publish_events
from audit.models import Event
from companies import actions
from companies.models import Company, Programme
from tests.api.conftest import Caller, caller_for
from tests.api.test_pages import walk


def feed(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = caller.get(f"/api/v1/events/{query}").json()["results"]
    return rows


def test_submission_and_score_are_told_in_order_and_without_answers(
    caller: Caller, scored: Assessment
) -> None:
    run = ScoreRun.objects.get()
    told = [row for row in feed(caller) if row["company"] == str(scored.company_id)]
    assert [(row["type"], row["resource"], row["subject_id"]) for row in told] == [
        ("submission.created", "submissions", str(run.submission_id)),
        ("score.stored", "scores", str(run.pk)),
    ]
    assert set(told[0]) == {"id", "type", "at", "resource", "subject_id", "programme", "company"}
    for row in told:
        assert caller.get(f"/api/v1/{row['resource']}/{row['subject_id']}/").status_code == 200
        assert caller.get(f"/api/v1/events/{row['id']}/").json() == row


def test_change_that_is_rolled_back_is_not_told(caller: Caller, company: Company) -> None:
    before = feed(caller)
    with transaction.atomic():
        actions.update(company=company, changes={"name": "新名称"}, by=None)
        transaction.set_rollback(True)
    assert feed(caller) == before
    actions.update(company=Company.objects.get(), changes={"name": "新名称"}, by=None)
    assert [row["type"] for row in feed(caller)[len(before) :]] == ["company.changed"]


def test_after_gives_what_follows_and_nothing_twice(caller: Caller, company: Company) -> None:
    for name in ("一", "二", "三"):
        actions.update(company=company, changes={"name": name}, by=None)
    first, second, third = feed(caller)
    assert feed(caller, f"?after={first['id']}") == [second, third]
    assert feed(caller, f"?after={third['id']}") == []
    actions.update(company=company, changes={"name": "四"}, by=None)
    assert len(feed(caller, f"?after={third['id']}")) == 1
    assert walk(caller, "/api/v1/events/?limit=1") == [row["id"] for row in feed(caller)]


def test_event_stored_late_comes_last(caller: Caller, company: Company) -> None:
    """Its time is earlier than that of events already read: the place counts, not the time."""
    actions.update(company=company, changes={"name": "一"}, by=None)
    (read,) = feed(caller)
    happening = EventData(EventType.COMPANY_CHANGED, "companies.company", company.pk, None, company.pk)
    publish_events([happening])
    Event.objects.filter(position__isnull=True).update(at="2020-01-01T00:00:00Z")
    assert next(row["id"] for row in feed(caller)) == read["id"]
    assert len(feed(caller, f"?after={read['id']}")) == 1
    assert len(feed(caller, "?updated_since=2024-01-01T00:00:00Z")) == 1


def test_event_of_another_city_is_neither_shown_nor_taken_as_a_place(
    caller: Caller, other_caller: Caller, company: Company
) -> None:
    actions.update(company=company, changes={"name": "一"}, by=None)
    (row,) = feed(caller)
    assert feed(other_caller) == []
    assert other_caller.get(f"/api/v1/events/{row['id']}/").status_code == 404
    response = other_caller.get(f"/api/v1/events/?after={row['id']}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["reason"] == "unknown_event"


def test_feed_needs_its_scope(programme: Programme) -> None:
    response = caller_for(programme, "companies:read").get("/api/v1/events/")
    assert response.json()["required_scope"] == "assessments:read"
