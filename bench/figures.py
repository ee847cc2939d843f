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
class Figure:
    """One line: what was measured, in words with its unit, and the most it may be."""

    what: str
    measured: float
    limit: float
    words: str

    @property
    def is_met(self) -> bool:
        """Whether the bar is met."""
        return self.measured <= self.limit

    def line(self) -> str:
        """A line of the table."""
        return f"| {self.what} | {self.words} | {'met' if self.is_met else 'MISSED'} |"


def ratio(what: str, times: Times, name: str, base: str, limit: float) -> Figure:
    """The median of one thing as a multiple of the median of another."""
    one, other = statistics.median(times[name]), statistics.median(times[base])
    words = f"{one / other:.2f} times ({one:.2f} s against {other:.2f} s; at most {limit:g})"
    return Figure(what, one / other, limit, words)


def table(found: Iterable[Figure]) -> str:
    """All lines under a heading."""
    return "\n".join(["| What | Measured | Bar |", "|---|---|---|", *(figure.line() for figure in found)])


def told(figures: Iterator[Figure]) -> Iterator[Figure]:
    """The same, printed with the load of the machine."""
    for figure in figures:
        print(f"{figure.line()} load {os.getloadavg()[0]:.1f}", flush=True)
        yield figure


def interleaved(runs: int, parts: Mapping[str, Callable[[], Any]]) -> Times:
    """Seconds of each part: all in turn, then all again, so that a busy moment meets every one of them."""
    times: Times = {name: [] for name in parts}
    for _ in range(runs):
        for name, part in parts.items():
            times[name].append(seconds(part))
    return times


def seconds(part: Callable[[], Any]) -> float:
    """Wall-clock time of one run; what the part returns if that is a time already."""
    started = time.perf_counter()
    measured = part()
    return measured if isinstance(measured, float) else time.perf_counter() - started


def percentile(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]
