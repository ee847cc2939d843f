"""Asking for reports and fetching them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Report, Round
from assessments.tasks.reports import request_packet, request_report
from audit.record import record
from companies.permissions import permissions_in_company, permissions_in_programme, require

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


class NoResult(Exception):
    """The lack of a result to report on in each of the assessments."""


@transaction.atomic
def order_report(*, assessment: Assessment, kind: Report.Kind, language: str, by: User) -> Report:
    """Have a report on one company made by a worker; an own order that still waits is returned as it is."""
    require(permissions_in_company(by, assessment.company), Permission.SEE_ANSWERS)
    if assessment.run is None:
        raise NoResult
    language = language if language in LANGUAGES else LANGUAGES[0]
    waiting = Report.objects.filter(
        assessment=assessment, kind=kind, language=language, created_by=by, path=""
    ).first()
    if waiting is not None and not waiting.compute_progress().has_failed:
        return waiting
    report = Report.objects.create(
        kind=kind, round=assessment.round, assessment=assessment, language=language, created_by=by
    )
    request_report(report, by=by)
    record(
        AssessmentAuditCode.REPORT_ORDERED,
        report,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        kind=kind.value,
        language=language,
    )
    return report


@transaction.atomic
def order_packet(*, round: Round, assessments: Sequence[UUID], language: str, by: User) -> Report:  # noqa: A002
    """Have the reports of many companies made; those without a result, or out of the person's scope, are left out."""
    require(permissions_in_programme(by, round.programme), Permission.EXPORT)
    readable = Assessment.objects.allowing(by, Permission.SEE_ANSWERS).filter(
        pk__in=assessments, round=round, self_run__isnull=False
    )
    ids = list(readable.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise NoResult
    language = language if language in LANGUAGES else LANGUAGES[0]
    report = Report.objects.create(
        kind=Report.Kind.PACKET, round=round, language=language, companies=len(ids), created_by=by
    )
    request_packet(report, ids, by=by)
    record(
        AssessmentAuditCode.REPORT_ORDERED,
        report,
        by=by,
        programme_id=round.programme_id,
        kind=report.kind,
        language=language,
        companies=len(ids),
    )
    return report


def record_report_download(*, report: Report, by: User) -> None:
    """Record that a file with results left the site."""
    record(
        AssessmentAuditCode.REPORT_FETCHED,
        report,
        by=by,
        company_id=report.assessment.company_id if report.assessment else None,
        programme_id=report.round.programme_id,
        sha256=report.sha256,
    )
