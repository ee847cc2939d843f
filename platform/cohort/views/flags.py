"""Hints for reviewers on the file of a company, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Assessment, Round
from assessments.quality import Careless, Flags, Twin, flags_in_round, flags_of
from benchmarks.ml.answer_checks import Jump, JumpKind
from cohort.queries.names import name_in
from companies.models import Company
from companies.permissions import acted_for, companies_acted_for
from instrument import Contradiction, Instrument


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint: a short name, the question it is about (may be empty), its evidence, and where to look further."""

    name: str
    item: str
    evidence: str
    link: str = ""


def hints(user: User, verbs: frozenset[Verb], assessment: Assessment) -> list[Hint] | None:
    """The hints about a company's answers; None for whoever may not see them.

    Whoever has ever acted for the company never sees them, whatever other role is held.
    """
    if Verb.SEE_FLAGS not in verbs or Verb.SEE_ANSWERS not in verbs or acted_for(user, assessment.company):
        return None
    flags = flags_of(assessment)
    return [] if flags is None else in_words(user, flags)


def short_names(user: User, round_: Round, companies: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Short names of the hints about some companies in a round, by company; eight queries at most.

    Companies towards which the user may not see hints, or has ever acted for, have none here.
    """
    assessments = list(
        Assessment.objects.allowing(user, Verb.SEE_FLAGS)
        .filter(round=round_, company__in=list(companies))
        .exclude(company__in=companies_acted_for(user))
        .select_related("company", "round")
    )
    found = flags_in_round(assessments)
    return {
        assessment.company_id: _names(found[assessment.pk])
        for assessment in assessments
        if assessment.pk in found
    }


def _names(flags: Flags) -> list[str]:
    """One name for each kind of hint, with the questions it is about."""
    found = []
    if flags.straight_lining:
        found.append(_("Same position"))
    if flags.random:
        found.append(_("No pattern"))
    if flags.twins:
        found.append(_("Near copy"))
    for is_profile, words in ((False, _("Figures: %(items)s")), (True, _("Profile: %(items)s"))):
        items = [
            contradiction.item
            for contradiction in flags.contradictions
            if (contradiction.rule == "differs") == is_profile
        ]
        if items:
            found.append(words % {"items": ", ".join(dict.fromkeys(items))})
    if flags.jumps:
        found.append(_("Jump"))
    return found


def in_words(user: User, flags: Flags) -> list[Hint]:
    """The hints, those about the whole set of answers first."""
    found = []
    if flags.straight_lining:
        found.append(
            Hint(
                _("Same position throughout"),
                "",
                _("The answers keep one position on the scales more than is usual. %(figures)s")
                % {"figures": _careless(flags.straight_lining)},
            )
        )
    if flags.random:
        found.append(
            Hint(
                _("Answers without a pattern"),
                "",
                _("The answers fit each other less than is usual at this level. %(figures)s")
                % {"figures": _careless(flags.random)},
            )
        )
    visible = Company.objects.allowing(user, Verb.SEE_FLAGS).filter(
        pk__in=[twin.company.pk for twin in flags.twins]
    )
    known = set(visible.values_list("pk", flat=True)) if flags.twins else set()
    found += [_twin(twin, is_known=twin.company.pk in known) for twin in flags.twins]
    found += [_contradiction(contradiction) for contradiction in flags.contradictions]
    found += [_jump(jump, flags.since, flags.instrument) for jump in flags.jumps]
    return found


def _careless(careless: Careless) -> str:
    figures = {
        "score": f"{careless.score:.2f}",
        "limit": f"{careless.limit:.2f}",
        "compared": careless.compared,
        "release": careless.release,
    }
    if careless.release:
        words = _(
            "Score %(score)s, usual up to %(limit)s, by %(compared)d reference rows of release %(release)s."
        )
    else:
        words = _("Score %(score)s, usual up to %(limit)s, by the %(compared)d submissions of this round.")
    return words % figures


def _twin(twin: Twin, *, is_known: bool) -> Hint:
    pair = twin.pair
    other = name_in(get_language() or "en", twin.company) if is_known else _("a company outside your area")
    evidence = _("%(same)d of %(compared)d answers are the same as those of: %(company)s.") % {
        "same": pair.same,
        "compared": pair.compared,
        "company": other,
    }
    if pair.differing:
        evidence += " " + _("Different: %(items)s.") % {"items": ", ".join(pair.differing)}
    link = reverse("cohort:company", args=[twin.company.pk]) if is_known else ""
    return Hint(_("Nearly the same answers"), "", evidence, link)


def _contradiction(contradiction: Contradiction) -> Hint:
    words = contradiction.message.in_language(get_language() or "en")
    name = _("Differs from the profile") if contradiction.rule == "differs" else _("Does not fit the figures")
    return Hint(name, contradiction.item, words)


def _jump(jump: Jump, since: str, instrument: Instrument) -> Hint:
    figures = {"before": jump.before, "after": jump.after, "round": since, "days": jump.days}
    if jump.kind is JumpKind.OFFICIAL_LEVEL:
        words = ngettext(
            "The official level rose from %(before)d to %(after)d within %(days)d day of %(round)s.",
            "The official level rose from %(before)d to %(after)d within %(days)d days of %(round)s.",
            jump.days,
        )
        return Hint(_("Jump between rounds"), "", words % figures)
    words = ngettext(
        "The answer rose from %(before)d to %(after)d of %(most)d within %(days)d day of %(round)s.",
        "The answer rose from %(before)d to %(after)d of %(most)d within %(days)d days of %(round)s.",
        jump.days,
    )
    most = instrument.item(jump.item).max_stage
    return Hint(_("Jump between rounds"), jump.item, words % (figures | {"most": most}))
