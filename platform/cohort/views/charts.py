"""Charts of the overview: what the drawing code reads, and the table of the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from benchmarks.models import Release, Tier
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import SCORE_STEP
from cohort.queries.levels import LEVELS, LevelFigures
from cohort.queries.scores import ScoreChange, SectorTiers
from companies.level_labels import format_level_code, get_short_level_label
from documents.numbers import round_points

HUNDREDTHS = 100
STEP = SCORE_STEP // HUNDREDTHS


@dataclass(frozen=True, slots=True)
class PageChart:
    """A chart (name of a builder in charts.js), its data, its labels, and its numbers as a table."""

    id: str
    chart: str
    label: str
    caption: str
    data: dict[str, Any]
    head: list[str]
    rows: list[list[object]]


def format_linked_count(count: object, link: str | None) -> object:
    """Return a count that leads to the companies behind it, where there are any to be seen."""
    return format_html('<a href="{}">{}</a>', link, count) if link and count else count


def build_level_chart(cohort: Cohort, figures: LevelFigures) -> PageChart:
    """Build bars of the official levels: in the earlier round, now, and now by verified values."""
    bars: list[tuple[str, Sequence[int], list[str | None]]] = []
    if cohort.earlier is not None:
        name = _("Before (%(round)s)") % {"round": cohort.earlier.code}
        bars.append((name, figures.before, [cohort.build_link(before=str(level)) for level in LEVELS]))
    now = _("Now (%(round)s)") % {"round": cohort.round.code}
    bars.append((now, figures.now, [cohort.build_link(level=str(level)) for level in LEVELS]))
    verified = [cohort.build_link(level=str(level), verified="1") for level in LEVELS]
    bars.append((_("Of these verified"), figures.verified, verified))
    return PageChart(
        id="chart-levels",
        chart="stack",
        label=_("Companies at each official level, before and now"),
        caption="",
        data={
            "ramp": 1,
            "cats": [name for name, _counts, _links in bars],
            "totals": [max(1, sum(counts)) for _name, counts, _links in bars],
            "series": [
                {"name": get_short_level_label(level), "n": [counts[level] for _name, counts, _links in bars]}
                for level in LEVELS
            ],
            "links": [[links[level] for _name, _counts, links in bars] for level in LEVELS],
        },
        head=["", *(format_level_code(level) for level in LEVELS)],
        rows=[[name, *map(format_linked_count, counts, links)] for name, counts, links in bars],
    )


def build_tier_chart(cohort: Cohort, sectors: Sequence[SectorTiers]) -> PageChart:
    """Build bars of the tiers, one for each sector."""
    stated = sum(row.stated for row in sectors)
    links = [
        [cohort.build_link(sector=row.sector.code, tier=str(tier.value)) for row in sectors] for tier in Tier
    ]
    return PageChart(
        id="chart-tiers",
        chart="stack",
        label=_("Companies in each tier by sector"),
        caption=_("%(count)d companies with a tier; figures in bars are counts") % {"count": stated},
        data={
            "cats": [row.sector.name for row in sectors],
            "totals": [max(1, row.stated) for row in sectors],
            "series": [{"name": str(tier.label), "n": [row.tiers[tier] for row in sectors]} for tier in Tier],
            "links": links,
        },
        head=[_("Sector"), *(str(tier.label) for tier in Tier)],
        rows=[
            [
                row.sector.name,
                *(format_linked_count(count, links[tier][place]) for tier, count in enumerate(row.tiers)),
            ]
            for place, row in enumerate(sectors)
        ],
    )


def build_score_chart(cohort: Cohort, counts: Sequence[int], release: Release | None) -> PageChart:
    """Build the histogram of readiness, behind it the middle 80 % of the reference facilities of each tier.

    Bands are drawn to whole five-point steps; the caption gives their bounds.
    """
    lows = [step * STEP for step in range(len(counts))]
    links = [cohort.build_link(score=str(low)) for low in lows]
    bands: list[dict[str, Any]] = []
    bounds: list[str] = []
    stored: dict[str, list[int]] = release.reference.get("bands", {}) if release else {}
    for tier in list(Tier)[1:]:
        if str(tier.value) not in stored:
            continue
        low, _median, high = stored[str(tier.value)]
        bands.append(
            {
                "n": str(tier.label),
                "from": str(_compute_step(low)),
                "to": str(_compute_step(high)),
                "t": tier.value,
            }
        )
        bounds.append(
            _("%(tier)s %(low)d to %(high)d")
            % {"tier": tier.label, "low": round(low / HUNDREDTHS), "high": round(high / HUNDREDTHS)}
        )
    caption = (
        _("Shaded: middle 80%% of the reference facilities of each tier (%(bounds)s)")
        % {"bounds": _("; ").join(bounds)}
        if bounds
        else ""
    )
    return PageChart(
        id="chart-scores",
        chart="bands",
        label=_("Companies by readiness score, in steps of five points"),
        caption=caption,
        data={
            "bins": [str(low) for low in lows],
            "counts": list(counts),
            "name": _("Companies"),
            "xname": _("Readiness score"),
            "bands": bands,
            "links": [links],
        },
        head=[_("Readiness score"), _("Companies")],
        rows=[
            [
                _("%(low)d to %(high)d") % {"low": low, "high": low + STEP},
                format_linked_count(count, link),
            ]
            for low, count, link in zip(lows, counts, links, strict=True)
            if count
        ],
    )


def _compute_step(hundredths: int) -> int:
    return min(hundredths // SCORE_STEP, HUNDREDTHS // STEP - 1) * STEP


def build_change_chart(cohort: Cohort, change: ScoreChange) -> PageChart:
    """Build medians of each dimension in the earlier round and in this one."""
    assert cohort.earlier is not None
    language = get_language() or "en"
    names = [dimension.short.translate(language) for dimension in cohort.instrument.dimensions]
    before = [round_points(value) for value in change.before]
    now = [round_points(value) for value in change.now]
    links = [cohort.build_link(compared="1")] * len(names)
    return PageChart(
        id="chart-change",
        chart="dumbbell",
        label=_("Median of each dimension in both rounds"),
        caption=_("%(count)d companies scored in both rounds, self-assessed against self-assessed")
        % {"count": change.companies},
        data={
            "min": 10 * math.floor(min(before + now) / 10),
            "max": 10 * math.ceil(max(before + now) / 10),
            "cats": names,
            "a": before,
            "b": now,
            "na": cohort.earlier.code,
            "nb": cohort.round.code,
            # The first two series only draw the bar between the two dots.
            "links": [[], [], links, links],
        },
        head=[_("Dimension"), cohort.earlier.code, cohort.round.code],
        rows=[[name, f"{a:.1f}", f"{b:.1f}"] for name, a, b in zip(names, before, now, strict=True)],
    )
