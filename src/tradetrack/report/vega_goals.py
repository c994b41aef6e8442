"""The goals of a fan chart for web pages: their lines, labels and deadlines."""

import math
from typing import TYPE_CHECKING

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent
from tradetrack.report.attainment_content import goal_name
from tradetrack.report.fan_content import FanContent, goal_label
from tradetrack.report.style import GOAL
from tradetrack.report.vega import (
    HEIGHT,
    LONGEST,
    TICK,
    WIDTH,
    Row,
    data,
    legend,
    line_colour,
    line_dash,
    shown,
    year_axis,
)

if TYPE_CHECKING:
    import altair as alt

_FEW = 12  # amounts; the lines of more are thin
_SLOT = 0.34  # of the width, for each of two labels that stand abreast
_LETTER = 5.8  # pixels; the mean width of a letter
_GAP = 10.0  # pixels between labels
_ROW = 15.0  # pixels that a goal's label takes; one that has no room is left to its tooltip


def goal_layers(content: FanContent, y: "alt.Y") -> list["alt.Chart"]:
    """Draw each amount with its deadlines, labelled at the end where the totals are far.

    ``y`` places the column ``amount``.
    """
    import altair as alt

    lines = [_goal_row(amount, about) for amount, about in content.goal_lines]
    if not lines:
        return []
    few = len(lines) <= _FEW
    rules = (
        alt.Chart(data(lines))
        .mark_rule(strokeWidth=1.4 if few else 0.6)
        .encode(
            y=y,
            tooltip=[_goal_told(), alt.Tooltip("within:N", title="within the horizon")],
            stroke=line_colour(),
            strokeDash=line_dash(),
        )
    )
    ends = content.years[0], content.years[-1]
    halo, words = _labels(_placed(content), year_axis("place", ends), y)
    return [rules, halo, *_ticks(content, y, 2.4 if few else 1.4), words]


def _goal_told() -> "alt.Tooltip":
    import altair as alt

    return alt.Tooltip("goal:N", title="goal")


def _ticks(content: FanContent, y: "alt.Y", width: float) -> list["alt.Chart"]:
    """Draw each deadline as a tick on its goal's line."""
    import altair as alt

    deadlines = [
        {
            "mark": "deadline",
            "year": a.goal.by,
            "amount": a.goal.amount,
            "goal": goal_name(a.goal, shown, LONGEST),
            "chance": percent(a.deadline_probability),
        }
        for a in content.goals
        if a.deadline_probability is not None
    ]
    if not deadlines:
        return []
    ends = content.years[0], content.years[-1]
    return [
        alt.Chart(data(deadlines))
        .mark_point(shape=TICK, size=110, stroke=GOAL, opacity=1, clip=True)
        .encode(
            x=year_axis("year", ends),
            y=y,
            strokeWidth=alt.StrokeWidth(
                "mark:O",
                scale=alt.Scale(type="ordinal", domain=["deadline"], range=[width]),
                legend=_tick_legend(),
            ),
            tooltip=[
                _goal_told(),
                alt.Tooltip("year:Q", title="deadline", format="d"),
                alt.Tooltip("chance:N", title="met by then"),
            ],
        )
    ]


def _goal_row(amount: float, about: list[Attainment]) -> Row:
    horizon, missing = about[0].horizon, about[0].not_within
    names = [goal_name(goal.goal, shown, LONGEST) for goal in about]
    return {
        "line": "goal",
        "amount": amount,
        "goal": "; ".join(names if len(names) < 4 else [*names[:2], "…"]),
        "within": f"not by {horizon}: {percent(missing)}",
    }


def _tick_legend() -> "alt.Legend":
    named = legend(None)
    named.symbolType, named.symbolStrokeColor, named.symbolSize = "M0,.8V-.8", GOAL, 130
    return named


def _placed(content: FanContent) -> list[Row]:
    """Say at which end each label stands, in which slot there, and how many pixels it has.

    Two labels close to each other stand abreast, unless there are many goals; one that has no room
    is left to its line's tooltip.
    """
    lines, (low, high) = content.goal_lines, (math.log(limit) for limit in content.limits)
    slots = {0, 1} if len(lines) <= _FEW else {0}
    placed: list[tuple[float, list[Attainment], Row]] = []
    for amount, about in lines:
        at = HEIGHT * (math.log(amount) - low) / (high - low)
        near = [row for below, _, row in placed if at - below < _ROW]
        free = sorted(slots - {row["slot"] for row in near})
        if free:
            left = near[-1]["left"] if near else content.clear_on_left(amount)
            row = _label_row(content, amount, left, free[0])
            for close in [*near, row] if near else []:
                close["room"] = _SLOT * WIDTH - _GAP
            placed.append((at, about, row))
    return [
        row | {"label": goal_label(about, shown, int(row["room"] / _LETTER))}
        for _, about, row in placed
    ]


def _label_row(content: FanContent, amount: float, left: bool, slot: int) -> Row:
    """Place a label; what is measured in years is so at any width of the chart."""
    first, last = content.years[0] - 0.5, content.years[-1] + 0.5
    along = slot * _SLOT * (last - first)
    return {
        "amount": amount,
        "left": left,
        "slot": slot,
        "place": first + along if left else last - along,
        "room": WIDTH - _GAP,
    }


def _labels(rows: list[Row], x: "alt.X", y: "alt.Y") -> list["alt.Chart"]:
    """Return the labels' halo, and the labels."""
    import altair as alt

    halo = {"stroke": "white", "strokeWidth": 7, "strokeJoin": "round", "color": "white"}
    return [
        alt.Chart(data(rows))
        .mark_text(
            align=alt.expr("datum.left ? 'left' : 'right'"),
            dx=alt.expr("datum.left ? 4 : -4"),
            limit=alt.expr("datum.room"),
            baseline="bottom",
            dy=-2,
            **look,
        )
        .encode(x=x, y=y, text="label:N")
        for look in (halo, {"color": GOAL})
    ]
