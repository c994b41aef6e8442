"""The fan chart for web pages, by Vega-Altair, which is imported only when one is made."""

import math
from typing import TYPE_CHECKING

from tradetrack._format import log_ticks, percent, three_digits, with_unit
from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import GoalWindow
from tradetrack.domain.observation import Series
from tradetrack.ledger.ledger import Ledger
from tradetrack.plots.altair_marks import (
    DIM,
    HEIGHT,
    LONGEST,
    TICK,
    WIDTH,
    Row,
    data,
    distinct,
    key_of,
    legend,
    line_colour,
    line_dash,
    picture,
    require_altair,
    shapes_and_colours,
    shown,
    year_axis,
)
from tradetrack.plots.content import FanContent, fan_content, goal_label, goal_name, place_of
from tradetrack.plots.style import BANDS, GOAL, GRID, INK
from tradetrack.tracking import Tracking

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
    horizon, missing = about[0].last_year, about[0].not_within
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


if TYPE_CHECKING:
    import altair as alt


def chart_fan(
    tracking: Tracking,
    ledger: Ledger | None = None,
    *,
    series: Series | None = None,
    reporter: str | None = None,
    window: GoalWindow = "calendar_year",
) -> "alt.LayerChart":
    """Make the fan chart for web pages and dashboards: the numbers and words of `plot_fan`.

    Pointing at a year tells its median and ranges, at a mark what was printed, by whom and when,
    at a goal its probabilities. Clicking a reporter in the legend highlights its marks; with the
    shift key, those of several.

    Parameters
    ----------
    tracking
        What to draw: the median and the central 50, 80 and 95 % of its yearly totals, and those of
        its goals that are about them, each with its deadline and the probability of meeting it.
    ledger
        The ledger that was tracked. With it, the calendar-year levels that counted on the as-of
        day are marked, by reporter.
    series, reporter
        Those of the first goal unless said otherwise.
    window
        Kind of yearly total; nothing printed is marked for rolling years.

    Returns
    -------
    altair.LayerChart
        560 by 360 pixels and the legend, with a logarithmic axis; all data are inside. Where a
        page has a place for it, of 600 pixels or more,
        ``chart.properties(width="container")`` takes that place's width.

    Raises
    ------
    MissingExtraError
        If altair is not installed.
    InputError
        If no goal asked for the series and reporter, or another ledger was tracked.

    Notes
    -----
    Beside another chart, let both keep their marks: ``(one | other).resolve_scale(color=
    "independent", shape="independent", stroke="independent", strokeDash="independent")``.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> chart = tt.plots.chart_fan(tracking, ledger)
    >>> chart.to_dict()["title"]["text"]
    ['KZ-UZ turnover, yearly totals (consensus of reporters)']
    >>> page = chart.properties(width="container").to_html()
    """
    content = fan_content(
        tracking, ledger, series=series, reporter=reporter, window=window, write=shown
    )
    require_altair()
    totals = _median_rows(content)
    key = key_of([*totals, {"words": [content.title, content.source]}])
    layers = [
        *_totals(content, totals),
        *_as_of(content),
        _years(content, totals),
        *goal_layers(content, _y(content, "amount")),
        *_printed(content, key),
    ]
    description = f"{content.title}, {content.axis_title}"
    return picture(layers, content.title, content.source, description)


def _x(content: FanContent, field: str = "year") -> "alt.X":
    return year_axis(field, (content.years[0], content.years[-1]))


def _y(content: FanContent, field: str) -> "alt.Y":
    import altair as alt

    low, high = content.limits
    return alt.Y(
        f"{field}:Q",
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(
            title=content.axis_title,
            titleFontWeight="normal",
            values=[value for value, _ in log_ticks(low, high)],
            format=",.12~g",
            gridColor=GRID,
            domain=False,
            ticks=False,
        ),
    )


def _median_rows(content: FanContent) -> list[Row]:
    """Return a row a year: its median, and what is told of the year."""
    unit = content.totals.series.unit
    rows: list[Row] = [
        {
            "line": "median",
            "year": year,
            "start": year - 0.5,
            "end": year + 0.5,
            "median": median,
            "median_told": with_unit(three_digits(median), unit),
        }
        for year, median in zip(content.years, content.quantile(0.5), strict=True)
    ]
    for band in _band_rows(content):
        ends = f"{three_digits(band['low'])} to {three_digits(band['high'])}"
        rows[band["year"] - content.years[0]][_told(band["range"])] = ends
    return rows


def _band_rows(content: FanContent) -> list[Row]:
    """Return a row a range and year, the widest range first: it is drawn below the others."""
    return [
        {"range": _range(low, high), "year": year, "low": least, "high": most}
        for low, high, _ in reversed(BANDS)
        for year, least, most in zip(
            content.years, content.quantile(low), content.quantile(high), strict=True
        )
    ]


def _range(low: float, high: float) -> str:
    return f"{100 * (high - low):.0f} % range"


def _ranges() -> list[str]:
    return [_range(low, high) for low, high, _ in BANDS]


def _told(name: str) -> str:
    """Name the column that tells a range."""
    return f"told_{name.partition(' ')[0]}"


def _totals(content: FanContent, rows: list[Row]) -> list["alt.Chart"]:
    import altair as alt

    fill = alt.Scale(domain=_ranges(), range=[colour for *_, colour in BANDS])
    named = legend(None)
    named.symbolType = "square"
    bands = (
        alt.Chart(data(_band_rows(content)))
        .mark_area(clip=True, opacity=1)
        .encode(
            x=_x(content),
            y=_y(content, "low"),
            y2="high:Q",
            fill=alt.Fill("range:N", scale=fill, legend=named),
        )
    )
    median = (
        alt.Chart(data(rows))
        .mark_line(clip=True, strokeWidth=1.8)
        .encode(
            x=_x(content), y=_y(content, "median"), stroke=line_colour(), strokeDash=line_dash()
        )
    )
    return [bands, median]


def _as_of(content: FanContent) -> list["alt.Chart"]:
    import altair as alt

    as_of, (bottom, _) = content.tracking.as_of, content.limits
    rows: list[Row] = [{"day": place_of(as_of), "bottom": bottom, "told": f"as of {as_of}"}]
    left = rows[0]["day"] < (content.years[0] + content.years[-1]) / 2
    line = alt.Chart(data(rows)).mark_rule(strokeDash=[1, 3], color=INK, strokeWidth=1.2)
    words = alt.Chart(data(rows)).mark_text(
        align="left" if left else "right", dx=4 if left else -4, baseline="bottom", dy=-2, color=INK
    )
    x = _x(content, "day")
    return [line.encode(x=x), words.encode(x=x, y=_y(content, "bottom"), text="told:N")]


def _years(content: FanContent, rows: list[Row]) -> "alt.Chart":
    """Lay an unseen strip over each year that tells its totals when it is pointed at."""
    import altair as alt

    told = [alt.Tooltip(f"{_told(name)}:N", title=name) for name in _ranges()]
    strips: alt.Chart = (
        alt.Chart(data(rows))
        .mark_rect(fill=INK, fillOpacity=0)
        .encode(
            x=_x(content, "start"),
            x2="end:Q",
            tooltip=[
                alt.Tooltip("year:Q", title="year", format="d"),
                alt.Tooltip("median_told:N", title="median"),
                *told,
            ],
        )
    )
    return strips


def _printed(content: FanContent, key: str) -> list["alt.Chart"]:
    """Draw what was printed, by reporter; the legend highlights."""
    import altair as alt

    names = distinct([shown(reporter, 28) for reporter in content.printed])
    rows = _printed_rows(content, names)
    if not rows:
        return []
    chosen = alt.selection_point(name=f"reporter_{key}", fields=["reporter"], bind="legend")
    shapes, colours = shapes_and_colours(len(names))
    named = legend("printed by (click to highlight)", columns=1 if len(names) < 16 else 2)
    marks = (
        alt.Chart(data(rows), name=f"printed_{key}")
        .mark_point(size=42, strokeWidth=1.5, filled=False)
        .encode(
            x=_x(content),
            y=_y(content, "value"),
            color=alt.Color(
                "reporter:N", scale=alt.Scale(domain=names, range=colours), legend=named
            ),
            shape=alt.Shape(
                "reporter:N", scale=alt.Scale(domain=names, range=shapes), legend=named
            ),
            opacity=alt.when(chosen).then(alt.value(1)).otherwise(alt.value(DIM)),
            tooltip=[
                alt.Tooltip("reporter:N", title="reporter"),
                alt.Tooltip("year:Q", title="year", format="d"),
                alt.Tooltip("printed:N", title="printed"),
                alt.Tooltip("published:N", title="published"),
            ],
        )
        .add_params(chosen)
    )
    return [marks]


def _printed_rows(content: FanContent, names: list[str]) -> list[Row]:
    """Return a row a mark, under the name that its reporter has in the legend."""
    return [
        {
            "reporter": name,
            "year": mark.year,
            "value": mark.value,
            "printed": shown(mark.text),
            "published": mark.published,
        }
        for name, marks in zip(names, content.printed.values(), strict=True)
        for mark in marks
    ]
