"""The reliability diagram: how often forecasts of 30 % came true."""

from typing import TYPE_CHECKING

from tradetrack._checks import check_kind
from tradetrack.plots.style import INK, MARKS, QUIET, axes_for, settle, write_words
from tradetrack.scoring.calibration import Reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = (0, 20, 40, 60, 80, 100)
_COUNTS_AT = -9.0  # percent; below the axis of the shares
_FLOOR = -15.0


def plot_reliability(reliability: Reliability, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the share that was met against the forecast probability, bin by bin.

    Parameters
    ----------
    reliability
        What to draw: mean forecast and share of each bin, the interval of the share, and below them
        the number of forecasts. Right forecasts lie on the diagonal.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    Axes
        Both axes in percent.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import tradetrack as tt
    >>> past = tt.backtest(
    ...     tt.datasets.kazakhstan_uzbekistan(), tt.Goal(4), ["2019-12", "2020-12"], n_paths=100)
    >>> tt.plots.plot_reliability(past.reliability("growth mixture")).get_ylabel()
    'share that was met'
    """
    remedy = "pass what the reliability of a backtest returned"
    check_kind("reliability", reliability, Reliability, remedy)
    axes = axes_for(ax, 5.6, 5.8)
    rows = reliability.rows
    forecast = [100.0 * row.forecast for row in rows]
    share = [100.0 * row.share for row in rows]
    down = [100.0 * max(row.share - row.interval[0], 0.0) for row in rows]
    up = [100.0 * max(row.interval[1] - row.share, 0.0) for row in rows]
    axes.plot([0, 100], [0, 100], color=QUIET, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    marker, colour = MARKS[0]
    axes.errorbar(
        forecast, share, (down, up), fmt=marker, color=colour, markersize=7, capsize=3, zorder=3
    )
    for row, at in zip(rows, forecast, strict=True):
        axes.text(at, _COUNTS_AT, str(row.count), ha="center", va="center", fontsize=8, color=INK)
    axes.axhline(-4.0, color=QUIET, linewidth=0.8)
    axes.set(xlim=(-5, 105), ylim=(_FLOOR, 105))
    labels = [f"{tick} %" for tick in _TICKS]
    axes.set_xticks(_TICKS, labels)
    axes.set_yticks(_TICKS, labels)
    n = sum(row.count for row in rows)
    write_words(
        axes,
        "Reliability of the forecasts",
        "share that was met",
        f"Across: forecast probability. Bars: {100 * reliability.level:g} % Wilson intervals;"
        f" below: number of forecasts ({n:,} in all); dashed: perfect. Mean distance"
        f" {100 * reliability.expected_calibration_error:.1f} points.",
    )
    return settle(axes)
