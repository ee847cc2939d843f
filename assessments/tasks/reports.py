"""Reports in the background: one, or a packet in parts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from celery import shared_task

from accounts.models import User
from assessments.models import Report
from assessments.reports import files
from jobs.models import Job
from jobs.work import Work, enqueue, register_job

MAKE_REPORT = "make-report"
MAKE_REPORTS = "make-reports"
# Reports of one part of a packet: parts keep several workers busy, and lose little when one dies.
PART = 30


def request_report(report: Report, *, by: User | None) -> Job:
    """Have a report on one company made, after commit."""
    return enqueue(
        MAKE_REPORT, key=f"{report.job_key}1", parameters={"report": str(report.pk)}, by=by, total=1
    )


@register_job(MAKE_REPORT)
def make_report(work: Work) -> None:
    """Make one report."""
    files.make_report_file(
        Report.objects.select_related(
            "assessment__round__programme", "assessment__company__sector", "round__programme"
        ).get(pk=work.job.parameters["report"])
    )


def request_packet(report: Report, ids: Sequence[UUID], *, by: User | None) -> list[Job]:
    """Have the reports of a packet made in parts, after commit."""
    return [
        enqueue(
            MAKE_REPORTS,
            key=f"{report.job_key}{number}",
            parameters={
                "report": str(report.pk),
                "assessments": [str(pk) for pk in ids[start : start + PART]],
            },
            by=by,
            total=len(ids[start : start + PART]),
        )
        for number, start in enumerate(range(0, len(ids), PART), start=1)
    ]


@register_job(MAKE_REPORTS)
def make_reports(work: Work) -> None:
    """Make one part of a packet."""
    report = Report.objects.select_related("round__programme").get(pk=work.job.parameters["report"])
    for done in files.make_packet_part(report, work.job.parameters["assessments"]):
        work.heartbeat(done=done)


@shared_task(ignore_result=True)
def forget_old_reports() -> None:
    """Remove reports that were made long ago; they can be made again."""
    for report in Report.objects.filter_outdated():
        files.remove_report_files(report)
        report.delete()
