"""Variograms of the components of growth: integrals, limits and averages over years."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from tradetrack.models.processes import (
    brownian,
    integrated_ou,
    pinned_covariance,
    stationary_ou,
    yearly_variogram,
)

KERNELS = {
    "brownian": brownian,
    "growth, fading": integrated_ou(0.2),
    "growth, lasting": integrated_ou(0.9),
    "transitory, short": stationary_ou(0.05),
    "transitory, long": stationary_ou(0.9),
}


@pytest.fixture(params=KERNELS.values(), ids=KERNELS.keys())
def kernel(request):
    return request.param


def test_one_year_difference_has_variance_one(kernel):
    assert kernel(np.array([0.0, 1.0])) == pytest.approx([0.0, 1.0], abs=1e-12)


def test_symmetric_and_nondecreasing(kernel):
    lags = np.linspace(0.0, 20.0, 200)
    np.testing.assert_allclose(kernel(-lags), kernel(lags))
    assert (np.diff(kernel(lags)) >= -1e-12).all()


def pinned(kernel, times, origin):
    return pinned_covariance(kernel(times - origin), kernel(times[:, None] - times))


def test_pinned_covariance_is_positive_semidefinite(kernel):
    times = np.arange(60) / 12.0
    covariance = pinned(kernel, times, origin=2.0)
    assert np.linalg.eigvalsh(covariance).min() > -1e-9
    assert covariance[24] == pytest.approx(np.zeros(60), abs=1e-12)  # nothing moves at the origin


def test_pinned_covariance_of_brownian_motion():
    times = np.array([-1.0, 0.5, 2.0])
    expected = [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.5, 2.0]]
    np.testing.assert_allclose(pinned(brownian, times, 0.0), expected, atol=1e-12)


@pytest.mark.parametrize(("lag", "persistence"), [(0.5, 0.3), (3.0, 0.8)])
def test_growth_is_the_double_integral_of_the_rate_covariance(lag, persistence):
    def integral(length):
        # int_0^h int_0^h phi^|s - u| ds du, on the half where s > u
        half, _ = dblquad(lambda u, s: persistence ** (s - u), 0, length, 0, lambda s: s)
        return 2.0 * half

    expected = integral(lag) / integral(1.0)
    assert integrated_ou(persistence)(np.array([lag])) == pytest.approx([expected], abs=1e-8)


def test_limits_of_the_growth_component():
    lags = np.array([0.5, 2.0, 5.0])
    np.testing.assert_allclose(
        integrated_ou(1.0 - 1e-4)(lags), lags**2, rtol=1e-3
    )  # a straight line
    np.testing.assert_allclose(integrated_ou(1e-200)(lags), lags, rtol=5e-3)  # Brownian motion


def test_a_transitory_deviation_without_persistence_is_white_noise():
    assert stationary_ou(0.0)(np.array([0.0, 0.01, 7.0])) == pytest.approx([0.0, 1.0, 1.0])


def test_yearly_variogram_is_that_of_averages_over_months(kernel):
    months = np.arange(60) / 12.0
    covariance = pinned(kernel, months, 0.0)
    average = np.kron(np.eye(5), np.full((1, 12), 1.0 / 12.0))
    of_averages = average @ covariance @ average.T
    variance = np.diag(of_averages)
    expected = [variance[0] + variance[k] - 2.0 * of_averages[0, k] for k in range(5)]
    np.testing.assert_allclose(yearly_variogram(kernel, 5), expected, atol=1e-10)


def test_persistences_broadcast():
    lags = np.arange(4.0)
    for make in (integrated_ou, stationary_ou):
        both = make(np.array([[0.3], [0.8]]))(lags)
        np.testing.assert_allclose(both, [make(0.3)(lags), make(0.8)(lags)])
