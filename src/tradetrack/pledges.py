"""The archive of announced trade goals: what was promised, what was known then, what became of it.

The goals are in ``data/pledges.csv``, the totals in ``data/pledge_histories.csv``; how they were
gathered and repaired is in ``docs/pledges.md``.
"""

import re
from collections import defaultdict
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from tradetrack._files import shipped_rows
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Name, Reason, Series, Text, last_day
from tradetrack.domain.value import Positive, Value
from tradetrack.errors import InputError

History = tuple[tuple[int, Positive], ...]
_YEAR = re.compile(r"\d{4}")


def _check_day(text: str) -> str:
    if not _YEAR.fullmatch(text):
        last_day(text)
    return text


class Pledge(Value):
    """A goal for the trade of two partners, as a government announced it, and its outcome.

    Attributes
    ----------
    id
        Pair, year of announcement, amount and deadline.
    goal
        The goal, in US$ bn of turnover; ``goal.reporter`` is the reporter whose figures count and
        ``goal.series.pair`` the pair. Countries are ISO 3166 codes of three letters.
    announced
        Day, month or year, as far as it is known.
    turnover
        Turnover that was stated with it, US$ bn; seldom the reporter's figure of a calendar year.
    history
        Calendar years and the reporter's turnover in them, US$ bn: all that ship, also of years
        after the announcement. `known` has those before it. Empty for groups of countries.
    outcome, first_met
        ``"met"``, ``"not met"`` or ``"open"`` on 14 November 2025, and the first year in which the
        amount was reached, even after the deadline, if it is known.
    basis
        What settled it: ``"history"``, later ``"statistics"``, a ``"report"``, or nothing yet.
    observed_until
        Last year, up to the deadline, of which it is known whether the goal had been met by then:
        known whatever the outcome, so that scoring up to it favours neither outcome.
    outcome_other
        The outcome by the other country's figures, if known.
    scope, said_as, confidence
        ``"goods"`` or more; a ``"goal"``, an ``"expectation"``, a ``"statement"`` or a
        ``"business"`` leader's; how well it is documented.
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
    announced: Annotated[Text, AfterValidator(_check_day)]
    turnover: Positive | None = None
    history: History = ()
    outcome: Literal["met", "not met", "open"]
    first_met: int | None = None
    basis: Literal["history", "statistics", "report", ""] = ""
    observed_until: int | None = None
    outcome_other: Literal["met", "not met", "open", ""] = ""
    scope: Text = "goods"
    said_as: Literal["goal", "expectation", "statement", "business"] = "goal"
    confidence: Literal["high", "medium", "low"]
    sources: tuple[Name, ...]
    note: Text = ""
    repaired: Text = ""
    set_aside: Reason = ""

    @model_validator(mode="after")
    def _ordered(self) -> "Pledge":
        if self.goal.due_year is None or self.goal.due_year < self.year:
            raise InputError(
                f"{self.id}: a goal of {self.announced} cannot be for {self.goal.by}",
                topic="deadline",
            )
        if (self.outcome == "open") != (self.basis == ""):
            raise InputError(f"{self.id}: a settled goal names its basis, an open one has none")
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
    (70, 40)
    """
    totals = _totals()
    return tuple(_pledge(row, totals) for row in shipped_rows("pledges.csv"))


def _totals() -> dict[tuple[str, str], History]:
    """Turnover in US$ bn of the years in which both flows are known, by reporter and partner."""
    found: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for row in shipped_rows("pledge_histories.csv"):
        flows = row["exports_usd_mn"], row["imports_usd_mn"]
        if all(flows):
            total = sum(map(float, flows)) / 1000
            found[row["reporter"], row["partner"]][int(row["year"])] = round(total, 6)
    return {pair: tuple(sorted(years.items())) for pair, years in found.items()}


def _pledge(row: dict[str, str], totals: dict[tuple[str, str], History]) -> Pledge:
    cells = {column.removesuffix("_usd_bn"): text for column, text in row.items() if text}
    pair, reporter = cells.pop("pair"), cells.pop("reporter")
    (partner,) = set(pair.split("-")) - {reporter}
    goal = Goal(
        float(cells.pop("amount")),
        int(cells.pop("deadline")),
        series=Series(pair=pair),
        reporter=reporter,
    )
    return Pledge.model_validate(
        {
            **cells,
            "goal": goal,
            "sources": tuple(cells["sources"].split(" ; ")),
            "history": totals.get((reporter, partner), ()),
        }
    )
