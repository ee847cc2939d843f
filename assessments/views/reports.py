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
from assessments.results import AssessmentResult
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from companies.permissions import permissions_in_company
from documents import picture
from documents.workbook_writer import MIME_TYPE

STOP_POLLING = 286


@login_required
@require_POST
def order_assessment_report(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the report on the result, or the plan, made as a PDF."""
    assessment, _verbs = get_assessment(request, pk)
    kind = Report.Kind.PLAN if request.POST.get("kind") == Report.Kind.PLAN else Report.Kind.RESULT
    try:
        made = reports.order_report(
            assessment=assessment,
            kind=kind,
            language=request.POST.get("language", get_language() or ""),
            by=get_signed_in_user(request),
        )
    except reports.NoResult:
        messages.error(request, _("There is no result to report on yet."))
        return HttpResponseRedirect(reverse("assessments:result", args=[pk]))
    return HttpResponseRedirect(reverse("assessments:report", args=[made.pk]))


@login_required
@require_safe
def show_report(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far a report is, then the file; a script asks again every second until it is done."""
    found = _get_report(request, pk)
    progress = found.compute_progress()
    context = {"report": found, "progress": progress, "nav": "companies"}
    if found.assessment is not None:
        verbs = permissions_in_company(get_signed_in_user(request), found.assessment.company)
        context |= build_page_context(found.assessment, verbs, "result")
    context["base"] = "company_base.html" if found.assessment is not None else "staff_base.html"
    if request.headers.get("HX-Request") == "true":
        ended = found.is_ready or progress.has_failed
        return render(request, "assessments/_report.html", context, status=STOP_POLLING if ended else 200)
    return render(request, "assessments/report.html", context)


@login_required
@require_safe
def download_report(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """Send the file of a report; each time it is fetched is on record."""
    found = _get_report(request, pk)
    if not found.is_ready or not default_storage.exists(found.path):
        raise Http404
    if request.method == "GET":
        reports.record_report_download(report=found, by=get_signed_in_user(request))
    return FileResponse(default_storage.open(found.path), as_attachment=True, filename=found.file_name)


@login_required
@require_safe
def download_result_workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send all figures of a result as a workbook."""
    assessment, found = _get_result(request, pk)
    return build_file_response(
        workbooks.render_result_workbook(found),
        MIME_TYPE,
        f"{_build_file_stem(assessment)}_{_('Result')}.xlsx",
    )


@login_required
@require_safe
def download_chart_picture(request: HttpRequest, pk: uuid.UUID, chart: str) -> HttpResponse:
    """Send one chart of a result as a picture."""
    assessment, found = _get_result(request, pk)
    drawn = _get_chart(found, chart)
    return build_file_response(
        picture.render_png(drawn.svg), "image/png", f"{_build_file_stem(assessment)}_{drawn.title}.png"
    )


@login_required
@require_safe
def download_chart_workbook(request: HttpRequest, pk: uuid.UUID, chart: str) -> HttpResponse:
    """Send the numbers of one chart as a workbook."""
    assessment, found = _get_result(request, pk)
    drawn = _get_chart(found, chart)
    return build_file_response(
        workbooks.render_chart_workbook(found, drawn),
        MIME_TYPE,
        f"{_build_file_stem(assessment)}_{drawn.title}.xlsx",
    )


def _get_report(request: HttpRequest, pk: uuid.UUID) -> Report:
    reachable = Report.objects.visible_to(get_signed_in_user(request)).select_related(
        "assessment__company__sector", "assessment__round__programme", "round__programme"
    )
    return get_object_or_404(reachable, pk=pk)


def _get_result(request: HttpRequest, pk: uuid.UUID) -> tuple[Assessment, AssessmentResult]:
    assessment, _verbs = get_assessment(request, pk)
    found = results.build_result(assessment)
    if found is None:
        raise Http404
    return assessment, found


def _get_chart(found: AssessmentResult, name: str) -> Chart:
    drawn = CHARTS[name](found) if name in CHARTS else None
    if drawn is None:
        raise Http404
    return drawn


def _build_file_stem(assessment: Assessment) -> str:
    return f"{assessment.company.name}_{assessment.round.code}"


def build_file_response(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return an answer stored as a file; Django writes names beyond ASCII as RFC 5987 asks."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=get_valid_filename(name)) or "attachment"
    )
    return response
