r"""Drawing monthly paths from the posterior of the growth mixture.

History: a draw from the prior is moved onto the figures by the regime's gain (Matheron's rule),

.. math:: x \leftarrow x + K J' P \, r + 1 \frac{h'S^{-1} r}{h'S^{-1} h}, \qquad
          r = y - g(x, u) - \epsilon,

first with the rows linearised at the posterior mean, then with the figures themselves: a log of a
sum is not linear, and without the second step paths would miss printed totals by more than their
rounding. Paths that still miss an exact figure are moved again, or a total that equals a goal would
not meet it.

What a one-sided figure really was is drawn first, inside its bound given all two-sided figures
(:mod:`~tradetrack.models.truncated`); each path honours its own draw, and paths are resampled
(systematically) by how likely the bounds were. Regimes are dealt paths by their weights; where a
bound is unlikely, also by how likely each regime finds it, and paths are weighed for that.

Horizon: the months ahead inherit little from a path's history (a growth rate, a spell, a drift and
its month effects: the few columns of `LatentPrior.link`), and get shocks of their own,

.. math:: x_a = m_a + U V' K_{hh}^{-1} (x_h - m_h) + L z, \qquad
          LL' = K_{aa} - U V' K_{hh}^{-1} V U',

so a history that is kept twice gets two futures.

Big arrays are in single precision: a path's rounding error is a millionth, its spread a tenth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas, cho_solve
from scipy.special import logsumexp, softmax

from tradetrack.domain.window import MONTHS
from tradetrack.errors import ImpossibleFigureError
from tradetrack.models.conditioning import Posterior, Solved
from tradetrack.models.kernels import Array, Index
from tradetrack.models.latent import LatentPrior
from tradetrack.models.measurement import (
    EXACT_NOISE,
    Compiler,
    Reporting,
    Rows,
    effect_covariance,
)
from tradetrack.models.protocol import LogPaths
from tradetrack.models.resampling import resample, systematic_counts
from tradetrack.models.truncated import draw_box

Floats = NDArray[np.float32]
_JITTER = 1e-10
_MORE_MOVES = 5  # at most, of the paths that three moves leave too far off exact figures
_CLOSE = 2e-5  # how near an exact figure is near enough
_IMPOSSIBLE = -14.0  # log of one in a million
_RARE = 0.05  # chance of a bound below which bounds decide how many paths a regime gets
_TRIES = 400


@dataclass(frozen=True, slots=True, eq=False)
class _Regime:
    """What it takes to draw under one regime. A *move* is a change a unit of row residual.

    Attributes
    ----------
    factor, factor_ahead
        Lower Cholesky factors of one flow's history, and of its months ahead given its history.
    mean, mean_ahead
        Prior means of one flow, level aside.
    state, carry
        What the months ahead inherit: ``state`` reads it off a history, ``carry`` hands it on.
    bounds
        Mean and covariance of the one-sided rows given the others (log printed).
    to_history, to_level, to_effects, to_noise
        Posterior moves of the months ``[flow * month]``, of each flow's level, of the effects and
        of the noise.
    """

    factor: Floats
    factor_ahead: Floats
    mean: Floats
    mean_ahead: Floats
    state: Floats
    carry: Floats
    bounds: tuple[Array, Array]
    to_history: Floats
    to_level: Floats
    to_effects: Floats
    to_noise: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Histories:
    """Candidate histories; the last axis is the path."""

    path: Floats
    level: Floats
    effects: Floats
    log_odds: Array


@dataclass(frozen=True, slots=True, eq=False)
class PathSampler:
    """Draws paths of a fitted mixture; the attributes are those of `mixture.FittedMixture`."""

    prior: LatentPrior
    rows: Rows
    compiler: Compiler
    reporting: Reporting
    posterior: Posterior

    def draw(
        self, until: int, n_paths: int, rng: np.random.Generator, reporters: tuple[str, ...]
    ) -> LogPaths:
        """Draw equally likely paths to December of the year ``until``."""
        first, n_months = self.compiler.first_month, self.prior.n_months
        ahead = np.arange(n_months, (until + 1) * MONTHS - first)
        years = range(first // MONTHS, until + 1)
        extended, positions = self.compiler.with_reporters(reporters, years)
        effect_prior = effect_covariance(extended, self.reporting)
        counts = systematic_counts(self.posterior.weights, n_paths, rng)
        dealt = self._deal(counts, ahead, effect_prior, rng)
        log_odds = np.concatenate([histories.log_odds for _, histories in dealt], axis=1)
        log_weight = log_odds.sum(axis=0)
        if np.exp(log_odds).mean(axis=1).min(initial=1.0) < _RARE or _effective(log_weight) < 0.5:
            shares = self._shares(rng)
            counts = systematic_counts(shares, n_paths, rng)
            dealt = self._deal(counts, ahead, effect_prior, rng)
            log_odds = np.concatenate([histories.log_odds for _, histories in dealt], axis=1)
            over = np.log(self.posterior.weights[counts > 0] / shares[counts > 0])
            log_weight = log_odds.sum(axis=0) + np.repeat(over, counts[counts > 0])
        self._refuse_impossible(log_odds)
        chosen = resample(np.exp(log_weight - log_weight.max()), rng)
        paths = np.empty((self.prior.n_flows, n_months + len(ahead), n_paths), np.float32)
        effects = np.empty((len(extended), n_paths), np.float32)
        start = 0
        for regime, histories in dealt:
            stop = start + histories.path.shape[2]
            place = slice(*np.searchsorted(chosen, [start, stop]))
            own = chosen[place] - start
            np.take(histories.path, own, axis=2, out=paths[:, :n_months, place], mode="clip")
            paths[:, n_months:, place] = self._continue(regime, histories, own, rng)
            effects[:, place] = histories.effects[:, own]
            start = stop
        return LogPaths(
            first_month=first,
            last_observed=first + n_months - 1,
            flows=self.compiler.flows,
            log_paths=paths,
            effective_paths=n_paths * _effective(log_weight),
            effects={r: effects[index] for r, index in zip(reporters, positions, strict=True)},
        )

    def _deal(
        self, counts: Index, ahead: Index, effect_prior: Array, rng: np.random.Generator
    ) -> list[tuple[_Regime, _Histories]]:
        """Draw as many candidate histories of each regime as it has been dealt."""
        scale, dealt = _root(effect_prior), []
        for k in np.flatnonzero(counts):
            regime = self._prepare(int(k), ahead, effect_prior)
            dealt.append((regime, self._histories(regime, scale, int(counts[k]), rng)))
        return dealt

    def _shares(self, rng: np.random.Generator) -> Array:
        """Weigh the regimes by the bounds too, which a regime that got no path may explain best."""
        covariances = self.prior.row_covariances(self.posterior.linear.by_path)
        with np.errstate(divide="ignore"):
            log_shares = np.log(self.posterior.weights)
        for k, covariance in enumerate(covariances + self.posterior.unshared):
            box = draw_box(*self._predict_bounds(k, covariance), self._limits, _TRIES, rng)
            log_shares[k] += logsumexp(box.log_probabilities.sum(axis=0))
        shares: Array = softmax(log_shares)
        return shares

    @property
    def _limits(self) -> tuple[Array, Array]:
        """What the one-sided figures allow."""
        n = self.rows.n_two_sided
        return self.rows.low[n:], self.rows.high[n:]

    def _prepare(self, regime: int, ahead: Index, effect_prior: Array) -> _Regime:
        prior, linear = self.prior, self.posterior.linear
        coefficients, drift = prior.coefficients[regime], prior.regimes.regimes[regime].drift
        covariance = prior.covariance(coefficients, prior.history)
        left, right = prior.link(coefficients, ahead)
        factor = np.linalg.cholesky(covariance)
        state = cho_solve((factor, True), right, check_finite=False).T
        unseen = prior.covariance(coefficients, ahead) - left @ (state @ right) @ left.T
        cross = prior.cross_covariance(linear.by_path, covariance)
        cross = cross.reshape(-1, cross.shape[2])
        rows = linear.by_path @ cross + self.posterior.unshared
        solved = Solved.of(rows, linear.flat)
        gain, by_level = solved.projection(np.eye(len(rows))), solved.by_level / solved.information
        ratio = prior.by_contrast(linear.by_path) @ gain
        to_effects = effect_prior[:, : linear.by_effect.shape[1]] @ (linear.by_effect.T @ gain)
        return _Regime(
            factor=_single(factor),
            factor_ahead=_single(np.linalg.cholesky(unseen)),
            mean=_single(prior.mean(drift, prior.history)),
            mean_ahead=_single(prior.mean(drift, ahead)),
            state=_single(state),
            carry=_single(left),
            bounds=self._predict_bounds(regime, rows),
            to_history=_single(cross @ gain + by_level),
            to_level=_single(prior.contrast[:, None] * ratio + by_level),
            to_effects=_single(to_effects),
            to_noise=_single(self.posterior.noise[:, None] ** 2 * gain),
        )

    def _predict_bounds(self, regime: int, covariance: Array) -> tuple[Array, Array]:
        """Mean and covariance of what the bounds are about, given the two-sided figures."""
        posterior, n = self.posterior, self.rows.n_two_sided
        flat = posterior.linear.flat
        prior_mean = posterior.mean(self.prior, regime) - posterior.offset
        mean, spread = Solved.of(covariance[:n, :n], flat[:n]).predict(
            self.rows.centre() - prior_mean[:n], covariance[n:, :n], covariance[n:, n:], flat[n:]
        )
        return prior_mean[n:] + mean, spread

    def _histories(
        self, regime: _Regime, effect_scale: Floats, n_paths: int, rng: np.random.Generator
    ) -> _Histories:
        """Prior draws, moved onto the figures: by the linear rows, then by the figures."""
        prior, posterior, rows = self.prior, self.posterior, self.rows
        linear, known = posterior.linear, posterior.linear.by_effect.shape[1]
        box = draw_box(*regime.bounds, self._limits, n_paths, rng)
        centre = np.tile(_single(rows.centre())[:, None], n_paths)
        printed = np.concatenate([centre, _single(box.values)])
        level = _single(prior.contrast)[:, None] * rng.standard_normal(n_paths, np.float32)
        shocks = rng.standard_normal((prior.n_flows, prior.n_months, n_paths), np.float32)
        path = self._mixed(_scale_in_place(regime.factor, shocks))
        path += regime.mean[:, None]
        path += level[:, None]
        path = path.reshape(-1, n_paths)
        effects = effect_scale @ rng.standard_normal((effect_scale.shape[1], n_paths), np.float32)
        noise = _single(posterior.noise)[:, None] * rng.standard_normal(printed.shape, np.float32)
        missed = printed + _single(posterior.offset)[:, None] - noise
        missed -= linear.by_path.astype(np.float32) @ path
        missed -= linear.by_effect.astype(np.float32) @ effects[:known]
        exact = posterior.noise <= EXACT_NOISE
        for again in (True, True, True) if exact.any() else (True, False):
            _add_product(path, regime.to_history, missed)
            level += regime.to_level @ missed
            effects += regime.to_effects @ missed
            if again:
                noise += regime.to_noise @ missed
                missed = printed - noise - rows.evaluate(path, effects[:known])
        for _ in range(_MORE_MOVES):
            off = np.flatnonzero((np.abs(missed[exact]) > _CLOSE).any(axis=0))
            if not len(off):
                break
            still = missed[:, off]
            path[:, off] += regime.to_history @ still
            level[:, off] += regime.to_level @ still
            effects[:, off] += regime.to_effects @ still
            noise[:, off] += regime.to_noise @ still
            seen = rows.evaluate(path[:, off], effects[:known, off])
            missed[:, off] = printed[:, off] - noise[:, off] - seen
        path = path.reshape(prior.n_flows, prior.n_months, n_paths)
        return _Histories(path, level, effects, box.log_probabilities)

    def _refuse_impossible(self, log_odds: Array) -> None:
        """Name a bound that no path meets."""
        likely = log_odds.max(axis=1)
        if likely.min(initial=0.0) < _IMPOSSIBLE:
            worst = self.rows.observations[self.rows.n_two_sided + int(likely.argmin())]
            raise ImpossibleFigureError(
                f"no path of the model honours this figure: {worst}. Compare it with the other"
                " figures (tradetrack.audit), correct it, or set it aside with a reason"
            )

    def _continue(
        self, regime: _Regime, histories: _Histories, chosen: Index, rng: np.random.Generator
    ) -> Floats:
        """Give the chosen histories their months ahead, ``[flow, month, path]``."""
        shape = (self.prior.n_flows, len(regime.mean_ahead), len(chosen))
        shocks = rng.standard_normal(shape, np.float32)
        future = self._mixed(_scale_in_place(regime.factor_ahead, shocks))
        level = histories.level[:, None]
        expected = regime.state @ regime.mean[:, None] + regime.state.sum(axis=1)[:, None] * level
        inherited = (regime.state @ histories.path - expected)[:, :, chosen]
        for f, flow in enumerate(future):
            _add_product(flow, regime.carry, inherited[f])
        future += regime.mean_ahead[:, None]
        future += level[:, :, chosen]
        return future

    def _mixed(self, independent: Floats) -> Floats:
        """Correlate independent flows, ``[flow, month, path]``, in place."""
        mix = np.linalg.cholesky(self.prior.coupling)
        for f in range(self.prior.n_flows - 1, 0, -1):
            independent[f] *= np.float32(mix[f, f])
            for g in range(f):
                independent[f] += np.float32(mix[f, g]) * independent[g]
        return independent


def _effective(log_weight: Array) -> float:
    """Share of independent paths that carry as much information as weighted ones."""
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum()) / len(weight)


def _single(values: NDArray[np.floating]) -> Floats:
    return values.astype(np.float32)


def _scale_in_place(factor: Floats, shocks: Floats) -> Floats:
    """Multiply shocks ``[flow, month, path]`` by a lower triangular factor, where they stand."""
    assert shocks.flags.c_contiguous, "a copy would be changed in its place"
    for flow in shocks if shocks.size else ():
        blas.strmm(1.0, factor.T, flow.T, side=1, lower=0, trans_a=0, overwrite_b=1)
    return shocks


def _add_product(total: Floats, factor: Floats, values: Floats) -> None:
    """``total += factor @ values`` without the intermediate array."""
    assert total.flags.c_contiguous, "a copy would be changed in its place"
    if total.size:
        blas.sgemm(1.0, values.T, factor.T, beta=1.0, c=total.T, overwrite_c=1)


def _root(covariance: Array) -> Floats:
    """Return a square root of a covariance that may be singular."""
    if not covariance.any():
        return np.zeros((len(covariance), 0), np.float32)
    return _single(np.linalg.cholesky(covariance + _JITTER * np.eye(len(covariance))))
