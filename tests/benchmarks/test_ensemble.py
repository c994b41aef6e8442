"""The benchmark of pools: weights come from elsewhere, verdicts and deadlines are read rightly."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SERIES = np.log([2.1, 2.0, 2.4, 3.0, 3.3, 2.9, 3.8, 4.6, 4.4, 5.1, 5.6, 6.0])
FOLD = np.repeat([0, 1, 2], 2)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    return importlib.import_module("ensemble")


def test_weights_of_a_fold_are_the_best_of_the_others(bench: ModuleType) -> None:
    """With 0 and 1 as members the best weight is the share that happened, of the other folds."""
    curves = np.stack([np.zeros((6, 1)), np.ones((6, 1))])
    met = np.array([1, 1, 1, 0, 0, 0], dtype=float)[:, None]
    pooled, weights = bench.out_of_sample(curves, met, np.arange(6), FOLD, "brier", 0.0)
    np.testing.assert_allclose(pooled[::2, 0], [0.25, 0.5, 0.75], atol=1e-5)
    np.testing.assert_allclose(weights, [0.5, 0.5], atol=1e-5)
    half, _ = bench.out_of_sample(curves, met, np.arange(6), FOLD, "brier", 4.0)
    np.testing.assert_allclose(half[::2, 0], [0.375, 0.5, 0.625], atol=1e-5)
    fewer, _ = bench.out_of_sample(curves, met, FOLD, FOLD, "brier", 2.0)  # two groups, not four
    np.testing.assert_allclose(fewer, half, atol=1e-9)


def test_a_forecast_without_an_outcome_is_pooled_but_teaches_nothing(bench: ModuleType) -> None:
    curves = np.stack([np.zeros((6, 1)), np.ones((6, 1))])
    met = np.array([1, 1, np.nan, 0, 0, 0])[:, None]
    pooled, _ = bench.out_of_sample(curves, met, np.arange(6), FOLD, "brier", 0.0)
    np.testing.assert_allclose(pooled[::2, 0], [0.0, 0.5, 2 / 3], atol=1e-5)


def test_the_member_is_picked_by_the_other_folds(bench: ModuleType) -> None:
    scores = np.array([[0.0, 0.0, 0.5, 0.5, 0.5, np.nan], [0.3, 0.3, 0.3, 0.3, 0.3, 0.3]])
    np.testing.assert_allclose(bench.picked(scores, FOLD), [0.3, 0.3, 0.5, 0.5, 0.5, np.nan])


def test_a_deadline_is_the_last_step_of_its_own_goal(bench: ModuleType) -> None:
    told = bench.Forecasts(
        members=("a", "b"),
        curves=np.array([[[0.1, 0.2, 0.2], [0.1, 0.3, 0.4]], [[0.5, 0.6, 0.6], [0.5, 0.7, 0.8]]]),
        met=np.array([[0.0, 1.0, np.nan], [0.0, 0.0, np.nan]]),
        horizon=np.array([2, 3]),
        group=np.arange(2),
        fold=np.arange(2),
        official={},
    )
    curves, met = told.of("deadline")
    np.testing.assert_array_equal(curves[:, :, 0], [[0.2, 0.4], [0.6, 0.8]])
    np.testing.assert_array_equal(met[:, 0], [1.0, np.nan])
    assert told.of("years")[1] is told.met


def test_verdicts_are_0_1_or_none(bench: ModuleType) -> None:
    """10 % a year for five years makes 1.61; four more years make 2.36."""
    totals = {2014 + k: 1.1**k for k in range(6)}
    asked = [(totals, 2.3, 2023, 2020), (totals, 3.0, 2023, 2020), (totals, 2.3, None, 2020)]
    told = bench.official_verdicts(asked)
    assert len(told) == 4  # ESCAP's index expects nothing
    for name, verdicts in told.items():
        assert name.endswith(")")
        np.testing.assert_array_equal(verdicts, [1.0, 0.0, np.nan])


def test_theta_paths_spread_about_what_statsmodels_forecasts(bench: ModuleType) -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    n = 40_000
    paths = bench.theta(SERIES, 4, n, np.random.default_rng(1))
    assert paths.shape == (n, 4)
    published = ThetaModel(SERIES, period=1, deseasonalize=False).fit().forecast(4)
    np.testing.assert_allclose(paths.mean(axis=0), published, atol=0.01)
    assert np.all(np.diff(paths.std(axis=0)) > 0)
