"""resolve(): whether a goal has been met by the figures that a reporter printed; no model.

A goal is *met* in the first window for which the number printed, taken at its word, is enough;
"nearly 5" does not reach 5. It is *not met* if the last window by its deadline was printed and
nothing up to it was enough. Until then it is *open*. First releases and latest revisions can
differ, and so can reporters.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tradetrack._checks import check_kind
from tradetrack._format import with_unit
from tradetrack._typing import MONTHS
from tradetrack.attainment.passage import absolute_amount
from tradetrack.domain.amount import AverageGrowth, Increase, Multiple, YearGrowth
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.observation import (
    BALANCE,
    TURNOVER,
    Growth,
    Level,
    Observation,
    Series,
    last_day,
)
from tradetrack.domain.period import windows_within
from tradetrack.domain.value import Value, require
from tradetrack.domain.window import LAST_YEAR, Window
from tradetrack.errors import GoalError
from tradetrack.ledger.ledger import Ledger, check_ledger, figure_key

Vintage = Literal["first", "latest"]
Verdict = Literal["met", "not met", "open"]

VINTAGES: tuple[Vintage, Vintage] = ("first", "latest")
_NOT_THERE = {"at_least": ("nearly", "at_most"), "at_most": ("over", "at_least")}
"""Wordings that leave a figure on the wrong side: nearly 5 does not reach 5."""
_ROUNDING = 1e-12  # 0.7 and 0.1 are 0.8, whatever binary fractions add up to
_LAST = MONTHS * (LAST_YEAR + 1) - 1


class Evidence(Value):
    """What was printed for the window that decides.

    Attributes
    ----------
    window
        Its months; ``year`` is that in which they end.
    total
        The printed number, in the goal's unit; of a turnover or a balance that was not printed, the
        sum or the difference of its two flows; of goals of growth over the year before, the ratio.
    amount
        What it was to come to, by the same reporter's figure for the base if it is relative to one.
    printed, published, documents
        As printed, when, and where; the base's last.
    """

    window: Window
    total: float
    amount: float
    printed: Annotated[tuple[str, ...], Field(min_length=1)]
    published: tuple[str, ...]
    documents: tuple[str, ...]

    @model_validator(mode="after")
    def _of_one_length(self) -> Self:
        require(
            true=len(self.printed) == len(self.published) == len(self.documents),
            otherwise="each number printed has a date and a document",
        )
        return self

    @property
    def year(self) -> int:
        """Year in which the window ends."""
        return self.window.year


class Resolution(Value):
    """Whether a goal has been met by one reporter's figures.

    Attributes
    ----------
    goal, reporter
        The goal, and by whose figures.
    vintage
        ``"first"``: as first released; ``"latest"``: as last revised.
    verdict
        ``"met"``, ``"not met"`` or ``"open"``.
    evidence
        The figure that decided; None while open.

    Examples
    --------
    >>> import tradetrack as tt
    >>> goal = tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ"), reporter="UZ stat")
    >>> found = tt.resolve(tt.datasets.kazakhstan_uzbekistan(), goal)
    >>> [(row.vintage, row.verdict) for row in found]
    [('first', 'not met'), ('latest', 'not met')]
    """

    goal: Goal
    reporter: str
    vintage: Vintage
    verdict: Verdict
    evidence: Evidence | None

    @model_validator(mode="after")
    def _decided_by_evidence(self) -> Self:
        require(
            true=(self.evidence is None) == (self.verdict == "open"),
            otherwise=f"the verdict {self.verdict} goes with evidence, unless it is open",
        )
        return self

    def __str__(self) -> str:
        start = f"{self.goal} by the {self.vintage} figures of {self.reporter}: {self.verdict}"
        if self.evidence is None or self.goal.series is None:
            return start
        seen = self.evidence
        number = with_unit(f"{seen.total:.4g}", self.goal.series.unit)
        if isinstance(self.goal.amount, YearGrowth):
            number = f"{100.0 * (seen.total - 1.0):.4g} %"
        source = ", ".join(dict.fromkeys(d for d in seen.documents if d)) or "no document named"
        published = max(seen.published, key=last_day)
        return f"{start}, {number} in {seen.window.words} (published {published}, {source})"


def resolve(ledger: Ledger, goal: Goal) -> tuple[Resolution, ...]:
    """Judge a goal by each reporter's first and latest figures.

    Parameters
    ----------
    ledger
        What was printed, all releases; cut it with `Ledger.as_of` to judge as of a day.
    goal
        The goal; with ``reporter`` naming one, by that one only.

    Returns
    -------
    tuple of Resolution
        Two for each reporter who printed totals of the goal's windows, and of its base if it has
        one, sorted by reporter.

    Raises
    ------
    GoalError
        If the goal has no series, or one in another currency than the pair's figures.

    Examples
    --------
    >>> import tradetrack as tt
    >>> goal = tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ"))
    >>> found = tt.resolve(tt.datasets.kazakhstan_uzbekistan(), goal)
    >>> sorted({row.verdict for row in found})
    ['met', 'not met']
    """
    check_ledger(ledger)
    check_kind("goal", goal, Goal, "pass one such as Goal(10, by=2030)")
    if goal.series is None:
        raise GoalError(
            f"goal {goal}: it has no series; give it one, such as Series(pair='KZ-UZ')",
            topic="goal-series",
        )
    found: list[Resolution] = []
    for vintage in VINTAGES:
        printed = _printed(ledger, goal, vintage)
        for reporter, figures in printed.items():
            seen = _comparisons(goal, figures)
            if seen:
                found.append(_judge(goal, reporter, vintage, seen))
    return tuple(sorted(found, key=lambda row: (row.reporter, row.vintage)))


@dataclass(frozen=True, slots=True)
class _Printed:
    """What a reporter printed for one window, in the goal's unit: in one row, or in two."""

    total: float
    rows: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class _Figures:
    """Totals of one reporter by window, and growth over the year before."""

    totals: dict[Window, _Printed]
    growth: dict[Window, _Printed]


def _judge(
    goal: Goal, reporter: str, vintage: Vintage, seen: Mapping[int, tuple[Evidence, bool]]
) -> Resolution:
    """Judge by windows that count, by the month in which they end."""
    verdict: Verdict = "open"
    deciding = None
    due, step = goal.deadline, windows_within(goal.window, 0, 4 * MONTHS).ends.step
    run, before = 0, None
    in_time = [end for end in sorted(seen) if due is None or end <= due]
    for end in in_time:
        evidence, enough = seen[end]
        follows = before is None or end == before + step
        run, before = (run if follows else 0) + 1 if enough else 0, end
        if run >= goal.sustained:
            verdict, deciding = "met", evidence
            break
    if deciding is None and due is not None:
        last = windows_within(goal.window, 0, due).ends[-1]
        if last in seen:
            verdict, deciding = "not met", _best(goal, seen, last)
    return Resolution(
        goal=goal, reporter=reporter, vintage=vintage, verdict=verdict, evidence=deciding
    )


def _best(goal: Goal, seen: Mapping[int, tuple[Evidence, bool]], last: int) -> Evidence:
    """Of the windows that end in the year of the last, the one that comes nearest."""
    ends = [end for end in seen if last - last % MONTHS <= end <= last]
    sign = 1.0 if goal.bound == "at_least" else -1.0
    return seen[max(ends, key=lambda end: sign * (seen[end][0].total - seen[end][0].amount))][0]


def _comparisons(goal: Goal, figures: _Figures) -> dict[int, tuple[Evidence, bool]]:
    """Compare every printed window that counts with what it is to come to."""
    found = {}
    ends = windows_within(goal.window, 0, _LAST)
    growing = isinstance(goal.amount, YearGrowth)
    for window, total in (figures.growth if growing else figures.totals).items():
        counts = window.n_months == ends.n_months and window.end in ends.ends
        if not counts or window.end < goal.counts_from:
            continue
        asked = _asked(goal, figures)
        if asked is None:
            continue
        amount, base = asked
        leeway = abs(amount) * _ROUNDING
        if goal.bound == "at_least":
            enough = total.total >= amount - leeway
        else:
            enough = total.total <= amount + leeway
        rows = total.rows + base
        evidence = Evidence(
            window=window,
            total=total.total,
            amount=amount,
            printed=tuple(str(row.figure) for row in rows),
            published=tuple(row.published for row in rows),
            documents=tuple(row.document for row in rows),
        )
        found[window.end] = evidence, enough
    return found


def _asked(goal: Goal, figures: _Figures) -> tuple[float, tuple[Observation, ...]] | None:
    """What a window is to come to, and the figures of the base; None if the base is not printed."""
    amount, series = goal.amount, goal.series
    assert series is not None, "checked by the caller"
    if isinstance(amount, YearGrowth):
        return 1.0 + amount.rate, ()
    if not isinstance(amount, Multiple | Increase | AverageGrowth):
        return absolute_amount(amount, series), ()
    base = figures.totals.get(amount.base)
    if base is None:
        return None
    match amount:
        case Multiple(factor=factor):
            return factor * base.total, base.rows
        case Increase(value=value, unit=unit):
            return base.total + absolute_amount(value, series, unit), base.rows
        case AverageGrowth(rate=rate):
            assert goal.deadline is not None, "such a goal has one"
            due = windows_within(goal.window, 0, goal.deadline).ends[-1]
            years = (due - amount.base.end) / MONTHS
            return (1.0 + rate) ** years * base.total, base.rows


def _of_vintage(ledger: Ledger, vintage: Vintage) -> Iterable[Observation]:
    """Return the releases that count: the current ones, or the first of each figure."""
    if vintage == "latest":
        return ledger.current
    first: dict[tuple[object, ...], Observation] = {}
    for row in ledger:  # sorted by the day of release within a figure
        if not row.set_aside:
            first.setdefault(figure_key(row), row)
    return first.values()


def _printed(ledger: Ledger, goal: Goal, vintage: Vintage) -> dict[str, _Figures]:
    """Collect what each reporter printed of the goal's series."""
    series = goal.series
    assert series is not None, "checked by the caller"
    unfit = _NOT_THERE[goal.bound]
    levels: dict[tuple[str, Window], dict[str, Level]] = {}
    found: dict[str, _Figures] = {}
    for row in _of_vintage(ledger, vintage):
        by = goal.reporter in (CONSENSUS, row.reporter) and row.reporter
        same = (row.series.pair, row.series.coverage) == (series.pair, series.coverage)
        if not (same and by) or row.figure.qualifier in unfit:
            continue
        if isinstance(row, Level):
            _check_currency(row, goal)
            levels.setdefault((row.reporter, row.window), {})[row.series.flow] = row
        elif isinstance(row, Growth) and row.series.flow == series.flow:
            figures = found.setdefault(row.reporter, _Figures({}, {}))
            if row.base == row.window.shift(-1):
                figures.growth[row.window] = _Printed(row.figure.ratio, (row,))
    for (reporter, window), by_flow in levels.items():
        ways = _ways(by_flow, series)
        if ways:
            rows = (min if vintage == "first" else max)(ways, key=_out)
            figures = found.setdefault(reporter, _Figures({}, {}))
            figures.totals[window] = _Printed(_sum(rows, series), rows)
    for figures in found.values():
        _add_quotients(figures)
    return found


def _add_quotients(figures: _Figures) -> None:
    """Add the growth that two totals of one reporter imply, where none was printed."""
    for window, total in figures.totals.items():
        before = figures.totals.get(window.shift(-1))
        if before is not None and before.total > 0.0 and window not in figures.growth:
            rows = total.rows + before.rows
            figures.growth[window] = _Printed(total.total / before.total, rows)


def _check_currency(row: Level, goal: Goal) -> None:
    assert goal.series is not None, "checked by the caller"
    if split_unit(row.series.unit)[0] != split_unit(goal.series.unit)[0]:
        raise GoalError(
            f"goal {goal}: the goal is in {goal.series.unit}, the figure in {row.series.unit}:"
            f" {row}; give both the same currency",
            topic="goal-series",
        )


def _ways(by_flow: Mapping[str, Level], series: Series) -> list[tuple[Level, ...]]:
    """Return the ways in which a reporter printed a total: as such, or as its two flows."""
    both = tuple(by_flow[flow] for flow in series.flows if flow in by_flow)
    ways = [both] if series.flow in (TURNOVER, BALANCE) and len(both) > 1 else []
    return [*ways, (by_flow[series.flow],)] if series.flow in by_flow else ways


def _out(parts: tuple[Level, ...]) -> dt.date:
    """Return the day by which all parts were out."""
    return max(last_day(row.published) for row in parts)


def _sum(rows: tuple[Level, ...], series: Series) -> float:
    first, *rest = (
        row.figure.value * split_unit(row.figure.unit)[1] / split_unit(series.unit)[1]
        for row in rows
    )
    return first - sum(rest) if series.flow == BALANCE else first + sum(rest)
