r"""Gaussian beliefs about rows whose level is unknown, for many regimes and coalitions at once.

Every row is :math:`z = m + f a + e`, with ``a`` the level that the flows share, flat before any
figure, and ``e`` Gaussian. Figures ``y`` of some rows, with noise, leave for the others, with
:math:`A = K_{ss} + N = LL'`,

.. math:: m \leftarrow m + K_{rs} A^{-1} (y - m_s), \quad f \leftarrow f - K_{rs} A^{-1} f_s, \quad
          K \leftarrow K_{rr} - K_{rs} A^{-1} K_{sr},

and three numbers grow: the information on the level :math:`i = f_s' A^{-1} f_s`, its score
:math:`s = f_s' A^{-1} (y - m_s)` and the log fit
:math:`-\tfrac12 [\log|A| + (y - m_s)' A^{-1} (y - m_s)]`. With the level integrated out
:math:`\hat a = s / i` has variance ``1 / i``, and the evidence is the fit
:math:`+ \tfrac12 [s^2 / i - \log i]`, as in :mod:`~tradetrack.models.conditioning`. Because the
level stays open until the end, figures can come in two steps: those known to every coalition once,
the others coalition by coalition. One that a coalition lacks is masked out.
"""

from dataclasses import dataclass

import numpy as np

from tradetrack.models.kernels import Array, Index
from tradetrack.newsflow.releases import Mask

_NOTHING = 1e-9  # information on the level that is only rounding
_VAGUE = 1e-6  # information taken where there is none: a standard deviation of 1000 logs
_LEAST_VARIANCE = 1e-14
_LEAST_PRECISION = 1e-9
_LEAST_LEFT = 1e-9  # of the variance, inside a bound
_SWEEPS = 2
_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """What figures so far say of rows; the leading axes are coalitions and regimes.

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
    def before(cls, mean: Array, flat: Array, covariance: Array) -> "Beliefs":
        """Before any figure."""
        none = np.zeros(mean.shape[:-1])
        return cls(mean, np.broadcast_to(flat, mean.shape), covariance, none, none, none)

    def take(self, regimes: Index) -> "Beliefs":
        """Keep some regimes, of beliefs that no coalition has split yet."""
        return Beliefs(
            self.mean[regimes],
            self.flat[regimes],
            self.covariance[regimes],
            self.information[regimes],
            self.score[regimes],
            self.log_fit[regimes],
        )

    def given(
        self, seen: Index, values: Array, noise: Array, rest: Index, known: Mask | None = None
    ) -> "Beliefs":
        """Learn the figures of some rows, and keep the rest.

        Parameters
        ----------
        seen, values, noise
            The rows, what was printed and its standard deviation.
        rest
            The rows to keep, without noise; they may be among those seen.
        known
            Which of the rows seen each coalition knows, ``[..., row]``; all by default.
        """
        total = self.covariance[..., seen[:, None], seen] + np.diag(noise**2)
        residual, flat = values - self.mean[..., seen], self.flat[..., seen]
        cross = self.covariance[..., seen[:, None], rest]
        right = np.concatenate([cross, residual[..., None], flat[..., None]], axis=-1)
        if known is not None:
            keep = known.astype(float)
            total = total * (keep[..., :, None] * keep[..., None, :])
            total += (1.0 - keep)[..., None] * np.eye(len(seen))
            right = right * keep[..., None]
        factor = np.linalg.cholesky(total)
        white = np.linalg.solve(factor, right)
        by_row, fit, level = white[..., :-2], white[..., -2], white[..., -1]
        back = np.swapaxes(by_row, -1, -2)
        log_det = 2.0 * np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
        return Beliefs(
            mean=self.mean[..., rest] + (back @ fit[..., None])[..., 0],
            flat=self.flat[..., rest] - (back @ level[..., None])[..., 0],
            covariance=self.covariance[..., rest[:, None], rest] - back @ by_row,
            information=self.information + (level**2).sum(axis=-1),
            score=self.score + (level * fit).sum(axis=-1),
            log_fit=self.log_fit - 0.5 * (log_det + (fit**2).sum(axis=-1)),
        )

    @property
    def log_evidence(self) -> Array:
        """Log likelihood of the figures so far, constants apart; of their growth if no level is."""
        some = self.information > _NOTHING
        information = np.where(some, self.information, 1.0)
        level = 0.5 * (self.score**2 / information - np.log(information))
        evidence: Array = self.log_fit + np.where(some, level, 0.0)
        return evidence

    @property
    def knows_level(self) -> bool:
        """Whether some figure sets the level, in every coalition."""
        return bool((self.information > _NOTHING).all())

    def settled(self) -> tuple[Array, Array]:
        """Mean and covariance of the rows with the level integrated out, or vague if unknown."""
        information = np.where(self.information > _NOTHING, self.information, _VAGUE)
        level = self.score / information
        spread = self.flat / np.sqrt(information)[..., None]
        outer = spread[..., :, None] * spread[..., None, :]
        return self.mean + self.flat * level[..., None], self.covariance + outer


def cut(mean: Array, covariance: Array, limits: Array, known: Mask) -> tuple[Array, Array, Array]:
    r"""Learn bounds on the first rows by their first two moments (expectation propagation).

    Each bound is stood in for by a Gaussian factor of precision :math:`\tau` and shift :math:`\nu`.
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
