"""The ledger: an immutable, sorted set of observations, and the way back in time."""

import datetime as dt
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from tradetrack._checks import as_list, check_kind, shown
from tradetrack._typing import MONTHS
from tradetrack.domain.figure import split_unit
from tradetrack.domain.observation import (
    Growth,
    Increment,
    Level,
    Observation,
    Series,
    clean_coverage,
    last_day,
    observation_adapter,
)
from tradetrack.domain.value import Value
from tradetrack.domain.window import Window
from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.parse import COLUMNS, SCHEMA_VERSION, from_json, to_row
from tradetrack.ledger.rates import Rates
from tradetrack.ledger.rejected import RejectedRow, explain, refusal

if TYPE_CHECKING:
    import pandas as pd

AS_SHARP = 2.0  # times the width of the sharpest: what is as sharp as that
LARGEST_LOG = 700.0  # beyond it an exponential is infinite
_SHOWN = 10  # rows that an error lists
_SAME = 1e-9  # relatively; two ends closer than this are one, printed in two units


@dataclass(frozen=True, init=False, repr=False)
class Ledger:
    """An immutable, sorted set of observations.

    Every release stays on record: one that was revised is `superseded`, and one with a reason in
    ``set_aside`` is kept but never counts. What counts is `current`.

    Parameters
    ----------
    observations
        Levels, growth rates and increments in any order; one given twice is one.

    Raises
    ------
    InputError
        If something else than an observation is given.
    LedgerError
        If a field of one is wrong, two different observations have the same id, or a reporter
        stands on two sides of a pair.

    Examples
    --------
    >>> from tradetrack.domain.figure import Figure
    >>> first, later = (
    ...     Level(series=Series(pair="KZ-UZ"), window=Window.calendar_year(2024),
    ...           figure=Figure.of(value, "usd_bn"), reporter="UZ stat", published=published)
    ...     for value, published in [("4.2", "2025-01"), ("4.3", "2025-10")])
    >>> ledger = Ledger([later, first])
    >>> ledger
    Ledger: 2 figures, 1 pair, 1 reporter, 2024, published to 2025-10-31
    >>> [str(row.figure) for row in ledger.current]
    ['4.3 usd bn']
    >>> [str(row.figure) for row in ledger.as_of("2025-06").current]
    ['4.2 usd bn']
    """

    observations: tuple[Observation, ...]

    def __init__(self, observations: Iterable[Observation] = ()) -> None:
        self._hold(_sorted(map(checked, as_list(observations))))

    @classmethod
    def of_checked(cls, observations: Iterable[Observation]) -> "Ledger":
        """Return the ledger of observations that a reader has just validated."""
        ledger = cls.__new__(cls)
        ledger._hold(_sorted(observations))
        return ledger

    def _where(self, keep: Callable[[Observation], bool]) -> "Ledger":
        """Return the ledger of some of these observations, which are sorted already."""
        ledger = type(self).__new__(type(self))
        ledger._hold(tuple(filter(keep, self)))
        return ledger

    def _hold(self, observations: tuple[Observation, ...]) -> None:
        object.__setattr__(self, "observations", observations)

    def __len__(self) -> int:
        return len(self.observations)

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.observations)

    def __repr__(self) -> str:
        if not self.observations:
            return "Ledger: no figures"
        first, last = self.first_month // MONTHS, self.last_month // MONTHS
        return (
            f"Ledger: {_count(len(self), 'figure')}, {_count(len(self.pairs), 'pair')},"
            f" {_count(len(self.reporters), 'reporter')},"
            f" {first if first == last else f'{first}..{last}'},"
            f" published to {self.last_published}"
        )

    @property
    def series(self) -> tuple[Series, ...]:
        """Every series, sorted."""
        every = {row.series for row in self}
        return tuple(sorted(every, key=lambda s: (s.pair, s.flow, s.unit, s.coverage)))

    @property
    def pairs(self) -> tuple[str, ...]:
        """Every pair, sorted."""
        return tuple(sorted({row.series.pair for row in self}))

    @property
    def coverages(self) -> tuple[str, ...]:
        """Every coverage, sorted; one that is not named is empty."""
        return tuple(sorted({row.series.coverage for row in self}))

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency of a series, sorted."""
        return tuple(sorted({split_unit(row.series.unit)[0] for row in self}))

    @property
    def reporters(self) -> tuple[str, ...]:
        """Every reporter, sorted; a figure of unknown source has none."""
        return tuple(sorted({row.reporter for row in self} - {""}))

    @property
    def first_month(self) -> int:
        """First month that a figure covers, as a month number; bases do not count."""
        return min(row.window.start for row in self._some())

    @property
    def last_month(self) -> int:
        """Last month that a figure covers, as a month number; bases do not count."""
        return max(row.window.end for row in self._some())

    @property
    def last_published(self) -> dt.date:
        """Day by which everything here was certainly out."""
        return max(last_day(row.published) for row in self._some())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the observations, in hexadecimal: equal just when two ledgers are equal."""
        return hashlib.sha256("\n".join(map(_canonical, self)).encode()).hexdigest()

    @cached_property
    def current(self) -> "Ledger":
        """The observations that count: of each figure, the latest release that says something new.

        A figure is a series over a window (and its base, if it has one) by one reporter. A later
        release takes the place of an earlier one unless it only says less ("over 3.26" after
        "3.26") or the same. Of two on one day the one printed with more digits counts; if they are
        as sharp and disagree, both do. Rows set aside never count.
        """
        releases: dict[tuple[object, ...], list[Observation]] = {}
        for row in self:
            if not row.set_aside:
                releases.setdefault(figure_key(row), []).append(row)
        counting = {row for rows in releases.values() for row in standing(rows)}
        return self._where(counting.__contains__)

    @property
    def superseded(self) -> "Ledger":
        """The observations that neither count nor are set aside: revised or repeated."""
        counting = set(self.current)
        return self._where(lambda row: not row.set_aside and row not in counting)

    def as_of(self, date: str | dt.date) -> "Ledger":
        """Return what had certainly been published by a date; all releases, superseded too.

        Parameters
        ----------
        date
            A day, ``"YYYY-MM-DD"`` or a `datetime.date`; or ``"YYYY-MM"``, the end of the month.
        """
        day = last_day(date)
        return self._where(lambda row: last_day(row.published) <= day)

    def select(
        self,
        *,
        pair: str | None = None,
        flow: str | None = None,
        currency: str | None = None,
        reporter: str | None = None,
        window: Window | str | None = None,
        kind: Literal["level", "growth", "increment"] | None = None,
        coverage: str | None = None,
    ) -> "Ledger":
        """Return the observations that satisfy every condition given.

        Parameters
        ----------
        pair, flow, reporter
            As the ledger has them.
        currency
            In which the figures are, and for growth the levels it is about: ``"usd"``.
        window
            Months within which the figure's window lies; ``"2020-01..2024-12"``, say.
        kind
            ``"level"``, ``"growth"`` or ``"increment"``.
        coverage
            What is counted, ``"goods"``, say; ``""`` for figures that do not name it.

        Raises
        ------
        InputError
            If the ledger has no such pair, flow, currency, reporter or coverage; says which it
            has.
        """
        _check_known("pair", pair, self.pairs)
        _check_known("flow", flow, sorted({row.series.flow for row in self}))
        _check_known("currency", currency, self.currencies)
        _check_known("reporter", reporter, self.reporters)
        _check_known("kind", kind, ("level", "growth", "increment"))
        counted = clean_coverage(coverage) if isinstance(coverage, str) else coverage
        _check_known("coverage", counted, self.coverages)
        within = window if isinstance(window, Window | None) else Window(window)
        return self._where(
            lambda row: (
                pair in (None, row.series.pair)
                and flow in (None, row.series.flow)
                and currency in (None, split_unit(row.series.unit)[0])
                and reporter in (None, row.reporter)
                and kind in (None, row.kind)
                and counted in (None, row.series.coverage)
                and (within is None or within.covers(row.window))
            )
        )

    def converted(self, rates: Rates, to: str = "usd_bn") -> "Ledger":
        """Return the ledger with every row in one currency; each that was not says so in its note.

        Parameters
        ----------
        rates
            Period averages, of a table of yours.
        to
            The unit of every series then.

        Raises
        ------
        LedgerError
            If the table has a gap where it is needed; names each row and what is missing.

        Examples
        --------
        >>> import tradetrack as tt
        >>> row = Level(series=Series(pair="KZ-UZ", unit="kzt_bn"), window=Window("2024"),
        ...             figure=tt.Figure.of("1.96", "kzt_tn"), reporter="KZ stat",
        ...             published="2025-02")
        >>> rates = tt.Rates(rows=[{"currency": "kzt", "window": "2024", "rate": "469.44"}])
        >>> [str(row.figure) for row in Ledger([row]).converted(rates)]
        ['4.1752 ± 0.011 usd bn']
        """
        check_kind("rates", rates, Rates, "make one with Rates.read_csv or Rates.from_frame")
        check_kind("to", to, str, "write a unit such as 'usd_bn'")
        split_unit(to)  # refused once, not for each row
        rows: list[Observation] = []
        gaps = []
        for row in self:
            try:
                rows.append(rates.converted(row, to))
            except InputError as error:
                gaps.append(f"{row}: {error}")
        if gaps:
            more = f"\n  and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
            lines = "".join(f"\n  {gap}" for gap in gaps[:_SHOWN])
            raise LedgerError(
                f"{_count(len(gaps), 'row')} cannot be converted to {to}:{lines}{more}",
                topic="rates",
            )
        return Ledger(rows)

    def add(self, observations: Iterable[Observation]) -> "Ledger":
        """Return a ledger that holds these observations too."""
        return Ledger.of_checked((*self, *map(checked, as_list(observations))))

    def to_json(self) -> str:
        """Write the ledger as a JSON document.

        Examples
        --------
        >>> Ledger.from_json(Ledger().to_json()) == Ledger()
        True
        """
        rows = [row.model_dump(mode="json") for row in self]
        document = {"schema_version": SCHEMA_VERSION, "observations": rows}
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Ledger":
        """Read a JSON document that `to_json` wrote.

        Raises
        ------
        LedgerError
            If it is not such a document, or listing every item that is not an observation.
        """
        check_kind("text", text, str, "pass the JSON document as text")
        outcomes = from_json(text, "the JSON document")
        wrong = [row for row in outcomes if isinstance(row, RejectedRow)]
        if wrong:
            raise refusal(wrong, "the JSON document", "rows are positions, from 0")
        return cls.of_checked(row for row in outcomes if not isinstance(row, RejectedRow))

    def to_frame(self) -> "pd.DataFrame":
        """Write the ledger as a pandas data frame of text, one column for each column of a CSV."""
        import pandas as pd

        return pd.DataFrame([to_row(row) for row in self], columns=list(COLUMNS), dtype="str")

    def _some(self) -> tuple[Observation, ...]:
        if not self.observations:
            raise InputError(
                "the ledger is empty, so it has no dates; add observations first",
                topic="empty-ledger",
            )
        return self.observations


def checked(row: Observation) -> Observation:
    """Return an observation that holds what it would hold had it been typed in.

    ``model_copy(update=...)`` of pydantic checks nothing, so a ledger looks again.

    Raises
    ------
    InputError
        If it is not an observation.
    LedgerError
        If a field of it is wrong or unknown.
    """
    if not isinstance(row, Level | Growth | Increment):
        raise InputError(
            f"{shown(row)} is not an observation; pass Level, Growth and Increment objects"
        )
    parts = {
        name: vars(part) if isinstance(part, Value) else part for name, part in vars(row).items()
    }
    try:
        again = observation_adapter.validate_python(parts)
    except ValidationError as error:
        wrong = explain(0, error, {})
        raise LedgerError(
            f"the observation {row.id or object.__repr__(row)} is wrong in {wrong.column}"
            f" ({wrong.value!r}): {wrong.problem}; {wrong.remedy}",
            topic=wrong.topic,
        ) from None
    return row if again == row else again


def _sorted(rows: Iterable[Observation]) -> tuple[Observation, ...]:
    """Put different observations in order: the same for the same set, whatever order it came in.

    Raises
    ------
    LedgerError
        If two have the same id.
    """
    ordered: list[Observation] = []
    for _, alike in groupby(sorted(set(rows), key=_position), key=_position):
        same = list(alike)
        ordered += sorted(same, key=_canonical) if len(same) > 1 else same
    by_id: dict[str, Observation] = {}
    for row in ordered:
        if row.id and by_id.setdefault(row.id, row) is not row:
            raise LedgerError(
                f"the id {row.id!r} belongs to two observations, {by_id[row.id]} and {row};"
                " give each its own",
                topic="id",
            )
    _check_sides(ordered)
    return tuple(ordered)


def _check_sides(rows: Iterable[Observation]) -> None:
    """Refuse a reporter who stands on two sides of a pair."""
    stands: dict[tuple[str, str], Observation] = {}
    for row in rows:
        first = stands.setdefault((row.series.pair, row.reporter), row) if row.side else row
        if first.side != row.side:
            raise LedgerError(
                f"{row.reporter} stands on two sides, {first.side} in {first} and {row.side} in"
                f" {row}; give a reporter one side",
                topic="side",
            )


def _position(row: Observation) -> tuple[object, ...]:
    base = row.windows[-1]
    months = (row.window.start, row.window.end, row.kind, base.start, base.end)
    return row.series.pair, row.series.flow, *months, row.reporter, last_day(row.published)


def _canonical(row: Observation) -> str:
    fields = row.model_dump(mode="json")
    if not row.series.coverage:  # as before there were any: digests stay
        del fields["series"]["coverage"]
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def figure_key(row: Observation) -> tuple[object, ...]:
    """Return what two releases of one figure have in common."""
    series = row.series
    measured = series.pair, series.flow, series.coverage, split_unit(series.unit)[0]
    return *measured, *row.windows, row.kind, row.reporter


def standing(releases: Iterable[Observation]) -> list[Observation]:
    """Return the releases of one figure that count; see `Ledger.current`."""
    counting: list[Observation] = []
    by_day = sorted(releases, key=lambda row: last_day(row.published))
    for _, same_day in groupby(by_day, key=lambda row: last_day(row.published)):
        released = _of_one_day(same_day)
        if not all(any(_says_no_more(row, old) for old in counting) for row in released):
            counting = released
    return counting


def _of_one_day(rows: Iterable[Observation]) -> list[Observation]:
    """Return the sharpest release of a day, and those as sharp that disagree with it."""
    kept: list[Observation] = []
    for row in sorted(rows, key=_width):
        as_sharp = not kept or _width(row) <= AS_SHARP * _width(kept[0])
        if as_sharp and not any(_says_no_more(row, other) for other in kept):
            kept.append(row)
    return kept


def _says_no_more(new: Observation, old: Observation) -> bool:
    """Whether a release repeats another, or leaves more open and nothing else."""
    (low, high), (lowest, highest) = _range(old), _range(new)
    slack = _SAME * max(abs(end) for end in (low, high, lowest, highest) if math.isfinite(end))
    repeat = all(
        one == other or abs(one - other) <= slack for one, other in ((low, lowest), (high, highest))
    )
    overlap = min(high, highest) - max(low, lowest)
    vaguer = highest - lowest > high - low + slack
    return repeat or (vaguer and overlap >= -slack)


def _width(row: Observation) -> float:
    low, high = _range(row)
    return high - low


def _range(row: Observation) -> tuple[float, float]:
    """Return what a figure leaves open: money of a level, the ratio of growth.

    Printed precision is compared in these: in logs, the larger of two numbers is the sharper.
    """
    if row.signed:
        return row.figure.amount_interval(split_unit(row.series.unit)[0])
    currency = None if isinstance(row, Growth) else split_unit(row.series.unit)[0]
    low, high = row.figure.log_interval(currency)
    return math.exp(min(low, LARGEST_LOG)), math.exp(high) if high < LARGEST_LOG else math.inf


def _check_known(word: str, value: str | None, known: Iterable[str]) -> None:
    if value is not None and not (isinstance(value, str) and value in known):
        raise InputError(
            f"no {word} {shown(value)} in the ledger; it has"
            f" {', '.join(name or repr(name) for name in known) or 'none'}",
            topic="not-in-ledger",
        )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def check_ledger(ledger: object) -> None:
    """Refuse what is no ledger.

    Examples
    --------
    >>> try:
    ...     check_ledger([])
    ... except InputError as error:
    ...     print(error)
    the ledger is a list; make one with Ledger(...), read_csv or read_frame
    """
    check_kind("ledger", ledger, Ledger, "make one with Ledger(...), read_csv or read_frame")
