"""Writes cohort workbooks: the empty template, and filled ones in the same layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohort.loading.columns import (
    ANSWER_COLUMNS,
    COMPANY_COLUMNS,
    PROFILE_COLUMNS,
    RESULT_COLUMNS,
    YEAR_COLUMNS,
    CohortColumn,
)
from cohort.loading.sheet_names import ANSWERS_SHEET, COMPANIES_SHEET, RESULTS_SHEET, format_sheet_name
from cohort.models.file_kinds import FileKind
from documents.workbook_writer import (
    SHADED_HEAD,
    WRAPPED,
    SheetColumn,
    Value,
    ValueKind,
    WorkbookSheet,
    write_workbook,
)
from instrument import load_instrument

HEAD_HEIGHT = 32
_VALUE_KINDS = {
    "text": ValueKind.TEXT,
    "code": ValueKind.TEXT,
    "date": ValueKind.DATE,
    "amount": ValueKind.AMOUNT,
}
_WIDE = frozenset({"name", "name_en", "park", "main_products", "chain_leader", "value", "reason", "comment"})


OFFICIAL_PARTS = frozenset({"official", "scenario"})
SHEETS: dict[FileKind, tuple[tuple[str, tuple[CohortColumn, ...]], ...]] = {
    FileKind.COHORT: ((COMPANIES_SHEET, COMPANY_COLUMNS), (ANSWERS_SHEET, ANSWER_COLUMNS)),
    FileKind.PROFILE: ((COMPANIES_SHEET, PROFILE_COLUMNS),),
    FileKind.ANSWERS: ((ANSWERS_SHEET, ANSWER_COLUMNS),),
    FileKind.MINISTRY: ((ANSWERS_SHEET, ANSWER_COLUMNS), (RESULTS_SHEET, RESULT_COLUMNS)),
}


def write_cohort_workbook(
    target: Path | BytesIO,
    *,
    years: Sequence[int],
    companies: Iterable[Sequence[Value]] = (),
    answers: Iterable[Sequence[Value]] = (),
    kind: FileKind = FileKind.COHORT,
) -> None:
    """Write a workbook in the layout that the loader reads, in the language that is active.

    Rows of `companies` follow `COMPANY_COLUMNS` and then `YEAR_COLUMNS` for each year; rows of `answers`
    follow `ANSWER_COLUMNS`. Without rows it is the empty template
    of the `kind`, which decides the sheets.
    """
    language = get_language() or "en"
    sheets = []
    if kind in (FileKind.COHORT, FileKind.PROFILE):
        profile = COMPANY_COLUMNS if kind is FileKind.COHORT else PROFILE_COLUMNS
        if companies == ():
            profile = tuple(column for column in profile if _is_offered(column))
        headers = [(column, column.format_header(language)) for column in profile]
        headers += [
            (column, column.format_header(language, year)) for year in years for column in YEAR_COLUMNS
        ]
        sheets.append(_describe_form(format_sheet_name(COMPANIES_SHEET, language), headers, companies))
    if kind is not FileKind.PROFILE:
        headers = [(column, column.format_header(language)) for column in ANSWER_COLUMNS]
        sheets.append(_describe_form(format_sheet_name(ANSWERS_SHEET, language), headers, answers))
    if kind is FileKind.MINISTRY:
        headers = [(column, column.format_header(language)) for column in RESULT_COLUMNS]
        sheets.append(_describe_form(format_sheet_name(RESULTS_SHEET, language), headers, ()))
    write_workbook(target, [*sheets, _describe_explanation(kind, language)])


def _describe_form(
    name: str, headers: Sequence[tuple[CohortColumn, str]], rows: Iterable[Sequence[Value]]
) -> WorkbookSheet:
    def describe_column(column: CohortColumn, title: str) -> SheetColumn:
        width = 34 if column.key in _WIDE else 22 if column.kind == "code" else 15
        return SheetColumn(title, _VALUE_KINDS.get(column.kind, ValueKind.ANY), width)

    return WorkbookSheet(
        [describe_column(column, title) for column, title in headers],
        ([_name_fact(value) for value in row] for row in rows),
        name=name,
        head_look=SHADED_HEAD,
        head_height=HEAD_HEIGHT,
        frozen_columns=2,
        is_form=True,
    )


def _is_offered(column: CohortColumn) -> bool:
    """Outside a demonstration nobody is asked whether a company is made up."""
    return settings.DEMO or column.key != "is_fictitious"


def _name_fact(value: Value) -> Value:
    return (_("Yes") if value else _("No")) if isinstance(value, bool) else value


def _describe_explanation(kind: FileKind, language: str) -> WorkbookSheet:
    """Describe the last sheet: what each column takes, and the codes of all items with their options."""
    lines: list[tuple[str, str, str, str]] = []
    for sheet, columns in SHEETS[kind]:
        name = format_sheet_name(sheet, language)
        for column in filter(_is_offered, columns):
            hint = column.hint_zh if language.startswith("zh") else column.hint_en
            lines.append((name, column.format_header(language), _("Yes") if column.required else "", hint))
        if sheet == COMPANIES_SHEET:
            hint = _("One column per business year, with the year in the header.")
            lines += [(name, column.format_header(language), "", hint) for column in YEAR_COLUMNS]
    answers = format_sheet_name(ANSWERS_SHEET, language)
    for item in load_instrument().items if kind is not FileKind.PROFILE else ():
        if kind is FileKind.MINISTRY and item.part not in OFFICIAL_PARTS:
            continue
        options = "; ".join(f"{option.key} = {option.label.translate(language)}" for option in item.options)
        lines.append((answers, f"{item.code} {item.name.translate(language)}", "", options))
        for figure in item.figures:
            what = f"{figure.label.translate(language)} ({figure.unit.translate(language)})"
            lines.append((answers, f"{item.code}.{figure.code}", "", what))
    titles = ((_("Sheet"), 12), (_("Column or item"), 40), (_("Required"), 12), (_("What to write"), 80))
    return WorkbookSheet(
        [SheetColumn(title, width=width, look=WRAPPED) for title, width in titles],
        lines,
        name=_("Explanation"),
        head_look=SHADED_HEAD,
    )
