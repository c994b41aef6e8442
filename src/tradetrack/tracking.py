"""track(): from a ledger and its goals to the typed answer, when they are met."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from tradetrack._audit.audit import audit
from tradetrack._audit.finding import Finding
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS
from tradetrack._version import __version__
from tradetrack.attainment.attainment import (
    REACH_LEVELS,
    Attainment,
    YearProbability,
    YearReach,
    YearTotal,
)
from tradetrack.attainment.first_passage import monte_carlo_errors, passed, running_maximum
from tradetrack.attainment.official import official_statuses
from tradetrack.attainment.sentences import goals_table, sentence
from tradetrack.domain.goal import Goal, GoalWindow
from tradetrack.domain.observation import Series
from tradetrack.domain.value import Report, Value
from tradetrack.domain.window import Month
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths, Model, Totals, quantiles, yearly
from tradetrack.simulation import Simulation, series_of, simulate

if TYPE_CHECKING:
    import pandas as pd

QUANTILE_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
RECENT_YEARS = 5


class YearQuantiles(Value):
    """Quantiles of a year's total, at the levels of the `SeriesTotals` it belongs to."""

    year: int
    quantiles: tuple[float, ...]


class SeriesTotals(Value):
    """Yearly totals of one series by one count of figures.

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
    window: GoalWindow
    levels: tuple[float, ...]
    years: tuple[YearQuantiles, ...]


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
        One result a goal, in the order of the goals.
    series_totals
        Quantiles of yearly totals; read them with `totals`.
    findings
        What the audit of the ledger says.
    assumptions
        What a scenario supposed beyond the figures, in words; empty without one.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> tracking == Tracking.model_validate_json(tracking.model_dump_json())
    True
    """

    schema_version: Literal["1"] = "1"
    version: str
    as_of: dt.date
    last_observed: Month
    seed: int
    n_paths: int
    ledger_digest: str
    attainments: tuple[Attainment, ...]
    series_totals: tuple[SeriesTotals, ...]
    findings: tuple[Finding, ...]
    assumptions: tuple[str, ...] = ()

    def totals(
        self,
        window: GoalWindow = "calendar_year",
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
            Those of the first goal unless said otherwise.

        Raises
        ------
        InputError
            If no goal asked for the series and reporter.
        """
        goal = self.attainments[0].goal
        wanted = (series or goal.series, reporter or goal.reporter, window)
        for totals in self.series_totals:
            if (totals.series, totals.reporter, totals.window) == wanted:
                return totals
        known = sorted({f"{t.series} by {t.reporter} ({t.window})" for t in self.series_totals})
        raise InputError(
            f"no totals of {wanted[0]} by {wanted[1]} ({window}); there are those of"
            f" {', '.join(known)}."
            " Add a goal for the series to track",
            topic="result",
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row a goal and year: ``goal, series, amount, by, reporter, year, probability``."""
        import pandas as pd

        rows = [
            {
                "goal": str(a.goal),
                "series": str(a.goal.series),
                "amount": a.goal.amount,
                "by": a.goal.by,
                "reporter": a.goal.reporter,
                "year": point.year,
                "probability": point.probability,
            }
            for a in self.attainments
            for point in a.curve
        ]
        return pd.DataFrame(rows).astype({"by": "Int64"})

    def _repr_html_(self) -> str:
        caption = f"As of {self.as_of}; {self.n_paths:,} paths, ledger {self.ledger_digest[:8]}"
        return goals_table(self.attainments, caption)

    def __str__(self) -> str:
        sentences = [sentence(a, self.as_of.isoformat()) for a in self.attainments]
        if self.assumptions:
            sentences.append(f"This supposes: {'; '.join(self.assumptions)}.")
        if self.findings:
            n = len(self.findings)
            kinds = Counter(found.kind for found in self.findings)
            named = ", ".join(f"{kind} {times}" if n > 1 else kind for kind, times in kinds.items())
            sentences.append(f"The audit has {n} finding{'s' * (n > 1)} ({named}); see .findings.")
        return "\n".join(sentences)


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
    >>> 0 < tracking.attainments[0].deadline_probability < 1
    True
    """
    return summarise(
        simulate(
            ledger, goals, as_of=as_of, horizon=horizon, model=model, n_paths=n_paths, seed=seed
        )
    )


def summarise(simulation: Simulation) -> Tracking:
    """Make the typed answer of a simulation."""
    known, paths = simulation.ledger, simulation.paths
    met, totals = attainments(simulation)
    return Tracking(
        version=__version__,
        as_of=simulation.as_of,
        last_observed=paths.last_observed,
        seed=simulation.seed,
        n_paths=paths.n_paths,
        ledger_digest=known.digest,
        attainments=met,
        series_totals=totals,
        findings=audit(known),
        assumptions=paths.assumptions,
    )


def attainments(simulation: Simulation) -> tuple[tuple[Attainment, ...], tuple[SeriesTotals, ...]]:
    """When each goal is met, and the totals; those of a series are computed once."""
    paths, goals = simulation.paths, simulation.goals
    attainments: dict[Goal, Attainment] = {}
    summaries = []
    for series, reporter in dict.fromkeys((series_of(goal), goal.reporter) for goal in goals):
        windows: tuple[GoalWindow, ...] = ("calendar_year", "rolling_year")
        medians: list[float] = []
        monthly = paths.monthly(series.flow, reporter)
        for window in windows:
            totals = yearly(monthly, window)
            summary = _summary(totals, paths.years, (series, reporter, window))
            summaries.append(summary)
            if window == "calendar_year":
                medians = [row.quantiles[QUANTILE_LEVELS.index(0.5)] for row in summary.years]
            highest = running_maximum(totals)
            for goal in goals:
                if (goal.series, goal.reporter, goal.window) == (series, reporter, window):
                    attainments[goal] = _attainment(goal, paths, highest, medians)
    return tuple(attainments[goal] for goal in goals), tuple(summaries)


def _summary(totals: Totals, years: range, what: tuple[Series, str, GoalWindow]) -> SeriesTotals:
    series, reporter, window = what
    rows = quantiles(totals, QUANTILE_LEVELS)
    return SeriesTotals(
        series=series,
        reporter=reporter,
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
    errors = monte_carlo_errors(met, paths.cluster_starts)
    last_complete = paths.last_complete_year
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
