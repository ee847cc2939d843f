"""Who sees telephone numbers in full, and how they look to everybody else."""

from __future__ import annotations

from accounts.roles import Verb

SHOWN = 3, 4
# Whose work it is to call companies.
CALLERS = frozenset({Verb.RUN_PROGRAMME, Verb.REVIEW, Verb.VERIFY})


def masked(phone: str) -> str:
    """A telephone number with its middle hidden."""
    first, last = SHOWN
    hidden = len(phone) - first - last
    return phone[:first] + "*" * hidden + phone[-last:] if hidden > 0 else "*" * len(phone)
