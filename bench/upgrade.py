"""Times the upgrade planner and compares its costs with SciPy's milp.

Usage: python -m bench.upgrade [cases]. Planning uses no BLAS, and HiGHS one thread on such small programs.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.random import Generator

from benchmarks.ml.catalogue import Catalogue
from benchmarks.ml.plan import Plan, Target
from benchmarks.ml.upgrade import UpgradePlanner, load_current_rule
from tests.benchmarks.ml.upgrade_examples import Question, company, instrument_scorecard, naive_cost

ROUNDS = 5
SEED = 20261122
Case = tuple[Callable[[], Plan], Question]


def build_company_cases(catalogue: Catalogue, random: Generator) -> dict[str, Case]:
    """Return three planning cases of one random company and scorecard, each with the question it answers."""
    card = instrument_scorecard(random)
    x = company(random, not_applicable=0.1, missing=0.05)
    size = str(random.choice(catalogue.sizes))
    tier, probability = int(random.integers(1, 4)), float(random.uniform(0.2, 0.85))
    level = int(random.integers(1, 5))
    rules = catalogue.prerequisites
    free = UpgradePlanner(card, catalogue, size=size, prerequisites=())
    bound = UpgradePlanner(card, catalogue, size=size)
    ask = partial(Question, card, catalogue, x, size)
    return {
        "tier": (partial(free.plan, x, Target.tier(tier), probability), ask(tier, probability)),
        "tier, prerequisites": (
            partial(bound.plan, x, Target.tier(tier), probability),
            ask(tier, probability, prerequisites=rules),
        ),
        "level, prerequisites": (
            partial(bound.plan, x, Target.level(level)),
            ask(level=level, rule=load_current_rule(), prerequisites=rules),
        ),
    }


def main(count: int = 200) -> None:
    """Print agreement and times, each time the median of interleaved rounds."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, {count} cases, median of {ROUNDS} rounds each")
    catalogue, random = Catalogue.current(), np.random.default_rng(SEED)
    agreed: dict[str, int] = {}
    seconds: dict[str, list[float]] = {}
    for _ in range(count):
        cases = build_company_cases(catalogue, random)
        times: dict[str, list[float]] = {kind: [] for kind in cases}
        plans: dict[str, Plan] = {}
        for _ in range(ROUNDS):
            for kind, (run, _) in cases.items():
                start = time.perf_counter()
                plans[kind] = run()
                times[kind].append(time.perf_counter() - start)
        for kind, (_, question) in cases.items():
            plan = plans[kind]
            equal = (plan.cost if plan.feasible else None) == naive_cost(question)
            agreed[kind] = agreed.get(kind, 0) + equal
            seconds.setdefault(kind, []).append(float(np.median(times[kind])))
    for kind, equal_costs in agreed.items():
        middle, late = 1000 * np.quantile(seconds[kind], [0.5, 0.95])
        print(f"{kind:22s} equal cost {equal_costs} of {count}  p50 {middle:6.1f} ms  p95 {late:6.1f} ms")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
