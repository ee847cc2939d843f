"""What a bulk act would do to each assessment now; reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from accounts.models import User
from assessments.actions import reminders
from assessments.models import Assessment, ReviewAssignment, ScoreRun, Submission
from assessments.reviewing.reviewers import list_assignable_assessments
from benchmarks.models import Release
from cohort.bulk.reasons import BulkReason
from cohort.models import BulkRun
from companies.recipients import list_deciding_people

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
    """Return the verdict on each assessment; they come with `round__programme` and `company`."""
    return EXAMINING[kind](kind, assessments, by, assignee)


def _examine_invitations(
    kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None
) -> Verdicts:
    people = list_deciding_people(row.company_id for row in assessments)

    def judge(row: Assessment) -> str:
        if row.invited_at is not None:
            return BulkReason.INVITED.value
        if row.is_frozen:
            return BulkReason.FROZEN.value
        return "" if people.get(row.company_id) else BulkReason.UNREACHABLE.value

    return {row.pk: judge(row) for row in assessments}


def _examine_reminders(
    kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None
) -> Verdicts:
    outcome = reminders.preview_reminders(assessments=assessments, by=by)
    return {
        **{row.assessment.pk: "" for row in outcome.reminded},
        **{row.assessment.pk: row.reason.value for row in outcome.left_out},
    }


def _examine_assignments(
    kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None
) -> Verdicts:
    found = (
        list_assignable_assessments(assignee, REVIEW_KINDS[kind], assessments)
        if assignee is not None
        else set()
    )
    return {row.pk: "" if row.pk in found else BulkReason.NOT_ASSIGNABLE.value for row in assessments}


def _examine_removals(
    kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None
) -> Verdicts:
    assigned = set(
        ReviewAssignment.objects.filter(
            assessment__in=[row.pk for row in assessments], kind=DROP_KINDS[kind]
        ).values_list("assessment", flat=True)
    )
    return {row.pk: "" if row.pk in assigned else BulkReason.NOBODY_ASSIGNED.value for row in assessments}


def _examine_rescoring(
    kind: Kind, assessments: Sequence[Assessment], by: User, assignee: User | None
) -> Verdicts:
    if not assessments:
        return {}
    release = Release.objects.defer("scorecard").find_active(assessments[0].round.programme)
    if release is None:
        return {row.pk: BulkReason.NO_RELEASE.value for row in assessments}
    counting = Submission.objects.filter_counting().filter(assessment__in=[row.pk for row in assessments])
    submitted = dict(counting.values_list("pk", "assessment_id"))
    scored = set(
        ScoreRun.objects.filter(release=release, submission__in=submitted).values_list(
            "submission_id", flat=True
        )
    )
    present = set(submitted.values())
    lacking = {assessment for submission, assessment in submitted.items() if submission not in scored}

    def judge(row: Assessment) -> str:
        if row.pk not in present:
            return BulkReason.NOTHING_SUBMITTED.value
        return "" if row.pk in lacking else BulkReason.ALREADY_SCORED.value

    return {row.pk: judge(row) for row in assessments}


EXAMINING: dict[BulkRun.Kind, Callable[[Kind, Sequence[Assessment], User, User | None], Verdicts]] = {
    Kind.INVITE: _examine_invitations,
    Kind.REMIND: _examine_reminders,
    Kind.ASSIGN_COUNTY: _examine_assignments,
    Kind.ASSIGN_ASSESSOR: _examine_assignments,
    Kind.DROP_COUNTY: _examine_removals,
    Kind.DROP_ASSESSOR: _examine_removals,
    Kind.RESCORE: _examine_rescoring,
}
