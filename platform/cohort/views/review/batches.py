"""Monthly batches: who is put forward, the table, and sending it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import batches as actions
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Batch
from assessments.reviewing.acceptance.table import get_batch_columns, list_batch_rows, render_batch_workbook
from assessments.views.access import get_signed_in_user
from audit.record import record
from cohort.filters import CohortFilters
from cohort.views.desk import get_cohort_context
from companies.models import Programme
from companies.names import get_company_name
from companies.permissions import Forbidden, can_reach_all_listed, permissions_in_programme, require
from documents.workbook_writer import MIME_TYPE

# Longer lists are folded.
SHOWN_AT_ONCE = 20
SHOWN = ("number", "name", "division", "provider", "self_level", "verified_level", "recommended_on")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_batches(request: HttpRequest) -> HttpResponse:
    """Show the batches of a programme; POST creates one."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET.dict()))
    _require_reading(desk.user, desk.programme)
    can_change = Permission.ACCEPT in desk.verbs
    if request.method == "POST":
        require(desk.verbs, Permission.ACCEPT)
        name = request.POST.get("name", "").strip() or timezone.localdate().strftime("%Y-%m")
        try:
            made = actions.create_batch(programme=desk.programme, name=name, by=desk.user)
        except actions.NameTaken:
            messages.error(request, _("There is a batch of this name already."))
        else:
            return HttpResponseRedirect(reverse("cohort:batch", args=[made.pk]))
    context = {
        "nav": "queue",
        "desk": desk,
        "rows": Batch.objects.filter(programme=desk.programme).select_related("created_by", "sent_by"),
        "can_change": can_change,
        "suggested": timezone.localdate().strftime("%Y-%m"),
    }
    return render(request, "cohort/review/batches.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_batch(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one batch: the table, who may be added; POST adds, removes or sends."""
    found = _get_batch(request, pk)
    verbs = permissions_in_programme(get_signed_in_user(request), found.programme)
    if request.method == "POST":
        require(verbs, Permission.ACCEPT)
        _apply_post(request, found)
        return HttpResponseRedirect(reverse("cohort:batch", args=[found.pk]))
    rows = found.table if found.is_sent else list_batch_rows(found)
    language = get_language() or "en"
    names = {name: title for name, (title, _width) in get_batch_columns().items()}
    can_change = Permission.ACCEPT in verbs and not found.is_sent
    return render(
        request,
        "cohort/review/batch.html",
        {
            "nav": "queue",
            "batch": found,
            "columns": [names[name] for name in SHOWN],
            "rows": [[(names[name], row[name]) for name in SHOWN] for row in rows],
            "can_change": can_change,
            "entries": [
                (entry.assessment_id, get_company_name(language, entry.assessment.company))
                for entry in found.entries.select_related("assessment__company")
            ]
            if can_change
            else [],
            "waiting": _list_waiting(found, language) if can_change else [],
        },
    )


@dataclass(frozen=True)
class Waiting:
    """Companies in no batch yet that have come equally far."""

    code: str
    words: str
    companies: list[tuple[Assessment, str]]

    @property
    def is_open(self) -> bool:
        """Whether the list is short enough to be shown at once."""
        return len(self.companies) <= SHOWN_AT_ONCE


def get_batch_group(assessment: Assessment) -> str:
    """Return how far a company that may be put into a batch has come."""
    return "verified" if assessment.verified_at else "recommended"


def _list_waiting(found: Batch, language: str) -> list[Waiting]:
    groups = [
        Waiting("verified", pgettext("stage", "Verified"), []),
        Waiting("recommended", _("Recommended"), []),
    ]
    by_code = {group.code: group for group in groups}
    for assessment in actions.list_batch_candidates(found.programme):
        by_code[get_batch_group(assessment)].companies.append(
            (assessment, get_company_name(language, assessment.company))
        )
    return [group for group in groups if group.companies]


def _apply_post(request: HttpRequest, found: Batch) -> None:
    user = get_signed_in_user(request)
    try:
        if "send" in request.POST:
            actions.send_batch(batch=found, by=user)
            messages.success(request, _("Sent. The table is final from now on."))
        elif "remove" in request.POST:
            for chosen in _parse_ids(request.POST.getlist("remove")):
                actions.remove_from_batch(batch=found, assessment=chosen, by=user)
        elif "all" in request.POST:
            group = [
                assessment.pk
                for assessment in actions.list_batch_candidates(found.programme)
                if get_batch_group(assessment) == request.POST["all"]
            ]
            actions.add_to_batch(batch=found, assessments=group, by=user)
        else:
            actions.add_to_batch(batch=found, assessments=_parse_ids(request.POST.getlist("add")), by=user)
    except actions.Sent:
        messages.error(request, _("This batch has been sent and cannot change. Create a new one."))
    except actions.EmptyBatch:
        messages.error(request, _("Put companies into the batch before sending it."))


def _parse_ids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


@login_required
@require_safe
def download_batch_table(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the recommendation summary table as a workbook."""
    found = _get_batch(request, pk)
    rows = found.table if found.is_sent else list_batch_rows(found)
    response = HttpResponse(render_batch_workbook(found, rows), content_type=MIME_TYPE)
    name = _("Recommendation summary") + f" {found.name}.xlsx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    record(
        AssessmentAuditCode.BATCH_DOWNLOADED,
        found,
        by=get_signed_in_user(request),
        programme_id=found.programme_id,
        companies=len(rows),
    )
    return response


def _get_batch(request: HttpRequest, pk: uuid.UUID) -> Batch:
    user = get_signed_in_user(request)
    found = get_object_or_404(
        Batch.objects.allowing(user, Permission.SEE_FLAGS).select_related("programme", "sent_by"), pk=pk
    )
    _require_reading(user, found.programme)
    return found


def _require_reading(user: User, programme: Programme) -> None:
    """Raise `Forbidden` for who reviews one area alone: a batch names companies of the whole programme."""
    if not can_reach_all_listed(user, programme, Permission.SEE_FLAGS):
        raise Forbidden(Permission.ACCEPT)
