"""The interface's description (OpenAPI 3.1) read into what a page of reference shows; pure data, no request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

Json = dict[str, Any]
# How an example looks where the description gives none.
SAMPLES = {
    "uuid": "0198c2f4-6d3e-7b1a-9f55-2c1d4e8a7b60",
    "date-time": "2026-03-31T09:30:00+08:00",
    "date": "2026-03-31",
    "uri": "https://readiness.example/…",
    "binary": "…",
}
# These come with every answer.
RATE_HEADERS = {"RateLimit-Policy", "RateLimit"}
# Objects in objects are shown so deep in an example; deeper ones are named only.
EXAMPLE_DEPTH = 4


@dataclass(frozen=True, slots=True)
class TypeDoc:
    """The type of a value, in words, and the named shape that it has, if any."""

    words: str
    shape: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, or a parameter of an operation."""

    name: str
    kind: TypeDoc
    is_required: bool
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ResponseDoc:
    """One status that an operation may answer with."""

    status: str
    text: str
    shape: str = ""
    media: tuple[str, ...] = ()
    problem: str = ""
    example: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether the request was not done."""
        return self.status >= "400"

    @property
    def phrase(self) -> str:
        """The status in HTTP's own words."""
        return HTTPStatus(int(self.status)).phrase


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    scopes: tuple[str, ...]
    parameters: list[Member]
    body: ResponseDoc | None
    answers: list[ResponseDoc]
    command: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object or list of values."""

    name: str
    text: str
    members: list[Member] = field(default_factory=list)
    kind: TypeDoc | None = None


@dataclass(frozen=True, slots=True)
class ApiReference:
    """The whole: operations by resource, what can go wrong, the shapes."""

    groups: dict[str, list[Operation]]
    problems: list[ResponseDoc]
    shapes: list[Shape]


@cache
def build_reference() -> ApiReference:
    """Build the reference of this version, in English as the interface itself; once in a process."""
    with translation.override("en"):
        schema: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        # Lazy texts become words while the language is set.
        return Reader(json.loads(json.dumps(schema, default=str))).read_reference()


class Reader:
    """The reader of one description."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema
        self.shapes: Json = schema["components"]["schemas"]
        self.responses: Json = schema["components"].get("responses", {})

    def read_reference(self) -> ApiReference:
        """Read all of it, in the order of the description."""
        groups: dict[str, list[Operation]] = {}
        for path, methods in self.schema["paths"].items():
            for method, found in methods.items():
                groups.setdefault(found["tags"][0], []).append(
                    self.read_operation(path, method.upper(), found)
                )
        problems = sorted(
            (self.read_problem(name) for name in self.responses), key=lambda answer: answer.status
        )
        return ApiReference(groups, problems, [self.read_shape(name) for name in sorted(self.shapes)])

    def read_operation(self, path: str, method: str, found: Json) -> Operation:
        """Read one operation, with a command to try it."""
        scopes = tuple(scope for needed in found.get("security", []) for scope in needed.get("key", []))
        body = self.read_content("", found["requestBody"]) if "requestBody" in found else None
        parameters = [self.read_parameter(each) for each in found.get("parameters", [])]
        return Operation(
            anchor=found["operationId"],
            method=method,
            path=path,
            summary=found.get("summary", ""),
            text=found.get("description", ""),
            scopes=scopes,
            parameters=sorted(parameters, key=lambda each: (each.place != "path", not each.is_required)),
            body=body,
            answers=[self.read_response(status, each) for status, each in found["responses"].items()],
            command=format_command(path, method, parameters, body),
        )

    def read_parameter(self, found: Json) -> Member:
        """Read what may stand in the address or the head of a request."""
        text = found.get("description") or found["schema"].get("description", "")
        required = bool(found.get("required"))
        return Member(found["name"], self.read_type(found["schema"]), required, text, found["in"])

    def read_response(self, status: str, found: Json) -> ResponseDoc:
        """Read a response of its own, or one that many operations share."""
        if "$ref" in found:
            return self.read_problem(get_reference_name(found["$ref"]))
        return self.read_content(status, found)

    def read_problem(self, name: str) -> ResponseDoc:
        """Read a shared response to what went wrong."""
        found = self.responses[name]
        [(media, content)] = found["content"].items()
        [example] = content["examples"].values()
        value = example["value"]
        return ResponseDoc(
            str(value["status"]), found["description"], "Problem", (media,), name, format_json(value)
        )

    def read_content(self, status: str, found: Json) -> ResponseDoc:
        """Read what is sent or answered: its shape, its types of media, an example."""
        content: Json = found.get("content", {})
        text = found.get("description", "")
        headers = tuple(
            (name, header.get("description", ""))
            for name, header in found.get("headers", {}).items()
            if name not in RATE_HEADERS
        )
        if not content:
            return ResponseDoc(status, text, headers=headers)
        first = next(iter(content.values()))
        given = [example["value"] for example in first.get("examples", {}).values()]
        example = given[0] if given else self.build_example(first["schema"])
        shape = self.read_type(first["schema"]).shape
        return ResponseDoc(status, text, shape, tuple(content), example=format_json(example), headers=headers)

    def read_shape(self, name: str) -> Shape:
        """Read a named shape with its members."""
        found = self.shapes[name]
        if "properties" not in found:
            return Shape(name, found.get("description", ""), kind=self.read_type(found))
        required = found.get("required", [])
        members = [
            Member(
                key, self.read_type(each), key in required, each.get("description") or each.get("title", "")
            )
            for key, each in found["properties"].items()
        ]
        return Shape(name, found.get("description", ""), members)

    def read_type(self, found: Json) -> TypeDoc:
        """Say what a value is, in a few words."""
        if "$ref" in found:
            name = get_reference_name(found["$ref"])
            return TypeDoc(name, name)
        if parts := found.get("allOf") or found.get("oneOf") or found.get("anyOf"):
            kinds = [self.read_type(part) for part in parts]
            shapes = [kind.shape for kind in kinds if kind.shape]
            return TypeDoc(" or ".join(kind.words for kind in kinds), shapes[0] if shapes else "")
        if "enum" in found:
            return TypeDoc("one of", values=tuple(json.dumps(value) for value in found["enum"]))
        names = found.get("type", "anything")
        names = [names] if isinstance(names, str) else list(names)
        words = " or ".join(names)
        if "items" in found:
            inner = self.read_type(found["items"])
            return TypeDoc(words.replace("array", f"list of {inner.words}"), inner.shape, inner.values)
        if form := found.get("format"):
            words = words.replace("string", form).replace("number", form)
        return TypeDoc(words + format_limits(found))

    def build_example(self, found: Json, depth: int = 0) -> Any:
        """Build a value of this shape that could be real."""
        if "$ref" in found:
            return self.build_example(self.shapes[get_reference_name(found["$ref"])], depth)
        if "examples" in found:
            return found["examples"][0]
        for key in ("example", "default", "const"):
            if key in found:
                return found[key]
        if parts := found.get("allOf") or found.get("oneOf") or found.get("anyOf"):
            return self.build_example(parts[0], depth)
        if "enum" in found:
            return found["enum"][0]
        names = found.get("type", "object")
        name = names if isinstance(names, str) else names[0]
        if name == "object":
            if depth >= EXAMPLE_DEPTH:
                return {}
            members: Json = found.get("properties", {})
            return {key: self.build_example(each, depth + 1) for key, each in members.items()}
        if name == "array":
            return [self.build_example(found.get("items", {}), depth + 1)]
        if name in {"integer", "number"}:
            return found.get("minimum", 1)
        if name == "boolean":
            return True
        return None if name == "null" else SAMPLES.get(found.get("format", ""), "…")


def format_limits(found: Json) -> str:
    """Format the range of a number or of a text's length, in brackets."""
    for low, high, unit in (("minimum", "maximum", ""), ("minLength", "maxLength", " characters")):
        if low in found and high in found:
            return f" ({found[low]} to {found[high]}{unit})"
        if high in found:
            return f" (up to {found[high]}{unit})"
        if low in found and not unit:
            return f" ({found[low]} or more)"
    return ""


def format_command(path: str, method: str, parameters: Iterable[Member], body: ResponseDoc | None) -> str:
    """Format how the operation is asked for with curl."""
    lines = ['curl -H "Authorization: Bearer $KEY"']
    if method != "GET":
        lines[0] += f" -X {method}"
    lines += [
        f'-H "{each.name}: $VALUE"' for each in parameters if each.place == "header" and each.is_required
    ]
    if body:
        lines += [f'-H "Content-Type: {body.media[0]}"', "--data-binary @body"]
    address = re.sub(r"{(\w+)}", lambda name: f"${name[1].upper()}", path)
    return " \\\n  ".join([*lines, f'"$SITE{address}"'])


def format_json(value: Any) -> str:
    """Format JSON to be read; text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def get_reference_name(reference: str) -> str:
    """Return the name at the end of a reference inside the description."""
    return reference.rpartition("/")[2]
