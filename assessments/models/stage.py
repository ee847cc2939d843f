"""How far a company has come in a round: one rule, in Python and in SQL.

A company is at the furthest step that has a moment, whether or not the steps before it have one. `Assessment` has
the moment of each step but the first in the column `<step>_at`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Case, Q, SmallIntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """The steps of the funnel, in order: how far a company has come in a round."""

    LISTED = "listed", _("Listed")
    INVITED = "invited", _("Invited")
    STARTED = "started", _("Started")
    SUBMITTED = "submitted", _("Submitted")
    SCORED = "scored", _("Scored")
    RECOMMENDED = "recommended", _("Recommended")
    VERIFIED = "verified", pgettext_lazy("stage", "Verified")
    ACCEPTED = "accepted", _("Accepted")


STAGES = tuple(Stage)
# The place of each step in the funnel, 0 for listed.
RANK = {stage: rank for rank, stage in enumerate(STAGES)}


def compute_step(reached: Iterable[bool]) -> int:
    """Compute the place of the furthest step, from whether each step after the first is reached, in their order."""
    return max((place for place, is_reached in enumerate(reached, start=1) if is_reached), default=0)


def find_stage(assessment: object) -> Stage:
    """Find the furthest step of an object with the columns of the moments."""
    return STAGES[compute_step(getattr(assessment, f"{stage.value}_at") is not None for stage in STAGES[1:])]


def build_step_expression(prefix: str = "") -> Case:
    """Build the place of the furthest step; `prefix` leads to the assessment, which may be missing ("now__")."""
    return Case(
        *(
            When(**{f"{prefix}{stage.value}_at__isnull": False}, then=Value(RANK[stage]))
            for stage in reversed(STAGES[1:])
        ),
        default=Value(0),
        output_field=SmallIntegerField(),
    )


def build_stage_condition(stage: Stage, prefix: str = "") -> Q:
    """Build the condition that this step is the furthest: it has a moment and none after it has."""
    condition: dict[str, Any] = {
        f"{prefix}{later.value}_at__isnull": True for later in STAGES[RANK[stage] + 1 :]
    }
    if RANK[stage]:
        condition[f"{prefix}{stage.value}_at__isnull"] = False
    return Q(**condition)
