"""A weighted pool of models: each gives its share of the paths."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tradetrack._typing import Index
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import Fitted, LogPaths, Model
from tradetrack.models.sampling import systematic_counts


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """A linear pool: a path is one of the first model's with its weight's probability, and so on.

    Probabilities of the pool are the weighted means of the members'. Members have to draw the same
    flows over the same months; those that ship do.

    Attributes
    ----------
    models
        The members by name.
    weights
        A weight of at least 0 for each; they are scaled to sum to 1. Fit them on past origins with
        `fit_ensemble`.

    Examples
    --------
    >>> import tradetrack as tt
    >>> pool = tt.models.Ensemble(
    ...     {"mixture": tt.GrowthMixture(), "walk": tt.models.RandomWalkModel()},
    ...     {"mixture": 3, "walk": 1})
    >>> tracking = tt.track(
    ...     tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10), model=pool, n_paths=200)
    >>> tracking.n_paths
    200
    """

    models: Mapping[str, Model]
    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse weights that are none, or of other models."""
        if set(self.models) != set(self.weights):
            raise InputError(
                f"the models are {', '.join(self.models) or 'none'}, the weights are of"
                f" {', '.join(self.weights) or 'none'}; give each model a weight",
                topic="weights",
            )
        values = np.array(list(self.weights.values()), dtype=float)
        if not (np.isfinite(values).all() and (values >= 0.0).all() and values.sum() > 0.0):
            raise InputError(
                f"the weights are {', '.join(map(str, self.weights.values()))}; give numbers of at"
                " least 0, not all of them 0",
                topic="weights",
            )

    def fit(self, ledger: Ledger) -> "FittedEnsemble":
        """Fit every member that has some weight."""
        total = sum(self.weights.values())
        used = {name: weight / total for name, weight in self.weights.items() if weight > 0}
        return FittedEnsemble(
            {name: (w, self.models[name].fit(ledger)) for name, w in used.items()}
        )


@dataclass(frozen=True, slots=True, eq=False)
class FittedEnsemble:
    """The pool after its members have seen a ledger.

    Attributes
    ----------
    members
        Weight and fitted model by name; the weights sum to 1.
    """

    members: Mapping[str, tuple[float, Fitted]]

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        """Draw paths to December of the year ``last_year``; see `paths.Fitted.draw`.

        Raises
        ------
        InputError
            If the members do not draw the same flows over the same months.
        """
        weights = np.array([weight for weight, _ in self.members.values()])
        *streams, own = rng.spawn(len(weights) + 1)
        counts = systematic_counts(weights, n_paths, own)
        drawn = {
            name: fitted.draw(last_year, int(count), stream, reporters)
            for (name, (_, fitted)), count, stream in zip(
                self.members.items(), counts, streams, strict=True
            )
            if count
        }
        _refuse_different(drawn)
        return _joined(list(drawn.values()), reporters)


def _refuse_different(drawn: Mapping[str, LogPaths]) -> None:
    """Name a member that does not draw what the first one draws."""
    (name, first), *others = drawn.items()
    for other, paths in others:
        for what, one, two in (
            ("flows", first.flows, paths.flows),
            ("years", first.years, paths.years),
            ("last observed month", first.last_observed, paths.last_observed),
        ):
            if one != two:
                raise InputError(
                    f"cannot pool models that draw different {what}: {name!r} has {one}, {other!r}"
                    f" has {two}; leave one of them out, or let both draw the same",
                    topic="weights",
                )


def _joined(drawn: list[LogPaths], reporters: tuple[str, ...]) -> LogPaths:
    first = drawn[0]
    before = np.cumsum([0, *(paths.n_paths for paths in drawn)])
    starts = [_starts(paths) + n for paths, n in zip(drawn, before, strict=False)]
    return LogPaths(
        first_month=first.first_month,
        last_observed=first.last_observed,
        flows=first.flows,
        log_paths=np.concatenate([paths.log_paths for paths in drawn], axis=2),
        effects={
            name: np.concatenate([paths.effects[name] for paths in drawn], axis=2)
            for name in reporters
        },
        history_starts=np.concatenate(starts),
    )


def _starts(paths: LogPaths) -> Index:
    starts = paths.history_starts
    return np.arange(paths.n_paths, dtype=np.intp) if starts is None else starts
