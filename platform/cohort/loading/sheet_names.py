"""The names of the sheets of a cohort workbook: one each for programs, and a Chinese one in Chinese templates."""

from __future__ import annotations

COMPANIES_SHEET = "companies"
ANSWERS_SHEET = "answers"
RESULTS_SHEET = "results"
# What the sheets are called in a Chinese template; the loader takes either name.
_SHEETS_ZH = {COMPANIES_SHEET: "企业名单", ANSWERS_SHEET: "答案", RESULTS_SHEET: "评测结果"}


def format_sheet_name(sheet: str, language: str) -> str:
    """Format the name of a sheet of the template in a language."""
    return _SHEETS_ZH[sheet] if language.startswith("zh") else sheet


def recognise_sheet(name: str) -> str:
    """Recognise a sheet by its name in either language; any other name stays, in lower case."""
    plain = name.strip().lower()
    return next((sheet for sheet, zh in _SHEETS_ZH.items() if zh == plain), plain)
