"""Programmes and companies for programs."""

from __future__ import annotations

from companies.api.companies import CompanyBaseViewSet
from companies.api.programmes import UUID_PATTERN, NamedSerializer, ProgrammeViewSet, require_programme

__all__ = ["UUID_PATTERN", "CompanyBaseViewSet", "NamedSerializer", "ProgrammeViewSet", "require_programme"]
