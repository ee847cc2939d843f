"""The PDF report on a result: what the result page says, set for paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from assessments.answering.progress import PlanProgress
from assessments.answering.questions import translate_text
from assessments.reports import tables
from assessments.reports.charts import (
    Chart,
    build_moved_chart,
    build_profile_chart,
    build_rounds_chart,
    build_scale_chart,
    build_tiers_chart,
    render_gates_chart,
)
from assessments.reports.plan_table import build_plan_part
from assessments.reports.sentences import (
    build_missing_part,
    format_source_line,
    get_synthetic_line,
    list_solidity_lines,
    list_use_limits,
)
from assessments.results import AssessmentResult
from companies.level_labels import format_level_in_sentence, get_level_label
from documents import pdf
from documents.numbers import format_points, format_signed_points
from instrument import load_instrument

TEMPLATE = Path(__file__).with_name("result.typ")
# Pixels of a drawing that takes half of the sheet's width, so that its letters are as large as the others.
HALF_SHEET = 370


def render_result_pdf(result: AssessmentResult, plans: Sequence[PlanProgress], language: str) -> bytes:
    """Render the report in a language. Same result and plans, same bytes: its date is that of the score.

    `plans` are the one that counts and then those of earlier rounds.
    """
    with override(language):
        return pdf.render_pdf(
            TEMPLATE, build_result_content(result, plans, language), made_at=result.scored_at
        )


def build_result_content(
    result: AssessmentResult, plans: Sequence[PlanProgress], language: str
) -> dict[str, Any]:
    """Build what the template sets, in the language that is active."""
    moved, profile = build_moved_chart(result, HALF_SHEET), build_profile_chart(result, HALF_SHEET)
    scale, tiers, rounds = (
        build_scale_chart(result),
        build_tiers_chart(result, HALF_SHEET),
        build_rounds_chart(result),
    )
    return {
        "language": "zh" if language.startswith("zh") else "en",
        "title": _("Report on readiness"),
        "author": _("Liuzhou AI Manufacturing Readiness"),
        "company": result.company_name,
        "subtitle": _("%(round)s · %(sector)s · scored %(date)s")
        % {
            "round": result.round_code,
            "sector": result.sector_name,
            "date": date_format(localtime(result.scored_at), "DATE_FORMAT"),
        },
        "synthetic": get_synthetic_line() if result.is_synthetic else "",
        "source": format_source_line(result),
        "official": build_official_part(result),
        "readiness": {
            "title": _("AI-manufacturing readiness"),
            "value": format_points(result.readiness.score),
            "range": _("Likely between %(low)s and %(high)s")
            % {"low": format_points(result.readiness.low), "high": format_points(result.readiness.high)},
            "text": _("90% range: it reflects how complete the answers are and the error of the model."),
            "lines": list_readiness_lines(result),
        },
        "missing": build_missing_part(result),
        "tiers": build_chart_part(tiers)
        if tiers
        else {
            "title": _("How likely you are at each tier"),
            "caption": _(
                "No tier is stated: too little is answered. It takes 80% of the whole weight and half of every "
                "dimension, and at most 10% may not apply."
            ),
        },
        "plan": {"title": _("Your plan"), **build_plan_part(plans[0])} if plans else None,
        "earlier_plan": next(
            (part for plan in plans[1:2] if (part := build_plan_part(plan))["outcome"]), None
        ),
        "profile": build_chart_part(profile),
        "moved": build_chart_part(moved)
        | {
            "note": _(
                "The score is a sum, so the parts add up to it. They say what it consists of, not what causes it."
            )
        },
        "answers": build_answers_part(result),
        "scale": build_chart_part(scale),
        "position": {
            "title": _("Your place in your sector"),
            "caption": _(
                "%(sector)s: the share of reference facilities of each tier that score lower than you"
            )
            % {"sector": result.sector_name},
            "head": tables.build_positions_table(result).head,
            "rows": tables.build_positions_table(result).rows,
        },
        "rounds": build_chart_part(rounds) | {"changes": asdict(tables.build_changes_table(result))}
        if rounds
        else None,
        "solid": {"title": _("How solid this result is"), "lines": list_solidity_lines(result)},
        "not_for": {
            "title": _("Limits of use"),
            "lines": list_use_limits(result),
            "notices": [
                translate_text(notice)
                for name in ("official_prevails", "own_composition")
                if (notice := load_instrument(result.instrument_version).notices.get(name)) is not None
            ],
        },
    }


def build_chart_part(chart: Chart) -> dict[str, Any]:
    """Build a chart as the template takes it."""
    return {
        "title": chart.title,
        "caption": chart.caption,
        "svg": chart.svg,
        "head": chart.table.head,
        "rows": chart.table.rows,
    }


def build_official_part(result: AssessmentResult) -> dict[str, Any]:
    """Build the official level with its gates."""
    reading = result.official
    status = pgettext("level", "Verified") if reading.is_verified else _("Provisional")
    if not reading.is_verified:
        text = _("From your own answers. It counts once an assessor has verified it on site.")
    elif reading.verified_at is None:
        text = _("From the values verified on site.")
    else:
        text = _("From the values verified on site on %(date)s.") % {
            "date": date_format(localtime(reading.verified_at), "DATE_FORMAT")
        }
    heading = (
        _("Conditions of %(level)s. All must be met.")
        if reading.next
        else _("Conditions of %(level)s, all met")
    )
    return {
        "title": _("Official digital level"),
        "value": str(reading.level),
        "name": get_level_label(reading.level, result.instrument_version),
        "status": status,
        "is_verified": reading.is_verified,
        "text": text,
        "gates_title": heading
        % {"level": format_level_in_sentence(reading.target.level, result.instrument_version)},
        "gates": render_gates_chart(result, HALF_SHEET),
    }


def list_readiness_lines(result: AssessmentResult) -> list[str]:
    """Return the change since the round before, and the distance to the typical SME."""
    lines = []
    if result.uplift is not None:
        total = result.uplift.total
        sentence = (
            _("%(points)s points higher than in %(round)s")
            if total > 0
            else _("%(points)s points lower than in %(round)s")
            if total < 0
            else _("Same score as in %(round)s")
        )
        lines.append(sentence % {"points": format_points(abs(total)), "round": result.uplift.since})
    if result.above_typical_sme is not None:
        sentence = (
            _("%(points)s points against the median SME of your sector")
            if result.compares_own_sector
            else _("%(points)s points against the median SME of all sectors")
        )
        lines.append(sentence % {"points": format_signed_points(result.above_typical_sme)})
    return lines


def build_answers_part(result: AssessmentResult) -> dict[str, Any]:
    """Build the table of the answers that moved the score most."""
    instrument = load_instrument(result.instrument_version)
    way = result.answer_way
    return {
        "title": _("Answers that moved it most"),
        "head": [_("Question"), _("Points")],
        "rows": [
            [
                f"{move.item} {translate_text(instrument.get_item(move.item).name)}",
                format_signed_points(points),
            ]
            for move, points in [*way.raising, *reversed(way.lowering)]
        ],
    }
