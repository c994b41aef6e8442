"""The attainment curve: the probability that each goal is met, year by year."""

from typing import TYPE_CHECKING

from tradetrack.plots.content import NAMED, Curve, CurveContent, check_tracking, curve_content
from tradetrack.plots.style import (
    DASHES,
    GRID,
    MARKS,
    QUIET,
    UPWARD_TICK,
    axes_for,
    settle,
    write_legend,
    write_words,
)
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def plot_attainment(tracking: Tracking, *, legend: bool = True, ax: "Axes | None" = None) -> "Axes":
    """Draw the probability that each goal is met by the end of each year.

    Parameters
    ----------
    tracking
        What to draw. The legend gives for each goal the probability at its deadline, where its
        curve has an upward tick, and the probability that it is not met within the horizon. Of
        more than eight goals the later ones are thin, grey and not named.
    legend
        Whether to draw the legend.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    Axes
        Years across, probability in percent up.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> float(tt.plots.plot_attainment(tracking).get_ylim()[1])
    100.0
    """
    check_tracking(tracking)
    content = curve_content(tracking)
    axes = axes_for(ax, 9.0, 4.6)
    for curve in content.curves[NAMED:]:
        _draw(axes, curve).set(color=QUIET, linewidth=0.8, zorder=2)
    for index, curve in enumerate(content.curves[:NAMED]):
        _draw_named(axes, curve, index)
    _set_scale(axes, content)
    write_words(axes, content.title, content.axis_title, content.source)
    if legend:
        write_legend(axes)
    return settle(axes)


def _draw(axes: "Axes", curve: Curve) -> "Line2D":
    [line] = axes.plot(
        [point.year for point in curve.points],
        [100.0 * point.probability for point in curve.points],
    )
    return line


def _draw_named(axes: "Axes", curve: Curve, index: int) -> None:
    marker, colour = MARKS[index % len(MARKS)]
    _draw(axes, curve).set(
        color=colour,
        linewidth=1.6,
        linestyle=DASHES[index % len(DASHES)],
        marker=marker,
        markersize=4,
        markerfacecolor="white",
        clip_on=False,
        zorder=4,
        label=curve.label,
    )
    if curve.due is not None:
        axes.scatter(
            [curve.due.year],
            [100.0 * curve.due.probability],
            s=150,
            marker=UPWARD_TICK,
            color=colour,
            linewidth=2.2,
            clip_on=False,
            zorder=5,
        )


def _set_scale(axes: "Axes", content: CurveContent) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylim(0.0, 100.0)
    axes.set_xlim(content.years[0] - 0.5, content.years[1] + 0.5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
