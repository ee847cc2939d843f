"""What lies behind a number of a briefing: rows of its frozen samples, and the steps from them to the number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import stdev
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from assessments.models.assessment import Stage
from assessments.models.score import DIMENSIONS
from cohort.briefings.figures import medians
from cohort.briefings.kinds import KINDS, LEVELS, Scoped
from cohort.briefings.labels import plus
from cohort.briefings.ranking import SMALLEST_GROUP, improvement
from cohort.briefings.sentences import MEASURES, Cell
from cohort.labels import level_short
from cohort.models import Briefing, Sample, SampleRow
from documents.numbers import percentage, points, signed_points

NONE_TEXT: Final = "–"
Step = tuple[str, Cell]


class NoSuchNumber(LookupError):
    """The briefing states no number of that kind."""


@dataclass(frozen=True)
class Behind:
    """The rows behind a number, and how the number is worked out from them."""

    cell: Cell
    sample: Sample
    rows: QuerySet[SampleRow]
    steps: list[Step]

    @property
    def columns(self) -> tuple[str, str]:
        """The columns of a row that hold the points of the round before and of this round."""
        dimension = self.cell.dimension
        return (f"before_{dimension}", dimension) if dimension else ("before", "own")

    def effect(self, row: SampleRow) -> str:
        """By how much a row moved a net change; empty where the number is none."""
        if self.cell.measure != "since":
            return ""
        return plus(1 if row.sample_id == self.sample.pk else -1)


def asked_for(parameters: Mapping[str, str]) -> Cell:
    """The number that an address asks for; raises `NoSuchNumber`."""
    names = ("area", "dimension", "day", "company", "whole", "measure")
    cell = Cell(
        "",
        parameters.get("kind", "companies"),
        **{name: parameters.get(name, "") for name in names},
    )
    try:
        if cell.company:
            uuid.UUID(cell.company)
    except ValueError:
        raise NoSuchNumber from None
    allowed = (
        cell.kind in KINDS
        and cell.whole in ("", *KINDS)
        and cell.dimension in ("", *DIMENSIONS)
        and cell.measure in ("", *MEASURES)
    )
    if not allowed:
        raise NoSuchNumber(cell)
    return cell


def behind(briefing: Briefing, cell: Cell) -> Behind:
    """Rows and steps of a number; raises `NoSuchNumber` if the briefing rests on no such sample."""
    sample = _sample(briefing, cell.day)
    now = Scoped(sample, briefing.scope, briefing.code)
    rows = now.of(cell.kind, cell.area)
    if cell.company:
        rows = rows.filter(company=uuid.UUID(cell.company))
    earlier = None
    if cell.measure in ("since", "moved"):
        if briefing.earlier is None:
            raise NoSuchNumber(cell)
        earlier = Scoped(briefing.earlier, briefing.scope, briefing.code)
        if cell.measure == "since":
            rows = _moved(now, earlier, cell)
    found = Behind(cell, sample, rows, [])
    found.steps.extend(_steps(found, now, earlier))
    return found


def _sample(briefing: Briefing, day: str) -> Sample:
    """The sample of a day that the briefing rests on; without a day the one that it was counted from."""
    if not day:
        return briefing.sample
    if briefing.earlier is not None and briefing.earlier.day.isoformat() == day:
        return briefing.earlier
    if day not in [point["day"] for point in briefing.figures["trend"]]:
        raise NoSuchNumber(day)
    try:
        return Sample.objects.select_related("round").get(programme=briefing.programme_id, day=day)
    except Sample.DoesNotExist:
        raise NoSuchNumber(day) from None


def _moved(now: Scoped, earlier: Scoped, cell: Cell) -> QuerySet[SampleRow]:
    """The rows that make a net change: companies of the kind now and not then, and the other way round."""
    these, those = now.of(cell.kind, cell.area), earlier.of(cell.kind, cell.area)
    came = these.exclude(company__in=those.values("company"))
    went = those.exclude(company__in=these.values("company"))
    return SampleRow.objects.filter(Q(pk__in=came.values("pk")) | Q(pk__in=went.values("pk")))


def _steps(found: Behind, now: Scoped, earlier: Scoped | None) -> list[Step]:
    cell = found.cell
    if cell.company:
        return []
    if cell.whole:
        return _share(now, cell)
    if earlier is not None:
        return _since(now, earlier, cell) if cell.measure == "since" else _since_median(now, earlier, cell)
    if cell.measure == "mean":
        return _mean(now, cell)
    if cell.kind in ("compared", "with_level"):
        return _medians(found, cell)
    return []


def _share(now: Scoped, cell: Cell) -> list[Step]:
    part, whole = now.of(cell.kind, cell.area).count(), now.of(cell.whole, cell.area).count()
    return [
        (kind_words(cell.kind), Cell(str(part), cell.kind, cell.area)),
        (kind_words(cell.whole), Cell(str(whole), cell.whole, cell.area)),
        (_("Share"), Cell(percentage(part, whole))),
    ]


def _since(now: Scoped, earlier: Scoped, cell: Cell) -> list[Step]:
    counts = [scoped.of(cell.kind, cell.area).count() for scoped in (now, earlier)]
    plain = replace(cell, measure="")
    return [
        (day_words(now.sample), replace(plain, text=str(counts[0]))),
        (day_words(earlier.sample), replace(plain, text=str(counts[1]), day=earlier.sample.day.isoformat())),
        (_("Change"), Cell(plus(counts[0] - counts[1]))),
    ]


def _since_median(now: Scoped, earlier: Scoped, cell: Cell) -> list[Step]:
    plain = replace(cell, measure="")
    these, those = (medians(scoped.of(cell.kind, cell.area), ("readiness",))[0] for scoped in (now, earlier))
    change = NONE_TEXT if these is None or those is None else signed_points(round(these - those))
    return [
        (day_words(now.sample), replace(plain, text=_points(these))),
        (day_words(earlier.sample), replace(plain, text=_points(those), day=earlier.sample.day.isoformat())),
        (_("Change of the median"), Cell(change)),
    ]


def _mean(now: Scoped, cell: Cell) -> list[Step]:
    changes = [row.own - row.before for row in now.of("compared", cell.area)]
    if len(changes) < SMALLEST_GROUP:
        return []
    middle, low, high = improvement(changes)
    return [
        (_("Companies compared"), Cell(str(len(changes)), "compared", cell.area)),
        (_("Mean change"), Cell(signed_points(round(middle)))),
        (_("Standard deviation of the changes"), Cell(points(round(stdev(changes))))),
        (
            _("Interval of 90% (Student)"),
            Cell(
                _("%(low)s to %(high)s")
                % {"low": signed_points(round(low)), "high": signed_points(round(high))}
            ),
        ),
    ]


def _medians(found: Behind, cell: Cell) -> list[Step]:
    if cell.kind == "with_level":
        return [(_("Median score"), Cell(_points(medians(found.rows, ("readiness",))[0])))]
    before, now = medians(found.rows, found.columns)
    if before is None or now is None:
        return []
    return [
        (_("Median, round before"), Cell(_points(before))),
        (_("Median, this round"), Cell(_points(now))),
        (_("Change of the median"), Cell(signed_points(round(now - before)))),
    ]


def _points(median: float | None) -> str:
    return NONE_TEXT if median is None else points(round(median))


def day_words(sample: Sample) -> str:
    """When a sample was taken."""
    return date_format(localtime(sample.taken_at), "DATE_FORMAT")


def kind_words(kind: str) -> str:
    """What is counted."""
    words = {
        "companies": _("Companies"),
        "not_started": _("Not started"),
        "with_level": _("Scored"),
        "at_target": _("At the target level"),
        "at_target_verified": _("At the target level, verified on site"),
        "to_check": _("Waiting for the county"),
        "to_visit": _("Waiting for an assessor"),
        "at_risk": _("At risk"),
        "compared": _("Scored in both rounds"),
        "rose": _("Rose since the round before"),
        **{f"level_{level}": level_short(level) for level in LEVELS},
    }
    return words.get(kind) or str(Stage(kind).label)
