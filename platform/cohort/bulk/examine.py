"""What a bulk act would do to each assessment now; reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from accounts.models import User
from assessments.actions import reminders
from assessments.models import Assessment, ReviewAssignment, ScoreRun, Submission
from assessments.reviewing.reviewers import assignable
from benchmarks.models import Release
from cohort.bulk.reasons import Reason
from cohort.models import BulkRun
from companies.recipients import deciding_people

# For each assessment why it is left out; empty where the act is done to it.
Verdicts = dict[UUID, str]
Kind = BulkRun.Kind
REVIEW_KINDS = {
    Kind.ASSIGN_COUNTY: ReviewAssignment.Kind.COUNTY,
    Kind.ASSIGN_ASSESSOR: ReviewAssignment.Kind.ASSESSOR,
}
DROP_KINDS = {
    Kind.DROP_COUNTY: ReviewAssignment.Kind.COUNTY,
    Kind.DROP_ASSESSOR: ReviewAssignment.Kind.ASSESSOR,
}


def examine(
    kind: BulkRun.Kind, assessments: Sequence[Assessment], *, by: User, assignee: User | None
) -> Verdicts:
    """The verdict on each assessment; they come with `round__programme` and `company`."""
    return EXAMINING[kind](kind, assessments, by, assignee)


def _invite(kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None) -> Verdicts:
    people = deciding_people(row.company_id for row in assessments)

    def verdict(row: Assessment) -> str:
        if row.invited_at is not None:
            return Reason.INVITED.value
        if row.is_frozen:
            return Reason.FROZEN.value
        return "" if people.get(row.company_id) else Reason.UNREACHABLE.value

    return {row.pk: verdict(row) for row in assessments}


def _remind(kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None) -> Verdicts:
    outcome = reminders.preview(assessments=assessments, by=by)
    return {
        **{row.assessment.pk: "" for row in outcome.reminded},
        **{row.assessment.pk: row.reason.value for row in outcome.left_out},
    }


def _assign(kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None) -> Verdicts:
    found = assignable(assignee, REVIEW_KINDS[kind], assessments) if assignee is not None else set()
    return {row.pk: "" if row.pk in found else Reason.NOT_ASSIGNABLE.value for row in assessments}


def _drop(kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None) -> Verdicts:
    assigned = set(
        ReviewAssignment.objects.filter(
            assessment__in=[row.pk for row in assessments], kind=DROP_KINDS[kind]
        ).values_list("assessment", flat=True)
    )
    return {row.pk: "" if row.pk in assigned else Reason.NOBODY_ASSIGNED.value for row in assessments}


def _rescore(kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None) -> Verdicts:
    if not assessments:
        return {}
    release = Release.objects.defer("scorecard").active_in(assessments[0].round.programme)
    if release is None:
        return {row.pk: Reason.NO_RELEASE.value for row in assessments}
    counting = Submission.objects.counting().filter(assessment__in=[row.pk for row in assessments])
    submitted = dict(counting.values_list("pk", "assessment_id"))
    scored = set(
        ScoreRun.objects.filter(release=release, submission__in=submitted).values_list(
            "submission_id", flat=True
        )
    )
    present = set(submitted.values())
    lacking = {assessment for submission, assessment in submitted.items() if submission not in scored}

    def verdict(row: Assessment) -> str:
        if row.pk not in present:
            return Reason.NOTHING_SUBMITTED.value
        return "" if row.pk in lacking else Reason.ALREADY_SCORED.value

    return {row.pk: verdict(row) for row in assessments}


EXAMINING: dict[BulkRun.Kind, Callable[[Kind, Sequence[Assessment], User, User | None], Verdicts]] = {
    Kind.INVITE: _invite,
    Kind.REMIND: _remind,
    Kind.ASSIGN_COUNTY: _assign,
    Kind.ASSIGN_ASSESSOR: _assign,
    Kind.DROP_COUNTY: _drop,
    Kind.DROP_ASSESSOR: _drop,
    Kind.RESCORE: _rescore,
}
