"""What is asked of the planner, read from a form."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from assessments.plans.subject import Subject
from benchmarks.ml.plan import Target

LARGEST_BUDGET = 10_000_000


@dataclass(frozen=True)
class PlanQuestion:
    """A target with the user's wishes. Unknown values of a form are as good as none.

    `target` is None where the company stands at the top of both ladders. `off` are items whose step is switched off
    without planning anew, `exclude` items that the plan has to do without.
    """

    target: Target | None
    exclude: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    with_outcomes: bool = False
    budget: int | None = None

    @classmethod
    def from_form(cls, subject: Subject, form: QueryDict) -> PlanQuestion:
        """Read the question of a form; a step is switched off where `step` names it and `on` does not.

        Switches and the budget belong to the target in `planned`, for which they were shown, and fall away with it;
        the budget at the end of its scale, `full`, is none.
        """
        items = frozenset(subject.scorecard.items)
        offered = {"level": subject.next_level, "tier": subject.next_tier}
        first = offered["level"] or offered["tier"]
        target = offered.get(form.get("target", "")) or first
        is_same = target is not None and form.get("planned", target.goal) == target.goal
        shown, on = frozenset(form.getlist("step")), frozenset(form.getlist("on"))
        budget, full = _parse_amount(form.get("budget", "")), _parse_amount(form.get("full", ""))
        is_limit = is_same and budget is not None and (full is None or budget < full)
        return cls(
            target=target,
            exclude=frozenset(form.getlist("exclude")) & items,
            off=(shown - on) & items if is_same else frozenset(),
            with_outcomes=form.get("outcomes") == "1",
            budget=budget if is_limit else None,
        )


def _parse_amount(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_BUDGET))):
        return None
    return int(text)
