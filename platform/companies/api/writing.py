"""What programs send to create or change a company, and how it becomes a profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from companies.models import Area, City, Company, KeyIndustry, Sector
from companies.profile import FACTS, InvalidProfile, YearFigures
from rest.writing import StrictSerializer, TrueOrFalse

LONGEST_CODE_AS_TYPED = 40
MOST_YEARS = 20
MOST_MACHINES = 2_147_483_647
# Members of a company that are read and written alike.
PROFILE = ("credit_code", "name", "name_en", *FACTS)
# Members that are no fields of the profile.
BESIDE_PROFILE = ("programme", "years", "accept_check_character")
Answer = TypeVar("Answer")
_FIGURE_OF_YEAR = re.compile(r"^(\w+)_(\d{4})$")


class YearRequestSerializer(StrictSerializer):
    """Figures of one business year; what is null or left out stays as it is."""

    year = serializers.IntegerField(min_value=2000, max_value=2100, help_text="Business year.")
    revenue_wan = serializers.DecimalField(
        14, 2, min_value=0, required=False, allow_null=True, help_text="Revenue in 10,000 yuan."
    )
    cost_wan = serializers.DecimalField(
        14, 2, min_value=0, required=False, allow_null=True, help_text="Cost in 10,000 yuan."
    )
    digital_spend_wan = serializers.DecimalField(
        14,
        2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Spend on digitalisation in 10,000 yuan.",
    )
    energy_tce = serializers.DecimalField(
        14,
        2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Energy used, in tonnes of coal equivalent.",
    )
    employees = serializers.IntegerField(
        min_value=0, max_value=2_000_000, required=False, allow_null=True, help_text="Staff."
    )


class CompanyChangeSerializer(StrictSerializer, serializers.ModelSerializer[Company]):
    """Members of a company's profile; areas, sector and key industry by their codes."""

    credit_code = serializers.CharField(
        max_length=LONGEST_CODE_AS_TYPED,
        help_text="18 characters; full-width, case and spaces do not matter.",
    )
    division = serializers.CharField(max_length=12, help_text="Code of the county or district.")
    functional_area = serializers.CharField(
        max_length=12, required=False, allow_null=True, help_text="Code of the area; null: none."
    )
    sector = serializers.CharField(max_length=30, help_text="Code of the sector.")
    key_industry = serializers.CharField(
        max_length=30, required=False, allow_null=True, help_text="Code of the key industry; null: none."
    )
    years = YearRequestSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MOST_YEARS, help_text="Each year once."
    )
    accept_check_character = TrueOrFalse(
        required=False,
        default=False,
        help_text="Take a code whose last character differs from the computed one; this is recorded.",
    )

    def validate_years(self, years: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Check that each year is given once; raise at the second."""
        seen: set[int] = set()
        faults: dict[str, Any] = {}
        for place, row in enumerate(years):
            if row["year"] in seen:
                detail = f"The year {row['year']} is there already; give its figures in one place."
                faults[str(place)] = {"year": [ErrorDetail(detail, code="repeated")]}
            seen.add(row["year"])
        if faults:
            raise ValidationError(faults)
        return years

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = [*PROFILE, "years", "accept_check_character"]
        # Else as many as the database in use can hold.
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            name: {"max_value": MOST_MACHINES}
            for name in ("machines_total", "machines_digital", "machines_networked")
        }


class CompanyRequestSerializer(CompanyChangeSerializer):
    """A new company, which is put on the programme's list."""

    programme = serializers.UUIDField(
        required=False, help_text="Needed where the key reaches several programmes."
    )

    class Meta(CompanyChangeSerializer.Meta):
        fields: ClassVar[list[str]] = ["programme", *CompanyChangeSerializer.Meta.fields]


def build_profile(given: Mapping[str, Any], city: City, sectors: QuerySet[Sector]) -> dict[str, Any]:
    """Build values by field name of `Company`; raise `ValidationError` for codes the city lacks."""
    areas = Area.objects.filter(city=city)
    lists: dict[str, QuerySet[Any]] = {
        "division": areas.filter(kind=Area.Kind.DIVISION),
        "functional_area": areas.filter(kind=Area.Kind.FUNCTIONAL),
        "sector": sectors,
        "key_industry": KeyIndustry.objects.all(),
    }
    profile = {name: value for name, value in given.items() if name not in BESIDE_PROFILE}
    for name, rows in lists.items():
        if profile.get(name) is not None:
            profile[name] = _require_entry(name, rows, profile[name])
    return profile


def _require_entry(name: str, rows: QuerySet[Any], code: str) -> Model:
    found: Model | None = rows.filter(code=code).first()
    if found is None:
        known = ", ".join(rows.order_by("code").values_list("code", flat=True))
        detail = f"There is no code {code!r} here. Known: {known}."
        raise ValidationError({name: [ErrorDetail(detail, code="unknown_code")]})
    return found


def build_year_figures(given: Mapping[str, Any]) -> list[YearFigures]:
    """Build the yearly figures that were sent."""
    return [YearFigures(**year) for year in given.get("years", [])]


def run_profile_action(action: Callable[[], Answer], years: list[YearFigures]) -> Answer:
    """Return what the action returns; report an invalid profile with a pointer for each fault."""
    try:
        return action()
    except InvalidProfile as invalid:
        faults: dict[str, Any] = {}
        for problem in invalid.problems:
            detail = ErrorDetail(problem.message, code=problem.code or "invalid")
            figure = _FIGURE_OF_YEAR.match(problem.field)
            places = [str(place) for place, row in enumerate(years) if figure and str(row.year) == figure[2]]
            if figure and places:
                faults.setdefault("years", {}).setdefault(places[0], {}).setdefault(figure[1], []).append(
                    detail
                )
            else:
                faults.setdefault(problem.field, []).append(detail)
        raise ValidationError(faults) from invalid
