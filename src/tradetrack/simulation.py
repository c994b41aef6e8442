"""simulate(): the paths of a question, for whoever wants more than `track` sums up."""

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tradetrack._checks import MOST_PATHS, MOST_YEARS, as_list, check_whole, shown
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array
from tradetrack.attainment.passage import MonthlyPaths, Passage, passage
from tradetrack.domain.amount import Absolute, Increase, base_of
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import CONSENSUS, YEAR_WINDOWS, Goal, YearWindow
from tradetrack.domain.observation import BALANCE, TURNOVER, Series, last_day
from tradetrack.domain.value import brief
from tradetrack.domain.window import format_month
from tradetrack.errors import GoalError, InputError
from tradetrack.ledger.ledger import Ledger, check_ledger
from tradetrack.models.mixture import FittedMixture, GrowthMixture, mixture_behind
from tradetrack.models.paths import (
    Fitted,
    LogPaths,
    Model,
    Totals,
    draw_paths,
    fit_model,
    quantiles,
)

if TYPE_CHECKING:
    import pandas as pd

_HORIZON_YEARS = 20
_SHOWN = (0.1, 0.5, 0.9)  # probability levels of the frame


def check_numbers(horizon: int | None, n_paths: int, seed: int) -> None:
    """Refuse what is not a whole number, or is out of range."""
    check_whole("n_paths", n_paths, 1, MOST_PATHS)
    check_whole("seed", seed, 0)
    if horizon is not None:
        check_whole("horizon", horizon)


def known_and_wanted(
    ledger: Ledger, goals: Goal | Sequence[Goal], as_of: str | dt.date | None
) -> tuple[Ledger, tuple[Goal, ...]]:
    """Cut a ledger down to the question: by a date, to the goals' pair and coverage; resolve those.

    Raises
    ------
    InputError
        If it is no ledger, or nothing had been published that counts.
    GoalError
        If one is no goal, and as `resolve_goals` does.
    """
    check_ledger(ledger)
    known = ledger if as_of is None else ledger.as_of(as_of)
    if not len(known.current):
        raise InputError(_nothing_known(ledger, as_of), topic="empty-ledger")
    wanted = resolve_goals(listed(goals), known)
    series = series_of(wanted[0])
    if len(known.pairs) > 1:
        known = known.select(pair=series.pair)
    if len(known.coverages) > 1:
        known = known.select(coverage=series.coverage)
    return known, wanted


def listed(goals: object) -> list[Goal]:
    """Return one goal or several as a list.

    Raises
    ------
    GoalError
        If something among them is no goal.
    """
    several = []
    for goal in as_list(goals, Goal):
        if not isinstance(goal, Goal):
            raise GoalError(f"{shown(goal)} is not a goal; pass one such as Goal(10, by=2030)")
        several.append(goal)
    return several


def _nothing_known(ledger: Ledger, as_of: str | dt.date | None) -> str:
    if not len(ledger.current):
        return "the ledger has no figures that count; add at least one level"
    first = min(last_day(seen.published) for seen in ledger if not seen.set_aside)
    return (
        f"nothing had been published by {as_of}; the first figure is of {first}, choose a later day"
    )


def series_of(goal: Goal) -> Series:
    """Series of a goal that `resolve_goals` has seen."""
    assert goal.series is not None, "filled in by resolve_goals"
    return goal.series


def _refuse_currencies(goal: Goal, pair: str, units: Set[str]) -> None:
    """Refuse a pair with levels in several currencies, and say how to choose one."""
    currencies = sorted({split_unit(unit)[0] for unit in units})
    if len(currencies) > 1:
        raise GoalError(
            f"goal {goal}: the ledger's levels of {pair} are in {' and '.join(currencies)}; choose"
            f" one with select(currency={currencies[0]!r}) or --unit {currencies[0]}_bn, or convert"
            " them with converted(rates) or --rates",
            topic="two-currencies",
        )


def resolve_goals(goals: Sequence[Goal], ledger: Ledger) -> tuple[Goal, ...]:
    """Fill in the series of each goal, and check that the ledger can answer it."""
    if not goals:
        raise GoalError("there is no goal; pass a Goal, for example Goal(10, by=2030)")
    current = ledger.current
    resolved = tuple(_resolved(goal, current) for goal in goals)
    if len({series_of(goal).pair for goal in resolved}) > 1:
        raise GoalError(
            "the goals are about several pairs; call track once for each pair",
            topic="several-pairs",
        )
    if len({series_of(goal).coverage for goal in resolved}) > 1:
        raise GoalError(
            "the goals count different things, which are never mixed; call track once for each"
            " coverage",
            topic="coverage",
        )
    return resolved


def _resolved(goal: Goal, current: Ledger) -> Goal:
    series = goal.series or _only_turnover(current, goal)
    alike = _alike(goal, series, current)
    flows = {seen.series.flow for seen in alike}
    known = sorted(flows) if len(flows) < 2 else [TURNOVER, *series.flows, BALANCE]
    if series.flow not in known:
        raise GoalError(
            f"goal {goal}: the ledger has no figures for {series}; it has those for"
            f" {', '.join(f'{series.pair} {f}' for f in known)}",
            topic="goal-series",
        )
    units = {seen.series.unit for seen in alike}
    if units != {series.unit}:
        _refuse_currencies(goal, series.pair, units)
        raise GoalError(
            f"goal {goal}: the goal is in {series.unit}, the ledger's levels of {series.pair}"
            f" in {', '.join(sorted(units))}; give both the same series unit",
            topic="goal-series",
        )
    reporters = alike.reporters
    if goal.reporter != CONSENSUS and goal.reporter not in reporters:
        raise GoalError(
            f"goal {goal}: no figures that count are by {goal.reporter!r}; there are those by"
            f" {', '.join(reporters)}, or write 'consensus'",
            topic="reporter",
        )
    _check_amount(goal, series, alike)
    return goal.model_copy(update={"series": series})


def _alike(goal: Goal, series: Series, current: Ledger) -> Ledger:
    """Figures of the goal's pair that count what the goal counts."""
    if series.pair not in current.pairs:
        raise GoalError(
            f"goal {goal}: the ledger has no figures for {series}; it has those for"
            f" {', '.join(current.pairs)}",
            topic="goal-series",
        )
    pair = current.select(pair=series.pair)
    if series.coverage not in pair.coverages:
        raise GoalError(
            f"goal {goal}: the ledger has no figures of {series.pair} for"
            f" {_covering(series.coverage)}; it has those for"
            f" {', '.join(map(_covering, pair.coverages))}. Give the goal's series that coverage",
            topic="coverage",
        )
    return pair.select(coverage=series.coverage) if len(pair.coverages) > 1 else pair


def _covering(coverage: str) -> str:
    return repr(coverage) if coverage else "no coverage that is named"


def _check_amount(goal: Goal, series: Series, current: Ledger) -> None:
    """Refuse an amount in another currency, or relative to what no figure reaches back to."""
    amount, base = goal.amount, base_of(goal.amount)
    unit = amount.unit if isinstance(amount, Absolute | Increase) else ""
    if unit and split_unit(unit)[0] != split_unit(series.unit)[0]:
        raise GoalError(
            f"goal {goal}: its amount is in {unit}, the ledger's figures in {series.unit}; write it"
            f" in the ledger's currency, or pass rates.converted_goal(goal, {series.unit!r})",
            topic="goal-series",
        )
    if base is not None and base.start < current.first_month // MONTHS * MONTHS:
        raise GoalError(
            f"goal {goal}: its base {base} is before the first figure, which is of"
            f" {format_month(current.first_month)}; add figures of the base, or write the amount",
        )


def _only_turnover(current: Ledger, goal: Goal) -> Series:
    if len(current.pairs) > 1:
        raise GoalError(
            f"goal {goal} does not say for which pair; the ledger has {', '.join(current.pairs)}."
            " Give the goal a series",
            topic="several-pairs",
        )
    series = current.series[0]
    if len(current.coverages) > 1:
        raise GoalError(
            f"goal {goal} does not say what it counts; the ledger has figures for"
            f" {', '.join(map(_covering, current.coverages))}. Give the goal a series with one",
            topic="coverage",
        )
    if len({seen.series.flow for seen in current}) == 1:
        return series
    return series.model_copy(update={"flow": TURNOVER})


def last_simulated(current: Ledger, goals: Sequence[Goal], horizon: int | None) -> int:
    """Last year to simulate, so many years after that of the last figure.

    Raises
    ------
    GoalError
        If a deadline is before the first figure, or the horizon too near or too far.
    """
    last = current.last_month // MONTHS
    if horizon is None:
        horizon = max(_HORIZON_YEARS, _last_needed(goals, last) - last)
    elif horizon < 0:
        raise GoalError(
            f"the horizon is {horizon} years; write at least 0, counted from {last}, the year of"
            " the last figure",
            topic="horizon",
        )
    check_last_year(current, goals, last + horizon)
    return last + horizon


def _last_needed(goals: Sequence[Goal], least: int) -> int:
    """Last year of a deadline or a base."""
    bases = (base_of(goal.amount) for goal in goals)
    ends = [goal.deadline for goal in goals if goal.deadline is not None]
    ends += [base.end for base in bases if base is not None]
    return max([least, *(end // MONTHS for end in ends)])


def check_last_year(current: Ledger, goals: Sequence[Goal], year: int) -> None:
    """Refuse to simulate to a year that leaves out a figure or a deadline, or is too far.

    Raises
    ------
    GoalError
        As `last_simulated`.
    """
    first, last = current.first_month // MONTHS, current.last_month // MONTHS
    for goal in goals:
        if goal.due_year is not None and goal.due_year < first:
            raise GoalError(
                f"goal {goal}: the deadline is before the first figure, which is of {first};"
                " add earlier figures or leave the deadline out",
                topic="deadline",
            )
    least = _last_needed(goals, last)
    if year < least:
        due = f" and the last deadline is {least}" if least > last else ""
        raise GoalError(
            f"the horizon ends in {year}, but the last figure is of"
            f" {format_month(current.last_month)}{due}; choose horizon={least - last} or more",
            topic="horizon",
        )
    if year > last + MOST_YEARS:
        raise GoalError(
            f"the horizon ends in {year}, more than {MOST_YEARS} years after the last figure;"
            f" choose horizon={MOST_YEARS} or less, and no later deadline",
            topic="horizon",
        )
    for goal in goals:
        if len(goal.windows(MONTHS * first, MONTHS * year + MONTHS - 1)) < goal.sustained:
            raise GoalError(
                f"goal {goal}: too few of its windows count between {first} and {year}; choose a"
                " longer horizon, another window or another date of the announcement",
                topic="deadline",
            )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulation:
    """Equally likely paths over history and horizon, and what they were drawn for.

    Attributes
    ----------
    ledger
        What was known, of the goals' pair.
    goals
        The goals, each with its series filled in.
    as_of
        The day of which it was known.
    seed
        Seed of the draws.
    paths
        Monthly log paths of each flow.
    fitted
        The model as fitted to the ledger, which drew the paths.
    rng
        The generator as the draws left it; whoever goes on drawing copies it.

    Examples
    --------
    >>> import tradetrack as tt
    >>> drawn = tt.simulate(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10), n_paths=100)
    >>> drawn.years[-1], drawn.totals()[-1].shape
    (2045, (100,))
    """

    ledger: Ledger
    goals: tuple[Goal, ...]
    as_of: dt.date
    seed: int
    paths: LogPaths
    fitted: Fitted
    rng: np.random.Generator

    def __repr__(self) -> str:
        return brief(self)

    def __str__(self) -> str:
        years, n_paths = self.years, self.paths.n_paths
        names = ", ".join(map(str, self.goals))
        return f"{n_paths:,} paths of {years[0]} to {years[-1]}, as of {self.as_of}, for {names}"

    @property
    def years(self) -> range:
        """Years of the totals."""
        return self.paths.years

    @property
    def mixture(self) -> FittedMixture | None:
        """The usual growth mixture as fitted to the ledger, by which its figures are audited.

        None unless it is the model, or the model completed the ledger with it.
        """
        behind = mixture_behind(self.fitted)
        return behind if behind is not None and behind.model == GrowthMixture() else None

    def about(self, goals: Goal | Sequence[Goal]) -> "Simulation":
        """Ask other goals of the same paths, which have the effects of their reporters."""
        return replace(self, goals=resolve_goals(listed(goals), self.ledger))

    def to_frame(self, goal: int = 0, window: YearWindow | None = None) -> "pd.DataFrame":
        """Mean and quantiles of the totals of each year, with the error of the mean.

        Columns: ``year, mean, error, 0.1, 0.5, 0.9``, in the unit of the goal's series. The error
        is the Monte-Carlo standard error of the mean; the parameters are those of `totals`.
        """
        import pandas as pd

        totals = self.totals(goal, window).astype(float)
        frame = pd.DataFrame(quantiles(totals, _SHOWN), columns=list(_SHOWN))
        frame.insert(0, "year", list(self.years))
        frame.insert(1, "mean", totals.mean(axis=1))
        frame.insert(2, "error", self._errors_of_means(totals))
        return frame

    def _errors_of_means(self, totals: Array) -> Array:
        """Paths that share a history are one cluster; see `first_passage.monte_carlo_errors`."""
        starts, n_paths = self.paths.cluster_starts, totals.shape[1]
        off = totals - totals.mean(axis=1, keepdims=True)
        if starts is not None:
            off = np.add.reduceat(off, starts, axis=1)
        errors: Array = np.sqrt((off**2).sum(axis=1)) / n_paths
        return errors

    def totals(self, goal: int = 0, window: YearWindow | None = None) -> Totals:
        """Total of each year on each path, ``[year, path]``, in the unit of a goal's series.

        Parameters
        ----------
        goal
            Position of the goal whose series, reporter and window count.
        window
            Another window than the goal's; of goals that count no years, the calendar year.

        Raises
        ------
        InputError
            If there is no such goal or window.

        Notes
        -----
        `track` takes a total for as much as the goal from 0.005 % below it on
        (`first_passage.TOLERANCE`): a printed total is not known more exactly.
        """
        if window is not None and window not in YEAR_WINDOWS:
            raise InputError(
                f"the window is {window!r}; write {' or '.join(YEAR_WINDOWS)}", topic="result"
            )
        chosen = self._goal(goal)
        flow = series_of(chosen).flow
        return self.paths.totals(flow, window or chosen.year_window, chosen.reporter)

    def monthly(self, goal: int = 0) -> MonthlyPaths:
        """Levels of each month on each path, of the series and by the figures of a goal."""
        chosen = self._goal(goal)
        levels = self.paths.monthly(series_of(chosen).flow, chosen.reporter)
        return MonthlyPaths(self.paths.first_month, levels.reshape(-1, self.paths.n_paths))

    def passage(self, goal: int = 0) -> Passage:
        """When a goal is met on each path, and what its windows come to.

        Examples
        --------
        >>> import tradetrack as tt
        >>> ledger = tt.datasets.kazakhstan_uzbekistan()
        >>> drawn = tt.simulate(ledger, tt.Goal("2x 2023", by=2035), n_paths=100)
        >>> passed = drawn.passage()
        >>> str(next(iter(passed.windows))), passed.first.shape
        ('2024', (100,))
        """
        return passage(self._goal(goal), self.monthly(goal))

    def _goal(self, position: int) -> Goal:
        if not 0 <= position < len(self.goals):
            last = len(self.goals) - 1
            raise InputError(
                f"there is no goal {position}; choose one of 0 to {last}", topic="result"
            )
        return self.goals[position]


@one_blas_thread
def simulate(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> Simulation:
    """Draw the paths from which `track` answers.

    Parameters
    ----------
    ledger, goals, as_of, horizon, model, n_paths, seed
        As for `track`: with the same ones, these are the paths behind its answer.

    Raises
    ------
    GoalError, ImpossibleFigureError
        As `track` does.

    Examples
    --------
    The chance that trade is above US$ 5 bn in each of 2026, 2027 and 2028:

    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(5)
    >>> drawn = tt.simulate(ledger, goal, n_paths=1000)
    >>> three = drawn.totals()[drawn.years.index(2026) : drawn.years.index(2029)]
    >>> bool(0.1 < (three > 5).all(axis=0).mean() < (three > 5).any(axis=0).mean())
    True
    """
    check_numbers(horizon, n_paths, seed)
    known, wanted = known_and_wanted(ledger, goals, as_of)
    last_year = last_simulated(known.current, wanted, horizon)
    return _drawn(known, wanted, last_year, as_of, model, n_paths, seed)


def simulate_to(
    last_year: int,
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> Simulation:
    """Draw paths to the same year whatever the ledger's last figure, as comparisons need it."""
    check_numbers(None, n_paths, seed)
    known, wanted = known_and_wanted(ledger, goals, as_of)
    check_last_year(known.current, wanted, last_year)
    return _drawn(known, wanted, last_year, as_of, model, n_paths, seed)


def _drawn(
    known: Ledger,
    wanted: tuple[Goal, ...],
    last_year: int,
    as_of: str | dt.date | None,
    model: Model | None,
    n_paths: int,
    seed: int,
) -> Simulation:
    reporters = tuple(dict.fromkeys(g.reporter for g in wanted if g.reporter != CONSENSUS))
    rng = np.random.default_rng(seed)
    model = GrowthMixture() if model is None else model
    fitted = fit_model(model, known)
    paths = draw_paths(model, fitted, last_year, n_paths, rng, reporters)
    return Simulation(
        ledger=known,
        goals=wanted,
        as_of=known.last_published if as_of is None else last_day(as_of),
        seed=seed,
        paths=paths,
        fitted=fitted,
        rng=rng,
    )
