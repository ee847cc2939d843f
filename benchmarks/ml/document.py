"""The scorecard as canonical JSON: what it holds, how it is checked, how it is hashed. Whole numbers only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

SCHEMA = "scorecard/1"
MILLION = 1_000_000
MISSING_RULES = ("prorata", "zero")


class ScorecardError(ValueError):
    """Error in a document that is not a valid scorecard."""


@dataclass(frozen=True)
class ScorecardDocument:
    """Everything scoring needs, in whole numbers; one entry per item where the plural says so.

    ``points`` are points per stage; full marks are ``sum(points * levels)``. ``fill_units`` are the expert
    weights per stage that fill holes. ``dimensions`` gives each item's position in ``dimension_codes``.
    Numbers ending in ``_millionths`` are to be divided by a million; ``covariance_millionths`` is the lower
    triangle, row by row, of the covariance of coefficients, thresholds and lapse, ``error_millionths`` the
    standard error of measurement in points of readiness. ``anchor_millionths`` and ``alpha_millionths``
    record what the fit was drawn to, and how hard.
    """

    schema: str
    items: list[str]
    levels: list[int]
    dimensions: list[int]
    dimension_codes: list[str]
    not_applicable: list[int]
    missing: str
    points: list[int]
    fill_units: list[int]
    tiers: list[int]
    thresholds_millionths: list[int]
    slope_millionths: int
    lapse_millionths: int
    anchor_millionths: list[int]
    alpha_millionths: int
    covariance_millionths: list[int]
    error_millionths: int

    def to_json(self) -> str:
        """Return the canonical JSON: sorted keys, no spaces, ASCII."""
        return json.dumps(
            asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
        )

    def compute_sha256(self) -> str:
        """Return the hash of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()

    @classmethod
    def parse(cls, text: str) -> ScorecardDocument:
        """Read a document, refusing anything that is not exactly a scorecard.

        Raises
        ------
        ScorecardError
            With the field at fault.
        """
        try:
            content = json.loads(text, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            raise ScorecardError(f"A scorecard is JSON: {error}.") from error
        if not isinstance(content, dict):
            raise ScorecardError("A scorecard is a JSON object.")
        _check_types(content)
        document = cls(**content)
        document._check_values()
        return document

    def _check_values(self) -> None:
        items, size, cuts = len(self.items), len(self.dimension_codes), len(self.thresholds_millionths)
        parameters = items + cuts + 1
        full = sum(p * level for p, level in zip(self.points, self.levels, strict=False))
        lengths = {
            "levels": items,
            "dimensions": items,
            "not_applicable": items,
            "points": items,
            "fill_units": items,
            "anchor_millionths": items,
            "tiers": cuts + 1,
            "covariance_millionths": parameters * (parameters + 1) // 2,
        }
        rules = {
            "schema": self.schema == SCHEMA,
            "items": items > 0 and len(set(self.items)) == items,
            "levels": all(1 <= level <= 127 for level in self.levels),
            "dimensions": set(self.dimensions) == set(range(size)),
            "not_applicable": set(self.not_applicable) <= {0, 1},
            "missing": self.missing in MISSING_RULES,
            "points": min(self.points, default=-1) >= 0 and 0 < full < 2**24,
            "fill_units": min(self.fill_units, default=-1) >= 0
            and 0 < sum(u * level for u, level in zip(self.fill_units, self.levels, strict=False)) < 2**24,
            "tiers": self.tiers == sorted(set(self.tiers)),
            "thresholds_millionths": cuts > 0
            and self.thresholds_millionths == sorted(set(self.thresholds_millionths)),
            "slope_millionths": self.slope_millionths >= 0,
            "lapse_millionths": 0 <= self.lapse_millionths < MILLION,
            "error_millionths": self.error_millionths >= 0,
        }
        for name, length in lengths.items():
            if len(getattr(self, name)) != length:
                raise ScorecardError(
                    f"{name} has {len(getattr(self, name))} entries where {length} are needed."
                )
        for name, holds in rules.items():
            if not holds:
                raise ScorecardError(f"{name} is out of range.")


def _refuse_constant(name: str) -> None:
    raise ScorecardError(f"{name} is not a whole number.")


def _check_types(content: Mapping[str, Any]) -> None:
    kinds = {field.name: str(field.type) for field in fields(ScorecardDocument)}
    if set(content) != set(kinds):
        raise ScorecardError(f"Fields differ from {SCHEMA}: {', '.join(sorted(set(content) ^ set(kinds)))}.")
    for name, kind in kinds.items():
        entries = content[name] if kind.startswith("list") else [content[name]]
        wanted = str if "str" in kind else int
        # bool is an int to Python, but not to this format.
        if not isinstance(entries, list) or any(type(entry) is not wanted for entry in entries):
            raise ScorecardError(f"{name} must be {kind}.")
