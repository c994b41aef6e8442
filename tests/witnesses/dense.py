"""The growth mixture written out densely, from its definition, without the library's kernels.

Each component is simulated exactly, month by month, as a linear state recursion; its covariance is
that of the recursion, scaled so that its one-year difference has variance 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm
from scipy.stats import multivariate_normal

from tradetrack.models.regimes import MonthPattern, Regime


def _recursion(step: np.ndarray, noise: np.ndarray, start: np.ndarray, n: int) -> np.ndarray:
    """Covariance of the last state over n months, ``s' = F s + w``."""
    size = len(step)
    covariance = np.zeros((n, size, n, size))
    now = start
    for t in range(n):
        covariance[t, :, t, :] = ahead = now
        for s in range(t + 1, n):
            ahead = step @ ahead
            covariance[s, :, t, :], covariance[t, :, s, :] = ahead, ahead.T
        now = step @ now @ step.T + noise
    return covariance[:, -1, :, -1]


def _scaled(covariance: np.ndarray) -> np.ndarray:
    """Divide by the variance of the one-year difference."""
    year = covariance[12, 12] + covariance[0, 0] - 2 * covariance[12, 0]
    return covariance / year


def brownian(n: int) -> np.ndarray:
    one = np.ones((1, 1))
    return _scaled(_recursion(one, one, 0 * one, max(n, 13)))[:n, :n]


def integrated_growth(persistence: float, n: int) -> np.ndarray:
    """A rate that decays to the persistence in a year, and its integral (Van Loan's method)."""
    kappa, dt = -np.log(persistence), 1 / 12
    drift = np.array([[-kappa, 0.0], [1.0, 0.0]])
    diffusion = np.diag([2 * kappa, 0.0])  # a stationary rate of variance 1
    block = np.block([[-drift, diffusion], [np.zeros((2, 2)), drift.T]])
    big = expm(block * dt)
    step = big[2:, 2:].T
    noise = step @ big[:2, 2:]
    return _scaled(_recursion(step, noise, np.diag([1.0, 0.0]), max(n, 13)))[:n, :n]


def transitory(persistence: float, n: int) -> np.ndarray:
    decay = np.array([[persistence ** (1 / 12)]])
    one = np.ones((1, 1))
    return _scaled(_recursion(decay, one - decay**2, one, max(n, 13)))[:n, :n]


@dataclass(frozen=True)
class Dense:
    """Mean and covariance of one flow's log months, its level counted from the last observed."""

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, regime: Regime, pattern: MonthPattern, observed: int, n: int) -> "Dense":
        t = (np.arange(n) - (observed - 1)) / 12
        total = np.zeros((n, n))
        for share, part in (
            (regime.level_share, brownian(n)),
            (regime.growth_share, integrated_growth(regime.growth_persistence, n)),
            (regime.transitory_share, transitory(regime.transitory_persistence, n)),
        ):
            pin = np.eye(n)
            pin[:, observed - 1] -= 1.0  # counted from the last observed month
            total += regime.sigma**2 * share * pin @ part @ pin.T
        total += regime.drift_spread**2 * np.outer(t, t)
        centre = np.eye(12) - 1 / 12
        own = centre @ np.diag(np.square(pattern.spread)) @ centre
        month = np.arange(n) % 12
        total += own[np.ix_(month, month)] + pattern.noise**2 * np.eye(n)
        return cls(regime.drift * t + np.array(pattern.effects)[month], total)


def log_likelihood(
    y: np.ndarray, mean: np.ndarray, covariance: np.ndarray, by_level: np.ndarray
) -> float:
    """Log density, the level integrated out numerically: a smooth peak, summed on a fine grid."""
    law = multivariate_normal(cov=covariance, allow_singular=False)
    scale = np.sqrt(covariance.diagonal().min())
    weight = np.linalg.solve(covariance, by_level)
    peak = weight @ (y - mean) / (weight @ by_level)
    spread = 1 / np.sqrt(weight @ by_level)
    assert spread > 1e-3 * scale
    levels = peak + spread * np.linspace(-12, 12, 4001)
    logs = law.logpdf(y - mean - levels[:, None] * by_level)
    return float(logs.max() + np.log(np.exp(logs - logs.max()).sum() * np.diff(levels)[0]))


def posterior(
    y: np.ndarray, rows: np.ndarray, noise: np.ndarray, dense: Dense
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of all months, the level under a prior so wide that it is flat."""
    n = len(dense.mean)
    prior = dense.covariance + 1e6 * np.ones((n, n))
    precision = np.linalg.inv(prior) + rows.T @ np.diag(1 / noise**2) @ rows
    covariance = np.linalg.inv(precision)
    shift = rows.T @ ((y - rows @ dense.mean) / noise**2)
    return dense.mean + covariance @ shift, covariance
