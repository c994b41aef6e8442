"""The charts of the page: what they tell, and that hostile names stay text."""

import re
import xml.etree.ElementTree as ET

import pytest
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
