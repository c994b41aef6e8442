r"""Weights of a pool of models, from their forecasts at past origins.

A pool's probabilities are the weighted means of its members', so its mean score over past
forecasts is a convex function of the weights (the Brier score is a quadratic form), and

.. math:: w^* = \arg\min_w \frac1n \sum_i S\Big(\sum_m w_m p_{mi}, q_i\Big), \qquad
          w_m \ge 0, \quad \sum_m w_m = 1,

is at least as good on them as the best member. With few origins it is mostly luck which corner it
is found in, so `pool_weights` moves it towards equal weights, by
:math:`\kappa / (\kappa + \text{origins})` of the way; on those forecasts the pool then scores at
most so much nearer to what equal weights do. `fit_ensemble` makes the forecasts with `backtest`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from tradetrack._checks import as_numbers, is_number, shown
from tradetrack._format import counted, decimals, table
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import Array
from tradetrack.domain.goal import Goal
from tradetrack.domain.value import (
    AtLeastOne,
    NonNegative,
    Probability,
    Value,
    require,
    sums_to_one,
)
from tradetrack.domain.window import last_complete_year
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.ensemble import Ensemble
from tradetrack.models.paths import Model, check_models
from tradetrack.scoring.backtest import backtest
from tradetrack.scoring.results import Backtest, GoalForecast
from tradetrack.scoring.scores import brier, log_score

if TYPE_CHECKING:
    import pandas as pd

PoolScore = Literal["brier", "log"]

KAPPA = 10.0  # origins at which the weights go half of the way to equal ones
SCORES: dict[str, Callable[[Array, Array], Array]] = {"brier": brier, "log": log_score}


@one_blas_thread
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
        Forecasts of each member, ``[model, forecast, step]``; see `tradetrack.scoring.scores`.
    met
        Outcomes, ``[forecast, step]``, NaN where it is not known.
    score, kappa
        As in `fit_ensemble`.
    groups
        Label of each forecast; one group counts as one origin. Each is its own by default.

    Returns
    -------
    Array
        One weight per member, at least 0; they sum to 1.

    Raises
    ------
    InputError
        If the shapes do not go together, a curve is not one, or a forecast has no known step.

    Examples
    --------
    >>> curves, met = [[[0.0]] * 4, [[1.0]] * 4], [[1.0], [0.0], [0.0], [0.0]]
    >>> pool_weights(curves, met, kappa=0.0).round(4)
    array([0.75, 0.25])
    """
    from scipy.optimize import Bounds, LinearConstraint, minimize  # loads slower than the library

    check_options(score, kappa)
    members, outcome = as_numbers("curves", curves), as_numbers("met", met)
    labels = np.arange(outcome.shape[0] if outcome.ndim else 0)
    if groups is not None:
        labels = np.asarray(groups)
    if members.ndim != 3 or members.shape[1:] != outcome.shape or labels.shape != outcome.shape[:1]:
        raise InputError(
            "give curves [model, forecast, step], met [forecast, step] and groups", topic="forecast"
        )
    if not (members.size and np.isfinite(outcome).any(axis=1).all()):
        raise InputError(
            "leave out forecasts of which no step is known; there must be others",
            topic="nothing-to-score",
        )
    SCORES[score](members, np.broadcast_to(outcome, members.shape))  # checks the curves

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
    """Refuse a score that is not known, and a kappa that is not a number of at least 0."""
    if not (isinstance(score, str) and score in SCORES):
        raise InputError(f"score is {shown(score)}; choose brier or log")
    if not (is_number(kappa) and kappa >= 0.0):
        raise InputError(f"kappa is {shown(kappa)}; give a number of at least 0")


class MemberScore(Value):
    """Weight and scores of a member.

    Attributes
    ----------
    model
        Its name.
    weight
        Its weight in the pool.
    score
        Its mean score over the forecasts that the weights were fitted on.
    later_score
        Its mean score over those after the first origin; None if there are none.
    """

    model: str
    weight: Probability
    score: NonNegative
    later_score: NonNegative | None


class EnsembleWeights(Value):
    """Weights of a pool, and what it scored; made by `fit_ensemble`.

    Attributes
    ----------
    score_name
        ``"brier"`` or ``"log"``; lower is better.
    origins, forecasts
        Numbers of origins and of forecasts that every member made and that are known.
    members
        Weight and scores of each.
    pool, equal
        Mean score of the pool over the forecasts that it was fitted on, and of equal weights.
    later_pool, later_equal
        Mean scores over the forecasts after the first origin, each with weights fitted on what was
        known at its origin of those before it: what to expect. None with one origin only.

    Examples
    --------
    >>> row = MemberScore(model="walk", weight=1.0, score=0.2, later_score=None)
    >>> print(EnsembleWeights(
    ...     score_name="brier", origins=1, forecasts=3, members=(row,), pool=0.2, equal=0.2,
    ...     later_pool=None, later_equal=None))
    Pool fitted on 3 forecasts at 1 origin
    model          weight  brier, fitted on  as of each origin
    walk             1.00             0.200                  -
    pool                              0.200                  -
    equal weights                     0.200                  -
    """

    schema_version: Literal["1"] = "1"
    score_name: PoolScore
    origins: AtLeastOne
    forecasts: AtLeastOne
    members: tuple[MemberScore, ...]
    pool: NonNegative
    equal: NonNegative
    later_pool: NonNegative | None
    later_equal: NonNegative | None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require(
            true=sums_to_one([row.weight for row in self.members]),
            otherwise="the weights do not sum to 1",
        )
        require(true=len(self.weights) == len(self.members), otherwise="a member is there twice")
        return self

    @property
    def weights(self) -> dict[str, float]:
        """Weight by name."""
        return {row.model: row.weight for row in self.members}

    def to_frame(self) -> "pd.DataFrame":
        """One row per member: ``model, weight, score, later_score``."""
        import pandas as pd

        return pd.DataFrame([row.model_dump() for row in self.members])

    def pooled(self, models: Mapping[str, Model]) -> Ensemble:
        """Make the pool of the models that the weights were fitted to."""
        return Ensemble(models, self.weights)

    def __str__(self) -> str:
        def cells(name: str, weight: str, score: float, later: float | None) -> list[str]:
            return [name, weight, decimals(score), decimals(later)]

        members = [cells(m.model, f"{m.weight:.2f}", m.score, m.later_score) for m in self.members]
        pools = [
            cells("pool", "", self.pool, self.later_pool),
            cells("equal weights", "", self.equal, self.later_equal),
        ]
        data = f"{counted(self.forecasts, 'forecast')} at {counted(self.origins, 'origin')}"
        heads = ("model", "weight", f"{self.score_name}, fitted on", "as of each origin")
        return f"Pool fitted on {data}\n{table([*members, *pools], heads)}"


@one_blas_thread
def fit_ensemble(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    origins: str | dt.date | Sequence[str | dt.date],
    models: Mapping[str, Model],
    *,
    score: PoolScore = "brier",
    kappa: float = KAPPA,
    n_paths: int = 2_000,
) -> EnsembleWeights:
    """Find the weights with which models would have forecast best at past origins.

    Parameters
    ----------
    ledger, goals, origins
        As in `backtest`.
    models
        The members by name.
    score
        What to minimise: ``"brier"`` or ``"log"``.
    kappa
        How much to move towards equal weights: half of the way with so many origins. With 0, not.
    n_paths
        Paths of each forecast.

    Raises
    ------
    InputError
        If fewer than one forecast is known that every model could make; names the failures.

    Examples
    --------
    >>> import tradetrack as tt
    >>> models = {"mixture": tt.GrowthMixture(), "walk": tt.models.RandomWalkModel()}
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> found = tt.scoring.fit_ensemble(ledger, tt.Goal(4), ["2018-12"], models, n_paths=200)
    >>> round(sum(found.weights.values()), 9)
    1.0
    >>> pool = found.pooled(models)
    """
    check_options(score, kappa)
    check_models(models)
    past = backtest(ledger, goals, origins, models=models, n_paths=n_paths)
    return _weigh(_Past.of(past, list(models)), list(models), score, kappa)


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    """Forecasts that every model made.

    Attributes
    ----------
    curves, met
        Forecasts ``[model, forecast, step]`` and outcomes ``[forecast, step]``, NaN if not known.
    years
        Year of each step, ``[forecast, step]``.
    origin, complete
        Of each forecast: the origin as a number, and the last year complete at it.
    """

    curves: Array
    met: Array
    years: Array
    origin: Array
    complete: Array

    @classmethod
    def of(cls, past: Backtest, models: list[str]) -> "_Past":
        made: dict[tuple[dt.date, Goal], dict[str, GoalForecast]] = {}
        for row in past.forecasts:
            made.setdefault((row.origin, row.goal), {})[row.model] = row
        rows = [by for by in made.values() if len(by) == len(models) and by[models[0]].scores]
        if not rows:
            why = "; ".join(f"{row.model}: {row.reason}" for row in past.failures[:3])
            raise InputError(
                "no forecast is known that every model made; choose earlier origins or leave out"
                f" the models that fail{f' ({why})' if why else ''}",
                topic="nothing-to-score",
            )
        first = [by[models[0]] for by in rows]
        width = max(len(row.years) for row in first)
        curves = [[_filled(by[name].curve, width) for by in rows] for name in models]
        return cls(
            curves=np.array(curves),
            met=np.array([_padded(row.met, width) for row in first]),
            years=np.array([_padded(row.years, width) for row in first]),
            origin=np.array([row.origin.toordinal() for row in first], dtype=float),
            complete=np.array([last_complete_year(row.last_observed) for row in first], float),
        )

    def known_at(self, i: int) -> "_Past | None":
        """Forecasts of earlier origins, with the outcomes that were known at that of the i-th."""
        earlier = self.origin < self.origin[i]
        seen = np.where(self.years[earlier] <= self.complete[i], self.met[earlier], np.nan)
        known = np.isfinite(seen).any(axis=1)
        if not known.any():
            return None
        kept = np.flatnonzero(earlier)[known]
        parts = self.years[kept], self.origin[kept], self.complete[kept]
        return _Past(self.curves[:, kept], seen[known], *parts)

    def scores(self, weights: Array, score: PoolScore) -> Array:
        """Score of each forecast by the pool."""
        return SCORES[score](pooled_curves(weights, self.curves), self.met)

    def best(self, score: PoolScore, kappa: float) -> Array:
        """Weights fitted on these forecasts."""
        return pool_weights(self.curves, self.met, score, groups=self.origin, kappa=kappa)


def _filled(curve: Sequence[float], width: int) -> list[float]:
    return [*curve, *[curve[-1]] * (width - len(curve))]


def _padded(values: Sequence[float | None], width: int) -> list[float]:
    known = [np.nan if value is None else float(value) for value in values]
    return known + [np.nan] * (width - len(known))


def _weigh(past: _Past, models: list[str], score: PoolScore, kappa: float) -> EnsembleWeights:
    corners = np.eye(len(models))
    weights, equal = past.best(score, kappa), np.full(len(models), 1.0 / len(models))
    later = np.flatnonzero(past.origin > past.origin.min())
    forward = {i: past.known_at(int(i)) for i in later}
    by_origin = {
        past.origin[i]: equal if known is None else known.best(score, kappa)
        for i, known in forward.items()
    }
    pooled = [past.scores(by_origin[past.origin[i]], score)[i] for i in later]

    def after(w: Array) -> float | None:
        return float(past.scores(w, score)[later].mean()) if later.size else None

    return EnsembleWeights(
        score_name=score,
        origins=len(np.unique(past.origin)),
        forecasts=len(past.origin),
        members=tuple(
            MemberScore(
                model=name,
                weight=float(weight),
                score=float(past.scores(corner, score).mean()),
                later_score=after(corner),
            )
            for name, weight, corner in zip(models, weights, corners, strict=True)
        ),
        pool=float(past.scores(weights, score).mean()),
        equal=float(past.scores(equal, score).mean()),
        later_pool=float(np.mean(pooled)) if pooled else None,
        later_equal=after(equal),
    )
