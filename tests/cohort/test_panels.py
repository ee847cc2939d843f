"""The overview's further panels: own against verified values, pace, files."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment
from assessments.models.stage import Stage
from audit.models import AuditEvent
from cohort.filters import CohortFilters
from cohort.queries.cohort import Cohort
from cohort.queries.differences import Differences
from cohort.queries.pace import compute_milestones, compute_projection
from cohort.views.overview import PARTS, Panels
from cohort.views.panel_files import KINDS, OF_ANSWERS, TABLES
from companies.models import Listing, Programme
from documents.numbers import compute_change
from instrument import load_instrument
from tests import factories
from tests.cohort.crowd import Crowd, make_crowd

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def crowd(programme: Programme) -> Crowd:
    return make_crowd(programme, 48)


@pytest.fixture
def cohort(crowd: Crowd, officer: User) -> Cohort:
    return Cohort(
        user=officer,
        programme=crowd.programme,
        round=crowd.now,
        earlier=crowd.before,
        filters=CohortFilters(),
        sees_results=True,
        moment=timezone.now(),
    )


def desk_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def give_vectors(crowd: Crowd, item: int, own: int, verified: int) -> None:
    """Set one stage of all own and verified submissions; the others stay at zero."""
    size = len(load_instrument().items)
    for known in crowd.known:
        for run, stage in ((known.own, own), (known.verified, verified)):
            if run is not None:
                vector = bytearray(size)
                vector[item] = stage
                type(run.submission).objects.filter(pk=run.submission_id).update(vector=bytes(vector))


def test_milestones_are_the_middle_and_the_latest_moment(crowd: Crowd, cohort: Cohort) -> None:
    invited = Assessment.objects.filter(round=crowd.now, invited_at__isnull=False)
    moments = sorted(moment for moment in invited.values_list("invited_at", flat=True) if moment)
    found = compute_milestones(cohort)[Stage.INVITED]
    assert found.half == moments[(len(moments) - 1) // 2]
    assert found.latest == moments[-1]


def test_projection_applies_the_share_that_rose_to_those_still_short(crowd: Crowd, cohort: Cohort) -> None:
    pairs = [(known.run_before.official_level, known.run.official_level)
             for known in crowd.known if known.run and known.run_before]  # fmt: skip
    short_before = [now for before, now in pairs if before < 2]
    found = compute_projection(cohort)
    assert found is not None
    assert found.short_before == len(short_before)
    assert found.risen == sum(now >= 2 for now in short_before)
    levels = [run.official_level for _known, run in crowd.scored]
    reached, short_now = sum(level >= 2 for level in levels), sum(level < 2 for level in levels)
    assert found.short_now == short_now
    assert found.low < found.risen / found.short_before < found.high
    assert reached <= found.expected_low <= found.expected_high <= reached + short_now


def test_projection_is_not_stated_of_few_companies(crowd: Crowd, cohort: Cohort) -> None:
    Listing.objects.update(target_level=0)
    assert compute_projection(cohort) is None


def test_differences_by_provider_are_means_of_own_minus_verified(crowd: Crowd, cohort: Cohort) -> None:
    verified = [known for known in crowd.known if known.own and known.verified]
    Listing.objects.filter(company__in=[known.company.pk for known in verified[:2]]).update(
        provider_name="Sample Consulting"
    )
    rows = {row.name: row for row in Differences(cohort).compare_providers()}
    assert {name: row.companies for name, row in rows.items()} == {
        "Sample Consulting": 2,
        "": len(verified) - 2,
    }
    pairs = [(known.own.readiness, known.verified.readiness) for known in verified[:2]
             if known.own and known.verified]  # fmt: skip
    own, checked = (sum(scores) / 2 for scores in zip(*pairs, strict=True))
    assert (rows["Sample Consulting"].own, rows["Sample Consulting"].verified) == (own, checked)
    assert rows["Sample Consulting"].points == compute_change(checked, own)


def test_differences_by_item_count_lowered_values_and_name_the_companies(
    crowd: Crowd, cohort: Cohort, officer: User
) -> None:
    give_vectors(crowd, item=0, own=2, verified=1)
    verified = [known for known in crowd.known if known.own and known.verified]
    found = Differences(cohort)
    first = found.compare_items()[0]
    assert (first.code, first.companies, first.lowered, first.raised, first.mean) == (
        load_instrument().items[0].code,
        len(verified),
        len(verified),
        0,
        1.0,
    )
    pairs = found.list_pairs(first.code, "zh-hans")
    assert {pair.company for pair in pairs} == {known.company.pk for known in verified}
    page = desk_client(officer).get(reverse("cohort:differences"), {"item": first.code})
    assert verified[0].company.name.encode() in page.content


def test_missing_and_not_applicable_stages_are_not_compared(crowd: Crowd, cohort: Cohort) -> None:
    give_vectors(crowd, item=3, own=255, verified=1)
    assert load_instrument().items[3].code not in {row.code for row in Differences(cohort).compare_items()}


def test_differences_cost_the_same_whatever_the_number_of_companies(
    crowd: Crowd, officer: User, django_assert_max_num_queries: object
) -> None:
    client = desk_client(officer)
    address = reverse("cohort:differences")
    client.get(address)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(address)


@pytest.mark.parametrize("panel", sorted(TABLES))
def test_panel_files_say_what_they_are_of(crowd: Crowd, officer: User, panel: str) -> None:
    client = desk_client(officer)
    # No steel company of the crowd was visited.
    sector = list(factories.SECTORS)[2] if panel in OF_ANSWERS else "steel"
    client.cookies["django_language"] = "en"
    address = reverse("cohort:panel_file", args=[panel, "xlsx"]) + f"?sector={sector}"
    response = client.get(address)
    assert response["Content-Type"] == KINDS["xlsx"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    text = "\n".join(str(cell) for row in rows for cell in row)
    assert "T1" in text
    assert factories.make_sector(sector).name_en in text
    picture = client.get(reverse("cohort:panel_file", args=[panel, "png"]) + f"?sector={sector}")
    assert picture.content.startswith(b"\x89PNG")
    event = AuditEvent.objects.filter(action="panel.downloaded").latest("at")
    assert event.details == {"panel": panel, "kind": "png", "filters": f"?sector={sector}"}


def test_panel_workbook_holds_the_numbers_of_the_page(crowd: Crowd, officer: User) -> None:
    response = desk_client(officer).get(reverse("cohort:panel_file", args=["funnel", "xlsx"]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    counts = [row[1] for row in rows if row[1] != ""][1:]
    ranks = [list(Stage).index(known.stage) for known in crowd.known]
    assert counts == [sum(rank >= place for rank in ranks) for place in range(len(Stage))]


def test_panel_files_are_of_what_the_person_may_see(crowd: Crowd, stranger: User) -> None:
    steward = factories.make_staff(crowd.programme, Role.STEWARD)
    narrowed = reverse("cohort:panel_file", args=["levels", "xlsx"]) + "?level=4"
    whole = reverse("cohort:panel_file", args=["levels", "xlsx"])
    client = desk_client(steward)

    def rows(address: str) -> list[list[str]]:
        content = io.BytesIO(client.get(address).content)
        found = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
        return [[str(cell) for cell in row] for row in found[-5:]]

    assert rows(narrowed) == rows(whole)
    assert desk_client(stranger).get(whole).status_code == 403
    assert desk_client(steward).get(reverse("cohort:differences")).status_code == 403
    assert desk_client(steward).get(reverse("cohort:panel_file", args=["risk", "xlsx"])).status_code == 403
    assert desk_client(steward).get(reverse("cohort:panel_file", args=["items", "png"])).status_code == 403
    assert desk_client(steward).get(reverse("cohort:panel_file", args=["wages", "xlsx"])).status_code == 404


def test_file_of_a_panel_works_out_no_other(
    crowd: Crowd, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(name: str, work: Callable[[Panels], Any]) -> Callable[[Panels], Any]:
        def note(found: Panels) -> Any:
            asked.append(name)
            return work(found)

        return note

    for name, work in PARTS.items():
        monkeypatch.setitem(PARTS, name, noted(name, work))

    for panel, expected in (("tiers", {"sectors", "tier_figure"}), ("heat", {"divisions", "heat_rows"})):
        asked.clear()
        address = reverse("cohort:panel_file", args=[panel, "xlsx"])
        assert desk_client(officer).get(address).status_code == 200
        assert set(asked) == {"summary", *expected}
        assert len(asked) == len(set(asked))


def test_file_of_own_and_verified_values_has_both_means_of_each_provider(crowd: Crowd, officer: User) -> None:
    both = [known for known in crowd.known if known.own and known.verified]
    some = both[::2]
    Listing.objects.filter(company__in=[known.company for known in some]).update(provider_name="Helper")

    response = desk_client(officer).get(reverse("cohort:panel_file", args=["providers", "xlsx"]))

    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    (found,) = [row for row in rows if row[0] == "Helper"]
    own, verified = (
        sum(getattr(known, kind).readiness for known in some) / len(some) for kind in ("own", "verified")
    )
    assert found[1] == len(some) > 1
    assert found[2:5] == pytest.approx([own / 100, verified / 100, (own - verified) / 100], abs=0.051)


def test_a_provider_can_be_chosen(crowd: Crowd, officer: User) -> None:
    company = crowd.known[0].company
    Listing.objects.filter(company=company).update(provider_name="Sample Consulting")
    page = desk_client(officer).get(reverse("cohort:companies"), {"provider": "Sample Consulting"})
    assert company.name.encode() in page.content
    assert crowd.known[1].company.name.encode() not in page.content


def test_moments_of_the_funnel_are_dates_of_the_page(crowd: Crowd, officer: User) -> None:
    moment = timezone.now() - timedelta(days=3)
    Assessment.objects.filter(round=crowd.now, invited_at__isnull=False).update(invited_at=moment)
    client = desk_client(officer)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("cohort:overview")).content.decode()
    day = timezone.localtime(moment)
    assert f"half by {day.day} {day:%b %Y}, latest {day.day} {day:%b %Y}" in page
