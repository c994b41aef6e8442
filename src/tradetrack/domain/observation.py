"""Observations: a figure for a series over a window, by a reporter, published on a date."""

import calendar
import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from tradetrack._checks import shown
from tradetrack._typing import MONTHS
from tradetrack.domain.figure import GROWTH_UNITS, Figure, Qualifier, split_unit
from tradetrack.domain.value import Value
from tradetrack.domain.window import Window
from tradetrack.errors import InputError

TURNOVER = "turnover"
BALANCE = "balance"
UNKNOWN_SOURCE = "unknown source"
MOST_GROWTH = math.log(1000.0) - 1e-9
"""Growth in logs from which on it is a misprint."""
LONGEST_WINDOW = 600
"""Months of a figure; a longer window is a slip in a year, and every month of it is simulated."""
LONGEST_TEXT = 100_000
"""Letters of a note or a name; CSV readers, Python's among them, stop at 131,072 a cell."""
_MISSING = frozenset(
    ["na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "nat", "none", "null", "nil"]
) | frozenset(["-", "--", "–", "—", "−", ".", "..", "...", "…"])
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HYPHENATED = re.compile(r"\b(?:guinea-bissau|timor-leste)\b", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


_COVERAGES = {
    "goods": "goods|goods only|merchandise|merchandise trade|trade in goods",
    "services": "services only|trade in services",
    "goods and services": "goods & services|goods + services|services and goods|goods, services",
    "non-oil": "non oil|nonoil|non-oil trade|excluding oil|without oil",
}
_SPELLINGS = {other: name for name, others in _COVERAGES.items() for other in others.split("|")}
_ANSWERS = frozenset(["0", "1", "false", "true", "no", "yes", "n", "y"])


def clean(text: str) -> str:
    r"""Return a text without outer space, its lines ended as on every system.

    Examples
    --------
    >>> clean(" one\r\ntwo ")
    'one\ntwo'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_name(text: str) -> str:
    r"""Return a name with single spaces within it, none around it, and nothing invisible.

    Zero-width characters, soft hyphens and marks of direction come with what is copied from a page,
    controls with what steers a terminal; they make no other name. Letters that can be composed are.

    Examples
    --------
    >>> clean_name(" AA  st\u00adat\u200b ")
    'AA stat'
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            letter
            for letter in unicodedata.normalize("NFC", text)
            if letter.isspace() or unicodedata.category(letter) not in ("Cf", "Cc")
        )
    return " ".join(text.split())


def clean_coverage(text: str) -> str:
    """Return a coverage in its usual spelling; one that has none stays as it was written.

    Examples
    --------
    >>> clean_coverage("Goods & services"), clean_coverage("goods without gold")
    ('goods and services', 'goods without gold')
    """
    text = clean_name(text)
    folded = text.casefold().replace("_", " ")
    if folded in _COVERAGES:
        return folded
    return _SPELLINGS.get(folded, text)


def is_missing(text: str) -> bool:
    """Whether a cell says that it is empty, as programs and people write it.

    Examples
    --------
    >>> is_missing("NA"), is_missing("#N/A"), is_missing("-"), is_missing("Nauru")
    (True, True, True, False)
    """
    return not text or text.casefold() in _MISSING


def _present(text: str) -> str:
    return "" if is_missing(text) else text


def _check_date(text: str) -> str:
    last_day(text)
    return text


def _check_reason(text: str) -> str:
    if text.casefold() in _ANSWERS:
        raise InputError(
            f"{text!r} is not a reason for setting a figure aside; write the reason, or leave it"
            " empty to use the figure",
            topic="cell",
        )
    return text


def last_day(date: str | dt.date) -> dt.date:
    """Return the day by which something of this date is certainly out.

    Parameters
    ----------
    date
        A day (``"2025-11-14"``), or a month (``"2025-11"``), of which the last day counts.

    Raises
    ------
    InputError
        If the date is neither.

    Examples
    --------
    >>> last_day("2024-02")
    datetime.date(2024, 2, 29)
    """
    kind = type(date).__name__  # of numpy and pandas, which need not be loaded for this
    if kind == "datetime64":
        date = str(date).partition("T")[0]
    elif kind == "Period":
        date = date.end_time.date()  # type: ignore[union-attr]
    # A missing date of pandas (NaT) is a datetime, and not even equal to itself.
    if isinstance(date, dt.datetime) and date == date:
        return date.date()
    if isinstance(date, dt.date) and not isinstance(date, dt.datetime):
        return date
    match = _DATE.fullmatch(date) if isinstance(date, str) else None
    try:
        if match is None:
            raise ValueError(date)
        year, month = int(match[1]), int(match[2])
        day = int(match[3]) if match[3] else calendar.monthrange(year, month)[1]
        return dt.date(year, month, day)
    except ValueError:
        what = shown(date) if isinstance(date, str) else f"an object of type {type(date).__name__}"
        raise InputError(
            f"{what} is not a date; write YYYY-MM-DD, or YYYY-MM if only the month is known",
            topic="date",
        ) from None


def _check_length(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"the text is {len(text):,} letters long, and a cell holds {LONGEST_TEXT:,}; name the"
            " document here and keep its text elsewhere",
            topic="cell",
        )
    if not text.isascii() and _SURROGATE.search(text):
        raise InputError(
            f"the text {text[:40]!r} is not valid Unicode: it has half a character; write it anew",
            topic="cell",
        )
    return text


Text = Annotated[
    str, AfterValidator(clean), AfterValidator(_present), AfterValidator(_check_length)
]
Name = Annotated[
    str, AfterValidator(clean_name), AfterValidator(_check_length), Field(min_length=1)
]
Reporter = Annotated[
    str,
    BeforeValidator(lambda name: "" if name is None else name),
    AfterValidator(clean_name),
    AfterValidator(_present),
    AfterValidator(_check_length),
]
Coverage = Annotated[
    str,
    AfterValidator(clean_coverage),
    AfterValidator(_present),
    AfterValidator(_check_length),
]
PublicationDate = Annotated[Text, AfterValidator(_check_date)]
Reason = Annotated[Text, AfterValidator(_check_reason)]


def partners(pair: str) -> tuple[str, str] | tuple[()]:
    """Return the two partners of a pair, or nothing if it names no two.

    A dash with space around it parts the partners; without one, the first dash that does not belong
    to a name.

    Examples
    --------
    >>> partners("KZ-UZ"), partners("KZ - UZ"), partners("Guinea-Bissau-Senegal")
    (('KZ', 'UZ'), ('KZ', 'UZ'), ('Guinea-Bissau', 'Senegal'))
    >>> partners("Timor-Leste"), partners("Austria-Hungary - Serbia")
    ((), ('Austria-Hungary', 'Serbia'))
    """
    first, dash, second = pair.partition(" - ")
    if not dash:
        held = _HYPHENATED.sub(lambda name: name[0].replace("-", "\0"), pair)
        first, dash, second = (part.replace("\0", "-") for part in held.partition("-"))
    first, second = first.strip(), second.strip()
    return (first, second) if first and second else ()


class Series(Value):
    """What is measured.

    Attributes
    ----------
    pair
        The two partners, ``"KZ-UZ"``; ``"A-B - C"`` if a name has a dash. Any other name stands
        for a series without flows.
    flow
        ``"turnover"``, or one direction such as ``"kz_to_uz"``. The turnover is the sum of the two,
        and ``"balance"`` the first-named partner's exports less its imports, ``kz_to_uz`` less
        ``uz_to_kz``: it may be zero or negative.
    unit
        The unit in which levels are reported, for example ``"usd_bn"``.
    coverage
        What is counted, such as ``"goods"``, ``"services"``, ``"goods and services"`` or
        ``"non-oil"``; empty if it is not named. Series of different coverage are different series.

    Examples
    --------
    >>> Series(pair="KZ-UZ").flows
    ('kz_to_uz', 'uz_to_kz')
    >>> print(Series(pair="KZ-UZ", flow="balance", coverage="Goods & services"))
    KZ-UZ balance (goods and services)
    """

    pair: Name
    flow: Text = TURNOVER
    unit: str = "usd_bn"
    coverage: Coverage = ""

    @field_validator("unit")
    @classmethod
    def _known(cls, unit: str) -> str:
        split_unit(unit)
        return unit

    @model_validator(mode="after")
    def _consistent(self) -> "Series":
        known = (TURNOVER, *self.flows, *((BALANCE,) if self.flows else ()))
        if self.flow not in known:
            flows = " or ".join(known)
            raise InputError(
                f"flow {shown(self.flow)} is not one of {self.pair}; write {flows}",
                "flow",
                topic="pair",
            )
        return self

    @property
    def flows(self) -> tuple[str, ...]:
        """The two directions of the pair, or none if the series is not a pair."""
        sides = partners(self.pair.lower())
        if not sides:
            return ()
        first, second = sides
        return f"{first}_to_{second}", f"{second}_to_{first}"

    @property
    def words(self) -> str:
        """The pair and the flow in words; ``str`` writes them as they are typed.

        Examples
        --------
        >>> Series(pair="KZ-UZ").words, Series(pair="KZ-UZ", flow="uz_to_kz").words
        ('KZ–UZ turnover', 'UZ to KZ')
        """
        both = self.flow in (TURNOVER, BALANCE)
        what = f"{self.pair_words} {self.flow}" if both else self.flow_words
        return what + (f" ({self.coverage})" if self.coverage else "")

    @property
    def pair_words(self) -> str:
        """The pair alone in words: ``"KZ–UZ"``."""
        return "–".join(partners(self.pair)) or self.pair

    @property
    def flow_words(self) -> str:
        """The flow alone in words: ``"turnover"``, ``"UZ to KZ"``."""
        if self.flow in (TURNOVER, BALANCE):
            return self.flow
        sides = partners(self.pair)
        return " to ".join(sides if self.flow == self.flows[0] else reversed(sides))

    def __str__(self) -> str:
        return f"{self.pair} {self.flow}" + (f" ({self.coverage})" if self.coverage else "")


class _Observation(Value):
    """What every observation says; see `Level`, `Growth` and `Increment`."""

    series: Series
    window: Window
    figure: Figure
    reporter: Reporter = ""
    side: Reporter = ""
    published: PublicationDate
    document: Text = ""
    note: Text = ""
    set_aside: Reason = ""
    id: Reporter = ""

    @model_validator(mode="after")
    def _sided(self) -> "_Observation":
        if self.side and not self.reporter:
            raise InputError(
                f"a figure of unknown source cannot stand on the side {self.side!r}; name its"
                " reporter, or leave the side out",
                "side",
                topic="side",
            )
        return self

    @property
    def source(self) -> str:
        """The reporter, or what to call an unknown source."""
        return self.reporter or UNKNOWN_SOURCE

    @property
    def windows(self) -> tuple[Window, ...]:
        """The window, and the base that it is compared with, if it is."""
        return (self.window,)

    @property
    def signed(self) -> bool:
        """Whether it is a difference of two totals, of any sign: it has an amount and no log."""
        return False

    @property
    def words(self) -> str:
        """What was printed, in words: ``"US$ 3.4 bn"``, ``"growth of 12 %"``."""
        return self.figure.words(self.series.unit)

    @property
    def of_what(self) -> str:
        """What it was printed for, in words: ``"Jan–Sep 2025"``, ``"UZ to KZ in 2024 over 2023"``.

        A turnover, which is what most figures are of, is not named.
        """
        flow = "" if self.series.flow == TURNOVER else f"{self.series.flow_words} in "
        flow = f"the {flow}" if self.series.flow == BALANCE else flow
        return flow + " over ".join(window.words for window in self.windows)

    @property
    def said(self) -> str:
        """What was printed, for what, by whom and when, in words."""
        what = " over ".join(window.words for window in self.windows)
        whose = f"({self.source}, published {self.published})"
        return f"{self.series.words}, {what}: {self.words} {whose}"

    @property
    def _typed(self) -> str:
        return str(self.figure)

    @model_validator(mode="after")
    def _of_a_possible_length(self) -> "_Observation":
        for window in self.windows:
            if window.n_months > LONGEST_WINDOW:
                raise InputError(
                    f"the window {window} has {window.n_months:,} months, and a figure covers at"
                    f" most {LONGEST_WINDOW} (fifty years); check both ends",
                    "window",
                    topic="window",
                )
        return self

    @model_validator(mode="after")
    def _published_after_start(self) -> "_Observation":
        start = dt.date(self.window.start // MONTHS, self.window.start % MONTHS + 1, 1)
        if last_day(self.published) < start:
            raise InputError(
                f"published on {self.published}, before the period {self.window} that it reports"
                " has begun; check both dates (a forecast or a goal is not an observation)",
                "published",
                topic="date",
            )
        return self

    def corrected(
        self,
        *,
        value: str | None = None,
        unit: str | None = None,
        qualifier: Qualifier | None = None,
        flow: str | None = None,
        window: Window | str | None = None,
        base: Window | str | None = None,
        note: str | None = None,
    ) -> Self:
        """Return this observation with some of its cells written anew, checked like any row.

        Parameters
        ----------
        value, unit, qualifier
            The figure as it should have been printed.
        flow, window, base
            What it is a figure of.
        note
            What was corrected, and why.

        Raises
        ------
        pydantic.ValidationError
            If the corrected observation cannot be right.

        Examples
        --------
        >>> level = Level(series=Series(pair="KZ-UZ"), window=Window("2025"), published="2026-01",
        ...               figure=Figure.of("348", "usd_bn"), reporter="UZ stat")
        >>> print(level.corrected(value="3.48", note="the point is missing in print"))
        KZ-UZ turnover 2025 3.48 usd bn (UZ stat, published 2026-01)
        """
        figure = {"text": value, "unit": unit, "qualifier": qualifier}
        digit = self.figure.digit if value is None else None
        months = {
            name: Window(text) if isinstance(text, str) else text
            for name, text in (("window", window), ("base", base))
        }
        changed = {
            "figure": {**vars(self.figure), "digit": digit, **_given(figure)},
            "series": {**vars(self.series), **_given({"flow": flow})},
            **_given({**months, "note": note}),
        }
        return type(self).model_validate({**vars(self), **changed})

    def __str__(self) -> str:
        name = f"{self.id}: " if self.id else ""
        return (
            f"{name}{self.series} {self.window} {self._typed}"
            f" ({self.source}, published {self.published})"
        )


def _given(cells: Mapping[str, object]) -> dict[str, object]:
    return {name: cell for name, cell in cells.items() if cell is not None}


def _check_money(row: _Observation, what: str) -> None:
    """Refuse a figure that is no amount in the currency of its series."""
    if row.figure.unit in GROWTH_UNITS:
        raise InputError(
            f"{what} cannot be in {row.figure.unit}; write a unit such as usd_bn,"
            " or make the row a growth",
            "unit",
            topic="unit",
        )
    counted, wanted = split_unit(row.figure.unit)[0], split_unit(row.series.unit)[0]
    if counted != wanted:
        raise InputError(
            f"the figure is in {counted} but the series in {wanted}; convert the figure",
            "unit",
            topic="unit",
        )


def _check_base(row: _Observation, base: Window, what: str) -> None:
    """Refuse what cannot be compared with its base."""
    if row.series.flow == BALANCE:
        raise InputError(
            f"{what} of a balance has no meaning, as a balance may be zero or negative; write the"
            " balance of each window as a level",
            "flow",
            topic="balance",
        )
    if base == row.window:
        raise InputError(
            f"the base window is the window {row.window} itself; name another", "base", topic="base"
        )
    if base.n_months != row.window.n_months:
        raise InputError(
            f"the base {base} has not as many months as the window {row.window};"
            f" {what} compares equally long windows, so name such a base",
            "base",
            topic="base",
        )


class Level(_Observation):
    """A level: the total of a series over a window; of a balance, the difference of its flows.

    Attributes
    ----------
    series, window, figure
        What was measured, over which months, and what was printed.
    reporter
        The office whose statistics they are; empty if the source is unknown. Whoever repeats a
        figure is not its reporter.
    side
        The side on which the office stands: two offices of one country are one side, and the
        consensus is the mean of sides. Empty for a reporter who is a side alone.
    published
        Day, or month if the day is not known.
    document, note
        Where it was printed, and what is odd about it.
    set_aside
        Why the figure is kept on record but not used; empty if it is used.
    id
        A name for the row, free to choose.

    Examples
    --------
    >>> level = Level(series=Series(pair="KZ-UZ"), window=Window.year_to_date(2025, 9),
    ...               figure=Figure.of("3.5", "usd_bn"), reporter="UZ stat", published="2025-11-14")
    >>> [round(x, 3) for x in level.log_interval]
    [1.238, 1.267]
    """

    kind: Literal["level"] = "level"

    @model_validator(mode="after")
    def _positive(self) -> "Level":
        _check_money(self, "a level")
        if self.figure.value <= 0 and not self.signed:
            raise InputError(
                f"the level {self.figure.text} is not positive; check the sign",
                "value",
                topic="value",
            )
        return self

    @property
    def signed(self) -> bool:
        """Whether it is a balance, which may be zero or negative and has no log."""
        return self.series.flow == BALANCE

    @property
    def log_interval(self) -> tuple[float, float]:
        """Interval of the log of the level, in the series' unit.

        Raises
        ------
        InputError
            If it is a balance.
        """
        self._refuse_balance()
        return self.figure.log_interval(self.series.unit)

    @property
    def log_law(self) -> tuple[float, float]:
        """Mean and standard deviation of that log; see `Figure.log_law`."""
        self._refuse_balance()
        return self.figure.log_law(self.series.unit)

    def _refuse_balance(self) -> None:
        if self.signed:
            raise InputError(
                f"{self} is a balance, which has no log; take figure.amount_interval",
                topic="balance",
            )


class Growth(_Observation):
    """A growth rate: a window's level against that of a base window of as many months.

    The attributes are those of `Level`, and ``base``, the window it is compared with.

    Examples
    --------
    >>> growth = Growth(series=Series(pair="KZ-UZ"), window=Window.year_to_date(2025, 9),
    ...                 base=Window.year_to_date(2024, 9), figure=Figure.of("15.5", "percent"),
    ...                 reporter="UZ stat", published="2025-11-14")
    >>> [round(x, 4) for x in growth.log_interval]
    [0.1437, 0.1445]
    """

    kind: Literal["growth"] = "growth"
    base: Window

    @model_validator(mode="after")
    def _possible(self) -> "Growth":
        if self.figure.unit not in GROWTH_UNITS:
            raise InputError(
                f"growth cannot be in {self.figure.unit}; write percent (change) or times (ratio)",
                "unit",
                topic="unit",
            )
        _check_base(self, self.base, "growth")
        lowest = -100.0 if self.figure.unit == "percent" else 0.0
        if self.figure.value <= lowest:
            raise InputError(
                f"growth of {self.figure.text} {self.figure.unit} leaves nothing; check the sign",
                "value",
                topic="value",
            )
        return self

    @property
    def log_interval(self) -> tuple[float, float]:
        """Interval of the log of the ratio of the two levels."""
        return self.figure.log_interval()

    @property
    def log_law(self) -> tuple[float, float]:
        """Mean and standard deviation of that log; see `Figure.log_law`."""
        return self.figure.log_law()

    @property
    def windows(self) -> tuple[Window, ...]:
        """The window, and the base that it is compared with."""
        return self.window, self.base

    @property
    def words(self) -> str:
        """What was printed, in words."""
        return f"growth of {self.figure}"


class Increment(_Observation):
    """An increment: by how much a window's level is above that of a base window, as an amount.

    The attributes are those of `Growth`; the amount is negative after a fall.

    Examples
    --------
    >>> change = Increment(series=Series(pair="KZ-UZ"), window=Window.year_to_date(2025, 9),
    ...                    base=Window.year_to_date(2024, 9), figure=Figure.of("400", "usd_mn"),
    ...                    reporter="UZ stat", published="2025-11-14")
    >>> print(change)  # doctest: +NORMALIZE_WHITESPACE
    KZ-UZ turnover 2025-01..2025-09 a change of 400 usd mn on 2024-01..2024-09
    (UZ stat, published 2025-11-14)
    """

    kind: Literal["increment"] = "increment"
    base: Window

    @model_validator(mode="after")
    def _possible(self) -> "Increment":
        _check_money(self, "an increment")
        _check_base(self, self.base, "an increment")
        return self

    @property
    def windows(self) -> tuple[Window, ...]:
        """The window, and the base that it is compared with."""
        return self.window, self.base

    @property
    def signed(self) -> bool:
        """True: it may be zero or negative."""
        return True

    @property
    def words(self) -> str:
        """What was printed, in words."""
        return f"a change of {super().words}"

    @property
    def _typed(self) -> str:
        return f"a change of {self.figure} on {self.base}"


def incredible(row: "Observation") -> bool:
    """Whether a row prints a growth, or a fall, of a thousandfold and more: a misprint.

    Examples
    --------
    >>> growth = Growth(series=Series(pair="KZ-UZ"), window=Window("2025"), base=Window("2024"),
    ...                 figure=Figure.of("5000", "times"), reporter="UZ stat", published="2026-01")
    >>> incredible(growth), incredible(growth.corrected(unit="percent"))
    (True, False)
    """
    if not isinstance(row, Growth):
        return False
    return abs(math.log(row.figure.ratio)) >= MOST_GROWTH


Observation = Annotated[Level | Growth | Increment, Field(discriminator="kind")]
observation_adapter: TypeAdapter[Observation] = TypeAdapter(Observation)
