"""The marks of a chart: what each reporter printed for each calendar year."""

import pytest

import tradetrack as tt
from tradetrack.plots.content import yearly_marks

PAIR = "AA-BB"


def points(ledger: tt.Ledger, series: tt.Series) -> dict[str, list[tuple[int, float]]]:
    found = yearly_marks(ledger, series).items()
    return {reporter: [(mark.year, mark.value) for mark in marks] for reporter, marks in found}


def level(flow: str, window: str, value: str, unit: str = "usd_mn", said="rounded") -> tt.Level:
    return tt.Level(
        series=tt.Series(pair=PAIR, flow=flow),
        window=tt.Window.parse(window),
        figure=tt.Figure.of(value, unit, said),
        reporter="AA stat",
        published="2025-02",
    )


def test_units_sums_and_what_is_left_out() -> None:
    ledger = tt.Ledger(
        [
            level("turnover", "2022", "1.5", "usd_bn"),
            level("aa_to_bb", "2022", "700"),
            level("bb_to_aa", "2022", "900"),
            level("aa_to_bb", "2023", "800"),
            level("bb_to_aa", "2023", "950"),
            level("aa_to_bb", "2024", "900"),
            level("turnover", "2024", "2", "usd_bn", "over"),
            level("turnover", "2021-01..2021-09", "1", "usd_bn"),
        ]
    )
    assert points(ledger, tt.Series(pair=PAIR)) == {
        "AA stat": [(2022, 1.5), (2023, pytest.approx(1.75))]
    }
    flow = tt.Series(pair=PAIR, flow="aa_to_bb", unit="usd_mn")
    assert points(ledger, flow) == {
        "AA stat": [(2022, pytest.approx(700)), (2023, pytest.approx(800)), (2024, 900)]
    }


def test_a_ledger_without_calendar_years_has_no_marks() -> None:
    ledger = tt.Ledger([level("turnover", "2021-01..2021-09", "1", "usd_bn")])
    assert points(ledger, tt.Series(pair=PAIR)) == {}
