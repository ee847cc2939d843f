"""Reading the audit log: the events that concern a reader's programmes, narrowed and written out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_filters import CharFilter, DateFilter

from accounts.models import User
from accounts.roles import Permission
from audit.codes import get_action_label, get_subject_label
from audit.detail_labels import list_detail_labels
from audit.models import AuditEvent
from companies.models import Company, Listing, Programme
from companies.page_filters import PageFilters
from documents.workbook_writer import SheetColumn, WorkbookSheet, build_workbook, guard_formula

Events = QuerySet[AuditEvent]
# The columns of the files, with their widths in a workbook.
COLUMNS = {
    "at": 20,
    "person": 16,
    "address": 28,
    "words": 32,
    "action": 24,
    "subject": 24,
    "subject_id": 38,
    "company": 32,
    "credit_code": 20,
    "details": 60,
}


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An event with the names of what it concerns."""

    event: AuditEvent
    company: Company | None

    @property
    def words(self) -> str:
        """What was done."""
        return get_action_label(self.event.action)

    @property
    def thing(self) -> str:
        """What it was done to."""
        return get_subject_label(self.event.subject_type)

    @property
    def details(self) -> list[tuple[str, str]]:
        """The details as pairs of name and value."""
        return list_detail_labels(self.event.details)


def list_audited_programmes(user: User) -> QuerySet[Programme]:
    """List the programmes whose record the user may read."""
    return Programme.objects.allowing(user, Permission.SEE_AUDIT)


def list_audit_events(user: User) -> QuerySet[AuditEvent]:
    """List events of the user's programmes, of companies there and of no programme, newest first."""
    programmes = list_audited_programmes(user)
    return (
        AuditEvent.objects.filter(
            Q(programme_id__in=programmes.values("pk"))
            | Q(programme_id__isnull=True, company_id__in=_select_audited_companies(user))
            | Q(programme_id__isnull=True, company_id__isnull=True)
        )
        .select_related("by")
        .order_by("-at", "-id")
    )


class AuditFilters(PageFilters):
    """The filters of the audit log."""

    person = CharFilter(method="filter_person")
    action = CharFilter()
    subject = CharFilter(field_name="subject_type")
    company = CharFilter(method="filter_company")
    since = DateFilter(method="filter_first_day")
    until = DateFilter(method="filter_last_day")

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data, queryset=list_audit_events(user))
        self.user = user

    def filter_person(self, events: Events, name: str, value: str) -> Events:
        """Keep what a person of this address or with this in the name did."""
        return events.filter(Q(by__email__iexact=value) | Q(by__name__icontains=value))

    def filter_company(self, events: Events, name: str, value: str) -> Events:
        """Keep what concerns companies of this code or with this in the name."""
        found = Company.objects.filter(
            Q(name__icontains=value) | Q(credit_code=value.upper()),
            pk__in=_select_audited_companies(self.user),
        )
        return events.filter(company_id__in=found.values("pk"))

    def filter_first_day(self, events: Events, name: str, value: date) -> Events:
        """Keep what was done on this day or later."""
        return events.filter(at__gte=_build_midnight(value))

    def filter_last_day(self, events: Events, name: str, value: date) -> Events:
        """Keep what was done on this day or earlier."""
        return events.filter(at__lt=_build_midnight(value + timedelta(days=1)))


def _select_audited_companies(user: User) -> QuerySet[Listing, Any]:
    return Listing.objects.filter(programme__in=list_audited_programmes(user)).values("company")


def paginate_events(events: QuerySet[AuditEvent], cursor: str, size: int) -> tuple[list[AuditEvent], str]:
    """Return the events after the cursor, and the cursor of the next page, empty at the end.

    A page stays the same while events are added, and costs the same however far back it is.
    """
    moment, _bar, key = cursor.partition("_")
    try:
        at, last = parse_datetime(moment), UUID(key)
    except ValueError:
        at = None
    if at is not None:
        events = events.filter(Q(at__lt=at) | Q(at=at, id__lt=last))
    found = list(events[: size + 1])
    more = len(found) > size
    found = found[:size]
    return found, f"{found[-1].at.isoformat()}_{found[-1].pk}" if more else ""


def build_lines(events: Iterable[AuditEvent]) -> list[AuditLine]:
    """Join the events with their companies; one query."""
    events = list(events)
    companies = Company.objects.in_bulk({event.company_id for event in events if event.company_id})
    return [
        AuditLine(event, companies.get(event.company_id) if event.company_id else None) for event in events
    ]


def render_csv(found: Iterable[AuditLine]) -> bytes:
    """Render the lines as a table that a spreadsheet opens with Chinese text intact."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for cells in _iter_cells(found):
        writer.writerow(map(guard_formula, cells))
    return stream.getvalue().encode("utf-8-sig")


def render_workbook(found: Iterable[AuditLine]) -> bytes:
    """Render the lines as a workbook; every cell is text."""
    columns = [SheetColumn(name, width=width) for name, width in COLUMNS.items()]
    return build_workbook(WorkbookSheet(columns, _iter_cells(found), name="audit"))


def _iter_cells(found: Iterable[AuditLine]) -> Iterator[list[str]]:
    for line in found:
        event, by = line.event, line.event.by
        yield [
            timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
            by.name if by else "",
            by.email if by else "",
            line.words,
            event.action,
            event.subject_type,
            event.subject_id,
            line.company.name if line.company else "",
            line.company.credit_code if line.company else "",
            "; ".join(f"{name}: {value}" for name, value in line.details),
        ]


def _build_midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
