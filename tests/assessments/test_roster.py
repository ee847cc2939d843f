"""Companies that leave, come back, merge or take another name: nothing of them is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, Role
from assessments.actions import enrolment
from assessments.actions.enrolment import EnrolmentRefused
from assessments.models import Assessment, Round, Submission
from audit.models import AuditEvent
from cohort.filters import CohortFilters
from cohort.queries.cohort import Cohort
from companies import actions
from companies.models import Company, Listing, Programme
from companies.permissions import Forbidden, permissions_in_company
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def counted(officer: User, round_: Round, **filters: str) -> set[Company]:
    cohort = Cohort(
        user=officer,
        programme=round_.programme,
        round=round_,
        earlier=None,
        filters=CohortFilters(**filters),
        sees_results=True,
        moment=timezone.now(),
    )
    return set(cohort.companies)


def listing_of(company: Company) -> Listing:
    return Listing.objects.select_related("programme", "company").get(company=company)


def test_company_that_left_counts_in_rounds_that_were_over_and_in_no_later_one(
    programme: Programme, company: Company, other_company: Company, officer: User
) -> None:
    now = timezone.now()
    over = factories.make_round(
        programme, "T0", opens_at=now - timedelta(days=90), deadline=now - timedelta(days=60)
    )
    running = factories.make_round(programme, "T1")
    past, present = (factories.make_assessment(company, round_) for round_ in (over, running))

    enrolment.end_enrolment(listing=listing_of(company), on=TODAY(), reason="Moved to Guilin", by=officer)

    assert counted(officer, over) == {company, other_company}
    assert counted(officer, running) == {other_company}
    for assessment in (past, present):
        assert not Assessment.objects.select_related("round").get(pk=assessment.pk).can_change
        assert Assessment.objects.visible_to(officer).filter(pk=assessment.pk).exists()
    assert AuditEvent.objects.get(action="company.left").details["reason"] == "Moved to Guilin"


def test_company_comes_back_into_the_open_round(company: Company, round_t0: Round, officer: User) -> None:
    enrolment.end_enrolment(listing=listing_of(company), on=TODAY(), reason="By mistake", by=officer)
    assert not counted(officer, round_t0)
    enrolment.resume_enrolment(listing=listing_of(company), reason="Mistake found", by=officer)
    assert counted(officer, round_t0) == {company}
    assert Assessment.objects.select_related("round").get(company=company).can_change


def test_absorbed_company_is_read_by_the_people_of_the_other_and_changed_by_none(
    scored: Assessment, company: Company, owner: User, other_company: Company, stranger: User, officer: User
) -> None:
    assert not Submission.objects.filter(
        assessment__in=Assessment.objects.allowing(stranger, Permission.SEE_ANSWERS)
    ).exists()

    enrolment.merge_companies(absorbed=company, into=other_company, on=TODAY(), reason="Takeover", by=officer)

    assert counted(officer, scored.round) == {other_company}
    company.refresh_from_db()
    assert company.merged_into == other_company
    assert permissions_in_company(stranger, company) == {Permission.SEE_COMPANY, Permission.SEE_ANSWERS}
    for verb in Permission:
        expected = verb in {Permission.SEE_COMPANY, Permission.SEE_ANSWERS}
        assert Company.objects.allowing(stranger, verb).filter(pk=company.pk).exists() == expected
    assert Submission.objects.filter(
        assessment__in=Assessment.objects.allowing(stranger, Permission.SEE_ANSWERS)
    ).exists()
    # Not the other way round: the absorbed company's people learn nothing of the other one.
    assert not Company.objects.visible_to(owner).filter(pk=other_company.pk).exists()
    assert not permissions_in_company(owner, other_company)


def test_merging_again_hands_on_what_was_absorbed(programme: Programme, officer: User) -> None:
    first, second, third = (factories.make_company(programme, number=number) for number in (1, 2, 3))
    enrolment.merge_companies(absorbed=first, into=second, on=TODAY(), reason="One", by=officer)
    enrolment.merge_companies(absorbed=second, into=third, on=TODAY(), reason="Two", by=officer)
    assert set(third.absorbed.all()) == {first, second}
    for absorbed, into in ((first, third), (third, third), (third, first)):
        with pytest.raises(EnrolmentRefused):
            enrolment.merge_companies(absorbed=absorbed, into=into, on=TODAY(), reason="Again", by=officer)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ASSESSOR, Role.ADMINISTRATOR])
def test_only_an_officer_ends_a_listing(
    programme: Programme, company: Company, other_company: Company, role: Role
) -> None:
    person = factories.make_staff(programme, role)
    with pytest.raises(Forbidden):
        enrolment.end_enrolment(listing=listing_of(company), on=TODAY(), reason="No", by=person)
    with pytest.raises(Forbidden):
        enrolment.merge_companies(absorbed=company, into=other_company, on=TODAY(), reason="No", by=person)


def test_officer_of_another_city_merges_nothing(company: Company, other_company: Company) -> None:
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    officer = factories.make_staff(elsewhere, Role.OFFICER)
    with pytest.raises(Forbidden):
        enrolment.merge_companies(absorbed=company, into=other_company, on=TODAY(), reason="No", by=officer)


def test_former_name_is_kept_and_found(company: Company, round_t0: Round, officer: User) -> None:
    old = company.name
    actions.update(
        company=company, changes={"name": "柳江新名机械有限公司"}, renamed_on=date(2026, 3, 1), by=officer
    )
    assert [(former.name, former.until) for former in company.former_names.all()] == [(old, date(2026, 3, 1))]
    assert counted(officer, round_t0, q=old) == counted(officer, round_t0, q="新名") == {company}
