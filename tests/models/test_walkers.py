"""Walkers draw from the density that they are given."""

import numpy as np
import pytest
from scipy import stats

from tradetrack.models.classical import walk


def test_a_correlated_gaussian_far_from_the_start() -> None:
    covariance = np.array([[4.0, 0.018], [0.018, 1e-4]])
    precision, mean = np.linalg.inv(covariance), np.array([3.0, -0.02])

    def log_density(x: np.ndarray) -> float:
        return -0.5 * float((x - mean) @ precision @ (x - mean))

    drawn = walk(log_density, np.zeros(2), np.array([0.5, 0.005]), 1000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.mean(0), mean, atol=0.15 * np.sqrt(np.diag(covariance)).max())
    np.testing.assert_allclose(drawn.std(0), np.sqrt(np.diag(covariance)), rtol=0.1)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(0.9, abs=0.04)


def test_a_density_with_an_edge() -> None:
    def log_density(x: np.ndarray) -> float:
        return -float(x[0]) if x[0] > 0 else -np.inf

    drawn = walk(log_density, np.ones(1), np.array([5.0]), 1000, np.random.default_rng(2))[:, 0]
    assert (drawn > 0).all()
    assert stats.kstest(drawn, "expon").statistic < 0.07


@pytest.mark.parametrize("n", [1, 7, 20, 33])
def test_as_many_as_asked_for_and_the_same_for_a_seed(n: int) -> None:
    def log_density(x: np.ndarray) -> float:
        return -0.5 * float(x @ x)

    one, two = (
        walk(log_density, np.zeros(3), np.ones(3), n, np.random.default_rng(4)) for _ in range(2)
    )
    assert one.shape == (n, 3)
    assert np.array_equal(one, two)
