"""Strategies for questions: ledgers that a flow could have left behind, and goals about them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tradetrack.domain.amount import (
    Absolute,
    AverageGrowth,
    Increase,
    Multiple,
    Typed,
    YearGrowth,
)
from tradetrack.domain.figure import Figure, Qualifier
from tradetrack.domain.goal import YEAR_WINDOWS, Goal
from tradetrack.domain.observation import (
    BALANCE,
    TURNOVER,
    Growth,
    Increment,
    Level,
    Observation,
    Series,
)
from tradetrack.domain.window import Window
from tradetrack.ledger.ledger import Ledger

PAIR = Series(pair="KZ-UZ")
FIRST, SECOND = (PAIR.model_copy(update={"flow": flow}) for flow in PAIR.flows)
REPORTERS = ("UZ stat", "KZ stat")
BALANCED = PAIR.model_copy(update={"flow": BALANCE})
SHARES = {TURNOVER: 1.0, FIRST.flow: 0.6, SECOND.flow: 0.4, BALANCE: 0.2}


def level(
    window: str,
    value: str | float,
    qualifier: Qualifier | None = None,
    *,
    series: Series = PAIR,
    unit: str = "usd_bn",
    reporter: str = REPORTERS[0],
    published: str = "",
) -> Level:
    """A level with as few words as a test needs; a text is rounded, a number exact."""
    months = Window.parse(window)
    return Level(
        series=series,
        window=months,
        figure=Figure.of(value, unit, qualifier),
        reporter=reporter,
        published=published or f"{months.year + 1}-02-01",
    )


def growth(
    window: str,
    base: str,
    value: str | float,
    qualifier: Qualifier | None = None,
    *,
    series: Series = PAIR,
    unit: str = "percent",
    reporter: str = REPORTERS[0],
) -> Growth:
    """A growth rate with as few words as a test needs."""
    return Growth(**_change(window, base, Figure.of(value, unit, qualifier), series, reporter))


def increment(
    window: str,
    base: str,
    value: str | float,
    qualifier: Qualifier | None = None,
    *,
    series: Series = PAIR,
    unit: str = "usd_bn",
    reporter: str = REPORTERS[0],
) -> Increment:
    """An increment with as few words as a test needs."""
    return Increment(**_change(window, base, Figure.of(value, unit, qualifier), series, reporter))


def _change(
    window: str, base: str, figure: Figure, series: Series, reporter: str
) -> dict[str, Any]:
    """Fields of a growth rate or an increment, out in the February after."""
    months = Window.parse(window)
    return {
        "series": series,
        "window": months,
        "base": Window.parse(base),
        "figure": figure,
        "reporter": reporter,
        "published": f"{months.year + 1}-02-01",
    }


def balance(
    window: str,
    value: str | float,
    qualifier: Qualifier | None = None,
    *,
    unit: str = "usd_bn",
    reporter: str = REPORTERS[0],
) -> Level:
    """A balance with as few words as a test needs."""
    return level(window, value, qualifier, series=BALANCED, unit=unit, reporter=reporter)


@dataclass(frozen=True)
class Past:
    """A flow's past, of which figures are printed: a total for each year, spread evenly over it."""

    first_year: int
    totals: tuple[float, ...]

    @property
    def years(self) -> range:
        """Its calendar years."""
        return range(self.first_year, self.first_year + len(self.totals))

    def over(self, window: Window, flow: str = TURNOVER) -> float:
        """Total of a flow over a window, in US$ bn."""
        months = (self.totals[month // 12 - self.first_year] / 12 for month in window.months())
        return SHARES[flow] * sum(months)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """One to six years of a flow, small or large, that grows or shrinks."""
    first = draw(st.integers(2004, 2016))
    start = draw(st.sampled_from((0.08, 0.7, 3.0, 45.0)))
    rates = draw(st.lists(st.floats(-0.25, 0.35), min_size=1, max_size=6))
    return Past(first, tuple(float(start * total) for total in np.exp(np.cumsum(rates))))


@st.composite
def windows(draw: st.DrawFn, past: Past) -> Window:
    """A year, a year to date or a month of a past."""
    year = draw(st.sampled_from(past.years))
    return draw(
        st.sampled_from(
            (
                Window.calendar_year(year),
                Window.year_to_date(year, draw(st.integers(1, 11))),
                Window.month(year, draw(st.integers(1, 12))),
            )
        )
    )


@st.composite
def _changes(
    draw: st.DrawFn, past: Past, series: Series, window: Window, base: Window, reporter: str
) -> Growth | Increment:
    """A growth rate or an increment of a past."""
    new, old = past.over(window, series.flow), past.over(base, series.flow)
    place: tuple[str, str] = str(window), str(base)
    if draw(st.booleans()):
        return growth(*place, f"{100 * (new / old - 1):.1f}", series=series, reporter=reporter)
    text = f"{1000 * (new - old):.1f}"
    return increment(*place, text, series=series, unit="usd_mn", reporter=reporter)


@st.composite
def figures(draw: st.DrawFn, past: Past, reporters: tuple[str, ...]) -> Observation:
    """A figure that the past would have led to: a level, a change, a balance or a bound."""
    window = draw(windows(past))
    flow = draw(st.sampled_from((TURNOVER, TURNOVER, FIRST.flow, SECOND.flow, BALANCE)))
    series = PAIR.model_copy(update={"flow": flow})
    reporter = draw(st.sampled_from(reporters))
    true = past.over(window, flow) * np.exp(draw(st.floats(-0.03, 0.03)))
    base = window.shift(-1)
    if flow != BALANCE and base.start // 12 in past.years and draw(st.booleans()):
        return draw(_changes(past, series, window, base, reporter))
    wordings: tuple[Qualifier, ...] = ("exact", "rounded", "about", "at_least", "at_most")
    qualifier = draw(st.sampled_from(wordings))
    value = true * {"at_least": 0.85, "at_most": 1.2}.get(qualifier, 1.0)
    text = f"{1000 * value:.1f}" if value < 0.2 else f"{1000 * value:.0f}"
    return level(str(window), text, qualifier, series=series, unit="usd_mn", reporter=reporter)


@st.composite
def ledgers(draw: st.DrawFn, reporters: tuple[str, ...] = REPORTERS) -> Ledger:
    """Ledgers of one pair that any model can be fitted to.

    A few figures of one past, of the turnover, of both flows and of the balance: levels, growth
    rates, increments and bounds; at least one year's turnover, rounded.

    Parameters
    ----------
    draw
        Given by hypothesis.
    reporters
        Who may have printed the figures; the first has printed the turnover.

    Examples
    --------
    >>> from hypothesis import find
    >>> len(find(ledgers(), lambda ledger: True).current)
    1
    """
    past = draw(pasts())
    rows = draw(st.lists(figures(past, reporters), max_size=5))
    year = draw(st.sampled_from(past.years))
    total = f"{1000 * past.over(Window.calendar_year(year)):.0f}"
    return Ledger([*rows, level(str(year), total, unit="usd_mn", reporter=reporters[0])])


@st.composite
def goals(draw: st.DrawFn, ledger: Ledger) -> Goal:
    """Goals near what the figures of a ledger say, with a deadline or without.

    Parameters
    ----------
    draw
        Given by hypothesis.
    ledger
        One of `ledgers`.

    Examples
    --------
    >>> from hypothesis import find
    >>> ledger = find(ledgers(), lambda ledger: True)
    >>> find(goals(ledger), lambda goal: goal.by is None).window
    'calendar_year'
    """
    near = _near(ledger)
    last = ledger.current.last_month // 12
    by = draw(st.none() | st.integers(last, last + 10))
    window = draw(st.sampled_from(YEAR_WINDOWS))
    reporters = ledger.current.reporters
    whose = draw(st.sampled_from(("consensus", *reporters)))
    return Goal(round(near * draw(st.floats(0.4, 4.0)), 4), by, window, series=PAIR, reporter=whose)


_KINDS = ("calendar_year", "rolling_year", "fy:04", "half_year", "quarter", "month", "named")
_LENGTHS = {"half_year": 6, "quarter": 3, "month": 1}


@st.composite
def any_goals(draw: st.DrawFn, ledger: Ledger) -> Goal:
    """Goals of every kind that the figures of a ledger can answer.

    Amounts absolute and relative, every window, deadlines by year, month and day, announcements, at
    least and at most, several windows in a row; of the turnover, a flow or the balance.

    Parameters
    ----------
    draw
        Given by hypothesis.
    ledger
        One of `ledgers`.

    Examples
    --------
    >>> from hypothesis import find
    >>> ledger = find(ledgers(), lambda ledger: True)
    >>> find(any_goals(ledger), lambda goal: goal.window == "quarter").bound
    'at_least'
    """
    current = ledger.current
    first, last = current.first_month // 12, current.last_month // 12
    window, sustained = draw(st.sampled_from(_KINDS)), draw(st.integers(1, 3))
    if window == "named":
        sustained, window = 1, f"{last + draw(st.integers(1, 5))}-{draw(_PARTS)}"
    series = PAIR.model_copy(update={"flow": draw(st.sampled_from(_asked_of(current)))})
    months = _LENGTHS.get(window) or (Window(window).n_months if window[0].isdigit() else 12)
    start = 12 * draw(st.integers(first, last)) + draw(st.sampled_from([0, 3]))
    base = Window(start=start, end=start + months - 1)
    by: int | str | None = draw(st.integers(last + 5, last + 9))
    if window[0].isdigit():
        by = None
    elif draw(st.booleans()):
        by = f"{by}-{draw(st.sampled_from(['03', '12', '06-30', '10-05']))}"
    announced = draw(st.sampled_from(["", f"{last - 1}", f"{last}-05", f"{last}-11-20"]))
    return Goal(
        draw(_amounts(current, base, months, balance=series.flow == BALANCE)),
        by,
        window,
        series=series,
        reporter=draw(st.sampled_from(("consensus", *current.reporters))),
        bound=draw(st.sampled_from(["at_least", "at_most"])),
        sustained=sustained,
        announced=announced,
    )


_PARTS = st.sampled_from(["H1", "H2", "Q1", "Q4"])


def _asked_of(current: Ledger) -> list[str]:
    """Flows that a goal may be about."""
    spoken = sorted({row.series.flow for row in current})
    return spoken if len(spoken) < 2 else [TURNOVER, *PAIR.flows, BALANCE]


@st.composite
def _amounts(
    draw: st.DrawFn, current: Ledger, base: Window, months: int, *, balance: bool
) -> float | Typed:
    """Amounts about as large as the figures of a ledger."""
    near = _near(current) * months / 12
    size = draw(st.floats(0.4, 3.0))
    kinds: list[float | Typed] = [
        float(near * size),
        Absolute(1000.0 * near * size, "usd_mn"),
        Increase(near * (size - 0.8), base),
    ]
    if not balance:
        kinds += [Multiple(size, base), YearGrowth(0.2 * size - 0.1), AverageGrowth(0.05, base)]
    return draw(st.sampled_from(kinds))


def _near(current: Ledger) -> float:
    """Highest turnover that was printed for a year, in US$ bn."""
    turnover = [row for row in current if row.kind == "level" and row.series == PAIR]
    return max(float(np.exp(row.log_interval[1])) for row in turnover if not row.figure.one_sided)


@st.composite
def any_questions(draw: st.DrawFn, reporters: tuple[str, ...] = REPORTERS) -> tuple[Ledger, Goal]:
    """Ledgers, each with a goal of any kind; see `any_goals`.

    Parameters
    ----------
    draw
        Given by hypothesis.
    reporters
        As for `ledgers`.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(any_questions(), lambda question: question[1].sustained == 2)[1].sustained
    2
    """
    ledger = draw(ledgers(reporters))
    return ledger, draw(any_goals(ledger))


@st.composite
def questions(draw: st.DrawFn, reporters: tuple[str, ...] = REPORTERS) -> tuple[Ledger, Goal]:
    """Ledgers, each with a goal for it.

    Parameters
    ----------
    draw
        Given by hypothesis.
    reporters
        As for `ledgers`.

    Examples
    --------
    >>> from hypothesis import find
    >>> ledger, goal = find(questions(), lambda question: question[1].by is not None)
    >>> goal.by >= ledger.current.last_month // 12
    True
    """
    ledger = draw(ledgers(reporters))
    return ledger, draw(goals(ledger))
