"""Geometry and data of the drawings on the result page; labels arrive here in the page's language."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _

from assessments.answering.questions import translate_text
from assessments.reports import tables
from assessments.results import AssessmentResult
from benchmarks.models.facility import Tier
from documents.numbers import compute_change, format_decimal, round_points

SCENARIOS = 16
BINDING = 10
CELL = 6.25  # per cent of the width: sixteen cells side by side
MARK_OFFSET = 0.475  # half the gap between two cells
RADAR_TIERS = (1, 2)  # with the company itself three lines, which is all that a radar can carry


@dataclass(frozen=True)
class GateCell:
    """One cell of a gate: reached, still wanted, or neither."""

    x: str
    css: str


@dataclass(frozen=True)
class CountGate:
    """A gate that counts: cells, and where the threshold stands."""

    cells: list[GateCell]
    threshold: str


@dataclass(frozen=True)
class Tick:
    """A mark on the bar of base points."""

    level: int
    needed: str
    is_target: bool


def build_count_gate(total: int, reached: int, needed: int) -> CountGate:
    """Build `total` cells of which `reached` are filled and the rest up to `needed` are dashed."""
    cells = [
        GateCell(f"{index * CELL:.3f}%", "f" if index < reached else "w" if index < needed else "")
        for index in range(total)
    ]
    return CountGate(cells, f"{needed * CELL - MARK_OFFSET:.3f}%")


def format_percent(hundredths: int | Fraction) -> str:
    """Return hundredths of a point as a position on a scale from 0 to 100."""
    return f"{float(hundredths) / 100:.2f}%"


def build_gate_data(result: AssessmentResult) -> dict[str, Any]:
    """Return the two gates of the official level."""
    target = result.official.target
    return {
        "base_width": f"{float(result.official.base):.2f}%",
        "base": format_decimal(result.official.base),
        "needed": format_decimal(target.base_needed),
        "needed_at": f"{float(target.base_needed):.2f}%",
        "ticks": [
            Tick(gate.level, format_decimal(gate.base_needed), gate.level == target.level)
            for gate in result.official.gates
        ],
        "scenarios": build_count_gate(SCENARIOS, target.scenarios, target.scenarios_needed),
        "binding": build_count_gate(BINDING, target.binding, target.binding_needed),
        "scenarios_short": max(0, target.scenarios_needed - target.scenarios),
        "binding_short": max(0, target.binding_needed - target.binding),
        "base_short": format_decimal(max(Fraction(0), target.base_needed - result.official.base)),
        "base_spare": format_decimal(max(Fraction(0), result.official.base - target.base_needed)),
    }


def build_stairs_data(result: AssessmentResult) -> list[dict[str, Any]]:
    """Return the four tiers as steps; empty where no tier is stated."""
    if result.tier is None:
        return []
    return [
        {
            "tier": tier,
            "chance": chance,
            "width": f"{max(chance, 50) / 100:.2f}%",  # a sliver stays visible below half a per cent
            "is_stated": tier == result.tier.tier,
        }
        for tier, chance in enumerate(result.tier.chances)
    ]


def build_scale_data(result: AssessmentResult) -> dict[str, Any]:
    """Return the score with its range against the bands of the tiers."""
    return {
        "bands": [
            {
                "tier": band.tier,
                "low": band.low,
                "high": band.high,
                "x": format_percent(band.low),
                "width": format_percent(band.high - band.low),
                "y": 40 + row * 18,
                "text_y": 51 + row * 18,
            }
            for row, band in enumerate(result.bands)
        ],
        "dot": format_percent(result.readiness.score),
        "from": format_percent(result.readiness.low),
        "width": format_percent(result.readiness.high - result.readiness.low),
        "ticks": [(f"{at}%", at) for at in range(0, 101, 20)],
    }


def list_dimension_rows(result: AssessmentResult) -> list[dict[str, Any]]:
    """Return a row per dimension: the reading, where its marks stand, and the gap to the first tier."""
    return [
        {
            "reading": reading,
            "at": format_percent(reading.score),
            "marks": [
                (tier, format_percent(reading.medians[tier]))
                for tier in RADAR_TIERS
                if tier in reading.medians
            ],
            "gap": compute_change(reading.medians[1], reading.score) if 1 in reading.medians else None,
        }
        for reading in result.dimensions
    ]


def build_radar_data(result: AssessmentResult) -> dict[str, Any]:
    """Return the own profile against the medians of the first two tiers, with the table of the same numbers."""
    tiers = [tier for tier in RADAR_TIERS if tier in result.typical]
    names = [_("You"), *(str(Tier(tier).label) for tier in tiers)]
    values = [[reading.score for reading in result.dimensions]]
    values += [[reading.medians[tier] for reading in result.dimensions] for tier in tiers]
    table = tables.build_profile_table(result)
    return {
        "data": {
            "dims": [translate_text(reading.short) for reading in result.dimensions],
            "series": [
                {"name": name, "value": [round_points(value) for value in line]}
                for name, line in zip(names, values, strict=True)
            ],
        },
        "head": table.head,
        "rows": table.rows,
    }


def build_waterfall_data(result: AssessmentResult) -> dict[str, Any]:
    """Return the way from an SME with the typical answers to the own score, largest gain first."""
    way = result.score_way
    heights = [height / 100 for height in accumulate((way.start, *(moved for _reading, moved in way.moves)))]
    first, last = _("Typical SME"), _("Your readiness score")
    table = tables.build_moves_table(result)
    return {
        "data": {
            "min": max(0, int(min(heights)) - 2),
            "max": min(100, int(max(heights)) + 3),
            "rows": [
                {"n": first, "v": round_points(way.start), "total": True},
                *(
                    {"n": translate_text(reading.short), "v": round_points(moved)}
                    for reading, moved in way.moves
                ),
                {"n": last, "v": round_points(way.end), "total": True},
            ],
        },
        "head": table.head,
        "rows": table.rows,
    }


def build_slope_data(result: AssessmentResult) -> dict[str, Any] | None:
    """Return the score over the rounds with its range; None where there is only one."""
    if len(result.history) < 2:
        return None
    target = next((band for band in result.bands if band.tier == 1), None)
    table = tables.build_rounds_table(result)
    tops = [point.high for point in result.history] + ([target.median] if target else [])
    return {
        "data": {
            "x": [point.round_code for point in result.history],
            "y": [round_points(point.score) for point in result.history],
            "lo": [round_points(point.low) for point in result.history],
            "hi": [round_points(point.high) for point in result.history],
            "min": max(0, min(point.low for point in result.history) // 1000 * 10),
            "max": min(100, -(-max(tops) // 1000) * 10),
            "target": round_points(target.median) if target else None,
            "targetName": str(Tier(1).label) if target else "",
            "name": _("Score"),
        },
        "head": table.head,
        "rows": table.rows,
    }
