"""Reading the objects of a cost catalogue, so that every error names row and field."""

from __future__ import annotations

from typing import Any


class CatalogueError(ValueError):
    """Error in a cost catalogue that cannot be used; names the row (counted from 1) and the field."""

    def __init__(self, row: str, field: str, message: str) -> None:
        super().__init__(f"{row}, field {field}: {message}")
        self.row = row
        self.field = field
        self.message = message


class RowReader:
    """Reader of one JSON object that knows where it stands in the file."""

    def __init__(self, place: str, content: object, prefix: str = "") -> None:
        self.place = place
        self.prefix = prefix
        if not isinstance(content, dict):
            raise CatalogueError(place, prefix.rstrip(".") or "-", "must be a JSON object")
        self.content: dict[str, Any] = content

    def build_error(self, field: str, message: str) -> CatalogueError:
        """Return the error for a field, to be raised."""
        return CatalogueError(self.place, f"{self.prefix}{field}", message)

    def require_fields(self, *fields: str) -> None:
        """Refuse the object unless it has exactly these fields."""
        for field in fields:
            if field not in self.content:
                raise self.build_error(field, "is missing")
        for field in self.content:
            if field not in fields:
                raise self.build_error(field, "is unknown")

    def read_text(self, field: str) -> str:
        """Return a text that is not empty."""
        value = self.content[field]
        if not isinstance(value, str) or not value.strip():
            raise self.build_error(field, "must be text")
        return value

    def read_number(self, field: str) -> int:
        """Return a whole number, 0 or more."""
        value = self.content[field]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.build_error(field, "must be a whole number, 0 or more")
        return value

    def read_list(self, field: str) -> list[object]:
        """Return a list."""
        value = self.content[field]
        if not isinstance(value, list):
            raise self.build_error(field, "must be a list")
        return value

    def read_texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.read_list(field)
        if not all(isinstance(entry, str) for entry in value):
            raise self.build_error(field, "must be a list of texts")
        return tuple(str(entry) for entry in value)

    def read_mapping(self, field: str) -> dict[str, Any]:
        """Return a JSON object."""
        value = self.content[field]
        if not isinstance(value, dict):
            raise self.build_error(field, "must be a JSON object")
        return value

    def read_translations(self, field: str) -> dict[str, str]:
        """Return a text in both languages."""
        value = self.read_mapping(field)
        if set(value) != {"en", "zh-hans"} or not all(isinstance(text, str) for text in value.values()):
            raise self.build_error(field, 'must hold the texts "en" and "zh-hans"')
        return value
