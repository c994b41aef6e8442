"""Goals as they are typed, and tables of goals: CSV files with a column for each part of a goal."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from pydantic import ValidationError

import tradetrack as tt
from tradetrack._format import inert, shorten, typed
from tradetrack.cli.inputs import check_header, name
from tradetrack.cli.options import GoalOptions
from tradetrack.domain.amount import Increase
from tradetrack.domain.goal import CONSENSUS
from tradetrack.domain.observation import TURNOVER

SHIPPED = "kazakhstan_uzbekistan"
_SERIES = ("pair", "flow", "coverage")
_FIELDS = (
    *("amount", "by", "window", "reporter", "name"),
    *("bound", "sustained", "announced", "speaker", "document", "wording"),
)
COLUMNS = (*_FIELDS[:3], *_SERIES, *_FIELDS[3:])
"""Columns of a table of goals; only the amount is needed."""
_EXPECTED = {
    "bound": "write at_least or at_most",
    "sustained": "write a whole number, such as 3",
}
_LONGEST = 40  # characters of an amount in a message
_NO_GOAL = "there is no goal; add --goal 10 --by 2030, or --goals FILE"

_Row = dict[str, str]
_Placed = tuple[str, _Row]  # where a row stands, for messages, and its cells


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
    if requested.goals:
        rows += _table_rows(requested.goals)
        if not rows:
            raise tt.errors.GoalError(
                f"{requested.goals} has no goal; give it a row per goal: amount, by"
            )
    if not rows and announced:
        return list(tt.datasets.goals(SHIPPED))
    if not rows:
        raise tt.errors.GoalError(_NO_GOAL)
    shared = _shared(requested)
    return [_goal(where, shared | row, ledger) for where, row in rows]


def table_with(path: str, goals: Iterable[tt.Goal]) -> str:
    """Return the text of a table of goals with these at its end.

    Parameters
    ----------
    path
        The table, which need not be there yet.
    goals
        To be appended; an amount without a unit gets that of its series.

    Raises
    ------
    InputError
        If the table has a column that is not of goals.
    """
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    if Path(path).exists():
        writer.writerows(_cells_of(path))
    for goal in goals:
        writer.writerow({column: inert(cell) for column, cell in _as_row(goal).items()})
    return stream.getvalue()


def _cells_of(path: str) -> list[dict[str, str]]:
    """Return the cells of a table as they are written."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        _check_columns(reader.fieldnames or (), path)
        return list(reader)


def _as_row(goal: tt.Goal) -> _Row:
    """Write a goal in the cells that read it back; what is left out is empty."""
    row = {key: str(getattr(goal, key) or "") for key in _FIELDS}
    row["amount"] = _written(goal)
    if goal.series is not None:
        row |= {key: getattr(goal.series, key) for key in _SERIES}
    return row


def _written(goal: tt.Goal) -> str:
    """Write an amount with its unit, as far as that is known: another ledger may have another."""
    amount, unit = goal.amount, goal.series.unit if goal.series else ""
    if isinstance(amount, float):
        return f"{Decimal(repr(amount)):f} {unit}".rstrip()
    if isinstance(amount, Increase) and not amount.unit and unit:
        return str(amount.model_copy(update={"unit": unit}))
    return str(amount)


def _shared(requested: GoalOptions) -> _Row:
    """What every goal has unless its row says otherwise."""
    if requested.rolling and requested.window:
        raise tt.InputError(
            "--rolling is short for --window rolling_year; leave one of them out", topic="window"
        )
    if requested.within and (requested.window or requested.rolling):
        raise tt.InputError(
            "--in names one window and --window a kind of window; leave one of them out",
            topic="window",
        )
    shared = {
        "window": "rolling_year" if requested.rolling else requested.window,
        "pair": requested.pair,
        "flow": requested.flow,
        "reporter": requested.reporter,
        "bound": "at_most" if requested.at_most else "",
        "sustained": "" if requested.sustained == 1 else str(requested.sustained),
        "announced": requested.announced,
    }
    return {key: cell for key, cell in shared.items() if cell}


def _typed_rows(requested: GoalOptions) -> Iterator[_Placed]:
    """Return each ``--goal`` as a row of a table."""
    amounts = requested.goal
    for option, given in _needs_goal(requested).items():
        if given and not amounts:
            raise tt.InputError(
                f"{option} without --goal; say which amount, as in --goal 10 --by 2030",
                topic="goal",
            )
    deadlines = _for_each(requested.by, "--by", amounts)
    windows = _for_each(requested.within, "--in", amounts)
    for amount, by, window in zip_longest(amounts, deadlines, windows):
        cells = {"amount": amount, "by": by, "window": window}
        yield (
            f"--goal {shorten(amount, _LONGEST)}",
            {key: cell for key, cell in cells.items() if cell},
        )


def _for_each(given: Sequence[str], option: str, amounts: Sequence[str]) -> Sequence[str]:
    """Return an option for each amount; one holds for all."""
    if len(given) not in (0, 1, len(amounts)):
        raise tt.InputError(
            f"{len(given)} times {option} for {len(amounts)} times --goal;"
            " give one for all, or one for each",
            topic="goal",
        )
    return [*given] * len(amounts) if len(given) == 1 else given


def _needs_goal(requested: GoalOptions) -> dict[str, object]:
    """Options that mean nothing without ``--goal``; a table's goals share all but the deadline."""
    own: dict[str, object] = {"--by": requested.by, "--in": requested.within}
    if requested.goals:
        return own
    return own | {
        "--window": requested.window,
        "--rolling": requested.rolling,
        "--pair": requested.pair,
        "--flow": requested.flow,
        "--reporter": requested.reporter != CONSENSUS,
        "--at-most": requested.at_most,
        "--sustained": requested.sustained > 1,
        "--announced": requested.announced,
    }


def _table_rows(path: str) -> list[_Placed]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        try:
            reader = csv.DictReader(file, strict=True)
            check_header(reader.fieldnames or (), path)
            _check_columns(reader.fieldnames or (), path)
            return [
                (f"{path}, row {reader.line_num}", _filled(row, f"{path}, row {reader.line_num}"))
                for row in reader
            ]
        except (csv.Error, UnicodeDecodeError) as error:
            raise tt.InputError(
                f"{path} is not CSV UTF-8: {error}; correct it", topic="table"
            ) from error


def _check_columns(columns: Sequence[str], path: str) -> None:
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown or "amount" not in columns:
        wrong = f"no column {unknown[0]!r} is known" if unknown else "no column 'amount'"
        raise tt.InputError(
            f"{name(path)}: {wrong}; the columns are {', '.join(COLUMNS)}", topic="columns"
        )


def _filled(row: Mapping[str | None, str | list[str] | None], where: str) -> _Row:
    if None in row:
        raise tt.InputError(
            f"{where}: it has more cells than the header; quote commas", topic="table"
        )
    texts = {key: typed(cell).strip() for key, cell in row.items() if key and isinstance(cell, str)}
    return {key: text for key, text in texts.items() if text}


def _goal(where: str, row: _Row, ledger: tt.Ledger) -> tt.Goal:
    if "amount" not in row:
        raise tt.errors.GoalError(f"{where}: the amount is missing; write the level to reach")
    fields = {key: row[key] for key in _FIELDS if key in row}
    try:
        return tt.Goal.model_validate({**fields, "series": _series(row, ledger)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, tt.InputError):
            raise tt.errors.GoalError(f"{where}: {cause}", topic=cause.topic) from error
        cell = ".".join(map(str, first["loc"]))
        expected = _EXPECTED.get(cell, first["msg"])
        raise tt.errors.GoalError(
            f"{where}: {cell}: {first['input']!r} cannot be read; {expected}"
        ) from error
    except tt.InputError as error:
        raise tt.errors.GoalError(f"{where}: {error}", topic=error.topic) from error


def _series(row: Mapping[str, str], ledger: tt.Ledger) -> tt.Series | None:
    """Return the series that a row names, in the unit of the ledger's levels; None if it does not.

    `track` checks that the ledger has it.
    """
    named = {key: row[key] for key in _SERIES if key in row}
    if not named:
        return None
    pairs = ledger.pairs
    if "pair" not in named and len(pairs) != 1:
        raise tt.errors.GoalError(
            f"a flow needs a pair; the ledger has {', '.join(pairs) or 'none'}",
            topic="several-pairs",
        )
    pair = named.get("pair", pairs[0] if pairs else "")
    alike = [seen.series for seen in ledger if seen.series.pair == pair]
    usual = alike[0] if alike else tt.Series(pair=pair)
    covered = {series.coverage for series in alike}
    coverage = named.get("coverage", covered.pop() if len(covered) == 1 else "")
    return tt.Series(
        pair=pair, flow=named.get("flow", TURNOVER), unit=usual.unit, coverage=coverage
    )
