"""Arithmetic without BLAS: against LAPACK and a root finder, and the same bits in any batch."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from tradetrack.models.annual_panel import back_substitute, cholesky, mixture_quantiles

RNG = np.random.default_rng(3)
LEVELS = (0.001, 0.025, 0.5, 0.9, 0.999)


def covariances(n: int) -> np.ndarray:
    root = RNG.normal(size=(5, n, 2 * n))
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
    right = RNG.normal(size=(5, 4, 6))
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
