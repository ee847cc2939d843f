"""Drawings of a release: calibration and overlap of tiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from benchmarks.models import Release, Tier


@dataclass(frozen=True, slots=True)
class ReleaseChart:
    """Chart that `components/figure.html` draws."""

    id: str
    chart: str
    data: dict[str, Any]
    label: str
    head: list[str]
    rows: list[list[str]]
    caption: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Readiness of one tier's rows: n, quartiles, and the share of pairs in which it beats the next tier."""

    tier: int
    n: int
    q1: float
    median: float
    q3: float
    above_next: float | None

    @property
    def width(self) -> float:
        """Length of the bar from the first to the third quartile."""
        return max(0.8, self.q3 - self.q1)

    @property
    def pairs(self) -> str:
        """The share of pairs in the wrong order, in per cent."""
        return "–" if self.above_next is None else f"{100 * self.above_next:.0f}%"


def build_calibration_chart(release: Release, tier: int) -> ReleaseChart | None:
    """Build the chart of P(tier >= k) against what happened, held-out rows; None where it was not measured."""
    bins = [row for row in release.metrics.get("calibration", []) if row["tier"] == tier]
    if not bins:
        return None
    name = Tier(tier).label
    words = {"tier": name, "bins": len(bins), "rows": sum(row["n"] for row in bins)}
    return ReleaseChart(
        id=f"calibration-{tier}",
        chart="calib",
        data={
            "pts": [[round(row["forecast"], 4), round(row["observed"], 4)] for row in bins],
            "xn": _("Predicted chance"),
        },
        label=_("Calibration of the chance to be at least: %(tier)s") % words,
        head=[_("Group"), _("Rows"), _("Predicted"), _("Observed")],
        rows=[
            [str(number), str(row["n"]), f"{row['forecast']:.2f}", f"{row['observed']:.2f}"]
            for number, row in enumerate(bins, start=1)
        ],
        caption=_(
            "Chance to be at least %(tier)s, %(rows)d rows in %(bins)d equal groups, each predicted by a model "
            "that had not seen it. On the dashed line a predicted 70%% comes true in 70%% of cases."
        )
        % words,
    )


def list_spreads(release: Release) -> list[Spread]:
    """List readiness by tier, highest tier first."""
    return [
        Spread(
            tier=int(row["tier"]),
            n=int(row["n"]),
            q1=row["q1"],
            median=row["median"],
            q3=row["q3"],
            above_next=row.get("above_next"),
        )
        for row in reversed(release.metrics.get("overlap", []))
    ]
