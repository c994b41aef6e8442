"""The charts of the page: what they tell, and that hostile names stay text."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plots import made
from tests.shipped import ledger, tracking

from tradetrack.plots.content import curve_of, fan_content
from tradetrack.report.svg import SIZES, curve, fan


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
            *("svg", "line", "text", "polygon", "polyline", "rect", "title", "path")
        }


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=16), st.sampled_from([*SIZES.values()]))
def test_every_goal_has_a_line_and_no_labels_collide(
    amounts: list[float], size: tuple[float, float]
) -> None:
    answer = made.tracking(*(made.goal(amount, 2030) for amount in amounts))
    tree = ET.fromstring(f"<svg>{fan(fan_content(answer), size)}</svg>")
    lines = [part for part in tree.iter("line") if part.get("class") == "goalline"]
    assert len(lines) == len(set(amounts))
    labels = [part for part in tree.iter("text") if part.get("class") == "goal"]
    heights = sorted(float(part.get("y", "")) for part in labels)
    assert all(below - above >= 15.8 for above, below in pairwise(heights))
    assert labels
    assert len([part for part in tree.iter("path") if part.get("class") == "due"]) == len(amounts)
