"""Turns a cell into a value of a kind, or says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from cohort.loading.reading import Cell

Parse = Callable[[Cell], object]

# Beyond this a spreadsheet's number has lost digits.
_EXACT_INTEGER = 10**15
# What a count in the database holds.
_LARGEST_COUNT = 2**31 - 1
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YES = frozenset({"yes", "y", "true", "1", "是", "有", "√"})
_NO = frozenset({"no", "n", "false", "0", "否", "无", "×"})


class UnreadableCell(ValueError):
    """A cell that does not hold what its column asks for; the message says what to write."""


def parse_text(cell: Cell) -> str:
    """Return the cell as text without surrounding space; whole numbers without a decimal point."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        if not abs(cell) < _EXACT_INTEGER:  # so worded that it holds for "not a number" too
            raise UnreadableCell(
                _("The cell is a number and has lost digits. Format the column as text and enter it again.")
            )
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell).strip()


def fold_name(value: str) -> str:
    """Fold a name for comparing: half-width, lower case, without spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", value).casefold()
    return "".join(character for character in plain if character.isalnum())


def parse_whole_number(cell: Cell) -> int:
    """Parse a whole number, zero or more."""
    number = _parse_number(cell)
    if number != number.to_integral_value() or not 0 <= number <= _LARGEST_COUNT:
        raise UnreadableCell(_("Write a whole number, zero or more."))
    return int(number)


def parse_amount(cell: Cell) -> Decimal:
    """Parse a number, zero or more, kept to two decimals."""
    number = _parse_number(cell)
    if number < 0 or number >= Decimal(10) ** 12:
        raise UnreadableCell(_("Write a number from 0 to below a million million."))
    return number.quantize(Decimal("0.01"))


def parse_plain_number(cell: Cell) -> str:
    """Return a number as plain digits, without the grouping and the rounding noise of spreadsheets."""
    number = _parse_number(cell)
    if isinstance(cell, float):
        number = number.quantize(Decimal("0.000001"))
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def parse_per_cent(cell: Cell) -> int:
    """Parse whole per cent, 0 to 100, with or without the sign."""
    if isinstance(cell, str):
        cell = unicodedata.normalize("NFKC", cell).strip().removesuffix("%")
    try:
        number = parse_whole_number(cell)
    except UnreadableCell:
        number = -1
    if not 0 <= number <= 100:
        raise UnreadableCell(_("Write whole per cent from 0 to 100, for example 45."))
    return number


def parse_day(cell: Cell) -> date:
    """Parse a date: a date cell, or text such as 2015-06-01, 2015/6/1 or 2015年6月1日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DATE.fullmatch(parse_text(cell))
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise UnreadableCell(_("Write a date, for example 2015-06-01."))


def parse_yes_or_no(cell: Cell) -> bool:
    """Parse yes or no, in either language."""
    if isinstance(cell, bool):
        return cell
    word = unicodedata.normalize("NFKC", parse_text(cell)).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnreadableCell(_("Write yes or no."))


def build_choice_parser(choices: Mapping[str, object], shown: str) -> Parse:
    """Build a parser for several names; `choices` is by folded name, `shown` lists what may be written."""

    def parse(cell: Cell) -> object:
        name = fold_name(parse_text(cell))
        if name not in choices:
            raise UnreadableCell(
                _("“%(found)s” is not known here. Write one of: %(known)s.")
                % {"found": parse_text(cell), "known": shown}
            )
        return choices[name]

    return parse


def _parse_number(cell: Cell) -> Decimal:
    written = unicodedata.normalize("NFKC", parse_text(cell)).replace(" ", "")
    if _GROUPED.fullmatch(written):
        written = written.replace(",", "")
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _EXACT_INTEGER:
        raise UnreadableCell(_("“%(found)s” is not a number.") % {"found": parse_text(cell)[:40]})
    return number
