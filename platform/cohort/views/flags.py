"""Hints for reviewers in the list of companies and on the file of a company."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Assessment, Flag, Round
from cohort.views.review.flag_labels import FlagDescription, describe_flag, get_known_companies
from companies.permissions import has_represented

Kind = Flag.Kind


def list_hints(
    user: User, verbs: frozenset[Permission], assessment: Assessment
) -> list[tuple[Flag, FlagDescription]] | None:
    """Return open hints about the answers, those about the whole set first; None if none may be seen.

    Whoever has ever acted for the company never sees them, whatever other role is held.
    """
    if (
        Permission.SEE_FLAGS not in verbs
        or Permission.SEE_ANSWERS not in verbs
        or has_represented(user, assessment.company)
    ):
        return None
    flags = list(
        Flag.objects.visible_to(user).filter_open().filter(assessment=assessment).order_by("item", "kind")
    )
    known = get_known_companies(user, flags)
    return [(flag, describe_flag(flag, known)) for flag in flags]


def get_hint_names(user: User, round_: Round, companies: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return short names of the open hints about some companies in a round, by company; one query.

    Companies towards which the user may not see hints, or has ever acted for, have none here.
    """
    rows = (
        Flag.objects.visible_to(user)
        .filter_open()
        .filter(assessment__round=round_, assessment__company__in=list(companies))
        .order_by("item")
        .values_list("assessment__company", "kind", "item")
    )
    found: dict[UUID, dict[str, list[str]]] = {}
    for company, kind, item in rows:
        found.setdefault(company, {}).setdefault(kind, []).append(item)
    return {company: _format_names(kinds) for company, kinds in found.items()}


def _format_names(kinds: dict[str, list[str]]) -> list[str]:
    """Return one name for each kind of hint, with the questions it is about."""
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
