"""A small cohort whose every figure is known, for comparing pages with a recomputation in plain Python."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from assessments.models import Assessment, Round, ScoreRun, Submission
from assessments.models.stage import Stage
from assessments.scoring.storage import FIGURES, update_run_pointers
from benchmarks.models import Activation, Release
from companies.models import Company, Listing, Programme
from instrument import load_instrument
from tests import factories

STAGES = list(Stage)
BATCH = 500
NO_FIGURES = dict.fromkeys(FIGURES, 0)
BANDS = {"0": [1000, 3000, 5000], "1": [4900, 5800, 6500], "2": [6000, 6800, 7500], "3": [6800, 7500, 8200]}


@dataclass
class Known:
    """What is known of one company of the crowd; results are score runs, not stored ones included."""

    company: Company
    stage: Stage
    own: ScoreRun | None = None
    verified: ScoreRun | None = None
    own_before: ScoreRun | None = None
    verified_before: ScoreRun | None = None
    before: Assessment | None = None
    now: Assessment | None = None

    @property
    def run(self) -> ScoreRun | None:
        return self.verified or self.own

    @property
    def run_before(self) -> ScoreRun | None:
        return self.verified_before or self.own_before


@dataclass
class Crowd:
    """Companies in two rounds of a programme."""

    programme: Programme
    before: Round
    now: Round
    release: Release
    known: list[Known] = field(default_factory=list)

    @property
    def scored(self) -> list[tuple[Known, ScoreRun]]:
        return [(known, known.run) for known in self.known if known.run is not None]


def make_release(programme: Programme, provenance: str = "synthetic") -> Release:
    """An active release without a model: enough for pages that only read its name and reference figures."""
    release = Release.objects.create(
        programme=programme,
        name="2026.11",
        scorecard="{}",
        sha256="0" * 64,
        data_sha256="0" * 64,
        code_sha256="0" * 64,
        instrument_version=load_instrument().version,
        instrument_sha256=load_instrument().sha256,
        versions={},
        parameters={},
        seed=1,
        rows_per_tier={},
        provenance={provenance: 149},
        metrics={},
        reference={"bands": BANDS, "medians": {}},
    )
    Activation.objects.create(programme=programme, release=release, is_bootstrap=True)
    return release


def new_run(
    assessment: Assessment, release: Release, kind: Submission.Kind, at: datetime, **figures: int | None
) -> ScoreRun:
    """A scored submission of an assessment, not stored; what is not given is zero."""
    submission = Submission(
        number=f"LZ-{uuid.uuid4().hex[:12].upper()}",
        assessment=assessment,
        kind=kind,
        origin=Submission.Origin.WORKBOOK,
        content='{"answers":{}}',
        sha256="f" * 64,
        instrument_version=load_instrument().version,
        instrument_sha256=load_instrument().sha256,
        vector=bytes(len(load_instrument().items)),
        declared=True,
        submitted_at=at,
    )
    return ScoreRun(submission=submission, release=release, **{**NO_FIGURES, **figures})


def random_figures(chance: random.Random) -> dict[str, int | None]:
    """Figures of a score run that agree with each other by the rule of the official level."""
    readiness = chance.randrange(10_001)
    base = chance.randrange(100_001)
    scenarios = sorted((chance.randrange(17) for _ in range(4)), reverse=True)
    binding = [min(count, chance.randrange(11)) for count in scenarios]
    level = max(
        (
            gate.level
            for gate in load_instrument().rule.gates
            if base >= gate.base * 1000
            and scenarios[gate.level - 1] >= gate.scenarios
            and binding[gate.level - 1] >= gate.binding
        ),
        default=0,
    )
    return {
        "readiness": readiness,
        "readiness_low": max(0, readiness - 500),
        "readiness_high": min(10_000, readiness + 500),
        "base_points": base,
        "official_level": level,
        "tier": chance.choice([None, 0, 0, 1, 2, 3]),
        **{f"scenarios_{place + 1}": count for place, count in enumerate(scenarios)},
        **{f"binding_{place + 1}": count for place, count in enumerate(binding)},
        **{f"d{number}": chance.randrange(10_001) for number in range(1, 11)},
    }


def make_crowd(programme: Programme, count: int, seed: int = 1) -> Crowd:
    """`count` companies over three divisions, a functional area and four sectors, at all stages of the funnel."""
    chance = random.Random(seed)
    moment = timezone.now()
    before = factories.make_round(
        programme, "T0", opens_at=moment - timedelta(days=400), deadline=moment - timedelta(days=300)
    )
    now = factories.make_round(programme, "T1", opens_at=moment - timedelta(days=60))
    crowd = Crowd(programme, before, now, make_release(programme))
    sectors = [factories.make_sector(code) for code in factories.SECTORS]
    divisions = [factories.make_division(programme.city, place) for place in (1, 2, 3)]
    functional_area = factories.make_functional_area(programme.city)
    for number in range(count):
        company = factories.new_company(
            # Credit codes of tests have room for 100,000 numbers; the first are left to single companies.
            (1000 + number) % 100_000,
            division=divisions[number % len(divisions)],
            functional_area=functional_area if number % 4 == 0 else None,
            sector=sectors[number % len(sectors)],
            name_en=f"Sample Works {number}",
        )
        crowd.known.append(_known(crowd, company, STAGES[number % len(STAGES)], chance, moment))
    _store(crowd)
    return crowd


def _known(crowd: Crowd, company: Company, stage: Stage, chance: random.Random, moment: datetime) -> Known:
    known = Known(company, stage)
    rank = STAGES.index(stage)
    if chance.random() < 0.8:
        at = moment - timedelta(days=350)
        earlier = Assessment(company=company, round=crowd.before, submitted_at=at, scored_at=at)
        own = new_run(earlier, crowd.release, Submission.Kind.SELF, at, **random_figures(chance))
        known.own_before = earlier.self_run = own
        known.before = earlier
    if rank == 0 and chance.random() < 0.5:
        return known  # listed, and no assessment was made for the company
    known.now = assessment = Assessment(company=company, round=crowd.now)
    for place, reached in enumerate(STAGES[1 : rank + 1]):
        setattr(assessment, f"{reached.value}_at", moment - timedelta(days=40 - 4 * place))
    assessment.answered = 0 if rank < 2 else 30 if rank == 2 else 60
    if rank >= STAGES.index(Stage.SCORED):
        at = moment - timedelta(days=20)
        own = new_run(assessment, crowd.release, Submission.Kind.SELF, at, **random_figures(chance))
        known.own = assessment.self_run = own
    if rank >= STAGES.index(Stage.VERIFIED):
        verified = new_run(
            assessment, crowd.release, Submission.Kind.VERIFIED, moment, **random_figures(chance)
        )
        known.verified = assessment.verified_run = verified
    return known


def _store(crowd: Crowd) -> None:
    """Store all rows of the crowd, a kind at a time: one by one, 100,000 companies would take an hour."""
    companies = [known.company for known in crowd.known]
    Company.objects.bulk_create(companies, BATCH)
    Listing.objects.bulk_create(
        [Listing(programme=crowd.programme, company=company) for company in companies], BATCH
    )
    assessments = [row for known in crowd.known for row in (known.before, known.now) if row is not None]
    runs = [run for row in assessments for run in (row.self_run, row.verified_run) if run is not None]
    # The two point to each other, so the assessments get their runs last.
    pointers = [(row, row.self_run, row.verified_run) for row in assessments]
    for row in assessments:
        row.self_run = row.verified_run = None
    Assessment.objects.bulk_create(assessments, BATCH)
    Submission.objects.bulk_create([run.submission for run in runs], BATCH)
    ScoreRun.objects.bulk_create(runs, BATCH)
    for row, own, verified in pointers:
        row.set_runs(own, verified)
    update_run_pointers(
        [
            (row.pk, own.pk if own else None, verified.pk if verified else None)
            for row, own, verified in pointers
        ]
    )


def pack_again() -> None:
    """Bring the packed figures in line with runs that a test has changed; the site never changes a run."""
    for row in Assessment.objects.select_related("self_run", "verified_run"):
        row.set_runs(row.self_run, row.verified_run)
        row.save()
