"""Jobs: taken once, reported, retried, given up, woken."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.test import override_settings
from django.utils import timezone

from jobs import work
from jobs.models import Job
from jobs.work import Superseded, Work, claim, enqueue, register_job, requeue_stale_jobs

pytestmark = pytest.mark.django_db

KIND = "test-kind"
done: list[str] = []


@register_job(KIND)
def do_it(held: Work) -> None:
    """Record that the job ran; fail if it is told to."""
    if held.job.parameters.get("fail"):
        raise RuntimeError("as told")
    held.heartbeat(done=1)
    held.result["seen"] = str(held.job.pk)
    done.append(str(held.job.pk))


def make(key: str = "one", **parameters: object) -> Job:
    return enqueue(KIND, key=key, parameters=parameters, by=None)


def test_enqueue_twice_makes_one_job() -> None:
    first, second = make(), make()

    assert first == second
    assert Job.objects.count() == 1


def test_job_runs_and_ends_with_its_result() -> None:
    job = make()

    do_it(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.attempts) == (Job.State.DONE, 1, 1, 1)
    assert job.result == {"seen": str(job.pk)}
    assert job.percent == 100


def test_message_delivered_twice_runs_once() -> None:
    job = make()
    done.clear()

    do_it(str(job.pk))
    do_it(str(job.pk))

    assert done == [str(job.pk)]


def test_failed_attempt_waits_for_another_and_keeps_the_reason() -> None:
    job = make(fail=True)

    do_it(str(job.pk))

    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert job.error == "RuntimeError: as told"


def test_last_failed_attempt_gives_up() -> None:
    job = make(fail=True)

    with override_settings(JOB_MAX_ATTEMPTS=2):
        do_it(str(job.pk))
        do_it(str(job.pk))

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.finished_at is not None


def test_enqueue_after_failure_takes_the_job_up_again() -> None:
    job = make()
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, attempts=5, error="gone wrong")

    make()

    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (Job.State.QUEUED, 0, "")


def test_claimed_job_cannot_be_claimed_again() -> None:
    job = make()

    assert claim(str(job.pk)) is not None
    assert claim(str(job.pk)) is None


def test_reaper_puts_a_silent_job_back_and_the_old_worker_stops() -> None:
    job = make()
    held = claim(str(job.pk))
    assert held is not None
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))

    with mock.patch.object(work, "wake") as woken:
        assert requeue_stale_jobs() == 1

    woken.assert_called_once_with(job.pk, KIND)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    with pytest.raises(Superseded):
        Work(held).heartbeat(done=1)


def test_superseded_worker_cannot_end_the_job_of_its_successor() -> None:
    job = make()
    first = claim(str(job.pk))
    assert first is not None
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    second = claim(str(job.pk))
    assert second is not None

    Work(first).finish()

    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    Work(second).finish()
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_reaper_leaves_living_jobs_alone() -> None:
    job = make()
    claim(str(job.pk))

    assert requeue_stale_jobs() == 0


def test_reaper_gives_up_a_job_that_kills_its_workers() -> None:
    job = make()
    claim(str(job.pk))
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1), attempts=5)

    with override_settings(JOB_MAX_ATTEMPTS=5):
        assert requeue_stale_jobs() == 0

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "5 attempts" in job.error


def test_broker_that_is_down_does_not_stop_the_request(django_capture_on_commit_callbacks: object) -> None:
    with (
        mock.patch("jobs.work.current_app.send_task", side_effect=ConnectionRefusedError("no broker")),
        django_capture_on_commit_callbacks(execute=True),  # type: ignore[operator]
    ):
        job = make()

    assert Job.objects.get(pk=job.pk).state == Job.State.QUEUED
