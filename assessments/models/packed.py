"""The figures of the runs that count, packed beside each assessment, so that a cohort is read without joining them.

Figures over 100,000 companies would join the table of score runs four times; packed, each assessment has all of them
in one value of fixed length. Whoever sets the runs packs them in the same step (`Assessment.point_at`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from assessments.models.score import ScoreRun

# Stands for "there is none": no run, or no tier stated.
NONE = -1
# Two bytes each, but for the four of `base_points`; then the sixteen of the release's id.
FIGURES = (
    "base_points",
    "official_level",
    "tier",
    "readiness",
    *(f"d{number}" for number in range(1, 11)),
    *(f"scenarios_{level}" for level in range(1, 5)),
    *(f"binding_{level}" for level in range(1, 5)),
)
_RUN = struct.Struct(f">i{len(FIGURES) - 1}h16s")
_NO_RUN = _RUN.pack(*[NONE] * len(FIGURES), bytes(16))
# What an assessment without runs has.
NO_RUNS = _NO_RUN * 2


def pack_run(run: ScoreRun | None) -> bytes:
    """Pack the figures of a run."""
    if run is None:
        return _NO_RUN
    return pack_values([getattr(run, name) for name in FIGURES], run.release_id.bytes)


def pack_values(figures: Sequence[int | None], release: bytes) -> bytes:
    """Pack figures in the order of `FIGURES` and the release's id."""
    return _RUN.pack(*[NONE if figure is None else figure for figure in figures], release)


def pack_both(own: bytes | None, verified: bytes | None) -> bytes:
    """Join what an assessment has of its two packed runs."""
    return (own or _NO_RUN) + (verified or _NO_RUN)


def build_pack_sql(run: str) -> str:
    """Build the SQL that packs a joined run in PostgreSQL; `run` is its name in the statement."""
    first, *others = (f"COALESCE({run}.{name}, {NONE})" for name in FIGURES)
    numbers = [f"int4send({first})", *(f"int2send(({other})::smallint)" for other in others)]
    release = f"uuid_send(COALESCE({run}.release_id, '{UUID(int=0)}'))"
    return " || ".join([*numbers, release])
