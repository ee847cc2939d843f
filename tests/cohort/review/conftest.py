"""Reviewers at their pages."""

from __future__ import annotations

from tests.assessments.verification.conftest import recommended, second_assessor, visit

__all__ = ["recommended", "second_assessor", "visit"]
