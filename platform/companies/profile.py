"""Whether a company's profile and yearly figures may be stored: one set of rules for forms, files and API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from companies import credit_code
from companies.models import Company, CompanyYear
from companies.models.reference import Area

CHECK_CHARACTER = "check_character"
# In 10,000 yuan: no factory sells as much per head and year; who writes yuan is above it by far.
MOST_REVENUE_EACH = 10_000
# What is said of a company besides its code, its names and whom to call, in the order in which it is asked.
FACTS = (
    "legal_form",
    "founded_on",
    "division",
    "functional_area",
    "park",
    "sector",
    "key_industry",
    "industry_code",
    "process",
    "above_scale",
    "specialised",
    "high_tech",
    "chain_role",
    "chain_leader",
    "chain_leader_share",
    "main_products",
    "exports",
    "machines_total",
    "machines_digital",
    "machines_networked",
    "systems",
)
# What follows from something else, and links whose target the caller has looked up.
_NOT_ENTERED = (
    "id",
    "size",
    "created_at",
    "updated_at",
    "division",
    "functional_area",
    "sector",
    "key_industry",
)


@dataclass(frozen=True, slots=True)
class ProfileProblem:
    """One thing wrong with a profile: the field (a figure of a year is `revenue_wan_2024`) and what to do.

    `code` is `check_character` for the one problem that may be accepted, else empty.
    """

    field: str
    message: str
    code: str = ""


class InvalidProfile(ValueError):
    """A profile that cannot be stored; `problems` says why."""

    def __init__(self, problems: list[ProfileProblem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The figures of one business year; None where not known. Amounts in 10,000 yuan, energy in tce."""

    year: int
    revenue_wan: Decimal | None = None
    cost_wan: Decimal | None = None
    digital_spend_wan: Decimal | None = None
    energy_tce: Decimal | None = None
    employees: int | None = None

    def get_all(self) -> dict[str, Decimal | int | None]:
        """Return the figures by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "year"}

    def get_known(self) -> dict[str, Decimal | int]:
        """Return the figures that are given, by field name."""
        return {name: value for name, value in self.get_all().items() if value is not None}


def list_profile_problems(company: Company, years: Iterable[YearFigures] = ()) -> list[ProfileProblem]:
    """List all that is wrong with a profile, stored or not. Makes no query."""
    found = _list_code_problems(company.credit_code)
    skipped = (*_NOT_ENTERED, *({"credit_code"} if found else ()))
    try:
        company.clean_fields(exclude=skipped)
    except ValidationError as error:
        found += [ProfileProblem(name, " ".join(messages)) for name, messages in error.message_dict.items()]
    found += _list_machine_problems(company) + _list_area_problems(company)
    for figures in years:
        found += _list_year_problems(company, figures)
        try:
            CompanyYear(year=figures.year, **figures.get_known()).clean_fields(exclude=["id", "company"])
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                known = build_figure_messages(name, figures.year)
                messages = [known.get(one.code or "") or " ".join(one.messages) for one in errors]
                found.append(ProfileProblem(f"{name}_{figures.year}", " ".join(messages)))
    return found


def build_figure_messages(name: str, year: int) -> dict[str, str]:
    """Build what is said of a wrong figure of a year, by the code of the mistake."""
    column = CompanyYear._meta.get_field(name)
    assert isinstance(column, Field)
    known = {"figure": column.verbose_name, "year": year}
    too_long = (
        _("Too many digits for %(figure)s in %(year)s. Check that the unit is 10,000 yuan.")
        if name.endswith("_wan")
        else _("Too many digits for %(figure)s in %(year)s.")
    )
    invalid = (
        _("Enter a whole number for %(figure)s in %(year)s.")
        if name == "employees"
        else _("Enter a number for %(figure)s in %(year)s.")
    )
    messages = {
        "invalid": invalid,
        "min_value": _("Enter zero or more for %(figure)s in %(year)s."),
        "max_decimal_places": _("Too many decimals for %(figure)s in %(year)s."),
        **dict.fromkeys(("max_digits", "max_whole_digits", "max_value"), too_long),
    }
    return {code: message % known for code, message in messages.items()}


def _list_year_problems(company: Company, figures: YearFigures) -> list[ProfileProblem]:
    """List figures of a year before the company was founded, and amounts that look like yuan."""
    found = []
    if company.founded_on is not None and figures.year < company.founded_on.year:
        message = _("The company was founded in %(founded)d. Leave the year %(year)d empty.")
        values = {"founded": company.founded_on.year, "year": figures.year}
        found += [ProfileProblem(f"{name}_{figures.year}", message % values) for name in figures.get_known()]
    if figures.revenue_wan and figures.employees:
        each = figures.revenue_wan / figures.employees
        if each > MOST_REVENUE_EACH:
            message = _(
                "That is %(each)s × 10,000 yuan for each employee. Amounts are in 10,000 yuan: check the unit."
            )
            found.append(ProfileProblem(f"revenue_wan_{figures.year}", message % {"each": f"{each:,.0f}"}))
    return found


def _list_code_problems(code: str) -> list[ProfileProblem]:
    if len(code) != credit_code.LENGTH:
        message = _(
            "A unified social credit code has %(wanted)d characters; this one has %(found)d. "
            "Compare it with the business licence."
        ) % {"wanted": credit_code.LENGTH, "found": len(code)}
        return [ProfileProblem("credit_code", message)]
    if not credit_code.is_well_formed(code):
        strange = "".join(sorted({character for character in code if character not in credit_code.ALPHABET}))
        message = _(
            "“%(strange)s” does not occur in unified social credit codes: digits and capitals without "
            "I, O, S, V and Z do. Compare it with the business licence."
        ) % {"strange": strange}
        return [ProfileProblem("credit_code", message)]
    if not credit_code.has_valid_check(code):
        message = _(
            "The last character should be %(expected)s. Compare the code with the business licence; "
            "some registered codes do differ, and then the code can be accepted as it is."
        ) % {"expected": credit_code.compute_check_character(code)}
        return [ProfileProblem("credit_code", message, CHECK_CHARACTER)]
    return []


def _list_machine_problems(company: Company) -> list[ProfileProblem]:
    """Check that parts of a count are within it; unlike the database's rule also ask for the whole."""
    found = []
    for name, message in (
        ("machines_digital", _("Digital machines cannot be more than all production machines.")),
        ("machines_networked", _("Networked machines cannot be more than all production machines.")),
    ):
        part = getattr(company, name)
        if part is None:
            continue
        if company.machines_total is None:
            found.append(ProfileProblem("machines_total", _("Give the number of all machines too.")))
        elif part > company.machines_total:
            found.append(ProfileProblem(name, message))
    return found


def _list_area_problems(company: Company) -> list[ProfileProblem]:
    found = []
    if company.division.kind != Area.Kind.DIVISION:
        message = _("This is a functional area. Give the county or district as division.")
        found.append(ProfileProblem("division", message))
    if company.functional_area is not None:
        if company.functional_area.kind != Area.Kind.FUNCTIONAL:
            message = _("This is a division. Leave the functional area empty where there is none.")
            found.append(ProfileProblem("functional_area", message))
        if company.functional_area.city_id != company.division.city_id:
            message = _("The functional area belongs to another city than the division.")
            found.append(ProfileProblem("functional_area", message))
    return found
