"""The one filter bar of a page, and a mark for each filter that narrows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models.stage import Stage
from benchmarks.models import Tier
from cohort.filters import ALL, FRAME, CohortFilters
from cohort.labels import get_risk_labels, get_shortfall_labels
from cohort.queries.narrowing import NO_PROVIDER
from cohort.views.desk import CohortContext
from companies.level_labels import get_level_label
from companies.models.reference import Named
from companies.size import SizeClass

BAR = ("round", "sector", "division", "area", "level")
LIST_BAR = ("stage", *BAR)
MORE = ("industry", "size", "provider")


@dataclass(frozen=True, slots=True)
class Select:
    """A choice of the bar: the name of its parameter, what it chooses, and its options (value, words)."""

    name: str
    label: str
    chosen: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that narrows: what it is, and the query part of the address without it."""

    label: str
    words: str
    without: str


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The bar: its choices, those folded away, the other filters that go along unseen, and the marks."""

    selects: list[Select]
    more: list[Select]
    hidden: dict[str, str]
    chips: list[Chip]
    clear: str
    has_verified: bool
    verified: bool
    q: str

    @property
    def more_is_open(self) -> bool:
        """Whether a choice that is folded away narrows."""
        return any(select.chosen for select in self.more)


def build_filter_bar(
    desk: CohortContext, filters: CohortFilters, *, allowed: frozenset[str] = ALL, is_list: bool = False
) -> FilterBar:
    """Build the bar of a page on which the filters in `allowed` apply."""
    names = [name for name in (LIST_BAR if is_list else BAR) if name in allowed]
    if len(desk.programmes) > 1:
        names.insert(0, "programme")
    if sum(other.code < desk.round.code for other in desk.rounds if desk.round) > 1:
        names.insert(names.index("round") + 1, "since")
    active = filters.active()

    def build_select(name: str) -> Select:
        return Select(
            name, LABELS[name](), active.get(name) or _get_default(desk, name), list_options(desk, name)
        )

    shown = {*names, *MORE, "verified", *(("q",) if is_list else ())}
    chips = [
        Chip(
            LABELS[name](),
            _get_value_label(desk, name, value),
            filters.replace_fields(**{name: ""}).query() or "?",
        )
        for name, value in active.items()
        if name not in FRAME
    ]
    return FilterBar(
        selects=[build_select(name) for name in names],
        more=[build_select(name) for name in MORE if name in allowed],
        hidden={name: value for name, value in active.items() if name not in shown},
        chips=chips,
        clear=filters.keep_only(FRAME).query() or "?",
        has_verified="verified" in allowed,
        verified=bool(filters.verified),
        q=filters.q,
    )


def describe_filters(desk: CohortContext, filters: CohortFilters) -> str:
    """Describe the filters that narrow; empty where none does."""
    colon, stop = _(": "), _("; ")
    chips = build_filter_bar(desk, filters).chips
    return stop.join(f"{chip.label}{colon}{chip.words}" if chip.words else chip.label for chip in chips)


LABELS = {
    "programme": lambda: _("Programme"),
    "round": lambda: _("Round"),
    "since": lambda: _("Compared with"),
    "sector": lambda: _("Sector"),
    "division": lambda: _("Division"),
    "area": lambda: _("Functional area"),
    "industry": lambda: _("Key industry"),
    "size": lambda: _("Size"),
    "provider": lambda: _("Service provider"),
    "level": lambda: _("Official level"),
    "verified": lambda: _("Verified only"),
    "stage": lambda: _("Status"),
    "reached": lambda: _("Reached at least"),
    "risk": lambda: _("At risk of being late"),
    "short": lambda: _("Short of the target"),
    "before": lambda: _("Level before"),
    "tier": lambda: _("Tier"),
    "score": lambda: _("Readiness"),
    "compared": lambda: _("Scored in both rounds"),
    "q": lambda: _("Search text"),
}


def list_options(desk: CohortContext, name: str) -> list[tuple[str, str]]:
    """Return the values of a filter that can be chosen, with their labels; an empty value does not narrow."""
    levels = [(str(level), get_level_label(level)) for level in range(5)]
    match name:
        case "programme":
            return [(programme.code, programme.name) for programme in desk.programmes]
        case "round":
            return [(round_.code, round_.get_code_display()) for round_ in desk.rounds]
        case "since":
            return [
                (other.code, _("Compared with %(round)s") % {"round": other.code})
                for other in desk.rounds
                if desk.round and other.code < desk.round.code
            ]
        case "sector":
            return [("", _("All sectors")), *_list_named_options(desk.sectors)]
        case "division":
            return [("", _("All divisions")), *_list_named_options(desk.divisions)]
        case "area":
            return [("", _("Any functional area")), *_list_named_options(desk.functional_areas)]
        case "industry":
            return [("", _("All key industries")), *_list_named_options(desk.industries)]
        case "size":
            return [("", _("All sizes")), *((size.value, str(size.label)) for size in SizeClass)]
        case "provider":
            return [
                ("", _("All service providers")),
                *((name, name) for name in desk.providers),
                (NO_PROVIDER, _("None named")),
            ]
        case "level":
            return [
                ("", _("All levels")),
                ("target", _("At the target or above")),
                ("below", _("Below the target")),
                *levels,
                ("none", _("No level yet")),
            ]
        case "before":
            return levels
        case "stage":
            return [("", _("Any status")), *((stage.value, str(stage.label)) for stage in Stage)]
        case "reached":
            return [(stage.value, str(stage.label)) for stage in Stage]
        case "tier":
            return [(str(tier.value), str(tier.label)) for tier in Tier]
        case "risk":
            return [("any", pgettext("any reason", "any")), *get_risk_labels().items()]
        case "short":
            return list(get_shortfall_labels().items())
        case "score":
            return [
                (str(low), _("%(low)d to %(high)d") % {"low": low, "high": low + 5})
                for low in range(0, 100, 5)
            ]
        case _:
            return []


def _list_named_options(things: Iterable[Named]) -> list[tuple[str, str]]:
    # Every kind of named thing has a code; the abstract model leaves its length to them.
    # Those no longer in use come last: companies may still have them.
    return [
        (
            str(getattr(thing, "code", "")),
            _("%(name)s (no longer used)") % {"name": thing.name} if thing.is_retired else thing.name,
        )
        for thing in sorted(things, key=lambda thing: thing.is_retired)
    ]


def _get_default(desk: CohortContext, name: str) -> str:
    match name:
        case "programme":
            return desk.programme.code
        case "round":
            return desk.round.code if desk.round else ""
        case "since":
            return desk.earlier.code if desk.earlier else ""
        case _:
            return ""


def _get_value_label(desk: CohortContext, name: str, value: str) -> str:
    if name in {"verified", "compared"}:
        return ""
    return dict(list_options(desk, name)).get(value, value)
