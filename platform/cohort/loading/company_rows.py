"""Reads the sheet `companies`: each row becomes a profile, yearly figures and a place on the list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from cohort.loading import cells
from cohort.loading.cells import Parse, UnreadableCell, fold_name
from cohort.loading.columns import COMPANY_COLUMNS, YEAR_COLUMNS, YEARS, CohortColumn, Recognised
from cohort.loading.problems import FileProblem, Findings
from cohort.loading.reading import Cell, CohortTable
from cohort.loading.sheets import SheetRow, iter_rows, read_layout
from companies import credit_code
from companies.models import Area, Company, KeyIndustry, Programme, Sector
from companies.models.reference import Named
from companies.profile import YearFigures

LANGUAGES = ("en", "zh-hans")
# Endings that are left out in speech: 融水县 for 融水苗族自治县, 鱼峰 for 鱼峰区.
_DIVISION_ENDING = re.compile(r"(?:[苗侗壮瑶]族自治县|[区县])$")


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """The content of one row. Empty cells are absent, so that they leave alone what is stored."""

    row: SheetRow
    code: str
    profile: dict[str, Any]
    listing: dict[str, Any]
    years: tuple[YearFigures, ...]


def read_companies(
    table: CohortTable,
    programme: Programme,
    findings: Findings,
    columns: tuple[CohortColumn, ...] = COMPANY_COLUMNS,
) -> tuple[list[CompanyRow], frozenset[str]]:
    """Read the companies that can be read, and the codes of all; the rest is noted in `findings`.

    Raises `Refused` if the sheet follows another template.
    """
    layout = read_layout(table, columns, findings)
    parsers = _build_parsers(programme)
    for recognised in layout.values():
        if recognised.year is not None and not YEARS[0] <= recognised.year <= YEARS[1]:
            findings.add(FileProblem(_("This year is out of range."), table.name, column=recognised.field))
    first_row: dict[str, int] = {}
    found = []
    for row in iter_rows(table, layout, findings):
        before = findings.count
        company = _read_company(row, layout.values(), parsers, findings)
        if company is None:
            continue
        if company.code in first_row:
            message = _("This code stands in row %(row)d already. Keep one of the two rows.")
            findings.add(row.build_problem("credit_code", message % {"row": first_row[company.code]}))
            continue
        first_row[company.code] = row.number
        if findings.count == before and row.is_complete:
            found.append(company)
    if not table.rows:
        findings.add(FileProblem(_("The sheet has no rows below its header."), table.name))
    return found, frozenset(first_row)


def _read_company(
    row: SheetRow, layout: Iterable[Recognised], parsers: dict[str, Parse], findings: Findings
) -> CompanyRow | None:
    profile: dict[str, Any] = {}
    listing: dict[str, Any] = {}
    years: dict[int, dict[str, Any]] = {}
    for recognised in layout:
        value = row.parse_value(recognised.field, parsers[recognised.column.kind], findings)
        if value is None:
            continue
        if recognised.year is not None:
            years.setdefault(recognised.year, {})[recognised.column.key] = value
        elif recognised.column.target == "listing":
            listing[recognised.column.key] = value
        else:
            profile[recognised.column.key] = value
    code = profile.get("credit_code")
    if not code:
        return None
    figures = tuple(YearFigures(year=year, **known) for year, known in sorted(years.items()))
    return CompanyRow(row, code, profile, listing, figures)


def _build_parsers(programme: Programme) -> dict[str, Parse]:
    """Build a parser for each kind of column; those of areas and sectors know the programme's own."""
    areas = list(Area.objects.filter(city=programme.city))
    return {
        "text": cells.parse_text,
        "code": lambda cell: credit_code.normalise(cells.parse_text(cell)),
        "date": cells.parse_day,
        "whole": cells.parse_whole_number,
        "amount": cells.parse_amount,
        "per_cent": cells.parse_per_cent,
        "yes_no": cells.parse_yes_or_no,
        "level": _parse_level,
        "division": _build_named_parser([area for area in areas if area.kind == Area.Kind.DIVISION]),
        "functional_area": _build_named_parser([area for area in areas if area.kind == Area.Kind.FUNCTIONAL]),
        "sector": _build_named_parser(list(programme.sectors.all())),
        "key_industry": _build_named_parser(list(KeyIndustry.objects.all())),
        "process": _build_label_parser(Company.Process),
        "specialised": _build_label_parser(Company.Specialised),
        "chain_role": _build_label_parser(Company.ChainRole),
    }


def _build_named_parser(rows: Iterable[Area | Sector | KeyIndustry]) -> Parse:
    choices: dict[str, object] = {}
    shown = []
    for row in rows:
        shown.append(row.name)
        for name in (row.code, row.name_en, row.name_zh, *_list_short_names(row)):
            choices.setdefault(fold_name(name), row)
    return cells.build_choice_parser(choices, ", ".join(shown))


def _list_short_names(row: Named) -> list[str]:
    short = _DIVISION_ENDING.sub("", row.name_zh)
    # A functional area's second name stands in brackets: 阳和工业新区（北部生态新区）.
    plain = re.sub(r"[（(].*[)）]", "", row.name_zh)
    return [short, f"{short}县", f"{short}区", plain, *row.name_en.split(" / ")]


def _build_label_parser(choices: type[TextChoices]) -> Parse:
    names: dict[str, object] = {}
    for choice in choices:
        names[fold_name(choice.value)] = choice.value
        for language in LANGUAGES:
            with override(language):
                names[fold_name(str(choice.label))] = choice.value
    return cells.build_choice_parser(names, ", ".join(str(choice.label) for choice in choices))


def _parse_level(cell: Cell) -> int:
    level = cells.parse_whole_number(cell)
    if level > 4:
        raise UnreadableCell(_("Write a level from 0 to 4."))
    return level


def list_headers(columns: tuple[CohortColumn, ...], language: str, years: Iterable[int]) -> list[str]:
    """List the headers of a template: all columns, then the yearly figures of each year."""
    plain = [column.format_header(language) for column in columns]
    return plain + [column.format_header(language, year) for year in years for column in YEAR_COLUMNS]
