"""The audit log, for auditors and administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

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
from accounts.roles import Permission
from audit.audit_codes import AuditLogCode
from audit.codes import get_action_label, get_subject_label
from audit.models import AuditEvent
from audit.record import record
from companies.audit_trail import (
    AuditFilters,
    build_lines,
    list_audited_programmes,
    paginate_events,
    render_csv,
    render_workbook,
)
from companies.models import ProgrammeRole
from companies.models.scope import build_current_condition
from companies.permissions import Forbidden
from documents.workbook_writer import MIME_TYPE

PAGE_SIZE = 50
# More than this is taken in parts, by time.
LARGEST_EXPORT = 50_000


@login_required
@never_cache
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    """Show one page of the record, the newest first."""
    user = require_reader(request)
    filters = AuditFilters(request.GET, user=user)
    found, following = paginate_events(filters.qs, request.GET.get("before", ""), PAGE_SIZE)
    kinds = AuditEvent.objects.order_by()
    context = {
        "nav": "audit",
        "lines": build_lines(found),
        "filters": filters.values,
        "actions": _list_choices(kinds.values_list("action", flat=True), get_action_label),
        "subjects": _list_choices(kinds.values_list("subject_type", flat=True), get_subject_label),
        "older": filters.build_query(before=following) if following else "",
        "is_first": "before" not in request.GET,
        "first": filters.build_query() or "?",
        "hidden": filters.parameters.items(),
    }
    return render(request, "companies/audit.html", context)


def _list_choices(values: QuerySet[AuditEvent, str], words: Callable[[str], str]) -> list[tuple[str, str]]:
    """List each value that occurs with its words, in the order of the words."""
    return sorted(((value, words(value)) for value in values.distinct()), key=lambda choice: choice[1])


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Export what the filters leave, as CSV or XLSX; that it was taken is itself on record."""
    user = require_reader(request)
    filters = AuditFilters(request.POST, user=user)
    events = filters.qs[: LARGEST_EXPORT + 1]
    found = build_lines(events)
    if len(found) > LARGEST_EXPORT:
        messages.error(
            request, _("These are more than 50,000 events. Choose a shorter time and take it in parts.")
        )
        return redirect(reverse("audit_log:list") + filters.build_query())
    is_csv = request.POST.get("as") == "csv"
    record(
        AuditLogCode.AUDIT_EXPORTED,
        user,
        by=user,
        rows=len(found),
        form="csv" if is_csv else "xlsx",
        filters=filters.parameters,
    )
    name = f"audit-{timezone.localtime():%Y%m%d-%H%M}.{'csv' if is_csv else 'xlsx'}"
    content, kind = (
        (render_csv(found), "text/csv; charset=utf-8") if is_csv else (render_workbook(found), MIME_TYPE)
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def require_reader(request: HttpRequest) -> User:
    """Return the asker, who may read the record; `Forbidden` for other staff, 404 for others."""
    user = cast(User, request.user)
    if list_audited_programmes(user).exists():
        return user
    if ProgrammeRole.objects.filter(build_current_condition(), user=user).exists():
        raise Forbidden(Permission.SEE_AUDIT)
    raise Http404
