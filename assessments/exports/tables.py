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
    """A column: its name, where its values are found, and what they are. `scale` divides stored whole numbers."""

    name: str
    source: str | Expression
    kind: Kind
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


def _scaled(names: Mapping[str, str] | tuple[str, ...], scale: int) -> tuple[Column, ...]:
    pairs = names.items() if isinstance(names, Mapping) else ((name, name) for name in names)
    return tuple(Column(name, source, Kind.SCALED, scale) for name, source in pairs)


_ASSESSMENT = "submission__assessment__"
SCORES = Table(
    "scores",
    (
        Column("id", "id", Kind.ID),
        Column("created_at", "created_at", Kind.TIME),
        Column("credit_code", f"{_ASSESSMENT}company__credit_code", Kind.TEXT),
        Column("company", f"{_ASSESSMENT}company__name", Kind.WORDS),
        Column("division", f"{_ASSESSMENT}company__division__code", Kind.TEXT),
        Column("sector", f"{_ASSESSMENT}company__sector__code", Kind.TEXT),
        Column("programme", f"{_ASSESSMENT}round__programme__code", Kind.TEXT),
        Column("round", f"{_ASSESSMENT}round__code", Kind.TEXT),
        Column("assessment", f"{_ASSESSMENT}id", Kind.ID),
        Column("submission", "submission__number", Kind.TEXT),
        Column("submission_kind", "submission__kind", Kind.TEXT),
        Column("submitted_at", "submission__submitted_at", Kind.TIME),
        Column("release", "release__name", Kind.TEXT),
        Column("release_sha256", "release__sha256", Kind.TEXT),
        Column("synthetic_benchmark", _synthetic(), Kind.FACT),
        Column("status", _status(), Kind.TEXT),
        Column("is_current", "is_current", Kind.FACT),
        Column("official_level", "official_level", Kind.NUMBER),
        *_scaled(("base_points", "base_foundation", "base_management", "base_outcomes"), THOUSANDTHS),
        *(
            Column(name, name, Kind.NUMBER)
            for name in (f"{gate}_{level}" for gate in ("scenarios", "binding") for level in (1, 2, 3, 4))
        ),
        *_scaled(("readiness", "readiness_guarded", "readiness_low", "readiness_high"), HUNDREDTHS),
        *_scaled(DIMENSIONS, HUNDREDTHS),
        Column("tier", "tier", Kind.NUMBER),
        *_scaled({f"at_least_tier_{k}": f"exceed_{k}" for k in (1, 2, 3)}, TEN_THOUSANDTHS),
    ),
    at="created_at",
)

ANSWERS = Table(
    "answers",
    (
        Column("id", "id", Kind.NUMBER),
        Column("credit_code", "assessment__company__credit_code", Kind.TEXT),
        Column("company", "assessment__company__name", Kind.WORDS),
        Column("programme", "assessment__round__programme__code", Kind.TEXT),
        Column("round", "assessment__round__code", Kind.TEXT),
        Column("assessment", "assessment_id", Kind.ID),
        Column("item", "item", Kind.TEXT),
        Column("state", "state", Kind.TEXT),
        Column("value", Cast("value", TextField()), Kind.WORDS),
        Column("reason", "reason", Kind.WORDS),
        Column("figures", Cast("figures", TextField()), Kind.WORDS),
        Column("comment", "comment", Kind.WORDS),
        Column("revision", "revision", Kind.NUMBER),
        Column("answered_at", "answered_at", Kind.TIME),
    ),
    at="id",
)
