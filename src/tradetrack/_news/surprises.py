r"""Forecast errors of released figures, and their impacts on the mean of this year's log total.

Before its release a figure has a predictive law: under regime ``k`` the log of what would be
printed is :math:`N(\mu_k, v_k)`, noise, rounding and reporter effect included, and regimes mix by
their weights. The surprise of ``y`` is :math:`z = (y - \mu) / s`, mean and standard deviation
those of the mixture. A bound has the probability that it had.

With :math:`G_k` the gain of the figures that a release brings on the log total, a figure's impact
is its weight times its surprise,

.. math:: \sum_k w_k G_{ki} (y_i - \mu_{ki}),

less the same of an earlier release that it replaces (which is taken out first). Under one regime
and without bounds impacts add up to what the release moves; what is left over otherwise is that the
figures say which regimes are likely. A bound's impact is what it moves after the figures beside it.

References
----------
Banbura and Modugno (2014), Maximum likelihood estimation of factor models on datasets with
arbitrary pattern of missing data, Journal of Applied Econometrics.
"""

from dataclasses import dataclass

import numpy as np

from tradetrack._news.coalitions import Engine, State
from tradetrack._news.releases import Mask
from tradetrack._news.results import FigureNews
from tradetrack._typing import Array, Index
from tradetrack.models.measurement import as_printed

_ROUNDS = 60
_WIDE = 40.0  # standard deviations within which a median is looked for


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """A mixture of normals for the log of each of some figures.

    Attributes
    ----------
    weights
        Of the regimes, ``[k]``.
    mean, sd
        Of the normals, ``[k, figure]``.
    """

    weights: Array
    mean: Array
    sd: Array

    @property
    def moments(self) -> tuple[Array, Array]:
        """Mean and standard deviation of the mixtures."""
        mean = self.weights @ self.mean
        variance = self.weights @ (self.sd**2 + (self.mean - mean) ** 2)
        sd: Array = np.sqrt(variance)
        return mean, sd

    def below(self, value: Array) -> Array:
        """Probability of less than a value."""
        from scipy.special import ndtr

        chance: Array = self.weights @ ndtr((value - self.mean) / self.sd)
        return chance

    def median(self) -> Array:
        """Median, by bisection."""
        low = (self.mean - _WIDE * self.sd).min(axis=0)
        high = (self.mean + _WIDE * self.sd).max(axis=0)
        for _ in range(_ROUNDS):
            middle = (low + high) / 2
            under = self.below(middle) < 0.5
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        median: Array = (low + high) / 2
        return median


def figure_news(engine: Engine, before: Mask, after: Mask, rows: Index) -> tuple[FigureNews, ...]:
    """Surprise and impacts of the figures of one release, in the order of the rows.

    Parameters
    ----------
    engine
        Answers for every coalition.
    before, after
        Which rows count before and after the release.
    rows
        The rows that the release brings.
    """
    prediction = _predict(engine, before, rows)
    expected, (mean, sd) = prediction.median(), prediction.moments
    chances = _chances(engine, prediction, rows)
    impacts = _impacts(engine, before, after)
    found = []
    for i, row in enumerate(rows):
        bound = row >= len(engine.values)
        seen = engine.releases.rows[row]
        found.append(
            FigureNews(
                observation=seen,
                counts=bool(after[row]),
                replaces=_replaced(engine, before, int(row)) if after[row] else None,
                expected=as_printed(seen, float(expected[i]), float(engine.scale[row])),
                surprise=None if bound else float((engine.values[row] - mean[i]) / sd[i]),
                chance=float(chances[i]) if bound else None,
                impacts=tuple(map(float, impacts[row])),
            )
        )
    return tuple(found)


def foremost_figures(engine: Engine, release: int, rows: Index, moved: Array) -> tuple[int, ...]:
    """Position of the figure of a release that alone moves each goal most, the way the release did.

    Parameters
    ----------
    engine
        Answers for every coalition.
    release, rows
        Number of the release, and the rows that it brings.
    moved
        What the release changed in the probability of each goal when it came.
    """
    earlier = (1 << release) - 1
    before, after = engine.releases.counting([earlier, earlier | 1 << release])
    known = np.tile(before, (1 + len(rows), 1))
    for mask, row in zip(known[1:], rows, strict=True):
        mask[engine.releases.counterpart(int(row), before)] = False
        mask[row] = True
    state = engine.state(known)
    sure = state.knows_level & np.append(True, after[rows])  # a bound may replace the only level
    alone = np.zeros((len(known), len(moved)))
    alone[sure] = engine.chances(state.take(sure))
    alone = np.where(sure[1:, None], alone[1:] - alone[0], 0.0)
    return tuple(map(int, np.argmax(alone * np.sign(moved), axis=0)))


def _replaced(engine: Engine, before: Mask, row: int) -> str | None:
    earlier = engine.releases.counterpart(row, before)
    return None if earlier == row else engine.releases.rows[earlier].words


def _predict(engine: Engine, before: Mask, rows: Index) -> Prediction:
    n, requested = len(engine.values), engine.n_bounds + engine.basis.shape[2]
    sharp = rows[rows < n]
    state = engine.state(before[None], sharp)
    place = np.where(rows >= n, rows - n, 0)
    place[rows < n] = requested + np.arange(len(sharp))
    variance = np.diagonal(state.covariance[0], axis1=-2, axis2=-1)[:, place]
    # A bound's noise is in its variance already.
    noise = np.where(rows < n, engine.noise[rows], 0.0)
    return Prediction(state.weights[0], state.mean[0][:, place], np.sqrt(variance + noise**2))


def _chances(engine: Engine, prediction: Prediction, rows: Index) -> Array:
    """Probability that each bound held; nothing sensible for other rows."""
    ends = np.hstack([np.zeros((2, len(engine.values))), engine.limits])
    low, high = ends[:, rows]
    over = np.isfinite(low)
    below = prediction.below(np.where(over, low, high))
    chances: Array = np.where(over, 1.0 - below, below)
    return chances


def _impacts(engine: Engine, before: Mask, after: Mask) -> dict[int, Array]:
    """Impact of each row on the mean log of each total."""
    n = len(engine.values)
    impacts = {row: np.zeros(len(engine.targets.totals)) for row in range(len(before))}
    new = np.flatnonzero(after[:n] & ~before[:n])
    lost = np.flatnonzero(before[:n] & ~after[:n])
    both = np.unique(np.concatenate([new, lost]))
    state = engine.state((before & after)[None], both)
    for rows, sign in ((new, 1.0), (lost, -1.0)):
        for row, impact in zip(rows, sign * _weighed(engine, state, both, rows), strict=True):
            impacts[engine.releases.counterpart(int(row), after)] += impact
    known = after.copy()
    bounds = n + np.flatnonzero(after[n:] & ~before[n:])
    known[bounds] = False
    for row in bounds:
        less = known.copy()
        known[row] = True
        moved = engine.mean_logs(engine.state(np.stack([less, known])))
        impacts[int(row)] += moved[1] - moved[0]
    return impacts


def _weighed(engine: Engine, state: State, requested: Index, rows: Index) -> Array:
    """Weight times surprise of some of the requested rows, ``[row, total]``."""
    directions = engine.n_bounds + np.arange(engine.basis.shape[2])
    place = engine.n_bounds + len(directions) + np.searchsorted(requested, rows)
    mean, covariance = state.mean[0], state.covariance[0]
    noise = np.diag(engine.noise[rows] ** 2)
    gain = np.linalg.solve(
        covariance[:, place[:, None], place] + noise, covariance[:, place[:, None], directions]
    )
    gain = gain @ np.swapaxes(engine.basis, 1, 2)
    surprise = engine.values[rows] - mean[:, place]
    by_target = np.einsum("k,kit,ki->it", state.weights[0], gain, surprise)
    totals = range(len(engine.targets.totals))
    weighed: Array = by_target @ np.stack([engine.targets.by_target(i) for i in totals], axis=1)
    return weighed
