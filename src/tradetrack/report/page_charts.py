"""The two charts of the report page: the fan of totals, and a goal's attainment curve."""

import datetime as dt
import math
from collections.abc import Sequence

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent, three_digits
from tradetrack.domain.goal import with_unit
from tradetrack.report.printed import Points
from tradetrack.report.style import shorten
from tradetrack.report.svg import Frame, log_ticks, mark, point
from tradetrack.results import SeriesTotals

# Width and height in pixels: for desktops and for phones; the page shows the one that fits.
SIZES = {"wide": (760.0, 400.0), "narrow": (330.0, 300.0)}
_BANDS = ((0.025, 0.975, "b95"), (0.1, 0.9, "b80"), (0.25, 0.75, "b50"))
_BEYOND = 3.0  # the axis ends where the 95 % range exceeds all else by this factor
_APART = 16.0  # pixels between the labels of goals; those that have no room are left out
_BEFORE = 3  # years before the as-of day that a curve shows
_LONGEST = 60
_TICK = "M0,0V-14"
_DOT = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z"


def fan(
    totals: SeriesTotals,
    goals: Sequence[Attainment],
    printed: Points,
    as_of: dt.date,
    size: tuple[float, float],
) -> str:
    """Draw yearly totals with their ranges, what was printed, and the goals; log scale.

    Parameters
    ----------
    totals, goals, printed
        What to draw; the goals are about these totals.
    as_of
        Day to mark.
    size
        Width and height in pixels.

    Returns
    -------
    str
        What stands inside the ``svg`` element, with all text escaped.
    """
    curves = {
        level: [(float(row.year), row.quantiles[index]) for row in totals.years]
        for index, level in enumerate(totals.levels)
    }
    amounts = sorted({goal.goal.amount for goal in goals})
    shown = [value for points in printed.values() for _, value in points]
    needed = [*amounts, *shown, *(v for level in (0.1, 0.9) for _, v in curves[level])]
    low = max(min(v for _, v in curves[0.025]), min(needed) / _BEYOND)
    high = min(max(v for _, v in curves[0.975]), max(needed) * _BEYOND)
    low, high = min(low, *needed), max(high, *needed)
    margin = max((high / low) ** 0.05, 1.02)
    years = totals.years[0].year, totals.years[-1].year
    frame = Frame(*size, years=years, low=low / margin, high=high * margin, log=True)
    drawn = [frame.axes(log_ticks(frame.low, frame.high))]
    drawn += [frame.band(curves[a], curves[b], look) for a, b, look in _BANDS]
    drawn += [frame.line(curves[0.5], "median"), frame.upright(_day(as_of), "asof")]
    drawn += [frame.strip(row.year, _told(totals, row.quantiles, row.year)) for row in totals.years]
    drawn += _goals(frame, goals, [value for _, value in curves[0.5]])
    unit = totals.series.unit
    for kind, (reporter, points) in enumerate(printed.items()):
        for year, value in points:
            told = f"{shorten(reporter)}, {year}: {with_unit(three_digits(value), unit)}"
            drawn.append(mark(kind, frame.x(year), frame.y(value), told))
    return "".join(drawn)


def curve(attainment: Attainment, as_of: dt.date, size: tuple[float, float]) -> str:
    """Draw the probability that a goal is met by the end of each year, and what is missing to 1.

    Parameters
    ----------
    attainment
        What to draw.
    as_of
        The curve starts a few years before it, or before the deadline if that is earlier.
    size
        Width and height in pixels.

    Returns
    -------
    str
        What stands inside the ``svg`` element.
    """
    rows = shown_years(attainment, as_of)
    width, height = size
    years = rows[0][0], rows[-1][0]
    frame = Frame(width, 0.7 * height, years=years, low=0.0, high=1.0)
    points = [(float(year), chance) for year, chance in rows]
    floor = [(float(year), 0.0) for year, _ in rows]
    drawn = [
        frame.axes([(step / 4, f"{25 * step} %") for step in range(5)]),
        frame.band(floor, points, "b80"),
        frame.line(points, "median"),
    ]
    by = attainment.goal.by
    if by is not None and years[0] <= by <= years[1]:
        drawn.append(frame.upright(by, "deadline"))
    drawn += [
        frame.strip(year, f"by the end of {year}: {percent(chance)}") for year, chance in rows
    ]
    if by is not None and by in dict(rows):
        told = f"deadline {by}: {percent(dict(rows)[by])}"
        drawn.append(point("dot", _DOT, frame.x(by), frame.y(dict(rows)[by]), told))
    return "".join(drawn)


def shown_years(attainment: Attainment, as_of: dt.date) -> list[tuple[int, float]]:
    """Return the years that a curve shows, with their probabilities."""
    first = min(as_of.year, attainment.goal.by or as_of.year, attainment.horizon) - _BEFORE
    return [(row.year, row.probability) for row in attainment.curve if row.year >= first]


def _day(as_of: dt.date) -> float:
    """Place a day; a year's total stands in the middle of the year."""
    return as_of.year - 0.5 + as_of.timetuple().tm_yday / 366


def _told(totals: SeriesTotals, quantiles: Sequence[float], year: int) -> str:
    """Say the totals of a year."""
    median, low, high = (quantiles[totals.levels.index(level)] for level in (0.5, 0.1, 0.9))
    said = with_unit(three_digits(median), totals.series.unit)
    return f"{year}: median {said}, 80 % range {three_digits(low)} to {three_digits(high)}"


def _goals(frame: Frame, goals: Sequence[Attainment], median: Sequence[float]) -> list[str]:
    drawn, above = [], math.inf
    part = max(1, len(median) // 3)
    for amount in sorted({goal.goal.amount for goal in goals}):
        about = [goal for goal in goals if goal.goal.amount == amount]
        drawn.append(frame.level(amount, "goalline"))
        at = frame.y(amount)
        for goal in about:
            if goal.goal.by is not None:
                told = _name(goal)
                drawn.append(point("due", _TICK, frame.x(goal.goal.by), at, told))
        if above - at >= _APART:
            left = _clear(amount, median[:part]) >= _clear(amount, median[-part:])
            drawn.append(frame.label(amount, _name(about[0]), left=left))
            above = at
    return drawn


def _name(attainment: Attainment) -> str:
    chance = attainment.deadline_probability
    name = shorten(str(attainment.goal), _LONGEST)
    return name if chance is None else f"{name}: {percent(chance)}"


def _clear(amount: float, median: Sequence[float]) -> float:
    return min(abs(math.log(amount / value)) for value in median)
