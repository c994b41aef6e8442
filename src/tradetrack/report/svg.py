"""The charts of the report page: SVG made of text, coloured by the page's style sheet."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from tradetrack._format import (
    amount_text,
    columns,
    even_ticks,
    log_ticks,
    percent,
    scrub,
    shorten,
    three_digits,
    with_unit,
)
from tradetrack.attainment.attainment import Attainment
from tradetrack.plots.content import LONGEST, Curve, FanContent, place_of
from tradetrack.plots.style import BANDS

Point = tuple[float, float]
# Width and height in pixels: for desktops and for phones; the page shows the one that fits.
SIZES = {"wide": (760.0, 400.0), "narrow": (330.0, 320.0)}
SMALL = {"small": (360.0, 200.0)}  # fits both
_BLIND = "M-5,-5h10v10h-10z"  # unseen, about a point that may be pointed at
_QUARTERS = [(step / 4, f"{25 * step} %") for step in range(5)]
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
_LETTER, _LINE = 6.6, 15.0  # pixels that a letter and a line of a label take
_STEPS = 12  # lines by which a label may be moved to where there is room
_YEAR, _LEVEL = 46.0, 60.0  # pixels that a year of one axis and a value of the other take
_AT_MOST = 0.6  # of the width, for a label


def fan(content: FanContent, size: tuple[float, float], goals: Sequence[Attainment] = ()) -> str:
    """Draw yearly totals with their ranges, what was printed, and the goals at their deadlines.

    Parameters
    ----------
    content
        What to draw.
    size
        Width and height in pixels.
    goals
        All goals of the page, by whose places those of the content are numbered; by default those
        of the content.

    Returns
    -------
    str
        What stands inside the ``svg`` element, with all text escaped.
    """
    curves = {
        level: list(zip(map(float, content.years), content.quantile(level), strict=True))
        for level in content.totals.levels
    }
    low, high = content.limits
    years = content.years[0], content.years[-1]
    frame = Frame(*size, years=years, low=low, high=high, log=content.log)
    drawn = [frame.axes(frame.ticks())]
    drawn += [
        frame.band(curves[a], curves[b], f"b{100 * (b - a):.0f}") for a, b, _ in reversed(BANDS)
    ]
    drawn.append(frame.line(curves[0.5], "median"))
    drawn.append(frame.upright(place_of(content.tracking.as_of), "asof"))
    drawn += [frame.strip(year, note) for year, note in _year_notes(content)]
    odd = {id(one) for _, one, _ in content.odd}
    for kind, (reporter, marks) in enumerate(content.printed.items()):
        for one in marks:
            value = with_unit(three_digits(one.value), content.totals.series.unit)
            note = f"{shorten(reporter, LONGEST)}, {one.year}: {value}"
            note += "; it does not fit the others" if id(one) in odd else ""
            drawn.append(mark(kind, frame.x(one.year), frame.y(one.value), note))
    return "".join([*drawn, *_goals(frame, content, goals or content.tracking.attainments)])


def _year_notes(content: FanContent) -> list[tuple[int, str]]:
    """Write the totals of each year."""
    unit = content.totals.series.unit
    median, low, high = (map(three_digits, content.quantile(level)) for level in (0.5, 0.1, 0.9))
    return [
        (year, f"{year}: median {with_unit(middle, unit)}, 80 % range {least} to {most}")
        for year, middle, least, most in zip(content.years, median, low, high, strict=True)
    ]


def _goals(frame: "Frame", content: FanContent, goals: Sequence[Attainment]) -> list[str]:
    """Draw each goal up to its deadline, with a dot and its name there, if there is room."""
    number = {id(one): str(i) for i, one in enumerate(goals, 1)}
    shown = [
        (one, (frame.x(frame.years[1] + 0.5 if year is None else year), frame.y(level)))
        for level, about in content.goal_lines
        for one in about
        if (year := one.goal.due_year) is None or year >= frame.years[0]
    ]
    labels = _labels(frame, [(at, _name(one)) for one, at in shown])
    drawn = []
    for (one, (x, y)), label in zip(shown, labels, strict=True):
        year = one.goal.due_year
        parts = [segment("goalline", (frame.left, y), (x, y))]
        if year is not None:
            ahead = year >= content.tracking.as_of.year
            parts += [frame.upright(year, "due")] if ahead else []
            parts.append(point("dot", SHAPES[0], x, y, _name(one)))
        drawn.append(element("g", {"data-goals": number[id(one)]}, *parts, *label))
    return drawn


def _labels(frame: "Frame", marks: "Sequence[tuple[Point, str]]") -> list[list[str]]:
    """Write a name beside each point where nothing else is, with a line there if it is apart.

    Names of one deadline stand over one another in the order of their amounts, on one side of it.
    A name without room is left out.
    """
    taken = [Box(frame.left, y - 1.0, x, y + 1.0) for (x, y), _ in marks]
    taken += [Box(x - 4.0, y - 4.0, x + 4.0, y + 4.0) for (x, y), _ in marks]
    columns_of: dict[float, list[int]] = {}
    for i, ((x, _), _) in enumerate(marks):
        columns_of.setdefault(round(x, 1), []).append(i)
    found: list[list[str]] = [[] for _ in marks]
    for column in sorted(columns_of.values(), key=len, reverse=True):  # the fullest first
        rising = sorted(column, key=lambda i: -marks[i][0][1])
        own = [_Label.of(frame, *marks[i]) for i in rising]
        stacks = [_stack(frame, own, side, taken) for side in range(3)]
        best = min(stacks, key=lambda boxes: _apart(own, boxes))
        taken += [box for box in best if box is not None]
        for i, label, stood in zip(rising, own, best, strict=True):
            box = stood or _alone(frame, label, taken)
            if box is not None:
                taken += [] if box is stood else [box]
                found[i] = label.drawn(box)
    return found


@dataclass(frozen=True, slots=True)
class _Label:
    """A name, as wide as it is, and the point that it is about."""

    at: Point
    name: str
    width: float
    lefts: tuple[float, float, float]  # beside the point on either side, and above it

    @classmethod
    def of(cls, frame: "Frame", at: Point, name: str) -> "_Label":
        name = shorten(name, int(_AT_MOST * frame.width / _LETTER))
        width, x = _LETTER * columns(name), at[0]
        above = min(max(x - width / 2, frame.left), frame.width - 2.0 - width)
        return cls(at, name, width, (x - 7.0 - width, x + 7.0, above))

    def box(self, side: int, base: float) -> "Box":
        left = self.lefts[side]
        return Box(left, base - _LINE + 4.0, left + self.width, base + 4.0)

    def drawn(self, box: "Box") -> list[str]:
        """Write the name in a box, with a line to the point if it is apart."""
        x, y = self.at
        end = box.left < x - self.width
        base = box.bottom - 4.0
        place = {
            "x": box.right if end else box.left,
            "y": base,
            "text-anchor": "end" if end else "start",
        }
        text = element("text", {"class": "goal", **place}, escape(self.name))
        nearest = min(max(x, box.left), box.right), base - 4.0
        return [text] if abs(base - (y - 5.0)) < 1.0 else [segment("lead", self.at, nearest), text]


def _stack(
    frame: "Frame", labels: "Sequence[_Label]", side: int, taken: "Sequence[Box]"
) -> "list[Box | None]":
    """Stand names on one side over one another, each as low as it can; None of one without room."""
    boxes: list[Box | None] = []
    roof = math.inf
    for label in labels:
        lowest = min(label.at[1] - 5.0, roof)
        tried = (label.box(side, lowest - lines * _LINE) for lines in range(_STEPS))
        free = (box for box in tried if box.within(frame) and not any(map(box.meets, taken)))
        boxes.append(next(free, None))
        if (box := boxes[-1]) is not None:
            roof = box.bottom - 4.0 - _LINE
    return boxes


def _apart(labels: "Sequence[_Label]", boxes: "Sequence[Box | None]") -> float:
    """How far names stand from their points, up or down; one without room counts for most."""
    return sum(
        _STEPS * _LINE if box is None else abs(box.bottom - 4.0 - (label.at[1] - 5.0))
        for label, box in zip(labels, boxes, strict=True)
    )


def _alone(frame: "Frame", label: "_Label", taken: "Sequence[Box]") -> "Box | None":
    """Stand a name above its point if it can, else so many lines higher or lower, on any side."""
    for lines in sorted(range(-_STEPS, _STEPS + 1), key=abs):
        for side in range(3):
            box = label.box(side, label.at[1] - 5.0 + lines * _LINE)
            if box.within(frame) and not any(map(box.meets, taken)):
                return box
    return None


def _name(attainment: Attainment) -> str:
    """A goal and its chance; of one that is over, figures decide and no chance is said."""
    chance = None if attainment.over else attainment.deadline_probability
    name = shorten(str(attainment.goal), LONGEST)
    return name if chance is None else f"{name}: {percent(chance)}"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a label stands, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether two boxes share a place."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, frame: "Frame") -> bool:
        """Whether it lies within the chart."""
        across = self.left >= frame.left and self.right <= frame.width - 2.0
        return across and self.top >= 0.0 and self.bottom <= frame.height - frame.bottom


def curve(content: Curve, size: tuple[float, float]) -> str:
    """Draw the probability that a goal is met by the end of each year, and what is missing to 1.

    Parameters
    ----------
    content
        What to draw.
    size
        Width and height in pixels.

    Returns
    -------
    str
        What stands inside the ``svg`` element.
    """
    chances = {point.year: point.probability for point in content.points}
    years = content.points[0].year, content.points[-1].year
    frame = Frame(*size, years=years, low=0.0, high=1.0)
    points = [(float(year), chance) for year, chance in chances.items()]
    drawn = [
        frame.axes(_QUARTERS),
        frame.band([(year, 0.0) for year, _ in points], points, "b80"),
        frame.line(points, "median"),
    ]
    drawn += [
        frame.strip(year, f"by the end of {year}: {percent(chance)}")
        for year, chance in chances.items()
    ]
    due = content.due
    if due is not None and due.year in chances:
        note = f"{due.year}: {percent(due.probability)}"
        at = frame.x(due.year), frame.y(due.probability)
        drawn.append(frame.upright(due.year, "due"))
        drawn.append(point("dot", SHAPES[0], *at, f"deadline {note}"))
        drawn += _labels(frame, [(at, note)])[0]
    return "".join(drawn)


def past(said: Sequence[tuple[dt.date, float, str]], size: tuple[float, float]) -> str:
    """Draw probabilities as steps from date to date, with a mark where a release moved one.

    Parameters
    ----------
    said
        Dates in order, what was said on each, and what had moved it; empty if nothing had.
    size
        Width and height in pixels.

    Returns
    -------
    str
        What stands inside the ``svg`` element.
    """
    days = [place_of(day) for day, _, _ in said]
    years = round(days[0] + 0.002), said[-1][0].year  # the last day of a year ends at its edge
    most = max(chance for _, chance, _ in said)
    ticks = even_ticks(0.0, next((top for top in (0.25, 0.5) if most < 0.9 * top), 1.0), 6)
    frame = Frame(*size, years=years, low=0.0, high=ticks[-1])
    steps = [(days[0], said[0][1])]
    for day, (_, chance, _) in zip(days[1:], said[1:], strict=True):
        steps += [(day, steps[-1][1]), (day, chance)]
    drawn = [frame.axes([(at, f"{100.0 * at:.0f} %") for at in ticks])]
    drawn += [frame.upright(year + 0.5, "grid") for year in range(years[0] - 1, years[1] + 1)]
    drawn.append(frame.line(steps, "median"))
    for day, (date, chance, mover) in zip(days, said, strict=True):
        note = f"{date}: {percent(chance)}{f'; {mover}' if mover else ''}"
        look, shape = ("dot", SHAPES[0]) if mover else ("hit", _BLIND)
        drawn.append(point(look, shape, frame.x(day), frame.y(chance), note))
    return "".join(drawn)


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
        return segment(look, (self.left, at), (self.width - self.right, at))

    def ticks(self) -> list[tuple[float, str]]:
        """Values to label on the axis of amounts."""
        if self.log:
            return log_ticks(self.low, self.high)
        most = max(2, int(self.height / _LEVEL))
        return [(at, amount_text(at)) for at in even_ticks(self.low, self.high, most)]

    def upright(self, year: float, look: str) -> str:
        """Draw a line up."""
        at = self.x(year)
        return segment(look, (at, self.top), (at, self.height - self.bottom))

    def strip(self, year: int, note: str) -> str:
        """Lay an unseen strip over a year with a note that shows when it is pointed at."""
        left, right = self.x(year - 0.5), self.x(year + 0.5)
        box = {"x": left, "y": self.top, "width": right - left, "height": self._room}
        return element("rect", {"class": "hit", **box}, element("title", {}, escape(scrub(note))))

    def axes(self, values: Sequence[tuple[float, str]]) -> str:
        """Draw both scales, with a line at each value."""
        drawn = []
        for value, label in values:
            at = {"x": self.left - 6.0, "y": self.y(value) + 4.0, "text-anchor": "end"}
            drawn += [self.level(value, "grid"), element("text", at, escape(scrub(label)))]
        first, last = self.years
        for year in even_ticks(first, last, max(2, int(self.width / _YEAR))):
            if year.is_integer():
                at = {"x": self.x(year), "y": self.height - 6.0, "text-anchor": "middle"}
                drawn.append(element("text", at, f"{year:.0f}"))
        return "".join(drawn)


def segment(look: str, start: Point, end: Point) -> str:
    """Draw a line from one point to another."""
    (x1, y1), (x2, y2) = start, end
    return element("line", {"class": look, "x1": x1, "x2": x2, "y1": y1, "y2": y2})


def mark(kind: int, x: float, y: float, note: str) -> str:
    """Draw one of seven marks about a point, which differ in shape."""
    number = kind % len(SHAPES)
    return point(f"mark m{number}", SHAPES[number], x, y, note)


def point(look: str, path: str, x: float, y: float, note: str) -> str:
    """Draw a path about a point, with a note that shows when it is pointed at."""
    place = {"class": look, "transform": f"translate({x:.1f} {y:.1f})", "d": path}
    return element("path", place, element("title", {}, escape(scrub(note))))


def element(tag: str, attributes: Mapping[str, object], *children: str) -> str:
    """Write an element; attributes are escaped, children are elements already.

    Examples
    --------
    >>> element("text", {"x": 3.14159, "class": "a"}, escape("<b>"))
    '<text x="3.1" class="a">&lt;b&gt;</text>'
    """
    written = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
    inside = "".join(children)
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _attribute(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else escape(str(value))
