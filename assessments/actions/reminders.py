"""Reminding companies of answers that are due, with the rules of when to leave them alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Reminder, Round
from audit.record import record
from companies.models import Programme
from companies.permissions import permissions_in_programme, require
from companies.recipients import list_deciding_people
from instrument import load_instrument

# A company is reminded of a round at most once in this time.
PAUSE = timedelta(days=7)


class ReminderSkipReason(models.TextChoices):
    """A reason for not reminding a company."""

    SUBMITTED = "submitted", _("Has submitted its answers")
    CLOSED = "closed", _("The round is not open for it")
    RECENT = "recent", _("Was reminded within the last seven days")
    OFTEN = "often", _("Was reminded as often as the rules allow in this round")
    NOBODY = "nobody", _("Nobody of the company has an account that is in use")


@dataclass(frozen=True, slots=True)
class Reminded:
    """A company that is reminded, and its people who get the message."""

    assessment: Assessment
    people: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A company that is not reminded, and why."""

    assessment: Assessment
    reason: ReminderSkipReason


@dataclass(frozen=True, slots=True)
class ReminderOutcome:
    """The companies reminded and those left out, in the order in which they were given."""

    reminded: list[Reminded] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many messages go out."""
        return sum(len(row.people) for row in self.reminded)

    @property
    def reasons(self) -> list[tuple[ReminderSkipReason, int]]:
        """How many companies are left out for each reason, in the order of the rules."""
        counts = [
            (reason, sum(row.reason == reason for row in self.left_out)) for reason in ReminderSkipReason
        ]
        return [(reason, count) for reason, count in counts if count]


def preview_reminders(*, assessments: Iterable[Assessment], by: User) -> ReminderOutcome:
    """Return what `remind_companies` would do now; nothing is sent. Six queries for one programme.

    Raises `Forbidden` unless `by` runs the programme of each assessment.
    """
    ids = [assessment.pk for assessment in assessments]
    found = Assessment.objects.filter(pk__in=ids).select_related("company", "round__programme")
    by_id = {assessment.pk: assessment for assessment in found}
    rows = [by_id[pk] for pk in ids if pk in by_id]
    _require_programmes(by, {row.round.programme for row in rows})
    people = list_deciding_people(row.company_id for row in rows)
    sent = {
        counted["assessment"]: (counted["times"], counted["last"])
        for counted in Reminder.objects.filter(assessment__in=ids)
        .values("assessment")
        .annotate(times=Count("pk"), last=Max("sent_at"))
        .order_by()
    }
    now = timezone.now()
    outcome = ReminderOutcome()
    for row in rows:
        times, last = sent.get(row.pk, (0, None))
        own = people.get(row.company_id, [])
        reason: ReminderSkipReason | None = None
        if row.submitted_at is not None:
            reason = ReminderSkipReason.SUBMITTED
        elif not row.can_change:
            reason = ReminderSkipReason.CLOSED
        elif last is not None and last > now - PAUSE:
            reason = ReminderSkipReason.RECENT
        elif times >= settings.REMINDERS_IN_A_ROUND:
            reason = ReminderSkipReason.OFTEN
        elif not own:
            reason = ReminderSkipReason.NOBODY
        if reason is None:
            outcome.reminded.append(Reminded(row, tuple(own)))
        else:
            outcome.left_out.append(LeftOut(row, reason))
    return outcome


def remind_companies(*, assessments: Iterable[Assessment], by: User) -> ReminderOutcome:
    """Remind owners and delegates of companies that have not submitted; return who was, and who was not.

    Repeating it reminds nobody twice: what was just sent counts. Raises `Forbidden` as `preview` does; then
    nothing is sent.
    """
    with transaction.atomic():
        # Two people who press the button together must not both send.
        locked = list(
            Assessment.objects.select_for_update()
            .filter(pk__in=[assessment.pk for assessment in assessments])
            .order_by("pk")
        )
        outcome = preview_reminders(assessments=locked, by=by)
        for row in outcome.reminded:
            _send_reminder(row, by)
    return outcome


def _send_reminder(row: Reminded, by: User) -> None:
    assessment = row.assessment
    facts = build_reminder_facts(assessment)
    for person in row.people:
        notify(
            user=person,
            kind=NoticeKind.REMINDER,
            link=reverse("assessments:home", args=[assessment.pk]),
            company=assessment.company,
            **facts,
        )
    Reminder.objects.create(assessment=assessment, sent_by=by, people=len(row.people))
    record(
        AssessmentAuditCode.COMPANY_REMINDED,
        assessment,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        people=len(row.people),
    )


def build_reminder_facts(assessment: Assessment) -> dict[str, Any]:
    """Build what a reminder names besides the company."""
    total = len(load_instrument(assessment.round.instrument_version).items)
    return {
        "round": Round.Code(assessment.round.code).label,
        "deadline": timezone.localdate(assessment.deadline),
        "left": max(0, total - assessment.answered),
    }


def _require_programmes(by: User, programmes: set[Programme]) -> None:
    for programme in programmes:
        require(permissions_in_programme(by, programme), Permission.RUN_PROGRAMME)
