"""A briefing as people read it: the same texts and numbers for page, PDF and Word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from assessments.models.assessment import Stage
from cohort.briefings import labels
from cohort.briefings.labels import change_of, count_of, dimension_name, names_of_areas, share_of
from cohort.briefings.sentences import Cell, Sentence, composed, linked, plain
from cohort.labels import level_short, risk_words
from cohort.models import Briefing
from companies.models import Area, KeyIndustry
from documents import charts
from documents.numbers import points, signed_points

NONE = "–"


@dataclass(frozen=True)
class Tile:
    """A headline figure."""

    label: str
    value: Cell
    remark: str
    linked_remark: Sentence = ()


@dataclass(frozen=True)
class Part:
    """A table with its title, what it says of itself, and a drawing if there is one.

    `linked_note` is the note again where it has numbers that lead to companies.
    """

    title: str
    note: str
    head: list[str]
    rows: list[list[Cell]]
    svg: str = ""
    linked_note: Sentence = ()

    @property
    def labelled_rows(self) -> list[list[tuple[str, Cell]]]:
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
    tiles: list[Tile]
    parts: list[Part]
    source: str
    synthetic: str
    state: str
    linked_title: Sentence
    linked_lead: Sentence
    linked_requests: list[Sentence]
    linked_source: Sentence


def scope_name(briefing: Briefing, areas: list[Area]) -> str:
    """What a briefing is about, in the language that is active."""
    if briefing.scope == Briefing.Scope.AREA:
        return next((area.name for area in areas if area.code == briefing.code), briefing.code)
    if briefing.scope == Briefing.Scope.INDUSTRY:
        industry = KeyIndustry.objects.filter(code=briefing.code).first()
        return _("Task force %(name)s") % {"name": industry.name if industry else briefing.code}
    return briefing.programme.city.name


def content_of(briefing: Briefing, areas: list[Area], language: str) -> Content:
    """The content in a language; at most one query, for the name of a key industry."""
    with override(language):
        figures, words = briefing.figures, briefing.words[language]
        names = names_of_areas(areas, language)
        name = scope_name(briefing, areas)
        sample = briefing.sample
        source = composed(
            _("Counted on %(day)s from %(companies)d companies, round %(round)s."),
            day=date_format(localtime(sample.taken_at), "DATETIME_FORMAT"),
            companies=count_of(figures["counts"], "companies"),
            round=sample.round.code,
        )
        if sample.release_name:
            source = composed(
                _("%(source)s Release %(release)s. Scores rest on own answers unless verified."),
                source=source,
                release=sample.release_name,
            )
        if sample.is_reconstructed:
            source = composed(
                _("%(source)s The sample was reconstructed from the dates of steps."), source=source
            )
        if briefing.earlier is not None and briefing.earlier.is_reconstructed:
            source = composed(
                _("%(source)s The sample of the month before was reconstructed from the dates of steps."),
                source=source,
            )
        asked = labels.requests(figures, names)
        return Content(
            language=language,
            scope_name=name,
            heading=_("Monthly briefing · %(scope)s") % {"scope": name},
            title=words["title"],
            lead=words["lead"],
            requests_title=_("What we ask you to do"),
            requests=list(words["requests"]),
            tiles=tiles(figures),
            parts=[part for part in _parts(figures, names, language) if part is not None],
            source=plain(source),
            synthetic=_(
                "Synthetic benchmark data: the reference facilities are generated and describe no real company. Do "
                "not quote scores as official figures."
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
            linked_title=linked(words["title"], [labels.title(figures, briefing.month)]),
            linked_lead=linked(words["lead"], labels.lead(figures, names)),
            linked_requests=[linked(request, asked) for request in words["requests"]],
            linked_source=source,
        )


def tiles(figures: dict[str, Any]) -> list[Tile]:
    """The headline figures with their change since the month before."""
    counts, since = figures["counts"], figures["since"]

    def tile(label: str, value: Cell, remark: Sentence) -> Tile:
        return Tile(label, value, plain(remark), remark)

    def moved(change: Cell) -> Sentence:
        return composed(_("%(change)s since the month before"), change=change)

    def counted(kind: str) -> Sentence:
        return moved(change_of(since["counts"], kind)) if since else ()

    score: Sentence = ()
    if since and since["readiness"] is not None:
        score = moved(Cell(signed_points(round(since["readiness"])), "with_level", measure="moved"))
    submitted, verified = Stage.SUBMITTED.value, Stage.VERIFIED.value
    share = composed(_("%(share)s of those scored"), share=share_of(counts, "at_target", "with_level"))
    return [
        tile(_("Submitted"), count_of(counts, submitted), counted(submitted)),
        tile(_("Median score"), _points(figures["readiness"], "with_level"), score),
        tile(_("At the target level"), count_of(counts, "at_target"), share),
        tile(pgettext("stage", "Verified"), count_of(counts, verified), counted(verified)),
    ]


def _points(median: float | None, kind: str, area: str = "", dimension: str = "") -> Cell:
    return Cell(points(round(median)), kind, area, dimension) if median is not None else Cell(NONE)


def _change(difference: float | None, area: str = "", dimension: str = "") -> Cell:
    if difference is None:
        return Cell(NONE)
    return Cell(signed_points(round(difference)), "compared", area, dimension)


def _parts(figures: dict[str, Any], names: dict[str, str], language: str) -> list[Part | None]:
    return [
        _areas(figures, names),
        _dimensions(figures),
        _funnel(figures),
        _levels(figures),
        _trend(figures),
        _at_risk(figures, language),
        _best(figures, language),
        _candidates(figures, names),
    ]


def _areas(figures: dict[str, Any], names: dict[str, str]) -> Part | None:
    entries = figures["areas"]
    if not entries:
        return None
    rows = [
        [
            Cell(names.get(entry["code"], entry["code"])),
            Cell(str(entry["companies"]), "companies", entry["code"]),
            Cell(str(entry["submitted"]), Stage.SUBMITTED.value, entry["code"]),
            _points(entry["readiness"], "with_level", entry["code"]),
            _change(entry["change"], entry["code"]),
            Cell(str(entry["to_check"]), "to_check", entry["code"]),
            Cell(str(entry["to_visit"]), "to_visit", entry["code"]),
        ]
        for entry in entries
    ]
    head = [
        _("Area"), _("Companies"), _("Submitted"), _("Median score"), _("Change"),
        _("Waiting for the county"), _("Waiting for an assessor"),
    ]  # fmt: skip
    note = _("Change: of the same companies’ own answers since the round before, under one release.")
    return Part(_("Areas"), note, head, rows)


def _dimensions(figures: dict[str, Any]) -> Part | None:
    known = [entry for entry in figures["dimensions"] if None not in (entry["before"], entry["now"])]
    if not known:
        return None
    moves = [
        charts.Move(dimension_name(entry["code"]), entry["before"] / 100, entry["now"] / 100)
        for entry in known
    ]
    rows = [
        [
            Cell(f"{entry['code']} {dimension_name(entry['code'])}"),
            _points(entry["before"], "compared", dimension=entry["code"].lower()),
            _points(entry["now"], "compared", dimension=entry["code"].lower()),
            _change(entry["now"] - entry["before"], dimension=entry["code"].lower()),
        ]
        for entry in known
    ]
    title = _("Change by dimension")
    note = composed(
        _("Medians of the %(count)d companies scored in both rounds, by their own answers."),
        count=count_of(figures["counts"], "compared"),
    )
    svg = charts.dumbbell(moves, before=_("Round before"), after=_("This round"), description=title)
    head = [_("Dimension"), _("Round before"), _("This round"), _("Change")]
    return Part(title, plain(note), head, rows, svg, linked_note=note)


def _funnel(figures: dict[str, Any]) -> Part:
    counts = figures["counts"]
    kinds = {Stage.LISTED.value: "companies"}
    stages = [(str(stage.label), kinds.get(stage.value, stage.value)) for stage in Stage]
    title = _("How far companies are")
    svg = charts.bars([charts.Bar(label, counts[kind]) for label, kind in stages], description=title)
    rows = [[Cell(label), count_of(counts, kind)] for label, kind in stages]
    return Part(title, _("Companies that came at least this far."), [_("Status"), _("Companies")], rows, svg)


def _levels(figures: dict[str, Any]) -> Part | None:
    if not figures["counts"]["with_level"]:
        return None
    rows = [
        [Cell(level_short(level)), Cell(str(count), f"level_{level}")]
        for level, count in enumerate(figures["levels"])
    ]
    title = _("Official levels")
    parts = [charts.Part(level_short(level), [count]) for level, count in enumerate(figures["levels"])]
    svg = charts.stacked([_("Companies")], parts, description=title, ramp=True)
    note = _("The level that counts: verified where there was a visit, provisional elsewhere.")
    return Part(title, note, [_("Level"), _("Companies")], rows, svg)


def _trend(figures: dict[str, Any]) -> Part | None:
    trend = figures["trend"]
    if len(trend) < 2:
        return None
    days = [date_format(date.fromisoformat(point["day"]), "MONTH_DAY_FORMAT") for point in trend]
    lines = [
        charts.Line(_("Submitted"), [point["submitted"] for point in trend]),
        charts.Line(pgettext("stage", "Verified"), [point["verified"] for point in trend]),
    ]
    title = _("Submitted and verified over time")
    svg = charts.line(days, lines, description=title, digits=0, from_zero=True)
    rows = [
        [
            Cell(day),
            Cell(str(point["submitted"]), Stage.SUBMITTED.value, day=point["day"]),
            Cell(str(point["verified"]), Stage.VERIFIED.value, day=point["day"]),
        ]
        for day, point in zip(days, trend, strict=True)
    ]
    return Part(title, "", [_("Day"), _("Submitted"), pgettext("stage", "Verified")], rows, svg)


def _company(entry: dict[str, Any], language: str) -> str:
    return str(entry["name_en"] if language.startswith("en") and entry["name_en"] else entry["name"])


def _at_risk(figures: dict[str, Any], language: str) -> Part | None:
    if not figures["at_risk"]:
        return None
    reasons = risk_words()
    rows = [
        [
            Cell(_company(entry, language)),
            Cell(reasons[entry["reason"]]),
            Cell(str(entry["days"]), "at_risk", company=entry["company"]),
        ]
        for entry in figures["at_risk"]
    ]
    note = composed(
        _("The longest without progress, of %(count)d at risk."), count=count_of(figures["counts"], "at_risk")
    )
    head = [_("Company"), _("Reason"), _("Days without progress")]
    return Part(_("At risk"), plain(note), head, rows, linked_note=note)


def _best(figures: dict[str, Any], language: str) -> Part | None:
    if not figures["best"]:
        return None
    rows = [
        [
            Cell(_company(entry, language)),
            Cell(points(entry["before"]), "rose", company=entry["company"]),
            Cell(points(entry["own"]), "rose", company=entry["company"]),
            Cell(signed_points(entry["own"] - entry["before"]), "rose", company=entry["company"]),
        ]
        for entry in figures["best"]
    ]
    note = _("By own answers under one release; likely ranges overlap, so this is no ranking of companies.")
    return Part(_("Rose most"), note, [_("Company"), _("Round before"), _("This round"), _("Change")], rows)


def _candidates(figures: dict[str, Any], names: dict[str, str]) -> Part | None:
    if not figures["candidates"]:
        return None
    rows = [
        [
            Cell(names.get(entry["code"], entry["code"])),
            Cell(str(entry["n"]), "compared", entry["code"]),
            Cell(signed_points(entry["change"]), "compared", entry["code"], measure="mean"),
            Cell(
                _("%(low)s to %(high)s")
                % {"low": signed_points(entry["low"]), "high": signed_points(entry["high"])},
                "compared",
                entry["code"],
                measure="mean",
            ),
        ]
        for entry in figures["candidates"]
    ]
    note = _(
        "Two on-site meetings a year take place where companies improved most. Mean change of the same companies’ own "
        "answers since the round before, under one release, with its interval of 90% (Student). Ordered by the lower "
        "end; areas with fewer than five compared companies are left out. Intervals that overlap say that the order "
        "may be chance."
    )
    head = [_("Area"), _("Companies compared"), _("Mean change"), _("Interval")]
    return Part(_("Candidates for the on-site meetings"), note, head, rows)
