"""The typed result for one goal: when it is met, as a distribution over years."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, computed_field

from tradetrack._checks import check_number, check_whole, is_number, shown
from tradetrack._format import percent
from tradetrack._typing import MONTHS
from tradetrack.attainment.first_passage import first_year
from tradetrack.attainment.official import MethodStatus, compound_growth
from tradetrack.attainment.pace import PaceNeeded
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import BALANCE
from tradetrack.domain.period import windows_within
from tradetrack.domain.value import (
    AtLeastOne,
    Derived,
    NonNegative,
    Probability,
    Value,
    brief,
    consecutive,
    require,
    rising,
)
from tradetrack.domain.window import Month, format_month
from tradetrack.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

REACH_LEVELS = tuple(round(0.01 * i, 2) for i in range(1, 100))
CERTAIN = 0.995
"""Probability from which a goal counts as met in a year that is complete."""


class Reached(Value):
    """A year within the horizon.

    Examples
    --------
    >>> print(Reached(year=2031))
    2031
    """

    kind: Literal["reached"] = "reached"
    year: int

    def __str__(self) -> str:
        return str(self.year)


class NotWithin(Value):
    """Not within the horizon, whose last year is given.

    Examples
    --------
    >>> print(NotWithin(last_year=2045))
    not by 2045
    """

    kind: Literal["not_within"] = "not_within"
    last_year: int

    def __str__(self) -> str:
        return f"not by {self.last_year}"


When = Annotated[Reached | NotWithin, Field(discriminator="kind")]


class YearProbability(Value):
    """Probability that the goal is met by the end of a year, that year included.

    ``error`` is its Monte-Carlo standard error (`tradetrack.attainment.first_passage`).
    """

    year: int
    probability: Probability
    error: NonNegative


class MonthProbability(Value):
    """Probability that the goal is met by the end of a month, and its Monte-Carlo error."""

    month: Month
    probability: Probability
    error: NonNegative


class YearTotal(Value):
    """Median total of a year, in the series' unit; it is negative only of a balance."""

    year: int
    total: float


class YearReach(Value):
    """Quantiles of the highest total up to a year, at the levels of `REACH_LEVELS`."""

    year: int
    amounts: tuple[float, ...]


class Headline(Value):
    """The answer for one goal in a few numbers.

    Attributes
    ----------
    probability, monte_carlo_error
        That the goal is met by its deadline, or by ``last_year`` without one; its standard error.
    median, range_80
        Year by which it is as likely met as not, and the central 80 % range of that year.
    not_within, last_year
        Probability that it is not met within the horizon, and the horizon's last year.
    latest
        Median total of the last complete year, in the series' unit.
    required_growth, recent_growth
        Growth a year from ``latest`` to the goal at its deadline, and over the (up to) five years
        before ``latest``; fractions. None where there is no such growth.
    first_met
        First year by which the goal was met, as far as figures go, if it was.

    Examples
    --------
    >>> import tradetrack as tt
    >>> goal = tt.Goal(5, by=2022)
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), goal, n_paths=200)
    >>> headline = tracking[0].headline
    >>> headline.probability < 0.1, headline.latest.year, headline.first_met
    (True, 2024, None)
    """

    probability: Probability
    monte_carlo_error: NonNegative
    median: When
    range_80: tuple[When, When]
    not_within: Probability
    last_year: int
    latest: YearTotal | None
    required_growth: float | None
    recent_growth: float | None
    first_met: int | None


class Attainment(Derived):
    """When a goal is met.

    Its JSON also has the `headline`, which is computed anew, and must be the same, when it is read.

    Attributes
    ----------
    goal
        The goal, its series filled in.
    curve
        Probability that the goal is met by each year, the first year of the ledger onwards.
    at_deadline
        The same by the deadline's last month; None without a deadline.
    at_present
        The same by the last observed month.
    level
        What the goal asks for by its deadline, in the series' unit: the amount, or the median of
        one that is relative to a base. None if it is growth over the year before.
    latest
        Median total of the last complete year, given all figures.
    earlier
        The same, up to five years before; None if the ledger does not go back.
    reach
        For each year from the last observed one: what is reached by then with what probability.
        Empty unless the goal is to reach a level once. May be left out of a document: it is most
        of one.
    n_paths
        Paths drawn.
    statuses
        What each official method says of the same goal, from the median totals of calendar years up
        to the last complete one; see `tradetrack.attainment.official`. Empty if the goal is none of
        a level of a year's total.
    pace
        What the rest of the year under way must bring; None if none is, or the goal is met.

    Notes
    -----
    Everything is conditional on the figures published by the as-of date of the tracking.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> (attainment,) = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200).attainments
    >>> attainment.probability_by(2030) < attainment.probability_by(2040)
    True
    """

    goal: Goal
    curve: tuple[YearProbability, ...]
    at_deadline: MonthProbability | None
    at_present: MonthProbability
    level: float | None
    latest: YearTotal | None
    earlier: YearTotal | None
    reach: tuple[YearReach, ...]
    n_paths: AtLeastOne
    statuses: tuple[MethodStatus, ...] = ()
    pace: PaceNeeded | None = None

    def _check(self) -> None:
        years = [point.year for point in self.curve]
        require(true=self.goal.series is not None, otherwise="the goal has no series")
        require(true=consecutive(years), otherwise="the curve has no years, or leaves some out")
        require(
            true=rising([point.probability for point in self.curve]),
            otherwise="the curve falls: a goal that was met stays met",
        )
        self._check_deadline(years)
        totals = [total.year for total in (self.earlier, self.latest) if total is not None]
        require(
            true=set(totals) <= set(years) and (len(totals) < 2 or totals[0] < totals[1]),
            otherwise="the latest and the earlier total are not of two years of the curve",
        )
        if self.reach:  # a document may leave it out: it is most of one
            self._check_reach(years)

    def _check_deadline(self, years: list[int]) -> None:
        due, found = self.goal.deadline, self.at_deadline
        require(
            true=due == (None if found is None else found.month),
            otherwise="the probability by the deadline is missing, or by another month",
        )
        if due is None or found is None:
            return
        require(true=due // MONTHS <= years[-1], otherwise="the curve ends before the deadline")
        curve, year = self.probabilities, due // MONTHS
        least = curve[year] if due % MONTHS == MONTHS - 1 else curve.get(year - 1, 0.0)
        require(
            true=least <= found.probability <= curve[year],
            otherwise="the probability by the deadline does not fit the curve",
        )

    def _check_reach(self, years: list[int]) -> None:
        reached = [point.year for point in self.reach]
        require(
            true=consecutive(reached) and reached[0] in years and reached[-1] == years[-1],
            otherwise="the amounts reached are not of the curve's years up to the last one",
        )
        for point in self.reach:
            require(
                true=len(point.amounts) == len(REACH_LEVELS) and rising(point.amounts),
                otherwise=f"the amounts reached by {point.year} are not {len(REACH_LEVELS)}"
                " quantiles in order",
            )
        amounts = np.array([point.amounts for point in self.reach])
        before, after = amounts[:-1], amounts[1:]
        require(
            true=bool((before <= after + 1e-12 * np.abs(after)).all()),
            otherwise="an amount reached falls from one year to the next",
        )

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def headline(self) -> Headline:
        """The answer in a few numbers."""
        return Headline(
            probability=self.probability,
            monte_carlo_error=self.monte_carlo_error,
            median=self.median,
            range_80=self.interval(0.8),
            not_within=self.not_within,
            last_year=self.last_year,
            latest=self.latest,
            required_growth=self.required_growth,
            recent_growth=self.recent_growth,
            first_met=self.first_met,
        )

    @property
    def probabilities(self) -> Mapping[int, float]:
        """Probability that the goal is met by the end of each year."""
        return MappingProxyType({point.year: point.probability for point in self.curve})

    @property
    def last_year(self) -> int:
        """Last year that was simulated."""
        return self.curve[-1].year

    @property
    def not_within(self) -> float:
        """Probability that the goal is not met within the horizon."""
        return 1.0 - self.curve[-1].probability

    def probability_by(self, year: int) -> float:
        """Probability that the goal is met by the end of a year; 0 before the first figure.

        Raises
        ------
        InputError
            If the year is beyond the horizon.
        """
        check_whole("year", year)
        if year > self.last_year:
            raise InputError(
                f"{year} is beyond the horizon, which ends in {self.last_year}; track again and"
                f" raise the horizon by {year - self.last_year}",
                topic="horizon",
            )
        return self.probabilities.get(year, 0.0)

    @property
    def deadline_probability(self) -> float | None:
        """Probability that the goal is met by its deadline; None without a deadline."""
        return None if self.at_deadline is None else self.at_deadline.probability

    @property
    def probability(self) -> float:
        """Probability that the goal is met by its deadline; by the horizon without one."""
        by_deadline = self.deadline_probability
        return self.curve[-1].probability if by_deadline is None else by_deadline

    def year_reached_with(self, probability: float) -> Reached | NotWithin:
        """First year by which the goal is met with at least this probability."""
        check_number("probability", probability, 0, 1)
        index = first_year(np.array([point.probability for point in self.curve]), probability)
        if index is None:
            return NotWithin(last_year=self.last_year)
        return Reached(year=self.curve[index].year)

    @property
    def median(self) -> Reached | NotWithin:
        """Year by which the goal is as likely met as not."""
        return self.year_reached_with(0.5)

    def interval(self, level: float = 0.8) -> tuple[Reached | NotWithin, Reached | NotWithin]:
        """Central interval of the year in which the goal is met."""
        check_number("level", level, 0, 1)
        tail = (1.0 - level) / 2.0
        return self.year_reached_with(tail), self.year_reached_with(1.0 - tail)

    def value_reached_with(self, probability: float, year: int) -> float:
        """Largest total that is reached by a year with at least this probability.

        Parameters
        ----------
        probability
            Between 0.01 and 0.99.
        year
            From the last observed year to the horizon.

        Raises
        ------
        InputError
            If either is out of range.
        """
        check_whole("year", year)
        amounts = {point.year: point.amounts for point in self.reach}
        if not amounts:
            raise InputError(
                "this result was stored without the amounts reached; track again", topic="result"
            )
        if year not in amounts:
            first, last = self.reach[0].year, self.reach[-1].year
            raise InputError(
                f"the year {shown(year)} is not in {first} to {last}; choose one of those",
                topic="result",
            )
        known = is_number(probability) and REACH_LEVELS[0] <= probability <= REACH_LEVELS[-1]
        if not known:
            raise InputError(
                f"the probability {shown(probability)} is not between {REACH_LEVELS[0]} and"
                f" {REACH_LEVELS[-1]}; beyond that too few paths speak",
                topic="result",
            )
        return float(np.interp(1.0 - probability, REACH_LEVELS, amounts[year]))

    @property
    def required_growth(self) -> float | None:
        r"""Growth a year that leads from the last complete year to the goal at its deadline.

        .. math:: (\text{level} / \text{latest})^{12 / \text{months between}} - 1

        A fraction: 0.15 is 15 %. None without a deadline, if it has passed, and for goals that no
        growth of years leads to: of shorter windows, of balances, of growth over the year before,
        of a fall by more than there is.
        """
        due = self.goal.deadline
        if due is None or self.latest is None or self.level is None or not self._of_years:
            return None
        if not self.level > 0.0:
            return None
        months = due - (MONTHS * self.latest.year + MONTHS - 1)
        return (
            compound_growth(self.latest.total, self.level, months / MONTHS) if months > 0 else None
        )

    @property
    def _of_years(self) -> bool:
        """Whether the goal and the yearly totals are positive and of twelve months."""
        series, totals = self.goal.series, (self.latest, self.earlier)
        positive = series is not None and series.flow != BALANCE
        twelve = windows_within(self.goal.window, 0, 2 * MONTHS).n_months == MONTHS
        return positive and twelve and all(one is None or one.total > 0.0 for one in totals)

    @property
    def recent_growth(self) -> float | None:
        """Mean growth a year over the (up to) five years to the last complete one."""
        if self.latest is None or self.earlier is None:
            return None
        if not min(self.latest.total, self.earlier.total) > 0.0:  # of a balance
            return None
        years = self.latest.year - self.earlier.year
        return compound_growth(self.earlier.total, self.latest.total, years)

    @property
    def first_met(self) -> int | None:
        """First year by which the goal was met, as far as figures go; None if it was not."""
        if self.at_present.probability < CERTAIN:
            return None
        return next(point.year for point in self.curve if point.probability >= CERTAIN)

    @property
    def over(self) -> bool:
        """Whether the goal was met, or its time is over as far as figures go."""
        due = self.goal.deadline
        return self.first_met is not None or (due is not None and due <= self.at_present.month)

    @property
    def monte_carlo_error(self) -> float:
        """Standard error of the deadline probability, or of the least certain year without one."""
        if self.at_deadline is not None:
            return self.at_deadline.error
        return max(point.error for point in self.curve)

    def to_frame(self) -> "pd.DataFrame":
        """One row: the goal and its headline; see `tradetrack.results.Tracking.to_frame`."""
        import pandas as pd

        return pd.DataFrame([headline_row(self)]).astype(WHOLE)

    def __repr__(self) -> str:
        return brief(self)

    def __str__(self) -> str:
        where = str(self.median) if isinstance(self.median, NotWithin) else f"in {self.median}"
        chance = f"{percent(self.probability)} {self.goal.due or f'by {self.last_year}'}"
        return f"{self.goal.series}, {self.goal.label}: {chance}, median {where}"


WHOLE = dict.fromkeys(("by", "median", "low_80", "high_80", "latest_year", "first_met"), "Int64")
"""Columns of years in a table of headlines; a year may be missing."""


def headline_row(attainment: Attainment) -> dict[str, object]:
    """Lay out a goal and its headline as one row; years beyond the horizon are missing."""
    goal, found, latest = attainment.goal, attainment.headline, attainment.latest
    median, low, high = (
        when.year if isinstance(when, Reached) else None for when in (found.median, *found.range_80)
    )
    return {
        "goal": str(goal),
        "series": str(goal.series),
        "unit": goal.series.unit if goal.series else "",
        "amount": attainment.level,
        "by": goal.due_year,
        "deadline": None if goal.deadline is None else format_month(goal.deadline),
        "window": goal.window,
        "reporter": goal.reporter,
        "probability": found.probability,
        "monte_carlo_error": found.monte_carlo_error,
        "median": median,
        "low_80": low,
        "high_80": high,
        "not_within": found.not_within,
        "last_year": found.last_year,
        "latest_year": latest.year if latest else None,
        "latest": latest.total if latest else None,
        "required_growth": found.required_growth,
        "recent_growth": found.recent_growth,
        "first_met": found.first_met,
    }
