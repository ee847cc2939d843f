"""Who sees telephone numbers in full, and how they look to everybody else."""

from __future__ import annotations

from accounts.roles import Permission

SHOWN = 3, 4
# Whose work it is to call companies.
CALLERS = frozenset({Permission.RUN_PROGRAMME, Permission.REVIEW, Permission.VERIFY})


def mask_phone(phone: str) -> str:
    """Hide the middle of a telephone number."""
    first, last = SHOWN
    hidden = len(phone) - first - last
    return phone[:first] + "*" * hidden + phone[-last:] if hidden > 0 else "*" * len(phone)
