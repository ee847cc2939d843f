"""Reading the fields of a definition file one by one, so that an error names file, item and field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from instrument.errors import DefinitionError
from instrument.text import Text

_DECIMAL = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class FieldReader:
    """One JSON object of a definition file together with where it stands.

    Every method raises `DefinitionError` when the field is absent or is not what it should be.
    """

    file: str
    item: str
    path: str
    content: dict[str, object]

    @classmethod
    def create(cls, file: str, item: str, path: str, raw: object) -> FieldReader:
        """Create a reader of `raw`, which must be a JSON object."""
        if not isinstance(raw, dict):
            raise DefinitionError(file, item, path, "must be an object")
        return cls(file, item, path, raw)

    def build_error(self, field: str, message: str) -> DefinitionError:
        """Build an error about one field of this object."""
        return DefinitionError(self.file, self.item, self.get_full_name(field), message)

    def get_full_name(self, field: str) -> str:
        """Return the field's full name within the item, such as `options[2].label`."""
        return f"{self.path}.{field}" if self.path and field else self.path or field

    def require_fields(self, required: set[str], optional: set[str] | frozenset[str] = frozenset()) -> None:
        """Refuse absent and unknown fields."""
        if missing := sorted(required - set(self.content)):
            raise self.build_error(missing[0], "is missing")
        if unknown := sorted(set(self.content) - required - optional):
            raise self.build_error(unknown[0], "is not a known field")

    def get(self, field: str) -> object:
        """Return the raw value of a required field."""
        if field not in self.content:
            raise self.build_error(field, "is missing")
        return self.content[field]

    def read_string(self, field: str) -> str:
        """Read a string that is not blank."""
        value = self.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.build_error(field, "must be a text that is not empty")
        return value

    def read_choice(self, field: str, allowed: tuple[str, ...]) -> str:
        """Read one of a few strings."""
        value = self.read_string(field)
        if value not in allowed:
            raise self.build_error(field, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def read_integer(self, field: str) -> int:
        """Read a whole number, zero or more."""
        value = self.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.build_error(field, "must be a whole number, zero or more")
        return value

    def read_flag(self, field: str) -> bool:
        """Read true or false; false where absent."""
        value = self.content.get(field, False)
        if not isinstance(value, bool):
            raise self.build_error(field, "must be true or false")
        return value

    def read_decimal(self, field: str) -> Fraction:
        """Read a number written as a decimal string, so that it is exact."""
        value = self.get(field)
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise self.build_error(field, 'must be a decimal number in quotes, such as "1.25"')
        return Fraction(value)

    def read_list(self, field: str) -> list[object]:
        """Read a list."""
        value = self.get(field)
        if not isinstance(value, list):
            raise self.build_error(field, "must be a list")
        return value

    def read_codes(self, field: str) -> tuple[str, ...]:
        """Read a list of different strings."""
        values = self.read_list(field)
        codes = tuple(value for value in values if isinstance(value, str) and value)
        if len(codes) != len(values):
            raise self.build_error(field, "must be a list of codes")
        if len(set(codes)) != len(codes):
            raise self.build_error(field, "names a code twice")
        return codes

    def read_object(self, field: str) -> FieldReader:
        """Read a nested object."""
        return FieldReader.create(self.file, self.item, self.get_full_name(field), self.get(field))

    def iter_objects(self, field: str) -> Iterator[FieldReader]:
        """Yield the readers of a list of nested objects."""
        for index, raw in enumerate(self.read_list(field)):
            yield FieldReader.create(self.file, self.item, f"{self.get_full_name(field)}[{index}]", raw)

    def read_text(self, field: str) -> Text:
        """Read a text in both languages."""
        return self.read_object(field).parse_text()

    def read_optional_text(self, field: str) -> Text | None:
        """Read a text in both languages, None where absent."""
        return self.read_text(field) if field in self.content else None

    def parse_text(self) -> Text:
        """Read this object itself as a text in both languages."""
        self.require_fields({"en", "zh-hans"})
        return Text(en=self.read_string("en"), zh_hans=self.read_string("zh-hans"))
