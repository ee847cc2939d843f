"""Rounds: opening one for the programme's companies, inviting, moving the deadline, freezing."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Round
from assessments.notifications.announcements import notify_about_deadline, notify_about_invitation
from assessments.rounds.instruments import require_published
from assessments.tasks.rounds import request_deadline_notices, request_round_assessments
from audit.codes import AuditCode
from audit.record import record
from companies.models import Programme
from companies.permissions import permissions_in_programme, require
from instrument import CURRENT


class RoundRefused(ValueError):
    """A round that cannot be opened or changed as asked; the text says why and what to do."""


def open_round(
    *,
    programme: Programme,
    code: str,
    opens_at: datetime,
    deadline: datetime,
    by: User | None,
    closes_at: datetime | None = None,
    instrument_version: str = "",
) -> Round:
    """Open a round; a job then makes an assessment for each listed company.

    Without `closes_at` the round is frozen by hand. Without `instrument_version` it takes the programme's, else
    the product's current one. `by=None` is the system's own set-up. Raises `RoundRefused`, `NotPublished` or
    `Forbidden`; then nothing is stored.
    """
    _require_permission(programme, by)
    version = instrument_version or programme.instrument_version or CURRENT
    _check_times(opens_at, deadline, closes_at)
    try:
        with transaction.atomic():
            require_published(version)
            opened = Round.objects.create(
                programme=programme,
                code=code,
                instrument_version=version,
                opens_at=opens_at,
                deadline=deadline,
                closes_at=closes_at,
            )
            record(
                AssessmentAuditCode.ROUND_OPENED,
                opened,
                by=by,
                programme_id=programme.pk,
                code=code,
                instrument_version=version,
                deadline=deadline.isoformat(),
            )
            request_round_assessments(opened, by=by)
    except IntegrityError as error:
        if programme.rounds.filter(code=code).exists():
            raise RoundRefused(_("Round %(code)s is there already.") % {"code": code}) from error
        raise
    return opened


def add_companies(*, round_: Round, by: User) -> None:
    """Have assessments made for companies that were listed after the round was opened."""
    _require_permission(round_.programme, by)
    with transaction.atomic():
        request_round_assessments(round_, by=by)


def change_times(*, round_: Round, deadline: datetime, closes_at: datetime | None, by: User | None) -> bool:
    """Move the deadline and the closing time; return False if they are these already.

    A frozen round is reopened instead. Raises `RoundRefused` or `Forbidden`.
    """
    _require_permission(round_.programme, by)
    _check_times(round_.opens_at, deadline, closes_at)
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=round_.pk)
        if (locked.deadline, locked.closes_at) == (deadline, closes_at):
            return False
        if locked.is_frozen:
            raise RoundRefused(_("The round is locked. Reopen it to set another deadline."))
        if closes_at is not None and closes_at <= timezone.now():
            raise RoundRefused(_("The closing time has passed. To close the round now, lock it."))
        before = locked.deadline
        _set_times(locked, deadline, closes_at)
        record(
            AssessmentAuditCode.ROUND_DEADLINE_MOVED,
            round_,
            by=by,
            programme_id=round_.programme_id,
            before=before.isoformat(),
            deadline=deadline.isoformat(),
            closes_at=closes_at.isoformat() if closes_at else None,
        )
        if before != deadline:
            request_deadline_notices(locked, by=by)
    _copy_times(round_, locked)
    return True


def close_round(*, round_: Round, by: User) -> bool:
    """Freeze the round from now on; return False if it is frozen already. Extensions go on."""
    _require_permission(round_.programme, by)
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=round_.pk)
        if locked.is_frozen:
            return False
        locked.frozen_at = timezone.now()
        locked.save(update_fields=["frozen_at"])
        record(AssessmentAuditCode.ROUND_FROZEN, round_, by=by, programme_id=round_.programme_id)
    _copy_times(round_, locked)
    return True


def reopen_round(
    *, round_: Round, deadline: datetime, closes_at: datetime | None, reason: str, by: User
) -> None:
    """Let answers of a frozen round change again until a new deadline. Raises `RoundRefused` or `Forbidden`.

    Submissions that are there stay as they are; whoever corrects answers submits anew.
    """
    _require_permission(round_.programme, by)
    reason = reason.strip()
    if not reason:
        raise RoundRefused(_("Say why the round is reopened."))
    _check_times(round_.opens_at, deadline, closes_at)
    if deadline <= timezone.now():
        raise RoundRefused(_("The new deadline lies in the past."))
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=round_.pk)
        if not locked.is_frozen:
            raise RoundRefused(_("The round is open."))
        frozen_since = locked.frozen_since
        locked.frozen_at = None
        _set_times(locked, deadline, closes_at)
        record(
            AssessmentAuditCode.ROUND_REOPENED,
            round_,
            by=by,
            programme_id=round_.programme_id,
            frozen_since=frozen_since.isoformat() if frozen_since else None,
            deadline=deadline.isoformat(),
            reason=reason[:200],
        )
    _copy_times(round_, locked)


def extend_deadline(*, assessment: Assessment, until: datetime, reason: str, by: User) -> None:
    """Give one company more time, also beyond the freeze of the round. Needs `round__programme`.

    Raises `RoundRefused` or `Forbidden`.
    """
    _require_permission(assessment.round.programme, by)
    reason = reason.strip()
    if not reason:
        raise RoundRefused(_("Say why the company gets more time."))
    if until <= max(timezone.now(), assessment.round.deadline):
        raise RoundRefused(_("An extension ends after the deadline of the round, and in the future."))
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        if locked.closed_at is not None:
            raise RoundRefused(_("The company is no longer in the programme."))
        is_new = locked.extended_until != until
        locked.extended_until = until
        locked.extension_reason = reason[:200]
        locked.save(update_fields=["extended_until", "extension_reason", "updated_at"])
        _record_assessment(
            assessment,
            AssessmentAuditCode.ASSESSMENT_EXTENDED,
            by,
            until=until.isoformat(),
            reason=reason[:200],
        )
        assessment.extended_until, assessment.extension_reason = until, locked.extension_reason
        if is_new:
            notify_about_deadline(assessment)


def withdraw_extension(*, assessment: Assessment, by: User) -> bool:
    """Let the deadline of the round hold for the company again; return False without an extension."""
    _require_permission(assessment.round.programme, by)
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        if locked.extended_until is None:
            return False
        until = locked.extended_until
        locked.extended_until, locked.extension_reason = None, ""
        locked.save(update_fields=["extended_until", "extension_reason", "updated_at"])
        _record_assessment(
            assessment, AssessmentAuditCode.ASSESSMENT_EXTENSION_WITHDRAWN, by, until=until.isoformat()
        )
        assessment.extended_until, assessment.extension_reason = None, ""
        notify_about_deadline(assessment)
    return True


def invite_company(*, assessment: Assessment, by: User) -> None:
    """Invite the company's people to the round, and note it; a company that was invited is left alone."""
    _require_permission(assessment.round.programme, by)
    with transaction.atomic():
        changed = Assessment.objects.filter(pk=assessment.pk, invited_at__isnull=True).update(
            invited_at=timezone.now(), updated_at=timezone.now()
        )
        if changed:
            people = notify_about_invitation(assessment)
            _record_assessment(assessment, AssessmentAuditCode.COMPANY_INVITED, by, people=people)


def _require_permission(programme: Programme, by: User | None) -> None:
    if by is not None:
        require(permissions_in_programme(by, programme), Permission.RUN_PROGRAMME)


def _check_times(opens_at: datetime, deadline: datetime, closes_at: datetime | None) -> None:
    if deadline <= opens_at:
        raise RoundRefused(_("The deadline comes after the opening."))
    if closes_at is not None and closes_at < deadline:
        raise RoundRefused(_("A round closes at its deadline or later."))


def _set_times(round_: Round, deadline: datetime, closes_at: datetime | None) -> None:
    round_.deadline, round_.closes_at = deadline, closes_at
    round_.save(update_fields=["deadline", "closes_at", "frozen_at"])


def _copy_times(round_: Round, changed: Round) -> None:
    """Copy what was stored to the caller's object."""
    for name in ("deadline", "closes_at", "frozen_at"):
        setattr(round_, name, getattr(changed, name))


def _record_assessment(assessment: Assessment, action: AuditCode, by: User | None, **details: object) -> None:
    record(
        action,
        assessment,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        **details,
    )
