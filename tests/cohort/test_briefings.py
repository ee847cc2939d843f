"""Briefings: their numbers equal SQL on the frozen sample, words can be edited until approval, figures never."""

from __future__ import annotations

import io
import re
import statistics
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import docx
import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Notice, NoticeKind, User
from accounts.roles import Role
from assessments.models import Report
from assessments.models.stage import Stage
from audit.models import AuditEvent
from cohort.actions import briefings
from cohort.actions.briefings import Approved, BriefingText
from cohort.briefings.content import build_content
from cohort.briefings.kinds import KINDS, Scoped
from cohort.briefings.labels import get_dimension_name
from cohort.briefings.paper import render_briefing_docx, render_briefing_pdf
from cohort.briefings.sampling import take_sample
from cohort.briefings.sentences import BriefingCell
from cohort.models import Briefing, Sample, SampleRow
from cohort.models.briefing import get_covered_month
from cohort.tasks import draft_monthly, sample_nightly
from companies.models import Programme
from documents.numbers import format_points
from tests import factories
from tests.cohort.crowd import Crowd, make_crowd

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ENGLISH = {"Accept-Language": "en"}
STEPS = list(Stage)


@pytest.fixture
def crowd(programme: Programme) -> Crowd:
    return make_crowd(programme, 32)


@pytest.fixture
def city(crowd: Crowd, officer: User) -> Briefing:
    """The city's briefing of this month, with a sample of a month ago."""
    take_sample(crowd.programme, moment=timezone.now() - timedelta(days=30))
    briefings.draft_briefings(programme=crowd.programme, by=officer)
    return Briefing.objects.select_related("sample__round", "programme__city").get(scope="city")


def sql(query: str, *values: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def test_numbers_equal_sql_on_the_frozen_sample(city: Briefing) -> None:
    sample = str(city.sample_id).replace("-", "") if connection.vendor == "sqlite" else str(city.sample_id)
    rows = sql(
        "SELECT division, step, level, aim, verified, readiness, own, before, risk FROM cohort_sample_row "
        "WHERE sample_id = %s",
        sample,
    )
    figures, counts = city.figures, city.figures["counts"]
    assert counts["companies"] == len(rows) == 32
    for step, stage in enumerate(STEPS):
        if step:
            assert counts[stage.value] == sum(row[1] >= step for row in rows), stage
    scored = [row for row in rows if row[2] != -1]
    assert counts["with_level"] == len(scored) > 5
    assert counts["at_target"] == sum(row[2] >= row[3] for row in scored)
    assert counts["at_target_verified"] == sum(row[2] >= row[3] and bool(row[4]) for row in scored)
    recommended = STEPS.index(Stage.RECOMMENDED)
    assert counts["to_check"] == sum(row[1] < recommended for row in scored) > 0
    assert counts["to_visit"] == sum(row[1] == recommended for row in scored) > 0
    assert counts["at_risk"] == sum(row[8] != -1 for row in rows)
    assert figures["readiness"] == statistics.median(row[5] for row in scored)
    both = [row for row in rows if row[6] != -1 and row[7] != -1]
    assert counts["compared"] == len(both) > 0
    assert figures["own"] == statistics.median(row[6] for row in both)
    for entry in figures["areas"]:
        own = [row for row in rows if row[0] == entry["code"]]
        assert entry["companies"] == len(own)
        assert entry["submitted"] == sum(row[1] >= STEPS.index(Stage.SUBMITTED) for row in own)
        assert entry["to_visit"] == sum(row[1] == recommended and row[2] != -1 for row in own)
    earlier = city.earlier
    assert earlier is not None
    before = Scoped(earlier, "city", "").select_rows(Stage.SUBMITTED.value).count()
    assert figures["since"]["counts"][Stage.SUBMITTED.value] == counts[Stage.SUBMITTED.value] - before
    assert str(counts[Stage.SUBMITTED.value]) in city.words["en"]["title"]


def test_numbers_of_a_sentence_that_was_changed_lead_nowhere(city: Briefing, officer: User) -> None:
    own, kept = "Only 999 of 1000 came.", city.words["en"]["lead"]
    briefings.edit_briefing(
        briefing=city, words={"en": BriefingText("31 of 32", f"{own} {kept}", [own])}, by=officer
    )
    city.refresh_from_db()

    content = build_content(city, list(city.programme.city.areas.all()), "en")

    assert content.linked_title == (BriefingCell("31 of 32"),)
    assert content.linked_requests == [(BriefingCell(own),)]
    assert content.linked_lead[0] == BriefingCell(f"{own} ")
    assert any(cell.kind for cell in content.linked_lead)


def test_companies_behind_a_number_have_a_median_and_ask_a_constant_number_of_questions(
    client: Client, city: Briefing, officer: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(officer, backend=BACKEND)
    address = reverse("cohort:briefing_companies", args=[city.pk])
    with django_assert_max_num_queries(16):
        page = client.get(f"{address}?kind=compared&dimension=d3", headers=ENGLISH)
    rows = Scoped(city.sample, "city", "").select_rows("compared")
    medians = [statistics.median(row.before_d3 for row in rows), statistics.median(row.d3 for row in rows)]
    said = [cell.text for _label, cell in page.context["number"].steps]
    assert said[:2] == [format_points(round(middle)) for middle in medians]
    assert get_dimension_name("D3") in page.content.decode()
    for wrong in (
        "kind=none",
        "dimension=pk",
        "day=2020-01-01",
        "day=x",
        "company=x",
        "whole=x",
        "measure=x",
    ):
        assert client.get(f"{address}?{wrong}").status_code == 404, wrong


def test_samples_of_the_trend_are_kept_with_the_briefing(crowd: Crowd, officer: User) -> None:
    for days in (50, 30, 7):
        take_sample(crowd.programme, moment=timezone.now() - timedelta(days=days))

    briefings.draft_briefings(programme=crowd.programme, by=officer)

    assert len(Briefing.objects.get(scope="city").figures["trend"]) == 4
    assert not Sample.objects.filter(frozen_at__isnull=True).exists()


def test_samples_of_the_trends_of_older_drafts_are_kept_too(crowd: Crowd, officer: User) -> None:
    take_sample(crowd.programme, moment=timezone.now() - timedelta(days=7))
    briefings.draft_briefings(programme=crowd.programme, by=officer)
    Sample.objects.update(frozen_at=None)
    unused = take_sample(crowd.programme, moment=timezone.now() - timedelta(days=3))

    import_module("cohort.migrations.0005_freeze_samples_of_trends").freeze(apps, None)

    assert list(Sample.objects.filter(frozen_at__isnull=True)) == [unused]


def test_queues_of_older_drafts_are_told_apart(crowd: Crowd, officer: User) -> None:
    briefings.draft_briefings(programme=crowd.programme, by=officer)
    drafted = {briefing.pk: briefing.figures for briefing in Briefing.objects.all()}
    for briefing in Briefing.objects.all():
        for figures in (briefing.figures["counts"], *briefing.figures["areas"]):
            del figures["to_check"], figures["to_visit"]
        del briefing.figures["counts"]["at_target_verified"]
        briefing.save(update_fields=["figures"])

    import_module("cohort.migrations.0007_two_queues_in_briefings").count(apps, None)

    assert {briefing.pk: briefing.figures for briefing in Briefing.objects.all()} == drafted


def test_who_edits_briefings_is_told_of_drafts_made_at_night(crowd: Crowd, officer: User) -> None:
    draft_monthly()

    told = Notice.objects.get(kind=NoticeKind.BRIEFING)
    assert (told.user, told.parameters["count"]) == (officer, Briefing.objects.count())
    assert told.parameters["count"] > 2
    draft_monthly()
    assert Notice.objects.filter(kind=NoticeKind.BRIEFING).count() == 1


def test_figures_stay_when_companies_move_on(city: Briefing, crowd: Crowd) -> None:
    before = {kind: Scoped(city.sample, "city", "").select_rows(kind).count() for kind in KINDS}
    crowd.now.assessments.update(submitted_at=timezone.now(), verified_at=timezone.now())
    Sample.objects.filter(pk=city.sample_id).update(day=timezone.localdate() - timedelta(days=900))

    sample_nightly()

    assert Sample.objects.filter(pk=city.sample_id).exists(), "a frozen sample is never cleared away"
    assert {kind: Scoped(city.sample, "city", "").select_rows(kind).count() for kind in KINDS} == before
    with pytest.raises(TypeError):
        SampleRow.objects.all()[0].save()


def test_words_are_edited_until_approval_and_then_nothing_changes(
    client: Client, city: Briefing, officer: User
) -> None:
    client.force_login(officer, backend=BACKEND)
    figures = city.figures
    form = {"title-en": "A sentence of our own", "lead-en": "Lead.", "requests-en": "One\n\nTwo"}
    client.post(reverse("cohort:edit_briefing", args=[city.pk]), form)
    city.refresh_from_db()
    assert city.words["en"] == {"title": "A sentence of our own", "lead": "Lead.", "requests": ["One", "Two"]}
    assert city.words["zh-hans"]["title"] != "A sentence of our own"

    client.post(reverse("cohort:approve_briefing", args=[city.pk]))

    city.refresh_from_db()
    assert city.is_approved
    assert city.figures == figures
    assert AuditEvent.objects.filter(action="briefing.approved", by=officer).exists()
    with pytest.raises(Approved):
        briefings.edit_briefing(briefing=city, words={"en": BriefingText("x", "", [])}, by=officer)
    with pytest.raises(Approved):
        briefings.approve_briefing(briefing=city, by=officer)


def test_drafting_again_makes_nothing_new(city: Briefing, officer: User) -> None:
    count = Briefing.objects.count()
    assert count > 2

    draft_monthly()

    assert Briefing.objects.count() == count


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pdf_and_word_say_what_the_page_says_and_repeat(city: Briefing, language: str) -> None:
    areas = list(city.programme.city.areas.all())
    content = build_content(city, areas, language)
    made = render_briefing_pdf(content, city.made_at)
    word = render_briefing_docx(content, city.made_at)

    assert render_briefing_pdf(content, city.made_at) == made
    assert render_briefing_docx(content, city.made_at) == word
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))
    document = docx.Document(io.BytesIO(word))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    written = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert re.sub(r"\s", "", content.title) in text
    assert content.title in written
    for tile in content.tiles:
        assert tile.value.text in cells
        assert tile.value.text in text
    for part in content.parts:
        assert part.title in written
        for row in part.rows:
            assert {cell.text for cell in row} <= cells
    assert len(document.inline_shapes) == sum(bool(part.svg) for part in content.parts)


def test_county_reads_its_own_area_alone(
    client: Client, city: Briefing, crowd: Crowd, programme: Programme
) -> None:
    division = crowd.known[0].company.division
    reviewer = factories.make_staff(programme, Role.COUNTY_REVIEWER, "County", area=division)
    own = Briefing.objects.get(scope="area", code=division.code)
    client.force_login(reviewer, backend=BACKEND)

    assert list(Briefing.objects.visible_to(reviewer)) == [own]
    assert client.get(reverse("cohort:briefing_page", args=[city.pk])).status_code == 404
    assert client.get(reverse("cohort:briefing_page", args=[own.pk])).status_code == 200
    assert client.post(reverse("cohort:approve_briefing", args=[own.pk])).status_code == 403
    steward = factories.make_staff(programme, Role.STEWARD, "Steward")
    client.force_login(steward, backend=BACKEND)
    assert client.get(reverse("cohort:briefing")).status_code == 403


def test_candidates_carry_interval_and_n_and_small_areas_are_left_out(city: Briefing) -> None:
    rows = Scoped(city.sample, "city", "").select_rows("compared")
    sizes: dict[str, int] = {}
    for row in rows:
        for code in {row.division, row.area} - {""}:
            sizes[code] = sizes.get(code, 0) + 1
    candidates = city.figures["candidates"]

    assert {entry["code"] for entry in candidates} == {code for code, size in sizes.items() if size >= 5}
    assert all(entry["low"] <= entry["change"] <= entry["high"] for entry in candidates)
    assert [entry["low"] for entry in candidates] == sorted((e["low"] for e in candidates), reverse=True)


def test_list_of_briefings_asks_a_constant_number_of_questions(
    client: Client, city: Briefing, officer: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(officer, backend=BACKEND)
    with django_assert_max_num_queries(16):
        client.get(reverse("cohort:briefing"))


def test_packet_is_ordered_for_all_that_match_the_filters(
    client: Client, crowd: Crowd, officer: User, assessor: User
) -> None:
    client.force_login(officer, backend=BACKEND)
    division = crowd.known[0].company.division
    address = f"{reverse('cohort:order_packet')}?division={division.code}"

    response = client.post(address)

    packet = Report.objects.get()
    assert response["Location"] == reverse("assessments:report", args=[packet.pk])
    own = [known for known in crowd.known if known.own and known.company.division == division]
    assert packet.companies == len(own) > 0
    assert client.get(response["Location"]).status_code == 200
    client.force_login(assessor, backend=BACKEND)
    assert client.post(address).status_code == 403


def test_briefing_drafted_on_the_first_is_about_the_month_before() -> None:
    assert get_covered_month(date(2026, 12, 1)) == date(2026, 11, 1)
    assert get_covered_month(date(2026, 12, 15)) == date(2026, 12, 1)
