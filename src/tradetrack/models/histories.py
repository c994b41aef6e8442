"""A panel of annual totals, cut into histories and the years that followed them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tradetrack.errors import InputError
from tradetrack.models.kernels import Array

if TYPE_CHECKING:
    import pandas as pd

HISTORY_LENGTHS = (5, 6, 8, 12, 20)
"""Lengths of the histories that a prior is learned from, in years."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Histories of one length and the years that followed them, in natural logs.

    Attributes
    ----------
    history, future
        Log totals, shapes (windows, n) and (windows, horizon).
    importance
        Weight ``c_i`` of each window, not normalised.
    """

    history: Array
    future: Array
    importance: Array

    def __len__(self) -> int:
        """Count the windows."""
        return len(self.history)

    def thin(self, count: int) -> "Windows":
        """Take ``count`` windows by systematic sampling with the importances; all if no more."""
        if len(self) <= count:
            return self
        edges = np.cumsum(self.importance) / self.importance.sum()
        chosen = np.searchsorted(edges, (np.arange(count) + 0.5) / count)
        return Windows(self.history[chosen], self.future[chosen], np.ones(count))

    def first_steps(self, log_goals: Array) -> NDArray[np.intp]:
        """First year ahead, from 0, that reaches each goal; the horizon when none does.

        ``log_goals`` and the result have the shape (windows, goals).
        """
        reached = self.future[:, None, :] >= log_goals[:, :, None]
        first: NDArray[np.intp] = np.where(
            reached.any(axis=2), reached.argmax(axis=2), self.future.shape[1]
        )
        return first


def cut_windows(
    panel: "pd.DataFrame",
    horizon: int,
    *,
    since: int | None = None,
    until: int | None = None,
    min_level: float = 0.0,
) -> tuple[Windows, ...]:
    """Cut every unbroken history, with the years that follow it, out of a panel.

    Parameters are those of :func:`~tradetrack.models.learning.learn_regimes`.

    Returns
    -------
    tuple of Windows
        One for each history length that occurs. The ``n`` windows of a series weigh together as
        much as its years ahead make separate futures, ``(n + horizon - 1) / horizon``: overlapping
        windows repeat each other, and a series that seldom passes the filters is no typical one.
        Then every last year of a history is made to count the same: what the world does after it
        hits all series at once, and panels hold ever more of them.
    """
    levels = wide(panel, until)
    first_year, logs = int(levels.columns[0]), np.log(levels.to_numpy(dtype=float))
    floor = np.log(max(min_level, np.finfo(float).tiny))
    found = []
    for length in HISTORY_LENGTHS:
        if logs.shape[1] < length + horizon:
            continue
        views = np.lib.stride_tricks.sliding_window_view(logs, length + horizon, axis=1)
        usable = np.isfinite(views).all(axis=2) & (views[:, :, length - 1] >= floor)
        if since is not None:
            usable[:, : max(since - first_year - length + 1, 0)] = False
        series, origin = np.nonzero(usable)
        if len(series):
            number = np.bincount(series)[series]
            importance = (number + horizon - 1) / (horizon * number)
            importance /= np.bincount(origin, importance)[origin]
            cut = views[usable]
            found.append(Windows(cut[:, :length], cut[:, length:], importance))
    if not found:
        shortest = min(HISTORY_LENGTHS) + horizon
        raise InputError(
            f"no series of the panel has {shortest} years in a row within the filters",
            topic="learning-panel",
        )
    return tuple(found)


def wide(panel: "pd.DataFrame", until: int | None) -> "pd.DataFrame":
    """Lay a panel out with a row a series and a column a year; refuse what is no panel."""
    missing = {"series", "year", "value"} - set(panel.columns)
    if missing:
        raise InputError(f"the panel lacks the columns {sorted(missing)}", topic="learning-panel")
    rows = panel if until is None else panel[panel["year"] <= until]
    if rows.empty:
        raise InputError(
            "the panel has no row" + ("" if until is None else f" until {until}"),
            topic="learning-panel",
        )
    if not (np.isfinite(rows["value"]).all() and (rows["value"] > 0).all()):
        raise InputError(
            "the values of the panel must be finite and above 0; drop the others",
            topic="learning-panel",
        )
    if rows.duplicated(["series", "year"]).any():
        raise InputError(
            "the panel has two rows for one series and year; make series unique",
            topic="learning-panel",
        )
    table = rows.set_index(["series", "year"])["value"].unstack("year")  # noqa: PD010 - no sums
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    return table.reindex(columns=years)
