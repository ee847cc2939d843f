"""What a comparison found, and the table that the README shows."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class BenchFigure:
    """One line: what was measured, in words with its unit, and the most it may be."""

    what: str
    measured: float
    limit: float
    words: str

    @property
    def is_met(self) -> bool:
        """Whether the bar is met."""
        return self.measured <= self.limit

    def format_line(self) -> str:
        """Format a line of the table."""
        return f"| {self.what} | {self.words} | {'met' if self.is_met else 'MISSED'} |"


def build_ratio(what: str, times: Times, name: str, base: str, limit: float) -> BenchFigure:
    """Build the figure of one median as a multiple of another."""
    one, other = statistics.median(times[name]), statistics.median(times[base])
    words = f"{one / other:.2f} times ({one:.2f} s against {other:.2f} s; at most {limit:g})"
    return BenchFigure(what, one / other, limit, words)


def format_table(found: Iterable[BenchFigure]) -> str:
    """Format all lines under a heading."""
    return "\n".join(
        ["| What | Measured | Bar |", "|---|---|---|", *(figure.format_line() for figure in found)]
    )


def iter_printed(figures: Iterator[BenchFigure]) -> Iterator[BenchFigure]:
    """Yield the same figures, each printed with the load of the machine."""
    for figure in figures:
        print(f"{figure.format_line()} load {os.getloadavg()[0]:.1f}", flush=True)
        yield figure


def time_interleaved(runs: int, parts: Mapping[str, Callable[[], Any]]) -> Times:
    """Time each part: all in turn, then all again, so that a busy moment meets every one of them."""
    times: Times = {name: [] for name in parts}
    for _ in range(runs):
        for name, part in parts.items():
            times[name].append(time_part(part))
    return times


def time_part(part: Callable[[], Any]) -> float:
    """Return the wall-clock time of one run, or what the part returns if that is a time already."""
    started = time.perf_counter()
    measured = part()
    return measured if isinstance(measured, float) else time.perf_counter() - started


def compute_percentile(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]
