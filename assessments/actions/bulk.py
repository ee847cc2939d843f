"""Saving and submitting the answers of many companies at once, by the rules that also hold for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role, Verb
from assessments.actions.answers import Frozen, contents_of, counted, storable
from assessments.actions.submissions import freeze
from assessments.check import Problem, answers_of, problems_of
from assessments.models import Answer, AnswerRevision, Assessment, Submission
from assessments.tasks import request_scoring_of_many
from companies.models import Membership
from companies.permissions import require, verbs_in_programme
from instrument import InvalidAnswer, ItemAnswer, load
from jobs.models import Job

BATCH = 1_000
_CONTENT = ("state", "value", "reason", "figures", "comment", "revision", "answered_by", "answered_at")


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """Answers for one assessment. Items in `undecided` have figures or a comment and no answer yet."""

    assessment: Assessment
    answers: Mapping[str, ItemAnswer]
    undecided: frozenset[str] = frozenset()


class AnsweredByCompany(Exception):
    """The company's own people have answered otherwise; `current` is their answer."""

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
    """Nothing was saved; `rejected` are the answers that stand in the way."""

    def __init__(self, rejected: list[Rejected]) -> None:
        super().__init__(f"{len(rejected)} answers")
        self.rejected = rejected


@dataclass(frozen=True, slots=True)
class Submitted:
    """All submissions, the new ones among them, what kept other assessments back, and the scoring job."""

    submissions: list[Submission]
    new: list[Submission]
    kept_back: list[tuple[Assessment, list[Problem]]]
    job: Job | None


def save(*, sets: Sequence[AnswerSet], by: User | None) -> int:
    """Store the answers that differ from what is there and keep what was; how many differ.

    Unlike saving from a form there is no revision to compare: an answer that somebody of the company gave is
    never written over. Assessments come with round, programme and company. Raises `NotSaved`, `Frozen` or
    `Forbidden`; then nothing is stored. `by=None` is the system itself.
    """
    _require(sets, by)
    rejected: list[Rejected] = []
    contents: dict[tuple[UUID, str], dict[str, object]] = {}
    for given in sets:
        if given.assessment.round.is_frozen:
            raise Frozen
        instrument = load(given.assessment.round.instrument_version)
        for item, answer in given.answers.items():
            try:
                content = storable(instrument, item, answer, undecided=item in given.undecided)
            except InvalidAnswer as error:
                rejected.append(Rejected(given.assessment, item, error))
            else:
                contents[given.assessment.pk, item] = content
    with transaction.atomic():
        assessments = _locked(sets)
        current = {
            (answer.assessment_id, answer.item): answer
            for answer in Answer.objects.filter(assessment__in=assessments.values())
        }
        differing = {
            key: content
            for key, content in contents.items()
            if key not in current or contents_of(current[key]) != content
        }
        own = _own_people(assessments.values())
        for key in differing:
            answer_there = current.get(key)
            if answer_there is not None and answer_there.answered_by_id in own.get(key[0], ()):
                rejected.append(Rejected(assessments[key[0]], key[1], AnsweredByCompany(answer_there)))
        if rejected:
            raise NotSaved(rejected)
        _store(differing, current, by)
        _count(assessments, differing, current)
    return len(differing)


def submit(*, assessments: Sequence[Assessment], origin: Submission.Origin, by: User | None) -> Submitted:
    """Freeze every complete set of answers and have all of them scored by one job.

    Sets with something missing stay as they are and are returned in `kept_back`. Submitting unchanged answers
    again makes nothing new. Raises `Frozen` or `Forbidden`.
    """
    sets = [AnswerSet(assessment, {}) for assessment in assessments]
    _require(sets, by)
    found: list[Submission] = []
    new: list[Submission] = []
    kept_back: list[tuple[Assessment, list[Problem]]] = []
    with transaction.atomic():
        before = timezone.now()
        locked = Assessment.objects.filter(pk__in=_locked(sets)).select_related("round__programme")
        for assessment in locked.prefetch_related("answers").order_by("pk"):
            if assessment.round.is_frozen:
                raise Frozen
            answers = answers_of(assessment)
            problems = problems_of(load(assessment.round.instrument_version), answers)
            if problems:
                kept_back.append((assessment, problems))
                continue
            submission = freeze(
                assessment=assessment,
                answers=answers,
                kind=Submission.Kind.SELF,
                origin=origin,
                by=by,
                have_scored=False,
            )
            found.append(submission)
            if submission.submitted_at >= before:
                new.append(submission)
        job = request_scoring_of_many(found, by=by) if new else None
    return Submitted(found, new, kept_back, job)


def _require(sets: Sequence[AnswerSet], by: User | None) -> None:
    if by is not None:
        for programme in {given.assessment.round.programme for given in sets}:
            require(verbs_in_programme(by, programme), Verb.LOAD_COHORT)


def _locked(sets: Sequence[AnswerSet]) -> dict[UUID, Assessment]:
    """The assessments, locked in one order so that two loads cannot wait for each other in a ring."""
    ids = [given.assessment.pk for given in sets]
    rows = Assessment.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {assessment.pk: assessment for assessment in rows}


def _own_people(assessments: Collection[Assessment]) -> dict[UUID, set[UUID]]:
    """Users who answer for the company, by assessment."""
    companies: dict[UUID, set[UUID]] = {}
    for company, user in Membership.objects.filter(
        company__in={assessment.company_id for assessment in assessments},
        role__in=[Role.OWNER, Role.MEMBER, Role.DELEGATE],
    ).values_list("company_id", "user_id"):
        companies.setdefault(company, set()).add(user)
    return {assessment.pk: companies.get(assessment.company_id, set()) for assessment in assessments}


def _store(
    differing: Mapping[tuple[UUID, str], dict[str, object]],
    current: Mapping[tuple[UUID, str], Answer],
    by: User | None,
) -> None:
    now = timezone.now()
    history, answers = [], []
    for (assessment_id, item), content in differing.items():
        answer = current.get((assessment_id, item))
        if answer is not None:
            history.append(
                AnswerRevision(
                    assessment_id=assessment_id,
                    item=item,
                    revision=answer.revision,
                    answered_by_id=answer.answered_by_id,
                    answered_at=answer.answered_at,
                    **contents_of(answer),
                )
            )
        revision = answer.revision + 1 if answer is not None else 1
        answers.append(
            Answer(
                assessment_id=assessment_id,
                item=item,
                revision=revision,
                answered_by=by,
                answered_at=now,
                **content,
            )
        )
    AnswerRevision.objects.bulk_create(history, batch_size=BATCH)
    Answer.objects.bulk_create(
        answers,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment", "item"],
        update_fields=_CONTENT,
    )


def _count(
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
        assessment.answered += counted(content["state"]) - counted(answer.state if answer else None)
        assessment.last_answer_at = assessment.updated_at = now
        assessment.started_at = assessment.started_at or now
    Assessment.objects.bulk_update(
        touched.values(), ["answered", "last_answer_at", "started_at", "updated_at"], batch_size=BATCH // 4
    )
