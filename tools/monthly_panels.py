"""Monthly flows of two customs services, split by partner, and the ledgers that press makes of them.

Files have the columns ``partner``, ``month`` (2006-01), ``exports`` and ``imports`` in US$. A third
of the partners is kept for judging: the prior of the months is learned without them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np
import pandas as pd

from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import Growth, Level, Series
from tradetrack.domain.window import Window
from tradetrack.ledger.ledger import Ledger
from tradetrack._typing import MONTHS, Array

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
    values
        US$ a month; NaN where nothing positive is known.
    """

    reporter: str
    partner: str
    direction: Literal["exports", "imports"]
    first: int
    values: Array


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
        """This year's growth so far carried on to the year, US$."""
        return float(self.totals[-2] * self.to_date[1] / self.to_date[0])

    def ledger(self, growth: bool = True, monthly: bool = False) -> Ledger:
        """Eight yearly totals and a year to date, level and growth, as the press prints them.

        Parameters
        ----------
        growth
            Whether the growth of the year to date is printed beside its level.
        monthly
            Whether every month since the last January but one is printed instead of both.
        """
        rows: list[Level | Growth] = [
            self._level(Window.calendar_year(self.year - YEARS + i), total)
            for i, total in enumerate(self.totals[:-1])
        ]
        now = Window.year_to_date(self.year, self.month)
        if monthly:
            start = (self.year - 1) * MONTHS
            known = [*range(start, start + MONTHS - 1), *range(start + MONTHS, now.end + 1)]
            months = [(Window.month(m // MONTHS, m % MONTHS + 1), m) for m in known]
            values = self.flow.values
            return Ledger([*rows, *(self._level(w, values[m - self.flow.first]) for w, m in months)])
        rows.append(self._level(now, self.to_date[1]))
        if growth:
            rows.append(self._growth(now))
        return Ledger(rows)

    def _growth(self, now: Window) -> Growth:
        change = 100.0 * (self.to_date[1] / self.to_date[0] - 1.0)
        return Growth(
            series=SERIES,
            window=now,
            base=Window.year_to_date(self.year - 1, self.month),
            figure=Figure.of(f"{change:.1f}", "percent"),
            reporter=self.flow.reporter,
            published=f"{self.year + 1}-01",
        )

    def _level(self, window: Window, value: float) -> Level:
        return Level(
            series=SERIES,
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
    """All years of a flow that have eight complete ones before them and are complete themselves."""
    by_year = flow.values[: len(flow.values) // MONTHS * MONTHS].reshape(-1, MONTHS)
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
