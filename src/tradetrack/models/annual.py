r"""The growth mixture on regular annual totals: one set of factors for many series.

The log of a year's total follows the average of the log level over its months, so under a regime
the yearly logs ``y`` have the variogram

.. math:: V_y(k) = \sigma^2 [m V^B_A(k) + g V^G_A(k) + e V^N_A(k)] + 2 \nu \, 1(k > 0),
          \qquad \nu = \text{month\_noise}^2 / 12,

where :math:`V_A` is :func:`~tradetrack.models.processes.yearly_variogram`. The level has a flat
prior: integrating it out leaves exactly the law of the differences from the last year seen, ``o``,

.. math:: y(t) - y(o) \sim N\big(\mu (t - o), \; K(s, t) + \tau^2 (s - o)(t - o)\big).

With ``C`` the covariance of these differences, years observed first and years ahead last,
``C = L L'`` is all there is:

.. math:: L = \begin{pmatrix} L_{hh} & 0 \\ L_{fh} & L_{ff} \end{pmatrix}, \quad
          z = L_{hh}^{-1}(d - m_h), \quad
          \log p = -\tfrac12 z'z - \log|L_{hh}| + c, \quad
          f \mid d \sim N(m_f + L_{fh} z, \; L_{ff} L_{ff}').

``L`` depends on the years and the regime only, so a series costs a few matrix-vector products.
Everything is in natural logs; horizon 1 is the year after the last one observed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tradetrack._checks import MOST_YEARS, as_numbers, check_kind, check_whole, is_number, shown
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array
from tradetrack.errors import InputError
from tradetrack.models.gaussian import mixture_quantiles, normal_scores
from tradetrack.models.processes import (
    brownian,
    integrated_ou,
    pinned_covariance,
    stationary_ou,
    yearly_variogram,
)
from tradetrack.models.regimes import Regimes

_LOG_2PI = float(np.log(2.0 * np.pi))


def yearly_covariance(regimes: Regimes, years: Array, origin: float, month_noise: float) -> Array:
    r"""Covariance of ``y(t) - y(origin)`` for each regime, shape (regimes, years, years).

    .. math:: C(s, t) = \tfrac12 [V_y(s - o) + V_y(t - o) - V_y(s - t)] + \tau^2 (s - o)(t - o)

    Parameters
    ----------
    regimes
        The table.
    years
        Calendar years ``t``, whole numbers.
    origin
        The year ``o``.
    month_noise
        Standard deviation of the independent noise in the log of one month.
    """
    since = np.asarray(years, dtype=float) - origin
    lag = np.abs(since[:, None] - since[None, :]).astype(int)
    span = int(max(lag.max(initial=0), np.abs(since).max(initial=0))) + 1
    phi, rho = regimes.growth_persistence, regimes.transitory_persistence
    variogram = (
        regimes.level_share[:, None] * yearly_variogram(brownian, span)
        + regimes.growth_share[:, None] * yearly_variogram(integrated_ou(phi[:, None, None]), span)
        + regimes.transitory_share[:, None]
        * yearly_variogram(stationary_ou(rho[:, None, None]), span)
    ) * regimes.sigma[:, None] ** 2
    variogram[:, 1:] += 2.0 * month_noise**2 / MONTHS
    from_origin = variogram[:, np.abs(since).astype(int)]
    covariance = pinned_covariance(from_origin, variogram[:, lag])
    covariance += regimes.drift_spread[:, None, None] ** 2 * np.outer(since, since)
    return covariance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AnnualMixture:
    """The mixture of regimes over given observed years and the horizon that follows.

    Build it with `AnnualMixture.over`; every method takes a batch of series that share these years.

    Attributes
    ----------
    log_prior
        Log prior weight of each regime, shape (regimes,).
    mean
        Prior mean of the log differences from the last observed year, the other observed years
        first and the years ahead last, shape (regimes, n - 1 + horizon).
    factor
        Their lower Cholesky factor ``L``, shape (regimes, n - 1 + horizon, n - 1 + horizon).
    whitener
        Its inverse.
    observed
        Number ``n`` of observed years.

    Examples
    --------
    >>> mixture = AnnualMixture.over(Regimes.shipped(), range(2015, 2023), horizon=5)
    >>> history = np.log([[2.1, 2.0, 2.4, 3.0, 3.3, 2.9, 3.8, 4.6]])
    >>> mixture.attainment(history, np.log([[5.0, 10.0]]), np.random.default_rng(1)).shape
    (1, 2, 5)
    """

    log_prior: Array
    mean: Array
    factor: Array
    whitener: Array
    observed: int

    @classmethod
    @one_blas_thread
    def over(
        cls, regimes: Regimes, years: Sequence[int], horizon: int, month_noise: float = 0.0
    ) -> Self:
        """Factor the regimes over the observed ``years`` (gaps allowed) and ``horizon`` more.

        Parameters
        ----------
        regimes
            The prior.
        years
            Observed calendar years, increasing.
        horizon
            Number of years ahead, counted from the last observed one.
        month_noise
            Standard deviation of the independent noise in the log of one month.
        """
        check_kind("regimes", regimes, Regimes, "pass Regimes.shipped(), or your own")
        check_whole("horizon", horizon, 1, MOST_YEARS)
        seen = as_numbers("years", years)
        if seen.ndim != 1 or seen.size == 0 or np.any(np.diff(seen) < 1) or np.any(seen % 1):
            raise InputError(f"observed years must be increasing whole numbers, not {shown(years)}")
        if not (is_number(month_noise) and month_noise >= 0):
            raise InputError(f"month_noise is {shown(month_noise)}; write a number of at least 0")
        origin = seen[-1]
        times = np.concatenate([seen[:-1], origin + np.arange(1, horizon + 1)])
        covariance = yearly_covariance(regimes, times, origin, month_noise)
        factor = np.linalg.cholesky(covariance).astype(float)
        whitener = np.linalg.solve(factor, np.eye(times.size)[None]).astype(float)
        mean = regimes.drift[:, None] * (times - origin)
        return cls(regimes.log_weights, mean, factor, whitener, int(seen.size))

    def __repr__(self) -> str:
        return (
            f"<AnnualMixture: {len(self.mean)} regimes, {self.observed} years observed,"
            f" {self.horizon} ahead>"
        )

    @property
    def horizon(self) -> int:
        """Number of years ahead."""
        return int(self.mean.shape[1]) - self.observed + 1

    def log_likelihood(self, log_history: Array) -> Array:
        """Log density of each history under each regime, the level integrated out.

        Parameters
        ----------
        log_history
            Log totals of the observed years, shape (series, n).

        Returns
        -------
        Array
            Shape (series, regimes).
        """
        past = slice(0, self.observed - 1)
        return self._log_density(self._differences(log_history), past)

    def log_predictive(self, log_history: Array, log_future: Array) -> Array:
        """Log density of the years ahead given the history, under each regime.

        Parameters
        ----------
        log_history, log_future
            Log totals, shapes (series, n) and (series, horizon).

        Returns
        -------
        Array
            Shape (series, regimes).
        """
        differences, history = self._differences(log_history), np.atleast_2d(log_history)
        future = np.atleast_2d(as_numbers("log_future", log_future))
        if future.shape != (len(history), self.horizon):
            raise InputError(
                f"log_future has the shape {future.shape}; give {(len(history), self.horizon)}"
            )
        both = np.concatenate([differences, future - history[:, -1:]], axis=1)
        return self._log_density(both, slice(self.observed - 1, None))

    def regime_weights(self, log_history: Array) -> Array:
        """Posterior probability of each regime given each history, shape (series, regimes)."""
        joint = self.log_prior + self.log_likelihood(log_history)
        weights: Array = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
        return weights

    def predictive_mean(self, log_history: Array) -> Array:
        """Mean of the log totals ahead, shape (series, regimes, horizon)."""
        history = np.atleast_2d(log_history)
        past = self.observed - 1
        gain = self.factor[:, past:, :past] @ self.whitener[:, :past, :past]
        surprise = self._differences(history)[:, None, :] - self.mean[:, :past]
        shift = np.einsum("rhp,srp->srh", gain, surprise, optimize=True)
        mean: Array = history[:, -1, None, None] + self.mean[:, past:] + shift
        return mean

    @property
    def predictive_factor(self) -> Array:
        """Cholesky factor of the log totals ahead, shape (regimes, horizon, horizon)."""
        past = self.observed - 1
        return self.factor[:, past:, past:]

    @one_blas_thread
    def attainment(
        self, log_history: Array, log_goals: Array, rng: np.random.Generator, draws: int = 256
    ) -> Array:
        """Probability that each goal has been reached by each year ahead.

        The posterior weight of a regime enters exactly; only the paths are simulated.

        Parameters
        ----------
        log_history
            Log totals of the observed years, shape (series, n).
        log_goals
            Log amounts, shape (series, goals).
        rng
            Source of the draws.
        draws
            Paths per regime, a power of two; with 256 the Monte-Carlo error is about 0.002.

        Returns
        -------
        Array
            ``P[series, goal, k]``: probability that a total reaches the goal within ``k + 1``
            years.
        """
        weights = self.regime_weights(log_history).T
        by_regime = self.attainment_by_regime(log_history, log_goals, rng, draws)
        pairs = zip(weights, by_regime, strict=True)
        reached: Array = sum(weight[:, None, None] * each for weight, each in pairs)
        return np.minimum(reached, 1.0)

    def attainment_by_regime(
        self, log_history: Array, log_goals: Array, rng: np.random.Generator, draws: int = 256
    ) -> Iterator[Array]:
        """Yield, regime by regime, what `attainment` averages: arrays (series, goals, horizon).

        The deviations of a regime are drawn once, by a scrambled Sobol sequence, and shared by all
        series, so first passage is an addition and a comparison.
        """
        from scipy.stats import qmc  # loads slower than the library

        goals = np.atleast_2d(as_numbers("log_goals", log_goals))
        means = self.predictive_mean(log_history)
        factors = self.predictive_factor
        for regime, factor in enumerate(factors):
            uniform = qmc.Sobol(self.horizon, rng=rng).random(draws)
            deviations = normal_scores(uniform) @ factor.T
            highest = np.full((len(means), draws), -np.inf)
            reached = np.empty((*goals.shape, self.horizon))
            for step in range(self.horizon):
                path = means[:, regime, step, None] + deviations[:, step]
                np.maximum(highest, path, out=highest)
                for goal, amount in enumerate(goals.T):
                    met = np.count_nonzero(highest >= amount[:, None], axis=1)
                    reached[:, goal, step] = met / draws
            yield reached

    @one_blas_thread
    def quantiles(self, log_history: Array, levels: Array) -> Array:
        """Quantiles of the log total of each year ahead, shape (series, levels, horizon).

        No paths are drawn: they are those of a mixture of normals.
        """
        probabilities = np.atleast_1d(as_numbers("levels", levels)).ravel()
        if not np.all((probabilities > 0) & (probabilities < 1)):
            raise InputError(f"quantile levels lie between 0 and 1, not {shown(levels)}")
        weights, means = self.regime_weights(log_history).T, self.predictive_mean(log_history)
        spread = np.sqrt((self.predictive_factor**2).sum(axis=2))
        result = np.empty((len(means), probabilities.size, self.horizon))
        for year in range(self.horizon):
            for position, level in enumerate(probabilities):
                ahead = mixture_quantiles(weights, means[:, :, year].T, spread[:, year], level)
                result[:, position, year] = ahead
        return result

    def _differences(self, log_history: Array) -> Array:
        history = np.atleast_2d(as_numbers("log_history", log_history))
        if history.shape[1] != self.observed or not np.isfinite(history).all():
            raise InputError(
                f"each history must be {self.observed} finite logs, not {history.shape[1]} values"
            )
        differences: Array = history[:, :-1] - history[:, -1:]
        return differences

    def _log_density(self, differences: Array, part: slice) -> Array:
        size = differences.shape[1]
        result = np.empty((len(differences), len(self.mean)))
        for regime, (mean, whitener) in enumerate(zip(self.mean, self.whitener, strict=True)):
            rows = whitener[part, :size]
            white = (differences - mean[:size]) @ rows.T
            scale = np.log(np.diagonal(whitener)[part]).sum() - 0.5 * _LOG_2PI * len(rows)
            result[:, regime] = scale - 0.5 * (white**2).sum(axis=1)
        return result
