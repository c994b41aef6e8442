r"""Drawing monthly paths from the posterior of the growth mixture.

History: a draw from the prior is moved onto the figures by the regime's gain (Matheron's rule),

.. math:: x \leftarrow x + K J' P \, r + 1 \frac{h'S^{-1} r}{h'S^{-1} h}, \qquad
          r = y - g(x, u) - \epsilon,

first with the rows linearised at the posterior mean, then once more with the figures themselves:
a log of a sum is not linear, and without the second step paths would miss printed totals by more
than their rounding. What a one-sided figure really was is drawn first, inside its bound given all
two-sided figures (:mod:`~tradetrack.models.truncated`); each path honours its own draw, and paths are
resampled (systematically) by how likely the bounds were.

Horizon: given a history, the months ahead are Gaussian with the blocks of one Cholesky factor,
``L_fh z_h + L_ff z_f``, so a history that is kept twice gets two futures.

Big arrays are in single precision: a path's rounding error is a millionth, its spread a tenth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas

from tradetrack.domain.window import MONTHS
from tradetrack.errors import ImpossibleFigureError
from tradetrack.models.conditioning import Posterior, Solved
from tradetrack.models.kernels import Array
from tradetrack.models.latent import LatentPrior
from tradetrack.models.measurement import Compiler, Reporting, Rows, effect_covariance
from tradetrack.models.protocol import LogPaths
from tradetrack.models.truncated import BoxDraws, draw_box

Floats = NDArray[np.float32]
_JITTER = 1e-10
_IMPOSSIBLE = -14.0  # log of one in a million


@dataclass(frozen=True, slots=True, eq=False)
class _Regime:
    """What it takes to draw under one regime.

    Attributes
    ----------
    factor
        Lower Cholesky factor of one flow's covariance over history and horizon.
    mean
        Prior mean of one flow.
    to_months, to_effects, to_noise
        Posterior move of each flow's months, of the effects and of the noise, a unit of residual.
    bounds
        Mean and covariance of the one-sided rows given the others (log printed).
    """

    factor: Floats
    mean: Floats
    bounds: tuple[Array, Array]
    to_months: Floats
    to_effects: Floats
    to_noise: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Histories:
    """Candidate histories; the last axis is the path."""

    shocks: Floats
    contrast: Floats
    path: Floats
    effects: Floats
    residual: Floats
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
        first = self.compiler.first_month
        n_total = (until + 1) * MONTHS - first
        years = range(first // MONTHS, until + 1)
        extended, positions = self.compiler.with_reporters(reporters, years)
        effect_prior = effect_covariance(extended, self.reporting)
        counts = _systematic_counts(self.posterior.weights, n_paths, rng)
        drawn = [int(k) for k in np.flatnonzero(counts)]
        regimes = [self._prepare(k, n_total, effect_prior) for k in drawn]
        scale = _root(effect_prior)
        candidates = [
            self._histories(regime, scale, int(counts[k]), rng)
            for k, regime in zip(drawn, regimes, strict=True)
        ]
        weight = self._weights(np.concatenate([c.log_odds for c in candidates], axis=1))
        chosen = _resample(weight, rng)
        paths = np.empty((self.prior.n_flows, n_total, n_paths), np.float32)
        effects = np.empty((len(extended), n_paths), np.float32)
        start = 0
        for regime, histories in zip(regimes, candidates, strict=True):
            stop = start + histories.path.shape[1]
            place = slice(*np.searchsorted(chosen, [start, stop]))
            own = chosen[place] - start
            paths[:, :, place] = self._continue(regime, histories, own, rng)
            effects[:, place] = histories.effects[:, own]
            start = stop
        return LogPaths(
            first_month=first,
            last_observed=first + self.prior.n_months - 1,
            flows=self.compiler.flows,
            log_paths=paths,
            effective_paths=float(weight.sum() ** 2 / (weight**2).sum()),
            effects={r: effects[index] for r, index in zip(reporters, positions, strict=True)},
        )

    def _prepare(self, regime: int, n_total: int, effect_prior: Array) -> _Regime:
        prior, posterior = self.prior, self.posterior
        n_months, linear = prior.n_months, posterior.linear
        covariance = prior.covariance(prior.coefficients[regime], n_total)
        solved = Solved.of(posterior.covariance(prior, regime), posterior.flat)
        gain = solved.projection(np.eye(len(posterior.offset)))
        by_flow = np.array([rows @ covariance[:n_months] for rows in prior.split(linear.by_path)])
        to_months = np.tensordot(prior.coupling, by_flow, axes=1).transpose(0, 2, 1) @ gain
        ratio = prior.by_contrast(linear.by_path) @ gain
        to_months += (prior.contrast[:, None] * ratio)[:, None] + solved.level(np.eye(len(gain)))
        known = linear.by_effect.shape[1]
        return _Regime(
            factor=_single(np.linalg.cholesky(covariance)),
            mean=_single(prior.mean(prior.regimes.regimes[regime].drift, n_total)),
            bounds=self._predict_bounds(regime),
            to_months=_single(to_months),
            to_effects=_single(effect_prior[:, :known] @ (linear.by_effect.T @ gain)),
            to_noise=_single(posterior.noise[:, None] ** 2 * gain),
        )

    def _predict_bounds(self, regime: int) -> tuple[Array, Array]:
        """Mean and covariance of what the bounds are about, given the two-sided figures."""
        posterior, n = self.posterior, self.rows.n_two_sided
        covariance, flat = posterior.covariance(self.prior, regime), posterior.flat
        prior_mean = posterior.mean(self.prior, regime) - posterior.offset
        mean, spread = Solved.of(covariance[:n, :n], flat[:n]).predict(
            self.rows.centre() - prior_mean[:n], covariance[n:, :n], covariance[n:, n:], flat[n:]
        )
        return prior_mean[n:] + mean, spread

    def _histories(
        self, regime: _Regime, effect_scale: Floats, n_paths: int, rng: np.random.Generator
    ) -> _Histories:
        """Prior draws, moved onto the figures: by the linear rows, then by the figures."""
        n, flows, posterior = self.prior.n_months, self.prior.n_flows, self.posterior
        box = self._draw_bounds(regime, n_paths, rng)
        centre = np.tile(_single(self.rows.centre())[:, None], n_paths)
        printed = np.concatenate([centre, _single(box.values)])
        shocks = rng.standard_normal((flows, n, n_paths), np.float32)
        contrast = rng.standard_normal(n_paths, np.float32)
        path = self._mixed(np.stack([_lower(regime.factor[:n, :n], z) for z in shocks]))
        path += regime.mean[:n, None] + _single(self.prior.contrast)[:, None, None] * contrast
        path = path.reshape(flows * n, n_paths)
        effects = effect_scale @ rng.standard_normal((effect_scale.shape[1], n_paths), np.float32)
        noise = rng.standard_normal(printed.shape, np.float32) * _single(posterior.noise)[:, None]
        to_months = regime.to_months[:, :n].reshape(flows * n, -1)
        known = posterior.linear.by_effect.shape[1]
        residual = printed + _single(posterior.offset)[:, None] - noise
        residual -= posterior.linear.by_path.astype(np.float32) @ path
        residual -= posterior.linear.by_effect.astype(np.float32) @ effects[:known]
        path += to_months @ residual
        effects += regime.to_effects @ residual
        noise += regime.to_noise @ residual
        missed = printed - noise - self.rows.evaluate(path, effects[:known])
        path += to_months @ missed
        effects += regime.to_effects @ missed
        return _Histories(shocks, contrast, path, effects, residual + missed, box.log_probabilities)

    def _draw_bounds(self, regime: _Regime, n_paths: int, rng: np.random.Generator) -> BoxDraws:
        n = self.rows.n_two_sided
        return draw_box(*regime.bounds, (self.rows.low[n:], self.rows.high[n:]), n_paths, rng)

    def _weights(self, log_odds: Array) -> Array:
        """Weight of each path: how likely the bounds were on it."""
        if not len(log_odds):
            return np.ones(log_odds.shape[1])
        likely = log_odds.max(axis=1)
        if likely.min() < _IMPOSSIBLE:
            worst = self.rows.observations[self.rows.n_two_sided + int(likely.argmin())]
            raise ImpossibleFigureError(
                f"no path of the model honours this figure: {worst}. Compare it with the other"
                " figures (tradetrack.audit), correct it, or set it aside with a reason"
            )
        total = log_odds.sum(axis=0)
        weight: Array = np.exp(total - total.max())
        return weight

    def _continue(
        self,
        regime: _Regime,
        histories: _Histories,
        chosen: NDArray[np.intp],
        rng: np.random.Generator,
    ) -> Floats:
        """Give the chosen histories their months ahead, ``[flow, month, path]``."""
        n, flows = self.prior.n_months, self.prior.n_flows
        behind, ahead = regime.factor[n:, :n], regime.factor[n:, n:]
        shape = (len(ahead), len(chosen))
        future = self._mixed(
            np.stack(
                [
                    behind @ shocks[:, chosen]
                    + _lower(ahead, rng.standard_normal(shape, np.float32))
                    for shocks in histories.shocks
                ]
            )
        )
        future += regime.mean[n:, None]
        future += _single(self.prior.contrast)[:, None, None] * histories.contrast[chosen]
        future += regime.to_months[:, n:] @ histories.residual[:, chosen]
        past = histories.path.reshape(flows, n, -1)[:, :, chosen]
        return np.concatenate([past, future], axis=1)

    def _mixed(self, independent: Floats) -> Floats:
        """Correlate independent flows, ``[flow, month, path]``, in place."""
        mix = np.linalg.cholesky(self.prior.coupling)
        for f in range(self.prior.n_flows - 1, 0, -1):
            independent[f] *= np.float32(mix[f, f])
            for g in range(f):
                independent[f] += np.float32(mix[f, g]) * independent[g]
        return independent


def _single(values: Array) -> Floats:
    return values.astype(np.float32)


def _lower(factor: Floats, shocks: Floats) -> Floats:
    """Product of a lower triangular factor with shocks ``[month, path]``: half the work of ``@``."""
    product: Floats = blas.strmm(1.0, factor.T, shocks.T, side=1, lower=0, trans_a=0)
    return product.T


def _root(covariance: Array) -> Floats:
    """A square root of a covariance that may be singular."""
    if not covariance.any():
        return np.zeros((len(covariance), 0), np.float32)
    return _single(np.linalg.cholesky(covariance + _JITTER * np.eye(len(covariance))))


def _systematic_counts(weights: Array, n_paths: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Deal paths out to regimes in proportion to their weights, each within one of its share."""
    edges = np.floor(np.cumsum(weights) / weights.sum() * n_paths + rng.random())
    edges[-1] = n_paths
    counts: NDArray[np.intp] = np.diff(np.minimum(edges, n_paths), prepend=0.0).astype(np.intp)
    return counts


def _resample(weights: Array, rng: np.random.Generator) -> NDArray[np.intp]:
    """Systematic resampling: positions of as many paths, in order; all of them if all weigh 1."""
    n = len(weights)
    grid = (np.arange(n) + rng.random()) / n
    cumulative = np.cumsum(weights) / weights.sum()
    chosen = np.searchsorted(cumulative, grid, side="right")
    return np.minimum(chosen, n - 1)
