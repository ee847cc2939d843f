"""The typefaces of all documents: Noto Sans Hans, regular and bold, shipped with the platform.

Fonts of the machine are never used: a document looks the same everywhere, and no glyph is dropped
because a machine has no Chinese font.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import typst

FOLDER: Final = Path(__file__).resolve().parent / "typefaces"
# The name inside the font files; charts and templates ask for it.
FAMILY: Final = "Noto Sans S Chinese"


@cache
def load_typefaces() -> typst.Fonts:
    """Load the fonts that documents may use; read once per process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
