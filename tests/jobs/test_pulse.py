"""Progress that is told from within a transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from jobs.models import Job
from jobs.progress import ProgressReporter
from jobs.work import Superseded, Work, cancel, claim, enqueue

SEEN_AT_ONCE = connection.vendor != "sqlite"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setattr("jobs.progress.EVERY_SECONDS", 0.0)
    monkeypatch.setattr("jobs.work.wake", lambda _job, _kind: None)
    job = claim(str(enqueue("check-cohort-file", key="pulse", parameters={}, by=None).pk))
    assert job is not None
    return Work(job)


def seen_by_others() -> tuple[int, int]:
    """What another connection finds."""

    def look() -> tuple[int, int]:
        try:
            return Job.objects.values_list("done", "total").get(key="pulse")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as others:
        return others.submit(look).result()


@pytest.mark.django_db(transaction=True)
def test_others_see_how_far_a_transaction_is(work: Work) -> None:
    with ProgressReporter(work) as pulse:
        pulse(1, 4)
        assert seen_by_others() == (1, 4)
        with transaction.atomic():
            pulse(3, 4)
            assert seen_by_others() == ((3, 4) if SEEN_AT_ONCE else (1, 4))
        pulse(4, 4)
    assert seen_by_others() == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_work_that_was_cancelled_stops_and_stores_nothing(work: Work) -> None:
    other = Work(work.job)
    cancel(work.job)
    with ProgressReporter(work) as pulse, pytest.raises(Superseded):
        pulse(1, 4)
    if SEEN_AT_ONCE:
        with ProgressReporter(other) as pulse, pytest.raises(Superseded):
            _change_and_tell(pulse)
        assert not Job.objects.filter(kind="made").exists()


def _change_and_tell(pulse: ProgressReporter) -> None:
    with transaction.atomic():
        Job.objects.create(kind="made", key="made")
        pulse(1, 4)


@pytest.mark.django_db
def test_a_job_that_others_do_not_see_yet_goes_on(work: Work) -> None:
    with ProgressReporter(work) as pulse:
        pulse(1, 4)


@pytest.mark.django_db(transaction=True)
def test_it_writes_at_most_twice_a_second(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.progress.EVERY_SECONDS", 60.0)
    with ProgressReporter(work) as pulse:
        pulse(1, 4)
        pulse(2, 4)
    assert seen_by_others() == (1, 4)
