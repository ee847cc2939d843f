"""What a company is called in the language of the page."""

from __future__ import annotations

from companies.models import Company


def get_company_name(language: str, company: Company) -> str:
    """Return the English name on English pages where there is one, else the registered name."""
    return company.name_en if language.startswith("en") and company.name_en else company.name
