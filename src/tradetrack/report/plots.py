"""The fan chart, by matplotlib, which is imported only when one is drawn."""

import datetime as dt
import math
from typing import TYPE_CHECKING

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent
from tradetrack.domain.goal import CONSENSUS, GoalWindow, money
from tradetrack.domain.observation import TURNOVER, Series
from tradetrack.ledger.ledger import Ledger
from tradetrack.report.printed import Points, tracked, yearly_figures
from tradetrack.report.style import (
    GOAL,
    GRID,
    INK,
    MARKS,
    UPWARD_TICK,
    axes_for,
    is_narrow,
    room,
    settle,
    shorten,
    write_legend,
    write_words,
)
from tradetrack.results import SeriesTotals, Tracking

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Bands darken inwards, so they read in grey.
_BANDS = ((0.25, 0.75, "#7ba6d0"), (0.1, 0.9, "#b5cee6"), (0.025, 0.975, "#e1eaf4"))
_MEDIAN = "#0b2e59"
_CLOSE = 0.06  # labels of goals nearer than this part of the axis stand side by side
_ABREAST = 3.3  # inches that a label takes; one that has no room is left out
_NAMED = 8  # reporters named in the source line
_BEYOND = 3.0  # the axis ends where the 95 % range exceeds all else by this factor


def plot_fan(
    tracking: Tracking,
    ledger: Ledger | None = None,
    *,
    series: Series | None = None,
    figures: str | None = None,
    window: GoalWindow = "calendar_year",
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
    series, figures
        Those of the first goal unless said otherwise.
    window
        Kind of yearly total; nothing printed is marked for rolling years.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    Axes
        With a logarithmic axis: a fan widens by factors, and history stays readable beside it.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    InputError
        If no goal asked for the series and figures, or another ledger was tracked.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> tt.plot_fan(tracking, ledger).get_ylabel()
    'US$ bn a year (log scale)'
    """
    totals = tracking.totals(window, series=series, figures=figures)
    goals = [
        attainment
        for attainment in tracking.attainments
        if (attainment.goal.series, attainment.goal.figures, attainment.goal.window)
        == (totals.series, totals.figures, totals.window)
    ]
    known = None if ledger is None else tracked(ledger, tracking, totals.series.pair)
    marked = known if totals.window == "calendar_year" else None
    printed = {} if marked is None else yearly_figures(marked, totals.series)
    axes = axes_for(ax, 10.0, 5.6)
    _draw_totals(axes, totals)
    _draw_printed(axes, printed)
    _set_scale(axes, totals, [a.goal.amount for a in goals], printed)
    _draw_as_of(axes, tracking.as_of)
    _draw_goals(axes, goals, totals)
    _write_words(axes, totals, tracking, known)
    write_legend(axes)
    return settle(axes)


def _quantile(totals: SeriesTotals, level: float) -> list[float]:
    index = totals.levels.index(level)
    return [row.quantiles[index] for row in totals.years]


def _draw_totals(axes: "Axes", totals: SeriesTotals) -> None:
    years = [row.year for row in totals.years]
    axes.plot(years, _quantile(totals, 0.5), color=_MEDIAN, linewidth=1.6, zorder=3, label="median")
    for depth, (low, high, colour) in enumerate(_BANDS):
        axes.fill_between(
            years,
            _quantile(totals, low),
            _quantile(totals, high),
            color=colour,
            linewidth=0,
            zorder=2 - 0.1 * depth,
            label=f"{100 * (high - low):.0f} % range",
        )


def _draw_printed(axes: "Axes", printed: Points) -> None:
    for index, (reporter, points) in enumerate(printed.items()):
        marker, colour = MARKS[index % len(MARKS)]
        axes.scatter(
            [year for year, _ in points],
            [value for _, value in points],
            s=30,
            marker=marker,
            facecolor="none",
            edgecolor=colour,
            linewidth=1.2,
            zorder=5,
            label=shorten(reporter, 28),
        )


def _set_scale(axes: "Axes", totals: SeriesTotals, amounts: list[float], printed: Points) -> None:
    """Make the axis logarithmic, from the least to the most of all that is drawn."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    needed = [
        *amounts,
        *_quantile(totals, 0.1),
        *_quantile(totals, 0.9),
        *(value for points in printed.values() for _, value in points),
    ]
    low = max(min(_quantile(totals, 0.025)), min(needed) / _BEYOND)
    high = min(max(_quantile(totals, 0.975)), max(needed) * _BEYOND)
    low, high = min(low, *needed), max(high, *needed)
    margin = (high / low) ** 0.05
    axes.set_yscale("log")
    axes.set_ylim(low / margin, high * margin)
    axes.set_xlim(totals.years[0].year - 0.5, totals.years[-1].year + 0.5)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.12g}"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def _draw_as_of(axes: "Axes", as_of: dt.date) -> None:
    """Mark the day; a year's total stands in the middle of the year."""
    start, end = dt.date(as_of.year, 1, 1), dt.date(as_of.year, 12, 31)
    day = as_of.year - 0.5 + (as_of - start) / (end - start)
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


def _draw_goals(axes: "Axes", goals: list[Attainment], totals: SeriesTotals) -> None:
    """Draw each amount with its deadlines, labelled at the end where the totals are far."""
    from matplotlib.patheffects import withStroke

    median = _quantile(totals, 0.5)
    part = max(1, len(median) // 3)
    low, high = (math.log(limit) for limit in axes.get_ylim())
    abreast = max(1, int(room(axes)[0] / _ABREAST))
    place, below, left = 0, -math.inf, True
    label: str | None = "deadline"
    for level in sorted({attainment.goal.amount for attainment in goals}):
        about = sorted(
            (attainment for attainment in goals if attainment.goal.amount == level),
            key=lambda attainment: attainment.goal.by or 0,
        )
        height = (math.log(level) - low) / (high - low)
        axes.axhline(level, color=GOAL, linewidth=1.2, linestyle=(0, (6, 3)), zorder=4)
        close = height - below < _CLOSE
        if not close:
            left = _clearance(level, median[:part]) >= _clearance(level, median[-part:])
        if not close or place + 1 < abreast:
            place, below = place + 1 if close else 0, height
            axes.annotate(
                _goal_label(about),
                (0.01 + 0.33 * place if left else 0.99 - 0.33 * place, level),
                xycoords=axes.get_yaxis_transform(),
                xytext=(0, 3),
                textcoords="offset points",
                ha="left" if left else "right",
                fontsize=7 if is_narrow(axes) else 9,
                color=GOAL,
                zorder=7,
                path_effects=[withStroke(linewidth=2.5, foreground="white")],
            )
        deadlines = [a.goal.by for a in about if a.goal.by is not None]
        if deadlines:
            heights = [level] * len(deadlines)
            axes.scatter(
                deadlines,
                heights,
                s=130,
                marker=UPWARD_TICK,
                color=GOAL,
                linewidth=2.2,
                zorder=6,
                label=label,
            )
            label = None


def _clearance(amount: float, median: list[float]) -> float:
    return min(abs(math.log(amount / value)) for value in median)


def _goal_label(about: list[Attainment]) -> str:
    """Write the amount, and each deadline with the probability that it is met."""
    deadlines = [
        f"by {a.goal.by}: {percent(a.deadline_probability)}"
        for a in about
        if a.deadline_probability is not None
    ]
    shown = deadlines if len(deadlines) < 4 else [*deadlines[:2], "…"]
    return f"{shorten(about[0].goal.label, 30)} {', '.join(shown)}"


def _named(reporters: tuple[str, ...]) -> str:
    more = len(reporters) - _NAMED
    names = ", ".join(shorten(name, 28) for name in reporters[:_NAMED])
    return f"{names} and {more} more" if more > 0 else names


def _write_words(
    axes: "Axes", totals: SeriesTotals, tracking: Tracking, known: Ledger | None
) -> None:
    series = totals.series
    kind = "yearly totals" if totals.window == "calendar_year" else "highest twelve months"
    whose = (
        "consensus of reporters"
        if totals.figures == CONSENSUS
        else f"as {shorten(totals.figures, 28)} has it"
    )
    flow = series.flow.replace("_", " ")
    read = "figures"
    if known is not None:
        current = known.current
        read = f"{len(current)} figures of {_named(current.reporters)};"
    source = (
        f"Source: {read} published by {tracking.as_of} (ledger {tracking.ledger_digest[:8]})."
        f" Ranges: tradetrack {tracking.version}, {tracking.n_paths:,} paths."
    )
    if known is not None and (series.flow, totals.window) == (TURNOVER, "calendar_year"):
        source += " Marks: printed calendar years, or the sum of two printed flows."
    write_words(
        axes,
        f"{shorten(series.pair)} {flow}, {kind} ({whose})",
        f"{money(series.unit)} a year (log scale)",
        source,
    )
    axes.grid(axis="y", color=GRID, linewidth=0.8)
