"""Everything that happened to a company, merged from stages, submissions and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Submission
from assessments.models.stage import Stage
from audit.models import AuditEvent
from companies.models import Company

# So many of each kind are read; older ones are in the audit log.
EVENTS_READ = 500
# So many are on the first page of a company's file.
EVENTS_SHOWN = 40
# Told by the submission itself and by the dates of the stages.
TOLD_OTHERWISE = (AssessmentAuditCode.SUBMISSION_MADE, AssessmentAuditCode.COMPANY_INVITED)
DATED_STAGES = tuple(stage for stage in Stage if stage not in {Stage.LISTED, Stage.SUBMITTED})


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened: a stage reached, a submission, or an action of the audit trail (its code)."""

    at: datetime
    kind: str
    round: str
    by: User | None
    subject: Stage | Submission | str


def list_timeline_events(
    user: User,
    company: Company,
    assessments: Sequence[Assessment],
    *,
    sees_answers: bool,
    most: int = EVENTS_READ,
) -> list[TimelineEvent]:
    """List the latest events of the company, newest first, `most` of each kind at most; two queries."""
    codes = {assessment.pk: assessment.round.code for assessment in assessments}
    events = [
        TimelineEvent(at, "stage", assessment.round.code, None, stage)
        for assessment in assessments
        for stage in DATED_STAGES
        if (at := getattr(assessment, f"{stage.value}_at")) is not None
    ]
    if sees_answers:
        events += [
            TimelineEvent(
                submission.submitted_at,
                "submission",
                codes.get(submission.assessment_id, ""),
                submission.submitted_by,
                submission,
            )
            for submission in Submission.objects.visible_to(user)
            .filter(assessment__company=company)
            .select_related("submitted_by")
            .defer("content")[:most]
        ]
    events += [
        TimelineEvent(event.at, "action", "", event.by if isinstance(event.by, User) else None, event.action)
        for event in AuditEvent.objects.filter(company_id=company.pk)
        .exclude(action__in=TOLD_OTHERWISE)
        .select_related("by")[:most]
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)
