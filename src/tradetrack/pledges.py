"""The archive of announced trade goals: what was promised, what was known then, what became of it.

The goals are in ``data/pledges.csv``, the totals in ``data/pledge_histories.csv``; how they were
gathered and repaired is in ``docs/pledges.md``.
"""

from collections import defaultdict
from typing import Literal

from pydantic import model_validator

from tradetrack._files import shipped_rows
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import TURNOVER, Name, Reason, Series, Text
from tradetrack.domain.period import named_window
from tradetrack.domain.value import Positive, Value
from tradetrack.errors import InputError

History = tuple[tuple[int, Positive], ...]


class Pledge(Value):
    """A goal for the trade of two partners, as a government announced it, and its outcome.

    Attributes
    ----------
    id
        Pair, year of announcement, amount and deadline.
    goal
        The goal as the kind of goal that it is, with its announcement (day, month or year, as far
        as it is known), speaker and wording; ``goal.reporter`` is the reporter whose figures count.
        Countries are ISO 3166 codes of three letters; ``WLD`` is all countries together, and
        groups have their usual abbreviations.
    level, by
        The total, US$ bn, and the last calendar year by which it is judged: a multiple by the
        reporter's base, an amount in another currency at the rate of the announcement's year, a
        fiscal year by the calendar year that holds nine of its months.
    dated
        How the announcement's date is known: ``"stated"``, by the ``"first source"`` found of
        something older, ``"inferred"`` from what an undated page tells, or ``"guessed"``.
    turnover
        Turnover that was stated with it, US$ bn; seldom the reporter's figure of a calendar year.
    history
        Calendar years and the reporter's total in them, US$ bn: all that ship, also of years
        after the announcement. `known` has those before it. Empty where none was found.
    outcome, first_met
        ``"met"``, ``"not met"``, ``"open"`` (the deadline was not over) or ``"unknown"`` (no
        figures were found) on 14 November 2025, and the first year in which the level was reached,
        even after the deadline, if it is known.
    basis
        What settled it: ``"history"``, other ``"statistics"``, a ``"report"``, or nothing yet.
    observed_until
        Last year, up to the deadline, of which it is known whether the goal had been met by then:
        known whatever the outcome, so that scoring up to it favours neither outcome.
    outcome_other
        The outcome by the other country's figures, if known.
    reached_before
        Last year before the announcement in which the history was at the level already.
    said_as, confidence
        A ``"goal"``, an ``"expectation"``, a ``"statement"`` or of ``"business"``; how well it is
        documented.
    round
        1 for the seventy goals that shipped and were scored first, 2 for those added later.
    sources
        Addresses without their scheme.
    note, repaired, set_aside
        What is odd about it; what was changed and why; why it is on record but not used.

    Examples
    --------
    >>> from tradetrack.datasets import pledges
    >>> pledge = next(row for row in pledges() if row.id == "THA-VNM-2015-15-2020")
    >>> print(pledge.goal, "by the figures of", pledge.goal.reporter, "as of", pledge.announced)
    US$ 15 bn by 2020 by the figures of VNM as of 2015-03
    >>> pledge.known[-1], pledge.outcome, pledge.first_met
    ((2014, 10.594466), 'met', 2017)
    >>> [pledge.met_by(year) for year in (2016, 2017, 2020, 2021)]
    [False, True, True, None]
    """

    id: Name
    goal: Goal
    level: Positive
    by: int
    dated: Literal["stated", "first source", "inferred", "guessed"] = "stated"
    turnover: Positive | None = None
    history: History = ()
    outcome: Literal["met", "not met", "open", "unknown"]
    first_met: int | None = None
    basis: Literal["history", "statistics", "report", ""] = ""
    observed_until: int | None = None
    outcome_other: Literal["met", "not met", "open", "unknown", ""] = ""
    reached_before: int | None = None
    said_as: Literal["goal", "expectation", "statement", "business"] = "goal"
    confidence: Literal["high", "medium", "low"]
    round: int
    sources: tuple[Name, ...]
    note: Text = ""
    repaired: Text = ""
    set_aside: Reason = ""

    @model_validator(mode="after")
    def _ordered(self) -> "Pledge":
        if not self.announced or self.by < self.year:
            raise InputError(
                f"{self.id}: a goal of {self.announced or 'no date'} cannot be for {self.by}",
                topic="deadline",
            )
        if (self.outcome in ("met", "not met")) != bool(self.basis):
            raise InputError(f"{self.id}: a settled goal names its basis, another one has none")
        years = [year for year, _ in self.history]
        if years != sorted(set(years)):
            raise InputError(f"{self.id}: the years of the history are not in order")
        if not self.sources:
            raise InputError(f"{self.id}: name the source of the announcement")
        return self

    @property
    def pair(self) -> str:
        """The two partners, such as ``"THA-VNM"``."""
        return self.goal.series.pair if self.goal.series else ""

    @property
    def announced(self) -> str:
        """Day, month or year of the announcement."""
        return self.goal.announced

    @property
    def counts(self) -> Literal["by", "in"]:
        """``"in"`` if the total of the year `by` alone counts, ``"by"`` if an earlier one does."""
        return "in" if named_window(self.goal.window) else "by"

    @property
    def year(self) -> int:
        """Year of the announcement."""
        return int(self.announced[:4])

    @property
    def known(self) -> History:
        """The totals of the years before the announcement: what a forecast as of then may use."""
        return tuple((year, total) for year, total in self.history if year < self.year)

    def met_by(self, year: int) -> bool | None:
        """Whether the goal had been met by the end of a year, or None where that is not known.

        Parameters
        ----------
        year
            A year from the announcement on; years after ``observed_until`` give None.
        """
        if self.observed_until is None or year > self.observed_until:
            return None
        if self.outcome != "met":
            return False
        if self.first_met is None:
            return True if year == self.observed_until else None
        return year >= self.first_met


def pledges() -> tuple[Pledge, ...]:
    """Return the archive of announced trade goals, in the order in which they were announced.

    Examples
    --------
    >>> archive = pledges()
    >>> len(archive), sum(pledge.basis == "history" for pledge in archive)
    (213, 143)
    """
    flows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in shipped_rows("pledge_histories.csv"):
        flows[row["reporter"], row["partner"]].append(row)
    return tuple(_pledge(row, flows) for row in shipped_rows("pledges.csv"))


def _pledge(row: dict[str, str], flows: dict[tuple[str, str], list[dict[str, str]]]) -> Pledge:
    cells = {column.removesuffix("_usd_bn"): text for column, text in row.items() if text}
    goal = _goal(cells)
    pair, flow = row["pair"], row["flow"]
    (partner,) = set(pair.split("-")) - {goal.reporter} or {goal.reporter}
    return Pledge.model_validate(
        {
            **cells,
            "goal": goal,
            "sources": tuple(cells["sources"].split(" ; ")),
            "history": _totals(flows[goal.reporter, partner], pair, flow, goal.reporter),
        }
    )


def _goal(cells: dict[str, str]) -> Goal:
    """Take the cells of the goal out of a row, and make it of them."""
    series = Series.model_validate(
        {name: cells.pop(name) for name in ("pair", "flow", "unit", "coverage")}
    )
    amount, window, by = cells.pop("amount"), cells.pop("window"), cells.pop("deadline")
    cells["by"] = by
    return Goal(
        amount,
        None if named_window(window) else by,
        window,
        series=series,
        reporter=cells.pop("reporter"),
        announced=cells.pop("announced"),
        speaker=cells.pop("speaker", ""),
        wording=cells.pop("deadline_text", ""),
    )


def _totals(rows: list[dict[str, str]], pair: str, flow: str, reporter: str) -> History:
    """Total of each year that has all flows that count, US$ bn; of a group, its own exports."""
    own = flow.startswith(f"{reporter.lower()}_to_")
    if "-" not in pair or own:
        counted = ["exports_usd_mn"]
    else:
        counted = ["exports_usd_mn", "imports_usd_mn"] if flow == TURNOVER else ["imports_usd_mn"]
    return tuple(
        (int(row["year"]), round(sum(float(row[column]) for column in counted) / 1000, 6))
        for row in rows
        if all(row[column] for column in counted)
    )
