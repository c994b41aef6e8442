"""Ledgers that contradict themselves: an answer that names what it discounts, or an error.

What a single wrong row does is in `tests/models/test_misprints.py`; bad arguments are in
`tests/test_bad_input.py`.
"""

import io

import numpy as np
import pytest

import tradetrack as tt
from tradetrack.errors import LedgerError
from tradetrack.testing import check_tracking

HEAD = "id,pair,window,base,value,unit,qualifier,reporter,side,published\n"
GOAL = tt.Goal(5, by=2030)


def level(
    name: str, year: int, value: str, qualifier: str = "", reporter: str = "A", side: str = ""
) -> str:
    """A yearly level in US$ bn, out in March."""
    return f"{name},A-B,{year},,{value},usd_bn,{qualifier},{reporter},{side},{year + 1}-03\n"


def read(*rows: str) -> tt.Ledger:
    return tt.read_csv(io.StringIO(HEAD + "".join(rows)))


def track(*rows: str, goal: tt.Goal = GOAL) -> tt.Tracking:
    """Track; what was discounted is said in words, and by a finding for each of its rows."""
    ledger = read(*rows)
    found = tt.track(ledger, goal, n_paths=400)
    check_tracking(found)
    assert found.converged
    for row in found.discounted[:3]:
        assert any(str(row) in one for one in found.sentences())
    named = {name for finding in found.findings for name in finding.rows}
    assert {row.row for row in found.discounted} <= named
    return found


def medians(found: tt.Tracking) -> dict[int, float]:
    return {row.year: row.quantiles[4] for row in found.totals().years}


@pytest.mark.parametrize("seed", range(3))
def test_most_figures_contradict_each_other(seed: int) -> None:
    """Three reporters, four years, errors of a factor of four either way: most are discounted."""
    values = 3.0 * np.exp(1.5 * np.random.default_rng(seed).standard_normal(12))
    rows = [
        level(f"r{i}", 2018 + i % 4, f"{value:.3g}", reporter="ABC"[i // 4])
        for i, value in enumerate(values)
    ]
    found = track(*rows)
    assert 3 <= len(found.discounted) < 12
    known = [medians(found)[year] for year in range(2018, 2022)]
    assert values.min() < min(known)
    assert max(known) < values.max()


def test_only_hedged_figures() -> None:
    hedged = [("a", 2020, "3", "over"), ("b", 2021, "4", "nearly"), ("c", 2022, "3.5", "about")]
    found = track(*(level(*row) for row in hedged))
    assert not found.discounted
    assert 3.0 < medians(found)[2020] < 3.3
    assert 3.7 < medians(found)[2021] < 4.0
    assert medians(found)[2022] == pytest.approx(3.5, rel=0.02)


@pytest.mark.parametrize("qualifier", ["", "over", "nearly", "about", "exact", "truncated"])
def test_one_figure(qualifier: str) -> None:
    found = track(level("a", 2023, "4.0", qualifier))
    assert not found.discounted
    assert medians(found)[2023] == pytest.approx(4.0, rel=0.05)


@pytest.mark.parametrize("qualifier", ["", "range"])
def test_a_range_the_wrong_way_round(qualifier: str) -> None:
    with pytest.raises(LedgerError, match=r"row 2, .* '4.5-4.1' ends below its start; write the"):
        read(level("a", 2023, "4.5-4.1", qualifier), level("b", 2022, "4.0"))


def test_a_misprint_in_the_only_level() -> None:
    """Growth says nothing of the level, so nothing can contradict it; a bound can, and is named."""
    rates = [f"g{y},A-B,{y},{y - 1},5,percent,,A,,{y + 1}-03\n" for y in (2022, 2023)]
    assert not track(level("a", 2023, "4000"), *rates).discounted
    bounded = track(level("a", 2023, "4000"), *rates, level("b", 2022, "6", "at_most", "B"))
    assert [row.row for row in bounded.discounted] == ["b"]


@pytest.mark.parametrize("sides", [("", ""), ("A", "B")])
def test_two_sides_with_one_figure_each_that_differ_fivefold(sides: tuple[str, str]) -> None:
    """No third figure can tell: one is discounted, the other named, and so in the finding."""
    one, other = sides
    found = track(level("a", 2023, "1.0", "", "X", one), level("b", 2023, "5.0", "", "Y", other))
    [row] = found.discounted
    assert {row.row, row.rival} == {"a", "b"}
    assert f"it may as well be {row.rival}" in " ".join(str(found).split())
    assert set(found.findings[0].rows) == {"a", "b"}


def test_two_sides_that_differ_in_one_year_of_several() -> None:
    """Here the other years tell."""
    rows = [level(f"x{y}", y, f"{y - 2018}.1", "", "X") for y in range(2020, 2024)]
    rows += [level(f"y{y}", y, f"{y - 2018}.2", "", "Y") for y in (2020, 2021, 2023)]
    found = track(*rows, level("odd", 2022, "21.0", "", "Y"))
    [row] = found.discounted
    assert (row.row, row.rival) == ("odd", "")


def test_a_reporter_on_two_sides() -> None:
    rows = level("a", 2022, "1.0", "", "stat", "A"), level("b", 2023, "1.1", "", "stat", "B")
    with pytest.raises(LedgerError, match=r"stat stands on two sides, .* a: .* b: .*one side"):
        read(*rows)


@pytest.mark.parametrize("reporters", [1, 10])
def test_a_hundred_figures_for_one_window(reporters: int) -> None:
    """Around 4.0, one of them ten times too large, all out on one day."""
    noise = np.random.default_rng(0).normal(0.0, 0.01, 100)
    values = [f"{4.0 * np.exp(error):.3f}" for error in noise]
    values[50] = "40.123"
    rows = [
        level(f"r{i}", 2023, value, reporter=f"R{i % reporters}") for i, value in enumerate(values)
    ]
    found = track(*rows)
    assert found.discounted[0].row == "r50"
    assert len(found.discounted) <= 3
    assert medians(found)[2023] == pytest.approx(4.0, rel=0.02)


RISE = ("1.0", "1.1", "1.05", "1.2", "3.6", "11.0", "11.5", "12.4", "12.1", "13.0")


@pytest.mark.parametrize("last", [2023, 2021, 2020, 2019])
def test_a_series_that_really_rose_tenfold_in_two_years(last: int) -> None:
    """It is believed, however few years have confirmed it."""
    rows = [level(f"y{year}", year, value) for year, value in enumerate(RISE, 2014)]
    found = track(*rows[: last - 2013], goal=tt.Goal(15, by=2030))
    assert not found.discounted
    for year, value in zip(range(2014, last + 1), RISE, strict=False):
        assert medians(found)[year] == pytest.approx(float(value), rel=0.03)
