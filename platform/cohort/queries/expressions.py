"""The expressions by which companies are counted; `now` and `before` are their assessments in two rounds."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, SmallIntegerField, Value, When

from assessments.models.assessment import Stage

# Companies with `now`, `before`, `listing` and whatever else a query adds, which no type can name.
Companies = QuerySet[Any]
STAGES = tuple(Stage)
RANK = {stage: rank for rank, stage in enumerate(STAGES)}
AT_RISK_DAYS = 14
SCORE_STEP = 500  # hundredths of a point
THOUSANDTHS = 1000  # base points are stored in thousandths


def build_step_expression(relation: str = "now") -> Case:
    """Build the place of a company's stage in the funnel, 0 for listed."""
    return Case(
        *(
            When(**{f"{relation}__{stage.value}_at__isnull": False}, then=Value(RANK[stage]))
            for stage in reversed(STAGES[1:])
        ),
        default=Value(0),
        output_field=SmallIntegerField(),
    )


def build_run_expression(name: str, relation: str = "now") -> Case:
    """Build a column of the score run that counts: the verified one, else the self-assessed."""
    return Case(
        When(**{f"{relation}__verified_run__isnull": False}, then=F(f"{relation}__verified_run__{name}")),
        default=F(f"{relation}__self_run__{name}"),
        output_field=IntegerField(),
    )


def build_threshold_condition(name: str, threshold: int) -> Q:
    """Build a condition: the run that counts has `threshold` or more in a column."""
    return Q(**{f"now__verified_run__{name}__gte": threshold}) | Q(
        **{"now__verified_run__isnull": True, f"now__self_run__{name}__gte": threshold}
    )
