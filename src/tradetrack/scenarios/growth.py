"""Imposed changes of the months ahead: growth per year, the pace of a window, a shock."""

import math
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from tradetrack._typing import MONTHS, Array
from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.value import Value
from tradetrack.domain.window import FIRST_YEAR, LAST_YEAR, Window, format_month
from tradetrack.errors import InputError
from tradetrack.models.paths import LogPaths
from tradetrack.scenarios.shifting import (
    Blocks,
    check_flow,
    check_open,
    first_open_year,
    monthly,
    shifted,
)

_MOST = 5.0  # growth of 500 % a year; more is percent written for a fraction


class GrowthPath(Value):
    """Growth per year, imposed on the months ahead.

    The median path grows so, and the paths keep their spread around it. Growth of 0 holds a flow.

    Attributes
    ----------
    growth
        A fraction, above -1: 0.15 is 15 %. Several are one per year from ``start``.
    start
        First year that grows so; by default from the first month ahead. In a year in progress the
        months ahead grow over the same months of the year before.
    end
        Last year that does; the horizon by default. Afterwards the model's own growth goes on.
    flow
        A flow, or ``"turnover"``: both flows grow by as much.
    certain
        Whether every path follows, not only the median: nothing about the growth is left open.

    Examples
    --------
    >>> print(GrowthPath(0.15, 2026, 2030))
    turnover grows 15 % a year from 2026 to 2030
    >>> print(GrowthPath((0.1, -0.05), flow="kz_to_uz"))
    kz_to_uz grows 10 %, -5 % from the last figure on
    """

    kind: Literal["growth_path"] = "growth_path"
    growth: float | tuple[float, ...] = Field(kw_only=False)
    start: int | None = Field(default=None, kw_only=False)
    end: int | None = Field(default=None, kw_only=False)
    flow: str = TURNOVER
    certain: bool = False

    @model_validator(mode="after")
    def _possible(self) -> "GrowthPath":
        rates = self.growth if isinstance(self.growth, tuple) else (self.growth,)
        for rate in rates:
            check_fraction(rate, "growth")
        check_year(self.start, "start")
        check_year(self.end, "end")
        if isinstance(self.growth, tuple) and (not self.growth or self.end is not None):
            raise InputError(
                "several growth rates are one per year from the start; give at least one and no"
                " end",
                topic="assumption",
            )
        if self.start is not None and self.end is not None and self.end < self.start:
            raise InputError(
                f"the end {self.end} is before the start {self.start}; swap the two",
                topic="assumption",
            )
        return self

    def impose(self, paths: LogPaths, rng: np.random.Generator) -> LogPaths:
        """Return the paths under the growth; nothing is drawn.

        Raises
        ------
        InputError
            If the years have been observed or are beyond the horizon, or the flow is unknown.
        """
        start = first_open_year(paths) if self.start is None else self.start
        check_open(start, paths, self)
        if self.end is not None and self.end < start:
            check_open(self.end, paths, self)
        first, last = paths.years[0], paths.years[-1]
        if start == first:
            raise InputError(
                f"{self}: {start} would grow over {first - 1}, which is before the first figure;"
                f" choose start={start + 1}",
                topic="scenario-years",
            )
        if isinstance(self.growth, tuple):
            rates = self.growth[: last - start + 1]
        else:
            rates = (self.growth,) * (min(self.end or last, last) - start + 1)
        log_growth = np.full(len(paths.years), np.nan)
        log_growth[start - first :][: len(rates)] = np.log1p(rates)
        blocks = Blocks.of(monthly(paths, self.flow, self), paths.n_observed)
        return shifted(paths, self.flow, blocks.shifts(log_growth, self.certain), self)

    def __str__(self) -> str:
        start = "the last figure on" if self.start is None else f"{self.start}"
        end = "" if self.end is None else f" to {self.end}"
        if isinstance(self.growth, tuple):
            rates = ", ".join(f"{100 * rate:.3g} %" for rate in self.growth)
            return f"{self.flow} grows {rates} from {start}"
        return f"{self.flow} grows {100 * self.growth:.3g} % a year from {start}{end}"


class Pace(Value):
    """The growth of an observed window over the same months of the year before, carried on.

    Where figures leave that growth open it differs between paths; the median counts.

    Attributes
    ----------
    window
        Observed months, ``"2025-07..2025-09"``; the year to date by default.
    end
        Last year that keeps the pace; the horizon by default.
    flow
        A flow, or ``"turnover"``.

    Examples
    --------
    >>> print(Pace("2025-07..2025-09"))
    turnover keeps the pace of 2025-07..2025-09
    """

    kind: Literal["pace"] = "pace"
    window: Window | None = Field(default=None, kw_only=False)
    end: int | None = Field(default=None, kw_only=False)
    flow: str = TURNOVER

    @model_validator(mode="after")
    def _possible(self) -> "Pace":
        check_year(self.end, "end")
        return self

    def impose(self, paths: LogPaths, rng: np.random.Generator) -> LogPaths:
        """Return the paths at this pace; nothing is drawn.

        Raises
        ------
        InputError
            If the window or the same months of the year before are not observed.
        """
        growth = float(np.median(self.growth(paths)))
        path = GrowthPath.model_construct(growth=growth, end=self.end, flow=self.flow)
        return path.impose(paths, rng)

    def growth(self, paths: LogPaths) -> Array:
        """Growth of the window over the year before on each path, a fraction, ``[path]``."""
        last = paths.last_observed
        window = self.window or Window(start=last // MONTHS * MONTHS, end=last)
        start, end = window.start - paths.first_month, window.end - paths.first_month
        if window.end > last or start < MONTHS:
            raise InputError(
                f"{self}: the figures cover {format_month(paths.first_month)} to"
                f" {format_month(last)}; choose a window there that has a year before it",
                topic="scenario-years",
            )
        level = monthly(paths, self.flow, self).reshape(-1, paths.n_paths)
        now = level[start : end + 1].sum(axis=0, dtype=float)
        before = level[start - MONTHS : end + 1 - MONTHS].sum(axis=0, dtype=float)
        growth: Array = now / before - 1.0
        return growth

    def __str__(self) -> str:
        end = "" if self.end is None else f" to {self.end}"
        return f"{self.flow} keeps the pace of {self.window or 'the year to date'}{end}"


def check_fraction(value: float, name: str) -> None:
    """Refuse a change that leaves nothing, or that is percent written for a fraction."""
    if not (math.isfinite(value) and -1.0 < value < _MOST):
        raise InputError(
            f"the {name} {value} is not between -1 (nothing is left) and {_MOST:g};"
            " write a fraction: 0.15 for 15 %, -0.2 for a fall of 20 %",
            topic="assumption",
        )


def check_year(year: int | None, name: str) -> None:
    """Refuse what is not a year."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(
            f"the {name} {year} is not a year between {FIRST_YEAR} and {LAST_YEAR}",
            topic="assumption",
        )


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
    year: int = Field(kw_only=False)
    change: float = Field(kw_only=False)
    recovers: float = Field(default=0.0, kw_only=False)
    over: int = Field(default=1, kw_only=False)
    flow: str = TURNOVER

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
        shift = f"{self.flow} shifts by {100 * self.change:+.3g} % in {self.year}"
        return shift + (back if self.recovers else "")
