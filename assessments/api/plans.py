"""The cheapest way up of a score, and why the score is what it is, for programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assessments.plans import Subject
from assessments.results.explanation import Explanation
from benchmarks.api import ReferenceSerializer
from benchmarks.ml.plan import Plan, Target
from rest.parameters import TrueOrFalseParameter

EXPONENT = 6
NOTICE = "An estimate from typical costs and from the model, not a promise: neither of the effect nor of recognition."


class PlaceSerializer(serializers.Serializer[object]):
    """Where the score stands among the reference facilities of one tier in the company's sector."""

    tier = serializers.IntegerField(min_value=0, max_value=3, help_text="Tier of the facilities.")
    n = serializers.IntegerField(
        help_text="Facilities of this tier in the sector; 0 too where it would tell of fewer than five."
    )
    percentile = serializers.FloatField(
        min_value=0,
        max_value=100,
        allow_null=True,
        help_text="Per cent that score lower; null where `n` is below 10.",
    )
    low = serializers.FloatField(
        min_value=0, max_value=100, allow_null=True, help_text="Lower end of the range of the percentile."
    )
    high = serializers.FloatField(min_value=0, max_value=100, allow_null=True, help_text="Upper end.")


class ContributionsSerializer(serializers.Serializer[object]):
    """From an SME with the middle answer to every question to this score; the parts add up to the difference."""

    start = serializers.FloatField(help_text="Points that the middle answers would give.")
    n = serializers.IntegerField(help_text="SMEs of the reference sample whose answers these are.")
    own_sector = serializers.BooleanField(help_text="Whether they are of the company's sector, else of all.")
    items = serializers.DictField(
        child=serializers.FloatField(), help_text="Points by item code, rounded to millionths."
    )
    dimensions = serializers.DictField(child=serializers.FloatField(), help_text="Points in D1 to D10.")


class PlanRequestSerializer(serializers.Serializer[object]):
    """What to plan for."""

    target = serializers.CharField(
        default="level",
        help_text="`level` or `tier` for the next one, or a certain one: `level:3`, `tier:2`.",
    )
    probability = serializers.FloatField(
        default=0.5, min_value=0.01, max_value=0.99, help_text="For a tier: the chance to be reached."
    )
    budget = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text="Most that the middle of the costs may be, in thousand yuan.",
    )
    exclude = serializers.CharField(
        required=False, help_text="Items that stay as they are: codes with commas between them."
    )
    outcomes = TrueOrFalseParameter(
        default=False, help_text="Whether business results (G4, R1 to R4) may be steps too."
    )


class PlanTargetSerializer(serializers.Serializer[object]):
    """What was planned for."""

    goal = serializers.ChoiceField(choices=["level", "tier"], help_text="Official level or tier.")
    number = serializers.IntegerField(help_text="Which one.")


class PlanStepSerializer(serializers.Serializer[object]):
    """Raising one answer; costs in thousand yuan."""

    item = serializers.CharField(help_text="Code of the item.")
    title = serializers.CharField(help_text="What to do, in English.")
    from_stage = serializers.IntegerField(allow_null=True, help_text="Null where the answer is missing.")
    to_stage = serializers.IntegerField(help_text="Stage after the step.")
    cost_low = serializers.IntegerField(help_text="Lower end of the typical cost.")
    cost_high = serializers.IntegerField(help_text="Upper end of the typical cost.")
    months = serializers.IntegerField(help_text="How long it typically takes.")
    gain = serializers.FloatField(help_text="Points of readiness.")
    base_gain = serializers.FloatField(help_text="Base points of the official level.")
    after = serializers.ListField(child=serializers.CharField(), help_text="Items of the plan needed first.")
    source = serializers.CharField(help_text="Where the cost comes from.")  # type: ignore[assignment]
    date = serializers.DateField(help_text="Of when the cost is.")


class PlanPointSerializer(serializers.Serializer[object]):
    """A budget and the most it buys."""

    cost = serializers.IntegerField(help_text="In thousand yuan.")
    readiness = serializers.FloatField(help_text="The most points within this cost.")


class PlanSerializer(serializers.Serializer[object]):
    """The cheapest set of steps to a target, or the best within reach where `feasible` is false.

    Costs are in thousand yuan. Missing answers count as the lowest stage.
    """

    target = PlanTargetSerializer(allow_null=True, help_text="Null where nothing is left to reach.")
    feasible = serializers.BooleanField(help_text="Whether the target can be reached.")
    steps = PlanStepSerializer(many=True, help_text="In an order in which they can be taken.")
    cost_low = serializers.IntegerField(help_text="Sum of the lower ends.")
    cost_high = serializers.IntegerField(help_text="Sum of the upper ends.")
    cost = serializers.IntegerField(help_text="Sum of the middles, which is what is kept as low as possible.")
    bound = serializers.IntegerField(
        allow_null=True,
        help_text="No set of steps reaches the target for less; null where it is out of reach.",
    )
    gap = serializers.IntegerField(allow_null=True, help_text="Cost less bound; 0 proves the plan cheapest.")
    months = serializers.IntegerField(
        help_text="How long it takes, steps side by side where that is possible."
    )
    readiness_before = serializers.FloatField(help_text="Readiness score in points as it is.")
    readiness_after = serializers.FloatField(help_text="And after the plan.")
    at_least_after = serializers.DictField(
        child=serializers.FloatField(), help_text="Probability of tier 1, 2, 3 or above after the plan."
    )
    tier_stated_after = serializers.BooleanField(help_text="Whether enough is answered to state a tier.")
    level_before = serializers.IntegerField(help_text="Official level as it is.")
    level_after = serializers.IntegerField(help_text="And after the plan.")
    frontier = PlanPointSerializer(many=True, help_text="What each budget buys at best.")
    frontier_complete = serializers.BooleanField(help_text="Whether all such points are listed.")
    size_class = serializers.CharField(help_text="The size class whose costs were used.")
    notice = serializers.CharField(help_text="To be shown wherever the plan is shown.")
    reference = ReferenceSerializer()
    synthetic_benchmark = serializers.BooleanField(help_text="Whether any reference row is generated data.")


def parse_target(subject: Subject, text: str) -> Target | None:
    """Return the target that a program asked for; None where the next lies above the top. 400 for nonsense."""
    if text in ("level", "tier"):
        return subject.next_level if text == "level" else subject.next_tier
    try:
        target = Target.of(text)
        if target.goal == "level":
            subject.rule.get_gate(target.number)
        elif not 1 <= target.number <= len(subject.scorecard.thresholds):
            raise ValueError(f"There is no tier {target.number} to reach.")
    except ValueError as error:
        raise ValidationError({"target": [str(error)]}) from error
    return target


def parse_excluded_items(subject: Subject, text: str) -> list[str]:
    """Return the items that a plan has to leave alone; 400 for codes that do not exist."""
    codes = [code.strip() for code in text.split(",") if code.strip()]
    unknown = sorted(set(codes) - set(subject.scorecard.items))
    if unknown:
        raise ValidationError({"exclude": [f"There is no item {', '.join(unknown)}."]})
    return codes


def build_plan_document(subject: Subject, plan: Plan | None) -> dict[str, Any]:
    """Return the members of `PlanSerializer`; without a plan the company as it is."""
    standing = subject.compute_standing(subject.stages, 1)
    document: dict[str, Any] = {
        "target": None,
        "feasible": True,
        "steps": [],
        "cost_low": 0,
        "cost_high": 0,
        "cost": 0,
        "bound": 0,
        "gap": 0,
        "months": 0,
        "readiness_before": standing.readiness / 100,
        "readiness_after": standing.readiness / 100,
        "at_least_after": {str(k): chance / 10_000 for k, chance in enumerate(standing.exceed, start=1)},
        "tier_stated_after": standing.tier_stated,
        "level_before": standing.level,
        "level_after": standing.level,
        "frontier": [],
        "frontier_complete": True,
        "size_class": subject.size.value,
        "notice": NOTICE,
    }
    if plan is None:
        return document
    return document | {
        "target": plan.target._asdict(),
        "feasible": plan.feasible,
        "steps": [
            {
                "item": step.item,
                "title": subject.instrument.step_titles[step.item].en,
                "from_stage": step.from_stage if step.from_stage >= 0 else None,
                "to_stage": step.to_stage,
                "cost_low": step.low,
                "cost_high": step.high,
                "months": step.months,
                "gain": round(step.gain, EXPONENT),
                "base_gain": step.base_gain,
                "after": list(step.after),
                "source": step.source,
                "date": step.date,
            }
            for step in plan.steps
        ],
        "cost_low": plan.cost_low,
        "cost_high": plan.cost_high,
        "cost": plan.cost,
        "bound": plan.bound,
        "gap": plan.gap,
        "months": plan.months,
        "readiness_after": round(plan.readiness, 2),
        "at_least_after": {str(k): round(chance, 4) for k, chance in enumerate(plan.exceed, start=1)},
        "tier_stated_after": plan.tier_stated,
        "level_after": plan.level,
        "frontier": [
            {"cost": cost, "readiness": round(readiness, EXPONENT)} for cost, readiness in plan.frontier
        ],
        "frontier_complete": plan.frontier_complete,
    }


def build_explanation_document(explained: Explanation) -> dict[str, Any]:
    """Return the members `positions` and `contributions` of a single score."""
    return {
        "positions": [
            {
                "tier": found.tier,
                "n": found.n or 0,
                "percentile": round(float(found.position.percentile), 2) if found.position else None,
                "low": round(float(found.position.low), 2) if found.position else None,
                "high": round(float(found.position.high), 2) if found.position else None,
            }
            for found in explained.positions
        ],
        "contributions": {
            "start": round(float(explained.start), EXPONENT),
            "n": explained.n,
            "own_sector": explained.is_own_sector,
            "items": {move.item: round(float(move.points), EXPONENT) for move in explained.moves},
            "dimensions": {
                code: round(float(points), EXPONENT)
                for code, points in sorted(
                    explained.by_dimension.items(), key=lambda pair: int(pair[0].removeprefix("D"))
                )
            },
        },
    }
