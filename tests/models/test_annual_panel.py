"""The panel's annual model against `AnnualMixture`, dense draws, and itself in other batches."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from tradetrack.models.annual import AnnualMixture, yearly_covariance
from tradetrack.models.annual_panel import SharedYears
from tradetrack.models.regimes import MonthPattern, Regime, Regimes

SHIPPED, NOISE = Regimes.shipped(), MonthPattern.shipped().noise
HARD = Regimes(
    (
        Regime(1e-4, 1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0),
        Regime(3.0, 0.0, 0.5, 0.5, 0.9, 0.9, 0.5, 0.3),
        Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, 0.05, 0.0),
    ),
    (0.4, 0.3, 0.3),
)
GAPPED = (2001, 2002, 2005, 2006, 2007)
LEVELS = (0.001, 0.025, 0.5, 0.975, 0.999)


def histories(n: int) -> np.ndarray:
    """Random ones, then a constant, a jump of a thousand times, one of 1e300, a straight line."""
    logs = np.random.default_rng(n).normal(0.0, 0.3, (12, n)).cumsum(axis=1)
    logs[0] = 1.0
    logs[1, -1] = np.log(1000.0)
    logs[2] = 0.0
    logs[2, -1] = -np.log(1e300)
    logs[3] = np.linspace(0.0, 1.0, n)
    return logs


@pytest.mark.parametrize("regimes", [SHIPPED, HARD], ids=["shipped", "hard"])
@pytest.mark.parametrize(("n", "horizon"), [(2, 1), (2, 60), (8, 10)])
def test_weights_means_and_quantiles_are_those_of_the_annual_mixture(regimes, n, horizon) -> None:
    years, logs = range(2000, 2000 + n), histories(n)
    shared = SharedYears.over(regimes, years, horizon, NOISE)
    mixture = AnnualMixture.over(regimes, years, horizon, NOISE)
    np.testing.assert_allclose(shared.weights(logs), mixture.regime_weights(logs), atol=1e-12)
    means = shared.means(logs).transpose(2, 0, 1) + logs[:, -1, None, None]
    np.testing.assert_allclose(means, mixture.predictive_mean(logs), rtol=1e-12, atol=1e-9)
    expected = mixture.quantiles(logs, np.array(LEVELS))
    np.testing.assert_allclose(shared.quantiles(logs, LEVELS), expected, rtol=1e-12, atol=1e-8)


def test_first_passage_is_that_of_the_annual_mixture_with_many_draws() -> None:
    years, logs = range(2000, 2010), histories(10)
    goals = logs[:, -1:] + np.log([0.5, 1.1, 1.5, 3.0])
    shared = SharedYears.over(SHIPPED, years, 8, NOISE)
    mixture = AnnualMixture.over(SHIPPED, years, 8, NOISE)
    found = shared.met_by(logs, goals, 8_000, np.random.default_rng(0))
    expected = mixture.attainment(logs, goals, np.random.default_rng(1), 4096)
    expected[logs.max(axis=1)[:, None] >= goals] = 1.0
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.01)
    assert 0.05 < found.mean() < 0.95


def test_gap_years_are_simulated() -> None:
    regimes = Regimes(HARD.regimes[2:], (1.0,))
    logs, goals = np.zeros((1, 5)), np.log([[1.05, 1.3]])
    found = SharedYears.over(regimes, GAPPED, 3, NOISE).met_by(
        logs, goals, 4096, np.random.default_rng(0)
    )[0]
    times = np.array([2003, 2004, 2008, 2009, 2010, 2001, 2002, 2005, 2006], float)
    covariance = yearly_covariance(regimes, times, 2007, NOISE)[0]
    gain = covariance[:5, 5:] @ np.linalg.inv(covariance[5:, 5:])
    drift = regimes.drift[0] * (times - 2007)
    mean = drift[:5] - gain @ drift[5:]
    spread = covariance[:5, :5] - gain @ covariance[5:, :5]
    paths = np.random.default_rng(0).multivariate_normal(mean, spread, 400_000)
    highest = np.maximum.accumulate(paths, axis=1)[:, 2:]
    expected = (highest[None] >= goals[0][:, None, None]).mean(axis=1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.006)
    in_gap = (paths[:, :2].max(axis=1) >= goals[0, 0]).mean()
    assert found[0, 0] > in_gap > 0.2


def test_memory_weighs_the_regimes_by_recent_years_only() -> None:
    logs = histories(12)
    short = SharedYears.over(SHIPPED, range(2000, 2012), 2, NOISE, memory=8)
    recent = AnnualMixture.over(SHIPPED, range(2004, 2012), 2, NOISE)
    np.testing.assert_allclose(short.weights(logs), recent.regime_weights(logs[:, 4:]), atol=1e-12)
    long_ago = SharedYears.over(SHIPPED, (1980, 2011), 2, NOISE, memory=8)
    np.testing.assert_allclose(long_ago.weights(logs[:, :2]), np.tile(SHIPPED.weights, (12, 1)))


@pytest.mark.parametrize("n_paths", [1, 3, 17, 2_000])
def test_any_number_of_paths_gives_probabilities(n_paths: int) -> None:
    logs = histories(6)
    shared = SharedYears.over(SHIPPED, range(6), 60, NOISE)
    found = shared.met_by(logs, logs[:, -1:] + 0.3, n_paths, np.random.default_rng(0))
    assert found.shape == (12, 1, 60)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=2) >= 0).all()
    if n_paths < 20:  # sixteen paths a regime are the fewest
        better = shared.met_by(logs, logs[:, -1:] + 0.3, 4096, np.random.default_rng(0))
        np.testing.assert_allclose(found, better, rtol=0, atol=0.25)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_a_series_answers_alike_in_any_batch(size: int) -> None:
    logs = histories(7)
    shared = SharedYears.over(SHIPPED, (0, 1, 2, 4, 5, 6, 9), 4, NOISE, 8)
    goals = logs[:, -1:] + np.log([1.1, 2.0])

    def answers(rows: slice) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        met = shared.met_by(logs[rows], goals[rows], 300, rng)
        return met, shared.quantiles(logs[rows], LEVELS[:2])

    for alone, together in zip(
        zip(*(answers(slice(low, low + size)) for low in range(0, 12, size)), strict=True),
        answers(slice(None)),
        strict=True,
    ):
        np.testing.assert_array_equal(np.concatenate(alone), together)


def digest() -> str:
    """Digest of what 130 years of figures share: enough for BLAS to use its threads."""
    shared = SharedYears.over(SHIPPED, range(130), 10, NOISE)
    parts = (shared.gain, shared.factor, shared.recent_factor)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_the_threads_of_blas_do_not_matter() -> None:
    script = f"import runpy; print(runpy.run_path({__file__!r})['digest']())"
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == digest()
