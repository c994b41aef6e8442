"""Gaussian beliefs with an open level, and bounds, against scipy and plain conditioning."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from tradetrack._news.coalitions import Beliefs, cut

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
    start = Beliefs.before(MEAN, FLAT, COVARIANCE)
    rest = np.array([2, 3, 4])
    begun = start.given(np.array([0]), VALUES[:1], NOISE[:1], np.array([1, 2, 3, 4]))
    if not known[0]:
        begun = start.given(np.array([], int), VALUES[:0], NOISE[:0], np.array([1, 2, 3, 4]))
    after = begun.given(np.array([0, 1]), VALUES[1:], NOISE[1:], rest - 1, mask[..., 1:])
    means, covariances = after.settled()
    expected = [plain(k, np.flatnonzero(known), rest) for k in range(2)]
    for k, (mean, covariance, _) in enumerate(expected):
        np.testing.assert_allclose(means[0, k], mean, atol=1e-3)
        np.testing.assert_allclose(covariances[0, k], covariance, atol=2e-3)
    odds = after.log_evidence[0, 1] - after.log_evidence[0, 0]
    assert odds == pytest.approx(expected[1][2] - expected[0][2], abs=1e-3)


def test_growth_alone_says_nothing_of_the_level_but_weighs_the_regimes() -> None:
    start = Beliefs.before(MEAN, FLAT, COVARIANCE)
    after = start.given(np.array([2]), VALUES[2:], NOISE[2:], np.array([0, 1]))
    assert not after.knows_level
    sd = np.sqrt(COVARIANCE[:, 2, 2] + NOISE[2] ** 2)
    expected = stats.norm(MEAN[:, 2], sd).logpdf(VALUES[2])
    np.testing.assert_allclose(np.diff(after.log_evidence), np.diff(expected), atol=1e-12)


@pytest.mark.parametrize("limits", [(0.4, np.inf), (-np.inf, -0.9), (6.0, np.inf)])
def test_a_bound_leaves_the_moments_of_the_truncated_normal(limits: tuple[float, float]) -> None:
    mean, covariance = MEAN[:, :2], COVARIANCE[:, :2, :2]
    ends = np.array(limits)[:, None]
    known = np.ones((2, 1), bool)
    cut_mean, cut_covariance, log = cut(mean, covariance, ends, known)
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
    mean, _, log = cut(np.zeros((1, 2)), covariance[None], ends, np.ones((1, 2), bool))
    rest = np.sqrt(1 - 0.98**2)
    chance = quad(lambda z: stats.norm.pdf(z) * stats.norm.cdf(0.98 * z / rest), 0, 9)[0]
    first = quad(lambda z: z * stats.norm.pdf(z) * stats.norm.cdf(0.98 * z / rest), 0, 9)[0]
    assert np.exp(log[0]) == pytest.approx(chance, abs=0.025)
    assert mean[0, 0] == pytest.approx(first / chance, abs=0.03)


def test_a_bound_that_is_not_known_moves_nothing() -> None:
    ends = np.array([[5.0], [np.inf]])
    mean, covariance, log = cut(MEAN, COVARIANCE, ends, np.zeros((2, 1), bool))
    np.testing.assert_array_equal(mean, MEAN)
    np.testing.assert_array_equal(covariance, COVARIANCE)
    assert not log.any()
