r"""First passage of many annual series at once, bit for bit the same in any batch.

Series that were observed in the same years share everything but their numbers: for each regime the
gain ``G`` that carries their past on, the factor ``L`` of the years not seen (gaps first, then
years ahead), and the simulated deviations ``L z``. With ``d`` the log differences from the last
year,

.. math:: m_s = m_u + G (d_s - m_h), \qquad
          \Pr(T_s \le k) = \sum_\theta w_{s\theta} \,
          \Pr\big(\max_{j \le k} (m_{s\theta} + L_\theta z)_j \ge \log \text{goal}\big),

so first passage is an addition and a comparison. The posterior weight ``w`` of a regime enters
exactly; a regime gets about its weight's share of the paths. ``z`` is a scrambled Sobol
sequence, turned by a shift of its own for each regime.

A panel must not depend on how it was cut or where it ran, so no BLAS is used: sums are taken a term
at a time, in one order (:mod:`~tradetrack.models.gaussian`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import Array, Index
from tradetrack.models.annual import yearly_covariance
from tradetrack.models.gaussian import (
    back_substitute,
    cholesky,
    mixture_quantiles,
    normal_scores,
)
from tradetrack.models.regimes import Regimes

Floats = NDArray[np.float32]

_FEWEST = 16  # paths of a regime that is kept: a power of two, 8 or more
_LEAST = 0.25  # a regime's share of the paths below which it is dropped
_BLOCK = 1 << 16  # numbers of a step worked on at once: they stay in the cache
_BATCH = 256  # series whose means or quantiles are formed at once


@dataclass(frozen=True, slots=True, eq=False)
class SharedYears:
    """What series observed in the same years share.

    Attributes
    ----------
    log_prior
        Log prior weight of each regime, ``[regime]``.
    recent_mean, recent_factor
        Prior mean of the recent log differences, and the lower Cholesky factor of their covariance:
        ``[regime, year]`` and ``[regime, year, year]``.
    past_mean, mean
        Prior mean of all log differences, and of the unseen years: ``[regime, year]``.
    gain
        Move of the unseen years per unit of a log difference, ``[regime, unseen, past]``.
    factor
        Lower Cholesky factor of the unseen years, ``[regime, unseen, unseen]``.
    seen, unseen
        The years, counted from the last observed one: those observed, and the gaps and years ahead.
    horizon
        Years ahead, the last ones of the unseen years; those before are gaps.
    """

    log_prior: Array
    recent_mean: Array
    recent_factor: Array
    past_mean: Array
    mean: Array
    gain: Array
    factor: Array
    seen: Index
    unseen: Index
    horizon: int

    @classmethod
    def over(
        cls,
        regimes: Regimes,
        years: Sequence[int],
        horizon: int,
        month_noise: float = 0.0,
        memory: int | None = None,
    ) -> Self:
        """Factor the regimes over observed ``years``, the gaps between them and ``horizon`` more.

        Parameters
        ----------
        regimes
            The prior.
        years
            Observed calendar years, increasing.
        horizon
            Number of years ahead.
        month_noise
            Standard deviation of the independent noise in the log of one month.
        memory
            Years back from the last observed one that weigh the regimes; all, if None or if no
            year is as recent.
        """
        last = years[-1]
        gaps = sorted(set(range(years[0], last)) - set(years))
        past = np.array(years[:-1], float)
        unseen = np.array([*gaps, *range(last + 1, last + 1 + horizon)], float)
        covariance = yearly_covariance(regimes, np.concatenate([past, unseen]), last, month_noise)
        n = len(past)
        factor = cholesky(covariance)
        forgotten = 0 if not memory or memory < 0 else int((past <= last - memory).sum())
        drift = regimes.drift[:, None]
        return cls(
            log_prior=regimes.log_weights,
            recent_mean=drift * (past[forgotten:] - last),
            recent_factor=cholesky(covariance[:, forgotten:n, forgotten:n]),
            past_mean=drift * (past - last),
            mean=drift * (unseen - last),
            gain=back_substitute(factor[:, n:, :n], factor[:, :n, :n]),
            factor=factor[:, n:, n:],
            seen=np.array(years, np.intp) - last,
            unseen=unseen.astype(np.intp) - last,
            horizon=horizon,
        )

    def weights(self, log_history: Array) -> Array:
        """Posterior probability of each regime, ``[series, regime]``, by the recent years.

        Parameters
        ----------
        log_history
            Log totals of the observed years, ``[series, year]``.
        """
        n = self.recent_mean.shape[1]
        recent = log_history[:, log_history.shape[1] - n - 1 : -1] - log_history[:, -1:]
        scale = np.log(np.diagonal(self.recent_factor, axis1=1, axis2=2)).sum(axis=1)
        log_joint = np.tile(self.log_prior - scale, (len(log_history), 1))
        white: list[Array] = []
        for row in range(n):
            rest = recent[:, row, None] - self.recent_mean[:, row]
            for column, earlier in enumerate(white):
                rest -= self.recent_factor[:, row, column] * earlier
            white.append(rest / self.recent_factor[:, row, row])
            log_joint -= 0.5 * white[row] ** 2
        joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
        weights: Array = joint / joint.sum(axis=1, keepdims=True)
        return weights

    def means(self, log_history: Array) -> Array:
        """Mean of the unseen log totals less the last seen one, ``[regime, unseen, series]``."""
        own = np.ascontiguousarray(log_history.T)
        start = self.mean - (self.gain * self.past_mean[:, None]).sum(axis=2)
        total = np.repeat(start[:, :, None], own.shape[1], axis=2)
        for year, log_total in enumerate(own[:-1]):
            total += self.gain[:, :, year, None] * (log_total - own[-1])
        return total

    def deviations(self, regime: int, points: Array) -> Floats:
        """Deviations from the means, ``[unseen, path]``, for points of the unit cube."""
        normal = normal_scores(points)
        total = np.zeros_like(normal)
        for shock, size in enumerate(normal):
            total[shock:] += self.factor[regime, shock:, shock, None] * size
        return total.astype(np.float32)

    def met_by(
        self,
        log_history: Array,
        log_goals: Array,
        n_paths: int,
        rng: np.random.Generator,
        counts_from: Index | None = None,
    ) -> Array:
        """Probability that each goal has been reached by each year ahead.

        Parameters
        ----------
        log_history
            Log totals of the observed years, ``[series, year]``.
        log_goals
            Log amounts, ``[series, goal]``.
        n_paths
            Paths per series, allocated to the regimes by their weights.
        rng
            Source of the draws, which all series share.
        counts_from
            First year that counts for each goal, ``[series, goal]``, counted from the last observed
            one: 1 if only the years ahead do. All years by default.

        Returns
        -------
        Array
            ``[series, goal, year ahead]``. A goal that a year that counts met, observed or in a
            gap, has been met.
        """
        since = np.full(log_goals.shape, self.seen[0]) if counts_from is None else counts_from
        first = np.searchsorted(self.unseen, since)
        n_regimes, n_unseen = self.mean.shape
        weights = _kept(self.weights(log_history), n_paths)
        means = np.empty((n_regimes, n_unseen, len(log_history)), np.float32)
        for rows in _slices(len(log_history)):
            means[:, :, rows] = self.means(log_history[rows])
        points, turns = _draw(n_unseen, n_regimes, n_paths, rng)
        goals = np.ascontiguousarray((log_goals - log_history[:, -1:]).T, np.float32)
        n_gaps = n_unseen - self.horizon
        met = np.zeros((*goals.T.shape, self.horizon))
        for regime, own in enumerate(_exponents(weights, n_paths).T):
            if (own < 0).all():
                continue
            turned = (points[:, : 1 << int(own.max())] + turns[regime]) % 1.0
            deviations = self.deviations(regime, turned)
            for series, n in _batches(own):
                weight = weights[series, regime] / n
                for start in np.unique(first[series]):
                    own_goals = np.where(start == first[series].T, goals[:, series], np.inf)
                    paths = means[regime][start:, series], deviations[start:, :n], own_goals
                    passed = weight[:, None, None] * _passages(*paths)
                    ahead = max(start, n_gaps)
                    met[series, :, ahead - n_gaps :] += passed[:, :, ahead - start :]
        counted = np.where(self.seen >= since[..., None], log_history[:, None], -np.inf)
        met[counted.max(axis=2) >= log_goals] = 1.0
        return np.minimum(met, 1.0)

    def quantiles(self, log_history: Array, levels: Sequence[float]) -> Array:
        """Quantiles of the log total of each year ahead, ``[series, level, year ahead]``.

        No paths are drawn: they are those of a mixture of normals.
        """
        spread = np.sqrt((self.factor**2).sum(axis=2))
        result = np.empty((len(log_history), len(levels), self.horizon))
        for rows in _slices(len(log_history)):
            own = log_history[rows]
            weights = np.ascontiguousarray(self.weights(own).T)
            means = self.means(own)[:, -self.horizon :]
            for year in range(self.horizon):
                sd = spread[:, year - self.horizon]
                for position, level in enumerate(levels):
                    ahead = mixture_quantiles(weights, means[:, year], sd, level)
                    result[rows, position, year] = ahead + own[:, -1]
        return result


def _slices(n_series: int) -> Iterator[slice]:
    return (slice(low, low + _BATCH) for low in range(0, n_series, _BATCH))


def _power_of_two(n: int) -> int:
    """Return the power of two at or above a number of paths, and enough for any regime."""
    return max(_FEWEST, 1 << (n - 1).bit_length())


def _draw(
    n_unseen: int, n_regimes: int, n_paths: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Points of the unit cube, ``[unseen, path]``, and how far each regime turns them."""
    from scipy.stats import qmc  # loads slower than the library

    points: Array = qmc.Sobol(n_unseen, rng=rng).random(_power_of_two(n_paths)).T
    return np.ascontiguousarray(points), rng.random((n_regimes, n_unseen, 1))


def _kept(weights: Array, n_paths: int) -> Array:
    """Drop regimes whose share is hardly a path; the weightiest always stays."""
    least = min(_LEAST / n_paths, 0.5 / weights.shape[1])
    kept = np.where(weights < least, 0.0, weights)
    result: Array = kept / kept.sum(axis=1, keepdims=True)
    return result


def _exponents(weights: Array, n_paths: int) -> NDArray[np.int8]:
    """How many paths each series takes of each regime, as the nearest power of two; -1 for none."""
    wanted = np.clip(weights * n_paths, _FEWEST, _power_of_two(n_paths))
    return np.where(weights == 0.0, -1, np.rint(np.log2(wanted))).astype(np.int8)


def _batches(exponents: NDArray[np.int8]) -> Iterator[tuple[Index, int]]:
    """Batches of series that take equally many paths, and how many."""
    for exponent in np.unique(exponents[exponents >= 0]):
        series = np.flatnonzero(exponents == exponent)
        size = max(1, _BLOCK >> int(exponent))
        for low in range(0, len(series), size):
            yield series[low : low + size], 1 << int(exponent)


def _passages(means: Floats, deviations: Floats, goals: Floats) -> Index:
    """Count the paths that have met each goal by each year, ``[series, goal, year]``."""
    shape = (means.shape[1], deviations.shape[1])
    highest, path = np.full(shape, -np.inf, np.float32), np.empty(shape, np.float32)
    met = np.empty(shape, np.bool_)
    counts = np.empty((*goals.T.shape, len(means)), np.intp)
    for step, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        np.add(mean[:, None], deviation, out=path)
        np.maximum(highest, path, out=highest)
        for goal, amount in enumerate(goals):
            np.greater_equal(highest, amount[:, None], out=met)
            counts[:, goal, step] = _count(met)
    return counts


def _count(met: NDArray[np.bool_]) -> Index:
    """Number of true values a row, packed into words; a row is a power of two, at least 8, long."""
    packed = np.packbits(met).reshape(len(met), -1)  # by rows takes ten times as long
    words = np.bitwise_count(packed.view(f"u{min(8, packed.shape[1])}"))
    counts: Index = words.sum(axis=1, dtype=np.intp) if words.shape[1] > 1 else words[:, 0]
    return counts
