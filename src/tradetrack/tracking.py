"""track(): from a ledger and its goals to the typed answer, when they are met."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from tradetrack._audit.audit import in_order
from tradetrack._audit.finding import Finding
from tradetrack._checks import check_kind
from tradetrack._format import counted, shorten
from tradetrack._parallel import one_blas_thread
from tradetrack._prediction_audit import audit_given
from tradetrack._typing import MONTHS
from tradetrack._version import __version__
from tradetrack.attainment.attainment import (
    CERTAIN,
    REACH_LEVELS,
    WHOLE,
    Attainment,
    MonthProbability,
    YearProbability,
    YearReach,
    YearTotal,
    headline_row,
)
from tradetrack.attainment.first_passage import met_by, monte_carlo_errors
from tradetrack.attainment.goal_units import goal_units
from tradetrack.attainment.official import MethodStatus, official_statuses
from tradetrack.attainment.pace import pace
from tradetrack.attainment.passage import MonthlyPaths, Passage, passage
from tradetrack.attainment.sentences import details, doubts, goals_table, sentence
from tradetrack.attainment.summary import MOST, notes, summary
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.goal import YEAR_WINDOWS, Goal, YearWindow
from tradetrack.domain.observation import BALANCE, Series
from tradetrack.domain.period import Windows
from tradetrack.domain.value import (
    AtLeastOne,
    Count,
    Probability,
    Report,
    Value,
    brief,
    consecutive,
    require,
    rising,
)
from tradetrack.domain.window import Month, last_complete_year
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths, Model, Totals, quantiles, yearly
from tradetrack.simulation import Simulation, series_of, simulate

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 60  # of a name in a message

QUANTILE_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
RECENT_YEARS = 5


class YearQuantiles(Value):
    """Quantiles of a year's total, at the levels of the `SeriesTotals` it belongs to."""

    year: int
    quantiles: tuple[float, ...]


class SeriesTotals(Value):
    """Quantiles of the yearly totals of one series by one count of figures.

    Attributes
    ----------
    series, reporter, window
        What is totalled, by whose figures, over which kind of window.
    levels
        Probability levels of the quantiles.
    years
        The quantiles by year, in the series' unit.
    """

    series: Series
    reporter: str
    window: YearWindow
    levels: tuple[Probability, ...]
    years: tuple[YearQuantiles, ...]

    @model_validator(mode="after")
    def _sound(self) -> "SeriesTotals":
        require(
            true=consecutive([row.year for row in self.years]),
            otherwise=f"the totals of {self.series} have no years, or leave some out",
        )
        require(
            true=rising(self.levels) and all(self._in_order(row.quantiles) for row in self.years),
            otherwise=f"the quantiles of {self.series} are not in order, one for each level",
        )
        return self

    def _in_order(self, quantiles: tuple[float, ...]) -> bool:
        return (
            len(quantiles) == len(self.levels)
            and rising(quantiles)
            and (self.series.flow == BALANCE or min(quantiles) >= 0.0)
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per year, a column for each level: ``year, 0.025, ..., 0.975``."""
        import pandas as pd

        frame = pd.DataFrame([row.quantiles for row in self.years], columns=list(self.levels))
        frame.insert(0, "year", [row.year for row in self.years])
        return frame

    def __repr__(self) -> str:
        return brief(self)

    def __str__(self) -> str:
        first, last = self.years[0].year, self.years[-1].year
        window = self.window.replace("_", " ")
        return f"{self.series} by {self.reporter}, {window} totals of {first} to {last}"


class Tracking(Report):
    """What `track` found.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    as_of
        Day whose knowledge the result has.
    last_observed
        Last month that a figure covers.
    seed, n_paths
        What the draws were made with.
    ledger_digest
        Digest of the ledger as of that day.
    attainments
        One result per goal, in the order of the goals.
    series_totals
        Quantiles of yearly totals; read them with `totals`.
    findings
        What the audit of the ledger says.
    assumptions
        What a scenario supposed beyond the figures, in words; empty without one.
    converged
        Whether the iterations of the fit came to rest. If not, the answer is approximate.
    largest_miss
        How far a simulated total, less its drawn error, is from a figure that counts, at most: in
        standard deviations of the figure's own error.
    discounted
        Figures that do not fit the others and count for less than printed, the surest first.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> len(tracking), tracking[0].headline.last_year
    (1, 2045)
    >>> tracking == Tracking.model_validate_json(tracking.model_dump_json())
    True
    """

    schema_version: Literal["2"] = "2"
    version: str
    as_of: dt.date
    last_observed: Month
    seed: Count
    n_paths: AtLeastOne
    ledger_digest: str
    attainments: Annotated[tuple[Attainment, ...], Field(min_length=1)]
    series_totals: tuple[SeriesTotals, ...]
    findings: tuple[Finding, ...]
    assumptions: tuple[str, ...] = ()
    converged: bool = True
    largest_miss: float = 0.0
    discounted: tuple[DiscountedRow, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> "Tracking":
        totalled = {(t.series, t.reporter): t for t in self.series_totals}
        for attainment in self.attainments:
            goal = attainment.goal
            assert goal.series is not None, "checked by the attainment"
            totals = totalled.get((goal.series, goal.reporter))
            require(true=totals is not None, otherwise=f"there are no totals for the goal {goal}")
            require(
                true=attainment.n_paths == self.n_paths,
                otherwise=f"the goal {goal} has another number of paths than the result",
            )
            require(
                true=totals is None or totals.years[-1].year == attainment.last_year,
                otherwise=f"the totals for the goal {goal} end in another year than its curve",
            )
        return self

    def __getitem__(self, position: int) -> Attainment:
        return self.attainments[position]

    def __len__(self) -> int:
        return len(self.attainments)

    def __iter__(self) -> Iterator[Attainment]:  # type: ignore[override]  # pydantic's: the fields
        return iter(self.attainments)

    def totals(
        self,
        window: YearWindow = "calendar_year",
        *,
        series: Series | None = None,
        reporter: str | None = None,
    ) -> SeriesTotals:
        """Quantiles of yearly totals.

        Parameters
        ----------
        window
            ``"calendar_year"``, or ``"rolling_year"`` for the highest twelve months that end in a
            year.
        series, reporter
            Those of the first goal by default.

        Raises
        ------
        InputError
            If no goal is about the series and reporter.
        """
        goal = self.attainments[0].goal
        for name, value, kind in (
            ("series", goal.series if series is None else series, Series),
            ("reporter", goal.reporter if reporter is None else reporter, str),
            ("window", window, str),
        ):
            check_kind(name, value, kind, "name one of those that were tracked")
        wanted = (series or goal.series, reporter or goal.reporter, window)
        for totals in self.series_totals:
            if (totals.series, totals.reporter, totals.window) == wanted:
                return totals
        known = sorted({f"{t.series} by {t.reporter} ({t.window})" for t in self.series_totals})
        raise InputError(
            f"no totals of {wanted[0]} by {shorten(wanted[1], _LONGEST)}"
            f" ({shorten(window, _LONGEST)}); there are those of {', '.join(known)}. Add a goal"
            " for the series to track",
            topic="result",
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per goal, with the goal and its headline.

        Columns: ``goal, series, unit, amount, by, deadline, window, reporter, probability,
        monte_carlo_error, median, low_80, high_80, not_within, last_year, latest_year, latest,
        required_growth, recent_growth, first_met``; see `tradetrack.results.Headline`. A year that
        is not within the horizon is missing.
        """
        import pandas as pd

        return pd.DataFrame([headline_row(found) for found in self]).astype(WHOLE)

    def curves(self) -> "pd.DataFrame":
        """One row per goal and year: that the goal is met by the end of the year.

        Columns: ``goal, series, amount, by, reporter, year, probability, monte_carlo_error``.
        """
        import pandas as pd

        rows = [
            {
                "goal": str(found.goal),
                "series": str(found.goal.series),
                "amount": found.goal.amount,
                "by": found.goal.by,
                "reporter": found.goal.reporter,
                "year": point.year,
                "probability": point.probability,
                "monte_carlo_error": point.error,
            }
            for found in self
            for point in found.curve
        ]
        return pd.DataFrame(rows).astype({"by": "Int64"})

    def _repr_html_(self) -> str:
        caption = f"As of {self.as_of}; {self.n_paths:,} paths, ledger {self.ledger_digest[:8]}"
        return goals_table(self.attainments, caption)

    def sentences(self) -> tuple[str, ...]:
        """The answer in full sentences: one for each goal, then what to know about all of them.

        Examples
        --------
        >>> import tradetrack as tt
        >>> ledger = tt.datasets.kazakhstan_uzbekistan()
        >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
        >>> tracking.sentences()[0].partition(":")[0]
        'KZ–UZ turnover, US$ 10 bn by 2030'
        """
        day = self.as_of.isoformat()
        said = [" ".join([sentence(one, day), *details(one)]) for one in self.attainments]
        if self.assumptions:
            said.append(f"This supposes: {'; '.join(self.assumptions)}.")
        said += [
            f"{one.message}; {one.remedy}." for one in self.findings if one.kind == "goal_unit"
        ]
        said += doubts(self.discounted, converged=self.converged)
        if self.findings:
            n = len(self.findings)
            kinds = Counter(found.kind for found in self.findings)
            named = ", ".join(f"{kind} {times}" if n > 1 else kind for kind, times in kinds.items())
            said.append(f"There {'are' if n > 1 else 'is'} {counted(n, 'finding')} ({named}).")
        return tuple(said)

    def __str__(self) -> str:
        return in_columns(self)


def in_columns(
    tracking: Tracking,
    *,
    verdicts: Mapping[Goal, str] = MappingProxyType({}),
    n_sides: int = 0,
    place: str = ".findings",
    table: str = ".to_frame()",
) -> str:
    """Write an answer in lines of at most eighty columns.

    Parameters
    ----------
    tracking
        The answer.
    verdicts
        What printed figures say of a goal, in place of its numbers.
    n_sides
        Sides whose mean the consensus is; 0 if that is not known.
    place
        Where the findings are.
    table
        Where the goals are that a text has no room for.
    """
    shown, left_out = tracking.attainments[:MOST], len(tracking) - MOST
    lines = summary(shown, as_of=tracking.as_of, verdicts=verdicts, n_sides=n_sides)
    if left_out > 0:
        lines.append(f"{counted(left_out, 'more goal')}: see {table}")
    lines += notes(
        tracking.attainments,
        supposed=tracking.assumptions,
        discounted=tracking.discounted,
        converged=tracking.converged,
        findings=tracking.findings,
        place=place,
    )
    return "\n".join(lines)


@one_blas_thread
def track(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
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
    horizon
        Years to simulate after the one of the last figure; by default 20, or as many as it takes to
        the last deadline.
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
    >>> 0 < tracking[0].probability < 1
    True
    """
    return summarise(
        simulate(
            ledger, goals, as_of=as_of, horizon=horizon, model=model, n_paths=n_paths, seed=seed
        )
    )


def summarise(simulation: Simulation, audited: Sequence[Finding] | None = None) -> Tracking:
    """Make the typed answer of a simulation.

    Parameters
    ----------
    simulation
        The paths.
    audited
        What the audit of its ledger finds, if that has been asked; see `audit_given`.
    """
    known, paths = simulation.ledger, simulation.paths
    if audited is None:
        audited = audit_given(known, simulation.mixture)
    met: dict[Goal, Attainment] = {}
    totals: dict[tuple[Series, str], list[SeriesTotals]] = {}
    for count in _counts(simulation):
        met |= count.attainments()
        totals[count.series, count.reporter] = [count.totals(window) for window in YEAR_WINDOWS]
    attained = tuple(met[goal] for goal in simulation.goals)
    return Tracking(
        version=__version__,
        as_of=simulation.as_of,
        last_observed=paths.last_observed,
        seed=simulation.seed,
        n_paths=paths.n_paths,
        ledger_digest=known.digest,
        attainments=attained,
        series_totals=tuple(one for what in _counted(simulation.goals) for one in totals[what]),
        findings=in_order((*audited, *goal_units(attained, known))),
        assumptions=paths.assumptions,
        converged=paths.converged,
        largest_miss=paths.largest_miss,
        discounted=paths.discounted,
    )


def attainments(simulation: Simulation) -> tuple[Attainment, ...]:
    """When each goal of a simulation is met, without the rest of its answer."""
    met: dict[Goal, Attainment] = {}
    for count in _counts(simulation):
        met |= count.attainments()
    return tuple(met[goal] for goal in simulation.goals)


def _counted(goals: Sequence[Goal]) -> tuple[tuple[Series, str], ...]:
    """Each series with the reporter whose figures count, in the order of the goals."""
    return tuple(dict.fromkeys((series_of(goal), goal.reporter) for goal in goals))


def _counts(simulation: Simulation) -> Iterator["_Count"]:
    """Yield each series by each count of figures, one series after another."""
    paths = simulation.paths
    reporters: dict[Series, list[str]] = {}
    for series, reporter in _counted(simulation.goals):
        reporters.setdefault(series, []).append(reporter)
    for series, several in reporters.items():
        for reporter, levels in zip(several, paths.monthly_by(series.flow, several), strict=True):
            yield _Count(series, reporter, simulation, levels)


class _Count:
    """A series by one count of figures on the paths of a simulation: each sum is made once."""

    def __init__(
        self, series: Series, reporter: str, simulation: Simulation, levels: Totals
    ) -> None:
        self.series, self.reporter, self._paths = series, reporter, simulation.paths
        self._goals = [
            goal for goal in simulation.goals if (goal.series, goal.reporter) == (series, reporter)
        ]
        self._levels = levels
        n_paths = simulation.paths.n_paths
        self._monthly = MonthlyPaths(simulation.paths.first_month, levels.reshape(-1, n_paths))
        self._reached: dict[Windows, tuple[YearReach, ...]] = {}

    def totals(self, window: YearWindow) -> SeriesTotals:
        """Quantiles of the totals of each year."""
        rows = quantiles(yearly(self._levels, window), QUANTILE_LEVELS)
        return SeriesTotals(
            series=self.series,
            reporter=self.reporter,
            window=window,
            levels=QUANTILE_LEVELS,
            years=tuple(
                YearQuantiles(year=year, quantiles=tuple(row))
                for year, row in zip(self._paths.years, rows.tolist(), strict=True)
            ),
        )

    def attainments(self) -> dict[Goal, Attainment]:
        """When each goal about it is met."""
        medians = quantiles(yearly(self._levels, "calendar_year"), (0.5,))[:, 0]
        of_years = dict(zip(self._paths.years, medians.tolist(), strict=True))
        return {goal: self._attainment(goal, of_years) for goal in self._goals}

    def _attainment(self, goal: Goal, medians: Mapping[int, float]) -> Attainment:
        """Everything that is kept of one goal."""
        paths, passed = self._paths, passage(goal, self._monthly)
        years, last, level = paths.years, paths.last_complete_year, _level(passed)

        def total(year: int) -> YearTotal | None:
            return YearTotal(year=year, total=medians[year]) if year in medians else None

        def met_by_month(month: int) -> MonthProbability:
            ((p, e),) = _chances(passed, paths, range(month, month + 1))
            return MonthProbability(month=month, probability=p, error=e)

        ends = range(MONTHS * years[0] + MONTHS - 1, MONTHS * years[-1] + MONTHS, MONTHS)
        complete = {year: median for year, median in medians.items() if year <= last}
        at_present = met_by_month(paths.last_observed)
        return Attainment(
            goal=goal,
            curve=tuple(
                YearProbability(year=year, probability=p, error=e)
                for year, (p, e) in zip(years, _chances(passed, paths, ends), strict=True)
            ),
            at_deadline=None if goal.deadline is None else met_by_month(goal.deadline),
            at_present=at_present,
            level=level,
            latest=total(last),
            earlier=total(max(last - RECENT_YEARS, years.start)) if last > years.start else None,
            reach=self._reach(goal, passed),
            n_paths=paths.n_paths,
            statuses=_statuses(goal, level, complete),
            pace=None
            if at_present.probability >= CERTAIN
            else pace(goal, self._monthly, paths.last_observed, level),
        )

    def _reach(self, goal: Goal, passed: Passage) -> tuple[YearReach, ...]:
        """Quantiles of the highest total so far, of goals that are met once it is high enough."""
        once = goal.bound == "at_least" and goal.sustained == 1
        if not (once and isinstance(passed.amounts, float) and len(passed.windows)):
            return ()
        if passed.windows not in self._reached:  # whatever the amount
            self._reached[passed.windows] = _highest(passed, self._paths)
        return self._reached[passed.windows]


def _chances(passed: Passage, paths: LogPaths, months: range) -> list[tuple[float, float]]:
    """Probability that the goal is met by the end of each month, and its error."""
    met = met_by(passed.first, months)
    errors = monte_carlo_errors(met, paths.cluster_starts)
    return list(zip(met.mean(axis=1).tolist(), errors.tolist(), strict=True))


def _level(passed: Passage) -> float | None:
    """What the goal asks for by its deadline, the median of what is not one number."""
    amounts = passed.amounts
    if isinstance(amounts, float):
        return amounts
    return None if amounts.ndim > 1 else float(np.median(amounts))


def _highest(passed: Passage, paths: LogPaths) -> tuple[YearReach, ...]:
    """Quantiles of the highest total up to each year, from the last observed one on."""
    first = max(paths.last_observed, passed.windows.ends[0]) // MONTHS
    highest, seen, rows = passed.totals[0], 1, []
    for year in range(first, paths.years.stop):
        upto = len(passed.windows.to_month(MONTHS * year + MONTHS - 1))
        if upto > seen:
            highest = np.maximum(highest, passed.totals[seen:upto].max(axis=0))
            seen = upto
        rows.append(highest)
    reached = quantiles(np.stack(rows), REACH_LEVELS)
    return tuple(
        YearReach(year=year, amounts=tuple(amounts))
        for year, amounts in zip(range(first, paths.years.stop), reached.tolist(), strict=True)
    )


def _statuses(
    goal: Goal, level: float | None, medians: Mapping[int, float]
) -> tuple[MethodStatus, ...]:
    """What official methods say, which compare the totals of calendar years with a level."""
    of_years = goal.window in YEAR_WINDOWS and goal.sustained == 1
    balance = series_of(goal).flow == BALANCE
    if level is None or not level > 0.0 or balance or not of_years:
        return ()
    due = goal.deadline
    return official_statuses(
        medians,
        level,
        None if due is None else last_complete_year(due),
        announced=goal.announced_in // MONTHS or None,
        direction="increase" if goal.bound == "at_least" else "decrease",
    )
