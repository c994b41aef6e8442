"""The official progress rules of statistical offices: formulas and cut-offs, named and versioned.

They carry past growth on and compare it with what the goal needs; none gives a probability.
Symbols: :math:`v_0, v_t, v_T` are the values of the base year :math:`t_0`, of the latest year
:math:`t` and of the goal at its deadline :math:`T`; :math:`d` is 1 for a goal to rise to and -1 for
one to fall to. Where each formula was read, and what is left out, is in
``docs/decisions/0012-official-methods.md``.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["increase", "decrease"]
_LARGEST_LOG = 600.0  # growth beyond is printed as this much: results hold no infinity


@dataclass(frozen=True, slots=True)
class Trend:
    """What a rule is asked: positive values of two years, and a goal.

    Attributes
    ----------
    base_year, base, latest_year, latest
        The earlier and the later year, and their values.
    amount, by
        The goal, in the unit of the values, and its last year, after the latest one; or None.
    direction
        Whether the values are to rise to the amount or to fall to it.
    """

    base_year: int
    base: float
    latest_year: int
    latest: float
    amount: float
    by: int | None
    direction: Direction = "increase"

    @property
    def sign(self) -> int:
        """The ``d`` of the formulas."""
        return 1 if self.direction == "increase" else -1

    def reached(self, value: float) -> bool:
        """Whether a value has reached the amount."""
        return self.sign * (value - self.amount) >= 0.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a rule computes; see `tradetrack.attainment.official.MethodStatus`."""

    ratio: float
    actual_growth: float | None = None
    required_growth: float | None = None
    projected: float | None = None


def compound_growth(first: float, last: float, years: int) -> float:
    r"""Compound annual growth rate, :math:`(v_t / v_0)^{1 / (t - t_0)} - 1`.

    Examples
    --------
    >>> round(compound_growth(100.0, 121.0, 2), 12)
    0.1
    """
    return math.expm1(min(_log_growth(first, last, years), _LARGEST_LOG))


def _log_growth(first: float, last: float, years: int) -> float:
    return (math.log(last) - math.log(first)) / years


def growth_ratio(trend: Trend) -> Numbers:
    r"""Actual over required growth.

    .. math:: R = d \frac{(v_t / v_0)^{1 / (t - t_0)} - 1}{|(v_T / v_0)^{1 / (T - t_0)} - 1|}

    With the base year short of the goal, as Eurostat's formula supposes, this is the plain ratio of
    the two growth rates; Statistics Canada adds the sign and the magnitude for the other cases.

    Examples
    --------
    >>> round(growth_ratio(Trend(2018, 1.0, 2025, 2.3, 5.0, 2030)).ratio, 2)
    0.88
    """
    actual = compound_growth(trend.base, trend.latest, trend.latest_year - trend.base_year)
    required = compound_growth(trend.base, trend.amount, _deadline(trend) - trend.base_year)
    ratio = trend.sign * actual / abs(required)
    return Numbers(ratio=ratio, actual_growth=actual, required_growth=required)


def projected_share(trend: Trend) -> Numbers:
    r"""Share of the way from base to goal that is covered by the deadline if growth goes on.

    .. math:: \frac{\hat v_T - v_0}{v_T - v_0}, \qquad
        \hat v_T = v_t \Big(\frac{v_t}{v_0}\Big)^{(T - t) / (t - t_0)}

    Examples
    --------
    >>> round(projected_share(Trend(2018, 1.0, 2025, 2.3, 5.0, 2030)).ratio, 2)
    0.79
    """
    years = trend.latest_year - trend.base_year
    rate = _log_growth(trend.base, trend.latest, years)
    ahead = rate * (_deadline(trend) - trend.latest_year)
    projected = math.exp(min(math.log(trend.latest) + ahead, _LARGEST_LOG))
    return Numbers(
        ratio=(projected - trend.base) / (trend.amount - trend.base),
        actual_growth=compound_growth(trend.base, trend.latest, years),
        projected=projected,
    )


def current_status_index(trend: Trend) -> Numbers:
    r"""ESCAP's Current Status Index: how far the value has come, out of 10.

    .. math:: 10 d \frac{v_t - v_0}{|v_T - v_0|}

    Examples
    --------
    >>> current_status_index(Trend(2015, 1.0, 2024, 3.0, 5.0, 2030)).ratio
    5.0
    """
    gone = trend.sign * (trend.latest - trend.base)
    return Numbers(ratio=10.0 * gone / abs(trend.amount - trend.base))


def _deadline(trend: Trend) -> int:
    assert trend.by is not None, "checked before a rule is asked"
    return trend.by


def since_2015(years: Sequence[int], announced: int | None) -> int | None:
    """Base year of the Sustainable Development Goals' rules.

    The first year with a value from 2015 on, when those goals were adopted. Where that leaves no
    growth to measure, the year of the goal's own announcement, else the first year of all.

    Parameters
    ----------
    years
        Those with a value, in order; the last is the latest.
    announced
        Year in which the goal was announced, if known.

    Examples
    --------
    >>> since_2015([2010, 2016, 2020], None), since_2015([2005, 2007, 2010], 2007)
    (2016, 2007)
    """
    earlier = list(years[:-1])
    own = [year for year in earlier if year >= 2015]
    said = [year for year in earlier if year == announced]
    return next(iter([*own, *said, *earlier]), None)


def last_five_years(years: Sequence[int], announced: int | None) -> int | None:
    """Base year of Eurostat's short-term trend: five years before the latest, or the next after it.

    The parameters are those of `since_2015`.

    Examples
    --------
    >>> last_five_years([2010, 2016, 2020], None), last_five_years([2010, 2020], None)
    (2016, None)
    """
    return next((year for year in years[:-1] if year >= years[-1] - 5), None)


@dataclass(frozen=True, slots=True)
class ProgressRule:
    """An official method as data.

    Attributes
    ----------
    name, version, publisher, source
        What it is called, its year or release, who publishes it and where (an address without its
        scheme).
    measure
        The formula.
    base_year
        The base year of the years with a value and the year of the announcement.
    cutoffs
        From the best category down: the smallest ratio of each, and what it is called. Empty for
        an index without categories.
    expected
        The categories that say that the goal will be met.
    when_met
        What a goal is called whose latest value has reached the amount, if the rule says so.
    needs_deadline, base_beyond
        Whether the formula has the deadline in it; whether it means something if the base year's
        value is beyond the amount.
    """

    name: str
    version: str
    publisher: str
    source: str
    measure: Callable[[Trend], Numbers]
    base_year: Callable[[Sequence[int], int | None], int | None]
    cutoffs: tuple[tuple[float, str], ...]
    expected: tuple[str, ...]
    when_met: str | None = None
    needs_deadline: bool = True
    base_beyond: bool = False

    def category(self, ratio: float) -> str:
        """Name what a ratio means; without categories, print the index."""
        if not self.cutoffs:
            beyond = ", beyond the target" if ratio > 10.0 else ""
            return f"{min(ratio, 10.0):.1f} of 10{beyond}"
        return next(said for smallest, said in self.cutoffs if ratio >= smallest)


_REST = -math.inf  # the smallest ratio of a rule's last category
RULES: tuple[ProgressRule, ...] = (
    ProgressRule(
        name="eurostat",
        version="2021",
        publisher="Eurostat",
        source="ec.europa.eu/eurostat/statistics-explained/index.php?title=SDG_-_Introduction",
        measure=growth_ratio,
        base_year=last_five_years,
        cutoffs=(
            (0.95, "significant progress"),
            (0.60, "moderate progress"),
            (0.0, "insufficient progress"),
            (_REST, "movement away"),
        ),
        expected=("significant progress",),
    ),
    ProgressRule(
        name="open_sdg",
        version="2.4.0",
        publisher="Statistics Canada / Open SDG",
        source="open-sdg.readthedocs.io/en/latest/progress-methodology",
        measure=growth_ratio,
        base_year=since_2015,
        cutoffs=(
            (0.95, "on track"),
            (0.60, "progress made but acceleration needed"),
            (0.0, "limited progress"),
            (_REST, "deterioration"),
        ),
        expected=("target achieved", "on track"),
        when_met="target achieved",
        base_beyond=True,
    ),
    ProgressRule(
        name="unsd_2023",
        version="2023",
        publisher="UN Statistics Division",
        source="unstats.un.org/sdgs/files/report/2023/Progress_Chart_Technical_Note_2023.pdf",
        measure=projected_share,
        base_year=since_2015,
        cutoffs=(
            (0.95, "on track or target met"),
            (0.10, "fair progress, but acceleration needed"),
            (_REST, "stagnation or regression"),
        ),
        expected=("on track or target met",),
        when_met="on track or target met",
    ),
    ProgressRule(
        name="unsd_2026",
        version="2026",
        publisher="UN Statistics Division",
        source=(
            "unstats.un.org/sdgs/files/report/2026/Technical_Note_for_Progress_Assessment_2026.pdf"
        ),
        measure=projected_share,
        base_year=since_2015,
        cutoffs=(
            (0.95, "on track or met"),
            (0.50, "moderate progress"),
            (0.10, "marginal progress"),
            (0.0, "stagnation"),
            (_REST, "regression"),
        ),
        expected=("on track or met",),
        when_met="on track or met",
    ),
    ProgressRule(
        name="escap_current_status",
        version="base 2015",
        publisher="UN ESCAP",
        source="data.unescap.org/resource-guides/progress-assessment-methodology",
        measure=current_status_index,
        base_year=since_2015,
        cutoffs=(),
        expected=(),
        needs_deadline=False,
    ),
)
