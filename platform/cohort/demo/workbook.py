"""The invented cohort as a workbook in the layout that every bureau loads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assessments.models.stage import Stage
from cohort.demo import plan
from cohort.demo.companies import DemoCompany, invent_companies
from cohort.demo.figures import COMPARED, YEARS, Business, invent_business
from cohort.demo.latent import LatentCohort, LatentRound, build_latent_answer
from cohort.loading.columns import COMPANY_COLUMNS, YEAR_COLUMNS
from cohort.loading.template import write_cohort_workbook
from documents.workbook_writer import Value
from instrument import AnswerState, Instrument, ItemAnswer, load_instrument

SEED = 20241018
# Capability that companies gain in a dimension between the rounds, beside the rise of the whole.
_UPLIFT = 0.35


@dataclass(frozen=True, slots=True)
class DemoCohort:
    """Everything invented: companies, their business, the plan, and the answers of both rounds."""

    instrument: Instrument
    companies: list[DemoCompany]
    business: list[Business]
    plan: plan.DemoPlan
    rounds: dict[str, LatentRound]

    def build_answers(self, row: int, round_code: str) -> dict[str, ItemAnswer]:
        """Build all answers of one company in one round, with their figures."""
        figures = self.business[row].figures[round_code]
        found = {}
        for code in self.instrument.item_order:
            answer = build_latent_answer(self.instrument, code, row, self.rounds[round_code])
            found[code] = ItemAnswer(answer.state, answer.value, answer.reason, figures.get(code, {}))
        return found


def invent_cohort(seed: int = SEED) -> DemoCohort:
    """Invent the cohort; the same seed gives the same, to the letter."""
    instrument = load_instrument()
    companies = invent_companies(seed)
    drawn = plan.draw(seed)
    latent = LatentCohort(instrument, [company.sector for company in companies], seed)
    before = latent.answer_at_level(drawn.levels_t0, seed)
    rng = np.random.default_rng([seed, 30])
    uplift = np.abs(rng.normal(0, _UPLIFT, latent.capability.shape))
    after = latent.answer_at_level(drawn.levels_t1, seed + 1, uplift, at_least=before.shift)
    rounds = {"T0": before, "T1": after}
    business = [
        invent_business(
            company,
            {
                code: dict(zip(instrument.item_order, rounds[code].stages[row].tolist(), strict=True))
                for code in COMPARED
            },
            instrument,
            rng,
        )
        for row, company in enumerate(companies)
    ]
    return DemoCohort(instrument, companies, business, drawn, rounds)


def write_cohort(path: Path, cohort: DemoCohort) -> None:
    """Write the cohort as a workbook: all companies, round T0 of all, round T1 as far as each has come."""
    write_cohort_workbook(
        path, years=YEARS, companies=_iter_company_rows(cohort), answers=_iter_answer_rows(cohort)
    )


def _iter_company_rows(cohort: DemoCohort) -> Iterator[list[Value]]:
    for company, business in zip(cohort.companies, cohort.business, strict=True):
        total, digital, networked = business.machines
        known: dict[str, Any] = {
            "credit_code": company.credit_code,
            **company.profile,
            **company.listing,
            "machines_total": total,
            "machines_digital": digital,
            "machines_networked": networked,
        }
        row: list[Value] = [known.get(column.key) for column in COMPANY_COLUMNS]
        for figures in business.years:
            row += [getattr(figures, column.key) for column in YEAR_COLUMNS]
        yield row


def _iter_answer_rows(cohort: DemoCohort) -> Iterator[list[Value]]:
    rng = np.random.default_rng([SEED, 40])
    for row, company in enumerate(cohort.companies):
        yield from _iter_rows(company.credit_code, "T0", cohort.build_answers(row, "T0"))
        stage = cohort.plan.stages_t1[row]
        if stage in (Stage.LISTED, Stage.INVITED) or row == plan.MANAGED:
            continue
        answers = cohort.build_answers(row, "T1")
        if stage == Stage.STARTED:
            # Questionnaires are filled in from the front.
            done = int(rng.integers(4, len(answers) - 3))
            order = [code for dimension in cohort.instrument.dimensions for code in dimension.items]
            answers = {code: answers[code] for code in order[:done]}
        yield from _iter_rows(company.credit_code, "T1", answers)


def _iter_rows(code: str, round_code: str, answers: dict[str, ItemAnswer]) -> Iterator[list[Value]]:
    for item, answer in answers.items():
        yield [code, round_code, item, format_answer(answer), answer.reason, answer.comment]
        for figure, number in answer.figures.items():
            yield [code, round_code, f"{item}.{figure}", number, "", ""]


def format_answer(answer: ItemAnswer) -> str:
    """Format an answer the way the sheet writes it."""
    if answer.state is AnswerState.DONT_KNOW:
        return "?"
    if answer.state is AnswerState.NOT_APPLICABLE:
        return "N/A"
    return ",".join(answer.value) if isinstance(answer.value, tuple) else str(answer.value)
