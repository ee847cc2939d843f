"""Writes the empty workbook that the loader reads, with a sheet that explains every column."""

from __future__ import annotations

from typing import BinaryIO

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from benchmarks.loading.columns import COLUMNS, SHEET
from instrument import load_instrument


def write_template(file: BinaryIO) -> None:
    """Write the template in the language that is active."""
    language = get_language() or "en"
    instrument = load_instrument()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = workbook.add_format({"num_format": "@"})
        wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet(SHEET)
        sheet.freeze_panes(1, 2)
        headers = [column.get_header(language) for column in COLUMNS]
        headers += [f"{item.code} {item.name.translate(language)}" for item in instrument.items]
        for position, header in enumerate(headers):
            sheet.set_column(position, position, 14 if position else 12, plain)
            sheet.write_string(0, position, header, head)
        lines = [(column.get_header(language), column.get_hint(language)) for column in COLUMNS]
        for item in instrument.items:
            options = "; ".join(
                f"{option.key} = {option.label.translate(language)}" for option in item.options
            )
            several = _("Several, separated by commas. ") if item.kind == "multiple" else ""
            lines.append((f"{item.code} {item.name.translate(language)}", several + options))
        lines.append((_("Any item"), _("? for not known; N/A where the item does not apply to the factory.")))
        explanation = workbook.add_worksheet(_("Explanation"))
        explanation.set_column(0, 0, 40)
        explanation.set_column(1, 1, 100)
        for number, (name, words) in enumerate(lines):
            explanation.write_string(number, 0, name, wrap)
            explanation.write_string(number, 1, words, wrap)
