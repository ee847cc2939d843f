"""The typical costs of steps: all read them, the bureau's officers put their own figures in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.results.stage_labels import format_stage_label
from audit.models import AuditEvent
from benchmarks.actions import costs as actions
from benchmarks.audit_codes import BenchmarkAuditCode
from benchmarks.costs import PLATFORM_ESTIMATE
from benchmarks.models import CostSize, CostStep
from cohort.filters import CohortFilters
from cohort.views.desk import get_cohort_context
from companies.permissions import permissions_in_programme, require
from instrument import Item, load_instrument

DEAREST = 1_000_000  # thousand yuan
LONGEST = 120  # months
EVENTS_SHOWN = 20


class CostForm(forms.Form):
    """The figures of a row; what belongs together is checked by the action."""

    low = forms.IntegerField(label=gettext_lazy("Low, thousand yuan"), min_value=0, max_value=DEAREST)
    high = forms.IntegerField(label=gettext_lazy("High, thousand yuan"), min_value=0, max_value=DEAREST)
    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=0, max_value=LONGEST)
    source = forms.CharField(label=gettext_lazy("Source of the figure"), max_length=120)
    as_of = forms.DateField(
        label=gettext_lazy("Date of the figure"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )


@login_required
@require_safe
def show_costs(request: HttpRequest) -> HttpResponse:
    """Show all rows of one dimension for one size class."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET.dict()))
    instrument = load_instrument()
    codes = [dimension.code for dimension in instrument.dimensions]
    dimension = next((code for code in codes if code == request.GET.get("dimension")), codes[0])
    size = next((size for size in CostSize if size.value == request.GET.get("costs")), CostSize.SMALL)
    items = [item for item in instrument.items if item.dimension == dimension]
    rows = CostStep.objects.filter(
        programme=desk.programme, size=size, item__in=[item.code for item in items]
    ).order_by("position")
    return render(
        request,
        "cohort/costs.html",
        {
            "nav": "costs",
            "desk": desk,
            "dimensions": instrument.dimensions,
            "dimension": dimension,
            "sizes": list(CostSize),
            "size": size,
            "rows": [_build_row(instrument.get_item(row.item), row) for row in rows],
            "can_edit": Permission.EDIT_COSTS in desk.verbs,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_cost(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one row with its history; officers change it."""
    user = request.user
    assert isinstance(user, User)
    step = get_object_or_404(
        CostStep.objects.allowing(user, Permission.SEE_COHORT).select_related("programme"), pk=pk
    )
    verbs = permissions_in_programme(user, step.programme)
    require(verbs, Permission.EDIT_COSTS)
    form = CostForm(request.POST or None, initial=actions.get_step_figures(step))
    item = load_instrument().get_item(step.item)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(step=step, by=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The cost is saved. New plans use it."))
            query = f"?programme={step.programme.code}&dimension={item.dimension}&costs={step.size}"
            return redirect(reverse("cohort:costs") + query)
    status = 422 if request.method == "POST" else 200
    context = _build_row(item, step) | {
        "nav": "costs",
        "form": form,
        "events": _list_events(step),
    }
    return render(request, "cohort/cost.html", context, status=status)


def _build_row(item: Item, row: CostStep) -> dict[str, Any]:
    """Return a row with labels: the step it is about, and where its figures come from."""
    return {
        "row": row,
        "item": item,
        "aim": format_stage_label(item, row.to_stage),
        "source": _("platform estimate") if row.source == PLATFORM_ESTIMATE else row.source,
    }


def _list_events(step: CostStep) -> list[AuditEvent]:
    """Return who changed the row and what it said before, latest first."""
    return list(
        AuditEvent.objects.filter(
            action=BenchmarkAuditCode.COSTS_CHANGED,
            subject_type=step._meta.label_lower,
            subject_id=str(step.pk),
        ).select_related("by")[:EVENTS_SHOWN]
    )
