"""The table of reference facilities, and loading more from a workbook."""

from __future__ import annotations

import io

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Permission
from benchmarks.loading import FacilityWorkbookError, load_facilities
from benchmarks.loading.template import write_template
from benchmarks.models import Facility, Provenance, Release, Tier
from benchmarks.queries import FacilityFilters, count_facilities, score_facilities
from benchmarks.views.desk import get_model_context
from benchmarks.views.forms import WorkbookForm
from documents.workbook_writer import MIME_TYPE

PER_PAGE = 50


@login_required
@require_safe
def show_facilities(request: HttpRequest) -> HttpResponse:
    """Show a page of the table for the filters in the address, with scores under the release in use."""
    desk = get_model_context(request)
    filters = FacilityFilters(request.GET, queryset=Facility.objects.filter(programme=desk.programme))
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("page", "1"))
    kept = {"programme": desk.programme.code}
    release = Release.objects.defer("training_rows", "reference", "metrics").find_active(desk.programme)
    per_tier = count_facilities(desk.programme)
    rows = list(page.object_list)
    context = {
        "nav": "model",
        "desk": desk,
        "release": release,
        "filters": filters.values,
        "page": page,
        "rows": list(zip(rows, score_facilities(rows, release), strict=True)),
        "tiers": [(str(tier.value), tier.label, per_tier[tier.value]) for tier in reversed(Tier)],
        "total": sum(count for tier, count in per_tier.items() if tier != Tier.SME),
        "provenances": Provenance.choices,
        "sectors": list(desk.programme.sectors.all()),
        "has_synthetic": any(facility.provenance == Provenance.SYNTHETIC for facility in rows),
        "previous": filters.build_query(**kept, page=str(page.number - 1)) if page.has_previous() else "",
        "next": filters.build_query(**kept, page=str(page.number + 1)) if page.has_next() else "",
    }
    return render(request, "benchmarks/facilities.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Load a workbook: all of it or nothing, with every cell that is wrong."""
    desk = get_model_context(request)
    desk.require(Permission.TRAIN_MODEL)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    refused: FacilityWorkbookError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            loaded = load_facilities(
                content=form.cleaned_data["file"].read(), programme=desk.programme, by=desk.user
            )
        except FacilityWorkbookError as error:
            refused = error
        else:
            words = _("%(count)d facilities added. They count from the next model version on.")
            messages.success(request, words % {"count": loaded.added})
            return redirect("benchmarks:facilities")
    context = {"nav": "model", "desk": desk, "form": form, "refused": refused}
    status = 422 if refused or form.errors else 200
    return render(request, "benchmarks/load.html", context, status=status)


@login_required
@require_safe
def download_template(request: HttpRequest) -> FileResponse:
    """Send the empty workbook, in the language of the page."""
    get_model_context(request).require(Permission.TRAIN_MODEL)
    file = io.BytesIO()
    write_template(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="facilities.xlsx", content_type=MIME_TYPE)
