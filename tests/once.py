"""What takes long to make is made by one test process; the others, and later parts of a run, take what it made."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def find_shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all processes of a run share: that of `tests/run.py`, else that of pytest-xdist."""
    if given := os.environ.get("SHARED_FOLDER"):
        return Path(given)
    own = factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock against other processes; it is released when this one ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_once(path: Path, make: Callable[[], Made]) -> Made:
    """Return what `make` returns, made by the first process that asks and read by all others."""
    with locked(path.with_suffix(".lock")):
        if path.exists():
            made: Made = pickle.loads(path.read_bytes())
            return made
        made = make()
        draft = path.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(made))
        draft.replace(path)
        return made
