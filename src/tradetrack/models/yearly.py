"""What fitting a method to a yearly series gives, and the random walk, which needs no optimiser."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tradetrack.errors import FitError
from tradetrack.models.innovations import Innovations
from tradetrack.models.kernels import Array


class YearlyFit(Protocol):
    """A method that has seen one series of log totals.

    Attributes
    ----------
    estimate
        Its parameters, shape (k,).
    silent
        First years whose forecast errors say nothing, because the state was not yet known.
    n_arma
        Number of autoregressive and moving average parameters.
    """

    @property
    def estimate(self) -> Array:
        """The parameters, shape (k,)."""
        ...

    @property
    def silent(self) -> int:
        """Number of first years whose errors say nothing."""
        ...

    @property
    def n_arma(self) -> int:
        """Number of autoregressive and moving average parameters."""
        ...

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Draw parameters given the series, ``[draw, k]``."""
        ...

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """Say what each parameter vector ``[draw, k]`` means for the first ``n_years`` years."""
        ...


@dataclass(frozen=True, eq=False)
class WalkFit:
    r"""A random walk, with its drift or without: ``y_t = y_{t-1} + b + e``.

    With ``m`` changes and no drift, :math:`\sigma^2 \sim \sum d^2 / \chi^2_m`; with drift,
    :math:`\sigma^2 \sim \sum (d - \bar d)^2 / \chi^2_{m-1}` and
    :math:`b \sim N(\bar d, \sigma^2 / m)`.
    """

    changes: Array
    drift: bool
    silent: int = 1
    n_arma: int = 0

    @property
    def estimate(self) -> Array:
        """Drift and variance of a step."""
        drift = float(self.changes.mean()) if self.drift else 0.0
        freedom = self.changes.size - self.drift
        return np.array([drift, float(np.sum((self.changes - drift) ** 2)) / freedom])

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Draw drift and variance."""
        drift, variance = self.estimate
        m = self.changes.size
        variances = variance * (m - self.drift) / rng.chisquare(m - self.drift, n)
        drifts = drift + self.drift * np.sqrt(variances / m) * rng.standard_normal(n)
        return np.column_stack([drifts, variances])

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """See `YearlyFit`."""
        drift, variance = parameters.T
        return smoothing(np.ones(len(parameters)), drift, np.zeros_like(drift), variance, n_years)


def fit_walk(log_totals: Array, *, drift: bool) -> WalkFit:
    """Fit a random walk."""
    return WalkFit(np.diff(checked(log_totals, 3)), drift)


def smoothing(
    alpha: Array, drift: Array, level: Array, variance: Array, n_years: int
) -> Innovations:
    """Simple exponential smoothing with drift; a random walk, if alpha is 1."""
    n = len(alpha)
    return Innovations(
        transition=np.ones((n, 1, 1)),
        design=np.ones((n, 1)),
        constant=drift[:, None],
        start=level[:, None],
        offset=np.zeros((n, n_years)),
        variances=variance[:, None].repeat(n_years, axis=1),
        gains=alpha[:, None, None].repeat(n_years, axis=1),
    )


def checked(log_totals: Array, least: int) -> Array:
    """Refuse a series that is too short or not finite."""
    series = np.asarray(log_totals, dtype=float)
    if series.ndim != 1 or series.size < least or not np.isfinite(series).all():
        raise FitError(f"needs {least} or more finite log totals, one a year")
    return series


@contextmanager
def said(name: str) -> Iterator[None]:
    """Name the model in an error; convergence is checked from the fit, not from warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ValueError, np.linalg.LinAlgError, FloatingPointError) as error:
        raise FitError(f"{name}: {error}") from error
