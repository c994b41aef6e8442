"""Tables of numbers as CSV files: the priors that ship, and those that are learned."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tradetrack._files import write_whole
from tradetrack.errors import InputError


def read_numbers(path: str | Path, columns: Sequence[str]) -> list[list[float]]:
    """Read the rows of a file of numbers with these columns, in this order.

    Raises
    ------
    InputError
        If the columns are others, a cell is no number, or there is no row; names the row.
    """
    try:
        with Path(path).open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if set(reader.fieldnames or ()) != set(columns):
                raise InputError(f"{path}: columns must be {sorted(columns)}", topic="regimes")
            try:
                rows = [[float(row[name]) for name in columns] for row in reader]
            except (TypeError, ValueError) as error:
                place = f"{path}: row {reader.line_num}"
                raise InputError(f"{place}: {error}", topic="regimes") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text ({error.reason}); save it as CSV UTF-8", topic="encoding"
        ) from error
    if not rows:
        raise InputError(f"{path}: no regime", topic="regimes")
    return rows


def write_numbers(
    path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[float]]
) -> None:
    """Write rows of numbers so that reading them gives the same bits.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_whole(path, text.getvalue())
