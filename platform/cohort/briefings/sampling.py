"""Taking a sample of a programme's companies."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.models import Round
from assessments.models.packed import NONE
from assessments.models.score import DIMENSIONS
from assessments.models.stage import RANK, STAGES, Stage, compute_step
from benchmarks.models import Release
from cohort.filters import CohortFilters
from cohort.models import Sample, SampleRow
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import Companies
from cohort.queries.standings import MICROSECOND, ORIGIN, encode_moment
from companies.models import Company, Programme

LARGEST = np.iinfo(np.int16).max
BOTH_ROUNDS = ("readiness", *DIMENSIONS)
COLUMNS = (
    *(f"{stage.value}_at" for stage in STAGES[1:]),
    *("idle_since", "step", "answered", "official_level", "aim", "verified", "readiness", "tier", "risk"),
    *(f"own_{name}" for name in BOTH_ROUNDS),
    *(f"own_before_{name}" for name in BOTH_ROUNDS),
)


class WholeList(Cohort):
    """The cohort as the platform itself counts it: every company on the list, whoever looks."""

    def select_reachable(self) -> Companies:
        """Select all companies."""
        return Company.objects.all()


@transaction.atomic
def take_sample(programme: Programme, *, moment: datetime | None = None) -> Sample | None:
    """Store where every company stands; None before the first round. On a day that has one it is returned.

    A `moment` in the past is worked out from the dates of steps: a company is where it stood then, with the result
    that counts today, or none if it was scored later.
    """
    now = timezone.now()
    moment = moment or now
    day = timezone.localdate(moment)
    found = Sample.objects.filter(programme=programme, day=day).first()
    if found is not None:
        return found
    rounds = list(programme.rounds.filter(opens_at__lte=moment).order_by("code"))
    if not rounds:
        return None
    release = Release.objects.defer("scorecard").find_active(programme)
    sample = Sample.objects.create(
        programme=programme,
        round=rounds[-1],
        day=day,
        taken_at=moment,
        is_reconstructed=moment < now - timedelta(hours=1),
        is_synthetic=release is not None and release.is_synthetic,
        release_name=release.name if release else "",
    )
    SampleRow.objects.bulk_create(_build_rows(sample, rounds), batch_size=500)
    return sample


def _build_rows(sample: Sample, rounds: list[Round]) -> list[SampleRow]:
    cohort = WholeList(
        user=User(),
        programme=sample.programme,
        round=rounds[-1],
        earlier=rounds[-2] if len(rounds) > 1 else None,
        filters=CohortFilters(),
        sees_results=True,
        moment=sample.taken_at,
    )
    standings = cohort.standings
    companies = {
        company.pk: company
        for company in cohort.listed.select_related("division", "functional_area", "key_industry")
    }
    # Each column is turned into plain numbers once, not once for each row.
    columns = {name: standings[name].tolist() for name in COLUMNS}
    return [
        _build_row(
            sample,
            companies[standings.get_company_id(row)],
            {name: column[row] for name, column in columns.items()},
        )
        for row in range(len(standings))
    ]


def _build_row(sample: Sample, company: Company, values: dict[str, int]) -> SampleRow:
    value = values.__getitem__

    then = encode_moment(sample.taken_at)
    reached = [0 <= value(f"{stage.value}_at") <= then for stage in STAGES[1:]]
    is_scored = not sample.is_reconstructed or reached[RANK[Stage.SCORED] - 1]
    is_verified = bool(value("verified")) and (
        not sample.is_reconstructed or reached[RANK[Stage.VERIFIED] - 1]
    )

    def get_result(name: str) -> int:
        return value(name) if is_scored else NONE

    idle = sample.taken_at - (ORIGIN + value("idle_since") * MICROSECOND)
    return SampleRow(
        sample=sample,
        company=company,
        name=company.name,
        name_en=company.name_en,
        division=company.division.code,
        area=company.functional_area.code if company.functional_area else "",
        industry=company.key_industry.code if company.key_industry else "",
        step=compute_step(reached) if sample.is_reconstructed else value("step"),
        answered=value("answered"),
        level=get_result("official_level"),
        aim=value("aim"),
        verified=is_verified,
        readiness=get_result("readiness"),
        tier=get_result("tier"),
        own=get_result("own_readiness"),
        before=get_result("own_before_readiness"),
        risk=NONE if sample.is_reconstructed else value("risk"),
        idle_days=max(0, min(idle.days, LARGEST)),
        **{name: get_result(f"own_{name}") for name in DIMENSIONS},
        **{f"before_{name}": get_result(f"own_before_{name}") for name in DIMENSIONS},
    )
