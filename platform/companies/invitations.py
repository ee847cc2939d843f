"""Inviting people to a company by a link, and ending what they may do there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission, Role
from audit.codes import AuditCode
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Company, Invitation, Membership
from companies.models.scope import build_current_condition
from companies.people import grant
from companies.permissions import permissions_in_company, require

LINK_LIFE = timedelta(days=14)
LONGEST_ROLE = timedelta(days=366)


class NotInvitedError(ValueError):
    """An invitation that cannot be made or used; `field` is what to change, the text says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def invite(
    *,
    company: Company,
    name: str,
    role: Role,
    by: User,
    email: str = "",
    role_expires_at: datetime | None = None,
) -> tuple[Invitation, str]:
    """Make a link for one person; the invitation and the text of the link's token, which cannot be had again.

    Delegates and providers get their role for a time; nobody hands out a role for longer than their own.
    Raises `NotInvitedError` or `Forbidden`.
    """
    require(permissions_in_company(by, company), Permission.INVITE)
    if role.value not in Invitation.Invited.values:
        raise NotInvitedError("role", _("This role cannot be given by a link."))
    if not name.strip():
        raise NotInvitedError("name", _("Say whom the link is for."))
    now = timezone.now()
    if role is Role.MEMBER:
        role_expires_at = None
    elif role_expires_at is None:
        raise NotInvitedError("until", _("Say until when: this role ends by itself."))
    elif not now < role_expires_at <= now + LONGEST_ROLE:
        raise NotInvitedError("until", _("Choose a day within the next twelve months."))
    own = Membership.objects.filter(user=by, company=company).first()
    own_end = own.expires_at if own else None
    if role_expires_at is not None and own_end is not None and role_expires_at > own_end:
        raise NotInvitedError("until", _("You cannot give a role for longer than you hold your own."))
    token = Invitation.generate_token()
    invitation = Invitation(
        company=company,
        name=name.strip(),
        email=email.strip().lower(),
        role=role.value,
        role_expires_at=role_expires_at,
        digest=Invitation.compute_digest(token),
        invited_by=by,
        expires_at=now + LINK_LIFE,
    )
    try:
        invitation.full_clean(exclude=["company", "invited_by"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise NotInvitedError(field, messages[0]) from error
    invitation.save(force_insert=True)
    _record(CompanyAuditCode.INVITATION_MADE, invitation, by=by)
    return invitation, token


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> bool:
    """Make a link useless. False if it was used or withdrawn before, which changes nothing. Raises `Forbidden`."""
    require(permissions_in_company(by, invitation.company), Permission.INVITE)
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True)
    if not waiting.update(revoked_at=timezone.now()):
        return False
    _record(CompanyAuditCode.INVITATION_WITHDRAWN, invitation, by=by)
    return True


def find_invitation(token: str) -> Invitation | None:
    """Find the invitation that a link belongs to, whatever its state; one query."""
    return (
        Invitation.objects.select_related("company", "invited_by")
        .filter(digest=Invitation.compute_digest(token))
        .first()
    )


def has_company_role(user: User, company: Company) -> bool:
    """Return whether the person has a role in the company that has not ended; one query."""
    return Membership.objects.filter(build_current_condition(), user=user, company=company).exists()


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """Give the person the role of the link, which then no longer works. Raises `NotInvitedError`."""
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("company", "invited_by").get(
        pk=invitation.pk
    )  # fmt: skip
    if not locked.is_waiting:
        raise NotInvitedError("link", _("This link no longer works. Ask for a new one."))
    if Permission.INVITE not in permissions_in_company(locked.invited_by, locked.company):
        raise NotInvitedError(
            "link", _("The person who invited you may no longer do so. Ask for a new link.")
        )
    if user.kind != User.Kind.PERSON:
        raise NotInvitedError("link", _("Only people can accept an invitation."))
    if has_company_role(user, locked.company):
        raise NotInvitedError("link", _("You belong to this company already."))
    membership = grant(
        company=locked.company,
        user=user,
        role=Role(locked.role),
        expires_at=locked.role_expires_at,
        by=locked.invited_by,
    )
    locked.accepted_by, locked.accepted_at = user, timezone.now()
    locked.save(update_fields=["accepted_by", "accepted_at"])
    _record(CompanyAuditCode.INVITATION_ACCEPTED, locked, by=user)
    notify(
        user=user,
        kind=NoticeKind.ROLE_GRANTED,
        link="/",
        by=locked.invited_by.name,
        place=locked.company,
        role=Role(locked.role).label,
    )
    return membership


@transaction.atomic
def accept_with_new_account(
    *, invitation: Invitation, name: str, email: str, password: str, language: str
) -> User:
    """Make an account for the person who opened the link, with the role of the link. Raises `NotInvitedError`."""
    address = email.strip().lower()
    user = User(email=address, name=name.strip(), language=language)
    if User.objects.filter(email=address).exists():
        raise NotInvitedError("email", _("There is an account with this address. Sign in with it instead."))
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise NotInvitedError("password", " ".join(error.messages)) from error
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise NotInvitedError(field, messages[0]) from error
    user.save(force_insert=True)
    record(CompanyAuditCode.USER_CREATED, user, by=user)
    accept(invitation=invitation, user=user)
    return user


@transaction.atomic
def end_membership(*, membership: Membership, by: User) -> None:
    """End what a person may do in a company. Owners' roles are ended by an administrator. Raises `Forbidden`.

    Raises `NotInvitedError` for an owner, or for oneself.
    """
    require(permissions_in_company(by, membership.company), Permission.INVITE)
    if membership.role == Role.OWNER or membership.user_id == by.pk:
        raise NotInvitedError("role", _("The role of an owner, or your own, cannot be ended here."))
    _end(membership, by=by)


@transaction.atomic
def leave(*, membership: Membership) -> None:
    """Give up one's own role in a company. Raises `NotInvitedError` for an owner, whom an administrator replaces."""
    if membership.role == Role.OWNER:
        raise NotInvitedError(
            "role", _("An owner cannot leave. Ask the city bureau to name another one first.")
        )
    _end(membership, by=membership.user)


def _end(membership: Membership, *, by: User) -> None:
    if not membership.is_current:
        return
    membership.expires_at = timezone.now()
    membership.save(update_fields=["expires_at"])
    record(
        CompanyAuditCode.ROLE_ENDED,
        membership,
        by=by,
        company_id=membership.company_id,
        role=membership.role,
        user=str(membership.user_id),
    )


def _record(action: AuditCode, invitation: Invitation, *, by: User) -> None:
    record(action, invitation, by=by, company_id=invitation.company_id, role=invitation.role)
