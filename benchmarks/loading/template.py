"""Writes the empty workbook that the loader reads, with a sheet that explains every column."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from benchmarks.loading.columns import COLUMNS, SHEET
from documents.workbook_writer import BOLD, WRAPPED, SheetColumn, ValueKind, WorkbookSheet, write_workbook
from instrument import load_instrument


def write_template(file: BinaryIO) -> None:
    """Write the template in the language that is active."""
    language = get_language() or "en"
    instrument = load_instrument()
    headers = [column.get_header(language) for column in COLUMNS]
    headers += [f"{item.code} {item.name.translate(language)}" for item in instrument.items]
    lines = [(column.get_header(language), column.get_hint(language)) for column in COLUMNS]
    for item in instrument.items:
        options = "; ".join(f"{option.key} = {option.label.translate(language)}" for option in item.options)
        several = _("Several, separated by commas. ") if item.kind == "multiple" else ""
        lines.append((f"{item.code} {item.name.translate(language)}", several + options))
    lines.append((_("Any item"), _("? for not known; N/A where the item does not apply to the factory.")))
    facilities = WorkbookSheet(
        [SheetColumn(title, ValueKind.TEXT, 14 if place else 12) for place, title in enumerate(headers)],
        name=SHEET,
        head_look={**BOLD, **WRAPPED},
        frozen_columns=2,
        is_form=True,
    )
    explanation = WorkbookSheet(
        [SheetColumn(width=40, look=WRAPPED), SheetColumn(width=100, look=WRAPPED)],
        lines,
        name=_("Explanation"),
    )
    write_workbook(file, [facilities, explanation])
