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

from assessments.models.score import DIMENSIONS
from assessments.models.stage import Stage
from cohort.briefings.figures import compute_medians
from cohort.briefings.kinds import KINDS, LEVELS, Scoped
from cohort.briefings.labels import format_count_change
from cohort.briefings.ranking import compute_improvement
from cohort.briefings.sentences import MEASURES, BriefingCell
from cohort.models import Briefing, Sample, SampleRow
from companies.level_labels import get_short_level_label
from companies.small_groups import can_show_figures
from documents.numbers import compute_change, format_percentage, format_points, format_signed_points

NONE_TEXT: Final = "–"
Step = tuple[str, BriefingCell]


class NoSuchNumber(LookupError):
    """A request for a number that the briefing does not state."""


@dataclass(frozen=True)
class Behind:
    """The rows behind a number, and how the number is worked out from them."""

    cell: BriefingCell
    sample: Sample
    rows: QuerySet[SampleRow]
    steps: list[Step]

    @property
    def columns(self) -> tuple[str, str]:
        """The columns of a row that hold the points of the round before and of this round."""
        dimension = self.cell.dimension
        return (f"before_{dimension}", dimension) if dimension else ("before", "own")

    def format_effect(self, row: SampleRow) -> str:
        """Format by how much a row moved a net change; empty where the number is none."""
        if self.cell.measure != "since":
            return ""
        return format_count_change(1 if row.sample_id == self.sample.pk else -1)


def parse_number_query(parameters: Mapping[str, str]) -> BriefingCell:
    """Return the number that an address asks for; raises `NoSuchNumber`."""
    names = ("area", "dimension", "day", "company", "whole", "measure")
    cell = BriefingCell(
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


def trace_number(briefing: Briefing, cell: BriefingCell) -> Behind:
    """Return rows and steps of a number; raises `NoSuchNumber` if there is no such sample."""
    sample = _get_sample(briefing, cell.day)
    now = Scoped(sample, briefing.scope, briefing.code)
    rows = now.select_rows(cell.kind, cell.area)
    if cell.company:
        rows = rows.filter(company=uuid.UUID(cell.company))
    earlier = None
    if cell.measure in ("since", "moved"):
        if briefing.earlier is None:
            raise NoSuchNumber(cell)
        earlier = Scoped(briefing.earlier, briefing.scope, briefing.code)
        if cell.measure == "since":
            rows = _select_moved(now, earlier, cell)
    found = Behind(cell, sample, rows, [])
    found.steps.extend(_list_steps(found, now, earlier))
    return found


def _get_sample(briefing: Briefing, day: str) -> Sample:
    """Return the sample of a day that the briefing rests on; without a day the one it was counted from."""
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


def _select_moved(now: Scoped, earlier: Scoped, cell: BriefingCell) -> QuerySet[SampleRow]:
    """Select the rows that make a net change: companies of the kind only now, and only then."""
    these, those = now.select_rows(cell.kind, cell.area), earlier.select_rows(cell.kind, cell.area)
    came = these.exclude(company__in=those.values("company"))
    went = those.exclude(company__in=these.values("company"))
    return SampleRow.objects.filter(Q(pk__in=came.values("pk")) | Q(pk__in=went.values("pk")))


def _list_steps(found: Behind, now: Scoped, earlier: Scoped | None) -> list[Step]:
    cell = found.cell
    if cell.company:
        return []
    if cell.whole:
        return _list_share_steps(now, cell)
    if earlier is not None:
        return (
            _list_count_change_steps(now, earlier, cell)
            if cell.measure == "since"
            else _list_median_change_steps(now, earlier, cell)
        )
    if cell.measure == "mean":
        return _list_mean_steps(now, cell)
    if cell.kind in ("compared", "with_level"):
        return _list_median_steps(found, cell)
    return []


def _list_share_steps(now: Scoped, cell: BriefingCell) -> list[Step]:
    part, whole = (
        now.select_rows(cell.kind, cell.area).count(),
        now.select_rows(cell.whole, cell.area).count(),
    )
    return [
        (get_kind_label(cell.kind), BriefingCell(str(part), cell.kind, cell.area)),
        (get_kind_label(cell.whole), BriefingCell(str(whole), cell.whole, cell.area)),
        (_("Share"), BriefingCell(format_percentage(part, whole))),
    ]


def _list_count_change_steps(now: Scoped, earlier: Scoped, cell: BriefingCell) -> list[Step]:
    counts = [scoped.select_rows(cell.kind, cell.area).count() for scoped in (now, earlier)]
    plain = replace(cell, measure="")
    return [
        (format_sample_day(now.sample), replace(plain, text=str(counts[0]))),
        (
            format_sample_day(earlier.sample),
            replace(plain, text=str(counts[1]), day=earlier.sample.day.isoformat()),
        ),
        (_("Change"), BriefingCell(format_count_change(counts[0] - counts[1]))),
    ]


def _list_median_change_steps(now: Scoped, earlier: Scoped, cell: BriefingCell) -> list[Step]:
    plain = replace(cell, measure="")
    these, those = (
        compute_medians(scoped.select_rows(cell.kind, cell.area), ("readiness",))[0]
        for scoped in (now, earlier)
    )
    change = (
        NONE_TEXT if these is None or those is None else format_signed_points(compute_change(those, these))
    )
    return [
        (format_sample_day(now.sample), replace(plain, text=_format_points(these))),
        (
            format_sample_day(earlier.sample),
            replace(plain, text=_format_points(those), day=earlier.sample.day.isoformat()),
        ),
        (_("Change of the median"), BriefingCell(change)),
    ]


def _list_mean_steps(now: Scoped, cell: BriefingCell) -> list[Step]:
    changes = [row.own - row.before for row in now.select_rows("compared", cell.area)]
    if not can_show_figures(len(changes)):
        return []
    # To whole hundredths first, as `rank_areas` stores them with the briefing.
    middle, low, high = compute_improvement(changes)
    return [
        (_("Companies compared"), BriefingCell(str(len(changes)), "compared", cell.area)),
        (_("Mean change"), BriefingCell(format_signed_points(round(middle)))),
        (_("Standard deviation of the changes"), BriefingCell(format_points(round(stdev(changes))))),
        (
            _("90% interval (Student)"),
            BriefingCell(
                _("%(low)s to %(high)s")
                % {"low": format_signed_points(round(low)), "high": format_signed_points(round(high))}
            ),
        ),
    ]


def _list_median_steps(found: Behind, cell: BriefingCell) -> list[Step]:
    if cell.kind == "with_level":
        return [
            (_("Median score"), BriefingCell(_format_points(compute_medians(found.rows, ("readiness",))[0])))
        ]
    before, now = compute_medians(found.rows, found.columns)
    if before is None or now is None:
        return []
    return [
        (_("Median, previous round"), BriefingCell(_format_points(before))),
        (_("Median, this round"), BriefingCell(_format_points(now))),
        (_("Change of the median"), BriefingCell(format_signed_points(compute_change(before, now)))),
    ]


def _format_points(median: float | None) -> str:
    return NONE_TEXT if median is None else format_points(median)


def format_sample_day(sample: Sample) -> str:
    """Format the day on which a sample was taken."""
    return date_format(localtime(sample.taken_at), "DATE_FORMAT")


def get_kind_label(kind: str) -> str:
    """Return the label of what is counted."""
    words = {
        "companies": _("Companies"),
        "not_started": _("Not started"),
        "with_level": _("Scored"),
        "at_target": _("At the target level"),
        "at_target_verified": _("At the target level, verified on site"),
        "to_check": _("Waiting for the county"),
        "to_visit": _("Waiting for an assessor"),
        "at_risk": _("At risk of being late"),
        "compared": _("Scored in both rounds"),
        "rose": _("Rose since the previous round"),
        **{f"level_{level}": get_short_level_label(level) for level in LEVELS},
    }
    return words.get(kind) or str(Stage(kind).label)
