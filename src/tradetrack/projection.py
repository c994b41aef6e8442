"""Projection: yearly totals of a flow on every path, in levels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradetrack.domain.goal import CONSENSUS, GoalWindow
from tradetrack.domain.window import MONTHS
from tradetrack.models.protocol import LogPaths

Totals = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Totals that a set of equally likely paths implies.

    Attributes
    ----------
    paths
        Monthly log paths over history and horizon.
    """

    paths: LogPaths

    @property
    def years(self) -> range:
        """Years of the totals."""
        return self.paths.years

    def totals(
        self, flow: str, window: GoalWindow = "calendar_year", figures: str = CONSENSUS
    ) -> Totals:
        """Total of each year on each path, ``[year, path]``, in the series' unit.

        Parameters
        ----------
        flow
            A flow, or ``"turnover"`` for the sum of both.
        window
            ``"calendar_year"``: January to December. ``"rolling_year"``: the highest total of
            twelve months that end in the year (in the first year, only December can end them).
        figures
            ``"consensus"`` or a reporter whose effects were drawn.
        """
        return yearly(self.monthly(flow, figures), window)

    def monthly(self, flow: str, figures: str = CONSENSUS) -> Totals:
        """Level of each month on each path, ``[year, month, path]``, in the series' unit."""
        first, *others = self.paths.flow_indices(flow)
        total = self._levels(first, figures)
        for index in others:
            total += self._levels(index, figures)
        return total

    def _levels(self, index: int, figures: str) -> Totals:
        levels: Totals = np.exp(self.paths.log_paths[index])
        levels = levels.reshape(len(self.years), MONTHS, self.paths.n_paths)
        if figures != CONSENSUS:
            levels *= np.exp(self.paths.effects[figures][index])[:, None, :]
        return levels


def yearly(monthly: Totals, window: GoalWindow) -> Totals:
    """Add months ``[year, month, path]`` up to the totals of `Projection.totals`.

    Examples
    --------
    >>> monthly = np.ones((2, 12, 1), np.float32)
    >>> monthly[0, 6:] = 2.0
    >>> yearly(monthly, "calendar_year").ravel(), yearly(monthly, "rolling_year").ravel()
    (array([18., 12.], dtype=float32), array([18., 18.], dtype=float32))
    """
    best: Totals = monthly.sum(axis=1)
    if window == "calendar_year":
        return best
    twelve = best[:-1].copy()
    for month in range(MONTHS - 1):
        twelve += monthly[1:, month]
        twelve -= monthly[:-1, month]
        np.maximum(best[1:], twelve, out=best[1:])
    return best


def quantiles(totals: Totals, levels: tuple[float, ...]) -> NDArray[np.float64]:
    """Quantiles of yearly totals over paths, ``[year, level]``.

    Examples
    --------
    >>> quantiles(np.array([[3.0, 1.0, 2.0]], np.float32), (0.0, 0.5))
    array([[1., 2.]])
    """
    # Sorted first, single precision sorts far faster than numpy partitions it level by level.
    by_level: NDArray[np.float64] = np.quantile(np.sort(totals, axis=1), levels, axis=1)
    return by_level.T.astype(float)
