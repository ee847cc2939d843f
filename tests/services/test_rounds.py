"""Opening a round for a whole cohort through a real worker that dies in the middle of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from subprocess import Popen

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from assessments.actions import rounds
from assessments.models import Assessment
from assessments.tasks.rounds import OPEN_ROUND
from companies.models import Company, Listing
from jobs.models import Job
from tests import factories
from tests.services.conftest import wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
COMPANIES = 435


def test_round_for_a_cohort_is_opened_once_though_the_worker_is_killed(
    run_worker: Callable[..., AbstractContextManager[Popen[bytes]]],
) -> None:
    programme = factories.make_programme()
    division, sector = factories.make_division(programme.city), factories.make_sector()
    companies = Company.objects.bulk_create(
        factories.new_company(number, division=division, sector=sector) for number in range(COMPANIES)
    )
    Listing.objects.bulk_create(Listing(programme=programme, company=company) for company in companies)
    officer = factories.make_staff(programme, Role.OFFICER)
    now = timezone.now()
    opened = rounds.open_round(
        programme=programme, code="T0", opens_at=now, deadline=now + timedelta(days=30), by=officer
    )
    made = Assessment.objects.filter(round=opened)
    assert not made.exists()
    fast = {"JOB_STALE_SECONDS": "2", "JOB_REAP_SECONDS": "1"}
    # An assessment needs its company's row: a lock on the 300th keeps the worker there until it is killed.
    held = Company.objects.order_by("pk")[300]
    with run_worker(**fast) as first:
        with transaction.atomic():
            Company.objects.select_for_update().get(pk=held.pk)
            wait_until(lambda: made.count() >= 200, "the first companies to get their questionnaires")
            os.killpg(first.pid, signal.SIGKILL)
            first.wait(timeout=10)
            assert made.count() < COMPANIES
        job = Job.objects.get(kind=OPEN_ROUND)
        assert (job.state, job.attempts) == (Job.State.RUNNING, 1)
    with run_worker(beat=True, **fast):
        wait_until(
            lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, "the reaper and the new worker"
        )
    job.refresh_from_db()
    assert (job.attempts, job.done, job.total) == (2, COMPANIES, COMPANIES)
    assert made.count() == COMPANIES
    assert made.values("company").distinct().count() == COMPANIES
