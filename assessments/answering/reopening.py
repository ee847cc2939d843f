"""Which questions a company may answer while its submission is under review."""

from __future__ import annotations

from assessments.models import Assessment, Return


def open_return(assessment: Assessment) -> Return | None:
    """What was given back and not answered yet; one query."""
    return assessment.returns.filter(closed_at__isnull=True).prefetch_related("items").first()


def given_back_of(assessment: Assessment) -> Return | None:
    """The same, without asking for a company that has not submitted yet."""
    return open_return(assessment) if assessment.submitted_at is not None else None


def open_items(assessment: Assessment) -> frozenset[str] | None:
    """The items that the company may answer now; None means all. At most two queries."""
    return items_open_under(assessment, given_back_of(assessment))


def items_open_under(assessment: Assessment, given_back: Return | None) -> frozenset[str] | None:
    """The items that the company may answer while `given_back` waits for its answer; None means all.

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
    """Whether the company may answer this item now."""
    items = open_items(assessment)
    return items is None or item in items


def may_submit(assessment: Assessment) -> bool:
    """Whether the company may submit now: nothing is locked, or a return waits for its answer."""
    items = open_items(assessment)
    return items is None or bool(items)
