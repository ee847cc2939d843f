"""The form that gives somebody a role."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import COMPANY_ROLES, ROLES, STAFF_ROLES, Role
from companies import credit_code
from companies.models import Area, Company, Programme


class RoleGrantForm(forms.Form):
    """The form of a new role: who, which, and where: in a programme, an area of it or a company."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.ChoiceField(label=_("Role"))
    programme = forms.ModelChoiceField(
        label=_("Pilot programme"), queryset=Programme.objects.none(), empty_label=None
    )
    area = forms.ModelChoiceField(
        label=_("Area"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("For a county reviewer, who reviews the companies of one area."),
    )
    credit_code = forms.CharField(
        label=_("Credit code of the company"),
        max_length=40,
        required=False,
        help_text=_("For a role in a company: its unified social credit code."),
    )
    expires_on = forms.DateField(
        label=_("Last day of the role"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty for a role without an end."),
    )
    company: Company | None = None

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = programmes
        role, programme, area = (self.fields[name] for name in ("role", "programme", "area"))
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(programme, forms.ModelChoiceField)
        assert isinstance(area, forms.ModelChoiceField)
        role.choices = [
            (_("In the programme"), [(one.value, one.label) for one in STAFF_ROLES]),
            (_("In a company"), [(one.value, one.label) for one in COMPANY_ROLES]),
        ]
        programme.queryset = programmes
        area.queryset = Area.objects.filter(city__programmes__in=programmes).distinct()

    def clean_expires_on(self) -> date | None:
        """Require a day that is not over already."""
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(gettext("This day has passed. Choose today or a later one."))
        return day

    def clean(self) -> dict[str, Any]:
        """Require what the role needs: an area, or a company of the programme."""
        wanted: dict[str, Any] = super().clean() or self.cleaned_data
        role = wanted.get("role")
        if role in {one.value for one in COMPANY_ROLES}:
            self.company = self._find_company(wanted.get("credit_code", ""))
            if self.company is None:
                self.add_error(
                    "credit_code", gettext("There is no company with this code in your programmes.")
                )
        elif role and ROLES[Role(role)].needs_area and not wanted.get("area"):
            self.add_error("area", gettext("Choose the area whose companies the person reviews."))
        elif role and not ROLES[Role(role)].needs_area and wanted.get("area"):
            self.add_error("area", gettext("Only county reviewers are limited to an area. Choose none."))
        return wanted

    def _find_company(self, code: str) -> Company | None:
        found = Company.objects.filter(
            credit_code=credit_code.normalise(code), listings__programme__in=self.programmes
        )
        return found.distinct().first()
