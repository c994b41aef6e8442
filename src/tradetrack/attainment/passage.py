"""First passage of a goal: what its windows come to on each path, and when that is enough."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import MONTHS
from tradetrack.attainment.first_passage import (
    Months,
    Totals,
    first_months,
    in_a_row,
    reaches,
)
from tradetrack.domain.amount import (
    Absolute,
    AverageGrowth,
    Increase,
    Multiple,
    YearGrowth,
)
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Series
from tradetrack.domain.period import Windows
from tradetrack.domain.window import Window
from tradetrack.models.paths import window_totals


class WindowTotals(Protocol):
    """Whatever has totals of windows on each of some draws."""

    def total(self, window: Window) -> Totals:
        """Total of one window on each draw."""
        ...

    def totals(self, windows: Windows) -> Totals:
        """Totals of windows, ``[window, ...]``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class MonthlyPaths:
    """Level of each month on each path, ``[month, path]``, from a first month on."""

    first_month: int
    levels: Totals
    _added_up: dict[Windows, Totals] = field(default_factory=dict, init=False, repr=False)

    @property
    def last_month(self) -> int:
        """Month number of the last one."""
        return self.first_month + len(self.levels) - 1

    def total(self, window: Window) -> Totals:
        """Total of one window on each path."""
        start = window.start - self.first_month
        total: Totals = self.levels[start : start + window.n_months].sum(axis=0)
        return total

    def totals(self, windows: Windows) -> Totals:
        """Totals of windows, ``[window, path]``; those of several goals are added up once."""
        if windows not in self._added_up:
            self._added_up[windows] = self._sums(windows)
        return self._added_up[windows]

    def _sums(self, windows: Windows) -> Totals:
        if not len(windows):
            return self.levels[:0]
        start = windows.ends[0] - windows.n_months + 1 - self.first_month
        upto = windows.ends[-1] + 1 - self.first_month
        step = windows.ends.step if len(windows) > 1 else windows.n_months
        return window_totals(self.levels[start:upto], windows.n_months, step)


@dataclass(frozen=True, slots=True)
class Passage:
    """When a goal is met on each path.

    Attributes
    ----------
    windows
        Those that count, whatever the deadline.
    totals
        What each comes to, ``[window, path]``.
    amounts
        What each is to come to: one number, one for each path, or, of growth over the year before,
        as the totals.
    first
        Month in which the goal is first met, on each path; `first_passage.NEVER` if it is not.
    """

    windows: Windows
    totals: Totals
    amounts: float | Totals
    first: Months


def passage(goal: Goal, monthly: MonthlyPaths) -> Passage:
    r"""Follow a goal on each path.

    It is met at the end of the first window :math:`w` that counts in which

    .. math:: \text{total}_w \ge A_w, \qquad A_w = a,\; f B,\; B + d,\;
        (1 + g)\, \text{total}_{w - 12},\; B\,(1 + g)^{(d - b) / 12},

    with the total :math:`B` of the base, which ends in month :math:`b`, on the same path, and
    :math:`d` the end of the last window by the deadline; at most instead of at least if the goal
    says so; and in so many windows in a row.

    Parameters
    ----------
    goal
        With its series filled in, as `tradetrack.simulation.resolve_goals` returns it.
    monthly
        Paths of the series, by the figures that count for the goal.
    """
    windows = goal.windows(monthly.first_month, monthly.last_month)
    totals, amounts, met = met_in(goal, windows, monthly)
    first = first_months(in_a_row(met, goal.sustained), windows.ends)
    return Passage(windows=windows, totals=totals, amounts=amounts, first=first)


def met_in(
    goal: Goal, windows: Windows, drawn: WindowTotals
) -> tuple[Totals, float | Totals, NDArray[np.bool_]]:
    """Totals of windows, what each is to come to, and whether it does: the equation of `passage`.

    Parameters
    ----------
    goal
        With its series filled in.
    windows
        Those that count; the last one by a deadline may be among others after it.
    drawn
        What they come to on each path or draw.
    """
    totals, amounts = drawn.totals(windows), _amounts(goal, windows, drawn)
    return totals, amounts, reaches(totals, amounts, at_most=goal.bound == "at_most")


def _amounts(goal: Goal, windows: Windows, drawn: WindowTotals) -> float | Totals:
    amount, series = goal.amount, goal.series
    assert series is not None, "filled in by resolve_goals"
    match amount:
        case YearGrowth(rate=rate):
            return np.float32(1.0 + rate) * drawn.totals(year_before(windows))
        case Multiple(factor=factor, base=base):
            return np.float32(factor) * drawn.total(base)
        case Increase(value=value, base=base, unit=unit):
            return drawn.total(base) + np.float32(absolute_amount(value, series, unit))
        case AverageGrowth(rate=rate, base=base):
            assert goal.deadline is not None, "such a goal has one"
            due = windows.to_month(goal.deadline).ends[-1]
            growth = (1.0 + rate) ** ((due - base.end) / MONTHS)
            return np.float32(growth) * drawn.total(base)
    return absolute_amount(amount, series)


def year_before(windows: Windows) -> Windows:
    """Return the windows a year before others."""
    ends = windows.ends
    return Windows(windows.n_months, range(ends.start - MONTHS, ends.stop - MONTHS, ends.step))


def absolute_amount(amount: float | Absolute, series: Series, unit: str = "") -> float:
    """Return an amount in the unit of a series, in whose currency it is.

    Examples
    --------
    >>> absolute_amount(Absolute(500, "usd_mn"), Series(pair="KZ-UZ"))
    0.5
    """
    value, unit = (amount, unit) if isinstance(amount, float) else (amount.value, amount.unit)
    if not unit or unit == series.unit:
        return value
    return value * split_unit(unit)[1] / split_unit(series.unit)[1]
