"""required_growth(): the growth with which a goal is met in time with a given probability."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from tradetrack._checks import check_kind, check_number
from tradetrack._format import growth_rate, percent
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS
from tradetrack._version import __version__
from tradetrack.attainment.attainment import Attainment, YearTotal
from tradetrack.attainment.first_passage import monte_carlo_errors
from tradetrack.attainment.passage import MonthlyPaths, passage
from tradetrack.domain.amount import base_of
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.observation import BALANCE, Series
from tradetrack.domain.period import windows_within
from tradetrack.domain.value import AtLeastOne, Count, NonNegative, Probability, Value, require
from tradetrack.domain.window import Month, last_complete_year
from tradetrack.errors import GoalError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths, Model, Totals, quantiles, yearly
from tradetrack.scenarios.shifting import Blocks, first_open_year
from tradetrack.simulation import Simulation, series_of, simulate
from tradetrack.tracking import attainments

_CLOSE = 1e-9  # how closely the log of the growth is searched
_MOST = 64.0  # log growth a year beyond which nothing is searched
_LARGEST = 46.0  # log of the largest factor: levels are in single precision


class RequiredGrowth(Value):
    """What `required_growth` found.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    as_of, last_observed, ledger_digest, seed, n_paths
        As in `Tracking`: what was known, and what the draws were made with.
    goal
        The goal, its series filled in.
    probability
        The requested probability.
    growth
        Growth per year of the months ahead that meets the goal in time with that probability; a
        fraction. None: observed figures alone meet it with that probability.
    error
        Monte-Carlo standard error of the probability at this growth.
    latest
        Median total of the last complete year; None if the ledger has none.
    own_growth
        Growth per year from there to the deadline of the model's own median; None without one.
    own_probability
        Probability that the model itself gives to the goal.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> found = tt.required_growth(ledger, goal, 0.75, n_paths=200)
    >>> RequiredGrowth.model_validate_json(found.model_dump_json()) == found
    True
    """

    schema_version: Literal["1"] = "1"
    version: str
    as_of: dt.date
    last_observed: Month
    ledger_digest: str
    seed: Count
    n_paths: AtLeastOne
    goal: Goal
    probability: Probability
    growth: float | None
    error: NonNegative
    latest: YearTotal | None
    own_growth: float | None
    own_probability: Probability

    @model_validator(mode="after")
    def _has_a_deadline(self) -> Self:
        named = self.goal.series is not None and self.goal.deadline is not None
        require(true=named, otherwise="the goal has no series or no deadline")
        return self

    def __str__(self) -> str:
        goal = self.goal
        assert goal.series is not None, "filled in by required_growth"
        own = f"probability {percent(self.own_probability)}"
        if self.own_growth is not None:
            own = f"{growth_rate(self.own_growth)} a year with {own}"
        if self.growth is None:
            return (
                f"{goal}: met with probability {percent(self.probability)} without any growth;"
                f" the model expects {own}."
            )
        return (
            f"{goal}: met with probability {percent(self.probability)} if {goal.series.words} grows"
            f" {growth_rate(self.growth)} a year from now on; the model expects {own}."
        )


@one_blas_thread
def required_growth(
    ledger: Ledger,
    goal: Goal,
    probability: float = 0.5,
    *,
    as_of: str | dt.date | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> RequiredGrowth:
    r"""Find the growth with which a goal is met in time with a given probability.

    On every drawn path the months ahead are made to grow as ``GrowthPath(growth)`` says; the share
    of paths that meet the goal never falls with the growth, so bisection finds

    .. math:: g(p) = \min \{ g : \Pr(\text{met by the deadline} \mid g) \ge p \}.

    The inverse questions about amounts and years need no growth: see
    `Attainment.value_reached_with` and `Attainment.year_reached_with`.

    Parameters
    ----------
    ledger, goal
        As for `track`; the goal needs a deadline that has not passed.
    probability
        Between 0 and 1.
    as_of, model, n_paths, seed
        As for `track`, whose paths are used: the same seed gives the same answer.

    Raises
    ------
    GoalError
        If the goal has no deadline, or every month up to it has been observed.
    InputError
        If the probability is not between 0 and 1.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> likely, sure = (tt.required_growth(ledger, goal, p, n_paths=200) for p in (0.5, 0.9))
    >>> likely.own_growth < likely.growth < sure.growth
    True
    """
    check_kind("goal", goal, Goal, "pass one such as Goal(10, by=2030)")
    check_number("probability", probability, 0, 1)
    refuse_unanswerable(goal)
    drawn = simulate(ledger, goal, as_of=as_of, model=model, n_paths=n_paths, seed=seed)
    [found] = required_of(drawn, attainments(drawn), probability)
    if isinstance(found, GoalError):
        raise found
    return found


def refuse_unanswerable(goal: Goal) -> None:
    """Refuse a goal that no growth leads to by a deadline.

    Raises
    ------
    GoalError
        If it has no deadline, or is to fall, or is about a balance.
    """
    if goal.deadline is None:
        raise GoalError(
            f"goal {goal} has no deadline; give it one: Goal(..., by=2030)", topic="deadline"
        )
    if goal.bound == "at_most" or (goal.series and goal.series.flow == BALANCE):
        raise GoalError(
            f"goal {goal}: no growth leads to it; growth is required of goals to rise to, in a"
            " flow or the turnover",
        )


def required_of(
    drawn: Simulation, attained: Sequence[Attainment], probability: float = 0.5
) -> tuple[RequiredGrowth | GoalError, ...]:
    """Find the growth that `required_growth` finds, for several goals on the same paths.

    Parameters
    ----------
    drawn
        The paths of `track`, with the effects of the goals' reporters.
    attained
        What they say of each goal.
    probability
        Between 0 and 1.

    Returns
    -------
    tuple of RequiredGrowth or GoalError
        For each goal in turn what is found, or why there is nothing to find.
    """
    found: dict[Goal, RequiredGrowth | GoalError] = {}
    counts: dict[tuple[Series, str], list[Attainment]] = {}
    for one in attained:
        counts.setdefault((series_of(one.goal), one.goal.reporter), []).append(one)
    for (series, reporter), several in counts.items():
        flow, counted = drawn.paths.monthly_by(series.flow, (CONSENSUS, reporter))
        blocks = Blocks.of(flow, drawn.paths.n_observed)
        for one in several:
            try:
                refuse_unanswerable(one.goal)
                response = _Response.of(drawn.paths, one.goal, blocks, counted)
                found[one.goal] = _found(drawn, one, response, probability)
            except GoalError as error:
                found[one.goal] = error
    return tuple(found[one.goal] for one in attained)


def _found(
    drawn: Simulation, attainment: Attainment, response: "_Response", probability: float
) -> RequiredGrowth:
    growth, met = response.growth_needed(probability)
    return RequiredGrowth(
        version=__version__,
        as_of=drawn.as_of,
        last_observed=drawn.paths.last_observed,
        ledger_digest=drawn.ledger.digest,
        seed=drawn.seed,
        n_paths=drawn.paths.n_paths,
        goal=attainment.goal,
        probability=probability,
        growth=math.expm1(growth) if growth > -math.inf else None,
        error=float(monte_carlo_errors(met[None], drawn.paths.cluster_starts)[0]),
        latest=attainment.latest,
        own_growth=response.own_growth(attainment.latest),
        own_probability=attainment.probability,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Response:
    """Whether each path meets the goal, as a function of the growth imposed.

    Attributes
    ----------
    goal, blocks
        The goal, and the sums of its flow that a growth path is made of.
    monthly
        Levels by the figures that count, ``[year, month, path]``, to the deadline.
    first_year, open_year
        The first year, and the first one with months ahead.
    first_ahead
        The first month ahead, as a month number.
    """

    goal: Goal
    blocks: Blocks
    monthly: Totals
    first_year: int
    open_year: int
    first_ahead: int

    @classmethod
    def of(cls, paths: LogPaths, goal: Goal, blocks: Blocks, monthly: Totals) -> "_Response":
        assert goal.due_year is not None, "checked by the caller"
        open_year = first_open_year(paths)
        if goal.due_year < open_year:
            raise GoalError(
                f"goal {goal}: every month to the deadline has been observed, and growth cannot"
                f" change printed figures; choose by={open_year} or later",
                topic="scenario-years",
            )
        if open_year == paths.years.start:
            raise GoalError(
                f"goal {goal}: growth needs the year before {open_year}, which is before the first"
                " figure; add earlier figures",
                topic="scenario-years",
            )
        to_deadline = monthly[: goal.due_year + 1 - paths.years.start]
        return cls(goal, blocks, to_deadline, paths.years.start, open_year, paths.last_observed + 1)

    def growth_needed(self, probability: float) -> tuple[float, NDArray[np.bool_]]:
        """Least log growth at which that share of the paths meets the goal, and which those are.

        A path that meets the goal at some growth meets it at any above, so that bisection looks
        only at the paths that its two ends tell apart.
        """
        enough = (probability - 1e-12) * self.monthly.shape[2]
        met = self._met(self.monthly, -math.inf)
        if np.count_nonzero(met) >= enough:
            return -math.inf, met
        undecided = np.flatnonzero(~met)
        levels = self.monthly[self._first_that_counts() :, :, undecided]
        low, high = -_MOST, 1.0
        while True:
            above = self._met(levels, high)
            if np.count_nonzero(met) + np.count_nonzero(above) >= enough:
                break
            if high >= _MOST:
                raise GoalError(
                    f"goal {self.goal}: no growth reaches that; check the amount's unit",
                    topic="out-of-reach",
                )
            high *= 2.0
        levels, undecided = levels[:, :, above], undecided[above]
        while high - low > _CLOSE:
            middle = (low + high) / 2.0
            now = self._met(levels, middle)
            if np.count_nonzero(met) + np.count_nonzero(now) >= enough:
                high = middle
            else:
                low = middle
                met[undecided[now]] = True
                now = ~now
            levels, undecided = levels[:, :, now], undecided[now]
        met[undecided] = True
        return high, met

    def _first_that_counts(self) -> int:
        """Position of the first year that a window with months ahead depends on."""
        n_months = windows_within(self.goal.window, 0, -1).n_months
        since = self.first_ahead - n_months * self.goal.sustained - MONTHS  # growth over a year ago
        base = base_of(self.goal.amount)
        if base is not None:
            since = min(since, base.start)
        return max(0, since // MONTHS - self.first_year)

    def _met(self, levels: Totals, log_growth: float) -> NDArray[np.bool_]:
        """Whether paths meet the goal by its deadline.

        Parameters
        ----------
        levels
            Of the last years of `monthly`, on some paths.
        log_growth
            Imposed; minus infinity stands for no trade at all in the months ahead.
        """
        n_years = len(self.monthly)
        if log_growth == -math.inf:
            factors = np.zeros(n_years)
        else:
            imposed = np.full(n_years, np.nan)
            imposed[self.open_year - self.first_year :] = log_growth
            factors = np.exp(np.clip(self.blocks.shifts(imposed)[:, 0], -_LARGEST, _LARGEST))
        first = MONTHS * (self.first_year + n_years - len(levels))
        months = np.arange(first, first + MONTHS * len(levels)).reshape(-1, MONTHS)
        by_month = np.where(months < self.first_ahead, 1.0, factors[-len(levels) :, None])
        scaled = levels * by_month.astype(np.float32)[:, :, None]
        flat = scaled.reshape(-1, levels.shape[2])
        assert self.goal.deadline is not None, "checked by the caller"
        met: NDArray[np.bool_] = (
            passage(self.goal, MonthlyPaths(first, flat)).first <= self.goal.deadline
        )
        return met

    def own_growth(self, latest: YearTotal | None) -> float | None:
        """Growth a year of the model's own median, from the last complete year to the deadline."""
        assert self.goal.deadline is not None, "checked by the caller"
        by = last_complete_year(self.goal.deadline)
        if latest is None or by <= latest.year:
            return None
        year = self.monthly[by - self.first_year][None]
        [[there]] = quantiles(yearly(year, "calendar_year"), (0.5,)).tolist()
        return float((there / latest.total) ** (1.0 / (by - latest.year)) - 1.0)
