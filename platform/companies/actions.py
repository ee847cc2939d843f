"""Changes to companies and to the lists of programmes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from audit.codes import AuditCode
from audit.record import record
from companies import credit_code
from companies.audit_codes import CompanyAuditCode
from companies.models import Company, CompanyYear, FormerName, Listing, Programme, YearRevision
from companies.permissions import permissions_in_company, permissions_in_programme, require
from companies.profile import (
    CHECK_CHARACTER,
    InvalidProfile,
    ProfileProblem,
    YearFigures,
    list_profile_problems,
)
from companies.size import classify_size


def create(
    *,
    programme: Programme,
    profile: Mapping[str, Any],
    by: User | None,
    years: Iterable[YearFigures] = (),
    accept_check_character: bool = False,
    **origin: Any,
) -> Company:
    """Add a company and put it on the programme's list; `by=None` is the system itself.

    `profile` holds values by field name of `Company`, the credit code in whatever spelling. `origin` is kept
    in the record of what happened, for example the name of a file. Raises `InvalidProfile` or `Forbidden`.
    """
    if by is not None:
        require(permissions_in_programme(by, programme), Permission.LOAD_COHORT)
    years = tuple(years)
    company = Company(**profile)
    # Whoever tries a demonstration out adds to it: its next start must not take that for a real company.
    company.is_fictitious |= settings.DEMO
    company.credit_code = credit_code.normalise(company.credit_code)
    overridden = _check(company, years, accept_check_character=accept_check_character)
    with transaction.atomic():
        if Company.objects.filter(credit_code=company.credit_code).exists():
            message = _("There is a company with this code already.")
            raise InvalidProfile([ProfileProblem("credit_code", message)])
        company.size = _compute_size(company, years)
        company.save(force_insert=True)
        CompanyYear.objects.bulk_create(
            CompanyYear(company=company, year=figures.year, **figures.get_known())
            for figures in years
            if figures.get_known()
        )
        _record(
            CompanyAuditCode.COMPANY_CREATED,
            company,
            programme=programme,
            by=by,
            overridden=overridden,
            **origin,
        )
        enlist(company=company, programme=programme, by=by)
    return company


def update(
    *,
    company: Company,
    changes: Mapping[str, Any],
    by: User | None,
    years: Iterable[YearFigures] = (),
    accept_check_character: bool = False,
    renamed_on: date | None = None,
    empties: bool = False,
    **origin: Any,
) -> list[str]:
    """Change what differs and return the names of what changed; nothing is written if nothing did.

    A name that gives way to another is kept as a former name, until `renamed_on` or else today. Figures
    that are None in `years` leave what is stored, or with `empties` take its place; what was stored before is kept.
    Raises `InvalidProfile` or `Forbidden`.
    """
    if by is not None:
        require(permissions_in_company(by, company), Permission.EDIT_COMPANY)
    years = tuple(years)
    values = dict(changes)
    if "credit_code" in values:
        values["credit_code"] = credit_code.normalise(values["credit_code"])
    changed = [name for name, value in values.items() if getattr(company, name) != value]
    with transaction.atomic():
        stored = {row.year: row for row in company.years.select_for_update()}
        changed_years = [
            figures for figures in years if _has_changes(stored.get(figures.year), figures, empties)
        ]
        if not changed and not changed_years:
            return []
        former = FormerName(company=company, name=company.name, name_en=company.name_en)
        for name in changed:
            setattr(company, name, values[name])
        overridden = "credit_code" in changed and accept_check_character
        # A code that was accepted when it was entered is not questioned again.
        accept = accept_check_character or "credit_code" not in changed
        overridden &= _check(company, years, accept_check_character=accept)
        _store_years(company, changed_years, stored, empties=empties, by=by)
        company.size = _compute_size(company, years)
        company.save()
        if "name" in changed:
            former.until = renamed_on or timezone.localdate()
            former.save()
        names = [*changed, *(f"year {figures.year}" for figures in changed_years)]
        _record(
            CompanyAuditCode.COMPANY_CHANGED, company, by=by, overridden=overridden, changed=names, **origin
        )
    return names


def enlist(
    *, company: Company, programme: Programme, by: User | None, **details: Any
) -> tuple[Listing, bool]:
    """Put the company on the programme's list, or bring its entry up to date; whether anything changed.

    `details` are fields of `Listing`: batch, provider_name, contract_on, contract_wan, target_level.
    """
    with transaction.atomic():
        listing, is_new = Listing.objects.get_or_create(
            programme=programme, company=company, defaults=details
        )
        changed = [name for name, value in details.items() if getattr(listing, name) != value]
        if is_new or changed:
            company.touch()
        if is_new:
            _record(CompanyAuditCode.COMPANY_LISTED, company, programme=programme, by=by)
        elif changed:
            for name in changed:
                setattr(listing, name, details[name])
            listing.save(update_fields=changed)
            _record(CompanyAuditCode.LISTING_CHANGED, company, programme=programme, by=by, changed=changed)
    return listing, is_new or bool(changed)


def _check(company: Company, years: Iterable[YearFigures], *, accept_check_character: bool) -> bool:
    """Raise `InvalidProfile` unless all is well; whether the check character differs and was accepted."""
    problems = list_profile_problems(company, years)
    if not accept_check_character:
        serious = problems
    else:
        serious = [problem for problem in problems if problem.code != CHECK_CHARACTER]
    if serious:
        raise InvalidProfile(serious)
    return bool(problems)


def _has_changes(stored: CompanyYear | None, figures: YearFigures, empties: bool) -> bool:
    if stored is None:
        return bool(figures.get_known())
    given = figures.get_all() if empties else figures.get_known()
    return any(getattr(stored, name) != value for name, value in given.items())


def _store_years(
    company: Company,
    years: Iterable[YearFigures],
    stored: Mapping[int, CompanyYear],
    *,
    empties: bool,
    by: User | None,
) -> None:
    """Store figures, and keep those that they replace."""
    for figures in years:
        before = stored.get(figures.year)
        if before is not None:
            YearRevision.objects.create(
                company=company,
                year=figures.year,
                changed_by=by,
                **{name: getattr(before, name) for name in figures.get_all()},
            )
        given = figures.get_all() if empties else figures.get_known()
        CompanyYear.objects.update_or_create(company=company, year=figures.year, defaults=given)


def _compute_size(company: Company, years: Iterable[YearFigures]) -> str:
    """Compute the size class by the latest given or stored year that has both staff and revenue."""
    known: dict[int, dict[str, Any]] = {}
    if not company._state.adding:
        for row in company.years.all():
            known[row.year] = {"employees": row.employees, "revenue_wan": row.revenue_wan}
    for figures in years:
        known[figures.year] = known.get(figures.year, {}) | figures.get_known()
    for year in sorted(known, reverse=True):
        employees, revenue = known[year].get("employees"), known[year].get("revenue_wan")
        if employees is not None and revenue is not None:
            return classify_size(employees, revenue)
    return ""


def _record(
    action: AuditCode,
    company: Company,
    *,
    by: User | None,
    programme: Programme | None = None,
    overridden: bool = False,
    **details: Any,
) -> None:
    """Write down what happened: names of fields, never their content."""
    programme_id = programme.pk if programme is not None else None
    record(action, company, by=by, company_id=company.pk, programme_id=programme_id, **details)
    if overridden:
        record(CompanyAuditCode.COMPANY_CHECK_CHARACTER_ACCEPTED, company, by=by, company_id=company.pk)
