"""Which scope of a key an operation asks for."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS


def get_scope(view: Any, method: str) -> str:
    """The scope that a view asks for: `write_scope` for changes where it has one, else `scope`."""
    write_scope: str = getattr(view, "write_scope", "")
    scope: str = getattr(view, "scope", "")
    return scope if method in SAFE_METHODS or not write_scope else write_scope
