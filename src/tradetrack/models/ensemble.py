"""A weighted pool of models: each gives its share of the paths."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tradetrack._checks import as_numbers, check_kind, check_mapping
from tradetrack._format import shorten
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import FittedMixture, mixture_behind
from tradetrack.models.paths import Fitted, LogPaths, Model, check_model
from tradetrack.models.sampling import systematic_counts

_SHOWN = 5
_LONGEST = 100  # of the names in a message


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
        """Refuse what is no model, and weights that are none or of other models."""
        check_mapping("models", self.models, "pass models by name")
        check_mapping("weights", self.weights, "pass a weight for each model by its name")
        for name in (*self.models, *self.weights):
            check_kind("name of a model", name, str, "write a text")
        if set(self.models) != set(self.weights):
            raise InputError(
                f"the models are {_names(self.models)}, the weights are of"
                f" {_names(self.weights)}; give each model a weight",
                topic="weights",
            )
        for model in self.models.values():
            check_model(model)
        values = as_numbers("weights", list(self.weights.values()))
        if not (np.isfinite(values).all() and (values >= 0.0).all() and values.sum() > 0.0):
            raise InputError(
                f"the weights are {', '.join(map(str, self.weights.values()))}; give numbers of at"
                " least 0, not all of them 0",
                topic="weights",
            )

    def __repr__(self) -> str:
        return f"<Ensemble: {_weighted(self.weights)}>"

    def fit(self, ledger: Ledger) -> "FittedEnsemble":
        """Fit every member that has some weight."""
        total = sum(self.weights.values())
        used = {name: weight / total for name, weight in self.weights.items() if weight > 0}
        return FittedEnsemble(
            {name: (w, self.models[name].fit(ledger)) for name, w in used.items()}
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FittedEnsemble:
    """The pool after its members have seen a ledger.

    Attributes
    ----------
    members
        Weight and fitted model by name; the weights sum to 1.
    """

    members: Mapping[str, tuple[float, Fitted]]

    def __repr__(self) -> str:
        return f"<FittedEnsemble: {_weighted({n: w for n, (w, _) in self.members.items()})}>"

    @property
    def mixture(self) -> FittedMixture | None:
        """The growth mixture behind a member, if there is one."""
        behind = (mixture_behind(fitted) for _, fitted in self.members.values())
        return next((found for found in behind if found is not None), None)

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
        return LogPaths.concat(list(drawn.values()))


def _weighted(weights: Mapping[str, float]) -> str:
    total = sum(weights.values())
    named = [f"{name} {weight / total:.2f}" for name, weight in weights.items()]
    shown, others = named[:_SHOWN], len(named) - _SHOWN
    return ", ".join(shown) + (f" and {others} more" if others > 0 else "")


def _refuse_different(drawn: Mapping[str, LogPaths]) -> None:
    """Name a member that does not draw what the first one draws."""
    (name, first), *others = drawn.items()
    for other, paths in others:
        if difference := first.difference(paths):
            raise InputError(
                f"cannot pool {name!r} and {other!r}: their {difference}; leave one of them out, or"
                " let both draw the same",
                topic="weights",
            )


def _names(models: Iterable[str]) -> str:
    return shorten(", ".join(models), _LONGEST) or "none"
