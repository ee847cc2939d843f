"""The stage of a company is one rule: in Python and in SQL it gives the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Assessment
from assessments.models.stage import (
    RANK,
    STAGES,
    Stage,
    build_stage_condition,
    build_step_expression,
    compute_step,
)
from companies.models import Company

pytestmark = pytest.mark.django_db


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reached=st.sets(st.sampled_from(STAGES[1:])))
def test_both_forms_agree_whichever_steps_are_dated(assessment: Assessment, reached: set[Stage]) -> None:
    """A correction or a withdrawal may leave a gap: the furthest step that has a moment decides."""
    now = timezone.now()
    same = Assessment.objects.filter(pk=assessment.pk)
    same.update(**{f"{stage.value}_at": now if stage in reached else None for stage in STAGES[1:]})
    expected = max(reached, key=STAGES.index, default=Stage.LISTED)

    found: Any = same.annotate(step=build_step_expression()).get()

    assert found.stage is expected
    assert found.step == RANK[expected] == compute_step(stage in reached for stage in STAGES[1:])
    assert [stage for stage in STAGES if same.filter(build_stage_condition(stage)).exists()] == [expected]
    through: QuerySet[Any] = Company.objects.filter(pk=assessment.company_id)
    assert through.annotate(step=build_step_expression("assessments__")).get().step == found.step
    assert through.filter(build_stage_condition(expected, "assessments__")).exists()


def test_company_without_an_assessment_is_listed(company: Company) -> None:
    found: Any = Company.objects.annotate(step=build_step_expression("assessments__")).get()

    assert STAGES[found.step] is Stage.LISTED
