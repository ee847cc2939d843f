"""Jobs for programs: how far slow work is."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from jobs.models import Job
from jobs.work import cancel
from rest.idempotency import IdempotentWrites


class JobSerializer(serializers.ModelSerializer[Job]):
    """One piece of background work: poll it until its state is done, failed or cancelled."""

    percent = serializers.IntegerField(min_value=0, max_value=100, help_text="`done` of `total`.")
    result = serializers.DictField(
        child=serializers.JSONField(),
        help_text="What the kind of work says of itself, as far as it has come.",
    )

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
            "result",
            "created_at",
            "started_at",
            "heartbeat_at",
            "finished_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "kind": {"help_text": "What is done, such as `receive-submissions`."},
            "done": {"help_text": "So many parts are done."},
            "total": {"help_text": "Of so many."},
            "attempts": {"help_text": "How often a worker has begun; more than once where one was stopped."},
            "error": {"help_text": "Why it failed; empty otherwise."},
            "heartbeat_at": {"help_text": "Last sign of life."},
        }


class JobFilter(filters.FilterSet):
    """The filters of a list of jobs."""

    state = filters.ChoiceFilter(choices=Job.State.choices, help_text="State of the job.")
    kind = filters.CharFilter(help_text="Kind of work, such as score-submission.")

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="List jobs"), retrieve=extend_schema(summary="Get a job"))
class JobViewSet(IdempotentWrites, ReadOnlyModelViewSet[Job]):
    """The background work that this service account asked for."""

    scope = "jobs:read"
    # What a program may send, it may stop.
    write_scope = "submissions:write"
    serializer_class = JobSerializer
    filterset_class = JobFilter
    queryset = Job.objects.none()
    lookup_value_regex = "[0-9a-fA-F-]{36}"

    def get_queryset(self) -> QuerySet[Job]:
        """Return the account's own jobs."""
        return Job.objects.visible_to(self.request.user)

    @extend_schema(summary="Cancel a job", request=None, responses={200: JobSerializer}, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a job that waits or runs; what it has done stays. One that has ended stays as it is."""
        job = get_object_or_404(self.get_queryset(), pk=pk)
        cancel(job)
        job.refresh_from_db()
        return Response(self.get_serializer(job).data)
