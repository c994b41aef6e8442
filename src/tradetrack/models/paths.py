"""What a model is: it fits a ledger and draws monthly log paths; all else derives from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tradetrack._typing import MONTHS
from tradetrack.domain.goal import CONSENSUS, GoalWindow
from tradetrack.domain.observation import TURNOVER
from tradetrack.ledger.ledger import Ledger

Paths = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LogPaths:
    """Equally likely monthly paths of a pair's flows, over history and horizon.

    Attributes
    ----------
    first_month
        Month number of the first month; always a January.
    last_observed
        Month number of the last month that a figure covers. Horizon 1 is the month after it.
    flows
        Name of each flow. A single flow may be ``"turnover"`` itself.
    log_paths
        Natural log of the monthly value in the series' unit, ``[flow, month, path]``.
    effects
        For each reporter asked for: log of its figures over the flow, ``[flow, year, path]``.
    history_starts
        Where the runs of paths that share a history begin: they are not independent of each other.
        None, if each path has a history of its own.
    assumptions
        What the paths suppose beyond the figures, in words.
    """

    first_month: int
    last_observed: int
    flows: tuple[str, ...]
    log_paths: Paths
    effects: Mapping[str, Paths] = field(default_factory=dict)
    history_starts: NDArray[np.intp] | None = None
    assumptions: tuple[str, ...] = ()

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return int(self.log_paths.shape[2])

    @property
    def years(self) -> range:
        """Calendar years covered, all of them whole."""
        first = self.first_month // MONTHS
        return range(first, first + self.log_paths.shape[1] // MONTHS)

    def flow_indices(self, flow: str) -> tuple[int, ...]:
        """Positions of the flows that add up to the flow named."""
        if flow in self.flows:
            return (self.flows.index(flow),)
        return tuple(range(len(self.flows))) if flow == TURNOVER else ()


class Fitted(Protocol):
    """A model that has seen a ledger."""

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        """Draw paths to December of a year, with the effects of the reporters named."""
        ...


class Model(Protocol):
    """Something that can be fitted to the figures of one pair."""

    def fit(self, ledger: Ledger) -> Fitted:
        """Condition on the figures that count in a ledger of one pair."""
        ...


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
        self, flow: str, window: GoalWindow = "calendar_year", reporter: str = CONSENSUS
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
        return yearly(self.monthly(flow, reporter), window)

    def monthly(self, flow: str, reporter: str = CONSENSUS) -> Totals:
        """Level of each month on each path, ``[year, month, path]``, in the series' unit."""
        first, *others = self.paths.flow_indices(flow)
        total = self._levels(first, reporter)
        for index in others:
            total += self._levels(index, reporter)
        return total

    def _levels(self, index: int, reporter: str) -> Totals:
        levels: Totals = np.exp(self.paths.log_paths[index])
        levels = levels.reshape(len(self.years), MONTHS, self.paths.n_paths)
        if reporter != CONSENSUS:
            levels *= np.exp(self.paths.effects[reporter][index])[:, None, :]
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
