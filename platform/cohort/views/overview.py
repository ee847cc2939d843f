"""The overview: where the programme stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from assessments.models.assessment import Stage
from cohort.filters import ALL, FRAME, Filters
from cohort.labels import level_code, risk_reason, shortfall_words, waiting_words
from cohort.queries.areas import AreaFigures, division_figures, functional_figures
from cohort.queries.cohort import Cohort
from cohort.queries.levels import LEVELS, LevelFigures, level_figures
from cohort.queries.pace import Milestone, milestones, projection
from cohort.queries.risk import SHOWN, AtRisk, at_risk
from cohort.queries.scores import change_since, score_histogram, tiers_by_sector
from cohort.queries.summary import Summary, stall_of, summary_of
from cohort.views.answering import page_or_panels
from cohort.views.bar import bar_of
from cohort.views.charts import change_figure, level_figure, score_figure, tier_figure
from cohort.views.desk import Desk, desk_of

# Where one colour of the heat cells ends and the next begins, in points.
HEAT_CUTS = (30, 38, 46, 54)
MANY, SOME = 0.15, 0.05


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All panels of the overview for the filters in the address; only the panels when htmx asks."""
    filters = Filters.read(request.GET)
    desk = desk_of(request, filters)
    # Narrowed figures would give away single results to those who may not read them.
    allowed = ALL if desk.sees_results else FRAME
    filters = filters.only(allowed)
    cohort = desk.cohort(filters)
    context: dict[str, Any] = {
        "nav": "overview",
        "desk": desk,
        "bar": bar_of(desk, filters, allowed=allowed),
        "filters": filters,
        "cohort": cohort,
    }
    if cohort is not None:
        context |= {"release": desk.release, **Panels(desk, cohort)}
    return page_or_panels(request, "cohort/overview.html", "cohort/overview_panels.html", context)


class Panels(Mapping[str, Any]):
    """What the panels show, by name; a part is worked out when it is first asked for.

    All parts rest on the standings, which are read once; the number of queries does not depend on the number of
    companies.
    """

    def __init__(self, desk: Desk, cohort: Cohort) -> None:
        self.desk, self.cohort = desk, cohort
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """One part."""
        if name not in self._known:
            self._known[name] = PARTS[name](self)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """The names of all parts; without companies there is the summary alone."""
        return iter(PARTS if self["summary"].listed else ("summary",))

    def __len__(self) -> int:
        """How many parts there are."""
        return len(list(iter(self)))


def funnel_rows(found: Panels) -> list[tuple[Stage, int, str | None, Milestone | None]]:
    """How many came how far, where they are listed, and when."""
    reached = milestones(found.cohort)
    return [
        (
            stage,
            count,
            found.cohort.link(reached="" if stage == Stage.LISTED else stage.value),
            reached.get(stage),
        )
        for stage, count in found["summary"].reached.items()
    ]


def shaded(rows: Sequence[AreaFigures]) -> list[tuple[AreaFigures, str]]:
    """Areas, each with the colour class of its readiness."""
    return [(row, heat(row.readiness)) for row in rows]


PARTS: dict[str, Callable[[Panels], Any]] = {
    "summary": lambda found: summary_of(found.cohort),
    "links": lambda found: figure_links(found.cohort),
    "funnel": funnel_rows,
    "stall": lambda found: stall_of(found.cohort, found["summary"]),
    "stall_words": lambda found: (
        waiting_words(found["stall"].stage, found["stall"].waiting) if found["stall"] else ""
    ),
    "stall_link": lambda found: (
        found.cohort.link(stage=found["stall"].stage.value) if found["stall"] else None
    ),
    "divisions": lambda found: shaded(division_figures(found.cohort, found.desk.divisions)),
    "functional": lambda found: shaded(functional_figures(found.cohort, found.desk.functional_areas)),
    "heat_key": lambda _found: heat_key(),
    "heat_rows": lambda found: heat_rows([row for row, _shade in found["divisions"]]),
    "dimensions": lambda found: found.cohort.instrument.dimensions,
    "can_export": lambda found: Verb.EXPORT in found.desk.verbs,
    "at_risk": lambda found: risk_rows(found.cohort),
    "levels": lambda found: level_figures(found.cohort),
    "level_figure": lambda found: level_figure(found.cohort, found["levels"]),
    "moves": lambda found: moves_table(found.cohort, found["levels"]),
    "level_codes": lambda _found: [level_code(level) for level in LEVELS],
    "gates": lambda found: gate_rows(found.cohort, found["summary"]),
    "projection": lambda found: projection(found.cohort),
    "unscored": lambda found: {
        "count": found["summary"].listed - found["summary"].scored,
        "link": found.cohort.link(level="none"),
    },
    "sectors": lambda found: tiers_by_sector(found.cohort, found.desk.sectors),
    "tier_figure": lambda found: tier_figure(found.cohort, found["sectors"]) if found["sectors"] else None,
    "score_figure": lambda found: score_figure(
        found.cohort, score_histogram(found.cohort), found.desk.release
    ),
    "change": lambda found: change_since(found.cohort),
    "readiness_change": lambda found: (
        found["change"].readiness - found["change"].readiness_before if found["change"] else None
    ),
    "change_figure": lambda found: change_figure(found.cohort, found["change"]) if found["change"] else None,
}


def figure_links(cohort: Cohort) -> dict[str, str | None]:
    """Addresses of the companies behind the headline figures."""
    return {
        "submitted": cohort.link(reached=Stage.SUBMITTED.value),
        "target": cohort.link(level="target"),
        "scored": cohort.link(reached=Stage.SCORED.value),
        "verified": cohort.link(reached=Stage.VERIFIED.value),
        "accepted": cohort.link(reached=Stage.ACCEPTED.value),
        "risk": cohort.link(risk="any"),
        "companies": cohort.link(),
        "compared": cohort.link(compared="1"),
    }


def heat(hundredths: float | None) -> str:
    """The colour class of a readiness: h1c (lowest) to h5c; only an outline where nothing is scored."""
    if hundredths is None:
        return "border"
    return f"h{1 + sum(hundredths >= cut * 100 for cut in HEAT_CUTS)}c"


def heat_key() -> list[tuple[str, str]]:
    """The colour classes with the range of points each stands for."""
    words = [f"< {HEAT_CUTS[0]}"]
    words += [f"{low}–{high}" for low, high in pairwise(HEAT_CUTS)]
    words.append(f"≥ {HEAT_CUTS[-1]}")
    return [(f"h{number}c", text) for number, text in enumerate(words, start=1)]


def heat_rows(divisions: Sequence[AreaFigures]) -> list[tuple[AreaFigures, list[tuple[float | None, str]]]]:
    """Divisions by dimension: each median with its colour class."""
    return [(row, [(value, heat(value)) for value in row.dimensions]) for row in divisions if row.scored]


@dataclass(frozen=True, slots=True)
class Move:
    """A cell of the table of moves: how many, the colour class, where the companies are listed."""

    count: int
    shade: str
    link: str | None


def moves_table(cohort: Cohort, levels: LevelFigures) -> list[tuple[str, int, list[Move]]]:
    """Rows of the matrix of moves: the level before, how many were there, and where they are now."""
    if cohort.earlier is None or not levels.compared:
        return []

    def shade(count: int) -> str:
        share = count / levels.compared
        return "h4c" if share >= MANY else "h3c" if share >= SOME else "h2c"

    return [
        (
            level_code(before),
            sum(levels.moves[before]),
            [
                Move(count, shade(count), cohort.link(before=str(before), level=str(now)))
                for now, count in enumerate(levels.moves[before])
            ],
        )
        for before in LEVELS
    ]


def gate_rows(cohort: Cohort, summary: Summary) -> list[tuple[str, int, str | None]]:
    """Why companies are short of the target: words, how many, and where they are listed."""
    words = shortfall_words()
    return [(words[name], count, cohort.link(short=name)) for name, count in summary.short.items()]


def risk_rows(cohort: Cohort, most: int | None = SHOWN) -> list[tuple[AtRisk, str, int]]:
    """The first companies at risk, all for `most=None`: why in words, and how much is answered in per cent."""
    overdue = (cohort.moment - cohort.round.deadline).days
    items = len(cohort.instrument.items)
    return [
        (row, risk_reason(row, overdue), 100 * row.answered // items)
        for row in at_risk(cohort, get_language() or "en", most)
    ]
