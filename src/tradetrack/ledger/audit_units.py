"""The audit's check of units: levels a thousand or a million times the others."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from tradetrack.domain.figure import SCALES, split_unit
from tradetrack.domain.goal import with_unit
from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.window import MONTHS, Window
from tradetrack.ledger.amounts import Amount, SeriesKey, finding, group_by, printed
from tradetrack.ledger.finding import Finding

NEAREST = 7
FEWEST = 3
REACH = 15 * MONTHS
SLIPS = ((1, 2.3, 3.7), (2, 5.3, 6.7))
"""Thousands by which a unit can slip, with the powers of ten that count as such a slip."""


class _Pace(NamedTuple):
    """A level per month, in logs; equal ones of one source count once."""

    centre: float
    log_pace: float
    source: str
    window: Window


def unit_slips(amounts: Sequence[Amount]) -> list[tuple[Amount, Finding]]:
    """Find levels about a thousand or a million times the pace of those nearest in time.

    The pace is the level per month; the typical pace is the median over the seven other levels of
    the series that are nearest in time. What two of a turnover and its two flows imply about the
    third counts as a level of it. Fewer than three other levels say nothing.
    """
    pools = {
        key: sorted(pool, key=lambda pace: (pace.centre, pace.log_pace))
        for key, pool in _pools(amounts).items()
    }
    found = []
    for amount in amounts:
        own = _pace(amount.window, amount.size, amount.row.reporter)
        nearest = _nearest(own, pools[amount.key])
        if len(nearest) < FEWEST:
            continue
        power = (own.log_pace - median(nearest)) / math.log(10.0)
        for thousands, low, high in SLIPS:
            if low <= abs(power) <= high:
                found.append((amount, _unit_slip(amount, power, thousands)))
    return found


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
    tables = group_by(amounts, lambda r: (r.key.pair, r.key.currency, r.window, r.row.reporter))
    for (_, _, window, reporter), table in tables.items():
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
    row, steps = amount.row, thousands if power > 0 else -thousands
    counted, factor = split_unit(row.figure.unit)
    place = list(SCALES.values()).index(factor) - steps
    wanted = amount.size / 1000.0**steps / split_unit(row.series.unit)[1]
    meant = f"({with_unit(f'{wanted:.3g}', row.series.unit)})"
    if 0 <= place < len(SCALES):
        remedy = f"read {row.figure.text} as {counted}{list(SCALES)[place]} {meant}"
    else:
        verb = "divide" if steps > 0 else "multiply"
        remedy = f"{verb} {row.figure.text} by {1000 ** abs(steps)} {meant}"
    ratio = float(f"{10.0 ** abs(power):.2g}")
    side = "the monthly pace" if power > 0 else "less than the monthly pace"
    message = f"{printed(row)}, about {ratio:.0f} times {side} of the figures nearest in time"
    return finding("unit_slip", [row], message, remedy)
