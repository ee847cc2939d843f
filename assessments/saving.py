"""What saving one answer has to look up: one query, since nothing is asked more often."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Answer, Assessment
from companies.models import Company
from instrument import ProfileFigures
from instrument.contradictions import FIGURES_FROM


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
