"""Each panel of the overview as a plain table, and as a drawing where it is a chart: what its files hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.models.assessment import Stage
from benchmarks.models import Release, Tier
from cohort.labels import level_code, level_short, risk_words
from cohort.queries.areas import AreaFigures
from cohort.queries.cohort import Cohort
from cohort.queries.differences import ItemDifference, ProviderDifference
from cohort.queries.expressions import SCORE_STEP
from cohort.queries.levels import LEVELS, LevelFigures
from cohort.queries.pace import Milestone
from cohort.queries.risk import AtRisk
from cohort.queries.scores import Change, SectorTiers
from cohort.views.charts import Figure
from cohort.views.desk import Desk
from documents import charts
from documents.numbers import plotted

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


def of_funnel(found: Mapping[str, Any]) -> PanelTable:
    """How many came how far, and when."""
    rows: list[tuple[Stage, int, str | None, Milestone | None]] = found["funnel"]
    title = _("From the list to acceptance")
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
        drawing=lambda: charts.bars(
            [charts.Bar(str(stage.label), count) for stage, count, _link, _moments in rows], description=title
        ),
    )


def of_risk(rows: Sequence[tuple[AtRisk, str, int]]) -> PanelTable:
    """The companies that may miss the deadline; the drawing counts them by reason."""
    title = _("At risk")
    counts = Counter(row.reason for row, _reason, _share in rows)
    return PanelTable(
        title=title,
        head=[_("Company"), _("Why"), _("Done so far, per cent")],
        rows=[[row.name, reason, share] for row, reason, share in rows],
        drawing=lambda: charts.bars(
            [charts.Bar(words, counts[name]) for name, words in risk_words().items()], description=title
        ),
    )


def of_divisions(found: Mapping[str, Any], cuts: tuple[int, ...]) -> PanelTable:
    """Companies and median readiness of each division."""
    rows: list[AreaFigures] = [row for row, _shade in found["divisions"]]
    title = _("Median readiness by division")
    return PanelTable(
        title=title,
        head=[_("Division"), _("Companies"), _("Scored"), _("Median readiness")],
        rows=[[row.area.name, row.companies, row.scored, _points(row.readiness)] for row in rows],
        drawing=lambda: charts.tiles(
            [
                charts.Tile(
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


def of_heat(found: Mapping[str, Any], cohort: Cohort, cuts: tuple[int, ...]) -> PanelTable:
    """Medians of the dimensions in each division."""
    rows: list[AreaFigures] = [row for row, _cells in found["heat_rows"]]
    language = get_language() or "en"
    names = [f"{one.code} {one.short.in_language(language)}" for one in cohort.instrument.dimensions]
    title = _("Division by dimension, median readiness")
    count_name = pgettext("number of companies", "n")
    return PanelTable(
        title=title,
        head=[_("Division"), count_name, *names, pgettext("all dimensions", "All")],
        rows=[
            [row.area.name, row.scored, *map(_points, row.dimensions), _points(row.readiness)] for row in rows
        ],
        drawing=lambda: charts.heat_table(
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


def of_levels(found: Mapping[str, Any]) -> PanelTable:
    """Official levels before and now, and who moved from where to where."""
    figure: Figure = found["level_figure"]
    levels: LevelFigures = found["levels"]
    moves: list[list[Cell]] = [
        [_("From %(level)s to …") % {"level": level_code(before)}, *levels.moves[before]]
        for before in LEVELS
        if levels.compared
    ]
    names = figure.data["cats"]
    return PanelTable(
        title=figure.label,
        head=figure.head,
        rows=[*_plain(figure), *moves],
        drawing=lambda: charts.stacked(
            names,
            [charts.Part(level_short(level), figure.data["series"][level]["n"]) for level in LEVELS],
            description=figure.label,
            ramp=True,
        ),
    )


def of_tiers(found: Mapping[str, Any]) -> PanelTable | None:
    """Tiers by sector."""
    figure: Figure | None = found["tier_figure"]
    sectors: list[SectorTiers] = found["sectors"]
    if figure is None:
        return None
    label = figure.label
    return PanelTable(
        title=label,
        head=figure.head,
        rows=_plain(figure),
        drawing=lambda: charts.stacked(
            [row.sector.name for row in sectors],
            [charts.Part(str(tier.label), [row.tiers[tier] for row in sectors]) for tier in Tier],
            description=label,
        ),
    )


def of_scores(found: Mapping[str, Any], release: Release | None) -> PanelTable:
    """How readiness is spread."""
    figure: Figure = found["score_figure"]
    stored: dict[str, list[int]] = release.reference.get("bands", {}) if release else {}
    return PanelTable(
        title=figure.label,
        head=figure.head,
        rows=_plain(figure),
        drawing=lambda: charts.histogram(
            0,
            SCORE_STEP / HUNDREDTHS,
            figure.data["counts"],
            [
                charts.Band(str(tier.label), stored[str(tier.value)][0] / HUNDREDTHS,
                            stored[str(tier.value)][2] / HUNDREDTHS, tier.value)
                for tier in list(Tier)[1:]
                if str(tier.value) in stored
            ],
            name=figure.data["xname"],
            description=figure.label,
        ),
    )  # fmt: skip


def of_change(found: Mapping[str, Any]) -> PanelTable | None:
    """Medians of the dimensions in both rounds."""
    figure: Figure | None = found["change_figure"]
    change: Change | None = found["change"]
    if figure is None or change is None:
        return None
    label, data = figure.label, figure.data
    moves = [
        charts.Move(name, before, now)
        for name, before, now in zip(data["cats"], data["a"], data["b"], strict=True)
    ]
    return PanelTable(
        title=label,
        head=figure.head,
        rows=[[move.name, move.before, move.after] for move in moves],
        drawing=lambda: charts.dumbbell(moves, before=data["na"], after=data["nb"], description=label),
    )


def of_target(found: Mapping[str, Any], desk: Desk) -> PanelTable:
    """What keeps companies from their target."""
    title = _("Distance to the target: level %(level)d for all") % {"level": desk.programme.target_level}
    rows: list[list[Cell]] = [
        [_("At the target"), found["summary"].at_target],
        *([words, count] for words, count, _link in found["gates"]),
        [_("No level yet: not scored"), found["unscored"]["count"]],
    ]
    return PanelTable(
        title=title,
        head=["", _("Companies")],
        rows=rows,
        drawing=lambda: charts.bars(
            [charts.Bar(str(words), float(count)) for words, count in rows], description=title
        ),
    )


def of_providers(rows: Sequence[ProviderDifference]) -> PanelTable | None:
    """Own and verified readiness of the companies of each service provider."""
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
            [name, row.companies, *map(_points, (row.own, row.verified, row.points)), row.lowered]
            for name, row in zip(names, rows, strict=True)
        ],
        drawing=lambda: charts.dumbbell(
            [
                charts.Move(name, row.verified / HUNDREDTHS, row.own / HUNDREDTHS)
                for name, row in zip(names, rows, strict=True)
            ],
            before=verified,
            after=own,
            description=title,
        ),
    )  # fmt: skip


def of_items(rows: Sequence[ItemDifference], cohort: Cohort) -> PanelTable | None:
    """How often the value of each question was lowered and raised on site; the drawing shows the first."""
    if not rows:
        return None
    language = get_language() or "en"
    names = [f"{row.code} {cohort.instrument.item(row.code).name.in_language(language)}" for row in rows]
    title = _("Own minus verified by question: mean in stages (companies lowered / compared)")
    return PanelTable(
        title=title,
        head=[_("Question"), _("Companies"), _("Lowered"), _("Raised"), _("Mean, stages")],
        rows=[
            [name, row.companies, row.lowered, row.raised, round(row.mean, 2)]
            for name, row in zip(names, rows, strict=True)
        ],
        drawing=lambda: charts.bars(
            [
                charts.Bar(name, row.mean, remark=f"({row.lowered}/{row.companies})")
                for name, row in zip(names[:ITEMS_DRAWN], rows, strict=False)
            ],
            description=title,
            digits=2,
        ),
    )


def _points(hundredths: float | None) -> Cell:
    return "" if hundredths is None else plotted(hundredths)


def _plain(figure: Figure) -> list[list[Cell]]:
    """The rows of a chart's table without the links; counts are numbers."""
    return [[str(name), *(int(strip_tags(str(cell))) for cell in cells)] for name, *cells in figure.rows]
