r"""Shifting the months ahead of every path; observed months stay as they are.

An assumption moves the months ahead of a year by one shift in logs, :math:`s_y`, so that they keep
their spread, their months and their ups and downs. With :math:`A_y` the months of a year that are
ahead (all twelve, but for a year in progress), :math:`x` the log of the monthly value and
:math:`M` the median over paths, growth :math:`g` in a year means

.. math:: e^{s_y} M\Big[\sum_{t \in A_y} e^{x_t}\Big] =
          (1 + g)\, M\Big[\sum_{t \in A_y} e^{x_{t-12} + s_{y-1} 1(t-12 \text{ is ahead})}\Big] :

months ahead grow by :math:`g` over the same months of the year before. If every path is to follow,
:math:`M` is left out and each path has a shift of its own.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import MONTHS, Array
from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.window import format_month
from tradetrack.errors import InputError
from tradetrack.models.paths import LogPaths, Totals

_LARGEST = 80.0  # single precision ends at exp(88)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Logs of a flow's sums over the months of each year that are ahead, and what they grow from.

    Attributes
    ----------
    ahead
        Log of the months ahead, ``[year, path]``; minus infinity in a year wholly observed.
    base_observed, base_ahead
        The same months a year earlier: the observed ones, and those that are ahead themselves.
    medians
        Medians of ``ahead`` and of ``base_ahead``, ``[2, year]``.
    """

    ahead: Array
    base_observed: Array
    base_ahead: Array
    medians: Array

    @classmethod
    def of(cls, monthly: Totals, n_observed: int) -> Self:
        """Add months up.

        Parameters
        ----------
        monthly
            Levels, ``[year, month, path]``.
        n_observed
            Months from the first one to the last observed one.
        """
        is_ahead = np.arange(monthly.shape[0] * MONTHS).reshape(-1, MONTHS) >= n_observed
        was_ahead = np.roll(is_ahead, 1, axis=0)
        ahead = _log_total(monthly, is_ahead)
        base_ahead = _log_total(monthly, is_ahead & was_ahead, before=1)
        return cls(
            ahead,
            _log_total(monthly, is_ahead & ~was_ahead, before=1),
            base_ahead,
            np.median([ahead, base_ahead], axis=2),
        )

    def shifts(self, log_growth: Array, certain: bool = False) -> Array:
        """Shift of each year, ``[year, 1]``, or ``[year, path]`` if every path is to follow.

        Parameters
        ----------
        log_growth
            Log of one plus the growth imposed, ``[year]``. NaN leaves the year's growth as drawn.
        certain
            Whether every path follows the growth, or only the median.
        """
        shifts = np.zeros((len(log_growth), self.ahead.shape[1] if certain else 1))
        for year in range(1, len(log_growth)):
            shifts[year] = before = shifts[year - 1]
            if not np.isnan(log_growth[year]):
                up = self._up(year, before) if certain else self._median_up(year, before)
                shifts[year] = log_growth[year] + up
        return shifts

    def _up(self, year: int, before: Array) -> Array:
        """Log of a year's base, the year before shifted, over its months ahead, on each path."""
        up: Array = np.logaddexp(self.base_observed[year], self.base_ahead[year] + before)
        up -= self.ahead[year]
        return up

    def _median_up(self, year: int, before: Array) -> Array:
        """The same of the medians; a base of months ahead alone shifts as a whole."""
        ahead, base_ahead = self.medians[:, year]
        up: Array = base_ahead + before - ahead
        if not np.isneginf(self.base_observed[year, 0]):
            base = np.logaddexp(self.base_observed[year], self.base_ahead[year] + before)
            up[:] = np.median(base) - ahead
        return up


def _log_total(monthly: Totals, chosen: NDArray[np.bool_], before: int = 0) -> Array:
    """Log of the sum of the months chosen in each year, or in the year before it."""
    total = np.full((monthly.shape[0], monthly.shape[2]), -np.inf)
    years = np.flatnonzero(chosen.any(axis=1))
    total[years] = np.log(
        np.einsum("ymp,ym->yp", monthly[years - before], chosen[years], dtype=float)
    )
    return total


def check_flow(paths: LogPaths, flow: str, assumption: object) -> None:
    """Refuse a flow that the model does not have."""
    if not paths.flow_indices(flow):
        known = (TURNOVER, *paths.flows) if len(paths.flows) > 1 else paths.flows
        raise InputError(
            f"{assumption}: the ledger's figures are not about the flow {flow!r}; write"
            f" {' or '.join(known)}",
            topic="not-in-ledger",
        )


def monthly(paths: LogPaths, flow: str, assumption: object) -> Totals:
    """Level of each month of a flow, ``[year, month, path]``; refuses an unknown flow."""
    check_flow(paths, flow, assumption)
    return paths.monthly(flow)


def first_open_year(paths: LogPaths) -> int:
    """Year of the first month ahead."""
    return paths.last_complete_year + 1


def check_open(year: int, paths: LogPaths, assumption: object) -> None:
    """Refuse a year of which every month has been observed, or that is beyond the horizon."""
    if year < first_open_year(paths):
        raise InputError(
            f"{assumption}: {format_month(year * MONTHS)} to {format_month(year * MONTHS + 11)}"
            f" have been observed, and printed figures stay; choose {first_open_year(paths)}"
            " or later",
            topic="scenario-years",
        )
    if year > paths.years[-1]:
        ahead = year - paths.last_observed // MONTHS
        raise InputError(
            f"{assumption}: the horizon ends in {paths.years[-1]}; call track(..., horizon={ahead})"
            " or more",
            topic="horizon",
        )


def shifted(paths: LogPaths, flow: str, shifts: Array, assumption: object) -> LogPaths:
    """Add the shift of its year, ``[year, path or 1]``, to each month ahead of a flow.

    Raises
    ------
    InputError
        If that takes levels out of what single precision holds.
    """
    moved = paths.log_paths.copy()
    flows = list(paths.flow_indices(flow))
    for year in range(first_open_year(paths) - paths.years.start, len(paths.years)):
        months = slice(max(year * MONTHS, paths.n_observed), (year + 1) * MONTHS)
        moved[flows, months] += shifts[year].astype(np.float32)
    if np.abs(moved).max() > _LARGEST:
        raise InputError(
            f"{assumption}: that leads beyond 1e34 or below 1e-34 before the horizon ends in"
            f" {paths.years[-1]}; end it earlier, or choose a nearer horizon",
            topic="out-of-reach",
        )
    return replace(paths, log_paths=moved)
