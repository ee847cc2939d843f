"""Walking lists by cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ApiKey
from companies.models import Company, Programme
from tests import factories
from tests.api.conftest import Caller

Many = Callable[[int], list[Company]]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def walk(caller: Caller, path: str, between: Callable[[], object] = lambda: None) -> list[str]:
    """The ids of all pages in order; `between` runs after each page."""
    ids: list[str] = []
    following: str | None = path
    while following:
        page = caller.get(path_of(following)).json()
        ids += [row["id"] for row in page["results"]]
        following = page["next"]
        between()
    return ids


def test_page_has_links_and_no_count(caller: Caller, many: Many) -> None:
    many(3)
    first = caller.get("/api/v1/companies/?limit=2").json()
    assert set(first) == {"next", "previous", "results"}
    assert first["previous"] is None
    assert first["next"].startswith("http://testserver/api/v1/companies/?cursor=")
    last = caller.get(path_of(first["next"])).json()
    assert last["next"] is None
    assert caller.get(path_of(last["previous"])).json()["results"] == first["results"]


def test_last_page_that_is_full_has_no_next(caller: Caller, many: Many) -> None:
    many(2)
    assert caller.get("/api/v1/companies/?limit=2").json()["next"] is None


def test_empty_list_is_one_page(caller: Caller) -> None:
    assert caller.get("/api/v1/companies/").json() == {"next": None, "previous": None, "results": []}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 5), inserts=st.lists(st.integers(0, 3), max_size=6))
def test_walk_under_inserts_misses_and_repeats_nothing(
    caller: Caller, programme: Programme, limit: int, inserts: list[int]
) -> None:
    with transaction.atomic():
        present = [factories.make_company(programme, number=n) for n in range(7)]
        added: list[Company] = []
        pending = iter(inserts)

        def insert() -> None:
            for _ in range(next(pending, 0)):
                added.append(factories.make_company(programme, number=100 + len(added)))

        ids = walk(caller, f"/api/v1/companies/?limit={limit}", insert)
        reached = [str(company.pk) for company in [*present, *added]][: len(ids)]
        assert ids == reached
        assert len(ids) >= len(present)
        transaction.set_rollback(True)


def test_rows_stored_at_the_same_moment_are_all_met(caller: Caller, many: Many) -> None:
    companies = many(7)
    Company.objects.update(created_at=timezone.now())
    assert sorted(walk(caller, "/api/v1/companies/?limit=2")) == sorted(str(row.pk) for row in companies)


def test_walk_goes_back_the_way_it_came(caller: Caller, many: Many) -> None:
    many(5)
    page = caller.get("/api/v1/companies/?limit=2").json()
    pages = [page["results"]]
    while page["next"]:
        page = caller.get(path_of(page["next"])).json()
        pages.append(page["results"])
    back = [page["results"]]
    while page["previous"]:
        page = caller.get(path_of(page["previous"])).json()
        back.append(page["results"])
    assert back == pages[::-1]


def test_updated_since_gives_what_changed_in_order_of_change(caller: Caller, many: Many) -> None:
    first, second, third = many(3)
    now = timezone.now()
    Company.objects.filter(pk=first.pk).update(updated_at=now + timedelta(seconds=20))
    Company.objects.filter(pk=second.pk).update(updated_at=now - timedelta(days=1))
    Company.objects.filter(pk=third.pk).update(updated_at=now + timedelta(seconds=10))
    for since in (quote(now.isoformat()), now.isoformat()):
        assert walk(caller, f"/api/v1/companies/?limit=1&updated_since={since}") == [
            str(third.pk),
            str(first.pk),
        ]


def test_row_that_changes_during_a_walk_comes_again(caller: Caller, many: Many) -> None:
    companies = many(3)

    def change() -> None:
        if not changed:
            changed.append(True)
            companies[0].save()

    changed: list[bool] = []
    ids = walk(caller, "/api/v1/companies/?limit=2&updated_since=2020-01-01T00:00:00Z", change)
    assert ids == [str(company.pk) for company in [*companies, companies[0]]]


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ("limit=0", "limit", "out_of_range"),
        ("limit=1001", "limit", "out_of_range"),
        ("limit=ten", "limit", "out_of_range"),
        ("limit=１０", "limit", "out_of_range"),
        ("limit=1&limit=2", "limit", "repeated_parameter"),
        ("page=2", "page", "unknown_parameter"),
        ("format=csv", "format", "unknown_parameter"),
        ("cursor=bm90IG91cnM", "cursor", "bad_cursor"),
        ("cursor=", "cursor", "bad_cursor"),
        ("updated_since=yesterday", "updated_since", "bad_time"),
        ("updated_since=2026-03-01T00:00:00", "updated_since", "bad_time"),
        ("updated_since=0001-01-01T00:00:00%2B08:00", "updated_since", "bad_time"),
        ("updated_since=9999-12-31T23:59:59-08:00", "updated_since", "bad_time"),
        ("programme=1", "programme", "invalid"),
        ("size=huge", "size", "invalid_choice"),
        ("sector=", "sector", "empty"),
        ("sector=%20", "sector", "empty"),
        ("sector=%00", "sector", "null_characters_not_allowed"),
    ],
)
def test_bad_parameter_is_refused_by_name(caller: Caller, query: str, parameter: str, reason: str) -> None:
    response = caller.get(f"/api/v1/companies/?{query}")
    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert (fault["parameter"], fault["reason"]) == (parameter, reason)


def test_cursor_of_another_list_is_refused(caller: Caller, many: Many) -> None:
    many(2)
    cursor = urlsplit(caller.get("/api/v1/companies/?limit=1").json()["next"]).query
    for path in (f"assessments/?{cursor}", f"companies/?{cursor}&size=small"):
        response = caller.get(f"/api/v1/{path}")
        assert response.status_code == 400
        assert response.json()["errors"][0]["reason"] == "bad_cursor"


def test_single_object_takes_no_parameter(caller: Caller, many: Many) -> None:
    (company,) = many(1)
    assert caller.get(f"/api/v1/companies/{company.pk}/?sector=steel").status_code == 400


@pytest.mark.parametrize("resource", ["companies", "assessments"])
def test_query_count_does_not_grow(caller: Caller, many: Many, resource: str) -> None:
    ApiKey.objects.update(last_used_at=timezone.now())

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert caller.get(f"/api/v1/{resource}/").status_code == 200
        return len(queries)

    many(2)
    few = count()
    many(20)
    assert count() == few
    assert few <= 6


def test_stage_filter_agrees_with_the_stage_shown(caller: Caller, many: Many) -> None:
    many(3)
    for path, count in (("?stage=listed", 3), ("?stage=invited", 0)):
        rows = caller.get(f"/api/v1/assessments/{path}").json()["results"]
        assert len(rows) == count
        assert all(row["stage"] == "listed" for row in rows)
