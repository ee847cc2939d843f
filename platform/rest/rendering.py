"""JSON in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from rest.bodies import read_bounded_body

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
# Of answers that hold some members alone, so that nobody takes them for whole objects.
PARTIAL = "application/vnd.readiness.partial+json"


class OrjsonRenderer(BaseRenderer):
    """UTF-8 JSON; times in UTC with a trailing Z, UUIDs in the usual form."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Render the document as bytes; nothing for an empty response."""
        if data is None:
            return b""
        context = renderer_context or {}
        wanted = getattr(context.get("request"), "sparse_fields", None)
        if wanted and not context["response"].exception:
            context["response"]["Content-Type"] = PARTIAL
            data = _select_members(data, wanted)
        return orjson.dumps(data, default=_convert_value, option=OPTIONS)


class OrjsonParser(BaseParser):
    """JSON of bounded length; `view.body_limit` in bytes overrides the setting."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Parse the document; `ParseError` says where it breaks."""
        body = read_bounded_body(stream, parser_context)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(
                f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            ) from error


def _select_members(data: Any, wanted: Sequence[str]) -> Any:
    """Return the object, or each object of the page, with these members alone."""
    if "results" in data:
        return {**data, "results": [{name: row[name] for name in wanted} for row in data["results"]]}
    return {name: data[name] for name in wanted}


def _convert_value(value: object) -> str:
    if isinstance(value, datetime):
        # Serializers give times of the installation's zone, rows of the database those of UTC.
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON.")
