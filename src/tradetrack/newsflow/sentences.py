"""What came, in sentences and a short table."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tradetrack.attainment.sentences import percent, three_digits
from tradetrack.domain.goal import CONSENSUS, amount_text, with_unit

if TYPE_CHECKING:
    from tradetrack.newsflow.results import FigureNews, GoalNews, News, ReleaseNews, TotalNews

STILL = 0.005  # a change of probability too small to speak of


def goal_sentence(news: "News", position: int) -> str:
    """Say how the probability of one goal moved, and what moved it most."""
    row = news.goals[position]
    said = f"{_subject(row)}: since {news.since} {_moved(row)}"
    if not news.releases:
        return f"{said}; {_nothing_since(news)}."
    shares = [release.probabilities[position].share for release in news.releases]
    change = row.after - row.before
    along = [i for i, s in enumerate(shares) if s * change > 0.0 and abs(s) >= STILL]
    helped = along if abs(change) >= STILL else []
    most = max(helped or range(len(shares)), key=lambda i: abs(shares[i]))
    if abs(shares[most]) < STILL:
        return f"{said}; no release moved it by half a point."
    release = news.releases[most]
    lead = "most came from" if helped else "the largest single move was that of"
    figure = release.foremost_for(position)
    # A fair share is the mean over all orders, also those in which the release came first.
    late = not figure.counts or abs(release.probabilities[position].in_order) < STILL
    early = "; that moved little when it came, but would have had it come earlier" if late else ""
    return (
        f"{said}; {lead} {release.reporter}, {release.published} ({points(shares[most])} points):"
        f" {surprise(figure)}{early}."
    )


def _nothing_since(news: "News") -> str:
    if news.as_of > news.since:
        return f"nothing came out after {news.since}, up to {news.as_of}"
    last = f"; the last figure is of {news.as_of}" if news.as_of < news.since else ""
    return f"nothing has come out since {news.since}{last}"


def total_sentence(total: "TotalNews", since: dt.date) -> str:
    """Say what was and is expected of this year's total."""
    unit, before, after = total.series.unit, total.before, total.after
    return (
        f"{_name(total.series.pair, total.series.flow, total.figures)} in {total.year}:"
        f" {with_unit(three_digits(after.mean), unit)} expected"
        f" (80 % range {three_digits(after.low)} to {three_digits(after.high)}),"
        f" {with_unit(three_digits(before.mean), unit)} on {since}"
        f" ({three_digits(before.low)} to {three_digits(before.high)})."
    )


def surprise(figure: "FigureNews") -> str:
    """Say what came where what had been expected.

    Returns
    -------
    ``"turnover 2025-01..2025-09 3.5 usd bn where 3.64 was expected (-0.4 sd)"``, for example.
    """
    seen = figure.observation
    came = f"{seen.series.flow.replace('_', ' ')} {seen.window} {seen.figure}"
    if figure.counts and figure.replaces is not None:
        came += f", in place of {figure.replaces},"
    large = abs(figure.expected) >= 1000
    expected = f"{figure.expected:,.0f}" if large else amount_text(figure.expected, 3)
    if not figure.counts:
        return f"{came}, which said nothing new"
    if figure.surprise is None:
        return f"{came.rstrip(',')}, which was {percent(figure.chance or 0.0)} likely"
    return f"{came} where {expected} was expected ({figure.surprise:+.1f} sd)"


def release_table(news: "News") -> list[str]:
    """Lay out the releases: fair shares of each goal's probability and of each total."""
    if not news.releases:
        return []
    goals = [f"{goal.goal.label} by {goal.by}" for goal in news.goals]
    totals = [f"{total.year}, {total.series.unit}" for total in news.totals]
    heads = ["published", "reporter", "figures", *goals, *totals, "foremost figure"]
    rows = [_cells(release) for release in news.releases]
    summed = [
        *(points(goal.after - goal.before) for goal in news.goals),
        *(f"{total.after.mean - total.before.mean:+.3f}" for total in news.totals),
    ]
    rows.append(["together", "", str(sum(len(r.figures) for r in news.releases)), *summed, ""])
    return ["Fair shares, in probability points and in the total's unit:", *_table([heads, *rows])]


def points(change: float) -> str:
    """Write a change of probability in points.

    Examples
    --------
    >>> points(0.0312)
    '+3.1'
    """
    return f"{100.0 * change:+.1f}"


def _cells(release: "ReleaseNews") -> list[str]:
    return [
        release.published,
        release.reporter,
        str(len(release.figures)),
        *(points(change.share) for change in release.probabilities),
        *(f"{change.share:+.3f}" for change in release.totals),
        surprise(release.foremost),
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of text: the first two and the last to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(row[2:-1], widths[2:-1], strict=True)]
        lines.append("  ".join([*left, *right, row[-1]]).rstrip())
    return lines


def _moved(row: "GoalNews") -> str:
    before, after = percent(row.before), percent(row.after)
    if before == after or abs(row.after - row.before) < STILL:
        return f"the probability stayed at {after}"
    return (
        f"the probability {'rose' if row.after > row.before else 'fell'} from {before} to {after}"
    )


def _subject(row: "GoalNews") -> str:
    goal = row.goal
    assert goal.series is not None, "filled in by news"
    name = _name(goal.series.pair, goal.series.flow, goal.figures)
    return f"{name}, {goal.label} by {row.by}"


def _name(pair: str, flow: str, figures: str) -> str:
    whose = "" if figures == CONSENSUS else f" by {figures}"
    return f"{pair} {flow.replace('_', ' ')}{whose}"
