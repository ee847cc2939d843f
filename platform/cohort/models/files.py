"""Files that come in and go out on the bureau's side."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Round
from cohort.models.file_kinds import FileKind
from companies.models import Programme
from jobs.models import Job


class CohortFileQuerySet(models.QuerySet["CohortFile"]):
    """Reads of files to load."""

    def visible_to(self, user: User) -> CohortFileQuerySet:
        """Return the files of programmes into which the user may load."""
        return self.filter(programme__in=Programme.objects.allowing(user, Permission.LOAD_COHORT))


class CohortFile(models.Model):
    """A file that an officer wants to load: first checked without storing anything, then loaded or refused.

    The content is kept until it is loaded or refused; this row stays as the record of who loaded what.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Ready to load")
        REFUSED = "refused", _("Refused")
        LOADING = "loading", _("Being loaded")
        LOADED = "loaded", _("Loaded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.CHECKING)
    name = models.CharField(max_length=160)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Random names in the store of files; empty once the content is gone.
    stored_name = models.CharField(max_length=80, blank=True)
    marked_name = models.CharField(max_length=80, blank=True)
    accept_check_character = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    more_problems = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    loaded_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CohortFileQuerySet.as_manager()

    class Meta:
        db_table = "cohort_file"
        ordering: ClassVar[list[str]] = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.state in (self.State.CHECKING, self.State.LOADING)

    @property
    def has_broken_down(self) -> bool:
        """Whether the work on it was given up."""
        return self.is_open and self.job is not None and self.job.state == Job.State.FAILED


class LedgerExportQuerySet(models.QuerySet["LedgerExport"]):
    """Reads of companies exports."""

    def visible_to(self, user: User) -> LedgerExportQuerySet:
        """Return the user's own, as they hold what that person may see."""
        return self.filter(requested_by=user)


class LedgerExport(models.Model):
    """A companies export (台账): the companies that somebody's filters left at one moment, as a workbook."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    filters = models.JSONField(default=dict)
    # The same in the words and the language of whoever asked; empty where nothing narrows.
    filter_words = models.TextField(blank=True)
    has_phones = models.BooleanField(default=False)
    stored_name = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    as_of = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = LedgerExportQuerySet.as_manager()

    class Meta:
        db_table = "cohort_ledger_export"
        ordering: ClassVar[list[str]] = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.programme.code} {self.requested_at:%Y-%m-%d %H:%M}"

    @property
    def has_broken_down(self) -> bool:
        """Whether the work on it was given up."""
        return self.as_of is None and self.job is not None and self.job.state == Job.State.FAILED
