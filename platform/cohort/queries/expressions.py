"""What the queries over companies share; `now` and `before` are the assessments of a company in two rounds."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

# Companies with `now`, `before`, `listing` and whatever else a query adds, which no type can name.
Companies = QuerySet[Any]
NOW = "now__"
BEFORE = "before__"
AT_RISK_DAYS = 14
SCORE_STEP = 500  # hundredths of a point
THOUSANDTHS = 1000  # base points are stored in thousandths
