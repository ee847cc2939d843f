"""Files in and out: templates, handing a file in, what is wrong with it, loading it, and the ledger."""

from __future__ import annotations

import uuid
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.evidence.upload_handlers import UploadRefusal, find_upload_refusal
from cohort.actions import files as handling
from cohort.actions.files import NotChecked
from cohort.companies_export import build_file_name, format_filters_sentence
from cohort.filters import ALL, FRAME, OF_RESULTS, CohortFilters
from cohort.loading.reading import MAX_BYTES
from cohort.loading.template import write_cohort_workbook
from cohort.models import CohortFile, LedgerExport
from cohort.models.file_kinds import FileKind
from cohort.queries.cohort import Cohort
from cohort.views.bar import describe_filters
from cohort.views.desk import get_cohort_context
from companies.permissions import require
from companies.phone_visibility import CALLERS
from documents.workbook_writer import MIME_TYPE

SHOWN = 20
PROBLEMS_SHOWN = 200
STOP_POLLING = 286


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_files(request: HttpRequest) -> HttpResponse:
    """Show templates, a form to upload a file, and the files uploaded before; a POST uploads one."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET))
    require(desk.verbs, Permission.LOAD_COHORT)
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        kind = request.POST.get("kind", "")
        if find_upload_refusal(request) is UploadRefusal.TOO_LARGE or (
            upload and (upload.size or 0) > MAX_BYTES
        ):
            error = _("The file is larger than %(limit)d MB. Split it.") % {"limit": MAX_BYTES >> 20}
        elif find_upload_refusal(request) is UploadRefusal.DISK_FULL:
            error = _("There is no room on the site at the moment. Nothing was stored.")
        elif kind not in FileKind.values:
            error = _("Say what the file is about.")
        elif not isinstance(upload, UploadedFile):
            error = _("No file was chosen. Choose one and send it again.")
        else:
            file = handling.upload_cohort_file(
                programme=desk.programme,
                kind=FileKind(kind),
                name=upload.name or "",
                content=upload.read(),
                accept_check_character=request.POST.get("accept_check_character") == "yes",
                by=desk.user,
            )
            return HttpResponseRedirect(reverse("cohort:file", args=[file.pk]))
    found = CohortFile.objects.visible_to(desk.user).filter(programme=desk.programme)
    context = {
        "nav": "files",
        "desk": desk,
        "kinds": FileKind.choices,
        "kind": request.POST.get("kind") or request.GET.get("kind", ""),
        "error": error,
        "files": found.select_related("uploaded_by", "job")[:SHOWN],
        "limit": MAX_BYTES,
        "can_export": Permission.EXPORT in desk.verbs,
    }
    return render(request, "cohort/files.html", context, status=422 if error else 200)


@login_required
@require_safe
def download_template(request: HttpRequest) -> HttpResponseBase:
    """Send the empty workbook of a kind, in the language of the page."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET))
    require(desk.verbs, Permission.LOAD_COHORT)
    if request.GET.get("kind", "") not in FileKind.values:
        raise Http404
    kind = FileKind(request.GET["kind"])
    buffer = BytesIO()
    this_year = timezone.localdate().year
    write_cohort_workbook(buffer, years=range(this_year - 3, this_year), kind=kind)
    buffer.seek(0)
    return FileResponse(
        buffer, as_attachment=True, filename=f"{get_template_name(kind)}.xlsx", content_type=MIME_TYPE
    )


def get_template_name(kind: FileKind) -> str:
    """Return the name under which the template of a kind is saved."""
    return {
        FileKind.COHORT: _("Template for companies"),
        FileKind.PROFILE: _("Template for profiles"),
        FileKind.ANSWERS: _("Template for answers"),
        FileKind.MINISTRY: _("Template for results of the ministry’s platform"),
    }[kind]


def get_file_and_user(request: HttpRequest, pk: uuid.UUID) -> tuple[CohortFile, User]:
    """Return the file and the person, if the person may load into its programme; 404 otherwise."""
    user = request.user
    assert isinstance(user, User)
    visible = CohortFile.objects.visible_to(user).select_related("programme", "uploaded_by", "job")
    return get_object_or_404(visible, pk=pk), user


@login_required
@require_safe
def show_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one file: how far it is, what is wrong with it cell by cell, and a button to load it."""
    found, _user = get_file_and_user(request, pk)
    context = {"nav": "files", "file": found, "problems": found.problems[:PROBLEMS_SHOWN]}
    if request.headers.get("HX-Request") == "true":
        status = 200 if found.is_open and not found.has_broken_down else STOP_POLLING
        return render(request, "cohort/file_state.html", context, status=status)
    return render(request, "cohort/file.html", context)


@login_required
@require_POST
def load_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Load a file that was checked."""
    found, user = get_file_and_user(request, pk)
    try:
        handling.load_checked(file=found, by=user)
    except NotChecked:
        messages.error(request, _("This file is not ready to be loaded."))
    return HttpResponseRedirect(reverse("cohort:file", args=[found.pk]))


@login_required
@require_safe
def download_annotated_copy(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send the copy of a refused file in which each mistake is marked."""
    found, _user = get_file_and_user(request, pk)
    name = found.name.rsplit(".", 1)[0]
    return build_download(found.marked_name, _("%(name)s, mistakes marked") % {"name": name} + ".xlsx")


def build_download(stored_name: str, name: str) -> FileResponse:
    """Return a stored workbook to be saved; 404 when it is no longer kept."""
    if not stored_name or not default_storage.exists(stored_name):
        raise Http404
    response = FileResponse(
        default_storage.open(stored_name), as_attachment=True, filename=name, content_type=MIME_TYPE
    )
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_companies_exports(request: HttpRequest) -> HttpResponse:
    """Order an export of the companies that the filters leave, and list those ordered before."""
    filters = CohortFilters.read(request.GET)
    desk = get_cohort_context(request, filters)
    require(desk.verbs, Permission.EXPORT)
    allowed = ALL if desk.sees_results else ALL - OF_RESULTS
    filters = filters.keep_only(allowed)
    if request.method == "POST":
        if desk.round is None:
            raise Http404
        handling.order_companies_export(
            programme=desk.programme,
            round_=desk.round,
            filters={name: value for name, value in filters.active().items() if name not in FRAME},
            filter_words=describe_filters(desk, filters),
            has_phones=request.POST.get("phones") == "full",
            by=desk.user,
        )
        return HttpResponseRedirect(reverse("cohort:ledger") + filters.query())
    exports = list(
        LedgerExport.objects.visible_to(desk.user)
        .filter(programme=desk.programme)
        .select_related("round", "job")[:SHOWN]
    )
    context = {
        "nav": "companies",
        "desk": desk,
        "filters": filters,
        "filter_words": format_filters_sentence(describe_filters(desk, filters)),
        "count": count_companies(desk.build_cohort(filters)),
        "exports": exports,
        "waits": any(export.as_of is None and not export.has_broken_down for export in exports),
        "may_see_phones": bool(desk.verbs & CALLERS),
    }
    if request.headers.get("HX-Request") == "true":
        return render(
            request, "cohort/ledger_list.html", context, status=200 if context["waits"] else STOP_POLLING
        )
    return render(request, "cohort/ledger.html", context)


def count_companies(cohort: Cohort | None) -> int:
    """Count the companies that the filters leave."""
    return cohort.companies.count() if cohort is not None else 0


@login_required
@require_safe
def download_companies_export(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send an export that is written; each download is recorded."""
    user = request.user
    assert isinstance(user, User)
    export = get_object_or_404(LedgerExport.objects.visible_to(user).select_related("round"), pk=pk)
    response = build_download(export.stored_name, build_file_name(export))
    handling.record_download(export, by=user)
    return response
