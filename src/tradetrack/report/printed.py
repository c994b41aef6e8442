"""What each reporter printed for each year: the marks beside a projection."""

from collections.abc import Mapping
from dataclasses import dataclass

from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import with_unit
from tradetrack.domain.observation import TURNOVER, Growth, Level, Series, last_day
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.results import Tracking


@dataclass(frozen=True, slots=True)
class Mark:
    """A calendar-year level by one reporter.

    Attributes
    ----------
    year, value
        The value is in the unit of the series that was asked for.
    text
        What was printed; two figures if the value is their sum.
    published
        When, as the ledger has it; of two figures, when the later one was.
    """

    year: int
    value: float
    text: str
    published: str


def tracked(ledger: Ledger, tracking: Tracking, pair: str) -> Ledger:
    """Return what the tracking knew of a pair, and check that it is in this ledger.

    Raises
    ------
    InputError
        If another ledger was tracked.
    """
    known = ledger.as_of(tracking.as_of).select(pair=pair)
    if known.digest != tracking.ledger_digest:
        raise InputError(
            f"this is not the ledger that was tracked as of {tracking.as_of}: {known!r};"
            " pass that ledger, or none",
            topic="result",
        )
    return known


def yearly_marks(ledger: Ledger, series: Series) -> dict[str, list[Mark]]:
    """Return calendar-year levels by reporter, with what was printed and when.

    A turnover that a reporter did not print is the sum of its two flows, if it printed both.
    Figures that are only a bound, or were said with "about", are left out.

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
    'US$ 2 920 mn'
    """
    cells: dict[tuple[str, int, str], Level | Growth] = {}
    for seen in ledger.current.select(pair=series.pair, kind="level"):
        sharp = seen.figure.qualifier in ("exact", "rounded", "truncated")
        if seen.window.kind == "calendar_year" and sharp:
            cells[seen.reporter, seen.window.year, seen.series.flow] = seen
    marks: dict[str, list[Mark]] = {}
    for reporter, year in sorted({(reporter, year) for reporter, year, _ in cells}):
        parts = _parts(cells, reporter, year, series)
        if parts:
            marks.setdefault(reporter, []).append(_mark(year, parts, series.unit))
    return marks


def _parts(
    cells: Mapping[tuple[str, int, str], Level | Growth], reporter: str, year: int, series: Series
) -> list[Level | Growth]:
    """Return the figure that was printed, or the two whose sum it is, or nothing."""
    printed = cells.get((reporter, year, series.flow))
    if printed is not None or series.flow != TURNOVER:
        return [] if printed is None else [printed]
    parts = [cells[key] for flow in series.flows if (key := (reporter, year, flow)) in cells]
    return parts if len(parts) > 1 else []


def _mark(year: int, parts: list[Level | Growth], unit: str) -> Mark:
    return Mark(
        year=year,
        value=sum(
            part.figure.value * (split_unit(part.figure.unit)[1] / split_unit(unit)[1])
            for part in parts
        ),
        text=" + ".join(with_unit(part.figure.text, part.figure.unit) for part in parts),
        published=max((part.published for part in parts), key=last_day),
    )
