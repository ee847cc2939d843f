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
from assessments.answering.questions import words
from assessments.reports import tables
from assessments.reports.charts import (
    Chart,
    gates_drawing,
    moved_chart,
    profile_chart,
    rounds_chart,
    scale_chart,
    tiers_chart,
)
from assessments.reports.plan_table import plan_part
from assessments.reports.sentences import missing, not_for, solid, source_line, synthetic_line
from assessments.results import Result
from documents import pdf
from documents.numbers import points, signed_points
from instrument import load

TEMPLATE = Path(__file__).with_name("result.typ")
SHOWN_ANSWERS = 5
# Pixels of a drawing that takes half of the sheet's width, so that its letters are as large as the others.
HALF_SHEET = 370


def result_pdf(result: Result, plans: Sequence[PlanProgress], language: str) -> bytes:
    """The report in a language. The same result and plans give the same bytes: its date is that of the score.

    `plans` are the one that counts and then those of earlier rounds.
    """
    with override(language):
        return pdf.compile(TEMPLATE, content(result, plans, language), made_at=result.scored_at)


def content(result: Result, plans: Sequence[PlanProgress], language: str) -> dict[str, Any]:
    """What the template sets, in the language that is active."""
    moved, profile = moved_chart(result, HALF_SHEET), profile_chart(result, HALF_SHEET)
    scale, tiers, rounds = scale_chart(result), tiers_chart(result, HALF_SHEET), rounds_chart(result)
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
        "synthetic": synthetic_line() if result.is_synthetic else "",
        "source": source_line(result),
        "official": official(result),
        "readiness": {
            "title": _("AI-manufacturing readiness"),
            "value": points(result.readiness.score),
            "range": _("Likely between %(low)s and %(high)s")
            % {"low": points(result.readiness.low), "high": points(result.readiness.high)},
            "text": _(
                "A range of 90%: it allows for how far the answers and the model can pin the score down."
            ),
            "lines": readiness_lines(result),
        },
        "missing": missing(result),
        "tiers": drawn(tiers)
        if tiers
        else {
            "title": _("How likely you are at each tier"),
            "caption": _(
                "No tier is stated: too little is answered. It takes 80% of the whole weight and half of every "
                "dimension, and at most 10% may not apply."
            ),
        },
        "plan": {"title": _("Your plan"), **plan_part(plans[0])} if plans else None,
        "earlier_plan": next((part for plan in plans[1:2] if (part := plan_part(plan))["outcome"]), None),
        "profile": drawn(profile),
        "moved": drawn(moved)
        | {
            "note": _(
                "The score is a sum, so the parts add up to it. They say what it consists of, not what causes it."
            )
        },
        "answers": answers(result),
        "scale": drawn(scale),
        "position": {
            "title": _("Your place in your sector"),
            "caption": _(
                "%(sector)s: the share of reference facilities of each tier that score lower than you"
            )
            % {"sector": result.sector_name},
            "head": tables.positions(result).head,
            "rows": tables.positions(result).rows,
        },
        "rounds": drawn(rounds) | {"changes": asdict(tables.changes(result))} if rounds else None,
        "solid": {"title": _("How solid this result is"), "lines": solid(result)},
        "not_for": {
            "title": _("What these numbers may not be used for"),
            "lines": not_for(result),
            "notices": [
                words(notice)
                for name in ("official_prevails", "own_composition")
                if (notice := load(result.instrument_version).notices.get(name)) is not None
            ],
        },
    }


def drawn(chart: Chart) -> dict[str, Any]:
    """A chart as the template takes it."""
    return {
        "title": chart.title,
        "caption": chart.caption,
        "svg": chart.svg,
        "head": chart.table.head,
        "rows": chart.table.rows,
    }


def official(result: Result) -> dict[str, Any]:
    """The official level with its gates."""
    reading = result.official
    name = words(reading.level_name)
    status = pgettext("level", "Verified") if reading.is_verified else _("Provisional")
    if not reading.is_verified:
        text = _("From your own answers. It counts once an assessor has verified it on site.")
    elif reading.verified_at is None:
        text = _("From the values verified on site.")
    else:
        text = _("From the values verified on site on %(date)s.") % {
            "date": date_format(localtime(reading.verified_at), "DATE_FORMAT")
        }
    target = words(load(result.instrument_version).level_name(reading.target.level))
    heading = (
        _("The gates to level %(number)d, %(name)s. All must be passed.")
        if reading.next
        else _("The gates of level %(number)d, %(name)s, all passed")
    )
    return {
        "title": _("Official digital level"),
        "value": str(reading.level),
        "name": _("Level %(number)d: %(name)s") % {"number": reading.level, "name": name}
        if reading.level
        else name,
        "status": status,
        "is_verified": reading.is_verified,
        "text": text,
        "gates_title": heading % {"number": reading.target.level, "name": target},
        "gates": gates_drawing(result, HALF_SHEET),
    }


def readiness_lines(result: Result) -> list[str]:
    """The change since the round before, and the distance to the typical SME."""
    lines = []
    if result.uplift is not None:
        lines.append(
            _("%(points)s points since %(round)s")
            % {"points": signed_points(result.uplift.total), "round": result.uplift.since}
        )
    if result.above_typical_sme is not None:
        sentence = (
            _("%(points)s points against the median SME of your sector")
            if result.compares_own_sector
            else _("%(points)s points against the median SME of all sectors")
        )
        lines.append(sentence % {"points": signed_points(result.above_typical_sme)})
    return lines


def answers(result: Result) -> dict[str, Any]:
    """The answers that moved the score most."""
    instrument = load(result.instrument_version)
    raising, lowering = result.explanation.most(SHOWN_ANSWERS)
    return {
        "title": _("Answers that moved it most"),
        "head": [_("Question"), _("Points")],
        "rows": [
            [f"{move.item} {words(instrument.item(move.item).name)}", signed_points(round(100 * move.points))]
            for move in [*raising, *reversed(lowering)]
        ],
    }
