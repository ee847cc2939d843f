"""Programs of the system that a few tests need and that a bare machine lacks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def require_program(name: str, *, package: str) -> str:
    """Return the path of a program; where it is missing skip the test, or fail it where all tests have to run.

    `tests/run.py` says at its end what was missing, once, however many tests wanted it.
    """
    program = shutil.which(name)
    if program is not None:
        return program
    missing = f"tests that need {name}: it is missing (Debian: apt-get install {package})"
    if os.environ.get("REQUIRE") == "all":
        pytest.fail(missing)
    if listing := os.environ.get("NOT_RUN_FILE"):
        with Path(listing).open("a", encoding="utf-8") as file:
            file.write(f"{missing}\n")
    pytest.skip(missing)
