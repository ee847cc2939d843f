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
from cohort.loading.cells import Parse, UnreadableCell, folded
from cohort.loading.columns import COMPANY_COLUMNS, YEAR_COLUMNS, YEARS, Column, Recognised
from cohort.loading.problems import FileProblem, Findings
from cohort.loading.reading import Cell, Table
from cohort.loading.sheets import Row, layout_of, rows_of
from companies import credit_code
from companies.models import Area, Company, KeyIndustry, Programme, Sector
from companies.models.reference import Named
from companies.profile import YearFigures

LANGUAGES = ("en", "zh-hans")
# Endings that are left out in speech: 融水县 for 融水苗族自治县, 鱼峰 for 鱼峰区.
_DIVISION_ENDING = re.compile(r"(?:[苗侗壮瑶]族自治县|[区县])$")


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """What one row says. Cells that were empty are absent, so that they leave alone what is stored."""

    row: Row
    code: str
    profile: dict[str, Any]
    listing: dict[str, Any]
    years: tuple[YearFigures, ...]


def read_companies(
    table: Table,
    programme: Programme,
    findings: Findings,
    columns: tuple[Column, ...] = COMPANY_COLUMNS,
) -> tuple[list[CompanyRow], frozenset[str]]:
    """The companies of the sheet that can be read, and the codes of all; the rest is noted in `findings`.

    Raises `Refused` if the sheet follows another template.
    """
    layout = layout_of(table, columns, findings)
    parsers = _parsers(programme)
    for recognised in layout.values():
        if recognised.year is not None and not YEARS[0] <= recognised.year <= YEARS[1]:
            findings.add(FileProblem(_("This year is out of range."), table.name, column=recognised.field))
    first_row: dict[str, int] = {}
    found = []
    for row in rows_of(table, layout, findings):
        before = findings.count
        company = _company(row, layout.values(), parsers, findings)
        if company is None:
            continue
        if company.code in first_row:
            message = _("This code stands in row %(row)d already. Keep one of the two rows.")
            findings.add(row.problem("credit_code", message % {"row": first_row[company.code]}))
            continue
        first_row[company.code] = row.number
        if findings.count == before and row.is_complete:
            found.append(company)
    if not table.rows:
        findings.add(FileProblem(_("The sheet has no rows below its header."), table.name))
    return found, frozenset(first_row)


def _company(
    row: Row, layout: Iterable[Recognised], parsers: dict[str, Parse], findings: Findings
) -> CompanyRow | None:
    profile: dict[str, Any] = {}
    listing: dict[str, Any] = {}
    years: dict[int, dict[str, Any]] = {}
    for recognised in layout:
        value = row.value(recognised.field, parsers[recognised.column.kind], findings)
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


def _parsers(programme: Programme) -> dict[str, Parse]:
    """A parser for each kind of column; those of areas and sectors know the programme's own."""
    areas = list(Area.objects.filter(city=programme.city))
    return {
        "text": cells.text,
        "code": lambda cell: credit_code.normalised(cells.text(cell)),
        "date": cells.day,
        "whole": cells.whole_number,
        "amount": cells.amount,
        "per_cent": cells.per_cent,
        "yes_no": cells.yes_or_no,
        "level": _level,
        "division": _named([area for area in areas if area.kind == Area.Kind.DIVISION]),
        "functional_area": _named([area for area in areas if area.kind == Area.Kind.FUNCTIONAL]),
        "sector": _named(list(programme.sectors.all())),
        "key_industry": _named(list(KeyIndustry.objects.all())),
        "process": _choice(Company.Process),
        "specialised": _choice(Company.Specialised),
        "chain_role": _choice(Company.ChainRole),
    }


def _named(rows: Iterable[Area | Sector | KeyIndustry]) -> Parse:
    choices: dict[str, object] = {}
    shown = []
    for row in rows:
        shown.append(row.name)
        for name in (row.code, row.name_en, row.name_zh, *_short_names(row)):
            choices.setdefault(folded(name), row)
    return cells.one_of(choices, ", ".join(shown))


def _short_names(row: Named) -> list[str]:
    short = _DIVISION_ENDING.sub("", row.name_zh)
    # A functional area's second name stands in brackets: 阳和工业新区（北部生态新区）.
    plain = re.sub(r"[（(].*[)）]", "", row.name_zh)
    return [short, f"{short}县", f"{short}区", plain, *row.name_en.split(" / ")]


def _choice(choices: type[TextChoices]) -> Parse:
    names: dict[str, object] = {}
    for choice in choices:
        names[folded(choice.value)] = choice.value
        for language in LANGUAGES:
            with override(language):
                names[folded(str(choice.label))] = choice.value
    return cells.one_of(names, ", ".join(str(choice.label) for choice in choices))


def _level(cell: Cell) -> int:
    level = cells.whole_number(cell)
    if level > 4:
        raise UnreadableCell(_("Write a level from 0 to 4."))
    return level


def headers_of(columns: tuple[Column, ...], language: str, years: Iterable[int]) -> list[str]:
    """The headers of a template: all columns, then the yearly figures of each year."""
    plain = [column.header(language) for column in columns]
    return plain + [column.header(language, year) for year in years for column in YEAR_COLUMNS]
