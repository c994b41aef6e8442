"""What charts show, whoever draws them: the values, their limits and the words."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tradetrack._audit.amounts import row_name
from tradetrack._checks import check_kind
from tradetrack._format import counted, percent, shorten, three_digits, unit_text, with_unit
from tradetrack._typing import MONTHS
from tradetrack.attainment.attainment import Attainment, YearProbability
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import CONSENSUS, Goal, YearWindow
from tradetrack.domain.observation import BALANCE, TURNOVER, Observation, Series, last_day
from tradetrack.domain.period import windows_within
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger, check_ledger
from tradetrack.tracking import SeriesTotals, Tracking, YearQuantiles

LONGEST = 60  # characters of a name
NAMED = 8  # goals with a mark and a line in the legend; the others are thin and grey
_REPORTER = 28  # characters of a reporter's name
_GOAL, _SHORTEST, _LABEL = 30, 8, 99  # characters of a goal's name, and of its label
_BEFORE = 3  # years of a curve before the as-of day, for goals that may have been met
_BEYOND = 3.0  # the axis ends where the 95 % range exceeds all else by this factor
_MARGIN, _LEAST_MARGIN = 0.05, 1.02  # of the axis, beyond what is drawn; and at least so much
_LATEST = 4 * MONTHS  # within so many months there is a window of every kind
_FAR = 0.05  # of its amount; a figure that is as far off the 95 % range is explained


@dataclass(frozen=True, slots=True)
class Mark:
    """A calendar-year level by one reporter.

    Attributes
    ----------
    year, value
        The value is in the unit of the series requested.
    text
        What was printed; two figures if the value is their sum.
    published
        When, as the ledger has it; of two figures, when the later one was.
    rows
        The figures, as results name them: by ``id``, or by their text.
    """

    year: int
    value: float
    text: str
    published: str
    rows: tuple[str, ...]


def tracked(ledger: Ledger, tracking: Tracking, pair: str) -> Ledger:
    """Return what the tracking knew of a pair, and check that it is in this ledger.

    Raises
    ------
    InputError
        If another ledger was tracked.
    """
    check_ledger(ledger)
    check_tracking(tracking)
    known = ledger.as_of(tracking.as_of).select(pair=pair)
    if known.digest != tracking.ledger_digest:
        raise InputError(
            f"this is not the ledger that was tracked as of {tracking.as_of}: {known!r};"
            " pass that ledger, or none",
            topic="result",
        )
    return known


def check_tracking(tracking: object) -> None:
    """Refuse what `track` did not return."""
    check_kind("tracking", tracking, Tracking, "pass what track returned")


def yearly_marks(ledger: Ledger, series: Series) -> dict[str, list[Mark]]:
    """Return calendar-year levels by reporter, with what was printed and when.

    A turnover is that which the reporter printed, or the sum of its two flows, whichever came
    later; a balance likewise their difference. Figures that are only a bound, or qualified by
    "about", are left out.

    Parameters
    ----------
    ledger
        Figures of the series' pair; those that count are taken.
    series
        What to look for.

    Examples
    --------
    >>> import tradetrack as tt
    >>> marks = yearly_marks(tt.datasets.kazakhstan_uzbekistan(), Series(pair="KZ-UZ"))
    >>> next(mark.text for mark in marks["UZ stat"] if mark.year == 2018)
    'US$ 1567442320 + US$ 1352167800'
    """
    cells: dict[tuple[str, int, str], Observation] = {}
    for seen in ledger.current.select(pair=series.pair, kind="level"):
        sharp = seen.figure.qualifier in ("exact", "rounded", "truncated", "range")
        alike = seen.series.coverage == series.coverage
        if seen.window.kind == "calendar_year" and sharp and alike:
            cells[seen.source, seen.window.year, seen.series.flow] = seen
    marks: dict[str, list[Mark]] = {}
    for reporter, year in sorted({(reporter, year) for reporter, year, _ in cells}):
        parts = _parts(cells, reporter, year, series)
        if parts:
            marks.setdefault(reporter, []).append(_mark(year, parts, series))
    return marks


def _parts(
    cells: Mapping[tuple[str, int, str], Observation], reporter: str, year: int, series: Series
) -> list[Observation]:
    """Return the figure that was printed, or the two that it is made of, whichever came later."""
    printed = cells.get((reporter, year, series.flow))
    made = [cells[key] for flow in series.flows if (key := (reporter, year, flow)) in cells]
    if series.flow not in (TURNOVER, BALANCE) or len(made) < 2:
        made = []
    ways = [way for way in ([printed] if printed else [], made) if way]
    return max(ways, key=lambda way: max(last_day(row.published) for row in way), default=[])


def _mark(year: int, parts: list[Observation], series: Series) -> Mark:
    first, *rest = (
        part.figure.value * (split_unit(part.figure.unit)[1] / split_unit(series.unit)[1])
        for part in parts
    )
    less = series.flow == BALANCE
    return Mark(
        year=year,
        value=first - sum(rest) if less else first + sum(rest),
        text=(" − " if less else " + ").join(
            with_unit(part.figure.text, part.figure.unit) for part in parts
        ),
        published=max((part.published for part in parts), key=last_day),
        rows=tuple(map(row_name, parts)),
    )


@dataclass(frozen=True, slots=True)
class FanContent:
    """Yearly totals with their ranges, the goals about them, and what was printed.

    Attributes
    ----------
    tracking, totals
        The result, and those of its yearly totals that are drawn.
    goals
        The goals about these totals.
    known
        What the ledger knew of the pair on the as-of day; None without a ledger.
    printed
        What counts of it and was printed for calendar years, by reporter.
    """

    tracking: Tracking
    totals: SeriesTotals
    goals: tuple[Attainment, ...]
    known: Ledger | None
    printed: dict[str, list[Mark]]

    @property
    def years(self) -> list[int]:
        """Every year that is drawn."""
        return [row.year for row in self.totals.years]

    def quantile(self, level: float) -> list[float]:
        """Return a quantile of each year's total, in the series' unit."""
        index = self.totals.levels.index(level)
        return [row.quantiles[index] for row in self.totals.years]

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic; that of a balance cannot be."""
        return self.totals.series.flow != BALANCE and min(self.quantile(0.025)) > 0.0

    @property
    def limits(self) -> tuple[float, float]:
        """Ends of the axis: all that is drawn, but for what is far off and explained in words."""
        needed = [
            *(level for level, _ in self.goal_lines),
            *self.quantile(0.1),
            *self.quantile(0.9),
            *(
                mark.value
                for marks in self.printed.values()
                for mark in marks
                if not self._discounted(mark)
            ),
        ]
        low, high = min(self.quantile(0.025)), max(self.quantile(0.975))
        if self.log:
            low = min(max(low, min(needed) / _BEYOND), *needed)
            high = max(min(high, max(needed) * _BEYOND), *needed)
            margin = max((high / low) ** _MARGIN, _LEAST_MARGIN)
            return low / margin, high * margin
        beyond = max(needed) - min(needed)
        low = min(max(low, min(needed) - beyond), *needed)
        high = max(min(high, max(needed) + beyond), *needed)
        margin = _MARGIN * (high - low) or _MARGIN * abs(high) or 1.0
        return low - margin, high + margin

    @property
    def goal_lines(self) -> list[tuple[float, list[Attainment]]]:
        """Every amount of a year from the least, with its goals by deadline, alike but for that."""
        lines: dict[tuple[float, str, str], list[Attainment]] = {}
        for goal in sorted(self.goals, key=lambda goal: goal.goal.deadline or 0):
            if goal.level is not None and _is_of_a_year(goal.goal):
                key = goal.level, goal.goal.bound, line_label(goal.goal)
                lines.setdefault(key, []).append(goal)
        return [(level, about) for (level, _, _), about in sorted(lines.items())]

    def height(self, value: float) -> float:
        """Where a value stands on the axis, from 0 at its lower end to 1 at its upper end."""
        low, high = self.limits
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low)

    def clear_on_left(self, amount: float) -> bool:
        """Whether the totals are farther from an amount in the first years than in the last."""
        at = self.height(amount)
        apart = [abs(self.height(value) - at) for value in self.quantile(0.5)]
        part = max(1, len(apart) // 3)
        return min(apart[:part]) >= min(apart[-part:])

    @property
    def odd(self) -> list[tuple[str, Mark, str]]:
        """Printed figures off the ranges, by year: by whom, the figure, and why perhaps."""
        ranges = {
            year: ends
            for year, *ends in zip(
                self.years, self.quantile(0.025), self.quantile(0.975), strict=True
            )
        }
        found = []
        for reporter, marks in self.printed.items():
            for mark in marks:
                low, high = ranges[mark.year]
                off = max(low - mark.value, mark.value - high) > _FAR * abs(mark.value)
                ours = self.totals.reporter in (CONSENSUS, reporter)
                if (ours and off) or self._discounted(mark):
                    found.append((reporter, mark, self._why(mark, low, high)))
        return sorted(found, key=lambda one: one[1].year)

    def _discounted(self, mark: Mark) -> bool:
        return any(row.row in mark.rows for row in self.tracking.discounted)

    def _why(self, mark: Mark, low: float, high: float) -> str:
        """Say why a figure does not fit: as it was discounted, or as the audit found."""
        for row in self.tracking.discounted:
            if row.row in mark.rows:
                return f"discounted, as it does not fit the others: {row.cause}"
        for finding in self.tracking.findings:
            again = finding.kind == "repeated_release"
            if not again and set(mark.rows) & set(finding.rows):
                return finding.message
        ends = f"{three_digits(low)} to {three_digits(high)}"
        return f"outside {ends}, the 95 % range given all figures; reporters count differently"

    @property
    def title(self) -> str:
        """The series, the kind of total, and whose."""
        totals = self.totals
        kind = "yearly totals" if totals.window == "calendar_year" else "highest twelve months"
        whose = (
            "consensus of reporters"
            if totals.reporter == CONSENSUS
            else f"figures of {shorten(totals.reporter, _REPORTER)}"
        )
        return f"{subject(totals.series)}, {kind} ({whose})"

    @property
    def axis_title(self) -> str:
        """The unit and the scale."""
        scale = "log scale" if self.log else "linear scale"
        return f"{unit_text(self.totals.series.unit)} a year ({scale})"

    @property
    def source(self) -> str:
        """What was read, as of when, and how the ranges were drawn."""
        tracking, read = self.tracking, "figures"
        if self.known is not None:
            current = self.known.current
            read = f"{counted(len(current), 'figure')} of {_names(current.reporters)};"
        text = f"Source: {_published(read, tracking)}. Ranges: {_simulated(tracking)}."
        summed = (self.totals.series.flow, self.totals.window) == (TURNOVER, "calendar_year")
        if self.known is not None and summed:
            text += " Marks: printed calendar years, or the sum of two printed flows."
        return text


def fan_content(
    tracking: Tracking,
    ledger: Ledger | None = None,
    *,
    series: Series | None = None,
    reporter: str | None = None,
    window: YearWindow = "calendar_year",
    since: int = 0,
    until: int | None = None,
) -> FanContent:
    """Find what a fan chart shows, from the year ``since`` on and up to ``until``.

    Raises
    ------
    InputError
        If no goal is about the series and reporter, or another ledger was tracked.
    """
    totals = tracking.totals(window, series=series, reporter=reporter)
    since = min(since, totals.years[-1].year)
    last = totals.years[-1].year if until is None else until
    rows = tuple(row for row in totals.years if since <= row.year <= max(since, last))
    totals = totals.model_copy(update={"years": rows})
    known = None if ledger is None else tracked(ledger, tracking, totals.series.pair)
    marked = known if totals.window == "calendar_year" else None
    return FanContent(
        tracking=tracking,
        totals=totals,
        goals=tuple(
            attainment
            for attainment in tracking.attainments
            if (attainment.goal.series, attainment.goal.reporter, attainment.goal.year_window)
            == (totals.series, totals.reporter, totals.window)
        ),
        known=known,
        printed={} if marked is None else _within(yearly_marks(marked, totals.series), rows),
    )


def _within(
    marks: Mapping[str, list[Mark]], rows: Sequence[YearQuantiles]
) -> dict[str, list[Mark]]:
    """Leave out figures of years that are not shown, and reporters without any other."""
    years = {row.year for row in rows}
    shown = {by: [mark for mark in all_of if mark.year in years] for by, all_of in marks.items()}
    return {by: some for by, some in shown.items() if some}


def _is_of_a_year(goal: Goal) -> bool:
    return windows_within(goal.window, 0, _LATEST).n_months == MONTHS


def line_label(goal: Goal) -> str:
    """Name a goal without its deadline: of two with one amount, their windows differ.

    Examples
    --------
    >>> line_label(Goal(10, by=2030, window="fy:04"))
    '10 in a fiscal year from April'
    """
    return str(goal).removesuffix(goal.due).rstrip() or goal.label


def goal_label(about: list[Attainment], letters: int = _LABEL) -> str:
    """Write some goals of one amount: its name, and how likely it is by each deadline.

    With fewer ``letters`` the name is cut, not what is written of it.
    """
    deadlines = list(
        dict.fromkeys(
            f"{a.goal.due}: {percent(a.deadline_probability)}"
            for a in about
            if a.deadline_probability is not None
        )
    )
    likely = ", ".join(deadlines if len(deadlines) < 4 else [*deadlines[:2], "…"])
    longest = min(_GOAL, max(_SHORTEST, letters - len(likely) - 1))
    return f"{shorten(line_label(about[0].goal), longest)} {likely}".rstrip()


def place_of(day: dt.date) -> float:
    """Return where a day stands among years; a year's total stands in the middle of the year.

    Examples
    --------
    >>> place_of(dt.date(2024, 1, 1)), place_of(dt.date(2024, 12, 31))
    (2023.5, 2024.5)
    """
    start, end = dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    return day.year - 0.5 + (day - start) / (end - start)


@dataclass(frozen=True, slots=True)
class Curve:
    """The probability that one goal is met by the end of each year.

    Attributes
    ----------
    attainment
        The goal and all that is known of it.
    points
        The years that are shown.
    """

    attainment: Attainment
    points: tuple[YearProbability, ...]

    @property
    def due(self) -> YearProbability | None:
        """The deadline, which may be before the years that are shown; None without one."""
        year, found = self.attainment.goal.due_year, self.attainment.at_deadline
        if year is None or found is None:
            return None
        return YearProbability(year=year, probability=found.probability, error=found.error)

    @property
    def not_within(self) -> str:
        """The probability that the goal is not met within the horizon."""
        return f"not by {self.attainment.last_year}: {percent(self.attainment.not_within)}"

    @property
    def label(self) -> str:
        """The goal, the probability at its deadline, and that of not within."""
        goal, chance = self.attainment.goal, self.attainment.deadline_probability
        whose = "" if goal.reporter == CONSENSUS else f" ({shorten(goal.reporter, 20)})"
        met = "" if chance is None else f": {percent(chance)}"
        return f"{goal_name(goal, 26)}{whose}{met}\n{self.not_within}"


@dataclass(frozen=True, slots=True)
class CurveContent:
    """The curve of each goal.

    Attributes
    ----------
    tracking
        The result.
    curves
        In the order of its goals; the first `NAMED` have a name in the legend.
    years
        First and last year of the chart.
    """

    tracking: Tracking
    curves: tuple[Curve, ...]
    years: tuple[int, int]

    title = "Probability that each goal is met, by year"
    axis_title = "met by the year's end"

    @property
    def source(self) -> str:
        """What was read, as of when, and how to read the curves."""
        text = (
            f"Source: {_published('figures', self.tracking)}; {_simulated(self.tracking)}."
            " Tick: deadline. Each curve stops at the horizon: what is missing to 100 % is the"
            " probability of not meeting the goal by then."
        )
        left_out = len(self.curves) - NAMED
        if left_out > 0:
            more = "goal is" if left_out == 1 else "goals are"
            text += f" {left_out} more {more} drawn thin and grey."
        return text


def curve_content(tracking: Tracking) -> CurveContent:
    """Find what an attainment chart shows."""
    years = (a.goal.due_year for a in tracking.attainments)
    deadlines = [year for year in years if year is not None]
    first = min([tracking.as_of.year, *deadlines]) - _BEFORE
    return CurveContent(
        tracking=tracking,
        curves=tuple(curve_from(attainment, first) for attainment in tracking.attainments),
        years=(first, max(attainment.last_year for attainment in tracking.attainments)),
    )


def curve_of(attainment: Attainment, as_of: dt.date) -> Curve:
    """Return the curve of one goal, from a few years before the as-of day or its deadline on."""
    ends = (as_of.year, attainment.goal.due_year or as_of.year, attainment.last_year)
    return curve_from(attainment, min(ends) - _BEFORE)


def curve_from(attainment: Attainment, first: int) -> Curve:
    """Return the curve of one goal from a year on."""
    return Curve(attainment, tuple(point for point in attainment.curve if point.year >= first))


def goal_name(goal: Goal, longest: int = LONGEST) -> str:
    """Write a goal's name in at most so many letters, and its deadline after them.

    Examples
    --------
    >>> goal_name(Goal(10, by=2030, name="a long name"), 6)
    'a lon… by 2030'
    """
    return shorten(goal.label, longest) + (f" {goal.due}" if goal.due else "")


def subject(series: Series) -> str:
    """Name a series.

    Examples
    --------
    >>> subject(Series(pair="KZ-UZ", flow="kz_to_uz"))
    'KZ to UZ'
    """
    return shorten(series.words, LONGEST)


def _published(read: str, tracking: Tracking) -> str:
    digest = shorten(tracking.ledger_digest[:8], 8)
    return f"{read} published by {tracking.as_of} (ledger {digest})"


def _simulated(tracking: Tracking) -> str:
    return f"tradetrack {shorten(tracking.version, 30)}, {counted(tracking.n_paths, 'path')}"


def _names(reporters: tuple[str, ...]) -> str:
    names = ", ".join(shorten(name, _REPORTER) for name in reporters[:NAMED])
    more = len(reporters) - NAMED
    return f"{names} and {more} more" if more > 0 else names
