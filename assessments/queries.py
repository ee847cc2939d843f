"""Reads that span several models. Each says how many queries it costs; none depends on the number of rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Prefetch, Q

from accounts.models import User
from accounts.roles import COMPANY_ROLES, Role, Verb, roles_with
from assessments.models import (
    Answer,
    Assessment,
    PreScore,
    Round,
    ScoreRun,
    SectionAssignment,
    SectionSeen,
    Submission,
)
from assessments.models.answer import AnswerContent
from assessments.sheets import COMPANY, Sheet
from companies.models import Company, Membership
from instrument import AnswerState, Dimension, Instrument, ItemAnswer, ProfileFigures, load
from instrument.contradictions import FIGURES_FROM

COUNTED = frozenset(
    {AnswerState.ANSWERED.value, AnswerState.DONT_KNOW.value, AnswerState.NOT_APPLICABLE.value}
)


@dataclass(frozen=True)
class SectionProgress:
    """How far a section is, whether anybody has begun it, and who is asked to do it."""

    number: int
    dimension: Dimension
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


@dataclass(frozen=True)
class Saving:
    """What saving one answer needs to know: whose, what the person may enter, what is stored, the yearly figures."""

    assessment: Assessment
    verbs: frozenset[Verb]
    stored: dict[str, Answer]
    profile: ProfileFigures


def for_saving(user: User, pk: uuid.UUID, item: str) -> Saving | None:
    """All that saving an answer has to look up, within what the user may see; one query, as it is asked so often.

    `stored` holds the answer and those whose figures are compared with it. None where there is nothing to see.
    """
    codes = (item, *FIGURES_FROM.get(item, ()))
    entered = {verb: Company.objects.allowing(user, verb) for verb in (Verb.ANSWER, Verb.PRESCORE)}
    query = (
        Assessment.objects.visible_to(user)
        .filter(pk=pk)
        .annotate(
            given=FilteredRelation("answers", condition=Q(answers__item__in=codes)),
            **{
                f"may_{verb.name.lower()}": Exists(companies.filter(pk=OuterRef("company")))
                for verb, companies in entered.items()
            },
        )
        .select_related("round", "given")  # type: ignore[misc]  # a filtered relation, which no type names
    )
    if item == "G4":
        query = query.annotate(
            **{
                f"of_{name}": F(f"company__years__{name}")
                for name in ("year", "revenue_wan", "digital_spend_wan")
            }
        )
    rows = list(query)
    if not rows:
        return None
    years = {year: row for row in rows if (year := getattr(row, "of_year", None))}
    return Saving(
        assessment=rows[0],
        verbs=frozenset(verb for verb in entered if getattr(rows[0], f"may_{verb.name.lower()}")),
        stored={given.item: given for row in rows if (given := getattr(row, "given", None))},
        profile=ProfileFigures(
            **{
                name: {year: figure for year, row in years.items() if (figure := getattr(row, f"of_{name}"))}
                for name in ("revenue_wan", "digital_spend_wan")
            }
        ),
    )


def sections(
    assessment: Assessment,
    instrument: Instrument,
    answers: Mapping[str, AnswerContent],
    sheet: Sheet = COMPANY,
) -> list[SectionProgress]:
    """The ten sections with their progress; two queries, for who is asked to do them and what was opened.

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
    for number, dimension in enumerate(instrument.dimensions, start=1):
        is_started = any(code in answers for code in dimension.items)
        open_items = [
            code for code in dimension.items if code not in answers or answers[code].state not in COUNTED
        ]
        rows.append(
            SectionProgress(
                number=number,
                dimension=dimension,
                answered=len(dimension.items) - len(open_items),
                total=len(dimension.items),
                is_started=is_started,
                is_seen=is_started or dimension.code in seen,
                assignee=assigned.get(dimension.code),
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


def people_with_access(company: Company) -> list[Membership]:
    """Everybody who holds a role in the company today, providers last; one query."""
    order = [role.value for role in COMPANY_ROLES]
    found = company.memberships.filter(user__is_active=True).select_related("user")
    return sorted(
        (membership for membership in found if membership.is_current),
        key=lambda membership: order.index(membership.role),
    )


def given_by(assessment: Assessment) -> list[tuple[str, int, datetime]]:
    """Who has given how many of the present answers, and when the latest of them; one query."""
    rows = (
        assessment.answers.filter(answered_by__isnull=False)
        .values("answered_by__name")
        .annotate(count=Count("pk"), latest=Max("answered_at"))
        .order_by("-latest")
    )
    return [(row["answered_by__name"], row["count"], row["latest"]) for row in rows]


def values_of(assessment: Assessment, item: str, sheet: Sheet) -> list[AnswerContent]:
    """The present value of an item and all that it was, the latest first; two queries."""
    found: list[AnswerContent] = []
    for table in (sheet.present, sheet.history):
        rows = table._default_manager.filter(assessment=assessment, item=item)
        found += rows.select_related("answered_by").order_by("-revision")
    return found


@dataclass(frozen=True)
class Prescored:
    """A company that lets a provider in: its latest round, until when, and how far the provider's values are."""

    assessment: Assessment
    until: datetime | None
    answered: int
    total: int
    submission: Submission | None


def prescored_companies(user: User) -> list[Prescored]:
    """The companies in which the user is a service provider today, with the latest round of each; four queries."""
    grants = {
        membership.company_id: membership
        for membership in Membership.objects.filter(user=user, role=Role.PROVIDER.value)
        if membership.is_current
    }
    assessments = (
        Assessment.objects.filter(company__in=grants)
        .select_related("company", "round")
        .order_by("round__opens_at")
    )
    latest = {assessment.company_id: assessment for assessment in assessments}
    counts = dict(
        PreScore.objects.filter(assessment__in=latest.values(), state__in=COUNTED)
        .values_list("assessment")
        .annotate(count=Count("pk"))
    )
    submitted = {
        submission.assessment_id: submission
        for submission in Submission.objects.counting()
        .filter(assessment__in=latest.values(), kind=Submission.Kind.PROVIDER)
        .defer("content", "vector")
    }
    return [
        Prescored(
            assessment,
            grants[assessment.company_id].expires_at,
            counts.get(assessment.pk, 0),
            len(load(assessment.round.instrument_version).items),
            submitted.get(assessment.pk),
        )
        for assessment in sorted(latest.values(), key=lambda row: row.company.name)
    ]


def submitters(people: list[Membership]) -> list[User]:
    """Those of the company's people who may submit."""
    allowed = {role.value for role in roles_with(Verb.SUBMIT)}
    return [membership.user for membership in people if membership.role in allowed]


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
