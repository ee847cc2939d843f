"""Two plain rules a reviewer can follow, with their evidence: copied answer sets, and jumps between rounds.

Neither proves anything. Sister companies answer alike, and a real upgrade moves a company fast; the evidence
is what to ask about on site.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_array

SMALLEST_OVERLAP = 30
LARGEST_DIFFERENCE = 2
RARITY_BITS = 60.0
MONOTONOUS_SHARE = 0.75
JUMP_DAYS = 90
JUMP_LEVELS = 2
JUMP_SHARE = 0.75


class NearIdentical(NamedTuple):
    """Two companies whose answers hardly differ."""

    first: str
    second: str
    same: int
    """Items answered alike."""
    compared: int
    """Items that both answered."""
    differing: tuple[str, ...]
    """Codes of the items answered differently."""
    bits: float
    """How unusual the shared answers are in this cohort: 60 bits is a chance of 1 in 10**18."""


class JumpKind(StrEnum):
    """Kind of a jump."""

    OFFICIAL_LEVEL = "official level"
    STAGE = "stage"


class Jump(NamedTuple):
    """A rise between two rounds that is fast enough to ask about."""

    kind: JumpKind
    item: str
    """Item code; empty for the official level."""
    before: int
    after: int
    days: int


def list_near_identical_pairs(
    X: ArrayLike,
    companies: Sequence[str],
    items: Sequence[str],
    *,
    among: Collection[str] | None = None,
    largest_difference: int = LARGEST_DIFFERENCE,
    rarity_bits: float = RARITY_BITS,
) -> list[NearIdentical]:
    """Return the pairs of different companies with near-identical answers, most alike first.

    A pair counts when both answered at least 30 items in common, differ in at most ``largest_difference`` of
    them, and the shared answers are not simply the usual ones: the shares of each shared answer in the cohort
    multiply to less than ``2 ** -rarity_bits``. So two beginners with zeros throughout are no pair,
    nor are two rows that each keep one stage nearly throughout: those are left to ``ResponseQuality``.

    Parameters
    ----------
    X : array-like of int, shape (n, J)
        Stages; negative entries are holes and are not compared.
    companies : sequence of str, shape (n,)
        Who answered; rows of one company are never paired with each other.
    items : sequence of str, shape (J,)
        Item codes, for the evidence.
    among : collection of str, default=None
        Only pairs with one of these companies, each compared with all rows; None compares every pair.
    """
    stages = check_array(X, dtype=np.int64)
    if len(companies) != len(stages) or len(items) != stages.shape[1]:
        raise ValueError(
            f"X has shape {stages.shape}, but {len(companies)} companies and {len(items)} items."
        )
    rarity, monotonous = _compute_rarity(stages), _is_monotonous(stages)
    answered = stages >= 0
    pairs = []
    wanted = np.array([among is None or company in among for company in companies])
    for i in np.flatnonzero(wanted).tolist():
        # Pairs of two wanted rows are met at the first of them.
        others = np.flatnonzero(~wanted | (np.arange(len(stages)) > i))
        both = answered[i] & answered[others]
        alike = both & (stages[i] == stages[others])
        compared, same = both.sum(axis=1), alike.sum(axis=1)
        bits = alike @ rarity[i]
        close = ~(monotonous[i] & monotonous[others])
        close &= (
            (compared >= SMALLEST_OVERLAP) & (compared - same <= largest_difference) & (bits >= rarity_bits)
        )
        for k in np.flatnonzero(close).tolist():
            other = companies[others[k]]
            if companies[i] != other:
                different = tuple(items[j] for j in np.flatnonzero(both[k] & ~alike[k]).tolist())
                pairs.append(
                    NearIdentical(
                        companies[i],
                        other,
                        int(same[k]),
                        int(compared[k]),
                        different,
                        float(bits[k]),
                    )
                )
    return sorted(pairs, key=lambda pair: (len(pair.differing), -pair.bits, pair.first, pair.second))


def list_jumps(
    items: Sequence[str],
    levels: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    taken_before: dt.date,
    taken_after: dt.date,
    official_before: int | None = None,
    official_after: int | None = None,
) -> list[Jump]:
    """Return what rose faster than upgrades usually allow; nothing for rounds more than 90 days apart.

    The official level is reported when it rises by two or more, a stage when it rises by at least three
    quarters of its scale. Holes on either side are not compared.

    Parameters
    ----------
    items : sequence of str, shape (J,)
    levels, before, after : array-like of int, shape (J,)
        Highest stages, and the stages of the earlier and the later round.
    taken_before, taken_after : date
        Days of the two submissions.
    official_before, official_after : int or None
        Official levels, where known.
    """
    days = (taken_after - taken_before).days
    if days < 0:
        raise ValueError("The later round lies before the earlier one.")
    if days > JUMP_DAYS:
        return []
    top, old, new = (np.asarray(values, dtype=np.int64) for values in (levels, before, after))
    if not top.shape == old.shape == new.shape == (len(items),):
        raise ValueError(f"levels, before and after need {len(items)} stages each.")
    found = []
    match official_before, official_after:
        case int(old_level), int(new_level) if new_level - old_level >= JUMP_LEVELS:
            found.append(Jump(JumpKind.OFFICIAL_LEVEL, "", old_level, new_level, days))
    steep = (old >= 0) & (new >= 0) & (new - old >= JUMP_SHARE * top)
    found += [
        Jump(JumpKind.STAGE, items[j], int(old[j]), int(new[j]), days) for j in np.flatnonzero(steep).tolist()
    ]
    return found


def _is_monotonous(stages: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each row whether a single stage makes up three quarters of its answers."""
    answered = np.maximum((stages >= 0).sum(axis=1), 1)
    commonest = np.array([np.bincount(row[row >= 0], minlength=1).max() for row in stages])
    return np.asarray(commonest / answered >= MONOTONOUS_SHARE)


def _compute_rarity(stages: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each answer minus the binary logarithm of its share among the answers to the item."""
    rarity = np.zeros(stages.shape)
    for j, column in enumerate(stages.T):
        values, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
        counts = np.where(values >= 0, counts, 0)
        rarity[:, j] = -np.log2(np.maximum(counts, 1) / max(counts.sum(), 1))[inverse]
    return np.where(stages >= 0, rarity, 0.0)
