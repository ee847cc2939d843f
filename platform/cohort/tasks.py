"""Background work of the bureau's side: files and ledgers, samples, drafts of briefings, acts on many companies."""

from __future__ import annotations

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from cohort import stored_files
from cohort.briefings.drafting import draft
from cohort.briefings.sampling import take_sample
from cohort.bulk.perform import perform
from cohort.companies_export import write_ledger
from cohort.loading.upload import check, load_file
from cohort.models import BulkRun, CohortFile, LedgerExport, Sample
from companies.models import Programme
from jobs.models import Job
from jobs.progress import Pulse
from jobs.work import Work, enqueue, runs

CHECK_COHORT_FILE = "check-cohort-file"
LOAD_COHORT_FILE = "load-cohort-file"
WRITE_LEDGER = "write-ledger"
BULK = "bulk"


def request_check(file: CohortFile, *, by: User) -> Job:
    """Have a file checked without storing anything of it."""
    return enqueue(
        CHECK_COHORT_FILE,
        key=f"check-cohort-file:{file.pk}",
        parameters={"file": str(file.pk)},
        by=by,
        total=3,
    )


@runs(CHECK_COHORT_FILE)
def check_cohort_file(work: Work) -> None:
    """Check a file."""
    with Pulse(work) as pulse:
        check(CohortFile.objects.get(pk=work.job.parameters["file"]), pulse)


def request_load(file: CohortFile, *, by: User) -> Job:
    """Have a checked file loaded."""
    return enqueue(
        LOAD_COHORT_FILE, key=f"load-cohort-file:{file.pk}", parameters={"file": str(file.pk)}, by=by, total=3
    )


@runs(LOAD_COHORT_FILE)
def load_cohort_file(work: Work) -> None:
    """Load a file."""
    with Pulse(work) as pulse:
        load_file(CohortFile.objects.get(pk=work.job.parameters["file"]), pulse)


def request_ledger(export: LedgerExport, *, by: User) -> Job:
    """Have a ledger written."""
    return enqueue(
        WRITE_LEDGER, key=f"write-ledger:{export.pk}", parameters={"export": str(export.pk)}, by=by
    )


@runs(WRITE_LEDGER)
def write_ledger_file(work: Work) -> None:
    """Write a ledger; repeated after a breakdown it is written anew."""
    write_ledger(LedgerExport.objects.get(pk=work.job.parameters["export"]), work.beat)


@shared_task(ignore_result=True)
def clean_office_files() -> None:
    """Delete files that were loaded, refused or taken away a week ago: they hold the data of companies."""
    stored_files.clean()


@shared_task(ignore_result=True)
def sample_nightly() -> None:
    """Store where every company stands, for trends; old samples on which no briefing rests go."""
    for programme in running():
        take_sample(programme)
    Sample.objects.outdated().delete()


@shared_task(ignore_result=True)
def draft_monthly() -> None:
    """Draft the briefings of the month; a person approves them."""
    for programme in running():
        draft(programme=programme, by=None)


def running() -> QuerySet[Programme]:
    """Programmes with a round that has opened and is not closed."""
    now = timezone.now()
    return Programme.objects.filter(rounds__opens_at__lte=now, rounds__frozen_at__isnull=True).distinct()


def request_bulk(run: BulkRun, total: int) -> Job:
    """Have a bulk run done, after commit."""
    return enqueue(
        BULK,
        key=f"bulk:{run.pk}",
        parameters={"run": str(run.pk)},
        by=run.created_by,
        total=max(1, total),
    )


@runs(BULK)
def do_bulk(work: Work) -> None:
    """Do what a bulk run has left to do."""
    run = BulkRun.objects.select_related("round__programme", "created_by", "assignee").get(
        pk=work.job.parameters["run"]
    )
    work.result = dict(perform(run, progress=work.beat))
