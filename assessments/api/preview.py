"""The preview: answers in, official level and readiness out, nothing stored."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.roles import Permission
from assessments.api.answers import (
    ANSWERS_EXAMPLE,
    MOST_FAULTS,
    AnswersField,
    InvalidAnswersError,
    read_answers,
)
from assessments.api.figures import (
    FIGURE_COLUMNS,
    FiguresSerializer,
    OfficialFiguresSerializer,
    build_figures,
    build_official_figures,
)
from assessments.api.scores import ScoringReleaseSerializer
from assessments.scoring.compute import compute_scores, load_official_tables, parse_scorecard
from benchmarks.api import ReferenceSerializer, get_reference_block
from benchmarks.models import Release
from companies.api import require_programme
from instrument import load_instrument, stages
from rest.writing import StrictSerializer, TrueOrFalse

LARGEST_BATCH = 10_000
MOST_LISTED = 1_000
BATCH_BODY_BYTES = 64 * 1024 * 1024
TIER_COLUMNS = frozenset({"exceed_1", "exceed_2", "exceed_3", "tier"})


class PreviewSerializer(StrictSerializer):
    """A set of answers. Items that are left out count as not answered."""

    programme = serializers.UUIDField(
        required=False,
        help_text="Whose active release scores; needed where the key reaches several programmes.",
    )
    answers = AnswersField()


class PreviewBatchSerializer(StrictSerializer):
    """Many sets of answers."""

    programme = serializers.UUIDField(required=False, help_text="Whose active release scores.")
    sets = serializers.ListField(
        child=AnswersField(),
        min_length=1,
        max_length=LARGEST_BATCH,
        help_text="Answers by item code.",
    )
    partial = TrueOrFalse(  # type: ignore[assignment]
        default=False,
        help_text="Score the sets that are right and name the faults of the others in `errors`, instead of refusing "
        "all.",
    )


class PreviewOfficialSerializer(OfficialFiguresSerializer):
    """The official level that these answers would give."""

    status = serializers.ChoiceField(choices=[("preview", "Of answers that are not stored")])


class PreviewFiguresSerializer(FiguresSerializer):
    """What the answers would give."""

    official_level = PreviewOfficialSerializer()


class PreviewOriginSerializer(serializers.Serializer[object]):
    """What the figures come from."""

    release = ScoringReleaseSerializer()
    instrument_version = serializers.CharField(help_text="The questionnaire of the release.")
    reference = ReferenceSerializer()
    synthetic_benchmark = serializers.BooleanField(help_text="Whether any reference row is generated data.")


class PreviewResultSerializer(PreviewFiguresSerializer, PreviewOriginSerializer):
    """What a set of answers would give, and from what."""


class PreviewRowSerializer(PreviewFiguresSerializer):
    """What one of the sets would give."""

    index = serializers.IntegerField(min_value=0, help_text="Place of the set in `sets`, from 0.")


class PreviewFaultSerializer(serializers.Serializer[object]):
    """One wrong answer."""

    pointer = serializers.CharField(help_text="Such as `#/sets/3/B2`.")
    reason = serializers.CharField(help_text="A stable word for programs.")
    detail = serializers.CharField(help_text="What to do, for people.")


class PreviewBatchResultSerializer(PreviewOriginSerializer):
    """What the sets would give, in their order."""

    results = PreviewRowSerializer(many=True)
    errors = PreviewFaultSerializer(  # type: ignore[assignment]
        many=True, help_text="Of sets that were left out; only with `partial`."
    )
    errors_left_out = serializers.IntegerField(
        min_value=0, help_text="Further faults that are not listed, beyond 1,000."
    )


class PreviewView(APIView):
    """Answers in, official level and readiness out, by the active release. Nothing is stored."""

    scope = "model:read"

    @extend_schema(
        summary="Score answers without storing them",
        operation_id="preview",
        request=PreviewSerializer,
        responses={200: PreviewResultSerializer},
        examples=[OpenApiExample("answers", value={"answers": ANSWERS_EXAMPLE}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Score answers by the active release: official level and readiness. Nothing is stored."""
        asked = PreviewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        release = get_scoring_release(cast(User, request.user), asked.validated_data.get("programme"))
        return Response(
            {**preview_answers(release, asked.validated_data["answers"]), **build_origin(release)}
        )


class PreviewBatchView(APIView):
    """Up to 10,000 sets of answers at once."""

    scope = "model:read"
    body_limit: ClassVar[int] = BATCH_BODY_BYTES

    @extend_schema(
        summary="Score many sets of answers without storing them",
        operation_id="preview_batch",
        request=PreviewBatchSerializer,
        responses={200: PreviewBatchResultSerializer},
        examples=[OpenApiExample("sets", value={"sets": [ANSWERS_EXAMPLE]}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Score up to 10,000 sets of answers at once; results keep their order.

        One wrong answer refuses all, with a pointer for each fault. With `partial` the sets that are right are
        scored, and `errors` names the faults of the others.
        """
        asked = PreviewBatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        release = get_scoring_release(cast(User, request.user), asked.validated_data.get("programme"))
        partial = asked.validated_data["partial"]
        sets = asked.validated_data["sets"]
        instrument = load_instrument(release.instrument_version)
        faults: list[dict[str, str]] = []
        right: dict[int, bytes] = {}
        for index, answers in enumerate(sets):
            before = len(faults)
            read = read_answers(instrument, answers, ("sets", str(index)), faults)
            if len(faults) == before:
                right[index] = stages.build_vector(instrument, read)
            elif not partial and len(faults) >= MOST_FAULTS:
                break
        if faults and not partial:
            raise InvalidAnswersError(faults)
        results = compute_figures(release, list(right.values()))
        return Response(
            {
                **build_origin(release),
                "results": [{"index": index, **result} for index, result in zip(right, results, strict=True)],
                "errors": faults[:MOST_LISTED],
                "errors_left_out": max(0, len(faults) - MOST_LISTED),
            }
        )


def get_scoring_release(user: User, programme_id: UUID | None) -> Release:
    """Return the active release of the named programme, or of the only one that the account reaches."""
    programme = require_programme(user, Permission.SEE_MODEL, programme_id)
    release = Release.objects.find_active(programme)
    if release is None:
        raise _build_refusal(
            "programme", "no_release", "No release of the model is in use in this programme."
        )
    return release


def build_origin(release: Release) -> dict[str, Any]:
    """Return the members of `PreviewOriginSerializer`."""
    return {
        "release": {"id": release.pk, "name": release.name, "sha256": release.sha256},
        "instrument_version": release.instrument_version,
        "reference": get_reference_block(release.pk),
        "synthetic_benchmark": release.is_synthetic,
    }


def preview_answers(release: Release, answers: dict[str, Any]) -> dict[str, Any]:
    """Return what a set of answers gives. Raise `ValidationError` with a pointer for each wrong answer."""
    instrument = load_instrument(release.instrument_version)
    faults: list[dict[str, str]] = []
    read = read_answers(instrument, answers, ("answers",), faults)
    if faults:
        raise InvalidAnswersError(faults)
    return compute_figures(release, [stages.build_vector(instrument, read)])[0]


def compute_figures(release: Release, vectors: list[bytes]) -> list[dict[str, Any]]:
    """Return what vectors of stages give under a release, scored all at once."""
    if not vectors:
        return []
    scored = compute_scores(
        vectors, parse_scorecard(release.scorecard), load_official_tables(release.instrument_version)
    )
    columns = {name: scored.columns[name].tolist() for name in FIGURE_COLUMNS}
    stated = scored.stated.tolist()
    results = []
    for row in range(len(vectors)):
        figures_of_row = {
            name: None if name in TIER_COLUMNS and not stated[row] else column[row]
            for name, column in columns.items()
        }
        results.append(
            {
                "official_level": {**build_official_figures(figures_of_row), "status": "preview"},
                **build_figures(figures_of_row),
            }
        )
    return results


def _build_refusal(field: str, code: str, message: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(message, code=code)]})
