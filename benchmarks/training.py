"""Fitting the model to reference rows and storing the result as a release.

The rows are frozen inside the release, the reference sample of SMEs (class 0) among them. That sample is never the
live cohort, so a company's score does not move because others have answered.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import scipy
import sklearn
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import User
from audit.record import record
from benchmarks.audit_codes import BenchmarkAuditCode
from benchmarks.ml import AnswerEncoder, MonotoneOrdinalClassifier, Scorecard
from benchmarks.ml.evaluate import compute_release_metrics
from benchmarks.ml.holdout import LARGE_MIX, compute_holdout_figures, count_rows_out_of_order
from benchmarks.ml.synthetic_population import GENERATOR, build_reference_population
from benchmarks.models import Facility, Release
from benchmarks.reference import compute_reference
from companies.models import Programme
from instrument import Instrument, load_instrument

Alpha = float | Literal["cv"]

DEFAULT_ALPHA: Alpha = 3.0
DEFAULT_SEED = 20241018
# What `actions.facilities.generate` writes beside each facility that it makes.
GENERATED_ORIGIN = re.compile(rf"{re.escape(GENERATOR)} seed (?P<seed>\d+)")
# Pairs of rows of each kind whose order is checked.
ORDERED_PAIRS = 100_000
ML_FOLDER = Path(__file__).resolve().parent / "ml"


class NoFacilities(Exception):
    """Refusal to train where a tier has no rows: every tier needs some."""


@dataclass(frozen=True)
class TrainingRows:
    """Reference rows as arrays: stages (n, J) int8, tiers (n,), sectors (n,)."""

    stages: NDArray[np.int8]
    tiers: NDArray[np.int64]
    sectors: NDArray[np.str_]

    @classmethod
    def parse(cls, rows: Sequence[dict[str, Any]]) -> TrainingRows:
        """Parse rows as a release stores them."""
        return cls(
            np.array([np.frombuffer(bytes.fromhex(row["stages"]), dtype=np.int8) for row in rows]),
            np.array([row["tier"] for row in rows], dtype=np.int64),
            np.array([row["sector"] for row in rows]),
        )


def fit_release(*, programme: Programme, seed: int, by: User | None, alpha: Alpha = DEFAULT_ALPHA) -> Release:
    """Fit the model to the programme's reference rows and store it as a release. It is not activated.

    The same rows, instrument, code and parameters give the same scorecard, to the letter. Raises `NoFacilities`
    where a tier has no rows.
    """
    instrument = load_instrument()
    stored = list_training_rows(programme, instrument)
    rows = TrainingRows.parse(stored)
    if set(rows.tiers.tolist()) != {0, 1, 2, 3}:
        raise NoFacilities(
            f"Programme {programme.code} needs reference facilities of every tier to train on."
        )
    encoder = build_encoder(instrument)
    classifier = build_classifier(instrument, alpha)
    classifier.fit(encoder.fit_transform(rows.stages), rows.tiers)
    metrics = compute_release_metrics(encoder, classifier, rows.stages, rows.tiers, seed=seed)
    scorecard = build_scorecard(instrument, encoder, classifier, metrics["measurement_error"])
    metrics["generated"] = _compute_generated_figures(
        programme, instrument, encoder, classifier, rows, scorecard
    )
    again = refit_scorecard(instrument, rows, float(classifier.alpha_), metrics["measurement_error"])
    text = dump_canonical_json(stored)
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)
        release = Release.objects.create(
            programme=programme,
            name=_choose_name(programme),
            scorecard=scorecard.to_json(),
            sha256=scorecard.sha256(),
            data_sha256=hashlib.sha256(text.encode()).hexdigest(),
            code_sha256=compute_code_sha256(),
            instrument_version=instrument.version,
            instrument_sha256=instrument.sha256,
            versions={
                "python": platform.python_version(),
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__,
            },
            parameters={
                "alpha": alpha,
                "alpha_chosen": float(classifier.alpha_),
                "lapse": True,
                "nonnegative": True,
                "kkt_residual": float(classifier.kkt_residual_),
                "iterations": int(classifier.n_iter_),
                "refit_sha256": again.sha256(),
            },
            seed=seed,
            rows_per_tier={str(tier): count for tier, count in sorted(Counter(rows.tiers.tolist()).items())},
            provenance=dict(sorted(Counter(row["provenance"] for row in stored).items())),
            metrics=metrics,
            training_rows=text,
            reference=compute_reference(scorecard, rows.stages, rows.tiers, rows.sectors),
            trained_by=by,
        )
        record(
            BenchmarkAuditCode.RELEASE_TRAINED,
            release,
            by=by,
            programme_id=programme.pk,
            name=release.name,
            sha256=release.sha256,
        )
    return release


def _compute_generated_figures(
    programme: Programme,
    instrument: Instrument,
    encoder: AnswerEncoder,
    classifier: MonotoneOrdinalClassifier,
    rows: TrainingRows,
    scorecard: Scorecard,
) -> dict[str, Any]:
    """Compute figures on fresh rows of the world that made all facilities; empty for other facilities."""
    facilities = Facility.objects.filter(programme=programme, instrument_version=instrument.version)
    origins = set(facilities.order_by().values_list("origin", flat=True).distinct())
    found = GENERATED_ORIGIN.fullmatch(origins.pop()) if len(origins) == 1 else None
    if found is None:
        return {}
    seed = int(found["seed"])
    world = build_reference_population(
        instrument.list_max_stages(),
        [instrument.get_item(code).dimension for code in instrument.item_order],
        [float(instrument.get_weight(code)) for code in instrument.item_order],
        seed,
        codes=instrument.item_order,
        not_applicable=sorted(instrument.not_applicable_allowed),
    )
    return {
        "generator": GENERATOR,
        "seed": seed,
        "rows": sum(LARGE_MIX),
        "figures": compute_holdout_figures(world, encoder, classifier, rows.stages, rows.tiers),
        "pairs": ORDERED_PAIRS,
        "out_of_order": count_rows_out_of_order(scorecard, ORDERED_PAIRS),
    }


def refit_scorecard(
    instrument: Instrument, rows: TrainingRows, alpha: float, measurement_error: float
) -> Scorecard:
    """Fit the scorecard to the same rows in reverse order: the order in which rows arrive must not matter."""
    encoder, classifier = build_encoder(instrument), build_classifier(instrument, alpha)
    classifier.fit(encoder.fit_transform(rows.stages[::-1]), rows.tiers[::-1])
    return build_scorecard(instrument, encoder, classifier, measurement_error)


def list_training_rows(programme: Programme, instrument: Instrument) -> list[dict[str, Any]]:
    """List the rows to fit: code, tier, sector, provenance and stages (hex of J int8), sorted by code."""
    facilities = Facility.objects.filter(programme=programme, instrument_version=instrument.version)
    return [
        {
            "code": facility.code,
            "tier": facility.tier,
            "sector": facility.sector.code,
            "provenance": facility.provenance,
            "stages": bytes(facility.vector).hex(),
        }
        for facility in facilities.select_related("sector").order_by("code")
    ]


def read_training_rows(release: Release) -> list[dict[str, Any]]:
    """Read the frozen rows of a release, as `list_training_rows` gave them."""
    rows: list[dict[str, Any]] = json.loads(release.training_rows)
    return rows


def compute_training_key(programme: Programme, seed: int, alpha: Alpha) -> str:
    """Name a fit by all that decides its outcome: asking for the same one twice is one piece of work."""
    instrument = load_instrument()
    parts = [
        dump_canonical_json(list_training_rows(programme, instrument)),
        instrument.sha256,
        compute_code_sha256(),
        str(seed),
        str(alpha),
    ]
    return f"train:{programme.pk}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:40]}"


def build_encoder(instrument: Instrument) -> AnswerEncoder:
    """Build the encoder of an instrument version, with the rule that fills holes."""
    return AnswerEncoder(
        levels=instrument.list_max_stages(),
        dimensions=[instrument.get_item(code).dimension for code in instrument.item_order],
        weights=[float(instrument.get_weight(code)) for code in instrument.item_order],
        missing="prorata",
    )


def build_classifier(instrument: Instrument, alpha: Alpha) -> MonotoneOrdinalClassifier:
    """Build the classifier to fit, drawn to the expert weights of the instrument."""
    anchor = [float(instrument.get_weight(code)) for code in instrument.item_order]
    return MonotoneOrdinalClassifier(alpha=alpha, anchor=anchor)


def build_scorecard(
    instrument: Instrument,
    encoder: AnswerEncoder,
    classifier: MonotoneOrdinalClassifier,
    measurement_error: float,
) -> Scorecard:
    """Build the scorecard: the fitted model as whole numbers."""
    return Scorecard.from_estimator(
        classifier,
        encoder,
        items=instrument.item_order,
        not_applicable=sorted(instrument.not_applicable_allowed),
        measurement_error=measurement_error,
    )


def dump_canonical_json(value: object) -> str:
    """Write JSON with sorted keys and no spaces, so that equal data have equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@lru_cache(maxsize=1)
def compute_code_sha256() -> str:
    """Compute one hash over the sources of the numeric core, as this process loaded them."""
    digest = hashlib.sha256()
    for path in sorted(ML_FOLDER.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _choose_name(programme: Programme) -> str:
    """Choose year, month and a running number: 2026.11.1."""
    today: date = timezone.localdate()
    prefix = f"{today.year}.{today.month:02d}."
    taken = Release.objects.filter(programme=programme, name__startswith=prefix).values_list(
        "name", flat=True
    )
    return prefix + str(1 + max((int(name.removeprefix(prefix)) for name in taken), default=0))
