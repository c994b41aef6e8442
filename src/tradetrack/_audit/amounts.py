"""What the audit's checks share: levels in plain numbers, and who is at odds with whom."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from tradetrack._audit.finding import Finding, FindingKind
from tradetrack.domain.figure import parse_number, split_unit
from tradetrack.domain.observation import Level, Observation, Series, last_day
from tradetrack.domain.window import Window

TIE = 1e-9
"""Numbers closer than this, relatively, are equal: no finding hangs on float arithmetic."""
TOLERANCE = 0.005 + TIE
"""Relative slack beyond rounding."""
LARGEST = 1e100
"""No money is larger, or smaller than one over it; beyond, floats would overflow."""


T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class SeriesKey(NamedTuple):
    """What is measured, whatever the scale of its unit."""

    pair: str
    flow: str
    currency: str
    coverage: str

    @classmethod
    def of(cls, series: Series) -> "SeriesKey":
        """Return the key of a series."""
        return cls(series.pair, series.flow, split_unit(series.unit)[0], series.coverage)


class Amount(NamedTuple):
    """A level in plain money (dollars, say): what was printed, and what that allows."""

    row: Level
    size: float
    low: float
    high: float

    @property
    def window(self) -> Window:
        """The months covered."""
        return self.row.window

    @property
    def sharp(self) -> bool:
        """Whether a size was printed, not only a side on which it is."""
        return not self.row.figure.claim

    @property
    def key(self) -> SeriesKey:
        """What is measured."""
        return SeriesKey.of(self.row.series)


class Conflict(NamedTuple):
    """Two figures that cannot both be right: how far apart, and what log ratio is usual."""

    first: Amount
    second: Amount
    gap: float
    usual: float = 0.0


def amounts_of(rows: Iterable[Observation]) -> list[Amount]:
    """Turn the levels among observations into plain money.

    Balances, which are no totals, are left out, and what no money can be.
    """
    amounts = (amount_of(row) for row in rows if isinstance(row, Level) and not row.signed)
    return [amount for amount in amounts if 1.0 / LARGEST < amount.size < LARGEST]


def amount_of(level: Level) -> Amount:
    """Turn a level into plain money."""
    factor = split_unit(level.figure.unit)[1]
    low, high = level.figure.interval
    return Amount(level, level.figure.value * factor, max(low, 0.0) * factor, high * factor)


def row_name(row: Observation) -> str:
    """Name an observation: its id, or its text if it has none."""
    return row.id or str(row)


def printed(row: Observation) -> str:
    """Say who printed what for which window."""
    return f"{row.source} printed {row.words} for {row.of_what}"


def finding(kind: FindingKind, rows: Iterable[Observation], message: str, remedy: str) -> Finding:
    """Make a finding about observations."""
    return Finding(kind=kind, rows=tuple(map(row_name, rows)), message=message, remedy=remedy)


def slipped_numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield numbers of which a printed one may be a slip, each with what the print then is.

    Examples
    --------
    >>> next(slipped_numbers("5.2"))
    ('52', 'ten times too small')
    """
    number = parse_number(text)
    for places, words in ((1, "ten times"), (3, "a thousand times")):
        for power, how in ((places, "too small"), (-places, "too large")):
            yield format(number.scaleb(power), "f"), f"{words} {how}"
    if number:
        yield format(-number, "f"), "of the other sign"


def group_by(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Group items by a key; items keep their order."""
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def days_apart(first: Level, second: Level) -> int:
    """Days between two publications."""
    return abs((last_day(first.published) - last_day(second.published)).days)


def blame(conflicts: Sequence[Conflict]) -> list[tuple[Amount, list[Conflict]]]:
    """Explain conflicts by few rows: the row with most conflicts first, then of those left.

    Each conflict is given to one row; a row's conflicts come with the widest gap first.
    """
    sides: dict[int, Amount] = {}
    unexplained: dict[int, set[int]] = defaultdict(set)
    for number, conflict in enumerate(conflicts):
        for amount in (conflict.first, conflict.second):
            sides.setdefault(id(amount.row), amount)
            unexplained[id(amount.row)].add(number)
    blamed = []
    while any(unexplained.values()):
        worst = max(unexplained, key=lambda side: len(unexplained[side]))
        numbers = unexplained.pop(worst)
        for others in unexplained.values():
            others -= numbers
        own = [conflicts[number] for number in sorted(numbers)]
        blamed.append((sides[worst], sorted(own, key=lambda conflict: -round(conflict.gap, 9))))
    return blamed
