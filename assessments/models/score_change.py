"""The change between two stored scores in SQL: the twin of `documents.numbers.compute_change`.

Lists are ordered by the change that they show. The two forms cannot stand in one module, because `documents` knows no
database; a test holds them together.
"""

from __future__ import annotations

from django.db.models import ExpressionWrapper, F, IntegerField, Value
from django.db.models.expressions import CombinedExpression

from documents.numbers import TENTH


def build_change_expression(before: str, now: str) -> ExpressionWrapper[CombinedExpression]:
    """Build the change between two columns of hundredths, none of them negative, as both are shown."""
    return ExpressionWrapper(_build_tenth(now) - _build_tenth(before), output_field=IntegerField())


def _build_tenth(column: str) -> CombinedExpression:
    """Round to a tenth of a point: division of whole numbers cuts off, on either database."""
    return (F(column) + Value(TENTH // 2)) / Value(TENTH) * Value(TENTH)
