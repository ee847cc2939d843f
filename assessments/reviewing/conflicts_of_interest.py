"""Who may not review a company because of ties to it: the separation of scorer and verifier."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import (
    Answer,
    AnswerRevision,
    Assessment,
    CountyCheck,
    Grade,
    GradeRevision,
    PreScore,
    PreScoreRevision,
    Submission,
    Visit,
)
from companies.permissions import has_represented


class ConflictOfInterest(PermissionDenied):
    """The refusal of somebody with the verb but a conflict of interest; `sentences` say which."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


def find_company_conflicts_of_interest(user: User, assessment: Assessment) -> list[str]:
    """Say why this person may not review the company; empty for whoever may. At most seven queries."""
    company = assessment.company
    found = []
    if has_represented(user, company):
        found.append(
            _(
                "You hold or held a role of this company or of its service provider, or answered on its behalf."
            )
        )
    answered = (
        any(
            table._default_manager.filter(assessment__company=company, answered_by=user).exists()
            for table in (Answer, AnswerRevision, PreScore, PreScoreRevision)
        )
        or Submission.objects.filter(assessment__company=company, submitted_by=user)
        .exclude(kind=Submission.Kind.VERIFIED)
        .exists()
    )
    if answered:
        found.append(_("You entered or submitted answers of this company."))
    return found


def find_visit_conflicts_of_interest(user: User, assessment: Assessment, visit: Visit | None) -> list[str]:
    """Say why this person may not grade on site, in sentences; at most ten queries.

    `visit` is the one that is open, None before it begins. An appeal is never decided by whoever graded before.
    """
    found = find_company_conflicts_of_interest(user, assessment)
    if CountyCheck.objects.filter(assessment=assessment, checked_by=user).exists():
        found.append(_("You checked this submission for the county. Somebody else has to visit."))
    earlier = Q(visit__assessment=assessment, visit__finished_at__isnull=False, answered_by=user)
    hears_appeal = visit.appeal_id is not None if visit is not None else assessment.appeals.filter(
        decided_at__isnull=True
    ).exists()  # fmt: skip
    if hears_appeal and (
        Grade.objects.filter(earlier).exists() or GradeRevision.objects.filter(earlier).exists()
    ):
        found.append(_("The company appeals against values that you verified. Another assessor decides."))
    return found


def require_no_conflict_of_interest(sentences: Sequence[str]) -> None:
    """Raise `ConflictOfInterest` if there is any."""
    if sentences:
        raise ConflictOfInterest(sentences)
