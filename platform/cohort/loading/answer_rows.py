"""Reads the sheet `answers`: one row per answer or figure becomes the answers of each company and round."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from assessments.models import Round
from cohort.loading import cells
from cohort.loading.cells import UnreadableCell, fold_name
from cohort.loading.columns import ANSWER_COLUMNS
from cohort.loading.problems import Findings
from cohort.loading.reading import Cell, CohortTable
from cohort.loading.sheets import SheetRow, iter_rows, read_layout
from companies import credit_code
from instrument import AnswerState, Instrument, InvalidAnswer, Item, ItemAnswer, load_instrument

_DONT_KNOW = frozenset({"dontknow", "不清楚", "不知道"})
_NOT_APPLICABLE = frozenset({"na", "doesnotapply", "notapplicable", "不适用"})
_LATER = frozenset({"later", "稍后再答", "稍后"})
_SEPARATORS = re.compile(r"[\s,;/、，；+]+")


@dataclass(slots=True)
class RoundAnswers:
    """The answers of one company in one round, with the row of each item for messages."""

    code: str
    round: Round
    instrument: Instrument
    answers: dict[str, ItemAnswer] = field(default_factory=dict)
    rows: dict[str, SheetRow] = field(default_factory=dict)
    # Items with figures alone.
    undecided: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Draft:
    """The content of the rows of one item so far; a figure may come before its item."""

    answer: ItemAnswer | None = None
    figures: dict[str, str] = field(default_factory=dict)
    rows: dict[str, SheetRow] = field(default_factory=dict)


def read_answers(
    table: CohortTable, rounds: Mapping[str, Round], companies: Iterable[str], findings: Findings
) -> list[RoundAnswers]:
    """Read the answers by company and round; `companies` are the codes that may occur.

    What cannot be read is noted in `findings`. Raises `Refused` if the sheet follows another template.
    """
    known = frozenset(companies)
    layout = read_layout(table, ANSWER_COLUMNS, findings)
    instruments = {code: load_instrument(found.instrument_version) for code, found in rounds.items()}
    drafts: dict[tuple[str, str], dict[str, _Draft]] = {}
    for row in iter_rows(table, layout, findings):
        try:
            code = read_company_code(row, known)
            name = read_round_code(row, rounds)
            item, figure = _read_item(row, instruments[name])
            draft = drafts.setdefault((code, name), {}).setdefault(item.code, _Draft())
            _note(draft, row, item, figure)
        except WrongCell as error:
            if error.column in row.cells or error.column not in row.headers:
                findings.add(row.build_problem(error.column, str(error)))
    return [
        _merge_drafts(code, rounds[name], instruments[name], items) for (code, name), items in drafts.items()
    ]


class WrongCell(ValueError):
    """A cell that does not hold what its column asks for; `column` is the name of the field."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def read_company_code(row: SheetRow, known: frozenset[str]) -> str:
    """Return the credit code of a row, which has to be one of those known."""
    code = credit_code.normalise(_read_text(row, "credit_code"))
    if code not in known:
        raise WrongCell(
            "credit_code",
            _("No company has this code. Add it to the sheet “companies”, or correct the code."),
        )
    return code


def read_round_code(row: SheetRow, rounds: Mapping[str, Round]) -> str:
    """Return the code of the round of a row, which has to be open."""
    code = unicodedata.normalize("NFKC", _read_text(row, "round")).upper()
    found = rounds.get(code)
    if found is None:
        names = ", ".join(rounds) or "–"
        message = _("Round “%(found)s” is not open. Open rounds: %(rounds)s.")
        raise WrongCell("round", message % {"found": code, "rounds": names})
    if found.is_frozen:
        raise WrongCell(
            "round", _("Round %(code)s is closed: its answers can no longer change.") % {"code": code}
        )
    return code


def _read_item(row: SheetRow, instrument: Instrument) -> tuple[Item, str]:
    """Return the item, and the figure's code if the row holds one."""
    written = unicodedata.normalize("NFKC", _read_text(row, "item"))
    name, _dot, figure = written.partition(".")
    name = name.strip() if name.strip() in instrument else _correct_case(name.strip())
    if name not in instrument:
        message = _("There is no item “%(found)s”. Items are written like B1, C07, X2 or b42.")
        raise WrongCell("item", message % {"found": written})
    item = instrument.get_item(name)
    figure = figure.strip().lower()
    if figure and figure not in {known.code for known in item.figures}:
        message = _("Item %(item)s has no figure “%(figure)s”. It has: %(known)s.")
        known = ", ".join(f"{name}.{known.code}" for known in item.figures) or "–"
        raise WrongCell("item", message % {"item": name, "figure": figure, "known": known})
    return item, figure


def _correct_case(name: str) -> str:
    """Read C7 and c07 as C07; B1 and b11 differ in length, so the case of a letter is never needed."""
    digits = name[1:]
    if not digits.isdigit():
        return name
    if name[0] in "bB":
        return name[0].upper() + digits if len(digits) == 1 else name[0].lower() + digits
    return f"C{int(digits):02d}" if name[0] in "cC" else name[0].upper() + digits


def _note(draft: _Draft, row: SheetRow, item: Item, figure: str) -> None:
    if figure in draft.rows:
        message = _("This stands in row %(row)d already. Keep one of the two rows.")
        raise WrongCell("item", message % {"row": draft.rows[figure].number})
    draft.rows[figure] = row
    if figure:
        draft.figures[figure] = _read_figure(row, item, figure)
    else:
        draft.answer = _read_answer(row, item)


def _read_answer(row: SheetRow, item: Item) -> ItemAnswer:
    """Read the answer of a row. Whether its options exist is checked by the rule that also checks forms."""
    written = unicodedata.normalize("NFKC", _read_text(row, "value"))
    word = fold_name(written)
    reason, comment = _read_text(row, "reason"), _read_text(row, "comment")
    if written == "?" or word in _DONT_KNOW:
        return ItemAnswer(AnswerState.DONT_KNOW, reason=reason, comment=comment)
    if word in _NOT_APPLICABLE:
        if not reason:
            message = _("Say in the column for the reason why the item does not apply.")
            raise WrongCell("reason" if "reason" in row.cells else "value", message)
        return ItemAnswer(AnswerState.NOT_APPLICABLE, reason=reason, comment=comment)
    if word in _LATER:
        return ItemAnswer(AnswerState.LATER, reason=reason, comment=comment)
    value: object = written.upper()
    if item.kind == "multiple":
        value = tuple(part for part in _SEPARATORS.split(written.upper()) if part)
    return ItemAnswer(AnswerState.ANSWERED, value, reason=reason, comment=comment)  # type: ignore[arg-type]


def _read_figure(row: SheetRow, item: Item, code: str) -> str:
    known = next(figure for figure in item.figures if figure.code == code)
    try:
        return known.parse(item.code, cells.parse_plain_number(row.cells.get("value")))
    except (InvalidAnswer, UnreadableCell) as error:
        message = (
            _("%(figure)s must be a whole number, zero or more.")
            if known.kind == "integer"
            else _("%(figure)s must be a number, zero or more, with at most six decimals.")
        )
        raise WrongCell("value", message % {"figure": f"{item.code}.{code}"}) from error


def _read_text(row: SheetRow, column: str) -> str:
    cell: Cell = row.cells.get(column)
    try:
        return cells.parse_text(cell)
    except UnreadableCell as error:
        raise WrongCell(column, str(error)) from error


def _merge_drafts(
    code: str, round_: Round, instrument: Instrument, drafts: Mapping[str, _Draft]
) -> RoundAnswers:
    found = RoundAnswers(code, round_, instrument)
    for item in instrument.item_order:
        draft = drafts.get(item)
        if draft is None:
            continue
        if draft.answer is None:
            found.undecided.add(item)
        answer = draft.answer or ItemAnswer(AnswerState.LATER)
        found.answers[item] = ItemAnswer(
            answer.state, answer.value, answer.reason, draft.figures, answer.comment
        )
        found.rows[item] = next(iter(draft.rows.values()))
    return found
