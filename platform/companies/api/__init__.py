"""Programmes and companies for programs."""

from __future__ import annotations

from companies.api.companies import CompanyViewSet
from companies.api.programmes import UUID_PATTERN, NamedSerializer, ProgrammeViewSet, reached_programme

__all__ = ["UUID_PATTERN", "CompanyViewSet", "NamedSerializer", "ProgrammeViewSet", "reached_programme"]
