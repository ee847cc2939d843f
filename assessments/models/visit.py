"""Visits on site: what an assessor found item by item, and appeals against it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.answer import AnswerContent
from assessments.models.assessment import Assessment
from assessments.models.submission import Submission


class Decision(models.TextChoices):
    """The decision of an assessor about one item."""

    ACCEPTED = "accepted", _("Accepted")
    CHANGED = "changed", _("Changed")
    RETURNED = "returned", _("Returned with comment")


class Appeal(models.Model):
    """A company's objection to a verified submission, item by item; decided by a visit of another assessor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="appeals")
    # The verified submission objected to. One objection is heard against each.
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="appeal")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "assessments_appeal"
        ordering: ClassVar[list[str]] = ["-raised_at"]

    def __str__(self) -> str:
        return f"{self.submission}: {self.raised_at:%Y-%m-%d}"


class AppealItem(models.Model):
    """One item under appeal, with the company's reason."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="items")
    item = models.CharField(max_length=8)
    reason = models.TextField()

    class Meta:
        db_table = "assessments_appeal_item"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_appeal_item_once", fields=["appeal", "item"]),
        ]

    def __str__(self) -> str:
        return self.item


class Visit(models.Model):
    """One verification of an assessment: begun with a declaration of no ties, finished by a verified submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="visits")
    # Set where the visit decides an appeal: then only the items under appeal are open.
    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="visit"
    )
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    # What the visit ended in; an appeal that changes nothing ends in the submission that was there.
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="visits")

    class Meta:
        db_table = "assessments_visit"
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="assessments_visit_one_open",
                fields=["assessment"],
                condition=Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.started_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether decisions may still be taken."""
        return self.finished_at is None


class GradeContent(AnswerContent):
    """An assessor's value for an item and how it came about: the columns shared with its history."""

    KEY: ClassVar[tuple[str, ...]] = (*AnswerContent.KEY, "visit_id")
    CONTENT: ClassVar[tuple[str, ...]] = (*AnswerContent.CONTENT, "decision", "remark", "seen_on_site")

    decision = models.CharField(max_length=8, choices=Decision.choices)
    # What the company reads: why the value was changed, or what to correct.
    remark = models.TextField(blank=True)
    seen_on_site = models.BooleanField(default=False)

    class Meta(AnswerContent.Meta):
        abstract = True


class Grade(GradeContent):
    """The present decision about one item of a visit."""

    # No index of its own: the one below begins with it.
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="grades", db_index=False)

    class Meta:
        db_table = "assessments_grade"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_grade_once", fields=["visit", "item"]),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.revision}"

    @property
    def is_decided(self) -> bool:
        """Whether the item counts as verified."""
        return self.decision in (Decision.ACCEPTED, Decision.CHANGED)


class GradeRevision(GradeContent):
    """A decision as it once was."""

    # No index of its own: the one below begins with it.
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="grade_history", db_index=False)

    class Meta:
        db_table = "assessments_grade_revision"
        ordering: ClassVar[list[str]] = ["-answered_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["visit", "item", "-revision"], name="assessments_grade_rev_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.revision}"
