"""Scores for programs: what a release of the model says of a submission, with where it comes from."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import F, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assessments.api.figures import (
    FIGURE_COLUMNS,
    FiguresSerializer,
    OfficialFiguresSerializer,
    build_figures,
    build_official_figures,
)
from assessments.api.plans import (
    ContributionsSerializer,
    PlaceSerializer,
    PlanRequestSerializer,
    PlanSerializer,
    build_explanation_document,
    build_plan_document,
    parse_excluded_items,
    parse_target,
)
from assessments.models import Round, ScoreRun, Submission
from assessments.models.counting_run import build_is_counting_expression
from assessments.plans import build_subject
from assessments.results.explanation import explain_run
from benchmarks.api import ReferenceSerializer, get_reference_block
from companies.api import UUID_PATTERN
from rest.parameters import refuse_unknown

VERIFIED = "verified"
PROVISIONAL = "provisional"
STATUSES = [(PROVISIONAL, "From the company's own values"), (VERIFIED, "From values verified on site")]

# Names in the answer and where they are found; one query reads a page.
COLUMNS = {
    "company_id": "submission__assessment__company_id",
    "company_code": "submission__assessment__company__credit_code",
    "company_name": "submission__assessment__company__name",
    "assessment_id": "submission__assessment_id",
    "round_id": "submission__assessment__round_id",
    "round_code": "submission__assessment__round__code",
    "programme_id": "submission__assessment__round__programme_id",
    "submission_number": "submission__number",
    "submission_kind": "submission__kind",
    "submission_sha256": "submission__sha256",
    "submission_at": "submission__submitted_at",
    "instrument_version": "submission__instrument_version",
    "release_name": "release__name",
    "release_sha256": "release__sha256",
}


class ScoredCompanySerializer(serializers.Serializer[object]):
    """The company that was scored."""

    id = serializers.UUIDField()
    credit_code = serializers.CharField()
    name = serializers.CharField()


class ScoredRoundSerializer(serializers.Serializer[object]):
    """The round it was scored in."""

    id = serializers.UUIDField()
    code = serializers.ChoiceField(choices=Round.Code.choices)


class ScoredSubmissionSerializer(serializers.Serializer[object]):
    """The frozen answers that were scored."""

    id = serializers.UUIDField()
    number = serializers.CharField(help_text="As it stands on the company's receipt.")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    sha256 = serializers.CharField(help_text="Hash of its content.")
    submitted_at = serializers.DateTimeField()
    instrument_version = serializers.CharField(help_text="Which questionnaire was answered.")


class ScoringReleaseSerializer(serializers.Serializer[object]):
    """The release of the model that scored them."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    sha256 = serializers.CharField(help_text="Hash of the scorecard.")


class OfficialLevelSerializer(OfficialFiguresSerializer):
    """The official level of a submission; provisional until the values were verified on site."""

    status = serializers.ChoiceField(choices=STATUSES)


class ScoreSerializer(FiguresSerializer):
    """A score. Rows are never changed; another release or a correction gives another row."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    company = ScoredCompanySerializer()
    programme = serializers.UUIDField()
    round = ScoredRoundSerializer()
    assessment = serializers.UUIDField()
    submission = ScoredSubmissionSerializer()
    release = ScoringReleaseSerializer()
    is_current = serializers.BooleanField(
        help_text="Whether it counts for its assessment: the verified one where there is one, else the own."
    )
    official_level = OfficialLevelSerializer()
    reference = ReferenceSerializer()
    synthetic_benchmark = serializers.BooleanField(help_text="Whether any reference row is generated data.")

    def to_representation(self, row: Any) -> dict[str, Any]:
        """Return the document of a row of `COLUMNS`; written out, because a page has up to a thousand."""
        reference = get_reference_block(row["release_id"])
        return {
            "id": row["id"],
            "created_at": row["created_at"],
            "company": {
                "id": row["company_id"],
                "credit_code": row["company_code"],
                "name": row["company_name"],
            },
            "programme": row["programme_id"],
            "round": {"id": row["round_id"], "code": row["round_code"]},
            "assessment": row["assessment_id"],
            "submission": {
                "id": row["submission_id"],
                "number": row["submission_number"],
                "kind": row["submission_kind"],
                "sha256": row["submission_sha256"],
                "submitted_at": row["submission_at"],
                "instrument_version": row["instrument_version"],
            },
            "release": {
                "id": row["release_id"],
                "name": row["release_name"],
                "sha256": row["release_sha256"],
            },
            "is_current": row["is_current"],
            "official_level": {
                **build_official_figures(row),
                "status": get_level_status(row["submission_kind"]),
            },
            **build_figures(row),
            "reference": reference,
            "synthetic_benchmark": reference["generator"] is not None
            or reference["provenance"] == "synthetic",
        }


class ScoreDetailSerializer(ScoreSerializer):
    """A score with what it follows from: place in the sector, and what each answer adds or takes away."""

    positions = PlaceSerializer(many=True, help_text="Place in the own sector, by tier, with a 90 % range.")
    contributions = ContributionsSerializer()

    def to_representation(self, row: Any) -> dict[str, Any]:
        """Return the document of a row, with the explanation of its run."""
        run = ScoreRun.objects.select_related("release", "submission__assessment__company__sector").get(
            pk=row["id"]
        )
        explained = explain_run(run, run.submission.assessment.company.sector.code)
        return {**super().to_representation(row), **build_explanation_document(explained)}


def get_level_status(kind: str) -> str:
    """Return whether a level from a submission of this kind is verified or provisional."""
    return VERIFIED if kind == Submission.Kind.VERIFIED.value else PROVISIONAL


class ScoreFilter(filters.FilterSet):
    """The filters of a list of scores."""

    programme = filters.UUIDFilter(
        field_name="submission__assessment__round__programme", help_text="In this programme."
    )
    round = filters.UUIDFilter(
        field_name="submission__assessment__round", help_text="In this round, by its id."
    )
    round_code = filters.ChoiceFilter(
        field_name="submission__assessment__round__code",
        choices=Round.Code.choices,
        help_text="In rounds with this code.",
    )
    company = filters.UUIDFilter(
        field_name="submission__assessment__company", help_text="Of this company, by its id."
    )
    credit_code = filters.CharFilter(
        field_name="submission__assessment__company__credit_code", help_text="Of this company."
    )
    sector = filters.CharFilter(
        field_name="submission__assessment__company__sector__code", help_text="Code of the company's sector."
    )
    division = filters.CharFilter(
        field_name="submission__assessment__company__division__code", help_text="Code of its division."
    )
    submission = filters.UUIDFilter(help_text="Of this submission.")
    release = filters.UUIDFilter(help_text="By this release.")
    status = filters.ChoiceFilter(
        choices=STATUSES, method="with_status", help_text="Status of the official level."
    )
    current = filters.BooleanFilter(
        field_name="is_current",
        help_text="Only the one that counts for each assessment (or only the others).",
    )

    class Meta:
        model = ScoreRun
        fields: ClassVar[list[str]] = []

    def with_status(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep scores of verified submissions, or of all others."""
        verified = Q(submission__kind=Submission.Kind.VERIFIED)
        return queryset.filter(verified if value == VERIFIED else ~verified)


@extend_schema_view(
    list=extend_schema(summary="List scores"),
    retrieve=extend_schema(summary="Get a score", responses={200: ScoreDetailSerializer}),
)
class ScoreViewSet(ReadOnlyModelViewSet[Any]):
    """Official level and readiness score side by side, with the submission and the release they come from.

    All runs are listed; `current=true` gives the one that counts for each assessment. A single score also says where
    it stands in its sector and what each answer adds or takes away.
    """

    scope = "scores:read"
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter
    queryset = ScoreRun.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_serializer_class(self) -> type[ScoreSerializer]:
        """Return the class with the explanation for a single score only."""
        return ScoreDetailSerializer if self.action == "retrieve" else ScoreSerializer

    @extend_schema(
        summary="Plan the cheapest way up from a score",
        parameters=[PlanRequestSerializer],
        responses={200: PlanSerializer},
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def plan(self, request: Request, pk: str) -> Response:
        """Find the cheapest set of steps to the next official level, to the next tier, or to a certain one.

        An estimate from typical costs of the company's size class and from the model; it promises nothing.
        """
        asked = PlanRequestSerializer(data=request.query_params.dict())
        refuse_unknown(request, set(asked.fields))
        asked.is_valid(raise_exception=True)
        run = get_object_or_404(
            ScoreRun.objects.visible_to(cast(User, request.user)).select_related(
                "release", "submission__assessment__company", "submission__assessment__round__programme"
            ),
            pk=pk,
        )
        assessment = run.submission.assessment
        subject = build_subject(run, assessment.company, assessment.round.programme)
        wanted = asked.validated_data
        target = parse_target(subject, wanted["target"])
        exclude = parse_excluded_items(subject, wanted.get("exclude", ""))
        plan = target and subject.plan(
            target,
            exclude=exclude,
            with_outcomes=wanted["outcomes"],
            probability=wanted["probability"],
            budget=wanted.get("budget"),
        )
        reference = get_reference_block(run.release_id)
        return Response(
            {
                **build_plan_document(subject, plan),
                "reference": reference,
                "synthetic_benchmark": run.release.is_synthetic,
            }
        )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the runs that the key's account may read, as plain rows."""
        rows: QuerySet[Any] = (
            ScoreRun.objects.visible_to(cast(User, self.request.user))
            .annotate(is_current=build_is_counting_expression())
            .values(
                "id",
                "created_at",
                "submission_id",
                "release_id",
                "is_current",
                *FIGURE_COLUMNS,
                **{name: F(path) for name, path in COLUMNS.items()},
            )
        )
        return rows
