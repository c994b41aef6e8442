"""The workbook of a tracking: sheets for the answer, the curve, the totals, the ledger, the audit.

Nothing in it runs: what begins like a formula is text, marked so that it stays text when somebody
edits it. A figure is a number where its number format shows what was printed, and text otherwise;
the sheet ``Ledger`` reads back as the ledger.
"""

import os
from collections.abc import Iterable, Sequence
from itertools import chain
from numbers import Integral
from typing import TYPE_CHECKING

from tradetrack._files import whole_file, writing
from tradetrack._format import inert, scrub
from tradetrack.attainment.sentences import sentence
from tradetrack.errors import InputError, MissingExtraError
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.parse import COLUMNS, to_row
from tradetrack.sources.number_formats import shown
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | float | int | None
_LONGEST = 32_767  # characters of a cell
_WIDEST = 60  # characters that a column shows


def write_excel(path: str | os.PathLike[str], tracking: Tracking, ledger: Ledger) -> None:
    """Write a tracking and its ledger as an Excel workbook; needs openpyxl (extra ``excel``).

    The sheets are ``Answer`` (a row a goal), ``Curve`` (a row a goal and year), ``Totals`` (the
    quantiles of yearly totals), ``Ledger`` (which `tradetrack.read_excel` reads back) and
    ``Findings``. The file appears whole or not at all.

    Parameters
    ----------
    path
        Where. A file that is there is replaced.
    tracking, ledger
        What to write.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    InputError
        If a text is longer than a cell can be.
    SinkError
        If the file cannot be written; nothing of it is left.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=100)
    >>> with TemporaryDirectory() as folder:
    ...     write_excel(f"{folder}/goal.xlsx", tracking, ledger)
    ...     tt.read_excel(f"{folder}/goal.xlsx", sheet="Ledger") == ledger
    True
    """
    if not isinstance(tracking, Tracking) or not isinstance(ledger, Ledger):
        raise InputError(
            f"write_excel takes a Tracking and a Ledger, not a {type(tracking).__name__} and a"
            f" {type(ledger).__name__}; pass what track returned, and the ledger"
        )
    book = _book()
    answer = tracking.to_frame()
    day = tracking.as_of.isoformat()
    answer["sentence"] = [sentence(found, day) for found in tracking.attainments]
    _fill(book.create_sheet("Answer"), *_table(answer))
    _fill(book.create_sheet("Curve"), *_table(tracking.curves()))
    _fill(book.create_sheet("Totals"), *_totals(tracking))
    _fill(book.create_sheet("Ledger"), COLUMNS, (tuple(to_row(row).values()) for row in ledger))
    _show_figures(book["Ledger"])
    found = ((f.kind, " ".join(f.rows), f.message, f.remedy) for f in tracking.findings)
    _fill(book.create_sheet("Findings"), ("kind", "rows", "message", "remedy"), found)
    with whole_file(path) as file, writing(path):
        book.save(file)


def _book() -> "Workbook":
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError(
            'an Excel workbook needs openpyxl: pip install "tradetrack[excel]"'
        ) from error
    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    return book


def _table(frame: "pd.DataFrame") -> tuple[Sequence[str], Iterable[Sequence[Cell]]]:
    rows = frame.itertuples(index=False, name=None)
    return tuple(map(str, frame.columns)), (tuple(map(_plain, row)) for row in rows)


def _totals(tracking: Tracking) -> tuple[Sequence[str], Iterable[Sequence[Cell]]]:
    """Return the heads and the rows of the quantiles; every series has the same levels."""
    levels = tracking.series_totals[0].levels if tracking.series_totals else ()
    heads = ("series", "reporter", "window", "unit", "year", *(f"q{level:g}" for level in levels))
    rows: Iterable[Sequence[Cell]] = (
        (str(t.series), t.reporter, t.window, t.series.unit, year.year, *year.quantiles)
        for t in tracking.series_totals
        for year in t.years
    )
    return heads, rows


def _plain(cell: object) -> Cell:
    """Return a cell of a frame; a missing one is empty."""
    if cell is None or type(cell).__name__ == "NAType" or cell != cell:
        return None
    if isinstance(cell, Integral):
        return int(cell)
    return cell if isinstance(cell, str | float) else str(cell)


def _fill(sheet: "Worksheet", heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    widths = [len(head) for head in heads]
    for number, row in enumerate(chain([heads], rows), 1):
        for place, value in enumerate(row):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, place + 1)
            if isinstance(value, str):
                text = scrub(value)
                _check_length(text, sheet.title, cell.coordinate)
                cell.value, cell.data_type = text, "s"
                cell.quotePrefix = inert(text) != text
                value = text
            else:
                cell.value = value
            widths[place] = max(widths[place], len(str(value)))
    for place, width in enumerate(widths, 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = min(width, _WIDEST) + 2
    sheet.freeze_panes = "A2"


def _check_length(text: str, sheet: str, place: str) -> None:
    if len(text) > _LONGEST:
        raise InputError(
            f"the text of cell {place} of the sheet {sheet} has {len(text):,} characters, and a"
            f" cell of a workbook holds {_LONGEST:,}; write the ledger with write_csv",
            topic="cell",
        )


def _show_figures(sheet: "Worksheet") -> None:
    """Make numbers of printed values where a number format shows them digit by digit."""
    column = COLUMNS.index("value") + 1
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, column)
        text = str(cell.value)
        places = len(text.partition(".")[2])
        number_format = ("#,##0" if "," in text else "0") + ("." + "0" * places if places else "")
        try:
            number = float(text.replace(",", ""))
        except ValueError:
            continue  # a range, or thousands apart by spaces
        if shown(number, number_format) == (text, False):
            cell.value, cell.number_format = number, number_format
            cell.quotePrefix = False
