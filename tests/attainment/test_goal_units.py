"""A goal without a unit that is far from the latest total is a finding, in whatever unit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tradetrack as tt
from tradetrack.attainment.goal_units import FAR

SCALES = ("usd", "usd_th", "usd_mn", "usd_bn", "usd_tn")


def ledger(unit: str = "usd_bn", series_unit: str = "usd_bn", digits: str = "4.5") -> tt.Ledger:
    return tt.Ledger(
        tt.Level(
            series=tt.Series(pair="AA-BB", unit=series_unit),
            window=tt.Window.calendar_year(year),
            figure=tt.Figure.of(digits, unit, "exact"),
            reporter="AA stat",
            published=f"{year + 1}-02",
            id=f"y{year}",
        )
        for year in (2022, 2023, 2024)
    )


def found(rows: tt.Ledger, goal: tt.Goal) -> list[tt.Finding]:
    return [one for one in tt.track(rows, goal, n_paths=20).findings if one.kind == "goal_unit"]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(SCALES), st.sampled_from(SCALES), st.floats(-4.0, 4.0))
def test_the_scale_of_the_ledger_changes_nothing(unit: str, series_unit: str, power: float) -> None:
    """The finding depends on the ratio of the goal to the total alone."""
    factor = 1000.0 ** (SCALES.index(unit) - SCALES.index(series_unit))
    ratio = 10.0**power
    [*doubted] = found(ledger(unit, series_unit), tt.Goal(4.5 * factor * ratio, by=2030))
    far = ratio >= FAR or ratio <= 1.0 / FAR
    assert len(doubted) == far
    for one in doubted:
        assert one.rows == ("y2024",)
        assert f"times {'above' if ratio > 1.0 else 'below'} the latest total" in one.message


@pytest.mark.parametrize("amount", ["900 usd_bn", "0.001 usd_bn", "90x 2024", "+9000%"])
def test_an_amount_that_says_what_it_is_in_is_not_doubted(amount: str) -> None:
    assert found(ledger(), tt.Goal(amount, by=2030)) == []


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([1, 3, 6, 12]), st.floats(0.06, 19.0))
def test_a_goal_of_shorter_windows_is_compared_in_proportion(months: int, ratio: float) -> None:
    kind = {1: "month", 3: "quarter", 6: "half_year", 12: "fy:04"}[months]
    assert found(ledger(), tt.Goal(4.5 * months / 12 * ratio, by=2030, window=kind)) == []
    assert len(found(ledger(), tt.Goal(4.5 * months / 12 * 21, by=2030, window=kind))) == 1


@pytest.mark.parametrize("amount", ["+400 2024", "-400 2024"])
def test_an_increase_far_above_the_total_is_doubted_too(amount: str) -> None:
    [one] = found(ledger(), tt.Goal(amount, by=2030))
    sign = amount[0]
    assert "the goal 400 names no unit" in one.message
    assert one.remedy.startswith(f"write '{sign}400 usd_mn 2024' if that is meant")
    assert found(ledger(), tt.Goal(f"{sign}400 usd_mn 2024", by=2030)) == []


def test_a_fall_by_more_than_there_is_has_no_growth_and_no_pace() -> None:
    for bound in ("at_least", "at_most"):
        goal = tt.Goal("-9 usd_bn 2023", by=2030, bound=bound)
        [one] = tt.track(ledger(), goal, n_paths=20)
        assert one.level is not None
        assert one.level < 0.0
        assert (one.required_growth, one.pace, one.statuses) == (None, None, ())
        assert one.probability == (bound == "at_least")


def test_a_small_increase_is_none() -> None:
    assert found(ledger(), tt.Goal("+0.05 2024", by=2030)) == []


def test_the_remedy_is_the_unit_in_which_the_goal_is_near() -> None:
    [one] = found(ledger("usd_tn", "usd_bn"), tt.Goal(6.3))
    assert one.remedy == "write '6.3 usd_tn' if that is meant, or '6.3 usd_bn' if it is right"
    assert found(ledger("usd_tn", "usd_bn"), tt.Goal("6.3 usd_tn")) == []
    [one] = found(ledger(), tt.Goal(150))
    assert one.remedy == "write the unit beside it, '150 usd_bn' if it is right"


def test_without_a_complete_year_the_latest_level_is_made_yearly() -> None:
    rows = tt.Ledger(
        [
            tt.Level(
                series=tt.Series(pair="AA-BB"),
                window="2025-01..2025-06",
                figure=tt.Figure.of("2.5", "usd_bn"),
                reporter="AA stat",
                published="2025-08",
            )
        ]
    )
    assert found(rows, tt.Goal(40, by=2030)) == []
    [one] = found(rows, tt.Goal(500, by=2030))
    assert (
        "100 times above the latest total, US$ 5.00 bn in the year, by the pace of" in one.message
    )


def test_a_balance_of_either_sign_is_compared_with_nothing() -> None:
    series = tt.Series(pair="KZ-UZ", flow="balance")
    shipped = tt.datasets.kazakhstan_uzbekistan()
    assert found(shipped, tt.Goal(-90, by=2030, series=series)) == []


def test_the_case_of_trillions_read_as_billions() -> None:
    said = str(tt.track(ledger("usd_tn", "usd_bn", "4.5"), tt.Goal(6.3), n_paths=50))
    assert "The goal 6.3 names no unit and is read as US$ 6.3 bn, 714 times below" in said
    assert "write '6.3 usd_tn'" in " ".join(said.split())
