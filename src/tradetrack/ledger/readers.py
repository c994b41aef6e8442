"""Readers: CSV, JSON or a data frame into a ledger; no row is dropped silently.

Each format has two verbs. ``scan_csv`` returns a `Reading`, the ledger and the rejected rows;
``read_csv`` returns the ledger, or raises an error that lists every rejected row.

==============  ========================================================================
column          what it says
==============  ========================================================================
``pair``        the partners, ``KZ-UZ`` (required)
``window``      ``2024``, ``2025-09`` or ``2025-01..2025-09`` (required; or two columns of
                months, ``start`` and ``end``)
``value``       the number as printed (required); a numeric cell of a data frame is exact,
                unless it has a qualifier
``unit``        ``usd_bn``, …, or ``percent`` or ``times`` (required)
``reporter``    whose statistics (required)
``published``   ``YYYY-MM-DD`` or ``YYYY-MM`` (required)
``kind``        ``level`` or ``growth``; growth if the unit is percent or times
``base``        for growth: the window it is compared with (or ``base_start``, ``base_end``)
``flow``        ``turnover``, unless one direction, such as ``kz_to_uz``
``qualifier``   ``rounded``, unless exact, truncated, about, over or nearly
``series_unit`` unit of the series: billions of the figure's currency; for growth, the unit
                of the same pair's levels in the table, or ``usd_bn`` if it has none
``set_aside``   why the figure is not to be used, if it is not
``id``          a name for the row that no other row has
``document``    where it was printed
``note``        what is odd about it
==============  ========================================================================
"""

import csv
import datetime as dt
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tradetrack.domain.observation import clean
from tradetrack.errors import LedgerError
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.rejection import RejectedRow, refusal, rejected
from tradetrack.ledger.rows import (
    MONTH_COLUMNS,
    Outcome,
    Row,
    check_columns,
    from_json,
    from_rows,
)

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

Source = str | os.PathLike[str] | TextIO
_LINES = "rows are lines of the file, the header being line 1"
_POSITIONS = "rows are positions, from 0"
_MONTHLY = ("window", "base", *MONTH_COLUMNS)


@dataclass(frozen=True)
class Reading:
    """What a table held.

    Attributes
    ----------
    ledger
        The rows that are observations.
    rejected
        The others, each with its number, column, value, problem and remedy.

    Examples
    --------
    >>> Reading(Ledger(), ()).rejected
    ()
    """

    ledger: Ledger
    rejected: tuple[RejectedRow, ...]


def read_csv(source: Source) -> Ledger:
    r"""Read a CSV file or text stream; its columns are in the table at the top of this module.

    Raises
    ------
    LedgerError
        If the columns are wrong, or listing every row that is not an observation.

    Examples
    --------
    >>> import io
    >>> read_csv(io.StringIO(
    ...     "pair,window,value,unit,reporter,published\n"
    ...     "KZ-UZ,2025-01..2025-09,3.5,usd_bn,UZ stat,2025-11-14\n"))
    Ledger: 1 figure, 1 pair, 1 reporter, 2025, published to 2025-11-14
    """
    return _whole(scan_csv(source), _name(source), _LINES)


def scan_csv(source: Source) -> Reading:
    r"""Read the rows of a CSV file that are observations, and keep the others with a reason.

    A rejected row is numbered by the line on which it starts, as an editor shows it; the header
    is line 1. Lines on which nothing is written are not rows.

    Raises
    ------
    LedgerError
        If the file is not comma-separated UTF-8 text with the right columns.

    Examples
    --------
    >>> import io
    >>> reading = scan_csv(io.StringIO(
    ...     "pair,window,value,unit,reporter,published\n"
    ...     "KZ-UZ,2024,4.2 bn,usd_bn,UZ stat,2025-01\n"))
    >>> reading.rejected[0].row, reading.rejected[0].column
    (2, 'value')
    """
    try:
        with _open(source) as stream:
            return _reading(from_rows(_csv_rows(stream, _name(source))))
    except UnicodeDecodeError as error:
        raise LedgerError(
            f"{_name(source)} is not UTF-8 text ({error.reason}); save it as CSV UTF-8",
            topic="encoding",
        ) from None


def read_json(source: Source) -> Ledger:
    """Read a JSON file or text stream that `write_json` or `Ledger.to_json` wrote.

    Raises
    ------
    LedgerError
        If it is no such document, or listing every item that is not an observation.

    Examples
    --------
    >>> import io
    >>> read_json(io.StringIO(Ledger().to_json())) == Ledger()
    True
    """
    return _whole(scan_json(source), _name(source), _POSITIONS)


def scan_json(source: Source) -> Reading:
    """Read the items of a JSON file that are observations, and keep the others with a reason.

    A rejected item is numbered by its position, from 0.

    Raises
    ------
    LedgerError
        If it is no such document.

    Examples
    --------
    >>> import io
    >>> reading = scan_json(io.StringIO('{"schema_version": 1, "observations": [{}]}'))
    >>> reading.rejected[0].row
    0
    """
    with _open(source) as stream:
        return _reading(from_json(stream.read().removeprefix("\ufeff"), _name(source)))


def read_frame(frame: "IntoDataFrame") -> Ledger:
    """Read a data frame: pandas, polars, pyarrow, or any other that narwhals takes.

    Raises
    ------
    LedgerError
        If the columns are wrong, or listing every row that is not an observation.

    Examples
    --------
    >>> import pandas as pd
    >>> ledger = read_frame(pd.DataFrame({
    ...     "pair": ["KZ-UZ"], "window": [2024], "value": [4.2], "unit": ["usd_bn"],
    ...     "reporter": ["UZ stat"], "published": ["2025-01"]}))
    >>> ledger.observations[0].figure.qualifier
    'exact'
    """
    return _whole(scan_frame(frame), "the data frame", _POSITIONS)


def scan_frame(frame: "IntoDataFrame") -> Reading:
    """Read the rows of a data frame that are observations, and keep the others with a reason.

    A rejected row is numbered by its position, from 0, whatever the frame's index says.

    Raises
    ------
    LedgerError
        If it is not a table in memory, or its columns are wrong.

    Examples
    --------
    >>> import pandas as pd
    >>> reading = scan_frame(pd.DataFrame({
    ...     "pair": ["KZ-UZ"], "window": ["2024"], "value": ["much"], "unit": ["usd_bn"],
    ...     "reporter": ["UZ stat"], "published": ["2025-01"]}))
    >>> [row.column for row in reading.rejected]
    ['value']
    """
    import narwhals as nw

    try:
        data = nw.from_native(frame, eager_only=True)
    except (TypeError, nw.exceptions.DuplicateError) as error:
        raise LedgerError(
            f"this is not a table that can be read: {error}; pass a data frame that is in memory"
            " and whose columns have different names",
            topic="table",
        ) from None
    check_columns([str(name) for name in data.columns], "the data frame")
    rows = ((number, _cells(number, row)) for number, row in enumerate(data.iter_rows(named=True)))
    return _reading(from_rows((number, row) for number, row in rows if row))


def _whole(reading: Reading, source: str, counted: str) -> Ledger:
    if reading.rejected:
        raise refusal(reading.rejected, source, counted)
    return reading.ledger


def _reading(outcomes: Sequence[Outcome]) -> Reading:
    return Reading(
        Ledger(row for row in outcomes if not isinstance(row, RejectedRow)),
        tuple(row for row in outcomes if isinstance(row, RejectedRow)),
    )


def _open(source: Source) -> AbstractContextManager[TextIO]:
    if isinstance(source, str | os.PathLike):
        return Path(source).open(encoding="utf-8", newline="")
    return nullcontext(source)


def _name(source: Source) -> str:
    return os.fspath(source) if isinstance(source, str | os.PathLike) else "the stream"


def _csv_rows(stream: Iterable[str], name: str) -> Iterator[tuple[int, Row | RejectedRow]]:
    reader = csv.reader(_without_mark(stream), strict=True)
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            cells = [clean(cell) for cell in cells]
            if not any(cells):
                continue
            if not header:
                header = cells
                _check_separator(header, name)
                check_columns(header, name)
            elif len(cells) != len(header):
                problem = f"the row has {len(cells)} cells and the header {len(header)}"
                remedy = "quote a cell that holds a comma"
                yield line, rejected(line, header[0], cells[0], problem, remedy, topic="table")
            else:
                yield line, {key: cell for key, cell in zip(header, cells, strict=True) if cell}
    except csv.Error as error:
        raise LedgerError(
            f"{name} is not CSV from line {start} on: {error}; check the quotes there",
            topic="table",
        ) from None
    if not header:
        raise LedgerError(f"{name} is empty; it needs a header line at least", topic="table")


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line if number else line.removeprefix("\ufeff")


def _check_separator(header: Sequence[str], name: str) -> None:
    for sign, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise LedgerError(
                f"{name} is separated by {word}; save it separated by commas", topic="table"
            )


def _cells(number: int, row: Mapping[str, object]) -> Row | RejectedRow:
    cells = {}
    for column, value in row.items():
        if _is_missing(value):
            continue
        text = _text(column, value)
        if text is None:
            kind = type(value).__name__
            problem, remedy = f"a cell of type {kind} is not text", "write it as text"
            return rejected(number, column, str(value), problem, remedy, topic="cell")
        if text:
            cells[column] = text
    if "value" in cells and not isinstance(row["value"], str):
        cells.setdefault("qualifier", "exact")
    return cells


def _is_missing(value: object) -> bool:
    nothing = value is None or type(value).__name__ in ("NAType", "NaTType")
    return nothing or (isinstance(value, Real) and math.isnan(value))


def _text(column: str, value: object) -> str | None:
    """Return a cell as a person would write it, or None if nobody would."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dt.date):
        return value.isoformat()[: 7 if column in _MONTHLY else 10]
    if isinstance(value, bool):
        return None
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real | Decimal):
        number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
        whole = column != "value" and number.is_finite() and number == number.to_integral_value()
        return format(number.to_integral_value() if whole else number, "f")
    return None
