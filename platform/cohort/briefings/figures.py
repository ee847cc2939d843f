"""The figures of a briefing, counted from frozen samples. Plain JSON: they are stored with the briefing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet

from assessments.models.packed import NONE
from assessments.models.score import DIMENSIONS
from assessments.models.score_change import build_change_expression
from assessments.models.stage import Stage
from cohort.briefings.kinds import KINDS, LEVELS, RECOMMENDED, STARTED, SUBMITTED, Scoped
from cohort.briefings.ranking import rank_areas
from cohort.models import Briefing, Sample, SampleRow
from cohort.queries.narrowing import RISKS
from companies.models import Area
from documents.numbers import compute_change

SHOWN_AT_RISK, SHOWN_BEST = 8, 5
SHOWN_SAMPLES = 60


def compute_briefing_figures(now: Scoped, earlier: Scoped | None, areas: Sequence[Area]) -> dict[str, Any]:
    """Compute all figures. Medians are hundredths of a point; None where there is nothing to take one of."""
    counts = _count_kinds(now)
    rows = list(now.select_rows())
    compared = [row for row in rows if row.own > NONE and row.before > NONE]
    return {
        "counts": counts,
        "since": {
            "day": earlier.sample.day.isoformat(),
            "counts": {name: counts[name] - value for name, value in _count_kinds(earlier).items()},
            "readiness": _compute_difference(
                _compute_median(rows, "readiness"), _compute_median(list(earlier.select_rows()), "readiness")
            ),
        }
        if earlier
        else None,
        "readiness": _compute_median(rows, "readiness"),
        "levels": [counts[f"level_{level}"] for level in LEVELS],
        "before": _compute_median(compared, "before"),
        "own": _compute_median(compared, "own"),
        "dimensions": [
            {
                "code": name.upper(),
                "before": _compute_median(compared, f"before_{name}"),
                "now": _compute_median(compared, name),
            }
            for name in DIMENSIONS
        ]
        if compared
        else [],
        "areas": [] if now.scope == Briefing.Scope.AREA else _build_area_entries(rows, areas),
        "at_risk": _build_risk_entries(now),
        "best": _build_best_entries(now),
        "candidates": rank_areas(rows, areas) if now.scope == Briefing.Scope.CITY else [],
        "trend": _compute_trend(now),
    }


def _count_kinds(scoped: Scoped) -> dict[str, int]:
    """Count the companies of each kind; one query."""
    kinds = {f"of_{name}": Count("pk", filter=kind) for name, kind in KINDS.items() if kind}
    found = scoped.select_rows().aggregate(of_companies=Count("pk"), **kinds)
    return {name: found[f"of_{name}"] for name in KINDS}


def compute_medians(rows: QuerySet[SampleRow], names: Sequence[str]) -> list[float | None]:
    """Compute the medians of columns, in hundredths of a point; None where no row has a value. One query."""
    found = list(rows.only(*names))
    return [_compute_median(found, name) for name in names]


def _compute_median(rows: Iterable[SampleRow], name: str) -> float | None:
    known = [value for row in rows if (value := getattr(row, name)) > NONE]
    return float(median(known)) if known else None


def _compute_difference(now: float | None, before: float | None) -> int | None:
    return None if now is None or before is None else compute_change(before, now)


def _build_area_entries(rows: Sequence[SampleRow], areas: Sequence[Area]) -> list[dict[str, Any]]:
    """Build one entry for each division with a company, the readiest first."""
    entries = []
    for area in areas:
        if area.kind != Area.Kind.DIVISION:
            continue
        own = [row for row in rows if row.division == area.code]
        if not own:
            continue
        compared = [row for row in own if row.own > NONE and row.before > NONE]
        entries.append(
            {
                "code": area.code,
                "companies": len(own),
                "submitted": sum(row.step >= SUBMITTED for row in own),
                "readiness": _compute_median(own, "readiness"),
                "change": _compute_difference(
                    _compute_median(compared, "own"), _compute_median(compared, "before")
                ),
                "to_check": sum(row.level > NONE and row.step < RECOMMENDED for row in own),
                "to_visit": sum(row.level > NONE and row.step == RECOMMENDED for row in own),
                "not_started": sum(row.step < STARTED for row in own),
            }
        )
    return sorted(entries, key=lambda entry: (entry["readiness"] is None, -(entry["readiness"] or 0)))


def _build_risk_entries(scoped: Scoped) -> list[dict[str, Any]]:
    rows = scoped.select_rows("at_risk").order_by("-idle_days", "name", "pk")[:SHOWN_AT_RISK]
    return [
        {
            "company": str(row.company_id),
            "name": row.name,
            "name_en": row.name_en,
            "reason": RISKS[row.risk],
            "days": row.idle_days,
        }
        for row in rows
    ]


def _build_best_entries(scoped: Scoped) -> list[dict[str, Any]]:
    """Build the entries of the companies that rose most by their own answers; none that fell."""
    rows = (
        scoped.select_rows("rose")
        .annotate(change=build_change_expression("before", "own"))
        .order_by("-change", "name", "pk")[:SHOWN_BEST]
    )
    return [
        {
            "company": str(row.company_id),
            "name": row.name,
            "name_en": row.name_en,
            "before": row.before,
            "own": row.own,
        }
        for row in rows
    ]


def list_trend_samples(sample: Sample) -> list[Sample]:
    """List the samples of a round up to this one, oldest first."""
    samples = Sample.objects.filter(
        programme=sample.programme_id, round=sample.round_id, day__lte=sample.day
    ).order_by("-day")[:SHOWN_SAMPLES]
    return list(reversed(samples))


def _compute_trend(scoped: Scoped) -> list[dict[str, Any]]:
    """Count submitted and verified companies in the samples behind the trend."""
    points = []
    for sample in list_trend_samples(scoped.sample):
        counts = _count_kinds(Scoped(sample, scoped.scope, scoped.code))
        points.append(
            {
                "day": sample.day.isoformat(),
                "submitted": counts[Stage.SUBMITTED.value],
                "verified": counts[Stage.VERIFIED.value],
            }
        )
    return points
