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
    def of(cls, file: str, item: str, path: str, raw: object) -> FieldReader:
        """A reader of `raw`, which must be a JSON object."""
        if not isinstance(raw, dict):
            raise DefinitionError(file, item, path, "must be an object")
        return cls(file, item, path, raw)

    def error(self, field: str, message: str) -> DefinitionError:
        """An error about one field of this object."""
        return DefinitionError(self.file, self.item, self.name(field), message)

    def name(self, field: str) -> str:
        """The field's full name within the item, such as `options[2].label`."""
        return f"{self.path}.{field}" if self.path and field else self.path or field

    def only(self, required: set[str], optional: set[str] | frozenset[str] = frozenset()) -> None:
        """Refuse absent and unknown fields."""
        if missing := sorted(required - set(self.content)):
            raise self.error(missing[0], "is missing")
        if unknown := sorted(set(self.content) - required - optional):
            raise self.error(unknown[0], "is not a known field")

    def get(self, field: str) -> object:
        """The raw value of a required field."""
        if field not in self.content:
            raise self.error(field, "is missing")
        return self.content[field]

    def string(self, field: str) -> str:
        """A string that is not blank."""
        value = self.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, "must be a text that is not empty")
        return value

    def choice(self, field: str, allowed: tuple[str, ...]) -> str:
        """One of a few strings."""
        value = self.string(field)
        if value not in allowed:
            raise self.error(field, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def integer(self, field: str) -> int:
        """A whole number, zero or more."""
        value = self.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(field, "must be a whole number, zero or more")
        return value

    def flag(self, field: str) -> bool:
        """True or false; false where absent."""
        value = self.content.get(field, False)
        if not isinstance(value, bool):
            raise self.error(field, "must be true or false")
        return value

    def decimal(self, field: str) -> Fraction:
        """A number written as a decimal string, so that it is exact."""
        value = self.get(field)
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise self.error(field, 'must be a decimal number in quotes, such as "1.25"')
        return Fraction(value)

    def values(self, field: str) -> list[object]:
        """A list."""
        value = self.get(field)
        if not isinstance(value, list):
            raise self.error(field, "must be a list")
        return value

    def codes(self, field: str) -> tuple[str, ...]:
        """A list of different strings."""
        values = self.values(field)
        codes = tuple(value for value in values if isinstance(value, str) and value)
        if len(codes) != len(values):
            raise self.error(field, "must be a list of codes")
        if len(set(codes)) != len(codes):
            raise self.error(field, "names a code twice")
        return codes

    def object(self, field: str) -> FieldReader:
        """A nested object."""
        return FieldReader.of(self.file, self.item, self.name(field), self.get(field))

    def objects(self, field: str) -> Iterator[FieldReader]:
        """A list of nested objects."""
        for index, raw in enumerate(self.values(field)):
            yield FieldReader.of(self.file, self.item, f"{self.name(field)}[{index}]", raw)

    def text(self, field: str) -> Text:
        """A text in both languages."""
        return self.object(field).as_text()

    def optional_text(self, field: str) -> Text | None:
        """A text in both languages, None where absent."""
        return self.text(field) if field in self.content else None

    def as_text(self) -> Text:
        """This object itself as a text in both languages."""
        self.only({"en", "zh-hans"})
        return Text(en=self.string("en"), zh_hans=self.string("zh-hans"))
