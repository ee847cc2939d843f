"""Thousands of ids as one parameter of a statement, which writing them down one by one would outlast."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

# What stands in the statement for the parameter: an array of ids, empty places being NULL.
IDS = "string_to_array(%s, ',', '')::uuid[]"


def join_ids(ids: Iterable[UUID | None]) -> str:
    """Join the ids into the parameter."""
    return ",".join("" if one is None else one.hex for one in ids)
