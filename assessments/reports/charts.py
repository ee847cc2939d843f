"""The charts of a result, each with the table of the same numbers, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.answering.questions import translate_text
from assessments.reports.tables import (
    ReportTable,
    build_chances_table,
    build_moves_table,
    build_profile_table,
    build_rounds_table,
    build_scale_table,
)
from assessments.results import AssessmentResult
from benchmarks.models.facility import Tier
from companies.level_labels import format_level_code, format_plain_level
from documents import charts
from documents.numbers import format_chance, format_decimal, round_points

RADAR_TIERS = (1, 2)  # with the company itself three profiles, which is all that a radar can carry


@dataclass(frozen=True)
class Chart:
    """A drawing with its title, what it shows, and its numbers."""

    title: str
    caption: str
    svg: str
    table: ReportTable


def build_profile_chart(result: AssessmentResult, width: float = 460) -> Chart:
    """Build the chart of the own profile against the medians of the first two tiers."""
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
    axes = [translate_text(reading.short) for reading in result.dimensions]
    return Chart(
        title,
        caption,
        charts.render_radar(axes, outlines, description=title, width=width),
        build_profile_table(result),
    )


def build_moved_chart(result: AssessmentResult, width: float = 560) -> Chart:
    """Build the chart from an SME with the typical answers to the own score."""
    title = _("What moved your score")
    caption = (
        _("Points added (green) and taken off (red) compared with a middle SME of your sector")
        if result.explanation.is_own_sector
        else _("Points added (green) and taken off (red) compared with a middle SME of all sectors")
    )
    way = result.score_way
    steps = [
        charts.WaterfallStep(_("Typical SME"), round_points(way.start), is_total=True),
        *(
            charts.WaterfallStep(translate_text(reading.short), round_points(moved))
            for reading, moved in way.moves
        ),
        charts.WaterfallStep(_("Your readiness score"), round_points(way.end), is_total=True),
    ]
    return Chart(
        title,
        caption,
        charts.render_waterfall(steps, description=title, width=width),
        build_moves_table(result),
    )


def build_scale_chart(result: AssessmentResult) -> Chart:
    """Build the chart of the score with its range against the bands of the tiers."""
    title = _("Your score against each tier")
    caption = _(
        "Bands: the middle 80% of the reference facilities of all sectors. Bar around the dot: your likely range."
    )
    reading = result.readiness
    bands = [
        charts.ScaleBand(str(Tier(band.tier).label), band.low / 100, band.high / 100, band.tier)
        for band in result.bands
    ]
    svg = charts.render_scale(
        reading.score / 100, (reading.low / 100, reading.high / 100), bands, name=_("You"), description=title
    )
    return Chart(title, caption, svg, build_scale_table(result))


def build_tiers_chart(result: AssessmentResult, width: float = 560) -> Chart | None:
    """Build the chart of the chances of the four tiers; None where no tier is stated."""
    if result.tier is None:
        return None
    title = _("How likely you are at each tier")
    bars = [
        charts.ChartBar(
            str(Tier(tier).label),
            likely / 100,
            text=format_chance(likely),
            remark=_("Your tier") if tier == result.tier.tier else "",
            tier=tier,
        )
        for tier, likely in enumerate(result.tier.chances)
    ]
    caption = _("Your tier is the highest one that you reach with a chance of at least 50%.")
    return Chart(
        title, caption, charts.render_bars(bars, description=title, width=width), build_chances_table(result)
    )


def build_rounds_chart(result: AssessmentResult) -> Chart | None:
    """Build the chart of the score over the rounds; None where there is only one."""
    if len(result.history) < 2:
        return None
    title = _("Your rounds")
    line = charts.LineSeries(
        _("Score"),
        [point.score / 100 for point in result.history],
        [(point.low / 100, point.high / 100) for point in result.history],
    )
    target = [(str(Tier(1).label), band.median / 100) for band in result.bands if band.tier == 1]
    svg = charts.render_line_chart(
        [point.round_code for point in result.history], [line], targets=target, description=title
    )
    return Chart(title, _("Shaded: likely range"), svg, build_rounds_table(result))


def render_gates_chart(result: AssessmentResult, width: float = 460) -> str:
    """Render the gates of the next official level; the page draws the same with cells of its own."""
    official, target = result.official, result.official.target
    marks = [
        charts.GateMark(
            f"{format_level_code(gate.level, result.instrument_version)}: {float(gate.base_needed):g}",
            float(gate.base_needed),
            is_target=gate.level == target.level,
        )
        for gate in official.gates
    ]
    rows = [
        charts.GateCells(
            _("Scenarios at %(level)s: %(reached)d of 16, %(needed)d needed")
            % {
                "level": format_plain_level(target.level, result.instrument_version),
                "reached": target.scenarios,
                "needed": target.scenarios_needed,
            },
            16,
            target.scenarios,
            target.scenarios_needed,
        ),
        charts.GateCells(
            _("of these, binding ★: %(reached)d of 10, %(needed)d needed")
            % {"reached": target.binding, "needed": target.binding_needed},
            10,
            target.binding,
            target.binding_needed,
        ),
    ]
    name = _("Base points: %(base)s of 100, %(needed)s needed") % {
        "base": format_decimal(official.base),
        "needed": f"{float(target.base_needed):g}",
    }
    return charts.render_gates(name, float(official.base), marks, rows, description=name, width=width)


# By the name under which a chart can be downloaded.
CHARTS: dict[str, Callable[[AssessmentResult], Chart | None]] = {
    "profile": build_profile_chart,
    "moved": build_moved_chart,
    "scale": build_scale_chart,
    "tiers": build_tiers_chart,
    "rounds": build_rounds_chart,
}
