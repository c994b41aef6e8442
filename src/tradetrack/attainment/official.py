"""What the official methods say of a goal, as typed results."""

import math
import sys
from collections.abc import Mapping, Sequence

from tradetrack.attainment.progress_rules import RULES, Direction, ProgressRule, Trend
from tradetrack.domain.value import Value
from tradetrack.errors import InputError

_LARGEST = sys.float_info.max


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
    >>> for said in tt.official_statuses({2019: 3.0, 2024: 4.2}, 10, 2030)[:2]:
    ...     print(said)
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

    def __str__(self) -> str:
        said = self.status if self.applicable else f"not applicable, {self.reason}"
        return f"{self.publisher} ({self.version}): {said}"


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
        One for each of `tradetrack.attainment.progress_rules.RULES`, in that order.

    Raises
    ------
    InputError
        If a value or the amount is not a positive number, or the direction is neither of the two.

    Examples
    --------
    >>> values = {2018: 1.0, 2020: 1.4, 2025: 2.3}
    >>> for said in official_statuses(values, 5.0, 2030):
    ...     print(said.method, said.base_year, said.status, said.expects_met)
    eurostat 2020 moderate progress False
    open_sdg 2018 progress made but acceleration needed False
    unsd_2023 2018 fair progress, but acceleration needed False
    unsd_2026 2018 moderate progress False
    escap_current_status 2018 3.2 of 10 None
    """
    for what, value in (
        ("the amount", amount),
        *((f"the value of {y}", values[y]) for y in values),
    ):
        if not (math.isfinite(value) and value > 0.0):
            raise InputError(f"{what} is {value}; growth rates need positive numbers")
    if direction not in ("increase", "decrease"):
        raise InputError(f"the direction is {direction!r}; write 'increase' or 'decrease'")
    known = {int(year): float(values[year]) for year in sorted(values)}
    said = []
    for rule in RULES:
        base_year = rule.base_year(list(known), announced) if known else None
        reason = _refusal(rule, list(known), base_year, by)
        if base_year is None or reason:
            said.append(_status(rule, {"applicable": False, "reason": reason}))
            continue
        last = max(known)
        trend = Trend(base_year, known[base_year], last, known[last], float(amount), by, direction)
        said.append(_status(rule, _judgement(rule, trend)))
    return tuple(said)


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
    if trend.base == trend.amount or (trend.reached(trend.base) and not rule.base_beyond):
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
