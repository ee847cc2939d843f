"""Flags: the list that reviewers work through, and one flag with what came of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_filters import CharFilter, ChoiceFilter, UUIDFilter

from accounts.roles import Permission
from assessments.actions import flags as actions
from assessments.models import Flag
from assessments.models.flag import FlagQuerySet
from assessments.reviewing.conflicts_of_interest import find_company_conflicts_of_interest
from assessments.views.access import get_signed_in_user
from cohort.filters import CohortFilters
from cohort.queries.review_queue import PER_PAGE
from cohort.views.desk import get_cohort_context
from cohort.views.review.flag_labels import describe_flag, get_known_companies
from companies.names import get_company_name
from companies.page_filters import PageFilters
from companies.permissions import permissions_in_company, require
from instrument import load_instrument


class FlagFilters(PageFilters):
    """The filters of the list of flags; without a disposition it shows those that are open."""

    kind = ChoiceFilter(choices=Flag.Kind.choices)
    disposition = CharFilter(method="filter_disposition")
    company = UUIDFilter(field_name="assessment__company")

    def __init__(self, data: QueryDict, queryset: QuerySet[Flag]) -> None:
        data = data.copy()
        # Named even where it is all of them, so that the links to other pages say so.
        data["disposition"] = data.get("disposition", Flag.Disposition.OPEN) or "all"
        super().__init__(data, queryset)

    def filter_disposition(self, flags: FlagQuerySet, name: str, value: str) -> QuerySet[Flag]:
        """Keep flags that are open or were settled so; all of them for anything else."""
        if value == Flag.Disposition.OPEN:
            return flags.filter_open()
        return flags.filter(disposition=value) if value in Flag.Disposition.values else flags


@login_required
@require_safe
def show_flags(request: HttpRequest) -> HttpResponse:
    """Show the flags of a round; `kind`, `disposition`, `company` and `page` choose."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET.dict()))
    require(desk.verbs, Permission.SEE_FLAGS)
    filters = FlagFilters(
        request.GET,
        queryset=Flag.objects.visible_to(desk.user)
        .filter(assessment__round=desk.round)
        .select_related("assessment__company__division", "assessment__round", "settled_by"),
    )
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("page", "1"))
    known = get_known_companies(desk.user, page.object_list)
    language = get_language() or "en"
    code = desk.round.code if desk.round else ""
    return render(
        request,
        "cohort/review/flags.html",
        {
            "nav": "queue",
            "desk": desk,
            "page": page,
            "rows": [
                (flag, describe_flag(flag, known), get_company_name(language, flag.assessment.company))
                for flag in page
            ],
            "kinds": Flag.Kind.choices,
            "dispositions": Flag.Disposition.choices,
            "filters": filters.values,
            "kept": filters.build_query(programme=desk.programme.code, round=code),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_flag(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one flag with its evidence; POST settles it."""
    user = get_signed_in_user(request)
    found = get_object_or_404(
        Flag.objects.visible_to(user).select_related(
            "assessment__company__division",
            "assessment__company__functional_area",
            "assessment__round__programme",
            "submission",
            "settled_by",
        ),
        pk=pk,
    )
    verbs = permissions_in_company(user, found.assessment.company)
    problem = ""
    if request.method == "POST":
        require(verbs, Permission.SETTLE_FLAGS)
        disposition = request.POST.get("disposition", "")
        try:
            if disposition not in Flag.Disposition.values:
                raise actions.NoComment
            actions.settle_flag(
                flag=found,
                disposition=Flag.Disposition(disposition),
                comment=request.POST.get("comment", ""),
                by=user,
            )
        except actions.NoComment:
            problem = _("Choose the outcome and write down the reason.")
        else:
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("cohort:flag", args=[found.pk]))
    instrument = load_instrument(found.submission.instrument_version)
    return render(
        request,
        "cohort/review/flag.html",
        {
            "nav": "queue",
            "flag": found,
            "words": describe_flag(found, get_known_companies(user, [found])),
            "item": instrument.get_item(found.item) if found.item else None,
            "company_name": get_company_name(get_language() or "en", found.assessment.company),
            "can_settle": Permission.SETTLE_FLAGS in verbs
            and not find_company_conflicts_of_interest(user, found.assessment),
            "dispositions": Flag.Disposition.choices,
            "problem": problem,
        },
        status=422 if problem else 200,
    )
