"""How far the loading of a file is."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[int, int], None]


class LoadProgress:
    """A counter of steps that tells how many of how many are done."""

    def __init__(self, total: int, tell: Tell | None) -> None:
        self.total, self.done = max(1, total), 0
        self._tell = tell

    def advance(self, count: int = 1) -> None:
        """Count so many more as done."""
        self.done = min(self.total, self.done + count)
        if self._tell is not None:
            self._tell(self.done, self.total)
