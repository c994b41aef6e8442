r"""Exchange rates: a user's table of period averages, and rows of a ledger in another currency.

With ``r(w)`` the average over a window, units of the row's currency for one of the other:

- a level ``v`` over ``w`` becomes ``v / r(w)``;
- a growth from ``b`` to ``w``, as the ratio ``g`` of the two levels, becomes ``g r(b) / r(w)``;
- an increment is refused: what it is elsewhere depends on the levels.

What was printed leaves as much open as before, in logs: one unit of the last printed digit becomes
``u / r``, and is kept as the figure's ``digit``. An exact figure becomes as exact as the rate is. A
period average weighs each day alike, which trade does not: over a year in which the rate moved by a
third, the total at monthly rates may differ from the total at the yearly one by some per cent.
"""

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError, field_validator, model_validator

from tradetrack._checks import check_kind, check_path, shown
from tradetrack.domain.amount import Absolute, AverageGrowth, Increase, Multiple, YearGrowth
from tradetrack.domain.figure import EXCESS, SPREAD, Figure, parse_number, plain_text, split_unit
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Growth, Increment, Observation, is_missing
from tradetrack.domain.value import Value
from tradetrack.domain.window import Window, format_month
from tradetrack.errors import InputError

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

_COLUMNS = ("currency", "window", "rate")
_BASE = "base"
_DIGITS = 12  # of a converted bound, which has no spread
_MORE = 2  # digits of a converted figure beyond the one that was printed


class Rate(Value):
    """An exchange rate, averaged over a period.

    Attributes
    ----------
    currency, window
        Of what, and over which months.
    rate
        Units of the currency for one of the table's base, as printed.

    Examples
    --------
    >>> Rate(currency="kzt", window="2024", rate="469.44").value
    469.44
    """

    currency: str
    window: Window
    rate: str

    @field_validator("currency")
    @classmethod
    def _is_currency(cls, currency: str) -> str:
        return check_currency(currency)

    @field_validator("rate")
    @classmethod
    def _positive(cls, rate: str) -> str:
        if parse_number(rate) <= 0:
            raise InputError(f"the rate {rate} is not positive; correct it", topic="rates")
        return rate

    @property
    def value(self) -> float:
        """The rate as a number."""
        return float(parse_number(self.rate))

    @property
    def digit(self) -> float:
        """Unit of its last printed digit."""
        places = parse_number(self.rate).as_tuple().exponent
        assert isinstance(places, int), "finite by validation"
        return 10.0 ** min(places, 0)


class Rates(Value):
    r"""A table of exchange rates, averages of periods.

    Parameters
    ----------
    rows
        Rates of any currencies and periods; one for each.
    base
        The currency of which each rate says what one is worth.

    Examples
    --------
    >>> rates = Rates(rows=[
    ...     Rate(currency="kzt", window=f"2024-{month:02d}", rate=str(440 + 10 * month))
    ...     for month in range(1, 5)])
    >>> rates.per("kzt", "usd", Window("2024-02"))
    460.0
    >>> rates.per("kzt", "usd", Window("2024-01..2024-04"))
    465.0
    >>> rates.latest("kzt", "usd")
    Window('2024-04')
    >>> try:
    ...     rates.per("kzt", "usd", Window("2024-03..2024-06"))
    ... except InputError as error:
    ...     print(error)  # doctest: +NORMALIZE_WHITESPACE
    no rate of kzt covers 2024-05 as part of 2024-03..2024-06; add the average of that period, or of
    its months
    """

    rows: tuple[Rate, ...]
    base: str = "usd"

    @field_validator("base")
    @classmethod
    def _is_currency(cls, base: str) -> str:
        return check_currency(base)

    @model_validator(mode="after")
    def _once(self) -> "Rates":
        seen: dict[tuple[str, Window], Rate] = {}
        for row in self.rows:
            first = seen.setdefault((row.currency, row.window), row)
            if first is not row:
                raise InputError(
                    f"{row.currency} has two rates for {row.window}, {first.rate} and {row.rate};"
                    " keep one",
                    topic="rates",
                )
            if row.currency == self.base:
                raise InputError(
                    f"the rate of {self.base} in {self.base} is 1; leave its rows out, or name the"
                    " base of the table",
                    topic="rates",
                )
        return self

    @classmethod
    def read_csv(cls, path: str | os.PathLike[str]) -> "Rates":
        r"""Read a CSV file in UTF-8: ``currency``, ``window``, ``rate``, and ``base`` if not usd.

        Raises
        ------
        InputError
            If its columns are others, or a row is no rate; names the line.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "rates.csv")
        ...     _ = path.write_text("currency,window,rate\nrub,2023,85.16\nrub,2024,92.44\n")
        ...     Rates.read_csv(path).per("rub", "usd", Window("2024"))
        92.44
        """
        check_path(path)
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{os.fspath(path)} is not UTF-8 text ({error.reason}); save it as CSV UTF-8",
                topic="encoding",
            ) from None
        reader = csv.DictReader(io.StringIO(text), strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader]
        except csv.Error as error:
            raise InputError(
                f"{os.fspath(path)}, line {reader.line_num}: {error}; check the quotes",
                topic="table",
            ) from None
        return cls._of(reader.fieldnames or (), rows, os.fspath(path), "line")

    @classmethod
    def from_frame(cls, frame: "IntoDataFrame") -> "Rates":
        """Read a data frame of any kind that narwhals takes, with the columns of `read_csv`.

        Raises
        ------
        InputError
            If it is no table in memory with these columns, or a row is no rate; names its position.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"currency": "eur", "window": [2023, 2024],
        ...                       "rate": [0.925, 0.924]})
        >>> round(Rates.from_frame(frame).per("usd", "eur", Window("2024")), 4)
        1.0823
        """
        import narwhals as nw

        try:
            data = nw.from_native(frame, eager_only=True)
        except (TypeError, nw.exceptions.DuplicateError) as error:
            raise InputError(
                f"this is not a table that can be read: {error}; pass a data frame in memory",
                topic="rates",
            ) from None
        return cls._of(
            data.columns, enumerate(data.iter_rows(named=True)), "the data frame", "position"
        )

    @classmethod
    def _of(
        cls,
        columns: Iterable[str],
        rows: Iterable[tuple[int, Mapping[str, object]]],
        source: str,
        counted: str,
    ) -> "Rates":
        named = sorted(str(name).strip() for name in columns)
        if named not in (sorted(_COLUMNS), sorted((*_COLUMNS, _BASE))):
            raise InputError(
                f"{source} has the columns {', '.join(named) or 'of nothing'}; they must be"
                f" {', '.join(_COLUMNS)}, each once, and {_BASE} if that is not usd",
                topic="rates",
            )
        found, bases = [], set()
        for number, cells in rows:
            where = f"{source}, {counted} {number}"
            texts = {str(name).strip(): _text(cell) for name, cell in cells.items()}
            if not any(texts.values()):
                continue
            bases.add(texts.pop(_BASE, "") or "usd")
            try:
                found.append(Rate.model_validate(texts))
            except ValidationError as error:
                cause = error.errors()[0].get("ctx", {}).get("error") or error.errors()[0]["msg"]
                raise InputError(f"{where}: {cause}", topic="rates") from None
        if len(bases) > 1:
            raise InputError(
                f"{source} has the bases {', '.join(sorted(bases))}; make a table for each",
                topic="rates",
            )
        if not found:
            raise InputError(f"{source} has no rates; give it a row for each", topic="rates")
        return cls(rows=tuple(found), base=bases.pop())

    def per(self, currency: str, other: str, window: Window | None = None) -> float:
        """Return how many units of a currency one of the other is worth.

        Parameters
        ----------
        currency, other
            ``per("kzt", "usd")`` is 469.44: an amount in tenge divided by it is in dollars.
        window
            Over which months it is averaged: from the row of that window, or from rows that
            together cover each of its months once, weighted by their months. By default the
            `latest` one.

        Raises
        ------
        InputError
            If the table does not have it; names the months that are missing.
        """
        if window is None:
            window = self.latest(currency, other)
        for name in (currency, other):
            check_currency(name)
        check_kind("window", window, Window, "pass one such as Window('2024')")
        return self._average(currency, window) / self._average(other, window)

    def latest(self, currency: str, other: str) -> Window:
        """Return the last period for which the table has both; of several, the shortest.

        Raises
        ------
        InputError
            If there is none.
        """
        for name in (currency, other):
            check_currency(name)
        known = {row.window for row in self.rows if row.currency in (currency, other)}
        for window in sorted(known, key=lambda window: (-window.end, window.n_months)):
            if all(self._pieces(name, window)[0] for name in {currency, other} - {self.base}):
                return window
        raise InputError(
            f"the table has no rate between {currency} and {other}; it has"
            f" {', '.join(sorted({self.base, *(row.currency for row in self.rows)}))}",
            topic="rates",
        )

    def precision(self, currency: str, other: str, window: Window) -> float:
        """Return the unit of the last printed digit of `per`, relatively."""
        rows = [
            row
            for name in {currency, other} - {self.base}
            for row in self._pieces(name, window)[0] or ()
        ]
        return max(row.digit / row.value for row in rows)

    def _average(self, currency: str, window: Window) -> float:
        if currency == self.base:
            return 1.0
        pieces, missing = self._pieces(currency, window)
        if pieces is None:
            months = format_month(missing)
            part = "" if months == str(window) else f" as part of {window}"
            raise InputError(
                f"no rate of {currency} covers {months}{part}; add the average of that period, or"
                " of its months",
                topic="rates",
            )
        return math.fsum(row.value * row.window.n_months for row in pieces) / window.n_months

    def _pieces(self, currency: str, window: Window) -> tuple[tuple[Rate, ...] | None, int]:
        """Return the fewest rows that cover each month once, or none and a month not covered."""
        starting: dict[int, list[Rate]] = {}
        for row in self.rows:
            if row.currency == currency and window.covers(row.window):
                starting.setdefault(row.window.start, []).append(row)
        best: dict[int, tuple[Rate, ...]] = {window.start: ()}
        for month in window.months():
            if month not in best:
                continue
            for row in starting.get(month, ()):
                after, way = row.window.end + 1, (*best[month], row)
                if after not in best or len(way) < len(best[after]):
                    best[after] = way
        return best.get(window.end + 1), max(best)

    def converted_goal(self, goal: Goal, to: str = "usd_bn") -> Goal:
        """Return a goal with its amount in another unit, at the latest rate; its name says so.

        Parameters
        ----------
        goal
            One whose amount has a unit of its own: ``Goal("5 eur_bn", by=2030)``. Any other, and
            one in the same currency, is returned as it is.
        to
            The unit of the ledger that is to answer it.

        Raises
        ------
        InputError
            If the table has no rate between the two currencies.

        Examples
        --------
        >>> rates = Rates(rows=[Rate(currency="eur", window="2025-09", rate="0.80")])
        >>> print(rates.converted_goal(Goal("4 eur_bn", by=2030)))
        EUR 4 bn at 0.8 per usd (2025-09) by 2030
        """
        check_kind("goal", goal, Goal, "pass one such as Goal('5 eur_bn', by=2030)")
        check_kind("to", to, str, "write a unit such as 'usd_bn'")
        amount = goal.amount
        unit = amount.unit if isinstance(amount, Absolute | Increase) else ""
        currency, scale = split_unit(unit or to)
        other, target = split_unit(to)
        if currency == other or isinstance(amount, float | Multiple | YearGrowth | AverageGrowth):
            return goal
        window = self.latest(currency, other)
        rate = self.per(currency, other, window)
        value = float(f"{amount.value * scale / target / rate:.6g}")  # no rate is known better
        name = f"{goal.label} at {rate:.6g} per {other} ({window})"
        changed = amount.model_copy(update={"value": value, "unit": to})
        return goal.model_copy(update={"amount": changed, "name": name})

    def converted(self, row: Observation, unit: str) -> Observation:
        """Return an observation in another currency, with a note; one that is in it, as it is.

        Parameters
        ----------
        row
            The observation; its digits, wording and dates stay what they were.
        unit
            The unit of its series then, such as ``"usd_bn"``.

        Raises
        ------
        InputError
            If the table has a gap where it is needed, or the row is an increment.

        Examples
        --------
        >>> from tradetrack.domain.observation import Level, Series
        >>> level = Level(series=Series(pair="KZ-UZ", unit="kzt_bn"), window=Window("2024"),
        ...               figure=Figure.of("1.96", "kzt_tn"), reporter="KZ stat",
        ...               published="2025-02")
        >>> rates = Rates(rows=[Rate(currency="kzt", window="2024", rate="469.44")])
        >>> print(rates.converted(level, "usd_bn").figure, "|", level.figure)
        4.1752 ± 0.011 usd bn | 1.96 kzt tn
        >>> rates.converted(level, "usd_bn").note
        'converted from 1.96 kzt tn in kzt at 469.44 kzt per usd (2024)'
        """
        currency, other = split_unit(row.series.unit)[0], split_unit(unit)[0]
        series = row.series.model_copy(update={"unit": unit})
        if isinstance(row, Increment) and currency != other:
            raise InputError(
                f"a change in {currency} says nothing of one in {other} without the levels; write"
                " the levels of both windows, or leave the row out",
                topic="rates",
            )
        if currency == other:
            return row if series == row.series else row.model_copy(update={"series": series})
        at = self.per(currency, other, row.window)
        printed = f"{at:.6g} {currency} per {other} ({row.window})"
        coarse = self.precision(currency, other, row.window)
        if isinstance(row, Growth):
            before = self.per(currency, other, row.base)
            figure = _scaled(row.figure, before / at, row.figure.unit, coarse)
            printed += f" and {before:.6g} ({row.base})"
        else:
            scale = split_unit(row.figure.unit)[1] / split_unit(unit)[1]
            figure = _scaled(row.figure, scale / at, unit, coarse)
        note = f"{row.note}; " if row.note else ""
        note += f"converted from {row.figure} in {currency} at {printed}"
        return row.model_copy(update={"series": series, "figure": figure, "note": note})


def check_currency(name: str) -> str:
    """Return the name of a currency, such as usd.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> check_currency("kzt")
    'kzt'
    """
    if not isinstance(name, str) or split_unit(name) != (name, 1.0):
        raise InputError(
            f"{shown(name)} is not a currency; write its code in small letters, such as usd or kzt",
            topic="rates",
        )
    return name


def _text(cell: object) -> str:
    if cell is None or cell != cell:  # a missing number is not equal to itself
        return ""
    text = cell.strip() if isinstance(cell, str) else ""
    if not isinstance(cell, str):
        text = str(cell) if isinstance(cell, int) else plain_text(cell)
    return "" if is_missing(text) else text


def _scaled(figure: Figure, factor: float, unit: str, coarse: float) -> Figure:
    """Return a figure times a factor, with as much left open as before.

    Of growth in per cent it is the ratio that is multiplied, ``1 + p / 100``. ``coarse`` is the
    unit of the rate's last digit, relatively.
    """
    zero = -100.0 if unit == "percent" else 0.0

    def moved(number: float) -> float:
        return zero + (number - zero) * factor

    if figure.qualifier in ("truncated", "range"):
        low, high = figure.interval
        return _between(moved(low), moved(high), unit)
    value = moved(figure.value)
    if figure.one_sided:
        return Figure(text=_written(value, 0.0), unit=unit, qualifier=figure.qualifier)
    if figure.qualifier == "exact" and value == zero:  # a balance of nothing
        return Figure(text="0", unit=unit, qualifier="exact")
    if figure.qualifier == "exact":
        digit = abs(value - zero) * coarse
        return Figure(text=_written(value, digit), unit=unit, digit=digit)
    return _worded(figure, value, factor, unit)


def _worded(figure: Figure, value: float, factor: float, unit: str) -> Figure:
    """Return a figure of the same wording about another number, its spread times a factor.

    A rounded one spreads by its digit ``u``, a hedged one by a multiple of ``sqrt(U v)``. With
    ``s`` what that root is to be, ``U = s² / v``, or ``s`` itself where ``v`` is smaller.
    """
    low, high = figure.interval
    spread = (high - low) * factor
    if figure.qualifier != "rounded":
        root = spread / (4.0 * SPREAD if figure.qualifier == "about" else 3.0 * EXCESS)
        spread = root**2 / max(abs(value), root)
    text = _written(value, spread)
    return Figure(text=text, unit=unit, qualifier=figure.qualifier, digit=spread)


def _between(low: float, high: float, unit: str) -> Figure:
    text = f"{_written(low, high - low)}..{_written(high, high - low)}"
    return Figure(text=text, unit=unit, qualifier="range")


def _written(value: float, digit: float) -> str:
    """Return a number with two digits more than the one that is known, or twelve in all."""
    size = math.floor(math.log10(abs(value))) if value else 0
    places = _MORE - math.floor(math.log10(digit)) if digit else _DIGITS - size
    return f"{value:.{max(places, 0)}f}"
