"""track(): from a ledger and its goals to when they are met."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

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
from tradetrack.domain.goal import CONSENSUS, Goal, GoalWindow
from tradetrack.domain.observation import TURNOVER, Series, last_day
from tradetrack.domain.window import MONTHS, format_month
from tradetrack.errors import GoalError, InputError
from tradetrack.ledger.audit import audit
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.protocol import LogPaths, Model
from tradetrack.projection import Projection, Totals, quantiles, yearly
from tradetrack.results import SeriesTotals, Tracking, YearQuantiles

QUANTILE_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
HORIZON_YEARS = 20
RECENT_YEARS = 5
_MOST_YEARS = 100


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
    _check_numbers(until, n_paths, seed)
    known = ledger if as_of is None else ledger.as_of(as_of)
    if not len(known.current):
        raise InputError(_nothing_known(ledger, as_of))
    wanted = _resolve([goals] if isinstance(goals, Goal) else list(goals), known)
    if len(known.pairs) > 1:
        known = known.select(pair=_series(wanted[0]).pair)
    last_year = _horizon(known.current, wanted, until)
    reporters = tuple(dict.fromkeys(g.figures for g in wanted if g.figures != CONSENSUS))
    fitted = (model or GrowthMixture()).fit(known)
    paths = fitted.draw(last_year, n_paths, np.random.default_rng(seed), reporters)
    attainments, totals = _results(paths, wanted)
    return Tracking(
        version=__version__,
        as_of=known.last_published if as_of is None else last_day(as_of),
        last_observed=paths.last_observed,
        seed=seed,
        n_paths=n_paths,
        ledger_digest=known.digest,
        attainments=attainments,
        series_totals=totals,
        findings=audit(known),
    )


def _check_numbers(until: int | None, n_paths: int, seed: int) -> None:
    """Refuse what is not a whole number, or is out of range."""
    given: dict[str, object] = {"until": until, "n_paths": n_paths, "seed": seed}
    for name, value in given.items():
        if value is not None and not isinstance(value, int | np.integer):
            raise InputError(f"{name} is {value!r}; write a whole number")
    if n_paths < 1:
        raise InputError(f"n_paths is {n_paths}; draw at least one path, better thousands")
    if seed < 0:
        raise InputError(f"seed is {seed}; write a whole number of at least 0")


def _nothing_known(ledger: Ledger, as_of: str | dt.date | None) -> str:
    if not len(ledger.current):
        return "the ledger has no figures that count; add at least one level"
    first = min(last_day(seen.published) for seen in ledger if not seen.set_aside)
    return (
        f"nothing had been published by {as_of}; the first figure is of {first}, choose a later day"
    )


def _series(goal: Goal) -> Series:
    assert goal.series is not None, "filled in by _resolve"
    return goal.series


def _resolve(goals: Sequence[Goal], ledger: Ledger) -> tuple[Goal, ...]:
    """Fill in the series of each goal, and check that the ledger can answer it."""
    if not goals:
        raise GoalError("there is no goal; pass a Goal, for example Goal(10, by=2030)")
    current = ledger.current
    resolved = []
    for goal in goals:
        series = goal.series or _only_turnover(current, goal)
        flows = {seen.series.flow for seen in current if seen.series.pair == series.pair}
        known = sorted(flows) if len(flows) < 2 else [TURNOVER, *series.flows]
        if series.flow not in known:
            raise GoalError(
                f"goal {goal}: the ledger has no figures for {series}; it has those for"
                f" {', '.join(f'{series.pair} {f}' for f in known) or ', '.join(current.pairs)}"
            )
        units = {seen.series.unit for seen in current if seen.series.pair == series.pair}
        if units != {series.unit}:
            raise GoalError(
                f"goal {goal}: the goal is in {series.unit}, the ledger's levels of {series.pair}"
                f" in {', '.join(sorted(units))}; give both the same series unit"
            )
        reporters = sorted({seen.reporter for seen in current if seen.series.pair == series.pair})
        if goal.figures != CONSENSUS and goal.figures not in reporters:
            raise GoalError(
                f"goal {goal}: no figures that count are by {goal.figures!r}; there are those by"
                f" {', '.join(reporters)}, or write 'consensus'"
            )
        resolved.append(goal.model_copy(update={"series": series}))
    if len({_series(goal).pair for goal in resolved}) > 1:
        raise GoalError("the goals are about several pairs; call track once for each pair")
    return tuple(resolved)


def _only_turnover(current: Ledger, goal: Goal) -> Series:
    if len(current.pairs) > 1:
        raise GoalError(
            f"goal {goal} does not say for which pair; the ledger has {', '.join(current.pairs)}."
            " Give the goal a series"
        )
    series = current.series[0]
    if len({seen.series.flow for seen in current}) == 1:
        return series
    return series.model_copy(update={"flow": TURNOVER})


def _horizon(current: Ledger, goals: Sequence[Goal], until: int | None) -> int:
    """Last year to simulate."""
    last = current.last_month // MONTHS
    first = current.first_month // MONTHS
    deadlines = [goal.by for goal in goals if goal.by is not None]
    for goal in goals:
        if goal.by is not None and goal.by < first:
            raise GoalError(
                f"goal {goal}: the deadline is before the first figure, which is of {first};"
                " add earlier figures or leave the deadline out"
            )
    year = max([last + HORIZON_YEARS, *deadlines]) if until is None else until
    if year < max([last, *deadlines]):
        reason = f"the last figure is of {format_month(current.last_month)}"
        raise GoalError(
            f"the horizon ends in {year}, but {reason}"
            f"{f' and the last deadline is {max(deadlines)}' if deadlines else ''};"
            f" choose until={max([last, *deadlines])} or later"
        )
    if year > last + _MOST_YEARS:
        raise GoalError(
            f"the horizon ends in {year}, more than {_MOST_YEARS} years after the last figure;"
            f" choose until={last + _MOST_YEARS} or earlier"
        )
    return year


def _results(
    paths: LogPaths, goals: Sequence[Goal]
) -> tuple[tuple[Attainment, ...], tuple[SeriesTotals, ...]]:
    """Typed results of all goals; each series' totals are computed once."""
    projection = Projection(paths)
    attainments: dict[Goal, Attainment] = {}
    summaries = []
    for series, figures in dict.fromkeys((_series(goal), goal.figures) for goal in goals):
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
