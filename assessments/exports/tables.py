"""What is exported: tables with their columns, flat, one row for each score or answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.db.models import BooleanField, Case, Expression, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Answer, Assessment, ScoreRun, Submission
from assessments.models.score import DIMENSIONS

HUNDREDTHS, THOUSANDTHS, TEN_THOUSANDTHS = 100, 1_000, 10_000


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "text"
    WORDS = "words"
    """Text that people wrote, which may begin with anything."""
    ID = "id"
    NUMBER = "number"
    SCALED = "scaled"
    FACT = "fact"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, where its values are found, what they are and mean.

    `scale` divides stored whole numbers.
    """

    name: str
    source: str | Expression
    kind: Kind
    meaning: str = ""
    scale: int = 1

    @property
    def found(self) -> Any:
        """The expression that reads it."""
        return F(self.source) if isinstance(self.source, str) else self.source


@dataclass(frozen=True, slots=True)
class Table:
    """What can be exported: its rows are ordered by `at` and the id, which never change, and new ones come last."""

    name: str
    columns: tuple[Column, ...]
    at: str

    def column_names(self) -> list[str]:
        """Names in the order of the columns."""
        return [column.name for column in self.columns]

    def described(self) -> str:
        """The columns with what they mean, as a list."""
        return "\n".join(f"* `{column.name}` - {column.meaning}" for column in self.columns)

    def only(self, names: Sequence[str]) -> Table:
        """The table with these columns alone, in this order."""
        by_name = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(by_name[name] for name in names))


def scores_for(user: User) -> QuerySet[ScoreRun]:
    """The score runs that the user may read, in the order of their export."""
    return ScoreRun.objects.visible_to(user).annotate(is_current=_counts()).order_by("created_at", "pk")


def answers_for(user: User) -> QuerySet[Answer]:
    """The present answers that the user may read, in the order of their export."""
    # Distinct ids are found once and for all; else PostgreSQL asks for each answer whether its company may be read.
    reached = Assessment.objects.allowing(user, Verb.SEE_ANSWERS).order_by().values("pk").distinct()
    return Answer.objects.filter(assessment__in=reached).order_by("pk")


def _counts() -> Case:
    """Whether a run counts for its assessment: the verified one where there is one, else the own."""
    assessment = "submission__assessment__"
    counting = Coalesce(F(f"{assessment}verified_run_id"), F(f"{assessment}self_run_id"))
    return Case(When(id=counting, then=Value(value=True)), default=Value(value=False))


def _status() -> Case:
    """Verified where the values were checked on site, else provisional."""
    return Case(
        When(Q(submission__kind=Submission.Kind.VERIFIED), then=Value("verified")),
        default=Value("provisional"),
        output_field=TextField(),
    )


def _synthetic() -> Case:
    """Whether any reference row of the release is generated data."""
    return Case(
        When(release__provenance__has_key="synthetic", then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def _scaled(meanings: Mapping[str, str], scale: int) -> tuple[Column, ...]:
    return tuple(Column(name, name, Kind.SCALED, meaning, scale) for name, meaning in meanings.items())


_ASSESSMENT = "submission__assessment__"
_POINTS = {
    "readiness": "Readiness score, 0 to 100 points.",
    "readiness_guarded": "The same with every missing answer at the lowest stage.",
    "readiness_low": "Lower end of the range in which the readiness score lies.",
    "readiness_high": "Upper end of that range.",
    **{name: f"Points in dimension {name.upper()}, 0 to 100." for name in DIMENSIONS},
}
_BASE = {
    "base_points": "Base points of the official level, 0 to 100.",
    "base_foundation": "Of these, for 数字化基础.",
    "base_management": "Of these, for 数字化管理.",
    "base_outcomes": "Of these, for 数字化成效.",
}
SCORES = Table(
    "scores",
    (
        Column("id", "id", Kind.ID, "Of the score, as in `scores`."),
        Column("created_at", "created_at", Kind.TIME, "When the score was stored."),
        Column("credit_code", f"{_ASSESSMENT}company__credit_code", Kind.TEXT, "Of the company."),
        Column("company", f"{_ASSESSMENT}company__name", Kind.WORDS, "Name of the company."),
        Column("division", f"{_ASSESSMENT}company__division__code", Kind.TEXT, "Code of its division."),
        Column("sector", f"{_ASSESSMENT}company__sector__code", Kind.TEXT, "Code of its sector."),
        Column("programme", f"{_ASSESSMENT}round__programme__code", Kind.TEXT, "Code of the programme."),
        Column("round", f"{_ASSESSMENT}round__code", Kind.TEXT, "Code of the round: T0, T1 or T2."),
        Column("assessment", f"{_ASSESSMENT}id", Kind.ID, "Id of the assessment."),
        Column("submission", "submission__number", Kind.TEXT, "Number of the submission that was scored."),
        Column(
            "submission_kind",
            "submission__kind",
            Kind.TEXT,
            "Whose values: `self`, `provider` or `verified`.",
        ),
        Column("submitted_at", "submission__submitted_at", Kind.TIME, "When they were submitted."),
        Column("release", "release__name", Kind.TEXT, "Name of the release of the model."),
        Column("release_sha256", "release__sha256", Kind.TEXT, "Hash of its scorecard."),
        Column(
            "synthetic_benchmark", _synthetic(), Kind.FACT, "Whether any reference row is generated data."
        ),
        Column(
            "status", _status(), Kind.TEXT, "`provisional`, or `verified` where values were checked on site."
        ),
        Column("is_current", "is_current", Kind.FACT, "Whether it counts for its assessment."),
        Column("official_level", "official_level", Kind.NUMBER, "0 to 4 by the ministry's rule."),
        *_scaled(_BASE, THOUSANDTHS),
        *(
            Column(f"{gate}_{level}", f"{gate}_{level}", Kind.NUMBER, f"{what} at level {level} or above.")
            for gate, what in (("scenarios", "Scenarios"), ("binding", "Binding scenarios"))
            for level in (1, 2, 3, 4)
        ),
        *_scaled(_POINTS, HUNDREDTHS),
        Column("tier", "tier", Kind.NUMBER, "0 to 3; nothing where too little is answered to state one."),
        *(
            Column(
                f"at_least_tier_{k}",
                f"exceed_{k}",
                Kind.SCALED,
                f"Probability of tier {k} or above; nothing where no tier is stated.",
                TEN_THOUSANDTHS,
            )
            for k in (1, 2, 3)
        ),
    ),
    at="created_at",
)

ANSWERS = Table(
    "answers",
    (
        Column("id", "id", Kind.NUMBER, "Of the answer."),
        Column("credit_code", "assessment__company__credit_code", Kind.TEXT, "Of the company."),
        Column("company", "assessment__company__name", Kind.WORDS, "Name of the company."),
        Column("programme", "assessment__round__programme__code", Kind.TEXT, "Code of the programme."),
        Column("round", "assessment__round__code", Kind.TEXT, "Code of the round: T0, T1 or T2."),
        Column("assessment", "assessment_id", Kind.ID, "Id of the assessment."),
        Column("item", "item", Kind.TEXT, "Code of the item, as in `instruments`."),
        Column(
            "state",
            "state",
            Kind.TEXT,
            "`answered`, `dont_know`, `not_applicable` or `later`; nothing where only figures or a comment are there.",
        ),
        Column(
            "value",
            Cast("value", TextField()),
            Kind.WORDS,
            "As JSON: the key of an option, a list of keys, or a level.",
        ),
        Column("reason", "reason", Kind.WORDS, "Why the item does not apply."),
        Column(
            "figures",
            Cast("figures", TextField()),
            Kind.WORDS,
            "As JSON: numbers beside the answer, by code.",
        ),
        Column("comment", "comment", Kind.WORDS, "What was added in words."),
        Column("revision", "revision", Kind.NUMBER, "Grows by one with each change."),
        Column("answered_at", "answered_at", Kind.TIME, "When it was last changed."),
    ),
    at="id",
)
