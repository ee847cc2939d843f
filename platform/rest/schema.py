"""How views become OpenAPI: every operation says which scope it needs and which problems it may answer."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from rest.filters import FIELDS, DeclaredFilters, has_members, is_file, list_members
from rest.idempotency import HEADER, LONGEST_KEY, IdempotentWrites
from rest.key_scheme import SECURITY
from rest.problems import MEDIA_TYPE, build_problem
from rest.rendering import PARTIAL
from rest.scopes import get_scope
from rest.writing import SAFE_METHODS, StrictSerializer

VERSION_PREFIX = "/api/v1/"
# At least one character that is not a space, and no NUL.
SOME_TEXT = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
ANY_TEXT = r"^[^\u0000]*$"

_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Names the kind of problem for good."},
        "title": {"type": "string", "description": "The HTTP phrase."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
        "code": {"type": "string", "description": "The last part of `type`, for programs."},
        "detail": {"type": "string", "description": "What happened and what to do, for people."},
        "required_scope": {"type": "string", "description": "The scope that the key lacks."},
        "scopes": {"type": "array", "items": {"type": "string"}, "description": "The scopes of the key."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
_FAULT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One thing that is wrong, with the parameter or the place in the body where it is.",
    "required": ["reason", "detail"],
    "properties": {
        "parameter": {"type": "string", "description": "The query parameter."},
        "pointer": {"type": "string", "description": "A JSON pointer into the body, such as `#/answers/B2`."},
        "reason": {"type": "string", "description": "A stable word for programs."},
        "detail": {"type": "string", "description": "What to do, for people."},
    },
}


def _build_example(status: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    return {"value": build_problem(status, code, detail, **members)}


# Name of the reusable response, status, description, example.
_RESPONSES: dict[str, tuple[int, str, dict[str, Any]]] = {
    "InvalidQuery": (
        400,
        "A parameter is unknown, repeated or out of range, or the cursor is not one of ours.",
        _build_example(
            400,
            "invalid",
            "limit is a whole number from 1 to 1000.",
            errors=[
                {
                    "parameter": "limit",
                    "reason": "out_of_range",
                    "detail": "limit is a whole number from 1 to 1000.",
                }
            ],
        ),
    ),
    "InvalidBody": (
        400,
        "The body is not JSON, or something in it is wrong; each fault has a pointer.",
        _build_example(
            400,
            "invalid",
            "there is no option 'Z'; choose from A, B, C, D, E",
            errors=[
                {
                    "pointer": "#/answers/B2",
                    "reason": "unknown_option",
                    "detail": "there is no option 'Z'; choose from A, B, C, D, E",
                }
            ],
        ),
    ),
    "NotAuthenticated": (
        401,
        "No key was sent, or it is unknown, withdrawn or expired.",
        _build_example(
            401, "key-expired", "This key expired on 2026-05-31. Ask an administrator for another."
        ),
    ),
    "MissingScope": (
        403,
        "The key is good, but lacks the scope.",
        _build_example(
            403,
            "missing-scope",
            "This needs a key with the scope scores:read. Yours has: companies:read. "
            "An administrator can issue another.",
            required_scope="scores:read",
            scopes=["companies:read"],
        ),
    ),
    "NotFound": (
        404,
        "There is no such object, or it belongs to a programme that the key does not reach.",
        _build_example(404, "not-found", "There is no such object, or the key may not see it."),
    ),
    "MethodNotAllowed": (
        405,
        "The address does not take this method.",
        _build_example(405, "method-not-allowed", 'Method "PUT" not allowed.'),
    ),
    "NotAcceptable": (
        406,
        "The answer is JSON and nothing else.",
        _build_example(406, "not-acceptable", "Could not satisfy the request Accept header."),
    ),
    "Conflict": (
        409,
        "What is there stands in the way, or the first request with this `Idempotency-Key` is still being answered.",
        _build_example(
            409,
            "idempotency-key-in-use",
            "The first request with this Idempotency-Key is still being answered. Send it again a little later.",
        ),
    ),
    "KeyReused": (
        422,
        "The `Idempotency-Key` was used for another request.",
        _build_example(
            422,
            "idempotency-key-reused",
            "This Idempotency-Key was used for another request within the last 24 hours. "
            "Repeat that request as it was, or use another key.",
        ),
    ),
    "PreconditionFailed": (
        412,
        "The object has changed since it was read; `If-Match` names an older state.",
        _build_example(
            412,
            "precondition-failed",
            "The object has changed since you read it. Read it again and repeat the change.",
        ),
    ),
    "PreconditionRequired": (
        428,
        "A change needs `If-Match`.",
        _build_example(
            428,
            "precondition-required",
            "Send If-Match with the ETag of the object as you last read it, so that nobody's change is lost.",
        ),
    ),
    "BodyTooLarge": (
        413,
        "The body is longer than the server reads.",
        _build_example(
            413, "body-too-large", "The body may have at most 2097152 bytes. Send it in several requests."
        ),
    ),
    "UnsupportedMediaType": (
        415,
        "The body is of another type than the operation takes.",
        _build_example(415, "unsupported-media-type", 'Unsupported media type "text/csv" in request.'),
    ),
    "TooManyRequests": (
        429,
        "The key has used up its rate; `Retry-After` says for how many seconds to wait.",
        _build_example(429, "too-many-requests", "Request was throttled. Expected available in 12 seconds."),
    ),
    "InternalError": (
        500,
        "Something failed on our side.",
        _build_example(
            500, "internal-error", "Something failed on our side. It has been recorded; try again."
        ),
    ),
}
_RATE_HEADERS: dict[str, Any] = {
    "RateLimit-Policy": {
        "description": "The rate of the key: `q` requests in `w` seconds.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "What is left of it: `r` requests, and one more after `t` seconds.",
        "schema": {"type": "string"},
    },
}
_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Names this request, such as a UUID: sent again with the same key within 24 hours it is done once, "
    "and the first answer is given again, with `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[!-~]+$"},
}
_IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the whole object as it was read last (or `*` to change whatever is there).",
    "schema": {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$'},
}
_ALWAYS = ("NotAuthenticated", "MissingScope", "MethodNotAllowed", "NotAcceptable", "TooManyRequests")
_WITH_BODY = ("InvalidBody", "BodyTooLarge", "UnsupportedMediaType")


class ProblemSchema(AutoSchema):
    """The schema of a view with what all operations share: scope, entity tag, problems."""

    def get_tags(self) -> list[str]:
        """Return the resource, which is the first part of the address."""
        return [self.path.removeprefix(VERSION_PREFIX).split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]
        """Return the view's words, the columns of a file, and the scope."""
        scope = get_scope(self.view, self.method)
        text = super().get_description() or ""
        view: Any = self.view
        if is_file(view):
            text += f"\n\nColumns:\n\n{view.described_columns()}"
        return f"{text}\n\nScope: `{scope}`." if scope else text

    def get_auth(self) -> list[dict[str, Any]]:
        """Return the key, with the scope as its role."""
        declared: list[dict[str, Any]] = super().get_auth()
        scope = get_scope(self.view, self.method)
        return [{SECURITY: [scope]}] if scope else declared

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        for parameter in parameters:
            schema = parameter["schema"]
            if (
                parameter["in"] == "query"
                and schema.get("type") == "string"
                and not {"enum", "format"} & set(schema)
            ):
                schema["pattern"] = SOME_TEXT
        if self._is_sparse():
            parameters.append(_build_fields_parameter(list_members(self.view), of_file=is_file(self.view)))
        if self.method not in SAFE_METHODS and isinstance(self.view, IdempotentWrites):
            parameters.append(_IDEMPOTENCY_KEY)
        if self._is_conditional():
            parameters.append(_IF_MATCH)
        return parameters

    def _is_sparse(self) -> bool:
        filtered = DeclaredFilters in getattr(self.view, "filter_backends", [])
        return self.method == "GET" and filtered and has_members(self.view)

    def _is_conditional(self) -> bool:
        """Return whether the operation changes an object that the caller must have seen."""
        return bool(getattr(self.view, "needs_if_match", False)) and self.method == "PATCH"

    def _map_serializer_field(
        self,
        field: Any,
        direction: Any,
        bypass_extensions: bool = False,
    ) -> dict[str, Any] | None:
        schema: dict[str, Any] | None = super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, bypass_extensions
        )
        return _refine_schema(field, schema) if schema and direction == "request" else schema

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
            if self.method == "PATCH" and serializer.required_in_patch:
                schema["required"] = list(serializer.required_in_patch)
        return schema

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        body: dict[str, Any] | None = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        if body is not None and isinstance(self.get_request_serializer(), dict):
            body["required"] = True  # lines, of which the library knows nothing
        return body

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        self._register("schemas", "Problem", _PROBLEM_SCHEMA)
        self._register("schemas", "Fault", _FAULT_SCHEMA)
        if self.method == "GET" and not is_file(self.view):
            bodies["200"].setdefault("headers", {})["ETag"] = {
                "description": "Send it back as `If-None-Match`; where nothing changed the answer is 304.",
                "schema": {"type": "string"},
            }
            if self._is_sparse():
                bodies["200"]["content"][PARTIAL] = {
                    "schema": _build_partial_schema(is_list=self._is_list_view())
                }
            bodies["304"] = {"description": "Nothing changed since the entity tag that was sent."}
        names = [*_ALWAYS, *(_WITH_BODY if self.method != "GET" else ("InvalidQuery",))]
        if is_file(self.view):
            names.remove("NotAcceptable")  # the form is a parameter
        if "{" in self.path or self.method != "GET":
            names.append("NotFound")
        if self.method != "GET" and isinstance(self.view, IdempotentWrites):
            names += ["Conflict", "KeyReused"]
        if self._is_conditional():
            names += ["PreconditionFailed", "PreconditionRequired"]
        for answered, body in bodies.items():
            if answered.startswith("2"):
                body.setdefault("headers", {}).update(_RATE_HEADERS)
        for name in [*names, "InternalError"]:
            status = _RESPONSES[name][0]
            self._register("responses", name, _build_response(name))
            bodies[str(status)] = {"$ref": f"#/components/responses/{name}"}
        return dict(sorted(bodies.items()))

    def _register(self, kind: str, name: str, content: dict[str, Any]) -> None:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name, type=kind, schema=content, object=ProblemSchema
        )
        self.registry.register_on_missing(component)


def _refine_schema(field: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """Add the rules that the library leaves out, so that what fits the description is not refused."""
    if isinstance(field, serializers.ListSerializer):
        most: int | None = getattr(field, "max_length", None)
        return {**schema, "maxItems": most} if most else schema
    if isinstance(field, serializers.DictField):
        return schema if field.allow_empty else {**schema, "minProperties": 1}
    if isinstance(field, serializers.DecimalField) and field.min_value is not None and field.min_value >= 0:
        whole, places = (field.max_digits or 0) - (field.decimal_places or 0), field.decimal_places
        return {**schema, "pattern": rf"^[0-9]{{1,{whole}}}(\.[0-9]{{1,{places}}})?$"}
    is_text = isinstance(field, serializers.CharField) and "string" in schema.get("type", ())
    if is_text and not {"enum", "format", "pattern"} & set(schema):
        return {**schema, "pattern": ANY_TEXT if field.allow_blank else SOME_TEXT}
    return schema


def _build_fields_parameter(members: list[str], *, of_file: bool) -> dict[str, Any]:
    names = "|".join(members)
    objects = f"Only these members, with commas between them. The answer is then `{PARTIAL}`."
    return {
        "name": FIELDS,
        "in": "query",
        "required": False,
        "description": "Only these columns, in this order." if of_file else objects,
        "schema": {"type": "string", "pattern": f"^({names})(,({names}))*$"},
        "example": ",".join(members[:2]),
    }


def _build_partial_schema(*, is_list: bool) -> dict[str, Any]:
    row = {"type": "object", "description": "The members named in `fields`.", "additionalProperties": {}}
    if not is_list:
        return row
    link = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "required": ["next", "previous", "results"],
        "properties": {"next": link, "previous": link, "results": {"type": "array", "items": row}},
    }


def _build_response(name: str) -> dict[str, Any]:
    status, description, example = _RESPONSES[name]
    response: dict[str, Any] = {
        "description": description,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {example["value"]["code"]: example},
            }
        },
    }
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == 429:
        response["headers"] = {
            "Retry-After": {"schema": {"type": "integer", "minimum": 0}},
            **_RATE_HEADERS,
        }
    return response
