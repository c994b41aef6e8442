"""Targets: log totals of each flow over the windows of goals and of one year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.attainment.passage import absolute_amount
from tradetrack.domain.amount import Absolute
from tradetrack.domain.goal import CONSENSUS, YEAR_WINDOWS, Goal
from tradetrack.domain.observation import BALANCE
from tradetrack.errors import GoalError

_STEP = 3  # months between the ends of rolling years that are far ahead or long over
_NEAR = 1.2  # a past rolling year this many times below the amount is hardly one that met it
_FAR_BELOW = 2.0  # a past year this many times below the amount never met the goal


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Log totals of one flow over one window, by one count of figures, to first order.

    Attributes
    ----------
    by_path, by_effect, offset
        As in `measurement.Linear`, ``[target, ...]``.
    by_reporter
        Derivative by the effects of each reporter in all years, ``[target, flow * year]``.
    value
        The log totals on the path about which they were expanded.
    goals
        Targets that add up to each window of each goal, ``[window, flow]``; a goal may have none.
    totals
        Targets that add up to each total of the requested year, ``[flow]``.
    total_of_goal
        Which of the totals is of the same flow and figures as each goal.
    references
        The same as `totals` over the last twelve months known before the first release.
    windows
        Flow, last month from the first of the grid on, and figures of each target.
    """

    by_path: sparse.csr_array
    by_effect: Array
    by_reporter: Mapping[str, Array]
    offset: Array
    value: Array
    goals: tuple[Index, ...]
    totals: tuple[Index, ...]
    total_of_goal: tuple[int, ...]
    references: tuple[Index, ...]
    windows: tuple[tuple[int, int, str], ...]

    def shares(self, flows: Index) -> Array:
        """Shares of flows in their sum: its log's derivative by their logs."""
        parts = np.exp(self.value[flows])
        shares: Array = parts / parts.sum()
        return shares

    def by_target(self, total: int) -> Array:
        """Derivative of the log of one total by each target."""
        derivative = np.zeros(len(self.value))
        derivative[self.totals[total]] = self.shares(self.totals[total])
        return derivative


@dataclass(frozen=True, slots=True)
class Request:
    """The goals and the year that targets are made for.

    Attributes
    ----------
    goals
        The goals, their series filled in.
    by
        The year by which each is to be met.
    year
        The year whose totals are requested, one for each series and count of `goals`.
    known_to
        Last month that a figure covered before the first release.
    """

    goals: tuple[Goal, ...]
    by: tuple[int, ...]
    year: int
    known_to: int

    @property
    def last_year(self) -> int:
        """Last year of the grid."""
        return max(self.year, *self.by)

    @property
    def open_from(self) -> int:
        """First year of which not everything was known before the first release."""
        return self.known_to // MONTHS

    @property
    def counts(self) -> tuple[tuple[str, str], ...]:
        """Flow and figures of each total, in the order of the goals."""
        return tuple(dict.fromkeys(_count(goal) for goal in self.goals))


def _count(goal: Goal) -> tuple[str, str]:
    assert goal.series is not None, "filled in by news"
    return goal.series.flow, goal.reporter


def is_plain(goal: Goal) -> bool:
    """Whether a goal is one whose change news can explain by figures."""
    level = isinstance(goal.amount, float | Absolute) and goal.bound == "at_least"
    dated = goal.window in YEAR_WINDOWS and not isinstance(goal.by, str)
    balance = goal.series is not None and goal.series.flow == BALANCE
    return level and dated and goal.sustained == 1 and not balance


def check_plain(goals: Sequence[Goal]) -> None:
    """Refuse the goals whose change news cannot explain by figures yet.

    Raises
    ------
    GoalError
        If one is anything but a level, once, at least, in a calendar year or twelve months.
    """
    for goal in goals:
        if not is_plain(goal):
            raise GoalError(
                f"goal {goal}: news explains goals of a level in calendar years or twelve months;"
                " compare track(..., as_of=...) of two days",
            )


def plain_level(goal: Goal) -> float:
    """Return the level of a goal that `check_plain` lets pass."""
    assert goal.series is not None, "filled in by news"
    assert isinstance(goal.amount, float | Absolute), "checked by news"
    return absolute_amount(goal.amount, goal.series)


def _may_meet(goal: Goal, year: int, total: float, request: Request) -> bool:
    return year >= request.open_from or total * _FAR_BELOW > plain_level(goal)


def _may_decide(goal: Goal, year: int, total: float, request: Request) -> bool:
    """Whether rolling years that end in any month of a year need targets of their own."""
    if year < request.open_from:
        return total * _NEAR > plain_level(goal)
    return year <= request.year + 1


class TargetMaker:
    """Collects targets about one path.

    Parameters
    ----------
    first_month
        First month of the grid.
    log_path
        Log of the monthly values about which totals are expanded, ``[flow, month]``.
    flows
        Names of the flows.
    effects
        Positions of reporters' effects, ``[flow, year]`` each.
    n_effects
        Number of effects.
    """

    def __init__(
        self,
        first_month: int,
        log_path: Array,
        flows: tuple[str, ...],
        effects: dict[str, Index],
        n_effects: int,
    ) -> None:
        self.first_month = first_month
        self.levels = np.exp(log_path)
        self.log_path = log_path
        self.flows = flows
        self.effects = effects
        self.n_effects = n_effects
        self._known: dict[tuple[int, int, str], int] = {}

    def make(self, request: Request) -> Targets:
        """Expand every target of a request."""
        year = (request.year + 1) * MONTHS - 1 - self.first_month
        known = max(request.known_to - self.first_month, MONTHS - 1)
        totals, references = (
            tuple(self._window(flow, end, reporter) for flow, reporter in request.counts)
            for end in (year, known)
        )
        goals = tuple(
            self._goal(goal, by, request)
            for goal, by in zip(request.goals, request.by, strict=True)
        )
        rows = [self._expand(*key) for key in self._known]
        by_path = np.array([path for path, _, _ in rows])
        by_effect = np.array([effect for _, effect, _ in rows])
        value = np.array([log for _, _, log in rows])
        return Targets(
            by_path=sparse.csr_array(by_path),
            by_effect=by_effect,
            by_reporter={
                name: by_effect[:, position.ravel()].astype(np.float32)
                for name, position in self.effects.items()
            },
            offset=by_path @ self.log_path.ravel() - value,
            value=value,
            goals=goals,
            totals=totals,
            references=references,
            windows=tuple(self._known),
            total_of_goal=tuple(request.counts.index(_count(goal)) for goal in request.goals),
        )

    def _goal(self, goal: Goal, last: int, request: Request) -> Index:
        first = self.first_month // MONTHS
        flow, reporter = _count(goal)
        windows = []
        for year in range(first, last + 1):
            december = (year - first + 1) * MONTHS - 1
            rolling = goal.window == "rolling_year" and year > first
            for end in range(december - MONTHS + 1 if rolling else december, december + 1):
                if self.first_month + end < goal.counts_from:
                    continue
                total = self._levels(flow)[end - MONTHS + 1 : end + 1].sum()
                if _may_meet(goal, year, total, request) and (
                    (december - end) % _STEP == 0 or _may_decide(goal, year, total, request)
                ):
                    windows.append(self._window(flow, end, reporter))
        return np.array(windows, np.intp).reshape(len(windows), len(self._flows_of(flow)))

    def _levels(self, flow: str) -> Array:
        levels: Array = self.levels[self._flows_of(flow)].sum(axis=0)
        return levels

    def _flows_of(self, flow: str) -> Sequence[int]:
        return [self.flows.index(flow)] if flow in self.flows else range(len(self.flows))

    def _window(self, flow: str, end: int, reporter: str) -> Index:
        """Targets of the twelve months to ``end``, one per flow."""
        keys = [(f, end, reporter) for f in self._flows_of(flow)]
        return np.array([self._known.setdefault(key, len(self._known)) for key in keys], np.intp)

    def _expand(self, flow: int, end: int, reporter: str) -> tuple[Array, Array, float]:
        months = np.arange(end - MONTHS + 1, end + 1)
        total = float(self.levels[flow, months].sum())
        share = self.levels[flow, months] / total
        by_path, by_effect = np.zeros_like(self.levels), np.zeros(self.n_effects)
        by_path[flow, months] = share
        if reporter != CONSENSUS:
            np.add.at(by_effect, self.effects[reporter][flow, months // MONTHS], share)
        return by_path.ravel(), by_effect, float(np.log(total))
