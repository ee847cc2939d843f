"""Filters of the lists on pages: what an address narrows a list to, and the address that narrows it so."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django_filters import FilterSet


class PageFilters(FilterSet):
    """Filters of a list, each a parameter of its address; a choice that there is not, or no day, narrows nothing."""

    @property
    def values(self) -> dict[str, Any]:
        """The filters that are set and mean something, by name."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @property
    def parameters(self) -> dict[str, str]:
        """The same as parameters of an address."""
        return {
            name: value.isoformat() if isinstance(value, date) else str(value)
            for name, value in self.values.items()
        }

    def build_query(self, **more: str) -> str:
        """Build the query part of an address, with further parameters."""
        parameters = self.parameters | {name: value for name, value in more.items() if value}
        return f"?{urlencode(parameters)}" if parameters else ""
