"""The rows of a backtest: what was said, what became of it, and what that scores."""

import datetime as dt

from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Series
from tradetrack.domain.value import Value
from tradetrack.domain.window import Month


class GoalScores(Value):
    """Scores of one curve over the years known; lower is better.

    Attributes
    ----------
    brier
        Mean over the years.
    log
        In nats.
    crps
        Of the year of attainment, in years: the yearly Brier scores summed.
    """

    brier: float
    log: float
    crps: float


class GoalForecast(Value):
    """What one model said of one goal at one origin, and what became of it.

    Attributes
    ----------
    model, origin, goal
        Who, as of when, about what; the goal's series filled in.
    last_observed
        Last month that a figure known at the origin covers.
    years, curve
        The years after the last complete one, and the probability that the goal is met by each.
    met
        The outcome: probability that the goal was met by each year, given every figure of the
        ledger, which is 0 or 1 unless the statistics leave it open; None if not yet known.
    scores
        Over the years known; None if there is none.
    """

    model: str
    origin: dt.date
    goal: Goal
    last_observed: Month
    years: tuple[int, ...]
    curve: tuple[float, ...]
    met: tuple[float | None, ...]
    scores: GoalScores | None


class TotalScores(Value):
    """Scores of one forecast total; CRPS and interval scores in the series' unit.

    Attributes
    ----------
    crps, interval_80, interval_95
        The continuous ranked probability score, and the scores of the two central intervals.
    covered_80, covered_95
        Whether the intervals hold the outcome.
    pit
        Share of the forecast that lies below the outcome.
    """

    crps: float
    interval_80: float
    interval_95: float
    covered_80: bool
    covered_95: bool
    pit: float


class TotalForecast(Value):
    """What one model said of one calendar year's total at one origin, and what became of it.

    Attributes
    ----------
    model, origin, series, figures, year
        Who, as of when, about what, by whose count.
    median, range_80, range_95
        The forecast, in the series' unit.
    observed
        Median of the total given every figure of the ledger; None if the year is not complete.
    scores
        None if the year is not complete.
    """

    model: str
    origin: dt.date
    series: Series
    figures: str
    year: int
    median: float
    range_80: tuple[float, float]
    range_95: tuple[float, float]
    observed: float | None
    scores: TotalScores | None


class NoForecast(Value):
    """A forecast that could not be made, and why."""

    model: str
    origin: dt.date
    goal: Goal
    reason: str
