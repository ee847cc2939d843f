"""A flag in words: what it says, and its evidence, as far as the reader may know the other company."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Assessment, Flag
from companies.models import Company
from companies.names import get_company_name


@dataclass(frozen=True, slots=True)
class FlagDescription:
    """The evidence of a flag as a sentence, and where to look further."""

    name: str
    evidence: str
    link: str = ""


def describe_flag(flag: Flag, known: Mapping[uuid.UUID, Company]) -> FlagDescription:
    """Describe a flag. `known` holds the other companies that the reader may see; no other is named."""
    name = str(flag.get_kind_display())
    evidence = flag.evidence
    if flag.kind == Flag.Kind.TWIN:
        return _describe_twin(name, flag, known)
    if flag.kind in (Flag.Kind.CONTRADICTION, Flag.Kind.DIFFERS):
        chinese = (get_language() or "").startswith("zh")
        return FlagDescription(name, str(evidence["zh" if chinese else "en"]))
    if flag.kind == Flag.Kind.JUMP:
        words = ngettext(
            "It rose from %(before)s to %(after)s of %(most)s within %(days)d day of %(since)s.",
            "It rose from %(before)s to %(after)s of %(most)s within %(days)d days of %(since)s.",
            evidence["days"],
        )
        return FlagDescription(name, words % evidence)
    words = (
        _("The answers keep one position on the scales more than is usual. %(figures)s")
        if flag.kind == Flag.Kind.STRAIGHT
        else _("The answers fit each other less than is usual at this level. %(figures)s")
    )
    return FlagDescription(name, words % {"figures": _describe_careless(evidence)})


def _describe_careless(evidence: Mapping[str, Any]) -> str:
    if evidence["release"]:
        words = _(
            "Score %(score)s, usual up to %(limit)s, by %(compared)d reference rows of model version %(release)s."
        )
    else:
        words = _("Score %(score)s, usual up to %(limit)s, by the %(compared)d submissions of this round.")
    return words % evidence


def _describe_twin(name: str, flag: Flag, known: Mapping[uuid.UUID, Company]) -> FlagDescription:
    other = known.get(flag.other_id) if flag.other_id else None
    words = _("%(same)d of %(compared)d answers are the same as those of: %(company)s.") % {
        "same": flag.evidence["same"],
        "compared": flag.evidence["compared"],
        "company": get_company_name(get_language() or "en", other)
        if other
        else _("a company outside your area"),
    }
    if flag.evidence["differing"]:
        words += " " + _("Different: %(items)s.") % {"items": ", ".join(flag.evidence["differing"])}
    return FlagDescription(name, words, reverse("cohort:company", args=[other.pk]) if other else "")


def get_known_companies(user: User, flags: Iterable[Flag]) -> dict[uuid.UUID, Company]:
    """Return other companies of pairs that the reader may see, by assessment; no query without pairs."""
    others = [flag.other_id for flag in flags if flag.other_id]
    if not others:
        return {}
    found = (
        Assessment.objects.allowing(user, Permission.SEE_FLAGS)
        .filter(pk__in=others)
        .select_related("company")
    )
    return {assessment.pk: assessment.company for assessment in found}
