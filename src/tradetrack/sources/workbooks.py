"""Workbooks as openpyxl opens them: one visible sheet, its formulas and what they last showed."""

import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tradetrack._checks import check_kind, check_path, shown
from tradetrack.errors import InputError, LedgerError, MissingExtraError

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_COMPOUND = b"\xd0\xcf\x11\xe0"  # begins an old .xls workbook, and one with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LARGEST = 1 << 29  # bytes of an unpacked workbook


@dataclass(frozen=True)
class Sheet:
    """A visible sheet.

    Attributes
    ----------
    place
        What messages call it.
    formulas, results
        The sheet as it was typed, and with the last results of its formulas.
    """

    place: str
    formulas: "Worksheet"
    results: "Worksheet"

    def rows(self, first: int, last: int | None = None) -> "Iterator[tuple[Cell, ...]]":
        """Yield the rows from one to another."""
        end = min(last or self.formulas.max_row, self.formulas.max_row)
        if first <= end:
            yield from cast(
                "Iterator[tuple[Cell, ...]]", self.formulas.iter_rows(min_row=first, max_row=end)
            )

    def value(self, cell: "Cell") -> object:
        """Return what a cell holds; of a formula, its last result.

        Raises
        ------
        InputError
            If that is not in the file, or is an error.
        """
        value: object = cell.value
        if cell.data_type == "f":
            result: Any = self.results[cell.coordinate]
            value = result.value
            if value is None:
                raise InputError(
                    "holds a formula whose result is not in the file; open the workbook in a"
                    " spreadsheet and save it, or paste values"
                )
            if result.data_type == "e":
                raise InputError(f"holds a formula whose result is {value}; correct the formula")
        if cell.data_type == "e":
            raise InputError(f"holds the error {value}; correct the cell, or empty it")
        return value

    def hides(self, row: int) -> bool:
        """Whether a row is hidden."""
        return bool(
            row in self.formulas.row_dimensions and self.formulas.row_dimensions[row].hidden
        )

    def refuse_hidden(self, columns: Iterable[int]) -> None:
        """Refuse a table of which a column is hidden.

        Raises
        ------
        LedgerError
            Naming the column.
        """
        wanted = set(columns)
        for letter, dimension in self.formulas.column_dimensions.items():
            span = set(range(dimension.min or 0, (dimension.max or 0) + 1))
            if dimension.hidden and span & wanted:
                raise LedgerError(
                    f"column {letter} of {self.place} is hidden; show it, or delete it",
                    topic="workbook",
                )

    def refuse_merged(self, first_row: int, last_column: int) -> None:
        """Refuse a table in which cells are merged: only one of them has what all show.

        Raises
        ------
        LedgerError
            Naming the cells.
        """
        for cells in self.formulas.merged_cells.ranges:
            if cells.max_row >= first_row and cells.min_col <= last_column:
                raise LedgerError(
                    f"the cells {cells.coord} of {self.place} are merged, so that only the first"
                    " holds what they show; unmerge them and fill each",
                    topic="workbook",
                )


def open_sheet(path: str | os.PathLike[str], name: str) -> Sheet:
    """Open a sheet of a workbook; without a name, the only visible one.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    LedgerError
        If the file is no workbook, has a password, or has no such visible sheet.
    """
    check_path(path)
    check_kind("sheet", name, str, "write its name")
    place = os.fspath(path)
    formulas = _workbook(path, results=False)
    visible = [sheet.title for sheet in formulas.worksheets if sheet.sheet_state == "visible"]
    if name and name in formulas.sheetnames and name not in visible:
        raise LedgerError(
            f"the sheet {shown(name)} of {place} is hidden, or is a chart; show it, or name another"
            f" ({', '.join(map(repr, visible))})",
            topic="workbook",
        )
    if (name and name not in visible) or (not name and len(visible) != 1):
        said = f"has no sheet {shown(name)}" if name else "has several sheets"
        raise LedgerError(
            f"{place} {said}; name one with sheet: {', '.join(map(repr, visible))}",
            topic="workbook",
        )
    title = name or visible[0]
    results = _workbook(path, results=True)
    return Sheet(f"the sheet {title!r} of {place}", formulas[title], results[title])


def _workbook(path: str | os.PathLike[str], *, results: bool) -> "Workbook":
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise MissingExtraError(
            'an Excel workbook needs openpyxl: pip install "tradetrack[excel]"'
        ) from error
    _check_file(Path(path))
    try:
        return load_workbook(path, data_only=results)
    except (
        InvalidFileException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
        OSError,
    ) as error:
        raise LedgerError(
            f"{os.fspath(path)} is not a workbook that can be read ({error}); save it as .xlsx",
            topic="workbook",
        ) from error


def _check_file(path: Path) -> None:
    """Say what a file is that is no workbook."""
    with path.open("rb") as file:
        head = file.read(4)
        if head == _COMPOUND:
            locked = _ENCRYPTED in head + file.read()
            what = (
                "is protected by a password" if locked else "is a workbook of the old .xls format"
            )
            remedy = "save it without one" if locked else "save it as .xlsx"
            raise LedgerError(f"{path} {what}; {remedy}", topic="workbook")
    if not zipfile.is_zipfile(path):
        raise LedgerError(
            f"{path} is no Excel workbook; save it as .xlsx, or read it with tt.read_csv if it is"
            " text",
            topic="workbook",
        )
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > _LARGEST:
            raise LedgerError(
                f"{path} is larger than {_LARGEST >> 20} MB unpacked; keep the table alone",
                topic="workbook",
            )
