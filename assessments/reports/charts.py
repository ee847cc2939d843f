"""The charts of a result, each with the table of the same numbers, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.answering.questions import words
from assessments.reports.sentences import decimal
from assessments.reports.tables import Table, chances, moves, profile, rounds, scale_bands
from assessments.results import Result
from benchmarks.models.facility import Tier
from documents import charts
from documents.numbers import chance, plotted

RADAR_TIERS = (1, 2)  # with the company itself three profiles, which is all that a radar can carry


@dataclass(frozen=True)
class Chart:
    """A drawing with its title, what it shows, and its numbers."""

    title: str
    caption: str
    svg: str
    table: Table


def profile_chart(result: Result, width: float = 460) -> Chart:
    """Own profile against the medians of the first two tiers."""
    caption = (
        _("%(sector)s: median of each tier") % {"sector": result.sector_name}
        if result.compares_own_sector
        else _("All sectors: median of each tier. Your own sector has too few reference facilities.")
    )
    tiers = [tier for tier in RADAR_TIERS if tier in result.typical]
    outlines = [charts.Outline(_("You"), [reading.score / 100 for reading in result.dimensions])]
    outlines += [
        charts.Outline(str(Tier(tier).label), [reading.medians[tier] / 100 for reading in result.dimensions])
        for tier in tiers
    ]
    title = _("Your profile")
    axes = [words(reading.short) for reading in result.dimensions]
    return Chart(
        title, caption, charts.radar(axes, outlines, description=title, width=width), profile(result)
    )


def moved_chart(result: Result, width: float = 560) -> Chart:
    """From an SME with the typical answers to the own score."""
    title = _("What moved your score")
    caption = (
        _(
            "Points above (green) and below (red) an SME of your sector that gives the middle answer to every question"
        )
        if result.explanation.is_own_sector
        else _(
            "Points above (green) and below (red) an SME of any sector that gives the middle answer to every question"
        )
    )
    ordered = sorted(result.dimensions, key=lambda reading: reading.moved, reverse=True)
    steps = [
        charts.Step(_("Typical SME"), plotted(round(100 * result.explanation.start)), is_total=True),
        *(charts.Step(words(reading.short), plotted(reading.moved_hundredths)) for reading in ordered),
        charts.Step(_("Your readiness score"), plotted(result.readiness.score), is_total=True),
    ]
    return Chart(title, caption, charts.waterfall(steps, description=title, width=width), moves(result))


def scale_chart(result: Result) -> Chart:
    """The score with its range against the bands of the tiers."""
    title = _("Your score against each tier")
    caption = _(
        "Bands: the middle 80% of the reference facilities of all sectors. Bar around the dot: your likely range."
    )
    reading = result.readiness
    bands = [
        charts.Band(str(Tier(band.tier).label), band.low / 100, band.high / 100, band.tier)
        for band in result.bands
    ]
    svg = charts.scale(
        reading.score / 100, (reading.low / 100, reading.high / 100), bands, name=_("You"), description=title
    )
    return Chart(title, caption, svg, scale_bands(result))


def tiers_chart(result: Result, width: float = 560) -> Chart | None:
    """The chances of the four tiers; None where no tier is stated."""
    if result.tier is None:
        return None
    title = _("How likely you are at each tier")
    bars = [
        charts.Bar(
            str(Tier(tier).label),
            likely / 100,
            text=chance(likely),
            remark=_("Your tier") if tier == result.tier.tier else "",
            tier=tier,
        )
        for tier, likely in enumerate(result.tier.chances)
    ]
    caption = _("Your tier is the highest one that you reach with a chance of at least 50%.")
    return Chart(title, caption, charts.bars(bars, description=title, width=width), chances(result))


def rounds_chart(result: Result) -> Chart | None:
    """The score over the rounds; None where there is only one."""
    if len(result.history) < 2:
        return None
    title = _("Your rounds")
    line = charts.Line(
        _("Score"),
        [point.score / 100 for point in result.history],
        [(point.low / 100, point.high / 100) for point in result.history],
    )
    target = [(str(Tier(1).label), band.median / 100) for band in result.bands if band.tier == 1]
    svg = charts.line(
        [point.round_code for point in result.history], [line], targets=target, description=title
    )
    return Chart(title, _("Shaded: likely range"), svg, rounds(result))


def gates_drawing(result: Result, width: float = 460) -> str:
    """The gates of the next official level; the page draws the same with cells of its own."""
    official, target = result.official, result.official.target
    marks = [
        charts.Mark(
            _("L%(level)s: %(needed)s") % {"level": gate.level, "needed": f"{float(gate.base_needed):g}"},
            float(gate.base_needed),
            is_target=gate.level == target.level,
        )
        for gate in official.gates
    ]
    rows = [
        charts.Cells(
            _("Scenarios at level %(level)d: %(reached)d of 16, %(needed)d needed")
            % {"level": target.level, "reached": target.scenarios, "needed": target.scenarios_needed},
            16,
            target.scenarios,
            target.scenarios_needed,
        ),
        charts.Cells(
            _("of these, binding ★: %(reached)d of 10, %(needed)d needed")
            % {"reached": target.binding, "needed": target.binding_needed},
            10,
            target.binding,
            target.binding_needed,
        ),
    ]
    name = _("Base points: %(base)s of 100, %(needed)s needed") % {
        "base": decimal(official.base),
        "needed": f"{float(target.base_needed):g}",
    }
    return charts.gates(name, float(official.base), marks, rows, description=name, width=width)


# By the name under which a chart can be downloaded.
CHARTS: dict[str, Callable[[Result], Chart | None]] = {
    "profile": profile_chart,
    "moved": moved_chart,
    "scale": scale_chart,
    "tiers": tiers_chart,
    "rounds": rounds_chart,
}
