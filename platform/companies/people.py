"""Giving people a role: in a company or in a programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import COMPANY_ROLES, PROGRAMME_ROLES, ROLES, Permission, Role
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Area, Company, Membership, Programme, ProgrammeRole
from companies.permissions import permissions_in_company, permissions_in_programme, require


class NotAddedError(ValueError):
    """A role that cannot be given to the person; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Added:
    """Who holds the role now, whether the person is new, and whether the role or its end is."""

    user: User
    is_new: bool
    is_changed: bool


@transaction.atomic
def add_to_company(
    *,
    company: Company,
    email: str,
    name: str,
    role: Role,
    by: User | None,
    expires_at: datetime | None = None,
) -> Added:
    """Give somebody a role in a company; another role that the person held there is replaced.

    `name` is needed for somebody new and left as it is otherwise; `by=None` is the system itself. Repeating
    it changes nothing. Raises `NotAddedError` or `Forbidden`.
    """
    if by is not None:
        require(permissions_in_company(by, company), Permission.MANAGE_USERS)
    if role not in COMPANY_ROLES:
        raise NotAddedError(f"{role.value} is held in a programme: use --programme instead of --company.")
    _check_end(expires_at)
    user, is_new = _get_or_create_person(email, name, by)
    _refuse_own(user, by)
    held = Membership.objects.select_for_update().filter(user=user, company=company).first()
    if held is not None and (held.role, held.expires_at) == (role.value, expires_at):
        return Added(user, is_new=is_new, is_changed=False)
    grant(company=company, user=user, role=role, expires_at=expires_at, by=by)
    return Added(user, is_new=is_new, is_changed=True)


@transaction.atomic
def grant(
    *, company: Company, user: User, role: Role, expires_at: datetime | None, by: User | None
) -> Membership:
    """Let the person hold this role in the company, instead of the one held before. The caller has checked `by`."""
    held = Membership.objects.select_for_update().filter(user=user, company=company).first()
    before = None if held is None else held.role
    membership = held or Membership(user=user, company=company)
    membership.role, membership.expires_at, membership.granted_by = role.value, expires_at, by
    membership.save()
    _record(membership, by, before, company=company)
    return membership


@transaction.atomic
def add_to_programme(
    *,
    programme: Programme,
    area: Area | None,
    email: str,
    name: str,
    role: Role,
    by: User | None,
    expires_at: datetime | None = None,
) -> Added:
    """Give somebody a role in a programme beside those that the person holds; county reviewers have an area.

    As `add_to_company` otherwise.
    """
    if by is not None:
        require(permissions_in_programme(by, programme), Permission.MANAGE_USERS)
    if role not in PROGRAMME_ROLES:
        raise NotAddedError(f"{role.value} is held in a company: use --company instead of --programme.")
    if role is Role.SERVICE_ACCOUNT:
        raise NotAddedError("Service accounts are no people: “manage.py issue_key” makes them.")
    if ROLES[role].needs_area != (area is not None):
        raise NotAddedError("A county reviewer, and nobody else, is limited to one area: use --area.")
    _check_end(expires_at)
    user, is_new = _get_or_create_person(email, name, by)
    _refuse_own(user, by)
    held = ProgrammeRole.objects.select_for_update().filter(
        user=user, programme=programme, role=role.value, area=area
    ).first()  # fmt: skip
    if held is not None and held.expires_at == expires_at:
        return Added(user, is_new=is_new, is_changed=False)
    before = None if held is None else held.role
    given = held or ProgrammeRole(user=user, programme=programme, role=role.value, area=area)
    given.expires_at, given.granted_by = expires_at, by
    given.save()
    _record(given, by, before, programme=programme, area=area.code if area else None)
    return Added(user, is_new=is_new, is_changed=True)


def _refuse_own(user: User, by: User | None) -> None:
    if user == by:
        raise NotAddedError("Nobody gives a role to themselves: ask another administrator.")


def _check_end(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise NotAddedError("The role would be over already: choose a later day with --expires.")


def _get_or_create_person(email: str, name: str, by: User | None) -> tuple[User, bool]:
    """Return the person with this address, made without a password if there is none."""
    address = email.strip().lower()
    found = User.objects.filter(email=address).first()
    if found is not None:
        if found.kind != User.Kind.PERSON:
            raise NotAddedError(f"{address} is a service account; give the person's own address.")
        if not found.is_active:
            raise NotAddedError(f"The account {address} is switched off; use another address.")
        return found, False
    user = User(email=address, name=name.strip())
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        problems = "; ".join(
            f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()
        )
        raise NotAddedError(
            f"Nobody has the address {address} yet, and none can be made: {problems}"
        ) from error
    user.save(force_insert=True)
    record(CompanyAuditCode.USER_CREATED, user, by=by)
    return user, True


def _record(
    held: Membership | ProgrammeRole,
    by: User | None,
    before: str | None,
    *,
    company: Company | None = None,
    programme: Programme | None = None,
    area: str | None = None,
) -> None:
    """Write down who may do what from now on, until when, and what it replaces."""
    record(
        CompanyAuditCode.ROLE_GRANTED if before is None else CompanyAuditCode.ROLE_CHANGED,
        held,
        by=by,
        company_id=company.pk if company else None,
        programme_id=programme.pk if programme else None,
        role=held.role,
        user=str(held.user_id),
        **({"before": before} if before else {}),
        **({"area": area} if area else {}),
        **({"expires_at": held.expires_at.isoformat()} if held.expires_at else {}),
    )
