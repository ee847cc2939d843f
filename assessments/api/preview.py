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
from accounts.roles import Verb
from assessments.api.answers import (
    ANSWERS_EXAMPLE,
    ANSWERS_HELP,
    MOST_FAULTS,
    InvalidAnswersError,
    read_answers,
)
from assessments.api.figures import (
    FIGURE_COLUMNS,
    FiguresSerializer,
    OfficialFiguresSerializer,
    figures,
    official_figures,
)
from assessments.api.scores import ScoringReleaseSerializer
from assessments.scoring import compute, rule_of, scorecard_of
from benchmarks.api import ReferenceSerializer, reference_block
from benchmarks.models import Release
from companies.api import reached_programme
from instrument import load, stages

LARGEST_BATCH = 10_000
BATCH_BODY_BYTES = 64 * 1024 * 1024
TIER_COLUMNS = frozenset({"exceed_1", "exceed_2", "exceed_3", "tier"})


class PreviewSerializer(serializers.Serializer[object]):
    """A set of answers. Items that are left out count as not answered."""

    programme = serializers.UUIDField(
        required=False,
        help_text="Whose active release scores; needed where the key reaches several programmes.",
    )
    answers = serializers.DictField(help_text=ANSWERS_HELP)


class PreviewBatchSerializer(serializers.Serializer[object]):
    """Many sets of answers."""

    programme = serializers.UUIDField(required=False, help_text="Whose active release scores.")
    sets = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=LARGEST_BATCH,
        help_text="Answers by item code.",
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
    instrument_version = serializers.CharField()
    reference = ReferenceSerializer()
    synthetic_benchmark = serializers.BooleanField(help_text="Whether any reference row is generated data.")


class PreviewResultSerializer(PreviewFiguresSerializer, PreviewOriginSerializer):
    """What a set of answers would give, and from what."""


class PreviewBatchResultSerializer(PreviewOriginSerializer):
    """What the sets would give, in their order."""

    results = PreviewFiguresSerializer(many=True)


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
        """Answers in, official level and readiness out, by the active release. Nothing is stored."""
        asked = PreviewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        release = release_for(cast(User, request.user), asked.validated_data.get("programme"))
        (result,) = previews(release, [asked.validated_data["answers"]], [("answers",)])
        return Response({**result, **origin(release)})


class PreviewBatchView(APIView):
    """Up to 10,000 sets of answers at once. One wrong answer refuses them all."""

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
        """Up to 10,000 sets of answers at once; results keep their order. One wrong answer refuses all."""
        asked = PreviewBatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        release = release_for(cast(User, request.user), asked.validated_data.get("programme"))
        sets = asked.validated_data["sets"]
        results = previews(release, sets, [("sets", str(index)) for index in range(len(sets))])
        return Response({**origin(release), "results": results})


def release_for(user: User, programme_id: UUID | None) -> Release:
    """The active release of the named programme, or of the only one that the account reaches."""
    programme = reached_programme(user, Verb.SEE_MODEL, programme_id)
    release = Release.objects.active_in(programme)
    if release is None:
        raise _refused("programme", "no_release", "No release of the model is in use in this programme.")
    return release


def origin(release: Release) -> dict[str, Any]:
    """The members of `PreviewOriginSerializer`."""
    return {
        "release": {"id": release.pk, "name": release.name, "sha256": release.sha256},
        "instrument_version": release.instrument_version,
        "reference": reference_block(release.pk),
        "synthetic_benchmark": release.is_synthetic,
    }


def previews(
    release: Release, sets: list[dict[str, Any]], paths: list[tuple[str, ...]]
) -> list[dict[str, Any]]:
    """What each set of answers gives. Raises `ValidationError` with a pointer for each wrong answer."""
    instrument = load(release.instrument_version)
    vectors: list[bytes] = []
    errors: list[dict[str, str]] = []
    for answers, path in zip(sets, paths, strict=True):
        read = read_answers(instrument, answers, path, errors)
        if len(errors) >= MOST_FAULTS:
            break
        if not errors:
            vectors.append(stages.vector(instrument, read))
    if errors:
        raise InvalidAnswersError(errors)
    scored = compute(vectors, scorecard_of(release.scorecard), rule_of(release.instrument_version))
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
                "official_level": {**official_figures(figures_of_row), "status": "preview"},
                **figures(figures_of_row),
            }
        )
    return results


def _refused(field: str, code: str, message: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(message, code=code)]})
