"""The field's standard forecasters of a yearly series, as simulated paths.

Every function takes the log totals of unbroken years, shape (n,), a ``horizon`` in years, a number
of paths and a generator, and returns log paths, shape (n_paths, horizon); column 0 is the year
after the last one given. The fits are `tradetrack.models.classical`'s. Parameters are estimated on
the series and then held, as the methods are used in the field: their own uncertainty is not in the
paths. A model that cannot be fitted raises `FitFailedError`; nothing stands in for it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from tradetrack._typing import Array
from tradetrack.errors import FitError as FitFailedError
from tradetrack.models.classical import checked, fit_arima, fit_components, fit_errors, fit_ets

__all__ = ["Array", "FitFailedError", "Peer"]

Peer = Callable[[Array, int, int, np.random.Generator], Array]

SPAN = 5  # years of growth that officials carry on


def random_walk(log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator) -> Array:
    """Walk from the last total without drift, at the root mean square of the yearly changes.

    ``y(k) = y(0) + s (e_1 + ... + e_k)``, ``e`` standard normal, ``s^2`` the mean squared change.
    """
    changes = np.diff(checked(log_totals, 2))
    return _walk(log_totals[-1], 0.0, float(np.sqrt(np.mean(changes**2))), (n_paths, horizon), rng)


def random_walk_with_drift(
    log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator
) -> Array:
    """Walk from the last total with the mean and the standard deviation of the yearly changes."""
    changes = np.diff(checked(log_totals, 3))
    spread = float(np.std(changes, ddof=1))
    return _walk(log_totals[-1], float(changes.mean()), spread, (n_paths, horizon), rng)


def growth_carried_on(
    log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator
) -> Array:
    """Carry the mean growth of the last five years on: every path is the same, nothing is drawn."""
    span = min(SPAN, len(checked(log_totals, 2)) - 1)
    growth = (log_totals[-1] - log_totals[-1 - span]) / span
    ahead = log_totals[-1] + growth * np.arange(1, horizon + 1)
    return np.broadcast_to(ahead, (n_paths, horizon)).copy()


def ets(log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator) -> Array:
    """Exponential smoothing with a damped additive trend and additive errors, on logs."""
    fitted = fit_ets(log_totals).result
    with fit_errors("ETS"):
        drawn = fitted.simulate(horizon, anchor="end", repetitions=n_paths, rng=rng)
        return _finite(np.asarray(drawn, dtype=float).T)


def arima(log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator) -> Array:
    """ARIMA(p, 1, q), p + q up to 2, with or without drift: the lowest AICc of those that fit."""
    fitted = fit_arima(log_totals).result
    with fit_errors("ARIMA"):
        return _gaussian_paths(fitted, (n_paths, horizon), rng)


def unobserved_components(
    log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator
) -> Array:
    """Local linear trend: level and growth rate walk, and the total is seen with an error."""
    fitted = fit_components(log_totals).result
    with fit_errors("unobserved components"):
        return _gaussian_paths(fitted, (n_paths, horizon), rng)


def reached_by(log_paths: Array, log_goal: float) -> Array:
    """Share of the paths that have reached the goal by each year, shape (horizon,)."""
    highest = np.maximum.accumulate(log_paths, axis=1)
    share: Array = np.mean(highest >= log_goal, axis=0)
    return share


def _walk(
    start: float, drift: float, spread: float, shape: tuple[int, int], rng: np.random.Generator
) -> Array:
    steps = drift + spread * rng.standard_normal(shape)
    paths: Array = start + steps.cumsum(axis=1)
    return paths


def _gaussian_paths(fitted: Any, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """Draw from the joint law of the years ahead of a fitted state space model.

    With ``a(1) ~ N(., P(1))`` predicted for the first year ahead, ``a(k+1) = T a(k) + R e``,
    ``e ~ N(0, Q)`` and ``y = Z a + u``, ``u ~ N(0, H)``:
    ``P(k+1) = T P(k) T' + R Q R'``; ``cov(y(j), y(k)) = Z T^(k-j) P(j) Z' + H 1(j = k)``, j <= k.
    It is what statsmodels' ``simulate`` draws path by path, in one product.
    """
    n_paths, horizon = shape
    system = fitted.model.ssm
    transition, design = system["transition"], system["design"]
    noise = system["selection"] @ system["state_cov"] @ system["selection"].T
    state = fitted.predicted_state_cov[..., -1]
    covariance = np.zeros((horizon, horizon))
    for j in range(horizon):
        ahead = state
        for k in range(j, horizon):
            covariance[j, k] = covariance[k, j] = (design @ ahead @ design.T).item()
            ahead = transition @ ahead
        state = transition @ state @ transition.T + noise
    covariance += np.eye(horizon) * system["obs_cov"].item()
    values, vectors = np.linalg.eigh(covariance)  # it may be singular
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return _finite(fitted.forecast(horizon) + rng.standard_normal((n_paths, horizon)) @ root.T)


def _finite(paths: Array) -> Array:
    if not np.isfinite(paths).all():
        raise FitFailedError("the simulated paths are not finite")
    return paths
