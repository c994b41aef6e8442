"""What each reporter printed for each year: the marks beside a projection."""

from collections.abc import Mapping

from tradetrack.domain.figure import split_unit
from tradetrack.domain.observation import TURNOVER, Series
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.results import Tracking

Points = dict[str, list[tuple[int, float]]]


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
            " pass that ledger, or none"
        )
    return known


def yearly_figures(ledger: Ledger, series: Series) -> Points:
    """Return calendar-year levels by reporter, each a year and a value in the series' unit.

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
    >>> points = yearly_figures(tt.datasets.kazakhstan_uzbekistan(), Series(pair="KZ-UZ"))
    >>> dict(points["UZ stat"])[2018]
    2.92
    """
    cells: dict[tuple[str, int, str], float] = {}
    for seen in ledger.current.select(pair=series.pair, kind="level"):
        sharp = seen.figure.qualifier in ("exact", "rounded", "truncated")
        if seen.window.kind == "calendar_year" and sharp:
            scale = split_unit(seen.figure.unit)[1] / split_unit(series.unit)[1]
            cells[seen.reporter, seen.window.year, seen.series.flow] = seen.figure.value * scale
    points: Points = {}
    for reporter, year in sorted({(reporter, year) for reporter, year, _ in cells}):
        value = _cell(cells, reporter, year, series)
        if value is not None:
            points.setdefault(reporter, []).append((year, value))
    return points


def _cell(
    cells: Mapping[tuple[str, int, str], float], reporter: str, year: int, series: Series
) -> float | None:
    printed = cells.get((reporter, year, series.flow))
    if printed is not None or series.flow != TURNOVER:
        return printed
    parts = [cells[key] for flow in series.flows if (key := (reporter, year, flow)) in cells]
    return sum(parts) if len(parts) > 1 else None
