"""Stages as people know them: levels, options by the number on the page, base points of ticks."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.answering.questions import translate_text
from benchmarks.ml.encode import NOT_APPLICABLE
from instrument import Item


def format_stage_label(item: Item, stage: int) -> str:
    """Return what an answer at this stage says; empty for questions with several ticks."""
    if item.kind == "multiple":
        return ""
    key = str(item.get_value_for_stage(stage))
    return next(translate_text(option.label) for option in item.options if option.key == key)


def format_stage_change(item: Item, start: int, end: int) -> str:
    """Return from and to as the question counts: levels, numbers of options, or points of the ticks."""
    return f"{format_stage_mark(item, start)} → {format_stage_mark(item, end)}"


def format_stage_mark(item: Item, stage: int) -> str:
    """Return one stage as the question counts; a question without an answer has none."""
    if stage == NOT_APPLICABLE:
        return "–"
    if stage < 0:
        return "?"
    value = item.get_value_for_stage(stage)
    if isinstance(value, tuple):
        points = item.compute_points(value) or 0
        return f"{Decimal(points.numerator) / Decimal(points.denominator):f}" if points else "0"
    # The questionnaire numbers the options of every question from 0; it shows no letters.
    return str([option.key for option in item.options].index(str(value)))


def format_stage_name(item: Item, stage: int) -> str:
    """Return a stage with what it counts: "level 2", "option 2", "1.5 base points"."""
    if stage == NOT_APPLICABLE:
        return _("does not apply")
    if stage < 0:
        return _("no answer")
    name = {
        "scale": _("level %(mark)s"),
        "single": _("option %(mark)s"),
        "multiple": _("%(mark)s base points"),
    }[item.kind]
    return name % {"mark": format_stage_mark(item, stage)}
