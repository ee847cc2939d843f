"""Assessments for programs: where each company stands in a round."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assessments.api.answers import ANSWERS_EXAMPLE, AnswersField
from assessments.api.sending import save_sent_answers
from assessments.models import Assessment, Round
from assessments.models.stage import Stage, build_stage_condition
from companies.api import UUID_PATTERN
from rest.idempotency import IdempotentWrites
from rest.writing import NEXT_TAG, StrictSerializer, build_changed_response, require_unchanged


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """One company in one round. Times say when each step was reached; null: not yet."""

    credit_code = serializers.CharField(source="company.credit_code")
    programme = serializers.UUIDField(source="round.programme_id")
    round_code = serializers.ChoiceField(source="round.code", choices=Round.Code.choices)
    stage = serializers.ChoiceField(choices=Stage.choices, help_text="The furthest step reached.")
    self_score = serializers.UUIDField(
        source="self_run_id", allow_null=True, help_text="The score of its own answers that counts."
    )
    verified_score = serializers.UUIDField(
        source="verified_run_id", allow_null=True, help_text="The score of the values verified on site."
    )

    class Meta:
        model = Assessment
        fields: ClassVar[list[str]] = [
            "id",
            "company",
            "credit_code",
            "programme",
            "round",
            "round_code",
            "stage",
            "answered",
            "last_answer_at",
            "invited_at",
            "started_at",
            "submitted_at",
            "scored_at",
            "recommended_at",
            "verified_at",
            "accepted_at",
            "self_score",
            "verified_score",
            "extended_until",
            "closed_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "answered": {"help_text": "Items with an answer, `dont_know` and `not_applicable` among them."},
            "extended_until": {"help_text": "A deadline of its own, where it was given more time."},
            "closed_at": {
                "help_text": "Since when it takes no part, because the company left the programme."
            },
        }


class AnswersRequestSerializer(StrictSerializer):
    """Answers to some items."""

    required_in_patch = ("answers",)
    answers = AnswersField(allow_empty=False)


class AssessmentFilter(filters.FilterSet):
    """The filters of a list of assessments."""

    programme = filters.UUIDFilter(field_name="round__programme", help_text="In this programme.")
    round = filters.UUIDFilter(help_text="In this round, by its id.")
    round_code = filters.ChoiceFilter(
        field_name="round__code", choices=Round.Code.choices, help_text="In rounds with this code."
    )
    company = filters.UUIDFilter(help_text="Of this company, by its id.")
    credit_code = filters.CharFilter(field_name="company__credit_code", help_text="Of this company.")
    stage = filters.ChoiceFilter(
        choices=Stage.choices, method="at_stage", help_text="Whose furthest step is this."
    )

    class Meta:
        model = Assessment
        fields: ClassVar[list[str]] = []

    def at_stage(self, queryset: QuerySet[Assessment], name: str, value: str) -> QuerySet[Assessment]:
        """Keep assessments that have reached this step and none after it."""
        return queryset.filter(build_stage_condition(Stage(value)))


@extend_schema_view(
    list=extend_schema(summary="List assessments"), retrieve=extend_schema(summary="Get an assessment")
)
class AssessmentViewSet(IdempotentWrites, ReadOnlyModelViewSet[Assessment]):
    """Where the companies stand in each round.

    Their answers are in `exports/answers` as they are now, submitted or not, and in `submissions` as they were frozen.
    """

    scope = "assessments:read"
    write_scope = "assessments:write"
    needs_if_match = True
    changed_at = "updated_at"
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    queryset = Assessment.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Assessment]:
        """Return the assessments that the key's account may see."""
        return Assessment.objects.visible_to(cast(User, self.request.user)).select_related("company", "round")

    @extend_schema(
        summary="Store answers of an assessment",
        parameters=[NEXT_TAG],
        request=AnswersRequestSerializer,
        responses={200: AssessmentSerializer},
        examples=[OpenApiExample("answers", value={"answers": ANSWERS_EXAMPLE}, request_only=True)],
        filters=False,
    )
    @action(detail=True, methods=["patch"], pagination_class=None, filter_backends=[])
    def answers(self, request: Request, pk: str) -> Response:
        """Store answers as drafts: the items that are sent, all or none. Nothing is submitted by it.

        What the company's own people answered is not written over (409). `If-Match` says which state of the
        assessment the answers are meant for.
        """
        asked = AnswersRequestSerializer(data=request.data)
        account = cast(User, request.user)
        with transaction.atomic():
            assessment = get_object_or_404(self.get_queryset().select_for_update(of=("self",)), pk=pk)
            asked.is_valid(raise_exception=True)
            require_unchanged(request, self.get_serializer(assessment).data)
            save_sent_answers(assessment, asked.validated_data["answers"], by=account)
        return build_changed_response(request, self.get_serializer(self.get_queryset().get(pk=pk)).data)
