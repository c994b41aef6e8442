"""Goals: an amount that a series is to reach, by a year or some day."""

import math
from typing import Annotated, Literal, get_args

from pydantic import AllowInfNan, Field, model_validator

from tradetrack._format import amount_text, with_unit
from tradetrack.domain.observation import Series
from tradetrack.domain.value import Value
from tradetrack.domain.window import FIRST_YEAR, LAST_YEAR
from tradetrack.errors import InputError

CONSENSUS = "consensus"
GoalWindow = Literal["calendar_year", "rolling_year"]
WINDOWS: tuple[GoalWindow, ...] = get_args(GoalWindow)


class Goal(Value):
    """An announced goal.

    Attributes
    ----------
    amount
        The level to reach, in the series' unit.
    by
        Last year that counts ("by 2030" includes 2030), or None if no deadline was set.
    window
        ``"calendar_year"``: a January-December total; ``"rolling_year"``: any twelve months.
    series
        What is to reach the amount. None stands for the turnover of the ledger's only pair.
    reporter
        Whose figures count: ``"consensus"`` (the flow that all reporters measure) or one of them.
    name
        What to call the goal in sentences; empty for a name made of the amount and the unit.

    Examples
    --------
    >>> print(Goal(amount=10, by=2030))
    10 by 2030
    """

    amount: Annotated[float, AllowInfNan()] = Field(kw_only=False)
    by: int | None = Field(default=None, kw_only=False)
    window: GoalWindow = Field(default="calendar_year", kw_only=False)
    series: Series | None = None
    reporter: str = CONSENSUS
    name: str = ""

    @model_validator(mode="after")
    def _possible(self) -> "Goal":
        if not (math.isfinite(self.amount) and self.amount > 0):
            raise InputError(
                f"the goal's amount {self.amount} is not a positive number;"
                " write the level to reach, in the series' unit",
                topic="goal",
            )
        if self.by is not None and not FIRST_YEAR <= self.by <= LAST_YEAR:
            raise InputError(
                f"the deadline {self.by} is not a year between {FIRST_YEAR} and {LAST_YEAR}",
                topic="deadline",
            )
        if not self.reporter:
            raise InputError(
                "the goal's reporter is empty; write 'consensus' or a reporter's name",
                topic="reporter",
            )
        return self

    @property
    def label(self) -> str:
        """The goal's name, or else its amount with the unit, as far as it is known."""
        number = amount_text(self.amount)
        return self.name or (with_unit(number, self.series.unit) if self.series else number)

    def __str__(self) -> str:
        return self.label + (f" by {self.by}" if self.by is not None else "")
