"""The cheapest way up: what the planner says of a scored submission, and what-if questions about its steps."""

from __future__ import annotations

from assessments.plans.question import Question
from assessments.plans.subject import Standing, Subject, subject_of
from assessments.plans.what_if import WhatIf, what_if

__all__ = ["Question", "Standing", "Subject", "WhatIf", "subject_of", "what_if"]
