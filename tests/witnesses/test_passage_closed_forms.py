"""First passage against laws that are known in closed form."""

import numpy as np
import pytest
from scipy.stats import invgauss, norm
from tests.tracking_strategies import level, model

from tradetrack.attainment.first_passage import (
    first_months,
    first_year,
    met_by,
    monte_carlo_errors,
    reaches,
)
from tradetrack.domain.goal import Goal
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.regimes import MonthPattern, Regime
from tradetrack.tracking import track

DRIFT, SIGMA, BARRIER = 0.3, 0.4, 0.7
YEARS, N_PATHS = 4, 30_000


def chances(totals: np.ndarray, amount: float) -> np.ndarray:
    """Share of the paths that have met the amount by each row."""
    rows = range(len(totals))
    return met_by(first_months(reaches(totals, amount), rows), rows).mean(axis=1)


def passage_on_a_grid(steps: int) -> np.ndarray:
    """P(a walk with drift passed the barrier by each year), looked at ``steps`` times a year."""
    rng = np.random.default_rng(steps)
    shape = (YEARS * steps, N_PATHS)
    moves = rng.normal(DRIFT / steps, SIGMA / np.sqrt(steps), shape).astype(np.float32)
    walk = np.cumsum(moves, axis=0)
    by_step = chances(np.exp(walk), float(np.exp(BARRIER)))
    return by_step[steps - 1 :: steps]


def inverse_gaussian(years: np.ndarray) -> np.ndarray:
    """Law of the first time at which a Brownian motion with drift reaches the barrier."""
    mean, shape = BARRIER / DRIFT, (BARRIER / SIGMA) ** 2
    return invgauss(mean / shape, scale=shape).cdf(years)


def test_a_walk_with_drift_tends_to_the_inverse_gaussian_law_as_its_step_shrinks() -> None:
    exact = inverse_gaussian(np.arange(1.0, YEARS + 1))
    gaps = np.array([np.abs(passage_on_a_grid(steps) - exact).max() for steps in (1, 8, 64)])
    assert gaps[0] > 0.1  # a look once a year misses what happens between
    assert (gaps[1:] < 0.55 * gaps[:-1]).all()  # the gap falls with the root of the step
    assert gaps[-1] < 0.03


def test_the_gap_is_that_of_a_barrier_moved_by_the_discreteness() -> None:
    """Looking ``n`` times a year is a barrier higher by 0.5826 sigma / sqrt(n) (Siegmund 1985)."""
    years = np.arange(1.0, YEARS + 1)
    moved = BARRIER + 0.5826 * SIGMA / np.sqrt(64)
    shape = (moved / SIGMA) ** 2
    expected = invgauss(moved / DRIFT / shape, scale=shape).cdf(years)
    assert np.abs(passage_on_a_grid(64) - expected).max() < 4 * 0.5 / np.sqrt(N_PATHS)


def test_independent_years_miss_a_goal_by_a_product() -> None:
    means = np.array([0.0, 0.1, 0.25, 0.2, 0.4])
    rng = np.random.default_rng(1)
    totals = np.exp(means[:, None] + 0.3 * rng.standard_normal((5, N_PATHS))).astype(np.float32)
    amount = 1.6
    expected = 1 - np.cumprod(norm.cdf((np.log(amount) - means) / 0.3))
    error = np.sqrt(expected * (1 - expected) / N_PATHS)
    assert (np.abs(chances(totals, amount) - expected) < 4 * error).all()


def test_a_tracked_walk_known_to_its_last_month_meets_a_goal_as_the_walk_does() -> None:
    """The whole way through: print the months, track, and compare with walks made by hand."""
    walk = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.1, drift_spread=0.0)
    quiet = MonthPattern((0.0,) * 12, (0.0,) * 12, 1e-3, 0.0, 1.0)
    ledger = Ledger(level(f"2020-{month:02d}", 1.0) for month in range(1, 13))
    tracking = track(
        ledger, Goal(14.0), horizon=6, model=model(walk, pattern=quiet), n_paths=20_000
    )
    rng = np.random.default_rng(9)
    steps = rng.normal(0.1 / 12, 0.2 / np.sqrt(12), (6, 12, 20_000)).reshape(72, -1)
    monthly = np.exp(np.cumsum(steps, axis=0)).reshape(6, 12, -1)
    met = np.maximum.accumulate(monthly.sum(axis=1), axis=0) >= 14.0
    for year, chance in zip(range(2021, 2027), met.mean(axis=1), strict=True):
        error = np.sqrt(2 * chance * (1 - chance) / 20_000)
        assert abs(tracking.attainments[0].probability_by(year) - chance) < 4 * error + 1e-3


def test_years_of_a_known_past_are_passed_when_they_were() -> None:
    totals = np.array([[1.0], [3.0], [2.0], [4.0]], np.float32)
    assert [first_year(chances(totals, amount), 0.5) for amount in (1.0, 2.0, 3.5, 5.0)] == [
        0,
        1,
        3,
        None,
    ]


def test_the_error_of_paths_of_their_own_is_the_binomial_one() -> None:
    met = np.arange(1_000)[None, :] < np.array([[0], [300], [1_000]])
    assert monte_carlo_errors(met) == pytest.approx([1 / 1002, np.sqrt(0.21 / 1_000), 1 / 1002])


def test_the_error_of_shared_histories_is_the_scatter_of_the_share() -> None:
    """Futures that follow a shared history: the share scatters more than the binomial law says."""
    rng = np.random.default_rng(5)
    size = np.tile([1, 2, 3], 100)
    starts = np.cumsum(size) - size
    chances = rng.beta(0.4, 0.4, (4_000, 300)).repeat(size, axis=1)
    met = rng.random(chances.shape) < chances
    scatter = float(met.mean(axis=1).std())
    stated = np.sqrt((monte_carlo_errors(met, starts) ** 2).mean())
    assert stated == pytest.approx(scatter, rel=0.05)
    assert scatter > 1.15 * np.sqrt(0.25 / met.shape[1])


def test_the_error_of_a_tracked_goal_is_the_scatter_over_seeds() -> None:
    rows = [level(str(2015 + i), f"{1.05**i:.2f}") for i in range(6)]
    ledger = Ledger([*rows, level("2019", "1.20", "at_least"), level("2021-01..2021-06", "0.7")])
    found = [
        track(ledger, Goal(1.45, by=2021), model=model(), n_paths=400, seed=seed).attainments[0]
        for seed in range(60)
    ]
    scatter = np.std([one.deadline_probability for one in found])
    stated = np.mean([one.monte_carlo_error for one in found])
    assert stated == pytest.approx(scatter, rel=0.3)
