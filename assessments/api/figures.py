"""The figures of a score as programs read them: points and probabilities as numbers, from stored integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from assessments.models.score import DIMENSIONS
from assessments.scoring.compute import INTERVAL_LEVEL

HUNDREDTHS = 100
THOUSANDTHS = 1000
TEN_THOUSANDTHS = 10_000
FIGURE_COLUMNS = (
    "readiness",
    "readiness_guarded",
    "readiness_low",
    "readiness_high",
    *DIMENSIONS,
    "exceed_1",
    "exceed_2",
    "exceed_3",
    "tier",
    "official_level",
    "base_points",
    "base_foundation",
    "base_management",
    "base_outcomes",
    *(f"{gate}_{level}" for gate in ("scenarios", "binding") for level in (1, 2, 3, 4)),
)


class IntervalSerializer(serializers.Serializer[object]):
    """The range in which the readiness score lies."""

    low = serializers.FloatField(min_value=0, max_value=100, help_text="Lower end in points.")
    high = serializers.FloatField(min_value=0, max_value=100, help_text="Upper end in points.")
    level = serializers.FloatField(help_text="With this probability.")


class PointsSerializer(serializers.Serializer[object]):
    """Base points of the official level, and of its three dimensions."""

    total = serializers.FloatField(help_text="0 to 100.")
    foundation = serializers.FloatField(help_text="数字化基础")
    management = serializers.FloatField(help_text="数字化管理")
    outcomes = serializers.FloatField(help_text="数字化成效")


class OfficialFiguresSerializer(serializers.Serializer[object]):
    """The official level 0 to 4 by the ministry's rule, and what it follows from."""

    level = serializers.IntegerField(
        min_value=0, max_value=4, help_text="0: below level 1. Names are in `instruments`."
    )
    base_points = PointsSerializer()
    scenarios_at_least = serializers.DictField(
        child=serializers.IntegerField(min_value=0), help_text="Scenarios at level 1, 2, 3, 4 or above."
    )
    binding_scenarios_at_least = serializers.DictField(
        child=serializers.IntegerField(min_value=0), help_text="The binding ones among them."
    )


class TierSerializer(serializers.Serializer[object]):
    """Where the company stands on the ladder of tiers, 0 to 3."""

    stated = serializers.BooleanField(
        help_text="False where too little is answered to state a tier; the rest is then null."
    )
    tier = serializers.IntegerField(
        min_value=0,
        max_value=3,
        allow_null=True,
        help_text="0 SME, 1 digital workshop, 2 smart factory, 3 provincial benchmark.",
    )
    at_least = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1),
        allow_null=True,
        help_text="Probability of tier 1, 2, 3 or above.",
    )
    exactly = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1),
        allow_null=True,
        help_text="Probability of tier 0, 1, 2, 3.",
    )


class FiguresSerializer(serializers.Serializer[object]):
    """What a score and a preview have in common."""

    readiness = serializers.FloatField(min_value=0, max_value=100, help_text="Readiness score in points.")
    readiness_guarded = serializers.FloatField(
        min_value=0, max_value=100, help_text="The same with every missing answer at the lowest stage."
    )
    interval = IntervalSerializer()
    dimensions = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=100), help_text="Points in D1 to D10."
    )
    tier = TierSerializer()


def build_figures(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `FiguresSerializer` from stored integers by column; tier columns may be None."""
    return {
        "readiness": row["readiness"] / HUNDREDTHS,
        "readiness_guarded": row["readiness_guarded"] / HUNDREDTHS,
        "interval": {
            "low": row["readiness_low"] / HUNDREDTHS,
            "high": row["readiness_high"] / HUNDREDTHS,
            "level": INTERVAL_LEVEL,
        },
        "dimensions": {name.upper(): row[name] / HUNDREDTHS for name in DIMENSIONS},
        "tier": _build_tier(row),
    }


def build_official_figures(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `OfficialFiguresSerializer` from stored integers."""
    return {
        "level": row["official_level"],
        "base_points": {
            "total": row["base_points"] / THOUSANDTHS,
            "foundation": row["base_foundation"] / THOUSANDTHS,
            "management": row["base_management"] / THOUSANDTHS,
            "outcomes": row["base_outcomes"] / THOUSANDTHS,
        },
        "scenarios_at_least": {str(level): row[f"scenarios_{level}"] for level in (1, 2, 3, 4)},
        "binding_scenarios_at_least": {str(level): row[f"binding_{level}"] for level in (1, 2, 3, 4)},
    }


def _build_tier(row: Mapping[str, Any]) -> dict[str, Any]:
    first, second, third = row["exceed_1"], row["exceed_2"], row["exceed_3"]
    if first is None or second is None or third is None:
        return {"stated": False, "tier": None, "at_least": None, "exactly": None}
    exactly = (TEN_THOUSANDTHS - first, first - second, second - third, third)
    return {
        "stated": True,
        "tier": row["tier"],
        "at_least": {
            str(tier): value / TEN_THOUSANDTHS for tier, value in enumerate((first, second, third), start=1)
        },
        "exactly": {str(tier): value / TEN_THOUSANDTHS for tier, value in enumerate(exactly)},
    }
