"""Which score run of an assessment counts: the verified one where there is one, else the self-assessed, else none.

One rule in four forms: in Python on runs or their ids, in SQL on assessments and on runs, and in NumPy on packed
figures. What an assessment points to is the run of its latest submission of each kind that was neither withdrawn nor
superseded (`Submission.objects.filter_counting`), under the active release.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from assessments.models.packed import NONE

RunOrId = TypeVar("RunOrId")


def choose_run(own: RunOrId | None, verified: RunOrId | None) -> RunOrId | None:
    """Choose the run that counts, or its id, among those of the own and of the verified values."""
    return own if verified is None else verified


def build_run_id_expression(prefix: str = "") -> Coalesce:
    """Build the id of the run that counts; `prefix` leads to the assessment ("submission__assessment__")."""
    return Coalesce(F(f"{prefix}verified_run_id"), F(f"{prefix}self_run_id"))


def build_run_expression(name: str, prefix: str = "") -> Case:
    """Build a column of the run that counts; NULL without one, or where the column is NULL in it."""
    return Case(
        When(build_verified_condition(prefix), then=F(f"{prefix}verified_run__{name}")),
        default=F(f"{prefix}self_run__{name}"),
        output_field=IntegerField(),
    )


def build_threshold_condition(name: str, threshold: int, prefix: str = "") -> Q:
    """Build a condition: the run that counts has `threshold` or more in a column."""
    return Q(**{f"{prefix}verified_run__{name}__gte": threshold}) | Q(
        **{f"{prefix}verified_run__isnull": True, f"{prefix}self_run__{name}__gte": threshold}
    )


def build_verified_condition(prefix: str = "") -> Q:
    """Build a condition: the run that counts is of verified values."""
    return Q(**{f"{prefix}verified_run__isnull": False})


def build_is_counting_expression(prefix: str = "submission__assessment__") -> Case:
    """Build, for score runs, whether a run is the one that counts for its assessment."""
    return Case(When(id=build_run_id_expression(prefix), then=Value(value=True)), default=Value(value=False))


def find_verified(runs: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Find where the run that counts is of verified values; `runs` is of `packed.RUNS_TYPE`."""
    # Readiness is never empty, so it tells whether there is a run.
    return np.asarray(runs["verified"]["readiness"] != NONE)


def choose_figures(runs: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """Choose a figure of the runs that count, `NONE` without one; `runs` is of `packed.RUNS_TYPE`."""
    return np.where(find_verified(runs), runs["verified"][name], runs["own"][name])
