"""Two officers at the same moment: one decides, the other is told, and nothing is written twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from assessments.actions import batches, county, submissions, visits
from assessments.answering.revisions import StaleAnswer
from assessments.models import Assessment, BatchEntry, CountyCheck, Decision, Grade, GradeRevision
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of the works gave or raised; all begin at the same moment, each on a connection of its own."""
    ready = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=10)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture
def scored_for_all(committed_release: Release) -> Assessment:
    """A scored assessment that every connection sees."""
    programme = committed_release.programme
    company = factories.make_company(programme)
    owner = factories.make_member(company)
    assessment = factories.make_assessment(company, factories.make_round(programme))
    factories.store_answers(assessment, by=owner)
    score_and_store(
        [submissions.submit_answers(assessment=assessment, declared=True, by=owner)], committed_release
    )
    assessment.refresh_from_db()
    return assessment


def staff(assessment: Assessment, role: Role) -> list[User]:
    area = assessment.company.division if role is Role.COUNTY_REVIEWER else None
    programme = assessment.round.programme
    return [factories.make_staff(programme, role, f"{role.value} {number}", area=area) for number in (1, 2)]


def test_county_checks_once(scored_for_all: Assessment) -> None:
    first, second = staff(scored_for_all, Role.COUNTY_REVIEWER)
    outcomes = at_once(
        lambda: county.recommend_submission(assessment=scored_for_all, by=first),
        lambda: county.return_items(assessment=scored_for_all, items={"B2": "Please check."}, by=second),
    )
    assert sum(isinstance(outcome, county.NothingToCheck) for outcome in outcomes) == 1
    assert CountyCheck.objects.count() == 1


def test_item_on_site_is_decided_by_one_and_the_other_sees_the_decision(scored_for_all: Assessment) -> None:
    county.recommend_submission(assessment=scored_for_all, by=staff(scored_for_all, Role.COUNTY_REVIEWER)[0])
    assessors = staff(scored_for_all, Role.ASSESSOR)
    visit = visits.start_visit(assessment=scored_for_all, by=assessors[0])

    def decide(by: User, *, seen_on_site: bool) -> Callable[[], object]:
        return lambda: visits.decide_item(
            visit=visit,
            item="C06",
            decision=Decision.ACCEPTED,
            answer=None,
            remark="",
            seen_on_site=seen_on_site,
            revision=0,
            by=by,
        )

    outcomes = at_once(decide(assessors[0], seen_on_site=True), decide(assessors[1], seen_on_site=False))
    grade = Grade.objects.get()
    refused = [outcome for outcome in outcomes if isinstance(outcome, StaleAnswer)]
    assert [error.current.answered_by for error in refused] == [grade.answered_by]
    assert grade.revision == 1
    assert not GradeRevision.objects.exists()


def test_company_is_put_into_one_batch(scored_for_all: Assessment) -> None:
    county.recommend_submission(assessment=scored_for_all, by=staff(scored_for_all, Role.COUNTY_REVIEWER)[0])
    first, second = staff(scored_for_all, Role.OFFICER)
    programme = scored_for_all.round.programme
    made = [batches.create_batch(programme=programme, name=name, by=first) for name in ("A", "B")]
    outcomes = at_once(
        lambda: batches.add_to_batch(batch=made[0], assessments=[scored_for_all.pk], by=first),
        lambda: batches.add_to_batch(batch=made[1], assessments=[scored_for_all.pk], by=second),
    )
    assert BatchEntry.objects.count() == 1
    assert set(outcomes) == {0, 1}
