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

from accounts.roles import Verb
from assessments.actions import samples as actions
from assessments.models import Assessment, VisitSample
from assessments.views.access import user_of
from cohort.filters import Filters
from cohort.views.desk import desk_of
from companies.models import Programme
from companies.names import name_in
from companies.permissions import require, verbs_in_programme


class SampleForm(forms.Form):
    """How many to draw, and a seed if one was agreed on beforehand."""

    size = forms.IntegerField(label=gettext_lazy("Companies to draw"), min_value=1, max_value=500, initial=20)
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Leave it empty to have one made up. It is kept on record."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """The samples of a round; POST draws one."""
    desk = desk_of(request, Filters.read(request.GET.dict()))
    require(desk.verbs, Verb.SEE_FLAGS)
    form = SampleForm(request.POST or None)
    if request.method == "POST":
        require(desk.verbs, Verb.RUN_PROGRAMME)
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
        "can_draw": Verb.RUN_PROGRAMME in desk.verbs,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/review/samples.html", context, status=status)


@login_required
@require_safe
def sample(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One sample with what each company's chance was made of, drawn once more to show that it is the same."""
    user = user_of(request)
    found = get_object_or_404(
        VisitSample.objects.filter(
            round__programme__in=Programme.objects.allowing(user, Verb.SEE_FLAGS)
        ).select_related("round__programme", "drawn_by"),
        pk=pk,
    )
    require(verbs_in_programme(user, found.round.programme), Verb.SEE_FLAGS)
    visible = {
        str(assessment.pk): assessment.company
        for assessment in Assessment.objects.allowing(user, Verb.SEE_FLAGS)
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
                    name_in(language, visible[key]),
                    frame[key],
                    round(100 * float(Fraction(frame[key]["chance"])), 1),
                )
                for key in found.drawn
                if key in visible
            ],
            "is_same": actions.drawn_again(found) == found.drawn,
            "companies": len(found.frame),
            "total": sum(entry["weight"] for entry in found.frame),
        },
    )
