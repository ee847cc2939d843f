"""The record of who did what, for auditors and administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import Verb
from audit.models import AuditEvent
from audit.record import record
from companies.audit_labels import action_words, thing_words
from companies.audit_trail import Filters, as_csv, as_workbook, audited_programmes, events_for, lines, page_of
from companies.models import ProgrammeRole
from companies.models.scope import current
from companies.permissions import Forbidden

PAGE_SIZE = 50
# More than this is taken in parts, by time.
LARGEST_EXPORT = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@never_cache
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """One page of the record, the newest first."""
    user = reader(request)
    filters = Filters.of(request.GET.dict())
    found, following = page_of(events_for(user, filters), request.GET.get("before", ""), PAGE_SIZE)
    kinds = AuditEvent.objects.order_by()
    context = {
        "nav": "audit",
        "lines": lines(found),
        "filters": filters,
        "actions": _choices(kinds.values_list("action", flat=True), action_words),
        "subjects": _choices(kinds.values_list("subject_type", flat=True), thing_words),
        "older": f"?{urlencode({**filters.parameters(), 'before': following})}" if following else "",
        "is_first": "before" not in request.GET,
        "first": f"?{urlencode(filters.parameters())}",
        "hidden": filters.parameters().items(),
    }
    return render(request, "companies/audit.html", context)


def _choices(values: QuerySet[AuditEvent, str], words: Callable[[str], str]) -> list[tuple[str, str]]:
    """Each value that occurs with its words, in the order of the words."""
    return sorted(((value, words(value)) for value in values.distinct()), key=lambda choice: choice[1])


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """What the filters leave, as CSV or XLSX; that it was taken is itself on record."""
    user = reader(request)
    filters = Filters.of(request.POST.dict())
    events = events_for(user, filters)[: LARGEST_EXPORT + 1]
    found = lines(events)
    if len(found) > LARGEST_EXPORT:
        messages.error(
            request, _("These are more than 50,000 events. Choose a shorter time and take it in parts.")
        )
        return redirect(f"{reverse('audit_log:list')}?{urlencode(filters.parameters())}")
    is_csv = request.POST.get("as") == "csv"
    record(
        "audit.exported",
        user,
        by=user,
        rows=len(found),
        form="csv" if is_csv else "xlsx",
        filters=filters.parameters(),
    )
    name = f"audit-{timezone.localtime():%Y%m%d-%H%M}.{'csv' if is_csv else 'xlsx'}"
    content, kind = (as_csv(found), "text/csv; charset=utf-8") if is_csv else (as_workbook(found), XLSX)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def reader(request: HttpRequest) -> User:
    """The asker, who may read the record; `Forbidden` for other staff, 404 for everybody else."""
    user = cast(User, request.user)
    if audited_programmes(user).exists():
        return user
    if ProgrammeRole.objects.filter(current(), user=user).exists():
        raise Forbidden(Verb.SEE_AUDIT)
    raise Http404
