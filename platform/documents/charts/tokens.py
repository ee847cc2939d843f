"""Colours of the design, the light set: documents are white paper. A test compares them with css/tokens.css."""

from __future__ import annotations

from typing import Final

INK: Final = "#14212b"
INK_2: Final = "#44525e"
LINE: Final = "#dce3e7"
LINE_2: Final = "#7f8d98"
SURFACE: Final = "#fff"
SUNKEN: Final = "#edf1f3"
BRAND: Final = "#0b5a82"
OK: Final = "#17703f"
WARN: Final = "#8a5200"
BAD: Final = "#b3261e"
TIERS: Final = ("#63717d", "#0d7f72", "#2560b4", "#773b9b")
# Background and text of each step of the sequential ramp.
RAMP: Final = (
    ("#edf4f7", "#14212b"),
    ("#c9e0eb", "#14212b"),
    ("#93c1d6", "#0b1c26"),
    ("#2f7397", "#fff"),
    ("#0b4766", "#fff"),
)
# Lines of series differ in dash as well as in colour.
DASHES: Final = ("", "6 4", "2 3", "8 3 2 3")
