"""The audit's check of units: levels a thousand or a million times the others."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from statistics import median
from typing import NamedTuple

from tradetrack._audit.amounts import Amount, SeriesKey, finding, group_by, row_name
from tradetrack._audit.finding import Finding
from tradetrack._format import with_unit
from tradetrack._typing import MONTHS
from tradetrack.domain.figure import SCALES, split_unit
from tradetrack.domain.observation import TURNOVER, Level
from tradetrack.domain.window import Window

NEAREST = 7
FEWEST = 3
REACH = 15 * MONTHS
NEAR = 5 * MONTHS
"""Two levels alone are compared over so many months: 200-fold needs growth of 190 % a year."""
SLIPS = ((1, 2.3, 3.7), (2, 5.3, 6.7))
"""Thousands by which a unit can slip, with the powers of ten that count as such a slip."""


class _Pace(NamedTuple):
    """A level per month, in logs; equal ones of one source count once."""

    centre: float
    log_pace: float
    source: str
    window: Window


_Slip = tuple[Amount, Finding]


def unit_slips(amounts: Sequence[Amount]) -> list[_Slip]:
    """Find levels about a thousand or a million times the pace of those nearest in time.

    The pace is the level per month; the typical pace is the median over the seven other levels of
    the series that are nearest in time. What two of a turnover and its two flows imply about the
    third counts as a level of it. Where there are fewer than three others, levels within five years
    are compared one with one, and both sides are named.
    """
    pools = {
        key: sorted(pool, key=lambda pace: (pace.centre, pace.log_pace))
        for key, pool in _pools(amounts).items()
    }
    found: list[_Slip] = []
    few, right = [], []
    for amount in amounts:
        own = _pace_of(amount)
        nearest = _nearest(own, pools[amount.key])
        if len(nearest) < FEWEST:
            few.append(amount)
            continue
        power = (own.log_pace - median(nearest)) / math.log(10.0)
        if thousands := _thousands(power):
            found.append((amount, _unit_slip(amount, power, thousands)))
        else:
            right.append(amount)
    known = group_by(right, lambda amount: amount.key)
    for key, some in group_by(few, lambda amount: amount.key).items():
        found += _slips_among_few(some, known.get(key, []))
    return found


def _thousands(power: float) -> int:
    """Return by how many thousands a unit slipped, given the power of ten; 0 if it did not."""
    return next((n for n, low, high in SLIPS if low <= abs(power) <= high), 0)


def _slips_among_few(few: Sequence[Amount], right: Sequence[Amount]) -> list[_Slip]:
    """Compare levels of a series that have few others, one with one; make one finding of many."""
    groups: list[list[Amount]] = []
    compared = [*combinations(few, 2), *((one, other) for one in few for other in right)]
    for pair in compared:
        if _apart(*pair):
            touched = [group for group in groups if any(side in group for side in pair)]
            joined = [side for group in touched for side in group]
            joined += [side for side in pair if side not in joined]
            groups = [group for group in groups if group not in touched] + [joined]
    found = []
    for group in groups:
        odd, others = _sides(group)
        shared = _one_of_these(odd, others)
        found += [(amount, shared) for amount in (*odd, *others)]
    return found


def _apart(first: Amount, second: Amount) -> bool:
    """Whether two levels of a series are near in time and thousands apart."""
    one, other = _pace_of(first), _pace_of(second)
    power = (one.log_pace - other.log_pace) / math.log(10.0)
    return abs(one.centre - other.centre) <= NEAR and _thousands(power) > 0


def _sides(group: Sequence[Amount]) -> tuple[list[Amount], list[Amount]]:
    """Part levels at the widest gap; the smaller side, or else the higher, comes first."""
    rising = sorted(group, key=lambda amount: _pace_of(amount).log_pace)
    paces = [_pace_of(amount).log_pace for amount in rising]
    gaps = [after - before for before, after in pairwise(paces)]
    cut = gaps.index(max(gaps)) + 1
    low, high = (sorted(side, key=_place) for side in (rising[:cut], rising[cut:]))
    return (low, high) if len(low) < len(high) else (high, low)


def _place(amount: Amount) -> tuple[int, int, str]:
    return amount.window.start, amount.window.end, row_name(amount.row)


def _pace_of(amount: Amount) -> _Pace:
    return _pace(amount.window, amount.size, amount.row.reporter)


def _pace(window: Window, size: float, source: str) -> _Pace:
    pace = round(math.log(size / window.n_months), 9)
    return _Pace((window.start + window.end) / 2.0, pace, source, window)


def _pools(amounts: Sequence[Amount]) -> dict[SeriesKey, set[_Pace]]:
    pools: dict[SeriesKey, set[_Pace]] = {amount.key: set() for amount in amounts}
    for amount in amounts:
        pools[amount.key].add(_pace(amount.window, amount.size, amount.row.reporter))
    for key, pace in _implied(amounts):
        if key in pools:
            pools[key].add(pace)
    return pools


def _implied(amounts: Sequence[Amount]) -> Iterator[tuple[SeriesKey, _Pace]]:
    """Yield what two of a turnover and its two flows, by one reporter, say about the third."""
    tables = group_by(amounts, lambda r: (r.key._replace(flow=""), r.window, r.row.reporter))
    for (_, window, reporter), table in tables.items():
        sizes = {amount.key.flow: amount.size for amount in table}
        flows = table[0].row.series.flows
        for wanted in (TURNOVER, *flows):
            known = [sizes[flow] for flow in (TURNOVER, *flows) if flow != wanted and flow in sizes]
            if len(known) == 2:
                size = sum(known) if wanted == TURNOVER else known[0] - known[1]
                if size > 0.0:
                    key = table[0].key._replace(flow=wanted)
                    yield key, _pace(window, size, f"implied by {reporter}")


def _nearest(own: _Pace, pool: Sequence[_Pace]) -> list[float]:
    first = bisect_left(pool, own.centre, key=lambda pace: pace.centre) - NEAREST
    last = bisect_right(pool, own.centre, key=lambda pace: pace.centre) + NEAREST
    near = sorted(
        (abs(other.centre - own.centre), other.log_pace)
        for other in pool[max(first, 0) : last]
        if other != own and abs(other.centre - own.centre) <= REACH
    )
    return [log_pace for _, log_pace in near[:NEAREST]]


def _unit_slip(amount: Amount, power: float, thousands: int) -> Finding:
    message = f"{_exactly(amount.row)}, {_ratio(power)} of the figures nearest in time"
    return finding("unit_slip", [amount.row], message, _read_as(amount, power, thousands))


def _one_of_these(odd: Sequence[Amount], others: Sequence[Amount]) -> Finding:
    suspect = odd[0]
    usual = median(_pace_of(amount).log_pace for amount in others)
    power = (_pace_of(suspect).log_pace - usual) / math.log(10.0)
    thousands = _thousands(power) or SLIPS[-1][0]
    against = " and ".join(
        f"{other.row.figure} by {other.row.source} for {other.window.words}" for other in others
    )
    message = f"{_exactly(suspect.row)}, {_ratio(power)} of {against}"
    remedy = (
        f"one of these is in a wrong unit: if it is {suspect.row.figure},"
        f" {_read_as(suspect, power, thousands)}"
    )
    return finding("unit_slip", [amount.row for amount in (*odd, *others)], message, remedy)


def _exactly(row: Level) -> str:
    """Say who printed what, digit by digit and in the unit that may be wrong."""
    return f"{row.source} printed {row.figure} for {row.of_what}"


def _ratio(power: float) -> str:
    ratio = float(f"{10.0 ** abs(power):.2g}")
    side = "the monthly pace" if power > 0 else "less than the monthly pace"
    return f"about {ratio:.0f} times {side}"


def _read_as(amount: Amount, power: float, thousands: int) -> str:
    row, steps = amount.row, thousands if power > 0 else -thousands
    counted, factor = split_unit(row.figure.unit)
    place = list(SCALES.values()).index(factor) - steps
    wanted = amount.size / 1000.0**steps / split_unit(row.series.unit)[1]
    meant = f"({with_unit(f'{wanted:.3g}', row.series.unit)})"
    if 0 <= place < len(SCALES):
        return f"read {row.figure.text} as {counted}{list(SCALES)[place]} {meant}"
    verb = "divide" if steps > 0 else "multiply"
    return f"{verb} {row.figure.text} by {1000 ** abs(steps)} {meant}"
