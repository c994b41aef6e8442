r"""The covariance of each component of the growth model, as variograms.

Under a regime the log of a flow moves as

.. math:: x(t) = a + \mu_s t + \sigma [\sqrt m B(t) + \sqrt g G(t) + \sqrt e N(t)],
          \qquad \mu_s \sim N(\mu, \tau^2), \quad m + g + e = 1,

with time ``t`` in years, ``B`` Brownian motion, ``G`` the integral of an Ornstein-Uhlenbeck growth
rate and ``N`` a stationary Ornstein-Uhlenbeck deviation. The level ``a`` has a flat prior, so only
differences of ``x`` matter and each component is described completely by its variogram

.. math:: V(h) = \operatorname{Var}[x(t + h) - x(t)], \qquad V(1) = 1.

Everything here is pure and works on arrays of lags in years. A persistence may be an array: it is
broadcast against the lags, so the variograms of many regimes are one call.
"""

from collections.abc import Callable

import numpy as np

from tradetrack._typing import MONTHS, Array

Variogram = Callable[[Array], Array]


def brownian(lag: Array) -> Array:
    """Variogram of Brownian motion: ``V(h) = |h|``.

    Examples
    --------
    >>> brownian(np.array([0.0, 1.0, 4.0]))
    array([0., 1., 4.])
    """
    return np.abs(lag)


def integrated_ou(persistence: float | Array) -> Variogram:
    r"""Variogram of the integral of a stationary Ornstein-Uhlenbeck growth rate.

    With :math:`\kappa = -\log\varphi`, where :math:`\varphi` is the one-year autocorrelation of
    the rate,

    .. math:: V(h) = \frac{\kappa|h| - 1 + e^{-\kappa|h|}}{\kappa - 1 + e^{-\kappa}}.

    Parameters
    ----------
    persistence
        :math:`\varphi`, strictly between 0 and 1.
    """
    kappa = -np.log(persistence)

    def variogram(lag: Array) -> Array:
        h = np.abs(lag)
        scaled: Array = (kappa * h + np.expm1(-kappa * h)) / (kappa + np.expm1(-kappa))
        return scaled

    return variogram


def stationary_ou(persistence: float | Array) -> Variogram:
    r"""Variogram of a stationary Ornstein-Uhlenbeck deviation: the transitory component.

    .. math:: V(h) = \frac{1 - \rho^{|h|}}{1 - \rho}.

    Parameters
    ----------
    persistence
        :math:`\rho`, the one-year autocorrelation, at least 0 and below 1. Zero is white noise.
    """

    def variogram(lag: Array) -> Array:
        h = np.abs(lag)
        scaled: Array = (1.0 - np.power(persistence, h)) / (1.0 - persistence)
        return scaled

    return variogram


def pinned_covariance(from_origin: Array, between: Array) -> Array:
    r"""Covariance of ``x(t) - x(o)`` at several times, from values of the variogram.

    .. math:: K(s, t) = \tfrac12 [V(s - o) + V(t - o) - V(s - t)].

    Parameters
    ----------
    from_origin
        ``V(t - o)``, ``[..., time]``.
    between
        ``V(s - t)``, ``[..., time, time]``.

    Examples
    --------
    >>> years = np.array([1.0, 2.0])
    >>> pinned_covariance(brownian(years), brownian(years[:, None] - years))
    array([[1., 1.],
           [1., 2.]])
    """
    sums = from_origin[..., :, None] + from_origin[..., None, :]
    covariance: Array = 0.5 * (sums - between)
    return covariance


def yearly_variogram(variogram: Variogram, years: int) -> Array:
    r"""Variogram of averages over calendar years at lags 0, 1, ..., ``years`` - 1.

    A year's total follows the average of the log over its months, not the level at a date:

    .. math:: V_A(k) = \bar V(k) - \bar V(0), \qquad
              \bar V(k) = \frac1{144}\sum_{i,j=1}^{12} V\big(k + \tfrac{i-j}{12}\big)
              = \sum_{d=-11}^{11} \frac{12 - |d|}{144} V\big(k + \tfrac d{12}\big).

    The lag in years is the last axis of the result; axes before it are those of the persistence,
    which must end in two axes of length one (lag, month) when it is an array.

    Examples
    --------
    >>> yearly_variogram(brownian, 3).round(3)
    array([0.   , 0.669, 1.669])
    """
    gap = np.arange(1 - MONTHS, MONTHS)
    weight = (MONTHS - np.abs(gap)) / MONTHS**2
    smoothed = variogram(np.arange(years)[:, None] + gap / MONTHS) @ weight
    averaged: Array = smoothed - smoothed[..., :1]
    return averaged
