"""What a command reads: a ledger, the goals requested, the tables of a panel."""

import csv
import io
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pydantic import ValidationError

import tradetrack as tt
from tradetrack.cli.options import not_a_number
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import CONSENSUS
from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.window import last_complete_year
from tradetrack.ledger.dialect import Dialect
from tradetrack.ledger.parse import separator_complaint

if TYPE_CHECKING:
    import pandas as pd

SHIPPED = "kazakhstan_uzbekistan"
COLUMNS = ("amount", "by", "window", "pair", "flow", "reporter", "name")
_LONGEST_HEADER = 10_000
_RECENT = 8  # years of origins, unless dates are given
_NO_GOAL = "there is no goal; add --goal 10 --by 2030, or --goals FILE"


class _StandardInput(io.StringIO):
    """Text of standard input, which messages call by its name."""

    name = "standard input"


@dataclass(frozen=True)
class GoalOptions:
    """The options that say which goals are requested, as they were typed.

    Attributes
    ----------
    amounts, deadlines
        Of single goals; one deadline for all, or one for each.
    table
        A CSV file of goals, or nothing.
    pair, flow, reporter, rolling
        What all goals share, unless a row of the table says otherwise.
    """

    amounts: Sequence[float] = ()
    deadlines: Sequence[int] = ()
    table: str = ""
    pair: str = ""
    flow: str = ""
    reporter: str = CONSENSUS
    rolling: bool = False


def years(text: str) -> range:
    """Read a year, or the first and the last.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> years("2015:2024")
    range(2015, 2025)
    """
    first, colon, last = text.partition(":")
    ends = first, last if colon else first
    if not all(end.isascii() and end.isdecimal() and len(end) == 4 for end in ends):
        raise tt.InputError(
            f"{text!r} is no span of years; write 2024 or 2015:2024", topic="window"
        )
    return range(int(ends[0]), int(ends[1]) + 1)


@dataclass(frozen=True)
class Written:
    r"""The options that say how a ledger is written, as they were typed.

    Attributes
    ----------
    sep, decimal, thousands, encoding
        Of a CSV file; a tab is hard to type, so its name will do.
    sheet
        Of a workbook.
    unit, rates
        In which unit to take it: the rows in its currency, or all of them by a table of rates.

    Examples
    --------
    >>> Written(sep="tab").dialect.sep
    '\t'
    """

    sep: str = ","
    decimal: str = "."
    thousands: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    unit: str = ""
    rates: str = ""

    @property
    def dialect(self) -> Dialect:
        """Of a CSV file."""
        signs = {"tab": "\t", "\\t": "\t"}
        sep = signs.get(self.sep, self.sep)
        return Dialect(sep, self.decimal, self.thousands or None, self.encoding)

    def in_one_currency(self, ledger: tt.Ledger) -> tt.Ledger:
        """Return the rows of one currency, or all of them in it; by default the ledger.

        Raises
        ------
        InputError
            If there are none, or the table of rates has a gap.
        """
        if self.rates:
            return ledger.converted(tt.Rates.read_csv(self.rates), self.unit or "usd_bn")
        if self.unit:
            chosen = ledger.select(currency=split_unit(self.unit)[0])
            return chosen.converted(tt.Rates(rows=()), self.unit)
        return ledger


_PLAINLY = Written()


def parse_ledger(source: str, written: Written = _PLAINLY) -> tt.results.Reading:
    """Read a ledger, and keep the rows that cannot be read with a reason.

    Parameters
    ----------
    source
        A CSV, JSON or Excel file, ``-`` for standard input, or nothing for the shipped ledger.
    written
        How it is written.

    Raises
    ------
    InputError
        If it is not a table of figures at all.
    OSError
        If the file cannot be opened.
    """
    if not source:
        return tt.results.Reading(tt.datasets.kazakhstan_uzbekistan(), ())
    kind = Path(source).suffix.casefold()
    if kind in (".xlsx", ".xlsm"):
        return tt.parse_excel(source, sheet=written.sheet)
    if written.sheet:
        raise tt.InputError(
            f"{name(source)} is no Excel workbook, so it has no sheets; leave --sheet out",
            topic="workbook",
        )
    dialect = written.dialect
    if source != "-":
        return tt.parse_json(source) if kind == ".json" else _parse_csv(source, dialect)
    try:
        text = _standard_input().decode(dialect.encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        reason = getattr(error, "reason", error)
        shown = "UTF-8" if dialect.encoding == "utf-8" else dialect.encoding
        raise tt.InputError(
            f"{name(source)} is not {shown} text ({reason}); save it so, or name its encoding",
            topic="encoding",
        ) from None
    stream = _StandardInput(text, newline="")
    if text.lstrip()[:1] in ("{", "["):
        return tt.parse_json(stream)
    return _parse_csv(stream, replace(dialect, encoding="utf-8"))


def _parse_csv(source: str | TextIO, written: Dialect) -> tt.results.Reading:
    return tt.parse_csv(
        source,
        sep=written.sep,
        decimal=written.decimal,
        thousands=written.thousands,
        encoding=written.encoding,
    )


def read_ledger(source: str, written: Written = _PLAINLY) -> tt.Ledger:
    """Read a ledger, or refuse it, naming its first bad row in one line.

    Examples
    --------
    >>> read_ledger("").pairs
    ('KZ-UZ',)
    """
    reading = parse_ledger(source, written)
    if reading.rejected:
        more = len(reading.rejected) - 1
        rest = f" (and {more} more; tradetrack check lists all)" if more else ""
        raise tt.errors.LedgerError(
            f"{name(source)}: {reading.rejected[0]}{rest}",
            reading.rejected,
            topic=reading.rejected[0].topic,
        )
    return written.in_one_currency(reading.ledger)


def read_goals(requested: GoalOptions, ledger: tt.Ledger, *, announced: bool) -> list[tt.Goal]:
    """Return the goals requested.

    Parameters
    ----------
    requested
        The options that were typed.
    ledger
        Names pairs and units.
    announced
        Whether to take the goals that come with the shipped ledger if none is requested.

    Raises
    ------
    InputError
        If there is none, or one cannot be; names its row.
    """
    rows = list(_typed_rows(requested))
    if requested.table:
        rows += _table_rows(requested.table)
        if not rows:
            raise tt.errors.GoalError(
                f"{requested.table} has no goal; give it a row per goal: amount, by"
            )
    if not rows and announced:
        return list(tt.datasets.goals(SHIPPED))
    if not rows:
        raise tt.errors.GoalError(_NO_GOAL)
    return [_goal(where, {**_shared(requested), **row}, ledger) for where, row in rows]


def recent_origins(ledger: tt.Ledger) -> list[str]:
    """Return the ends of the last years, up to the one before the last complete year.

    Raises
    ------
    InputError
        If the ledger has no figures that count.
    """
    if not len(ledger.current):
        raise tt.InputError(
            "the ledger has no figures that count; add at least one level", topic="empty-ledger"
        )
    last = last_complete_year(ledger.current.last_month)
    return [f"{year}-12-31" for year in range(last - _RECENT, last)]


def read_table(path: str) -> "pd.DataFrame":
    """Read a CSV or Parquet file; the cells of a CSV file stay text, which `track_panel` reads.

    Parameters
    ----------
    path
        The file; Parquet if its name ends so, CSV otherwise; ``-`` for CSV on standard input.
    """
    import pandas as pd

    if Path(path).suffix.casefold() in (".parquet", ".pq"):
        return _parquet(path)
    stream = io.BytesIO(_standard_input()) if path == "-" else path
    _check_separator(_header(stream), path)
    try:
        with warnings.catch_warnings():  # pandas only warns of a row that is too long
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                stream, dtype=str, keep_default_na=False, na_values=[""], index_col=False
            )
    except pd.errors.ParserWarning:
        raise tt.InputError(
            f"{name(path)} has rows with more cells than the header; quote commas", topic="table"
        ) from None
    except ValueError as error:  # also pandas' errors on broken rows and encodings
        raise tt.InputError(
            f"{name(path)} is not CSV UTF-8: {error}; correct it", topic="table"
        ) from error


def name(source: str) -> str:
    """Say what a source is, for people."""
    return "standard input" if source == "-" else source


def read_text() -> str:
    """Read standard input as UTF-8 text.

    Raises
    ------
    InputError
        If it is no such text.
    """
    try:
        return _standard_input().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise tt.InputError(
            f"standard input is not UTF-8 text ({error.reason}); save it so", topic="encoding"
        ) from None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise tt.InputError("standard input is closed; name a file in place of -", topic="table")
    return sys.stdin.buffer.read()


def _parquet(path: str) -> "pd.DataFrame":
    import pandas as pd

    try:
        return pd.read_parquet(path)
    except ImportError as error:
        raise tt.errors.MissingExtraError(
            'Parquet needs pyarrow: pip install "tradetrack[cluster]"'
        ) from error
    except ValueError as error:
        raise tt.InputError(f"{path} is not a Parquet file: {error}", topic="table") from error


def _header(stream: io.BytesIO | str) -> list[str]:
    """Return the cells of the first line; none of what can be read only once, such as a pipe."""
    if isinstance(stream, io.BytesIO):
        line = stream.getvalue().partition(b"\n")[0]
    elif Path(stream).is_file():
        with Path(stream).open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
    else:
        return []
    return next(csv.reader([line.decode("utf-8-sig", "replace").strip("\r\n")]), [])


def _check_separator(header: Sequence[str], path: str) -> None:
    complaint = separator_complaint(header, name(path))
    if complaint:
        raise tt.InputError(complaint, topic="table")


def _shared(requested: GoalOptions) -> dict[str, str]:
    """What every goal has unless its row says otherwise."""
    return {
        "window": "rolling_year" if requested.rolling else "calendar_year",
        "pair": requested.pair,
        "flow": requested.flow,
        "reporter": requested.reporter,
    }


def _typed_rows(requested: GoalOptions) -> Iterator[tuple[str, dict[str, str]]]:
    """Return each ``--goal`` with its deadline as a row of a table."""
    amounts, deadlines = requested.amounts, requested.deadlines
    if len(deadlines) not in (0, 1, len(amounts)):
        raise tt.InputError(
            f"{len(deadlines)} times --by for {len(amounts)} times --goal;"
            " give one for all, or one for each",
            topic="goal",
        )
    for option, given in _needs_goal(requested).items():
        if given and not amounts:
            raise tt.InputError(
                f"{option} without --goal; say which amount, as in --goal 10 --by 2030",
                topic="goal",
            )
    years = [*deadlines] * len(amounts) if len(deadlines) == 1 else deadlines
    for amount, by in zip_longest(amounts, years):
        deadline = {} if by is None else {"by": str(by)}
        yield f"--goal {amount:g}", {"amount": repr(amount)} | deadline


def _needs_goal(requested: GoalOptions) -> dict[str, object]:
    """Options that mean nothing without ``--goal``; a table's goals share all but the deadline."""
    deadline: dict[str, object] = {"--by": requested.deadlines}
    if requested.table:
        return deadline
    return deadline | {
        "--pair": requested.pair,
        "--flow": requested.flow,
        "--reporter": requested.reporter != CONSENSUS,
        "--rolling": requested.rolling,
    }


def _table_rows(path: str) -> list[tuple[str, dict[str, str]]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        try:
            reader = csv.DictReader(file, strict=True)
            _check_separator(reader.fieldnames or (), path)
            unknown = [column for column in reader.fieldnames or () if column not in COLUMNS]
            if unknown or "amount" not in (reader.fieldnames or ()):
                wrong = f"no column {unknown[0]!r} is known" if unknown else "no column 'amount'"
                raise tt.InputError(
                    f"{path}: {wrong}; the columns are {', '.join(COLUMNS)}", topic="columns"
                )
            return [
                (f"{path}, row {reader.line_num}", _filled(row, f"{path}, row {reader.line_num}"))
                for row in reader
            ]
        except (csv.Error, UnicodeDecodeError) as error:
            raise tt.InputError(
                f"{path} is not CSV UTF-8: {error}; correct it", topic="table"
            ) from error


def _filled(row: Mapping[str | None, str | list[str] | None], where: str) -> dict[str, str]:
    if None in row:
        raise tt.InputError(
            f"{where}: it has more cells than the header; quote commas", topic="table"
        )
    texts = {key: cell.strip() for key, cell in row.items() if key and isinstance(cell, str)}
    return {key: text for key, text in texts.items() if text}


def _goal(where: str, row: Mapping[str, str], ledger: tt.Ledger) -> tt.Goal:
    if "amount" not in row:
        raise tt.errors.GoalError(f"{where}: the amount is missing; write the level to reach")
    try:
        fields: dict[str, object] = {key: row[key] for key in ("window", "reporter")}
        fields |= {key: row[key] for key in ("amount", "by", "name") if key in row}
        return tt.Goal.model_validate({**fields, "series": _series(row, ledger)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        cause = first.get("ctx", {}).get("error")
        cell = ".".join(map(str, first["loc"]))
        if isinstance(cause, tt.InputError):
            raise tt.errors.GoalError(f"{where}: {cause}", topic=cause.topic) from error
        problem = first["msg"]
        if first["type"] == "float_parsing":
            problem = not_a_number(first["input"])
        elif first["type"] == "int_parsing":
            problem = f"{first['input']!r} is not a year; write it as 2030"
        raise tt.errors.GoalError(f"{where}: {cell}: {problem}") from error


def _series(row: Mapping[str, str], ledger: tt.Ledger) -> tt.Series | None:
    """Return the series that a row names, in the unit of the ledger's levels; None if it does not.

    `track` checks that the ledger has it.
    """
    if not (row["pair"] or row["flow"]):
        return None
    pairs = ledger.pairs
    if not row["pair"] and len(pairs) != 1:
        raise tt.errors.GoalError(
            f"a flow needs a pair; the ledger has {', '.join(pairs) or 'none'}",
            topic="several-pairs",
        )
    pair = row["pair"] or pairs[0]
    units = [seen.series.unit for seen in ledger if seen.series.pair == pair]
    return tt.Series(pair=pair, flow=row["flow"] or TURNOVER, unit=units[0] if units else "usd_bn")
