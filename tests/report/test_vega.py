"""The charts for web pages: the numbers of the tracking, words that stay words, one text each."""

import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.testing.compare import compare_images
from tests.report import made
from tests.report.pages import HOSTILE, LONG, SCRIPT, hostile_ledger
from tests.shipped import ledger, tracking
from tests.strategies import texts

import tradetrack as tt
from tradetrack._format import percent
from tradetrack.plots.altair_marks import HEIGHT, shapes_and_colours
from tradetrack.plots.content import yearly_marks
from tradetrack.plots.style import BANDS

LOOKED_AT = Path(__file__).parent / "pictures"
TOLERANCE = 5.0  # root mean square of grey levels; another curve is more
MADE = {
    "vega_fan": lambda *goals: tt.plots.chart_fan(made.tracking(*goals)),
    "vega_attainment": lambda *goals: tt.plots.chart_attainment(made.tracking(*goals)),
}


def rows(chart: alt.LayerChart | dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The data that have a column, each set once."""
    spec = chart if isinstance(chart, dict) else chart.to_dict()
    found = spec["datasets"].values()
    return [row for part in found if part and column in part[0] for row in part]


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def expressions(node: Any) -> Iterator[str]:
    """What Vega reads as an expression or as the name of a column."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("expr", "labelExpr", "field", "test", "signal", "filter", "calculate"):
                yield str(value)
            if name != "datasets":
                yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def part_below(amount: float, low: float, high: float) -> float:
    """The part of a logarithmic axis below an amount."""
    return math.log(amount / low) / math.log(high / low)


def draw(chart: alt.LayerChart, path: Path) -> Path:
    """Draw at a size that does not depend on the width of letters."""
    fitted = chart.properties(width=720, height=420, autosize=alt.AutoSizeParams(type="fit"))
    path.write_bytes(vl_convert.vegalite_to_png(fitted.to_json(), scale=0.6))
    return path


def test_the_fan_has_the_totals_of_the_tracking() -> None:
    chart = tt.plots.chart_fan(tracking(), ledger())
    totals = tracking().totals()
    medians = {row["year"]: row["median"] for row in rows(chart, "median")}
    assert medians == {row.year: row.quantiles[totals.levels.index(0.5)] for row in totals.years}
    bands = {(row["range"], row["year"]): (row["low"], row["high"]) for row in rows(chart, "range")}
    for low, high, name in ((0.25, 0.75, "50"), (0.1, 0.9, "80"), (0.025, 0.975, "95")):
        for row in totals.years:
            ends = tuple(row.quantiles[totals.levels.index(level)] for level in (low, high))
            assert bands[f"{name} % range", row.year] == ends
    assert len(bands) == len(BANDS) * len(totals.years)


def test_the_curves_have_the_probabilities_of_the_tracking() -> None:
    chart = tt.plots.chart_attainment(tracking())
    shown = rows(chart, "probability")
    for attainment in tracking().attainments:
        mine = {r["year"]: r["probability"] for r in shown if r["goal"] == str(attainment.goal)}
        assert mine == {y: p for y, p in attainment.probabilities.items() if y in mine}
        assert max(mine) == attainment.last_year
        (due,) = {
            (row["year"], row["met"])
            for row in shown
            if row.get("due") and row["goal"] == str(attainment.goal)
        }
        assert due == (attainment.goal.by, percent(attainment.deadline_probability))
        said = f": {due[1]}\nnot by {attainment.last_year}: {percent(attainment.not_within)}"
        assert {r["label"] for r in shown if r["goal"] == str(attainment.goal)} == {
            f"{attainment.goal}{said}"
        }


def test_words_are_those_of_the_pictures() -> None:
    spec = tt.plots.chart_fan(tracking(), ledger()).to_dict()
    axes = tt.plots.plot_fan(tracking(), ledger())
    written = " ".join(axes.get_xlabel().split())
    assert " ".join(spec["title"]["subtitle"]) == written
    assert spec["title"]["text"] == [axes.get_title(loc="left")]
    titles = {
        layer["encoding"]["y"]["axis"]["title"]
        for layer in spec["layer"]
        if "y" in layer["encoding"]
    }
    assert titles == {axes.get_ylabel()}
    said = set(strings(spec))
    for label in axes.texts:
        assert label.get_text().strip() in said
    assert {"median", "goal", "deadline", "50 % range", "KZ stat"} <= said


def test_marks_tell_what_was_printed_by_whom_and_when() -> None:
    seen = rows(tt.plots.chart_fan(tracking(), ledger()), "printed")
    (mark,) = [r for r in seen if (r["reporter"], r["year"]) == ("UZ stat", 2018)]
    assert (mark["value"], mark["printed"], mark["published"]) == (
        2.92,
        "US$ 2 920 mn",
        "2022-01-07",
    )
    (summed,) = [r for r in seen if (r["reporter"], r["year"]) == ("UZ stat", 2023)]
    assert summed["printed"] == "US$ 3068544900 + US$ 1417053600"
    assert summed["value"] == pytest.approx(3.0685449 + 1.4170536)


def test_a_sum_is_as_late_as_its_later_part() -> None:
    parts = [
        tt.Level(
            series=tt.Series(pair="AA-BB", flow=flow),
            window=tt.Window.parse("2022"),
            figure=tt.Figure.of(value, "usd_mn"),
            reporter="AA stat",
            published=published,
        )
        for flow, value, published in (
            ("aa_to_bb", "700", "2023-03-15"),
            ("bb_to_aa", "1,900", "2023-03"),
        )
    ]
    (mark,) = yearly_marks(tt.Ledger(parts), tt.Series(pair="AA-BB"))["AA stat"]
    assert mark.value == pytest.approx(2.6)
    assert (mark.text, mark.published) == ("US$ 700 mn + US$ 1,900 mn", "2023-03")


def test_nothing_printed_is_marked_without_a_ledger_or_for_rolling_years() -> None:
    rolling = tt.track(ledger(), tt.Goal(10, 2030, "rolling_year"), n_paths=100)
    for chart in (
        tt.plots.chart_fan(tracking()),
        tt.plots.chart_fan(rolling, ledger(), window="rolling_year"),
    ):
        assert rows(chart, "printed") == []
        assert "params" not in chart.to_dict()
    assert "highest twelve months" in chart.to_dict()["title"]["text"][0]


@pytest.mark.parametrize("name", MADE)
def test_looks_as_it_did_when_it_was_looked_at(name: str, tmp_path: Path) -> None:
    drawn = draw(MADE[name](), tmp_path / f"{name}.png")
    assert compare_images(str(LOOKED_AT / f"{name}.png"), str(drawn), TOLERANCE) is None


@pytest.mark.parametrize("name", MADE)
def test_the_comparison_notices_other_goals(name: str, tmp_path: Path) -> None:
    other = draw(MADE[name](*(made.goal(2 + i, 2028) for i in range(6))), tmp_path / "other.png")
    assert compare_images(str(LOOKED_AT / f"{name}.png"), str(other), TOLERANCE)


def test_the_same_tracking_gives_the_same_text() -> None:
    again = tt.Tracking.model_validate_json(tracking().model_dump_json())
    for chart in (tt.plots.chart_attainment, lambda found: tt.plots.chart_fan(found, ledger())):
        assert chart(tracking()).to_json() == chart(again).to_json()
        json.loads(chart(tracking()).to_json(), parse_constant=pytest.fail)


@pytest.mark.filterwarnings("error")
def test_charts_stand_side_by_side() -> None:
    fan, curves = tt.plots.chart_fan(tracking(), ledger()), tt.plots.chart_attainment(tracking())
    for charts in ([fan, curves], [fan, tt.plots.chart_fan(made.tracking())]):
        beside = alt.hconcat(*charts).resolve_scale(
            color="independent", shape="independent", stroke="independent", strokeDash="independent"
        )
        assert vl_convert.vegalite_to_svg(beside.to_json()).startswith("<svg")


def test_as_wide_as_the_page_gives_room() -> None:
    wide = tt.plots.chart_fan(tracking(), ledger()).properties(width="container")
    assert wide.to_dict()["width"] == "container"
    assert "width" not in {word for text in expressions(wide.to_dict()) for word in text.split()}


def test_selections_highlight_reporters_and_goals() -> None:
    for chart, field in (
        (tt.plots.chart_fan(tracking(), ledger()), "reporter"),
        (tt.plots.chart_attainment(tracking()), "label"),
    ):
        (parameter,) = chart.to_dict()["params"]
        assert parameter["bind"] == "legend"
        assert parameter["select"] == {"type": "point", "fields": [field]}
        (view,) = parameter["views"]
        assert view in {layer.get("name") for layer in chart.to_dict()["layer"]}
        # Vega binds a selection to one legend only: it must be the one that is seen.
        legends = vl_convert.vegalite_to_vega(chart.to_dict())["legends"]
        (clicked,) = [row for row in legends if row.get("title", "").endswith("highlight)")]
        assert clicked["encode"]["labels"]["interactive"]
        assert parameter["name"] in json.dumps(clicked["encode"]["labels"]["update"]["opacity"])


def test_years_are_whole_numbers_everywhere() -> None:
    for chart in (tt.plots.chart_fan(tracking(), ledger()), tt.plots.chart_attainment(tracking())):
        assert {type(row["year"]) for row in rows(chart, "year")} == {int}
        assert "temporal" not in set(strings(chart.to_dict()))


def test_goals_never_reached_and_a_single_figure() -> None:
    one = tt.Level(
        series=tt.Series(pair="A-B"),
        window=tt.Window.parse("2020"),
        figure=tt.Figure.of("2.4", "usd_bn"),
        reporter="A stat",
        published="2021-03",
    )
    found = tt.track(tt.Ledger([one]), [tt.Goal(4, 2025), tt.Goal(1e6)], n_paths=100)
    fan = tt.plots.chart_fan(found, tt.Ledger([one]))
    (mark,) = rows(fan, "printed")
    assert (mark["year"], mark["value"], mark["reporter"]) == (2020, 2.4, "A stat")
    lines = {row["amount"]: row["within"] for row in rows(fan, "within")}
    horizon = found.attainments[1].last_year
    assert lines[1e6] == f"not by {horizon}: over 99 %"
    never = [
        r
        for r in rows(tt.plots.chart_attainment(found), "met")
        if r["goal"].startswith("US$ 1,000,000")
    ]
    assert {row["probability"] for row in never} == {0.0}
    for chart in (fan, tt.plots.chart_attainment(found)):
        assert len(vl_convert.vegalite_to_png(chart.to_json())) > 10_000


def test_fifty_goals_have_curves_and_few_have_names() -> None:
    many = made.tracking(*(made.goal(2.0 + 0.1 * i, 2026 + i % 9) for i in range(50)))
    curves = tt.plots.chart_attainment(many)
    assert len({row["label"] for row in rows(curves, "met")}) == 50
    domains = {
        len(layer["encoding"]["color"]["scale"]["domain"])
        for layer in curves.to_dict()["layer"]
        if "color" in layer["encoding"]
    }
    assert domains == {8}
    assert "42 more goals" in " ".join(curves.to_dict()["title"]["subtitle"])
    fan = tt.plots.chart_fan(many)
    assert len({row["amount"] for row in rows(fan, "within")}) == 50
    assert len(rows(fan, "chance")) == 50


def test_the_day_stands_among_the_years() -> None:
    (line,) = rows(tt.plots.chart_fan(made.tracking()), "day")
    assert made.DAY.isoformat() in line["told"]
    assert line["day"] == pytest.approx(2023.5 + 181 / 365)  # 30 June 2024 is day 182 of 366


def test_a_deadline_before_the_first_figure_has_its_tick() -> None:
    (due,) = rows(tt.plots.chart_attainment(made.tracking(made.goal(4, 2010))), "due")
    assert (due["year"], due["probability"], due["met"]) == (2010, 0.0, "under 1 %")
    (tick,) = rows(tt.plots.chart_fan(made.tracking(made.goal(4, 2010))), "chance")
    assert tick["year"] == 2010


def test_reporters_and_goals_with_one_name_stay_apart() -> None:
    goals = [made.goal(4, 2030, name="A" * 99), made.goal(4, 2030, name="A" * 98)]
    labels = {row["label"] for row in rows(tt.plots.chart_attainment(made.tracking(*goals)), "met")}
    assert len(labels) == 2
    shapes, colours = shapes_and_colours(49)
    assert len(set(zip(shapes, colours, strict=True))) == 49


def test_names_are_text_and_nothing_else() -> None:
    names = [*HOSTILE, LONG, "a.b[0]", "datum.year", "\ud800\ufffe\uffff"]
    goals = [tt.Goal(3 + i, 2030, name=name) for i, name in enumerate(names)]
    found = tt.track(hostile_ledger(), goals, n_paths=100)
    for chart in (tt.plots.chart_fan(found, hostile_ledger()), tt.plots.chart_attainment(found)):
        text = chart.to_json()
        text.encode()
        assert max(len(line) for line in strings(json.loads(text))) < 400
        assert len(vl_convert.vegalite_to_png(text)) > 10_000  # a letter too odd would end Python
        page = chart.to_html()
        assert SCRIPT not in page
        plain = tt.plots.chart_fan(tracking()).to_html()
        assert page.count("</script") == plain.count("</script")
        assert "<!--" not in page
        known = set(expressions(tt.plots.chart_fan(tracking(), ledger()).to_dict()))
        known |= set(expressions(tt.plots.chart_attainment(tracking()).to_dict()))
        assert set(expressions(chart.to_dict())) <= known


def test_bad_input() -> None:
    with pytest.raises(tt.InputError, match="no totals of AA-BB turnover"):
        tt.plots.chart_fan(tracking(), series=tt.Series(pair="AA-BB"))
    one_more = ledger().observations[-1].model_copy(update={"id": "new"})
    with pytest.raises(tt.InputError, match="not the ledger that was tracked as of 2025-11-14"):
        tt.plots.chart_fan(tracking(), ledger().add([one_more]))


@pytest.mark.parametrize("chart", [tt.plots.chart_fan, tt.plots.chart_attainment])
def test_without_altair_the_error_says_what_to_install(chart, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(tt.errors.MissingExtraError, match=r'pip install "tradetrack\[plot\]"'):
        chart(made.tracking())


amounts = st.floats(0.01, 1e6, allow_nan=False)
goals = st.builds(
    made.goal, amounts, st.none() | st.integers(2016, 2035), st.just("consensus"), texts()
)


@settings(max_examples=15)
@given(st.lists(goals, min_size=1, max_size=16))
def test_every_goal_is_drawn_and_no_labels_collide(wanted: list[tt.Goal]) -> None:
    found = made.tracking(*wanted)
    fan, curves = (
        c.to_dict() for c in (tt.plots.chart_fan(found), tt.plots.chart_attainment(found))
    )
    assert {row["amount"] for row in rows(fan, "within")} == {goal.amount for goal in wanted}
    due = {(row["amount"], row["year"]) for row in rows(fan, "chance")}
    assert due == {(goal.amount, goal.by) for goal in wanted if goal.by}
    low, high = fan["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert all(low < goal.amount < high for goal in wanted)
    labels = rows(fan, "slot")
    for place in {(row["left"], row["slot"]) for row in labels}:
        mine = [row["amount"] for row in labels if (row["left"], row["slot"]) == place]
        heights = sorted(HEIGHT * part_below(amount, low, high) for amount in mine)
        assert all(above - below >= 15 for below, above in pairwise(heights))
    assert len({row["label"] for row in rows(curves, "met")}) == len(wanted)
    json.dumps([fan, curves], allow_nan=False)


def test_the_monte_carlo_error_is_that_of_the_tracking() -> None:
    answer = tracking()
    told = {
        (row["goal"], row["year"]): row
        for row in rows(tt.plots.chart_attainment(answer), "error_told")
    }
    for attainment in answer.attainments:
        for point in attainment.curve:
            found = told.get((str(attainment.goal), point.year))
            if found is not None:
                assert found["error_told"].startswith(f"{100 * point.error:.1f} ")
    assert len(told) > 20
