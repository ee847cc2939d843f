"""Errors as problem documents (RFC 9457), one shape for every failure below /api/."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.error_details import list_error_details

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:readiness:problem:"
NO_KEY = "Send the key of a service account: `Authorization: Bearer lzr_…`. An administrator issues it."

# The slug of a problem where the exception does not name a better one.
_CODES = {
    400: "invalid",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    413: "body-too-large",
    412: "precondition-failed",
    415: "unsupported-media-type",
    428: "precondition-required",
    429: "too-many-requests",
    500: "internal-error",
}


def as_problem(error: Exception, context: Mapping[str, Any]) -> Response:
    """Return the response to an exception in an API view. The unforeseen is reported, with a 500."""
    request: Request | None = context.get("request")
    problem_error: exceptions.APIException
    match error:
        case exceptions.NotAuthenticated():
            error.detail = exceptions.ErrorDetail(NO_KEY, error.default_code)
            problem_error = error
        case exceptions.APIException():
            problem_error = error
        case Http404():
            problem_error = exceptions.NotFound("There is no such object, or the key may not see it.")
        case PermissionDenied():
            problem_error = exceptions.PermissionDenied(str(error) or None)
        case RequestDataTooBig():
            problem_error = exceptions.APIException(str(error), code="body-too-large")
            problem_error.status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case _:
            return _report_unforeseen(request)
    response = Response(
        _build_document(problem_error, in_query=request is not None and request.method in {"GET", "HEAD"}),
        status=problem_error.status_code,
        content_type=MEDIA_TYPE,
    )
    challenge = getattr(problem_error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    wait = getattr(problem_error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(int(wait))
    response["Cache-Control"] = "no-store"
    return response


def _report_unforeseen(request: Request | None) -> Response:
    # Whoever listens (the request log, error reporting, tests) hears of it as of a failing page.
    got_request_exception.send(sender=None, request=getattr(request, "_request", None))
    body = build_problem(
        500, "internal-error", "Something failed on our side. It has been recorded; try again."
    )
    return Response(body, status=500, content_type=MEDIA_TYPE)


def build_problem(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """Build a problem document; `extra` are further members."""
    return {
        "type": TYPE_PREFIX + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }


def _build_document(error: exceptions.APIException, *, in_query: bool) -> dict[str, Any]:
    members = dict(getattr(error, "members", {}))
    if isinstance(error, exceptions.ValidationError):
        members.pop("errors", None)
        errors = list_error_details(error, in_query=in_query)
        detail = errors[0]["detail"] if len(errors) == 1 else f"{len(errors)} things are wrong; see errors."
        return build_problem(400, "invalid", detail, errors=errors, **members)
    code = getattr(error, "problem_code", None) or _get_slug(error)
    return build_problem(error.status_code, code, str(error.detail), **members)


def _get_slug(error: exceptions.APIException) -> str:
    named = error.get_codes()
    if isinstance(error, exceptions.ParseError):
        return "not-json"
    if type(error) is exceptions.APIException and isinstance(named, str):
        return named
    return _CODES.get(error.status_code, str(named).replace("_", "-"))


class Unknown(APIView):
    """Every path below /api/ that is nothing else, so that programs get a problem and not a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse at once, whatever the method."""
        raise exceptions.NotFound("There is nothing at this address. See /api/docs/ for what there is.")
