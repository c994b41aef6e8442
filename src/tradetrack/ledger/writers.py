"""Writers: a ledger as CSV or JSON; reading it back gives the same ledger, digest and all."""

import csv
import io
import os

from tradetrack._files import write_whole
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.rows import COLUMNS, to_row


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
    >>> from tradetrack.ledger.readers import read_csv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(Ledger(), f"{folder}/ledger.csv")
    ...     read_csv(f"{folder}/ledger.csv") == Ledger()
    True
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(to_row(row) for row in ledger)
    write_whole(path, text.getvalue())


def write_json(ledger: Ledger, path: str | os.PathLike[str]) -> None:
    """Write a ledger as a JSON file; the file appears whole or not at all.

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
    >>> from tradetrack.ledger.readers import read_json
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_json(Ledger(), f"{folder}/ledger.json")
    ...     read_json(f"{folder}/ledger.json") == Ledger()
    True
    """
    write_whole(path, ledger.to_json() + "\n")
