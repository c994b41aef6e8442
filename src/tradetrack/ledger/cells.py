"""Cells: the rows of a CSV stream or of a data frame, as text."""

import csv
import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real

from tradetrack.domain.observation import clean
from tradetrack.errors import LedgerError
from tradetrack.ledger.rejection import RejectedRow, rejected
from tradetrack.ledger.rows import MONTH_COLUMNS, Row, check_columns

_MONTHLY = ("window", "base", *MONTH_COLUMNS)


def csv_rows(stream: Iterable[str], name: str) -> Iterator[tuple[int, Row | RejectedRow]]:
    """Yield the rows of a CSV stream with the line on which each starts; empty ones are left out.

    Raises
    ------
    LedgerError
        If it is not comma-separated text with the right columns.
    """
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
                complaint = separator_complaint(header, name)
                if complaint:
                    raise LedgerError(complaint, topic="table")
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


def separator_complaint(header: Sequence[str], name: str) -> str:
    """Say that a table is not separated by commas, or that a spreadsheet's hint leads it; or "".

    Examples
    --------
    >>> separator_complaint(["series;year;value"], "values.csv")
    'values.csv is separated by semicolons; save it separated by commas'
    """
    if header and header[0].casefold().startswith("sep="):
        line = header[0] if len(header) == 1 else f"{header[0]},"
        problem = f"{name} does not begin with its header"
        return f"{problem}; delete the line {line!r} that a spreadsheet wrote"
    for sign, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            return f"{name} is separated by {word}; save it separated by commas"
    return ""


def frame_row(number: int, row: Mapping[str, object]) -> Row | RejectedRow:
    """Return the cells of a data frame's row that hold something, as a person would write them."""
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
