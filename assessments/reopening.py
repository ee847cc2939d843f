"""Which questions a company may answer while its submission is under review."""

from __future__ import annotations

from assessments.models import Assessment, Return


def open_return(assessment: Assessment) -> Return | None:
    """What was given back and not answered yet; one query."""
    return assessment.returns.filter(closed_at__isnull=True).prefetch_related("items").first()


def open_items(assessment: Assessment) -> frozenset[str] | None:
    """The items that the company may answer now; None means all. At most two queries.

    A return opens its items alone, also after the round froze. From the county's recommendation on everything else
    is locked, so that what is verified does not move.
    """
    if assessment.closed_at is not None:
        return frozenset()
    if assessment.submitted_at is not None:
        given_back = open_return(assessment)
        if given_back is not None:
            return frozenset(entry.item for entry in given_back.items.all())
    if not assessment.can_change or assessment.recommended_at is not None:
        return frozenset()
    return None


def is_open(assessment: Assessment, item: str) -> bool:
    """Whether the company may answer this item now."""
    items = open_items(assessment)
    return items is None or item in items


def may_submit(assessment: Assessment) -> bool:
    """Whether the company may submit now: nothing is locked, or a return waits for its answer."""
    items = open_items(assessment)
    return items is None or bool(items)
