"""What the model's pages read. The number of queries does not depend on how many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django_filters import CharFilter, ChoiceFilter

from benchmarks.ml import Scorecard
from benchmarks.models import Activation, Facility, Provenance, Release, Tier
from companies.models import Programme
from companies.page_filters import PageFilters
from jobs.models import Job

# Columns that lists do without: together close to a megabyte.
HEAVY = ("scorecard", "training_rows", "reference")
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


class FacilityFilters(PageFilters):
    """Filters of the table of facilities. Without a tier the sample of SMEs is left out: those are no facilities."""

    tier = ChoiceFilter(choices=Tier.choices)
    sector = CharFilter(field_name="sector__code")
    source = ChoiceFilter(field_name="provenance", choices=Provenance.choices)

    def filter_queryset(self, queryset: QuerySet[Facility]) -> QuerySet[Facility]:
        """Return the facilities that the filters leave, the highest tier first."""
        found: QuerySet[Facility] = super().filter_queryset(queryset)
        if "tier" not in self.values:
            found = found.exclude(tier=Tier.SME)
        return found.select_related("sector").defer("content").order_by("-tier", "code")


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
