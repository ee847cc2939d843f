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

from accounts.models import Kind, User
from accounts.notices import notify
from accounts.roles import Verb
from assessments.models import Assessment, Reminder, Round
from audit.record import record
from companies.models import Programme
from companies.permissions import require, verbs_in_programme
from companies.recipients import deciding_people
from instrument import load

# A company is reminded of a round at most once in this time.
PAUSE = timedelta(days=7)


class Reason(models.TextChoices):
    """Why a company is not reminded."""

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
    reason: Reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is reminded and who is left out, in the order in which they were given."""

    reminded: list[Reminded] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many messages go out."""
        return sum(len(row.people) for row in self.reminded)

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """How many companies are left out for each reason, in the order of the rules."""
        counts = [(reason, sum(row.reason == reason for row in self.left_out)) for reason in Reason]
        return [(reason, count) for reason, count in counts if count]


def preview(*, assessments: Iterable[Assessment], by: User) -> Outcome:
    """What `remind` would do now; nothing is sent. Six queries for one programme, however many companies.

    Raises `Forbidden` unless `by` runs the programme of each assessment.
    """
    ids = [assessment.pk for assessment in assessments]
    found = Assessment.objects.filter(pk__in=ids).select_related("company", "round__programme")
    by_id = {assessment.pk: assessment for assessment in found}
    rows = [by_id[pk] for pk in ids if pk in by_id]
    _require_programmes(by, {row.round.programme for row in rows})
    people = deciding_people(row.company_id for row in rows)
    sent = {
        counted["assessment"]: (counted["times"], counted["last"])
        for counted in Reminder.objects.filter(assessment__in=ids)
        .values("assessment")
        .annotate(times=Count("pk"), last=Max("sent_at"))
        .order_by()
    }
    now = timezone.now()
    outcome = Outcome()
    for row in rows:
        times, last = sent.get(row.pk, (0, None))
        own = people.get(row.company_id, [])
        reason: Reason | None = None
        if row.submitted_at is not None:
            reason = Reason.SUBMITTED
        elif not row.can_change:
            reason = Reason.CLOSED
        elif last is not None and last > now - PAUSE:
            reason = Reason.RECENT
        elif times >= settings.REMINDERS_IN_A_ROUND:
            reason = Reason.OFTEN
        elif not own:
            reason = Reason.NOBODY
        if reason is None:
            outcome.reminded.append(Reminded(row, tuple(own)))
        else:
            outcome.left_out.append(LeftOut(row, reason))
    return outcome


def remind(*, assessments: Iterable[Assessment], by: User) -> Outcome:
    """Remind the owners and delegates of companies that have not submitted; who was, and who was left out.

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
        outcome = preview(assessments=locked, by=by)
        for row in outcome.reminded:
            _send(row, by)
    return outcome


def _send(row: Reminded, by: User) -> None:
    assessment = row.assessment
    facts = reminder_facts(assessment)
    for person in row.people:
        notify(
            user=person,
            kind=Kind.REMINDER,
            link=reverse("assessments:home", args=[assessment.pk]),
            company=assessment.company,
            **facts,
        )
    Reminder.objects.create(assessment=assessment, sent_by=by, people=len(row.people))
    record(
        "company.reminded",
        assessment,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        people=len(row.people),
    )


def reminder_facts(assessment: Assessment) -> dict[str, Any]:
    """What a reminder names besides the company."""
    total = len(load(assessment.round.instrument_version).items)
    return {
        "round": Round.Code(assessment.round.code).label,
        "deadline": timezone.localdate(assessment.deadline),
        "left": max(0, total - assessment.answered),
    }


def _require_programmes(by: User, programmes: set[Programme]) -> None:
    for programme in programmes:
        require(verbs_in_programme(by, programme), Verb.RUN_PROGRAMME)
