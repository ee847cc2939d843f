"""Reference facilities, costs of steps, and releases of the model."""

from __future__ import annotations

from benchmarks.models.cost import CostSize, CostStep
from benchmarks.models.facility import Facility, Provenance, Tier
from benchmarks.models.proposal import Proposal
from benchmarks.models.release import Activation, Release
from benchmarks.models.replay import Replay

__all__ = [
    "Activation",
    "CostSize",
    "CostStep",
    "Facility",
    "Proposal",
    "Provenance",
    "Release",
    "Replay",
    "Tier",
]
