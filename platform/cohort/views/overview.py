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

from accounts.roles import Permission
from assessments.models.stage import Stage
from cohort.filters import ALL, FRAME, CohortFilters
from cohort.labels import format_risk_reason, format_waiting_sentence, get_shortfall_labels
from cohort.queries.areas import AreaFigures, list_division_figures, list_functional_figures
from cohort.queries.cohort import Cohort
from cohort.queries.levels import LEVELS, LevelFigures, compute_level_figures
from cohort.queries.pace import Milestone, compute_milestones, compute_projection
from cohort.queries.risk import SHOWN, AtRisk, list_at_risk
from cohort.queries.scores import compute_score_change, compute_score_histogram, count_sector_tiers
from cohort.queries.summary import Summary, compute_summary, find_stall
from cohort.views.answering import render_page_or_panels
from cohort.views.bar import build_filter_bar
from cohort.views.charts import build_change_chart, build_level_chart, build_score_chart, build_tier_chart
from cohort.views.desk import CohortContext, get_cohort_context
from companies.level_labels import format_level_code
from documents.numbers import compute_change

# Where one colour of the heat cells ends and the next begins, in points.
HEAT_CUTS = (30, 38, 46, 54)
MANY, SOME = 0.15, 0.05


@login_required
@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """Show all panels for the filters in the address; only the panels when htmx asks."""
    filters = CohortFilters.read(request.GET)
    desk = get_cohort_context(request, filters)
    # Narrowed figures would give away single results to those who may not read them.
    allowed = ALL if desk.sees_results else FRAME
    filters = filters.keep_only(allowed)
    cohort = desk.build_cohort(filters)
    context: dict[str, Any] = {
        "nav": "overview",
        "desk": desk,
        "bar": build_filter_bar(desk, filters, allowed=allowed),
        "filters": filters,
        "cohort": cohort,
    }
    if cohort is not None:
        context |= {"release": desk.release, **Panels(desk, cohort)}
    return render_page_or_panels(request, "cohort/overview.html", "cohort/overview_panels.html", context)


class Panels(Mapping[str, Any]):
    """The contents of the panels by name; a part is worked out when it is first asked for.

    All parts rest on the standings, which are read once; the number of queries does not depend on the number of
    companies.
    """

    def __init__(self, desk: CohortContext, cohort: Cohort) -> None:
        self.desk, self.cohort = desk, cohort
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return one part."""
        if name not in self._known:
            self._known[name] = PARTS[name](self)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of all parts; without companies over the summary alone."""
        return iter(PARTS if self["summary"].listed else ("summary",))

    def __len__(self) -> int:
        """Return how many parts there are."""
        return len(list(iter(self)))


def list_funnel_rows(found: Panels) -> list[tuple[Stage, int, str | None, Milestone | None]]:
    """Return how many came how far, where they are listed, and when."""
    reached = compute_milestones(found.cohort)
    return [
        (
            stage,
            count,
            found.cohort.build_link(reached="" if stage == Stage.LISTED else stage.value),
            reached.get(stage),
        )
        for stage, count in found["summary"].reached.items()
    ]


def add_heat_classes(rows: Sequence[AreaFigures]) -> list[tuple[AreaFigures, str]]:
    """Return areas, each with the colour class of its readiness."""
    return [(row, get_heat_class(row.readiness)) for row in rows]


PARTS: dict[str, Callable[[Panels], Any]] = {
    "summary": lambda found: compute_summary(found.cohort),
    "links": lambda found: build_headline_links(found.cohort),
    "funnel": list_funnel_rows,
    "stall": lambda found: find_stall(found.cohort, found["summary"]),
    "stall_words": lambda found: (
        format_waiting_sentence(found["stall"].stage, found["stall"].waiting) if found["stall"] else ""
    ),
    "stall_link": lambda found: (
        found.cohort.build_link(stage=found["stall"].stage.value) if found["stall"] else None
    ),
    "divisions": lambda found: add_heat_classes(list_division_figures(found.cohort, found.desk.divisions)),
    "functional": lambda found: add_heat_classes(
        list_functional_figures(found.cohort, found.desk.functional_areas)
    ),
    "heat_key": lambda _found: list_heat_classes(),
    "heat_rows": lambda found: list_heat_rows([row for row, _shade in found["divisions"]]),
    "dimensions": lambda found: found.cohort.instrument.dimensions,
    "can_export": lambda found: Permission.EXPORT in found.desk.verbs,
    "at_risk": lambda found: list_risk_rows(found.cohort),
    "levels": lambda found: compute_level_figures(found.cohort),
    "level_figure": lambda found: build_level_chart(found.cohort, found["levels"]),
    "moves": lambda found: build_level_moves_table(found.cohort, found["levels"]),
    "level_codes": lambda _found: [format_level_code(level) for level in LEVELS],
    "gates": lambda found: list_gate_rows(found.cohort, found["summary"]),
    "projection": lambda found: compute_projection(found.cohort),
    "unscored": lambda found: {
        "count": found["summary"].listed - found["summary"].scored,
        "link": found.cohort.build_link(level="none"),
    },
    "sectors": lambda found: count_sector_tiers(found.cohort, found.desk.sectors),
    "tier_figure": lambda found: (
        build_tier_chart(found.cohort, found["sectors"]) if found["sectors"] else None
    ),
    "score_figure": lambda found: build_score_chart(
        found.cohort, compute_score_histogram(found.cohort), found.desk.release
    ),
    "change": lambda found: compute_score_change(found.cohort),
    "readiness_change": lambda found: (
        compute_change(found["change"].readiness_before, found["change"].readiness)
        if found["change"]
        else None
    ),
    "change_figure": lambda found: (
        build_change_chart(found.cohort, found["change"]) if found["change"] else None
    ),
}


def build_headline_links(cohort: Cohort) -> dict[str, str | None]:
    """Return addresses of the companies behind the headline figures."""
    return {
        "submitted": cohort.build_link(reached=Stage.SUBMITTED.value),
        "target": cohort.build_link(level="target"),
        "scored": cohort.build_link(reached=Stage.SCORED.value),
        "verified": cohort.build_link(reached=Stage.VERIFIED.value),
        "accepted": cohort.build_link(reached=Stage.ACCEPTED.value),
        "risk": cohort.build_link(risk="any"),
        "companies": cohort.build_link(),
        "compared": cohort.build_link(compared="1"),
    }


def get_heat_class(hundredths: float | None) -> str:
    """Return the colour class of a readiness: h1c (lowest) to h5c; an outline where nothing is scored."""
    if hundredths is None:
        return "border"
    return f"h{1 + sum(hundredths >= cut * 100 for cut in HEAT_CUTS)}c"


def list_heat_classes() -> list[tuple[str, str]]:
    """Return the colour classes with the range of points each stands for."""
    words = [f"< {HEAT_CUTS[0]}"]
    words += [f"{low}–{high}" for low, high in pairwise(HEAT_CUTS)]
    words.append(f"≥ {HEAT_CUTS[-1]}")
    return [(f"h{number}c", text) for number, text in enumerate(words, start=1)]


def list_heat_rows(
    divisions: Sequence[AreaFigures],
) -> list[tuple[AreaFigures, list[tuple[float | None, str]]]]:
    """Return divisions by dimension: each median with its colour class."""
    return [
        (row, [(value, get_heat_class(value)) for value in row.dimensions]) for row in divisions if row.scored
    ]


@dataclass(frozen=True, slots=True)
class LevelMoveCell:
    """A cell of the table of moves: how many, the colour class, where the companies are listed."""

    count: int
    shade: str
    link: str | None


def build_level_moves_table(
    cohort: Cohort, levels: LevelFigures
) -> list[tuple[str, int, list[LevelMoveCell]]]:
    """Return rows of the matrix of moves: the level before, how many were there, where they are now."""
    if cohort.earlier is None or not levels.compared:
        return []

    def choose_shade(count: int) -> str:
        share = count / levels.compared
        return "h4c" if share >= MANY else "h3c" if share >= SOME else "h2c"

    return [
        (
            format_level_code(before),
            sum(levels.moves[before]),
            [
                LevelMoveCell(
                    count, choose_shade(count), cohort.build_link(before=str(before), level=str(now))
                )
                for now, count in enumerate(levels.moves[before])
            ],
        )
        for before in LEVELS
    ]


def list_gate_rows(cohort: Cohort, summary: Summary) -> list[tuple[str, int, str | None]]:
    """Return why companies are short of the target: label, how many, and where they are listed."""
    words = get_shortfall_labels()
    return [(words[name], count, cohort.build_link(short=name)) for name, count in summary.short.items()]


def list_risk_rows(cohort: Cohort, most: int | None = SHOWN) -> list[tuple[AtRisk, str, int]]:
    """Return the first companies at risk, all for `most=None`: why, and the per cent answered."""
    overdue = (cohort.moment - cohort.round.deadline).days
    items = len(cohort.instrument.items)
    return [
        (row, format_risk_reason(row, overdue), 100 * row.answered // items)
        for row in list_at_risk(cohort, get_language() or "en", most)
    ]
