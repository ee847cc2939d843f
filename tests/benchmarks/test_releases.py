"""Checks, proposals, promotion and rollback of releases."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Notice, NoticeKind, User
from assessments.actions import releases as using
from assessments.models import Assessment, ScoreRun
from audit.models import AuditEvent
from benchmarks.actions import facilities, releases
from benchmarks.checks import list_checks
from benchmarks.models import Activation, Proposal, Provenance, Release
from benchmarks.tasks import train_release
from benchmarks.training import TrainingRows, read_training_rows, refit_scorecard
from companies.models import Programme
from companies.permissions import Forbidden
from instrument import load_instrument
from jobs.models import Job


def test_all_checks_of_a_trained_release_are_green(release: Release) -> None:
    assert [check.code for check in list_checks(release) if not check.is_green] == []


def test_altered_scorecard_turns_checks_red(programme: Programme, trained: dict[str, object]) -> None:
    text = str(trained["scorecard"]).replace('"points":[', '"points":[-', 1)
    altered = Release.objects.create(programme=programme, **{**trained, "name": "altered", "scorecard": text})
    red = {check.code for check in list_checks(altered) if not check.is_green}
    assert {"points_below_zero", "hashes", "reference_replayed"} <= red


def test_row_without_provenance_turns_a_check_red(programme: Programme, trained: dict[str, object]) -> None:
    rows = str(trained["training_rows"]).replace('"provenance":"synthetic"', '"provenance":""', 1)
    altered = Release.objects.create(
        programme=programme, **{**trained, "name": "altered", "training_rows": rows}
    )
    assert not next(check for check in list_checks(altered) if check.code == "provenance").is_green


def test_metric_that_was_not_measured_is_not_green(programme: Programme, trained: dict[str, object]) -> None:
    bare = Release.objects.create(programme=programme, **{**trained, "name": "bare", "metrics": {}})
    assert {check.code for check in list_checks(bare) if check.measured is None} >= {"kappa", "coverage"}
    assert not all(check.is_green for check in list_checks(bare))


def test_card_of_a_generated_release_holds_figures_on_fresh_rows(release: Release) -> None:
    generated = release.metrics["generated"]
    assert (generated["seed"], generated["rows"]) == (20241018, 11680)
    assert set(generated["out_of_order"].values()) == {0}
    figures = generated["figures"]
    assert figures["rps"] <= 0.080
    assert figures["log_loss"] <= 0.570
    assert figures["kappa"] >= 0.535
    assert figures["rank_correlation"] >= 0.80
    assert figures["rps_against_rule"] <= -0.30
    assert min(figures[f"interval_{tier}"] for tier in (1, 2, 3)) >= 0.85


def test_card_holds_no_generated_figures_once_a_facility_is_real(programme: Programme) -> None:
    facilities.generate(programme=programme, seed=20241018, by=None)
    one = programme.facilities.order_by("code").first()
    assert one is not None
    programme.facilities.filter(pk=one.pk).update(origin="survey 2026", provenance=Provenance.SURVEY)
    trained = releases.fit_release(programme=programme, seed=1, by=None)
    assert trained.metrics["generated"] == {}


def test_frozen_rows_give_the_same_scorecard_again(release: Release) -> None:
    error = release.metrics["measurement_error"]
    rows = TrainingRows.parse(read_training_rows(release))
    again = refit_scorecard(load_instrument(), rows, release.parameters["alpha_chosen"], error)
    assert again.sha256() == release.sha256


def test_second_person_confirms_and_the_cohort_is_scored(
    scored: Assessment, candidate: Release, steward: User, second_steward: User
) -> None:
    proposal = releases.propose(release=candidate, by=steward, reason="Better calibrated")
    # Who could confirm is told, and who proposed is not.
    assert Notice.objects.get(kind=NoticeKind.RELEASE_PROPOSED).user == second_steward
    with pytest.raises(releases.NeedsSecondPerson):
        using.activate_proposal(proposal=proposal, by=steward)
    activation = using.activate_proposal(proposal=proposal, by=second_steward)
    assert Release.objects.find_active(candidate.programme) == candidate
    assert (activation.proposed_by, activation.confirmed_by) == (steward, second_steward)
    assert Job.objects.filter(key=f"score-programme:{activation.pk}").exists()
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"release.proposed", "release.promoted"} <= actions
    with pytest.raises(releases.NotOpen):
        using.activate_proposal(proposal=proposal, by=second_steward)


def test_release_with_a_red_check_is_neither_proposed_nor_promoted(
    broken: Release, steward: User, second_steward: User
) -> None:
    with pytest.raises(releases.ChecksFail) as caught:
        releases.propose(release=broken, by=steward)
    assert [check.code for check in caught.value.failing] == ["stationarity"]
    with pytest.raises(releases.ChecksFail):
        releases.promote(release=broken, proposed_by=steward, confirmed_by=second_steward)
    assert not Proposal.objects.exists()


def test_one_proposal_at_a_time(candidate: Release, steward: User, second_steward: User) -> None:
    proposal = releases.propose(release=candidate, by=steward)
    with pytest.raises(releases.NotOpen):
        releases.propose(release=candidate, by=second_steward)
    releases.withdraw(proposal=proposal, by=second_steward)
    releases.propose(release=candidate, by=second_steward)


def test_first_release_needs_one_person_and_is_recorded(programme: Programme, broken: Release) -> None:
    Activation.objects.all().delete()
    releases.promote(release=broken, proposed_by=None, confirmed_by=None)
    event = AuditEvent.objects.filter(action="release.promoted").latest("at")
    assert event.details["bootstrap"] is True
    assert event.details["not_green"] == ["stationarity"]


def test_rollback_returns_step_by_step_and_keeps_runs(
    scored: Assessment, candidate: Release, release: Release, steward: User, second_steward: User
) -> None:
    using.activate_proposal(proposal=releases.propose(release=candidate, by=steward), by=second_steward)
    before = ScoreRun.objects.count()
    activation = using.roll_back_release(programme=release.programme, by=steward)
    assert activation.release == release
    assert activation.is_rollback
    assert ScoreRun.objects.count() == before
    assert AuditEvent.objects.filter(action="release.rolled_back").exists()
    with pytest.raises(releases.NothingBefore):
        using.roll_back_release(programme=release.programme, by=steward)


@pytest.mark.parametrize("person", ["officer", "auditor"])
def test_only_a_steward_changes_releases(
    person: str, request: pytest.FixtureRequest, candidate: Release, steward: User
) -> None:
    user = request.getfixturevalue(person)
    proposal = releases.propose(release=candidate, by=steward)
    for attempt in (
        lambda: releases.propose(release=candidate, by=user),
        lambda: using.activate_proposal(proposal=proposal, by=user),
        lambda: releases.withdraw(proposal=proposal, by=user),
        lambda: using.roll_back_release(programme=candidate.programme, by=user),
        lambda: releases.request_training(programme=candidate.programme, seed=1, alpha=3.0, by=user),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_training_job_makes_one_release_however_often_it_runs(programme: Programme, steward: User) -> None:
    facilities.generate(programme=programme, seed=7, by=None)
    job = releases.request_training(programme=programme, seed=3, alpha=3.0, by=steward)
    assert releases.request_training(programme=programme, seed=3, alpha=3.0, by=steward) == job
    train_release(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    train_release(str(job.pk))
    release = Release.objects.get()
    assert job.result["name"] == release.name
    assert release.trained_by == steward
    assert release.rows_per_tier == {"0": 435, "1": 62, "2": 75, "3": 12}
    assert release.parameters["refit_sha256"] == release.sha256


def test_command_without_facilities_says_so(programme: Programme) -> None:
    with pytest.raises(CommandError, match="every tier"):
        call_command("train_model", programme=programme.code)


def test_command_asks_who_proposes_a_later_release(release: Release) -> None:
    with pytest.raises(CommandError, match="--by"):
        call_command("train_model", promote=True)


def test_command_trains_and_puts_the_first_release_into_use(
    programme: Programme, steward: User, capsys: pytest.CaptureFixture[str]
) -> None:
    facilities.generate(programme=programme, seed=20241018, by=None)
    call_command("train_model", promote=True)
    active = Release.objects.find_active(programme)
    assert active is not None
    printed = capsys.readouterr().out
    assert active.name in printed
    assert active.sha256 in printed
    assert "FAIL" not in printed
    call_command("train_model", promote=True, by=steward.email, seed=4)
    assert Release.objects.find_active(programme) == active
    proposal = Proposal.objects.find_open(programme)
    assert proposal is not None
    assert proposal.proposed_by == steward
