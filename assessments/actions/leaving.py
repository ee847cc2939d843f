"""Deleting a person's data: the account stays, without a name, for what it did."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Notice, User
from accounts.roles import Role
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import SectionAssignment
from audit.record import record
from companies.models import Company, Invitation, Membership, Programme, ProgrammeRole
from companies.models.scope import build_current_condition

# In both languages, since it is stored once and read in either.
NAME_OF_THE_ERASED = "已注销用户 · Former user"
# Never a real mailbox (RFC 2606).
MAIL_DOMAIN = "erased.invalid"


class StillNeeded(Exception):
    """The only owner of a company, or the only administrator of a programme; `places` names those."""

    def __init__(self, places: Iterable[models.Model]) -> None:
        self.places = [str(place) for place in places]
        super().__init__(", ".join(self.places))


def list_sole_responsibilities(user: User) -> list[models.Model]:
    """Return the companies that have no other owner, and programmes that have no other administrator."""
    owned = Membership.objects.filter(build_current_condition(), role=Role.OWNER, user__is_active=True)
    run = ProgrammeRole.objects.filter(
        build_current_condition(), role=Role.ADMINISTRATOR, user__is_active=True
    )
    companies = Company.objects.filter(pk__in=owned.filter(user=user).values("company")).exclude(
        pk__in=owned.exclude(user=user).values("company")
    )
    programmes = Programme.objects.filter(pk__in=run.filter(user=user).values("programme")).exclude(
        pk__in=run.exclude(user=user).values("programme")
    )
    return [*companies, *programmes]


def erase_person(*, user: User, by: User) -> None:
    """Take a person's name, addresses and notices away, and end roles, sessions and keys. It cannot be undone.

    Answers, submissions and the record of what was done stay: they are the company's and the programme's. That
    the person once acted for a company stays known too, without a name, since it decides who may verify it.
    Raises `StillNeeded`; then nothing is changed.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        if places := list_sole_responsibilities(person):
            raise StillNeeded(places)
        now = timezone.now()
        for held in (Membership, ProgrammeRole):
            held.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), user=person).update(
                expires_at=now
            )
        SectionAssignment.objects.filter(user=person).delete()
        person.notices.all().delete()
        person.api_keys.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
        Authenticator.objects.filter(user=person).delete()
        for session in UserSession.objects.filter(user=person):
            session.end()
        for log in (AccessAttempt, AccessFailureLog, AccessLog):
            log.objects.filter(username__in=[person.email, *filter(None, [person.phone])]).delete()
        _erase_name(person)
        person.name = NAME_OF_THE_ERASED
        person.email = f"{person.pk.hex}@{MAIL_DOMAIN}"
        person.phone, person.phone_verified_at, person.muted_kinds = "", None, []
        person.mail_problem, person.mail_failed_at = "", None
        person.is_active, person.erased_at = False, now
        # Also ends sessions that are not listed: they are signed with the password.
        person.set_unusable_password()
        person.save()
        record(AssessmentAuditCode.PERSON_ERASED, person, by=by)


def _erase_name(person: User) -> None:
    """Take the name out of where it was written down for others: their notices, and the links for this person."""
    told = Notice.objects.exclude(user=person).filter(parameters__by=person.name)
    colleagues = Membership.objects.filter(company__memberships__user=person).values("user")
    # A namesake elsewhere keeps the name.
    for notice in told.filter(user__in=colleagues):
        notice.parameters["by"] = NAME_OF_THE_ERASED
        notice.save(update_fields=["parameters"])
    links = Invitation.objects.filter(Q(accepted_by=person) | Q(email__iexact=person.email))
    links.update(name=NAME_OF_THE_ERASED, email="", letter_problem="")
