"""Everything that happened to a company, merged from stages, submissions and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from assessments.models import Assessment, Submission
from audit.models import AuditEvent
from cohort.queries.file import DATED_STAGES, TOLD_OTHERWISE, Event
from companies.models import Company

# So many of each kind are read; older ones are in the record of who did what.
EVENTS_READ = 500


def timeline_of(
    user: User, company: Company, assessments: Sequence[Assessment], *, sees_answers: bool
) -> list[Event]:
    """The events of the company, newest first; two queries."""
    codes = {assessment.pk: assessment.round.code for assessment in assessments}
    events = [
        Event(at, "stage", assessment.round.code, None, stage)
        for assessment in assessments
        for stage in DATED_STAGES
        if (at := getattr(assessment, f"{stage.value}_at")) is not None
    ]
    if sees_answers:
        events += [
            Event(
                submission.submitted_at,
                "submission",
                codes.get(submission.assessment_id, ""),
                submission.submitted_by,
                submission,
            )
            for submission in Submission.objects.visible_to(user)
            .filter(assessment__company=company)
            .select_related("submitted_by")
            .defer("content")[:EVENTS_READ]
        ]
    events += [
        Event(event.at, "action", "", event.by if isinstance(event.by, User) else None, event.action)
        for event in AuditEvent.objects.filter(company_id=company.pk)
        .exclude(action__in=TOLD_OTHERWISE)
        .select_related("by")[:EVENTS_READ]
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)
