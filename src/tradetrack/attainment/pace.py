"""Pace: what the rest of the year under way must bring."""

import math

import numpy as np

from tradetrack._typing import MONTHS
from tradetrack.attainment.passage import MonthlyPaths
from tradetrack.domain.amount import YearGrowth
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import BALANCE
from tradetrack.domain.period import windows_within
from tradetrack.domain.value import AtLeastOne, NonNegative, Positive, Probability, Value
from tradetrack.domain.window import Window


class PaceNeeded(Value):
    """What the months that remain of the year under way must bring, in the series' unit.

    Attributes
    ----------
    window
        The year under way: the goal's kind of year, or its one window.
    target
        What it is to come to: the goal's level if the deadline is in it, else its place on the way
        of equal growth a year from the year before to the goal at its deadline.
    so_far
        Median total of the months that figures cover.
    months_left
        Months that they do not.
    needed, needed_a_month
        What these are to bring; 0 if the target is reached.
    year_before
        Median total of the same months of the year before.
    growth
        Of ``needed`` over ``year_before``, a fraction.
    expected
        Median of what these months bring by the model.
    probability
        That the year comes to the target.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> pace = tracking[0].pace
    >>> str(pace.window), pace.months_left, pace.needed > pace.expected
    ('2025', 2, True)
    """

    window: Window
    target: Positive
    so_far: NonNegative
    months_left: AtLeastOne
    needed: NonNegative
    needed_a_month: NonNegative
    year_before: Positive
    growth: float
    expected: NonNegative
    probability: Probability


def pace(
    goal: Goal, monthly: MonthlyPaths, last_observed: int, level: float | None
) -> PaceNeeded | None:
    r"""Find what the rest of the year under way must bring.

    The target of a year that ends in month :math:`w`, with the deadline in month :math:`d`, is

    .. math:: P (L / P)^{12 / (d - w + 12)}, \qquad P = \text{total of the year before},

    which is the level :math:`L` itself if they are the same.

    Parameters
    ----------
    goal
        A goal to rise to a positive level, with a deadline; of others the answer is None.
    monthly
        Paths of its series.
    last_observed
        Last month that figures cover.
    level
        What the goal asks for by its deadline; see `tradetrack.results.Attainment`.
    """
    window = _under_way(goal, monthly, last_observed)
    if window is None:
        return None
    before = _median(monthly, window.shift(-1))
    if isinstance(goal.amount, YearGrowth):
        target = (1.0 + goal.amount.rate) * before
    elif level is not None and level > 0.0 and goal.deadline is not None:
        years = (goal.deadline - window.end) / MONTHS + 1.0
        target = before * math.exp(math.log(level / before) / years)
    else:
        return None
    rest = Window(start=last_observed + 1, end=window.end)
    so_far = _median(monthly, Window(start=window.start, end=last_observed))
    needed = max(0.0, target - so_far)
    year_before = _median(monthly, rest.shift(-1))
    return PaceNeeded(
        window=window,
        target=target,
        so_far=so_far,
        months_left=rest.n_months,
        needed=needed,
        needed_a_month=needed / rest.n_months,
        year_before=year_before,
        growth=needed / year_before - 1.0,
        expected=_median(monthly, rest),
        probability=float((monthly.total(window) >= target).mean()),
    )


def _under_way(goal: Goal, monthly: MonthlyPaths, last_observed: int) -> Window | None:
    """Return the year that has begun and is not over, if it counts and there is one before."""
    assert goal.series is not None, "filled in by resolve_goals"
    if goal.bound == "at_most" or goal.series.flow == BALANCE:
        return None
    kind = "calendar_year" if goal.window == "rolling_year" else goal.window
    within = windows_within(kind, monthly.first_month, monthly.last_month)
    ahead = within.from_month(max(last_observed + 1, goal.counts_from))
    if within.n_months > MONTHS or not len(ahead):
        return None
    window = next(iter(ahead))
    known = monthly.first_month <= window.start - MONTHS and window.start <= last_observed
    in_time = goal.deadline is not None and window.end <= goal.deadline
    growing = isinstance(goal.amount, YearGrowth) and goal.deadline is None
    return window if known and (in_time or growing) else None


def _median(monthly: MonthlyPaths, window: Window) -> float:
    return float(np.median(monthly.total(window)))
