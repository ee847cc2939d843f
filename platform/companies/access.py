"""Ending roles, closing and opening accounts, and replacing a lost second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Listing, Membership, Programme, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.permissions import Forbidden


class NotAllowed(ValueError):
    """A change that cannot be made; the text says why and what to do."""


def list_programme_people(programmes: QuerySet[Programme]) -> QuerySet[User]:
    """List the people who have or had a role in these programmes or in a company listed there."""
    listed = Listing.objects.filter(programme__in=programmes).values("company")
    staff = ProgrammeRole.objects.filter(user=OuterRef("pk"), programme__in=programmes)
    members = Membership.objects.filter(user=OuterRef("pk"), company__in=listed)
    return User.objects.filter(Q(Exists(staff)) | Q(Exists(members)), kind=User.Kind.PERSON)


def list_managed_programmes(user: User) -> QuerySet[Programme]:
    """List the programmes whose people the user manages."""
    return Programme.objects.allowing(user, Permission.MANAGE_USERS)


@transaction.atomic
def end_role(*, held: Membership | ProgrammeRole, by: User) -> None:
    """End a role now. That it was held stays known. Raises `NotAllowed` or `Forbidden`."""
    _require_managed(held.user, by)
    if held.user == by:
        raise NotAllowed(_("Nobody ends a role of their own. Ask another administrator."))
    if not held.is_current:
        return
    held.expires_at = timezone.now()
    held.save(update_fields=["expires_at"])
    company = held.company_id if isinstance(held, Membership) else None
    programme = held.programme_id if isinstance(held, ProgrammeRole) else None
    record(
        CompanyAuditCode.ROLE_ENDED,
        held,
        by=by,
        company_id=company,
        programme_id=programme,
        role=held.role,
        user=str(held.user_id),
    )


@transaction.atomic
def set_open(*, user: User, is_open: bool, by: User) -> None:
    """Close an account or open it again. Closing ends all its sessions. Raises `NotAllowed` or `Forbidden`."""
    _require_managed(user, by)
    if user == by:
        raise NotAllowed(_("Nobody closes their own account here. Use “My data” on your account page."))
    if user.erased_at is not None:
        raise NotAllowed(_("The data of this person were deleted. The account cannot be opened again."))
    elsewhere = ProgrammeRole.objects.filter(build_current_condition(), user=user).exclude(
        programme__in=list_managed_programmes(by)
    )
    if not is_open and elsewhere.exists():
        raise NotAllowed(
            _("This person also works for a programme that you do not manage. End the roles here.")
        )
    if user.is_active == is_open:
        return
    user.is_active = is_open
    user.save(update_fields=["is_active"])
    if not is_open:
        _end_sessions(user)
    record(CompanyAuditCode.ACCOUNT_OPENED_AGAIN if is_open else CompanyAuditCode.ACCOUNT_CLOSED, user, by=by)


@transaction.atomic
def reset_second_factor(*, user: User, by: User) -> None:
    """Take a lost second factor away, end all sessions and tell the person. Raises `NotAllowed` or `Forbidden`."""
    _require_managed(user, by)
    if user == by:
        raise NotAllowed(_("Nobody resets their own second factor here. Ask another administrator."))
    removed, _details = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NotAllowed(_("This person has no second factor."))
    _end_sessions(user)
    record(CompanyAuditCode.SECOND_FACTOR_RESET, user, by=by)
    notify(
        user=user,
        kind=NoticeKind.SAFETY,
        link=reverse("account_settings"),
        change=gettext_lazy("Your second factor was removed by an administrator"),
    )


def _end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _require_managed(user: User, by: User) -> None:
    if not list_programme_people(list_managed_programmes(by)).filter(pk=user.pk).exists():
        raise Forbidden(Permission.MANAGE_USERS)
