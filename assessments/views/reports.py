"""Reports to order and fetch, and the result and its charts as files."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import results
from assessments.actions import reports
from assessments.models import Assessment, Report
from assessments.reports import workbook as workbooks
from assessments.reports.charts import CHARTS, Chart
from assessments.results import Result
from assessments.views.access import find, page_context, user_of
from companies.permissions import verbs_in_company
from documents import picture

STOP_POLLING = 286
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_POST
def order(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the report on the result, or the plan, made as a PDF."""
    assessment, _verbs = find(request, pk)
    kind = Report.Kind.PLAN if request.POST.get("kind") == Report.Kind.PLAN else Report.Kind.RESULT
    try:
        made = reports.order_report(
            assessment=assessment,
            kind=kind,
            language=request.POST.get("language", get_language() or ""),
            by=user_of(request),
        )
    except reports.NoResult:
        messages.error(request, _("There is no result to report on yet."))
        return HttpResponseRedirect(reverse("assessments:result", args=[pk]))
    return HttpResponseRedirect(reverse("assessments:report", args=[made.pk]))


@login_required
@require_safe
def report(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a report is, and then the file; a script asks again every second until it is done."""
    found = _find(request, pk)
    progress = found.progress()
    context = {"report": found, "progress": progress, "nav": "companies"}
    if found.assessment is not None:
        verbs = verbs_in_company(user_of(request), found.assessment.company)
        context |= page_context(found.assessment, verbs, "result")
    context["base"] = "company_base.html" if found.assessment is not None else "staff_base.html"
    if request.headers.get("HX-Request") == "true":
        ended = found.is_ready or progress.has_failed
        return render(request, "assessments/_report.html", context, status=STOP_POLLING if ended else 200)
    return render(request, "assessments/report.html", context)


@login_required
@require_safe
def file(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The file of a report; each time it is fetched is on record."""
    found = _find(request, pk)
    if not found.is_ready or not default_storage.exists(found.path):
        raise Http404
    if request.method == "GET":
        reports.note_fetched(report=found, by=user_of(request))
    return FileResponse(default_storage.open(found.path), as_attachment=True, filename=found.file_name)


@login_required
@require_safe
def workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All figures of a result as a workbook."""
    assessment, found = _result(request, pk)
    return file_response(workbooks.result_workbook(found), XLSX, f"{_name(assessment)}_{_('Result')}.xlsx")


@login_required
@require_safe
def chart_picture(request: HttpRequest, pk: uuid.UUID, chart: str) -> HttpResponse:
    """One chart of a result as a picture."""
    assessment, found = _result(request, pk)
    drawn = _chart(found, chart)
    return file_response(picture.png(drawn.svg), "image/png", f"{_name(assessment)}_{drawn.title}.png")


@login_required
@require_safe
def chart_workbook(request: HttpRequest, pk: uuid.UUID, chart: str) -> HttpResponse:
    """The numbers of one chart as a workbook."""
    assessment, found = _result(request, pk)
    drawn = _chart(found, chart)
    return file_response(
        workbooks.chart_workbook(found, drawn), XLSX, f"{_name(assessment)}_{drawn.title}.xlsx"
    )


def _find(request: HttpRequest, pk: uuid.UUID) -> Report:
    reachable = Report.objects.visible_to(user_of(request)).select_related(
        "assessment__company__sector", "assessment__round__programme", "round__programme"
    )
    return get_object_or_404(reachable, pk=pk)


def _result(request: HttpRequest, pk: uuid.UUID) -> tuple[Assessment, Result]:
    assessment, _verbs = find(request, pk)
    found = results.build(assessment)
    if found is None:
        raise Http404
    return assessment, found


def _chart(found: Result, name: str) -> Chart:
    drawn = CHARTS[name](found) if name in CHARTS else None
    if drawn is None:
        raise Http404
    return drawn


def _name(assessment: Assessment) -> str:
    return f"{assessment.company.name}_{assessment.round.code}"


def file_response(content: bytes, kind: str, name: str) -> HttpResponse:
    """An answer that is stored as a file; Django writes names beyond ASCII as RFC 5987 asks."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=get_valid_filename(name)) or "attachment"
    )
    return response
