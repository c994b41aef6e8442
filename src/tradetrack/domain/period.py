"""Which windows a goal counts: every year, quarter, twelve months and so on, or one by name.

================  ===================================================  ==================
written           counts                                               also written
================  ===================================================  ==================
calendar_year     January to December of each year                     ``year``
fiscal_year:04    twelve months from April of each year                ``fy:04``
rolling_year      any twelve months in a row                           ``rolling``
half_year         January to June, and July to December                ``half``
quarter           three months from January, April, July and October
month             any month
2026-H1           that window alone: also ``2026``, ``Q3 2026``,
                  ``Jan-Sep 2026``, ``FY2026-27:04`` or
                  ``2026-01..2026-09``
================  ===================================================  ==================
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator

from tradetrack._checks import shown
from tradetrack._typing import MONTHS
from tradetrack.domain.window import MONTH_NAMES, Window, window_ends
from tradetrack.errors import InputError

YearWindow = Literal["calendar_year", "rolling_year"]
YEAR_WINDOWS: tuple[YearWindow, ...] = ("calendar_year", "rolling_year")
_FISCAL = re.compile(r"(?:fiscal_year|fy):(\d{1,2})")
_KINDS = {  # months of a window, months from one to the next, and their words
    "calendar_year": (MONTHS, MONTHS, "year"),
    "rolling_year": (MONTHS, 1, "twelve months"),
    "half_year": (6, 6, "half-year"),
    "quarter": (3, 3, "quarter"),
    "month": (1, 1, "month"),
}
_ALIASES = {
    "year": "calendar_year",
    "rolling": "rolling_year",
    "half": "half_year",
    "half-year": "half_year",
    "annual": "calendar_year",
    "yearly": "calendar_year",
    "quarterly": "quarter",
    "monthly": "month",
}
_YEAR = re.compile(r"\d{4}")


def _canonical(given: object) -> str:
    if isinstance(given, Window):
        return str(given)
    text = given.strip() if isinstance(given, str) else given
    if not isinstance(text, str):
        raise InputError(f"the goal's window {shown(given)} is not text; {_WRITE}", topic="window")
    kind = "_".join(text.casefold().split())
    if (name := _ALIASES.get(kind, kind)) in _KINDS:
        return name
    if fiscal := _FISCAL.fullmatch(kind):
        start = int(fiscal[1])
        if not 1 <= start <= MONTHS:
            raise InputError(
                f"the fiscal year {shown(text)} begins in month {start}; write 1 to 12, as in"
                " fy:04 for"
                " a year from April",
                topic="window",
            )
        return "calendar_year" if start == 1 else f"fiscal_year:{start:02d}"
    if not _YEAR.search(text) and not text[:2].upper() == "FY":
        raise InputError(f"{shown(text)} is no window of a goal; {_WRITE}", topic="window")
    first, last = window_ends(text)
    return str(Window(start=first, end=last))


_WRITE = (
    "write calendar_year, rolling_year, fy:04, half_year, quarter or month, or one window such as"
    " 2026-H1"
)
GoalWindow = Annotated[str, BeforeValidator(_canonical)]
"""Kind of window that a goal counts, or one window, in the one way of writing it."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of one length: the months in which they end, and their number of months."""

    n_months: int
    ends: range

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[Window]:
        for end in self.ends:
            yield Window(start=end - self.n_months + 1, end=end)

    def from_month(self, month: int) -> "Windows":
        """Those that end in the month or later."""
        step, first = self.ends.step, self.ends.start
        skipped = max(0, -((first - month) // step))
        return Windows(self.n_months, self.ends[skipped:])

    def to_month(self, month: int) -> "Windows":
        """Those that end in the month or earlier."""
        n = max(0, (month - self.ends.start) // self.ends.step + 1)
        return Windows(self.n_months, self.ends[:n])


def named_window(window: str) -> Window | None:
    """Return the one window that a goal's window names, if it names one.

    Examples
    --------
    >>> named_window("2026"), named_window("quarter")
    (Window('2026'), None)
    """
    return Window(window) if window[0].isdigit() else None


def windows_within(window: str, first: int, last: int) -> Windows:
    """Return the windows that lie within the months from first to last.

    Parameters
    ----------
    window
        As a `tradetrack.Goal` holds it.
    first, last
        Month numbers.

    Examples
    --------
    >>> [str(one) for one in windows_within("fiscal_year:04", 12 * 2024, 12 * 2026 - 1)]
    ['2024-04..2025-03']
    """
    if only := named_window(window):
        inside = first <= only.start and only.end <= last
        return Windows(only.n_months, range(only.end, only.end + inside))
    kind, _, start = window.partition(":")
    n_months, step, _ = _KINDS.get(kind, (MONTHS, MONTHS, ""))
    before = (int(start) - 1 if start else 0) + n_months - 1  # months from a January to an end
    least = first + n_months - 1
    return Windows(n_months, range(least + (before - least) % step, last + 1, step))


def window_words(window: str, in_a_row: int = 1) -> str:
    """Say how a goal's window qualifies its amount; nothing for one calendar year.

    Examples
    --------
    >>> window_words("rolling_year"), window_words("fiscal_year:04"), window_words("2026-01")
    ('in twelve months', 'in a fiscal year from April', 'in Jan 2026')
    >>> window_words("calendar_year", 3)
    'in each of 3 years in a row'
    """
    if only := named_window(window):
        return f"in {only.words}"
    kind, _, start = window.partition(":")
    noun = "fiscal year" if start else _KINDS[kind][2]
    since = f" from {MONTH_NAMES[int(start) - 1]}" if start else ""
    if in_a_row > 1:
        return f"in each of {in_a_row} {noun.removesuffix('s')}s{since} in a row"
    if window == "calendar_year":
        return ""
    return f"in {'' if noun == 'twelve months' else 'a '}{noun}{since}"
