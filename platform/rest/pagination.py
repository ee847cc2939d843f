"""Pages by cursor: keyset conditions on an immutable time and the id, never an offset.

A list is ordered by the time its rows were stored (`view.stored_at`) and then by id. Neither ever changes
and new rows come last, so a walk meets every row once however many are added meanwhile. With
`updated_since` the order is by the time of the last change (`view.changed_at`): a row that changes during
the walk comes again at its end, and none is missed. The feed of events is ordered by `position` instead,
and `view.since_at` names its time.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
PAGE_PARAMETERS = {"cursor", "limit", "updated_since"}
# What `updated_since` finds, by the time that it is compared with.
SINCE = {
    "updated_at": "changed",
    "opens_at": "opened",
    "submitted_at": "submitted",
    "trained_at": "trained",
    "published_at": "published",
    "at": "that happened",
}
SALT = "config.api.cursor"
_PLUS_READ_AS_SPACE = re.compile(r" (\d\d:?\d\d)$")


@dataclass(frozen=True)
class CursorPosition:
    """A place between two rows: after (or, going back, before) the row with this time (or number) and id."""

    backwards: bool
    at: datetime | int
    id: uuid.UUID | int


class CursorPages(BasePagination):
    """Pages `{"next", "previous", "results"}` with full addresses and without a count."""

    request: Request
    order: str
    limit: int
    next: str | None
    previous: str | None

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return one page of rows, read with one query of `limit` + 1 rows."""
        self.request = request
        self.limit = _parse_limit(request)
        since = _parse_start_time(request)
        self.order = getattr(view, "changed_at" if since else "stored_at", "created_at")
        if since:
            queryset = queryset.filter(**{f"{getattr(view, 'since_at', self.order)}__gte": since})
        position = self._read_position()
        backwards = position is not None and position.backwards
        if position is not None:
            queryset = queryset.filter(_build_keyset_condition(position, self.order))
        sign = "-" if backwards else ""
        rows = list(queryset.order_by(f"{sign}{self.order}", f"{sign}pk")[: self.limit + 1])
        has_more = len(rows) > self.limit
        rows = rows[: self.limit]
        if backwards:
            rows.reverse()
        self.next = self._build_link(rows[-1], backwards=False) if rows and (has_more or backwards) else None
        self.previous = (
            self._build_link(rows[0], backwards=True)
            if rows and (has_more if backwards else position is not None)
            else None
        )
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with its links."""
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def _build_link(self, row: Any, *, backwards: bool) -> str:
        at, row_id = (
            (row[self.order], row["id"]) if isinstance(row, Mapping) else (getattr(row, self.order), row.pk)
        )
        cursor = _build_signer().sign_object(
            [
                self._compute_list_mark(),
                int(backwards),
                at if isinstance(at, int) else at.isoformat(),
                row_id if isinstance(row_id, int) else row_id.hex,
            ],
            serializer=signing.JSONSerializer,
        )
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _compute_list_mark(self) -> str:
        """Return a short mark of list and filters, so that a cursor is not used on another one."""
        url = self.request.get_full_path()
        for name in ("cursor", "limit"):
            url = remove_query_param(url, name)
        return salted_hmac(SALT, url).hexdigest()[:12]

    def _read_position(self) -> CursorPosition | None:
        raw = self.request.query_params.get("cursor")
        if raw is None:
            return None
        try:
            mark, backwards, at, row_id = _build_signer().unsign_object(
                raw, serializer=signing.JSONSerializer
            )
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise _build_refusal(
                "cursor", "bad_cursor", "The cursor is not one of ours. Start again without it."
            ) from error
        if mark != self._compute_list_mark():
            raise _build_refusal(
                "cursor",
                "bad_cursor",
                "The cursor belongs to another list or other filters. Follow next as it is given.",
            )
        value = at if isinstance(at, int) else datetime.fromisoformat(at)
        return CursorPosition(
            bool(backwards), value, row_id if isinstance(row_id, int) else uuid.UUID(row_id)
        )

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the parameters of a page."""
        compared = getattr(view, "since_at", getattr(view, "changed_at", "created_at"))
        meaning = SINCE.get(compared, "stored")
        return [
            _describe_parameter(
                "cursor", "Where the page begins, from `next` or `previous`.", {"type": "string"}
            ),
            _describe_parameter(
                "limit",
                "Rows on the page.",
                {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            ),
            _describe_parameter(
                "updated_since",
                f"Only rows {meaning} at this time or later, in the order of that time. "
                "Give the time zone: 2026-03-01T00:00:00Z.",
                {"type": "string", "format": "date-time"},
            ),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the shape of a page."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "The following page, null on the last."},
                "previous": {**link, "description": "The page before, null on the first."},
                "results": schema,
            },
        }

    def to_html(self) -> str:
        """Return nothing: there is no browsable interface."""
        return ""


def _build_keyset_condition(position: CursorPosition, order: str) -> TupleGreaterThan | TupleLessThan:
    """Compare pairs at once: an index then finds what is behind a place, however many share a time."""
    beyond = TupleLessThan if position.backwards else TupleGreaterThan
    return beyond(Tuple(F(order), F("pk")), (position.at, position.id))


def _build_signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def _parse_limit(request: Request) -> int:
    raw = request.query_params.get("limit")
    if raw is None:
        return DEFAULT_LIMIT
    if not (raw.isascii() and raw.isdigit() and len(raw) < 6 and 1 <= int(raw) <= MAX_LIMIT):
        raise _build_refusal("limit", "out_of_range", f"limit is a whole number from 1 to {MAX_LIMIT}.")
    return int(raw)


def _parse_start_time(request: Request) -> datetime | None:
    raw = request.query_params.get("updated_since")
    if raw is None:
        return None
    try:
        # An unescaped "+" of the time zone arrives as a space.
        since = parse_datetime(_PLUS_READ_AS_SPACE.sub(r"+\1", raw))
        if since is not None and since.tzinfo is not None:
            return since.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _build_refusal(
        "updated_since", "bad_time", "Give a time with its zone, such as 2026-03-01T00:00:00Z."
    )


def _build_refusal(parameter: str, reason: str, detail: str) -> ValidationError:
    return ValidationError({parameter: [ErrorDetail(detail, code=reason)]})


def _describe_parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
