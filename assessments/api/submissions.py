"""Submissions for programs: answers as they were frozen."""

from __future__ import annotations

from typing import ClassVar, cast

import orjson
from django.db.models import QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assessments.api.answers import ANSWERS_EXAMPLE
from assessments.api.narrowing import OfAssessmentFilter
from assessments.api.receiving import request_receiving
from assessments.api.sending import SubmissionRequestSerializer, receive_submission
from assessments.models import Round, Submission
from companies.api import UUID_PATTERN
from rest.bodies import LinesParser
from rest.idempotency import IdempotentWrites
from rest.jobs import JobSerializer
from rest.writing import LOCATION

BULK_BODY_BYTES = 64 * 1024 * 1024
SUBMISSION_EXAMPLE: dict[str, object] = {
    "credit_code": "91450200TE5T00001X",
    "round_code": "T0",
    "declared": True,
    "answers": ANSWERS_EXAMPLE,
}
LINES_EXAMPLE = orjson.dumps(SUBMISSION_EXAMPLE).decode() + "\n"


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

    withdrawn_at = serializers.DateTimeField(
        source="withdrawal.withdrawn_at",
        default=None,
        allow_null=True,
        help_text="When the company took it back; it counts for nothing from then on. Null for most.",
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
            "withdrawn_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "number": {"help_text": "As it stands on the company's receipt."},
            "sha256": {"help_text": "SHA-256 of `content` as it is sent with a single submission."},
            "kind": {"help_text": "Whose values: the company's own, its provider's, or verified on site."},
            "origin": {"help_text": "How the answers came in."},
            "declared": {"help_text": "Whether somebody vouched for them."},
            "supersedes": {"help_text": "The submission that it corrects, or null."},
            "instrument_version": {"help_text": "Which questionnaire was answered; see `instruments`."},
            "instrument_sha256": {"help_text": "Hash of that questionnaire."},
        }


class SubmissionDetailSerializer(SubmissionSerializer):
    """A submission with its answers."""

    content = serializers.SerializerMethodField()

    class Meta(SubmissionSerializer.Meta):
        fields: ClassVar[list[str]] = [*SubmissionSerializer.Meta.fields, "content"]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_content(self, submission: Submission) -> orjson.Fragment:
        """Return answers with reasons, figures and comments: the canonical JSON as hashed, to the letter."""
        return orjson.Fragment(submission.content)


class SubmissionFilter(OfAssessmentFilter):
    """The filters of a list of submissions."""

    assessment = filters.UUIDFilter(help_text="Of this assessment.")
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
class SubmissionViewSet(IdempotentWrites, ReadOnlyModelViewSet[Submission]):
    """Answers frozen at one moment. They never change; a correction is a new submission."""

    scope = "assessments:read"
    write_scope = "submissions:write"
    body_limit: ClassVar[int | None] = None
    stored_at = changed_at = "submitted_at"
    filterset_class = SubmissionFilter
    queryset = Submission.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_serializer_class(self) -> type[SubmissionSerializer]:
        """Return the class with the answers for a single submission only."""
        return SubmissionDetailSerializer if self.action == "retrieve" else SubmissionSerializer

    def get_queryset(self) -> QuerySet[Submission]:
        """Return the submissions whose answers the key's account may read."""
        submissions = self._list_visible(cast(User, self.request.user))
        return submissions if self.action == "retrieve" else submissions.defer("content")

    def _list_visible(self, account: User) -> QuerySet[Submission]:
        return (
            Submission.objects.visible_to(account)
            .select_related("assessment__company", "assessment__round", "superseded_by", "withdrawal")
            .defer("vector", "superseded_by__content", "superseded_by__vector")
        )

    @extend_schema(
        summary="Submit answers",
        parameters=[LOCATION],
        request=SubmissionRequestSerializer,
        responses={201: SubmissionDetailSerializer, 200: SubmissionDetailSerializer},
        examples=[OpenApiExample("submission", value=SUBMISSION_EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Submit a complete set of answers and have it scored. The same answers again give the submission there is.

        What the company's own people answered is not written over (409).
        """
        account = cast(User, request.user)
        received = receive_submission(request.data, by=account)
        submission = self._list_visible(account).get(pk=received.submission.pk)
        document = SubmissionDetailSerializer(submission).data
        address = request.build_absolute_uri(reverse("api:submission-detail", kwargs={"pk": submission.pk}))
        return Response(document, status=201 if received.is_new else 200, headers={"Location": address})

    @extend_schema(
        summary="Submit answers of many companies",
        parameters=[LOCATION],
        request={"application/x-ndjson": OpenApiTypes.BINARY},
        responses={202: JobSerializer},
        examples=[
            OpenApiExample("lines", value=LINES_EXAMPLE, request_only=True, media_type="application/x-ndjson")
        ],
        filters=False,
    )
    @action(
        detail=False,
        methods=["post"],
        pagination_class=None,
        filter_backends=[],
        parser_classes=[LinesParser],
        body_limit=BULK_BODY_BYTES,
    )
    def bulk(self, request: Request) -> Response:
        """Submit JSON lines, up to 10,000, each as for one submission: a job submits or refuses each by itself.

        The job's `result` counts `submitted`, `unchanged` and `refused` lines and names each fault with its line.
        """
        sent: object = request.data  # an empty body is not parsed
        job = request_receiving(sent if isinstance(sent, bytes) else b"", by=cast(User, request.user))
        address = request.build_absolute_uri(reverse("api:job-detail", kwargs={"pk": job.pk}))
        return Response(JobSerializer(job).data, status=202, headers={"Location": address})
