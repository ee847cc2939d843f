"""Reference facilities and releases of the model."""

from __future__ import annotations

from benchmarks.models.facility import Facility, Provenance, Tier
from benchmarks.models.release import Activation, Release

__all__ = ["Activation", "Facility", "Provenance", "Release", "Tier"]
