"""Probabilities of a chunk of an annual panel: the work that an executor is given."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from tradetrack._parallel import one_blas_thread
from tradetrack._typing import Array, Index
from tradetrack.attainment.first_passage import TOLERANCE
from tradetrack.models.annual_panel import SharedYears
from tradetrack.models.regimes import Regimes
from tradetrack.panel.reading import Panel

Since = Literal["announcement", "origin"]


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the answers depend on besides the panel.

    Attributes
    ----------
    regimes, month_noise, memory
        The prior; see `tradetrack.models.mixture.GrowthMixture`.
    horizon
        Years ahead of the last value of each series.
    n_paths, seed
        Paths per series, and the seed of the draws that all series share.
    since
        ``"announcement"`` or ``"origin"``: which years count; see `tradetrack.track_panel`.
    """

    regimes: Regimes
    month_noise: float
    memory: int
    horizon: int
    n_paths: int
    seed: int
    since: Since = "announcement"

    def shared(self, years: tuple[int, ...]) -> SharedYears:
        """Factor the prior over the observed years."""
        return SharedYears.over(self.regimes, years, self.horizon, self.month_noise, self.memory)


def reaching(amounts: Array) -> Array:
    """Totals that count as reaching the amounts, as `first_passage` has it."""
    return amounts * (1.0 - TOLERANCE)


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Series of a panel that were observed in the same years.

    Attributes
    ----------
    years
        Observed years, counted from the last one.
    series
        Their positions in the panel.
    log_history
        Log totals, ``[series, year]``.
    """

    years: tuple[int, ...]
    series: Index
    log_history: Array


def alike(panel: Panel) -> Iterator[Alike]:
    """Group a panel by observed years."""
    since = panel.years - np.repeat(panel.last_years, np.diff(panel.starts))
    groups: dict[bytes, list[int]] = defaultdict(list)
    for position, (low, high) in enumerate(pairwise(panel.starts)):
        groups[since[low:high].tobytes()].append(position)
    for key, members in groups.items():
        years, series = np.frombuffer(key, np.int32), np.array(members, np.intp)
        rows = panel.starts[series][:, None] + np.arange(len(years))
        yield Alike(tuple(years.tolist()), series, np.log(panel.totals[rows]))


def counts_from(panel: Panel, since: Since) -> Index:
    """First year that counts for each goal, counted from the last one of its series."""
    if since == "origin":
        return np.ones(len(panel.amounts), np.intp)
    last = np.repeat(panel.last_years, np.diff(panel.goal_starts))
    return panel.announced.astype(np.intp) - last


@one_blas_thread
def met_by(panel: Panel, settings: Settings) -> Array:
    """Probability that each goal is met by each year ahead, ``[goal, year]``.

    All series share the draws, so the answer for one does not depend on the others.
    """
    result = np.empty((len(panel.amounts), settings.horizon))
    n_goals = np.diff(panel.goal_starts)
    log_goals = np.log(reaching(panel.amounts))
    first = counts_from(panel, settings.since)
    for group in alike(panel):
        shared = settings.shared(group.years)
        for count in np.unique(n_goals[group.series]):
            own = n_goals[group.series] == count
            rows = panel.goal_starts[group.series[own]][:, None] + np.arange(count)
            rng = np.random.default_rng(settings.seed)
            history = group.log_history[own]
            since = first[rows]
            result[rows] = shared.met_by(history, log_goals[rows], settings.n_paths, rng, since)
    return result
