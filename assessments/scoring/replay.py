"""Replay: past scores computed again from the stored answers, and compared whole number by whole number.

The chain starts at the submission's canonical answers: their hash, the vector of stages derived from them, the hash
of the scorecard, and every figure of the score run. Anything that differs is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from assessments.audit_codes import AssessmentAuditCode
from assessments.models import ScoreRun, Submission
from assessments.scoring.compute import build_runs
from audit.record import record
from benchmarks.models import Release, Replay
from instrument import build_snapshot, load_instrument

log = structlog.get_logger(__name__)

CHUNK = 500
# More than this is one cause repeated.
NAMED = 20
# What identifies a run rather than being computed.
NOT_COMPUTED = frozenset({"id", "submission", "release", "created_at"})
FIELDS = tuple(name.name for name in ScoreRun._meta.concrete_fields if name.name not in NOT_COMPUTED)


@dataclass
class ReplayOutcome:
    """The result of the replay of one release: runs compared, how many differ, and the first differences."""

    release: Release
    compared: int = 0
    differing: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)

    def note(self, run: ScoreRun, found: list[dict[str, Any]]) -> None:
        """Count a run with what differs in it, if anything."""
        self.compared += 1
        if found:
            self.differing += 1
            named = [
                {"run": str(run.pk), "submission": run.submission.number, **difference}
                for difference in found
            ]
            self.differences.extend(named[: NAMED - len(self.differences)])


def replay_all(*, job_id: UUID, beat: Callable[[int], None] = lambda done: None) -> list[ReplayOutcome]:
    """Replay every score run under every release and store what was found; `beat` hears how many are done."""
    outcomes = []
    done = 0
    for release in Release.objects.filter(pk__in=ScoreRun.objects.values("release").distinct()).order_by(
        "pk"
    ):
        outcome = ReplayOutcome(release)
        scorecard = hashlib.sha256(release.scorecard.encode()).hexdigest()
        for chunk in _iter_chunks(release):
            for run, found in _iter_compared_runs(chunk, release):
                if scorecard != release.sha256:
                    found.append({"field": "scorecard", "stored": release.sha256, "computed": scorecard})
                outcome.note(run, found)
            done += len(chunk)
            beat(done)
        _store_outcome(outcome, job_id)
        outcomes.append(outcome)
    return outcomes


def _iter_chunks(release: Release) -> Iterator[list[ScoreRun]]:
    last: UUID | None = None
    while True:
        runs = ScoreRun.objects.filter(release=release).select_related("submission").order_by("pk")
        chunk = list(runs.filter(pk__gt=last)[:CHUNK] if last else runs[:CHUNK])
        if not chunk:
            return
        yield chunk
        last = chunk[-1].pk


def _iter_compared_runs(
    chunk: list[ScoreRun], release: Release
) -> Iterator[tuple[ScoreRun, list[dict[str, Any]]]]:
    computed = build_runs([run.submission for run in chunk], release)
    for run, again in zip(chunk, computed, strict=True):
        found = _check_submission(run.submission)
        found += [
            {"field": name, "stored": getattr(run, name), "computed": getattr(again, name)}
            for name in FIELDS
            if getattr(run, name) != getattr(again, name)
        ]
        yield run, found


def _check_submission(submission: Submission) -> list[dict[str, Any]]:
    """Check whether the stored answers still have their hash, and still give the stored vector of stages."""
    found: list[dict[str, Any]] = []
    digest = hashlib.sha256(submission.content.encode()).hexdigest()
    if digest != submission.sha256:
        return [{"field": "answers", "stored": submission.sha256, "computed": digest}]
    again = build_snapshot(load_instrument(submission.instrument_version), submission.read_answers())
    if again.vector != bytes(submission.vector):
        stored = bytes(submission.vector).hex()
        found.append({"field": "vector", "stored": stored, "computed": again.vector.hex()})
    return found


def _store_outcome(outcome: ReplayOutcome, job_id: UUID) -> None:
    with transaction.atomic():
        Replay.objects.update_or_create(
            job_id=job_id,
            release=outcome.release,
            defaults={
                "compared": outcome.compared,
                "differing": outcome.differing,
                "differences": outcome.differences,
            },
        )
        if outcome.differing:
            record(
                AssessmentAuditCode.SCORES_REPLAY_DIFFERS,
                outcome.release,
                by=None,
                programme_id=outcome.release.programme_id,
                name=outcome.release.name,
                compared=outcome.compared,
                differing=outcome.differing,
            )
    if outcome.differing:
        log.error(
            "scores.replay_differs",
            release=outcome.release.name,
            compared=outcome.compared,
            differing=outcome.differing,
            first=outcome.differences[0],
        )
