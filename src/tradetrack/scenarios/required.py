"""required_growth(): the growth with which a goal is met in time with a given probability."""

import datetime as dt
import math
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
from tradetrack.attainment.attainment import YearTotal
from tradetrack.attainment.first_passage import monte_carlo_errors
from tradetrack.attainment.passage import MonthlyPaths, passage
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import BALANCE
from tradetrack.domain.value import AtLeastOne, Count, NonNegative, Probability, Value, require
from tradetrack.domain.window import Month, last_complete_year
from tradetrack.errors import GoalError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths, Model
from tradetrack.scenarios.shifting import Blocks, first_open_year
from tradetrack.simulation import simulate
from tradetrack.tracking import Tracking, summarise

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
        own = f"probability {percent(self.own_probability)}"
        if self.own_growth is not None:
            own = f"{growth_rate(self.own_growth)} a year with {own}"
        if self.growth is None:
            return (
                f"{goal}: met with probability {percent(self.probability)} without any growth;"
                f" the model expects {own}."
            )
        return (
            f"{goal}: met with probability {percent(self.probability)} if {goal.series} grows"
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
    if goal.deadline is None:
        raise GoalError(
            f"goal {goal} has no deadline; give it one: Goal(..., by=2030)", topic="deadline"
        )
    if goal.bound == "at_most" or (goal.series and goal.series.flow == BALANCE):
        raise GoalError(
            f"goal {goal}: no growth leads to it; growth is required of goals to rise to, in a"
            " flow or the turnover",
        )
    drawn = simulate(ledger, goal, as_of=as_of, model=model, n_paths=n_paths, seed=seed)
    response = _Response.of(drawn.paths, drawn.goals[0])
    tracking = summarise(drawn)
    [attainment] = tracking.attainments
    growth = response.growth_needed(probability)
    met = response.met(growth)
    return RequiredGrowth(
        version=__version__,
        as_of=tracking.as_of,
        last_observed=tracking.last_observed,
        ledger_digest=tracking.ledger_digest,
        seed=seed,
        n_paths=n_paths,
        goal=attainment.goal,
        probability=probability,
        growth=math.expm1(growth) if growth > -math.inf else None,
        error=float(monte_carlo_errors(met[None], drawn.paths.cluster_starts)[0]),
        latest=attainment.latest,
        own_growth=_own_growth(tracking, goal.deadline),
        own_probability=attainment.probability,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Response:
    """Whether each path meets the goal, as a function of the growth imposed.

    Attributes
    ----------
    goal, first_month, blocks
        The goal; the first month; and the sums of its flow that a growth path is made of.
    monthly
        Levels by the figures that count, ``[year, month, path]``, to the deadline.
    ahead
        Which months are ahead, ``[year, month]``.
    open_year
        Position of the first year with months ahead.
    """

    goal: Goal
    first_month: int
    blocks: Blocks
    monthly: NDArray[np.float32]
    ahead: NDArray[np.bool_]
    open_year: int

    @classmethod
    def of(cls, paths: LogPaths, goal: Goal) -> "_Response":
        assert goal.due_year is not None, "checked by the caller"
        assert goal.series is not None, "filled in by track"
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
        years = slice(0, goal.due_year + 1 - paths.years.start)
        ahead = np.arange(len(paths.years) * MONTHS).reshape(-1, MONTHS) >= paths.n_observed
        return cls(
            goal,
            paths.first_month,
            Blocks.of(paths.monthly(goal.series.flow)[years], paths.n_observed),
            paths.monthly(goal.series.flow, goal.reporter)[years],
            ahead[years],
            open_year - paths.years.start,
        )

    def met(self, log_growth: float) -> NDArray[np.bool_]:
        """Whether each path meets the goal by its deadline; minus infinity: nothing is ahead."""
        if log_growth == -math.inf:
            factors = np.zeros(len(self.ahead))
        else:
            imposed = np.full(len(self.ahead), np.nan)
            imposed[self.open_year :] = log_growth
            factors = np.exp(np.clip(self.blocks.shifts(imposed)[:, 0], -_LARGEST, _LARGEST))
        by_month = np.where(self.ahead, factors[:, None], 1.0).astype(np.float32)
        levels = (self.monthly * by_month[:, :, None]).reshape(-1, self.monthly.shape[2])
        first = passage(self.goal, MonthlyPaths(self.first_month, levels)).first
        assert self.goal.deadline is not None, "checked by the caller"
        met: NDArray[np.bool_] = first <= self.goal.deadline
        return met

    def growth_needed(self, probability: float) -> float:
        """Least log growth at which that share of the paths meets the goal."""

        def enough(log_growth: float) -> bool:
            return float(self.met(log_growth).mean()) >= probability - 1e-12

        if enough(-math.inf):
            return -math.inf
        step = 1.0
        while not enough(step):
            if step >= _MOST:
                raise GoalError(
                    f"goal {self.goal}: no growth reaches that; check the amount's unit",
                    topic="out-of-reach",
                )
            step *= 2.0
        low, high = -_MOST, step
        while high - low > _CLOSE:
            middle = (low + high) / 2.0
            low, high = (low, middle) if enough(middle) else (middle, high)
        return high


def _own_growth(tracking: Tracking, deadline: int) -> float | None:
    """Growth per year of the model's own median, from the last complete year to the deadline."""
    latest = tracking.attainments[0].latest
    if latest is None:
        return None
    totals = tracking.totals("calendar_year")
    median = totals.levels.index(0.5)
    by = last_complete_year(deadline)
    if by <= latest.year:
        return None
    there = next(row.quantiles[median] for row in totals.years if row.year == by)
    return float((there / latest.total) ** (1.0 / (by - latest.year)) - 1.0)
