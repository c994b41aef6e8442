"""History: the probability of goals as it would have been said over time, and what moved it."""

from typing import TYPE_CHECKING

from tradetrack._checks import check_kind
from tradetrack._format import points, shorten
from tradetrack._history import History, Said
from tradetrack.domain.goal import Goal
from tradetrack.plots.content import LONGEST, NAMED
from tradetrack.plots.style import (
    DASHES,
    GRID,
    INK,
    MARKS,
    axes_for,
    is_narrow,
    settle,
    write_legend,
    write_words,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKED = 6  # releases named, of the first goal: those with the largest effect


def plot_history(history: History, *, legend: bool = True, ax: "Axes | None" = None) -> "Axes":
    """Draw the probability of each goal as it would have been said on each date.

    Parameters
    ----------
    history
        What to draw, up to eight goals. Bars are one Monte-Carlo error up and down. The six
        releases with the largest effect on the first goal are numbered where they had it, and named
        under the picture.
    legend
        Whether to draw the legend, if there are several goals.
    ax
        Axes to draw on; new ones by default.

    Returns
    -------
    Axes
        Dates across, probability in percent up.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> past = tt.history(ledger, goal, ["2023-12", "2024-12", "2025-11"], n_paths=200)
    >>> float(tt.plots.plot_history(past).get_ylim()[0])
    0.0
    """
    check_kind("history", history, History, "pass what tradetrack.history returned")
    axes = axes_for(ax, 9.0, 4.6)
    said = [one for one in history.dates if one.headlines]
    for position, goal in enumerate(history.goals[:NAMED]):
        _draw(axes, said, position, goal)
    names = _mark(axes, said)
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    single = len(history.goals) == 1
    title = f"{shorten(str(history.goals[0]), LONGEST)}: " if single else "Goals: "
    source = (
        f"tradetrack {history.version}, {history.n_paths:,} paths on each date, from what had been"
        f" published by then (ledger {history.ledger_digest[:8]})."
    )
    moved = f" Moved most, in points, by {'; '.join(names)}." if names else ""
    write_words(axes, f"{title}the chance as it was said then", "", source + moved)
    if legend and not single:
        write_legend(axes)
    return settle(axes)


def _draw(axes: "Axes", said: list[Said], position: int, goal: Goal) -> None:
    marker, colour = MARKS[position % len(MARKS)]
    found = [one.headlines[position] for one in said]
    axes.errorbar(
        [one.as_of for one in said],  # type: ignore[arg-type]  # matplotlib knows dates
        [100.0 * one.probability for one in found],
        yerr=[100.0 * one.monte_carlo_error for one in found],
        color=colour,
        marker=marker,
        markersize=4,
        linewidth=1.4,
        linestyle=DASHES[position % len(DASHES)],
        elinewidth=0.8,
        label=shorten(str(goal), LONGEST),
    )


def _mark(axes: "Axes", said: list[Said]) -> list[str]:
    """Number the dates whose releases moved the first goal most; return what they were."""
    moved = [one for one in said if one.movers[0] is not None]
    largest = sorted(moved, key=lambda one: -abs(one.movers[0].effect if one.movers[0] else 0.0))
    shown = sorted(largest[:_MARKED], key=lambda one: one.as_of)
    names = []
    for number, one in enumerate(shown, start=1):
        mover = one.movers[0]
        assert mover is not None, "of those that moved it"
        at = 100.0 * one.headlines[0].probability
        axes.annotate(
            str(number),
            (one.as_of, at),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=7 if is_narrow(axes) else 9,
            color=INK,
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": INK, "lw": 0.7},
        )
        who = shorten(mover.reporter or "unknown", 20)
        names.append(f"{number} {who}, {mover.published} ({points(mover.effect)})")
    return names
