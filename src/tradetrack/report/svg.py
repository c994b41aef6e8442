"""Charts of the report page: scalable graphics made of text, coloured by the page's style sheet."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from tradetrack._format import log_ticks, percent, scrub, shorten, three_digits, with_unit
from tradetrack.attainment.attainment import Attainment
from tradetrack.plots.content import FanContent, place_of
from tradetrack.plots.style import BANDS
from tradetrack.tracking import SeriesTotals

Point = tuple[float, float]
# Seven marks that differ in shape.
SHAPES = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
    "M-3.5,-3.5h7v7h-7z",
    "M0,-4.5L4.2,3.2H-4.2z",
    "M0,-4.8L4.8,0L0,4.8L-4.8,0z",
    "M0,4.5L4.2,-3.2H-4.2z",
    "M-4,0H4M0,-4V4",
    "M-3.5,-3.5L3.5,3.5M-3.5,3.5L3.5,-3.5",
)
_LETTER = 6.2  # pixels; the mean width of a letter of the labels


def element(tag: str, attributes: Mapping[str, object], *children: str) -> str:
    """Write an element; attributes are escaped, children are elements already.

    Examples
    --------
    >>> element("text", {"x": 3.14159, "class": "a"}, escape("<b>"))
    '<text x="3.1" class="a">&lt;b&gt;</text>'
    """
    said = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(children)}</{tag}>"


def _attribute(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else escape(str(value))


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart's size in pixels, and the ranges that it shows.

    Attributes
    ----------
    width, height
        Of the chart, labels included.
    years
        First and last year across.
    low, high
        Least and most value up.
    log
        Whether the values go up by factors.
    """

    width: float
    height: float
    years: tuple[int, int]
    low: float
    high: float
    log: bool = False

    left, right, top, bottom = 46.0, 12.0, 10.0, 24.0

    def x(self, year: float) -> float:
        """Pixel of a year."""
        first, last = self.years[0] - 0.5, self.years[1] + 0.5
        return self.left + (self.width - self.left - self.right) * (year - first) / (last - first)

    def y(self, value: float) -> float:
        """Pixel of a value; what is off the chart is moved to its edge."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return self.height - self.bottom - self._room * (at - low) / (high - low)

    @property
    def _room(self) -> float:
        return self.height - self.top - self.bottom

    def line(self, values: Sequence[Point], look: str) -> str:
        """Draw a line through years and values."""
        points = " ".join(f"{self.x(year):.1f},{self.y(value):.1f}" for year, value in values)
        return element("polyline", {"class": look, "points": points})

    def band(self, low: Sequence[Point], high: Sequence[Point], look: str) -> str:
        """Fill what lies between two lines."""
        edge = [*low, *reversed(high)]
        points = " ".join(f"{self.x(year):.1f},{self.y(value):.1f}" for year, value in edge)
        return element("polygon", {"class": look, "points": points})

    def level(self, value: float, look: str) -> str:
        """Draw a line across."""
        at = self.y(value)
        ends = {"x1": self.left, "x2": self.width - self.right, "y1": at, "y2": at}
        return element("line", {"class": look, **ends})

    def upright(self, year: float, look: str) -> str:
        """Draw a line up."""
        at = self.x(year)
        ends = {"x1": at, "x2": at, "y1": self.top, "y2": self.height - self.bottom}
        return element("line", {"class": look, **ends})

    def strip(self, year: int, told: str) -> str:
        """Lay an unseen strip over a year that tells something when it is pointed at."""
        left, right = self.x(year - 0.5), self.x(year + 0.5)
        box = {"x": left, "y": self.top, "width": right - left, "height": self._room}
        return element("rect", {"class": "hit", **box}, element("title", {}, escape(scrub(told))))

    def axes(self, values: Sequence[tuple[float, str]]) -> str:
        """Draw both scales, with a line at each value."""
        drawn = []
        for value, label in values:
            at = {"x": self.left - 6.0, "y": self.y(value) + 4.0, "text-anchor": "end"}
            drawn += [self.level(value, "grid"), element("text", at, escape(scrub(label)))]
        first, last = self.years
        apart = next(
            step for step in (1, 2, 5, 10, 20, 50, 500) if (last - first) / step * 46 < self.width
        )
        for year in range(first + -first % apart, last + 1, apart):
            at = {"x": self.x(year), "y": self.height - 6.0, "text-anchor": "middle"}
            drawn.append(element("text", at, str(year)))
        return "".join(drawn)

    def label(self, value: float, text: str, *, left: bool) -> str:
        """Write a text above a level, cut to the room there is."""
        longest = int((self.width - self.left - self.right) / _LETTER)
        shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
        x = self.left + 4.0 if left else self.width - self.right - 4.0
        anchor = "start" if left else "end"
        at = {"class": "goal", "x": x, "y": self.y(value) - 4.0, "text-anchor": anchor}
        return element("text", at, escape(scrub(shown)))


def mark(kind: int, x: float, y: float, told: str) -> str:
    """Draw one of seven marks about a point, which differ in shape."""
    number = kind % len(SHAPES)
    return point(f"mark m{number}", SHAPES[number], x, y, told)


def point(look: str, path: str, x: float, y: float, told: str) -> str:
    """Draw a path about a point, which tells something when it is pointed at."""
    place = {"class": look, "transform": f"translate({x:.1f} {y:.1f})", "d": path}
    return element("path", place, element("title", {}, escape(scrub(told))))


# Width and height in pixels: for desktops and for phones; the page shows the one that fits.
SIZES = {"wide": (760.0, 400.0), "narrow": (330.0, 300.0)}
_APART = 16.0  # pixels between the labels of goals; those that have no room are left out
_CHART_LETTER = 7.0  # pixels
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
            told = f"{shorten(reporter, _LONGEST)}, {one.year}: {value}"
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
    first = min(as_of.year, attainment.goal.by or as_of.year, attainment.last_year) - _BEFORE
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
            letters = int(_AT_MOST * frame.width / _CHART_LETTER)
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
