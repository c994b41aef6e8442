"""The attainment curve for web pages, by Vega-Altair, which is imported only when one is made."""

from typing import TYPE_CHECKING, Final

from tradetrack._format import percent
from tradetrack.attainment.attainment import Attainment
from tradetrack.plots.altair_marks import (
    DIM,
    LONGEST,
    TICK,
    Row,
    data,
    distinct,
    key_of,
    legend,
    picture,
    require_altair,
    shapes_and_colours,
    shown,
    year_axis,
)
from tradetrack.plots.content import (
    AXIS_TITLE,
    NAMED,
    TITLE,
    curve_label,
    goal_name,
    source,
    years_shown,
)
from tradetrack.plots.style import DASHES, GRID, QUIET
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    import altair as alt

_PERCENT: Final = "format(100 * datum.value, '.0f') + ' %'"
_LINES: Final = "split(datum.label, '\\n')"  # the label of a legend, in lines


def chart_attainment(tracking: Tracking) -> "alt.LayerChart":
    """Make the attainment curve for web pages: the numbers and words of `plot_attainment`.

    Pointing at a mark tells the goal, the year and the probability. Clicking a goal in the legend
    highlights its curve; with the shift key, several.

    Parameters
    ----------
    tracking
        What to draw. The legend says of each goal the probability at its deadline, where its curve
        has an upward tick, and the probability that it is not met within the horizon. Of more
        than eight goals the later ones are thin, grey and not in the legend; pointing at one tells
        its name.

    Returns
    -------
    altair.LayerChart
        560 by 360 pixels and the legend; probabilities are fractions, shown in percent; all data
        are inside. Where a page has a place for it, of 600 pixels or more,
        ``chart.properties(width="container")`` takes that place's width.

    Raises
    ------
    MissingExtraError
        If altair is not installed.

    Notes
    -----
    Beside another chart, let both keep their marks: ``(one | other).resolve_scale(color=
    "independent", shape="independent", stroke="independent", strokeDash="independent")``.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> chart = tt.plots.chart_attainment(tracking)
    >>> chart.to_dict()["title"]["text"]
    ['Probability that each goal is met, by year']
    """
    require_altair()
    names = distinct([curve_label(a, shown) for a in tracking.attainments])
    goals = list(zip(names, tracking.attainments, strict=True))
    years = years_shown(tracking)
    rows = _rows(goals[:NAMED], years[0])
    others = _rows(goals[NAMED:], years[0])
    due = [
        _row(name, a, by, {point.year: point.error for point in a.curve}.get(by, 0.0))
        | {"due": True}
        for name, a in goals[:NAMED]
        if (by := a.goal.by) is not None
    ]
    key = key_of([*rows, *others, {"words": source(tracking, shown)}])
    layers = [
        *(_quiet(others, years) if others else []),
        *_named(rows, due, names[:NAMED], years, key),
    ]
    return picture(layers, TITLE, source(tracking, shown), f"{TITLE}; {len(names)} goals")


def _rows(goals: list[tuple[str, Attainment]], first: int) -> list[Row]:
    """Return a row for each goal and year of its curve."""
    return [
        _row(label, attainment, point.year, point.error)
        for label, attainment in goals
        for point in attainment.curve
        if point.year >= first
    ]


def _row(label: str, attainment: Attainment, year: int, error: float) -> Row:
    """Return what is shown and told of a goal and a year, which may be before its curve."""
    chance = attainment.probability_by(year)
    return {
        "label": label,
        "goal": goal_name(attainment.goal, shown, LONGEST),
        "year": year,
        "probability": chance,
        "met": percent(chance),
        "error": error,
        "error_told": f"{100 * error:.1f} points",
        "within": f"not by {attainment.last_year}: {percent(attainment.not_within)}",
    }


def _y() -> "alt.Y":
    import altair as alt

    return alt.Y(
        "probability:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(
            title=AXIS_TITLE,
            titleFontWeight="normal",
            values=[0, 0.2, 0.4, 0.6, 0.8, 1],
            labelExpr=_PERCENT,
            gridColor=GRID,
            domain=False,
            ticks=False,
        ),
    )


def _told() -> list["alt.Tooltip"]:
    import altair as alt

    return [
        alt.Tooltip("goal:N", title="goal"),
        alt.Tooltip("year:Q", title="by the end of", format="d"),
        alt.Tooltip("met:N", title="met"),
        alt.Tooltip("error_told:N", title="Monte-Carlo error"),
        alt.Tooltip("within:N", title="within the horizon"),
    ]


def _quiet(rows: list[Row], years: tuple[int, int]) -> list["alt.Chart"]:
    """Draw the goals that have no name in the legend; unseen marks tell which is pointed at."""
    import altair as alt

    lines = alt.Chart(data(rows)).mark_line(strokeWidth=1, stroke=QUIET)
    marks = alt.Chart(data(rows)).mark_circle(size=60, opacity=0)
    place = {"x": year_axis("year", years), "y": _y()}
    return [lines.encode(**place, detail="label:N"), marks.encode(**place, tooltip=_told())]


def _named(
    rows: list[Row], due: list[Row], names: list[str], years: tuple[int, int], key: str
) -> list["alt.Chart"]:
    """Draw curves, marks and the ticks of deadlines; the legend highlights."""
    import altair as alt

    chosen = alt.selection_point(name=f"chosen_{key}", fields=["label"], bind="legend")
    shapes, colours = shapes_and_colours(len(names))
    named = legend("goal (click to highlight)")
    named.labelExpr = _LINES
    colour = alt.Color("label:N", scale=alt.Scale(domain=names, range=colours), legend=named)
    opacity = alt.when(chosen).then(alt.value(1)).otherwise(alt.value(DIM))
    base = {"x": year_axis("year", years), "y": _y(), "color": colour, "opacity": opacity}
    lines = (  # the first with a legend: Vega binds the selection to that one's
        alt.Chart(data(rows), name=f"goals_{key}")
        .mark_line(strokeWidth=1.8)
        .encode(
            **base,
            strokeDash=alt.StrokeDash(
                "label:N",
                # In another order, or Vega would draw the legend's marks with dashes.
                scale=alt.Scale(domain=names[::-1], range=_dashes(len(names))[::-1]),
                legend=None,
            ),
        )
        .add_params(chosen)
    )
    marks = (
        alt.Chart(data(rows))
        .mark_point(size=36, strokeWidth=1.5, fill="white")
        .encode(
            **base,
            shape=alt.Shape("label:N", scale=alt.Scale(domain=names, range=shapes), legend=named),
            tooltip=_told(),
        )
    )
    ticks = (
        alt.Chart(data(due))
        .mark_point(shape=TICK, size=170, strokeWidth=2.4)
        .encode(**base, tooltip=_told())
    )
    return [lines, *([ticks] if due else []), marks]


def _dashes(number: int) -> list[list[float]]:
    """Return the dashes of `style` in pixels."""
    every = [[1.0, 0.0] if isinstance(dash, str) else list(dash[1]) for dash in DASHES]
    return [[1.6 * step for step in every[i % len(every)]] for i in range(number)]
