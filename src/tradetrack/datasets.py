"""The shipped data: printed figures of a pair's trade, and what was announced about it."""

import io
import math
from typing import Annotated

from pydantic import Field

from tradetrack._checks import shown
from tradetrack._files import shipped_rows, shipped_text
from tradetrack.domain.amount import Absolute, Multiple
from tradetrack.domain.figure import GROWTH_UNITS, Figure, split_unit
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Name, PublicationDate, Reason, Series, Text, last_day
from tradetrack.domain.value import Value
from tradetrack.domain.window import FIRST_YEAR, LAST_YEAR, Window
from tradetrack.errors import InputError
from tradetrack.ledger.io import read_csv
from tradetrack.ledger.ledger import Ledger
from tradetrack.pledges import pledges as pledges

_AMOUNTS = {"kazakhstan_uzbekistan": (5.0, 10.0)}  # US$ bn, of the two goals of each dataset


class Announcement(Value):
    """A goal as it was announced.

    Attributes
    ----------
    id
        A name for the row.
    date
        Day of the announcement, or month if the day is not known.
    speaker, reporter
        Who announced it, and on which side.
    series
        What is to reach the amount.
    amount
        The amount as printed; in percent, a change.
    deadline_text, deadline
        The deadline as it was worded, and the last year it allows if it names one.
    document, note
        Where it was printed, and what is odd about it.
    set_aside
        Why it is kept on record but not used; empty if it is used.

    Examples
    --------
    >>> first = announcements("kazakhstan_uzbekistan")[0]
    >>> first.date, first.speaker, str(first.amount), first.deadline
    ('2006-09-04', 'Karimov', '100 %', 2016)
    >>> print(first.goal)
    2x 2005 by 2016
    """

    id: Name
    date: PublicationDate
    speaker: Text
    reporter: Name
    series: Series
    amount: Figure
    deadline_text: Text = ""
    deadline: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = None
    document: Text = ""
    note: Text = ""
    set_aside: Reason = ""

    @property
    def goal(self) -> Goal:
        """The goal that was announced; a change is over the last year before the announcement.

        Raises
        ------
        InputError
            If its deadline had passed when it was announced.
        """
        value = self.amount.value
        amount: float | Absolute | Multiple
        if self.amount.unit in GROWTH_UNITS:
            before = last_day(self.date).year - 1
            percent = self.amount.unit == "percent"
            factor = 1.0 + value / 100.0 if percent else value
            amount = Multiple(factor, Window.calendar_year(before))
        else:
            amount = Absolute(value, self.amount.unit)
        return Goal(
            amount,
            by=self.deadline,
            series=self.series,
            announced=self.date,
            speaker=self.speaker,
            document=self.document,
            wording=self.deadline_text,
        )


def kazakhstan_uzbekistan() -> Ledger:
    """Return what was printed about Kazakhstan-Uzbekistan trade up to 14 November 2025.

    Examples
    --------
    >>> kazakhstan_uzbekistan().pairs
    ('KZ-UZ',)
    """
    return read_csv(io.StringIO(shipped_text("kazakhstan_uzbekistan.csv")))


def announcements(name: str) -> tuple[Announcement, ...]:
    """Return every announcement of a goal in a dataset, in the order in which they were made.

    Parameters
    ----------
    name
        The dataset: ``"kazakhstan_uzbekistan"``.

    Raises
    ------
    InputError
        If there is no such dataset.
    """
    _amounts(name)
    made = [_announcement(row) for row in shipped_rows(f"{name}_goals.csv")]
    return tuple(sorted(made, key=lambda row: (last_day(row.date), row.id)))


def goals(name: str) -> tuple[Goal, Goal]:
    """Return the two goals of a dataset, each with the deadline that was named for it last.

    Each stands since that deadline was first named for it, and says by whom, where and in which
    words. `announcements` has the others, as goals too.

    Parameters
    ----------
    name
        The dataset: ``"kazakhstan_uzbekistan"``.

    Raises
    ------
    InputError
        If there is no such dataset.

    Examples
    --------
    >>> for goal in goals("kazakhstan_uzbekistan"):
    ...     print(goal)
    US$ 5 bn by 2022
    US$ 10 bn by 2030
    """
    first, second = _amounts(name)
    announced = announcements(name)
    return _goal(first, announced), _goal(second, announced)


def _amounts(name: str) -> tuple[float, float]:
    if not isinstance(name, str) or name not in _AMOUNTS:
        raise InputError(f"no dataset {shown(name)}; there is {', '.join(_AMOUNTS)}")
    return _AMOUNTS[name]


def _announcement(row: dict[str, str]) -> Announcement:
    cells = {column: text for column, text in row.items() if text}
    unit = cells.pop("unit")
    counted = "usd" if unit in GROWTH_UNITS else split_unit(unit)[0]
    series = Series(pair=cells.pop("pair"), flow=cells.pop("flow"), unit=f"{counted}_bn")
    amount = Figure(text=cells.pop("amount"), unit=unit, qualifier="exact")
    return Announcement.model_validate({**cells, "series": series, "amount": amount})


def _goal(amount: float, announced: tuple[Announcement, ...]) -> Goal:
    """Return the goal of this many US$ bn of turnover, by the year that was named for it last."""
    same = [
        row
        for row in announced
        if row.deadline is not None
        and not row.set_aside
        and row.series == Series(pair=row.series.pair)
        and row.amount.unit not in GROWTH_UNITS
        and math.isclose(math.exp(row.amount.log_interval("usd_bn")[0]), amount)
    ]
    first = next(row for row in same if row.deadline == same[-1].deadline)
    return first.goal.model_copy(update={"amount": amount, "name": f"US$ {amount:g} bn"})
