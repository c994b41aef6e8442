"""track(): from a ledger and its goals to when they are met."""

import datetime as dt
from collections.abc import Sequence

from tradetrack._version import __version__
from tradetrack.attainment.attainment import (
    REACH_LEVELS,
    Attainment,
    YearProbability,
    YearReach,
    YearTotal,
)
from tradetrack.attainment.official import official_statuses
from tradetrack.attainment.passage import monte_carlo_errors, passed, running_maximum
from tradetrack.domain.goal import Goal, GoalWindow
from tradetrack.domain.observation import Series
from tradetrack.domain.window import MONTHS
from tradetrack.ledger.audit import audit
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.protocol import LogPaths, Model
from tradetrack.projection import Projection, Totals, quantiles, yearly
from tradetrack.question import series_of
from tradetrack.results import SeriesTotals, Tracking, YearQuantiles
from tradetrack.simulation import Simulation, simulate

QUANTILE_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
RECENT_YEARS = 5


def track(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    until: int | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> Tracking:
    """Say whether and when goals are met.

    Parameters
    ----------
    ledger
        What was printed. All goals must be about one pair.
    goals
        One goal or several.
    as_of
        Use only what had been published by then; everything by default.
    until
        Last year to simulate; 20 years after the last figure by default, and at least to the last
        deadline.
    model
        How figures become paths; the growth mixture by default.
    n_paths
        Number of paths.
    seed
        Seed of the draws: same inputs and seed, same result.

    Raises
    ------
    GoalError
        If a goal names a series or reporter that the ledger does not have, or the horizon ends
        before the last figure.
    ImpossibleFigureError
        If a one-sided figure contradicts the others so much that no path honours it.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> 0 < tracking.attainments[0].deadline_probability < 1
    True
    """
    return summed_up(
        simulate(ledger, goals, as_of=as_of, until=until, model=model, n_paths=n_paths, seed=seed)
    )


def summed_up(simulation: Simulation) -> Tracking:
    """Make the typed answer of a simulation."""
    known, paths = simulation.ledger, simulation.paths
    attainments, totals = attained(simulation)
    return Tracking(
        version=__version__,
        as_of=simulation.as_of,
        last_observed=paths.last_observed,
        seed=simulation.seed,
        n_paths=paths.n_paths,
        ledger_digest=known.digest,
        attainments=attainments,
        series_totals=totals,
        findings=audit(known),
        assumptions=paths.assumptions,
    )


def attained(simulation: Simulation) -> tuple[tuple[Attainment, ...], tuple[SeriesTotals, ...]]:
    """When each goal is met, and the totals; those of a series are computed once."""
    paths, goals = simulation.paths, simulation.goals
    projection = Projection(paths)
    attainments: dict[Goal, Attainment] = {}
    summaries = []
    for series, figures in dict.fromkeys((series_of(goal), goal.figures) for goal in goals):
        windows: tuple[GoalWindow, ...] = ("calendar_year", "rolling_year")
        medians: list[float] = []
        monthly = projection.monthly(series.flow, figures)
        for window in windows:
            totals = yearly(monthly, window)
            summary = _summary(totals, paths.years, (series, figures, window))
            summaries.append(summary)
            if window == "calendar_year":
                medians = [row.quantiles[QUANTILE_LEVELS.index(0.5)] for row in summary.years]
            highest = running_maximum(totals)
            for goal in goals:
                if (goal.series, goal.figures, goal.window) == (series, figures, window):
                    attainments[goal] = _attainment(goal, paths, highest, medians)
    return tuple(attainments[goal] for goal in goals), tuple(summaries)


def _summary(totals: Totals, years: range, what: tuple[Series, str, GoalWindow]) -> SeriesTotals:
    series, figures, window = what
    rows = quantiles(totals, QUANTILE_LEVELS)
    return SeriesTotals(
        series=series,
        figures=figures,
        window=window,
        levels=QUANTILE_LEVELS,
        years=tuple(
            YearQuantiles(year=year, quantiles=tuple(map(float, row)))
            for year, row in zip(years, rows, strict=True)
        ),
    )


def _attainment(
    goal: Goal, paths: LogPaths, highest: Totals, medians: Sequence[float]
) -> Attainment:
    """Everything that is kept of one goal."""
    years = paths.years
    met = passed(highest, goal.amount)
    errors = monte_carlo_errors(met, paths.history_starts)
    last_complete = (paths.last_observed + 1) // MONTHS - 1
    complete = dict(zip(range(years.start, last_complete + 1), medians, strict=False))
    first_reach = paths.last_observed // MONTHS - years.start
    reach = quantiles(highest[first_reach:], REACH_LEVELS)

    def total(year: int) -> YearTotal | None:
        return YearTotal(year=year, total=medians[year - years.start]) if year in years else None

    return Attainment(
        goal=goal,
        curve=tuple(
            YearProbability(year=year, probability=float(p), error=float(e))
            for year, p, e in zip(years, met.mean(axis=1), errors, strict=True)
        ),
        latest=total(last_complete),
        earlier=total(max(last_complete - RECENT_YEARS, years.start))
        if last_complete > years.start
        else None,
        reach=tuple(
            YearReach(year=year, amounts=tuple(map(float, amounts)))
            for year, amounts in zip(years[first_reach:], reach, strict=True)
        ),
        n_paths=paths.n_paths,
        statuses=official_statuses(complete, goal.amount, goal.by),
    )
