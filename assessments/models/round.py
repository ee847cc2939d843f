"""Rounds of a programme."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from companies.models import Programme


class RoundQuerySet(models.QuerySet["Round"]):
    """Reads of rounds."""

    def allowing(self, user: User, verb: Permission) -> RoundQuerySet:
        """Return the rounds of programmes in which the user may do `verb`."""
        return self.filter(programme__in=Programme.objects.allowing(user, verb))

    def exclude_frozen(self) -> RoundQuerySet:
        """Return the rounds whose answers can still change."""
        now = timezone.now()
        return self.filter(
            Q(frozen_at__isnull=True) | Q(frozen_at__gt=now), Q(closes_at__isnull=True) | Q(closes_at__gt=now)
        )


class Round(models.Model):
    """One wave of assessment: T0 before the upgrade, T1 after it, T2 re-assessment."""

    class Code(models.TextChoices):
        T0 = "T0", _("T0, baseline")
        T1 = "T1", _("T1, after the upgrade")
        T2 = "T2", _("T2, re-assessment")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rounds")
    code = models.CharField(max_length=2, choices=Code.choices)
    instrument_version = models.CharField(max_length=20)
    opens_at = models.DateTimeField()
    deadline = models.DateTimeField()
    # When the round freezes by itself; empty where that is done by hand.
    closes_at = models.DateTimeField(null=True, blank=True)
    # After this moment answers can no longer change; submissions already made stay.
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        db_table = "assessments_round"
        ordering: ClassVar[list[str]] = ["programme", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_round_once", fields=["programme", "code"]),
            models.CheckConstraint(
                name="assessments_round_deadline_after_opening", condition=Q(deadline__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="assessments_round_closes_after_deadline",
                condition=Q(closes_at__isnull=True) | Q(closes_at__gte=F("deadline")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.code} {self.code}"

    @property
    def is_frozen(self) -> bool:
        """Whether answers can no longer change, but for companies with an extension.

        The closing time counts to the second, whenever the freeze is recorded.
        """
        return self.frozen_since is not None

    @property
    def frozen_since(self) -> datetime | None:
        """Since when answers can no longer change; None while they can."""
        moments = [moment for moment in (self.frozen_at, self.closes_at) if moment is not None]
        return min((moment for moment in moments if moment <= timezone.now()), default=None)

    @property
    def has_opened(self) -> bool:
        """Whether companies may answer already."""
        return self.opens_at <= timezone.now()

    @property
    def days_left(self) -> int:
        """Whole days to the deadline; negative after it."""
        return (self.deadline - timezone.now()).days
