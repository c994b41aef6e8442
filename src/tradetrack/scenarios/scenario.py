"""Scenario: a model under assumptions about the months ahead."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Annotated, get_args

import numpy as np
from pydantic import Field

from tradetrack._checks import as_list, shown
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import FittedMixture, GrowthMixture, mixture_behind
from tradetrack.models.paths import Fitted, LogPaths, Model, check_model
from tradetrack.scenarios.given import GivenTotal
from tradetrack.scenarios.growth import GrowthPath, Pace, Shock
from tradetrack.simulation import Simulation

AnyAssumption = GivenTotal | GrowthPath | Pace | Shock
Assumption = Annotated[AnyAssumption, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A model under assumptions: itself a model, so everything that takes one takes it.

    Assumptions hold one after the other: each is about the paths that the ones before it left. A
    shock after a growth path hits the path; a growth path after a shock starts from the slump.

    Attributes
    ----------
    assumptions
        Of `GrowthPath`, `Pace`, `Shock` and `GivenTotal`, one or several; none changes nothing.
    model
        What the paths are without them; the growth mixture by default.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> slump = tt.scenarios.Scenario([tt.scenarios.Shock(2027, -0.2, recovers=0.5)])
    >>> as_it_is, after = (
    ...     tt.track(ledger, goal, model=model, n_paths=200).attainments[0].deadline_probability
    ...     for model in (tt.GrowthMixture(), slump))
    >>> after < as_it_is
    True
    """

    assumptions: AnyAssumption | Sequence[AnyAssumption]
    model: Model = field(default_factory=GrowthMixture)

    def __post_init__(self) -> None:
        every = _every(self.assumptions)
        for one in every:
            if not isinstance(one, AnyAssumption):
                raise InputError(
                    f"{shown(one)} is not an assumption; pass GrowthPath, Pace, Shock or"
                    " GivenTotal",
                    topic="assumption",
                )
        check_model(self.model)
        object.__setattr__(self, "assumptions", every)

    def fit(self, ledger: Ledger) -> "FittedScenario":
        """Fit the model to what was printed; see `models.protocol.Model.fit`."""
        return FittedScenario(_every(self.assumptions), self.model.fit(ledger))

    def __str__(self) -> str:
        return "; ".join(map(str, _every(self.assumptions))) or "no assumption"


@dataclass(frozen=True, slots=True)
class FittedScenario:
    """A fitted model under assumptions; see `Scenario`."""

    assumptions: tuple[AnyAssumption, ...]
    fitted: Fitted

    @property
    def mixture(self) -> FittedMixture | None:
        """The growth mixture behind the model, if there is one."""
        return mixture_behind(self.fitted)

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        """Draw paths and impose the assumptions in order; see `models.paths.Fitted.draw`.

        Raises
        ------
        InputError
            If an assumption is about observed months, a year beyond ``last_year``, an unknown flow,
            or a total that hardly any path is near; the message names the assumption.
        """
        drawn = self.fitted.draw(last_year, n_paths, rng, reporters)
        return _imposed(self.assumptions, drawn, rng)


def suppose(drawn: Simulation, assumptions: AnyAssumption | Sequence[AnyAssumption]) -> Simulation:
    """Return a simulation under assumptions: the paths that ``Scenario(assumptions)`` draws.

    Parameters
    ----------
    drawn
        The simulation without them; it stays as it is.
    assumptions
        As of `Scenario`.

    Raises
    ------
    InputError
        As `FittedScenario.draw` does.

    Examples
    --------
    >>> import tradetrack as tt
    >>> drawn = tt.simulate(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10), n_paths=100)
    >>> suppose(drawn, tt.scenarios.Shock(2027, -0.2)).paths.assumptions
    ('turnover shifts by -20 % in 2027',)
    """
    every, rng = _every(Scenario(assumptions).assumptions), deepcopy(drawn.rng)
    fitted = FittedScenario(every, drawn.fitted)
    return replace(drawn, paths=_imposed(every, drawn.paths, rng), rng=rng, fitted=fitted)


def _imposed(
    assumptions: Sequence[AnyAssumption], drawn: LogPaths, rng: np.random.Generator
) -> LogPaths:
    imposed = reduce(lambda paths, one: one.impose(paths, rng), assumptions, drawn)
    return replace(imposed, assumptions=(*drawn.assumptions, *map(str, assumptions)))


def _every(assumptions: AnyAssumption | Sequence[AnyAssumption]) -> tuple[AnyAssumption, ...]:
    return tuple(as_list(assumptions, *get_args(AnyAssumption)))
