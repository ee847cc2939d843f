"""The conditions of acceptance: data in this folder, one file per notice."""

from __future__ import annotations

from assessments.reviewing.acceptance.conditions import Condition, DocumentKind, Terms, terms

__all__ = ["Condition", "DocumentKind", "Terms", "terms"]
