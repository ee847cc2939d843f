"""Background work of the bureau's side: files and ledgers, samples, drafts of briefings, acts on many companies."""

from __future__ import annotations

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from cohort import stored_files
from cohort.briefings.drafting import draft_month
from cohort.briefings.sampling import take_sample
from cohort.bulk.perform import perform_bulk_run
from cohort.companies_export import write_companies_export
from cohort.loading.upload import check_file, load_file
from cohort.models import BulkRun, CohortFile, LedgerExport, Sample
from companies.models import Programme
from jobs.models import Job
from jobs.progress import ProgressReporter
from jobs.work import Work, enqueue, register_job

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


@register_job(CHECK_COHORT_FILE)
def check_cohort_file(work: Work) -> None:
    """Check a file."""
    with ProgressReporter(work) as pulse:
        check_file(CohortFile.objects.get(pk=work.job.parameters["file"]), pulse)


def request_load(file: CohortFile, *, by: User) -> Job:
    """Have a checked file loaded."""
    return enqueue(
        LOAD_COHORT_FILE, key=f"load-cohort-file:{file.pk}", parameters={"file": str(file.pk)}, by=by, total=3
    )


@register_job(LOAD_COHORT_FILE)
def load_cohort_file(work: Work) -> None:
    """Load a file."""
    with ProgressReporter(work) as pulse:
        load_file(CohortFile.objects.get(pk=work.job.parameters["file"]), pulse)


def request_companies_export(export: LedgerExport, *, by: User) -> Job:
    """Have a companies export written."""
    return enqueue(
        WRITE_LEDGER, key=f"write-ledger:{export.pk}", parameters={"export": str(export.pk)}, by=by
    )


@register_job(WRITE_LEDGER)
def write_ledger_file(work: Work) -> None:
    """Write a companies export; repeated after a breakdown it is written anew."""
    write_companies_export(LedgerExport.objects.get(pk=work.job.parameters["export"]), work.heartbeat)


@shared_task(ignore_result=True)
def clean_office_files() -> None:
    """Delete files that were loaded, refused or taken away a week ago: they hold the data of companies."""
    stored_files.delete_old_files()


@shared_task(ignore_result=True)
def sample_nightly() -> None:
    """Store where every company stands, for trends; delete old samples on which no briefing rests."""
    for programme in list_running_programmes():
        take_sample(programme)
    Sample.objects.filter_outdated().delete()


@shared_task(ignore_result=True)
def draft_monthly() -> None:
    """Draft the briefings of the month; a person approves them."""
    for programme in list_running_programmes():
        draft_month(programme=programme, by=None)


def list_running_programmes() -> QuerySet[Programme]:
    """Return the programmes with a round that has opened and is not closed."""
    now = timezone.now()
    return Programme.objects.filter(rounds__opens_at__lte=now, rounds__frozen_at__isnull=True).distinct()


def request_bulk_run(run: BulkRun, total: int) -> Job:
    """Have a bulk run done, after commit."""
    return enqueue(
        BULK,
        key=f"bulk:{run.pk}",
        parameters={"run": str(run.pk)},
        by=run.created_by,
        total=max(1, total),
    )


@register_job(BULK)
def do_bulk(work: Work) -> None:
    """Do what a bulk run has left to do."""
    run = BulkRun.objects.select_related("round__programme", "created_by", "assignee").get(
        pk=work.job.parameters["run"]
    )
    work.result = dict(perform_bulk_run(run, progress=work.heartbeat))
