"""Hints for reviewers: each with its evidence, and never for the company."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.actions import submissions, withdrawals
from assessments.models import Assessment, Flag, Submission
from assessments.reviewing.flagging import raise_flags
from assessments.reviewing.quality import Flags, find_flags
from assessments.scoring.compute import score_and_store
from benchmarks.ml.answer_checks import JumpKind
from benchmarks.models import Release
from benchmarks.training import TrainingRows, read_training_rows
from companies.models import Company, Membership, StandIn
from instrument import AnswerState, ItemAnswer, load_instrument
from tests import factories
from tests.assessments.pages import sign_in


def answers_of(stages: list[int]) -> dict[str, ItemAnswer]:
    return {
        item.code: ItemAnswer(AnswerState.ANSWERED, value=item.get_value_for_stage(stage))
        for item, stage in zip(load_instrument().items, stages, strict=True)
    }


def honest(release: Release, row: int = 0) -> dict[str, ItemAnswer]:
    """The answers of an SME of the reference sample, missing ones at the lowest option."""
    rows = TrainingRows.parse(read_training_rows(release))
    return answers_of(np.maximum(rows.stages[rows.tiers == 0][row], 0).tolist())


def random_answers(seed: int = 1) -> dict[str, ItemAnswer]:
    rng = np.random.default_rng(seed)
    return answers_of([int(rng.integers(0, level + 1)) for level in load_instrument().list_max_stages()])


def submitted(
    assessment: Assessment, answers: dict[str, ItemAnswer], release: Release, by: User | None = None
) -> Assessment:
    by = by or factories.make_member(assessment.company, f"Owner {assessment.pk}")
    factories.store_answers(assessment, answers, by=by)
    score_and_store([submissions.submit_answers(assessment=assessment, declared=True, by=by)], release)
    assessment.refresh_from_db()
    return assessment


def found(assessment: Assessment) -> Flags:
    flags = find_flags(assessment)
    assert flags is not None
    return flags


def test_nothing_is_said_before_a_submission(answered: Assessment) -> None:
    assert find_flags(answered) is None


def test_honest_answers_earn_no_hint(assessment: Assessment, release: Release) -> None:
    flags = found(submitted(assessment, honest(release), release))
    assert flags.straight_lining is None
    assert flags.random is None
    assert flags.twins == ()
    assert flags.jumps == ()


def test_one_stage_throughout_is_straight_lining(assessment: Assessment, release: Release) -> None:
    flags = found(submitted(assessment, factories.full_answers(3), release))
    assert flags.straight_lining is not None
    assert flags.straight_lining.score > flags.straight_lining.limit >= 0
    assert flags.straight_lining.release == release.name
    assert flags.straight_lining.compared == sum(release.rows_per_tier.values())


def test_random_answers_are_told_from_usual_ones(assessment: Assessment, release: Release) -> None:
    flags = found(submitted(assessment, random_answers(), release))
    assert flags.random is not None
    assert flags.straight_lining is None


def test_large_round_says_itself_what_is_usual(
    assessment: Assessment, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.reviewing.quality.ENOUGH_TO_FIT", 30)
    for row in range(1, 40):
        company = factories.make_company(release.programme)
        other = factories.make_assessment(company, assessment.round)
        submitted(other, honest(release, row), release)
    flags = found(submitted(assessment, factories.full_answers(3), release))
    assert flags.straight_lining is not None
    assert (flags.straight_lining.compared, flags.straight_lining.release) == (40, "")


def test_figures_that_contradict_an_answer_are_shown(assessment: Assessment, release: Release) -> None:
    answers = honest(release)
    answers["B2"] = ItemAnswer(
        AnswerState.ANSWERED, value="E", figures={"machines_total": "100", "machines_digital": "5"}
    )
    flags = found(submitted(assessment, answers, release))
    assert ("B2", "share") in {(flag.item, flag.rule) for flag in flags.contradictions}
    assert (flags.straight_lining, flags.random, flags.twins, flags.jumps) == (None, None, (), ())


@pytest.fixture
def copied(assessment: Assessment, release: Release) -> tuple[Assessment, Assessment]:
    """Two companies with the same unusual answers among others."""
    for row in range(3, 13):
        company = factories.make_company(release.programme)
        other = factories.make_assessment(company, assessment.round)
        submitted(other, honest(release, row), release)
    division = factories.make_division(release.programme.city, 7)
    twin = factories.make_assessment(
        factories.make_company(release.programme, division=division), assessment.round
    )
    pair = submitted(assessment, random_answers(), release), submitted(twin, random_answers(), release)
    raise_flags(pair)
    return pair


def test_copied_answers_name_the_other_company(copied: tuple[Assessment, Assessment]) -> None:
    own, other = copied
    (twin,) = found(own).twins
    assert twin.company == other.company
    assert twin.pair.same == twin.pair.compared == 60
    assert twin.pair.bits >= 60


def test_county_reviewer_is_not_told_who_a_company_elsewhere_is(
    client: Client, copied: tuple[Assessment, Assessment], county_reviewer: User, officer: User
) -> None:
    own, other = copied
    url = reverse("cohort:company", args=[own.company_id])
    seen = sign_in(client, county_reviewer).get(url).content.decode()
    assert "a company outside your area" in seen
    assert other.company.name not in seen
    assert str(other.company_id) not in seen
    seen = sign_in(client, officer).get(url).content.decode()
    assert other.company.name in seen


def test_fast_rise_between_rounds_is_a_jump(
    assessment: Assessment, company: Company, owner: User, release: Release
) -> None:
    submitted(assessment, factories.full_answers(0), release, owner)
    opens_at = timezone.now() - timedelta(days=1)
    later = factories.make_assessment(
        company, factories.make_round(release.programme, "T1", opens_at=opens_at)
    )
    flags = found(submitted(later, factories.full_answers(4), release, owner))
    assert flags.since == "T0"
    level = next(jump for jump in flags.jumps if jump.kind is JumpKind.OFFICIAL_LEVEL)
    assert (level.before, level.after, level.days) == (0, 4, 0)
    assert {jump.item for jump in flags.jumps if jump.item} == set(load_instrument().item_order)


def test_slow_rise_is_none(assessment: Assessment, company: Company, owner: User, release: Release) -> None:
    submitted(assessment, factories.full_answers(0), release, owner)
    Submission.objects.update(submitted_at=timezone.now() - timedelta(days=200))
    later = factories.make_assessment(company, factories.make_round(release.programme, "T1"))
    later.round.opens_at = timezone.now()
    later.round.save()
    assert found(submitted(later, factories.full_answers(4), release, owner)).jumps == ()


def test_past_round_that_was_loaded_today_is_no_reason_for_a_jump(
    assessment: Assessment, company: Company, owner: User, release: Release
) -> None:
    submitted(assessment, factories.full_answers(0), release, owner)
    long_ago = timezone.now() - timedelta(days=200)
    assessment.round.opens_at, assessment.round.deadline = long_ago - timedelta(days=30), long_ago
    assessment.round.save()
    opens_at = timezone.now() - timedelta(days=1)
    later = factories.make_assessment(
        company, factories.make_round(release.programme, "T1", opens_at=opens_at)
    )
    assert found(submitted(later, factories.full_answers(4), release, owner)).jumps == ()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.COUNTY_REVIEWER, Role.ASSESSOR, Role.AUDITOR])
def test_reviewers_read_hints_on_the_file(
    client: Client, assessment: Assessment, release: Release, role: Role
) -> None:
    raise_flags([submitted(assessment, random_answers(), release)])
    area = assessment.company.division if role is Role.COUNTY_REVIEWER else None
    user = factories.make_staff(release.programme, role, area=area)
    text = sign_in(client, user).get(reverse("cohort:company", args=[assessment.company_id])).content.decode()
    assert "Points for checking" in text
    assert "Answers without a pattern" in text
    assert f"reference rows of model version {release.name}" in text


def test_whoever_acts_for_the_company_never_reads_hints(
    client: Client, assessment: Assessment, owner: User, officer: User, release: Release
) -> None:
    raise_flags([submitted(assessment, random_answers(), release, owner)])
    result = sign_in(client, owner).get(reverse("assessments:result", args=[assessment.pk])).content.decode()
    assert "Points for checking" not in result
    assert "Answers without a pattern" not in result
    Membership.objects.create(user=officer, company=assessment.company, role=Role.PROVIDER.value)
    page = reverse("cohort:company", args=[assessment.company_id])
    assert "Points for checking" not in sign_in(client, officer).get(page).content.decode()
    assert not Flag.objects.visible_to(officer).exists()


def test_whoever_stood_in_for_the_company_sees_none_of_its_flags(
    assessment: Assessment, officer: User, release: Release
) -> None:
    raise_flags([submitted(assessment, random_answers(), release)])
    assert Flag.objects.visible_to(officer).exists()
    StandIn.objects.create(user=officer, company=assessment.company)
    assert not Flag.objects.visible_to(officer).exists()


def test_hints_lapse_when_the_submission_is_withdrawn(
    assessment: Assessment, owner: User, release: Release
) -> None:
    raise_flags([submitted(assessment, random_answers(), release, owner)])
    assert Flag.objects.filter_open().exists()
    withdrawals.withdraw_submission(assessment=assessment, by=owner)
    assert not Flag.objects.filter_open().exists()


def test_settled_hint_stays_settled_while_others_submit(
    copied: tuple[Assessment, Assessment], release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    Flag.objects.update(disposition=Flag.Disposition.EXPLAINED)
    # From here on the round says itself what is usual, so scores and limits are others.
    monkeypatch.setattr("assessments.reviewing.quality.ENOUGH_TO_FIT", 12)
    assert raise_flags(copied) == 0
    assert not Flag.objects.filter_open().exists()


def test_list_of_companies_names_hints_for_reviewers_alone(
    client: Client, copied: tuple[Assessment, Assessment], owner: User, officer: User, release: Release
) -> None:
    own, other = copied
    url = reverse("cohort:companies")
    text = sign_in(client, officer).get(url).content.decode()
    for assessment in copied:
        assert f'href="{reverse("cohort:company", args=[assessment.company_id])}#hints"' in text
    assert text.count("No pattern · Near copy") == 2
    steward = factories.make_staff(release.programme, Role.STEWARD)
    assert "Near copy" not in sign_in(client, steward).get(url).content.decode()
    Membership.objects.create(user=officer, company=other.company, role=Role.PROVIDER.value)
    text = sign_in(client, officer).get(url).content.decode()
    assert text.count("Near copy") == 1
    assert f"{reverse('cohort:company', args=[own.company_id])}#hints" in text


def test_hints_of_a_round_cost_the_same_for_one_company_and_many(
    copied: tuple[Assessment, Assessment],
) -> None:
    every = Assessment.objects.filter(round=copied[0].round).select_related("company", "round")
    raise_flags(list(every))  # stores what is new, and fits what is usual in the release, once
    with CaptureQueriesContext(connection) as few:
        raise_flags(list(every.filter(pk=copied[0].pk)))
    with CaptureQueriesContext(connection) as many:
        assert raise_flags(list(every.all())) == 0
    assert len(many) == len(few) <= 14
