"""Handing assessments to reviewers."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import Role
from assessments.actions.reviewing import NotAssignable, assign_reviewer, unassign_reviewer
from assessments.models import Assessment, ReviewAssignment
from audit.models import AuditEvent
from companies.models import Membership, Programme, StandIn
from companies.permissions import Forbidden
from tests import factories

COUNTY, ASSESSOR = ReviewAssignment.Kind.COUNTY, ReviewAssignment.Kind.ASSESSOR


def test_assign_replaces_whoever_had_it_and_is_recorded(
    assessment: Assessment, programme: Programme, officer: User, assessor: User
) -> None:
    second = factories.make_staff(programme, Role.ASSESSOR, "Second assessor")
    assign_reviewer(assessment=assessment, kind=ASSESSOR, to=assessor, by=officer)
    assign_reviewer(assessment=assessment, kind=ASSESSOR, to=second, by=officer)
    assign_reviewer(assessment=assessment, kind=ASSESSOR, to=second, by=officer)
    assert [row.user for row in ReviewAssignment.objects.all()] == [second]
    assert AuditEvent.objects.filter(action="review.assigned").count() == 2


def test_assign_somebody_without_the_role_or_outside_the_area(
    assessment: Assessment, programme: Programme, officer: User, assessor: User
) -> None:
    elsewhere = factories.make_staff(
        programme, Role.COUNTY_REVIEWER, area=factories.make_division(programme.city, 7)
    )
    for person in (assessor, elsewhere):
        with pytest.raises(NotAssignable):
            assign_reviewer(assessment=assessment, kind=COUNTY, to=person, by=officer)
    assert not ReviewAssignment.objects.exists()


@pytest.mark.parametrize("how", ["member", "stand_in"])
def test_assign_somebody_who_acted_for_the_company(
    assessment: Assessment, officer: User, assessor: User, how: str
) -> None:
    if how == "member":
        Membership.objects.create(user=assessor, company=assessment.company, role=Role.PROVIDER.value)
    else:
        StandIn.objects.create(user=assessor, company=assessment.company)
    with pytest.raises(NotAssignable):
        assign_reviewer(assessment=assessment, kind=ASSESSOR, to=assessor, by=officer)


def test_only_an_officer_assigns_and_takes_back(
    assessment: Assessment, officer: User, assessor: User, auditor: User
) -> None:
    with pytest.raises(Forbidden):
        assign_reviewer(assessment=assessment, kind=ASSESSOR, to=assessor, by=auditor)
    assign_reviewer(assessment=assessment, kind=ASSESSOR, to=assessor, by=officer)
    with pytest.raises(Forbidden):
        unassign_reviewer(assessment=assessment, kind=ASSESSOR, by=auditor)
    assert unassign_reviewer(assessment=assessment, kind=ASSESSOR, by=officer)
    assert not unassign_reviewer(assessment=assessment, kind=ASSESSOR, by=officer)
    assert not ReviewAssignment.objects.exists()
