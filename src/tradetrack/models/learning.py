r"""Learn the prior weights of growth regimes from a panel of other series.

Regimes drawn from a broad design are weighted for what they are used for, the years that follow a
history, not for fitting histories, which are selected for having grown. Over windows ``i`` of
history ``y_i`` and future ``f_i`` (each series counts the same) the weights maximise

.. math:: \sum_i c_i \log \frac{\sum_\theta w_\theta \, p(y_i \mid \theta) \, p(f_i \mid y_i, \theta)}
                               {\sum_\theta w_\theta \, p(y_i \mid \theta)}
          \; - \; \lambda H(w), \qquad \sum_i c_i = 1,

a smooth function of the weights; ``H`` is their entropy, and the small penalty empties regimes that
hardly matter. The best are kept and weighted again without the penalty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from tradetrack.errors import InputError
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.kernels import Array
from tradetrack.models.regimes import Regimes

HISTORY_LENGTHS = (5, 6, 8, 12, 20)
KEPT = 40
"""Regimes that survive."""
MONTH_NOISE = 0.15
"""Standard deviation of the noise in the log of one month, where the caller gives none."""

_SCREENED_WINDOWS = 12_000
_ENTROPY_PENALTY = 0.002
_BATCH = 500


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Histories of one length and the years that followed them, in logs.

    Attributes
    ----------
    history, future
        Log totals, shapes (windows, n) and (windows, horizon).
    importance
        Weight ``c_i`` of each window in the objective, not normalised.
    """

    history: Array
    future: Array
    importance: Array

    def __len__(self) -> int:
        """Count the windows."""
        return len(self.history)

    def take(self, index: Array) -> "Windows":
        """Select windows."""
        return Windows(self.history[index], self.future[index], self.importance[index])


def candidate_regimes(count: int, rng: np.random.Generator) -> Regimes:
    """Draw regimes from a broad design, equally weighted.

    Examples
    --------
    >>> len(candidate_regimes(10, np.random.default_rng(1)))
    10
    """
    if count < 1:
        raise InputError(f"at least one candidate is needed, not {count}")
    sigma = np.exp(rng.uniform(np.log(0.02), np.log(1.2), count))
    shares = rng.dirichlet((0.4, 0.4, 0.4), count)
    growth_persistence = rng.uniform(0.1, 0.95, count)
    spell_persistence = rng.uniform(0.0, 0.95, count)
    drift = rng.uniform(-0.06, 0.14, count)
    spread = np.exp(rng.uniform(np.log(0.002), np.log(0.15), count))
    columns = (sigma, *shares.T, growth_persistence, spell_persistence, drift, spread)
    return Regimes.from_table(np.column_stack(columns), np.ones(count))


def cut_windows(
    panel: pd.DataFrame, horizon: int, *, until: int | None = None, min_level: float = 0.0
) -> tuple[Windows, ...]:
    """Cut every unbroken history, with the years that follow it, out of a panel.

    Parameters
    ----------
    panel
        Columns ``series``, ``year``, ``value``: positive annual totals, one row a series and year.
    horizon
        Years ahead.
    until
        Last year that may be used, history or future; all when None.
    min_level
        Least total in the last year of a history, in the panel's unit.

    Returns
    -------
    tuple of Windows
        One for each history length that occurs; a series weighs the same however long it is.
    """
    levels = _wide(panel, until)
    logs = np.log(levels)
    by_length = []
    for length in HISTORY_LENGTHS:
        span = length + horizon
        if logs.shape[1] < span:
            continue
        views = np.lib.stride_tricks.sliding_window_view(logs, span, axis=1)
        usable = np.isfinite(views).all(axis=2)
        usable &= views[:, :, length - 1] >= np.log(max(min_level, np.finfo(float).tiny))
        series, _ = np.nonzero(usable)
        chosen = views[usable]
        importance = 1.0 / np.bincount(series, minlength=len(logs))[series]
        if len(chosen):
            by_length.append(Windows(chosen[:, :length], chosen[:, length:], importance))
    if not by_length:
        shortest = min(HISTORY_LENGTHS) + horizon
        raise InputError(
            f"no series of the panel has {shortest} years in a row that pass the filters"
        )
    return tuple(by_length)


def _wide(panel: pd.DataFrame, until: int | None) -> Array:
    missing = {"series", "year", "value"} - set(panel.columns)
    if missing:
        raise InputError(f"the panel lacks the columns {sorted(missing)}")
    rows = panel if until is None else panel[panel["year"] <= until]
    if rows.empty:
        raise InputError("the panel has no row" + ("" if until is None else f" until {until}"))
    if not (np.isfinite(rows["value"]).all() and (rows["value"] > 0).all()):
        raise InputError("the values of the panel must be finite and above 0; drop the others")
    if rows.duplicated(["series", "year"]).any():
        raise InputError("the panel has two rows for one series and year")
    table = rows.pivot(index="series", columns="year", values="value")  # noqa: PD010 - unique
    years = range(int(table.columns.min()), int(table.columns.max()) + 1)
    return table.reindex(columns=years).to_numpy(dtype=float)


def log_densities(
    regimes: Regimes, windows: Windows, month_noise: float
) -> tuple[Array, Array]:
    """Log density of histories and of futures given them, each (windows, regimes)."""
    length, horizon = windows.history.shape[1], windows.future.shape[1]
    table, weights = regimes.table(), np.array(regimes.weights)
    past = np.empty((len(windows), len(regimes)), dtype=np.float32)
    ahead = np.empty_like(past)
    for start in range(0, len(regimes), _BATCH):
        part = slice(start, start + _BATCH)
        some = Regimes.from_table(table[part], np.ones_like(weights[part]))
        mixture = AnnualMixture.over(some, range(length), horizon, month_noise)
        past[:, part] = mixture.log_likelihood(windows.history)
        ahead[:, part] = mixture.log_predictive(windows.history, windows.future)
    return past, ahead


def _scaled(regimes: Regimes, windows: tuple[Windows, ...], month_noise: float) -> tuple[Array, Array]:
    past, ahead = (
        np.concatenate(parts)
        for parts in zip(*(log_densities(regimes, w, month_noise) for w in windows), strict=True)
    )
    both = past + ahead
    past -= past.max(axis=1, keepdims=True)
    both -= both.max(axis=1, keepdims=True)
    return np.exp(past, out=past), np.exp(both, out=both)


def maximise(past: Array, both: Array, importance: Array, penalty: float, start: Array) -> Array:
    share = (importance / importance.sum()).astype(past.dtype)

    def loss(logits: Array) -> tuple[float, Array]:
        weights = np.exp(logits - logits.max())
        weights /= weights.sum()
        w = weights.astype(past.dtype)
        top, bottom = both @ w + 1e-30, past @ w + 1e-30
        log_w = np.log(np.maximum(weights, 1e-300))
        entropy = -float(weights @ log_w)
        value = float(share @ (np.log(top) - np.log(bottom))) - penalty * entropy
        slope = both.T @ (share / top) - past.T @ (share / bottom) + penalty * (log_w + 1.0)
        gradient = weights * (slope - weights @ slope)
        return -value, -gradient.astype(float)

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400, "maxcor": 20})
    print(found.nit, found.fun, found.message)
    weights = np.exp(found.x - found.x.max())
    return weights / weights.sum()
