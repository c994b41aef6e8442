"""From the cells of a table to observations, and back.

A table is read in three steps: its columns are checked (`check_columns`), each row becomes cells of
text (`csv_rows`, `frame_row`), and the cells of all rows become observations (`from_rows`). What
fails at any step is a `RejectedRow`, never lost. A JSON document holds observations whole
(`from_json`).
"""

import csv
import datetime as dt
import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from numbers import Real
from typing import Any

from pydantic import ValidationError

from tradetrack._format import typed
from tradetrack.domain.figure import GROWTH_UNITS, plain_text, split_unit, usual_qualifier
from tradetrack.domain.observation import (
    TURNOVER,
    Level,
    Observation,
    clean,
    clean_name,
    is_missing,
    observation_adapter,
)
from tradetrack.domain.value import single_keys
from tradetrack.domain.window import window_ends
from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.dialect import Dialect, fitting, named, separated_by
from tradetrack.ledger.rejected import RejectedRow, explain, rejected

SOURCE_COLUMNS = ("reporter", "side", "published", "document", "note", "set_aside")
COLUMNS = (
    *("id", "pair", "flow", "kind", "window", "base", "value", "unit", "qualifier"),
    *SOURCE_COLUMNS,
    *("series_unit", "coverage", "digit"),
)
MONTH_COLUMNS = ("start", "end", "base_start", "base_end")
SCHEMA_VERSION = 1
_SNIFFED = 100  # lines that are looked at to find the dialect
KINDS = ("level", "growth", "increment")
_REQUIRED = ("pair", "value", "unit", "reporter", "published")
_REMEDIES = {
    "pair": "write the two partners, for example KZ-UZ",
    "window": "write the months covered: 2024, 2025-09 or 2025-01..2025-09",
    "value": "write the number as printed, or delete the row if none was",
    "unit": "write for example usd_bn, or percent or times for growth",
    "published": "write YYYY-MM-DD, or YYYY-MM if only the month is known",
    "start": "write the first month as YYYY-MM",
    "end": "write the last month as YYYY-MM",
    "base_start": "write the first month of the base as YYYY-MM",
    "base_end": "write the last month of the base as YYYY-MM",
}
_MONTHLY = ("window", "base", *MONTH_COLUMNS)
Row = Mapping[str, str]
"""The cells of a row that are not empty, as text, by column."""
Outcome = Observation | RejectedRow


def check_columns(columns: Sequence[str], source: str) -> None:
    """Refuse a table whose columns are unknown, repeated or incomplete.

    Raises
    ------
    LedgerError
        Naming each such column, and for an unknown one the nearest known name.
    """
    known = [*COLUMNS, *MONTH_COLUMNS]
    problems = []
    for column in dict.fromkeys(columns):
        if columns.count(column) > 1:
            problems.append(f"column {column!r} appears twice (keep one)")
        elif not column:
            problems.append("a column has no name (name it or delete it)")
        elif column not in known:
            near = difflib.get_close_matches(column.casefold(), known, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            problems.append(f"unknown column {column!r} ({hint})")
    missing = [name for name in _REQUIRED if name not in columns]
    if "window" not in columns and not {"start", "end"} <= set(columns):
        missing.insert(0, "window (or start and end)")
    if missing:
        problems.append(f"no column {', '.join(missing)}: add it")
    if problems:
        raise LedgerError(
            f"the columns of {source} cannot be read: {'; '.join(problems)}", topic="columns"
        )


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


def csv_rows(
    stream: Iterable[str], name: str, dialect: Dialect
) -> Iterator[tuple[int, Row | RejectedRow]]:
    """Yield the rows of a CSV stream with the line on which each starts; empty ones are left out.

    Raises
    ------
    LedgerError
        If it is not text of this dialect with the right columns; says which dialect it would be.
    """
    lines = _without_hints(stream, name, dialect)
    reader = csv.reader(lines, strict=True, delimiter=dialect.sep)
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            cells = [clean(cell) for cell in cells]
            if not any(cells):
                continue
            if not header:
                header = _without_empty_ends(cells)
                _check_separator(header, lines, name, dialect)
                check_columns(header, name)
            else:
                yield line, _csv_row(line, header, cells, dialect)
    except csv.Error as error:
        raise LedgerError(
            f"{name} is not CSV from line {start} on: {error}; check the quotes there",
            topic="table",
        ) from None
    if not header:
        raise LedgerError(f"{name} is empty; it needs a header line at least", topic="table")


def _csv_row(
    line: int, header: Sequence[str], cells: Sequence[str], dialect: Dialect
) -> Row | RejectedRow:
    """Return the cells of a line that hold something; beyond the header, nothing may be."""
    if any(cells[len(header) :]) or len(cells) < len(header):
        problem = f"the row has {len(cells)} cells and the header {len(header)}"
        remedy = f"quote a cell that holds {dialect.sep!r}"
        if len(cells) < len(header):
            remedy = f"write {dialect.sep!r} for each empty cell, at the end too"
        return rejected(line, header[0], cells[0], problem, remedy, topic="table")
    row = {key: typed(cell) for key, cell in zip(header, cells, strict=False) if cell}
    row = {key: cell for key, cell in row.items() if not is_missing(cell)}
    try:
        return row | ({"value": dialect.number(row["value"])} if "value" in row else {})
    except InputError as error:
        problem, _, remedy = str(error).rpartition("; ")
        return rejected(line, "value", row["value"], problem, remedy)


def _without_empty_ends(header: Sequence[str]) -> list[str]:
    """Leave out the nameless columns that a spreadsheet writes behind a table."""
    last = max(number for number, cell in enumerate(header) if cell)
    return list(header[: last + 1])


def _check_separator(
    header: Sequence[str], lines: Iterator[str], name: str, dialect: Dialect
) -> None:
    sign = separated_by(header, dialect.sep)
    if sign:
        remedy = fitting(sign, header[0], list(islice(lines, _SNIFFED)))
        raise LedgerError(
            f"{name} is separated by {named(sign)}; read it with {remedy}", topic="table"
        )


def _without_hints(lines: Iterable[str], name: str, dialect: Dialect) -> Iterator[str]:
    """Leave out a byte-order mark, and the line ``sep=;`` with which a spreadsheet may begin."""
    for number, line in enumerate(lines):
        first = line if number else line.removeprefix("\ufeff")
        if number or first[:4].casefold() != "sep=":
            yield first
        elif first[4:].strip("\r\n") == dialect.sep:
            yield "\n"  # lines keep their numbers
        else:
            raise LedgerError(
                f"{name} begins with {first.strip()!r}; read it with sep={first[4:5]!r}",
                topic="table",
            )


def frame_row(number: int, row: Mapping[str, object]) -> Row | RejectedRow:
    """Return the cells of a data frame's row that hold something, as a person would write them."""
    cells = {}
    for column, value in row.items():
        if _is_nothing(value):
            continue
        try:
            text = _text(column, value)
        except InputError as error:
            problem, _, remedy = str(error).rpartition("; ")
            return rejected(number, column, str(value), problem, remedy)
        if text and not is_missing(text):
            cells[column] = text
    as_number = "value" in cells and not isinstance(row["value"], str)
    if as_number and cells.setdefault("qualifier", "exact") in ("rounded", "truncated"):
        problem = f"a number has no printed digits, and {cells['qualifier']} is about digits"
        remedy = "read the column as text (dtype=str in pandas), or leave the qualifier out"
        return rejected(number, "value", cells["value"], problem, remedy)
    return cells


def _is_nothing(value: object) -> bool:
    nothing = value is None or type(value).__name__ in ("NAType", "NaTType")
    return nothing or (isinstance(value, Real) and value != value)


def _text(column: str, value: object) -> str:
    """Return a cell as a person would write it.

    Raises
    ------
    InputError
        If nobody would write it so.
    """
    if isinstance(value, str):
        return clean(value)
    if type(value).__name__ == "Period":
        return _period(column, value)
    if isinstance(value, dt.date):
        return _day(column, value)
    try:
        text = plain_text(value)
    except InputError:
        raise InputError(
            f"a cell of type {type(value).__name__} is not text; write it as text"
        ) from None
    # 2024.0 is what a column of years becomes when one of them is missing.
    return text if column == "value" else text.removesuffix(".0")


def _period(column: str, period: Any) -> str:
    """Return the months of a period of pandas, which is a whole one."""
    first, last = f"{period.start_time:%Y-%m}", f"{period.end_time:%Y-%m}"
    if column.endswith(("start", "end")):
        return first if column.endswith("start") else last
    return f"{first}..{last}"


def _day(column: str, day: dt.date) -> str:
    """Return a day; where months are meant, one names none.

    A timestamp in place of a period is its first day to some programs, its last to others, and the
    day after to a third kind; in another time zone it is in another month.
    """
    if column in _MONTHLY:
        raise InputError(
            f"{day.isoformat()} is a day, which does not say of what period; write 2024, 2024-12"
            " or 2024-01..2024-12",
            topic="window",
        )
    return day.isoformat()[:10]


def from_rows(rows: Iterable[tuple[int, Row | RejectedRow]]) -> list[Outcome]:
    """Read numbered rows; growth takes its series' unit from the levels of the same pair.

    Examples
    --------
    >>> row = {"pair": "KZ-UZ", "window": "2024", "value": "4.2", "unit": "usd_bn",
    ...        "reporter": "UZ stat", "published": "2025-01"}
    >>> print(from_rows([(2, row)])[0])
    KZ-UZ turnover 2024 4.2 usd bn (UZ stat, published 2025-01)
    """
    rows = list(rows)
    outcomes: list[Outcome | None] = [None] * len(rows)
    units: dict[str, list[str]] = {}
    for place, (number, row) in enumerate(rows):
        if isinstance(row, RejectedRow):
            outcomes[place] = row
        elif _kind(row) != "growth":
            outcome = outcomes[place] = _observe(number, row, _series_unit(row))
            if isinstance(outcome, Level) and outcome.series.unit not in units.setdefault(
                outcome.series.pair, []
            ):
                units[outcome.series.pair].append(outcome.series.unit)
    for place, (number, row) in enumerate(rows):
        if not isinstance(row, RejectedRow) and outcomes[place] is None:
            own = units.get(clean_name(row.get("pair", "")), ["usd_bn"])
            outcomes[place] = _growth(number, row, own)
    return without_repeats(
        (number, outcome) for (number, _), outcome in zip(rows, outcomes, strict=True) if outcome
    )


def _kind(row: Row) -> str:
    return row.get("kind") or ("growth" if row.get("unit") in GROWTH_UNITS else "level")


def _series_unit(row: Row) -> str:
    if "series_unit" in row:
        return row["series_unit"]
    try:
        return f"{split_unit(row.get('unit', ''))[0]}_bn"
    except InputError:
        return "usd_bn"  # the figure is rejected for its unit all the same


def _growth(number: int, row: Row, units: Sequence[str]) -> Outcome:
    if "series_unit" not in row and len(units) > 1:
        problem = f"the levels of the pair are in {' and in '.join(units)}"
        return rejected(number, "series_unit", "", problem, "write which this growth is about")
    return _observe(number, row, row.get("series_unit") or units[0])


def _observe(number: int, row: Row, series_unit: str) -> Outcome:
    for column in _REQUIRED:
        if column not in row and column != "reporter":  # an unknown source has no reporter
            return rejected(number, column, "", "the cell is empty", _REMEDIES[column])
    kind = _kind(row)
    if kind not in KINDS:
        remedy = "write level, growth or increment"
        return rejected(number, "kind", kind, "it is no kind of figure", remedy)
    nested: dict[str, object] = {
        "kind": kind,
        "series": {
            "pair": row["pair"],
            "flow": row.get("flow", TURNOVER),
            "unit": series_unit,
            "coverage": row.get("coverage", ""),
        },
        "figure": {
            "text": row["value"],
            "unit": row["unit"],
            "qualifier": row.get("qualifier", usual_qualifier(row["value"])),
            "digit": row.get("digit"),
        },
    }
    for name, ends in (("window", ("start", "end")), ("base", ("base_start", "base_end"))):
        wrong = _misplaced_window(number, row, name, ends)
        if wrong is not None:
            return wrong
        try:
            if name in row or ends[0] in row:
                nested[name] = _window(row, name, ends)
        except InputError as error:
            problem, _, remedy = str(error).rpartition("; ")
            return rejected(number, name, row[name], problem, remedy, topic=error.topic)
    for name in ("id", *SOURCE_COLUMNS):
        nested[name] = row.get(name, "")
    return _validate(number, nested, row)


def _misplaced_window(
    number: int, row: Row, name: str, ends: tuple[str, str]
) -> RejectedRow | None:
    given = [column for column in (name, *ends) if column in row]
    if name == "base" and given and _kind(row) == "level":
        problem = "a level is not compared with anything"
        remedy = "empty it, or make kind growth or increment"
        return rejected(number, given[0], row[given[0]], problem, remedy)
    if name == "base" and not given and _kind(row) != "level":
        problem = f"{_kind(row)} needs the window it is compared with"
        remedy = "write it in base, for example 2024-01..2024-09"
        return rejected(number, name, "", problem, remedy)
    if name in given and len(given) > 1:
        problem = f"the months are also given in {' and '.join(given[1:])}"
        return rejected(number, name, row[name], problem, "keep one of the two ways")
    if len(given) == 1 and name not in given:
        column = next(end for end in ends if end not in given)
        return rejected(number, column, "", "the cell is empty", _REMEDIES[column])
    if not given and name == "window":
        return rejected(number, name, "", "the cell is empty", _REMEDIES[name])
    return None


def _window(row: Row, name: str, ends: tuple[str, str]) -> dict[str, str]:
    if name not in row:
        return {"start": row[ends[0]], "end": row[ends[1]]}
    return dict(zip(("start", "end"), window_ends(row[name]), strict=True))


def _validate(number: int, nested: object, row: Row) -> Outcome:
    try:
        return observation_adapter.validate_python(nested)
    except ValidationError as error:
        return explain(number, error, row)


def without_repeats(outcomes: Iterable[tuple[int, Outcome]]) -> list[Outcome]:
    """Reject rows that repeat another in every cell, or use its id."""
    kept: list[Outcome] = []
    ids: dict[str, int] = {}
    seen: dict[Observation, int] = {}
    for number, outcome in outcomes:
        if isinstance(outcome, RejectedRow):
            kept.append(outcome)
            continue
        if outcome.id in ids:
            problem = f"row {ids[outcome.id]} already has this id"
            kept.append(rejected(number, "id", outcome.id, problem, "give each row its own"))
        elif outcome in seen:
            problem = f"it repeats row {seen[outcome]} in every cell"
            kept.append(
                rejected(number, "value", outcome.figure.text, problem, "delete one", topic="id")
            )
        else:
            kept.append(outcome)
            seen[outcome] = number
            ids |= {outcome.id: number} if outcome.id else {}
    return kept


def from_json(text: str, source: str) -> list[Outcome]:
    """Read the observations of a JSON document as `Ledger.to_json` writes it.

    Raises
    ------
    LedgerError
        If the text is not such a document at all.
    """
    try:
        document = json.loads(text, object_pairs_hook=single_keys)
    except InputError as error:
        raise LedgerError(f"{source}: {error}", topic="json") from None
    except (ValueError, RecursionError) as error:
        raise LedgerError(
            f"{source} is not JSON: {error}; write it with to_json", topic="json"
        ) from None
    items = document.get("observations") if isinstance(document, dict) else None
    if not isinstance(items, list) or document.get("schema_version") != SCHEMA_VERSION:
        raise LedgerError(
            f"{source} is not a ledger: it should be an object with 'schema_version':"
            f" {SCHEMA_VERSION} and a list of 'observations'; write it with to_json",
            topic="json",
        )
    return without_repeats(
        (number, _validate(number, item, {})) for number, item in enumerate(items)
    )


def to_row(observation: Observation) -> dict[str, str]:
    """Write an observation as a row with every column.

    Examples
    --------
    >>> from tradetrack.domain.figure import Figure
    >>> from tradetrack.domain.observation import Series
    >>> from tradetrack.domain.window import Window
    >>> row = to_row(Level(series=Series(pair="KZ-UZ"), window=Window.calendar_year(2024),
    ...                    figure=Figure.of("4.2", "usd_bn"), reporter="UZ stat",
    ...                    published="2025-01"))
    >>> row["window"], row["value"], row["qualifier"]
    ('2024', '4.2', 'rounded')
    """
    series, figure = observation.series, observation.figure
    return {
        "id": observation.id,
        "pair": series.pair,
        "flow": series.flow,
        "kind": observation.kind,
        "window": str(observation.window),
        "base": "" if isinstance(observation, Level) else str(observation.base),
        "value": figure.text,
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "reporter": observation.reporter,
        "side": observation.side,
        "published": observation.published,
        "document": observation.document,
        "note": observation.note,
        "set_aside": observation.set_aside,
        "series_unit": series.unit,
        "coverage": series.coverage,
        "digit": "" if figure.digit is None else plain_text(figure.digit),
    }
