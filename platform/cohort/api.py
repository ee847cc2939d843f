"""Where the companies of a round stand together, for programs that may not know single ones."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from assessments.api import RoundFilter, RoundSerializer, ScoringReleaseSerializer
from assessments.models import Round
from assessments.models.score import DIMENSIONS
from benchmarks.models import Release
from cohort.filters import CohortFilters
from cohort.queries.cohort import Cohort
from cohort.queries.small_groups import PartFigures, TypicalScores, compute_public_figures
from companies.api import UUID_PATTERN, NamedSerializer
from companies.models import Area
from companies.small_groups import SMALLEST_GROUP

HUNDREDTHS = 100
WITHHELD = f"Null where it would tell of fewer than {SMALLEST_GROUP} companies."


def _build_counts_field(what: str) -> serializers.DictField:
    return serializers.DictField(
        child=serializers.IntegerField(min_value=0, allow_null=True), help_text=f"{what} {WITHHELD}"
    )


class TypicalSerializer(serializers.Serializer[object]):
    """Number of scored companies, and the medians of their figures that count."""

    scored = serializers.IntegerField(min_value=0, allow_null=True, help_text=WITHHELD)
    readiness = serializers.FloatField(
        min_value=0,
        max_value=100,
        allow_null=True,
        help_text="Median in points; null too where nobody is scored.",
    )
    dimensions = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=100, allow_null=True),
        help_text="Medians in points of D1 to D10.",
    )


class PartSerializer(NamedSerializer, TypicalSerializer):
    """A sector or a division."""

    companies = serializers.IntegerField(min_value=0, allow_null=True, help_text=WITHHELD)


class CohortSerializer(RoundSerializer, TypicalSerializer):
    """A round with figures over all companies on the programme's list."""

    companies = serializers.IntegerField(min_value=0, allow_null=True, help_text=WITHHELD)
    stages = _build_counts_field("Companies by the furthest step they have come to.")
    official_levels = _build_counts_field("Scored companies at each official level, 0 to 4.")
    tiers = _build_counts_field(
        "Scored companies in each tier, 0 to 3; under `not_stated` those with too little answered."
    )
    sectors = PartSerializer(many=True)
    divisions = PartSerializer(many=True)
    release = ScoringReleaseSerializer(
        allow_null=True, help_text="The release in use; null where there is none."
    )
    synthetic_benchmark = serializers.BooleanField(help_text="Whether any reference row is generated data.")

    class Meta(RoundSerializer.Meta):
        fields = [
            *RoundSerializer.Meta.fields,
            "companies",
            "stages",
            "scored",
            "readiness",
            "dimensions",
            "official_levels",
            "tiers",
            "sectors",
            "divisions",
            "release",
            "synthetic_benchmark",
        ]
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="List rounds with a cohort"),
    retrieve=extend_schema(summary="Get the cohort of a round", responses={200: CohortSerializer}),
)
class CohortViewSet(ReadOnlyModelViewSet[Round]):
    """Figures over all companies of a round: how far they have come, and their levels, tiers and medians.

    What would tell of fewer than five companies is withheld from every key, whatever else it opens, and so is a
    larger figure from which a withheld one would follow.
    """

    scope = "cohort:read"
    stored_at = changed_at = "opens_at"
    filterset_class = RoundFilter
    queryset = Round.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_serializer_class(self) -> type[RoundSerializer]:
        """Return the serializer with figures for a single round."""
        return CohortSerializer if self.action == "retrieve" else RoundSerializer

    def get_queryset(self) -> QuerySet[Round]:
        """Return the rounds of the programmes whose cohort the key's account may see."""
        return Round.objects.allowing(cast(User, self.request.user), Permission.SEE_COHORT)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return where the companies of the round stand now."""
        round_ = Round.objects.select_related("programme__city").get(pk=self.get_object().pk)
        cohort = Cohort(
            user=cast(User, request.user),
            programme=round_.programme,
            round=round_,
            earlier=None,
            filters=CohortFilters(),
            sees_results=False,
            moment=timezone.now(),
        )
        return Response({**RoundSerializer(round_).data, **_build_figures(cohort)})


def _build_figures(cohort: Cohort) -> dict[str, Any]:
    """Return the members of `CohortSerializer` beside those of the round."""
    programme = cohort.programme
    divisions = programme.city.areas.filter(kind=Area.Kind.DIVISION)
    figures = compute_public_figures(cohort, list(programme.sectors.all()), list(divisions))
    release = Release.objects.find_active(programme)
    return {
        "companies": figures.companies,
        "stages": {stage.value: count for stage, count in figures.stages.items()},
        **_build_typical(figures.typical),
        "official_levels": {str(level): count for level, count in figures.levels.items()},
        "tiers": {
            "not_stated" if tier is None else str(tier): count for tier, count in figures.tiers.items()
        },
        "sectors": [_build_part(row) for row in figures.sectors],
        "divisions": [_build_part(row) for row in figures.divisions],
        "release": release and {"id": release.pk, "name": release.name, "sha256": release.sha256},
        "synthetic_benchmark": release is not None and release.is_synthetic,
    }


def _build_part(row: PartFigures[Any]) -> dict[str, Any]:
    names = {name: getattr(row.part, name) for name in ("code", "name_en", "name_zh")}
    return {**names, "companies": row.companies, **_build_typical(row.typical)}


def _build_typical(figures: TypicalScores) -> dict[str, Any]:
    points = {
        name.upper(): _compute_points(value)
        for name, value in zip(DIMENSIONS, figures.dimensions, strict=True)
    }
    return {"scored": figures.scored, "readiness": _compute_points(figures.readiness), "dimensions": points}


def _compute_points(hundredths: float | None) -> float | None:
    return None if hundredths is None else hundredths / HUNDREDTHS
