"""What all writes of programs share: nothing unknown is passed over, and nobody writes over what they did not see."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.utils.http import quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from rest.idempotency import BadHeader

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Headers of answers, as the description names them.
LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    response=[200, 201, 202],
    description="The address of the object.",
)
NEXT_TAG = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="What the next change sends as `If-Match`.",
)
_ENTITY_TAG = re.compile(r'(W/)?"[!#-~\x80-\xff]*"')


class StrictSerializer(serializers.Serializer[Any]):
    """A request body in which an unknown member is a fault, so that a misspelt one is never passed over."""

    # Members that a PATCH cannot leave out; the description lets it leave out all others.
    required_in_patch: ClassVar[tuple[str, ...]] = ()

    def to_internal_value(self, data: Any) -> Any:
        """Return the members that are declared; raise where there are others."""
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            known = ", ".join(self.fields)
            raise ValidationError(
                {
                    str(name): [
                        ErrorDetail(f"There is no member {name!r}. Known: {known}.", code="unknown_member")
                    ]
                    for name in unknown
                }
            )
        return super().to_internal_value(data)


class TrueOrFalse(serializers.BooleanField):
    """A boolean as JSON has it; "yes", 1 and "true" are none."""

    def to_internal_value(self, data: Any) -> bool:
        """Return true or false."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Conflict(APIException):
    """A good request with something in its way; `members` may say more."""

    status_code = 409
    default_code = "conflict"

    def __init__(self, detail: str, *, code: str = "conflict", errors: list[dict[str, str]] | None = None):
        super().__init__(detail, code)
        self.problem_code = code
        self.members = {"errors": errors} if errors else {}


class PreconditionRequired(APIException):
    """A change that does not say what it changes."""

    status_code = 428
    problem_code = "precondition-required"
    default_detail = (
        "Send If-Match with the ETag of the object as you last read it, so that nobody's change is lost."
    )


class PreconditionFailed(APIException):
    """An object that is not any more what the caller has seen."""

    status_code = 412
    problem_code = "precondition-failed"
    default_detail = "The object has changed since you read it. Read it again and repeat the change."


def compute_entity_tag(request: Request, document: Any) -> str:
    """Compute the entity tag that a whole object has when it is read: a hash of its bytes."""
    rendered = cast(bytes, request.accepted_renderer.render(document))
    return quote_etag(hashlib.md5(rendered, usedforsecurity=False).hexdigest())


def require_unchanged(request: Request, document: Any) -> None:
    """Raise unless `If-Match` names the object as it is now; call it with the row locked."""
    wanted = request.headers.get("If-Match", "").strip()
    if not wanted:
        raise PreconditionRequired
    tags = [tag.strip() for tag in wanted.split(",")]
    if wanted != "*" and not all(map(_ENTITY_TAG.fullmatch, tags)):
        raise BadHeader("If-Match", "bad_tag", "Send the ETag as it was given, with its quotation marks.")
    if wanted != "*" and compute_entity_tag(request, document) not in tags:
        raise PreconditionFailed


def build_changed_response(request: Request, document: Any) -> Response:
    """Return the object after a change, with the tag for the next one."""
    return Response(document, headers={"ETag": compute_entity_tag(request, document)})
