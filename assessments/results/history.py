"""What moved between rounds, from what was reported then to what counts now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from assessments.models import Assessment, ScoreRun
from assessments.results.uplift import READINESS, NotComparable, UpliftSplit, compute_uplift
from benchmarks.models import Release


@dataclass(frozen=True)
class RoundChange:
    """The change from one round to the next; `uplift` is None where the questionnaires differ.

    `old` is the release under which the earlier round was first reported, `new` the one that counts for the later.
    """

    earlier: Assessment
    later: Assessment
    old: Release
    new: Release
    uplift: UpliftSplit | None

    @property
    def shown(self) -> UpliftSplit | None:
        """The split as pages show it: rounded so that it adds up."""
        return self.uplift.round_as_shown() if self.uplift else None

    @property
    def is_same_release(self) -> bool:
        """Whether the method has not changed in between."""
        return self.old.pk == self.new.pk


def list_round_changes(rounds: Sequence[Assessment]) -> list[RoundChange]:
    """List the changes between rounds with a result, oldest first; a query per pair and one more."""
    if len(rounds) < 2:
        return []
    first = _get_first_releases([other.run.submission_id for other in rounds if other.run is not None])
    found = []
    for earlier, later in pairwise(rounds):
        if earlier.run is None or later.run is None:
            continue
        old, new = first[earlier.run.submission_id], later.run.release
        try:
            split = compute_uplift(earlier, later, old=old, new=new)
        except NotComparable:
            uplift = None
        else:
            uplift = split[READINESS] if split else None
        found.append(RoundChange(earlier, later, old, new, uplift))
    return found


def _get_first_releases(submissions: list[UUID]) -> dict[UUID, Release]:
    """Return by submission the release that scored it first."""
    runs = ScoreRun.objects.filter(submission__in=submissions).select_related("release")
    return {run.submission_id: run.release for run in runs.order_by("-created_at", "pk")}
