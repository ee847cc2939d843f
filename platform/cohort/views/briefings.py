"""Monthly briefings: the list, a page, its words, its files, and the companies behind each number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.models.packed import NONE
from assessments.models.stage import STAGES
from cohort.actions import briefings
from cohort.actions.briefings import Approved, BriefingText
from cohort.briefings.behind import (
    NoSuchNumber,
    format_sample_day,
    get_kind_label,
    parse_number_query,
    trace_number,
)
from cohort.briefings.content import build_content, get_scope_name
from cohort.briefings.labels import LANGUAGES, get_area_names, get_dimension_name
from cohort.briefings.paper import render_briefing_docx, render_briefing_pdf
from cohort.labels import get_risk_labels
from cohort.models import Briefing
from cohort.queries.narrowing import RISKS
from companies.models import Area, Company, KeyIndustry, Programme
from companies.permissions import Forbidden, permissions_in_programme, require
from documents.numbers import compute_change

PER_PAGE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def get_user(request: HttpRequest) -> User:
    """Return the person signed in; pages that call this require one."""
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_safe
def show_briefings(request: HttpRequest) -> HttpResponse:
    """Show all briefings that the person may read, the latest month first."""
    user = get_user(request)
    programmes = list(Programme.objects.allowing(user, Permission.READ_BRIEFING).select_related("city"))
    if not programmes:
        raise Forbidden(Permission.READ_BRIEFING)
    found = Briefing.objects.visible_to(user).select_related("programme__city", "sample", "approved_by")
    # The whole city comes first, then areas, then task forces.
    found = found.order_by(
        "-month", "programme", Case(When(scope=Briefing.Scope.CITY, then=0), default=1), "scope", "code"
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    areas = list(Area.objects.filter(city__in=[programme.city_id for programme in programmes]))
    names = _build_scope_names(areas)
    language = _get_language_code()
    context = {
        "nav": "briefing",
        "page": page,
        "rows": [
            (
                briefing,
                names.get((briefing.scope, briefing.code)) or briefing.programme.city.name,
                briefing.words[language]["title"],
            )
            for briefing in page.object_list
        ],
        "editable": Programme.objects.allowing(user, Permission.EDIT_BRIEFING),
    }
    return render(request, "cohort/briefings.html", context)


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the briefings of this month now."""
    user = get_user(request)
    programme = get_object_or_404(
        Programme.objects.allowing(user, Permission.READ_BRIEFING), code=request.POST.get("programme", "")
    )
    made = briefings.draft_briefings(programme=programme, by=user)
    if made:
        messages.success(request, _("%(count)d drafts made.") % {"count": len(made)})
    else:
        messages.info(request, _("The drafts of this month exist already, or no round has started."))
    return HttpResponseRedirect(reverse("cohort:briefing"))


@login_required
@require_safe
def show_briefing(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one briefing as it is printed; each number leads to the companies that it counts."""
    found = _get_briefing(request, pk)
    can_edit = Permission.EDIT_BRIEFING in permissions_in_programme(get_user(request), found.programme)
    context = {
        "nav": "briefing",
        "briefing": found,
        "content": build_content(found, _list_areas(found), _get_language_code()),
        "can_edit": can_edit and not found.is_approved,
    }
    return render(request, "cohort/briefing.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Edit the texts in both languages; figures are shown beside them and stay."""
    found = _get_briefing(request, pk)
    require(permissions_in_programme(get_user(request), found.programme), Permission.EDIT_BRIEFING)
    if request.method == "POST":
        try:
            briefings.edit_briefing(briefing=found, words=parse_texts(request.POST), by=get_user(request))
        except Approved:
            messages.error(request, _("The briefing was approved meanwhile; it can no longer change."))
        else:
            messages.success(request, _("The text is saved."))
        return HttpResponseRedirect(reverse("cohort:briefing_page", args=[pk]))
    context = {
        "nav": "briefing",
        "briefing": found,
        "name": get_scope_name(found, _list_areas(found)),
        "texts": [
            (language, found.words[language], "\n".join(found.words[language]["requests"]))
            for language in LANGUAGES
        ],
    }
    return render(request, "cohort/briefing_edit.html", context)


def parse_texts(form: Mapping[str, str]) -> dict[str, BriefingText]:
    """Return the texts of a form; a title that is left empty leaves its language alone."""
    found = {}
    for language in LANGUAGES:
        title = form.get(f"title-{language}", "").strip()
        if title:
            lines = form.get(f"requests-{language}", "").splitlines()
            requests = [line.strip() for line in lines if line.strip()]
            found[language] = BriefingText(title, form.get(f"lead-{language}", "").strip(), requests)
    return found


@login_required
@require_POST
def approve(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve it; from then on nothing of it changes."""
    found = _get_briefing(request, pk)
    try:
        briefings.approve_briefing(briefing=found, by=get_user(request))
    except Approved:
        messages.info(request, _("It was approved already."))
    else:
        messages.success(request, _("Approved. Text and figures can no longer change."))
    return HttpResponseRedirect(reverse("cohort:briefing_page", args=[pk]))


@login_required
@require_safe
def download_briefing(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponse:
    """Send the briefing as PDF or Word file in the language of the page, or in the one asked for."""
    found = _get_briefing(request, pk)
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else _get_language_code()
    content = build_content(found, _list_areas(found), language)
    made_at = found.approved_at or found.edited_at or found.made_at
    if ending == "pdf":
        made, content_type = render_briefing_pdf(content, made_at), "application/pdf"
    elif ending == "docx":
        made, content_type = render_briefing_docx(content, made_at), DOCX
    else:
        raise Http404
    briefings.note_fetched(briefing=found, kind=ending, by=get_user(request))
    response = HttpResponse(made, content_type=content_type)
    name = get_valid_filename(
        f"{found.covered_month:%Y-%m}_{content.scope_name}_{_('Monthly briefing')}.{ending}"
    )
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


@login_required
@require_safe
def show_briefing_companies(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what is behind a number: companies as in the frozen sample, and the steps to the number."""
    found = _get_briefing(request, pk)
    try:
        number = trace_number(found, parse_number_query(request.GET.dict()))
    except NoSuchNumber:
        raise Http404 from None
    cell, names = number.cell, get_area_names(_list_areas(found), _get_language_code())
    before, own = number.columns
    # Who reads a briefing of the whole city may still see only the companies within their scope.
    allowed = Company.objects.allowing(get_user(request), Permission.SEE_ANSWERS)
    rows = number.rows.filter(company__in=allowed).order_by("name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    reasons = get_risk_labels()
    context = {
        "nav": "briefing",
        "briefing": found,
        "number": number,
        "what": get_kind_label(cell.kind),
        "area_name": names.get(cell.area, cell.area),
        "dimension_name": get_dimension_name(cell.dimension.upper()) if cell.dimension else "",
        "earlier_day": format_sample_day(found.earlier) if cell.measure == "since" and found.earlier else "",
        "page": page,
        "shows_risk": cell.kind == "at_risk",
        "shows_change": cell.kind in ("compared", "rose"),
        "rows": [
            {
                "row": row,
                "stage": str(STAGES[row.step].label),
                "division": names.get(row.division, row.division),
                "before": getattr(row, before),
                "own": getattr(row, own),
                "change": compute_change(getattr(row, before), getattr(row, own)),
                "effect": number.format_effect(row),
                "reason": reasons[RISKS[row.risk]] if row.risk > NONE else "",
            }
            for row in page.object_list
        ],
        "name": get_scope_name(found, _list_areas(found)),
    }
    return render(request, "cohort/briefing_companies.html", context)


def _get_briefing(request: HttpRequest, pk: uuid.UUID) -> Briefing:
    reachable = Briefing.objects.visible_to(get_user(request)).select_related(
        "programme__city", "sample__round", "earlier", "approved_by", "edited_by"
    )
    return get_object_or_404(reachable, pk=pk)


def _list_areas(found: Briefing) -> list[Area]:
    return list(found.programme.city.areas.all())


def _build_scope_names(areas: list[Area]) -> dict[tuple[str, str], str]:
    names = {(Briefing.Scope.AREA.value, area.code): area.name for area in areas}
    for industry in KeyIndustry.objects.all():
        names[Briefing.Scope.INDUSTRY.value, industry.code] = _("Task force %(name)s") % {
            "name": industry.name
        }
    return names


def _get_language_code() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"
