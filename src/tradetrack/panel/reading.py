"""Reading a panel from two frames; what cannot be tracked becomes a failure with its reason."""

import difflib
import numbers
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import Array, Index
from tradetrack.domain.observation import last_day
from tradetrack.domain.value import Value
from tradetrack.errors import InputError

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

Years = NDArray[np.int32]
Codes = NDArray[np.signedinteger[Any]]
Mask = NDArray[np.bool_]
NO_DEADLINE = -(2**31)
_GOAL_YEARS = ("deadline", "announced")
_LONGEST = 300  # years between the first and the last value
_LEAST = 2  # values of a series
_YEARS = 9999  # years are between minus this and this
_WIDEST = 40  # characters of a cell that a message shows


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers.

    Attributes
    ----------
    numbers
        Whole or floating-point numbers as they were given; NaN for a missing cell and for one that
        is not a number.
    cells
        The cells as they were given.
    """

    numbers: NDArray[Any]
    cells: NDArray[Any]

    @property
    def missing(self) -> Mask:
        """Whether a cell is missing."""
        import pandas as pd  # loads slower than the library

        missing: Mask = pd.isna(self.cells)
        return missing

    def years(self, rows: Index | slice) -> tuple[Years, Mask]:
        """Years in some rows, and whether each cell is a whole number of at most four digits."""
        given = self.numbers[rows]
        known = (given >= -_YEARS) & (given <= _YEARS)
        if not known.all():
            given = np.where(known, given, 0)
        if given.dtype.kind == "f":
            known &= given % 1 == 0
        return given.astype(np.int32, copy=False), known

    def shown(self, row: int) -> str:
        """Write a cell as it would be typed."""
        cell = self.cells[row]
        plain = cell.item() if isinstance(cell, np.generic) else cell
        if isinstance(plain, str) and not np.isnan(self.numbers[row]):
            plain = float(plain)  # a table of text has numbers in quotes
        text = f"{plain:g}" if isinstance(plain, float) else repr(plain)
        return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}..."


@dataclass(frozen=True, slots=True)
class NotText:
    """A name that could not even be looked up, such as a list."""

    kind: str
    shown: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A frame with one row per value or goal.

    Attributes
    ----------
    codes
        Number of each row's series in ``names``, -1 if the row names none.
    names
        Names of series, each once, as the cells held them, text or not.
    numbers
        The other columns by name.
    """

    codes: Codes
    names: list[Any]
    numbers: dict[str, Numbers]


def read_columns(
    frame: "IntoDataFrame", what: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Columns:
    """Read a frame with the column ``series`` and those named.

    Raises
    ------
    InputError
        If it is not a frame, or lacks a column.
    """
    import narwhals as nw  # loads slower than the library

    every = ", ".join(("series", *needed))
    remedy = f"pass a pandas, polars or pyarrow frame with the columns {every}"
    try:
        data = nw.from_native(frame, eager_only=True)
        columns = data.columns
    except (TypeError, ValueError, nw.exceptions.NarwhalsError) as error:
        raise InputError(
            f"{what} cannot be read: {error}; {remedy}", topic="panel-columns"
        ) from error
    missing = [name for name in ("series", *needed) if name not in columns]
    if missing:
        problem = f"{what} has no column {', '.join(missing)}"
        hint = _suggested(missing, columns) or f"give it the columns {every}"
        raise InputError(f"{problem}; {hint}", topic="panel-columns")
    if "value" in needed and "kind" in columns:
        _refuse_differences(data["kind"].to_list(), what)
    codes, names = _names(data["series"])
    present = [name for name in (*needed, *optional) if name in columns]
    columns_read = {name: _numbers(data[name]) for name in present}
    if "announced" in columns_read:
        columns_read["announced"] = _dated(columns_read["announced"])
    return Columns(codes, names, columns_read)


def _refuse_differences(kinds: Sequence[object], what: str) -> None:
    """Refuse rows that a ledger's table would read as no totals."""
    others = sorted({str(kind) for kind in kinds if kind in ("growth", "increment")})
    if others:
        raise InputError(
            f"{what} has rows of the kind {' and '.join(others)}; a panel holds yearly totals only:"
            " leave them out, or make a ledger of each series for track_many",
            topic="panel-columns",
        )


def _dated(column: Numbers) -> Numbers:
    """Read the year of a day or a month as well as a year alone."""
    if column.numbers.dtype.kind != "f" or column.numbers is column.cells:
        return column
    years = [
        number if number == number else _year_of(cell)
        for number, cell in zip(column.numbers, column.cells, strict=True)
    ]
    return Numbers(np.array(years, float), column.cells)


def _year_of(cell: Any) -> float:
    try:
        return float(last_day(cell).year)
    except InputError:
        return float("nan")


def _suggested(missing: Sequence[str], columns: Sequence[str]) -> str:
    """Suggest columns with similar names for the missing ones; empty if there are none."""
    given = {str(column).casefold(): column for column in columns}
    near = {name: difflib.get_close_matches(name, given, n=1, cutoff=0.6) for name in missing}
    found = [f"{name!r} by {given[like[0]]!r}" for name, like in near.items() if like]
    return f"did you mean {' and '.join(found)}?" if found else ""


def _names(column: Any) -> tuple[Codes, list[Any]]:
    """Number the names; a column that came with numbers (categories) keeps them."""
    import pandas as pd  # loads slower than the library

    native = column.to_native()
    if type(native).__module__.startswith("pyarrow"):
        return _arrow_names(native)
    cells = native if isinstance(native, pd.Series) else column.to_numpy()
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return np.asarray(cells.cat.codes), list(cells.cat.categories)
    try:
        codes, names = pd.factorize(cells)
    except TypeError:  # lists and the like
        return _numbered(cells)
    return codes.astype(np.int32), list(names)


def _arrow_names(native: Any) -> tuple[Codes, list[Any]]:
    """Number names without pandas, which takes far more memory for it."""
    import pyarrow as pa

    try:
        encoded = native.dictionary_encode().unify_dictionaries().combine_chunks()
    except pa.ArrowNotImplementedError:  # lists and the like
        return _numbered(native.to_pylist())
    codes = encoded.indices.fill_null(-1).to_numpy()
    return codes.astype(np.int32, copy=False), encoded.dictionary.to_pylist()


def _numbered(cells: Iterable[Any]) -> tuple[Codes, list[Any]]:
    """Number names of which some cannot be looked up."""
    places: dict[Any, int] = {None: -1}
    codes = [places.setdefault(_hashable(cell), len(places) - 1) for cell in cells]
    return np.array(codes, np.int32), list(places)[1:]


def _hashable(cell: Any) -> Any:
    try:
        hash(cell)
    except TypeError:
        return NotText(type(cell).__name__, repr(cell))
    return cell


def _numbers(column: Any) -> Numbers:
    import pandas as pd  # loads slower than the library

    if column.dtype.is_numeric() and not column.dtype.is_decimal():
        given = np.asarray(column.to_numpy())
        if isinstance(column.to_native(), pd.Series):
            given = given.copy()  # the others cannot be changed afterwards
        if given.dtype.kind in "iuf":
            return Numbers(given, given)
    cells = np.array([None, *column.to_list()], object)[1:]  # the first keeps numpy from guessing
    return Numbers(np.array([_number(cell) for cell in cells], float), cells)


def _number(cell: Any) -> float:
    """Read a number, also one that is written as text; NaN for anything else."""
    if isinstance(cell, str):
        return _written(cell)
    if isinstance(cell, bool) or not isinstance(cell, numbers.Real | Decimal):
        return float("nan")
    try:
        return float(cell)
    except (OverflowError, ValueError):  # a whole number beyond 1e308, a signalling NaN
        return float("inf")


def _written(text: str) -> float:
    try:
        return float("nan" if "_" in text else text)  # Python alone reads 1_000
    except ValueError:
        return float("nan")


class Failure(Value):
    """A series, goal or ledger that could not be tracked.

    Attributes
    ----------
    series
        Its name; empty for rows without one.
    reason
        What is wrong and what to do.

    Examples
    --------
    >>> Failure(series="x", reason="it has a single value; at least 2 years are needed").series
    'x'
    """

    series: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Series that can be tracked and their goals, one series after another.

    Attributes
    ----------
    names
        Name of each series, in the order in which the goals name them.
    starts, years, totals
        Where the values of each series begin (and where the last one ends), and the values.
    goal_starts, amounts, deadlines, announced
        The same of its goals; `NO_DEADLINE` stands for none, and for an announcement unknown.
    """

    names: tuple[str, ...]
    starts: Index
    years: Years
    totals: Array
    goal_starts: Index
    amounts: Array
    deadlines: Years
    announced: Years

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        """Whether the names and all numbers are the same."""
        return isinstance(other, Panel) and all(
            np.array_equal(getattr(self, each.name), getattr(other, each.name))
            for each in fields(self)
        )

    def __hash__(self) -> int:
        return hash(self.names)

    @property
    def last_years(self) -> Years:
        """Year of the last value of each series."""
        return self.years[self.starts[1:] - 1]

    def part(self, low: int, high: int) -> "Panel":
        """Cut out some of the series."""
        own, goals = self.starts[low : high + 1], self.goal_starts[low : high + 1]
        rows, wanted = slice(own[0], own[-1]), slice(goals[0], goals[-1])
        return Panel(
            names=self.names[low:high],
            starts=own - own[0],
            years=self.years[rows],
            totals=self.totals[rows],
            goal_starts=goals - goals[0],
            amounts=self.amounts[wanted],
            deadlines=self.deadlines[wanted],
            announced=self.announced[wanted],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """Values of the series that the goals name, sorted by series and year.

    ``series`` is the position of the name among those of the goals, ``rows`` the row of the frame,
    ``whole`` whether there is a year in it, ``starts`` where each series begins.
    """

    series: Years
    years: Years
    whole: Mask
    totals: Array
    rows: Index | range
    starts: Index


def read_panel(
    values: "IntoDataFrame", goals: "IntoDataFrame", horizon: int
) -> tuple[Panel, tuple[Failure, ...]]:
    """Read both frames; bad series and bad goals come back as failures.

    Raises
    ------
    InputError
        If a frame cannot be read, lacks a column, or there is no goal.
    """
    known = read_columns(values, "values", ("year", "value"))
    wanted = _in_order(read_columns(goals, "goals", ("amount",), ("deadline", "announced")))
    if not len(wanted.codes):
        raise InputError(
            "goals has no rows; give it one row per goal: series, amount", topic="panel-columns"
        )
    sorted_values = _sort(known, wanted.names)
    reasons = dict(_bad_series(sorted_values, known.numbers["year"], known.numbers["value"]))
    failures = [*_unnamed(known, "values"), *_unnamed(wanted, "goals")]
    lengths = np.diff(sorted_values.starts)
    good = lengths > 0
    for code, name in enumerate(wanted.names):
        reason = unfit(name) or reasons.get(code)
        if reason is None and not good[code]:
            reason = "there are no values of this series; compare its name in both frames"
        if reason is not None:
            good[code] = False
            failures.append(Failure(series=shown(name), reason=reason))
    last_years = np.zeros(len(good), np.int32)
    last_years[good] = sorted_values.years[sorted_values.starts[1:][good] - 1]
    rows = np.flatnonzero(wanted.codes >= 0)
    rows = rows[good[wanted.codes[rows]]]
    bad_goals = dict(_bad_goals(wanted, rows, last_years + horizon))
    failures.extend(bad_goals.values())
    rows = rows[~np.isin(rows, list(bad_goals))] if bad_goals else rows
    return _assemble(sorted_values, wanted, rows), tuple(failures)


def _in_order(columns: Columns) -> Columns:
    """Number the names in the order of their first rows."""
    rows = np.flatnonzero(columns.codes >= 0)
    used, first = np.unique(columns.codes[rows], return_index=True)
    used = used[np.argsort(first)]
    ranks = np.full(len(columns.names) + 1, -1, np.int32)  # the last one is for no name
    ranks[used] = np.arange(len(used))
    return replace(
        columns, codes=ranks[columns.codes], names=[columns.names[code] for code in used]
    )


def _sort(known: Columns, names: list[Any]) -> _Values:
    """Sort the rows of the named series; a frame that is in order is not copied."""
    series, values = _ranks(known.names, names)[known.codes], known.numbers["value"].numbers
    years, whole = known.numbers["year"].years(slice(None))
    rows: Index | range = range(len(series))
    later = (series[1:] == series[:-1]) & (years[1:] >= years[:-1])
    later |= series[1:] > series[:-1]
    if not later.all() or (series[:1] < 0).any():
        rows = np.lexsort((years, series))[np.count_nonzero(series < 0) :]
        series, years, whole, values = series[rows], years[rows], whole[rows], values[rows]
    counts = np.bincount(series, minlength=len(names))
    starts = np.concatenate([[0], np.cumsum(counts)])
    return _Values(series, years, whole, values.astype(float, copy=False), rows, starts)


def _ranks(known: list[Any], names: list[Any]) -> NDArray[np.int32]:
    """Where each known name stands among the names, -1 if it does not; the last is for no name."""
    places = {name: rank for rank, name in enumerate(names)}
    return np.array([*(places.get(name, -1) for name in known), -1], np.int32)


def unfit(name: object) -> str | None:
    """Why a name cannot be used; None if it can."""
    if isinstance(name, str):
        whole = name.isascii() or shown(name) == name
        return None if whole else "its name holds half a character (a surrogate); write it anew"
    kind = name.kind if isinstance(name, NotText) else type(name).__name__
    return f"its name is not text but {kind}; write series names as text"


def shown(name: object) -> str:
    """Write a name so that it can be printed and kept in a file."""
    return str(name).encode("utf-8", "replace").decode("utf-8")


def _assemble(values: _Values, wanted: Columns, rows: Index) -> Panel:
    """Lay out the series that have a goal left, in the order in which the goals name them."""
    rows = rows[np.argsort(wanted.codes[rows], kind="stable")]
    n_goals = np.bincount(wanted.codes[rows], minlength=len(wanted.names))
    kept = n_goals > 0
    own = np.s_[:] if kept.all() else kept[values.series]
    deadlines, announced = (_years_or_none(wanted, name, rows) for name in _GOAL_YEARS)
    return Panel(
        names=tuple(wanted.names[code] for code in np.flatnonzero(kept)),
        starts=np.concatenate([[0], np.cumsum(np.diff(values.starts)[kept])]),
        years=values.years[own],
        totals=values.totals[own],
        goal_starts=np.concatenate([[0], np.cumsum(n_goals[kept])]),
        amounts=wanted.numbers["amount"].numbers[rows].astype(float),
        deadlines=deadlines,
        announced=announced,
    )


def _years_or_none(wanted: Columns, name: str, rows: Index) -> Years:
    """Years of a column of the goals that may be missing, whole or cell by cell."""
    found = np.full(len(rows), NO_DEADLINE, np.int32)
    if name in wanted.numbers:
        years, whole = wanted.numbers[name].years(rows)
        found[whole] = years[whole]
    return found


def _bad_series(values: _Values, year: Numbers, value: Numbers) -> Iterator[tuple[int, str]]:
    """Series that cannot be tracked; of several reasons the last is the most specific."""
    lengths = np.diff(values.starts)
    for series in np.flatnonzero((lengths > 0) & (lengths < _LEAST)):
        yield int(series), f"it has a single value; at least {_LEAST} years are needed"
    filled = np.flatnonzero(lengths)
    first, last = values.starts[:-1][filled], values.starts[1:][filled] - 1
    span = values.years[last] - values.years[first]
    for at in np.flatnonzero(span > _LONGEST):
        yield int(filled[at]), f"its years span {span[at]}; drop all but the last {_LONGEST}"
    same = (np.diff(values.series) == 0) & (np.diff(values.years) == 0)
    for at in np.flatnonzero(same):
        yield (
            int(values.series[at]),
            f"the year {values.years[at]} is there twice; keep one row",
        )
    for at in np.flatnonzero(~_positive(values.totals)):
        row = int(values.rows[at])
        yield (
            int(values.series[at]),
            f"its value in {year.shown(row)} is {value.shown(row)}, not a positive finite"
            " number; correct the row or drop it (gaps are allowed)",
        )
    for at in np.flatnonzero(~values.whole):
        shown = year.shown(int(values.rows[at]))
        yield int(values.series[at]), f"the year {shown} is no year; write 2024"


def _bad_goals(
    wanted: Columns, rows: Index, ends: NDArray[np.signedinteger[Any]]
) -> Iterator[tuple[int, Failure]]:
    """Rows of goals that cannot be answered though their series can, and why."""

    def failure(row: int, reason: str) -> tuple[int, Failure]:
        name = wanted.names[wanted.codes[row]]
        return row, Failure(series=name, reason=f"goal in row {row}: {reason}")

    amount = wanted.numbers["amount"]
    for row in rows[~_positive(amount.numbers[rows])]:
        shown = amount.shown(row)
        yield failure(int(row), f"the amount {shown} is not a positive finite number; correct it")
    for name in _GOAL_YEARS:
        if name not in wanted.numbers:
            continue
        column = wanted.numbers[name]
        _, whole = column.years(rows)
        for at in np.flatnonzero(~column.missing[rows] & ~whole):
            shown = column.shown(rows[at])
            yield failure(int(rows[at]), f"the {name} {shown} is no year; write 2030")
    deadlines, announced = (_years_or_none(wanted, name, rows) for name in _GOAL_YEARS)
    last = ends[wanted.codes[rows]]
    for at in np.flatnonzero(deadlines > last):
        yield failure(
            int(rows[at]),
            f"the deadline {deadlines[at]} is beyond the horizon, which ends in {last[at]};"
            " raise the horizon",
        )
    for at in np.flatnonzero((deadlines != NO_DEADLINE) & (deadlines < announced)):
        yield failure(
            int(rows[at]),
            f"the deadline {deadlines[at]} is before the announcement in {announced[at]}; correct"
            " one of them",
        )


def _positive(numbers: NDArray[Any]) -> Mask:
    positive: Mask = (numbers > 0) & np.isfinite(numbers)
    return positive


def _unnamed(columns: Columns, what: str) -> Iterator[Failure]:
    rows = np.flatnonzero(columns.codes < 0)
    if len(rows):
        many = f"{len(rows)} rows of {what} name no series, first row {rows[0]}; name it"
        one = f"row {rows[0]} of {what} names no series; name it"
        reason = many if len(rows) > 1 else one
        yield Failure(series="", reason=reason)
