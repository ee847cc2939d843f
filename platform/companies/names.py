"""What a company is called in the language of the page."""

from __future__ import annotations

from companies.models import Company


def name_in(language: str, company: Company) -> str:
    """The English name on English pages where there is one, else the registered name."""
    return company.name_en if language.startswith("en") and company.name_en else company.name
