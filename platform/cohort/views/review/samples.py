"""Samples of companies to visit, drawn by risk with the seed on record."""

from __future__ import annotations

import uuid
from fractions import Fraction

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Permission
from assessments.actions import samples as actions
from assessments.models import Assessment, VisitSample
from assessments.views.access import get_signed_in_user
from cohort.filters import CohortFilters
from cohort.views.desk import get_cohort_context
from companies.models import Programme
from companies.names import get_company_name
from companies.permissions import permissions_in_programme, require


class SampleForm(forms.Form):
    """The number to draw, and a seed if one was agreed on beforehand."""

    size = forms.IntegerField(label=gettext_lazy("Companies to draw"), min_value=1, max_value=500, initial=20)
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Leave it empty to have one made up. It is kept on record."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_samples(request: HttpRequest) -> HttpResponse:
    """Show the samples of a round; POST draws one."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET.dict()))
    require(desk.verbs, Permission.SEE_FLAGS)
    form = SampleForm(request.POST or None)
    if request.method == "POST":
        require(desk.verbs, Permission.RUN_PROGRAMME)
        if desk.round is not None and form.is_valid():
            try:
                sample = actions.draw_sample(round_=desk.round, by=desk.user, **form.cleaned_data)
            except actions.NothingToDraw:
                form.add_error(None, _("No company of this round has a result yet."))
            else:
                return HttpResponseRedirect(reverse("cohort:sample", args=[sample.pk]))
    rows = VisitSample.objects.filter(round=desk.round).select_related("drawn_by") if desk.round else []
    context = {
        "nav": "queue",
        "desk": desk,
        "form": form,
        "rows": rows,
        "can_draw": Permission.RUN_PROGRAMME in desk.verbs,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/review/samples.html", context, status=status)


@login_required
@require_safe
def show_sample(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one sample and what each chance was made of, drawn once more to show that it is the same."""
    user = get_signed_in_user(request)
    found = get_object_or_404(
        VisitSample.objects.filter(
            round__programme__in=Programme.objects.allowing(user, Permission.SEE_FLAGS)
        ).select_related("round__programme", "drawn_by"),
        pk=pk,
    )
    require(permissions_in_programme(user, found.round.programme), Permission.SEE_FLAGS)
    visible = {
        str(assessment.pk): assessment.company
        for assessment in Assessment.objects.allowing(user, Permission.SEE_FLAGS)
        .filter(pk__in=found.drawn)
        .select_related("company__division")
    }
    frame = {entry["assessment"]: entry for entry in found.frame}
    language = get_language() or "en"
    return render(
        request,
        "cohort/review/sample.html",
        {
            "nav": "queue",
            "sample": found,
            "rows": [
                (
                    key,
                    visible[key],
                    get_company_name(language, visible[key]),
                    frame[key],
                    round(100 * float(Fraction(frame[key]["chance"])), 1),
                )
                for key in found.drawn
                if key in visible
            ],
            "is_same": actions.redraw_sample(found) == found.drawn,
            "companies": len(found.frame),
            "total": sum(entry["weight"] for entry in found.frame),
        },
    )
