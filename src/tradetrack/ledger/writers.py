"""Writers: a ledger as CSV or JSON; reading it back gives the same ledger, digest and all."""

import csv
import io
import os
from pathlib import Path

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
    _replace(path, text.getvalue())


def write_json(ledger: Ledger, path: str | os.PathLike[str]) -> None:
    """Write a ledger as a JSON file; the file appears whole or not at all.

    Parameters
    ----------
    ledger
        What to write: every observation, superseded and set aside ones too.
    path
        Where. A file that is there is replaced.
    """
    _replace(path, ledger.to_json() + "\n")


def _replace(path: str | os.PathLike[str], text: str) -> None:
    target = Path(path).resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
