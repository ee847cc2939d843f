"""Companies, the programmes they are listed in, and who belongs to both."""

from __future__ import annotations

from companies.models.company import Company, CompanyYear
from companies.models.listing import Listing
from companies.models.people import Membership, ProgrammeRole
from companies.models.programme import Programme
from companies.models.reference import Area, City, KeyIndustry, Sector

__all__ = [
    "Area",
    "City",
    "Company",
    "CompanyYear",
    "KeyIndustry",
    "Listing",
    "Membership",
    "Programme",
    "ProgrammeRole",
    "Sector",
]
