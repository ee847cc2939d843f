"""Reads that span several models. Each says how many queries it costs; none depends on the number of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.translation import pgettext

from accounts.models import User
from accounts.roles import Permission, Role, list_granting_roles
from assessments.answering.answer_sources import COMPANY, AnswerSource
from assessments.models import (
    Assessment,
    Round,
    ScoreRun,
    SectionAssignment,
    SectionSeen,
    Submission,
)
from assessments.models.answer import AnswerContent
from assessments.models.answered import is_answered
from assessments.models.counting_run import choose_run
from companies.models import Company, Membership
from instrument import Instrument, ItemAnswer, ProfileFigures, Section


@dataclass(frozen=True)
class SectionProgress:
    """The progress of a section, whether anybody has begun it, and who is asked to do it."""

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


def get_answers_by_item(assessment: Assessment, sheet: AnswerSource = COMPANY) -> dict[str, AnswerContent]:
    """Return the stored values of a sheet with who entered them; one query."""
    rows = sheet.present._default_manager.filter(assessment=assessment).select_related("answered_by")
    return {answer.item: answer for answer in rows}


def list_section_progress(
    assessment: Assessment,
    instrument: Instrument,
    answers: Mapping[str, AnswerContent],
    sheet: AnswerSource = COMPANY,
) -> list[SectionProgress]:
    """List the sections with their progress; two queries, for who is asked to do them and what was opened.

    `sheet` says whose answers these are: only the company's people assign sections.
    """
    if sheet is not COMPANY:
        return _build_section_progress(instrument, answers, {}, set())
    assigned = {
        assignment.section: assignment.user
        for assignment in SectionAssignment.objects.filter(assessment=assessment).select_related("user")
    }
    seen = set(SectionSeen.objects.filter(assessment=assessment).values_list("section", flat=True))
    return _build_section_progress(instrument, answers, assigned, seen)


def _build_section_progress(
    instrument: Instrument,
    answers: Mapping[str, AnswerContent],
    assigned: Mapping[str, User],
    seen: Collection[str],
) -> list[SectionProgress]:
    rows = []
    for number, section in enumerate(instrument.sections, start=1):
        is_started = any(code in answers for code in section.items)
        open_items = [
            code for code in section.items if code not in answers or not is_answered(answers[code].state)
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


def list_colleagues(company: Company) -> list[Membership]:
    """List the people of the company, owner first, providers left out; one query."""
    own = (Role.OWNER.value, Role.DELEGATE.value, Role.MEMBER.value)
    found = company.memberships.filter(role__in=own, user__is_active=True).select_related("user")
    return sorted(
        (membership for membership in found if membership.is_current),
        key=lambda membership: own.index(membership.role),
    )


def format_submitter_names(people: list[Membership]) -> str:
    """Return the names of those of the company's people who may submit."""
    allowed = {role.value for role in list_granting_roles(Permission.SUBMIT)}
    names = [membership.user.name for membership in people if membership.role in allowed]
    return pgettext("enumeration", ", ").join(names)


def list_earlier_assessments(assessment: Assessment) -> list[Assessment]:
    """List the company's assessments of earlier rounds, latest first, with their runs; one query."""
    return list(
        Assessment.objects.filter(
            company_id=assessment.company_id,
            round__programme_id=assessment.round.programme_id,
            round__opens_at__lt=assessment.round.opens_at,
        )
        .select_related("round", "self_run", "verified_run")
        .order_by("-round__opens_at")
    )


def find_latest_submission(
    assessment: Assessment, kind: Submission.Kind = Submission.Kind.SELF
) -> Submission | None:
    """Return the latest submission of a kind that was not withdrawn; one query."""
    return (
        Submission.objects.exclude_withdrawn()
        .filter(assessment=assessment, kind=kind)
        .select_related("submitted_by")
        .order_by("-submitted_at")
        .first()
    )


def get_previous_answers(
    assessment: Assessment, kind: Submission.Kind = Submission.Kind.SELF
) -> tuple[Round | None, dict[str, ItemAnswer]]:
    """Return what the company, or its provider, submitted in the round before, and that round; one query."""
    submission = (
        Submission.objects.exclude_withdrawn()
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
    return (submission.assessment.round, submission.read_answers()) if submission else (None, {})


def get_profile_figures(company: Company) -> ProfileFigures:
    """Return the yearly figures of the company's profile that answers are compared with; one query."""
    years = list(company.years.all())
    return ProfileFigures(
        revenue_wan={year.year: year.revenue_wan for year in years if year.revenue_wan is not None},
        digital_spend_wan={
            year.year: year.digital_spend_wan for year in years if year.digital_spend_wan is not None
        },
    )


def compute_mean_revenue_wan(profile: ProfileFigures) -> str:
    """Return mean yearly revenue in 10,000 yuan as a plain number, empty where the profile has none."""
    revenues: list[Decimal] = list(profile.revenue_wan.values())
    if not revenues or not sum(revenues):
        return ""
    return f"{sum(revenues, Decimal(0)) / len(revenues):.2f}"


def find_counting_run(assessment: Assessment) -> ScoreRun | None:
    """Return the run that counts, with its submission and release; one query."""
    run_id = choose_run(assessment.self_run_id, assessment.verified_run_id)
    if run_id is None:
        return None
    return ScoreRun.objects.select_related("release", "submission__submitted_by").get(pk=run_id)


def list_rounds_with_runs(assessment: Assessment) -> list[Assessment]:
    """List the company's assessments up to this one that have a result, oldest first; two queries."""
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
