"""The two charts of the report page: the fan of totals, and a goal's attainment curve."""

import datetime as dt
import math
from collections.abc import Sequence

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent, three_digits
from tradetrack.domain.goal import with_unit
from tradetrack.report.fan_content import FanContent, place_of
from tradetrack.report.style import BANDS, shorten
from tradetrack.report.svg import Frame, log_ticks, mark, point
from tradetrack.results import SeriesTotals

# Width and height in pixels: for desktops and for phones; the page shows the one that fits.
SIZES = {"wide": (760.0, 400.0), "narrow": (330.0, 300.0)}
_APART = 16.0  # pixels between the labels of goals; those that have no room are left out
_LETTER = 7.0  # pixels
_AT_MOST = 0.4  # of the width, for a label; a longer one does not say how likely the goal is
_BEFORE = 3  # years before the as-of day that a curve shows
_LONGEST = 60
_TICK = "M0,0V-14"
_DOT = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z"


def fan(content: FanContent, size: tuple[float, float]) -> str:
    """Draw yearly totals with their ranges, what was printed, and the goals; log scale.

    Parameters
    ----------
    content
        What to draw.
    size
        Width and height in pixels.

    Returns
    -------
    str
        What stands inside the ``svg`` element, with all text escaped.
    """
    totals = content.totals
    curves = {
        level: [(float(row.year), row.quantiles[index]) for row in totals.years]
        for index, level in enumerate(totals.levels)
    }
    low, high = content.limits
    years = content.years[0], content.years[-1]
    frame = Frame(*size, years=years, low=low, high=high, log=True)
    drawn = [frame.axes(log_ticks(frame.low, frame.high))]
    drawn += [
        frame.band(curves[a], curves[b], f"b{100 * (b - a):.0f}") for a, b, _ in reversed(BANDS)
    ]
    drawn.append(frame.line(curves[0.5], "median"))
    drawn.append(frame.upright(place_of(content.tracking.as_of), "asof"))
    drawn += [frame.strip(row.year, _told(totals, row.quantiles, row.year)) for row in totals.years]
    drawn += _goals(frame, content)
    for kind, (reporter, marks) in enumerate(content.printed.items()):
        for one in marks:
            value = with_unit(three_digits(one.value), totals.series.unit)
            told = f"{shorten(reporter)}, {one.year}: {value}"
            drawn.append(mark(kind, frame.x(one.year), frame.y(one.value), told))
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


def _told(totals: SeriesTotals, quantiles: Sequence[float], year: int) -> str:
    """Say the totals of a year."""
    median, low, high = (quantiles[totals.levels.index(level)] for level in (0.5, 0.1, 0.9))
    said = with_unit(three_digits(median), totals.series.unit)
    return f"{year}: median {said}, 80 % range {three_digits(low)} to {three_digits(high)}"


def _goals(frame: Frame, content: FanContent) -> list[str]:
    drawn, above = [], math.inf
    for amount, about in content.goal_lines:
        drawn.append(frame.level(amount, "goalline"))
        at = frame.y(amount)
        for goal in about:
            if goal.goal.by is not None:
                told = _name(goal)
                drawn.append(point("due", _TICK, frame.x(goal.goal.by), at, told))
        if above - at >= _APART:
            letters = int(_AT_MOST * frame.width / _LETTER)
            name = _name(about[0])
            if len(name) > letters:
                name = shorten(str(about[0].goal), letters)
            drawn.append(frame.label(amount, name, left=content.clear_on_left(amount)))
            above = at
    return drawn


def _name(attainment: Attainment) -> str:
    chance = attainment.deadline_probability
    name = shorten(str(attainment.goal), _LONGEST)
    return name if chance is None else f"{name}: {percent(chance)}"
