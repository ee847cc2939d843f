"""What the people of a company, and those who review it, are told about an assessment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission
from assessments.models import Appeal, Assessment, Return, Round, Submission, Visit
from assessments.models.id_arrays import uuid_in
from companies.recipients import list_deciding_people, list_permitted_staff
from instrument import Text

# Who answered on paper or long ago does not wait for a result.
ANNOUNCED_ORIGINS = (Submission.Origin.SITE, Submission.Origin.API, Submission.Origin.BUREAU)


def notify_about_result(submissions: Sequence[UUID], *, is_synthetic: bool) -> None:
    """Tell the owners, the delegates and who submitted that a company's own submission has been scored.

    Asking again for a submission tells nobody twice. `is_synthetic` is that of the release.
    """
    told = (
        Submission.objects.filter(
            pk__in=uuid_in(submissions),
            kind=Submission.Kind.SELF,
            origin__in=ANNOUNCED_ORIGINS,
        )
        .select_related("assessment__company", "assessment__round", "submitted_by")
        .order_by("submitted_at")
    )
    people = list_deciding_people(submission.assessment.company_id for submission in told)
    for submission in told:
        assessment = submission.assessment
        readers = {person.pk: person for person in people.get(assessment.company_id, [])}
        if submission.submitted_by is not None:
            readers[submission.submitted_by.pk] = submission.submitted_by
        for reader in readers.values():
            notify(
                user=reader,
                kind=NoticeKind.SCORED,
                key=f"scored:{submission.pk}",
                link=reverse("assessments:result", args=[assessment.pk]),
                company=assessment.company,
                round=Round.Code(assessment.round.code).label,
                is_synthetic=is_synthetic,
            )


def notify_about_invitation(assessment: Assessment) -> int:
    """Tell the owners and delegates of a company that they are invited to a round; return how many were told."""
    people = list_deciding_people([assessment.company_id]).get(assessment.company_id, [])
    told = [
        notify(
            user=person,
            kind=NoticeKind.INVITATION,
            key=f"invited:{assessment.pk}",
            link=reverse("assessments:home", args=[assessment.pk]),
            company=assessment.company,
            **get_invitation_facts(assessment),
        )
        for person in people
    ]
    return sum(notice is not None for notice in told)


def get_invitation_facts(assessment: Assessment) -> dict[str, Any]:
    """Return what an invitation names besides the company."""
    return {
        "round": Round.Code(assessment.round.code).label,
        "deadline": timezone.localdate(assessment.deadline),
    }


def notify_about_deadline(assessment: Assessment, occasion: str = "") -> None:
    """Tell those who decide for a company until when it can submit now.

    With an `occasion`, asking again for it tells nobody twice.
    """
    _notify_company(
        assessment,
        NoticeKind.DEADLINE,
        key=f"deadline:{occasion}:{assessment.pk}" if occasion else "",
        link=reverse("assessments:home", args=[assessment.pk]),
        deadline=timezone.localdate(assessment.deadline),
    )


def notify_about_return(given_back: Return) -> None:
    """Tell those who decide for a company which questions a reviewer gave back; each person once per return."""
    assessment = given_back.assessment
    items = sorted(given_back.items.values_list("item", flat=True))
    _notify_company(
        assessment,
        NoticeKind.RETURNED,
        key=f"returned:{given_back.pk}",
        link=reverse("assessments:home", args=[assessment.pk]),
        items=Text(", ".join(items), "、".join(items)),
    )


def notify_about_verification(visit: Visit) -> None:
    """Tell the company that the visit is finished, or that its appeal is decided."""
    kind = NoticeKind.VERIFIED if visit.appeal_id is None else NoticeKind.APPEAL_DECIDED
    link = reverse("assessments:verification", args=[visit.assessment_id])
    _notify_company(visit.assessment, kind, key=f"visit:{visit.pk}", link=link)


def notify_about_acceptance(assessment: Assessment) -> None:
    """Tell the company that it was accepted."""
    link = reverse("assessments:home", args=[assessment.pk])
    _notify_company(assessment, NoticeKind.ACCEPTED, key=f"accepted:{assessment.pk}", link=link)


def notify_about_appeal(appeal: Appeal) -> None:
    """Tell the assessors of the programme that a company appeals."""
    assessment = appeal.assessment
    for person in list_permitted_staff(assessment.round.programme, Permission.VERIFY):
        notify(
            user=person,
            kind=NoticeKind.APPEAL,
            key=f"appeal:{appeal.pk}",
            link=reverse("cohort:visit", args=[assessment.pk]),
            company=assessment.company,
            round=Round.Code(assessment.round.code).label,
        )


def notify_about_assignment(*, to: User, round_: Round, companies: int, occasion: str) -> None:
    """Tell a reviewer that companies were assigned; once for each occasion, however many companies it is about."""
    kept = urlencode({"programme": round_.programme.code, "round": round_.code, "who": "mine"})
    notify(
        user=to,
        kind=NoticeKind.REVIEW_ASSIGNED,
        key=f"assigned:{occasion}",
        link=f"{reverse('cohort:queue')}?{kept}",
        round=Round.Code(round_.code).label,
        count=companies,
    )


def _notify_company(
    assessment: Assessment, kind: NoticeKind, *, key: str, link: str, **parameters: str | date | Text
) -> None:
    for person in list_deciding_people([assessment.company_id]).get(assessment.company_id, []):
        notify(
            user=person,
            kind=kind,
            key=key,
            link=link,
            company=assessment.company,
            round=Round.Code(assessment.round.code).label,
            **parameters,
        )
