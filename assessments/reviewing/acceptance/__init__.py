"""The conditions of acceptance: data in this folder, one file per notice."""

from __future__ import annotations

from assessments.reviewing.acceptance.conditions import AcceptanceCondition, DocumentKind, Terms, load_terms

__all__ = ["AcceptanceCondition", "DocumentKind", "Terms", "load_terms"]
