"""The form of a company's profile, for its own people and for the bureau, with the figures of three years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Q
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Area, Company, CompanyYear, Park
from companies.profile import FACTS, InvalidProfile, YearFigures, build_figure_messages

if TYPE_CHECKING:
    CompanyForm = forms.ModelForm[Company]
else:
    CompanyForm = forms.ModelForm

YEARS = 3
MACHINES = {"machines_total", "machines_digital", "machines_networked"}
FIGURES = {
    "revenue_wan": _("Revenue, 10,000 yuan"),
    "cost_wan": _("Cost, 10,000 yuan"),
    "digital_spend_wan": _("Spend on digitalisation, 10,000 yuan"),
    "energy_tce": _("Energy used, tonnes of coal equivalent"),
    "employees": _("Employees"),
}


class CompanyProfileForm(CompanyForm):
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
            if name not in self.fields:
                continue
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            # What is no longer in use stays with whoever has it, and is offered to nobody else.
            field.queryset = areas.filter(Q(kind=kind), Q(retired_at__isnull=True) | Q(pk=chosen))
        parks = Park.objects.filter(city=instance.division.city_id, retired_at__isnull=True)
        # Offered, not asked for: a company may lie in a park that is on no list.
        self.parks = list(parks.values_list("name_zh", flat=True))
        if "park" in self.fields:
            self.fields["park"].widget.attrs["list"] = "parks"

    def validate_unique(self) -> None:
        """Leave this to the action, which says it in words."""

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the counts of machines to the action, too: Django names the database's rule on the page."""
        return super()._get_validation_exclusions() | MACHINES  # type: ignore[misc, no-any-return]


class OwnProfileForm(CompanyProfileForm):
    """The facts that the company's own people know best; the rest is set by the bureau."""

    class Meta(CompanyProfileForm.Meta):
        fields: ClassVar[list[str]] = [
            "main_products",
            "exports",
            "machines_total",
            "machines_digital",
            "machines_networked",
            "systems",
            "contact_name",
            "contact_phone",
        ]


class YearsForm(forms.Form):
    """The figures of the last three business years. An emptied field empties what is stored."""

    def __init__(self, data: QueryDict | None, *, company: Company) -> None:
        super().__init__(data)
        this_year = timezone.localdate().year
        self.years = range(this_year - YEARS, this_year)
        stored = {row.year: row for row in CompanyYear.objects.filter(company=company, year__in=self.years)}
        for name, label in FIGURES.items():
            for year in self.years:
                field = forms.fields_for_model(CompanyYear, fields=[name])[name]
                field.label = _("%(figure)s, %(year)s") % {"figure": label, "year": year}
                field.error_messages |= build_figure_messages(name, year)
                field.initial = getattr(stored.get(year), name, None)
                field.widget.attrs |= {"class": "num", "inputmode": "decimal"}
                self.fields[f"{name}_{year}"] = field

    @property
    def rows(self) -> list[tuple[str, list[tuple[int, BoundField]]]]:
        """The fields as a table: a row for each figure, a column for each year."""
        return [
            (str(label), [(year, self[f"{name}_{year}"]) for year in self.years])
            for name, label in FIGURES.items()
        ]

    @property
    def wrong(self) -> list[BoundField]:
        """The fields that have to be changed."""
        return [field for field in self if field.errors]

    def read_figures(self) -> list[YearFigures]:
        """Read what was entered, year by year; a field that was not sent keeps its figure."""
        return [
            YearFigures(year=year, **{name: self._read_figure(f"{name}_{year}") for name in FIGURES})
            for year in self.years
        ]

    def _read_figure(self, name: str) -> Any:
        field = self.fields[name]
        is_sent = not field.widget.value_omitted_from_data(self.data, self.files, name)
        return self.cleaned_data[name] if is_sent else field.initial


def show_problems(error: InvalidProfile, forms_shown: Sequence[forms.BaseForm]) -> None:
    """Show each problem at its field; on the first form where no field has its name."""
    for problem in error.problems:
        own = next((form for form in forms_shown if problem.field in form.fields), None)
        (own or forms_shown[0]).add_error(problem.field if own is not None else None, problem.message)


def get_changes(form: CompanyProfileForm) -> dict[str, Any]:
    """Return the facts that differ from what the form showed."""
    return {name: form.cleaned_data[name] for name in form.changed_data}
