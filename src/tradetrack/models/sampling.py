r"""Drawing equally likely monthly paths from the posterior over regimes.

**Allocation.** Histories are allocated to regimes by posterior weight, systematically: one uniform
number places a grid of equally spaced points on the cumulated weights, and each regime gets the
points that fall on it, so that a count differs from its share by less than one block of paths.

**History**, under one regime. A draw from the prior is moved onto the figures by the regime's gain
(Matheron's rule),

.. math:: x \leftarrow x + K J' P \, r + 1 \frac{h'S^{-1} r}{h'S^{-1} h}, \qquad
          r = y - g(x, u) - \epsilon,

first with the rows linearised at the posterior mode, then with the figures themselves, because a
log of a sum is not linear: every path that is off by more than a hundredth of a row's noise is
moved again. The gain stays that of the mode, so each move leaves a share of what is missed. What a
one-sided figure really was is drawn first, inside its bound given all two-sided figures
(:mod:`~tradetrack.models.bounds`); each path honours its own draw. Such a draw takes logs for
Gaussian, and may put a part above its whole: no move honours that, and the history counts for
nothing.

**Horizon.** The months ahead inherit little from a path's history (a growth rate, a transitory
deviation, a drift and its month effects: the few columns of `LatentPrior.link`), and get shocks of
their own,

.. math:: x_a = m_a + U V' K_{hh}^{-1} (x_h - m_h) + L z, \qquad
          LL' = K_{aa} - U V' K_{hh}^{-1} V U'.

**Reporters.** Histories hold the reporter effects :math:`u` that figures were printed with. Those
of other years are drawn given these, for every reporter at once, because effects have a mean of
zero over sides,

.. math:: u_f = C_{fk} C_{kk}^{-1} u_k + L z, \qquad
          LL' = C_{ff} - C_{fk} C_{kk}^{-1} C_{kf},

from a stream of their own: who is asked for changes neither the paths nor another's effects.

**Resampling.** One-sided figures weigh the histories by how likely the bounds were; systematic
resampling makes paths of them that are equally likely. A history gets about two futures, each of
its own, because the figures leave the past far less open than the future. The Monte-Carlo error
knows which paths share one.

Big arrays are in single precision: a path's rounding error is a millionth, its spread a tenth. All
linear algebra is numpy's: scipy brings a BLAS of its own, and two thread pools that wait for each
other cost far more than a triangular product saves (``docs/decisions/0008-one-blas.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.errors import ImpossibleFigureError
from tradetrack.models.bounds import BoxDraws, draw_box
from tradetrack.models.gaussian import DiffuseGaussian, generalised_least_squares, whiten
from tradetrack.models.measurement import EXACT_NOISE, Compiler, Rows, effect_covariance
from tradetrack.models.paths import LogPaths
from tradetrack.models.posterior import UNLIKELY, Posterior
from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import Reporting

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_BLOCKS, _LARGEST_BLOCK = 100, 50  # blocks that paths are allocated in, and paths of one
_FUTURES = 2  # paths a history, on average
_MOVES = 40  # onto the figures, at most
_CLOSE = 0.01  # of a row's noise: how near a figure is near enough
_CLOSE_EXACT = 2e-5  # the same in logs, for exact figures: single precision
_HONOURED = 10.0  # times that: a path that stays further off does not honour the figures
_RARE = 0.05  # a bound's mean probability below which histories are allocated again
_WORN = 0.5  # the same for the share of effective histories
_TRIES = 512  # draws per regime for the probability of all bounds
_IMPOSSIBLE = -14.0  # log of one in a million
_JITTER = 1e-10
_ROWS = 96  # rows of a product at a time


def systematic_counts(weights: Array, n_paths: int, rng: np.random.Generator) -> Index:
    """Allocate paths to regimes in proportion to their weights: the number of each.

    Paths are allocated in some 100 blocks, and in more where these had more than 50 paths: so the
    error of an answer falls with the number of paths. A regime with less than a block's weight gets
    a block with the probability that its weight says, so that setting up a regime pays. What is
    left over when blocks do not come out even is one more, smaller block.

    Examples
    --------
    >>> systematic_counts(np.array([0.25, 0.75]), 1000, np.random.default_rng(0))
    array([250, 750])
    """
    block = max(1, min(n_paths // _BLOCKS, _LARGEST_BLOCK))
    cumulative = np.cumsum(weights)
    cumulative /= cumulative[-1]
    edges = np.floor(cumulative * (n_paths // block) + rng.random()) * block
    counts: Index = np.diff(edges, prepend=0.0).astype(np.intp)
    counts[np.searchsorted(cumulative, rng.random(), side="right")] += n_paths % block
    return counts


def resample(weights: Array, n_paths: int, rng: np.random.Generator) -> Index:
    """Systematic resampling: positions of the weighted ones that ``n_paths`` get, in order."""
    grid = (np.arange(n_paths) + rng.random()) / n_paths
    cumulative = np.cumsum(weights) / weights.sum()
    chosen = np.searchsorted(cumulative, grid, side="right")
    return np.minimum(chosen, len(weights) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What the draws of all regimes need.

    Attributes
    ----------
    prior, rows, posterior
        As in `mixture.FittedMixture`.
    by_path, by_effect, offset
        The linear rows in single precision.
    effect_root
        A square root of the covariance of the reporter effects.
    level_cross, effect_cross
        Covariance of the flows' levels, and of the effects, with the rows.
    """

    prior: LatentPrior
    rows: Rows
    posterior: Posterior
    by_path: sparse.csr_array
    by_effect: sparse.csr_array
    offset: Floats
    effect_root: Floats
    level_cross: Array
    effect_cross: Array

    @classmethod
    def of(
        cls, prior: LatentPrior, rows: Rows, posterior: Posterior, effect_covariance: Array
    ) -> Self:
        """Take from the posterior what does not depend on the regime."""
        linear = posterior.linear
        return cls(
            prior=prior,
            rows=rows,
            posterior=posterior,
            by_path=linear.by_path.astype(np.float32),
            by_effect=linear.by_effect.astype(np.float32),
            offset=_single(posterior.offset),
            effect_root=_root(effect_covariance),
            level_cross=np.outer(prior.contrast, prior.by_contrast(linear.by_path)),
            effect_cross=effect_covariance @ linear.by_effect.T,
        )

    def gain(self, path: Array, inherited: Array, covariance: Array) -> Floats:
        """Move of `Draws.latent` per unit of what the rows miss.

        Parameters
        ----------
        path, inherited
            Covariance of these parts with the rows.
        covariance
            Of the rows.
        """
        projection, level_weights = generalised_least_squares(
            covariance, self.posterior.linear.flat
        )
        parts = [path, inherited, self.level_cross, self.effect_cross]
        moved = [part @ projection for part in parts]
        moved[0] += level_weights
        moved[2] += level_weights
        noise = self.posterior.noise[:, None] ** 2 * projection
        return np.concatenate([*moved, noise], dtype=np.float32, casting="same_kind")


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Candidate histories; paths are columns.

    Attributes
    ----------
    latent
        Months of each flow, what each flow hands on to the months ahead, level of each flow,
        reporter effects and row noise, stacked.
    n_flows, n_months, n_inherited, n_effects
        How many of each; months and what they hand on are of one flow.
    """

    latent: Floats
    n_flows: int
    n_months: int
    n_inherited: int
    n_effects: int

    @property
    def path(self) -> Floats:
        """Log of the monthly values, ``[flow * month, path]``."""
        return self.latent[: self.n_flows * self.n_months]

    @property
    def inherited(self) -> Floats:
        """What the months ahead inherit, ``[flow, state, path]``."""
        start, n = self.n_flows * self.n_months, self.n_flows * self.n_inherited
        return self.latent[start : start + n].reshape(self.n_flows, self.n_inherited, -1)

    @property
    def level(self) -> Floats:
        """What the levels differ by from their prior mean, ``[flow, path]``."""
        start = self.n_flows * (self.n_months + self.n_inherited)
        return self.latent[start : start + self.n_flows]

    @property
    def effects(self) -> Floats:
        """Reporter effects, ``[effect, path]``."""
        start = self.n_flows * (self.n_months + self.n_inherited + 1)
        return self.latent[start : start + self.n_effects]

    @property
    def noise(self) -> Floats:
        """Noise of each row, ``[row, path]``."""
        start = self.n_flows * (self.n_months + self.n_inherited + 1)
        return self.latent[start + self.n_effects :]

    def take(self, paths: Index) -> "Draws":
        """Copy some of the paths."""
        return replace(self, latent=self.latent.take(paths, axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class RegimeSampler:
    """What it takes to draw under one regime.

    Attributes
    ----------
    shared
        What it has in common with the others.
    factor, factor_ahead
        Lower Cholesky factors ``L`` of one flow's history, and of its months ahead given its
        history.
    mean, mean_ahead
        Prior means of one flow, level aside.
    state, carry
        What the months ahead inherit: ``state`` reads ``V'K^{-1}(x - m)`` off the shocks of a
        history, ``carry`` is ``U``.
    gain
        Move of `Draws.latent` per unit of what the rows miss.
    bounds
        Mean and covariance of the one-sided rows given the others (log printed).
    """

    shared: Shared
    factor: Floats
    factor_ahead: Floats
    mean: Floats
    mean_ahead: Floats
    state: Floats
    carry: Floats
    gain: Floats
    bounds: tuple[Array, Array]

    @classmethod
    def of(cls, shared: Shared, regime: int, ahead: Index) -> Self:
        """Factor everything for one regime and the months ``ahead``."""
        prior, posterior, by_path = shared.prior, shared.posterior, shared.posterior.linear.by_path
        coefficients = prior.coefficients[regime]
        drift, share = prior.drift[regime], prior.pattern_share[regime]
        covariance = prior.covariance(coefficients, prior.history)
        left, right = prior.link(coefficients, ahead)
        factor, white = whiten(covariance, right)
        unseen = prior.covariance(coefficients, ahead) - left @ (white.T @ white) @ left.T
        process = prior.process_cross(by_path, np.hstack([covariance, right]))
        path = process[:, : prior.n_months] + shared.level_cross[:, None]
        path = path.reshape(-1, path.shape[2])
        inherited = process[:, prior.n_months :].reshape(-1, path.shape[1])
        row_covariance = by_path @ path + posterior.unshared
        return cls(
            shared=shared,
            factor=_single(factor),
            factor_ahead=_single(np.linalg.cholesky(unseen)),
            mean=_single(prior.mean(drift, share, prior.history)),
            mean_ahead=_single(prior.mean(drift, share, ahead)),
            state=_single(white.T),
            carry=_single(left),
            gain=shared.gain(path, inherited, row_covariance),
            bounds=predict_bounds(prior, shared.rows, posterior, regime, row_covariance),
        )

    def histories(self, n_paths: int, rng: np.random.Generator) -> "Histories":
        """Draw histories and move them onto the figures."""
        shared = self.shared
        box = draw_bounds(shared.rows, self.bounds, n_paths, rng)
        centre = np.tile(_single(shared.rows.centre())[:, None], n_paths)
        printed = np.concatenate([centre, _single(box.values)])
        draws = self._from_prior(n_paths, rng)
        missed = printed + shared.offset[:, None] - draws.noise
        missed -= shared.by_path @ draws.path
        missed -= shared.by_effect @ draws.effects
        _add_product(draws.latent, self.gain, missed)
        with np.errstate(all="ignore"):  # paths that cannot honour the figures run away
            miss, honours = self._move_onto_figures(draws, printed)
        return Histories(self, draws, box.log_probabilities, miss, honours)

    def _from_prior(self, n_paths: int, rng: np.random.Generator) -> Draws:
        shared, prior = self.shared, self.shared.prior
        latent = np.empty((len(self.gain), n_paths), np.float32)
        sizes = prior.n_flows, prior.n_months, len(self.state), len(shared.effect_root)
        draws = Draws(latent, *sizes)
        [aside] = rng.spawn(1)
        for part in (draws.path, draws.level, draws.noise):
            rng.standard_normal(dtype=np.float32, out=part)
        aside.standard_normal(dtype=np.float32, out=draws.effects)
        path = draws.path.reshape(prior.n_flows, prior.n_months, n_paths)
        np.matmul(self.state, path, out=draws.inherited)
        self._mix(draws.inherited)
        self._mix(_scale_in_place(self.factor, path))
        draws.level[:] = _single(prior.contrast)[:, None] * draws.level[:1]
        path += self.mean[:, None]
        path += draws.level[:, None]
        draws.effects[:] = shared.effect_root @ draws.effects
        # An exact figure has no error to draw: its noise only lets exact figures contradict.
        drawn = np.where(shared.rows.exact, 0.0, shared.posterior.noise)
        draws.noise[:] *= _single(drawn)[:, None]
        return draws

    def _move_onto_figures(self, draws: Draws, printed: Floats) -> tuple[Floats, Mask]:
        """Move paths until each adds up to what was printed.

        The gain stays that of the mode, so each move leaves a share of what is missed.

        Returns
        -------
        How far each path is off, at most, in standard deviations of a row's noise, and whether it
        honours the figures.
        """
        noise = np.maximum(_single(self.shared.posterior.noise), np.float32(EXACT_NOISE))[:, None]
        allowed = np.maximum(_CLOSE * noise, np.float32(_CLOSE_EXACT))
        n = printed.shape[1]
        off, some, miss, honours = np.arange(n), draws, np.zeros(n, np.float32), np.ones(n, bool)
        for move in range(_MOVES + 1):
            missed = printed[:, off] - self._printed(some)
            size = np.abs(missed / allowed).max(axis=0)
            far = ~(size <= 1.0) & (move < _MOVES)  # not a number is far
            miss[off[~far]] = np.abs(missed[:, ~far] / noise).max(axis=0)
            honours[off[~far]] = size[~far] <= _HONOURED
            if not far.any():
                break
            if not far.all():
                off = off[far]
                some = draws.take(off)
            _add_product(some.latent, self.gain, missed[:, far])
            if some is not draws:
                draws.latent[:, off] = some.latent
        return miss, honours

    def _printed(self, draws: Draws) -> Floats:
        """Log of what each path would have printed, ``[row, path]``."""
        return self.shared.rows.evaluate(draws.path, draws.effects) + draws.noise

    def ahead(self, draws: Draws, chosen: Index, rng: np.random.Generator) -> Floats:
        """Give the chosen histories months ahead of their own, ``[flow, month, path]``."""
        shape = (draws.n_flows, len(self.mean_ahead), len(chosen))
        future = rng.standard_normal(shape, np.float32)
        self._mix(_scale_in_place(self.factor_ahead, future))
        for flow, inherited in zip(future, draws.inherited, strict=True):
            _add_product(flow, self.carry, inherited.take(chosen, axis=1))
        future += self.mean_ahead[:, None]
        future += draws.level.take(chosen, axis=1)[:, None]
        return future

    def _mix(self, independent: Floats) -> None:
        """Correlate independent flows, ``[flow, month, path]``, in place."""
        mix = _single(self.shared.prior.mixing)
        for f in range(len(mix) - 1, 0, -1):
            independent[f] *= mix[f, f]
            for g in range(f):
                independent[f] += mix[f, g] * independent[g]


def predict_bounds(
    prior: LatentPrior,
    rows: Rows,
    posterior: Posterior,
    regime: int,
    covariance: Array,
) -> tuple[Array, Array]:
    """Mean and covariance of what the bounds are about, given the two-sided figures."""
    n, linear = rows.n_two_sided, posterior.linear
    if n == len(rows.observations):
        return np.zeros(0), np.zeros((0, 0))
    mean = prior.row_means(linear.by_path, np.array([regime]))[0] - posterior.offset
    seen, bounds = np.arange(n), np.arange(n, len(mean))
    law = DiffuseGaussian.prior(mean, linear.flat, covariance)
    return law.condition(seen, rows.centre(), np.zeros(n), bounds).marginalise()


def draw_bounds(
    rows: Rows, bounds: tuple[Array, Array], n: int, rng: np.random.Generator
) -> BoxDraws:
    """Draw what the one-sided figures really were."""
    limits = rows.low[rows.n_two_sided :], rows.high[rows.n_two_sided :]
    return draw_box(*bounds, limits, n, rng)


def _single(values: NDArray[np.floating]) -> Floats:
    return values.astype(np.float32)


def _scale_in_place(factor: Floats, shocks: Floats) -> Floats:
    """Multiply shocks ``[flow, month, path]`` by a lower triangular factor, where they stand."""
    for low in reversed(range(0, len(factor), _ROWS)):
        high = min(low + _ROWS, len(factor))
        shocks[:, low:high] = factor[low:high, :high] @ shocks[:, :high]
    return shocks


def _add_product(total: Floats, factor: Floats, values: Floats) -> None:
    """``total += factor @ values`` without a large intermediate array."""
    # One column raises false alarms in some BLAS; `LogPaths` refuses what is not finite.
    with np.errstate(invalid="ignore"):
        for low in range(0, len(factor), _ROWS):
            total[low : low + _ROWS] += factor[low : low + _ROWS] @ values


def _root(covariance: Array) -> Floats:
    """Return a square root of a covariance that may be singular."""
    if not covariance.any():
        return np.zeros(covariance.shape, np.float32)
    return _single(np.linalg.cholesky(covariance + _JITTER * np.eye(len(covariance))))


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Histories of one regime.

    Attributes
    ----------
    sampler, draws
        What drew them, and the histories.
    log_bounds
        Log probability of each bound on each history, ``[bound, history]``.
    miss
        How far each history is from a figure, at most, in standard deviations of its noise.
    honours
        Whether each history honours the figures.
    """

    sampler: RegimeSampler
    draws: Draws
    log_bounds: Array
    miss: Floats
    honours: Mask


@dataclass(frozen=True, slots=True, eq=False)
class _Allocation:
    """Histories of each regime that got some.

    Attributes
    ----------
    drawn
        Those of each of these regimes.
    log_bounds
        Log probability of each bound on each history, ``[bound, history]``.
    log_weight
        Log weight of each history.
    largest_miss
        How far a history is from a figure, at most, in standard deviations of the figure's noise.
    """

    drawn: tuple[Histories, ...]
    log_bounds: Array
    log_weight: Array
    largest_miss: float

    @classmethod
    def of(cls, drawn: Sequence[Histories], log_odds: Sequence[float]) -> Self:
        """Weigh the histories: by their bounds, and by the log odds of each regime over its share.

        What a bound really was is drawn as if logs were Gaussian: a part may be drawn larger than
        its whole. No path honours such a draw: the history counts for nothing, unless all do.
        """
        log_bounds = np.concatenate([some.log_bounds for some in drawn], axis=1)
        weights = zip(drawn, log_odds, strict=True)
        log_weight = np.concatenate([some.log_bounds.sum(axis=0) + odds for some, odds in weights])
        miss = np.concatenate([some.miss for some in drawn])
        honours = np.concatenate([some.honours for some in drawn])
        if honours.any():
            log_weight[~honours] = -np.inf
            miss = miss[honours]
        return cls(tuple(drawn), log_bounds, log_weight, float(miss.max()))

    @property
    def effective(self) -> float:
        """Effective sample size of the weighted histories."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return float(weight.sum() ** 2 / (weight**2).sum())

    @property
    def honoured(self) -> bool:
        """Whether some history honours the figures."""
        return any(some.honours.any() for some in self.drawn)

    @property
    def poor(self) -> bool:
        """Whether some bound is a surprise to the regimes that got histories."""
        if not self.honoured:
            return True
        chance = np.exp(self.log_bounds).mean(axis=1).min(initial=1.0)
        return bool(chance < _RARE) or self.effective < _WORN * len(self.log_weight)


@dataclass(frozen=True, slots=True, eq=False)
class PathSampler:
    """Draws paths of a fitted mixture; see `mixture.FittedMixture`, whose attributes it has."""

    prior: LatentPrior
    rows: Rows
    compiler: Compiler
    reporting: Reporting
    posterior: Posterior

    def draw(
        self, last_year: int, n_paths: int, rng: np.random.Generator, reporters: tuple[str, ...]
    ) -> LogPaths:
        """Draw equally likely paths to December of the year ``last_year``."""
        first, n_months = self.compiler.first_month, self.prior.n_months
        ahead = np.arange(n_months, (last_year + 1) * MONTHS - first)
        years = range(first // MONTHS, last_year + 1)
        printed = self.compiler.effects[: self.posterior.linear.by_effect.shape[1]]
        covariance = effect_covariance(printed, self.reporting)
        shared = Shared.of(self.prior, self.rows, self.posterior, covariance)
        n_histories = -(-n_paths // _FUTURES)
        allocation = self._allocate(shared, self.posterior.weights, n_histories, ahead, rng)
        if allocation.poor:
            weights = self._with_bounds(rng)
            enough = n_histories if allocation.honoured else max(n_histories, _TRIES)
            allocation = self._allocate(shared, weights, enough, ahead, rng)
        self._refuse_impossible(allocation)
        chosen = resample(np.exp(allocation.log_weight - allocation.log_weight.max()), n_paths, rng)
        shape = (self.prior.n_flows, n_months + len(ahead), n_paths)
        paths = np.empty(shape, np.float32)
        effects = np.empty((len(printed), n_paths), np.float32)
        start = 0
        for some in allocation.drawn:
            draws = some.draws
            stop = start + draws.latent.shape[1]
            place = slice(*np.searchsorted(chosen, [start, stop]))
            own = chosen[place] - start
            path = draws.path.reshape(self.prior.n_flows, n_months, -1)
            paths[:, :n_months, place] = path.take(own, axis=2)  # indexing would transpose
            paths[:, n_months:, place] = some.sampler.ahead(draws, own, rng)
            effects[:, place] = draws.effects.take(own, axis=1)
            start = stop
        [aside] = rng.spawn(1)
        return LogPaths(
            first_month=first,
            last_observed=first + n_months - 1,
            flows=self.compiler.flows,
            log_paths=paths,
            effects=self._effects_of(reporters, years, effects, aside) if reporters else {},
            cluster_starts=np.flatnonzero(np.diff(chosen, prepend=-1)),
            converged=self.posterior.converged,
            largest_miss=allocation.largest_miss,
        )

    def _effects_of(
        self, reporters: tuple[str, ...], years: range, printed: Floats, rng: np.random.Generator
    ) -> dict[str, Floats]:
        """Effects of reporters in all years, ``[flow, year, path]``, given those of figures."""
        known = self.compiler.effects[: len(printed)]
        everyone = tuple(sorted({effect.reporter for effect in known} - {""}))
        extended, positions = self.compiler.with_reporters(everyone, years)
        covariance = effect_covariance(extended, self.reporting)
        n = len(printed)
        cross = covariance[n:, :n]
        gain = np.linalg.solve(covariance[:n, :n] + _JITTER * np.eye(n), cross.T).T
        further = rng.standard_normal((len(cross), printed.shape[1]), np.float32)
        further = _root(covariance[n:, n:] - gain @ cross.T) @ further + _single(gain) @ printed
        every = np.concatenate([printed, further])
        place = dict(zip(everyone, positions, strict=True))
        return {reporter: every[place[reporter]] for reporter in reporters}

    def _allocate(
        self,
        shared: Shared,
        shares: Array,
        n_histories: int,
        ahead: Index,
        rng: np.random.Generator,
    ) -> _Allocation:
        """Draw histories, as many of each regime as its share says."""
        counts = systematic_counts(shares, n_histories, rng)
        drawn, regimes = [], np.flatnonzero(counts)
        for k in regimes:
            sampler = RegimeSampler.of(shared, int(k), ahead)
            drawn.append(sampler.histories(int(counts[k]), rng))
        odds = np.log(self.posterior.weights[regimes] / shares[regimes])
        return _Allocation.of(drawn, [*map(float, odds)])

    def _with_bounds(self, rng: np.random.Generator) -> Array:
        """Weigh the regimes by the bounds too, which a regime that got no path may explain best."""
        components = self.prior.row_components(self.posterior.linear.by_path)
        likely = np.flatnonzero(self.posterior.weights >= UNLIKELY)
        log_shares = np.full(len(self.posterior.weights), -np.inf)
        for k in likely:
            [covariance] = self.prior.row_covariances(components, np.array([k]))
            covariance += self.posterior.unshared
            bounds = predict_bounds(self.prior, self.rows, self.posterior, int(k), covariance)
            box = draw_bounds(self.rows, bounds, _TRIES, rng)
            log_shares[k] = np.logaddexp.reduce(box.log_probabilities.sum(axis=0))
        log_shares[likely] += np.log(self.posterior.weights[likely])
        shares: Array = np.exp(log_shares - np.logaddexp.reduce(log_shares))
        return shares

    def _refuse_impossible(self, allocation: _Allocation) -> None:
        """Name a bound that no path meets."""
        likely, n = allocation.log_bounds.max(axis=1), self.rows.n_two_sided
        if likely.min(initial=0.0) < _IMPOSSIBLE:
            worst = int(likely.argmin())
        elif len(likely) and not allocation.honoured:
            worst = int(self._broken(allocation).argmax())
        else:
            return
        raise ImpossibleFigureError(
            f"no path of the model honours this figure: {self.rows.observations[n + worst]}."
            " Compare it with the other figures (tradetrack.audit), correct it, or set it aside"
            " with a reason"
        )

    def _broken(self, allocation: _Allocation) -> Floats:
        """By how much each bound is broken on the median history, in logs."""
        n = self.rows.n_two_sided
        low, high = self.rows.low[n:, None], self.rows.high[n:, None]
        draws = [some.draws for some in allocation.drawn]
        with np.errstate(all="ignore"):  # paths ran away
            every = [self.rows.evaluate(some.path, some.effects) for some in draws]
            value = np.concatenate(every, axis=1)[n:]
            broken = np.nan_to_num(np.maximum(low - value, value - high), nan=np.inf)
        return _single(np.median(broken, axis=1))
