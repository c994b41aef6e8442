r"""Proper scores of first-passage curves and of totals: pure arrays, lower is better.

A forecast of when a goal is met is a curve :math:`p_k = P(T \le k)`, which never falls with the
step :math:`k`. Its outcome is written in the same way: :math:`q_k` is 1 from the step on in which
the goal was met and 0 before, a probability in between where the statistics leave it open, and NaN
where it is not yet known. An unknown step is left out, never the goal. That is right as long as
what is known does not depend on the outcome: after the last step known of the others, mark a goal
that was met as unknown, too.

Where :math:`q` is a probability, each score is its expectation over :math:`T \sim q`.
"""

import numpy as np
from numpy.typing import ArrayLike

from tradetrack._checks import as_numbers, check_number
from tradetrack._typing import Array
from tradetrack.errors import InputError

LEAST = 1e-3
_SLACK = 1e-9  # a curve averaged over regimes may fall by a rounding error


def brier(curve: ArrayLike, met: ArrayLike) -> Array:
    r"""Mean Brier score over the steps known of each goal.

    .. math:: \frac1K \sum_k (p_k - q_k)^2 + q_k (1 - q_k)

    Parameters
    ----------
    curve, met
        Forecast and outcome, shapes (..., steps); see the module.

    Returns
    -------
    Array
        Shape (...); NaN for a goal of which no step is known.

    Notes
    -----
    Brier (1950), Verification of forecasts expressed in terms of probability.

    Examples
    --------
    >>> brier([[0.2, 0.5, 0.6]], [[0.0, 1.0, np.nan]])
    array([0.145])
    """
    forecast, outcome = _checked(curve, met)
    known = np.isfinite(outcome).sum(axis=-1)
    total = np.nansum(_yearly(forecast, outcome), axis=-1)
    mean: Array = np.where(known > 0, total, np.nan) / np.maximum(known, 1)
    return mean


def attainment_crps(curve: ArrayLike, met: ArrayLike) -> Array:
    r"""Continuous ranked probability score of the attainment time, in steps.

    .. math:: \int [P(T \le t) - 1(T_0 \le t)]^2 dt = \sum_k (p_k - q_k)^2 + q_k (1 - q_k)

    because both are step functions that change at whole steps; the sum is over the steps known, so
    it is the score of the time clipped at the last of them, and the sum of the yearly Brier scores.

    Parameters
    ----------
    curve, met
        Forecast and outcome, shapes (..., steps); see the module.

    Returns
    -------
    Array
        Shape (...); NaN for a goal of which no step is known.

    Notes
    -----
    Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation.

    Examples
    --------
    >>> attainment_crps([[0.2, 0.5, 0.6]], [[0.0, 1.0, np.nan]])
    array([0.29])
    """
    forecast, outcome = _checked(curve, met)
    total = np.nansum(_yearly(forecast, outcome), axis=-1)
    return np.where(np.isfinite(outcome).any(axis=-1), total, np.nan)


def log_score(curve: ArrayLike, met: ArrayLike, *, least: float = LEAST) -> Array:
    r"""Minus the log of the mass put where the attainment happened.

    .. math:: -\sum_j (q_j - q_{j-1}) \log(p_j - p_{j-1}) - (1 - q_J) \log(1 - p_J)

    over the steps known, :math:`p_0 = q_0 = 0`: the mass of each stretch between two of them, and
    of "after the last".

    Parameters
    ----------
    curve, met
        Forecast and outcome, shapes (..., steps); see the module.
    least
        A mass below this counts as this, because a forecast from a thousand paths cannot tell such
        probabilities apart. A forecast that is more certain gains nothing by it; 0 turns it off.

    Returns
    -------
    Array
        Shape (...), in nats; NaN for a goal of which no step is known.

    Examples
    --------
    >>> log_score([[0.2, 0.5, 0.6]], [[0.0, 1.0, np.nan]]).round(4)
    array([1.204])
    """
    forecast, outcome = _checked(curve, met)
    known = np.isfinite(outcome)
    masses, happened = (
        _masses(np.where(known, values, 0.0)) for values in (forecast, np.nan_to_num(outcome))
    )
    happened = np.where(happened > 0.0, happened, 0.0)
    with np.errstate(divide="ignore"):
        cost = -np.log(np.maximum(masses, least))
    total = np.multiply(happened, cost, out=np.zeros_like(cost), where=happened > 0.0).sum(axis=-1)
    return np.where(known.any(axis=-1), total, np.nan)


def crps_sample(samples: ArrayLike, observed: ArrayLike) -> Array:
    r"""Continuous ranked probability score of equally likely samples, in their unit.

    .. math:: \frac1n \sum_i |x_i - y| - \frac1{2 n^2} \sum_{i,j} |x_i - x_j|
              = \frac2{n^2} \sum_i (x_{(i)} - y) (n 1(y < x_{(i)}) - i + \tfrac12)

    Parameters
    ----------
    samples
        Shape (..., n).
    observed
        Shape (...); NaN gives NaN.

    Notes
    -----
    Laio and Tamea (2007), Verification tools for probabilistic forecasts of continuous
    hydrological variables, give the second form.

    Examples
    --------
    >>> float(crps_sample([1.0, 3.0], 2.0))
    0.5
    """
    ordered = np.sort(_samples(samples), axis=-1)
    y = as_numbers("observed", observed)[..., None]
    n = ordered.shape[-1]
    rank = n * (y < ordered) - np.arange(1, n + 1) + 0.5
    score: Array = np.asarray(2.0 / n**2 * ((ordered - y) * rank).sum(axis=-1))
    return score


def interval_score(low: ArrayLike, high: ArrayLike, observed: ArrayLike, level: float) -> Array:
    r"""Score of a central interval: its width, and what it misses by times 2 / alpha.

    .. math:: (u - l) + \tfrac2\alpha (l - y)^+ + \tfrac2\alpha (y - u)^+, \qquad
              \alpha = 1 - \text{level}

    Parameters
    ----------
    low, high, observed
        Ends and outcome, one shape; NaN gives NaN.
    level
        Probability that the interval is to have.

    Notes
    -----
    Gneiting and Raftery (2007), equation 43; Winkler (1972).

    Examples
    --------
    >>> float(interval_score(1.0, 3.0, 4.0, 0.8).round(6))
    12.0
    """
    check_number("the level", level, 0, 1)
    l, u, y = (as_numbers("bounds", values) for values in (low, high, observed))  # noqa: E741
    missed = np.maximum(l - y, 0.0) + np.maximum(y - u, 0.0)
    score: Array = np.asarray((u - l) + 2.0 / (1.0 - float(level)) * missed)
    return score


def probability_transform(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Share of the samples below the outcome, ties half; uniform if the forecasts are right.

    Parameters
    ----------
    samples
        Shape (..., n).
    observed
        Shape (...); NaN gives NaN.

    Notes
    -----
    Dawid (1984), Statistical theory: the prequential approach.

    Examples
    --------
    >>> float(probability_transform([1.0, 2.0, 3.0, 4.0], 2.0))
    0.375
    """
    x, y = _samples(samples), as_numbers("observed", observed)[..., None]
    below = (x < y).mean(axis=-1) + 0.5 * (x == y).mean(axis=-1)
    share: Array = np.where(np.isfinite(y[..., 0]), below, np.nan)
    return share


def _samples(samples: ArrayLike) -> Array:
    """Samples as an array whose last axis has at least one."""
    found = as_numbers("samples", samples)
    if not (found.ndim and found.shape[-1]):
        raise InputError("there are no samples; give at least one for each outcome")
    return found


def _yearly(forecast: Array, outcome: Array) -> Array:
    squared: Array = (forecast - outcome) ** 2 + outcome * (1.0 - outcome)
    return squared


def _masses(cumulative: Array) -> Array:
    """Mass of each step and of "after the last", shape (..., steps + 1)."""
    # Steps left out hold 0, which the running maximum of a curve that never falls passes over.
    running = np.maximum.accumulate(cumulative, axis=-1)
    first, last = np.zeros_like(running[..., :1]), np.ones_like(running[..., :1])
    masses: Array = np.diff(np.concatenate([first, running, last], axis=-1), axis=-1)
    return masses


def _checked(curve: ArrayLike, met: ArrayLike) -> tuple[Array, Array]:
    """Both as floats of one shape, refused unless they are what the module says."""
    forecast, outcome = as_numbers("curve", curve), as_numbers("met", met)
    if forecast.shape != outcome.shape or forecast.ndim == 0:
        raise InputError(
            f"curve has the shape {forecast.shape} and met {outcome.shape}; give both (..., steps)",
            topic="forecast",
        )
    if not np.isfinite(forecast).all():
        raise InputError(
            "the curve has a step that is not a number; forecast every step", topic="forecast"
        )
    seen = np.where(np.isfinite(outcome), outcome, -np.inf)
    known = np.maximum.accumulate(seen, axis=-1)
    for name, values, falls in (
        ("curve", forecast, np.diff(forecast, axis=-1) < -_SLACK),
        ("met", outcome, np.isfinite(outcome) & (outcome < known - _SLACK)),
    ):
        if np.any(values < -_SLACK) or np.any(values > 1.0 + _SLACK):
            raise InputError(
                f"{name} holds what is no probability; values lie between 0 and 1",
                topic="forecast",
            )
        if falls.any():
            raise InputError(
                f"{name} falls with time; give P(met by step k), not P(met in step k)",
                topic="forecast",
            )
    return forecast, outcome
