"""Compares two descriptions of the interface: what would break a program written for the older one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

Direction = Literal["request", "response"]
METHODS = ("get", "post", "put", "patch", "delete")
# Bounds of what may be sent: a lower one of these, or a higher one of those, refuses what was taken before.
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """One line for each change that breaks programs; new addresses, parameters and members break nothing."""
    return list(Comparison(old, new).paths())


class Comparison:
    """Two documents, with what is being followed at the moment so that circles end."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old = old
        self.new = new

    def paths(self) -> Iterator[str]:
        for path, methods in self.old["paths"].items():
            if path not in self.new["paths"]:
                yield f"{path}: address removed"
                continue
            for method in set(methods) & set(METHODS):
                where = f"{method.upper()} {path}"
                if method not in self.new["paths"][path]:
                    yield f"{where}: operation removed"
                    continue
                yield from self._operation(methods[method], self.new["paths"][path][method], where)

    def _operation(self, old: dict[str, Any], new: dict[str, Any], where: str) -> Iterator[str]:
        before = {(entry["in"], entry["name"]): entry for entry in old.get("parameters", [])}
        after = {(entry["in"], entry["name"]): entry for entry in new.get("parameters", [])}
        for key, entry in before.items():
            if key not in after:
                yield f"{where}: parameter {key[1]} removed"
            else:
                yield from self._schema(
                    entry["schema"], after[key]["schema"], f"{where} ?{key[1]}", "request"
                )
        for key, entry in after.items():
            if entry.get("required") and not before.get(key, {}).get("required"):
                yield f"{where}: parameter {key[1]} is required now"
        if not set(_scopes(new)) <= set(_scopes(old)):
            yield f"{where}: needs another scope"
        yield from self._body(old.get("requestBody"), new.get("requestBody"), where)
        for status, response in old["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in new["responses"]:
                yield f"{where}: answer {status} removed"
                continue
            yield from self._content(
                response.get("content", {}),
                new["responses"][status].get("content", {}),
                f"{where} {status}",
                "response",
            )

    def _body(self, old: dict[str, Any] | None, new: dict[str, Any] | None, where: str) -> Iterator[str]:
        if new and new.get("required") and not (old or {}).get("required"):
            yield f"{where}: body is required now"
        if old and new:
            yield from self._content(old["content"], new["content"], f"{where} body", "request")
        elif old:
            yield f"{where}: body removed"

    def _content(
        self, old: dict[str, Any], new: dict[str, Any], where: str, direction: Direction
    ) -> Iterator[str]:
        for media_type, entry in old.items():
            if media_type not in new:
                yield f"{where}: {media_type} removed"
            else:
                yield from self._schema(entry["schema"], new[media_type]["schema"], where, direction)

    def _schema(
        self, old: dict[str, Any], new: dict[str, Any], where: str, direction: Direction
    ) -> Iterator[str]:
        old, new = _resolved(old, self.old), _resolved(new, self.new)
        before, after = _options(old), _options(new)
        if len(before) > 1 or len(after) > 1:
            if len(before) > len(after) or (direction == "response" and len(after) > len(before)):
                yield f"{where}: {len(before)} alternatives became {len(after)}"
            for index, (left, right) in enumerate(zip(before, after, strict=False)):
                yield from self._schema(left, right, f"{where} ({index})", direction)
            return
        yield from _types(old, new, where, direction)
        yield from _values(old, new, where)
        if direction == "request":
            yield from _bounds(old, new, where)
        yield from self._members(old, new, where, direction)

    def _members(
        self, old: dict[str, Any], new: dict[str, Any], where: str, direction: Direction
    ) -> Iterator[str]:
        required, required_now = set(old.get("required", [])), set(new.get("required", []))
        if direction == "request":
            for name in sorted(required_now - required):
                yield f"{where}.{name}: is required now"
        else:
            for name in sorted(required - required_now):
                yield f"{where}.{name}: is not always there any more"
        for name, member in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}.{name}: removed"
            else:
                yield from self._schema(member, new["properties"][name], f"{where}.{name}", direction)
        for keyword, mark in (("items", "[]"), ("additionalProperties", ".*")):
            if isinstance(old.get(keyword), dict) and old[keyword]:
                inner = new.get(keyword)
                if isinstance(inner, dict):
                    yield from self._schema(old[keyword], inner, f"{where}{mark}", direction)


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or len(schema.get("allOf", [])) == 1:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = document["components"]["schemas"][name]
        else:
            schema = schema["allOf"][0]
    return schema


def _options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            options: list[dict[str, Any]] = schema[keyword]
            return options
    return [schema]


def _types(old: dict[str, Any], new: dict[str, Any], where: str, direction: Direction) -> Iterator[str]:
    before, after = _type_set(old), _type_set(new)
    if not before or not after:
        return
    missing = before - after if direction == "request" else after - before
    if missing and not (missing == {"integer"} and "number" in (before | after)):
        yield f"{where}: type {'/'.join(sorted(before))} became {'/'.join(sorted(after))}"
    if old.get("format") != new.get("format") and old.get("type") == "string":
        yield f"{where}: format {old.get('format')} became {new.get('format')}"


def _type_set(schema: dict[str, Any]) -> set[str]:
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _values(old: dict[str, Any], new: dict[str, Any], where: str) -> Iterator[str]:
    if "enum" not in new:
        return
    if "enum" not in old:
        yield f"{where}: only certain values are allowed now"
        return
    for value in old["enum"]:
        if value not in new["enum"]:
            yield f"{where}: value {value!r} removed"


def _bounds(old: dict[str, Any], new: dict[str, Any], where: str) -> Iterator[str]:
    for keyword in UPPER:
        if keyword in new and (keyword not in old or new[keyword] < old[keyword]):
            yield f"{where}: {keyword} is {new[keyword]} now"
    for keyword in LOWER:
        if keyword in new and (keyword not in old or new[keyword] > old[keyword]):
            yield f"{where}: {keyword} is {new[keyword]} now"
    if new.get("pattern") != old.get("pattern") and "pattern" in new:
        yield f"{where}: pattern is {new['pattern']} now"


def _scopes(operation: dict[str, Any]) -> list[str]:
    return [scope for entry in operation.get("security", []) for scope in entry.get("key", [])]
