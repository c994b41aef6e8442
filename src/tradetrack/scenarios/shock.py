"""A shock: a slump or a jump against what the model projects, and how much of it comes back."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, model_validator

from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.value import Value, by_position
from tradetrack.errors import InputError
from tradetrack.models.protocol import LogPaths
from tradetrack.scenarios.growth import check_fraction, check_year
from tradetrack.scenarios.shifting import check_flow, check_open, shifted


class Shock(Value):
    r"""A change of level against the projection.

    With change :math:`c` in year :math:`k`, of which a share :math:`r` comes back over :math:`w`
    years, the months ahead of year :math:`y \ge k` are multiplied by

    .. math:: 1 + c \, \big(1 - r \min(1, (y - k) / w)\big).

    Attributes
    ----------
    year
        Year of the shock. In a year in progress it hits the months ahead.
    change
        A fraction, above -1: -0.2 is a slump of 20 %.
    recovers
        Share of the change that comes back, 0 to 1.
    over
        Years that takes.
    flow
        A flow, or ``"turnover"``: it hits both flows alike.

    Examples
    --------
    >>> slump = Shock(2027, -0.2, recovers=0.5)
    >>> print(slump)
    turnover shifts by -20 % in 2027, of which 50 % comes back within 1 year
    >>> [round(slump.factor(year), 3) for year in (2026, 2027, 2028, 2029)]
    [1.0, 0.8, 0.9, 0.9]
    """

    kind: Literal["shock"] = "shock"
    year: int
    change: float
    recovers: float = 0.0
    over: int = 1
    flow: str = TURNOVER

    @by_position
    def __init__(
        self,
        year: int,
        change: float,
        recovers: float = 0.0,
        over: int = 1,
        *,
        flow: str = TURNOVER,
        kind: Literal["shock"] = "shock",
    ) -> None:
        BaseModel.__init__(
            self, kind=kind, year=year, change=change, recovers=recovers, over=over, flow=flow
        )

    @model_validator(mode="after")
    def _possible(self) -> "Shock":
        check_year(self.year, "year of the shock")
        check_fraction(self.change, "change")
        if not 0.0 <= self.recovers <= 1.0:
            raise InputError(
                f"recovers={self.recovers} is not a share between 0 and 1; write 0.5 if half of"
                " the change comes back",
                topic="assumption",
            )
        if self.over < 1:
            raise InputError(
                f"over={self.over} is not a number of years; write 1 or more", topic="assumption"
            )
        return self

    def factor(self, year: int) -> float:
        """Return what a year's level is multiplied by."""
        if year < self.year:
            return 1.0
        back = self.recovers * min(1.0, (year - self.year) / self.over)
        return 1.0 + self.change * (1.0 - back)

    def impose(self, paths: LogPaths, rng: np.random.Generator) -> LogPaths:
        """Return the paths after the shock; nothing is drawn.

        Raises
        ------
        InputError
            If the year has been observed or is beyond the horizon, or the flow is unknown.
        """
        check_open(self.year, paths, self)
        check_flow(paths, self.flow, self)
        shifts = np.log([[self.factor(year)] for year in paths.years])
        return shifted(paths, self.flow, shifts, self)

    def __str__(self) -> str:
        years = "1 year" if self.over == 1 else f"{self.over} years"
        back = f", of which {100 * self.recovers:.3g} % comes back within {years}"
        said = f"{self.flow} shifts by {100 * self.change:+.3g} % in {self.year}"
        return said + (back if self.recovers else "")
