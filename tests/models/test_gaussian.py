"""Gaussian conditioning with a diffuse level, and bounds, against scipy and plain conditioning."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

from tradetrack.models.gaussian import (
    DiffuseGaussian,
    back_substitute,
    cholesky,
    ep_truncate,
    mixture_quantiles,
)

N = 5
RNG = np.random.default_rng(4)
ROOT = RNG.normal(size=(2, N, N))
COVARIANCE = ROOT @ np.swapaxes(ROOT, 1, 2) + 0.1 * np.eye(N)
MEAN = RNG.normal(size=(2, N))
FLAT = np.array([1.0, 1.0, 0.0, 1.0, 1.0])
VALUES = np.array([0.3, -0.2, 0.5])
NOISE = np.array([0.1, 0.0, 0.3])
WIDE = 1e5  # variance of a level that is as good as flat


def plain(k: int, seen: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Condition by the textbook under regime ``k``, the level a wide Gaussian."""
    prior = COVARIANCE[k] + WIDE * np.outer(FLAT, FLAT)
    total = prior[np.ix_(seen, seen)] + np.diag(NOISE[seen] ** 2)
    cross = prior[np.ix_(rest, seen)] @ np.linalg.inv(total)
    mean = MEAN[k, rest] + cross @ (VALUES[seen] - MEAN[k, seen])
    covariance = prior[np.ix_(rest, rest)] - cross @ prior[np.ix_(seen, rest)]
    log = stats.multivariate_normal(MEAN[k, seen], total).logpdf(VALUES[seen])
    return mean, covariance, float(log)


@pytest.mark.parametrize("known", [(1, 1, 1), (1, 0, 1), (1, 1, 0), (0, 1, 0)])
def test_figures_in_two_steps_are_figures_at_once(known: tuple[int, ...]) -> None:
    """The first figure comes alone, the others masked; evidence up to what regimes share."""
    mask = np.array([known, (1, 1, 1)], bool)[:, None]
    start = DiffuseGaussian.prior(MEAN, FLAT, COVARIANCE)
    rest = np.array([2, 3, 4])
    begun = start.condition(np.array([0]), VALUES[:1], NOISE[:1], np.array([1, 2, 3, 4]))
    if not known[0]:
        begun = start.condition(np.array([], int), VALUES[:0], NOISE[:0], np.array([1, 2, 3, 4]))
    after = begun.condition(np.array([0, 1]), VALUES[1:], NOISE[1:], rest - 1, mask[..., 1:])
    means, covariances = after.marginalise()
    expected = [plain(k, np.flatnonzero(known), rest) for k in range(2)]
    for k, (mean, covariance, _) in enumerate(expected):
        np.testing.assert_allclose(means[0, k], mean, atol=1e-3)
        np.testing.assert_allclose(covariances[0, k], covariance, atol=2e-3)
    odds = after.log_evidence[0, 1] - after.log_evidence[0, 0]
    assert odds == pytest.approx(expected[1][2] - expected[0][2], abs=1e-3)


def test_growth_alone_says_nothing_of_the_level_but_weighs_the_regimes() -> None:
    start = DiffuseGaussian.prior(MEAN, FLAT, COVARIANCE)
    after = start.condition(np.array([2]), VALUES[2:], NOISE[2:], np.array([0, 1]))
    assert not after.knows_levels.any()
    sd = np.sqrt(COVARIANCE[:, 2, 2] + NOISE[2] ** 2)
    expected = stats.norm(MEAN[:, 2], sd).logpdf(VALUES[2])
    np.testing.assert_allclose(np.diff(after.log_evidence), np.diff(expected), atol=1e-12)


@pytest.mark.parametrize("limits", [(0.4, np.inf), (-np.inf, -0.9), (6.0, np.inf)])
def test_a_bound_leaves_the_moments_of_the_truncated_normal(limits: tuple[float, float]) -> None:
    mean, covariance = MEAN[:, :2], COVARIANCE[:, :2, :2]
    ends = np.array(limits)[:, None]
    known = np.ones((2, 1), bool)
    cut_mean, cut_covariance, log = ep_truncate(mean, covariance, ends, known)
    for k in range(2):
        sd = np.sqrt(covariance[k, 0, 0])
        a, b = (np.array(limits) - mean[k, 0]) / sd
        law = stats.truncnorm(a, b, mean[k, 0], sd)
        assert cut_mean[k, 0] == pytest.approx(law.mean(), abs=1e-6)
        assert cut_covariance[k, 0, 0] == pytest.approx(law.var(), rel=1e-5)
        outer = stats.norm(mean[k, 0], sd)
        assert np.exp(log[k]) == pytest.approx(
            outer.cdf(limits[1]) - outer.cdf(limits[0]), rel=1e-9
        )
        slope = covariance[k, 0, 1] / covariance[k, 0, 0]
        moved = slope * (law.mean() - mean[k, 0])
        assert cut_mean[k, 1] - mean[k, 1] == pytest.approx(moved, abs=1e-6)
        lost = covariance[k, 1, 1] - slope**2 * (covariance[k, 0, 0] - law.var())
        assert cut_covariance[k, 1, 1] == pytest.approx(lost, rel=1e-5)


def test_two_bounds_that_differ_little_are_not_counted_twice() -> None:
    """Against numerical integration: the second, of nearly the same amount, adds little."""
    covariance = np.array([[1.0, 0.98], [0.98, 1.0]])
    ends = np.array([[0.0, 0.0], [np.inf, np.inf]])
    mean, _, log = ep_truncate(np.zeros((1, 2)), covariance[None], ends, np.ones((1, 2), bool))
    rest = np.sqrt(1 - 0.98**2)
    chance = quad(lambda z: stats.norm.pdf(z) * stats.norm.cdf(0.98 * z / rest), 0, 9)[0]
    first = quad(lambda z: z * stats.norm.pdf(z) * stats.norm.cdf(0.98 * z / rest), 0, 9)[0]
    assert np.exp(log[0]) == pytest.approx(chance, abs=0.025)
    assert mean[0, 0] == pytest.approx(first / chance, abs=0.03)


def test_a_bound_that_is_not_known_moves_nothing() -> None:
    ends = np.array([[5.0], [np.inf]])
    mean, covariance, log = ep_truncate(MEAN, COVARIANCE, ends, np.zeros((2, 1), bool))
    np.testing.assert_array_equal(mean, MEAN)
    np.testing.assert_array_equal(covariance, COVARIANCE)
    assert not log.any()


EXACT_RNG = np.random.default_rng(3)
LEVELS = (0.001, 0.025, 0.5, 0.9, 0.999)


def covariances(n: int) -> np.ndarray:
    root = EXACT_RNG.normal(size=(5, n, 2 * n))
    return root @ root.transpose(0, 2, 1)


@pytest.mark.parametrize("n", [0, 1, 7, 40])
def test_cholesky_is_that_of_lapack(n: int) -> None:
    given = covariances(n)
    np.testing.assert_allclose(cholesky(given), np.linalg.cholesky(given), rtol=1e-10, atol=1e-12)


def test_a_settled_variance_can_be_factored() -> None:
    factor = cholesky(np.ones((1, 3, 3)))[0]
    np.testing.assert_allclose(factor @ factor.T, np.ones((3, 3)), atol=1e-6)
    assert (np.diagonal(factor) > 0).all()


def test_back_substitution_solves() -> None:
    factor = np.linalg.cholesky(covariances(6))
    right = EXACT_RNG.normal(size=(5, 4, 6))
    np.testing.assert_allclose(back_substitute(right, factor) @ factor, right, atol=1e-10)


def hard_mixtures() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Far apart, one tiny beside one wide, all alike, one without weight, one alone."""
    weights = np.array(
        [
            [0.5, 0.001, 1 / 3, 0.0, 1.0],
            [0.25, 0.998, 1 / 3, 0.9, 0.0],
            [0.25, 0.001, 1 / 3, 0.1, 0],
        ]
    )
    means = np.array(
        [[-7.0, 0.0, 1.0, 50.0, 2.0], [0.0, 0.0, 1.0, 0.0, -9.0], [7.0, 1e-3, 1.0, 1.0, 9.0]]
    )
    return weights, means, np.array([1e-4, 0.2, 3.0])


@pytest.mark.parametrize("level", LEVELS)
def test_quantiles_of_hard_mixtures_are_roots(level: float) -> None:
    weights, means, sds = hard_mixtures()
    found = mixture_quantiles(weights, means, sds, level)
    for column, quantile in enumerate(found):
        w, m = weights[:, column], means[:, column]

        def short(x: float, w: np.ndarray = w, m: np.ndarray = m) -> float:
            return float(w @ norm.cdf(x, m, sds)) - level

        # Where the density is next to nothing, the root is known no better than the probability.
        slope = float(w @ norm.pdf(quantile, m, sds))
        root = brentq(short, -60.0, 60.0, xtol=1e-13)
        assert abs(quantile - root) < 1e-8 + 1e-14 / max(slope, 1e-12)


def test_a_mixture_has_the_same_quantile_alone() -> None:
    weights, means, sds = hard_mixtures()
    for level in LEVELS:
        together = mixture_quantiles(weights, means, sds, level)
        for i, quantile in enumerate(together):
            one = slice(i, i + 1)
            assert mixture_quantiles(weights[:, one], means[:, one], sds, level)[0] == quantile
