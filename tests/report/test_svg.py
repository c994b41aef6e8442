"""The charts of the page: what they tell, and that hostile names stay text."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plots import made
from tests.shipped import ledger, tracking

import tradetrack as tt
from tradetrack.domain.figure import split_unit
from tradetrack.plots.content import curve_of, fan_content
from tradetrack.report.svg import SIZES, SMALL, curve, fan, past


def test_each_mark_tells_reporter_year_and_amount() -> None:
    shown = fan_content(tracking(), ledger())
    told = re.findall(r"UZ stat, (\d{4}): US\$ ([\d.]+) bn", fan(shown, SIZES["wide"]))
    marks = {(str(mark.year), f"{mark.value:.2f}") for mark in shown.printed["UZ stat"]}
    assert {(year, f"{float(amount):.2f}") for year, amount in told} == marks


@pytest.mark.parametrize("size", SIZES.values())
def test_names_from_outside_stay_text(size: tuple[float, float]) -> None:
    name = "</text><script>alert(1)</script>\x1b\u202e\ud800&"
    answer = made.tracking(made.goal(4, 2030, name=name))
    for inside in (
        fan(fan_content(answer), size),
        curve(curve_of(answer.attainments[0], answer.as_of), size),
    ):
        inside.encode()
        tree = ET.fromstring(f"<svg>{inside}</svg>")
        assert {part.tag for part in tree.iter()} <= {
            *("svg", "g", "line", "text", "polygon", "polyline", "rect", "title", "path")
        }


def boxes(tree: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Where each label of a goal stands, at 6.6 pixels a letter."""
    found = {}
    for part in tree.iter("text"):
        if part.get("class") == "goal":
            x, y = float(part.get("x", "")), float(part.get("y", ""))
            width = 6.6 * len(part.text or "")
            left = x - width if part.get("text-anchor") == "end" else x
            found[part.text or ""] = left, y - 11.0, left + width, y + 4.0
    return found


def meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    (a, b, c, d), (e, f, g, h) = one, other
    return a < g - 0.2 and e < c - 0.2 and b < h - 0.2 and f < d - 0.2


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 1e6), st.integers(2026, 2035)), min_size=1, max_size=16),
    st.sampled_from([*SIZES.values()]),
)
def test_every_goal_has_a_line_and_no_labels_collide(
    wanted: list[tuple[float, int]], size: tuple[float, float]
) -> None:
    answer = made.tracking(*(made.goal(amount, by) for amount, by in wanted))
    tree = ET.fromstring(f"<svg>{fan(fan_content(answer), size)}</svg>")
    for look, tag in (("goalline", "line"), ("dot", "path")):
        assert len([part for part in tree.iter(tag) if part.get("class") == look]) == len(wanted)
    places = boxes(tree)
    assert places
    assert not any(meet(*pair) for pair in combinations(places.values(), 2))
    for left, top, right, bottom in places.values():
        assert left >= 45.9
        assert right <= size[0]
        assert top >= -0.1
        assert bottom <= size[1]


@pytest.mark.parametrize("size", SIZES.values())
def test_goals_as_close_as_20_22_and_25_are_all_named_at_their_deadline(
    size: tuple[float, float],
) -> None:
    answer = made.tracking(*(made.goal(amount, 2030) for amount in (20, 22, 25)))
    tree = ET.fromstring(f"<svg>{fan(fan_content(answer), size)}</svg>")
    assert sorted(name[:12] for name in boxes(tree)) == [
        f"US$ {amount} bn by" for amount in (20, 22, 25)
    ]
    [x] = {part.get("x1") for part in tree.iter("line") if part.get("class") == "due"}
    for left, _, right, _ in boxes(tree).values():
        assert left - 10.0 <= float(x or "") <= right + 10.0


def test_the_lines_of_one_amount_are_told_apart_by_their_windows() -> None:
    fiscal = made.goal(4, 2030).model_copy(update={"window": "fiscal_year:04"})
    answer = made.tracking(made.goal(4, 2030), fiscal)
    tree = ET.fromstring(f"<svg>{fan(fan_content(answer), SIZES['wide'])}</svg>")
    assert len(boxes(tree)) == 2
    assert any("in a fiscal year from April" in name for name in boxes(tree))


def test_goals_of_other_windows_than_a_year_have_no_line_among_yearly_totals() -> None:
    monthly = made.goal(0.4, 2030).model_copy(update={"window": "month"})
    answer = made.tracking(made.goal(4, 2030), monthly)
    assert [level for level, _ in fan_content(answer).goal_lines] == [4.0]


def test_a_fan_begins_where_it_is_told_to() -> None:
    shown = fan_content(tracking(), ledger(), since=2010)
    assert shown.years[0] == 2010
    assert min(mark.year for marks in shown.printed.values() for mark in marks) == 2010
    assert fan_content(tracking(), ledger(), since=2999).years == [2045]


def test_figures_that_do_not_fit_are_explained_and_do_not_stretch_the_axis() -> None:
    far = tt.Ledger(
        [
            *ledger().observations,
            tt.Level(
                series=tt.Series(pair="KZ-UZ"),
                window=tt.Window("2019"),
                figure=tt.Figure.of("3390", "usd_bn"),
                reporter="KZ government",
                published="2020-02",
                id="far",
            ),
        ]
    )
    answer = tt.track(far, tt.Goal(10, 2030), n_paths=50)
    shown = fan_content(answer, far, since=2010)
    assert "far" in {row.row for row in answer.discounted}
    told = {mark.rows: why for _, mark, why in shown.odd}
    assert told["far",].startswith("discounted, as it does not fit the others: ")
    assert shown.limits[1] < 1000.0
    assert "it does not fit the others" in fan(shown, SIZES["wide"])


def test_a_balance_below_zero_is_drawn_on_a_linear_scale() -> None:
    series = tt.Series(pair="KZ-UZ", flow="balance")
    answer = tt.track(ledger(), tt.Goal(-1, 2030, series=series), n_paths=50)
    shown = fan_content(answer, ledger())
    assert not shown.log
    assert shown.limits[0] < min(0.0, *shown.quantile(0.1))
    assert shown.axis_title == "US$ bn a year (linear scale)"
    tree = ET.fromstring(f"<svg>{fan(shown, SIZES['wide'])}</svg>")
    assert any("US$ -1 bn by 2030" in (part.text or "") for part in tree.iter("text"))
    marked = {mark.year: mark.value for mark in shown.printed["UZ stat"]}
    flows = {
        flow: next(
            row.figure.value * split_unit(row.figure.unit)[1] / 1e9
            for row in ledger().current
            if (row.source, row.series.flow, str(row.window)) == ("UZ stat", flow, "2020")
            and isinstance(row, tt.Level)
        )
        for flow in series.flows
    }
    assert marked[2020] == pytest.approx(flows["kz_to_uz"] - flows["uz_to_kz"])


def test_totals_below_zero_are_drawn_below_zero() -> None:
    answer = made.tracking(made.goal(4, 2030))
    series = tt.Series(pair="AA-BB", flow="balance")
    [totals] = answer.series_totals
    rows = [
        row.model_copy(update={"quantiles": tuple(q - 30.0 for q in row.quantiles)})
        for row in totals.years
    ]
    totals = totals.model_copy(update={"series": series, "years": tuple(rows)})
    goal = answer[0].goal.model_copy(update={"series": series, "amount": -20.0})
    one = answer[0].model_copy(update={"goal": goal, "level": -20.0})
    answer = answer.model_copy(update={"attainments": (one,), "series_totals": (totals,)})
    shown = fan_content(answer)
    assert shown.limits[1] < 0.0
    tree = ET.fromstring(f"<svg>{fan(shown, SIZES['narrow'])}</svg>")
    ticks = [part.text for part in tree.iter("text") if part.get("text-anchor") == "end"]
    assert "-20" in ticks
    [line] = [part for part in tree.iter("polyline") if part.get("class") == "median"]
    heights = [float(pair.split(",")[1]) for pair in (line.get("points") or "").split()]
    assert heights == sorted(heights, reverse=True)


def test_a_history_is_drawn_in_steps_with_a_mark_where_a_release_moved_it() -> None:
    said = [
        (dt.date(2023, 12, 31), 0.2, ""),
        (dt.date(2024, 6, 30), 0.4, "AA stat, 2024-05 (+20.0 points)"),
        (dt.date(2024, 12, 31), 0.4, ""),
    ]
    tree = ET.fromstring(f"<svg>{past(said, SMALL['small'])}</svg>")
    [line] = tree.iter("polyline")
    assert len((line.get("points") or "").split()) == 5
    [dot] = [part for part in tree.iter("path") if part.get("class") == "dot"]
    [title] = dot
    assert title.text == "2024-06-30: 40 %; AA stat, 2024-05 (+20.0 points)"
