"""What a release says about the facilities it was fitted to, for a company to compare itself with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.models import Release
from companies.small_groups import can_show_figures

SME = 0
TIERS = (1, 2, 3)
EVERY_SECTOR = "all"


@dataclass(frozen=True)
class FacilityMedians:
    """Medians over `count` facilities: readiness and the ten dimensions, in hundredths of a point."""

    count: int
    readiness: int
    dimensions: tuple[int, ...]


@dataclass(frozen=True)
class SectorReference:
    """Medians by tier (1 to 3) and of SMEs, of the company's own sector or of all where that is too small.

    `bands` are 10th percentile, median and 90th percentile of readiness by tier, over all sectors. Groups too small
    to be shown are left out of both.
    """

    tiers: dict[int, FacilityMedians]
    sme: FacilityMedians | None
    is_own_sector: bool
    bands: dict[int, tuple[int, int, int]]


def read_sector_reference(release: Release, sector: str) -> SectorReference:
    """Read the part of `release.reference` that concerns a sector; see `benchmarks.reference`."""
    medians: dict[str, Any] = release.reference["medians"]
    bands: dict[str, list[int]] = release.reference["bands"]
    own = _read_medians(medians.get(sector, {}))
    # SMEs and the two tiers next to them decide whether the sector is large enough to compare with.
    is_own_sector = {SME, 1, 2} <= set(own)
    groups = own if is_own_sector else _read_medians(medians.get(EVERY_SECTOR, {}))
    return SectorReference(
        tiers={tier: typical for tier, typical in groups.items() if tier != SME},
        sme=groups.get(SME),
        is_own_sector=is_own_sector,
        bands={
            tier: (band[0], band[1], band[2])
            for tier in TIERS
            if (band := bands.get(str(tier))) is not None
            # Older releases hold bands of tiers of any size.
            and can_show_figures(release.rows_per_tier.get(str(tier), 0))
        },
    )


def _read_medians(content: dict[str, Any]) -> dict[int, FacilityMedians]:
    """Read medians by tier, 0 being SMEs; groups that are missing or too small to be shown are left out."""
    return {
        tier: FacilityMedians(group["n"], group["readiness"], tuple(group["dimensions"]))
        for tier in (SME, *TIERS)
        if (group := content.get(str(tier))) is not None and can_show_figures(group["n"])
    }
