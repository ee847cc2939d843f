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
from accounts.roles import Verb
from assessments.models.packed import NONE
from cohort.actions import briefings
from cohort.actions.briefings import Approved, Words
from cohort.briefings.behind import NoSuchNumber, asked_for, behind, day_words, kind_words
from cohort.briefings.content import content_of, scope_name
from cohort.briefings.labels import LANGUAGES, dimension_name, names_of_areas
from cohort.briefings.paper import briefing_docx, briefing_pdf
from cohort.labels import risk_words
from cohort.models import Briefing
from cohort.queries.expressions import STAGES
from cohort.queries.narrowing import RISKS
from companies.models import Area, Company, KeyIndustry, Programme
from companies.permissions import Forbidden, require, verbs_in_programme

PER_PAGE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def user_of(request: HttpRequest) -> User:
    """The person signed in; pages that call this require one."""
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All briefings that the person may read, the latest month first."""
    user = user_of(request)
    programmes = list(Programme.objects.allowing(user, Verb.READ_BRIEFING).select_related("city"))
    if not programmes:
        raise Forbidden(Verb.READ_BRIEFING)
    found = Briefing.objects.visible_to(user).select_related("programme__city", "approved_by")
    # The whole city comes first, then areas, then task forces.
    found = found.order_by(
        "-month", "programme", Case(When(scope=Briefing.Scope.CITY, then=0), default=1), "scope", "code"
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    areas = list(Area.objects.filter(city__in=[programme.city_id for programme in programmes]))
    names = _scope_names(areas)
    language = _language()
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
        "editable": Programme.objects.allowing(user, Verb.EDIT_BRIEFING),
    }
    return render(request, "cohort/briefings.html", context)


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the briefings of this month now."""
    user = user_of(request)
    programme = get_object_or_404(
        Programme.objects.allowing(user, Verb.READ_BRIEFING), code=request.POST.get("programme", "")
    )
    made = briefings.draft_briefings(programme=programme, by=user)
    if made:
        messages.success(request, _("%(count)d drafts made.") % {"count": len(made)})
    else:
        messages.info(request, _("The drafts of this month are there already, or no round has opened."))
    return HttpResponseRedirect(reverse("cohort:briefing"))


@login_required
@require_safe
def briefing(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One briefing as it is printed; each number leads to the companies that it counts."""
    found = _find(request, pk)
    can_edit = Verb.EDIT_BRIEFING in verbs_in_programme(user_of(request), found.programme)
    context = {
        "nav": "briefing",
        "briefing": found,
        "content": content_of(found, _areas(found), _language()),
        "can_edit": can_edit and not found.is_approved,
    }
    return render(request, "cohort/briefing.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Edit the words in both languages; figures are shown beside them and stay."""
    found = _find(request, pk)
    require(verbs_in_programme(user_of(request), found.programme), Verb.EDIT_BRIEFING)
    if request.method == "POST":
        try:
            briefings.edit_briefing(briefing=found, words=read_words(request.POST), by=user_of(request))
        except Approved:
            messages.error(request, _("The briefing was approved meanwhile; it can no longer change."))
        else:
            messages.success(request, _("The words are saved."))
        return HttpResponseRedirect(reverse("cohort:briefing_page", args=[pk]))
    context = {
        "nav": "briefing",
        "briefing": found,
        "name": scope_name(found, _areas(found)),
        "texts": [
            (language, found.words[language], "\n".join(found.words[language]["requests"]))
            for language in LANGUAGES
        ],
    }
    return render(request, "cohort/briefing_edit.html", context)


def read_words(form: Mapping[str, str]) -> dict[str, Words]:
    """The words of a form; a title that is left empty leaves its language alone."""
    found = {}
    for language in LANGUAGES:
        title = form.get(f"title-{language}", "").strip()
        if title:
            lines = form.get(f"requests-{language}", "").splitlines()
            requests = [line.strip() for line in lines if line.strip()]
            found[language] = Words(title, form.get(f"lead-{language}", "").strip(), requests)
    return found


@login_required
@require_POST
def approve(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve it; from then on nothing of it changes."""
    found = _find(request, pk)
    try:
        briefings.approve_briefing(briefing=found, by=user_of(request))
    except Approved:
        messages.info(request, _("It was approved already."))
    else:
        messages.success(request, _("Approved. Words and figures can no longer change."))
    return HttpResponseRedirect(reverse("cohort:briefing_page", args=[pk]))


@login_required
@require_safe
def paper(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponse:
    """The briefing as PDF or Word file in the language of the page, or in the one asked for."""
    found = _find(request, pk)
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else _language()
    content = content_of(found, _areas(found), language)
    made_at = found.approved_at or found.edited_at or found.made_at
    if ending == "pdf":
        made, content_type = briefing_pdf(content, made_at), "application/pdf"
    elif ending == "docx":
        made, content_type = briefing_docx(content, made_at), DOCX
    else:
        raise Http404
    briefings.note_fetched(briefing=found, kind=ending, by=user_of(request))
    response = HttpResponse(made, content_type=content_type)
    name = get_valid_filename(f"{found.month:%Y-%m}_{content.scope_name}_{_('Monthly briefing')}.{ending}")
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


@login_required
@require_safe
def companies(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is behind a number: companies as they stood in the frozen sample, and the steps to the number."""
    found = _find(request, pk)
    try:
        number = behind(found, asked_for(request.GET.dict()))
    except NoSuchNumber:
        raise Http404 from None
    cell, names = number.cell, names_of_areas(_areas(found), _language())
    before, own = number.columns
    # Who reads a briefing of the whole city may still see only the companies within their scope.
    allowed = Company.objects.allowing(user_of(request), Verb.SEE_ANSWERS)
    rows = number.rows.filter(company__in=allowed).order_by("name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    reasons = risk_words()
    context = {
        "nav": "briefing",
        "briefing": found,
        "number": number,
        "what": kind_words(cell.kind),
        "area_name": names.get(cell.area, cell.area),
        "dimension_name": dimension_name(cell.dimension.upper()) if cell.dimension else "",
        "earlier_day": day_words(found.earlier) if cell.measure == "since" and found.earlier else "",
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
                "change": getattr(row, own) - getattr(row, before),
                "effect": number.effect(row),
                "reason": reasons[RISKS[row.risk]] if row.risk > NONE else "",
            }
            for row in page.object_list
        ],
        "name": scope_name(found, _areas(found)),
    }
    return render(request, "cohort/briefing_companies.html", context)


def _find(request: HttpRequest, pk: uuid.UUID) -> Briefing:
    reachable = Briefing.objects.visible_to(user_of(request)).select_related(
        "programme__city", "sample__round", "earlier", "approved_by", "edited_by"
    )
    return get_object_or_404(reachable, pk=pk)


def _areas(found: Briefing) -> list[Area]:
    return list(found.programme.city.areas.all())


def _scope_names(areas: list[Area]) -> dict[tuple[str, str], str]:
    names = {(Briefing.Scope.AREA.value, area.code): area.name for area in areas}
    for industry in KeyIndustry.objects.all():
        names[Briefing.Scope.INDUSTRY.value, industry.code] = _("Task force %(name)s") % {
            "name": industry.name
        }
    return names


def _language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"
