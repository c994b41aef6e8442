"""Targets: log totals of each flow over the windows of goals and of one year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.attainment.first_passage import in_a_row
from tradetrack.attainment.passage import MonthlyPaths, met_in, year_before
from tradetrack.domain.amount import YearGrowth, base_of
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.observation import BALANCE, TURNOVER, Series
from tradetrack.domain.period import Windows
from tradetrack.domain.window import Window

_STEP = 3  # months between the ends of rolling years that are far ahead or long over
_NEAR = 1.2  # a past rolling year this many times below the amount is hardly one that met it
_FAR_BELOW = 2.0  # a past window this many times below the amount never met the goal
_MOST_PAST = 36  # past windows, or runs of them, of which many more can hardly matter
_Draws = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class GoalTargets:
    """The windows by whose totals a goal is met or not.

    Attributes
    ----------
    goal
        With its series filled in.
    windows
        All that count up to the deadline.
    kept
        Positions of those that may decide; the others count as missed.
    flows
        Targets that add up to each window, ``[flow]``, by its last month and number of months: of
        those kept, and of what the amount is relative to.
    """

    goal: Goal
    windows: Windows
    kept: Index
    flows: Mapping[tuple[int, int], Index]

    def met(self, levels: _Draws, by: _Draws) -> NDArray[np.bool_]:
        """Whether the goal is met on each draw.

        Parameters
        ----------
        levels
            What the targets come to, ``[target, ...]``.
        by
            What every total is to be divided by.
        """
        if not len(self.kept):
            return np.zeros(levels.shape[1:], bool)
        _, _, met = met_in(self.goal, self.windows, _Drawn(self, levels, by))
        if self.goal.sustained > 1:
            every = np.zeros((len(self.windows), *met.shape[1:]), bool)
            every[self.kept] = met
            met = in_a_row(every, self.goal.sustained)
        return np.asarray(met.any(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Totals of a goal's windows on each draw."""

    of: GoalTargets
    levels: _Draws
    by: _Draws

    def total(self, window: Window) -> _Draws:
        """Total of one window."""
        [total] = self._added_up([window.end], window.n_months)
        return np.asarray(total)

    def totals(self, windows: Windows) -> _Draws:
        """Totals of those that are kept, of all that count or of those a year before."""
        return self._added_up([windows.ends[i] for i in self.of.kept], windows.n_months)

    def _added_up(self, ends: Sequence[int], n_months: int) -> _Draws:
        targets = np.array([self.of.flows[end, n_months] for end in ends])
        total: _Draws = self.levels[targets[:, 0]]
        change = np.subtract if _count(self.of.goal)[0] == BALANCE else np.add
        for flow in targets.T[1:]:
            change(total, self.levels[flow], out=total)
        total /= self.by
        return total


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
        The windows of each goal.
    totals
        Targets that add up to each total of the requested year, ``[flow]``.
    total_of_goal
        Which of the totals is of the same flow and figures as each goal.
    references
        The same as `totals` over the last twelve months known before the first release.
    windows
        Flow, last month from the first of the grid on, number of months, and figures of each
        target.
    """

    by_path: sparse.csr_array
    by_effect: Array
    by_reporter: Mapping[str, Array]
    offset: Array
    value: Array
    goals: tuple[GoalTargets, ...]
    totals: tuple[Index, ...]
    total_of_goal: tuple[int, ...]
    references: tuple[Index, ...]
    windows: tuple[tuple[int, int, int, str], ...]

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
        The year whose totals are requested, one for each series and count of `goals`: of a balance,
        whose log there may not be, that of the turnover.
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
        return tuple(dict.fromkeys(_counted(goal) for goal in self.goals))


def totalled(goal: Goal) -> Series:
    """Series whose yearly total is shown beside a goal: of a balance the turnover."""
    assert goal.series is not None, "filled in by news"
    series = goal.series
    return series.model_copy(update={"flow": TURNOVER}) if series.flow == BALANCE else series


def _counted(goal: Goal) -> tuple[str, str]:
    return totalled(goal).flow, goal.reporter


def _count(goal: Goal) -> tuple[str, str]:
    assert goal.series is not None, "filled in by news"
    return goal.series.flow, goal.reporter


def _best(margin: Array, in_a_row: int) -> NDArray[np.bool_]:
    """Windows of the runs that come nearest to the amount, or are furthest beyond it."""
    found = np.zeros(len(margin), bool)
    if len(margin) < in_a_row:
        return found
    runs = np.lib.stride_tricks.sliding_window_view(margin, in_a_row).min(axis=1)
    past = np.flatnonzero(np.isfinite(runs))
    chosen = past[np.argsort(-runs[past], kind="stable")[:_MOST_PAST]]
    found[(chosen[:, None] + np.arange(in_a_row)).ravel()] = True
    return found


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
        self._known: dict[tuple[int, int, int, str], int] = {}

    def make(self, request: Request) -> Targets:
        """Expand every target of a request."""
        year = (request.year + 1) * MONTHS - 1 - self.first_month
        known = max(request.known_to - self.first_month, MONTHS - 1)
        totals, references = (
            tuple(self._window(flow, end, MONTHS, reporter) for flow, reporter in request.counts)
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
            total_of_goal=tuple(request.counts.index(_counted(goal)) for goal in request.goals),
        )

    def _goal(self, goal: Goal, by: int, request: Request) -> GoalTargets:
        last = (by + 1) * MONTHS - 1 if goal.deadline is None else goal.deadline
        windows = goal.windows(self.first_month, last)
        kept = self._kept(goal, windows, request)
        n, base = windows.n_months, base_of(goal.amount)
        requested = [(windows.ends[i], n) for i in kept]
        if isinstance(goal.amount, YearGrowth):
            requested += [(year_before(windows).ends[i], n) for i in kept]
        if base is not None:
            requested.append((base.end, base.n_months))
        flow, reporter = _count(goal)
        flows = {
            (end, n_months): self._window(flow, end - self.first_month, n_months, reporter)
            for end, n_months in requested
        }
        return GoalTargets(goal, windows, kept, flows)

    def _kept(self, goal: Goal, windows: Windows, request: Request) -> Index:
        """Positions of the windows that may decide, as it looks on the path of the expansion.

        Past ones that miss the amount by much do not, nor many at once: the best are kept. Rolling
        years that end far ahead are taken every third month, if they need not be met in a row.
        """
        if not len(windows):
            return np.zeros(0, np.intp)
        totals, amounts, gross = self._expected(goal, windows)
        sign = -1.0 if goal.bound == "at_most" else 1.0
        margin = (sign * (totals - amounts) / gross).ravel()

        def near(times: float) -> NDArray[np.bool_]:
            return np.asarray(margin > (1.0 / times - 1.0 if sign < 0.0 else 1.0 - times))

        ends = np.array(windows.ends)
        over = ends // MONTHS < request.open_from
        keep = ~over | near(_FAR_BELOW)
        if goal.window == "rolling_year" and goal.sustained == 1:
            own = np.where(over, near(_NEAR), ends // MONTHS <= request.year + 1)
            keep &= own | ((ends + 1) % _STEP == 0)
        best = _best(np.where(keep, np.where(over, margin, np.inf), -np.inf), goal.sustained)
        return np.flatnonzero(keep & (~over | best))

    def _expected(self, goal: Goal, windows: Windows) -> tuple[Array, Array, Array]:
        """Totals and amounts of windows on the path of the expansion, and sums of the flows."""
        flow, _ = _count(goal)
        levels = self.levels[list(self._flows_of(flow))]
        by_month = np.array([levels.sum(axis=0), levels[0] - levels[-1]]).astype(np.float32)
        gross, net = (MonthlyPaths(self.first_month, row[:, None]) for row in by_month)
        totals, amounts, _ = met_in(goal, windows, net if flow == BALANCE else gross)
        return totals.astype(float), np.asarray(amounts, float), gross.totals(windows).astype(float)

    def _flows_of(self, flow: str) -> Sequence[int]:
        return [self.flows.index(flow)] if flow in self.flows else range(len(self.flows))

    def _window(self, flow: str, end: int, n_months: int, reporter: str) -> Index:
        """Targets of the months to ``end``, one per flow."""
        keys = [(f, end, n_months, reporter) for f in self._flows_of(flow)]
        return np.array([self._known.setdefault(key, len(self._known)) for key in keys], np.intp)

    def _expand(
        self, flow: int, end: int, n_months: int, reporter: str
    ) -> tuple[Array, Array, float]:
        months = np.arange(end - n_months + 1, end + 1)
        total = float(self.levels[flow, months].sum())
        share = self.levels[flow, months] / total
        by_path, by_effect = np.zeros_like(self.levels), np.zeros(self.n_effects)
        by_path[flow, months] = share
        if reporter != CONSENSUS:
            np.add.at(by_effect, self.effects[reporter][flow, months // MONTHS], share)
        return by_path.ravel(), by_effect, float(np.log(total))
