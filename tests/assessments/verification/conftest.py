"""An assessment on its way through the county and the visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from assessments.actions import county, visits
from assessments.models import Assessment, Decision, Grade, Submission, Visit
from companies.models import Programme
from instrument import load_instrument
from tests import factories


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Reasons are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def recommended(scored: Assessment, county_reviewer: User) -> Assessment:
    county.recommend_submission(assessment=scored, by=county_reviewer)
    return scored


@pytest.fixture
def visit(recommended: Assessment, assessor: User) -> Visit:
    return visits.start_visit(assessment=recommended, by=assessor)


@pytest.fixture
def second_assessor(programme: Programme) -> User:
    return factories.make_staff(programme, Role.ASSESSOR, "Second assessor")


def accept_all(visit: Visit, by: User, leave: set[str] | frozenset[str] = frozenset()) -> None:
    """Accept every item that is not decided, but for those in `leave`, in one statement."""
    submission = Submission.objects.filter_counting().get(assessment=visit.assessment, kind="self")
    answers = submission.read_answers()
    decided = set(visit.grades.values_list("item", flat=True))
    Grade.objects.bulk_create(
        Grade(
            visit=visit,
            assessment=visit.assessment,
            item=code,
            decision=Decision.ACCEPTED,
            state=answers[code].state.value,
            value=list(value) if isinstance(value := answers[code].value, tuple) else value,
            answered_by=by,
            answered_at=visit.started_at,
        )
        for code in load_instrument().item_order
        if code not in leave and code not in decided
    )
