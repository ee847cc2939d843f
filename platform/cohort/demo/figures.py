"""Invented business figures that fit the invented answers, except where a company shall contradict itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.random import Generator

from cohort.demo.companies import DemoCompany
from companies.profile import YearFigures
from companies.size import SizeClass
from instrument import Instrument

# The business years, and which two of them each round compares.
YEARS = (2023, 2024, 2025)
COMPARED = {"T0": (2024, 2023), "T1": (2025, 2024)}
CONTRADICTING_SHARE = 0.07
_REVENUE_PER_HEAD_WAN = {SizeClass.MICRO: (25, 60), SizeClass.SMALL: (35, 90), SizeClass.MEDIUM: (45, 110)}
_FLAT_WITHIN = 0.006


@dataclass(frozen=True, slots=True)
class Business:
    """A company's years, its machines (total, digital, networked), and the figures of its answers by round."""

    years: tuple[YearFigures, ...]
    machines: tuple[int, int, int]
    figures: dict[str, dict[str, dict[str, str]]]


def invent_business(
    company: DemoCompany,
    stages: Mapping[str, Mapping[str, int]],
    instrument: Instrument,
    rng: Generator,
) -> Business:
    """Invent figures that fit the stages, given by round and item (negative where not known)."""
    years = _invent_years(company, stages, instrument, rng)
    machines = {code: _draw_machines(company.machines, stages[code], instrument, rng) for code in COMPARED}
    contradicts = rng.random() < CONTRADICTING_SHARE
    figures = {
        code: _build_figures(
            machines[code], years, COMPARED[code], stages[code], rng, contradicts=contradicts
        )
        for code in COMPARED
    }
    return Business(tuple(years[year] for year in YEARS), machines["T1"], figures)


def _invent_years(
    company: DemoCompany,
    stages: Mapping[str, Mapping[str, int]],
    instrument: Instrument,
    rng: Generator,
) -> dict[int, YearFigures]:
    """Go from the latest year backwards, each step in the direction that R1, R3 and R4 say."""
    employees, size = company.employees, company.size
    per_head = float(rng.uniform(*_REVENUE_PER_HEAD_WAN[size]))
    cost_share, intensity = float(rng.uniform(0.80, 0.92)), float(rng.uniform(0.02, 0.12))
    spend_share = _draw_share(max(stages["T1"]["G4"], 0), instrument.get_item("G4").bins, rng, narrow=True)
    found: dict[int, YearFigures] = {}
    for year, round_code in ((2025, "T1"), (2024, "T0"), (2023, "")):
        revenue = round(employees * per_head, 2)
        found[year] = YearFigures(
            year=year,
            revenue_wan=_make_decimal(revenue),
            cost_wan=_make_decimal(revenue * cost_share),
            digital_spend_wan=_make_decimal(revenue * spend_share),
            energy_tce=_make_decimal(revenue * intensity),
            employees=employees,
        )
        if round_code:
            said = stages[round_code]
            per_head /= 1 + _draw_change(said["R3"], rng)
            # Falling cost and energy per yuan are the good direction.
            cost_share = min(cost_share / (1 - _draw_change(said["R4"], rng)), 0.99)
            intensity /= 1 - _draw_change(said["R1"], rng)
            employees = max(5, round(employees * (1 + rng.uniform(-0.04, 0.03))))
    return found


def _draw_change(stage: int, rng: Generator) -> float:
    """Draw a yearly change for the worse (0), hardly any (1), for the better (2); hardly any if unknown."""
    if stage == 1 or stage < 0:
        return float(rng.uniform(-_FLAT_WITHIN, _FLAT_WITHIN))
    return float(rng.uniform(0.025, 0.07)) * (1 if stage == 2 else -1)


def _draw_share(stage: int, bins: tuple[int, ...], rng: Generator, *, narrow: bool = False) -> float:
    """Draw a share in the range of per cents that the option stands for."""
    low = bins[stage - 1] if stage else 0
    high = min(bins[stage], low + 4) if narrow else bins[stage]
    return float(rng.uniform(low + 0.1 * (high - low), low + 0.9 * (high - low))) / 100


def _draw_machines(
    total: int, stages: Mapping[str, int], instrument: Instrument, rng: Generator
) -> tuple[int, int, int]:
    counts = []
    for code in ("B2", "B3"):
        bins = instrument.get_item(code).bins
        stage = max(stages[code], 0)
        low, high = (bins[stage - 1] if stage else 0), bins[stage]
        least = math.floor(total * low / 100) + 1 if stage else 0
        counts.append(int(rng.integers(least, math.floor(total * high / 100) + 1)))
    return total, counts[0], counts[1]


def _build_figures(
    machines: tuple[int, int, int],
    years: Mapping[int, YearFigures],
    compared: tuple[int, int],
    stages: Mapping[str, int],
    rng: Generator,
    *,
    contradicts: bool,
) -> dict[str, dict[str, str]]:
    """Return the numbers typed beside the answers of one round, by item and figure."""
    last, before = (years[year] for year in compared)
    total, digital, networked = machines
    staff_last = last.employees or 0
    if contradicts:
        # Far fewer digital machines than the answer says, and staff that turn growth into decline.
        digital, staff_last = digital // 4, round(staff_last * 1.15)
    spends = [float(years[year].digital_spend_wan or 0) for year in YEARS if year <= compared[0]]
    rate_before = float(rng.uniform(90.0, 96.5))
    rate_change = {0: -rng.uniform(1.2, 2.5), 2: rng.uniform(1.2, 3.0)}.get(stages["R2"], 0.3)
    figures = {
        "B2": {"machines_total": str(total), "machines_digital": str(digital)},
        "B3": {"machines_networked": str(networked)},
        "G4": {"digital_spend_wan": f"{np.mean(spends):.2f}"},
        "R1": {"energy_last_tce": str(last.energy_tce), "energy_before_tce": str(before.energy_tce)},
        "R2": {
            "pass_rate_after_pct": f"{rate_before + rate_change:.1f}",
            "pass_rate_before_pct": f"{rate_before:.1f}",
        },
        "R3": {
            "staff_last": str(staff_last),
            "revenue_last_wan": str(last.revenue_wan),
            "staff_before": str(before.employees),
            "revenue_before_wan": str(before.revenue_wan),
        },
        "R4": {"cost_last_wan": str(last.cost_wan), "cost_before_wan": str(before.cost_wan)},
    }
    # Whoever does not know the answer has no figures either.
    return {item: numbers for item, numbers in figures.items() if stages[item] >= 0}


def _make_decimal(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")
