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
from dataclasses import dataclass

import numpy as np

from tradetrack._typing import Array, Index
from tradetrack.models.gaussian import DiffuseGaussian
from tradetrack.models.measurement import Effect, Linear, Rows, effect_covariance
from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import Reporting

_LOG_2PI = float(np.log(2 * np.pi))
_ROUNDS = 4
_STEPS = 8
_STILL = 5e-3
_SETTLED = 0.08
_BATCH = 16  # regimes whose rows are factored at a time

UNLIKELY = 1e-4
"""Posterior probability below which a regime is not worth another look."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What the two-sided rows imply. All rows, bounds included, are linearised at the same path.

    Attributes
    ----------
    weights, log_likelihoods
        Of each regime of the prior.
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
    weights, n = prior.weights, rows.n_two_sided
    likely, evidence = np.arange(len(weights)), np.zeros(len(weights))
    for _ in range(_ROUNDS):
        path, effect = newton.mode(weights, path, effect)
        linear = rows.linearise(path, effect)
        offset, unshared = linear.offset(path, effect), _unshared(linear, noise, effect_prior)
        target = rows.centre() + offset[:n]
        new = _evidence(prior, linear, unshared, target, weighing, likely)
        evidence += new.max() - evidence[likely].max()  # the others keep their odds
        evidence[likely] = new
        joint = prior.log_weights + evidence
        last, weights = weights, np.exp(joint - np.logaddexp.reduce(joint))
        likely = np.flatnonzero(weights >= UNLIKELY)
        if float(np.abs(weights - last).max()) < _SETTLED:
            break
    return Posterior(weights, evidence, linear, offset, noise, unshared)


def _unshared(linear: Linear, noise: Array, effect_prior: Array) -> Array:
    """Covariance of the rows due to noise and reporter effects."""
    effects = linear.by_effect @ (linear.by_effect @ effect_prior).T
    unshared: Array = np.diag(noise**2) + effects
    return unshared


def _evidence(
    prior: LatentPrior,
    linear: Linear,
    unshared: Array,
    target: Array,
    weighing: Index,
    regimes: Index,
) -> Array:
    """Log likelihood of the rows chosen under some regimes, the level integrated out."""
    by_path, flat, none = linear.by_path[weighing], linear.flat[weighing], np.zeros(len(weighing))
    components, means = prior.row_components(by_path), prior.row_means(by_path, regimes)
    own, seen = unshared[np.ix_(weighing, weighing)], np.arange(len(weighing))
    evidence = np.empty(len(regimes))
    for start in range(0, len(regimes), _BATCH):
        some = slice(start, start + _BATCH)
        covariances = prior.row_covariances(components, regimes[some])
        covariances += own
        rows = DiffuseGaussian.prior(means[some], flat, covariances)
        given = rows.condition(seen, target[weighing], none, seen[:0])
        evidence[some] = given.log_evidence
    return evidence - 0.5 * (len(weighing) - 1) * _LOG_2PI


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
        prior = self.prior
        flow = np.median(paces) + prior.mean(
            0.0, float(prior.weights @ prior.pattern_share), prior.history
        )
        return np.tile(flow, self.prior.n_flows)

    def mode(self, weights: Array, path: Array, effect: Array) -> tuple[Array, Array]:
        """Repeat Gauss-Newton steps until the path stands still."""
        months = self.prior.history
        covariance = self.prior.covariance(weights @ self.prior.coefficients, months)
        mean = np.tile(self.prior.average_mean(weights, months), self.prior.n_flows)
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
        # Two right sides are cheaper than factoring: P r = S^{-1} r - level * S^{-1} h.
        alpha, by_level = np.linalg.solve(total, np.column_stack([residual, linear.flat])).T
        level = (linear.flat @ alpha) / (linear.flat @ by_level)
        alpha = alpha - level * by_level
        new_path = mean + cross @ alpha + level
        return new_path, self.effect_prior @ (linear.by_effect.T @ alpha)
