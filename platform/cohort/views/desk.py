"""What a member of staff has before them: a programme, its rounds, and what they may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Round
from benchmarks.models import Release
from cohort.filters import CohortFilters
from cohort.queries.cohort import Cohort
from companies.choosing import get_chosen_programme as chosen_programme
from companies.models import Area, KeyIndustry, Programme, Sector
from companies.permissions import Forbidden, permissions_in_programme

Coded = TypeVar("Coded", Programme, Round)


@dataclass(frozen=True)
class ProgrammeContext:
    """The programme a page is about and what the person may do in it; lists are read once, when needed."""

    user: User
    programmes: Sequence[Programme]
    programme: Programme
    verbs: frozenset[Permission]
    rounds: Sequence[Round]
    round: Round | None
    earlier: Round | None

    @property
    def sees_results(self) -> bool:
        """Whether the results of single companies may be read."""
        return Permission.SEE_ANSWERS in self.verbs

    @property
    def sees_flags(self) -> bool:
        """Whether hints for reviewers may be read."""
        return Permission.SEE_FLAGS in self.verbs and self.sees_results

    @property
    def sees_companies(self) -> bool:
        """Whether the files of single companies may be opened."""
        return Permission.SEE_COMPANY in self.verbs

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


def get_programme_context(request: HttpRequest, filters: CohortFilters) -> ProgrammeContext:
    """Return the context of a request: the programme and rounds that the filters name, else the latest.

    Raises `Forbidden` for people without a programme to oversee, and `Http404` for a programme or round
    that is not there for them.
    """
    user = request.user
    assert isinstance(user, User)
    programmes = list(Programme.objects.allowing(user, Permission.SEE_COHORT).select_related("city"))
    if not programmes:
        raise Forbidden(Permission.SEE_COHORT)
    programme = chosen_programme(request, programmes, filters.programme)
    rounds = list(programme.rounds.order_by("code"))
    chosen = _get_by_code(rounds, filters.round) if filters.round else _find_latest(rounds)
    before = [other for other in rounds if chosen is not None and other.code < chosen.code]
    since = [other for other in before if other.code == filters.since] or before[-1:]
    return ProgrammeContext(
        user=user,
        programmes=programmes,
        programme=programme,
        verbs=permissions_in_programme(user, programme),
        rounds=rounds,
        round=chosen,
        earlier=since[0] if since else None,
    )


def _get_by_code(choices: Sequence[Coded], code: str) -> Coded:
    for choice in choices:
        if choice.code == code:
            return choice
    raise Http404


def _find_latest(rounds: Sequence[Round]) -> Round | None:
    """Return the last round that has opened, else the first to come."""
    opened = [round_ for round_ in rounds if round_.opens_at <= timezone.now()]
    return opened[-1] if opened else next(iter(rounds), None)
