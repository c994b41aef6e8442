r"""What any coalition of releases says, by linear algebra on one linearised Gaussian mixture.

The law is that of the model on everything released: its grid of months, flows and reporters, and
the months whose figures weigh the regimes. Rows and targets are linearised once, at the mode of the
path over history and horizon. Given a regime, the figures that no release touches are conditioned
on once; then a coalition costs one small Cholesky factor a regime
(:mod:`~tradetrack.models.gaussian`). Bounds come in last, by their first two moments, given what
the coalition itself knows. Goals are met on quasi-random normal draws of the targets, the same for
all coalitions and regimes.

Two flows that part add up to more than first order says, so they are added up on each draw. But
printed turnovers were taken to first order, so only what flows have parted since the last twelve
months known to all coalitions counts: with :math:`T` the sum of flows on a draw and :math:`\ell`
the same to first order, a total is :math:`T_w \, \ell_0 / T_0`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tradetrack._news.releases import Coalition, Mask, Releases
from tradetrack._news.targets import Targets
from tradetrack._typing import Array, Index
from tradetrack.errors import InputError
from tradetrack.models.gaussian import DiffuseGaussian, ep_truncate, normal_scores
from tradetrack.models.paths import LogPaths

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
        Of the bounded figures, the targets and any further rows requested, in this order.
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
        The quantities requested.
    log_prior
        Log prior weight of each regime.
    values, noise, limits
        What was printed: centre of the two-sided rows, noise of all, ends of the bounds, in logs.
    scale
        What one in each row's log is in its amount (`measurement.Linear`).
    variable
        Two-sided rows that only some coalitions know.
    recent
        Those of them that weigh the regimes, as positions in ``variable``.
    rows
        Variable rows, bounds and targets, given the rows that all coalitions know.
    weighing
        The recent variable rows, given the recent rows that all know.
    draws
        Standard normal, ``[block, target, draw]``.
    shift
        What paths differ by from the targets to first order, on average: see `shifted_by`.
    """

    releases: Releases
    targets: Targets
    log_prior: Array
    values: Array
    noise: Array
    limits: Array
    scale: Array
    variable: Index
    recent: Index
    rows: DiffuseGaussian
    weighing: DiffuseGaussian
    draws: NDArray[np.float32]
    shift: NDArray[np.float32] | float = 0.0

    @property
    def n_bounds(self) -> int:
        """Number of figures that are only bounds."""
        return int(self.limits.shape[1])

    def of_regimes(self, keep: Index) -> "Engine":
        """Keep some regimes."""
        return replace(
            self,
            log_prior=self.log_prior[keep],
            rows=self.rows.take(keep),
            weighing=self.weighing.take(keep),
        )

    def shifted_by(self, exact: LogPaths, first_order: LogPaths) -> "Engine":
        """Move the targets by what paths differ from first order on average.

        A log of a sum is not linear: the mean of the log total of a year ahead is some tenths of a
        percent off. Both sets of paths are of the same random numbers.
        """
        off = self._exact(exact) - self._first_order(first_order)
        return replace(self, shift=off.mean(axis=1, dtype=float).astype(np.float32)[:, None])

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
        n_requested = self.n_bounds + len(self.targets.value)
        rest = np.concatenate(
            [len(seen) + np.arange(n_requested), np.searchsorted(self.variable, further)]
        )
        some = known[:, None, self.variable]
        values, noise = self.values[self.variable], self.noise[self.variable]
        after = self.rows.condition(seen, values, noise, rest, some)
        which = self.recent
        weighed = self.weighing.condition(
            np.arange(len(which)), values[which], noise[which], _NONE, some[..., which]
        )
        bounds = known[:, None, len(self.values) :]
        mean, covariance, log_bounds = ep_truncate(*after.marginalise(), self.limits, bounds)
        log_weights = self.log_prior + weighed.log_evidence + log_bounds
        weights = np.exp(log_weights - np.logaddexp.reduce(log_weights, axis=1)[:, None])
        return State(weights, mean, covariance, after.knows_level)

    def values_of(self, coalitions: Sequence[Coalition]) -> Array:
        """Probability of each goal, expected value and mean log of each total, one after the other.

        Returns
        -------
        ``[coalition, value]``; coalitions with the same figures are computed once.
        """
        known, place = np.unique(self.releases.counting(coalitions), axis=0, return_inverse=True)
        values = [
            self._values_of(self.state(known[i : i + _CHUNK])) for i in range(0, len(known), _CHUNK)
        ]
        return np.concatenate(values)[place]

    def _values_of(self, state: State) -> Array:
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
        requested = slice(self.n_bounds, self.n_bounds + len(self.targets.value))
        covariance = state.covariance[..., requested, requested]
        factor = np.linalg.cholesky(covariance + _JITTER * np.eye(covariance.shape[-1]))
        logs = factor.astype(np.float32)[:, :, None] @ self.draws
        logs += state.mean[:, :, None, requested, None].astype(np.float32)
        logs += self.shift
        met, totals = self._reached(logs)
        return met.mean(axis=(2, 4)), totals

    def on_paths(self, paths: LogPaths) -> tuple[Array, Array]:
        """Share of paths on which each goal is met, and mean of each total, to first order.

        Parameters
        ----------
        paths
            Of the same flows, from the same first month on, drawn from rows to first order.
        """
        logs = self._first_order(paths) + self.shift
        met, totals = self._reached(logs[None, None, None])
        return met.mean(axis=(2, 4))[0, 0], totals.mean(axis=(2, 4), dtype=float)[0, 0]

    def _first_order(self, paths: LogPaths) -> NDArray[np.float32]:
        """Targets on paths to first order, ``[target, path]``."""
        n_flows, n_months = len(paths.flows), self.targets.by_path.shape[1] // len(paths.flows)
        by_month = paths.log_paths[:, :n_months].reshape(n_flows * n_months, -1)
        logs: NDArray[np.float32] = self.targets.by_path.astype(np.float32) @ by_month
        logs -= self.targets.offset.astype(np.float32)[:, None]
        for reporter, shares in self.targets.by_reporter.items():
            effects = paths.effects[reporter][:, : shares.shape[1] // n_flows]
            logs += shares @ effects.reshape(shares.shape[1], -1)
        return logs

    def _exact(self, paths: LogPaths) -> NDArray[np.float32]:
        """Targets on paths, ``[target, path]``."""
        counts = {(flow, reporter) for flow, *_, reporter in self.targets.windows}
        monthly = {
            (flow, reporter): paths.monthly(paths.flows[flow], reporter).reshape(-1, paths.n_paths)
            for flow, reporter in counts
        }
        totals = [
            monthly[flow, reporter][end - n_months + 1 : end + 1].sum(axis=0)
            for flow, end, n_months, reporter in self.targets.windows
        ]
        logs: NDArray[np.float32] = np.log(np.array(totals))
        return logs

    def _reached(self, logs: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Whether each goal is met, and each total, ``[..., goal or total, draw]``.

        Parameters
        ----------
        logs
            Draws of the targets, ``[..., target, draw]``; they are overwritten.
        """
        bent = [self._bent(logs[..., flows, :], flows) for flows in self.targets.references]
        levels = np.exp(logs, out=logs)
        by_target = np.moveaxis(levels, -2, 0)
        met = [
            goal.met(by_target, bent[total])
            for goal, total in zip(self.targets.goals, self.targets.total_of_goal, strict=True)
        ]
        totals = [
            levels[..., flows, :].sum(axis=-2) / by
            for flows, by in zip(self.targets.totals, bent, strict=True)
        ]
        return np.stack(met, axis=-2), np.stack(totals, axis=-2)

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
    from scipy.stats import qmc

    points = qmc.Sobol(n, rng=rng).random_base2(_DRAWS)
    normal = normal_scores(points).astype(np.float32)
    return np.ascontiguousarray(normal.reshape(-1, _BLOCK, n).swapaxes(1, 2))
