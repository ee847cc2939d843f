"""Releases of the model and reference facilities for programs."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any, ClassVar, cast

import orjson
from django.db.models import Exists, OuterRef, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from benchmarks.models import Activation, Facility, Provenance, Release, Tier
from companies.api import UUID_PATTERN, NamedSerializer
from companies.models import Programme
from companies.small_groups import withhold_count

MIXED = "mixed"


class ReferenceSerializer(serializers.Serializer[object]):
    """What a score was measured against."""

    provenance = serializers.ChoiceField(
        choices=[*Provenance.values, MIXED],
        help_text="Where the reference data come from; `synthetic` is generated, of no real factory.",
    )
    generator = serializers.CharField(
        allow_null=True, help_text="What made generated data, with its seed; null where none is generated."
    )
    n = serializers.IntegerField(
        help_text="Reference facilities: workshops, factories and provincial benchmarks; 0 too where fewer than five."
    )
    n_sme = serializers.IntegerField(
        help_text="SMEs in the frozen reference sample; 0 too where fewer than five."
    )
    data_sha256 = serializers.CharField(help_text="Hash of the rows that the model was fitted to.")


@lru_cache(maxsize=256)
def get_reference_block(release_id: uuid.UUID) -> dict[str, Any]:
    """Return what stands beside every score of a release; it never changes, so a process reads it once."""
    release = Release.objects.defer("scorecard", "reference", "metrics").get(pk=release_id)
    kinds = sorted(release.provenance)
    origins = (
        Facility.objects.filter(
            programme=release.programme_id,
            provenance=Provenance.SYNTHETIC,
            created_at__lte=release.trained_at,
        )
        .order_by("origin")
        .values_list("origin", flat=True)
        .distinct()
    )
    return {
        "provenance": kinds[0] if len(kinds) == 1 else MIXED,
        "generator": ", ".join(origins) or None if release.is_synthetic else None,
        "n": withhold_count(
            sum(count for tier, count in release.rows_per_tier.items() if int(tier) > Tier.SME)
        )
        or 0,
        "n_sme": withhold_count(release.rows_per_tier.get(str(Tier.SME.value), 0)) or 0,
        "data_sha256": release.data_sha256,
    }


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """A release of the model: names, hashes and how well it does, without the scorecard."""

    is_active = serializers.BooleanField(help_text="Whether it scores its programme's submissions now.")
    synthetic_benchmark = serializers.BooleanField(
        source="is_synthetic", help_text="Whether any reference row is generated."
    )
    reference = serializers.SerializerMethodField()

    class Meta:
        model = Release
        fields: ClassVar[list[str]] = [
            "id",
            "programme",
            "name",
            "sha256",
            "is_active",
            "synthetic_benchmark",
            "reference",
            "code_sha256",
            "instrument_version",
            "instrument_sha256",
            "versions",
            "parameters",
            "seed",
            "rows_per_tier",
            "metrics",
            "trained_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "sha256": {"help_text": "Hash of the scorecard."},
            "code_sha256": {"help_text": "Hash of the code that fitted it."},
            "instrument_version": {
                "help_text": "The questionnaire whose answers it scores; see `instruments`."
            },
            "instrument_sha256": {"help_text": "Hash of that questionnaire."},
            "versions": {"help_text": "Of the libraries that fitted it."},
            "parameters": {"help_text": "How it was fitted."},
            "seed": {"help_text": "Of the random numbers."},
            "rows_per_tier": {
                "help_text": "Reference rows by tier; tier 0 are SMEs. Whole, as such a key lists the facilities too."
            },
            "metrics": {"help_text": "How well it does in cross-validation, each figure with a range."},
        }

    @extend_schema_field(ReferenceSerializer)
    def get_reference(self, release: Release) -> dict[str, Any]:
        """Return what the release was fitted to."""
        return get_reference_block(release.pk)


class ReleaseDetailSerializer(ReleaseSerializer):
    """A release with its scorecard: the whole numbers that make every score."""

    scorecard = serializers.SerializerMethodField()

    class Meta(ReleaseSerializer.Meta):
        fields: ClassVar[list[str]] = [*ReleaseSerializer.Meta.fields, "scorecard"]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_scorecard(self, release: Release) -> orjson.Fragment:
        """The canonical JSON as it is stored, to the letter; its SHA-256 is `sha256`."""
        return orjson.Fragment(release.scorecard)


class ReleaseFilter(filters.FilterSet):
    """Filters of a list of releases."""

    programme = filters.UUIDFilter(help_text="Made for this programme.")
    is_active = filters.BooleanFilter(help_text="In use now.")

    class Meta:
        model = Release
        fields: ClassVar[list[str]] = []


@extend_schema_view(
    list=extend_schema(summary="List releases"), retrieve=extend_schema(summary="Get a release")
)
class ReleaseViewSet(ReadOnlyModelViewSet[Release]):
    """Releases of the model made for the key's programmes; a single one comes with its scorecard."""

    scope = "model:read"
    stored_at = changed_at = "trained_at"
    filterset_class = ReleaseFilter
    queryset = Release.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_serializer_class(self) -> type[ReleaseSerializer]:
        """Return the serializer; the scorecard comes with a single release only."""
        return ReleaseDetailSerializer if self.action == "retrieve" else ReleaseSerializer

    def get_queryset(self) -> QuerySet[Release]:
        """Return the releases of the key's programmes."""
        in_use = Activation.objects.filter(release=OuterRef("pk"), ended_at__isnull=True)
        releases = Release.objects.visible_to(cast(User, self.request.user)).annotate(
            is_active=Exists(in_use)
        )
        return releases if self.action == "retrieve" else releases.defer("scorecard")


class FacilitySerializer(serializers.ModelSerializer[Facility]):
    """A reference facility."""

    sector = NamedSerializer()
    synthetic_benchmark = serializers.SerializerMethodField(
        help_text="Whether the facility is generated data and stands for no real factory."
    )

    class Meta:
        model = Facility
        fields: ClassVar[list[str]] = [
            "id",
            "programme",
            "code",
            "name",
            "tier",
            "sector",
            "provenance",
            "synthetic_benchmark",
            "origin",
            "instrument_version",
            "sha256",
            "created_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "code": {"help_text": "Short name, once in a programme."},
            "tier": {
                "help_text": "Step of the ladder: 0 SME, 1 digital workshop, 2 smart factory, 3 provincial benchmark."
            },
            "provenance": {"help_text": "Where its answers come from; `synthetic` is generated."},
            "origin": {"help_text": "What it comes from: a generator with its seed, or a workbook."},
            "instrument_version": {"help_text": "The questionnaire that was answered; see `instruments`."},
            "sha256": {"help_text": "Hash of its answers."},
        }

    def get_synthetic_benchmark(self, facility: Facility) -> bool:
        """Return the same mark that releases and scores carry."""
        return facility.provenance == Provenance.SYNTHETIC


class FacilityFilter(filters.FilterSet):
    """Filters of a list of facilities."""

    programme = filters.UUIDFilter(help_text="Reference of this programme.")
    tier = filters.ChoiceFilter(choices=Tier.choices, help_text="Step of the ladder.")
    sector = filters.CharFilter(field_name="sector__code", help_text="Code of the sector.")
    provenance = filters.ChoiceFilter(choices=Provenance.choices, help_text="Where the answers come from.")

    class Meta:
        model = Facility
        fields: ClassVar[list[str]] = []


@extend_schema_view(
    list=extend_schema(summary="List facilities"), retrieve=extend_schema(summary="Get a facility")
)
class FacilityViewSet(ReadOnlyModelViewSet[Facility]):
    """Reference facilities of the key's programmes. `provenance` says which are generated data."""

    scope = "model:read"
    serializer_class = FacilitySerializer
    filterset_class = FacilityFilter
    queryset = Facility.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Facility]:
        """Return the facilities of the key's programmes."""
        reached = Programme.objects.allowing(cast(User, self.request.user), Permission.SEE_MODEL)
        return (
            Facility.objects.filter(programme__in=reached).select_related("sector").defer("content", "vector")
        )
