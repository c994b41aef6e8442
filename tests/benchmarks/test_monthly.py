"""Monthly regimes against dense normal laws that are built from the components themselves."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from tradetrack.errors import InputError
from tradetrack.models.processes import brownian, integrated_ou, stationary_ou
from tradetrack.models.regimes import Regimes

TABLE = np.array(
    [
        [0.25, 0.5, 0.3, 0.2, 0.7, 0.4, 0.05, 0.04],
        [0.10, 1.0, 0.0, 0.0, 0.5, 0.5, -0.02, 0.01],
    ]
)
SEASON, NOISE = (0.12, 0.05), (0.2, 0.08)
SEEN, AHEAD = 30, 7


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    return importlib.import_module("monthly_regimes")


@pytest.fixture
def regimes(bench):
    return bench.MonthlyRegimes(Regimes.from_table(TABLE, np.array([0.6, 0.4])), SEASON, NOISE)


def dense(row, season, noise):
    """Covariance of the differences from the last month seen, from independent parts of x(t)."""
    sigma, level, rate, passing, phi, rho, _, spread = row
    t = np.arange(SEEN + AHEAD) - (SEEN - 1)
    years = t / 12
    total = np.zeros((len(t), len(t)))
    for share, variogram in (
        (level, brownian),
        (rate, integrated_ou(phi)),
        (passing, stationary_ou(rho)),
    ):
        apart = variogram(years[:, None] - years)
        total += sigma**2 * share * 0.5 * (variogram(years)[:, None] + variogram(years) - apart)
    total += spread**2 * np.outer(years, years) + noise**2 * np.eye(len(t))
    centre = np.eye(12) - 1 / 12
    total += (season**2 * centre @ centre)[np.ix_(t % 12, t % 12)]
    minus_last = np.delete(np.eye(len(t)), SEEN - 1, axis=0)
    minus_last[:, SEEN - 1] = -1
    return minus_last @ total @ minus_last.T


def means(row):
    t = np.arange(SEEN + AHEAD) - (SEEN - 1)
    return row[6] * np.delete(t, SEEN - 1) / 12


def test_covariance_is_that_of_the_parts(regimes):
    t = np.delete(np.arange(SEEN + AHEAD) - (SEEN - 1), SEEN - 1)
    for computed, row, season, noise in zip(
        regimes.covariance(t), TABLE, SEASON, NOISE, strict=True
    ):
        assert_allclose(computed, dense(row, season, noise), rtol=1e-10, atol=1e-12)


def test_densities_and_the_mean_ahead_are_those_of_the_dense_law(regimes):
    rng = np.random.default_rng(1)
    logs = rng.normal(0, 0.2, (3, SEEN + AHEAD)).cumsum(axis=1)
    mixture = regimes.over(SEEN, AHEAD)
    history, future = logs[:, :SEEN], logs[:, SEEN:]
    likelihood = mixture.log_likelihood(history)
    predictive = mixture.log_predictive(history, future)
    ahead = mixture.predictive_mean(history)
    past = SEEN - 1
    for r, row in enumerate(TABLE):
        covariance, mean = dense(row, SEASON[r], NOISE[r]), means(row)
        difference = np.delete(logs - logs[:, [SEEN - 1]], SEEN - 1, axis=1)
        seen = multivariate_normal(mean[:past], covariance[:past, :past]).logpdf(
            difference[:, :past]
        )
        both = multivariate_normal(mean, covariance).logpdf(difference)
        assert_allclose(likelihood[:, r], seen, rtol=1e-9)
        assert_allclose(predictive[:, r], both - seen, rtol=1e-8)
        gain = np.linalg.solve(covariance[:past, :past], covariance[:past, past:]).T
        expected = mean[past:] + (difference[:, :past] - mean[:past]) @ gain.T
        assert_allclose(ahead[:, r], history[:, [-1]] + expected, rtol=1e-8)


def test_passage_agrees_with_paths_of_the_dense_law(regimes):
    rng = np.random.default_rng(2)
    history = rng.normal(0, 0.1, (1, SEEN)).cumsum(axis=1)
    mixture = regimes.over(SEEN, AHEAD)
    goals = history[:, -12:].max(axis=1)[:, None] + np.log([[1.05, 1.3]])
    reached = mixture.attainment(history, goals, np.random.default_rng(3), 4096)[0]
    weights, past = mixture.regime_weights(history)[0], SEEN - 1
    difference = (history - history[:, [-1]])[0, :-1]
    expected = np.zeros_like(reached)
    for r, row in enumerate(TABLE):
        covariance, mean = dense(row, SEASON[r], NOISE[r]), means(row)
        gain = np.linalg.solve(covariance[:past, :past], covariance[:past, past:]).T
        centre = mean[past:] + gain @ (difference - mean[:past])
        left = covariance[past:, past:] - gain @ covariance[:past, past:]
        paths = history[0, -1] + rng.multivariate_normal(centre, left, 40_000)
        highest = np.maximum.accumulate(paths, axis=1)
        expected += weights[r] * (highest[:, None, :] >= goals[0][None, :, None]).mean(axis=0)
    assert_allclose(reached, expected, atol=0.012)


def test_a_table_survives_its_file(bench, regimes, tmp_path):
    regimes.to_csv(tmp_path / "table.csv")
    assert bench.MonthlyRegimes.from_csv(tmp_path / "table.csv") == regimes


def test_bad_tables_and_lengths_are_refused(bench, regimes, tmp_path):
    with pytest.raises(InputError, match="one month_noise per regime"):
        bench.MonthlyRegimes(regimes.regimes, SEASON, (0.1,))
    with pytest.raises(InputError, match="season_spread must be finite"):
        bench.MonthlyRegimes(regimes.regimes, (0.1, -0.1), NOISE)
    with pytest.raises(InputError, match="not 12 and 0"):
        regimes.over(12, 0)
    (tmp_path / "wrong.csv").write_text("weight\n1\n")
    with pytest.raises(InputError, match="columns must be"):
        bench.MonthlyRegimes.from_csv(tmp_path / "wrong.csv")


def test_the_table_that_was_learned_is_a_prior_of_noisy_seasonal_months(bench):
    shipped = bench.MonthlyRegimes.shipped()
    assert sum(shipped.regimes.weights) == pytest.approx(1)
    assert min(shipped.month_noise) < 0.1 < max(shipped.month_noise)
    flat = np.full((1, 24), 3.0)
    assert np.isfinite(shipped.over(24, 6).quantiles(flat, np.array([0.1, 0.5, 0.9]))).all()
