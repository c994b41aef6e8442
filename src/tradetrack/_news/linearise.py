"""From a ledger to the engine: rows and targets linearised about one path over the horizon."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tradetrack._news.coalitions import Curvature, Engine, quasi_normal
from tradetrack._news.releases import Mask, Releases, one_sided
from tradetrack._news.targets import Request, TargetMaker, Targets
from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.goal import CONSENSUS
from tradetrack.domain.observation import Observation
from tradetrack.models.gaussian import DiffuseGaussian, whiten
from tradetrack.models.measurement import Compiler, Linear, Rows, effect_covariance, is_total
from tradetrack.models.mixture import FittedMixture, GrowthMixture, first_month_of, last_month_of
from tradetrack.models.posterior import UNLIKELY, Mode, Newton
from tradetrack.models.prior import LatentPrior

_LEAST_WEIGHT = 1e-3  # regimes less likely than this before and after are left out
_THIN_WEIGHT = 0.02  # those less likely than this are drawn with fewer points
_NEGLIGIBLE = 1e-3  # of a target's spread: directions in which figures move it by less
_TINY = 1e-12
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
    curvature: Curvature


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
        Shifts the lattice of quasi-random points.
    """
    layout = _lay_out(model, releases, request, ends)
    return _condition(model, layout, releases, request, rng)


def _lay_out(
    model: GrowthMixture, releases: Releases, request: Request, ends: Sequence[FittedMixture]
) -> _Layout:
    end = ends[-1]
    first, flows, n_observed = end.compiler.first_month, end.compiler.flows, end.prior.n_months
    n_months = (request.last_year + 1) * MONTHS - first
    prior = LatentPrior(model.regimes, model.pattern, n_months, len(flows), n_observed)
    compiler = Compiler(first, n_months, flows)
    newton, mode = _mode(prior, compiler, end)
    rows = compiler.compile(releases.rows)
    reporters = tuple(dict.fromkeys(f for _, f in request.counts if f != CONSENSUS))
    years = range(first // MONTHS, request.last_year + 1)
    effects, positions = compiler.with_reporters(reporters, years)
    by_reporter = dict(zip(reporters, positions, strict=True))
    path = mode.path
    maker = TargetMaker(first, path.reshape(len(flows), -1), flows, by_reporter, len(effects))
    effect = np.concatenate([mode.effect, np.zeros(len(effects) - len(mode.effect))])
    linear = rows.linearise(path, effect)
    targets, effect_prior = maker.make(request), effect_covariance(effects, model.reporting)
    return _Layout(
        prior=prior,
        regimes=np.flatnonzero(np.max([f.posterior.weights for f in ends], axis=0) >= UNLIKELY),
        rows=rows,
        linear=linear,
        offset=linear.offset(path, effect),
        targets=targets,
        effect_prior=effect_prior,
        noise=_noise(model, rows, linear.scale, ends),
        curvature=_curvature(newton, mode, end.posterior.weights, targets, effect_prior),
    )


def _mode(prior: LatentPrior, compiler: Compiler, end: FittedMixture) -> tuple[Newton, Mode]:
    """Mode of path and effects under the average of the regimes, over history and horizon."""
    rows = compiler.compile(end.rows.observations)
    effect_prior = effect_covariance(compiler.effects, end.model.reporting)
    newton = Newton(prior, rows, end.posterior.noise, effect_prior)
    mode = newton.start()
    for _ in range(_MODES):  # a log of a sum is met to second order in the last step
        mode = newton.mode(end.posterior.weights, mode)
    return newton, mode


def _curvature(
    newton: Newton, mode: Mode, weights: Array, targets: Targets, effect_prior: Array
) -> Curvature:
    """Gain of the figures on the targets, under the average of the regimes."""
    linear = newton.rows.linearise(mode.path, mode.effect)
    cross = newton.average(weights).cross(newton.prior, linear)
    inverse = np.linalg.inv(newton.covariance(linear, cross))
    by_level = inverse @ linear.flat
    information = linear.flat @ by_level
    by_effect = effect_prior[:, : len(mode.effect)] @ linear.by_effect.T
    moved = targets.by_path @ cross + targets.by_effect @ by_effect
    gain = moved @ (inverse - np.outer(by_level, by_level) / information)
    gain += np.outer(targets.by_path.sum(axis=1), by_level / information)
    return Curvature(
        rows=newton.rows,
        linear=linear,
        offset=linear.offset(mode.path, mode.effect),
        effect=mode.effect,
        gain=gain.astype(np.float32),
    )


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
    rows, n, noise, values = (
        layout.rows,
        layout.rows.n_two_sided,
        layout.noise,
        layout.rows.centre(),
    )
    always, recent = releases.always[:n], _recent(releases, model.memory)[:n]
    fixed, variable = np.flatnonzero(always), np.flatnonzero(~always)
    slots, first = _slots(layout, releases, variable)
    alike = variable[first]
    weighing = np.flatnonzero(always & recent)
    weighed = np.flatnonzero(recent[alike])
    before = _before(layout, noise)
    ends = releases.counting([0, releases.everything])
    n_requested = len(noise) - n + len(layout.targets.value)
    kept = np.concatenate([alike, n + np.arange(n_requested)])
    given = before.condition(fixed, values[fixed], noise[fixed], kept)
    weighs = before.condition(weighing, values[weighing], noise[weighing], alike[weighed])
    directions = _Directions.of(given, noise[alike], len(noise) - n)
    draws = quasi_normal(sum(directions.basis.shape[1:]), rng)
    n_targets = directions.basis.shape[1]
    engine = Engine(
        releases=releases,
        targets=layout.targets,
        log_prior=layout.prior.log_weights[layout.regimes],
        values=values,
        noise=noise,
        limits=np.stack([rows.low[n:], rows.high[n:]]),
        scale=layout.linear.scale,
        variable=variable,
        slots=slots,
        recent=weighed,
        rows=directions.law,
        weighing=weighs,
        centre=directions.centre,
        basis=directions.basis,
        left=directions.left,
        least=directions.least,
        fixed=np.zeros((len(layout.regimes), 0, 0), np.float32),
        spread=directions.basis.astype(np.float32),
        draws=draws[n_targets:],
        thin=np.zeros(len(layout.regimes), bool),
        curvature=layout.curvature,
    )
    weights = engine.state(ends).weights.max(axis=0)
    likely = np.flatnonzero(weights > _LEAST_WEIGHT)
    engine = engine.of_regimes(likely, weights[likely] < _THIN_WEIGHT)
    return replace(engine, fixed=directions.fixed(draws[:n_targets], likely))


def _slots(layout: _Layout, releases: Releases, variable: Index) -> tuple[Index, Index]:
    """Slot of each variable row, and the first row of each slot.

    Releases of one figure count one instead of the other, if they are of different days; where they
    are the same function of the path, and as precise, only the number printed is another.
    """
    by_path, by_effect = layout.linear.by_path[variable], layout.linear.by_effect[variable]
    figure = {row: i for i, own in enumerate(releases.figures) for row in own.rows}
    slots: dict[tuple[object, ...], int] = {}
    found, beside = [], dict[tuple[object, ...], int]()
    for i, row in enumerate(variable):
        day = figure[row], releases.rows[row].published
        beside[day] = beside.get(day, -1) + 1
        parts = (by_path[[i]], by_effect[[i]])
        alike = (p.indices.tobytes() + p.data.tobytes() for p in parts)
        key = (
            figure[row],
            beside[day],
            round(100 * np.log(layout.noise[row])),
            float(layout.offset[row]),
            *alike,
        )
        found.append(slots.setdefault(key, len(slots)))
    places = np.array(found, np.intp)
    return places, np.unique(places, return_index=True)[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Directions:
    """The directions in which figures move the targets, and what they leave open.

    Attributes
    ----------
    law
        Rows, bounds and ``u``.
    centre, basis, least
        As in `coalitions.Engine`.
    left
        Covariance of the targets given everything.
    """

    law: DiffuseGaussian
    centre: Array
    basis: Array
    least: Array
    left: Array

    @classmethod
    def of(cls, given: DiffuseGaussian, noise: Array, n_bounds: int) -> "_Directions":
        """Find them under each regime.

        Parameters
        ----------
        given
            Law of rows, bounds and targets.
        noise
            Of the rows.
        """
        n = len(noise) + n_bounds
        seen, targets = np.arange(n), np.arange(n, given.mean.shape[-1])
        noise = np.concatenate([noise, np.zeros(n_bounds)])
        scale = np.sqrt(np.diagonal(given.covariance, axis1=1, axis2=2)[:, targets]) + _TINY
        everything = given.condition(seen, given.mean[0, seen], noise, targets)
        _, left = everything.marginalise()
        total = given.covariance[:, seen[:, None], seen] + np.diag(noise**2 + _TINY)
        _, white = whiten(total, given.covariance[:, seen[:, None], targets])
        moved = np.concatenate([white, given.flat[:, None, targets]], axis=1) / scale[:, None]
        _, size, axes = np.linalg.svd(moved, full_matrices=False)
        n_axes = int((size > _NEGLIGIBLE).sum(axis=1).max(initial=0))
        axes = axes[:, :n_axes]
        by_target = axes / scale[:, None]
        basis = np.swapaxes(axes, 1, 2) * scale[..., None]
        select = np.zeros((len(size), n + n_axes, n + len(targets)))
        select[:, seen, seen] = 1.0
        select[:, n:, n:] = by_target
        mean = given.mean[:, targets]
        return cls(
            law=given.transform(select),
            centre=mean - np.einsum("ktd,kd->kt", basis, np.einsum("kdt,kt->kd", by_target, mean)),
            basis=basis,
            least=by_target @ left @ np.swapaxes(by_target, 1, 2),
            left=left,
        )

    def fixed(self, points: NDArray[np.float32], regimes: Index) -> NDArray[np.float32]:
        """Draw the targets, ``u`` left out, along principal axes, the largest first."""
        variance, axes = np.linalg.eigh(self.left[regimes])
        root = axes * np.sqrt(np.maximum(variance, 0.0))[:, None]
        drawn: NDArray[np.float32] = root[..., ::-1].astype(np.float32) @ points
        drawn += self.centre[regimes].astype(np.float32)[..., None]
        return drawn


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
