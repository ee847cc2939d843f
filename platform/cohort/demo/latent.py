"""Invented answers with the dependence that real ones have.

A company has a general capability and one for each dimension; an item has a ladder of thresholds; what the
company answers is the number of thresholds that its capability, with noise of its own, has passed. Raising a
company's capability as a whole (its shift) therefore never lowers an answer, nor its official level: so the
shift that gives a wanted level is found by bisection. Nothing here describes real companies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml.official import OfficialTables
from instrument import AnswerState, Instrument, ItemAnswer

Floats = NDArray[np.float64]
Stages = NDArray[np.int64]

SECTOR_SHIFT = {"automotive": 0.15, "construction_machinery": 0.0, "steel": -0.15}
NOT_APPLICABLE_SHARE = 0.04
DONT_KNOW_SHARE = 0.02
# Results come late: of the rise of a company as a whole they take this share.
OUTCOMES, OUTCOMES_SHARE = "D10", 0.35
# From this level on a scenario is managed in a system: links are ticked and coverage is said accordingly,
# except by the careless.
SYSTEM_LEVEL = 2
CARELESS_LINK_SHARE = 0.01
CARELESS_COVERAGE_SHARE = 0.03
NOT_APPLICABLE_REASON = "本企业没有这项业务（示例）"
_LOWEST_SHIFT, _HIGHEST_SHIFT = -9.0, 9.0
_BISECTIONS = 24


@dataclass(frozen=True, slots=True)
class LatentRound:
    """All answers of one round: stages (n, J) with -1 not known and -2 not applicable, and the ticks made."""

    stages: Stages
    ticks: dict[str, NDArray[np.bool_]]
    shift: Floats
    level: Stages


class LatentCohort:
    """A cohort of `len(sectors)` companies, drawn from a seed."""

    def __init__(self, instrument: Instrument, sectors: list[str], seed: int) -> None:
        self.instrument = instrument
        self.official = OfficialTables.from_instrument(instrument)
        rng = np.random.default_rng([seed, 1])
        n = len(sectors)
        dimensions = [dimension.code for dimension in instrument.dimensions]
        general = rng.normal(0, 1, (n, 1))
        special = rng.normal(0, 1, (n, len(dimensions)))
        sector = np.array([SECTOR_SHIFT[code] for code in sectors])[:, None]
        self.capability = 0.6 * general + 0.55 * special + sector
        self._column = {code: index for index, code in enumerate(dimensions)}
        self._thresholds = {item: self._draw_ladder(item, rng) for item in instrument.item_order}
        self._worth = {
            item.code: np.array(
                [item.get_stage((option.key,)) for option in item.options if not option.exclusive]
            )
            for item in instrument.items
            if item.kind == "multiple"
        }
        self._noise = {
            item: rng.logistic(0, 0.45, (n, len(self._thresholds[item]) if self._is_ticked(item) else 1))
            for item in instrument.item_order
        }
        shape = (n, len(instrument.item_order))
        allowed = np.array([item in instrument.not_applicable_allowed for item in instrument.item_order])
        self._not_applicable = (rng.random(shape) < NOT_APPLICABLE_SHARE) & allowed
        self._dont_know = rng.random(shape) < DONT_KNOW_SHARE
        links = [option for option in instrument.get_item("B4").options if not option.exclusive]
        self._link_scenarios = [option.scenario for option in links]
        self._careless_links = rng.random((n, len(links))) < CARELESS_LINK_SHARE
        self._careless_coverage = rng.random(n) < CARELESS_COVERAGE_SHARE

    def _is_ticked(self, item: str) -> bool:
        return self.instrument.get_item(item).kind == "multiple"

    def _draw_ladder(self, item: str, rng: np.random.Generator) -> Floats:
        """Draw where the thresholds lie: AI late, and a tenth of the revenue (G4) hardly anybody spends."""
        found = self.instrument.get_item(item)
        steps = len(found.options) - 1
        centre = rng.normal(0.2, 0.3) + (0.9 if found.part == "ai" else 0.0) + (3.2 if item == "G4" else 0.0)
        if found.dimension == OUTCOMES:
            return np.array([-0.9, 0.5]) + rng.normal(0, 0.2)
        if found.kind == "multiple":
            width = 0.12 if steps > 10 else 0.55
            return np.asarray(rng.permutation(centre + width * (np.arange(steps) - (steps - 1) / 2)))
        # The upper levels ask for linked systems and for models, so they lie further and further apart.
        return np.asarray(centre - 1.1 + np.array([0.0, 0.8, 1.8, 3.0, 3.8][:steps]))

    def answer(self, shift: Floats, uplift: Floats | None = None) -> LatentRound:
        """Answer at this shift (n,), each dimension further raised by `uplift` (n, D)."""
        risen = shift[:, None] + (np.zeros_like(self.capability) if uplift is None else uplift)
        risen[:, self._column[OUTCOMES]] *= OUTCOMES_SHARE
        strength = self.capability + risen
        # Spending does not follow capability: a company's share stays what it is.
        fixed = self.capability
        passed = {}
        for code in self.instrument.item_order:
            own = (fixed if code == "G4" else strength)[
                :, [self._column[self.instrument.get_item(code).dimension]]
            ]
            passed[code] = own + self._noise[code] > self._thresholds[code]
        in_systems = {
            item.code: passed[item.code].sum(axis=1) >= SYSTEM_LEVEL for item in self.instrument.scenarios
        }
        managed = np.column_stack([in_systems[code] for code in self._link_scenarios if code])
        passed["B4"] &= managed | self._careless_links
        ticks = {code: passed[code] for code in passed if self._is_ticked(code)}
        columns = {
            code: marks @ self._worth[code] if code in ticks else marks.sum(axis=1)
            for code, marks in passed.items()
        }
        coverage = self._compute_coverage(np.column_stack(list(in_systems.values())))
        columns["B5"] = np.where(self._careless_coverage, columns["B5"], coverage)
        stages = np.column_stack(list(columns.values())).astype(np.int64)
        stages[self._dont_know] = -1
        stages[self._not_applicable] = -2
        return LatentRound(stages, ticks, shift, self.official.grade(stages.astype(np.int8)).level)

    @staticmethod
    def _compute_coverage(in_systems: NDArray[np.bool_]) -> Stages:
        """Grade B5 by the scenarios that run in systems: none, one, several, over 80 %, all."""
        count, everything = in_systems.sum(axis=1), in_systems.shape[1]
        return np.select(
            [count == everything, count > 0.8 * everything, count >= 2, count == 1], [4, 3, 2, 1], default=0
        )

    def answer_at_level(
        self, wanted: Stages, seed: int, uplift: Floats | None = None, at_least: Floats | None = None
    ) -> LatentRound:
        """Give answers of the wanted official level (n,), at a random place within that level.

        `at_least` (n,) is a shift below which a company does not fall as long as the level allows it.
        """
        rng = np.random.default_rng([seed, 2])
        low = self._find_first_shift(wanted, uplift)
        high = self._find_first_shift(wanted + 1, uplift)
        low = np.where(wanted == 0, high - 1.5, low)
        high = np.where(wanted == len(self.official.gates), low + 1.0, high)
        if at_least is not None:
            low = np.clip(at_least, low, low + 0.9 * (high - low))
        return self.answer(low + rng.uniform(0.05, 0.95, len(low)) * (high - low), uplift)

    def _find_first_shift(self, level: Stages, uplift: Floats | None) -> Floats:
        """Find the smallest shift at which each company reaches its level."""
        below = np.full(len(level), _LOWEST_SHIFT)
        above = np.full(len(level), _HIGHEST_SHIFT)
        for _step in range(_BISECTIONS):
            middle = (below + above) / 2
            reached = self.answer(middle, uplift).level >= level
            above = np.where(reached, middle, above)
            below = np.where(reached, below, middle)
        return above


def build_latent_answer(instrument: Instrument, code: str, row: int, answers: LatentRound) -> ItemAnswer:
    """Build the answer of one company to one item, without figures."""
    item = instrument.get_item(code)
    stage = int(answers.stages[row, instrument.item_order.index(code)])
    if stage == -1:
        return ItemAnswer(AnswerState.DONT_KNOW)
    if stage == -2:
        return ItemAnswer(AnswerState.NOT_APPLICABLE, reason=NOT_APPLICABLE_REASON)
    if code in answers.ticks:
        open_options = [option.key for option in item.options if not option.exclusive]
        keys = [key for key, ticked in zip(open_options, answers.ticks[code][row], strict=True) if ticked]
        none = [option.key for option in item.options if option.exclusive]
        return ItemAnswer(AnswerState.ANSWERED, tuple(keys or none))
    return ItemAnswer(AnswerState.ANSWERED, item.get_value_for_stage(stage))
