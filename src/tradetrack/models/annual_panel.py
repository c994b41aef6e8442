r"""First passage of many annual series at once, the same to the bit however they are batched.

Series that were observed in the same years share everything but their numbers: for each regime the
gain ``G`` that carries their past on, the factor ``L`` of the years not seen (gaps first, then
years ahead), and the simulated deviations ``L z``. With ``d`` the log differences from the last
year,

.. math:: m_s = m_u + G (d_s - m_h), \qquad
          \Pr(T_s \le k) = \sum_\theta w_{s\theta} \,
          \Pr\big(\max_{j \le k} (m_{s\theta} + L_\theta z)_j \ge \log \text{goal}\big),

so first passage is an addition and a comparison. The posterior weight ``w`` of a regime enters
exactly; a regime gets about as many of the paths as its weight asks for. ``z`` is a scrambled Sobol
sequence, turned by a shift of its own for each regime.

All arithmetic is written out, a number at a time: BLAS rounds a row differently in another batch or
with another number of threads, and a panel must not depend on how it was cut or where it ran.

Arithmetic that rounds alike in any batch and on any machine: no BLAS, sums in one order.

numpy adds, multiplies and divides numbers one by one in the same way wherever they stand. Matrix
products and LAPACK do not: they round by the shape of the batch and by the number of threads. Nor
do numpy's sums along the first axis: those of a single column are taken in another order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import Array, Index
from tradetrack.models.annual import yearly_covariance
from tradetrack.models.regimes import Regimes

Floats = NDArray[np.float32]

_FEWEST = 16  # paths of a regime that gets any: a power of two, 8 or more
_LEAST = 0.25  # paths that a regime's weight must ask for to get any
_BLOCK = 1 << 16  # numbers of a step worked on at once: they stay in the cache
_BATCH = 256  # series whose means or quantiles are formed at once
_SMALLEST = 1e-7


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
        Move of the unseen years a unit of a log difference, ``[regime, unseen, past]``.
    factor
        Lower Cholesky factor of the unseen years, ``[regime, unseen, unseen]``.
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
        drift = regimes.table()[:, 6, None]
        with np.errstate(divide="ignore"):
            log_prior = np.log(np.array(regimes.weights))
        return cls(
            log_prior=log_prior,
            recent_mean=drift * (past[forgotten:] - last),
            recent_factor=cholesky(covariance[:, forgotten:n, forgotten:n]),
            past_mean=drift * (past - last),
            mean=drift * (unseen - last),
            gain=back_substitute(factor[:, n:, :n], factor[:, :n, :n]),
            factor=factor[:, n:, n:],
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
        from scipy.special import ndtri  # loads slower than the library

        normal = ndtri(np.clip(points, _SMALLEST, 1.0 - _SMALLEST))
        total = np.zeros_like(normal)
        for shock, size in enumerate(normal):
            total[shock:] += self.factor[regime, shock:, shock, None] * size
        return total.astype(np.float32)

    def met_by(
        self, log_history: Array, log_goals: Array, n_paths: int, rng: np.random.Generator
    ) -> Array:
        """Probability that each goal has been reached by each year ahead.

        Parameters
        ----------
        log_history
            Log totals of the observed years, ``[series, year]``.
        log_goals
            Log amounts, ``[series, goal]``.
        n_paths
            Paths a series, shared out to the regimes by their weights.
        rng
            Source of the draws; the same draws serve all series.

        Returns
        -------
        Array
            ``[series, goal, year ahead]``. A goal that an observed year or a gap met has been met.
        """
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
                paths = means[regime][:, series], deviations[:, :n], goals[:, series]
                weight = weights[series, regime] / n
                met[series] += weight[:, None, None] * _passages(*paths)[:, :, n_gaps:]
        met[log_history.max(axis=1, keepdims=True) >= log_goals] = 1.0
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
    """Drop regimes that ask for hardly a path; of several the weightiest always stays."""
    least = min(_LEAST / n_paths, 0.5 / weights.shape[1])
    kept = np.where(weights < least, 0.0, weights)
    result: Array = kept / kept.sum(axis=1, keepdims=True)
    return result


def _exponents(weights: Array, n_paths: int) -> NDArray[np.int8]:
    """How many paths each series takes of each regime, as the nearest power of two; -1 for none."""
    asked = np.clip(weights * n_paths, _FEWEST, _power_of_two(n_paths))
    return np.where(weights == 0.0, -1, np.rint(np.log2(asked))).astype(np.int8)


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


_LEAST_PIVOT = 1e-14  # of a variance: less is rounding
_ROUNDS = 200  # more than bisection alone would need
_CLOSE = 1e-12  # in logs: where halving may stop
_NEAR = 1e-6  # the same for Newton's steps, the next of which would be far smaller


def cholesky(matrices: Array) -> Array:
    r"""Lower factors ``L`` with ``L L' = C`` of covariances, ``[matrix, row, column]``.

    Column by column, each taken off what is left of the matrix. A variance that the columns before
    leave nothing of keeps a trifle, so that priors which settle a year exactly can be factored.

    Examples
    --------
    >>> cholesky(np.array([[[4.0, 2.0], [2.0, 5.0]]]))[0]
    array([[2., 0.],
           [1., 2.]])
    """
    left = np.array(matrices, float)
    least = _LEAST_PIVOT * np.diagonal(left, axis1=1, axis2=2)
    for j in range(left.shape[1]):
        pivot = np.sqrt(np.maximum(left[:, j, j], least[:, j]))
        left[:, j, j] = pivot
        left[:, j + 1 :, j] /= pivot[:, None]
        column = left[:, j + 1 :, j]
        left[:, j + 1 :, j + 1 :] -= column[:, :, None] * column[:, None, :]
    return np.tril(left)


def back_substitute(right: Array, factor: Array) -> Array:
    """Solve ``X L = B`` for ``X``, ``L`` lower triangular: ``[matrix, row, column]``.

    Examples
    --------
    >>> back_substitute(np.array([[[4.0, 2.0]]]), np.array([[[2.0, 0.0], [1.0, 2.0]]]))[0]
    array([[1.5, 1. ]])
    """
    left = np.array(right, float)
    for j in reversed(range(factor.shape[1])):
        left[:, :, j] /= factor[:, j, j, None]
        left[:, :, :j] -= left[:, :, j, None] * factor[:, None, j, :j]
    return left


def mixture_quantiles(weights: Array, means: Array, sds: Array, level: float) -> Array:
    r"""Quantile of each of many mixtures of normals.

    Newton's method on the normal scale, where a mixture of normals is nearly a straight line:
    :math:`\Phi^{-1}(F(x)) = \Phi^{-1}(\text{level})`. The quantile lies between those of the
    components; where a step leaves what is left of that bracket, or does not halve the one before,
    the bracket is halved.

    Parameters
    ----------
    weights, means
        Of the components, ``[component, mixture]``; the weights of a mixture sum to 1.
    sds
        Their standard deviations, ``[component]``.
    level
        Between 0 and 1.

    Returns
    -------
    Array
        ``[mixture]``.

    References
    ----------
    Press, Teukolsky, Vetterling and Flannery (2007), Numerical Recipes, section 9.4 (rtsafe).

    Examples
    --------
    >>> half, means = np.full((2, 1), 0.5), np.array([[-1.0], [3.0]])
    >>> mixture_quantiles(half, means, np.array([0.5, 0.5]), 0.5).round(6)
    array([1.])
    """
    from scipy.special import ndtri  # loads slower than the library

    aim, width = float(ndtri(level)), sds[:, None]
    ends = means + aim * width
    low = np.where(weights > 0.0, ends, np.inf).min(axis=0)
    high = np.where(weights > 0.0, ends, -np.inf).max(axis=0)
    centre = _sum(weights * means)
    x = centre + aim * np.sqrt(_sum(weights * ((means - centre) ** 2 + width**2)))
    x, moved = np.clip(x, low, high), high - low
    moving = np.arange(len(x))
    for _ in range(_ROUNDS):
        here = x[moving]
        short, newton = _step(weights[:, moving], (here - means[:, moving]) / width, sds, level)
        low[moving] = np.where(short, here, low[moving])
        high[moving] = np.where(short, high[moving], here)
        least, most = low[moving], high[moving]
        there = here + newton
        inside = (there > least) & (there < most) & (np.abs(newton) <= 0.5 * moved[moving])
        there = np.where(inside, there, least + 0.5 * (most - least))
        x[moving], moved[moving] = there, np.abs(there - here)
        moving = moving[moved[moving] > np.where(inside, _NEAR, _CLOSE)]
        if not len(moving):
            break
    return x


def _step(
    weights: Array, scores: Array, sds: Array, level: float
) -> tuple[NDArray[np.bool_], Array]:
    """Whether the mixtures' probability is short of the level, and Newton's step."""
    from scipy.special import ndtr, ndtri  # loads slower than the library

    below = _sum(weights * ndtr(scores))
    with np.errstate(all="ignore"):  # far out nothing is left to divide by: the bracket is halved
        reached = ndtri(below)
        slope = _sum(weights * np.exp(-0.5 * scores**2) / sds[:, None])
        step = (ndtri(level) - reached) * np.exp(-0.5 * reached**2) / slope
    return below < level, step


def _sum(terms: Array) -> Array:
    """Sum over the first axis, from the first term to the last."""
    total: Array = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total
