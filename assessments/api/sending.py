"""Answers and submissions that programs send, by the rules that also hold for the site's workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import bulk
from assessments.actions.answers import AnswersLocked
from assessments.actions.bulk import AnsweredByCompany, AnswerSet, NotSaved
from assessments.api.answers import AnswersField, InvalidAnswersError, read_answers
from assessments.models import Assessment, Round, Submission
from instrument import load_instrument
from rest.error_details import build_pointer
from rest.writing import Conflict, StrictSerializer, TrueOrFalse

# By which members a submission names its assessment, and where they are found.
NAMES = {
    "assessment": "pk",
    "programme": "round__programme",
    "round": "round",
    "round_code": "round__code",
    "company": "company",
    "credit_code": "company__credit_code",
}


class SubmissionRequestSerializer(StrictSerializer):
    """A complete set of answers for one company in one round.

    The assessment is named by its id, or by the company (`company` or `credit_code`) and the round (`round` or
    `round_code`, with `programme` where the key reaches several).
    """

    assessment = serializers.UUIDField(required=False)
    programme = serializers.UUIDField(required=False)
    round = serializers.UUIDField(required=False)
    round_code = serializers.ChoiceField(choices=Round.Code.choices, required=False)
    company = serializers.UUIDField(required=False)
    credit_code = serializers.CharField(max_length=18, required=False)
    declared = TrueOrFalse(
        help_text="That the sender vouches for the answers: true, or nothing is submitted."
    )
    answers = AnswersField()


@dataclass(frozen=True, slots=True)
class Received:
    """The submission that holds the answers now, and whether they were new."""

    submission: Submission
    is_new: bool


def save_sent_answers(assessment: Assessment, answers: Mapping[str, Any], *, by: User) -> None:
    """Store answers as drafts. Raises `ValidationError` or `Conflict`; then nothing is stored."""
    _store_answers(assessment, answers, by=by, submit=False)


def receive_submission(document: Any, *, by: User, have_scored: bool = True) -> Received:
    """Submit the answers of one document. Raises `ValidationError` or `Conflict`; then nothing is stored.

    Sending the same again gives the submission that is there.
    """
    asked = SubmissionRequestSerializer(data=document)
    asked.is_valid(raise_exception=True)
    given = asked.validated_data
    if not given["declared"]:
        raise _build_error(
            "declared", "not_declared", "Answers are submitted by somebody who vouches for them."
        )
    assessment = get_named_assessment(given, by)
    with transaction.atomic():
        stored = _store_answers(assessment, given["answers"], by=by, submit=True, have_scored=have_scored)
        if stored.kept_back:
            raise InvalidAnswersError(
                [
                    {
                        "pointer": build_pointer("answers", problem.item),
                        "reason": problem.kind,
                        "detail": problem.message,
                    }
                    for problem in stored.kept_back[0][1]
                ]
            )
        if stored.submissions:
            return Received(stored.submissions[0], is_new=True)
        return Received(
            Submission.objects.filter_counting().get(assessment=assessment, kind=Submission.Kind.SELF),
            is_new=False,
        )


def get_named_assessment(given: Mapping[str, Any], by: User) -> Assessment:
    """Return the one assessment that the members name; raise `ValidationError` where it is none or several."""
    named = {path: given[name] for name, path in NAMES.items() if name in given}
    if "pk" not in named and not (
        {"round", "round__code"} & set(named) and {"company", "company__credit_code"} & set(named)
    ):
        raise _build_error(
            "assessment", "required", "Name the assessment, or the company and the round by id or code."
        )
    found = list(
        Assessment.objects.allowing(by, Permission.LOAD_COHORT)
        .filter(**named)
        .select_related("round__programme", "company")[:2]
    )
    member = "assessment" if "pk" in named else "credit_code" if "credit_code" in given else "company"
    if not found:
        raise _build_error(member, "unknown_assessment", "The key reaches no such company in such a round.")
    if len(found) > 1:
        raise _build_error("programme", "required", "Several programmes have such a round; name one.")
    return found[0]


def _store_answers(
    assessment: Assessment,
    answers: Mapping[str, Any],
    *,
    by: User,
    submit: bool,
    have_scored: bool = True,
) -> bulk.Stored:
    errors: list[dict[str, str]] = []
    instrument = load_instrument(assessment.round.instrument_version)
    read = read_answers(instrument, answers, ("answers",), errors)
    if errors:
        raise InvalidAnswersError(errors)
    try:
        return bulk.save_answer_sets(
            sets=[AnswerSet(assessment, read)],
            origin=Submission.Origin.API,
            by=by,
            submit=submit,
            have_scored=have_scored,
        )
    except AnswersLocked as frozen:
        raise Conflict("Answers of this round cannot change now.", code="frozen") from frozen
    except NotSaved as refused:
        own = [one for one in refused.rejected if isinstance(one.error, AnsweredByCompany)]
        errors = [
            {
                "pointer": build_pointer("answers", one.item),
                "reason": "answered_by_company"
                if isinstance(one.error, AnsweredByCompany)
                else one.error.reason,
                "detail": "The company's own people have answered otherwise."
                if isinstance(one.error, AnsweredByCompany)
                else one.error.message,
            }
            for one in refused.rejected
        ]
        if own:
            raise Conflict(
                "The company's own people have answered otherwise; their answers stay.",
                code="answered-by-company",
                errors=errors,
            ) from refused
        raise InvalidAnswersError(errors) from refused


def _build_error(member: str, reason: str, detail: str) -> ValidationError:
    return ValidationError({member: [ErrorDetail(detail, code=reason)]})
