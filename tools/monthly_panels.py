"""Monthly flows of two customs services by partner, and the ledgers that the press makes of them.

Files have the columns ``partner``, ``month`` (2006-01), ``exports`` and ``imports`` in US$. A third
of the partners is kept for judging: the prior of the months is learned without them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np
import pandas as pd

from tradetrack._typing import MONTHS, Array
from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import Growth, Level, Observation, Series
from tradetrack.domain.window import Window
from tradetrack.ledger.ledger import Ledger

YEARS = 8  # complete years before the current one
LEAST = 100e6  # US$ in the last complete year
SERIES = Series(pair="flow")  # one series, not a pair


def held_out(partner: str) -> bool:
    """Whether a partner is kept for judging, in all panels alike."""
    return crc32(partner.encode()) % 3 == 0


@dataclass(frozen=True)
class Flow:
    """One flow by month.

    Attributes
    ----------
    reporter, partner, direction
        Whose flow, with whom, ``"exports"`` or ``"imports"``.
    first
        First month, a January, months counted from year 0.
    monthly
        US$ a month; NaN where nothing positive is known.
    """

    reporter: str
    partner: str
    direction: Literal["exports", "imports"]
    first: int
    monthly: Array


def read_flows(path: Path, reporter: str) -> list[Flow]:
    """Read all flows of a panel."""
    rows = pd.read_csv(path, keep_default_na=False)
    flows = []
    for partner, part in rows.groupby("partner"):
        years = part["month"].str[:4].astype(int)
        position = (years - years.min()) * MONTHS + part["month"].str[5:].astype(int) - 1
        n_months = (int(years.max() - years.min()) + 1) * MONTHS
        for direction in ("exports", "imports"):
            values = np.full(n_months, np.nan)
            values[position] = pd.to_numeric(part[direction], errors="coerce")
            values[~(values > 0)] = np.nan
            flows.append(Flow(reporter, str(partner), direction, int(years.min()) * MONTHS, values))
    return flows


@dataclass(frozen=True)
class Case:
    """A year of a flow, of which the first months are known.

    Attributes
    ----------
    flow, year, month
        Months of the year up to ``month`` (1 to 11) are known.
    totals
        US$ of the eight years before and of this one.
    to_date
        US$ of the known months of the year before and of this one.
    """

    flow: Flow
    year: int
    month: int
    totals: Array
    to_date: Array

    @property
    def carried(self) -> float:
        """The year at its growth so far, US$."""
        return float(self.totals[-2] * self.to_date[1] / self.to_date[0])

    def ledger(self, growth: bool = True) -> Ledger:
        """Eight yearly totals and a year to date, with its growth, as the press prints them."""
        return Ledger(self.rows(SERIES, growth))

    def rows(self, series: Series, growth: bool = True) -> list[Observation]:
        """Rows of `ledger`, as those of a series."""
        now = Window.year_to_date(self.year, self.month)
        rows: list[Observation] = [
            *self._years(series),
            self._level(series, now, self.to_date[1]),
        ]
        if growth:
            change = 100.0 * (self.to_date[1] / self.to_date[0] - 1.0)
            rows.append(
                Growth(
                    series=series,
                    window=now,
                    base=Window.year_to_date(self.year - 1, self.month),
                    figure=Figure.of(f"{change:.1f}", "percent"),
                    reporter=self.flow.reporter,
                    published=f"{self.year + 1}-01",
                )
            )
        return rows

    def monthly_ledger(self) -> Ledger:
        """Eight yearly totals, and the months of the last year, December apart, and of this one."""
        start = (self.year - 1) * MONTHS
        known = [*range(start, start + MONTHS - 1), *range(start + MONTHS, self.end)]
        windows = [Window.month(month // MONTHS, month % MONTHS + 1) for month in known]
        values = self.flow.monthly[np.array(known) - self.flow.first]
        months = [self._level(SERIES, *each) for each in zip(windows, values, strict=True)]
        return Ledger([*self._years(SERIES), *months])

    @property
    def end(self) -> int:
        """First month that is not known, counted from year 0."""
        return self.year * MONTHS + self.month

    def _years(self, series: Series) -> list[Level]:
        years = range(self.year - YEARS, self.year)
        return [
            self._level(series, Window.calendar_year(year), total)
            for year, total in zip(years, self.totals[:-1], strict=True)
        ]

    def _level(self, series: Series, window: Window, value: float) -> Level:
        return Level(
            series=series,
            window=window,
            figure=Figure.of(three_digits(value / 1e9), "usd_bn"),
            reporter=self.flow.reporter,
            published=f"{(window.end + 1) // MONTHS}-{(window.end + 1) % MONTHS + 1:02d}",
        )


def three_digits(value: float) -> str:
    """Print a number with three significant digits.

    Examples
    --------
    >>> three_digits(0.01234), three_digits(123.4)
    ('0.0123', '123')
    """
    decimals = max(0, 2 - int(np.floor(np.log10(value))))
    return f"{value:.{decimals}f}"


def cases_of(flow: Flow, months: tuple[int, ...], least: float = LEAST) -> list[Case]:
    """Years of a flow that are complete and have eight complete ones before them."""
    by_year = flow.monthly[: len(flow.monthly) // MONTHS * MONTHS].reshape(-1, MONTHS)
    totals = by_year.sum(axis=1)
    cases = []
    for y in range(YEARS, len(by_year)):
        window = slice(y - YEARS, y + 1)
        if not np.isfinite(totals[window]).all() or totals[y - 1] < least:
            continue
        year = flow.first // MONTHS + y
        for month in months:
            to_date = by_year[y - 1 : y + 1, :month].sum(axis=1)
            cases.append(Case(flow, year, month, totals[window], to_date))
    return cases
