"""Windows: the months that a figure covers. Months are whole numbers, never timestamps."""

import re
from collections.abc import Iterator
from numbers import Integral
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, model_validator

from tradetrack._checks import check_kind, shown
from tradetrack._typing import MONTHS
from tradetrack.domain.value import Value
from tradetrack.errors import InputError

FIRST_YEAR, LAST_YEAR = 1800, 2200
MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_TO = r"\s*(?:\.\.|to|[-/\u2013\u2014])\s*"
_WINDOW = re.compile(rf"(\d{{4}})|(\d{{4}}-\d{{2}})(?:{_TO}(\d{{4}}-\d{{2}}))?", re.IGNORECASE)
_PART = re.compile(
    r"(?P<year>\d{4})[ -]?(?P<part>[HQ]\d|\d[HQ])|(?P<first>[HQ]\d|\d[HQ])[ -]?(?P<last>\d{4})",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"FY\s?(\d{4})[-/](\d{2}|\d{4})(?::(\d{1,2}))?", re.IGNORECASE)
_MONTHS_SO_FAR = re.compile(r"(\d{1,2}) ?M ?(\d{4})", re.IGNORECASE)
_BY_NAME = re.compile(rf"([A-Z]+)(?: (\d{{4}}))?(?:{_TO}([A-Z]+))? (\d{{4}})", re.IGNORECASE)
_TWO_YEARS = re.compile(r"(?:FY\s?)?(\d{2}|\d{4})[-/](\d{2}|\d{4})", re.IGNORECASE)
MONTH_NAMES = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]

WindowKind = Literal["month", "year_to_date", "calendar_year", "year", "months"]


def month_number(year: int, month: int) -> int:
    """Count months since January of year 0.

    Raises
    ------
    InputError
        If the year or the month is not a whole number, or is out of range.

    Examples
    --------
    >>> month_number(2025, 9) - month_number(2024, 9)
    12
    """
    year, month = whole_number("year", year), whole_number("month", month)
    if not 1 <= month <= MONTHS:
        raise InputError(
            f"month {month} is not between 1 and 12; write the month as 1 to 12", topic="window"
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(
            f"year {year} is not between {FIRST_YEAR} and {LAST_YEAR}; write it in four digits",
            topic="window",
        )
    return MONTHS * year + month - 1


def whole_number(name: str, value: object) -> int:
    """Return an integer of Python or numpy as an `int`.

    Raises
    ------
    InputError
        If it is something else: text, a float, a truth value, nothing.

    Examples
    --------
    >>> whole_number("year", 2024)
    2024
    """
    if not isinstance(value, bool) and isinstance(value, Integral):
        return int(value)
    raise InputError(
        f"the {name} {shown(value)} is not a whole number; write digits only, for example"
        f" {9 if name == 'month' else 2024}",
        topic="window",
    )


def parse_month(text: str) -> int:
    """Read ``"2025-09"`` as a month number.

    Raises
    ------
    InputError
        If the text is not a year and a month.
    """
    match = _MONTH.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"{shown(text)} is not a month; write it as YYYY-MM, for example 2025-09",
            topic="window",
        )
    return month_number(int(match[1]), int(match[2]))


def window_ends(text: str) -> tuple[str, str]:
    """Return the first and the last month that a window names, as text.

    Raises
    ------
    InputError
        If it is not a year, a month or two months.

    Examples
    --------
    >>> window_ends("2024"), window_ends("2025-01..2025-09")
    (('2024-01', '2024-12'), ('2025-01', '2025-09'))

    Halves, quarters, months by name and fiscal years, which name the month they begin with, are
    read too:

    >>> window_ends("2026-H1"), window_ends("Q3 2026"), window_ends("Jan-Sep 2025")
    (('2026-01', '2026-06'), ('2026-07', '2026-09'), ('2025-01', '2025-09'))
    >>> window_ends("FY2026-27:04")
    ('2026-04', '2027-03')
    """
    plain = " ".join(text.split()) if isinstance(text, str) else ""
    for read in (_part_of_a_year, _fiscal_year, _months_so_far, _by_name):
        if ends := read(plain):
            return ends
    match = _WINDOW.fullmatch(plain)
    if match is None:
        raise InputError(
            f"{shown(text)} is not a window; write 2024, 2025-09, 2025-01..2025-09, or a"
            " fiscal year"
            " as 2024-04..2025-03",
            topic="window",
        )
    year, first, last = match.groups()
    return (f"{year}-01", f"{year}-12") if year else (first, last or first)


def _next_year(text: str) -> bool:
    """Whether a text is a year and the one after it, and no month: "2024-25"."""
    years = _TWO_YEARS.fullmatch(text)
    if not years or (len(years[2]) == 2 and int(years[2]) <= MONTHS):
        return False
    return (int(years[1]) + 1) % 100 == int(years[2]) % 100


def _part_of_a_year(text: str) -> tuple[str, str] | None:
    """Months of ``"2026-H1"``, ``"Q3 2026"`` or ``"2026 3Q"``."""
    part = _PART.fullmatch(text)
    if part is None:
        return None
    year = part["year"] or part["last"]
    letter, digit = sorted((part["part"] or part["first"]).upper(), reverse=True)
    length, number = {"H": 6, "Q": 3}[letter], int(digit)
    if not 1 <= number <= MONTHS // length:
        raise InputError(
            f"{text!r} is not a window: a year has {MONTHS // length} of them; write"
            f" {year}-{letter}1",
            topic="window",
        )
    return f"{year}-{length * (number - 1) + 1:02d}", f"{year}-{length * number:02d}"


def _fiscal_year(text: str) -> tuple[str, str] | None:
    """Months of ``"FY2026-27:04"``."""
    fiscal = _FISCAL.fullmatch(text)
    if fiscal is None:
        if text[:2].upper() == "FY" or _next_year(text):
            years = re.search(r"\d{4}", text)
            year = int(years[0]) if years else 2026
            raise InputError(
                f"{shown(text)} does not say in which month the fiscal year begins, or of which"
                f" years it is; write FY{year}-{(year + 1) % 100:02d}:04 for one from April {year},"
                f" or {year}-04..{year + 1}-03",
                topic="window",
            )
        return None
    year = int(fiscal[1])
    if int(fiscal[2]) % 100 != (year + 1) % 100:
        raise InputError(
            f"{text!r} is not a fiscal year; write two years in a row, FY{year}-"
            f"{(year + 1) % 100:02d}",
            topic="window",
        )
    if fiscal[3] is None:
        raise InputError(
            f"{text!r} does not say in which month it begins; write {text}:04 for April, or"
            f" {year}-04..{year + 1}-03",
            topic="window",
        )
    start = month_number(year, int(fiscal[3]))
    return format_month(start), format_month(start + MONTHS - 1)


def _months_so_far(text: str) -> tuple[str, str] | None:
    """Months of ``"9M 2025"``."""
    if not (found := _MONTHS_SO_FAR.fullmatch(text)):
        return None
    return f"{found[2]}-01", format_month(month_number(int(found[2]), int(found[1])))


def _by_name(text: str) -> tuple[str, str] | None:
    """Months of ``"January 2025"``, ``"Jan-Sep 2025"`` or ``"Nov 2024 to Mar 2025"``."""
    if not (found := _BY_NAME.fullmatch(text)) or (found[2] and not found[3]):
        return None
    first, last = _month_named(found[1]), _month_named(found[3] or found[1])
    if first is None or last is None or (first > last and not found[2]):
        return None  # "Nov-Mar 2025" does not say of which year November is
    return f"{found[2] or found[4]}-{first:02d}", f"{found[4]}-{last:02d}"


def _month_named(name: str) -> int | None:
    """Number of a month by its name, or by three letters of it and more."""
    found = [
        number
        for number, month in enumerate(MONTH_NAMES, 1)
        if len(name) >= 3 and month.casefold().startswith(name.casefold())
    ]
    return found[0] if found else None


def format_month(month: int) -> str:
    """Write a month number as ``"2025-09"``.

    Examples
    --------
    >>> format_month(parse_month("2025-09"))
    '2025-09'
    """
    return f"{month // MONTHS:04d}-{month % MONTHS + 1:02d}"


def last_complete_year(last_month: int) -> int:
    """Last calendar year that has ended by the end of a month.

    Examples
    --------
    >>> last_complete_year(parse_month("2025-10")), last_complete_year(parse_month("2025-12"))
    (2024, 2025)
    """
    return (last_month + 1) // MONTHS - 1


def _to_month(value: object) -> int:
    if isinstance(value, str):
        return parse_month(value)
    if not isinstance(value, bool) and isinstance(value, Integral):
        return month_number(int(value) // MONTHS, int(value) % MONTHS + 1)
    raise InputError(
        f"{shown(value)} is not a month; write it as YYYY-MM, for example 2025-09", topic="window"
    )


Month = Annotated[
    int,
    BeforeValidator(_to_month),
    PlainSerializer(format_month, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$"}),
]


class Window(Value):
    """A run of whole months, both ends included.

    Parameters
    ----------
    text
        ``"2025"``, ``"2025-09"`` or ``"2025-01..2025-09"``; or else give both ends.
    start, end
        First and last month: a month number, or ``"YYYY-MM"``.

    Attributes
    ----------
    start, end
        First and last month, as month numbers; ``"YYYY-MM"`` in JSON.

    Raises
    ------
    InputError
        If the text is none of the three.

    Examples
    --------
    >>> Window("2024")
    Window('2024')
    >>> Window.year_to_date(2025, 9)
    Window('2025-01..2025-09')
    >>> Window.calendar_year(2024).n_months
    12
    >>> Window.parse("2024-04..2025-03").kind
    'year'
    """

    start: Month
    end: Month

    if TYPE_CHECKING:  # a text alone, or both ends

        def __init__(
            self, text: str = "", /, *, start: int | str = "", end: int | str = ""
        ) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """Read a text; two ends are for the fields."""
        if isinstance(given, dict | Window):
            return given
        first, last = window_ends(given)
        return {"start": first, "end": last}

    @model_validator(mode="after")
    def _ordered(self) -> "Window":
        if self.end < self.start:
            raise InputError(
                f"the window ends in {format_month(self.end)}, before it starts in"
                f" {format_month(self.start)}; swap the two months",
                topic="window",
            )
        return self

    @classmethod
    def month(cls, year: int, month: int) -> "Window":
        """Return one month."""
        number = month_number(year, month)
        return cls(start=number, end=number)

    @classmethod
    def year_to_date(cls, year: int, month: int) -> "Window":
        """Return January to the given month of a year."""
        return cls(start=month_number(year, 1), end=month_number(year, month))

    @classmethod
    def calendar_year(cls, year: int) -> "Window":
        """Return January to December of a year."""
        return cls.year_to_date(year, MONTHS)

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Read ``"2025"``, ``"2025-09"`` or ``"2025-01..2025-09"``.

        Raises
        ------
        InputError
            If the text is none of the three.
        """
        return cls(text)

    @property
    def n_months(self) -> int:
        """Number of months covered."""
        return self.end - self.start + 1

    @property
    def year(self) -> int:
        """Calendar year of the last month."""
        return self.end // MONTHS

    @property
    def kind(self) -> WindowKind:
        """What the window is called: a year to date of twelve months is a calendar year."""
        if self.n_months == 1:
            return "month"
        if self.start % MONTHS == 0 and self.n_months <= MONTHS:
            return "calendar_year" if self.n_months == MONTHS else "year_to_date"
        return "year" if self.n_months == MONTHS else "months"

    def shift(self, years: int) -> "Window":
        """Return the same months, some years later (or earlier, if negative)."""
        months = MONTHS * whole_number("number of years", years)
        return Window(start=self.start + months, end=self.end + months)

    def covers(self, other: "Window") -> bool:
        """Whether every month of the other window is in this one."""
        check_kind("other window", other, Window, "make one with Window.parse")
        return self.start <= other.start and other.end <= self.end

    def months(self) -> Iterator[int]:
        """Iterate over the month numbers."""
        return iter(range(self.start, self.end + 1))

    @property
    def words(self) -> str:
        """The months in words; ``str`` writes them as they are typed.

        Examples
        --------
        >>> Window("2025-01..2025-09").words, Window("2024-04..2025-03").words
        ('Jan–Sep 2025', 'Apr 2024–Mar 2025')
        """
        if self.kind == "calendar_year":
            return str(self.year)
        first, last = (MONTH_NAMES[month % MONTHS][:3] for month in (self.start, self.end))
        if self.n_months == 1:
            return f"{last} {self.year}"
        year = self.start // MONTHS
        return f"{first}{f' {year}' * (year != self.year)}–{last} {self.year}"

    def __str__(self) -> str:
        if self.kind == "calendar_year":
            return str(self.year)
        if self.n_months == 1:
            return format_month(self.start)
        return f"{format_month(self.start)}..{format_month(self.end)}"

    def __repr__(self) -> str:
        return f"Window({str(self)!r})"
