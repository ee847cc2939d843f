"""Training a release and putting one into use."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.record import record
from benchmarks.ml import AnswerEncoder, MonotoneOrdinalClassifier, Scorecard
from benchmarks.ml.evaluate import release_metrics
from benchmarks.models import Activation, Facility, Release
from benchmarks.reference import reference_of
from companies.models import Programme
from instrument import Instrument, load

DEFAULT_ALPHA = 3.0
ML_FOLDER = Path(__file__).resolve().parent.parent / "ml"


class NoFacilities(Exception):
    """There is nothing to train on."""


class NeedsSecondPerson(Exception):
    """A release is confirmed by somebody else than the person who proposed it."""


def train(*, programme: Programme, seed: int, by: User | None, alpha: float = DEFAULT_ALPHA) -> Release:
    """Fit the model to the programme's reference rows and store it as a release. It is not put into use.

    The same rows, instrument, code and parameters give the same scorecard, to the letter.
    """
    instrument = load()
    rows = training_rows(programme, instrument)
    if not rows:
        raise NoFacilities(f"Programme {programme.code} has no reference facilities to train on.")
    stages = np.array([np.frombuffer(bytes.fromhex(row["stages"]), dtype=np.int8) for row in rows])
    tiers = np.array([row["tier"] for row in rows])
    sectors = np.array([row["sector"] for row in rows])
    encoder = encoder_of(instrument)
    classifier = MonotoneOrdinalClassifier(
        alpha=alpha, anchor=[float(instrument.weight(code)) for code in instrument.item_order]
    )
    classifier.fit(encoder.fit_transform(stages), tiers)
    metrics = release_metrics(encoder, classifier, stages, tiers, seed=seed)
    scorecard = Scorecard.from_estimator(
        classifier,
        encoder,
        items=instrument.item_order,
        not_applicable=sorted(instrument.not_applicable_allowed),
        measurement_error=metrics["measurement_error"],
    )
    text = canonical(rows)
    with transaction.atomic():
        release = Release.objects.create(
            programme=programme,
            name=_next_name(programme),
            scorecard=scorecard.to_json(),
            sha256=scorecard.sha256(),
            data_sha256=hashlib.sha256(text.encode()).hexdigest(),
            code_sha256=code_sha256(),
            instrument_version=instrument.version,
            instrument_sha256=instrument.sha256,
            versions={
                "python": platform.python_version(),
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__,
            },
            parameters={"alpha": alpha, "lapse": True, "nonnegative": True},
            seed=seed,
            rows_per_tier={str(tier): count for tier, count in sorted(Counter(tiers.tolist()).items())},
            provenance=dict(sorted(Counter(row["provenance"] for row in rows).items())),
            metrics=metrics,
            training_rows=text,
            reference=reference_of(scorecard, stages, tiers, sectors),
            trained_by=by,
        )
        record(
            "release.trained",
            release,
            by=by,
            programme_id=programme.pk,
            name=release.name,
            sha256=release.sha256,
        )
    return release


def training_rows(programme: Programme, instrument: Instrument) -> list[dict[str, Any]]:
    """The rows to fit: code, tier, sector, provenance and stages (hex of J int8), sorted by code."""
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


def encoder_of(instrument: Instrument) -> AnswerEncoder:
    """The encoder of an instrument version, with the rule that fills holes."""
    return AnswerEncoder(
        levels=instrument.levels(),
        dimensions=[instrument.item(code).dimension for code in instrument.item_order],
        weights=[float(instrument.weight(code)) for code in instrument.item_order],
        missing="prorata",
    )


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces, so that equal data have equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def code_sha256() -> str:
    """One hash over the sources of the numeric core."""
    digest = hashlib.sha256()
    for path in sorted(ML_FOLDER.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _next_name(programme: Programme) -> str:
    """Year, month and a running number: 2026.11.1."""
    today: date = timezone.localdate()
    prefix = f"{today.year}.{today.month:02d}."
    taken = Release.objects.filter(programme=programme, name__startswith=prefix).values_list("name", flat=True)
    return prefix + str(1 + max((int(name.removeprefix(prefix)) for name in taken), default=0))


def promote(*, release: Release, proposed_by: User | None, confirmed_by: User | None) -> Activation:
    """Put a release into use for its programme; what was in use ends at the same moment.

    The first release of an installation may be promoted by one person and is logged as bootstrap. Later ones
    need a second person; raises `NeedsSecondPerson` otherwise.
    """
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=release.programme_id)
        is_bootstrap = not Activation.objects.exists()
        if not is_bootstrap and (
            proposed_by is None or confirmed_by is None or proposed_by.pk == confirmed_by.pk
        ):
            raise NeedsSecondPerson("Another person than the one who proposed the release has to confirm it.")
        Activation.objects.filter(programme=programme, ended_at__isnull=True).update(ended_at=timezone.now())
        activation = Activation.objects.create(
            programme=programme,
            release=release,
            proposed_by=proposed_by,
            confirmed_by=confirmed_by,
            is_bootstrap=is_bootstrap,
        )
        record(
            "release.promoted",
            release,
            by=confirmed_by or proposed_by,
            programme_id=programme.pk,
            name=release.name,
            bootstrap=is_bootstrap,
        )
    return activation
