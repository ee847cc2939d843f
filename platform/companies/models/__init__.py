"""Companies, the programmes they are listed in, and who belongs to both."""

from __future__ import annotations

from companies.models.company import Company, CompanyYear, FormerName, YearRevision
from companies.models.contact import Contact
from companies.models.invitation import Invitation
from companies.models.listing import Listing
from companies.models.people import Membership, ProgrammeRole, StandIn
from companies.models.programme import Programme
from companies.models.reference import Area, City, KeyIndustry, Park, Sector

__all__ = [
    "Area",
    "City",
    "Company",
    "CompanyYear",
    "Contact",
    "FormerName",
    "Invitation",
    "KeyIndustry",
    "Listing",
    "Membership",
    "Park",
    "Programme",
    "ProgrammeRole",
    "Sector",
    "StandIn",
    "YearRevision",
]
