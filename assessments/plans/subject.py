"""Whose way up: the answers that count, the model and the rule that read them, and what steps cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from assessments.models import ScoreRun
from assessments.scoring.compute import parse_scorecard
from benchmarks.costs import get_cost_size, load_catalogue
from benchmarks.ml import Scorecard
from benchmarks.ml.catalogue import Catalogue, Prerequisite
from benchmarks.ml.encode import NOT_APPLICABLE
from benchmarks.ml.official_rule import OfficialRule
from benchmarks.ml.plan import Plan, Target, UpgradeStep
from benchmarks.ml.upgrade import UpgradePlanner
from benchmarks.models import CostSize
from companies.models import Company, Programme
from instrument import Instrument, load_instrument

EVEN_CHANCE = 5_000
"""Ten-thousandths: a tier is stated from this chance on."""


@lru_cache(maxsize=8)
def _load_rule(instrument_version: str) -> OfficialRule:
    return OfficialRule.from_instrument(load_instrument(instrument_version))


@dataclass(frozen=True)
class PlanStanding:
    """The level and figures that certain stages give, missing answers read as the lowest option.

    `scenarios` and `binding` count those at the level of the gate asked about; base points are thousandths,
    readiness hundredths of a point, `exceed` ten-thousandths.
    """

    level: int
    base: int
    scenarios: int
    binding: int
    readiness: int
    exceed: tuple[int, ...]
    tier_stated: bool


@dataclass(frozen=True)
class Subject:
    """A scored submission with all that planning needs. `stages` are int8 (J,) in the instrument's order."""

    instrument: Instrument
    scorecard: Scorecard
    rule: OfficialRule
    catalogue: Catalogue
    size: CostSize
    stages: NDArray[np.int8]

    @cached_property
    def planner(self) -> UpgradePlanner:
        """The planner for this company's size class."""
        return UpgradePlanner(self.scorecard, self.catalogue, size=self.size.value, rule=self.rule)

    @cached_property
    def level(self) -> int:
        """The official level as it is."""
        return self.compute_standing(self.stages, 1).level

    @cached_property
    def tier(self) -> int:
        """The highest tier that is more likely than not reached, missing answers read as the lowest option."""
        return sum(chance >= EVEN_CHANCE for chance in self.compute_standing(self.stages, 1).exceed)

    @property
    def next_level(self) -> Target | None:
        """The official level above the present one; None at the highest."""
        highest = max(gate.level for gate in self.rule.gates)
        return Target.level(self.level + 1) if self.level < highest else None

    @property
    def next_tier(self) -> Target | None:
        """The tier above the present one; None at the highest."""
        highest = len(self.scorecard.thresholds)
        return Target.tier(self.tier + 1) if self.tier < highest else None

    @property
    def has_missing(self) -> bool:
        """Whether an answer is missing, which counts as the lowest option here."""
        return bool((self.stages == -1).any())

    def plan(
        self,
        target: Target,
        *,
        exclude: Collection[str] = (),
        with_outcomes: bool = False,
        probability: float = 0.5,
        budget: int | None = None,
    ) -> Plan:
        """Find the cheapest plan, business results left out unless `with_outcomes`. Raises `ValueError`."""
        kept = set(exclude) if with_outcomes else {*exclude, *self.catalogue.outcomes}
        return self.planner.plan(self.stages, target, probability, kept, budget)

    def compute_standing(self, stages: NDArray[np.int8], gate_level: int) -> PlanStanding:
        """Compute what `stages` give: the level by the rule, readiness and chances by the scorecard."""
        by_code = dict(zip(self.scorecard.items, stages.tolist(), strict=True))
        reached = {code for code in self.rule.scenarios if by_code[code] >= gate_level}
        stored = self.scorecard.score(stages, "guarded").stored()
        return PlanStanding(
            level=self.rule.compute_level(by_code),
            base=self.rule.compute_base(by_code),
            scenarios=len(reached),
            binding=len(reached & self.rule.binding),
            readiness=int(stored.readiness[0]),
            exceed=tuple(int(chance) for chance in stored.exceed[0]),
            tier_stated=bool(self.scorecard.coverage(stages).tier_allowed[0]),
        )

    def raise_stages(self, steps: Sequence[UpgradeStep]) -> NDArray[np.int8]:
        """Return all stages after some steps."""
        after = self.stages.copy()
        for step in steps:
            after[self.scorecard.items.index(step.item)] = step.to_stage
        return after

    def list_unmet_prerequisites(self, steps: Sequence[UpgradeStep]) -> list[Prerequisite]:
        """Return what these steps ask for and neither they nor the present answers give."""
        after = dict(zip(self.scorecard.items, self.raise_stages(steps).tolist(), strict=True))
        raised = {step.item for step in steps}
        return [
            rule
            for rule in self.planner.prerequisites
            if rule.item in raised
            and after[rule.item] >= rule.stage
            and after[rule.needs] < rule.needs_stage
            and after[rule.needs] != NOT_APPLICABLE
        ]


def build_subject(run: ScoreRun, company: Company, programme: Programme) -> Subject:
    """Build the subject of a score run with its submission and release; one query, for costs."""
    size = get_cost_size(company.size)
    version = run.submission.instrument_version
    return Subject(
        instrument=load_instrument(version),
        scorecard=parse_scorecard(run.release.scorecard),
        rule=_load_rule(version),
        catalogue=load_catalogue(programme, size),
        size=size,
        stages=np.frombuffer(bytes(run.submission.vector), dtype=np.int8),
    )
