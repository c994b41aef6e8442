"""The fan chart, by matplotlib, which is imported only when one is drawn."""

import datetime as dt
import math
from typing import TYPE_CHECKING

from tradetrack._format import log_ticks
from tradetrack.domain.goal import YearWindow
from tradetrack.domain.observation import Series
from tradetrack.ledger.ledger import Ledger
from tradetrack.plots.content import (
    FanContent,
    Mark,
    check_tracking,
    fan_content,
    goal_label,
    place_of,
)
from tradetrack.plots.style import (
    BANDS,
    GOAL,
    GRID,
    INK,
    MARKS,
    MEDIAN,
    UPWARD_TICK,
    axes_for,
    is_narrow,
    legend_label,
    room,
    settle,
    write_legend,
    write_words,
)
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CLOSE = 0.06  # labels of goals nearer than this part of the axis stand side by side
_ABREAST = 3.3  # inches that a label takes; one that has no room is left out


def plot_fan(
    tracking: Tracking,
    ledger: Ledger | None = None,
    *,
    series: Series | None = None,
    reporter: str | None = None,
    window: YearWindow = "calendar_year",
    legend: bool = True,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw yearly totals over history and horizon, the goals, and what was printed.

    Parameters
    ----------
    tracking
        What to draw: the median and the central 50, 80 and 95 % of its yearly totals, and those of
        its goals that are about them, each with its deadline and the probability of meeting it.
    ledger
        The ledger that was tracked. With it, the calendar-year levels that counted on the as-of
        day are marked, by reporter; a turnover that a reporter did not print is the sum of its two
        flows. Figures that are only a bound ("over 4") are not marked.
    series, reporter
        Those of the first goal by default.
    window
        Kind of yearly total; nothing printed is marked for rolling years.
    legend
        Whether to draw the legend.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    Axes
        With a logarithmic axis, for a fan widens by factors; that of a balance is linear.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    InputError
        If no goal is about the series and reporter, or another ledger was tracked.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> tt.plots.plot_fan(tracking, ledger).get_ylabel()
    'US$ bn a year (log scale)'
    """
    check_tracking(tracking)
    content = fan_content(tracking, ledger, series=series, reporter=reporter, window=window)
    axes = axes_for(ax, 10.0, 5.6)
    _draw_totals(axes, content)
    _draw_printed(axes, content.printed)
    _set_scale(axes, content)
    _draw_as_of(axes, tracking.as_of)
    _draw_goals(axes, content)
    write_words(axes, content.title, content.axis_title, content.source)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    if legend:
        write_legend(axes)
    return settle(axes)


def _draw_totals(axes: "Axes", content: FanContent) -> None:
    years, median = content.years, content.quantile(0.5)
    axes.plot(years, median, color=MEDIAN, linewidth=1.6, zorder=3, label="median")
    for depth, (low, high, colour) in enumerate(BANDS):
        axes.fill_between(
            years,
            content.quantile(low),
            content.quantile(high),
            color=colour,
            linewidth=0,
            zorder=2 - 0.1 * depth,
            label=f"{100 * (high - low):.0f} % range",
        )


def _draw_printed(axes: "Axes", printed: dict[str, list[Mark]]) -> None:
    for index, (reporter, marks) in enumerate(printed.items()):
        marker, colour = MARKS[index % len(MARKS)]
        axes.scatter(
            [mark.year for mark in marks],
            [mark.value for mark in marks],
            s=30,
            marker=marker,
            facecolor="none",
            edgecolor=colour,
            linewidth=1.2,
            zorder=5,
            label=legend_label(reporter),
        )


def _set_scale(axes: "Axes", content: FanContent) -> None:
    """Make the axis from the least to the most of all that is drawn, logarithmic if it can be."""
    from matplotlib.ticker import MaxNLocator, NullLocator

    axes.set_yscale("log" if content.log else "linear")
    axes.set_ylim(*content.limits)
    axes.set_xlim(content.years[0] - 0.5, content.years[-1] + 0.5)
    if content.log:
        axes.yaxis.set_minor_locator(NullLocator())
        ticks = log_ticks(*content.limits)
        axes.set_yticks([at for at, _ in ticks], [label for _, label in ticks])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def _draw_as_of(axes: "Axes", as_of: dt.date) -> None:
    day = place_of(as_of)
    axes.axvline(day, color=INK, linewidth=0.9, linestyle=":", zorder=4)
    axes.text(
        day,
        0.015,
        f" as of {as_of} ",
        transform=axes.get_xaxis_transform(),
        ha="left" if day < sum(axes.get_xlim()) / 2 else "right",
        fontsize=7 if is_narrow(axes) else 9,
        color=INK,
    )


def _draw_goals(axes: "Axes", content: FanContent) -> None:
    """Draw each amount with its deadlines, labelled at the end where the totals are far."""
    abreast = max(1, int(room(axes)[0] / _ABREAST))
    place, below, left = 0, -math.inf, True
    for level, about in content.goal_lines:
        height = content.height(level)
        axes.axhline(level, color=GOAL, linewidth=1.2, linestyle=(0, (6, 3)), zorder=4)
        close = height - below < _CLOSE
        if not close:
            left = content.clear_on_left(level)
        if not close or place + 1 < abreast:
            place, below = place + 1 if close else 0, height
            x = 0.01 + 0.33 * place
            _label_goal(axes, goal_label(about), (x if left else 1.0 - x, level), left=left)
    _draw_deadlines(axes, content)


def _label_goal(axes: "Axes", text: str, place: tuple[float, float], *, left: bool) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text,
        place,
        xycoords=axes.get_yaxis_transform(),
        xytext=(0, 3),
        textcoords="offset points",
        ha="left" if left else "right",
        fontsize=7 if is_narrow(axes) else 9,
        color=GOAL,
        zorder=7,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def _draw_deadlines(axes: "Axes", content: FanContent) -> None:
    due = [
        (goal.goal.due_year, level)
        for level, about in content.goal_lines
        for goal in about
        if goal.goal.due_year is not None
    ]
    if due:
        years, levels = zip(*due, strict=True)
        axes.scatter(
            years,
            levels,
            s=130,
            marker=UPWARD_TICK,
            color=GOAL,
            linewidth=2.2,
            zorder=6,
            label="deadline",
        )
