r"""What any coalition of releases says, by linear algebra on one linearised Gaussian mixture.

The law is that of the model on everything released: its grid of months, flows and reporters, and
the months whose figures weigh the regimes. Rows and targets are linearised once, at the mode of the
path over history and horizon. Given a regime, the figures that no release touches are conditioned
on once. Bounds come in last, by their first two moments, given what the coalition itself knows.

**Along an order.** Coalitions that grow by one release after the other share one Cholesky factor a
regime, whose leading blocks are their own (`gaussian.DiffuseGaussian.in_steps`). Only figures that
are replaced by others of another precision leave again, and are conditioned on apart.

**Targets.** With :math:`C` their covariance given all figures at once, figures move the targets
:math:`T` only within the few directions :math:`B` in which they covary with rows,

.. math:: T \sim N(t + B \mu, \; C + B (M - M_0) B'), \qquad u = B^+ T \sim N(\mu, M),

:math:`M_0` the covariance of ``u`` given everything: so a coalition costs a law of ``u``, not of
every month of a goal. Goals are met on points of a lattice, the same for all coalitions and
regimes; what everything known leaves open is drawn once, along its principal axes.

**Two flows** that part add up to more than first order says, so they are added up on each draw. But
printed turnovers were taken to first order, so only what flows have parted since the last twelve
months known to all coalitions counts: with :math:`T` the sum of flows on a draw and :math:`\ell`
the same to first order, a total is :math:`T_w \, \ell_0 / T_0`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tradetrack._news.releases import Coalition, Mask, Releases
from tradetrack._news.targets import Targets
from tradetrack._typing import Array, Index
from tradetrack.errors import InputError
from tradetrack.models.gaussian import DiffuseGaussian, ep_truncate, normal_scores
from tradetrack.models.measurement import Linear, Rows
from tradetrack.models.paths import LogPaths

_POINTS, _GENERATOR = 1024, 115  # of the lattice: see `quasi_normal`
_THIN = 4  # of so many points one is taken in an unlikely regime
_LONGEST = 32  # coalitions that share a factor
_AT_ONCE = 1 << 19  # numbers drawn at a time, which stay in the cache
_JITTER = 1e-10
_SLOPE_PRIOR = 0.02  # spread of a log total below which its curvature says nothing of slopes
_NONE = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What some figures say, for each coalition ``c`` and regime ``k``.

    Attributes
    ----------
    weights
        Of the regimes, ``[c, k]``.
    mean, covariance
        Of the bounded figures, ``u`` and any further rows requested, in this order.
    knows_level
        Whether the coalition knows some level, ``[c]``.
    """

    weights: Array
    mean: Array
    covariance: Array
    knows_level: Mask

    @classmethod
    def concat(cls, states: "Sequence[State]") -> "State":
        """Put the coalitions of several states one after the other."""
        parts = ([getattr(state, field.name) for state in states] for field in fields(cls))
        return cls(*map(np.concatenate, parts))

    def take(self, coalitions: Mask | Index) -> "State":
        """Keep some coalitions."""
        return State(*(getattr(self, field.name)[coalitions] for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """How far the end's figures are from linear on a path, and what that moves in the targets.

    Exact paths meet the figures themselves, paths to first order their expansion. So an exact path
    that is moved by the gain of what separates the two is the path to first order,

    .. math:: x_1 = x + K [o + g(x) - J x].

    The gain is that of the average of the regimes, and reporters' effects are those of the mode.

    Attributes
    ----------
    rows, linear, offset, effect
        The figures, expanded about the mode.
    gain
        ``[target, row]``.
    """

    rows: Rows
    linear: Linear
    offset: Array
    effect: Array
    gain: NDArray[np.float32]

    def moved(self, log_paths: NDArray[np.float32]) -> NDArray[np.float32]:
        """What figures to first order move in the targets on paths ``[flow * month, path]``."""
        effect = self.effect.astype(np.float32)[:, None]
        off = self.rows.evaluate(log_paths, effect)
        off -= self.linear.by_path.astype(np.float32) @ log_paths
        off += (self.offset - self.linear.by_effect @ self.effect).astype(np.float32)[:, None]
        moved: NDArray[np.float32] = self.gain @ off
        return moved


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
    slots
        Of each of these the number of its slot: releases of one figure that never count together,
        and are alike but for what was printed, share one.
    recent
        Slots whose rows weigh the regimes.
    rows
        Slots, bounds and ``u``, given the rows that all coalitions know.
    weighing
        The recent slots, given the recent rows that all know.
    centre, basis
        ``t`` and ``B``: of each regime, ``[k, target]`` and ``[k, target, direction]``.
    left
        ``C``, ``[k, target, target]``.
    least
        ``M_0``, ``[k, direction, direction]``.
    fixed, spread
        Draws of the targets with ``u`` left out, ``[k, target, draw]``, and ``B``, in single
        precision, both moved by what paths differ by from first order: see `corrected`.
    draws
        Standard normal, ``[direction, draw]``.
    thin
        Regimes that are unlikely at either end.
    curvature
        Of the end's figures.
    intercept, slope
        What a target differs by from first order, on average, given its value; see `corrected`.
    """

    releases: Releases
    targets: Targets
    log_prior: Array
    values: Array
    noise: Array
    limits: Array
    scale: Array
    variable: Index
    slots: Index
    recent: Index
    rows: DiffuseGaussian
    weighing: DiffuseGaussian
    centre: Array
    basis: Array
    left: Array
    least: Array
    fixed: NDArray[np.float32]
    spread: NDArray[np.float32]
    draws: NDArray[np.float32]
    thin: Mask
    curvature: Curvature
    intercept: NDArray[np.float32] | float = 0.0
    slope: NDArray[np.float32] | float = 0.0

    @property
    def n_bounds(self) -> int:
        """Number of figures that are only bounds."""
        return int(self.limits.shape[1])

    @property
    def n_slots(self) -> int:
        """Number of slots."""
        return int(self.slots.max(initial=-1)) + 1

    def of_regimes(self, keep: Index, thin: Mask) -> "Engine":
        """Keep some regimes, of which some are drawn thinly."""
        return replace(
            self,
            log_prior=self.log_prior[keep],
            rows=self.rows.take(keep),
            weighing=self.weighing.take(keep),
            centre=self.centre[keep],
            basis=self.basis[keep],
            left=self.left[keep],
            least=self.least[keep],
            fixed=self.fixed[keep],
            spread=self.spread[keep],
            thin=thin,
        )

    def slots_of(self, rows: Index) -> Index:
        """Slots of some of the variable rows."""
        return self.slots[np.searchsorted(self.variable, rows)]

    def corrected(self, paths: LogPaths) -> "Engine":
        """Move the targets by what paths differ from first order, on average given the target.

        A log of a sum is not linear: the mean of the log total of a year ahead is some tenths of a
        percent off, and more the further it is from where it was expanded. The difference is
        regressed on the target; targets that hardly vary keep a slope near nothing.
        """
        first_order = self.first_order(paths)
        off = self._exact(paths) - first_order
        mean = first_order.mean(axis=1, keepdims=True, dtype=float).astype(np.float32)
        first_order -= mean
        variance = (first_order**2).mean(axis=1, keepdims=True) + np.float32(_SLOPE_PRIOR**2)
        slope = (first_order * off).mean(axis=1, keepdims=True) / variance
        intercept = off.mean(axis=1, keepdims=True, dtype=float).astype(np.float32) - slope * mean
        return replace(
            self,
            intercept=intercept,
            slope=slope,
            fixed=self.fixed * (1.0 + slope) + intercept,
            spread=self.spread * (1.0 + slope),
        )

    def state(self, known: Mask, further: Index = _NONE) -> State:
        """Condition on the rows that each coalition knows.

        Parameters
        ----------
        known
            ``[coalition, row]``; quick if one coalition after the other knows more.
        further
            Two-sided rows, of those that releases brought, to predict without their noise.
        """
        by_slot = self.slots[:, None] == np.arange(self.n_slots)
        some = known[:, self.variable]
        counts, values = some @ by_slot, (some * self.values[self.variable]) @ by_slot
        noise = self.noise[self.variable][by_slot.argmax(axis=0)] if len(by_slot) else np.zeros(0)
        n_requested = self.n_bounds + self.basis.shape[2]
        rest = np.concatenate([self.n_slots + np.arange(n_requested), self.slots_of(further)])
        after = _in_turn(self.rows, counts, values, noise, rest)
        which = self.recent
        weighed = _in_turn(self.weighing, counts[:, which], values[:, which], noise[which], _NONE)
        bounds = known[:, None, len(self.values) :]
        mean, covariance, log_bounds = ep_truncate(*after.marginalise(), self.limits, bounds)
        log_weights = self.log_prior + weighed.log_evidence + log_bounds
        weights = np.exp(log_weights - np.logaddexp.reduce(log_weights, axis=1)[:, None])
        knows_level: Mask = np.asarray(after.knows_levels.all(axis=1))
        return State(weights, mean, covariance, knows_level)

    def values_of(self, coalitions: Sequence[Coalition]) -> Array:
        """Probability of each goal, expected value and mean log of each total, one after the other.

        Returns
        -------
        ``[coalition, value]``; quick if one coalition after the other grows.
        """
        known = self.releases.counting(coalitions)
        states, own = [], []
        for run in self._runs(coalitions):
            new = run.start + np.flatnonzero(_differ(known[run]))
            states.append(self.state(known[new]))
            own.append(new)
        _, first, place = np.unique(known, axis=0, return_index=True, return_inverse=True)
        state = State.concat(states).take(np.searchsorted(np.concatenate(own), first, "right") - 1)
        if not state.knows_level.all():
            raise InputError(
                "without some of the releases no level would be known, because a bound replaces the"
                " only one; choose a later day to start from",
                topic="news",
            )
        values: Array = np.concatenate([self._drawn(state), self.mean_logs(state)], axis=1)
        return values.take(place.ravel(), axis=0)

    def _runs(self, coalitions: Sequence[Coalition]) -> Iterator[slice]:
        """Cut a list of coalitions where they do not grow."""
        start = 0
        for end in range(1, len(coalitions) + 1):
            last = end == len(coalitions)
            if last or end - start == _LONGEST or coalitions[end - 1] & ~coalitions[end]:
                yield slice(start, end)
                start = end

    def chances(self, state: State) -> Array:
        """Probability of each goal, ``[coalition, goal]``."""
        return self._drawn(state)[:, : len(self.targets.goals)]

    def means(self, state: State) -> Array:
        """Mean of each target, ``[c, k, target]``."""
        directions = slice(self.n_bounds, self.n_bounds + self.basis.shape[2])
        means: Array = self.centre + np.einsum(
            "ktd,ckd->ckt", self.basis, state.mean[..., directions]
        )
        return means

    def mean_logs(self, state: State) -> Array:
        """Mean of the log of each total, to first order, ``[coalition, total]``."""
        by_target, means = self.means(state), []
        for flows in self.targets.totals:
            value = self.targets.value[flows]
            moved = (by_target[..., flows] - value) @ self.targets.shares(flows)
            means.append((state.weights * (np.logaddexp.reduce(value) + moved)).sum(axis=1))
        return np.stack(means, axis=1)

    def _drawn(self, state: State) -> Array:
        """Probability of each goal and mean of each total, ``[coalition, goal or total]``."""
        directions = slice(self.n_bounds, self.n_bounds + self.basis.shape[2])
        left = state.covariance[..., directions, directions] - self.least
        factor = np.linalg.cholesky(left + _JITTER * np.eye(left.shape[-1])).astype(np.float32)
        mean = state.mean[..., directions, None].astype(np.float32)
        found = np.zeros((len(left), len(self.targets.goals) + len(self.targets.totals)))
        for k, weight in enumerate(state.weights.T):
            step = _THIN if self.thin[k] else 1
            fixed, draws = self.fixed[k, :, ::step], self.draws[:, ::step]
            by_draw, centre = self.spread[k] @ factor[:, k], self.spread[k] @ mean[:, k]
            some = max(1, _AT_ONCE // fixed.size)
            parts = []
            for start in range(0, len(weight), some):
                logs = by_draw[start : start + some] @ draws
                logs += fixed
                logs += centre[start : start + some]
                parts.append(self._reached(logs))
            found += weight[:, None] * np.concatenate(parts)
        n = len(self.targets.goals)
        np.minimum(found[:, :n], 1.0, out=found[:, :n])  # weights sum to 1 but for rounding
        return found

    def on_paths(self, paths: LogPaths) -> Array:
        """Share of paths on which each goal is met, and mean of each total, to first order."""
        logs = self.first_order(paths)
        logs *= 1.0 + self.slope
        logs += self.intercept
        [reached] = self._reached(logs[None])
        return np.asarray(reached)

    def first_order(self, paths: LogPaths) -> NDArray[np.float32]:
        """Targets on paths as they are to first order, ``[target, path]``."""
        n_flows, n_months = len(paths.flows), self.targets.by_path.shape[1] // len(paths.flows)
        by_month = paths.log_paths[:, :n_months].reshape(n_flows * n_months, -1)
        logs: NDArray[np.float32] = self.targets.by_path.astype(np.float32) @ by_month
        logs -= self.targets.offset.astype(np.float32)[:, None]
        for reporter, shares in self.targets.by_reporter.items():
            effects = paths.effects[reporter][:, : shares.shape[1] // n_flows]
            logs += shares @ effects.reshape(shares.shape[1], -1)
        starts = paths.cluster_starts
        if starts is None:
            return logs + self.curvature.moved(by_month)
        logs += self.curvature.moved(by_month.take(starts, axis=1)).take(paths.clusters, axis=1)
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

    def _reached(self, logs: NDArray[np.float32]) -> Array:
        """Share of draws on which each goal is met, and mean of each total, ``[c, goal or total]``.

        Parameters
        ----------
        logs
            Draws of the targets, ``[c, target, draw]``; they are overwritten.
        """
        bent = [self._bent(logs[:, flows], flows) for flows in self.targets.references]
        levels = np.exp(logs, out=logs)
        by_target = np.moveaxis(levels, 1, 0)
        met = [
            goal.met(by_target, bent[total]).mean(axis=-1)
            for goal, total in zip(self.targets.goals, self.targets.total_of_goal, strict=True)
        ]
        totals = [
            (levels[:, flows].sum(axis=1) / by).mean(axis=-1, dtype=float)
            for flows, by in zip(self.targets.totals, bent, strict=True)
        ]
        return np.stack([*met, *totals], axis=-1)

    def _bent(self, logs: NDArray[np.float32], flows: Index) -> NDArray[np.float32]:
        """Sum of flows on each draw over what it is to first order, ``[c, draw]``."""
        value, shares = self.targets.value[flows], self.targets.shares(flows)
        first_order = np.einsum("cfn,f->cn", logs, shares.astype(np.float32))
        first_order += np.float32(np.logaddexp.reduce(value) - shares @ value)
        bent: NDArray[np.float32] = np.exp(logs).sum(axis=1) / np.exp(first_order)
        return bent


def _differ(known: Mask) -> NDArray[np.bool_]:
    """Which rows of a mask differ from the one before."""
    return np.append(True, (known[1:] != known[:-1]).any(axis=1))


def _in_turn(
    law: DiffuseGaussian, counts: Mask, values: Array, noise: Array, rest: Index
) -> DiffuseGaussian:
    """Condition on the first rows of a law, in turn by those that count at each step.

    Rows that leave again are conditioned on last, apart for each step.
    """
    ever = counts.any(axis=0)
    stay = ever & (counts[1:] >= counts[:-1]).all(axis=0)
    order = np.flatnonzero(stay)
    order = order[np.argsort(counts.argmax(axis=0)[order], kind="stable")]
    leave, stops = np.flatnonzero(ever & ~stay), counts[:, order].sum(axis=1)
    keep = np.concatenate([leave, rest])
    after = law.in_steps(order, values[:, order], noise[order], keep, stops)
    if not len(leave):
        return after
    first, others = np.arange(len(leave)), len(leave) + np.arange(len(rest))
    own = values[:, None, leave]
    return after.condition(first, own, noise[leave], others, counts[:, None, leave])


def quasi_normal(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Standard normal points of a randomly shifted Korobov lattice, ``[dimension, point]``.

    Every fourth of its points is a lattice again. Of all odd generators it has the least worst
    :math:`P_2` over pairs of the first twelve coordinates, with all points and with every fourth.

    References
    ----------
    L'Ecuyer and Lemieux (2000), Variance reduction via lattice rules, Management Science.
    """
    powers = np.ones(n, np.int64)
    for i in range(1, n):
        powers[i] = powers[i - 1] * _GENERATOR % _POINTS
    points = (np.outer(powers, np.arange(_POINTS)) / _POINTS + rng.random((n, 1))) % 1.0
    return normal_scores(points).astype(np.float32)
