"""Read a panel; what cannot be tracked becomes a failure with its reason."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tradetrack.domain.value import Value
from tradetrack.errors import InputError
from tradetrack.models.kernels import Array, Index
from tradetrack.panel.frames import Columns, NotText, Numbers, Years, read_columns

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

NO_DEADLINE = -(2**31)
_LONGEST = 300  # years between the first and the last value
_LEAST = 2  # values of a series

Mask = NDArray[np.bool_]


class Failure(Value):
    """Something that could not be tracked.

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
    goal_starts, amounts, deadlines
        The same of its goals; `NO_DEADLINE` stands for none.
    """

    names: tuple[str, ...]
    starts: Index
    years: Years
    totals: Array
    goal_starts: Index
    amounts: Array
    deadlines: Years

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
        If a frame is no frame, lacks a column, or there is no goal.
    """
    known = read_columns(values, "values", ("year", "value"))
    wanted = _in_order(read_columns(goals, "goals", ("amount",), ("deadline",)))
    if not len(wanted.codes):
        raise InputError(
            "goals has no rows; give it a row a goal: series, amount", topic="panel-columns"
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
    """Why a name is none, if so."""
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
    deadlines = np.full(len(rows), NO_DEADLINE, np.int32)
    if "deadline" in wanted.numbers:
        years, whole = wanted.numbers["deadline"].years(rows)
        deadlines[whole] = years[whole]
    return Panel(
        names=tuple(wanted.names[code] for code in np.flatnonzero(kept)),
        starts=np.concatenate([[0], np.cumsum(np.diff(values.starts)[kept])]),
        years=values.years[own],
        totals=values.totals[own],
        goal_starts=np.concatenate([[0], np.cumsum(n_goals[kept])]),
        amounts=wanted.numbers["amount"].numbers[rows].astype(float),
        deadlines=deadlines,
    )


def _bad_series(values: _Values, year: Numbers, value: Numbers) -> Iterator[tuple[int, str]]:
    """Series that cannot be tracked; of several reasons the last one tells most."""
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
    if "deadline" not in wanted.numbers:
        return
    deadline = wanted.numbers["deadline"]
    years, whole = deadline.years(rows)
    last = ends[wanted.codes[rows]]
    given = ~deadline.missing[rows]
    for at in np.flatnonzero(given & ~whole):
        shown = deadline.shown(rows[at])
        yield failure(int(rows[at]), f"the deadline {shown} is no year; write 2030")
    for at in np.flatnonzero(given & whole & (years > last)):
        yield failure(
            int(rows[at]),
            f"the deadline {years[at]} is beyond the horizon, which ends in {last[at]};"
            " raise the horizon",
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
