"""The cheapest way up: what the planner says of a scored submission, and what-if questions about its steps."""

from __future__ import annotations

from assessments.plans.question import PlanQuestion
from assessments.plans.subject import PlanStanding, Subject, build_subject
from assessments.plans.what_if import WhatIf, build_what_if

__all__ = ["PlanQuestion", "PlanStanding", "Subject", "WhatIf", "build_subject", "build_what_if"]
