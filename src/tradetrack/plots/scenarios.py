"""Scenarios side by side: the same goal under other assumptions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tradetrack._checks import check_mapping, check_whole
from tradetrack._format import counted, percent, unit_text
from tradetrack._typing import MONTHS
from tradetrack.errors import InputError
from tradetrack.plots.content import LONGEST, check_tracking, subject
from tradetrack.plots.style import (
    DASHES,
    GOAL,
    GRID,
    MARKS,
    axes_for,
    legend_label,
    settle,
    write_legend,
    write_words,
)
from tradetrack.tracking import SeriesTotals, Tracking

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_APART = 0.16  # years between the ranges of two scenarios
_BEFORE = 8  # years of history


def plot_scenarios(
    trackings: Mapping[str, Tracking],
    *,
    goal: int = 0,
    legend: bool = True,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the median totals of several trackings, and their ranges when a goal falls due.

    Parameters
    ----------
    trackings
        By name; the first one is taken as what the others are compared with. All must have
        tracked the same goal.
    goal
        Position of the goal among the attainments of each tracking.
    legend
        Whether to draw the legend.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    Axes
        Years across, totals up. The bars are the central 80 % in the year of the deadline (the end
        of the horizon without one), set a little apart.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    InputError
        If there are no trackings, or they did not track the same goal.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> fast = tt.scenarios.Scenario([tt.scenarios.GrowthPath(0.15)])
    >>> ax = tt.plots.plot_scenarios({
    ...     "as projected": tt.track(ledger, goal, n_paths=100),
    ...     "15 % a year": tt.track(ledger, goal, model=fast, n_paths=100)})
    >>> ax.get_ylabel()
    'US$ bn a year'
    """
    check_mapping("trackings", trackings, "pass a dict of trackings by name")
    check_whole("goal", goal)
    for tracking in trackings.values():
        check_tracking(tracking)
    goals = {t.attainments[goal].goal for t in trackings.values() if -1 < goal < len(t.attainments)}
    if len(goals) != 1 or any(goal >= len(t.attainments) for t in trackings.values()):
        raise InputError(
            f"there is not one same goal {goal} in {len(trackings)} trackings; track the same goals"
            " under each scenario",
            topic="result",
        )
    [wanted] = goals
    axes = axes_for(ax, 9.0, 4.8)
    middle = (len(trackings) - 1) / 2
    for index, (name, tracking) in enumerate(trackings.items()):
        found = tracking.attainments[goal]
        totals = tracking.totals(wanted.year_window, series=wanted.series, reporter=wanted.reporter)
        due = wanted.due_year or found.last_year
        when = wanted.due or f"by {due}"
        label = f"{legend_label(name, 30)}\n{when}: {percent(found.probability)}"
        _draw_one(axes, totals, index, (due, (index - middle) * _APART), label)
    one = next(iter(trackings.values()))
    level = one.attainments[goal].level
    if level is not None:
        axes.axhline(
            level,
            color=GOAL,
            linewidth=1.2,
            linestyle=(0, (6, 3)),
            label=legend_label(str(wanted), LONGEST),
        )
    _set_scale(axes, one, wanted.due_year or one.attainments[goal].last_year)
    assert wanted.series is not None, "filled in by track"
    write_words(
        axes,
        f"{subject(wanted.series)}: scenarios",
        f"{unit_text(wanted.series.unit)} a year",
        f"Lines: median yearly totals; bars: 80 % range. Source: figures published by {one.as_of}"
        f" (ledger {one.ledger_digest[:8]}), under the assumptions named; tradetrack"
        f" {one.version}, {counted(one.n_paths, 'path')}.",
    )
    if legend:
        write_legend(axes)
    return settle(axes)


def _draw_one(
    axes: "Axes", totals: SeriesTotals, index: int, due: tuple[int, float], label: str
) -> None:
    marker, colour = MARKS[index % len(MARKS)]
    median, low, high = (totals.levels.index(level) for level in (0.5, 0.1, 0.9))
    year, aside = due
    shown = [row for row in totals.years if row.year <= year]
    axes.plot(
        [row.year for row in shown],
        [row.quantiles[median] for row in shown],
        color=colour,
        linewidth=1.6,
        linestyle=DASHES[index % len(DASHES)],
        zorder=3,
    )
    for row in totals.years:
        if row.year == year:
            at = row.quantiles[median]
            reach = ([at - row.quantiles[low]], [row.quantiles[high] - at])
            axes.errorbar(
                [year + 0.4 + aside],
                [at],
                reach,
                fmt=marker,
                color=colour,
                linestyle=DASHES[index % len(DASHES)],
                markerfacecolor="white",
                capsize=3,
                linewidth=1.4,
                zorder=4,
                label=label,
            )


def _set_scale(axes: "Axes", one: Tracking, due: int) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(min(one.last_observed // MONTHS, due) - _BEFORE, due + 1.2)
    axes.set_ylim(bottom=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
