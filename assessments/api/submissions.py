"""Submissions for programs: answers as they were frozen."""

from __future__ import annotations

from typing import ClassVar, cast

import orjson
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assessments.models import Round, Submission
from companies.api import UUID_PATTERN


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """A submission without its answers."""

    company = serializers.UUIDField(source="assessment.company_id")
    credit_code = serializers.CharField(source="assessment.company.credit_code")
    round = serializers.UUIDField(source="assessment.round_id")
    round_code = serializers.ChoiceField(source="assessment.round.code", choices=Round.Code.choices)
    superseded_by = serializers.UUIDField(
        source="superseded_by.pk",
        default=None,
        allow_null=True,
        help_text="The correction that replaces it, or null.",
    )

    class Meta:
        model = Submission
        fields: ClassVar[list[str]] = [
            "id",
            "number",
            "assessment",
            "company",
            "credit_code",
            "round",
            "round_code",
            "kind",
            "origin",
            "sha256",
            "instrument_version",
            "instrument_sha256",
            "declared",
            "submitted_at",
            "supersedes",
            "superseded_by",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "sha256": {"help_text": "SHA-256 of `content` as it is sent with a single submission."},
            "kind": {"help_text": "Whose values: the company's own, its provider's, or verified on site."},
        }


class SubmissionDetailSerializer(SubmissionSerializer):
    """A submission with its answers."""

    content = serializers.SerializerMethodField()

    class Meta(SubmissionSerializer.Meta):
        fields: ClassVar[list[str]] = [*SubmissionSerializer.Meta.fields, "content"]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_content(self, submission: Submission) -> orjson.Fragment:
        """Answers with reasons, figures and comments: the canonical JSON as it was hashed, to the letter."""
        return orjson.Fragment(submission.content)


class SubmissionFilter(filters.FilterSet):
    """What a list of submissions can be narrowed to."""

    programme = filters.UUIDFilter(field_name="assessment__round__programme", help_text="In this programme.")
    round = filters.UUIDFilter(field_name="assessment__round", help_text="In this round, by its id.")
    round_code = filters.ChoiceFilter(
        field_name="assessment__round__code",
        choices=Round.Code.choices,
        help_text="In rounds with this code.",
    )
    assessment = filters.UUIDFilter(help_text="Of this assessment.")
    company = filters.UUIDFilter(field_name="assessment__company", help_text="Of this company, by its id.")
    credit_code = filters.CharFilter(
        field_name="assessment__company__credit_code", help_text="Of this company."
    )
    kind = filters.ChoiceFilter(choices=Submission.Kind.choices, help_text="Whose values.")
    latest = filters.BooleanFilter(
        field_name="superseded_by", lookup_expr="isnull", help_text="Whether no correction replaces it."
    )

    class Meta:
        model = Submission
        fields: ClassVar[list[str]] = []


@extend_schema_view(
    list=extend_schema(summary="List submissions"), retrieve=extend_schema(summary="Get a submission")
)
class SubmissionViewSet(ReadOnlyModelViewSet[Submission]):
    """Answers frozen at one moment. They never change; a correction is a new submission."""

    scope = "assessments:read"
    stored_at = changed_at = "submitted_at"
    filterset_class = SubmissionFilter
    queryset = Submission.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_serializer_class(self) -> type[SubmissionSerializer]:
        """The answers come with a single submission only."""
        return SubmissionDetailSerializer if self.action == "retrieve" else SubmissionSerializer

    def get_queryset(self) -> QuerySet[Submission]:
        """The submissions whose answers the key's account may read."""
        submissions = (
            Submission.objects.visible_to(cast(User, self.request.user))
            .select_related("assessment__company", "assessment__round", "superseded_by")
            .defer("vector", "superseded_by__content", "superseded_by__vector")
        )
        return submissions if self.action == "retrieve" else submissions.defer("content")
