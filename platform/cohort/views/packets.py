"""Reports of all companies that the filters leave, as one packet made by workers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from assessments.actions.reports import NoResult, order_packet
from assessments.models import Assessment
from cohort.filters import ALL, OF_RESULTS, CohortFilters
from cohort.views.desk import get_cohort_context
from companies.permissions import require


@login_required
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Order the packet for the filters in the address: everything that matches, not one page of it."""
    filters = CohortFilters.read(request.GET)
    desk = get_cohort_context(request, filters)
    require(desk.verbs, Permission.EXPORT)
    cohort = desk.build_cohort(filters.keep_only(ALL if desk.sees_results else ALL - OF_RESULTS))
    if cohort is None:
        raise Http404
    ids = Assessment.objects.filter(round=cohort.round, company__in=cohort.companies.order_by().values("pk"))
    try:
        packet = order_packet(
            round=cohort.round,
            assessments=list(ids.values_list("pk", flat=True)),
            language=get_language() or "",
            by=desk.user,
        )
    except NoResult:
        messages.error(request, _("None of these companies has a result yet."))
        return HttpResponseRedirect(reverse("cohort:companies") + filters.query())
    return HttpResponseRedirect(reverse("assessments:report", args=[packet.pk]))
