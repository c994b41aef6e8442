"""The attainment curve: the probability that each goal is met, year by year."""

from typing import TYPE_CHECKING

from tradetrack.attainment.attainment import Attainment
from tradetrack.plots.content import AXIS_TITLE, NAMED, TITLE, curve_label, source, years_shown
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


def plot_attainment(tracking: Tracking, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the probability that each goal is met by the end of each year.

    Parameters
    ----------
    tracking
        What to draw. The legend says of each goal the probability at its deadline, where its curve
        has an upward tick, and the probability that it is not met within the horizon. Of more
        than eight goals the later ones are thin, grey and not named.
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
    axes = axes_for(ax, 9.0, 4.6)
    first, last = years_shown(tracking)
    for index, attainment in enumerate(tracking.attainments):
        _draw_curve(axes, attainment, index, first)
    _set_scale(axes, first, last)
    write_words(axes, TITLE, AXIS_TITLE, source(tracking))
    write_legend(axes)
    return settle(axes)


def _draw_curve(axes: "Axes", attainment: Attainment, index: int, first: int) -> None:
    years = [point.year for point in attainment.curve if point.year >= first]
    chances = [100.0 * attainment.probability_by(year) for year in years]
    if index >= NAMED:
        axes.plot(years, chances, color=QUIET, linewidth=0.8, zorder=2)
        return
    marker, colour = MARKS[index % len(MARKS)]
    axes.plot(
        years,
        chances,
        color=colour,
        linewidth=1.6,
        linestyle=DASHES[index % len(DASHES)],
        marker=marker,
        markersize=4,
        markerfacecolor="white",
        clip_on=False,
        zorder=4,
        label=curve_label(attainment),
    )
    by, chance = attainment.goal.by, attainment.deadline_probability
    if by is not None and chance is not None:
        axes.scatter(
            [by],
            [100.0 * chance],
            s=150,
            marker=UPWARD_TICK,
            color=colour,
            linewidth=2.2,
            clip_on=False,
            zorder=5,
        )


def _set_scale(axes: "Axes", first: int, last: int) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylim(0.0, 100.0)
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
