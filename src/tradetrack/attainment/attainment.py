"""The typed result for one goal: when it is met, as a distribution over years."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from tradetrack.attainment.first_passage import first_year
from tradetrack.attainment.official import MethodStatus
from tradetrack.domain.goal import Goal
from tradetrack.domain.value import Value
from tradetrack.errors import InputError

REACH_LEVELS = tuple(round(0.01 * i, 2) for i in range(1, 100))


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


class YearProbability(Value):
    """Probability that the goal is met by the end of a year, that year included.

    ``error`` is its Monte-Carlo standard error (`tradetrack.attainment.first_passage`).
    """

    year: int
    probability: float
    error: float


class YearTotal(Value):
    """Median total of a year, in the series' unit."""

    year: int
    total: float


class YearReach(Value):
    """Quantiles of the highest total up to a year, at the levels of `REACH_LEVELS`."""

    year: int
    amounts: tuple[float, ...]


class Attainment(Value):
    """When a goal is met.

    Attributes
    ----------
    goal
        The goal, its series filled in.
    curve
        Probability that the goal is met by each year, the first year of the ledger onwards.
    latest
        Median total of the last complete year, given all figures.
    earlier
        The same, up to five years before; None if the ledger does not go back.
    reach
        For each year from the last observed one: what is reached by then with what probability.
    n_paths
        Paths drawn.
    statuses
        What each official method says of the same goal, from the median totals of calendar years up
        to the last complete one; see `tradetrack.attainment.official`.

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
    latest: YearTotal | None
    earlier: YearTotal | None
    reach: tuple[YearReach, ...]
    n_paths: int
    statuses: tuple[MethodStatus, ...] = ()

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
        return None if self.goal.by is None else self.probability_by(self.goal.by)

    @property
    def probability(self) -> float:
        """Probability that the goal is met by its deadline; by the horizon without one."""
        return self.probability_by(self.last_year if self.goal.by is None else self.goal.by)

    def year_reached_with(self, probability: float) -> Reached | NotWithin:
        """First year by which the goal is met with at least this probability."""
        _check_probability(probability)
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
        _check_probability(level)
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
        amounts = {point.year: point.amounts for point in self.reach}
        if not amounts:
            raise InputError(
                "this result was stored without the amounts reached; track again", topic="result"
            )
        if year not in amounts:
            first, last = self.reach[0].year, self.reach[-1].year
            raise InputError(
                f"the year {year} is not in {first} to {last}; choose one of those", topic="result"
            )
        if not REACH_LEVELS[0] <= probability <= REACH_LEVELS[-1]:
            raise InputError(
                f"the probability {probability} is not between {REACH_LEVELS[0]} and"
                f" {REACH_LEVELS[-1]}; beyond that too few paths speak",
                topic="result",
            )
        return float(np.interp(1.0 - probability, REACH_LEVELS, amounts[year]))

    @property
    def required_growth(self) -> float | None:
        r"""Growth a year that leads from the last complete year to the goal at its deadline.

        .. math:: (\text{amount} / \text{latest})^{1 / (\text{by} - \text{year})} - 1

        None without a deadline, or if the deadline has passed. A fraction: 0.15 is 15 %.
        """
        if self.goal.by is None or self.latest is None or self.goal.by <= self.latest.year:
            return None
        years = self.goal.by - self.latest.year
        return float((self.goal.amount / self.latest.total) ** (1.0 / years) - 1.0)

    @property
    def recent_growth(self) -> float | None:
        """Mean growth a year over the (up to) five years to the last complete one."""
        if self.latest is None or self.earlier is None:
            return None
        years = self.latest.year - self.earlier.year
        return float((self.latest.total / self.earlier.total) ** (1.0 / years) - 1.0)

    @property
    def monte_carlo_error(self) -> float:
        """Standard error of the deadline probability, or of the least certain year without one."""
        by = self.goal.by
        errors = (point.error for point in self.curve if by is None or point.year == by)
        return max(errors, default=0.0)


def _check_probability(probability: float) -> None:
    if not 0.0 < probability < 1.0:
        raise InputError(f"the probability {probability} is not between 0 and 1")
