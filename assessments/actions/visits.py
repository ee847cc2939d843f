"""Grading on site: begin a visit, decide item by item, finish."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.actions.answers import build_answer_columns
from assessments.actions.submissions import create_submission
from assessments.answering import queries, revisions
from assessments.answering.reopening import find_open_return
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import (
    Assessment,
    Decision,
    Grade,
    GradeRevision,
    Return,
    ReturnedItem,
    Submission,
    Visit,
)
from assessments.notifications.announcements import notify_about_return, notify_about_verification
from assessments.reviewing.conflicts_of_interest import (
    find_visit_conflicts_of_interest,
    require_no_conflict_of_interest,
)
from audit.codes import AuditCode
from audit.record import record
from companies.permissions import permissions_in_company, require
from instrument import Instrument, InvalidAnswer, ItemAnswer, load_instrument

MAX_REMARK = 2_000


class NoVisit(Exception):
    """No visit that is open or may begin: not recommended, already verified, or finished."""


class NotAllDecided(Exception):
    """A visit that cannot be finished: `items` are not verified yet."""

    def __init__(self, items: list[str]) -> None:
        super().__init__(", ".join(items))
        self.items = items


class NoRemark(Exception):
    """A change or a return without a reason, which the company reads."""


def start_visit(*, assessment: Assessment, by: User) -> Visit:
    """Begin the visit, or return the one that is open. Whoever begins declares to have no ties to the company.

    Raises `Forbidden`, `Tied` or `NoVisit`.
    """
    require(permissions_in_company(by, assessment.company), Permission.VERIFY)
    with transaction.atomic():
        locked = _lock_assessment(assessment)
        visit = locked.visits.filter(finished_at__isnull=True).first()
        require_no_conflict_of_interest(find_visit_conflicts_of_interest(by, assessment, visit))
        if visit is not None:
            return visit
        appeal = locked.appeals.filter(decided_at__isnull=True).first()
        if appeal is None and (locked.recommended_at is None or locked.verified_at is not None):
            raise NoVisit
        now = timezone.now()
        visit = Visit.objects.create(assessment=locked, appeal=appeal, started_by=by, started_at=now)
        if appeal is not None:
            _copy_undisputed_grades(
                visit, Visit.objects.filter(submission=appeal.submission_id).latest("finished_at")
            )
        _record_visit(AssessmentAuditCode.VISIT_STARTED, visit, by=by, appeal=appeal is not None)
    return visit


def _copy_undisputed_grades(visit: Visit, earlier: Visit) -> None:
    """Take the decisions that are not under appeal from the earlier visit."""
    assert visit.appeal is not None
    disputed = set(visit.appeal.items.values_list("item", flat=True))
    Grade.objects.bulk_create(
        Grade(
            visit=visit,
            assessment_id=visit.assessment_id,
            item=grade.item,
            answered_by_id=grade.answered_by_id,
            answered_at=grade.answered_at,
            **grade.get_content(),
        )
        for grade in earlier.grades.exclude(item__in=disputed)
    )


def decide_item(
    *,
    visit: Visit,
    item: str,
    decision: Decision,
    answer: ItemAnswer | None,
    remark: str,
    seen_on_site: bool,
    revision: int,
    by: User,
) -> Grade:
    """Store the decision about one item and keep what it was.

    `revision` is the one that the form was made from, 0 if there was no decision. `answer` is the assessor's value
    of a change; an accepted item takes the company's own. A return also opens the item for the company.

    Raises `StaleAnswer`, `NoVisit`, `NoRemark`, `InvalidAnswer`, `Forbidden` or `Tied`; then nothing is stored.
    """
    assessment = visit.assessment
    require(permissions_in_company(by, assessment.company), Permission.VERIFY)
    require_no_conflict_of_interest(find_visit_conflicts_of_interest(by, assessment, visit))
    instrument = load_instrument(assessment.round.instrument_version)
    submission = queries.find_latest_submission(assessment)
    if submission is None:
        raise NoVisit
    remark = remark.strip()
    if len(remark) > MAX_REMARK:
        raise InvalidAnswer(item, "remark", "too_long", f"At most {MAX_REMARK} characters fit here.")
    if decision != Decision.ACCEPTED and not remark:
        raise NoRemark
    own = submission.read_answers().get(item)
    content = _build_content(instrument, item, decision, answer, own) | {
        "decision": decision.value,
        "remark": remark,
        "seen_on_site": seen_on_site,
    }
    with transaction.atomic():
        _lock_assessment(assessment)
        fresh = Visit.objects.select_related("appeal").get(pk=visit.pk)
        if not fresh.is_open or not _is_disputed(fresh, item):
            raise NoVisit
        current = Grade.objects.filter(visit=visit, item=item).first()
        if (repeated := revisions.find_repeated(current, revision, content, item)) is not None:
            return repeated
        grade = revisions.write_change(
            current,
            revisions.build_next_columns(current, content, by=by, at=timezone.now()),
            key={"visit_id": visit.pk, "assessment_id": assessment.pk, "item": item},
            present=Grade,
            history=GradeRevision,
            by=by,
        )
        if decision == Decision.RETURNED:
            _return_item(assessment, item, remark, by=by)
        _record_visit(
            AssessmentAuditCode.VISIT_DECIDED,
            visit,
            by=by,
            item=item,
            decision=decision.value,
            revision=grade.revision,
        )
    return grade


def finish_visit(*, visit: Visit, by: User) -> Submission:
    """Freeze the verified values as a submission and have it scored: from then on the official level is theirs.

    Raises `NotAllDecided`, `NoVisit`, `Forbidden` or `Tied`; then nothing is stored.
    """
    assessment = visit.assessment
    require(permissions_in_company(by, assessment.company), Permission.VERIFY)
    require_no_conflict_of_interest(find_visit_conflicts_of_interest(by, assessment, visit))
    instrument = load_instrument(assessment.round.instrument_version)
    with transaction.atomic():
        locked = _lock_assessment(assessment)
        fresh = Visit.objects.select_related("appeal").get(pk=visit.pk)
        if not fresh.is_open:
            raise NoVisit
        grades = {grade.item: grade for grade in fresh.grades.all()}
        open_items = [
            code for code in instrument.item_order if code not in grades or not grades[code].is_decided
        ]
        if open_items:
            raise NotAllDecided(open_items)
        given_back = find_open_return(locked)
        if given_back is not None:
            # Everything was decided on site after all, so nothing is left for the company to correct.
            given_back.closed_at = timezone.now()
            given_back.save(update_fields=["closed_at"])
        submission = create_submission(
            assessment=locked,
            answers={code: grade.build_item_answer() for code, grade in grades.items()},
            kind=Submission.Kind.VERIFIED,
            origin=Submission.Origin.SITE,
            by=by,
        )
        now = timezone.now()
        fresh.finished_by, fresh.finished_at, fresh.submission = by, now, submission
        fresh.save(update_fields=["finished_by", "finished_at", "submission"])
        if fresh.appeal is not None:
            fresh.appeal.decided_at = now
            fresh.appeal.save(update_fields=["decided_at"])
        locked.verified_at = locked.verified_at or now
        locked.save(update_fields=["verified_at", "updated_at"])
        notify_about_verification(fresh)
        _record_visit(AssessmentAuditCode.VISIT_FINISHED, fresh, by=by, submission=submission.number)
    return submission


def _build_content(
    instrument: Instrument, item: str, decision: Decision, answer: ItemAnswer | None, own: ItemAnswer | None
) -> dict[str, object]:
    """Build the columns of the verified value: the assessor's if it is changed, else the company's own."""
    if decision == Decision.CHANGED:
        if answer is None:
            raise InvalidAnswer(item, "value", "empty", "A change needs a value.")
        chosen = ItemAnswer(
            state=answer.state,
            value=answer.value,
            reason=answer.reason,
            # Figures and the comment are the company's; the assessor's words are in the remark.
            figures=dict(own.figures) if own else {},
            comment=own.comment if own else "",
        )
    elif own is None:
        raise InvalidAnswer(item, "value", "empty", "The company gave no answer to accept.")
    else:
        chosen = own
    return build_answer_columns(instrument, item, chosen)


def _is_disputed(visit: Visit, item: str) -> bool:
    """Return whether the item is open in this visit: all are, but in an appeal those under appeal."""
    return visit.appeal is None or visit.appeal.items.filter(item=item).exists()


def _return_item(assessment: Assessment, item: str, remark: str, *, by: User) -> None:
    given_back = find_open_return(assessment)
    if given_back is None:
        given_back = Return.objects.create(
            assessment=assessment,
            origin=Return.Origin.SITE,
            returned_by=by,
            returned_at=timezone.now(),
        )
    ReturnedItem.objects.update_or_create(returned=given_back, item=item, defaults={"comment": remark})
    notify_about_return(given_back)


def _lock_assessment(assessment: Assessment) -> Assessment:
    """Lock the row of the assessment: two decisions about one company wait for each other."""
    return Assessment.objects.select_for_update(of=("self",)).select_related("round").get(pk=assessment.pk)


def _record_visit(action: AuditCode, visit: Visit, *, by: User, **details: object) -> None:
    record(
        action,
        visit,
        by=by,
        company_id=visit.assessment.company_id,
        programme_id=visit.assessment.round.programme_id,
        **details,
    )
