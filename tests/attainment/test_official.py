"""What the official methods say of a goal: worked examples, laws, and what they refuse."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.shipped import tracking
from tests.tracking_strategies import level, model

import tradetrack as tt
from tradetrack.attainment.official import RULES, ProgressRule, growth_ratio, projected_share
from tradetrack.errors import InputError

# The series and settings that Open SDG's own test of the method reads (sdg-build, tests/assets/
# progress-calculation, indicator 3-3-3): goal 0, which the method replaces by 0.001, by 2030, to
# fall to. It rose, which Open SDG calls deterioration.
OPEN_SDG_3_3_3 = {
    2010: 1.51,
    2011: 1.51,
    2012: 1.38,
    2013: 1.40,
    2014: 1.27,
    2015: 1.55,
    2016: 1.69,
    2017: 1.65,
    2018: 1.62,
    2019: 1.82,
}


def said(method: str, statuses: tuple[tt.results.MethodStatus, ...]) -> tt.results.MethodStatus:
    (found,) = (status for status in statuses if status.method == method)
    return found


def rank(rule: ProgressRule, status: str) -> int:
    """Position of a category, the worst being 0; a goal that is met stands above them all."""
    words = [word for _, word in rule.cutoffs]
    return len(words) if status not in words else len(words) - 1 - words.index(status)


def test_open_sdgs_own_test_series() -> None:
    status = said(
        "open_sdg", tt.official_statuses(OPEN_SDG_3_3_3, 0.001, 2030, direction="decrease")
    )
    assert (status.base_year, status.latest_year) == (2015, 2019)
    assert status.actual_growth == pytest.approx((1.82 / 1.55) ** (1 / 4) - 1)
    assert status.required_growth == pytest.approx((0.001 / 1.55) ** (1 / 15) - 1)
    assert status.status == "deterioration"
    assert status.expects_met is False


# --- what cannot be judged, and what is met ---


def test_without_a_deadline_only_an_index_of_what_was_done_remains() -> None:
    statuses = tt.official_statuses({2015: 1.0, 2024: 3.0}, 5.0)
    assert [status.applicable for status in statuses] == [False] * 4 + [True]
    assert {status.reason for status in statuses[:-1]} == {"the goal has no deadline"}
    assert statuses[-1].status == "5.0 of 10"
    assert statuses[-1].expects_met is None


@pytest.mark.parametrize(
    ("values", "by", "why"),
    [
        ({2015: 1.0, 2024: 3.0}, 2024, "the deadline 2024 is not after 2024"),
        ({2015: 1.0, 2024: 3.0}, 2020, "the deadline 2020 is not after 2024"),
        ({2024: 3.0}, 2030, "no earlier year that the method may compare with 2024"),
        ({}, 2030, "no year has a value"),
    ],
)
def test_no_method_judges_these(values: dict[int, float], by: int, why: str) -> None:
    for status in tt.official_statuses(values, 5.0, by):
        assert not status.applicable
        assert status.reason.startswith(why)
        assert (status.status, status.ratio, status.expects_met) == (None, None, None)


def test_a_gap_of_six_years_is_too_long_for_a_short_term_trend_only() -> None:
    statuses = tt.official_statuses({2018: 1.0, 2024: 3.0}, 5.0, 2030)
    assert [status.applicable for status in statuses] == [False, True, True, True, True]


def test_a_goal_met_already_as_each_method_treats_it() -> None:
    statuses = tt.official_statuses({2019: 4.0, 2024: 6.0}, 5.0, 2030)
    assert [status.status for status in statuses] == [
        "significant progress",
        "target achieved",
        "on track or target met",
        "on track or met",
        "10.0 of 10, beyond the target",
    ]
    assert [status.expects_met for status in statuses] == [True] * 4 + [None]
    assert statuses[-1].ratio == pytest.approx(20.0)
    exact = tt.official_statuses({2019: 4.0, 2024: 5.0}, 5.0, 2030)
    assert exact[-1].status == "10.0 of 10"


def test_a_goal_met_in_the_base_year_and_lost_again() -> None:
    statuses = tt.official_statuses({2019: 6.0, 2024: 4.0}, 5.0, 2030)
    assert [status.applicable for status in statuses] == [False, True, False, False, False]
    assert statuses[0].reason == "the goal was met already in the base year 2019"
    # Statistics Canada's sign and magnitude are there for this case.
    assert said("open_sdg", statuses).status == "deterioration"
    equal = tt.official_statuses({2019: 5.0, 2024: 4.0}, 5.0, 2030)
    assert not any(status.applicable for status in equal)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_numbers_that_are_not_positive_are_named(bad: float) -> None:
    with pytest.raises(InputError, match="the value of 2020 is"):
        tt.official_statuses({2019: 1.0, 2020: bad}, 5.0, 2030)
    with pytest.raises(InputError, match="the amount is"):
        tt.official_statuses({2019: 1.0, 2020: 2.0}, bad, 2030)


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(InputError, match="'increase' or 'decrease'"):
        tt.official_statuses({2019: 1.0}, 5.0, 2030, direction="up")  # type: ignore[arg-type]


def test_numpy_numbers_and_unsorted_years_are_taken() -> None:
    plain = tt.official_statuses({2015: 1.0, 2024: 3.0}, 5.0, 2030)
    mixed = {np.int64(2024): np.float64(3.0), np.int64(2015): np.float64(1.0)}
    assert tt.official_statuses(mixed, 5.0, 2030) == plain  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", [5e-324, 1e-300, 1e300, 1.7e308])
def test_no_infinity_comes_out(amount: float) -> None:
    values = {2015: 1e-300, 2016: 1e290}
    for status in tt.official_statuses(values, amount, 2100):
        assert tt.results.MethodStatus.model_validate_json(status.model_dump_json()) == status
        for number in (status.ratio, status.projected, status.actual_growth):
            assert number is None or math.isfinite(number)


# --- laws ---

amounts = st.floats(0.01, 1e4)
ahead = st.integers(1, 30)


@st.composite
def histories(draw: st.DrawFn) -> dict[int, float]:
    last = draw(st.integers(2016, 2030))
    years = draw(st.sets(st.integers(2010, last - 1), max_size=6))
    return {year: draw(amounts) for year in sorted({*years, last})}


@example({2011: 0.01, 2012: 1.0, 2016: 1.0}, math.nextafter(0.01, 1.0), 1, 2.0**-30)
@given(histories(), amounts, ahead, st.sampled_from((2.0**-30, 0.5, 1024.0)))
def test_the_currency_does_not_matter(
    values: dict[int, float], amount: float, years: int, scale: float
) -> None:
    by = max(values) + years
    here = tt.official_statuses(values, amount, by)
    there = tt.official_statuses({y: scale * v for y, v in values.items()}, scale * amount, by)
    for one, other in zip(here, there, strict=True):
        assert (one.applicable, one.base_year) == (other.applicable, other.base_year)
        if one.ratio is not None:
            assert other.ratio == pytest.approx(one.ratio, rel=1e-9, abs=1e-9)


@given(histories(), amounts, ahead, st.floats(1.0, 50.0))
def test_a_harder_goal_never_gets_a_better_status(
    values: dict[int, float], amount: float, years: int, harder: float
) -> None:
    by = max(values) + years
    easy = tt.official_statuses(values, amount, by)
    hard = tt.official_statuses(values, harder * amount, by)
    for rule, one, other in zip(RULES, easy, hard, strict=True):
        if rule.cutoffs and one.status and other.status:
            assert rank(rule, other.status) <= rank(rule, one.status)


@given(histories(), amounts, ahead, st.floats(1.0, 50.0))
def test_more_growth_never_gets_a_worse_status(
    values: dict[int, float], amount: float, years: int, more: float
) -> None:
    last = max(values)
    slow = tt.official_statuses(values, amount, last + years)
    fast = tt.official_statuses(values | {last: more * values[last]}, amount, last + years)
    for rule, one, other in zip(RULES, slow, fast, strict=True):
        if rule.cutoffs and one.status and other.status:
            assert rank(rule, other.status) >= rank(rule, one.status)


@given(histories(), amounts, ahead)
def test_every_status_by_plain_arithmetic(
    values: dict[int, float], amount: float, years: int
) -> None:
    for rule, status in zip(
        RULES, tt.official_statuses(values, amount, max(values) + years), strict=True
    ):
        if status.ratio is None or status.base is None or status.base_year is None:
            continue
        base, latest, gone = status.base, values[max(values)], max(values) - status.base_year
        rate = (latest / base) ** (1 / gone)
        if rule.measure is growth_ratio:
            needed = (amount / base) ** (1 / (gone + years))
            ratio = (rate - 1) / abs(needed - 1)
        elif rule.measure is projected_share:
            value = latest
            for _ in range(years):
                value *= rate
            ratio = (value - base) / (amount - base)
        else:
            ratio = 10 * (latest - base) / (amount - base)
        assert status.ratio == pytest.approx(ratio, rel=1e-6, abs=1e-6)
        assert status.expects_met is (status.ratio >= 0.95 if rule.cutoffs else None)


@given(histories(), amounts, ahead)
def test_falling_to_a_goal_mirrors_rising_to_it(
    values: dict[int, float], amount: float, years: int
) -> None:
    # The inverse of a value falls when the value rises: the same verdicts by the sign of progress.
    by = max(values) + years
    up = tt.official_statuses(values, amount, by)
    inverse = {year: 1.0 / value for year, value in values.items()}
    down = tt.official_statuses(inverse, 1.0 / amount, by, direction="decrease")
    for one, other in zip(up, down, strict=True):
        assert one.base_year == other.base_year
        if one.ratio is not None and other.ratio is not None and abs(one.ratio) > 1e-9:
            assert (one.ratio > 0.0) == (other.ratio > 0.0)


# --- in a tracking ---


def test_a_tracking_carries_them_from_its_own_totals() -> None:
    for attainment in tracking().attainments:
        assert [s.method for s in attainment.statuses] == [rule.name for rule in RULES]
        assert attainment.latest is not None
        quantiles = tracking().totals().years
        medians = {
            row.year: row.quantiles[tracking().totals().levels.index(0.5)]
            for row in quantiles
            if row.year <= attainment.latest.year
        }
        goal = attainment.goal
        assert attainment.statuses == tt.official_statuses(medians, goal.amount, goal.by)
        for status in attainment.statuses:
            if status.applicable:
                assert status.latest_year == attainment.latest.year
                assert status.latest == attainment.latest.total


def test_a_ledger_without_a_complete_year_has_no_status() -> None:
    half = tt.Ledger([level("2022-01..2022-06", "1.9")])
    (attainment,) = tt.track(half, tt.Goal(5, by=2030), model=model(), n_paths=50).attainments
    assert attainment.latest is None
    assert {status.reason for status in attainment.statuses} == {"no year has a value"}
