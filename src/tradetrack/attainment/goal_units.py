"""Goals that may be in another unit than they are read in: far above or below the latest total."""

import math
from collections.abc import Iterator, Sequence

from tradetrack._audit.amounts import row_name
from tradetrack._audit.finding import Finding
from tradetrack._format import amount_text, three_digits, with_unit
from tradetrack._typing import MONTHS
from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.amount import Increase
from tradetrack.domain.figure import SCALES, split_unit
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Level, Series, last_day
from tradetrack.domain.period import named_window, windows_within
from tradetrack.ledger.ledger import Ledger

FAR = 20.0
"""How many times above or below the latest total a goal is far from it."""


def goal_units(attainments: Sequence[Attainment], ledger: Ledger) -> tuple[Finding, ...]:
    """Find goals without a unit that are `FAR` from the latest total.

    A total of a year is compared with a goal in proportion to the months of the goal's windows. An
    amount with a unit, such as ``"6.3 rub_tn"``, says what is meant, and is not looked at. Of an
    increase only one far above the total is in doubt: small ones are meant often enough.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> found = tt.track(ledger, tt.Goal(500, by=2030), n_paths=100).findings
    >>> [one.remedy for one in found if one.kind == "goal_unit"]
    ["write '500 usd_mn' if that is meant, or '500 usd_bn' if it is right"]
    """
    return tuple(found for one in attainments for found in _doubted(one, ledger))


def _doubted(one: Attainment, ledger: Ledger) -> Iterator[Finding]:
    goal, latest = one.goal, _latest_level(one.goal, ledger)
    size = _without_unit(goal)
    if latest is None or not size > 0.0:
        return
    assert goal.series is not None, "filled in by track"
    unit = goal.series.unit
    total, of = _latest_total(one, latest)
    ratio = size / (total * _months(goal) / MONTHS) if total > 0.0 else 1.0
    if ratio < FAR and (ratio > 1.0 / FAR or isinstance(goal.amount, Increase)):
        return
    times = three_digits(max(ratio, 1.0 / ratio))
    side = "above" if ratio > 1.0 else "below"
    written = amount_text(size)
    yield Finding(
        kind="goal_unit",
        rows=(row_name(latest),),
        message=(
            f"the goal {written} names no unit and is read as {with_unit(written, unit)}, {times}"
            f" times {side} the latest total, {with_unit(three_digits(total), unit)} in {of}"
        ),
        remedy=_remedy(goal, unit, ratio),
    )


def _without_unit(goal: Goal) -> float:
    """Size of what a goal asks for without naming a unit; 0 if it names one, or is no amount."""
    if isinstance(goal.amount, Increase):
        return 0.0 if goal.amount.unit else abs(goal.amount.value)
    return goal.amount if isinstance(goal.amount, float) else 0.0


def _with(goal: Goal, unit: str) -> str:
    """Write a goal's amount as it is typed with a unit."""
    if isinstance(goal.amount, Increase):
        return f"'{Increase(goal.amount.value, goal.amount.base, unit=unit)}'"
    return f"'{goal.amount:.12g} {unit}'"


def _latest_level(goal: Goal, ledger: Ledger) -> Level | None:
    """Return the latest level of the goal's series, or else of its pair."""
    assert goal.series is not None, "filled in by track"
    levels = [
        row
        for row in ledger.current
        if isinstance(row, Level) and row.series.pair == goal.series.pair
    ]
    own = [row for row in levels if row.series.flow == goal.series.flow]
    latest = sorted(own or levels, key=lambda row: (row.window.end, last_day(row.published)))
    return latest[-1] if latest else None


def _latest_total(one: Attainment, level: Level) -> tuple[float, object]:
    """Return the total of the last complete year and the year, or else a level made yearly."""
    if one.latest is not None:
        return one.latest.total, one.latest.year
    assert one.goal.series is not None, "filled in by track"
    value = _in_unit(level, one.goal.series)
    return value * MONTHS / level.window.n_months, f"the year, by the pace of {level.window.words}"


def _in_unit(level: Level, series: Series) -> float:
    return level.figure.value * split_unit(level.figure.unit)[1] / split_unit(series.unit)[1]


def _months(goal: Goal) -> int:
    only = named_window(goal.window)
    return only.n_months if only else windows_within(goal.window, 0, -1).n_months


def _remedy(goal: Goal, unit: str, ratio: float) -> str:
    """Propose the scale of the currency in which the amount is nearest to the latest total."""
    counted, factor = split_unit(unit)
    apart = {
        f"{counted}{scale}": abs(math.log(ratio * other / factor))
        for scale, other in SCALES.items()
    }
    nearest = min(apart, key=lambda name: apart[name])
    right = f"{_with(goal, unit)} if it is right"
    if apart[nearest] < math.log(FAR):
        return f"write {_with(goal, nearest)} if that is meant, or {right}"
    return f"write the unit beside it, {right}"
