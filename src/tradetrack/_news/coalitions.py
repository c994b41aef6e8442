r"""What any coalition of releases says, by linear algebra on one linearised Gaussian mixture.

The law is that of the model on everything released: its grid of months, flows and reporters, and
the months whose figures weigh the regimes. Rows and targets are linearised once, at the mode of the
path over history and horizon. Given a regime, the figures that no release touches are conditioned
on once; then a coalition costs one small Cholesky factor a regime
(:mod:`~tradetrack._news.coalitions`). Bounds come in last, by their first two moments, given what
the coalition itself knows. Goals are met on quasi-random normal draws of the targets, the same for
all coalitions and regimes.

Two flows that part add up to more than first order says, so they are added up on each draw. But
printed turnovers were taken to first order, so only what flows have parted since the last twelve
months known to all coalitions counts: with :math:`T` the sum of flows on a draw and :math:`\ell`
the same to first order, a total is :math:`T_w \, \ell_0 / T_0`.

Gaussian beliefs about rows whose level is unknown, for many regimes and coalitions at once.

Every row is :math:`z = m + f a + e`, with ``a`` the level that the flows share, flat before any
figure, and ``e`` Gaussian. Figures ``y`` of some rows, with noise, leave for the others, with
:math:`A = K_{ss} + N = LL'`,

.. math:: m \leftarrow m + K_{rs} A^{-1} (y - m_s), \quad f \leftarrow f - K_{rs} A^{-1} f_s, \quad
          K \leftarrow K_{rr} - K_{rs} A^{-1} K_{sr},

and three numbers grow: the information on the level :math:`i = f_s' A^{-1} f_s`, its score
:math:`s = f_s' A^{-1} (y - m_s)` and the log fit
:math:`-\tfrac12 [\log|A| + (y - m_s)' A^{-1} (y - m_s)]`. With the level integrated out
:math:`\hat a = s / i` has variance ``1 / i``, and the evidence is the fit
:math:`+ \tfrac12 [s^2 / i - \log i]`, as in :mod:`~tradetrack.models.posterior`. Because the
level stays open until the end, figures can come in two steps: those known to every coalition once,
the others coalition by coalition. One that a coalition lacks is masked out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tradetrack._news.releases import Coalition, Mask, Releases
from tradetrack._news.targets import Targets
from tradetrack._typing import Array, Index
from tradetrack.attainment.first_passage import TOLERANCE
from tradetrack.errors import InputError

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


_DRAWS = 10  # log2 of their number
_BLOCK = 64  # draws in a product so small that BLAS does not start threads for it
_CHUNK = 8  # coalitions at a time
_JITTER = 1e-10
_NONE = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What some figures say, for each coalition ``c`` and regime ``k``.

    Attributes
    ----------
    weights
        Of the regimes, ``[c, k]``.
    mean, covariance
        Of the bounded figures, the targets and any further rows asked for, in this order.
    knows_level
        Whether every coalition knows some level.
    """

    weights: Array
    mean: Array
    covariance: Array
    knows_level: bool


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """Answers for every coalition of releases.

    Attributes
    ----------
    releases
        The releases, and which figures count.
    targets
        What is asked.
    amounts
        Of the goals.
    log_prior
        Log prior weight of each regime.
    values, noise, limits
        What was printed: centre of the two-sided rows, noise of all, ends of the bounds, in logs.
    variable
        Two-sided rows that only some coalitions know.
    recent
        Those of them that weigh the regimes, as positions in ``variable``.
    beliefs
        About variable rows, bounds and targets, given the rows that all coalitions know.
    weighing
        About the recent variable rows, given the recent rows that all know.
    draws
        Standard normal, ``[block, target, draw]``.
    """

    releases: Releases
    targets: Targets
    amounts: tuple[float, ...]
    log_prior: Array
    values: Array
    noise: Array
    limits: Array
    variable: Index
    recent: Index
    beliefs: Beliefs
    weighing: Beliefs
    draws: NDArray[np.float32]

    @property
    def n_bounds(self) -> int:
        """Number of figures that are only bounds."""
        return int(self.limits.shape[1])

    def of_regimes(self, keep: Index) -> "Engine":
        """Keep some regimes."""
        return replace(
            self,
            log_prior=self.log_prior[keep],
            beliefs=self.beliefs.take(keep),
            weighing=self.weighing.take(keep),
        )

    def state(self, known: Mask, further: Index = _NONE) -> State:
        """Condition on the rows that each coalition knows.

        Parameters
        ----------
        known
            ``[coalition, row]``.
        further
            Two-sided rows, of those that releases brought, to predict without their noise.
        """
        seen = np.arange(len(self.variable))
        n_asked = self.n_bounds + len(self.targets.value)
        rest = np.concatenate(
            [len(seen) + np.arange(n_asked), np.searchsorted(self.variable, further)]
        )
        some = known[:, None, self.variable]
        values, noise = self.values[self.variable], self.noise[self.variable]
        after = self.beliefs.given(seen, values, noise, rest, some)
        which = self.recent
        weighed = self.weighing.given(
            np.arange(len(which)), values[which], noise[which], _NONE, some[..., which]
        )
        bounds = known[:, None, len(self.values) :]
        mean, covariance, log_bounds = cut(*after.settled(), self.limits, bounds)
        log_weights = self.log_prior + weighed.log_evidence + log_bounds
        weights = np.exp(log_weights - np.logaddexp.reduce(log_weights, axis=1)[:, None])
        return State(weights, mean, covariance, after.knows_level)

    def worth(self, coalitions: Sequence[Coalition]) -> Array:
        """Probability of each goal, expected value and mean log of each total, one after the other.

        Returns
        -------
        ``[coalition, value]``; coalitions that know the same figures are worked out once.
        """
        known, place = np.unique(self.releases.counting(coalitions), axis=0, return_inverse=True)
        worth = [
            self._worth(self.state(known[i : i + _CHUNK])) for i in range(0, len(known), _CHUNK)
        ]
        return np.concatenate(worth)[place]

    def _worth(self, state: State) -> Array:
        if not state.knows_level:
            raise InputError(
                "without some of the releases no level would be known, because a bound replaces the"
                " only one; choose a later day to start from",
                topic="news",
            )
        met, totals = self._drawn(state)
        means = (state.weights[..., None] * totals.mean(axis=(2, 4))).sum(axis=1)
        return np.concatenate([_mixed(state, met), means, self.mean_logs(state)], axis=1)

    def chances(self, state: State) -> Array:
        """Probability of each goal, ``[coalition, goal]``."""
        return _mixed(state, self._drawn(state)[0])

    def mean_logs(self, state: State) -> Array:
        """Mean of the log of each total, to first order, ``[coalition, total]``."""
        means = []
        for flows in self.targets.totals:
            value = self.targets.value[flows]
            moved = (state.mean[..., self.n_bounds + flows] - value) @ self.targets.shares(flows)
            means.append((state.weights * (np.logaddexp.reduce(value) + moved)).sum(axis=1))
        return np.stack(means, axis=1)

    def _drawn(self, state: State) -> tuple[Array, NDArray[np.float32]]:
        """Share of draws on which each goal is met, ``[c, k, goal]``; and draws of the totals.

        Returns
        -------
        The totals are ``[c, k, block, total, draw]``.
        """
        asked = slice(self.n_bounds, self.n_bounds + len(self.targets.value))
        covariance = state.covariance[..., asked, asked]
        factor = np.linalg.cholesky(covariance + _JITTER * np.eye(covariance.shape[-1]))
        logs = factor.astype(np.float32)[:, :, None] @ self.draws
        logs += state.mean[:, :, None, asked, None].astype(np.float32)
        bent = [self._bent(logs[..., flows, :], flows) for flows in self.targets.references]
        levels = np.exp(logs, out=logs)
        met = np.zeros((*state.weights.shape, len(self.amounts)))
        for i, (amount, windows) in enumerate(zip(self.amounts, self.targets.goals, strict=True)):
            if len(windows):
                highest = levels[..., windows, :].sum(axis=-2).max(axis=-2)
                highest /= bent[self.targets.total_of_goal[i]]
                met[:, :, i] = (highest >= amount * (1.0 - TOLERANCE)).mean(axis=(-2, -1))
        totals = [
            levels[..., flows, :].sum(axis=-2) / by
            for flows, by in zip(self.targets.totals, bent, strict=True)
        ]
        return met, np.stack(totals, axis=-2)

    def _bent(self, logs: NDArray[np.float32], flows: Index) -> NDArray[np.float32]:
        """Sum of flows on each draw over what it is to first order, ``[c, k, block, draw]``."""
        value, shares = self.targets.value[flows], self.targets.shares(flows)
        first_order = np.einsum("ckbfn,f->ckbn", logs, shares.astype(np.float32))
        first_order += np.float32(np.logaddexp.reduce(value) - shares @ value)
        bent: NDArray[np.float32] = np.exp(logs).sum(axis=-2) / np.exp(first_order)
        return bent

    def quantiles(self, coalition: Coalition, total: int, levels: tuple[float, ...]) -> Array:
        """Quantiles of a total as one coalition sees it."""
        state = self.state(self.releases.counting([coalition]))
        drawn = self._drawn(state)[1][0, :, :, total].reshape(state.weights.shape[1], -1)
        weight = np.repeat(state.weights[0] / drawn.shape[1], drawn.shape[1])
        order = np.argsort(drawn, axis=None)
        reached = np.cumsum(weight[order])
        place = np.minimum(np.searchsorted(reached, levels), len(order) - 1)
        quantiles: Array = drawn.ravel()[order][place].astype(float)
        return quantiles


def _mixed(state: State, met: Array) -> Array:
    """Probability of each goal over the regimes, whose weights sum to 1 but for rounding."""
    chances: Array = np.minimum((state.weights[..., None] * met).sum(axis=1), 1.0)
    return chances


def quasi_normal(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Standard normal points that fill the space evenly, ``[block, dimension, point]``."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.Sobol(n, rng=rng).random_base2(_DRAWS)
    normal = ndtri(np.clip(points, 1e-9, 1.0 - 1e-9)).astype(np.float32)
    return np.ascontiguousarray(normal.reshape(-1, _BLOCK, n).swapaxes(1, 2))
