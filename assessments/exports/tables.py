"""What is exported: tables with their columns, flat, one row for each score or answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.db.models import BooleanField, Case, Expression, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Answer, Assessment, ScoreRun, Submission
from assessments.models.counting_run import build_is_counting_expression
from assessments.models.score import DIMENSIONS

HUNDREDTHS, THOUSANDTHS, TEN_THOUSANDTHS = 100, 1_000, 10_000


class ColumnKind(Enum):
    """The kind of the values of a column."""

    TEXT = "text"
    WORDS = "words"
    """Text that people wrote, which may begin with anything."""
    ID = "id"
    NUMBER = "number"
    SCALED = "scaled"
    FACT = "fact"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column: its name, where its values are found, what they are and mean.

    `scale` divides stored whole numbers.
    """

    name: str
    source: str | Expression
    kind: ColumnKind
    meaning: str = ""
    scale: int = 1

    @property
    def found(self) -> Any:
        """The expression that reads it."""
        return F(self.source) if isinstance(self.source, str) else self.source


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table to export: its rows are ordered by `at` and the id, which never change, new ones last."""

    name: str
    columns: tuple[ExportColumn, ...]
    at: str

    def list_column_names(self) -> list[str]:
        """Return the names in the order of the columns."""
        return [column.name for column in self.columns]

    def describe_columns(self) -> str:
        """Describe the columns with what they mean, as a list."""
        return "\n".join(f"* `{column.name}` - {column.meaning}" for column in self.columns)

    def select_columns(self, names: Sequence[str]) -> ExportTable:
        """Return the table with these columns alone, in this order."""
        by_name = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(by_name[name] for name in names))


def list_exported_scores(user: User) -> QuerySet[ScoreRun]:
    """Return the score runs that the user may read, in the order of their export."""
    return (
        ScoreRun.objects.visible_to(user)
        .annotate(is_current=build_is_counting_expression())
        .order_by("created_at", "pk")
    )


def list_exported_answers(user: User) -> QuerySet[Answer]:
    """Return the present answers that the user may read, in the order of their export."""
    # Distinct ids are found once and for all; else PostgreSQL asks for each answer whether its company may be read.
    reached = Assessment.objects.allowing(user, Permission.SEE_ANSWERS).order_by().values("pk").distinct()
    return Answer.objects.filter(assessment__in=reached).order_by("pk")


def _build_status() -> Case:
    """Build the status: verified where the values were checked on site, else provisional."""
    return Case(
        When(Q(submission__kind=Submission.Kind.VERIFIED), then=Value("verified")),
        default=Value("provisional"),
        output_field=TextField(),
    )


def _build_is_synthetic() -> Case:
    """Build whether any reference row of the release is generated data."""
    return Case(
        When(release__provenance__has_key="synthetic", then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def _build_scaled_columns(meanings: Mapping[str, str], scale: int) -> tuple[ExportColumn, ...]:
    return tuple(
        ExportColumn(name, name, ColumnKind.SCALED, meaning, scale) for name, meaning in meanings.items()
    )


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
SCORES = ExportTable(
    "scores",
    (
        ExportColumn("id", "id", ColumnKind.ID, "Of the score, as in `scores`."),
        ExportColumn("created_at", "created_at", ColumnKind.TIME, "When the score was stored."),
        ExportColumn("credit_code", f"{_ASSESSMENT}company__credit_code", ColumnKind.TEXT, "Of the company."),
        ExportColumn("company", f"{_ASSESSMENT}company__name", ColumnKind.WORDS, "Name of the company."),
        ExportColumn(
            "division", f"{_ASSESSMENT}company__division__code", ColumnKind.TEXT, "Code of its division."
        ),
        ExportColumn("sector", f"{_ASSESSMENT}company__sector__code", ColumnKind.TEXT, "Code of its sector."),
        ExportColumn(
            "programme", f"{_ASSESSMENT}round__programme__code", ColumnKind.TEXT, "Code of the programme."
        ),
        ExportColumn(
            "round", f"{_ASSESSMENT}round__code", ColumnKind.TEXT, "Code of the round: T0, T1 or T2."
        ),
        ExportColumn("assessment", f"{_ASSESSMENT}id", ColumnKind.ID, "Id of the assessment."),
        ExportColumn(
            "submission", "submission__number", ColumnKind.TEXT, "Number of the submission that was scored."
        ),
        ExportColumn(
            "submission_kind",
            "submission__kind",
            ColumnKind.TEXT,
            "Whose values: `self`, `provider` or `verified`.",
        ),
        ExportColumn(
            "submitted_at", "submission__submitted_at", ColumnKind.TIME, "When they were submitted."
        ),
        ExportColumn("release", "release__name", ColumnKind.TEXT, "Name of the release of the model."),
        ExportColumn("release_sha256", "release__sha256", ColumnKind.TEXT, "Hash of its scorecard."),
        ExportColumn(
            "synthetic_benchmark",
            _build_is_synthetic(),
            ColumnKind.FACT,
            "Whether any reference row is generated data.",
        ),
        ExportColumn(
            "status",
            _build_status(),
            ColumnKind.TEXT,
            "`provisional`, or `verified` where values were checked on site.",
        ),
        ExportColumn("is_current", "is_current", ColumnKind.FACT, "Whether it counts for its assessment."),
        ExportColumn("official_level", "official_level", ColumnKind.NUMBER, "0 to 4 by the ministry's rule."),
        *_build_scaled_columns(_BASE, THOUSANDTHS),
        *(
            ExportColumn(
                f"{gate}_{level}", f"{gate}_{level}", ColumnKind.NUMBER, f"{what} at level {level} or above."
            )
            for gate, what in (("scenarios", "Scenarios"), ("binding", "Binding scenarios"))
            for level in (1, 2, 3, 4)
        ),
        *_build_scaled_columns(_POINTS, HUNDREDTHS),
        ExportColumn(
            "tier", "tier", ColumnKind.NUMBER, "0 to 3; nothing where too little is answered to state one."
        ),
        *(
            ExportColumn(
                f"at_least_tier_{k}",
                f"exceed_{k}",
                ColumnKind.SCALED,
                f"Probability of tier {k} or above; nothing where no tier is stated.",
                TEN_THOUSANDTHS,
            )
            for k in (1, 2, 3)
        ),
    ),
    at="created_at",
)

ANSWERS = ExportTable(
    "answers",
    (
        ExportColumn("id", "id", ColumnKind.NUMBER, "Of the answer."),
        ExportColumn("credit_code", "assessment__company__credit_code", ColumnKind.TEXT, "Of the company."),
        ExportColumn("company", "assessment__company__name", ColumnKind.WORDS, "Name of the company."),
        ExportColumn(
            "programme", "assessment__round__programme__code", ColumnKind.TEXT, "Code of the programme."
        ),
        ExportColumn("round", "assessment__round__code", ColumnKind.TEXT, "Code of the round: T0, T1 or T2."),
        ExportColumn("assessment", "assessment_id", ColumnKind.ID, "Id of the assessment."),
        ExportColumn("item", "item", ColumnKind.TEXT, "Code of the item, as in `instruments`."),
        ExportColumn(
            "state",
            "state",
            ColumnKind.TEXT,
            "`answered`, `dont_know`, `not_applicable` or `later`; nothing where only figures or a comment are there.",
        ),
        ExportColumn(
            "value",
            Cast("value", TextField()),
            ColumnKind.WORDS,
            "As JSON: the key of an option, a list of keys, or a level.",
        ),
        ExportColumn("reason", "reason", ColumnKind.WORDS, "Why the item does not apply."),
        ExportColumn(
            "figures",
            Cast("figures", TextField()),
            ColumnKind.WORDS,
            "As JSON: numbers beside the answer, by code.",
        ),
        ExportColumn("comment", "comment", ColumnKind.WORDS, "What was added in words."),
        ExportColumn("revision", "revision", ColumnKind.NUMBER, "Grows by one with each change."),
        ExportColumn("answered_at", "answered_at", ColumnKind.TIME, "When it was last changed."),
    ),
    at="id",
)
