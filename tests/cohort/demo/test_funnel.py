"""The dates of the invented cohort: in order, in the past, and spread over the round."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from assessments.models import Assessment, Round
from assessments.models.stage import Stage
from cohort.demo import funnel, plan
from cohort.demo.workbook import invent_cohort
from companies.models import Company, Programme
from tests import factories

SUBMITTED = list(Stage).index(Stage.SUBMITTED)


def as_loaded(programme: Programme) -> dict[str, Round]:
    """Both rounds with the assessments as loading leaves them: everything submitted and scored just now."""
    now = timezone.now()
    cohort = invent_cohort()
    division, sector = factories.make_division(programme.city), factories.make_sector()
    companies = Company.objects.bulk_create(
        Company(
            credit_code=invented.credit_code,
            name=invented.profile["name"],
            division=division,
            sector=sector,
            is_fictitious=True,
        )
        for invented in cohort.companies
    )
    rounds = {}
    for code, opened, ends in (("T0", 400, -310), ("T1", 62, 30)):
        rounds[code] = factories.make_round(
            programme, code, opens_at=now - timedelta(days=opened), deadline=now + timedelta(days=ends)
        )
        moments = [
            now if code == "T0" or list(Stage).index(stage) >= SUBMITTED else None
            for stage in cohort.plan.stages_t1
        ]
        Assessment.objects.bulk_create(
            Assessment(round=rounds[code], company=company, submitted_at=moment, scored_at=moment)
            for company, moment in zip(companies, moments, strict=True)
        )
    funnel.set_stages(cohort=cohort, rounds=rounds)
    return rounds


def dates(assessment: Assessment) -> list[datetime]:
    """The dates of the stages that were reached, in the order of the stages."""
    found = [getattr(assessment, f"{stage.value}_at") for stage in list(Stage)[1:]]
    return [moment for moment in found if moment is not None]


@pytest.mark.django_db
def test_stages_are_spread_over_the_round_in_order_and_in_the_past() -> None:
    rounds = as_loaded(factories.make_programme())
    now = timezone.now()

    for round_ in rounds.values():
        for assessment in round_.assessments.all():
            reached = dates(assessment)
            assert reached == sorted(reached)
            assert all(round_.opens_at <= moment <= min(now, round_.deadline) for moment in reached)
            if assessment.submitted_at is not None:
                assert assessment.scored_at is not None
                assert assessment.scored_at - assessment.submitted_at < timedelta(minutes=2)
                assert assessment.last_answer_at == assessment.submitted_at

    stages = Counter(assessment.stage for assessment in rounds["T1"].assessments.all())
    assert stages[Stage.ACCEPTED] == plan.FUNNEL_AT_T1[Stage.ACCEPTED]
    assert stages[Stage.SUBMITTED] == 0
    submitted = rounds["T1"].assessments.filter(submitted_at__isnull=False)
    assert submitted.count() == plan.FUNNEL_AT_T1[Stage.SUBMITTED]
    weeks = Counter((now - found.submitted_at).days // 7 for found in submitted if found.submitted_at)
    assert len(weeks) >= 5
    assert 0 < weeks[0] < submitted.count() / 4
