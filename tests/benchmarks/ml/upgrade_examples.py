"""Scorecards, catalogues and a naive integer program for the tests and the bench of the upgrade planner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.ml.catalogue import Catalogue, Prerequisite
from benchmarks.ml.document import MILLION, ScorecardDocument
from benchmarks.ml.encode import NOT_APPLICABLE, AnswerEncoder
from benchmarks.ml.integer_program import silence_output
from benchmarks.ml.official_rule import OfficialRule
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier
from benchmarks.ml.scorecard import Scorecard
from instrument import load_instrument


def scorecard(
    items: Sequence[str],
    levels: Sequence[int],
    points: Sequence[int],
    dimensions: Sequence[int] | None = None,
    fill_units: Sequence[int] | None = None,
    thresholds: Sequence[float] = (2.0, 4.0, 6.0),
    slope: float = 9.0,
    lapse: float = 0.1,
) -> Scorecard:
    """Return a scorecard with the given item points; one dimension and equal fill units unless given."""
    count = len(items)
    where = list(dimensions or [0] * count)
    document = replace(
        fitted_document(count),
        items=list(items),
        levels=list(levels),
        dimensions=where,
        dimension_codes=[f"D{d + 1}" for d in range(max(where) + 1)],
        points=list(points),
        fill_units=list(fill_units or [1] * count),
        thresholds_millionths=[round(t * MILLION) for t in thresholds],
        slope_millionths=round(slope * MILLION),
        lapse_millionths=round(lapse * MILLION),
    )
    return Scorecard.from_json(document.to_json())


@cache
def fitted_document(count: int) -> ScorecardDocument:
    """Return the document of a scorecard fitted to noise over four tiers, to be filled with other points."""
    random = np.random.default_rng(count)
    X = random.integers(0, 5, (60, count))
    encoder = AnswerEncoder([4] * count)
    classifier = MonotoneOrdinalClassifier(lapse=False).fit(encoder.fit_transform(X), np.arange(60) % 4)
    return Scorecard.from_estimator(classifier, encoder).document


def instrument_scorecard(random: Generator) -> Scorecard:
    """Return a scorecard over the sixty items of the current instrument with random points."""
    instrument = load_instrument()
    levels = np.array(instrument.list_max_stages())
    dimension = {code: d for d, each in enumerate(instrument.dimensions) for code in each.items}
    weight = np.array([float(instrument.get_weight(code)) for code in instrument.item_order])
    shares = weight * random.lognormal(0, 0.6, len(levels)) * (random.random(len(levels)) > 0.1)
    return scorecard(
        instrument.item_order,
        levels.tolist(),
        np.rint(16e6 * shares / shares.sum() / levels).astype(int).tolist(),
        [dimension[code] for code in instrument.item_order],
        np.rint(16e6 * weight / weight.sum() / levels).astype(int).tolist(),
        thresholds=np.sort(random.uniform(3, 18, 3)).tolist(),
        slope=22.0,
    )


def company(random: Generator, not_applicable: float = 0.0, missing: float = 0.0) -> NDArray[np.int8]:
    """Return random stages of the current instrument, some of them holes."""
    instrument = load_instrument()
    ability = random.beta(2, 3)
    x = np.array(
        [
            max(stage for stage in item.reachable_stages if stage <= random.binomial(item.max_stage, ability))
            for item in instrument.items
        ]
    )
    lot = random.random(len(x))
    allowed = np.array([code in instrument.not_applicable_allowed for code in instrument.item_order])
    x[lot < missing] = -1
    x[allowed & (lot > 1 - not_applicable)] = NOT_APPLICABLE
    return x.astype(np.int8)


def catalogue(
    costs: Mapping[str, Sequence[int]], prerequisites: Sequence[tuple[str, int, str, int]] = ()
) -> Catalogue:
    """Return a catalogue with one rung per cost, for the size class "small"."""
    date = {"source": "test", "date": "2026-11-01"}
    return Catalogue.from_json(json.dumps({
        "schema": "catalogue/1", "version": "test", "unit": "thousand yuan",
        "notice": {"en": "test", "zh-hans": "test"}, "sizes": ["small"], "outcomes": [],
        "prerequisites": [
            {"item": item, "stage": stage, "needs": needs, "needs_stage": at,
             "reason": {"en": "test", "zh-hans": "test"}}
            for item, stage, needs, at in prerequisites
        ],
        "steps": [
            {"item": item, "from": k, "to": k + 1, "small": {"low": cost, "high": cost, "months": 1}, **date}
            for item, each in costs.items() for k, cost in enumerate(each)
        ],
    }))  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A planning question in the plainest form, for ``naive_cost``."""

    scorecard: Scorecard
    catalogue: Catalogue
    x: NDArray[np.int8]
    size: str = "small"
    tier: int | None = None
    probability: float = 0.5
    level: int | None = None
    rule: OfficialRule | None = None
    prerequisites: Sequence[Prerequisite] = ()


def naive_cost(question: Question) -> int | None:
    """Return the least cost by SciPy's milp on a program written down independently of the planner."""
    card, x = question.scorecard, question.x
    rows = []
    for j, code in enumerate(card.items):
        rows.append((j, int(x[j]), 0))
        if x[j] != NOT_APPLICABLE:
            moves = question.catalogue.list_moves(code, int(x[j]), question.size)
            rows += [(j, stage, cost.cost) for stage, cost in moves]
    item, stage, cost = np.array(rows).T
    after = np.maximum(stage, 0)
    constraints = [LinearConstraint(item == np.arange(len(x))[:, None], 1, 1)]
    if question.tier is not None:
        logit = np.log(question.probability / (1 - card.lapse - question.probability))
        needed = (card.thresholds[question.tier - 1] + logit) / card.slope
        constraints.append(LinearConstraint(_worth(card, x)[item] * after, needed, np.inf))
    if question.level is not None:
        assert question.rule is not None
        gate = question.rule.get_gate(question.level)
        codes = np.array(card.items)[item]
        points = [
            question.rule.points[c][s] if c in question.rule.points else 0
            for c, s in zip(codes, after, strict=True)
        ]
        reached = after >= question.level
        constraints += [
            LinearConstraint(np.array(points) / 1000, gate.base_thousandths / 1000 - 1e-6, np.inf),
            LinearConstraint(np.isin(codes, list(question.rule.scenarios)) & reached, gate.scenarios, np.inf),
            LinearConstraint(np.isin(codes, list(question.rule.binding)) & reached, gate.binding, np.inf),
        ]
    for rule in question.prerequisites:
        i, n = card.items.index(rule.item), card.items.index(rule.needs)
        needing = (item == i) & (stage >= rule.stage) & (stage > x[i])
        meeting = (item == n) & ((stage >= rule.needs_stage) | (x[n] == NOT_APPLICABLE))
        constraints.append(LinearConstraint(meeting.astype(int) - needing.astype(int), 0, np.inf))
    with silence_output():
        result = milp(
            cost,
            integrality=np.ones_like(cost),
            bounds=Bounds(0, 1),
            constraints=constraints,
            options={"mip_rel_gap": 0},
        )
    return None if result.x is None else round(result.fun)


def _worth(card: Scorecard, x: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return the share of full readiness that one stage of each item brings, holes filled."""
    absent = x == NOT_APPLICABLE
    worth = np.where(absent, 0.0, card.points / card.full_points)
    for d in range(len(card.dimension_codes)):
        inside = card.dimensions == d
        lost = (card.points * card.levels)[inside & absent].sum() / card.full_points
        answered = inside & ~absent
        worth[answered] += lost * card.fill_units[answered] / (card.fill_units * card.levels)[answered].sum()
    return worth
