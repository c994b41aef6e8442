"""Strategies for rows of a ledger as people may write them, with any text and any figures."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import (
    BALANCE,
    TURNOVER,
    Growth,
    Increment,
    Level,
    Observation,
    Series,
)
from tradetrack.domain.window import Window, month_number
from tradetrack.ledger.ledger import Ledger

COVERAGES = ("", "", "goods", "goods and services", "without oil & gas")
PAIRS = ("KZ-UZ", "AA-BB", "World")
REPORTERS = ("UZ stat", "KZ stat", 'of "both", or neither')
SIDES = {"UZ stat": "UZ", "KZ stat": "KZ", REPORTERS[2]: ""}
QUALIFIERS = ("exact", "rounded", "truncated", "over", "nearly", "about", "at_least", "at_most")
NASTY = (
    'say "so"; or not',
    "one,\ntwo\n\nthree",
    "\r\nWindows\r\nand old Mac\rlines ",
    "ارتفع التبادل إلى ٣٫٥",
    "\u202eright to left\u202c 🇰🇿🤝🇺🇿",
    "=1+1",
    "nan",
    "NA",
    "None",
    "007",
    "'",
    "\u2028\x0b\x1c\x85 odd lines",
    "\ufeffmark",
    "nothing\x00here",
)


def texts() -> st.SearchStrategy[str]:
    """Free text, as nasty as it comes."""
    return st.sampled_from(NASTY) | st.text(max_size=12) | st.just("")


def months(first: int = 1994, last: int = 2025) -> st.SearchStrategy[int]:
    """Months of these years, as month numbers."""
    return st.integers(month_number(first, 1), month_number(last, 12))


@st.composite
def windows(draw: st.DrawFn, start: st.SearchStrategy[int] | None = None) -> Window:
    """Any run of months."""
    first = draw(start or months())
    return Window(
        start=first, end=first + draw(st.sampled_from((0, 2, 8, 11)) | st.integers(0, 30))
    )


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Any flow and coverage of some pairs, and of a series that is no pair."""
    pair = draw(st.sampled_from(PAIRS))
    directions = Series(pair=pair).flows
    flows = (TURNOVER, *directions, *((BALANCE,) if directions else ()))
    return Series(
        pair=pair,
        flow=draw(st.sampled_from(flows)),
        unit=draw(st.sampled_from(("usd_bn", "usd_mn", "eur_bn"))),
        coverage=draw(st.sampled_from(COVERAGES)),
    )


def _printed(number: int, places: int, style: Callable[[str], str]) -> str:
    whole, part = divmod(number, 10**places)
    return style(f"{whole:,}") + (f".{part:0{places}d}" if places else "")


def numbers(low: int = 1) -> st.SearchStrategy[str]:
    """Positive numbers as people print them."""
    styles: list[Callable[[str], str]] = [
        lambda text: text,
        lambda text: text.replace(",", " "),
        lambda text: text.replace(",", "\u00a0"),
        lambda text: text.replace(",", ""),
    ]
    return st.builds(_printed, st.integers(low, 10**7), st.integers(0, 3), st.sampled_from(styles))


@st.composite
def level_figures(draw: st.DrawFn, currency: str = "usd") -> Figure:
    """Levels as they are printed, with any qualifier."""
    unit = currency + draw(st.sampled_from(("", "_th", "_mn", "_bn")))
    return Figure.of(draw(numbers()), unit, draw(st.sampled_from(QUALIFIERS)))


@st.composite
def signed_figures(draw: st.DrawFn, currency: str = "usd") -> Figure:
    """Amounts of any sign as they are printed, for balances and increments."""
    figure = draw(level_figures(currency))
    text = draw(st.sampled_from((figure.text, f"-{figure.text}", "0")))
    return Figure.of(text, figure.unit, figure.qualifier)


@st.composite
def growth_figures(draw: st.DrawFn) -> Figure:
    """Growth rates as they are printed, with any qualifier."""
    unit = draw(st.sampled_from(("percent", "times")))
    text = draw(numbers())
    if unit == "percent" and draw(st.booleans()):
        text = f"-{draw(st.integers(0, 99))}.{draw(st.integers(0, 9))}"
    return Figure.of(text, unit, draw(st.sampled_from(QUALIFIERS)))


def figures() -> st.SearchStrategy[Figure]:
    """Printed levels and growth rates."""
    return level_figures() | growth_figures()


@st.composite
def dates(draw: st.DrawFn, window: Window) -> str:
    """A day or month of publication after a window has begun."""
    month = window.start + draw(st.integers(0, 40))
    first = dt.date(month // 12, month % 12 + 1, 1)
    return first.isoformat()[: draw(st.sampled_from((7, 10)))]


@st.composite
def observations(draw: st.DrawFn, plain: bool = False) -> Observation:
    """Levels, growth rates and increments of any series, window, wording and text.

    Parameters
    ----------
    draw
        Given by hypothesis.
    plain
        Whether they have no free text.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(observations(), lambda row: row.kind == "growth").kind
    'growth'
    """
    measured = draw(series())
    window = draw(windows())
    text = st.just("") if plain else texts()
    reason = st.sampled_from(("", "", "", "a slip"))
    given: dict[str, Any] = {
        "series": measured,
        "window": window,
        "reporter": (reporter := draw(st.sampled_from((*REPORTERS, "")))),
        "side": draw(st.sampled_from((SIDES[reporter], ""))) if reporter else "",
        "published": draw(dates(window)),
        "document": draw(text),
        "note": draw(text),
        "set_aside": draw(reason),
    }
    currency = measured.unit[:3]
    if measured.flow == BALANCE:
        return Level(figure=draw(signed_figures(currency)), **given)
    kind = draw(st.sampled_from((Level, Level, Growth, Increment)))
    if kind is Level:
        return Level(figure=draw(level_figures(currency)), **given)
    base = window.shift(-draw(st.integers(1, 5)))
    if kind is Growth:
        return Growth(figure=draw(growth_figures()), base=base, **given)
    return Increment(figure=draw(signed_figures(currency)), base=base, **given)


@st.composite
def any_ledgers(draw: st.DrawFn, max_size: int = 6, plain: bool = False) -> Ledger:
    """Ledgers of any rows, which need not fit together: for readers, writers and displays.

    Parameters
    ----------
    draw
        Given by hypothesis.
    max_size
        Number of rows, at most.
    plain
        Whether the rows have no free text.

    Examples
    --------
    >>> from hypothesis import find
    >>> len(find(any_ledgers(), lambda ledger: len(ledger) > 0))
    1
    """
    rows = draw(st.lists(observations(plain), max_size=max_size))
    named = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    return Ledger(
        row.model_copy(update={"id": f"R{number}"}) if name else row
        for number, (row, name) in enumerate(zip(rows, named, strict=True))
    )


@st.composite
def releases(draw: st.DrawFn) -> list[Level]:
    """Several releases of one figure."""
    window = draw(windows())
    return [
        Level(
            series=Series(pair="KZ-UZ"),
            window=window,
            figure=draw(level_figures()),
            reporter="UZ stat",
            published=draw(dates(window)),
            set_aside=draw(st.sampled_from(("", "", "a slip"))),
        )
        for _ in range(draw(st.integers(1, 6)))
    ]
