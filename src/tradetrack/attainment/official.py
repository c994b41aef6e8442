"""The official progress rules of statistical offices, and what they say of a goal.

Formulas, base years and cut-offs are named and versioned. They carry past growth on and compare it
with what the goal needs; none gives a probability.

Symbols: :math:`v_0, v_t, v_T` are the values of the base year :math:`t_0`, of the latest year
:math:`t` and of the goal at its deadline :math:`T`; :math:`d` is 1 for a goal to rise to and -1 for
one to fall to. Where each formula was read, and what is left out, is in
``docs/decisions/0012-official-methods.md``.
"""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import model_validator

from tradetrack._checks import check_number, check_whole, shown
from tradetrack.domain.value import Value, require
from tradetrack.errors import InputError

Direction = Literal["increase", "decrease"]
_LARGEST = sys.float_info.max
_LARGEST_LOG = 600.0  # growth beyond is printed as this much: results hold no infinity


@dataclass(frozen=True, slots=True)
class Trend:
    """The input of a rule: positive values of two years, and a goal.

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


def compound_growth(first: float, last: float, years: float) -> float:
    r"""Compound annual growth rate, :math:`(v_t / v_0)^{1 / (t - t_0)} - 1`.

    Examples
    --------
    >>> round(compound_growth(100.0, 121.0, 2), 12)
    0.1
    """
    return math.expm1(min(_log_growth(first, last, years), _LARGEST_LOG))


def _log_growth(first: float, last: float, years: float) -> float:
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
    assert trend.by is not None, "checked before a rule is applied"
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
    stated = [year for year in earlier if year == announced]
    return next(iter([*own, *stated, *earlier]), None)


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
        return next(name for smallest, name in self.cutoffs if ratio >= smallest)


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


class MethodStatus(Value):
    """What one official method says of a goal.

    Attributes
    ----------
    method, version, publisher, source
        The rule, its year or release, who publishes it and where (an address without its scheme).
    applicable, reason
        Whether the method can be applied, and if not, why; then it has no status and no numbers.
    status
        The category, in the publisher's words; of an index, its value.
    expects_met
        Whether the category says that the goal will be met if past growth goes on. It is no
        probability. None if the method does not say.
    base_year, base, latest_year, latest
        The two years that are compared, and their values; None if there are no two such years.
    actual_growth, required_growth
        Growth a year from the base year to the latest one and to the deadline, as fractions; None
        if the method does not use it.
    projected
        Value at the deadline if growth goes on, of methods that compare it with the goal.
    ratio
        The number that the cut-offs judge; for ESCAP, the index (10 is the goal).

    Examples
    --------
    >>> import tradetrack as tt
    >>> for status in tt.official_statuses({2019: 3.0, 2024: 4.2}, 10, 2030)[:2]:
    ...     print(status)
    Eurostat (2021): moderate progress
    Statistics Canada / Open SDG (2.4.0): progress made but acceleration needed
    """

    method: str
    version: str
    publisher: str
    source: str
    applicable: bool
    reason: str = ""
    status: str | None = None
    expects_met: bool | None = None
    base_year: int | None = None
    base: float | None = None
    latest_year: int | None = None
    latest: float | None = None
    actual_growth: float | None = None
    required_growth: float | None = None
    projected: float | None = None
    ratio: float | None = None

    @model_validator(mode="after")
    def _a_status_or_a_reason(self) -> Self:
        require(
            true=self.applicable == (self.status is not None) == (not self.reason),
            otherwise=f"{self.method} has a status, or a reason why it cannot be applied",
        )
        return self

    def __str__(self) -> str:
        status = self.status if self.applicable else f"not applicable, {self.reason}"
        return f"{self.publisher} ({self.version}): {status}"


def official_statuses(
    values: Mapping[int, float],
    amount: float,
    by: int | None = None,
    *,
    announced: int | None = None,
    direction: Direction = "increase",
) -> tuple[MethodStatus, ...]:
    """Say what each official method would print of a goal for plain annual values.

    Parameters
    ----------
    values
        Value of each year, positive, in one unit; years may be missing. The last one is the latest.
    amount
        The goal, in the same unit.
    by
        Last year of the goal, or None if it has none.
    announced
        Year in which the goal was announced. Methods whose own base year has no value use it.
    direction
        Whether the values are to rise to the amount (trade goals do) or to fall to it.

    Returns
    -------
    tuple of MethodStatus
        One for each of `tradetrack.attainment.official.RULES`, in that order.

    Raises
    ------
    InputError
        If a value or the amount is not a positive number, or the direction is neither of the two.

    Examples
    --------
    >>> values = {2018: 1.0, 2020: 1.4, 2025: 2.3}
    >>> for row in official_statuses(values, 5.0, 2030):
    ...     print(row.method, row.base_year, row.status, row.expects_met)
    eurostat 2020 moderate progress False
    open_sdg 2018 progress made but acceleration needed False
    unsd_2023 2018 fair progress, but acceleration needed False
    unsd_2026 2018 moderate progress False
    escap_current_status 2018 3.2 of 10 None
    """
    if not isinstance(values, Mapping):
        raise InputError(
            f"the values are a {type(values).__name__}; pass a dict of values by year, of a pandas"
            " Series its to_dict()"
        )
    for what, value in (
        ("the amount", amount),
        *((f"the value of {y}", values[y]) for y in values),
    ):
        check_number(what, value, 0)
    for year in (*values, *(one for one in (by, announced) if one is not None)):
        check_whole("a year", year, 1, 9999)
    if not (isinstance(direction, str) and direction in ("increase", "decrease")):
        raise InputError(f"the direction is {shown(direction)}; write 'increase' or 'decrease'")
    known = {int(year): float(values[year]) for year in sorted(values)}
    found = []
    for rule in RULES:
        base_year = rule.base_year(list(known), announced) if known else None
        reason = _refusal(rule, list(known), base_year, by)
        if base_year is None or reason:
            found.append(_status(rule, {"applicable": False, "reason": reason}))
            continue
        last = max(known)
        trend = Trend(base_year, known[base_year], last, known[last], float(amount), by, direction)
        found.append(_status(rule, _judgement(rule, trend)))
    return tuple(found)


def _status(rule: ProgressRule, fields: dict[str, object]) -> MethodStatus:
    head = {
        "method": rule.name,
        "version": rule.version,
        "publisher": rule.publisher,
        "source": rule.source,
    }
    return MethodStatus.model_validate(head | fields)


def _refusal(
    rule: ProgressRule, years: Sequence[int], base_year: int | None, by: int | None
) -> str:
    """Why a rule has no two years or no deadline to work with; empty if it has."""
    if by is None and rule.needs_deadline:
        return "the goal has no deadline"
    if not years:
        return "no year has a value"
    if by is not None and by <= years[-1]:
        return f"the deadline {by} is not after {years[-1]}, the last year known"
    if base_year is None:
        return f"no earlier year that the method may compare with {years[-1]} has a value"
    return ""


def _judgement(rule: ProgressRule, trend: Trend) -> dict[str, object]:
    """Return the fields of `MethodStatus` that a rule fills in."""
    years: dict[str, object] = {
        "base_year": trend.base_year,
        "base": trend.base,
        "latest_year": trend.latest_year,
        "latest": trend.latest,
    }
    if rule.when_met and trend.reached(trend.latest):
        expected = rule.when_met in rule.expected
        return years | {"applicable": True, "status": rule.when_met, "expects_met": expected}
    as_base = math.isclose(trend.base, trend.amount)  # no growth leads from one to the other
    if as_base or (trend.reached(trend.base) and not rule.base_beyond):
        reason = f"the goal was met already in the base year {trend.base_year}"
        return years | {"applicable": False, "reason": reason}
    numbers = rule.measure(trend)
    ratio = max(-_LARGEST, min(numbers.ratio, _LARGEST))
    status = rule.category(ratio)
    return years | {
        "applicable": True,
        "status": status,
        "expects_met": status in rule.expected if rule.cutoffs else None,
        "actual_growth": numbers.actual_growth,
        "required_growth": numbers.required_growth,
        "projected": numbers.projected,
        "ratio": ratio,
    }
