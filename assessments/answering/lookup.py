"""What saving one answer has to look up: one query, put together once, since nothing is asked more often."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from accounts.models import User
from accounts.roles import Permission
from assessments.answering import prepared
from assessments.models import Answer, Assessment, Round
from companies.models import Company
from instrument import ProfileFigures
from instrument.contradictions import FIGURES_FROM

# Stand for what is asked while the query is put together; see `_compiled`.
SOMEBODY, SOME_ASSESSMENT = User(pk=uuid.UUID(int=1)), uuid.UUID(int=2)
ITEM, OTHER = "@item", "@other"
VERBS = (Permission.ANSWER, Permission.PRESCORE, Permission.ANSWER_FOR)
OF_YEARS = ("year", "revenue_wan", "digital_spend_wan")
# Questions whose figures are compared with the yearly ones of the profile.
NEEDS_YEARS = frozenset({"G4"})


@dataclass(frozen=True)
class AnswerLookup:
    """The facts for saving one answer: whose, what the person may enter, what is stored, the yearly figures."""

    assessment: Assessment
    verbs: frozenset[Permission]
    stored: dict[str, Answer]
    profile: ProfileFigures


def look_up_answer(user: User, pk: uuid.UUID, item: str) -> AnswerLookup | None:
    """Read all that saving an answer needs, within what the user may see; one query.

    `stored` holds the answer and those whose figures are compared with it. None where there is nothing to see.
    """
    other = next(iter(FIGURES_FROM.get(item, ())), item)
    rows = list(_iter_rows(user, pk, item, other))
    if not rows:
        return None
    first = rows[0]
    assessment = _build_object(Assessment, first, "")
    assessment.round = _build_object(Round, first, "round__")
    answers = [_build_object(Answer, row, "given__") for row in rows if row["given__id"] is not None]
    years = {row["of_year"]: row for row in rows if row.get("of_year")}
    return AnswerLookup(
        assessment=assessment,
        verbs=frozenset(verb for verb in VERBS if first[f"may_{verb.name.lower()}"]),
        stored={answer.item: answer for answer in answers},
        profile=ProfileFigures(
            **{
                name: {year: row[f"of_{name}"] for year, row in years.items() if row[f"of_{name}"]}
                for name in OF_YEARS[1:]
            }
        ),
    )


def _iter_rows(user: User, pk: uuid.UUID, item: str, other: str) -> Iterator[dict[str, Any]]:
    """Yield the answers joined to their assessment: a row for each answer, and year of the profile, needed."""
    names, sql, params, converted = _compile_query(connection.vendor, item in NEEDS_YEARS)
    asked: dict[Any, Any] = {SOMEBODY.pk: user.pk, SOME_ASSESSMENT: pk, ITEM: item, OTHER: other}
    # SQLite is given ids as their digits.
    asked |= {SOMEBODY.pk.hex: user.pk.hex, SOME_ASSESSMENT.hex: pk.hex}
    found = prepared.fetch_rows(sql, [asked.get(param, param) for param in params])
    for row in converted(found):
        yield dict(zip(names, row, strict=True))


@lru_cache(maxsize=4)
def _compile_query(
    vendor: str, with_years: bool
) -> tuple[list[str], str, tuple[Any, ...], Callable[[list[Any]], Iterator[list[Any]]]]:
    """Return the columns' names, the statement, its parameters with stand-ins, and what reads the rows found.

    Scope is decided where it always is, by `visible_to` and `allowing`; only putting the statement together, which
    takes ten times as long as running it, is done once.
    """
    columns = [
        *(field.attname for field in Assessment._meta.concrete_fields),
        *(f"round__{field.attname}" for field in Round._meta.concrete_fields),
        *(f"given__{field.attname}" for field in Answer._meta.concrete_fields),
    ]
    may = {
        f"may_{verb.name.lower()}": Exists(
            Company.objects.allowing(SOMEBODY, verb).filter(pk=OuterRef("company"))
        )
        for verb in VERBS
    }
    years = {f"of_{name}": F(f"company__years__{name}") for name in OF_YEARS} if with_years else {}
    query = (
        Assessment.objects.visible_to(SOMEBODY)
        .filter(pk=SOME_ASSESSMENT)
        .order_by()
        .annotate(given=FilteredRelation("answers", condition=Q(answers__item__in=(ITEM, OTHER))))
        .annotate(**may, **years)
        .values_list(*columns, *may, *years)
    )
    compiler = query.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters(column for column, *_ in compiler.select)
    converted = partial(compiler.apply_converters, converters=converters)
    return [*columns, *may, *years], sql, tuple(params), converted


def _build_object(model: type[Any], row: dict[str, Any], prefix: str) -> Any:
    """Build an object from its columns in a row."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, [row[f"{prefix}{name}"] for name in names])
