r"""Gaussian conditioning with a diffuse common level, bounds, and mixtures of normals.

Every row is :math:`z = m + f a + e`, with :math:`e \sim N(0, K)` and ``a`` the level that the flows
share, whose prior is flat (diffuse). Figures ``y`` of some rows ``s``, with noise ``N``, leave for
the others ``r``, with :math:`A = K_{ss} + N = LL'`,

.. math:: m \leftarrow m + K_{rs} A^{-1} (y - m_s), \quad f \leftarrow f - K_{rs} A^{-1} f_s, \quad
          K \leftarrow K_{rr} - K_{rs} A^{-1} K_{sr},

and three numbers grow: the information on the level :math:`i = f_s' A^{-1} f_s`, its score
:math:`s = f_s' A^{-1} (y - m_s)` and the log fit
:math:`-\tfrac12 [\log|A| + (y - m_s)' A^{-1} (y - m_s)]`. Integrated out, the level has mean
:math:`\hat a = s / i` and variance ``1 / i``,

.. math:: z_r \sim N(m + f \hat a, \; K + f f' / i), \qquad
          \log p(y) = \text{log fit} + \tfrac12 [s^2 / i - \log i] + \text{const}.

Because the level stays open until the end, figures may come in several steps. `DiffuseGaussian` is
that update for a batch; `generalised_least_squares` is the same as one matrix, for all figures at
once.

Where answers must not depend on how a batch was cut (:mod:`~tradetrack.models.annual_panel`),
`cholesky`, `back_substitute` and `mixture_quantiles` do the arithmetic a number at a time, in one
order: numpy adds, multiplies and divides numbers alike wherever they stand, whereas BLAS, LAPACK
and numpy's sums along the first axis round by the shape of the batch and the number of threads.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import Array, Index

Mask = NDArray[np.bool_]

_NOTHING = 1e-9  # information on the level that is only rounding
_VAGUE = 1e-6  # information taken where there is none: a standard deviation of 1000 logs
_LEAST_VARIANCE = 1e-14
_LEAST_PRECISION = 1e-9
_LEAST_LEFT = 1e-9  # of the variance, inside a bound
_SWEEPS = 2
_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))
_BORDER = 1e60  # above the square of any white number
_LEAST_PIVOT = 1e-14  # of a variance: less is rounding
_ROUNDS = 200  # of the quantile search: more than bisection alone would need
_CLOSE = 1e-12  # in logs: where halving may stop
_NEAR = 1e-6  # the same for Newton's steps, the next of which would be far smaller
_HALF_STEP = 2.0**-31  # of scipy's Sobol sequence, whose points are multiples of 2^-30


@dataclass(frozen=True, slots=True, eq=False)
class DiffuseGaussian:
    """Rows given the figures so far, the common level integrated out last.

    Leading axes are a batch, such as regimes, or coalitions and regimes.

    Attributes
    ----------
    mean, flat
        ``m`` and ``f``, ``[..., row]``.
    covariance
        ``K``, ``[..., row, row]``.
    information, score, log_fit
        ``i``, ``s`` and the log fit, ``[...]``.
    """

    mean: Array
    flat: Array
    covariance: Array
    information: Array
    score: Array
    log_fit: Array

    @classmethod
    def prior(cls, mean: Array, flat: Array, covariance: Array) -> "DiffuseGaussian":
        """Return the law before any figure: a diffuse level."""
        none = np.zeros(mean.shape[:-1])
        return cls(mean, np.broadcast_to(flat, mean.shape), covariance, none, none, none)

    def take(self, regimes: Index) -> "DiffuseGaussian":
        """Keep some regimes: positions on the first axis."""
        return DiffuseGaussian(
            self.mean[regimes],
            self.flat[regimes],
            self.covariance[regimes],
            self.information[regimes],
            self.score[regimes],
            self.log_fit[regimes],
        )

    def condition(
        self, seen: Index, values: Array, noise: Array, rest: Index, known: Mask | None = None
    ) -> "DiffuseGaussian":
        """Condition on figures of some rows, and keep the rest; the update is at the top.

        Parameters
        ----------
        seen, values, noise
            The rows, their figures and the standard deviation of the figures' noise.
        rest
            The rows to keep, without noise; they may be among those seen.
        known
            Mask of the rows seen, ``[..., row]``: rows outside it do not count. All by default.
        """
        total = self.covariance[..., seen[:, None], seen]
        total[..., range(len(seen)), range(len(seen))] += noise**2
        residual, flat = values - self.mean[..., seen], self.flat[..., seen]
        cross = self.covariance[..., seen[:, None], rest]
        right = np.concatenate([cross, residual[..., None], flat[..., None]], axis=-1)
        if known is not None:
            keep = known.astype(float)
            total = total * (keep[..., :, None] * keep[..., None, :])
            total += (1.0 - keep)[..., None] * np.eye(len(seen))
            right = right * keep[..., None]
        factor, white = whiten(total, right)
        by_row, fit, level = white[..., :-2], white[..., -2], white[..., -1]
        back = np.swapaxes(by_row, -1, -2)
        return DiffuseGaussian(
            mean=self.mean[..., rest] + (back @ fit[..., None])[..., 0],
            flat=self.flat[..., rest] - (back @ level[..., None])[..., 0],
            covariance=self.covariance[..., rest[:, None], rest] - back @ by_row,
            information=self.information + (level**2).sum(axis=-1),
            score=self.score + (level * fit).sum(axis=-1),
            log_fit=self.log_fit + _log_fit(factor, fit),
        )

    def in_steps(
        self, seen: Index, values: Array, noise: Array, rest: Index, stops: Index
    ) -> "DiffuseGaussian":
        """Condition on the first rows of several, for each of some numbers of them.

        The leading blocks of one Cholesky factor are the factors of the first rows, so that all
        steps cost little more than the last.

        Parameters
        ----------
        seen, noise, rest
            As in `condition`; ``self`` has one leading axis, of regimes.
        values
            The figures, which may be other ones at each step, ``[step, row]``.
        stops
            How many of the rows count at each step; they rise.

        Returns
        -------
        With a leading axis of steps.
        """
        n = len(rest)
        total = self.covariance[:, seen[:, None], seen]
        total[:, range(len(seen)), range(len(seen))] += noise**2
        residual, flat = values.T - self.mean[:, seen, None], self.flat[:, seen, None]
        right = np.concatenate([self.covariance[:, seen[:, None], rest], residual, flat], axis=-1)
        factor, white = whiten(total, right)
        counts = (np.arange(len(seen)) < stops[:, None])[:, None]
        fit = np.moveaxis(white[..., n:-1], -1, 0) * counts
        level = white[..., -1] * counts
        log_det = 2.0 * np.log(np.diagonal(factor, axis1=-2, axis2=-1)) * counts
        by_row = np.ascontiguousarray(white[..., :n])
        back = np.swapaxes(by_row, -1, -2)
        covariance = np.empty((len(stops), len(total), n, n))
        left, start = self.covariance[:, rest[:, None], rest], 0
        for step, stop in enumerate(stops):
            left = left - back[..., start:stop] @ by_row[:, start:stop]
            covariance[step], start = left, stop
        return DiffuseGaussian(
            mean=self.mean[:, rest] + (back @ fit[..., None])[..., 0],
            flat=self.flat[:, rest] - (back @ level[..., None])[..., 0],
            covariance=covariance,
            information=self.information + (level**2).sum(axis=-1),
            score=self.score + (level * fit).sum(axis=-1),
            log_fit=self.log_fit - 0.5 * (log_det + fit**2).sum(axis=-1),
        )

    def transform(self, by_row: Array) -> "DiffuseGaussian":
        """Return the law of linear functions of the rows, ``[regime, function, row]``."""
        return replace(
            self,
            mean=np.einsum("kfr,kr->kf", by_row, self.mean),
            flat=np.einsum("kfr,kr->kf", by_row, self.flat),
            covariance=by_row @ self.covariance @ np.swapaxes(by_row, -1, -2),
        )

    @property
    def log_evidence(self) -> Array:
        """Log likelihood of the figures so far, constants apart; of their growth if no level is."""
        return self.log_fit + _log_level(self.information, self.score)

    @property
    def knows_levels(self) -> Mask:
        """Whether some figure sets the level, ``[...]``."""
        knows: Mask = self.information > _NOTHING
        return knows

    def marginalise(self) -> tuple[Array, Array]:
        """Integrate the level out: mean and covariance of the rows (vague if no figure sets it)."""
        information = np.where(self.information > _NOTHING, self.information, _VAGUE)
        level = self.score / information
        spread = self.flat / np.sqrt(information)[..., None]
        outer = spread[..., :, None] * spread[..., None, :]
        return self.mean + self.flat * level[..., None], self.covariance + outer


def log_evidence(residual: Array, flat: Array, covariance: Array) -> Array:
    """`DiffuseGaussian.log_evidence` of all rows at once: ``y - m``, ``f`` and ``A``."""
    factor, white = whiten(covariance, np.stack(np.broadcast_arrays(residual, flat), axis=-1))
    fit, level = white[..., 0], white[..., 1]
    return _log_fit(factor, fit) + _log_level((level**2).sum(axis=-1), (level * fit).sum(axis=-1))


def _log_fit(factor: Array, fit: Array) -> Array:
    log_det = 2.0 * np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
    log_fit: Array = -0.5 * (log_det + (fit**2).sum(axis=-1))
    return log_fit


def _log_level(information: Array, score: Array) -> Array:
    some = information > _NOTHING
    information = np.where(some, information, 1.0)
    return np.where(some, 0.5 * (score**2 / information - np.log(information)), 0.0)


def whiten(covariance: Array, right: Array) -> tuple[Array, Array]:
    r"""Cholesky factor ``L`` of a covariance, and ``L^{-1} B``.

    numpy solves no triangular systems, but the factor of a bordered matrix holds the solution:

    .. math:: \begin{pmatrix} S & B \\ B' & D \end{pmatrix} = M M', \qquad
              M = \begin{pmatrix} L & 0 \\ (L^{-1} B)' & \cdot \end{pmatrix},

    for any diagonal ``D`` that is large enough.
    """
    n, m = right.shape[-2:]
    batch = np.broadcast_shapes(covariance.shape[:-2], right.shape[:-2])
    bordered = np.empty((*batch, n + m, n + m))  # only the lower triangle is read
    bordered[..., :n, :n] = covariance
    bordered[..., n:, :n] = np.swapaxes(right, -1, -2)
    bordered[..., n:, n:] = _BORDER * np.eye(m)
    factor = np.linalg.cholesky(bordered)
    return factor[..., :n, :n], np.swapaxes(factor[..., n:, :n], -1, -2)


def ep_truncate(
    mean: Array, covariance: Array, limits: Array, known: Mask
) -> tuple[Array, Array, Array]:
    r"""Condition the first rows on bounds by expectation propagation: two moments are matched.

    A Gaussian factor approximates each bound, with precision :math:`\tau` and shift :math:`\nu`.
    With the factor taken out, the row is :math:`N(\mu, s^2)`. Let
    :math:`t = \pm(\mu - l) / s`, plus for "over", and :math:`\lambda = \phi(t) / \Phi(t)`: inside
    the bound the mean is :math:`\mu \pm s \lambda`, the variance
    :math:`s^2 [1 - \lambda(\lambda + t)]`, which the factor is set to reproduce, and the
    probability :math:`\Phi(t)`. Two sweeps: the first takes bounds one after the other, and gives
    their probability; the second corrects early ones for those that say nearly the same.

    Parameters
    ----------
    mean, covariance
        Of the rows, ``[..., row]`` and ``[..., row, row]``; the bounded ones come first.
    limits
        Lowest and highest, in one row each, ``[2, bound]``; one of the two is infinite.
    known
        Which bounds are known, ``[..., bound]``.

    Returns
    -------
    Mean and covariance of all rows, and the log probability of the bounds.

    References
    ----------
    Minka (2001), Expectation propagation for approximate Bayesian inference, UAI.
    """
    from scipy.special import log_ndtr  # loads slower than the library

    log_probability = np.zeros(mean.shape[:-1])
    factors = np.zeros((2, limits.shape[1], *mean.shape[:-1]))
    for sweep in range(_SWEEPS):
        for b, (low, high) in enumerate(limits.T):
            here = np.broadcast_to(known[..., b], log_probability.shape)
            if not here.any():
                continue
            sign, limit = (1.0, low) if np.isfinite(low) else (-1.0, high)
            precision, shift = factors[:, b]
            whole = np.maximum(covariance[..., b, b], _LEAST_VARIANCE)
            variance = 1.0 / np.maximum(1.0 / whole - precision, _LEAST_PRECISION)
            centre = variance * (mean[..., b] / whole - shift)
            spread = np.sqrt(variance)
            t = sign * (centre - limit) / spread
            log_chance = log_ndtr(t)
            hazard = np.exp(-0.5 * t**2 - _HALF_LOG_2PI - log_chance)
            lost = np.clip(hazard * (hazard + t), 0.0, 1.0 - _LEAST_LEFT)
            new_precision = np.where(here, lost / (1.0 - lost) / variance, 0.0)
            inside = centre + sign * spread * hazard
            new_shift = np.where(here, new_precision * inside + (inside - centre) / variance, 0.0)
            mean, covariance = _add_factor(
                mean, covariance, b, new_precision - precision, new_shift - shift
            )
            factors[:, b] = new_precision, new_shift
            if not sweep:
                log_probability = log_probability + np.where(here, log_chance, 0.0)
    return mean, covariance, log_probability


def _add_factor(
    mean: Array, covariance: Array, row: int, precision: Array, shift: Array
) -> tuple[Array, Array]:
    """Multiply a Gaussian by a factor of one row."""
    column = covariance[..., row]
    scale = 1.0 + precision * column[..., row]
    moved = (shift - precision * mean[..., row]) / scale
    lost = (precision / scale)[..., None] * column
    return mean + column * moved[..., None], covariance - column[..., :, None] * lost[..., None, :]


def generalised_least_squares(covariance: Array, flat: Array) -> tuple[Array, Array]:
    """Return ``P``, and the weights of the rows in the estimate of the level.

    With ``S`` the covariance and ``h`` the derivative by the level, the weights are
    ``S^{-1}h / h'S^{-1}h``, and ``P r`` is ``S^{-1}r`` for residuals ``r`` about that estimate.

    Examples
    --------
    >>> projection, weights = generalised_least_squares(np.diag([1.0, 3.0]), np.ones(2))
    >>> projection.round(2)
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    >>> weights
    array([0.75, 0.25])
    """
    inverse = np.linalg.inv(covariance)
    by_level = inverse @ flat
    weights = by_level / (flat @ by_level)
    return inverse - np.outer(by_level, weights), weights


def normal_scores(points: Array) -> Array:
    """Standard normal quantiles of points of the unit cube; 0 and 1 count as half a Sobol step.

    Examples
    --------
    >>> normal_scores(np.array([0.0, 0.5, 0.975])).round(2)
    array([-6.12,  0.  ,  1.96])
    """
    from scipy.special import ndtri  # loads slower than the library

    scores: Array = ndtri(np.clip(points, _HALF_STEP, 1.0 - _HALF_STEP))
    return scores


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
