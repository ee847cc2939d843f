"""Names and numbers of checks and figures, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from benchmarks.checks import Check, find_figure
from benchmarks.models import Release

# Figures on held-out rows in the order of the pages; True where lower is better.
LOWER_IS_BETTER = {
    "rps": True,
    "log_loss": True,
    "kappa": False,
    "calibration_error": True,
    "calibration_error_top": True,
}
# Checks that count what must not be there, and are told in words.
COUNTING = frozenset({"points_below_zero", "hashes", "reference_replayed", "refit", "provenance"})


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check as a row: what is asked, what was measured, the bar."""

    name: str
    measured: str
    bar: str
    is_green: bool


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of one or two releases, and which way is better."""

    name: str
    values: tuple[str, ...]
    difference: str = ""
    is_better: bool | None = None


def list_check_rows(checks: Sequence[Check]) -> list[CheckRow]:
    """List the checks of a release in words."""
    names = {
        "points_below_zero": _("No stage of any item takes points away"),
        "hashes": _("Scorecard and rows still have their hashes"),
        "reference_replayed": _("Scoring its own rows again gives the stored figures"),
        "refit": _("Training on the same rows in another order gives the same scorecard"),
        "stationarity": _("Residual of the optimality conditions"),
        "smallest_tier": _("Rows in the smallest tier"),
        "provenance": _("Every row states where it comes from"),
        "kappa": _("Weighted kappa, upper end of its range"),
        "rps": _("Ranked probability score, lower end of its range"),
        "calibration_error": _("Calibration error beyond chance, mean of three thresholds"),
        "calibration_error_top": _("Calibration error beyond chance, top tier"),
        "coverage": _("Coverage of the 90% sets of tiers, mean over tiers"),
    }
    return [
        CheckRow(
            names[check.code],
            _format_measured(check),
            "" if check.code in COUNTING else _format_bar(check),
            check.is_green,
        )
        for check in checks
    ]


def _format_measured(check: Check) -> str:
    if check.measured is None:
        return _("not measured")
    if check.code in COUNTING:
        return _("yes") if check.is_green else _("no")
    return _format_number(check.measured)


def _format_bar(check: Check) -> str:
    if check.low is not None:
        return _("at least %(value)s") % {"value": _format_number(check.low)}
    return _("at most %(value)s") % {"value": _format_number(check.high or 0)}


def _format_number(value: float) -> str:
    if value and abs(value) < 0.0005:
        return f"{value:.0e}"
    return f"{value:.0f}" if value == int(value) and abs(value) >= 1 else f"{value:.3f}"


def get_figure_names() -> dict[str, str]:
    """Return what the figures on held-out rows are called."""
    return {
        "rps": _("Ranked probability score, lower is better"),
        "log_loss": _("Log loss, lower is better"),
        "kappa": _("Weighted kappa"),
        "calibration_error": _("Calibration error, mean of three thresholds"),
        "calibration_error_top": _("Calibration error, top tier"),
    }


def list_generated_rows(release: Release) -> list[tuple[str, str]]:
    """List each figure on fresh rows of the generated world; none where the facilities are not generated."""
    figures = release.metrics.get("generated", {}).get("figures", {})
    names = get_figure_names() | {
        "rank_correlation": _("Rank correlation with the true capability"),
        "rps_against_index": _("Ranked probability score against a weighted index with lapse rate"),
        "rps_against_rule": _("Ranked probability score against fixed cuts of the index"),
    }
    names |= {
        f"interval_{tier}": _("Coverage of the 90%% range of the chance of tier %(tier)d") % {"tier": tier}
        for tier in (1, 2, 3)
    }
    names["interval_readiness"] = _("Coverage of the 90% range of readiness")
    names |= {
        f"conformal_{tier}": _("Coverage of the 90%% sets of tiers, tier %(tier)d") % {"tier": tier}
        for tier in range(4)
    }
    names |= {
        "auc_straight": _("Area under the curve, one position throughout against honest answers"),
        "auc_random": _("Area under the curve, random against honest answers"),
    }
    return [
        (name, f"{100 * figures[code]:+.1f} %" if "_against_" in code else f"{figures[code]:.3f}")
        for code, name in names.items()
        if code in figures
    ]


def list_figure_rows(release: Release) -> list[tuple[str, str, str]]:
    """List each figure with its range, and the same for the plain weighted index."""
    index = {"figures": release.metrics.get("index", {})}
    return [
        (name, _format_range(release.metrics, code), _format_range(index, code))
        for code, name in get_figure_names().items()
    ]


def _format_range(metrics: dict[str, Any], code: str) -> str:
    value, low, high = (find_figure(metrics, code, part) for part in ("value", "low", "high"))
    chance = find_figure(metrics, code, "chance")
    if value is None:
        return "–"
    if low is not None and high is not None:
        return f"{value:.3f} ({low:.3f}–{high:.3f})"
    if chance is not None:
        return _("%(value)s (by chance %(chance)s)") % {"value": f"{value:.3f}", "chance": f"{chance:.3f}"}
    return f"{value:.3f}"


def list_comparison_rows(before: Release, after: Release) -> list[FigureRow]:
    """List the figures of two releases side by side."""
    rows = []
    for code, name in get_figure_names().items():
        old, new = find_figure(before.metrics, code), find_figure(after.metrics, code)
        if old is None or new is None:
            rows.append(
                FigureRow(name, tuple("–" if value is None else f"{value:.3f}" for value in (old, new)))
            )
            continue
        change = new - old
        is_better = None if abs(change) < 0.0005 else (change < 0) == LOWER_IS_BETTER[code]
        sign = "" if is_better is None else "+" if change > 0 else "−"
        rows.append(
            FigureRow(
                name, (f"{old:.3f}", f"{new:.3f}"), f"{sign}{abs(change):.3f}" if sign else "0.000", is_better
            )
        )
    return rows
