"""The reliability picture of two forecasters, for `benchmarks/pledges.py`."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from tradetrack.scoring.calibration import Reliability, ReliabilityBin

TITLES = "met by the deadline", "met by the end of each year to the deadline"
LOOKS = (("o", "black", "black", -0.09), ("s", "white", "0.45", -0.15))
APART = 0.012  # points of one bin are set a little apart, each to its own side


def draw_reliability(tables: dict[str, tuple[Reliability, Reliability]], file: Path) -> None:
    """Draw two forecasters' reliability at the deadline and year by year, readable in grey.

    Parameters
    ----------
    tables
        For each of two names, the table at the deadline and the one over all observed years.
    file
        Where the picture goes.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.9), sharey=True, layout="constrained")
    for panel, (ax, title) in enumerate(zip(axes, TITLES, strict=True)):
        ax.plot([0, 1], [0, 1], color="0.8", linewidth=1, zorder=0)
        one, other = (tables[name][panel].rows for name in tables)
        first, second = tables
        _points(ax, one, other, 0, first)
        _points(ax, other, one, 1, second)
        ax.axhline(-0.045, color="0.8", linewidth=0.8)
        ax.set(xlim=(-0.05, 1.05), ylim=(-0.19, 1.05), xlabel="probability told", title=title)
        ax.set_yticks(np.arange(0, 1.1, 0.2))
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("share met, 95 % interval (below: number of forecasts)")
    axes[0].legend(loc="upper left", frameon=False)
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _points(
    ax: Axes,
    rows: tuple[ReliabilityBin, ...],
    other: tuple[ReliabilityBin, ...],
    look: int,
    name: str,
) -> None:
    marker, fill, edge, line = LOOKS[look]
    beside = {row.low: row.forecast for row in other}
    told = np.array([row.forecast for row in rows])
    x = told + APART * np.sign([row.forecast - beside.get(row.low, 0.0) for row in rows])
    share = np.array([row.share for row in rows])
    reach = np.abs(np.array([row.interval for row in rows]).T - share)
    ax.errorbar(x, share, reach, fmt=marker, color=edge, mfc=fill, ms=7, capsize=3, label=name)
    for row, at in zip(rows, x, strict=True):
        ax.text(at, line, str(row.count), ha="center", va="center", color=edge, fontsize=8.5)
