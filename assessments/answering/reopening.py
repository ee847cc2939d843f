"""Which questions a company may answer while its submission is under review."""

from __future__ import annotations

from assessments.models import Assessment, Return


def find_open_return(assessment: Assessment) -> Return | None:
    """Return what was given back and not answered yet; one query."""
    return assessment.returns.filter(closed_at__isnull=True).prefetch_related("items").first()


def find_given_back(assessment: Assessment) -> Return | None:
    """Return the same, without asking for a company that has not submitted yet."""
    return find_open_return(assessment) if assessment.submitted_at is not None else None


def get_open_items(assessment: Assessment) -> frozenset[str] | None:
    """Return the items that the company may answer now; None means all. At most two queries."""
    return compute_open_items(assessment, find_given_back(assessment))


def compute_open_items(assessment: Assessment, given_back: Return | None) -> frozenset[str] | None:
    """Return the items that the company may answer while `given_back` waits for its answer; None means all.

    A return opens its items alone, also after the round froze. From the county's recommendation on everything else
    is locked, so that what is verified does not move.
    """
    if assessment.closed_at is not None:
        return frozenset()
    if given_back is not None:
        return frozenset(entry.item for entry in given_back.items.all())
    if not assessment.can_change or assessment.recommended_at is not None:
        return frozenset()
    return None


def is_open(assessment: Assessment, item: str) -> bool:
    """Return whether the company may answer this item now."""
    items = get_open_items(assessment)
    return items is None or item in items


def may_submit(assessment: Assessment) -> bool:
    """Return whether the company may submit now: nothing is locked, or a return waits for its answer."""
    items = get_open_items(assessment)
    return items is None or bool(items)
