"""Each panel of the overview as a plain table, and as a drawing where it is a chart: what its files hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.models.stage import Stage
from benchmarks.models import Release, Tier
from cohort.labels import get_risk_labels
from cohort.queries.areas import AreaFigures
from cohort.queries.cohort import Cohort
from cohort.queries.differences import ItemDifference, ProviderDifference
from cohort.queries.expressions import SCORE_STEP
from cohort.queries.levels import LEVELS, LevelFigures
from cohort.queries.pace import Milestone
from cohort.queries.risk import AtRisk
from cohort.queries.scores import ScoreChange, SectorTiers
from cohort.views.charts import PageChart
from cohort.views.desk import CohortContext
from companies.level_labels import format_level_code, format_plain_level, get_short_level_label
from documents import charts
from documents.numbers import round_points

HUNDREDTHS = 100
ITEMS_DRAWN = 15
Cell = str | int | float


@dataclass(frozen=True, slots=True)
class PanelTable:
    """The numbers of a panel: its name, heads and rows; `drawing` makes the SVG of its chart."""

    title: str
    head: list[str]
    rows: list[list[Cell]]
    drawing: Callable[[], str]


def build_funnel_table(found: Mapping[str, Any]) -> PanelTable:
    """Build the table of how many came how far, and when."""
    rows: list[tuple[Stage, int, str | None, Milestone | None]] = found["funnel"]
    title = _("Progress of the programme")
    return PanelTable(
        title=title,
        head=[_("Step of the funnel"), _("Companies"), _("Half of them by"), _("Latest company")],
        rows=[
            [
                str(stage.label),
                count,
                moments.half.date().isoformat() if moments else "",
                moments.latest.date().isoformat() if moments else "",
            ]
            for stage, count, _link, moments in rows
        ],
        drawing=lambda: charts.render_bars(
            [charts.ChartBar(str(stage.label), count) for stage, count, _link, _moments in rows],
            description=title,
        ),
    )


def build_risk_table(rows: Sequence[tuple[AtRisk, str, int]]) -> PanelTable:
    """Build the table of companies that may miss the deadline; the drawing counts them by reason."""
    title = _("At risk of being late")
    counts = Counter(row.reason for row, _reason, _share in rows)
    return PanelTable(
        title=title,
        head=[_("Company"), _("Why"), _("Done so far, per cent")],
        rows=[[row.name, reason, share] for row, reason, share in rows],
        drawing=lambda: charts.render_bars(
            [charts.ChartBar(words, counts[name]) for name, words in get_risk_labels().items()],
            description=title,
        ),
    )


def build_division_table(found: Mapping[str, Any], cuts: tuple[int, ...]) -> PanelTable:
    """Build the table of companies and median readiness of each division."""
    rows: list[AreaFigures] = [row for row, _shade in found["divisions"]]
    title = _("Median readiness by division")
    return PanelTable(
        title=title,
        head=[_("Division"), _("Companies"), _("Scored"), _("Median readiness")],
        rows=[[row.area.name, row.companies, row.scored, _compute_points(row.readiness)] for row in rows],
        drawing=lambda: charts.render_tiles(
            [
                charts.MapTile(
                    row.area.name,
                    row.area.tile_row or 1,
                    row.area.tile_column or 1,
                    None if row.readiness is None else row.readiness / HUNDREDTHS,
                    str(row.companies),
                )
                for row in rows
                if row.area.tile_row
            ],
            cuts=cuts,
            description=title,
            digits=0,
        ),
    )


def build_heat_table(found: Mapping[str, Any], cohort: Cohort, cuts: tuple[int, ...]) -> PanelTable:
    """Build the table of medians of the dimensions in each division."""
    rows: list[AreaFigures] = [row for row, _cells in found["heat_rows"]]
    language = get_language() or "en"
    names = [f"{one.code} {one.short.translate(language)}" for one in cohort.instrument.dimensions]
    title = _("Division by dimension, median readiness")
    count_name = pgettext("number of companies", "n")
    return PanelTable(
        title=title,
        head=[_("Division"), count_name, *names, pgettext("all dimensions", "All")],
        rows=[
            [row.area.name, row.scored, *map(_compute_points, row.dimensions), _compute_points(row.readiness)]
            for row in rows
        ],
        drawing=lambda: charts.render_heat_table(
            names,
            [
                charts.HeatRow(
                    row.area.name,
                    row.scored,
                    [None if value is None else value / HUNDREDTHS for value in row.dimensions],
                )
                for row in rows
            ],
            cuts=cuts,
            count_name=count_name,
            description=title,
        ),
    )


def build_level_table(found: Mapping[str, Any]) -> PanelTable:
    """Build the table of official levels before and now, and of who moved from where to where."""
    figure: PageChart = found["level_figure"]
    levels: LevelFigures = found["levels"]
    moves: list[list[Cell]] = [
        [_("From %(level)s to …") % {"level": format_level_code(before)}, *levels.moves[before]]
        for before in LEVELS
        if levels.compared
    ]
    names = figure.data["cats"]
    return PanelTable(
        title=figure.label,
        head=figure.head,
        rows=[*_strip_links(figure), *moves],
        drawing=lambda: charts.render_stacked_bars(
            names,
            [
                charts.StackedPart(get_short_level_label(level), figure.data["series"][level]["n"])
                for level in LEVELS
            ],
            description=figure.label,
            ramp=True,
        ),
    )


def build_tier_table(found: Mapping[str, Any]) -> PanelTable | None:
    """Build the table of tiers by sector."""
    figure: PageChart | None = found["tier_figure"]
    sectors: list[SectorTiers] = found["sectors"]
    if figure is None:
        return None
    label = figure.label
    return PanelTable(
        title=label,
        head=figure.head,
        rows=_strip_links(figure),
        drawing=lambda: charts.render_stacked_bars(
            [row.sector.name for row in sectors],
            [charts.StackedPart(str(tier.label), [row.tiers[tier] for row in sectors]) for tier in Tier],
            description=label,
        ),
    )


def build_score_table(found: Mapping[str, Any], release: Release | None) -> PanelTable:
    """Build the table of how readiness is spread."""
    figure: PageChart = found["score_figure"]
    stored: dict[str, list[int]] = release.reference.get("bands", {}) if release else {}
    return PanelTable(
        title=figure.label,
        head=figure.head,
        rows=_strip_links(figure),
        drawing=lambda: charts.render_histogram(
            0,
            SCORE_STEP / HUNDREDTHS,
            figure.data["counts"],
            [
                charts.ScaleBand(str(tier.label), stored[str(tier.value)][0] / HUNDREDTHS,
                            stored[str(tier.value)][2] / HUNDREDTHS, tier.value)
                for tier in list(Tier)[1:]
                if str(tier.value) in stored
            ],
            name=figure.data["xname"],
            description=figure.label,
        ),
    )  # fmt: skip


def build_change_table(found: Mapping[str, Any]) -> PanelTable | None:
    """Build the table of medians of the dimensions in both rounds."""
    figure: PageChart | None = found["change_figure"]
    change: ScoreChange | None = found["change"]
    if figure is None or change is None:
        return None
    label, data = figure.label, figure.data
    moves = [
        charts.DumbbellRow(name, before, now)
        for name, before, now in zip(data["cats"], data["a"], data["b"], strict=True)
    ]
    return PanelTable(
        title=label,
        head=figure.head,
        rows=[[move.name, move.before, move.after] for move in moves],
        drawing=lambda: charts.render_dumbbell(moves, before=data["na"], after=data["nb"], description=label),
    )


def build_target_table(found: Mapping[str, Any], desk: CohortContext) -> PanelTable:
    """Build the table of what keeps companies from their target."""
    title = _("Distance to the target: %(level)s for all") % {
        "level": format_plain_level(desk.programme.target_level)
    }
    rows: list[list[Cell]] = [
        [_("At the target"), found["summary"].at_target],
        *([words, count] for words, count, _link in found["gates"]),
        [_("No level yet: not scored"), found["unscored"]["count"]],
    ]
    return PanelTable(
        title=title,
        head=["", _("Companies")],
        rows=rows,
        drawing=lambda: charts.render_bars(
            [charts.ChartBar(str(words), float(count)) for words, count in rows], description=title
        ),
    )


def build_provider_table(rows: Sequence[ProviderDifference]) -> PanelTable | None:
    """Build the table of own and verified readiness of the companies of each service provider."""
    if not rows:
        return None
    title, own, verified = _("Own minus verified by service provider"), _("Own"), _("Verified")
    names = [row.name or _("None named") for row in rows]
    return PanelTable(
        title=title,
        head=[
            _("Service provider"), _("Companies"), own, verified, _("Own minus verified, points"),
            _("Level lowered"),
        ],
        rows=[
            [name, row.companies, *map(_compute_points, (row.own, row.verified, row.points)), row.lowered]
            for name, row in zip(names, rows, strict=True)
        ],
        drawing=lambda: charts.render_dumbbell(
            [
                charts.DumbbellRow(name, row.verified / HUNDREDTHS, row.own / HUNDREDTHS)
                for name, row in zip(names, rows, strict=True)
            ],
            before=verified,
            after=own,
            description=title,
        ),
    )  # fmt: skip


def build_item_table(rows: Sequence[ItemDifference], cohort: Cohort) -> PanelTable | None:
    """Build the table of how often each question was lowered and raised; the drawing shows the first."""
    if not rows:
        return None
    language = get_language() or "en"
    names = [f"{row.code} {cohort.instrument.get_item(row.code).name.translate(language)}" for row in rows]
    title = _("Own minus verified by question: mean in stages (companies lowered / compared)")
    return PanelTable(
        title=title,
        head=[_("Question"), _("Companies"), _("Lowered"), _("Raised"), _("Mean, stages")],
        rows=[
            [name, row.companies, row.lowered, row.raised, round(row.mean, 2)]
            for name, row in zip(names, rows, strict=True)
        ],
        drawing=lambda: charts.render_bars(
            [
                charts.ChartBar(name, row.mean, remark=f"({row.lowered}/{row.companies})")
                for name, row in zip(names[:ITEMS_DRAWN], rows, strict=False)
            ],
            description=title,
            digits=2,
        ),
    )


def _compute_points(hundredths: float | None) -> Cell:
    return "" if hundredths is None else round_points(hundredths)


def _strip_links(figure: PageChart) -> list[list[Cell]]:
    """Return the rows of a chart's table without the links; counts are numbers."""
    return [[str(name), *(int(strip_tags(str(cell))) for cell in cells)] for name, *cells in figure.rows]
