"""Goals: what a series is to come to, by when, since when, and by whose figures."""

import datetime as dt
from numbers import Integral
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tradetrack._checks import check_whole
from tradetrack._format import scrub, with_unit
from tradetrack._typing import MONTHS
from tradetrack.domain.amount import (
    Absolute,
    Amount,
    AverageGrowth,
    Multiple,
    Typed,
    YearGrowth,
    base_of,
    short,
)
from tradetrack.domain.observation import BALANCE, Series, Text, last_day
from tradetrack.domain.period import (
    YEAR_WINDOWS,
    GoalWindow,
    Windows,
    YearWindow,
    named_window,
    window_words,
    windows_within,
)
from tradetrack.domain.value import Value
from tradetrack.domain.window import (
    FIRST_YEAR,
    LAST_YEAR,
    Window,
    month_number,
    whole_number,
    window_ends,
)
from tradetrack.errors import InputError

__all__ = ["CONSENSUS", "YEAR_WINDOWS", "Goal", "GoalWindow", "YearWindow"]

CONSENSUS = "consensus"


def _deadline(given: Any) -> int | str | None:
    """Write a year as a number, a month or a day as text."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, dt.date):
        return last_day(given).isoformat()
    text = given.strip() if isinstance(given, str) else ""
    if text and not text.isdigit():
        return _day_or_month(text)
    year = whole_number("deadline", int(text) if text else given)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(
            f"the deadline {year} is not a year between {FIRST_YEAR} and {LAST_YEAR}",
            topic="deadline",
        )
    return year


def _announced(given: Any) -> str:
    """Write a day as text; a month or a year alone stays as it is."""
    if given is None:
        return ""
    if isinstance(given, bool):
        raise InputError(f"{given} is no date; write YYYY-MM-DD, YYYY-MM or a year", topic="date")
    if not isinstance(given, str | Integral):
        return last_day(given).isoformat()
    text = str(given).strip()
    if text and not (text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        return _day_or_month(text)
    return text


def _day_or_month(text: str) -> str:
    """Return a date as it is; of months by another name ("Q1 2030") the last one."""
    try:
        last_day(text)
    except InputError as no_date:
        try:
            return window_ends(text)[1]
        except InputError:
            raise no_date from None
    return text


Deadline = Annotated[int | str | None, BeforeValidator(_deadline)]
Announced = Annotated[str, BeforeValidator(_announced)]
Bound = Literal["at_least", "at_most"]


class Goal(Value):
    """An announced goal.

    Attributes
    ----------
    amount
        What to reach: a number in the series' unit, or one of `tradetrack.amounts`, which may be
        written as text: ``"500 usd_mn"``, ``"2x 2023"``, ``"+50% 2024"``, ``"+4 2024"``,
        ``"+15%"``, ``"15% a year from 2024"``.
    by
        Deadline: a year ("by 2030" includes 2030), a month ``"2030-03"`` or a day ``"2030-03-20"``;
        a window counts if it is over by then. None if no deadline was set.
    window
        Which months are added up: ``"calendar_year"``, ``"rolling_year"`` (any twelve months),
        ``"fy:04"`` (a fiscal year from April), ``"half_year"``, ``"quarter"``, ``"month"``, or one
        window alone, which says *in* instead of *by*: ``"2030"``, ``"2026-H1"``,
        ``"FY2026-27:04"``.
    series
        What is to reach the amount. None stands for the turnover of the ledger's only pair.
    reporter
        Whose figures count: ``"consensus"`` (the flow that all reporters measure) or one of them.
    name
        What to call the goal in sentences; empty for a name made of the amount and the unit.
    bound
        ``"at_least"``, or ``"at_most"`` for what is to fall to the amount.
    sustained
        In how many windows in a row; they follow one another as the windows do.
    announced
        When it was announced: a day, a month or a year. Windows that end before do not count.
        Empty if every window counts.
    speaker, document, wording
        Who announced it, where that is written, and in which words.

    Raises
    ------
    InputError
        If the parts contradict each other, such as a deadline before the announcement.

    Notes
    -----
    Of an amount relative to a base window, only windows that end after the base count.

    Examples
    --------
    >>> print(Goal(10, by=2030))
    10 by 2030
    >>> print(Goal("2x 2023", by="2030-03", window="fy:04", announced="2024-08-08"))
    2x 2023 in a fiscal year from April by 2030-03
    """

    amount: Amount = Field(kw_only=False)
    by: Deadline = Field(default=None, kw_only=False)
    window: GoalWindow = Field(default="calendar_year", kw_only=False)
    series: Series | None = None
    reporter: str = CONSENSUS
    name: str = ""
    bound: Bound = "at_least"
    sustained: Annotated[int, Field(ge=1)] = 1
    announced: Announced = ""
    speaker: Text = ""
    document: Text = ""
    wording: Text = ""

    if TYPE_CHECKING:  # what is read, not only what is kept

        def __init__(  # noqa: PLR0913  a field each
            self,
            amount: float | str | Typed,
            by: int | str | dt.date | None = None,
            window: str | Window = "calendar_year",
            *,
            series: Series | None = None,
            reporter: str = CONSENSUS,
            name: str = "",
            bound: Bound = "at_least",
            sustained: int = 1,
            announced: str | int | dt.date = "",
            speaker: str = "",
            document: str = "",
            wording: str = "",
        ) -> None: ...

    @model_validator(mode="after")
    def _possible(self) -> "Goal":
        self._check_amount()
        if not self.reporter:
            raise InputError(
                "the goal's reporter is empty; write 'consensus' or a reporter's name",
                topic="reporter",
            )
        self._check_times()
        return self

    def _check_amount(self) -> None:
        amount, balance = self.amount, self.series is not None and self.series.flow == BALANCE
        level = amount.value if isinstance(amount, Absolute) else amount
        if isinstance(level, float) and not level > 0.0 and not balance:
            raise InputError(
                f"the goal's amount {level} is not a positive number;"
                " write the level to reach, in the series' unit",
                topic="goal",
            )
        if balance and isinstance(amount, Multiple | YearGrowth | AverageGrowth):
            raise InputError(
                f"the goal {short(amount)!r} is about a balance, whose sign can change, so that"
                " growth says nothing; write an amount, or a change such as '+4 2024'",
                topic="goal",
            )

    def _check_times(self) -> None:
        only, base, due = named_window(self.window), base_of(self.amount), self.deadline
        by = None if self.by is None else _last_month(self.by)
        if only and by is not None and only.end > by:
            raise InputError(
                f"the window {only} ends after the deadline {self.by}; leave one of them out",
                topic="deadline",
            )
        if only and self.sustained > 1:
            raise InputError(
                f"the window {only} is one alone, and the goal is to hold in {self.sustained};"
                " write a kind of window, such as calendar_year",
                topic="window",
            )
        if due is not None and due < self.announced_in:
            raise InputError(
                f"the deadline {self.by or only} is before the announcement, {self.announced};"
                " correct one of them",
                topic="deadline",
            )
        if base is not None:
            self._check_base(base, only)
        if due is None or not self.counts_from:
            return
        if len(windows_within(self.window, 0, due).from_month(self.counts_from)) < self.sustained:
            raise InputError(
                f"too few windows end between the {'base' if base else 'announcement'} and the"
                f" deadline {self.by or only}; correct one of them, or write another window",
                topic="deadline",
            )

    def _check_base(self, base: Window, only: Window | None) -> None:
        due = self.deadline
        if due is None and isinstance(self.amount, AverageGrowth):
            raise InputError(
                f"the goal {short(self.amount)!r} has no deadline, so that no level follows from"
                " it; give it one, such as by=2030",
                topic="deadline",
            )
        n_months = windows_within(self.window, 0, -1).n_months
        if due is not None and base.end >= due:
            raise InputError(
                f"the base {base} is not over before the deadline {self.by or only}; write an"
                " earlier base or a later deadline",
                topic="goal",
            )
        if base.n_months != n_months:
            raise InputError(
                f"the base {base} has {base.n_months} months and the goal's windows have"
                f" {n_months}; write a base of as many months, or another window",
                topic="goal",
            )

    @property
    def deadline(self) -> int | None:
        """Last month that counts, as a month number; None without a deadline."""
        only = named_window(self.window)
        if only:
            return only.end
        return None if self.by is None else _last_month(self.by)

    @property
    def due_year(self) -> int | None:
        """Calendar year of the deadline; None without one."""
        return None if self.deadline is None else self.deadline // MONTHS

    @property
    def year_window(self) -> YearWindow:
        """The window in which yearly totals are shown beside the goal."""
        return "rolling_year" if self.window == "rolling_year" else "calendar_year"

    @property
    def counts_from(self) -> int:
        """First month in which a window that counts may end, as a month number."""
        base = base_of(self.amount)
        return self.announced_in if base is None else max(self.announced_in, base.end + 1)

    @property
    def announced_in(self) -> int:
        """Month of the announcement, as a month number; January of a year alone, 0 if unknown."""
        if not self.announced:
            return 0
        year, _, rest = self.announced.partition("-")
        return month_number(int(year), int(rest[:2] or 1))

    def windows(self, first: int, last: int) -> Windows:
        """Windows that count within the months from first to last, whatever the deadline.

        Parameters
        ----------
        first, last
            Month numbers.

        Examples
        --------
        >>> goal = Goal(10, by=2030, announced="2024-08-08")
        >>> [str(one) for one in goal.windows(12 * 2022, 12 * 2026 - 1)]
        ['2024', '2025']
        """
        for name, month in (("first", first), ("last", last)):
            check_whole(name, month)
        within = windows_within(self.window, first, last).from_month(self.counts_from)
        if isinstance(self.amount, YearGrowth):
            return within.from_month(first + MONTHS + within.n_months - 1)
        return within

    @property
    def label(self) -> str:
        """The goal's name, or else its amount with the unit, as far as it is known."""
        amount = self.amount
        if self.name:
            return scrub(self.name)
        if isinstance(amount, Absolute):
            text = with_unit(short(amount.value), amount.unit)
        elif isinstance(amount, float) and self.series:
            text = with_unit(short(amount), self.series.unit)
        else:
            text = short(amount)
        return f"at most {text}" if self.bound == "at_most" else text

    @property
    def due(self) -> str:
        """The deadline in words: ``"by 2030"``, of one window ``"in 2030"``; empty without one."""
        if self.by is not None:
            return f"by {self.by}"
        return window_words(self.window) if named_window(self.window) else ""

    def __str__(self) -> str:
        words = window_words(self.window, self.sustained)
        parts = (self.label, "" if words == self.due else words, self.due)
        return " ".join(part for part in parts if part)


def _last_month(by: int | str) -> int:
    """Last month that is over by a deadline."""
    if isinstance(by, int):
        return month_number(by, MONTHS)
    day = last_day(by)
    month = month_number(day.year, day.month)
    return month if (day + dt.timedelta(days=1)).day == 1 else month - 1
