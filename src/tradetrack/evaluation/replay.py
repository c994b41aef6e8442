"""One question put again as of the past, with what was fitted and drawn for it kept."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import Goal
from tradetrack.domain.window import MONTHS
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.protocol import Fitted, LogPaths, Model
from tradetrack.projection import Totals
from tradetrack.simulation import Simulation, simulate
from tradetrack.tracking import attained


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What one model says of one goal.

    Attributes
    ----------
    goal
        The goal, its series filled in.
    attainment
        The answer of `track`, which is asked without the deadline.
    simulation
        What the answer was drawn from.
    """

    goal: Goal
    attainment: Attainment
    simulation: Simulation

    @property
    def last_observed(self) -> int:
        """Last month that a figure known covers."""
        return self.simulation.ledger.current.last_month

    @property
    def last_complete(self) -> int:
        """Last year of which every month was observed."""
        return (self.last_observed + 1) // MONTHS - 1

    def totals(self, years: range) -> Totals:
        """Calendar-year totals of the goal's series by its figures, ``[year, path]``."""
        first = self.simulation.years.start
        totals = self.simulation.totals(window="calendar_year")
        return totals[years.start - first : years.stop - first]


@dataclass(frozen=True, slots=True)
class Replayer:
    """Puts goals to one model one at a time, so that no answer depends on the goals beside it.

    Fits and draws are kept, so the second goal costs little. Every call is seeded alike, which
    makes a draw that was kept the same as a new one.
    """

    model: Model
    until: int
    n_paths: int
    seed: int
    _fits: dict[str, "_Kept"] = field(default_factory=dict)

    def replay(self, ledger: Ledger, goal: Goal, origin: dt.date | None = None) -> Replay:
        """Track a goal as of an origin, or with everything; raises what `track` raises."""
        simulation = simulate(
            ledger,
            goal.model_copy(update={"by": None}),
            as_of=origin,
            until=self.until,
            model=self,
            n_paths=self.n_paths,
            seed=self.seed,
        )
        (attainment,), _ = attained(simulation)
        named = attainment.goal.model_copy(update={"by": goal.by})
        return Replay(named, attainment, simulation)

    def fit(self, ledger: Ledger) -> "_Kept":
        """Fit the model unless it has been fitted to this ledger."""
        if ledger.digest not in self._fits:
            self._fits[ledger.digest] = _Kept(self.model.fit(ledger))
        return self._fits[ledger.digest]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A fitted model that keeps what it drew."""

    fitted: Fitted
    _drawn: dict[tuple[int, int, tuple[str, ...]], LogPaths] = field(default_factory=dict)

    def draw(
        self, until: int, n_paths: int, rng: np.random.Generator, reporters: tuple[str, ...] = ()
    ) -> LogPaths:
        key = (until, n_paths, reporters)
        if key not in self._drawn:
            paths = self.fitted.draw(until, n_paths, rng, reporters)
            if not np.isfinite(paths.log_paths).all():
                raise InputError("the model drew a path that is not finite", topic="forecast")
            self._drawn[key] = paths
        return self._drawn[key]
