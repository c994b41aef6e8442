"""One question put again as of the past: `track`, with what it fitted and drew kept."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import Goal
from tradetrack.domain.window import MONTHS
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.protocol import Fitted, LogPaths, Model
from tradetrack.projection import Projection, Totals
from tradetrack.tracking import track


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What one model says of one goal.

    Attributes
    ----------
    goal
        The goal, its series filled in.
    attainment
        The answer of `track`, which is asked without the deadline.
    last_observed
        Last month that a figure known covers.
    paths
        The paths behind the answer.
    """

    goal: Goal
    attainment: Attainment
    last_observed: int
    paths: LogPaths

    @property
    def last_complete(self) -> int:
        """Last year of which every month was observed."""
        return (self.last_observed + 1) // MONTHS - 1

    def totals(self, years: range) -> Totals:
        """Calendar-year totals of the goal's series by its figures, ``[year, path]``."""
        series = self.attainment.goal.series
        assert series is not None, "filled in by track"
        projection = Projection(self.paths)
        totals = projection.totals(series.flow, "calendar_year", self.goal.figures)
        first = projection.years.start
        return totals[years.start - first : years.stop - first]


@dataclass(slots=True)
class Replayer:
    """Puts goals to one model one at a time, so that no answer depends on the goals beside it.

    Fits and draws are kept, so the second goal costs little. `track` seeds every call alike, which
    makes a draw that was kept the same as a new one.
    """

    model: Model
    until: int
    n_paths: int
    seed: int
    _fits: dict[str, "_Kept"] = field(default_factory=dict)
    _used: "_Kept | None" = None

    def replay(self, ledger: Ledger, goal: Goal, origin: dt.date | None = None) -> Replay:
        """Track a goal as of an origin, or with everything; raises what `track` raises."""
        tracking = track(
            ledger,
            goal.model_copy(update={"by": None}),
            as_of=origin,
            until=self.until,
            model=self,
            n_paths=self.n_paths,
            seed=self.seed,
        )
        assert self._used is not None, "track fits and draws"
        (attainment,) = tracking.attainments
        named = attainment.goal.model_copy(update={"by": goal.by})
        return Replay(named, attainment, self._used.last_observed, self._used.latest)

    def fit(self, ledger: Ledger) -> "_Kept":
        """Fit the model unless it has been fitted to this ledger."""
        if ledger.digest not in self._fits:
            kept = _Kept(self.model.fit(ledger), ledger.current.last_month)
            self._fits[ledger.digest] = kept
        self._used = self._fits[ledger.digest]
        return self._used


@dataclass(slots=True)
class _Kept:
    """A fitted model that keeps what it drew."""

    fitted: Fitted
    last_observed: int
    _drawn: dict[tuple[int, int, tuple[str, ...]], LogPaths] = field(default_factory=dict)
    _latest: LogPaths | None = None

    @property
    def latest(self) -> LogPaths:
        assert self._latest is not None, "track draws"
        return self._latest

    def draw(
        self, until: int, n_paths: int, rng: np.random.Generator, reporters: tuple[str, ...] = ()
    ) -> LogPaths:
        key = (until, n_paths, reporters)
        if key not in self._drawn:
            paths = self.fitted.draw(until, n_paths, rng, reporters)
            if not np.isfinite(paths.log_paths).all():
                raise InputError("the model drew a path that is not finite", topic="forecast")
            self._drawn[key] = paths
        self._latest = self._drawn[key]
        return self._latest
