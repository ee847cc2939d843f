"""What a member of staff has before them: a programme, its rounds, and what they may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.roles import Permission
from assessments.models import Round
from benchmarks.models import Release
from cohort.filters import CohortFilters
from cohort.queries.cohort import Cohort
from companies.models import Area, KeyIndustry, Sector
from companies.programme_context import ProgrammeContext, get_programme_context


@dataclass(frozen=True)
class CohortContext(ProgrammeContext):
    """A programme with its rounds: the one a page is about, and the one it is compared with.

    Lists are read once, when needed.
    """

    rounds: Sequence[Round]
    round: Round | None
    earlier: Round | None

    @cached_property
    def areas(self) -> list[Area]:
        """Divisions and functional areas of the city."""
        return list(self.programme.city.areas.all())

    @property
    def divisions(self) -> list[Area]:
        """The statutory divisions of the city."""
        return [area for area in self.areas if area.kind == Area.Kind.DIVISION]

    @property
    def functional_areas(self) -> list[Area]:
        """The functional areas that lie over the divisions."""
        return [area for area in self.areas if area.kind == Area.Kind.FUNCTIONAL]

    @cached_property
    def sectors(self) -> list[Sector]:
        """The sectors of the programme."""
        return list(self.programme.sectors.all())

    @cached_property
    def industries(self) -> list[KeyIndustry]:
        """The key industries."""
        return list(KeyIndustry.objects.all())

    @cached_property
    def providers(self) -> list[str]:
        """The service providers named on the programme's list."""
        named = self.programme.listings.exclude(provider_name="").order_by("provider_name")
        return list(named.values_list("provider_name", flat=True).distinct())

    @cached_property
    def release(self) -> Release | None:
        """The release of the model that is in use, without its scorecard."""
        return Release.objects.defer("scorecard").find_active(self.programme)

    def build_cohort(self, filters: CohortFilters) -> Cohort | None:
        """Return the companies that the filters leave in the round; None before the first round."""
        if self.round is None:
            return None
        return Cohort(
            user=self.user,
            programme=self.programme,
            round=self.round,
            earlier=self.earlier,
            filters=filters,
            sees_results=self.sees_results,
            moment=timezone.now(),
        )


def get_cohort_context(request: HttpRequest, filters: CohortFilters) -> CohortContext:
    """Return the context of a request: the programme and rounds that the filters name, else the latest.

    Raises `Forbidden` for people without a programme to oversee, and `Http404` for a programme or round
    that is not there for them.
    """
    found = get_programme_context(request, Permission.SEE_COHORT, code=filters.programme)
    rounds = list(found.programme.rounds.order_by("code"))
    chosen = _get_by_code(rounds, filters.round) if filters.round else _find_latest(rounds)
    before = [other for other in rounds if chosen is not None and other.code < chosen.code]
    since = [other for other in before if other.code == filters.since] or before[-1:]
    return CohortContext(
        user=found.user,
        programmes=found.programmes,
        programme=found.programme,
        verbs=found.verbs,
        rounds=rounds,
        round=chosen,
        earlier=since[0] if since else None,
    )


def _get_by_code(rounds: Sequence[Round], code: str) -> Round:
    for round_ in rounds:
        if round_.code == code:
            return round_
    raise Http404


def _find_latest(rounds: Sequence[Round]) -> Round | None:
    """Return the last round that has opened, else the first to come."""
    opened = [round_ for round_ in rounds if round_.opens_at <= timezone.now()]
    return opened[-1] if opened else next(iter(rounds), None)
