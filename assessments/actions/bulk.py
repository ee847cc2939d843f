"""Saving and submitting the answers of many companies at once, by the rules that also hold for one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, Role
from assessments.actions.answers import AnswersLocked, build_answer_columns
from assessments.actions.submissions import create_submission
from assessments.answering import revisions
from assessments.answering.validation import SubmissionProblem, list_answer_problems
from assessments.models import Answer, AnswerRevision, Assessment, Submission
from assessments.models.answered import is_answered
from assessments.tasks.scoring import request_bulk_scoring
from companies.models import Membership
from companies.permissions import permissions_in_programme, require
from instrument import InvalidAnswer, ItemAnswer, load_instrument
from jobs.models import Job

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """Answers for one assessment. Items in `undecided` have figures or a comment and no answer yet."""

    assessment: Assessment
    answers: Mapping[str, ItemAnswer]
    undecided: frozenset[str] = frozenset()


class AnsweredByCompany(Exception):
    """Another answer by the company's own people, which stays; `current` is that answer."""

    def __init__(self, current: Answer) -> None:
        super().__init__(current.item)
        self.current = current


@dataclass(frozen=True, slots=True)
class Rejected:
    """One answer that cannot be saved, and why."""

    assessment: Assessment
    item: str
    error: InvalidAnswer | AnsweredByCompany


class NotSaved(Exception):
    """A refusal to save anything; `rejected` are the answers that stand in the way."""

    def __init__(self, rejected: list[Rejected]) -> None:
        super().__init__(f"{len(rejected)} answers")
        self.rejected = rejected


@dataclass(frozen=True, slots=True)
class Stored:
    """What changed: answers saved, new submissions, and what kept the other assessments from being submitted.

    `job` scores the new submissions; None if there are none, or no release of the model is in use.
    """

    answers: int
    submissions: list[Submission]
    kept_back: list[tuple[Assessment, list[SubmissionProblem]]]
    job: Job | None


def save_answer_sets(
    *,
    sets: Sequence[AnswerSet],
    origin: Submission.Origin,
    by: User | None,
    submit: bool = True,
    have_scored: bool = True,
    on_stored: Callable[[Assessment], None] | None = None,
) -> Stored:
    """Save the answers that differ from what is there, submit what is complete, score it by one job.

    Unlike saving from a form there is no revision to compare: an answer that somebody of the company gave is
    never written over. Incomplete sets stay drafts. Storing the same again changes nothing. Assessments come
    with round, programme and company. Raises `NotSaved`, `Frozen` or `Forbidden`; then nothing is stored.
    `by=None` is the system itself. With `submit=False` everything stays a draft; with `have_scored=False` the caller
    sees to scoring. `on_stored` hears of each set that was frozen or kept back.
    """
    _require_permission(sets, by)
    contents = _build_contents(sets)
    with transaction.atomic():
        assessments = _lock_assessments(sets)
        current = {
            (answer.assessment_id, answer.item): answer
            for answer in Answer.objects.filter(assessment__in=assessments.values())
        }
        differing = {
            key: content
            for key, content in contents.items()
            if key not in current or current[key].get_content() != content
        }
        _require_own_answers_kept(assessments, differing, current)
        _update_counts(assessments, differing, current)
        present = current | _write_answers(differing, current, by)
        new, kept_back = _submit_complete(assessments, present, origin, by, on_stored) if submit else ([], [])
        job = request_bulk_scoring(new, by=by) if have_scored else None
    return Stored(len(differing), new, kept_back, job)


def _build_contents(sets: Sequence[AnswerSet]) -> dict[tuple[UUID, str], dict[str, object]]:
    """Build the columns of each answer, by the rule for forms; raises `NotSaved` or `AnswersLocked`."""
    rejected: list[Rejected] = []
    contents: dict[tuple[UUID, str], dict[str, object]] = {}
    for given in sets:
        if given.assessment.is_frozen:
            raise AnswersLocked
        instrument = load_instrument(given.assessment.round.instrument_version)
        for item, answer in given.answers.items():
            try:
                content = build_answer_columns(instrument, item, answer, undecided=item in given.undecided)
            except InvalidAnswer as error:
                rejected.append(Rejected(given.assessment, item, error))
            else:
                contents[given.assessment.pk, item] = content
    if rejected:
        raise NotSaved(rejected)
    return contents


def _require_own_answers_kept(
    assessments: Mapping[UUID, Assessment],
    differing: Mapping[tuple[UUID, str], object],
    current: Mapping[tuple[UUID, str], Answer],
) -> None:
    """Raise `NotSaved` if an answer given by the company's own people would be written over."""
    own = _get_own_people(assessments.values())
    rejected = [
        Rejected(assessments[key[0]], key[1], AnsweredByCompany(current[key]))
        for key in differing
        if key in current and current[key].answered_by_id in own[key[0]]
    ]
    if rejected:
        raise NotSaved(rejected)


def _submit_complete(
    assessments: Mapping[UUID, Assessment],
    present: Mapping[tuple[UUID, str], Answer],
    origin: Submission.Origin,
    by: User | None,
    on_stored: Callable[[Assessment], None] | None,
) -> tuple[list[Submission], list[tuple[Assessment, list[SubmissionProblem]]]]:
    """Submit every complete set; return the new submissions, and what kept the others back."""
    answers: dict[UUID, dict[str, ItemAnswer]] = {pk: {} for pk in assessments}
    for (assessment_id, item), answer in present.items():
        if answer.state:
            answers[assessment_id][item] = answer.build_item_answer()
    started = timezone.now()
    new: list[Submission] = []
    kept_back: list[tuple[Assessment, list[SubmissionProblem]]] = []
    for assessment in assessments.values():
        if on_stored is not None:
            on_stored(assessment)
        instrument = load_instrument(assessment.round.instrument_version)
        if origin == Submission.Origin.MINISTRY:
            # The ministry's questionnaire has the official items alone; the rest stays with the company.
            official = {item.code for item in (*instrument.official_items, *instrument.scenarios)}
            answers[assessment.pk] = {
                code: answer for code, answer in answers[assessment.pk].items() if code in official
            }
            problems = [
                problem
                for problem in list_answer_problems(instrument, answers[assessment.pk])
                if problem.item in official
            ]
        else:
            problems = list_answer_problems(instrument, answers[assessment.pk])
        if problems:
            kept_back.append((assessment, problems))
            continue
        submission = create_submission(
            assessment=assessment,
            answers=answers[assessment.pk],
            kind=Submission.Kind.SELF,
            origin=origin,
            by=by,
            have_scored=False,
        )
        if submission.submitted_at >= started:
            new.append(submission)
    return new, kept_back


def _require_permission(sets: Sequence[AnswerSet], by: User | None) -> None:
    if by is not None:
        for programme in {given.assessment.round.programme for given in sets}:
            require(permissions_in_programme(by, programme), Permission.LOAD_COHORT)


def _lock_assessments(sets: Sequence[AnswerSet]) -> dict[UUID, Assessment]:
    """Lock the assessments in one order, so that two loads cannot wait for each other in a ring."""
    rounds = {given.assessment.pk: given.assessment.round for given in sets}
    rows = Assessment.objects.select_for_update().filter(pk__in=rounds).order_by("pk")
    found = {assessment.pk: assessment for assessment in rows}
    for assessment in found.values():
        assessment.round = rounds[assessment.pk]
    return found


def _get_own_people(assessments: Collection[Assessment]) -> dict[UUID, set[UUID]]:
    """Return the users who answer for the company, by assessment."""
    companies: dict[UUID, set[UUID]] = {}
    for company, user in Membership.objects.filter(
        company__in={assessment.company_id for assessment in assessments},
        role__in=[Role.OWNER, Role.MEMBER, Role.DELEGATE],
    ).values_list("company_id", "user_id"):
        companies.setdefault(company, set()).add(user)
    return {assessment.pk: companies.get(assessment.company_id, set()) for assessment in assessments}


def _write_answers(
    differing: Mapping[tuple[UUID, str], dict[str, object]],
    current: Mapping[tuple[UUID, str], Answer],
    by: User | None,
) -> dict[tuple[UUID, str], Answer]:
    """Write the answers, and keep what they replace; return the answers written."""
    now = timezone.now()
    history, answers = [], {}
    for (assessment_id, item), content in differing.items():
        answer = current.get((assessment_id, item))
        if answer is not None:
            history.append(AnswerRevision(**revisions.build_history_columns(answer)))
        answers[assessment_id, item] = Answer(
            assessment_id=assessment_id,
            item=item,
            **revisions.build_next_columns(answer, content, by=by, at=now),
        )
    AnswerRevision.objects.bulk_create(history, batch_size=BATCH)
    Answer.objects.bulk_create(
        answers.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment", "item"],
        update_fields=(*Answer.CONTENT, *revisions.CIRCUMSTANCES),
    )
    return answers


def _update_counts(
    assessments: Mapping[UUID, Assessment],
    differing: Mapping[tuple[UUID, str], dict[str, object]],
    current: Mapping[tuple[UUID, str], Answer],
) -> None:
    """Bring the counts and times of the assessments up to date."""
    now = timezone.now()
    touched: dict[UUID, Assessment] = {}
    for (assessment_id, item), content in differing.items():
        assessment = touched.setdefault(assessment_id, assessments[assessment_id])
        answer = current.get((assessment_id, item))
        assessment.answered += is_answered(content["state"]) - is_answered(answer.state if answer else None)
        assessment.last_answer_at = now
        assessment.started_at = assessment.started_at or now
    for assessment in touched.values():
        assessment.save(update_fields=["answered", "last_answer_at", "started_at", "updated_at"])
