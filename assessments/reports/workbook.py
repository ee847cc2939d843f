"""One result, one chart or one plan as a workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.answering.progress import PlanProgress
from assessments.answering.questions import translate_text
from assessments.reports import tables
from assessments.reports.charts import CHARTS, Chart
from assessments.reports.plan_table import (
    build_outcome_table,
    build_plan_table,
    build_standing_table,
    format_outcome_title,
    format_plan_totals,
    list_standing_notes,
)
from assessments.reports.sentences import format_source_line, get_synthetic_line
from assessments.reports.tables import ReportTable
from assessments.results import AssessmentResult
from companies.level_labels import get_level_label
from documents.numbers import MINUS, format_chance, format_points
from documents.workbook_writer import (
    A4,
    RULED_HEAD,
    WRAPPED,
    PageSetup,
    SheetCell,
    SheetColumn,
    ValueKind,
    WorkbookSheet,
    build_workbook,
    measure_width,
)
from instrument import load_instrument

WIDEST = 60
FIGURE = re.compile(rf"[+{MINUS}-]?\d[\d,]*(\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def render_result_workbook(result: AssessmentResult) -> bytes:
    """Render all figures of the result page; the first sheet says what they are."""
    instrument = load_instrument(result.instrument_version)
    figures = ReportTable(
        [_("Figure"), _("Value")],
        [
            [_("Company"), result.company_name],
            [_("Round"), result.round_code],
            [_("Scored"), date_format(localtime(result.scored_at), "DATETIME_FORMAT")],
            [_("Official level"), get_level_label(result.official.level, result.instrument_version)],
            [_("State"), pgettext("level", "Verified") if result.official.is_verified else _("Provisional")],
            [_("Base points"), f"{float(result.official.base):.3f}"],
            [_("Readiness score"), format_points(result.readiness.score)],
            [
                _("Likely range"),
                f"{format_points(result.readiness.low)}–{format_points(result.readiness.high)}",
            ],
            [
                _("Chance of this tier or higher"),
                format_chance(result.tier.exceed[result.tier.tier - 1])
                if result.tier and result.tier.tier
                else "–",
            ],
        ],
    )
    every_answer = ReportTable(
        [_("Question"), pgettext("of a question", "Name"), _("Points")],
        [
            [move.item, translate_text(instrument.get_item(move.item).name), f"{float(move.points):.4f}"]
            for move in result.explanation.moves
        ],
    )
    sheets = [(_("Result"), figures)]
    sheets += [(chart.title, chart.table) for make in CHARTS.values() if (chart := make(result))]
    moved = tables.build_changes_table(result)
    if moved.rows:
        sheets.append((_("From round to round"), moved))
    sheets += [
        (_("Your place in your sector"), tables.build_positions_table(result)),
        (_("Every answer"), every_answer),
    ]
    return _render_workbook(sheets, _list_notes(result))


def render_chart_workbook(result: AssessmentResult, chart: Chart) -> bytes:
    """Render the numbers of one chart."""
    return _render_workbook([(chart.title, chart.table)], [chart.caption, *_list_notes(result)])


def render_plan_workbook(progress: PlanProgress, *, is_synthetic: bool) -> bytes:
    """Render the steps of a plan, what they lead to, and their outcome."""
    notes = [
        progress.plan.assessment.company.name,
        format_plan_totals(progress),
        *list_standing_notes(progress),
    ]
    if is_synthetic:
        notes.append(get_synthetic_line())
    sheets = [
        (_("Plan"), build_plan_table(progress, in_numbers=True)),
        (_("Level and score"), build_standing_table(progress)),
    ]
    outcome = build_outcome_table(progress)
    if outcome is not None:
        sheets.append((format_outcome_title(progress), outcome))
    return _render_workbook(sheets, notes)


def _list_notes(result: AssessmentResult) -> list[str]:
    lines = [f"{result.company_name} · {result.round_code}", format_source_line(result)]
    return [*lines, get_synthetic_line()] if result.is_synthetic else lines


def _render_workbook(sheets: Sequence[tuple[str, ReportTable]], notes: Sequence[str]) -> bytes:
    """Render a workbook of tables; the notes stand below the first one."""
    return build_workbook(
        *(
            WorkbookSheet(
                [_describe_column(table, column) for column in range(len(table.head))],
                [[*row[:1], *map(_convert_text, row[1:])] for row in table.rows],
                name=f"{number} {title}",
                below=notes if number == 1 else (),
                head_look=RULED_HEAD,
                frozen_columns=1,
                page=PageSetup(A4),
            )
            for number, (title, table) in enumerate(sheets, start=1)
        )
    )


def _describe_column(table: ReportTable, column: int) -> SheetColumn:
    """Describe a column: as wide as its longest text, with the title above the figures, if it has some."""
    below = [row[column] for row in table.rows]
    width = min(WIDEST, max(map(measure_width, (table.head[column], *below))) + 3)
    indent = {"indent": int(column > 0)}
    is_figure = column > 0 and any(map(FIGURE.fullmatch, below))
    return SheetColumn(
        table.head[column],
        width=width,
        look={**WRAPPED, **indent},
        title_look={"align": "right"} if is_figure else indent,
    )


def _convert_text(text: str) -> str | SheetCell:
    """Convert a figure to a number with its places, a day to a date; everything else stays text."""
    if DAY.fullmatch(text):
        return SheetCell(date.fromisoformat(text), {"num_format": ValueKind.DATE.value, "valign": "top"})
    if FIGURE.fullmatch(text):
        places = len(text.partition(".")[2])
        shown = {"num_format": f"0.{'0' * places}" if places else "0", "valign": "top"}
        return SheetCell(float(text.replace(MINUS, "-").replace(",", "")), shown)
    return text
