"""Reads that span several models. Each says how many queries it costs; none depends on the number of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.translation import pgettext

from accounts.models import User
from accounts.roles import Role, Verb, roles_with
from assessments.answering.answer_sources import COMPANY, Sheet
from assessments.models import (
    Assessment,
    Round,
    ScoreRun,
    SectionAssignment,
    SectionSeen,
    Submission,
)
from assessments.models.answer import AnswerContent
from companies.models import Company, Membership
from instrument import AnswerState, Instrument, ItemAnswer, ProfileFigures, Section

COUNTED = frozenset(
    {AnswerState.ANSWERED.value, AnswerState.DONT_KNOW.value, AnswerState.NOT_APPLICABLE.value}
)


@dataclass(frozen=True)
class SectionProgress:
    """How far a section is, whether anybody has begun it, and who is asked to do it."""

    number: int
    section: Section
    answered: int
    total: int
    is_started: bool
    is_seen: bool
    assignee: User | None
    first_open: str

    @property
    def is_complete(self) -> bool:
        """Every question answered, not known, or not applicable."""
        return self.answered == self.total

    @property
    def left(self) -> int:
        """Questions still open."""
        return self.total - self.answered


def answers_by_item(assessment: Assessment, sheet: Sheet = COMPANY) -> dict[str, AnswerContent]:
    """The stored values of a sheet with who entered them; one query."""
    rows = sheet.present._default_manager.filter(assessment=assessment).select_related("answered_by")
    return {answer.item: answer for answer in rows}


def sections(
    assessment: Assessment,
    instrument: Instrument,
    answers: Mapping[str, AnswerContent],
    sheet: Sheet = COMPANY,
) -> list[SectionProgress]:
    """The sections with their progress; two queries, for who is asked to do them and what was opened.

    `sheet` says whose answers these are: only the company's people hand out sections.
    """
    if sheet is not COMPANY:
        return _sections(instrument, answers, {}, set())
    assigned = {
        assignment.section: assignment.user
        for assignment in SectionAssignment.objects.filter(assessment=assessment).select_related("user")
    }
    seen = set(SectionSeen.objects.filter(assessment=assessment).values_list("section", flat=True))
    return _sections(instrument, answers, assigned, seen)


def _sections(
    instrument: Instrument,
    answers: Mapping[str, AnswerContent],
    assigned: Mapping[str, User],
    seen: Collection[str],
) -> list[SectionProgress]:
    rows = []
    for number, section in enumerate(instrument.sections, start=1):
        is_started = any(code in answers for code in section.items)
        open_items = [
            code for code in section.items if code not in answers or answers[code].state not in COUNTED
        ]
        rows.append(
            SectionProgress(
                number=number,
                section=section,
                answered=len(section.items) - len(open_items),
                total=len(section.items),
                is_started=is_started,
                is_seen=is_started or section.code in seen,
                assignee=assigned.get(section.code),
                first_open=open_items[0] if open_items else "",
            )
        )
    return rows


def colleagues(company: Company) -> list[Membership]:
    """The people of the company, owner first, providers left out; one query."""
    own = (Role.OWNER.value, Role.DELEGATE.value, Role.MEMBER.value)
    found = company.memberships.filter(role__in=own, user__is_active=True).select_related("user")
    return sorted(
        (membership for membership in found if membership.is_current),
        key=lambda membership: own.index(membership.role),
    )


def submitters(people: list[Membership]) -> str:
    """The names of those of the company's people who may submit."""
    allowed = {role.value for role in roles_with(Verb.SUBMIT)}
    names = [membership.user.name for membership in people if membership.role in allowed]
    return pgettext("enumeration", ", ").join(names)


def earlier_assessments(assessment: Assessment) -> list[Assessment]:
    """The company's assessments of earlier rounds, latest first, with their runs; one query."""
    return list(
        Assessment.objects.filter(
            company_id=assessment.company_id,
            round__programme_id=assessment.round.programme_id,
            round__opens_at__lt=assessment.round.opens_at,
        )
        .select_related("round", "self_run", "verified_run")
        .order_by("-round__opens_at")
    )


def latest_submission(
    assessment: Assessment, kind: Submission.Kind = Submission.Kind.SELF
) -> Submission | None:
    """The latest submission of a kind that was not withdrawn; one query."""
    return (
        Submission.objects.standing()
        .filter(assessment=assessment, kind=kind)
        .select_related("submitted_by")
        .order_by("-submitted_at")
        .first()
    )


def previous_answers(
    assessment: Assessment, kind: Submission.Kind = Submission.Kind.SELF
) -> tuple[Round | None, dict[str, ItemAnswer]]:
    """What the company, or its provider, submitted in the round before, and which round that was; one query."""
    submission = (
        Submission.objects.standing()
        .filter(
            kind=kind,
            assessment__company_id=assessment.company_id,
            assessment__round__programme_id=assessment.round.programme_id,
            assessment__round__opens_at__lt=assessment.round.opens_at,
            instrument_version=assessment.round.instrument_version,
        )
        .select_related("assessment__round")
        .order_by("-assessment__round__opens_at", "-submitted_at")
        .first()
    )
    return (submission.assessment.round, submission.answers()) if submission else (None, {})


def profile_figures(company: Company) -> ProfileFigures:
    """The yearly figures of the company's profile that answers are compared with; one query."""
    years = list(company.years.all())
    return ProfileFigures(
        revenue_wan={year.year: year.revenue_wan for year in years if year.revenue_wan is not None},
        digital_spend_wan={
            year.year: year.digital_spend_wan for year in years if year.digital_spend_wan is not None
        },
    )


def mean_revenue_wan(profile: ProfileFigures) -> str:
    """Mean yearly revenue in 10,000 yuan as a plain number, empty where the profile has none."""
    revenues: list[Decimal] = list(profile.revenue_wan.values())
    if not revenues or not sum(revenues):
        return ""
    return f"{sum(revenues, Decimal(0)) / len(revenues):.2f}"


def counting_run(assessment: Assessment) -> ScoreRun | None:
    """The run that counts, with its submission and release; one query."""
    run_id = assessment.verified_run_id or assessment.self_run_id
    if run_id is None:
        return None
    return ScoreRun.objects.select_related("release", "submission__submitted_by").get(pk=run_id)


def rounds_with_runs(assessment: Assessment) -> list[Assessment]:
    """All the company's assessments up to this one that have a result, oldest first; two queries."""
    runs = ScoreRun.objects.select_related("release")
    return list(
        Assessment.objects.filter(
            company_id=assessment.company_id,
            round__programme_id=assessment.round.programme_id,
            round__opens_at__lte=assessment.round.opens_at,
            self_run__isnull=False,
        )
        .select_related("round")
        .prefetch_related(Prefetch("self_run", runs), Prefetch("verified_run", runs))
        .order_by("round__opens_at")
    )
