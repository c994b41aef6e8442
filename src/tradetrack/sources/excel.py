"""Workbooks: a sheet of figures into a ledger, with the digits that its cells show.

A sheet holds a table in one of two layouts. In the long one a row is a figure and the columns are
those of a CSV file (`tradetrack.ledger.io`). In a wide one (`WideTable`) years stand across, and
flows or pairs down. Nothing is guessed: what a reader of the sheet does not see (hidden rows, a
formula that was never computed), or sees otherwise (an instant in place of a year, a number that
its format scales) is refused, and the error names the cell.
"""

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradetrack._checks import as_list, check_kind, check_mapping, check_whole
from tradetrack._format import counted, shorten
from tradetrack.domain.observation import clean, is_missing
from tradetrack.domain.window import window_ends
from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.io import Reading, collected, whole
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.parse import COLUMNS, MONTH_COLUMNS, Row, check_columns, from_rows
from tradetrack.ledger.rejected import RejectedRow, rejected
from tradetrack.sources.number_formats import shown
from tradetrack.sources.workbooks import Sheet, open_sheet

if TYPE_CHECKING:
    from openpyxl.cell import Cell

PathLike = str | os.PathLike[str]
_KNOWN = frozenset((*COLUMNS, *MONTH_COLUMNS))
_MONTHLY = frozenset(("window", "base", *MONTH_COLUMNS))
_HEADER_WITHIN = 50  # rows at the top of a sheet among which its header is looked for
_SERIAL = (10_000, 80_000)  # days since 1900 of a date that is kept as a number: 1927 to 2119
_ROWS = "rows are those of the sheet"
_DATE_NOISE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.|\*.')


@dataclass(frozen=True)
class WideTable:
    """A table with windows across: a row for each flow or pair, a column for each year.

    Attributes
    ----------
    rows
        For each label, what its figures are, by ledger column:
        ``{"Exports": {"flow": "kz_to_uz"}}``. Rows with other labels are rejected, unless the
        reader is told to skip them.
    labels
        Heading of the column of labels; the first column by default.
    windows
        Headings that are not windows, and the window of each: ``{"2025*": "2025-01..2025-09"}``.
        An empty window leaves the column out.

    Examples
    --------
    >>> WideTable({"Exports": {"flow": "kz_to_uz"}, "Imports": {"flow": "uz_to_kz"}}).labels
    ''
    """

    rows: Mapping[str, Mapping[str, str]]
    labels: str = ""
    windows: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse cells that a ledger does not have."""
        check_mapping("rows", self.rows, "pass cells by the label of the row")
        check_kind("labels", self.labels, str, "write the heading above the labels")
        check_mapping("windows", self.windows, "pass windows by heading")
        for label, cells in self.rows.items():
            _check_cells(f"the row {label!r}", cells)

    def window(self, heading: str) -> str | None:
        """Return the window of a heading, or None if it is not one."""
        if heading in self.windows:
            return self.windows[heading]
        try:
            window_ends(heading)
        except InputError:
            return None
        return heading


def read_excel(
    path: PathLike,
    *,
    sheet: str = "",
    header_row: int | None = None,
    skip: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    fill: Mapping[str, str] | None = None,
    layout: WideTable | None = None,
) -> Ledger:
    """Read a sheet of an Excel workbook; needs openpyxl (extra ``excel``).

    Numbers are read as they are shown: a cell that holds 3.48 under the format ``0.0`` is 3.5.

    Parameters
    ----------
    path
        A workbook (``.xlsx``, ``.xlsm``).
    sheet
        Name of the sheet; may be left out if only one is visible.
    header_row
        Row of the headings, as the sheet counts; by default the first one that has them. What
        stands above is a title.
    skip
        Rows to leave out, such as ``["Total", "Source:"]``: those whose first cell begins so.
    columns
        Ledger column of each heading that is named otherwise: ``{"Amount": "value"}``. An empty
        one leaves the column out.
    fill
        Cells that all rows share, by ledger column: ``{"unit": "usd_mn", "reporter": "UZ stat"}``.
        A row that says otherwise is right.
    layout
        How a wide table is laid out; by default each row is a figure.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    LedgerError
        If there is no such sheet or header, or listing every row that is not an observation.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from openpyxl import Workbook
    >>> book = Workbook()
    >>> for row in (["Trade, US$ bn"], ["", 2023, 2024], ["Turnover", 4.38, 3.82]):
    ...     book.active.append(row)
    >>> for cell in book.active[3]:
    ...     cell.number_format = "0.0"
    >>> with TemporaryDirectory() as folder:
    ...     book.save(f"{folder}/trade.xlsx")
    ...     ledger = read_excel(
    ...         f"{folder}/trade.xlsx",
    ...         layout=WideTable({"Turnover": {"flow": "turnover"}}),
    ...         fill={"pair": "KZ-UZ", "unit": "usd_bn", "reporter": "UZ stat",
    ...               "published": "2025-02"})
    >>> [str(row.figure) for row in ledger]
    ['4.4 usd bn', '3.8 usd bn']
    """
    reading = parse_excel(
        path,
        sheet=sheet,
        header_row=header_row,
        skip=skip,
        columns=columns,
        fill=fill,
        layout=layout,
    )
    return whole(reading, os.fspath(path), _ROWS)


def parse_excel(
    path: PathLike,
    *,
    sheet: str = "",
    header_row: int | None = None,
    skip: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    fill: Mapping[str, str] | None = None,
    layout: WideTable | None = None,
) -> Reading:
    """Read the rows of a sheet that are observations, and keep the others with a reason.

    A rejected row is numbered as the sheet does.

    Parameters
    ----------
    path, sheet, header_row, skip, columns, fill, layout
        As for `read_excel`.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    LedgerError
        If the workbook cannot be read, or has no such sheet or header.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from openpyxl import Workbook
    >>> book = Workbook()
    >>> book.active.append(["pair", "window", "value", "unit", "reporter", "published"])
    >>> book.active.append(["KZ-UZ", 2024, "=2+2", "usd_bn", "UZ stat", "2025-01"])
    >>> with TemporaryDirectory() as folder:
    ...     book.save(f"{folder}/trade.xlsx")
    ...     print(parse_excel(f"{folder}/trade.xlsx").rejected[0].problem)
    cell C2 holds a formula whose result is not in the file
    """
    if isinstance(skip, str):
        raise InputError("skip is a text; write a list of them, such as ['Total']")
    for word in as_list(skip):
        check_kind("word to skip", word, str, "write a list of texts, such as ['Total']")
    for name, given in (("columns", columns), ("fill", fill)):
        if given is not None:
            check_mapping(name, given, "pass texts by name")
    if header_row is not None:
        check_whole("header_row", header_row, 1)
    if layout is not None:
        check_kind("layout", layout, WideTable, "make one with WideTable")
    fill = dict(fill or {})
    _check_cells("fill", fill)
    table = _Table(open_sheet(path, sheet), tuple(skip), dict(columns or {}), fill, layout)
    return collected(from_rows(table.figures(header_row)))


def _check_cells(where: str, cells: Mapping[str, str]) -> None:
    check_mapping(f"cells of {where}", cells, "pass texts by column")
    for name, text in cells.items():
        if name not in _KNOWN or not isinstance(text, str):
            raise InputError(
                f"{where} has {name}={text!r}; write text, for one of {', '.join(sorted(_KNOWN))}",
                topic="columns",
            )


@dataclass(frozen=True)
class _Table:
    """A table of a sheet: where it is, and how its cells become those of a ledger."""

    sheet: Sheet
    skip: tuple[str, ...]
    columns: dict[str, str]
    fill: dict[str, str]
    layout: WideTable | None

    def figures(self, header_row: int | None) -> Iterator[tuple[int, Row | RejectedRow]]:
        """Yield the cells of each figure with the row on which it stands."""
        header = self._header_row(header_row)
        headings = self._headings(header)
        self.sheet.refuse_merged(header, max(headings, default=1))
        self.sheet.refuse_hidden(headings)
        if self.layout is None:
            named = [self.columns.get(text, text) for text in headings.values()]
            given = [name for name in named if name] + [k for k in self.fill if k not in named]
            check_columns(given, self.sheet.place)
        for row in self.sheet.rows(header + 1):
            filled = {cell.column: cell for cell in row if not _is_empty(cell)}
            if not filled or self._skipped(next(iter(filled.values()))):
                continue
            yield from self._row(row[0].row, filled, headings)

    def _row(
        self, number: int, cells: "dict[int, Cell]", headings: dict[int, str]
    ) -> Iterator[tuple[int, Row | RejectedRow]]:
        if self.sheet.hides(number):
            first = next(iter(cells.values()))
            problem = f"row {number} ({first.coordinate}) is hidden and holds something"
            yield number, _refused(number, "row", "", problem, "show the row, or delete it")
            return
        for column, cell in cells.items():
            if column not in headings:
                said = shorten(str(cell.value), 40)
                problem = f"cell {cell.coordinate} holds {said!r} and has no heading"
                yield number, _refused(number, "row", said, problem, "give it one, or empty it")
                return
        if self.layout is None:
            yield number, self._long(number, cells, headings)
        else:
            yield from ((number, row) for row in self._wide(number, cells, headings, self.layout))

    def _long(
        self, number: int, cells: "dict[int, Cell]", headings: dict[int, str]
    ) -> Row | RejectedRow:
        texts: dict[str, str] = {}
        percent = False
        for place, cell in cells.items():
            column = self.columns.get(headings[place], headings[place])
            if column:
                try:
                    text, is_share = self._text(column, cell)
                except InputError as error:
                    return _explained(number, column, cell, error)
                percent |= is_share
                if not is_missing(text):
                    texts[column] = text
        return _with_percent(number, {**self.fill, **texts}, percent)

    def _wide(
        self, number: int, cells: "dict[int, Cell]", headings: dict[int, str], layout: WideTable
    ) -> Iterator[Row | RejectedRow]:
        first = min(headings)
        at = next((place for place, text in headings.items() if text == layout.labels), first)
        label = clean(str(cells[at].value)) if at in cells else ""
        if label not in layout.rows:
            known = ", ".join(map(repr, layout.rows))
            problem = f"the row {label!r} is not declared in the layout, which has {known}"
            yield _refused(number, "flow", label, problem, "declare it in rows, or skip it")
            return
        for place, cell in cells.items():
            window = None if place == at else layout.window(headings[place])
            if place == at or window == "":
                continue
            if window is None:
                problem = f"the heading {headings[place]!r} of cell {cell.coordinate} is no window"
                yield _refused(
                    number,
                    "window",
                    headings[place],
                    problem,
                    "declare it in windows of the layout",
                )
                continue
            try:
                text, percent = self._text("value", cell)
            except InputError as error:
                yield _explained(number, "value", cell, error)
                continue
            if not is_missing(text):
                texts = {**self.fill, **layout.rows[label], "window": window, "value": text}
                yield _with_percent(number, texts, percent)

    def _text(self, column: str, cell: "Cell") -> tuple[str, bool]:
        """Return what a cell shows, and whether that is a percentage."""
        value = self.sheet.value(cell)
        if isinstance(value, str):
            return clean(value), False
        if isinstance(value, bool) or not isinstance(value, int | float | dt.date):
            raise InputError(f"holds {shorten(str(value), 40)!r}; write text or a number")
        if isinstance(value, dt.date):
            return _printed_date(column, value, cell.number_format), False
        if column == "value":
            return shown(value, cell.number_format)
        if column == "published" or (column in _MONTHLY and _SERIAL[0] < value < _SERIAL[1]):
            raise InputError(
                f"holds the number {value}; a spreadsheet keeps dates as numbers, so give the cell"
                " a date format, or write 2024-01-31",
                topic="date",
            )
        return shown(value, "General")

    def _header_row(self, header_row: int | None) -> int:
        if header_row is not None:
            if not any(self._headings(header_row)):
                raise LedgerError(
                    f"row {header_row} of {self.sheet.place} is empty; name that of the headings",
                    topic="workbook",
                )
            return header_row
        for row in self.sheet.rows(1, _HEADER_WITHIN):
            if self._is_header(set(self._headings(row[0].row).values())):
                return int(row[0].row)
        wanted = "two windows" if self.layout else "pair, value, unit, …"
        raise LedgerError(
            f"none of the first {counted(_HEADER_WITHIN, 'row')} of {self.sheet.place} has headings"
            f" ({wanted}); say where they are with header_row, and what they mean with columns",
            topic="workbook",
        )

    def _is_header(self, texts: set[str]) -> bool:
        if self.layout is not None:
            return sum(self.layout.window(text) is not None for text in texts) >= 2
        return len({self.columns.get(text, text) for text in texts} & _KNOWN) >= 2

    def _headings(self, row: int) -> dict[int, str]:
        """Return the headings of a row by column; a heading that is a year is a number."""
        found = {}
        for cell in next(self.sheet.rows(row, row), ()):
            value = self.sheet.value(cell)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, dt.date):
                value = _heading(value, cell.number_format)
            text = clean(str(value)) if value is not None else ""
            if text or (self.layout is not None and cell.column == 1):
                found[cell.column] = text
        return found if any(found.values()) else {}

    def _skipped(self, first: "Cell") -> bool:
        text = clean(str(first.value)).casefold()
        return any(text.startswith(word.casefold()) for word in self.skip)


def _heading(date: dt.date, number_format: str) -> str:
    """Return a date that heads a column: a window if it shows one."""
    try:
        return _printed_date("window", date, number_format)
    except InputError:
        return date.isoformat()


def _is_empty(cell: "Cell") -> bool:
    return cell.value is None or (isinstance(cell.value, str) and is_missing(clean(cell.value)))


def _with_percent(number: int, row: dict[str, str], percent: bool) -> Row | RejectedRow:
    """Return a row whose unit agrees with how its number is shown."""
    if percent and row.setdefault("unit", "percent") != "percent":
        problem = f"the number is shown as {row['value']} % and its unit is {row['unit']}"
        return _refused(number, "unit", row["unit"], problem, "write percent, or another format")
    return row


def _printed_date(column: str, date: dt.date, number_format: str) -> str:
    """Return a date as its format shows it: a day, a month or a year."""
    signs = _DATE_NOISE.sub("", number_format).casefold()
    if "y" in signs and "d" not in signs and "h" not in signs:
        text = f"{date:%Y-%m}" if "m" in signs else f"{date:%Y}"
        if column == "published" or column in _MONTHLY:
            return text
    if column == "value":
        raise InputError(
            f"is shown as the date {date:%Y-%m-%d}; give the cell a number format", topic="value"
        )
    if column in _MONTHLY:
        raise InputError(
            f"shows the day {date:%Y-%m-%d}, which does not say of what period; write 2024, 2024-12"
            " or 2024-01..2024-12, or show the month alone",
            topic="window",
        )
    return f"{date:%Y-%m-%d}"


def _explained(number: int, column: str, cell: "Cell", error: InputError) -> RejectedRow:
    problem, _, remedy = str(error).rpartition("; ")
    if not problem.startswith(("holds", "is ", "shows")):
        problem = f"cannot be read: {problem}"
    said = shorten(str(cell.value), 40)
    topic = error.topic if error.topic != "argument" else "workbook"
    return rejected(number, column, said, f"cell {cell.coordinate} {problem}", remedy, topic=topic)


def _refused(number: int, column: str, value: str, problem: str, remedy: str) -> RejectedRow:
    return rejected(number, column, value, problem, remedy, topic="workbook")
