"""Replays: past scores computed again and compared with what is stored."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from benchmarks.models.release import Release
from companies.models import Programme


class ReplayQuerySet(models.QuerySet["Replay"]):
    """Reads of replays."""

    def list_latest(self, programme: Programme) -> list[Replay]:
        """List the latest replay of every release of a programme that was ever replayed, latest first."""
        found: dict[uuid.UUID, Replay] = {}
        for replay in self.filter(release__programme=programme).select_related("release")[:400]:
            found.setdefault(replay.release_id, replay)
        return list(found.values())


class Replay(models.Model):
    """All scores of one release computed again, and how many came out otherwise than stored.

    `differences` names the first of them: the score run, the field, what is stored and what came out now. Anything
    above zero is an alarm that stays until a later replay of the same release finds nothing.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="replays")
    # The job that did it; a job that is repeated writes the same row again.
    job_id = models.UUIDField(default=uuid.uuid4)
    compared = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    differences = models.JSONField(default=list)
    ended_at = models.DateTimeField(auto_now=True)

    objects = ReplayQuerySet.as_manager()

    class Meta:
        db_table = "benchmarks_replay"
        ordering: ClassVar[list[str]] = ["-ended_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="benchmarks_replay_once_per_job", fields=["job_id", "release"]),
            models.CheckConstraint(
                name="benchmarks_replay_differing_within_compared",
                condition=Q(differing__lte=models.F("compared")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release}: {self.differing} of {self.compared}"

    @property
    def is_alarm(self) -> bool:
        """Whether a stored score can no longer be computed again."""
        return self.differing > 0

    def first_differences(self, count: int = 5) -> list[dict[str, Any]]:
        """Return the first differences, for a page."""
        return list(self.differences[:count])
