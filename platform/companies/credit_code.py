"""Unified social credit codes (GB 32100-2015).

Alphabet and length are rules; the check character is advice, because codes that are really registered
fail it: a mismatch is a warning that an officer may override, and the override is logged.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))


def normalise(raw: str) -> str:
    """Return the code without spaces, in half-width capitals."""
    return "".join(unicodedata.normalize("NFKC", raw).split()).upper()


def is_well_formed(code: str) -> bool:
    """Return whether the code has 18 characters of the standard's alphabet (no I, O, S, V, Z)."""
    return len(code) == LENGTH and all(character in ALPHABET for character in code)


def compute_check_character(body: str) -> str:
    """Compute the check character that belongs to the first seventeen characters."""
    total = sum(
        weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, body[:17], strict=True)
    )
    return ALPHABET[(31 - total % 31) % 31]


def has_valid_check(code: str) -> bool:
    """Return whether the last character is the one that the standard computes for a well-formed code."""
    return compute_check_character(code[:17]) == code[17]
