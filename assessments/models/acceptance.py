"""Acceptance: the conditions checked, their documents, and the monthly batches of recommended companies."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from companies.models import Programme


class ConditionCheck(models.Model):
    """An officer's finding about one condition of acceptance; the conditions themselves are data."""

    class Finding(models.TextChoices):
        MET = "met", _("Met")
        NOT_MET = "not_met", _("Not met")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="condition_checks")
    condition = models.CharField(max_length=30)
    finding = models.CharField(max_length=7, choices=Finding.choices)
    note = models.CharField(max_length=300, blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "assessments_condition_check"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_condition_once", fields=["assessment", "condition"]),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.finding}"


class BatchQuerySet(models.QuerySet["Batch"]):
    """Reads of batches."""

    def allowing(self, user: User, verb: Permission) -> BatchQuerySet:
        """Return the batches of programmes in which the user may do `verb`."""
        return self.filter(programme__in=Programme.objects.allowing(user, verb))


class Batch(models.Model):
    """Companies put forward together for acceptance; once sent its table never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=40)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    # The rows of the table as sent, and the hash of their canonical JSON.
    table = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        db_table = "assessments_batch"
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_batch_name_once", fields=["programme", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the batch; a sent one cannot be saved again."""
        if Batch.objects.filter(pk=self.pk, sent_at__isnull=False).exists():
            raise TypeError("A batch that was sent is never changed. Make a new one.")
        super().save(*args, **kwargs)

    @property
    def is_sent(self) -> bool:
        """Whether its table is final."""
        return self.sent_at is not None


class BatchEntry(models.Model):
    """One company of a batch. An assessment is put forward once."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="entries")
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="batch_entry")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "assessments_batch_entry"
        ordering: ClassVar[list[str]] = ["added_at", "id"]

    def __str__(self) -> str:
        return f"{self.batch}: {self.assessment}"
