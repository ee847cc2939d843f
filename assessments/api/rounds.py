"""Rounds for programs."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Round
from companies.api import UUID_PATTERN


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A round of a programme."""

    is_frozen = serializers.BooleanField(help_text="Whether answers can no longer change.")

    class Meta:
        model = Round
        fields: ClassVar[list[str]] = [
            "id",
            "programme",
            "code",
            "instrument_version",
            "opens_at",
            "deadline",
            "frozen_at",
            "is_frozen",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "instrument_version": {"help_text": "Which questionnaire is asked; see `instruments`."},
            "deadline": {"help_text": "By when companies submit, unless one was given more time."},
            "frozen_at": {
                "help_text": "Since when, or from when on, answers no longer change; null: not set."
            },
        }


class RoundFilter(filters.FilterSet):
    """The filters of a list of rounds."""

    programme = filters.UUIDFilter(help_text="Rounds of this programme.")
    code = filters.ChoiceFilter(choices=Round.Code.choices, help_text="Code of the round.")

    class Meta:
        model = Round
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="List rounds"), retrieve=extend_schema(summary="Get a round"))
class RoundViewSet(ReadOnlyModelViewSet[Round]):
    """Rounds of the key's programmes: T0 before the upgrade, T1 after it, T2 re-assessment."""

    scope = "assessments:read"
    stored_at = changed_at = "opens_at"
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    queryset = Round.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Round]:
        """Return the rounds of the key's programmes."""
        return Round.objects.allowing(cast(User, self.request.user), Permission.CALL_API)
