"""A service provider's own values for a company, kept apart from the company's answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from assessments.models.answer import AnswerContent
from assessments.models.assessment import Assessment


class PreScore(AnswerContent):
    """The present value of the company's service provider for one item. It never becomes the company's answer."""

    # No index of its own: the one below begins with it.
    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="prescores", db_index=False
    )

    class Meta:
        db_table = "assessments_prescore"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_prescore_once", fields=["assessment", "item"]),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.revision}"


class PreScoreRevision(AnswerContent):
    """A provider's value as it once was."""

    # No index of its own: the one below begins with it.
    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="prescore_history", db_index=False
    )

    class Meta:
        db_table = "assessments_prescore_revision"
        ordering: ClassVar[list[str]] = ["-answered_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "item", "-revision"], name="assessments_prescore_rev_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.revision}"
