"""Reference facilities: generating the labelled sample that stands in until real ones are assessed."""

from __future__ import annotations

from collections import Counter

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from accounts.models import User
from audit.record import record
from benchmarks.audit_codes import BenchmarkAuditCode
from benchmarks.ml.synthetic_population import GENERATOR, draw_reference_sample
from benchmarks.models import Facility, Provenance, Tier
from companies.models import Programme, Sector
from instrument import AnswerState, Instrument, ItemAnswer, build_snapshot, load_instrument

CODE_LETTERS = {Tier.SME: "S", Tier.WORKSHOP: "W", Tier.FACTORY: "F", Tier.BENCHMARK: "P"}
NOT_APPLICABLE_REASON = "generated"
_NAMES = {
    Tier.SME: "合成中小企业 {}",
    Tier.WORKSHOP: "合成数字化车间 {}",
    Tier.FACTORY: "合成智能工厂 {}",
    Tier.BENCHMARK: "合成自治区级标杆 {}",
}


class AlreadyThere(Exception):
    """Refusal where the programme has reference facilities; generated ones are made once."""


def generate(*, programme: Programme, seed: int, by: User | None) -> int:
    """Make the generated reference set of a programme and return its size: 435 SMEs and 149 facilities.

    They are labelled as generated (`Provenance.SYNTHETIC`) wherever they show, and describe no real company.
    """
    instrument = load_instrument()
    stages, tiers, sectors = draw_reference_sample(
        instrument.list_max_stages(),
        [instrument.get_item(code).dimension for code in instrument.item_order],
        [float(instrument.get_weight(code)) for code in instrument.item_order],
        seed,
        codes=instrument.item_order,
        not_applicable=sorted(instrument.not_applicable_allowed),
    )
    by_code = {sector.code: sector for sector in Sector.objects.all()}
    numbers: Counter[int] = Counter()
    rows = []
    for row, tier, sector in zip(stages, tiers.tolist(), sectors.tolist(), strict=True):
        numbers[tier] += 1
        code = f"{CODE_LETTERS[Tier(tier)]}{numbers[tier]:03d}"
        frozen = build_snapshot(instrument, build_answers(instrument, row))
        rows.append(
            Facility(
                code=code,
                name=_NAMES[Tier(tier)].format(code),
                tier=tier,
                sector=by_code[sector],
                programme=programme,
                provenance=Provenance.SYNTHETIC,
                origin=f"{GENERATOR} seed {seed}",
                instrument_version=instrument.version,
                content=frozen.content,
                sha256=frozen.sha256,
                vector=frozen.vector,
            )
        )
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)
        if programme.facilities.exists():
            raise AlreadyThere(f"Programme {programme.code} has reference facilities already.")
        Facility.objects.bulk_create(rows, batch_size=200)
        record(
            BenchmarkAuditCode.FACILITIES_GENERATED,
            programme,
            by=by,
            programme_id=programme.pk,
            seed=seed,
            generator=GENERATOR,
            per_tier={str(tier): count for tier, count in sorted(numbers.items())},
        )
    return len(rows)


def build_answers(instrument: Instrument, row: NDArray[np.int8]) -> dict[str, ItemAnswer]:
    """Build answers of these stages; -1 is "don't know", -2 "not applicable" with a reason that says so."""
    answers = {}
    for code, stage in zip(instrument.item_order, row.tolist(), strict=True):
        if stage == -2:
            answers[code] = ItemAnswer(AnswerState.NOT_APPLICABLE, reason=NOT_APPLICABLE_REASON)
        elif stage == -1:
            answers[code] = ItemAnswer(AnswerState.DONT_KNOW)
        else:
            answers[code] = ItemAnswer(
                AnswerState.ANSWERED, value=instrument.get_item(code).get_value_for_stage(stage)
            )
    return answers
