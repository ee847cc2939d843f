"""Papers of a company's acceptance and contract, kept by the bureau."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from companies.models import Company


class DocumentQuerySet(models.QuerySet["Document"]):
    """Reads of documents."""

    def visible_to(self, user: User) -> DocumentQuerySet:
        """Return the documents of companies whose answers the user may read."""
        return self.filter(assessment__company__in=Company.objects.allowing(user, Permission.SEE_ANSWERS))

    def exclude_removed(self) -> DocumentQuerySet:
        """Return what has not been removed."""
        return self.filter(removed_at__isnull=True)


class Document(models.Model):
    """One file that belongs to an acceptance, such as the contract. It lies where evidence lies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="documents")
    # A code of the notice's kinds of papers.
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=160)
    stored_name = models.CharField(max_length=80)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        db_table = "assessments_document"
        ordering: ClassVar[list[str]] = ["uploaded_at", "id"]

    def __str__(self) -> str:
        return self.name
