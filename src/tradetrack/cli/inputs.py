"""What a command reads: a ledger, and the tables of a panel."""

import csv
import io
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import tradetrack as tt
from tradetrack.cli.options import LedgerOptions
from tradetrack.domain.figure import split_unit
from tradetrack.domain.window import last_complete_year
from tradetrack.ledger.dialect import Dialect
from tradetrack.ledger.parse import separator_complaint

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_HEADER = 10_000
_RECENT = 8  # years of origins, or quarters of a history, unless dates are given


class _StandardInput(io.StringIO):
    """Text of standard input, which messages call by its name."""

    name = "standard input"


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


def dialect(figures: LedgerOptions) -> Dialect:
    r"""Return the dialect of a CSV ledger; a tab is hard to type, so its name will do.

    Examples
    --------
    >>> dialect(LedgerOptions(sep="tab")).sep
    '\t'
    """
    signs = {"tab": "\t", "\\t": "\t"}
    sep = signs.get(figures.sep, figures.sep)
    return Dialect(sep, figures.decimal, figures.thousands or None, figures.encoding)


@dataclass(frozen=True)
class Conversion:
    """A table of rates and the unit into which it converts, as the options name them."""

    rates: tt.Rates
    unit: str

    @classmethod
    def of(cls, figures: LedgerOptions) -> "Conversion | None":
        """Read the table, if one is named.

        Raises
        ------
        InputError
            If it cannot be read.
        """
        if not figures.rates:
            return None
        return cls(tt.Rates.read_csv(figures.rates), figures.unit or "usd_bn")

    def goal(self, goal: tt.Goal) -> tt.Goal:
        """Return a goal with its amount in the unit."""
        return self.rates.converted_goal(goal, self.unit)


def of_one_kind(
    ledger: tt.Ledger, figures: LedgerOptions, conversion: Conversion | None
) -> tt.Ledger:
    """Return the rows of one coverage in one currency, as far as the options choose.

    Raises
    ------
    InputError
        If there are none, or the table of rates has a gap.
    """
    if figures.coverage:
        ledger = ledger.select(coverage=figures.coverage)
    if conversion is not None:
        return ledger.converted(conversion.rates, conversion.unit)
    if figures.unit:
        chosen = ledger.select(currency=split_unit(figures.unit)[0])
        return chosen.converted(tt.Rates(rows=()), figures.unit)
    return ledger


def parse_ledger(figures: LedgerOptions) -> tt.results.Reading:
    """Read a ledger, and keep the rows that cannot be read with a reason.

    Parameters
    ----------
    figures
        Its source is a CSV, JSON or Excel file, ``-`` for standard input, or nothing for the
        shipped ledger.

    Raises
    ------
    InputError
        If it is not a table of figures at all.
    OSError
        If the file cannot be opened.
    """
    source, written = figures.source, dialect(figures)
    if not source:
        return tt.results.Reading(tt.datasets.kazakhstan_uzbekistan(), ())
    kind = Path(source).suffix.casefold()
    if kind in (".xlsx", ".xlsm"):
        return tt.parse_excel(source, sheet=figures.sheet)
    if figures.sheet:
        raise tt.InputError(
            f"{name(source)} is no Excel workbook, so it has no sheets; leave --sheet out",
            topic="workbook",
        )
    if source != "-":
        return tt.parse_json(source) if kind == ".json" else _parse_csv(source, written)
    try:
        text = _standard_input().decode(written.encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        reason = getattr(error, "reason", error)
        shown = "UTF-8" if written.encoding == "utf-8" else written.encoding
        raise tt.InputError(
            f"{name(source)} is not {shown} text ({reason}); save it so, or name its encoding",
            topic="encoding",
        ) from None
    stream = _StandardInput(text, newline="")
    if text.lstrip()[:1] in ("{", "["):
        return tt.parse_json(stream)
    return _parse_csv(stream, replace(written, encoding="utf-8"))


def _parse_csv(source: str | TextIO, written: Dialect) -> tt.results.Reading:
    return tt.parse_csv(
        source,
        sep=written.sep,
        decimal=written.decimal,
        thousands=written.thousands,
        encoding=written.encoding,
    )


def read_ledger(figures: LedgerOptions, conversion: Conversion | None = None) -> tt.Ledger:
    """Read a ledger, or refuse it, naming its first bad row in one line.

    Examples
    --------
    >>> read_ledger(LedgerOptions()).pairs
    ('KZ-UZ',)
    """
    reading = parse_ledger(figures)
    if reading.rejected:
        more = len(reading.rejected) - 1
        rest = f" (and {more} more; tradetrack check lists all)" if more else ""
        raise tt.errors.LedgerError(
            f"{name(figures.source)}: {reading.rejected[0]}{rest}",
            reading.rejected,
            topic=reading.rejected[0].topic,
        )
    return of_one_kind(reading.ledger, figures, conversion)


def recent_origins(ledger: tt.Ledger) -> list[str]:
    """Return the ends of the last years, up to the one before the last complete year.

    Raises
    ------
    InputError
        If the ledger has no figures that count.
    """
    _check_figures(ledger)
    last = last_complete_year(ledger.current.last_month)
    return [f"{year}-12-31" for year in range(last - _RECENT, last)]


def recent_quarters(ledger: tt.Ledger, number: int = _RECENT) -> list[str]:
    """Return the last months of the quarters before the last publication, and its day: so many.

    Raises
    ------
    InputError
        If the ledger has no figures that count.
    """
    _check_figures(ledger)
    last = ledger.last_published
    quarter = 4 * last.year + (last.month - 1) // 3  # the first that is not over
    before = range(quarter - number + 1, quarter)
    return [*(f"{one // 4}-{3 * (one % 4) + 3:02d}" for one in before), last.isoformat()]


def _check_figures(ledger: tt.Ledger) -> None:
    if not len(ledger.current):
        raise tt.InputError(
            "the ledger has no figures that count; add at least one level", topic="empty-ledger"
        )


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
    check_header(_header(stream), path)
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


def check_header(header: Sequence[str], path: str) -> None:
    """Refuse a table that is not separated by commas, or has a column twice; say how."""
    complaint = separator_complaint(header, name(path))
    if complaint:
        raise tt.InputError(complaint, topic="table")
    twice = [column for column in header if column and header.count(column) > 1]
    if twice:  # pandas would rename one, and csv would drop it
        raise tt.InputError(
            f"{name(path)} has the column {twice[0]!r} twice; keep one", topic="columns"
        )
