r"""pool_weights(): the weights with which forecasters would have forecast best.

A pool's probabilities are the weighted means of its members', so its mean score over past
forecasts is a convex function of the weights (the Brier score is a quadratic form), and

.. math:: w^* = \arg\min_w \frac1n \sum_i S\Big(\sum_m w_m p_{mi}, q_i\Big), \qquad
          w_m \ge 0, \quad \sum_m w_m = 1,

is at least as good on them as the best member. With few origins it is mostly luck which corner it
is found in, so it is moved towards equal weights, by :math:`\kappa / (\kappa + \text{origins})` of
the way; on those forecasts the pool then scores at most so much nearer to what equal weights do.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tradetrack.errors import InputError
from tradetrack.evaluation.scores import Array, brier, log_score

PoolScore = Literal["brier", "log"]

KAPPA = 10.0  # origins at which the weights go half of the way to equal ones
SCORES: dict[str, Callable[[Array, Array], Array]] = {"brier": brier, "log": log_score}


def pool_weights(
    curves: ArrayLike,
    met: ArrayLike,
    score: PoolScore = "brier",
    *,
    groups: ArrayLike | None = None,
    kappa: float = KAPPA,
) -> Array:
    """Find the weights that minimise the mean score, and move them towards equal ones.

    Parameters
    ----------
    curves
        What each member forecast, ``[model, forecast, step]``; see `tradetrack.evaluation.scores`.
    met
        What happened, ``[forecast, step]``, NaN where it is not known.
    score, kappa
        As in `fit_ensemble`.
    groups
        Label of each forecast; one group counts as one origin. Each is its own by default.

    Returns
    -------
    Array
        One weight a member, at least 0; they sum to 1.

    Raises
    ------
    InputError
        If the shapes do not go together, a curve is none, or a forecast has no known step.

    Examples
    --------
    >>> curves, met = [[[0.0]] * 4, [[1.0]] * 4], [[1.0], [0.0], [0.0], [0.0]]
    >>> pool_weights(curves, met, kappa=0.0).round(4)
    array([0.75, 0.25])
    """
    from scipy.optimize import Bounds, LinearConstraint, minimize  # loads slower than the library

    check_options(score, kappa)
    members, outcome = np.asarray(curves, dtype=float), np.asarray(met, dtype=float)
    labels = np.arange(len(outcome)) if groups is None else np.asarray(groups)
    if members.ndim != 3 or members.shape[1:] != outcome.shape or len(labels) != len(outcome):
        raise InputError(
            "give curves [model, forecast, step], met [forecast, step] and groups", topic="forecast"
        )
    if not (members.size and np.isfinite(outcome).any(axis=1).all()):
        raise InputError(
            "leave out forecasts of which no step is known; there must be others",
            topic="nothing-to-score",
        )
    SCORES[score](members, np.broadcast_to(outcome, members.shape))  # refuses what is no curve

    def mean(weights: Array) -> float:
        pooled = pooled_curves(weights / weights.sum(), members)
        return float(SCORES[score](pooled, outcome).mean())

    m = len(members)
    equal = np.full(m, 1.0 / m)
    found = minimize(
        mean,
        equal,
        method="SLSQP",
        bounds=Bounds(np.zeros(m), np.ones(m)),
        constraints=LinearConstraint(np.ones((1, m)), 1.0, 1.0),
        tol=1e-12,
    )
    sharp = np.clip(found.x, 0.0, None)
    best = min([*np.eye(m), equal, sharp / sharp.sum()], key=mean)
    weights: Array = best + kappa / (kappa + len(np.unique(labels))) * (equal - best)
    return weights


def pooled_curves(weights: Array, curves: Array) -> Array:
    """Weighted mean of the members' curves ``[model, forecast, step]``."""
    pooled: Array = np.clip(np.tensordot(weights, curves, axes=1), 0.0, 1.0)
    return pooled


def check_options(score: str, kappa: float) -> None:
    """Refuse a score that is not known, and a kappa that is no number of at least 0."""
    if score not in SCORES:
        raise InputError(f"score is {score!r}; choose brier or log")
    if not (np.isfinite(kappa) and kappa >= 0.0):
        raise InputError(f"kappa is {kappa}; give a number of at least 0")
