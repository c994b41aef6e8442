"""Readers: CSV, JSON or a data frame into a ledger; no row is dropped silently.

Each format has two verbs. ``parse_csv`` returns a `Reading`, the ledger and the rejected rows;
``read_csv`` returns the ledger, or raises an error that lists every rejected row.

==============  ========================================================================
column          what it says
==============  ========================================================================
``pair``        the partners, ``KZ-UZ`` (required)
``window``      ``2024``, ``2025-09`` or ``2025-01..2025-09`` (required; or two columns of
                months, ``start`` and ``end``)
``value``       the number as printed (required); a number in a data frame is exact, or
                hedged by its qualifier: it has no printed digits to round
``unit``        ``usd_bn``, …, or ``percent`` or ``times`` (required)
``reporter``    whose statistics (the column is required; an empty cell is an unknown source)
``side``        the side on which the reporter stands, if several do; else it is one by itself
``published``   ``YYYY-MM-DD`` or ``YYYY-MM`` (required)
``kind``        ``level``, ``growth`` or ``increment`` (a change as an amount: "up by 0.4 bn");
                growth if the unit is percent or times, else level
``base``        for growth and increments: the window compared with (or ``base_start``,
                ``base_end``)
``flow``        ``turnover``, unless one direction, such as ``kz_to_uz``, or ``balance``: the
                first-named partner's exports less its imports, of any sign
``coverage``    what is counted, if it is said: ``goods``, ``goods and services``, ``non-oil``, …
``qualifier``   ``rounded`` (``range`` for 50-55), unless exact, truncated, over, nearly, about,
                at_least or at_most
``series_unit`` unit of the series: billions of the figure's currency; for growth, the unit
                of the same pair's levels in the table, or ``usd_bn`` if it has none
``digit``       of a figure that was converted from another currency: what one unit of its last
                printed digit became
``set_aside``   why the figure is not to be used, if it is not
``id``          a name for the row that no other row has
``document``    where it was printed
``note``        what is odd about it
==============  ========================================================================

A cell that says NA, n/a, None, null or a dash is empty. An apostrophe before what a spreadsheet
would take for a formula is its sign for text, and not part of the cell.
"""

import csv
import io
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tradetrack._checks import check_path
from tradetrack._files import write_whole
from tradetrack._format import inert
from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.dialect import Dialect, encodings
from tradetrack.ledger.ledger import Ledger, check_ledger
from tradetrack.ledger.parse import (
    COLUMNS,
    Outcome,
    check_columns,
    csv_rows,
    frame_row,
    from_json,
    from_rows,
    to_row,
)
from tradetrack.ledger.rejected import RejectedRow, refusal

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
Source = str | os.PathLike[str] | TextIO
_LINES = "rows are lines of the file, the header being line 1"
_SNIFFED = 100_000  # bytes that are looked at to find an encoding
_POSITIONS = "rows are positions, from 0"


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


def read_csv(
    source: Source,
    *,
    sep: str = ",",
    decimal: str = ".",
    thousands: str | None = None,
    encoding: str = "utf-8",
) -> Ledger:
    r"""Read a CSV file or text stream; its columns are in the table at the top of this module.

    Parameters
    ----------
    source
        A file, or a text stream.
    sep, decimal, thousands, encoding
        Its dialect, which is never guessed: what separates cells, what separates decimals in
        ``value``, what groups thousands there (by default spaces, and commas where the decimal
        sign is a point), and the encoding of a file.

    Raises
    ------
    LedgerError
        If it is not of this dialect (says which one it would be), its columns are wrong, or
        listing every row that is not an observation.

    Examples
    --------
    >>> import io
    >>> read_csv(io.StringIO(
    ...     "pair,window,value,unit,reporter,published\n"
    ...     "KZ-UZ,2025-01..2025-09,3.5,usd_bn,UZ stat,2025-11-14\n"))
    Ledger: 1 figure, 1 pair, 1 reporter, 2025, published to 2025-11-14

    >>> rows = "pair;window;value;unit;reporter;published\nKZ-UZ;2024;4,2;usd_bn;UZ stat;2025-01\n"
    >>> [str(row.figure) for row in read_csv(io.StringIO(rows), sep=";", decimal=",")]
    ['4.2 usd bn']
    """
    reading = parse_csv(source, sep=sep, decimal=decimal, thousands=thousands, encoding=encoding)
    return whole(reading, _name(source), _LINES)


def parse_csv(
    source: Source,
    *,
    sep: str = ",",
    decimal: str = ".",
    thousands: str | None = None,
    encoding: str = "utf-8",
) -> Reading:
    r"""Read the rows of a CSV file that are observations, and keep the others with a reason.

    A rejected row is numbered by the line on which it starts, as an editor shows it; the header
    is line 1. Lines on which nothing is written are not rows.

    Parameters
    ----------
    source
        A file, or a text stream.
    sep, decimal, thousands, encoding
        Its dialect; see `read_csv`.

    Raises
    ------
    LedgerError
        If the file is not text of this dialect with the right columns.

    Examples
    --------
    >>> import io
    >>> reading = parse_csv(io.StringIO(
    ...     "pair,window,value,unit,reporter,published\n"
    ...     "KZ-UZ,2024,4.2 bn,usd_bn,UZ stat,2025-01\n"))
    >>> reading.rejected[0].row, reading.rejected[0].column
    (2, 'value')
    """
    dialect = Dialect(sep, decimal, thousands, encoding)
    try:
        with _open(source, encoding) as stream:
            return collected(from_rows(csv_rows(stream, _name(source), dialect)))
    except UnicodeError as error:
        raise _not_decoded(source, error, encoding) from None


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
    return whole(parse_json(source), _name(source), _POSITIONS)


def parse_json(source: Source) -> Reading:
    """Read the items of a JSON file that are observations, and keep the others with a reason.

    A rejected item is numbered by its position, from 0.

    Raises
    ------
    LedgerError
        If it is no such document.

    Examples
    --------
    >>> import io
    >>> reading = parse_json(io.StringIO('{"schema_version": 1, "observations": [{}]}'))
    >>> reading.rejected[0].row
    0
    """
    try:
        with _open(source) as stream:
            return collected(from_json(stream.read().removeprefix("\ufeff"), _name(source)))
    except UnicodeDecodeError as error:
        raise LedgerError(
            f"{_name(source)} is not UTF-8 text ({error.reason}); save it as UTF-8",
            topic="encoding",
        ) from None


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
    return whole(parse_frame(frame), "the data frame", _POSITIONS)


def parse_frame(frame: "IntoDataFrame") -> Reading:
    """Read the rows of a data frame that are observations, and keep the others with a reason.

    A rejected row is numbered by its position, from 0, whatever the frame's index says.

    Raises
    ------
    LedgerError
        If it is not a table in memory, or its columns are wrong.

    Examples
    --------
    >>> import pandas as pd
    >>> reading = parse_frame(pd.DataFrame({
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
    rows = (
        (number, frame_row(number, row)) for number, row in enumerate(data.iter_rows(named=True))
    )
    return collected(from_rows((number, row) for number, row in rows if row))


def write_csv(ledger: Ledger, path: str | os.PathLike[str]) -> None:
    """Write a ledger as a CSV file with every column; the file appears whole or not at all.

    Parameters
    ----------
    ledger
        What to write: every observation, superseded and set aside ones too.
    path
        Where. A file that is there is replaced.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.

    Examples
    --------
    >>> import tempfile
    >>> from tradetrack.ledger.io import read_csv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(Ledger(), f"{folder}/ledger.csv")
    ...     read_csv(f"{folder}/ledger.csv") == Ledger()
    True
    """
    write_whole(path, csv_text(ledger))


def csv_text(ledger: Ledger) -> str:
    """Return a ledger as the text of a CSV file; see `write_csv`.

    Examples
    --------
    >>> csv_text(Ledger()).startswith("id,pair,flow")
    True
    """
    check_ledger(ledger)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = ({name: inert(cell) for name, cell in to_row(row).items()} for row in ledger)
    writer.writerows(rows)
    return text.getvalue()


def write_json(ledger: Ledger, path: str | os.PathLike[str]) -> None:
    """Write a ledger as a JSON file, as `write_csv` does: whole or not at all.

    Parameters
    ----------
    ledger, path
        What to write and where.

    Raises
    ------
    SinkError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from tradetrack.ledger.io import read_json
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_json(Ledger(), f"{folder}/ledger.json")
    ...     read_json(f"{folder}/ledger.json") == Ledger()
    True
    """
    check_ledger(ledger)
    write_whole(path, ledger.to_json() + "\n")


def _open(source: Source, encoding: str = "utf-8") -> AbstractContextManager[TextIO]:
    if isinstance(source, str | os.PathLike):
        check_path(source)
        return Path(source).open(encoding=encoding, newline="")
    read = getattr(source, "read", None)
    if read is None:
        raise InputError(
            f"an object of type {type(source).__name__} is not a source; pass the path of a file,"
            " or a text stream such as io.StringIO"
        )
    if isinstance(read(0), bytes):
        raise LedgerError(
            f"{_name(source)} gives bytes, not text; open it as text:"
            " io.TextIOWrapper(stream, encoding='utf-8')",
            topic="encoding",
        )
    if encoding != "utf-8":
        raise InputError(
            f"{_name(source)} is text already, so it has no encoding; give the encoding where you"
            " open it",
            topic="encoding",
        )
    return nullcontext(source)


def _name(source: Source) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    name = getattr(source, "name", "")  # of an open file; 0 if it was opened by its number
    return name if name and isinstance(name, str) else "the stream"


def _not_decoded(source: Source, error: UnicodeError, encoding: str) -> LedgerError:
    """Say that a file is in another encoding, and what it would say in some."""
    shown = "UTF-8" if encoding == "utf-8" else encoding
    problem = f"{_name(source)} is not {shown} text ({getattr(error, 'reason', error)})"
    fits = ""
    if isinstance(source, str | os.PathLike) and Path(source).is_file():
        with Path(source).open("rb") as file:
            fits = encodings(file.read(_SNIFFED))
    remedy = f"read it with {fits}, or save it" if fits else "save it"
    return LedgerError(f"{problem}; {remedy} as CSV UTF-8", topic="encoding")


def collected(outcomes: Sequence[Outcome]) -> Reading:
    """Part the rows that are observations from the others."""
    return Reading(
        Ledger.of_checked(row for row in outcomes if not isinstance(row, RejectedRow)),
        tuple(row for row in outcomes if isinstance(row, RejectedRow)),
    )


def whole(reading: Reading, source: str, counted: str) -> Ledger:
    """Return the ledger of a table of which no row was rejected; ``counted`` says by what."""
    if reading.rejected:
        raise refusal(reading.rejected, source, counted)
    return reading.ledger
