"""backtest(): forecasts as of past dates, from what had been published by then, and scores."""

import datetime as dt
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tradetrack._checks import as_list, check_whole
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array
from tradetrack._version import __version__
from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.amount import AverageGrowth
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import last_day
from tradetrack.domain.window import FIRST_YEAR, LAST_YEAR, last_complete_year
from tradetrack.errors import InputError, TradetrackError
from tradetrack.ledger.ledger import Ledger, check_ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.paths import Fitted, LogPaths, Model, Totals, check_model, check_models
from tradetrack.scoring.results import (
    Backtest,
    ForecastFailure,
    GoalForecast,
    GoalScores,
    TotalForecast,
    TotalScores,
    model_scores,
)
from tradetrack.scoring.scores import (
    crps_sample,
    interval_score,
    probability_transform,
)
from tradetrack.simulation import Simulation, listed, simulate_to
from tradetrack.tracking import attainments

_LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
_FAILURES = (TradetrackError, ValueError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A model that keeps its fits, by ledger."""

    model: Model
    _fits: dict[str, "_KeptDraws"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_model(self.model)

    def fit(self, ledger: Ledger) -> "_KeptDraws":
        if ledger.digest not in self._fits:
            self._fits[ledger.digest] = _KeptDraws(self.model.fit(ledger))
        return self._fits[ledger.digest]


@dataclass(frozen=True, slots=True)
class _KeptDraws:
    """A fitted model that keeps its draws, by what was requested and the state of the generator.

    A draw that was kept is what a new one would be, and leaves the generator in the same state.
    """

    fitted: Fitted
    _drawn: dict[tuple[object, ...], tuple[LogPaths, Any]] = field(default_factory=dict)

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        key = last_year, n_paths, reporters, pickle.dumps(rng.bit_generator.state)
        if key not in self._drawn:
            paths = self.fitted.draw(last_year, n_paths, rng, reporters)
            self._drawn[key] = paths, rng.bit_generator.state
        paths, rng.bit_generator.state = self._drawn[key]
        return paths


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """The forecast of one goal by one model.

    Attributes
    ----------
    goal
        The goal, its series filled in.
    attainment
        The answer of `track` to the goal without its deadline.
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
        return last_complete_year(self.last_observed)

    def totals(self, years: range) -> Totals:
        """Calendar-year totals of the goal's series by its reporter, ``[year, path]``."""
        first = self.simulation.years.start
        totals = self.simulation.totals(window="calendar_year")
        return totals[years.start - first : years.stop - first]


def _undated(goal: Goal) -> Goal:
    """Leave the deadline out, unless the amount depends on it."""
    dated = isinstance(goal.amount, AverageGrowth)
    return goal if dated else goal.model_copy(update={"by": None})


class Replayer:
    """Puts goals to one model one at a time, so that no answer depends on the goals beside it.

    Fits and draws are kept, so the second goal costs little.
    """

    def __init__(self, model: Model, last_year: int, n_paths: int, seed: int) -> None:
        self._model = _Kept(model)
        self._last_year, self._n_paths, self._seed = last_year, n_paths, seed

    def of(self, model: Model) -> "Replayer":
        """Return one with the same settings for another model."""
        return Replayer(model, self._last_year, self._n_paths, self._seed)

    def replay(self, ledger: Ledger, goal: Goal, origin: dt.date | None = None) -> Replay:
        """Track a goal as of an origin, or with every figure; raises what `track` raises."""
        simulation = simulate_to(
            self._last_year,
            ledger,
            _undated(goal),
            as_of=origin,
            model=self._model,
            n_paths=self._n_paths,
            seed=self._seed,
        )
        (attainment,) = attainments(simulation)
        named = attainment.goal.model_copy(update={"by": goal.by})
        return Replay(named, attainment, simulation)


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    """What became of a goal: the answer of the whole ledger.

    Attributes
    ----------
    replay
        That answer.
    last_year
        Last year to forecast.
    """

    replay: Replay
    last_year: int

    @property
    def goal(self) -> Goal:
        return self.replay.goal

    def met(self, years: range) -> Array:
        """Probability that the goal was met by each year; NaN where not yet known."""
        attainment, complete = self.replay.attainment, self.replay.last_complete
        met = [attainment.probability_by(year) if year <= complete else np.nan for year in years]
        return np.array(met, dtype=float)

    def totals(self, years: range) -> Array:
        """Median total of each year; NaN where not yet known."""
        complete = np.array(years) <= self.replay.last_complete
        medians: Array = np.median(self.replay.totals(years), axis=1)
        return np.where(complete, medians, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class _Forecast:
    """What one model forecast of one goal at one origin, beside the outcome."""

    model: str
    origin: dt.date
    replay: Replay
    outcome: _Outcome

    @property
    def of_totals(self) -> tuple[object, ...]:
        """Which totals were forecast: goals of one series share them."""
        goal = self.outcome.goal
        return self.model, self.origin, goal.series, goal.reporter

    @property
    def years(self) -> range:
        return range(self.replay.last_complete + 1, self.outcome.last_year + 1)

    def check(self) -> None:
        """Refuse what leaves nothing to score, or years without a path."""
        years, drawn = self.years, self.replay.simulation.years
        if not years:
            raise InputError(
                f"nothing to score: {years.stop - 1} is the last year to forecast, and"
                f" {years.start - 1} was complete at the origin",
                topic="nothing-to-score",
            )
        if years.start < drawn.start or years.stop > drawn.stop:
            raise InputError(
                f"the model drew {drawn.start} to {drawn.stop - 1}, and the years to forecast are"
                f" {years.start} to {years.stop - 1}",
                topic="forecast",
            )

    def goal_forecast(self) -> GoalForecast:
        curve = tuple(self.replay.attainment.probability_by(year) for year in self.years)
        outcomes = map(float, self.outcome.met(self.years))
        met = tuple(q if np.isfinite(q) else None for q in outcomes)
        return GoalForecast(
            model=self.model,
            origin=self.origin,
            goal=self.outcome.goal,
            last_observed=self.replay.last_observed,
            years=tuple(self.years),
            curve=curve,
            met=met,
            scores=GoalScores.of(curve, met),
        )

    def total_forecasts(self) -> tuple[TotalForecast, ...]:
        samples = self.replay.totals(self.years).astype(float)
        observed = self.outcome.totals(self.years)
        return tuple(map(self._total, self.years, samples, map(float, observed)))

    def _total(self, year: int, samples: Array, observed: float) -> TotalForecast:
        goal = self.outcome.goal
        assert goal.series is not None, "filled in by track"
        lowest, low, median, high, highest = map(float, np.quantile(samples, _LEVELS))
        known = bool(np.isfinite(observed))
        return TotalForecast(
            model=self.model,
            origin=self.origin,
            series=goal.series,
            reporter=goal.reporter,
            year=year,
            median=median,
            range_80=(low, high),
            range_95=(lowest, highest),
            observed=observed if known else None,
            scores=TotalScores(
                crps=float(crps_sample(samples, observed)),
                interval_80=float(interval_score(low, high, observed, 0.8)),
                interval_95=float(interval_score(lowest, highest, observed, 0.95)),
                covered_80=low <= observed <= high,
                covered_95=lowest <= observed <= highest,
                pit=float(probability_transform(samples, observed)),
            )
            if known
            else None,
        )


def _forecasts(
    ledger: Ledger,
    outcomes: Sequence[_Outcome],
    days: Sequence[dt.date],
    models: Mapping[str, Model],
    whole: Replayer,
) -> Iterator[_Forecast | ForecastFailure]:
    """Make every forecast; the draws of a model are let go before the next one draws."""
    for day in days:
        for name, model in models.items():
            replayer = whole.of(model)
            for outcome in outcomes:
                try:
                    replay = replayer.replay(ledger, outcome.goal, day)
                    forecast = _Forecast(name, day, replay, outcome)
                    forecast.check()
                except _FAILURES as error:
                    reason = _reason(error)
                    yield ForecastFailure(model=name, origin=day, goal=outcome.goal, reason=reason)
                else:
                    yield forecast


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, TradetrackError) else f"{type(error).__name__}: {error}"


@one_blas_thread
def backtest(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    origins: str | dt.date | Sequence[str | dt.date],
    *,
    models: Mapping[str, Model] | None = None,
    last_year: int | None = None,
    n_paths: int = 2_000,
    seed: int = 0,
) -> Backtest:
    """Forecast as of past dates with each model, and score the forecasts by what followed.

    Every forecast is ``track(ledger, goal, as_of=origin, model=model)``: only what had been
    published by the origin counts, first releases of figures that were revised since included. It
    is scored over the years after the last one that was complete at the origin.

    The outcome comes from the whole ledger: the growth mixture, given every figure, says with what
    probability the goal was met by each complete year. That is 0 or 1 unless the statistics leave
    it open. Later years are not yet known: those of a forecast that are known are scored.

    Parameters
    ----------
    ledger
        Every figure, with the day on which it was published.
    goals
        One goal or several; deadlines play no part.
    origins
        Dates to go back to, as `Ledger.as_of` takes them.
    models
        Models by name; the growth mixture with the shipped prior by default.
    last_year
        Last year to forecast; the last complete year by default.
    n_paths, seed
        As in `track`, for every forecast and for the outcome.

    Returns
    -------
    Backtest
        A forecast that cannot be made (nothing had been published, a reporter without figures at
        the time, a model that fails) is a row of `failures` with its reason.

    Raises
    ------
    GoalError, InputError
        If not even the whole ledger can answer a goal, or an argument cannot be right.

    Notes
    -----
    The prior that ships has seen other pairs' years up to 2020, so at an earlier origin it knows
    how growth elsewhere came out. ``Regimes.known_by(year)`` is a prior of the time.

    Where the figures leave an outcome open, every model is scored by its expectation under the
    growth mixture given all of them; totals, by the mixture's median. A goal that was met before
    the origin costs nobody anything: leave it out, or the means look better than they are.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> past = tt.backtest(ledger, tt.Goal(4), ["1990-01", "2019-12"], n_paths=100)
    >>> [row.years for row in past.forecasts]
    [(2019, 2020, 2021, 2022, 2023, 2024)]
    >>> past.failures[0].reason[:44]
    'nothing had been published by 1990-01-31; th'
    """
    check_ledger(ledger)
    requested = list(dict.fromkeys(listed(goals)))
    days = _days(origins)
    named = {"growth mixture": GrowthMixture()} if models is None else models
    check_models(named)
    if not (requested and days and named):
        raise InputError("nothing to forecast; give at least one goal, one origin and one model")
    if last_year is not None:
        check_whole("last_year", last_year, FIRST_YEAR, LAST_YEAR)
    farthest = max(ledger.last_month // MONTHS, last_year or 0)
    whole = Replayer(GrowthMixture(), farthest, n_paths, seed)
    answers = [whole.replay(ledger, goal) for goal in requested]
    ends = [answer.last_complete if last_year is None else last_year for answer in answers]
    outcomes = list(map(_Outcome, answers, ends))
    forecasts: list[GoalForecast] = []
    failures: list[ForecastFailure] = []
    totals: dict[tuple[object, ...], tuple[TotalForecast, ...]] = {}
    for forecast in _forecasts(ledger, outcomes, days, named, whole):
        if isinstance(forecast, ForecastFailure):
            failures.append(forecast)
            continue
        forecasts.append(forecast.goal_forecast())
        if forecast.of_totals not in totals:
            totals[forecast.of_totals] = forecast.total_forecasts()
    sums = [row for rows in totals.values() for row in rows]
    return Backtest(
        version=__version__,
        ledger_digest=ledger.digest,
        seed=seed,
        n_paths=n_paths,
        scores=tuple(model_scores(name, forecasts, sums) for name in named),
        forecasts=tuple(forecasts),
        totals=tuple(sums),
        failures=tuple(failures),
    )


def _days(origins: str | dt.date | Sequence[str | dt.date]) -> list[dt.date]:
    return sorted({last_day(origin) for origin in as_list(origins)})
