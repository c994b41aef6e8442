"""From a ledger to the engine: rows and targets linearised about one path over the horizon."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tradetrack._news.coalitions import Engine, quasi_normal
from tradetrack._news.releases import Mask, Releases, one_sided
from tradetrack._news.targets import Request, TargetMaker, Targets
from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.goal import CONSENSUS
from tradetrack.domain.observation import Observation
from tradetrack.models.gaussian import DiffuseGaussian
from tradetrack.models.measurement import Compiler, Linear, Rows, effect_covariance, is_total
from tradetrack.models.mixture import FittedMixture, GrowthMixture, first_month_of, last_month_of
from tradetrack.models.posterior import UNLIKELY, Newton
from tradetrack.models.prior import LatentPrior

_LEAST_WEIGHT = 1e-3  # regimes less likely than this before and after are left out
_MODES = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """All rows and targets about the mode, and the regimes that are likely at either end."""

    prior: LatentPrior
    regimes: Index
    rows: Rows
    linear: Linear
    offset: Array
    targets: Targets
    effect_prior: Array
    noise: Array


def build_engine(
    model: GrowthMixture,
    releases: Releases,
    request: Request,
    ends: Sequence[FittedMixture],
    rng: np.random.Generator,
) -> Engine:
    """Prepare to answer for every coalition of releases.

    Parameters
    ----------
    model
        The model, whose posterior given everything fixes where rows are linearised.
    releases, request
        The releases, and the quantities requested.
    ends
        The model fitted to what was known before the releases, if that is there, and to all.
    rng
        Draws the quasi-random points.
    """
    layout = _lay_out(model, releases, request, ends)
    engine = _condition(model, layout, releases, request, rng)
    weights = engine.state(releases.counting([0, releases.everything])).weights
    return engine.of_regimes(np.flatnonzero(weights.max(axis=0) > _LEAST_WEIGHT))


def _lay_out(
    model: GrowthMixture, releases: Releases, request: Request, ends: Sequence[FittedMixture]
) -> _Layout:
    end = ends[-1]
    first, flows, n_observed = end.compiler.first_month, end.compiler.flows, end.prior.n_months
    n_months = (request.last_year + 1) * MONTHS - first
    prior = LatentPrior(model.regimes, model.pattern, n_months, len(flows), n_observed)
    compiler = Compiler(first, n_months, flows)
    path, effect = _mode(prior, compiler, end)
    rows = compiler.compile(releases.rows)
    reporters = tuple(dict.fromkeys(f for _, f in request.counts if f != CONSENSUS))
    years = range(first // MONTHS, request.last_year + 1)
    effects, positions = compiler.with_reporters(reporters, years)
    by_reporter = dict(zip(reporters, positions, strict=True))
    maker = TargetMaker(first, path.reshape(len(flows), -1), flows, by_reporter, len(effects))
    effect = np.concatenate([effect, np.zeros(len(effects) - len(effect))])
    linear = rows.linearise(path, effect)
    return _Layout(
        prior=prior,
        regimes=np.flatnonzero(np.max([f.posterior.weights for f in ends], axis=0) >= UNLIKELY),
        rows=rows,
        linear=linear,
        offset=linear.offset(path, effect),
        targets=maker.make(request),
        effect_prior=effect_covariance(effects, model.reporting),
        noise=_noise(model, rows, linear.scale, ends),
    )


def _mode(prior: LatentPrior, compiler: Compiler, end: FittedMixture) -> tuple[Array, Array]:
    """Mode of path and effects under the average of the regimes, over history and horizon."""
    rows = compiler.compile(end.rows.observations)
    effect_prior = effect_covariance(compiler.effects, end.model.reporting)
    newton = Newton(prior, rows, end.posterior.noise, effect_prior)
    mode = newton.start()
    for _ in range(_MODES):  # a log of a sum is met to second order in the last step
        mode = newton.mode(end.posterior.weights, mode)
    return mode.path, mode.effect


def _noise(model: GrowthMixture, rows: Rows, scale: Array, ends: Sequence[FittedMixture]) -> Array:
    """Noise of every row; a discounted one counts as it does at the end, else as at the start."""
    counted: dict[Observation, float] = {}
    for fitted in ends:
        noise = map(float, fitted.posterior.noise)
        counted |= zip(fitted.rows.observations, noise, strict=True)
    plain = zip(rows.observations, rows.noise(model.reporting.noise, scale), strict=True)
    return np.array([counted.get(row, noise) for row, noise in plain])


def _condition(
    model: GrowthMixture,
    layout: _Layout,
    releases: Releases,
    request: Request,
    rng: np.random.Generator,
) -> Engine:
    rows, n = layout.rows, layout.rows.n_two_sided
    noise = layout.noise
    before = _before(layout, noise)
    always = releases.always[:n]
    recent = _recent(releases, model.memory)[:n]
    fixed, variable = np.flatnonzero(always), np.flatnonzero(~always)
    values, requested = rows.centre(), np.arange(n, before.mean.shape[-1])
    weighing, weighed = np.flatnonzero(always & recent), np.flatnonzero(~always & recent)
    return Engine(
        releases=releases,
        targets=layout.targets,
        log_prior=layout.prior.log_weights[layout.regimes],
        values=values,
        noise=noise,
        limits=np.stack([rows.low[n:], rows.high[n:]]),
        scale=layout.linear.scale,
        variable=variable,
        recent=np.searchsorted(variable, weighed),
        rows=before.condition(
            fixed, values[fixed], noise[fixed], np.concatenate([variable, requested])
        ),
        weighing=before.condition(weighing, values[weighing], noise[weighing], weighed),
        draws=quasi_normal(len(layout.targets.value), rng),
    )


def _before(layout: _Layout, noise: Array) -> DiffuseGaussian:
    """Law of all rows and targets before any figure, under each regime."""
    prior, targets, n = layout.prior, layout.targets, layout.rows.n_two_sided
    by_path = sparse.csr_array(sparse.vstack([layout.linear.by_path, targets.by_path]))
    by_effect = np.vstack([layout.linear.by_effect.toarray(), targets.by_effect])
    covariance = prior.row_covariances(prior.row_components(by_path), layout.regimes)
    covariance += by_effect @ layout.effect_prior @ by_effect.T
    bounds = np.arange(n, len(noise))
    covariance[:, bounds, bounds] += noise[bounds] ** 2
    offset = np.concatenate([layout.offset, targets.offset])
    mean = prior.row_means(by_path, layout.regimes) - offset
    return DiffuseGaussian.prior(mean, np.asarray(by_path.sum(axis=1)), covariance)


def _recent(releases: Releases, memory: int) -> Mask:
    """Rows that weigh the regimes: those wholly within the memory; all, if no level is there."""
    last = max(last_month_of(row) for row in releases.rows)
    first = np.array([first_month_of(row) for row in releases.rows])
    recent = first > last - memory * MONTHS
    [standing] = releases.counting([releases.everything])
    levels = [is_total(row) and not one_sided(row) for row in releases.rows]
    return recent if (recent & standing & levels).any() else np.ones_like(recent)
