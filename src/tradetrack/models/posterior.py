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
at the posterior mode under the regimes' average covariance; there rows that do not fit the others
are found (:mod:`~tradetrack.models.misprints`) and the regimes weighed, until no row changes its
state and no weight moves by a thousandth. Bounds take no part in this; they come in when paths are
drawn (:mod:`~tradetrack.models.sampling`).

**The mode** is found by Gauss-Newton steps. Where flows cross or a part is nearly its whole, the
shares that a step is taken at are not those that it leads to, and full steps fall into a two-cycle:
a step whose direction turns back is halved, and grows again by a half where it does not. The
first mode takes every row for revised, so that one wrong row does not bend the path that all rows
are linearised at. A row on the edge of doubt may be odd where it bends the path and sound where it
does not. Either state is to be judged at its own mode, so it is odd: after a few rounds rows may
only change their states to be doubted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tradetrack._typing import Array, Index
from tradetrack.models.gaussian import DiffuseGaussian, log_evidence
from tradetrack.models.measurement import Effect, Linear, Rows, effect_covariance, is_total
from tradetrack.models.misprints import (
    Evidence,
    LevelShifts,
    MisprintPrior,
    RowStates,
    find_misprints,
    judge_bounds,
)
from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import Reporting

_LOG_2PI = float(np.log(2 * np.pi))
_ROUNDS = 24
_FREE = 4  # rounds in which rows may change their states at will; then only to be doubted
_STEPS = 40
_STILL = 5e-3  # of a month's log
_SETTLED = 1e-3  # of a weight
_ALIKE = 1e-2  # of a row's noise, which of a difference depends on the mode
_SHORTEST = 1 / 32  # of a step

_CACHED = 2**17  # numbers of the regimes' covariances that are factored at a time

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
    states
        Which rows fit the others.
    mode
        The path and the reporter effects that the rows are linearised at.
    converged
        Whether the iteration of mode, states and weights came to rest.
    """

    weights: Array
    log_likelihoods: Array
    linear: Linear
    offset: Array
    noise: Array
    unshared: Array
    states: RowStates
    mode: "Mode"
    converged: bool


def condition(
    prior: LatentPrior,
    rows: Rows,
    effects: Sequence[Effect],
    reporting: Reporting,
    misprints: MisprintPrior | None,
    weighing: Index,
) -> Posterior:
    """Linearise at the posterior mode, find misprints, weigh the regimes; until nothing moves.

    Parameters
    ----------
    prior, rows, effects, reporting
        What is known before, the figures, the reporter effects they involve, and their spread.
    misprints
        How often figures are not what they seem; None takes all as printed.
    weighing
        Positions of the two-sided rows that weigh the regimes.
    """
    n, states = rows.n_two_sided, RowStates.all_sound(len(rows.observations))
    newton = Newton.of(prior, rows, reporting, effects)
    weights = prior.weights
    every = likely = np.arange(len(weights))
    evidence, mode, length = np.zeros(len(weights)), newton.start(), StepLength()
    if misprints is not None:
        wide = np.hypot(newton.noise, misprints.revision_spread)
        mode = replace(newton, noise=wide).mode(weights, mode)
        newton = newton.at(mode, reporting.noise)
    for number in range(_ROUNDS):
        last = states
        if misprints is not None:
            states = _states(newton, misprints, mode)
            states = states if number < _FREE else states.at_least(last)
        counted = replace(newton, noise=np.sqrt(newton.noise**2 + states.variance))
        mode, before = counted.mode(weights, mode), newton.noise
        newton = newton.at(mode, reporting.noise)
        settled = states.agrees(last) and np.allclose(newton.noise, before, rtol=_ALIKE)
        linear = rows.linearise(mode.path, mode.effect)
        offset, unshared = linear.offset(mode.path, mode.effect), counted.unshared(linear)
        likely = likely if settled else every
        new = _evidence(prior, linear, unshared, rows.centre() + offset[:n], weighing, likely)
        evidence += new.max() - evidence[likely].max()  # the others keep their odds
        evidence[likely] = new
        joint = prior.log_weights + evidence
        posterior = np.exp(joint - np.logaddexp.reduce(joint))
        change = posterior - weights
        if converged := settled and mode.still and float(np.abs(change).max()) < _SETTLED:
            break
        likely = np.flatnonzero(posterior >= UNLIKELY)
        weights = weights + length.next(change) * change
    return Posterior(
        posterior, evidence, linear, offset, counted.noise, unshared, states, mode, converged
    )


def _states(newton: "Newton", misprints: MisprintPrior, mode: "Mode") -> RowStates:
    """Find rows that do not fit the others, under the regimes' prior average."""
    prior, rows, noise, n = newton.prior, newton.rows, newton.noise, newton.rows.n_two_sided
    linear = rows.linearise(mode.path, mode.effect)
    average = newton.average(prior.weights)
    covariance = newton.covariance(linear, average.cross(prior, linear))
    mean = linear.by_path @ average.mean - linear.offset(mode.path, mode.effect)
    evidence = Evidence(
        covariance=covariance[:n, :n],
        flat=linear.flat[:n],
        residual=rows.centre() - mean[:n],
        noise=noise[:n],
        doubtful=~rows.exact[:n],
        later=rows.later,
    )
    shifts = LevelShifts.of(prior.split(linear.by_path[:n]), misprints.level_shift)
    states = find_misprints(misprints, evidence, shifts)
    if n == len(noise):
        return states
    law = DiffuseGaussian.prior(mean, linear.flat, covariance)
    bounds = np.arange(n, len(noise))
    given = law.condition(np.arange(n), rows.centre(), np.sqrt(states.variance), bounds)
    predicted, spread = given.marginalise()
    variance, limits = spread.diagonal() - noise[n:] ** 2, (rows.low[n:], rows.high[n:])
    return states.then(judge_bounds(misprints, predicted, variance, noise[n:], limits))


def _evidence(
    prior: LatentPrior,
    linear: Linear,
    unshared: Array,
    target: Array,
    weighing: Index,
    regimes: Index,
) -> Array:
    """Log likelihood of the rows chosen under some regimes, the level integrated out."""
    by_path, flat = linear.by_path[weighing], linear.flat[weighing]
    components, means = prior.row_components(by_path), prior.row_means(by_path, regimes)
    own = unshared[np.ix_(weighing, weighing)]
    evidence = np.empty(len(regimes))
    batch = max(1, _CACHED // len(weighing) ** 2)
    for start in range(0, len(regimes), batch):
        some = slice(start, start + batch)
        covariances = prior.row_covariances(components, regimes[some])
        covariances += own
        evidence[some] = log_evidence(target[weighing] - means[some], flat, covariances)
    return evidence - 0.5 * (len(weighing) - 1) * _LOG_2PI


class StepLength:
    """Length of the next step of an iteration that may turn back and forth about its end."""

    def __init__(self) -> None:
        self._length = 1.0
        self._last: Array | None = None

    def next(self, step: Array) -> float:
        """Halve the length if the step turns back on the last one, else let it grow by a half."""
        if self._last is not None:
            turned = float(step @ self._last) < 0.0
            self._length = max(self._length / 2, _SHORTEST) if turned else self._length * 1.5
        self._last, self._length = step, min(self._length, 1.0)
        return self._length


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """A path, reporter effects, and whether the steps that led there came to rest."""

    path: Array
    effect: Array
    still: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Average:
    """Covariance of one flow and mean of all under the average of the regimes, level aside."""

    covariance: Array
    mean: Array

    def cross(self, prior: LatentPrior, linear: Linear) -> Array:
        """Covariance of the path with linear rows, ``[flow * month, row]``."""
        return prior.cross_covariance(linear.by_path, self.covariance).reshape(len(self.mean), -1)


@dataclass(frozen=True, slots=True, eq=False)
class Newton:
    """Finds the posterior mode of the path under the average of the regimes' Gaussian priors."""

    prior: LatentPrior
    rows: Rows
    noise: Array
    effect_prior: Array

    @classmethod
    def of(
        cls, prior: LatentPrior, rows: Rows, reporting: Reporting, effects: Sequence[Effect]
    ) -> "Newton":
        """Take rows for sound, and the noise of differences as it is at the start."""
        start = cls(prior, rows, np.ones(0), effect_covariance(effects, reporting))
        return start.at(start.start(), reporting.noise)

    def at(self, mode: "Mode", release: float) -> "Newton":
        """Take the noise of the rows as it is at a mode."""
        scale = self.rows.scale(mode.path, mode.effect)
        return replace(self, noise=self.rows.noise(release, scale))

    def start(self) -> Mode:
        """Return a constant monthly level, the median of the printed, with usual month effects."""
        printed = zip(self.rows.centre(), self.rows.observations, strict=False)
        paces = [y - np.log(seen.window.n_months) for y, seen in printed if is_total(seen)]
        share = float(self.prior.weights @ self.prior.pattern_share)
        flow = np.median(paces) + self.prior.mean(0.0, share, self.prior.history)
        return Mode(np.tile(flow, self.prior.n_flows), np.zeros(len(self.effect_prior)))

    def average(self, weights: Array) -> Average:
        """Average the regimes."""
        months = self.prior.history
        covariance = self.prior.covariance(weights @ self.prior.coefficients, months)
        mean = np.tile(self.prior.average_mean(weights, months), self.prior.n_flows)
        return Average(covariance, mean)

    def mode(self, weights: Array, start: Mode) -> Mode:
        """Step until the path stands still; steps that turn back are halved."""
        average, now, length = self.average(weights), start, StepLength()
        for _ in range(_STEPS):
            path, effect = self._step(average, now)
            step = path - now.path
            if float(np.abs(step).max()) < _STILL:
                return Mode(path, effect)
            scale = length.next(step)
            effect = now.effect + scale * (effect - now.effect)
            now = Mode(now.path + scale * step, effect, still=False)
        return now

    def covariance(self, linear: Linear, cross: Array) -> Array:
        """``S`` of linear rows, whose covariance with the path is ``cross``."""
        return linear.by_path @ cross + self.unshared(linear)

    def unshared(self, linear: Linear) -> Array:
        """Covariance of linear rows due to noise and reporter effects."""
        effects = linear.by_effect @ (linear.by_effect @ self.effect_prior).T
        unshared: Array = np.diag(self.noise[: len(linear.value)] ** 2) + effects
        return unshared

    def _step(self, average: Average, now: Mode) -> tuple[Array, Array]:
        """Where one whole Gauss-Newton step leads."""
        centre = self.rows.centre()
        linear = self.rows.linearise(now.path, now.effect).first(len(centre))
        cross = average.cross(self.prior, linear)
        total = self.covariance(linear, cross)
        residual = centre + linear.offset(now.path, now.effect) - linear.by_path @ average.mean
        # Two right sides are cheaper than factoring: P r = S^{-1} r - level * S^{-1} h.
        alpha, by_level = np.linalg.solve(total, np.column_stack([residual, linear.flat])).T
        level = (linear.flat @ alpha) / (linear.flat @ by_level)
        alpha = alpha - level * by_level
        path = average.mean + cross @ alpha + level
        return path, self.effect_prior @ (linear.by_effect.T @ alpha)
