"""What the model's pages read. The number of queries does not depend on how many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from benchmarks.ml import Scorecard
from benchmarks.models import Activation, Facility, Provenance, Release, Tier
from companies.models import Programme
from jobs.models import Job

# Columns that lists do without: together close to a megabyte.
HEAVY = ("scorecard", "training_rows", "reference")
PAGE = 50
LISTED_RELEASES = 40
# The kinds of job that make a release (`benchmarks.tasks`) and that follow from one (`assessments.tasks`).
TRAIN_RELEASE = "train-release"
SCORE_PROGRAMME_KEY = "score-programme:{}"
REPLAY_SCORES = "replay-scores"


def list_releases(programme: Programme) -> QuerySet[Release]:
    """Return the programme's releases, latest first, each with `is_active`."""
    in_use = Activation.objects.filter(release=OuterRef("pk"), ended_at__isnull=True)
    return (
        Release.objects.filter(programme=programme)
        .annotate(is_active=Exists(in_use))
        .select_related("trained_by")
        .defer(*HEAVY)
        .order_by("-trained_at")
    )


def list_activations(programme: Programme, count: int = 8) -> list[Activation]:
    """List the latest activations, latest first."""
    activations = programme.activations.select_related("release", "proposed_by", "confirmed_by")
    return list(
        activations.defer(*(f"release__{name}" for name in HEAVY)).order_by("-started_at", "-pk")[:count]
    )


def list_latest_jobs(programme: Programme, activation: Activation | None) -> list[Job]:
    """List the latest work of each kind: training, scoring under the release in use, and the replay."""
    kinds = [Q(kind=TRAIN_RELEASE, parameters__programme=str(programme.pk)), Q(kind=REPLAY_SCORES)]
    if activation is not None:
        kinds.insert(1, Q(key=SCORE_PROGRAMME_KEY.format(activation.pk)))
    found = (Job.objects.filter(kind).order_by("-created_at").first() for kind in kinds)
    return [job for job in found if job is not None]


def count_facilities(programme: Programme) -> dict[int, int]:
    """Count the reference rows of each tier, the reference sample of SMEs as tier 0."""
    counted = Facility.objects.filter(programme=programme).order_by().values("tier").annotate(n=Count("pk"))
    return {tier.value: 0 for tier in Tier} | {row["tier"]: row["n"] for row in counted}


@dataclass(frozen=True, slots=True)
class FacilityFilters:
    """Filters of the table of facilities; unknown values are as good as none."""

    tier: str = ""
    sector: str = ""
    provenance: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> FacilityFilters:
        """Read the filters from the address."""
        tier = query.get("tier", "")
        provenance = query.get("source", "")
        return cls(
            tier if tier in {str(value) for value in Tier.values} else "",
            query.get("sector", ""),
            provenance if provenance in Provenance.values else "",
        )

    def build_query(self, programme: Programme, page: int) -> str:
        """Build the query string that gives these filters and a page."""
        values = {
            "programme": programme.code,
            "tier": self.tier,
            "sector": self.sector,
            "source": self.provenance,
        }
        words = QueryDict(mutable=True)
        words.update({name: value for name, value in values.items() if value})
        if page > 1:
            words["page"] = str(page)
        return f"?{words.urlencode()}"


def get_facilities_page(programme: Programme, filters: FacilityFilters, number: str) -> Page[Facility]:
    """Return a page of the table. Without a tier the sample of SMEs is left out: those are no facilities."""
    found = Facility.objects.filter(programme=programme).select_related("sector").defer("content")
    found = found.filter(tier=filters.tier) if filters.tier else found.exclude(tier=Tier.SME)
    if filters.sector:
        found = found.filter(sector__code=filters.sector)
    if filters.provenance:
        found = found.filter(provenance=filters.provenance)
    return Paginator(found.order_by("-tier", "code"), PAGE).get_page(number)


def score_facilities(facilities: Sequence[Facility], release: Release | None) -> list[int | None]:
    """Score facilities under a release: readiness in hundredths of a point, None on another questionnaire."""
    rows = [
        index
        for index, facility in enumerate(facilities)
        if release is not None and facility.instrument_version == release.instrument_version
    ]
    result: list[int | None] = [None] * len(facilities)
    if release is None or not rows:
        return result
    stages = np.array([np.frombuffer(bytes(facilities[index].vector), dtype=np.int8) for index in rows])
    stored = _parse_scorecard(release.scorecard).score(stages, "estimate").stored()
    for index, readiness in zip(rows, stored.readiness.tolist(), strict=True):
        result[index] = readiness
    return result


@lru_cache(maxsize=8)
def _parse_scorecard(text: str) -> Scorecard:
    return Scorecard.from_json(text)
