"""Loads a workbook of reference facilities: all of it or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from audit.record import record
from benchmarks.audit_codes import BenchmarkAuditCode
from benchmarks.loading.columns import COLUMNS, PROVENANCES, SHEET, find_column_key, normalise_name
from benchmarks.loading.problems import CellProblem, FacilityWorkbookError
from benchmarks.models import Facility, Provenance, Tier
from companies.models import Programme, Sector
from companies.permissions import permissions_in_programme, require
from documents.workbook_reader import HugeSheet, HugeWorkbook, Limits, UnreadableWorkbook, Workbook
from instrument import (
    AnswerState,
    Instrument,
    InvalidAnswer,
    Item,
    ItemAnswer,
    build_snapshot,
    load_instrument,
)

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 5_000, 300
CODE = re.compile(r"[\w.\-/]{1,20}")
MAX_NAME = 120
_SEPARATORS = re.compile(r"[\s,;/、+]+")
_DONT_KNOW = frozenset({"dontknow", "不清楚", "不知道"})
_NOT_APPLICABLE = frozenset({"na", "notapplicable", "doesnotapply", "不适用"})

Cells = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class FacilityLoadResult:
    """Numbers of facilities that a workbook added, in all and in each tier."""

    added: int
    per_tier: dict[int, int]


def load_facilities(
    *, content: bytes, programme: Programme, by: User | None, dry_run: bool = False
) -> FacilityLoadResult:
    """Add the facilities of an XLSX workbook to a programme's reference set.

    They count from the next release on: a release keeps the rows it was trained with. Raises `Refused` with every
    cell that is wrong, and then nothing is stored. `by=None` is the command on the server.
    """
    if by is not None:
        require(permissions_in_programme(by, programme), Permission.TRAIN_MODEL)
    instrument = load_instrument()
    reader = _FacilityReader(programme, instrument)
    rows = list(_iter_rows(content))
    facilities = reader.read_facilities(rows)
    if reader.problems:
        raise FacilityWorkbookError(reader.problems)
    per_tier = {tier: sum(found.tier == tier for found in facilities) for tier in (1, 2, 3)}
    if not dry_run:
        with transaction.atomic():
            Programme.objects.select_for_update().get(pk=programme.pk)
            Facility.objects.bulk_create(facilities, batch_size=200)
            record(
                BenchmarkAuditCode.FACILITIES_LOADED,
                programme,
                by=by,
                programme_id=programme.pk,
                added=len(facilities),
                per_tier={str(tier): count for tier, count in per_tier.items()},
            )
    return FacilityLoadResult(len(facilities), per_tier)


class _FacilityReader:
    """Reader that turns rows into facilities and collects what is wrong."""

    def __init__(self, programme: Programme, instrument: Instrument) -> None:
        self.programme = programme
        self.instrument = instrument
        self.problems: list[CellProblem] = []
        self.headers: dict[int, str] = {}
        self.fields: dict[int, str] = {}
        self.sectors = {
            normalise_name(name): sector
            for sector in programme.sectors.all()
            for name in (sector.code, sector.name_en, sector.name_zh)
        }
        self.taken = set(Facility.objects.filter(programme=programme).values_list("code", flat=True))

    def read_facilities(self, rows: list[tuple[int, list[str]]]) -> list[Facility]:
        if not rows:
            raise FacilityWorkbookError([CellProblem(_("The sheet is empty. Start from the template."))])
        self._read_header(*rows[0])
        if not rows[1:]:
            raise FacilityWorkbookError([CellProblem(_("There are no facilities below the header."))])
        found = []
        for number, texts in rows[1:]:
            cells = {
                self.fields[position]: (position + 1, text)
                for position, text in enumerate(texts)
                if text and position in self.fields
            }
            before = len(self.problems)
            facility = self._read_facility(number, cells)
            if facility is not None and len(self.problems) == before:
                found.append(facility)
        return found

    def _read_header(self, number: int, header: list[str]) -> None:
        for position, text in enumerate(header):
            self.headers[position + 1] = text
            field = find_column_key(text, self.instrument) if text else None
            if text and field is None:
                self.problems.append(
                    CellProblem(_("This column is not known. Delete it, or name it as in the template."),
                                number, position + 1, text)
                )  # fmt: skip
            elif field in self.fields.values():
                self.problems.append(
                    CellProblem(_("This column is there twice. Keep one."), number, position + 1, text)
                )
            elif field is not None:
                self.fields[position] = field
        wanted = [column.key for column in COLUMNS] + list(self.instrument.item_order)
        missing = [name for name in wanted if name not in self.fields.values()]
        if missing:
            names = ", ".join(missing[:12]) + (" …" if len(missing) > 12 else "")
            self.problems.append(CellProblem(_("Columns are missing: %(names)s.") % {"names": names}, number))
        if self.problems:
            raise FacilityWorkbookError(self.problems)

    def _read_facility(self, number: int, cells: Cells) -> Facility | None:
        code = self._read_code(number, cells)
        name = self._read_required(number, cells, "name")
        if name is not None and len(name) > MAX_NAME:
            self._add_problem(
                number,
                cells,
                "name",
                _("The name is longer than %(limit)d characters.") % {"limit": MAX_NAME},
            )
        tier = self._read_tier(number, cells)
        sector = self._read_sector(number, cells)
        provenance = self._read_provenance(number, cells)
        answers = {
            item: self._read_answer(number, cells, self.instrument.get_item(item))
            for item in self.instrument.item_order
        }
        if code is None or name is None or tier is None or sector is None or provenance is None:
            return None
        try:
            frozen = build_snapshot(
                self.instrument, {item: found for item, found in answers.items() if found is not None}
            )
        except InvalidAnswer as error:
            message = _("This is no answer to %(item)s: see its options on the sheet that explains them.")
            self._add_problem(number, cells, error.item, message % {"item": error.item})
            return None
        return Facility(
            programme=self.programme,
            code=code,
            name=name,
            tier=tier,
            sector=sector,
            provenance=provenance,
            origin="workbook",
            instrument_version=self.instrument.version,
            content=frozen.content,
            sha256=frozen.sha256,
            vector=frozen.vector,
        )

    def _read_code(self, number: int, cells: Cells) -> str | None:
        code = self._read_required(number, cells, "code")
        if code is None:
            return None
        if not CODE.fullmatch(code):
            self._add_problem(
                number, cells, "code", _("Write up to 20 letters, digits, dots, dashes or strokes.")
            )
        elif code in self.taken:
            self._add_problem(number, cells, "code", _("A facility with this code is there already."))
        self.taken.add(code)
        return code

    def _read_tier(self, number: int, cells: Cells) -> int | None:
        text = self._read_required(number, cells, "tier")
        if text is None:
            return None
        if text == str(Tier.SME.value):
            self._add_problem(number, cells, "tier", _("A facility never enters as an SME. Write 1, 2 or 3."))
            return None
        if text not in {"1", "2", "3"}:
            self._add_problem(number, cells, "tier", _("Write 1, 2 or 3."))
            return None
        return int(text)

    def _read_sector(self, number: int, cells: Cells) -> Sector | None:
        text = self._read_required(number, cells, "sector")
        if text is None:
            return None
        sector = self.sectors.get(normalise_name(text))
        if sector is None:
            known = ", ".join(sorted({sector.code for sector in self.sectors.values()}))
            self._add_problem(
                number,
                cells,
                "sector",
                _("There is no such sector. Write one of: %(known)s.") % {"known": known},
            )
        return sector

    def _read_provenance(self, number: int, cells: Cells) -> Provenance | None:
        text = self._read_required(number, cells, "provenance")
        if text is None:
            return None
        found = PROVENANCES.get(normalise_name(text))
        if found is None:
            self._add_problem(number, cells, "provenance", _("Write survey or audited."))
            return None
        return Provenance(found)

    def _read_answer(self, number: int, cells: Cells, item: Item) -> ItemAnswer | None:
        text = self._read_required(number, cells, item.code)
        if text is None:
            return None
        word = normalise_name(text)
        if text == "?" or word in _DONT_KNOW:
            return ItemAnswer(AnswerState.DONT_KNOW)
        if word in _NOT_APPLICABLE:
            if item.code not in self.instrument.not_applicable_allowed:
                self._add_problem(number, cells, item.code, _("This item applies to every factory."))
                return None
            return ItemAnswer(AnswerState.NOT_APPLICABLE, reason="workbook")
        raw: object = text.upper()
        if item.kind == "multiple":
            raw = [part for part in _SEPARATORS.split(text.upper()) if part]
        try:
            return ItemAnswer(AnswerState.ANSWERED, value=item.parse(raw))
        except InvalidAnswer:
            known = ", ".join(option.key for option in item.options)
            message = _("This is no answer. Write one of %(known)s, ? for not known, or N/A.")
            if item.kind == "multiple":
                message = _(
                    "This is no answer. Write some of %(known)s, such as B,C; ? for not known, or N/A."
                )
            self._add_problem(number, cells, item.code, message % {"known": known})
            return None

    def _read_required(self, number: int, cells: Cells, field: str) -> str | None:
        if field in cells:
            return cells[field][1]
        self._add_problem(number, cells, field, _("The cell is empty."))
        return None

    def _add_problem(self, number: int, cells: Cells, field: str, message: str) -> None:
        position = next(column + 1 for column, name in self.fields.items() if name == field)
        self.problems.append(CellProblem(message, number, position, self.headers[position]))


def _iter_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the sheet with their numbers, cells as text, empty rows left out."""
    if len(content) > MAX_BYTES:
        raise FacilityWorkbookError(
            [CellProblem(_("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES >> 20})]
        )
    try:
        workbook = Workbook(content, Limits(MAX_UNPACKED_BYTES, MAX_ROWS, MAX_COLUMNS))
        names = {name.strip().lower(): name for name in workbook.sheets}
        if SHEET not in names:
            raise FacilityWorkbookError(
                [CellProblem(_("There is no sheet “%(name)s”. Start from the template.") % {"name": SHEET})]
            )
        rows = [
            (number, [_format_cell(cell) for cell in row])
            for number, row in workbook.iter_sheet_rows(names[SHEET])
        ]
    except (UnreadableWorkbook, HugeWorkbook) as error:
        raise FacilityWorkbookError(
            [CellProblem(_("This is not an XLSX workbook, or it cannot be read. Save it as XLSX."))]
        ) from error
    except HugeSheet as error:
        raise FacilityWorkbookError(
            [CellProblem(_("The sheet is far larger than a table of facilities."))]
        ) from error
    for number, row in rows:
        if any(row):
            yield number, row


def _format_cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unicodedata.normalize("NFKC", str(cell)).strip()
