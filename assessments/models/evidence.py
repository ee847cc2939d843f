"""Files that a company shows for an answer."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from companies.models import Company

# For so long a removed file can be brought back; afterwards only the record of it is kept.
KEPT_AFTER_REMOVAL = timedelta(days=30)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Reads of evidence."""

    def visible_to(self, user: User) -> EvidenceQuerySet:
        """Return the evidence of companies whose answers the user may read."""
        return self.allowing(user, Permission.SEE_ANSWERS)

    def allowing(self, user: User, verb: Permission) -> EvidenceQuerySet:
        """Return the evidence of companies towards which the user may do `verb`."""
        return self.filter(assessment__company__in=Company.objects.allowing(user, verb))

    def exclude_removed(self) -> EvidenceQuerySet:
        """Return what has not been removed."""
        return self.filter(removed_at__isnull=True)


class Evidence(models.Model):
    """One file beside one answer: a photograph, a PDF or a workbook.

    The content lies outside the web's reach under `stored_name`, a random name that tells nothing. Several rows may
    share one file: evidence used again in a later round is a new row, and the content is not copied.
    A removed row stays as a record of what there was.
    """

    class Kind(models.TextChoices):
        PDF = "application/pdf", _("PDF")
        JPEG = "image/jpeg", _("JPEG picture")
        PNG = "image/png", _("PNG picture")
        WEBP = "image/webp", _("WebP picture")
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Workbook")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="evidence")
    item = models.CharField(max_length=8)
    # As the person called it, cleaned of folders and characters that do not show.
    name = models.CharField(max_length=160)
    stored_name = models.CharField(max_length=80, db_index=True)
    content_type = models.CharField(max_length=80, choices=Kind.choices)
    size = models.PositiveIntegerField()
    # Of the stored content: of pictures after place and camera were taken out.
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    # The evidence of an earlier round whose file this one uses again.
    reused_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        db_table = "assessments_evidence"
        ordering: ClassVar[list[str]] = ["uploaded_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "item"], name="assessments_evidence_item"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The same file sent twice for one answer is one piece of evidence.
            models.UniqueConstraint(
                name="assessments_evidence_content_once",
                fields=["assessment", "item", "sha256"],
                condition=Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.name}"

    @property
    def is_picture(self) -> bool:
        """Whether a browser can show it in the page."""
        return self.content_type.startswith("image/")

    @property
    def can_be_restored(self) -> bool:
        """Whether it was removed a short while ago, so that its file is still there."""
        return self.removed_at is not None and self.removed_at > timezone.now() - KEPT_AFTER_REMOVAL
