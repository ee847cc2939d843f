"""The figures of the runs that count, packed beside each assessment, so that a cohort is read without joining them.

Figures over 100,000 companies would join the table of score runs four times; packed, each assessment has all of them
in one value of fixed length. Whoever sets the runs packs them in the same step (`Assessment.set_runs`).

`LAYOUT` is the one description of the bytes. How Python packs them, how PostgreSQL does, and how NumPy reads them
follow from it. The bytes are stored: another layout needs a migration that packs everything anew.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import numpy as np

# Stands for "there is none": no run, or no tier stated.
NONE = -1


class PackableRun(Protocol):
    """A score run, for its figures by name and its release."""

    release_id: UUID


class PackedWidth(NamedTuple):
    """How values of one width are written, all in network order: in `struct`, NumPy and PostgreSQL."""

    octets: int
    struct_code: str
    numpy_code: str
    # `{}` stands for the value, which is never NULL.
    sql: str


SMALL: Final = PackedWidth(2, "h", ">i2", "int2send(({})::smallint)")
WHOLE: Final = PackedWidth(4, "i", ">i4", "int4send({})")
KEY: Final = PackedWidth(16, "16s", "V16", "uuid_send({})")

# What is packed of a run, in this order and without gaps.
LAYOUT: Final[tuple[tuple[str, PackedWidth], ...]] = (
    ("base_points", WHOLE),
    ("official_level", SMALL),
    ("tier", SMALL),
    ("readiness", SMALL),
    *((f"d{number}", SMALL) for number in range(1, 11)),
    *((f"scenarios_{level}", SMALL) for level in range(1, 5)),
    *((f"binding_{level}", SMALL) for level in range(1, 5)),
    ("release", KEY),
)
FIGURES = tuple(name for name, width in LAYOUT if width is not KEY)

_RUN = struct.Struct(">" + "".join(width.struct_code for _name, width in LAYOUT))
RUN_TYPE: Final = np.dtype([(name, width.numpy_code) for name, width in LAYOUT])
# The two runs of an assessment as `pack_both` joins them.
RUNS_TYPE: Final = np.dtype([("own", RUN_TYPE), ("verified", RUN_TYPE)])

_NO_RUN = _RUN.pack(*[NONE] * len(FIGURES), bytes(KEY.octets))
# What an assessment without runs has.
NO_RUNS = _NO_RUN * 2


def pack_run(run: PackableRun | None) -> bytes:
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
    return " || ".join(
        width.sql.format(
            f"COALESCE({run}.release_id, '{UUID(int=0)}')"
            if width is KEY
            else f"COALESCE({run}.{name}, {NONE})"
        )
        for name, width in LAYOUT
    )
