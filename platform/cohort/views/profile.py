"""Changing the profile of a company on its file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from cohort.views.company_parts import company_of, frame
from companies import actions
from companies.models import Area, Company
from companies.permissions import require
from companies.profile import FACTS, InvalidProfile

if TYPE_CHECKING:
    CompanyForm = forms.ModelForm[Company]
else:
    CompanyForm = forms.ModelForm


class ProfileForm(CompanyForm):
    """The facts of a company that an officer may set right; its name is changed on “Place in the programme”."""

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = ["credit_code", *FACTS, "contact_name", "contact_phone"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "founded_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        }

    def __init__(self, data: QueryDict | None, *, instance: Company) -> None:
        super().__init__(data, instance=instance)
        areas = Area.objects.filter(city=instance.division.city_id)
        for name, kind, chosen in (
            ("division", Area.Kind.DIVISION, instance.division_id),
            ("functional_area", Area.Kind.FUNCTIONAL, instance.functional_area_id),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            # What is no longer in use stays with whoever has it, and is offered to nobody else.
            field.queryset = areas.filter(Q(kind=kind), Q(retired_at__isnull=True) | Q(pk=chosen))
        for field in self.fields.values():
            kind_of_input = (
                "form-check-input d-block"
                if isinstance(field.widget, forms.CheckboxInput)
                else "form-select"
                if isinstance(field.widget, forms.Select)
                else "form-control"
            )
            field.widget.attrs.setdefault("class", kind_of_input)

    def validate_unique(self) -> None:
        """Left to the action, which says it in words."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The form; POST stores what differs, and the record says which facts were changed."""
    user, company, verbs = company_of(request, pk)
    require(verbs, Verb.EDIT_COMPANY)
    seen = company.updated_at.isoformat()
    is_stale = request.POST.get("seen", seen) != seen
    # The form writes on its own copy: the action compares with what is stored.
    copy = Company.objects.select_related("division").get(pk=pk)
    form = ProfileForm(None if is_stale else request.POST or None, instance=copy)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            changed = actions.update(company=company, changes=changes, by=user)
        except InvalidProfile as error:
            for problem in error.problems:
                form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            if changed:
                messages.success(request, _("The profile is saved."))
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect("cohort:company", pk=pk)
    context = frame(company, verbs, "profile") | {"form": form, "seen": seen, "is_stale": is_stale}
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/file/profile_page.html", context, status=status)
