"""Pages as tests read them: how a template breaks its lines is nothing to a reader."""

from __future__ import annotations

import re


def in_one_line(markup: str) -> str:
    """Markup with single spaces alone, and none at the end of a tag."""
    return re.sub(r" (?=/?>)", "", re.sub(r"\s+", " ", markup))
