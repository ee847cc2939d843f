"""Every number of a briefing leads to its rows in a frozen sample, and equals what these rows give."""

from __future__ import annotations

import html
import math
import re
import statistics
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from cohort.actions import briefings
from cohort.briefings.content import build_content
from cohort.briefings.kinds import Scoped
from cohort.briefings.labels import format_count_change, get_area_names
from cohort.briefings.sampling import take_sample
from cohort.briefings.sentences import format_sentence
from cohort.models import Briefing, Sample, SampleRow
from companies.models import Programme
from documents.numbers import compute_change, format_percentage, format_points, format_signed_points
from tests.cohort.crowd import make_crowd
from tests.markup import in_one_line

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def city(programme: Programme, officer: User) -> Briefing:
    """The city's briefing: some were scored a month ago, and areas are large enough to compare."""
    crowd = make_crowd(programme, 48)
    take_sample(crowd.programme, moment=timezone.now() - timedelta(days=26))
    briefings.draft_briefings(programme=crowd.programme, by=officer)
    return Briefing.objects.select_related("sample__round", "programme__city").get(scope="city")


ANCHOR = re.compile(r'<a [^>]*href="([^"]*/companies/\?[^"]*)">([^<]*)</a>')


def links_of(page: str) -> list[tuple[str, str]]:
    """Where the numbers of a briefing lead, and what they say."""
    return [(html.unescape(address), number) for address, number in ANCHOR.findall(page)]


def stated(rows: list[SampleRow], asked: QueryDict, others: list[SampleRow]) -> set[str]:
    """What a briefing may say of these rows, worked out from the rows alone.

    `others` are the whole of a share, or the rows of the month before.
    """
    kind, dimension = asked["kind"], asked.get("dimension", "")
    if "company" in asked:
        (row,) = rows
        risen = {
            format_points(row.before),
            format_points(row.own),
            format_signed_points(compute_change(row.before, row.own)),
        }
        return {str(row.idle_days)} if kind == "at_risk" else risen
    if "whole" in asked:
        return {format_percentage(len(rows), len(others))}
    if asked.get("measure") == "since":
        return {format_count_change(len(rows) - len(others))}
    if asked.get("measure") == "moved":
        now, before = (
            statistics.median(r.readiness for r in found if r.level >= 0) for found in (rows, others)
        )
        return {format_signed_points(compute_change(before, now))}
    if asked.get("measure") == "mean":
        changes = [row.own - row.before for row in rows]
        middle, half = statistics.mean(changes), student(len(changes)) * statistics.stdev(changes)
        ends = [format_signed_points(round(middle + sign * half)) for sign in (-1, 1)]
        return {
            format_signed_points(round(middle)),
            _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]},
        }
    said = {str(len(rows))}
    columns = ["readiness"] if kind == "with_level" else []
    if kind == "compared":
        columns = [f"before_{dimension}", dimension] if dimension else ["before", "own"]
    middles = [statistics.median(getattr(row, column) for row in rows) for column in columns if rows]
    said |= {format_points(round(middle)) for middle in middles}
    if len(middles) == 2:
        said.add(format_signed_points(compute_change(*middles)))
    return said


def student(n: int) -> float:
    """Half an interval of 90 % in standard deviations, from a printed table of Student's t."""
    table = {4: 2.132, 5: 2.015, 6: 1.943, 7: 1.895, 8: 1.860, 9: 1.833, 10: 1.812, 11: 1.796, 12: 1.782}
    return table[n - 1] / math.sqrt(n)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_number_leads_to_the_rows_behind_it(
    client: Client, city: Briefing, officer: User, language: str
) -> None:
    client.force_login(officer, backend=BACKEND)
    in_language = {"Accept-Language": language}
    area = Briefing.objects.filter(scope="area").order_by("code")[0]
    walked = set()
    for briefing in (city, area):
        page = client.get(reverse("cohort:briefing_page", args=[briefing.pk]), headers=in_language)
        links = links_of(in_one_line(page.content.decode()))
        assert len(links) > 60
        for address, number in links:
            asked = QueryDict(address.partition("?")[2])
            listed = client.get(address, headers=in_language)
            page_says = listed.content.decode()
            rows = list(listed.context["page"].paginator.object_list)
            others = []
            sample = Sample.objects.get(programme=city.programme, day=asked.get("day", city.sample.day))
            scoped = Scoped(sample, briefing.scope, briefing.code)
            if "whole" in asked:
                others = list(scoped.select_rows(asked["whole"]))
            if asked.get("measure") in ("since", "moved"):
                assert briefing.earlier is not None
                others = list(
                    Scoped(briefing.earlier, briefing.scope, briefing.code).select_rows(asked["kind"])
                )
            if asked.get("measure") == "since":
                # The companies that came and went are those that make the change.
                net = sum(1 if row.sample_id == sample.pk else -1 for row in rows)
                rows = list(scoped.select_rows(asked["kind"]))
                assert net == len(rows) - len(others)
            with override(language):
                assert number in stated(rows, asked, others), (address, number)
            if "whole" in asked or "measure" in asked:
                assert number in page_says, (address, number)
            assert {row.sample_id for row in rows} <= {sample.pk}
            assert {True} >= {asked.get("area", "") in ("", row.division, row.area) for row in rows}
            walked |= {asked["kind"], asked.get("measure"), *asked.keys()}
    # Title, lead, requests, tiles and every table.
    assert walked >= {"companies", "submitted", "compared", "with_level", "at_target", "at_risk", "rose"}
    assert walked >= {"level_0", "level_4", "area", "dimension", "day", "whole", "company"}
    assert walked >= {"since", "moved", "mean"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_number_of_a_briefing_is_without_its_rows(
    client: Client, city: Briefing, officer: User, language: str
) -> None:
    """On the page, whatever is no link to rows of the sample has no digit in it."""
    client.force_login(officer, backend=BACKEND)
    areas = list(city.programme.city.areas.all())
    for briefing in (city, *Briefing.objects.exclude(scope="city")):
        answer = client.get(
            reverse("cohort:briefing_page", args=[briefing.pk]), headers={"Accept-Language": language}
        )
        page = in_one_line(answer.content.decode())
        article = re.search(r"<article.*</article>", page, re.DOTALL)
        assert article is not None
        # What is linked, drawings of the same tables, and headings of rows: areas, companies, levels and days.
        rest = article[0]
        for linked in (ANCHOR.pattern, r"<svg.*?</svg>", r"<th[ >].*?</th>", r"<div class=\"alert.*?</div>"):
            rest = re.sub(linked, "", rest, flags=re.DOTALL)
        rest = html.unescape(re.sub(r"<[^>]*>", " ", rest))
        content = build_content(briefing, areas, language)
        with override(language):
            known = [
                date_format(briefing.covered_month, "YEAR_MONTH_FORMAT"),
                date_format(localtime(briefing.sample.taken_at), "DATETIME_FORMAT"),
                date_format(briefing.sample.day, "MONTH_DAY_FORMAT"),
                f"{briefing.sample.round.code}",
                briefing.sample.release_name,
                # The notes of method name the level of confidence; no figure is in them.
                *(part.note for part in content.parts if not part.linked_note and "90%" in part.note),
            ]
        # The areas of the crowd have numbers in their names.
        texts = (*known, *get_area_names(areas, language).values(), content.scope_name)
        for text in sorted(texts, key=len, reverse=True):
            rest = rest.replace(text, "")
        assert not re.search(r"[^\n]*\d[^\n]*", rest), re.search(r"[^\n]*\d[^\n]*", rest)
        assert format_sentence(content.linked_title) == content.title
        assert format_sentence(content.linked_lead) == content.lead
        assert [format_sentence(request) for request in content.linked_requests] == content.requests
        assert format_sentence(content.linked_source) == content.source
