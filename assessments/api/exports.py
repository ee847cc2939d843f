"""Whole tables for programs: CSV, JSON lines, XLSX and Parquet, streamed and resumable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import StreamingHttpResponse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts.models import User
from assessments.api.narrowing import OfAssessmentFilter
from assessments.api.scores import ScoreFilter
from assessments.exports import ANSWERS, CONTENT_TYPES, SCORES, Export, ExportFormat, ExportTable
from assessments.exports.reading import format_utc
from assessments.exports.tables import list_exported_answers, list_exported_scores
from assessments.models import Answer, ScoreRun

FORM_HELP = "Form of the file."
CURSOR_HELP = "The `id` of the last whole row that you received: the export goes on behind it."


class FileFilter(filters.FilterSet):
    """The filter that takes the form of a file."""

    format = filters.ChoiceFilter(choices=ExportFormat.choices, method="as_is", help_text=FORM_HELP)

    def as_is(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep all rows: the form of the file narrows nothing."""
        return queryset


class ScoreExportFilter(FileFilter, ScoreFilter):
    """The filters of an export of scores."""

    cursor = filters.UUIDFilter(method="behind", help_text=CURSOR_HELP)

    def behind(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        """Keep the rows after this one."""
        at = queryset.filter(pk=value).values_list("created_at", flat=True).first()
        if at is None:
            raise _build_cursor_error()
        return queryset.filter(TupleGreaterThan(Tuple(F("created_at"), F("pk")), (at, value)))


class AnswerExportFilter(FileFilter, OfAssessmentFilter):
    """The filters of an export of answers."""

    item = filters.CharFilter(help_text="To this question.")
    cursor = filters.NumberFilter(method="behind", help_text=CURSOR_HELP)

    class Meta:
        model = Answer
        fields: ClassVar[list[str]] = []

    def behind(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        """Keep the rows after this one."""
        return queryset.filter(pk__gt=int(value))


FILE = OpenApiTypes.BINARY
DESCRIBED = extend_schema(
    responses={
        (200, CONTENT_TYPES[ExportFormat.CSV].partition(";")[0]): OpenApiTypes.STR,
        (200, CONTENT_TYPES[ExportFormat.JSON_LINES]): OpenApiTypes.STR,
        (200, CONTENT_TYPES[ExportFormat.XLSX]): FILE,
        (200, CONTENT_TYPES[ExportFormat.PARQUET]): FILE,
    },
    parameters=[
        OpenApiParameter(
            "Data-Time", OpenApiTypes.DATETIME, OpenApiParameter.HEADER, response=True,
            description="The file holds what was stored by then.",
        ),
        OpenApiParameter(
            "Data-Filters", OpenApiTypes.STR, OpenApiParameter.HEADER, response=True,
            description="The filters, as a query; empty where there are none.",
        ),
    ],
)  # fmt: skip


def _build_lines_example(form: ExportFormat, fields: str, lines: str) -> OpenApiExample:
    """Show how a file begins of which these columns were asked for."""
    media_type = CONTENT_TYPES[form].partition(";")[0]
    return OpenApiExample(f"fields={fields}", value=lines, media_type=media_type, response_only=True)


SCORE_FIELDS = "credit_code,official_level,readiness"
ANSWER_FIELDS = "credit_code,item,value"
SCORE_LINES = [
    _build_lines_example(ExportFormat.CSV, SCORE_FIELDS, f"{SCORE_FIELDS}\n91450200FAKE00006Q,1,12.65\n"),
    _build_lines_example(
        ExportFormat.JSON_LINES,
        SCORE_FIELDS,
        '{"credit_code":"91450200FAKE00006Q","official_level":1,"readiness":12.65}\n',
    ),
]
ANSWER_LINES = [
    _build_lines_example(
        ExportFormat.CSV, ANSWER_FIELDS, f'{ANSWER_FIELDS}\n91450200FAKE00006Q,B1,"[""B"",""C""]"\n'
    ),
    _build_lines_example(
        ExportFormat.JSON_LINES,
        ANSWER_FIELDS,
        '{"credit_code":"91450200FAKE00006Q","item":"B1","value":"[\\"B\\",\\"C\\"]"}\n',
    ),
]


class ByFormat(DefaultContentNegotiation):
    """The choice by `format`, whatever `Accept` names: a program that accepts CSV alone gets what it asks for."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer of what goes wrong; files need none."""
        first = next(iter(renderers))
        return first, str(first.media_type)


class _ExportView(GenericAPIView[Any]):
    """A whole table in one file."""

    content_negotiation_class = ByFormat
    pagination_class = None
    serializer_class = None
    table: ExportTable

    def column_names(self) -> list[str]:
        """Return what `fields` may name."""
        return self.table.list_column_names()

    def described_columns(self) -> str:
        """Say what the columns mean."""
        return self.table.describe_columns()

    def stream_export(self, request: Request) -> StreamingHttpResponse:
        """Return the file, sent while it is made."""
        moment = timezone.now()
        rows = self.filter_queryset(self.get_queryset())
        form = ExportFormat(request.query_params.get("format", ExportFormat.CSV))
        narrowed = {
            name: str(value)
            for name, value in request.query_params.items()
            if name not in {"format", "cursor", "fields"}
        }
        wanted: list[str] = getattr(request, "sparse_fields", [])
        export = Export(self.table.select_columns(wanted) if wanted else self.table, rows, narrowed, moment)
        response = StreamingHttpResponse(export.iter_blocks(form), content_type=CONTENT_TYPES[form])
        name = f"{self.table.name}-{moment:%Y%m%dT%H%M%SZ}.{form.value}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Data-Time"] = format_utc(moment)
        response["Data-Filters"] = urlencode(narrowed)
        response["Cache-Control"] = "private, no-store"
        return response


class ScoreExportView(_ExportView):
    """All scores that the key may read, flat, one row each, in the order in which they were stored."""

    scope = "scores:read"
    table = SCORES
    filterset_class = ScoreExportFilter
    queryset = ScoreRun.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the runs that the key's account may read."""
        return list_exported_scores(cast(User, self.request.user))

    @extend_schema(summary="Export scores", operation_id="exports_scores", filters=True, examples=SCORE_LINES)
    @DESCRIBED
    def get(self, request: Request) -> StreamingHttpResponse:
        """Send all scores in one file. In CSV and XLSX an apostrophe precedes text that looks like a formula."""
        return self.stream_export(request)


class AnswerExportView(_ExportView):
    """All present answers that the key may read, one row each."""

    scope = "assessments:read"
    table = ANSWERS
    filterset_class = AnswerExportFilter
    queryset = Answer.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the answers that the key's account may read."""
        return list_exported_answers(cast(User, self.request.user))

    @extend_schema(
        summary="Export answers", operation_id="exports_answers", filters=True, examples=ANSWER_LINES
    )
    @DESCRIBED
    def get(self, request: Request) -> StreamingHttpResponse:
        """Send all present answers in one file, submitted or not, in the order of their ids."""
        return self.stream_export(request)


def _build_cursor_error() -> ValidationError:
    detail = (
        "There is no such row in this export. Give the id of a row that you received with the same filters."
    )
    return ValidationError({"cursor": [ErrorDetail(detail, code="bad_cursor")]})
