"""Reporters side by side: how likely a goal is by whose figures, and what they printed."""

from typing import TYPE_CHECKING

from tradetrack._checks import check_kind
from tradetrack._format import percent, shorten, three_digits
from tradetrack.domain.goal import CONSENSUS
from tradetrack.plots.style import (
    GRID,
    INK,
    MARKS,
    axes_for,
    drawable,
    is_narrow,
    settle,
    write_words,
)
from tradetrack.reporters.compare import ByReporter, Judgement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _ROW, _HEAD = 9.0, 0.3, 1.7  # inches
_PART = 0.62  # of the width, between names and words
_WORDS_AT = 1.02  # to the right of the axes


def plot_figures(found: ByReporter, *, ax: "Axes | None" = None) -> "Axes":
    """Draw each goal's probability by the consensus and by every reporter, side by side.

    Parameters
    ----------
    found
        What to draw. Beside each row stands what the reporter's latest documents say, and beside
        the consensus whether the reporters agree.
    ax
        Axes to draw on; new ones by default, as high as the rows need.

    Returns
    -------
    Axes
        Percent across, one row per goal and reporter.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import tradetrack as tt
    >>> found = tt.by_reporter(
    ...     tt.datasets.kazakhstan_uzbekistan(), tt.Goal(5, by=2022), n_paths=100)
    >>> tt.plots.plot_figures(found).get_yticklabels()[1].get_text()
    'consensus'
    """
    check_kind("first argument", found, ByReporter, "pass what by_reporter returned")
    rows = _with_heads(found)
    axes = axes_for(ax, _WIDTH, _HEAD + _ROW * len(rows))
    for position, row in enumerate(rows):
        if isinstance(row, Judgement):
            _draw_row(axes, position, row)
        else:
            axes.axhline(position, color=GRID, linewidth=14.0, zorder=0)
    axes.set_yticks(range(len(rows)), [drawable(_name(axes, row)) for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if isinstance(row, str) else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-2.0, 102.0)
    ticks = range(0, 101, 50 if is_narrow(axes) else 20)
    axes.set_xticks(ticks, [f"{tick} %" for tick in ticks])
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    write_words(
        axes,
        "By whose figures the goals are met",
        "",
        f"Probability, given all figures published by {found.as_of}, that the flow as each reporter"
        " measures it meets the goal by its deadline; in words, what its latest documents say."
        " Source: tradetrack, the ledger's documents.",
        part=_PART,
    )
    return settle(axes)


def printed_words(row: Judgement) -> str:
    """Say what the documents of a reporter say, or whether all of them agree."""
    if row.agreed is not None:
        return f"reporters: {row.agreed}"
    if row.latest is None:
        return "no year printed"
    verdict, seen = f"printed: {row.latest.verdict}", row.latest.evidence
    return verdict if seen is None else f"{verdict} ({three_digits(seen.total)} in {seen.year})"


def _with_heads(found: ByReporter) -> list[Judgement | str]:
    """Put the goal's name above the rows that are about it."""
    rows: list[Judgement | str] = []
    for row in found.judgements:
        if row.reporter == CONSENSUS:
            rows.append(shorten(str(row.attainment.goal), 34))
        rows.append(row)
    return rows


def _name(axes: "Axes", row: Judgement | str) -> str:
    """Name a row; where there is no room beside it, with what the reporter printed."""
    if isinstance(row, str):
        return row
    name = shorten(row.reporter, 28)
    return f"{name}\n{printed_words(row)}" if is_narrow(axes) else name


def _draw_row(axes: "Axes", position: int, row: Judgement) -> None:
    whole = row.reporter == CONSENSUS
    marker, colour = MARKS[3] if whole else MARKS[0]
    at = 100.0 * row.probability
    axes.scatter(
        [at],
        [position],
        s=48,
        marker=marker,
        facecolor=colour if whole else "white",
        edgecolor=colour,
        linewidth=1.4,
        clip_on=False,
        zorder=4,
    )
    axes.annotate(
        percent(row.probability),
        (at, position),
        xytext=(8, 0) if at < 80.0 else (-8, 0),
        textcoords="offset points",
        ha="left" if at < 80.0 else "right",
        va="center",
        fontsize=8,
        color=INK,
    )
    if is_narrow(axes):
        return
    axes.text(
        _WORDS_AT,
        position,
        printed_words(row),
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=8,
        color=INK,
    )
