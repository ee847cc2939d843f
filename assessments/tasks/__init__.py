"""Work in the background, by noun. Celery finds the tasks by importing this package."""

from __future__ import annotations

from assessments.tasks import evidence, flags, reports, rounds, scoring

__all__ = ["evidence", "flags", "reports", "rounds", "scoring"]
