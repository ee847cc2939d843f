"""A briefing as people read it: the same texts and numbers for page, PDF and Word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from assessments.models.stage import Stage
from cohort.briefings import labels
from cohort.briefings.labels import (
    build_change_cell,
    build_count_cell,
    build_share_cell,
    get_area_names,
    get_dimension_name,
)
from cohort.briefings.sentences import BriefingCell, Sentence, compose_sentence, format_sentence, link_numbers
from cohort.labels import get_risk_labels
from cohort.models import Briefing
from companies.level_labels import get_short_level_label
from companies.models import Area, KeyIndustry
from documents import charts
from documents.numbers import compute_change, format_points, format_signed_points, round_points

NONE = "–"


@dataclass(frozen=True)
class BriefingTile:
    """A headline figure."""

    label: str
    value: BriefingCell
    remark: str
    linked_remark: Sentence = ()


@dataclass(frozen=True)
class BriefingPart:
    """A table with its title, what it says of itself, and a drawing if there is one.

    `linked_note` is the note again where it has numbers that lead to companies.
    """

    title: str
    note: str
    head: list[str]
    rows: list[list[BriefingCell]]
    svg: str = ""
    linked_note: Sentence = ()

    @property
    def labelled_rows(self) -> list[list[tuple[str, BriefingCell]]]:
        """The rows, each cell with the heading of its column, for screens too narrow for columns."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Content:
    """Everything that a briefing says, in one language.

    Sentences are there twice: as they are printed, and with what their numbers lead to.
    """

    language: str
    scope_name: str
    heading: str
    title: str
    lead: str
    requests_title: str
    requests: list[str]
    tiles: list[BriefingTile]
    parts: list[BriefingPart]
    source: str
    synthetic: str
    state: str
    linked_title: Sentence
    linked_lead: Sentence
    linked_requests: list[Sentence]
    linked_source: Sentence


def get_scope_name(briefing: Briefing, areas: list[Area]) -> str:
    """Return the name of what a briefing is about, in the language that is active."""
    if briefing.scope == Briefing.Scope.AREA:
        return next((area.name for area in areas if area.code == briefing.code), briefing.code)
    if briefing.scope == Briefing.Scope.INDUSTRY:
        industry = KeyIndustry.objects.filter(code=briefing.code).first()
        return _("Task force %(name)s") % {"name": industry.name if industry else briefing.code}
    return briefing.programme.city.name


def build_content(briefing: Briefing, areas: list[Area], language: str) -> Content:
    """Build the content in a language; at most one query, for the name of a key industry."""
    with override(language):
        figures, words = briefing.figures, briefing.words[language]
        names = get_area_names(areas, language)
        name = get_scope_name(briefing, areas)
        sample = briefing.sample
        source = compose_sentence(
            _("Counted on %(day)s from %(companies)d companies, round %(round)s."),
            day=date_format(localtime(sample.taken_at), "DATETIME_FORMAT"),
            companies=build_count_cell(figures["counts"], "companies"),
            round=sample.round.code,
        )
        if sample.release_name:
            source = compose_sentence(
                _("%(source)s Model version %(release)s. Readiness scores: own answers unless verified."),
                source=source,
                release=sample.release_name,
            )
        if sample.is_reconstructed:
            source = compose_sentence(
                _("%(source)s The sample was reconstructed from the dates of steps."), source=source
            )
        if briefing.earlier is not None and briefing.earlier.is_reconstructed:
            source = compose_sentence(
                _("%(source)s The sample of the previous month was reconstructed from the dates of steps."),
                source=source,
            )
        asked = labels.compose_requests(figures, names)
        return Content(
            language=language,
            scope_name=name,
            heading=_("Monthly briefing · %(scope)s") % {"scope": name},
            title=words["title"],
            lead=words["lead"],
            requests_title=_("Actions required"),
            requests=list(words["requests"]),
            tiles=build_tiles(figures),
            parts=[part for part in _build_parts(figures, names, language) if part is not None],
            source=format_sentence(source),
            synthetic=_(
                "Synthetic benchmark data: the reference facilities are generated and describe no real company. Do "
                "not quote readiness scores as official figures."
            )
            if sample.is_synthetic
            else "",
            state=_("Approved by %(name)s on %(date)s")
            % {
                "name": briefing.approved_by.name if briefing.approved_by else "",
                "date": date_format(localtime(briefing.approved_at), "DATE_FORMAT"),
            }
            if briefing.approved_at
            else _("Draft, not approved"),
            linked_title=link_numbers(words["title"], [labels.compose_title(figures, sample.day)]),
            linked_lead=link_numbers(words["lead"], labels.compose_lead(figures, names)),
            linked_requests=[link_numbers(request, asked) for request in words["requests"]],
            linked_source=source,
        )


def build_tiles(figures: dict[str, Any]) -> list[BriefingTile]:
    """Build the headline figures with their change since the month before."""
    counts, since = figures["counts"], figures["since"]

    def build_tile(label: str, value: BriefingCell, remark: Sentence) -> BriefingTile:
        return BriefingTile(label, value, format_sentence(remark), remark)

    def compose_change(change: BriefingCell) -> Sentence:
        return compose_sentence(_("%(change)s since the previous month"), change=change)

    def compose_count_change(kind: str) -> Sentence:
        return compose_change(build_change_cell(since["counts"], kind)) if since else ()

    score: Sentence = ()
    if since and since["readiness"] is not None:
        score = compose_change(
            BriefingCell(format_signed_points(since["readiness"]), "with_level", measure="moved")
        )
    submitted, verified = Stage.SUBMITTED.value, Stage.VERIFIED.value
    share = compose_sentence(
        _("%(share)s of those scored"), share=build_share_cell(counts, "at_target", "with_level")
    )
    return [
        build_tile(_("Submitted"), build_count_cell(counts, submitted), compose_count_change(submitted)),
        build_tile(_("Median score"), _build_points_cell(figures["readiness"], "with_level"), score),
        build_tile(_("At the target level"), build_count_cell(counts, "at_target"), share),
        build_tile(
            pgettext("stage", "Verified"), build_count_cell(counts, verified), compose_count_change(verified)
        ),
    ]


def _build_points_cell(median: float | None, kind: str, area: str = "", dimension: str = "") -> BriefingCell:
    return (
        BriefingCell(format_points(median), kind, area, dimension)
        if median is not None
        else BriefingCell(NONE)
    )


def _build_difference_cell(difference: float | None, area: str = "", dimension: str = "") -> BriefingCell:
    if difference is None:
        return BriefingCell(NONE)
    return BriefingCell(format_signed_points(difference), "compared", area, dimension)


def _build_parts(figures: dict[str, Any], names: dict[str, str], language: str) -> list[BriefingPart | None]:
    return [
        _build_area_part(figures, names),
        _build_dimension_part(figures),
        _build_funnel_part(figures),
        _build_level_part(figures),
        _build_trend_part(figures),
        _build_risk_part(figures, language),
        _build_best_part(figures, language),
        _build_candidate_part(figures, names),
    ]


def _build_area_part(figures: dict[str, Any], names: dict[str, str]) -> BriefingPart | None:
    entries = figures["areas"]
    if not entries:
        return None
    rows = [
        [
            BriefingCell(names.get(entry["code"], entry["code"])),
            BriefingCell(str(entry["companies"]), "companies", entry["code"]),
            BriefingCell(str(entry["submitted"]), Stage.SUBMITTED.value, entry["code"]),
            _build_points_cell(entry["readiness"], "with_level", entry["code"]),
            _build_difference_cell(entry["change"], entry["code"]),
            BriefingCell(str(entry["to_check"]), "to_check", entry["code"]),
            BriefingCell(str(entry["to_visit"]), "to_visit", entry["code"]),
        ]
        for entry in entries
    ]
    head = [
        _("Area"), _("Companies"), _("Submitted"), _("Median score"), _("Change"),
        _("Waiting for the county"), _("Waiting for an assessor"),
    ]  # fmt: skip
    note = _(
        "Change of the same companies’ own readiness scores since the previous round, one model version."
    )
    return BriefingPart(_("Areas"), note, head, rows)


def _build_dimension_part(figures: dict[str, Any]) -> BriefingPart | None:
    known = [row for row in figures["dimensions"] if None not in (row["before"], row["now"])]
    if not known:
        return None
    moves = [
        charts.DumbbellRow(
            get_dimension_name(row["code"]), round_points(row["before"]), round_points(row["now"])
        )
        for row in known
    ]
    rows = [
        [
            BriefingCell(f"{row['code']} {get_dimension_name(row['code'])}"),
            _build_points_cell(row["before"], "compared", dimension=row["code"].lower()),
            _build_points_cell(row["now"], "compared", dimension=row["code"].lower()),
            _build_difference_cell(compute_change(row["before"], row["now"]), dimension=row["code"].lower()),
        ]
        for row in known
    ]
    title = _("Change by dimension")
    note = compose_sentence(
        _("Medians of the %(count)d companies scored in both rounds, by their own answers."),
        count=build_count_cell(figures["counts"], "compared"),
    )
    svg = charts.render_dumbbell(moves, before=_("Previous round"), after=_("This round"), description=title)
    head = [_("Dimension"), _("Previous round"), _("This round"), _("Change")]
    return BriefingPart(title, format_sentence(note), head, rows, svg, linked_note=note)


def _build_funnel_part(figures: dict[str, Any]) -> BriefingPart:
    counts = figures["counts"]
    kinds = {Stage.LISTED.value: "companies"}
    stages = [(str(stage.label), kinds.get(stage.value, stage.value)) for stage in Stage]
    title = _("Progress of companies")
    svg = charts.render_bars(
        [charts.ChartBar(label, counts[kind]) for label, kind in stages], description=title
    )
    rows = [[BriefingCell(label), build_count_cell(counts, kind)] for label, kind in stages]
    return BriefingPart(
        title, _("Companies that reached at least this stage."), [_("Status"), _("Companies")], rows, svg
    )


def _build_level_part(figures: dict[str, Any]) -> BriefingPart | None:
    if not figures["counts"]["with_level"]:
        return None
    rows = [
        [BriefingCell(get_short_level_label(level)), BriefingCell(str(count), f"level_{level}")]
        for level, count in enumerate(figures["levels"])
    ]
    title = _("Official levels")
    parts = [
        charts.StackedPart(get_short_level_label(level), [count])
        for level, count in enumerate(figures["levels"])
    ]
    svg = charts.render_stacked_bars([_("Companies")], parts, description=title, ramp=True)
    note = _("The level that counts: verified where there was a visit, provisional elsewhere.")
    return BriefingPart(title, note, [_("Level"), _("Companies")], rows, svg)


def _build_trend_part(figures: dict[str, Any]) -> BriefingPart | None:
    trend = figures["trend"]
    if len(trend) < 2:
        return None
    days = [date_format(date.fromisoformat(point["day"]), "MONTH_DAY_FORMAT") for point in trend]
    lines = [
        charts.LineSeries(_("Submitted"), [point["submitted"] for point in trend]),
        charts.LineSeries(pgettext("stage", "Verified"), [point["verified"] for point in trend]),
    ]
    title = _("Submitted and verified over time")
    svg = charts.render_line_chart(days, lines, description=title, digits=0, from_zero=True)
    rows = [
        [
            BriefingCell(day),
            BriefingCell(str(point["submitted"]), Stage.SUBMITTED.value, day=point["day"]),
            BriefingCell(str(point["verified"]), Stage.VERIFIED.value, day=point["day"]),
        ]
        for day, point in zip(days, trend, strict=True)
    ]
    return BriefingPart(title, "", [_("Day"), _("Submitted"), pgettext("stage", "Verified")], rows, svg)


def _get_entry_name(entry: dict[str, Any], language: str) -> str:
    return str(entry["name_en"] if language.startswith("en") and entry["name_en"] else entry["name"])


def _build_risk_part(figures: dict[str, Any], language: str) -> BriefingPart | None:
    if not figures["at_risk"]:
        return None
    reasons = get_risk_labels()
    rows = [
        [
            BriefingCell(_get_entry_name(entry, language)),
            BriefingCell(reasons[entry["reason"]]),
            BriefingCell(str(entry["days"]), "at_risk", company=entry["company"]),
        ]
        for entry in figures["at_risk"]
    ]
    note = compose_sentence(
        _("The longest without progress, of %(count)d at risk of being late."),
        count=build_count_cell(figures["counts"], "at_risk"),
    )
    head = [_("Company"), _("Reason"), _("Days without progress")]
    return BriefingPart(_("At risk of being late"), format_sentence(note), head, rows, linked_note=note)


def _build_best_part(figures: dict[str, Any], language: str) -> BriefingPart | None:
    if not figures["best"]:
        return None
    rows = [
        [
            BriefingCell(_get_entry_name(row, language)),
            BriefingCell(format_points(row["before"]), "rose", company=row["company"]),
            BriefingCell(format_points(row["own"]), "rose", company=row["company"]),
            BriefingCell(format_signed_points(change), "rose", company=row["company"]),
        ]
        for row in figures["best"]
        for change in [compute_change(row["before"], row["own"])]
    ]
    note = _("By own answers under one model version; likely ranges overlap, so do not rank companies.")
    return BriefingPart(
        _("Rose most"), note, [_("Company"), _("Previous round"), _("This round"), _("Change")], rows
    )


def _build_candidate_part(figures: dict[str, Any], names: dict[str, str]) -> BriefingPart | None:
    if not figures["candidates"]:
        return None
    rows = [
        [
            BriefingCell(names.get(entry["code"], entry["code"])),
            BriefingCell(str(entry["n"]), "compared", entry["code"]),
            BriefingCell(format_signed_points(entry["change"]), "compared", entry["code"], measure="mean"),
            BriefingCell(
                _("%(low)s to %(high)s")
                % {"low": format_signed_points(entry["low"]), "high": format_signed_points(entry["high"])},
                "compared",
                entry["code"],
                measure="mean",
            ),
        ]
        for entry in figures["candidates"]
    ]
    note = _(
        "Two on-site meetings a year take place where companies improved most. Mean change of the readiness score "
        "of the same companies’ own answers since the previous round, under one model version, with its 90% "
        "interval (Student). Ordered by the lower end; areas with fewer than five compared companies are left out. "
        "Where intervals overlap, the order may be chance."
    )
    head = [_("Area"), _("Companies compared"), _("Mean change"), _("Interval")]
    return BriefingPart(_("Candidates for the on-site meetings"), note, head, rows)
