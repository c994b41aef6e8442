"""resolve(): whether a goal has been met by the figures that a reporter printed; no model.

A goal is *met* in the first year for which the number printed, taken at its word, reaches the
amount; "nearly 5" does not reach 5. It is *not met* if the twelve months to December of its
deadline were printed and nothing up to them reached the amount. Until then it is *open*. First
releases and latest revisions can differ, and so can reporters.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, Self, cast

from pydantic import Field, model_validator

from tradetrack._checks import check_kind
from tradetrack._format import with_unit
from tradetrack._typing import MONTHS
from tradetrack.attainment.passage import absolute_amount
from tradetrack.domain.amount import Absolute
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import CONSENSUS, YEAR_WINDOWS, Goal
from tradetrack.domain.observation import TURNOVER, Level, Observation, Series, last_day
from tradetrack.domain.value import Positive, Value, require
from tradetrack.domain.window import Month
from tradetrack.errors import GoalError
from tradetrack.ledger.ledger import Ledger, check_ledger, figure_key

Vintage = Literal["first", "latest"]
Verdict = Literal["met", "not met", "open"]

VINTAGES: tuple[Vintage, Vintage] = ("first", "latest")
_AS_PRINTED = 1.0 - 1e-12  # 0.7 and 0.1 are 0.8, whatever binary fractions add up to


class Evidence(Value):
    """What was printed for the year that decides.

    Attributes
    ----------
    year
        Year in which the twelve months end.
    total
        The printed number, in the goal's unit; of a turnover that was not printed, the sum of its
        two flows.
    printed, published, documents
        As printed, when, and where.
    """

    year: int
    total: Positive
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
        source = ", ".join(dict.fromkeys(d for d in seen.documents if d)) or "no document named"
        published = max(seen.published, key=last_day)
        return f"{start}, {number} in {seen.year} (published {published}, {source})"


def resolve(ledger: Ledger, goal: Goal) -> tuple[Resolution, ...]:
    """Judge a goal by each reporter's first and latest figures.

    Parameters
    ----------
    ledger
        What was printed, all releases; cut it with `Ledger.as_of` to judge as of a day.
    goal
        The goal; with ``figures`` naming a reporter, by that one only.

    Returns
    -------
    tuple of Resolution
        Two for each reporter who printed totals of twelve months, sorted by reporter.

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
    if not isinstance(goal.amount, float | Absolute) or goal.window not in YEAR_WINDOWS:
        raise GoalError(
            f"goal {goal}: only levels in calendar years or twelve months are judged by printed"
            " figures; track it instead",
            topic="goal",
        )
    found: list[Resolution] = []
    for vintage in VINTAGES:
        totals: dict[str, dict[Month, Evidence]] = {}
        for reporter, end, evidence in _yearly(ledger, goal, vintage):
            totals.setdefault(reporter, {})[end] = evidence
        found += [_judge(goal, reporter, vintage, seen) for reporter, seen in totals.items()]
    return tuple(sorted(found, key=lambda row: (row.reporter, row.vintage)))


def _judge(
    goal: Goal, reporter: str, vintage: Vintage, seen: Mapping[Month, Evidence]
) -> Resolution:
    """Judge by totals of twelve months, by the month in which they end."""
    verdict: Verdict = "open"
    deciding = None
    assert goal.series is not None, "checked by the caller"
    level = absolute_amount(cast("float | Absolute", goal.amount), goal.series)
    by_year = sorted(seen.values(), key=lambda total: (total.year, -total.total))
    due = goal.due_year
    in_time = [total for total in by_year if due is None or total.year <= due]
    for total in in_time:
        if total.total >= level * _AS_PRINTED:
            verdict, deciding = "met", total
            break
    if deciding is None and due is not None and due * MONTHS + MONTHS - 1 in seen:
        verdict = "not met"
        deciding = next(total for total in in_time if total.year == due)  # its highest
    return Resolution(
        goal=goal, reporter=reporter, vintage=vintage, verdict=verdict, evidence=deciding
    )


def _of_vintage(ledger: Ledger, vintage: Vintage) -> Iterable[Observation]:
    """Return the releases that count: the current ones, or the first of each figure."""
    if vintage == "latest":
        return ledger.current
    first: dict[tuple[object, ...], Observation] = {}
    for row in ledger:  # sorted by the day of release within a figure
        if not row.set_aside:
            first.setdefault(figure_key(row), row)
    return first.values()


def _yearly(ledger: Ledger, goal: Goal, vintage: Vintage) -> Iterator[tuple[str, Month, Evidence]]:
    """Yield totals of twelve months that the goal's window admits, by reporter and last month."""
    series = goal.series
    assert series is not None, "checked by the caller"
    cells: dict[tuple[str, Month], dict[str, Level]] = {}
    for row in _of_vintage(ledger, vintage):
        by = goal.reporter in (CONSENSUS, row.reporter) and row.reporter
        relevant = by and (row.series.pair, row.series.coverage) == (series.pair, series.coverage)
        if relevant and isinstance(row, Level) and _admitted(row, goal):
            if split_unit(row.series.unit)[0] != split_unit(series.unit)[0]:
                raise GoalError(
                    f"goal {goal}: the goal is in {series.unit}, the figure in {row.series.unit}:"
                    f" {row}; give both the same currency",
                    topic="goal-series",
                )
            cells.setdefault((row.reporter, row.window.end), {})[row.series.flow] = row
    for (reporter, end), by_flow in cells.items():
        ways = _ways(by_flow, series)
        if ways:
            parts = (min if vintage == "first" else max)(ways, key=_out)
            yield (
                reporter,
                end,
                Evidence(
                    year=end // MONTHS,
                    total=sum(_in_unit(row, series) for row in parts),
                    printed=tuple(str(row.figure) for row in parts),
                    published=tuple(row.published for row in parts),
                    documents=tuple(row.document for row in parts),
                ),
            )


def _admitted(row: Level, goal: Goal) -> bool:
    """Whether a level is a total of twelve months of the goal's kind that can meet it."""
    window = row.window
    year = window.kind == "calendar_year" or goal.window == "rolling_year"
    return year and window.n_months == MONTHS and row.figure.qualifier not in ("nearly", "at_most")


def _ways(by_flow: Mapping[str, Level], series: Series) -> list[tuple[Level, ...]]:
    """Return the ways in which a reporter printed a total: as such, or as its two flows."""
    both = tuple(by_flow[flow] for flow in series.flows if flow in by_flow)
    ways = [both] if series.flow == TURNOVER and len(both) > 1 else []
    return [*ways, (by_flow[series.flow],)] if series.flow in by_flow else ways


def _out(parts: tuple[Level, ...]) -> dt.date:
    """Return the day by which all parts were out."""
    return max(last_day(row.published) for row in parts)


def _in_unit(row: Level, series: Series) -> float:
    return row.figure.value * split_unit(row.figure.unit)[1] / split_unit(series.unit)[1]
