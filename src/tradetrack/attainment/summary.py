"""Attainments as a table of eighty columns, and a line for each thing worth saying about them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from tradetrack._audit.finding import Finding
from tradetrack._format import (
    columns,
    counted,
    growth_rate,
    percent,
    scrub,
    wrapped,
)
from tradetrack.attainment.attainment import Attainment, NotWithin
from tradetrack.attainment.sentences import pace_words, remarks, wanted_amount
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.observation import Series
from tradetrack.domain.period import named_window, window_words
from tradetrack.domain.window import MONTH_NAMES

WIDTH = 80
_HEADS = ("goal", "by", "chance", "median", "80 % range", "needs")
_GAP = "  "
_LEAST = 16  # columns of the goal
MOST = 50
"""Goals that a text shows; of more, a table has the others."""
_LINES = 3  # of a goal
_SHOWN = 3  # goals whose pace is said; rows that are named
_NAMED = 2  # kinds of findings
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ERROR = 0.01  # a Monte-Carlo error below it does not show in whole percent


def summary(
    attainments: Sequence[Attainment],
    *,
    as_of: dt.date,
    verdicts: Mapping[Goal, str],
    n_sides: int,
) -> list[str]:
    """Lay goals out as tables, one for each series and reporter.

    Parameters
    ----------
    attainments
        One for each goal.
    as_of
        Day whose knowledge they have.
    verdicts
        What printed figures say of a goal, in place of its numbers.
    n_sides
        Sides whose mean the consensus is; 0 if that is not known.

    Returns
    -------
    list of str
        Lines of at most `WIDTH` columns.
    """
    groups: dict[tuple[Series, str], list[Attainment]] = {}
    for one in attainments:
        assert one.goal.series is not None, "filled in by track"
        groups.setdefault((one.goal.series, one.goal.reporter), []).append(one)
    lines = []
    for (series, reporter), own in groups.items():
        heading = " · ".join((series.words, f"to {_day(as_of)}", _whose(reporter, n_sides)))
        lines += wrapped(scrub(heading), WIDTH)
        lines += _table(own, verdicts)
    return lines


def notes(
    attainments: Sequence[Attainment],
    *,
    supposed: Sequence[str],
    discounted: Sequence[DiscountedRow],
    converged: bool,
    findings: Sequence[Finding],
    place: str,
) -> list[str]:
    """Say in a line each what to know about an answer.

    Parameters
    ----------
    attainments, supposed, discounted, converged, findings
        As of a `tradetrack.Tracking`.
    place
        Where the findings are.
    """
    said = [f"This supposes: {'; '.join(supposed)}."] if supposed else []
    said += _paces(attainments)
    said += [
        f"{_short(one.goal)}: {'; '.join(own)}."
        for one in attainments[:MOST]
        if (own := remarks(one))
    ]
    said += [
        f"{one.message[0].upper()}{one.message[1:]}; {one.remedy}."
        for one in findings
        if one.kind == "goal_unit"
    ]
    error = max(one.monte_carlo_error for one in attainments)
    if error >= _ERROR:
        points, n_paths = (
            counted(number, thing)
            for number, thing in (
                (round(100.0 * error), "point"),
                (attainments[0].n_paths, "path"),
            )
        )
        said.append(f"Monte-Carlo error of a chance: up to {points} ({n_paths}).")
    said += _doubts(discounted, converged=converged)
    said += _found(findings, place)
    return [line for one in said for line in wrapped(scrub(" ".join(one.split())), WIDTH)]


def _paces(attainments: Sequence[Attainment]) -> Iterator[str]:
    under_way = [one for one in attainments if one.pace is not None]
    for one in under_way[:_SHOWN]:
        yield f"{_short(one.goal)}: {pace_words(one)}."
    if len(under_way) > _SHOWN:
        yield f"{len(under_way) - _SHOWN} more goals have a pace to keep; see .pace of each."


def _doubts(discounted: Sequence[DiscountedRow], *, converged: bool) -> Iterator[str]:
    if discounted:
        n = len(discounted)
        named = str(discounted[0]) if n == 1 else ", ".join(one.row for one in discounted[:_SHOWN])
        more = f" and {n - _SHOWN} more" if n > _SHOWN else ""
        do, are = ("do", "are") if n > 1 else ("does", "is")
        yield (
            f"{counted(n, 'figure')} {do} not fit the others and {are} discounted: {named}{more}."
        )
    if not converged:
        yield "The fit did not come to rest, so the answer is approximate."


def _found(findings: Sequence[Finding], place: str) -> Iterator[str]:
    """How many findings there are, but for those about a goal, which are said."""
    kinds = Counter(one.kind for one in findings if one.kind != "goal_unit")
    repeats = kinds.pop("repeated_release", 0)
    named = f": {', '.join(kinds)}" if 0 < len(kinds) <= _NAMED else ""
    parts = [f"{counted(kinds.total(), 'finding')} to check{named}"] if kinds else []
    parts += [counted(repeats, "repeat")] if repeats else []
    if parts:
        yield f"{', '.join(parts)} ({place})"


def _table(attainments: Sequence[Attainment], verdicts: Mapping[Goal, str]) -> list[str]:
    """Lay goals out; what is said instead of numbers begins below the chance."""
    heads = (*_HEADS, _recent_head(attainments))
    rows = [_cells(one) for one in attainments]
    others = list(zip(*(row[1:] for row in [heads, *rows]), strict=True))
    widths = [max(map(columns, column)) for column in others]
    room = WIDTH - sum(widths) - len(_GAP) * len(widths)
    goals = [wrapped(row[0], max(_LEAST, room), "")[:_LINES] for row in rows]
    longest = max(columns(line) for lines in [[heads[0]], *goals] for line in lines)
    widths = [longest, *widths]
    laid = [_row(heads, widths)]
    for one, lines, row in zip(attainments, goals, rows, strict=True):
        verdict = verdicts.get(one.goal)
        if verdict is None:
            laid.append(_row((lines[0], *row[1:]), widths))
            laid += lines[1:]
        else:
            laid += _said((lines, row[1], verdict), widths)
    return laid


def _said(parts: tuple[Sequence[str], str, str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of a goal, its deadline and what is said of it."""
    goal, by, verdict = parts
    room = WIDTH - widths[0] - widths[1] - 2 * len(_GAP)
    for line, when, said in zip_longest(goal, [by], wrapped(verdict, room, ""), fillvalue=""):
        yield _row((line, when, said), [*widths[:2], room])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return _GAP.join(padded).rstrip()


def _cells(one: Attainment) -> tuple[str, ...]:
    required, recent = one.required_growth, one.recent_growth
    needs = None if one.first_met is not None else required
    return (
        _short(one.goal, with_deadline=False, of=one),
        _by(one),
        percent(one.probability),
        _year(one.median),
        _range(one),
        "–" if needs is None else growth_rate(needs),
        "–" if recent is None else growth_rate(recent),
    )


def _short(goal: Goal, *, with_deadline: bool = True, of: Attainment | None = None) -> str:
    """Write a goal in short, in one line; a name or a relative amount with what it stands for."""
    words = "" if named_window(goal.window) else window_words(goal.window, goal.sustained)
    amount = wanted_amount(of) if of is not None else ""
    stands_for = f"({amount})" if amount and amount not in goal.label else ""
    due = goal.due if with_deadline else ""
    parts = (goal.label, stands_for, words, due)
    return scrub(" ".join(" ".join(part for part in parts if part).split()))


def _by(one: Attainment) -> str:
    """The deadline; of a window alone the window; the horizon in brackets if there is none."""
    if one.goal.by is None and not named_window(one.goal.window):
        return f"({one.last_year})"
    return one.goal.due.removeprefix("by ")


def _year(when: object) -> str:
    return f">{when.last_year}" if isinstance(when, NotWithin) else str(when)


def _range(one: Attainment) -> str:
    low, high = map(_year, one.interval(0.8))
    return low if low == high else f"{low}–{high}"


def _recent_head(attainments: Sequence[Attainment]) -> str:
    for one in attainments:
        if one.latest is not None and one.earlier is not None:
            return f"last {one.latest.year - one.earlier.year} y"
    return "recently"


def _day(day: dt.date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1][:3]} {day.year}"


def _whose(reporter: str, n_sides: int) -> str:
    if reporter != CONSENSUS:
        return f"figures of {reporter}"
    if n_sides == 0:
        return "consensus"
    number = _NUMBERS[n_sides] if n_sides < len(_NUMBERS) else str(n_sides)
    return f"consensus of {number} side{'s' * (n_sides > 1)}"
