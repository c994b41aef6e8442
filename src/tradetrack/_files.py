"""Text files that appear whole or not at all."""

import csv
import io
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tradetrack.errors import InputError, SinkError


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text beside the file asked for, and give it that name when all is written.

    A file that is there is replaced and keeps its mode; a pipe or a device keeps its place.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.

    Examples
    --------
    >>> try:
    ...     write_whole("no such folder/page.html", "text")
    ... except SinkError as error:
    ...     print(str(error).partition(" (")[0])
    no such folder/page.html could not be written
    """
    asked = Path(path)
    try:
        if asked.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if asked.exists() and not asked.is_file():
            asked.write_text(text, encoding="utf-8", newline="")
        else:
            _replace(asked.resolve(), text)
    except (OSError, ValueError, RuntimeError) as error:  # an odd name is one of the latter
        reason = getattr(error, "strerror", None) or error
        raise SinkError(
            f"{os.fspath(path)} could not be written ({reason}); choose another place, or make its"
            " folder. Nothing of it is left"
        ) from error


def _replace(target: Path, text: str) -> None:
    draft = target.with_name(f".{uuid4().hex}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        with suppress(OSError):  # of a draft that never was
            draft.unlink(missing_ok=True)


_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """Path of a shipped file: in ``tradetrack/data``, or ``data`` or ``docs`` of a checkout.

    Parameters
    ----------
    name
        File name, such as ``"growth_regimes.csv"``.

    Raises
    ------
    FileNotFoundError
        When no shipped file has that name.

    Examples
    --------
    >>> data_path("growth_regimes.csv").name
    'growth_regimes.csv'
    """
    checkout = _PACKAGE.parents[1]
    folders = (_PACKAGE / "data", checkout / "data", checkout / "docs")
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    places = " nor ".join(str(folder) for folder in folders)
    raise FileNotFoundError(f"no shipped data file {name!r}: it is neither in {places}")


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
