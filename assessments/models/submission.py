"""Submissions: answers frozen at one moment."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from companies.models import Company
from instrument import ItemAnswer, read_snapshot


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Reads of submissions."""

    def visible_to(self, user: User) -> SubmissionQuerySet:
        """Return the submissions of companies whose answers the user may read."""
        return self.filter(assessment__company__in=Company.objects.allowing(user, Permission.SEE_ANSWERS))

    def exclude_withdrawn(self) -> SubmissionQuerySet:
        """Return the submissions that were not withdrawn."""
        return self.filter(~Exists(Withdrawal.objects.filter(submission=OuterRef("pk"))))

    def filter_counting(self) -> SubmissionQuerySet:
        """Return the submissions that count: neither withdrawn nor superseded by a later one."""
        # Not by a join that finds nothing: PostgreSQL thinks that it leaves one row, and plans for that.
        return self.exclude_withdrawn().filter(~Exists(Submission.objects.filter(supersedes=OuterRef("pk"))))


class Submission(models.Model):
    """An immutable copy of an assessment's answers at one moment.

    `content` is canonical JSON of all answers with their reasons and side-fields, and `sha256` its hash.
    `vector` is derived from it: one int8 per item in the instrument's order, the stage or -1 (missing, don't
    know) or -2 (not applicable). A correction is a new submission that supersedes this one.
    """

    class Kind(models.TextChoices):
        SELF = "self", _("Self-assessed")
        PROVIDER = "provider", _("Service provider")
        VERIFIED = "verified", _("Verified")

    class Origin(models.TextChoices):
        SITE = "site", _("Entered on this site")
        WORKBOOK = "workbook", _("Loaded from a workbook")
        API = "api", _("Sent by a program")
        MINISTRY = "ministry", _("Imported from the ministry’s platform")
        BUREAU = "bureau", _("Entered by the bureau on the company’s behalf")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=24, unique=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="submissions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.SITE)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    instrument_version = models.CharField(max_length=20)
    instrument_sha256 = models.CharField(max_length=64)
    vector = models.BinaryField(max_length=255)
    declared = models.BooleanField(default=False)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        db_table = "assessments_submission"
        ordering: ClassVar[list[str]] = ["-submitted_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["assessment", "kind", "-submitted_at"], name="assessments_submission_latest"
            ),
            models.Index(fields=["submitted_at", "id"], name="assessments_submission_walk"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A company sends the same content once: a second click, or a repeated request, finds the first.
            models.UniqueConstraint(
                name="assessments_submission_first_once",
                fields=["assessment", "kind"],
                condition=Q(supersedes__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the submission; a stored one cannot be saved again."""
        if not self._state.adding:
            raise TypeError("A submission is never changed. Make a new one that supersedes it.")
        super().save(*args, **kwargs)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the company took it back; one query unless `withdrawal` was selected with it."""
        return getattr(self, "withdrawal", None) is not None

    def read_answers(self) -> dict[str, ItemAnswer]:
        """Read the frozen answers by item code."""
        return read_snapshot(self.content)


class Withdrawal(models.Model):
    """A submission taken back by the company before its review began. The submission itself stays as it was."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        db_table = "assessments_withdrawal"

    def __str__(self) -> str:
        return f"{self.submission}: {self.withdrawn_at:%Y-%m-%d}"
