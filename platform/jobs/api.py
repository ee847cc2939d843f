"""Jobs for programs: how far slow work is."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from jobs.models import Job


class JobSerializer(serializers.ModelSerializer[Job]):
    """One piece of background work: poll it until its state is done, failed or cancelled."""

    percent = serializers.IntegerField(min_value=0, max_value=100)

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = [
            "id",
            "kind",
            "state",
            "done",
            "total",
            "percent",
            "attempts",
            "error",
            "created_at",
            "started_at",
            "heartbeat_at",
            "finished_at",
        ]
        read_only_fields = fields


class JobFilter(filters.FilterSet):
    """What a list of jobs can be narrowed to."""

    state = filters.ChoiceFilter(choices=Job.State.choices, help_text="State of the job.")
    kind = filters.CharFilter(help_text="Kind of work, such as score-submission.")

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="List jobs"), retrieve=extend_schema(summary="Get a job"))
class JobViewSet(ReadOnlyModelViewSet[Job]):
    """The background work that this service account asked for."""

    scope = "jobs:read"
    serializer_class = JobSerializer
    filterset_class = JobFilter
    queryset = Job.objects.none()
    lookup_value_regex = "[0-9a-fA-F-]{36}"

    def get_queryset(self) -> QuerySet[Job]:
        """The account's own jobs."""
        return Job.objects.visible_to(self.request.user)
