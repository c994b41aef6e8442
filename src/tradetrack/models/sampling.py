"""Drawing equally likely paths over all regimes.

Histories are dealt to regimes by their posterior weights. One-sided figures then weigh them by how
likely the bounds were (:mod:`~tradetrack.models.drawing`), and systematic resampling makes paths of
them that are equally likely: a history gets about two futures, each of its own, because the figures
leave the past far less open than the future. The Monte-Carlo error knows which paths share one.
"""

from dataclasses import dataclass

import numpy as np

from tradetrack.domain.window import MONTHS
from tradetrack.errors import ImpossibleFigureError
from tradetrack.models.conditioning import Posterior, Solved
from tradetrack.models.drawing import (
    Draws,
    EffectPrior,
    RegimeSampler,
    draw_bounds,
    predict_bounds,
)
from tradetrack.models.kernels import Array, Index
from tradetrack.models.latent import LatentPrior
from tradetrack.models.measurement import Compiler, Rows, effect_covariance
from tradetrack.models.protocol import LogPaths
from tradetrack.models.reporting import Reporting
from tradetrack.models.resampling import resample, systematic_counts

_FUTURES = 2  # paths a history, on average
_RARE = 0.05  # a bound's mean chance below which regimes are dealt again
_WORN = 0.5  # the same for the share of effective histories
_TRIES = 512  # draws a regime for the chance of all bounds
_IMPOSSIBLE = -14.0  # log of one in a million


@dataclass(frozen=True, slots=True, eq=False)
class _Deal:
    """Histories of each regime that got some, and the log weights of all of them in a row."""

    hands: tuple[tuple[RegimeSampler, Draws], ...]
    log_odds: Array
    log_weight: Array

    @property
    def effective(self) -> float:
        """Number of independent histories that tell as much as the weighted ones."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return float(weight.sum() ** 2 / (weight**2).sum())

    @property
    def poor(self) -> bool:
        """Whether some bound is a surprise to the regimes that got histories."""
        chance = np.exp(self.log_odds).mean(axis=1).min(initial=1.0)
        return bool(chance < _RARE) or self.effective < _WORN * len(self.log_weight)


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
        effect_prior = EffectPrior.of(effect_covariance(extended, self.reporting))
        n_histories = -(-n_paths // _FUTURES)
        deal = self._deal(self.posterior.weights, n_histories, ahead, effect_prior, rng)
        if deal.poor:
            deal = self._deal(self._with_bounds(rng), n_histories, ahead, effect_prior, rng)
        self._refuse_impossible(deal.log_odds)
        chosen = resample(np.exp(deal.log_weight - deal.log_weight.max()), n_paths, rng)
        shape = (self.prior.n_flows, n_months + len(ahead), n_paths)
        paths = np.empty(shape, np.float32)
        effects = np.empty((len(extended), n_paths), np.float32)
        start = 0
        for sampler, draws in deal.hands:
            stop = start + draws.latent.shape[1]
            place = slice(*np.searchsorted(chosen, [start, stop]))
            own = chosen[place] - start
            path = draws.path.reshape(self.prior.n_flows, n_months, -1)
            paths[:, :n_months, place] = path.take(own, axis=2)  # indexing would transpose
            paths[:, n_months:, place] = sampler.ahead(draws, own, rng)
            effects[:, place] = draws.effects.take(own, axis=1)
            start = stop
        return LogPaths(
            first_month=first,
            last_observed=first + n_months - 1,
            flows=self.compiler.flows,
            log_paths=paths,
            effects={r: effects[index] for r, index in zip(reporters, positions, strict=True)},
            history_starts=np.flatnonzero(np.diff(chosen, prepend=-1)),
        )

    def _deal(
        self,
        shares: Array,
        n_histories: int,
        ahead: Index,
        effect_prior: EffectPrior,
        rng: np.random.Generator,
    ) -> _Deal:
        """Draw histories, as many of each regime as its share says."""
        counts = systematic_counts(shares, n_histories, rng)
        hands, odds, weights = [], [], []
        for k in np.flatnonzero(counts):
            sampler = RegimeSampler.of(
                self.prior, self.rows, self.posterior, int(k), ahead, effect_prior
            )
            draws, log_odds = sampler.histories(int(counts[k]), rng)
            hands.append((sampler, draws))
            odds.append(log_odds)
            weights.append(log_odds.sum(axis=0) + np.log(self.posterior.weights[k] / shares[k]))
        return _Deal(tuple(hands), np.concatenate(odds, axis=1), np.concatenate(weights))

    def _with_bounds(self, rng: np.random.Generator) -> Array:
        """Weigh the regimes by the bounds too, which a regime that got no path may explain best."""
        covariances = self.prior.row_covariances(self.posterior.linear.by_path)
        with np.errstate(divide="ignore"):
            log_shares = np.log(self.posterior.weights)
        for k, covariance in enumerate(covariances + self.posterior.unshared):
            solved = Solved.of(covariance, self.posterior.linear.flat)
            bounds = predict_bounds(self.prior, self.rows, self.posterior, k, solved, covariance)
            box = draw_bounds(self.rows, bounds, _TRIES, rng)
            log_shares[k] += np.logaddexp.reduce(box.log_probabilities.sum(axis=0))
        shares: Array = np.exp(log_shares - np.logaddexp.reduce(log_shares))
        return shares

    def _refuse_impossible(self, log_odds: Array) -> None:
        """Name a bound that no path meets."""
        likely = log_odds.max(axis=1)
        if likely.min(initial=0.0) < _IMPOSSIBLE:
            worst = self.rows.observations[self.rows.n_two_sided + int(likely.argmin())]
            raise ImpossibleFigureError(
                f"no path of the model honours this figure: {worst}. Compare it with the other"
                " figures (tradetrack.audit), correct it, or set it aside with a reason"
            )
