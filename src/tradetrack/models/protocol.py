"""What a model is: it fits a ledger and draws monthly log paths; all else derives from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.window import MONTHS
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
        self, until: int, n_paths: int, rng: np.random.Generator, reporters: tuple[str, ...] = ()
    ) -> LogPaths:
        """Draw paths to December of the year ``until``, with the effects of the reporters named."""
        ...


class Model(Protocol):
    """Something that can be fitted to the figures of one pair."""

    def fit(self, ledger: Ledger) -> Fitted:
        """Condition on the figures that count in a ledger of one pair."""
        ...
