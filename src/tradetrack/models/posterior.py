r"""Conditioning on printed rows: the posterior over regimes, and each regime's gain.

Given a regime and the rows linearised about one path (:mod:`~tradetrack.models.measurement`),
everything is Gaussian. With ``S`` the covariance of the ``n`` rows, ``h`` their derivative by the
level that the flows share (1 for a level, 0 for growth) and ``r`` how far they are from their prior
mean,

.. math:: \log p(y|\theta) = -\tfrac12 [\log|S| + \log(h'S^{-1}h) + r'Pr + (n-1)\log 2\pi],
          \quad P = S^{-1} - \frac{S^{-1}hh'S^{-1}}{h'S^{-1}h},

the level being integrated out under its flat prior. The posterior over regimes is
:math:`w_\theta p(y|\theta)`, normalised. All rows move the paths, but only recent ones weigh the
regimes: a pair's ways of growing change (``docs/decisions/0005-memory.md``). Rows are linearised
at the mean path under the regimes' average covariance, and the two are repeated until the weights
stand still. Bounds take no part in this; they come in when paths are drawn
(:mod:`~tradetrack.models.sampling`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from tradetrack._typing import Array, Index
from tradetrack.models.measurement import Effect, Linear, Rows, effect_covariance
from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import Reporting

_LOG_2PI = float(np.log(2 * np.pi))
_ROUNDS = 4
_STEPS = 8
_STILL = 5e-3
_SETTLED = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A row covariance ``S`` taken apart: with ``S = LL'``, white residuals are ``L^{-1}r``.

    Attributes
    ----------
    whitener
        ``L^{-1}``.
    white_level
        ``L^{-1}h``, whose squared length is the information on the level, ``h'S^{-1}h``.
    """

    whitener: Array
    white_level: Array

    @classmethod
    def of(cls, covariance: Array, flat: Array) -> Self:
        """Factor ``S`` and whiten the level."""
        whitener = np.linalg.inv(np.linalg.cholesky(covariance))
        return cls(whitener, whitener @ flat)

    @property
    def information(self) -> float:
        """Precision of the level: the inverse variance of its estimate."""
        return float(self.white_level @ self.white_level)

    @property
    def projection(self) -> Array:
        """``P``."""
        by_level = self.whitener.T @ self.white_level
        level = np.outer(by_level, by_level) / self.information
        projection: Array = self.whitener.T @ self.whitener - level
        return projection

    @property
    def level_weights(self) -> Array:
        """Weights of the rows in the generalised least squares estimate of the level."""
        weights: Array = self.whitener.T @ self.white_level / self.information
        return weights

    def first(self, n: int) -> Self:
        """Take the first ``n`` rows alone: a triangle's inverse begins with its beginning's."""
        return type(self)(self.whitener[:n, :n], self.white_level[:n])

    def predict(
        self, residual: Array, cross: Array, covariance: Array, flat: Array
    ) -> tuple[Array, Array]:
        r"""Mean and covariance of further rows, whose prior mean is zero.

        .. math:: C P r + f \hat a, \qquad
                  C_{bb} - C S^{-1} C' + \frac{(f - CS^{-1}h)(f - CS^{-1}h)'}{h'S^{-1}h}

        Parameters
        ----------
        residual
            ``r``.
        cross
            ``C``: covariance of the further rows with these, ``[further, row]``.
        covariance
            ``C_bb``: prior covariance of the further rows.
        flat
            ``f``: their derivative by the level.
        """
        white, surprise = self.whitener @ cross.T, self.whitener @ residual
        level = float(self.white_level @ surprise) / self.information
        mean = white.T @ (surprise - self.white_level * level) + flat * level
        unexplained = flat - self.white_level @ white
        spread = covariance - white.T @ white
        spread += np.outer(unexplained, unexplained) / self.information
        return mean, spread


def log_likelihoods(covariances: Array, flat: Array, residuals: Array) -> Array:
    """Log likelihood under each regime, the level integrated out; the formula is at the top.

    Parameters
    ----------
    covariances
        ``S``, ``[regime, row, row]``.
    flat
        ``h``, ``[row]``.
    residuals
        ``r``, ``[regime, row]``.
    """
    factors = np.linalg.cholesky(covariances)
    both = np.stack([residuals, np.broadcast_to(flat, residuals.shape)], axis=2)
    white, level = np.moveaxis(np.linalg.solve(factors, both), 2, 0)
    information = (level**2).sum(axis=1)
    fit = (white**2).sum(axis=1) - (white * level).sum(axis=1) ** 2 / information
    log_det = 2.0 * np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    constant = (len(flat) - 1) * _LOG_2PI
    logs: Array = -0.5 * (log_det + np.log(information) + fit + constant)
    return logs


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What the two-sided rows say. All rows, bounds included, are linearised at the same path.

    Attributes
    ----------
    weights, log_likelihoods
        Of each regime.
    linear
        The rows about the posterior mean: ``J x + J_u u = log printed + offset - noise``.
    offset
        See `linear`.
    noise
        Standard deviation of each row.
    unshared
        Covariance of the rows that is not the paths': noise and reporter effects.
    """

    weights: Array
    log_likelihoods: Array
    linear: Linear
    offset: Array
    noise: Array
    unshared: Array

    def mean(self, prior: LatentPrior, regime: int) -> Array:
        """Prior mean of ``log printed + offset`` under one regime, level aside."""
        path = prior.mean(prior.regimes.regimes[regime].drift, prior.history)
        mean: Array = self.linear.by_path @ np.tile(path, prior.n_flows)
        return mean


def condition(
    prior: LatentPrior,
    rows: Rows,
    effects: Sequence[Effect],
    reporting: Reporting,
    weighing: Index,
) -> Posterior:
    """Linearise at the posterior mean, weigh the regimes, and repeat until nothing moves.

    Parameters
    ----------
    prior, rows, effects, reporting
        What is known before, the figures, the reporter effects they involve, and their spread.
    weighing
        Positions of the two-sided rows that weigh the regimes.
    """
    noise = rows.noise(reporting.noise)
    effect_prior = effect_covariance(effects, reporting)
    newton = Newton(prior, rows, noise, effect_prior)
    path, effect = newton.start(), np.zeros(len(effects))
    weights = np.array(prior.regimes.weights)
    for _ in range(_ROUNDS):
        path, effect = newton.mode(weights, path, effect)
        linear = rows.linearise(path, effect)
        unshared = _unshared(linear, noise, effect_prior)
        rough = Posterior(weights, weights, linear, linear.offset(path, effect), noise, unshared)
        posterior = _weigh(prior, rough, rows.centre(), weighing)
        moved = float(np.abs(posterior.weights - weights).max())
        weights = posterior.weights
        if moved < _SETTLED:
            break
    return posterior


def _unshared(linear: Linear, noise: Array, effect_prior: Array) -> Array:
    """Covariance of the rows due to noise and reporter effects."""
    effects = linear.by_effect @ (linear.by_effect @ effect_prior).T
    unshared: Array = np.diag(noise**2) + effects
    return unshared


def _weigh(prior: LatentPrior, posterior: Posterior, centre: Array, weighing: Index) -> Posterior:
    """Weigh the regimes by the likelihood of the rows chosen."""
    target = centre[weighing] + posterior.offset[weighing]
    flat, unshared = posterior.linear.flat[weighing], posterior.unshared[np.ix_(weighing, weighing)]
    covariances = prior.row_covariances(posterior.linear.by_path[weighing]) + unshared
    means = np.array([posterior.mean(prior, k)[weighing] for k in range(len(covariances))])
    evidence = log_likelihoods(covariances, flat, target - means)
    with np.errstate(divide="ignore"):
        joint = np.log(prior.regimes.weights) + evidence
    weights = np.exp(joint - np.logaddexp.reduce(joint))
    return replace(posterior, weights=weights, log_likelihoods=evidence)


@dataclass(frozen=True, slots=True, eq=False)
class Newton:
    """Finds the posterior mode of the path under the average of the regimes' Gaussian priors."""

    prior: LatentPrior
    rows: Rows
    noise: Array
    effect_prior: Array

    def start(self) -> Array:
        """Return a constant monthly level, the median of the printed, with usual month effects."""
        printed = zip(self.rows.centre(), self.rows.observations, strict=False)
        paces = [y - np.log(seen.window.n_months) for y, seen in printed if seen.kind == "level"]
        flow = np.median(paces) + self.prior.mean(0.0, self.prior.history)
        return np.tile(flow, self.prior.n_flows)

    def mode(self, weights: Array, path: Array, effect: Array) -> tuple[Array, Array]:
        """Repeat Gauss-Newton steps until the path stands still."""
        months = self.prior.history
        covariance = self.prior.covariance(weights @ self.prior.coefficients, months)
        drift = float(weights @ self.prior.regimes.table()[:, 6])
        mean = np.tile(self.prior.mean(drift, months), self.prior.n_flows)
        for _ in range(_STEPS):
            last = path
            path, effect = self._step(covariance, mean, path, effect)
            if float(np.abs(path - last).max()) < _STILL:
                break
        return path, effect

    def _step(
        self, covariance: Array, mean: Array, path: Array, effect: Array
    ) -> tuple[Array, Array]:
        centre = self.rows.centre()
        linear = self.rows.linearise(path, effect).first(len(centre))
        cross = self.prior.cross_covariance(linear.by_path, covariance).reshape(len(path), -1)
        total = linear.by_path @ cross
        total += _unshared(linear, self.noise[: len(centre)], self.effect_prior)
        residual = centre + linear.offset(path, effect) - linear.by_path @ mean
        # Two right sides are cheaper than a `Solved`: P r = S^{-1} r - level * S^{-1} h.
        alpha, by_level = np.linalg.solve(total, np.column_stack([residual, linear.flat])).T
        level = (linear.flat @ alpha) / (linear.flat @ by_level)
        alpha = alpha - level * by_level
        new_path = mean + cross @ alpha + level
        return new_path, self.effect_prior @ (linear.by_effect.T @ alpha)
