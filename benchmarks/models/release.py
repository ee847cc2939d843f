"""Releases of the model, and which one is active where."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.roles import Permission
from companies.models import Programme


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def visible_to(self, user: User) -> ReleaseQuerySet:
        """Return the releases made for programmes in which the user may see the model."""
        return self.filter(programme__in=Programme.objects.allowing(user, Permission.SEE_MODEL))

    def find_active(self, programme: Programme) -> Release | None:
        """Find the release that scores the programme, if there is one; its rows are read when asked for."""
        active = self.filter(activations__programme=programme, activations__ended_at__isnull=True)
        return active.defer("training_rows", "reference").first()


class Release(models.Model):
    """An immutable trained model: canonical scorecard JSON of integers, with hashes, parameters and metrics."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=20)
    scorecard = models.TextField()
    sha256 = models.CharField(max_length=64)
    data_sha256 = models.CharField(max_length=64)
    code_sha256 = models.CharField(max_length=64)
    instrument_version = models.CharField(max_length=20)
    instrument_sha256 = models.CharField(max_length=64)
    versions = models.JSONField()
    parameters = models.JSONField()
    seed = models.IntegerField()
    rows_per_tier = models.JSONField()
    provenance = models.JSONField()
    metrics = models.JSONField()
    # The rows it was fitted to, the frozen reference sample of SMEs among them: canonical JSON behind `data_sha256`.
    training_rows = models.TextField()
    # What pages draw beside a score: medians and middle 80 % by tier and sector, in hundredths of a point.
    reference = models.JSONField()
    trained_at = models.DateTimeField(auto_now_add=True)
    trained_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        db_table = "benchmarks_release"
        ordering: ClassVar[list[str]] = ["-trained_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="benchmarks_release_name_once", fields=["programme", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the release; a stored one cannot be saved again."""
        if not self._state.adding:
            raise TypeError("A release is never changed. Train another one.")
        super().save(*args, **kwargs)

    @property
    def is_synthetic(self) -> bool:
        """Whether any reference row is generated, which every page that shows a score must say."""
        return "synthetic" in self.provenance


class Activation(models.Model):
    """A span of time in which a release scores a programme. The open one is the active release."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="activations")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="activations")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The first release of an installation may be promoted by one person.
    is_bootstrap = models.BooleanField(default=False)
    # Back to the release that was in use before, by one person.
    is_rollback = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "benchmarks_activation"
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="benchmarks_activation_one_open_per_programme",
                fields=["programme"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} in {self.programme}"
