"""Hints for reviewers in the list of companies and on the file of a company."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Assessment, Flag, Round
from cohort.views.review.flag_labels import FlagWords, flag_words, others_known
from companies.permissions import acted_for

Kind = Flag.Kind


def hints(user: User, verbs: frozenset[Verb], assessment: Assessment) -> list[tuple[Flag, FlagWords]] | None:
    """The open hints about a company's answers, those about the whole set first; None for whoever may see none.

    Whoever has ever acted for the company never sees them, whatever other role is held.
    """
    if Verb.SEE_FLAGS not in verbs or Verb.SEE_ANSWERS not in verbs or acted_for(user, assessment.company):
        return None
    flags = list(Flag.objects.visible_to(user).open().filter(assessment=assessment).order_by("item", "kind"))
    known = others_known(user, flags)
    return [(flag, flag_words(flag, known)) for flag in flags]


def short_names(user: User, round_: Round, companies: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Short names of the open hints about some companies in a round, by company; one query.

    Companies towards which the user may not see hints, or has ever acted for, have none here.
    """
    rows = (
        Flag.objects.visible_to(user)
        .open()
        .filter(assessment__round=round_, assessment__company__in=list(companies))
        .order_by("item")
        .values_list("assessment__company", "kind", "item")
    )
    found: dict[UUID, dict[str, list[str]]] = {}
    for company, kind, item in rows:
        found.setdefault(company, {}).setdefault(kind, []).append(item)
    return {company: _names(kinds) for company, kinds in found.items()}


def _names(kinds: dict[str, list[str]]) -> list[str]:
    """One name for each kind of hint, with the questions it is about."""
    words = {
        Kind.STRAIGHT: _("Same position"),
        Kind.RANDOM: _("No pattern"),
        Kind.TWIN: _("Near copy"),
        Kind.CONTRADICTION: _("Figures: %(items)s"),
        Kind.DIFFERS: _("Profile: %(items)s"),
        Kind.JUMP: _("Jump"),
    }
    return [
        # Words without a place for the questions leave them out.
        name % {"items": ", ".join(kinds[kind.value])}
        for kind, name in words.items()
        if kind.value in kinds
    ]
