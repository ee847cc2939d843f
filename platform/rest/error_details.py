"""The single faults of a refused request, each with its place: a parameter, or a pointer into the body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.exceptions import APIException, ValidationError


def list_error_details(error: APIException, *, in_query: bool = False) -> list[dict[str, str]]:
    """List errors with `reason`, `detail` and `parameter` or `pointer`; one without for the whole."""
    members = getattr(error, "members", {})
    if members.get("errors"):
        errors: list[dict[str, str]] = members["errors"]
        return errors
    if not isinstance(error, ValidationError):
        codes = error.get_codes()
        return [{"reason": codes if isinstance(codes, str) else "refused", "detail": str(error.detail)}]
    return [
        _build_error_detail(path, fault, in_query=in_query)
        for path, fault in _iter_leaves(error.get_full_details(), ())
    ]


def build_pointer(*path: str | int) -> str:
    """Build a JSON pointer in URI fragment form (RFC 6901) to a place in the request body."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _build_error_detail(path: tuple[str, ...], fault: Mapping[str, Any], *, in_query: bool) -> dict[str, str]:
    reason = str(fault["code"])
    detail = str(fault["message"])
    if in_query:
        return {"parameter": path[0] if path else "", "reason": reason, "detail": detail}
    return {"pointer": build_pointer(*path), "reason": reason, "detail": detail}


def _iter_leaves(details: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield each single error with the path of keys that leads to it."""
    if isinstance(details, Mapping):
        if "message" in details and "code" in details and isinstance(details["message"], str):
            yield path, details
            return
        for key, inner in details.items():
            yield from _iter_leaves(inner, path if key == "non_field_errors" else (*path, str(key)))
        return
    for index, inner in enumerate(details):
        is_fault = isinstance(inner, Mapping) and "message" in inner and "code" in inner
        yield from _iter_leaves(inner, path if is_fault else (*path, str(index)))
