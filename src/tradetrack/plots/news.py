"""News as a waterfall: from the probability before to the probability now, release by release."""

from typing import TYPE_CHECKING

from tradetrack._checks import check_kind, check_whole
from tradetrack._format import percent, points, shorten
from tradetrack._news.results import News
from tradetrack.errors import InputError
from tradetrack.plots.content import LONGEST
from tradetrack.plots.style import INK, axes_for, drawable, is_narrow, settle, write_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 14  # releases with a bar of their own; the smallest changes share one
_RISE, _FALL, _LEVEL = "#0072b2", "#f0c9a8", "#555555"
_EDGE = "#a63603"
_BAR = 0.62
_PART = 0.68  # of the width, beside the names of releases
_WIDTH, _ROW, _HEAD = 9.0, 0.36, 1.9  # inches

_SHORT = {"hindsight": "hindsight", "linearisation": "method", "simulation": "method"}

Step = tuple[str, float]


def plot_news(news: News, *, goal: int = 0, ax: "Axes | None" = None) -> "Axes":
    """Draw what each release changed in a goal's probability, as a waterfall.

    Parameters
    ----------
    news
        What to draw. Bars are the lines of `tradetrack.results.News.lines`; they lead from the
        probability before to the one now. Of more than fourteen releases, those that changed
        least share a bar with the other small ones; linearisation and simulation are one, named
        method.
    goal
        Position of the goal in ``news.goals``.
    ax
        Axes to draw on; new ones by default, as high as the releases need.

    Returns
    -------
    Axes
        Percent across, one row per release.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    InputError
        If there is no such goal.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> news = tt.news(ledger, tt.Goal(10, by=2030), since="2025-10-31")
    >>> [label.get_text().split()[0] for label in tt.plots.plot_news(news).get_yticklabels()]
    ['before,', '2025-11-13', 'other', 'revisions', 'hindsight', 'method', 'now,']
    """
    check_kind("news", news, News, "pass what tradetrack.news returned")
    check_whole("goal", goal)
    if not 0 <= goal < len(news.goals):
        raise InputError(
            f"there is no goal {goal}; choose one of 0 to {len(news.goals) - 1}", topic="result"
        )
    row = news.goals[goal]
    steps = steps_of(news, goal)
    axes = axes_for(ax, _WIDTH, _HEAD + _ROW * (len(steps) + 2))
    names = [f"before, {news.since}", *(name for name, _ in steps), f"now, {news.as_of}"]
    level = row.before
    _draw_level(axes, 0, level)
    for position, (_, change) in enumerate(steps, start=1):
        _draw_step(axes, position, level, change)
        level += change
    _draw_level(axes, len(steps) + 1, row.after)
    _set_scale(axes, names, _path(row.before, steps))
    write_words(
        axes,
        f"{shorten(row.goal.label, LONGEST)} {row.due}: what changed its probability",
        "",
        f"Probability in percent, changes in points. Source: releases after {news.since}, up to"
        f" {news.as_of} (ledger {news.ledger_digest[:8]}); tradetrack {news.version}."
        " Bars: what each release changed when it came. Filled: rise; hatched: fall.",
        part=_PART,
    )
    return settle(axes)


def steps_of(news: News, goal: int) -> list[Step]:
    """Return name and change of each bar between before and after; small releases share one."""
    lines = news.lines(goal)[1:-1]
    by_size = sorted((n for n in lines if n.kind == "new"), key=lambda n: -abs(n.points))
    own = {n.release for n in by_size[:_MOST]}
    steps = [
        (f"{release.published} {shorten(release.reporter, 24)}", line.points / 100.0)
        for line in lines
        if line.release in own and (release := news.releases[line.release or 0])
    ]
    changes: dict[str, float] = {}
    for line in lines:
        if line.release not in own:
            small = line.kind in ("new", "others")
            name = "other releases" if small else _SHORT.get(line.kind, line.name)
            changes[name] = changes.get(name, 0.0) + line.points / 100.0
    return steps + [(name, change) for name, change in changes.items() if change]


def _path(before: float, steps: list[Step]) -> list[float]:
    levels = [before]
    for _, change in steps:
        levels.append(levels[-1] + change)
    return levels


def _draw_level(axes: "Axes", position: int, level: float) -> None:
    axes.plot(
        [100.0 * level] * 2,
        [position - _BAR / 2, position + _BAR / 2],
        color=_LEVEL,
        linewidth=4.0,
        solid_capstyle="butt",
    )
    _label(axes, position, 100.0 * level, percent(level))


def _draw_step(axes: "Axes", position: int, start: float, change: float) -> None:
    rise = change >= 0.0
    axes.barh(
        position,
        100.0 * change,
        left=100.0 * start,
        height=_BAR,
        color=_RISE if rise else _FALL,
        edgecolor=_RISE if rise else _EDGE,
        hatch="" if rise else "////",
        linewidth=1.0,
    )
    end = 100.0 * (start + change)
    below = [position - 1 + _BAR / 2, position - _BAR / 2]
    axes.plot([100.0 * start] * 2, below, color=_LEVEL, linewidth=0.7)
    axes.plot([end] * 2, [position + _BAR / 2, position + 1 - _BAR / 2], color=_LEVEL, lw=0.7)
    _label(axes, position, max(end, 100.0 * start), points(change))


def _label(axes: "Axes", position: int, at: float, text: str) -> None:
    axes.annotate(
        text,
        (at, position),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=7 if is_narrow(axes) else 9,
        color=INK,
    )


def _set_scale(axes: "Axes", names: list[str], levels: list[float]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = 100.0 * min(levels), 100.0 * max(levels)
    spare = max(0.25 * (high - low), 1.0) * (2.0 if is_narrow(axes) else 1.0)
    axes.set_xlim(max(low - spare, -0.3), high + 1.3 * spare)
    axes.set_ylim(len(names) - 0.4, -0.6)
    if is_narrow(axes):
        names = [name.replace(" ", "\n", 1) for name in names]
    axes.set_yticks(range(len(names)), [drawable(name) for name in names])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3 if is_narrow(axes) else 6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %"))
    axes.tick_params(axis="y", length=0)
