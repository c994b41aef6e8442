"""Growth that is imposed: closed forms on certain paths, and what must stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.stub import YEAR, any_paths, rng, steady, totals, walks
from tests.tracking_strategies import FIRST, SECOND

from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.window import Window
from tradetrack.models.paths import LogPaths
from tradetrack.scenarios.growth import GrowthPath, Pace

rates = st.floats(-0.4, 0.9)


def imposed(assumption: GrowthPath | Pace, paths: LogPaths) -> LogPaths:
    return assumption.impose(paths, rng())


def medians(paths: LogPaths, flow: str = TURNOVER) -> np.ndarray:
    """Of the logs: with an even number of paths the middle is between two of them."""
    return np.median(np.log(totals(paths, flow)), axis=1)


def ahead(paths: LogPaths) -> int:
    return paths.last_observed - paths.first_month + 1


def own_growth(paths: LogPaths) -> tuple[float, ...]:
    """Growth of the median of the months ahead over those of the year before, year by year."""
    levels = np.exp(paths.log_paths.astype(float)).sum(axis=0)
    growth = []
    for start in range(ahead(paths) // 12 * 12, levels.shape[0], 12):
        months = np.arange(max(start, ahead(paths)), start + 12)
        now, before = (np.log(levels[months - lag].sum(axis=0)) for lag in (0, 12))
        growth.append(float(np.expm1(np.median(now) - np.median(before))))
    return tuple(growth)


def test_a_certain_path_grows_as_told() -> None:
    paths = steady(90, 100, 77, 300, 5)
    grown = totals(imposed(GrowthPath(0.1), paths))[:, 0]
    np.testing.assert_allclose(grown, [90, 100, 110, 121, 133.1], rtol=1e-6)


def test_in_a_year_in_progress_the_months_ahead_grow() -> None:
    paths = steady(96, 120, 120, 120, n_observed=24 + 9)
    grown = totals(imposed(GrowthPath(0.5), paths))[:, 0]
    in_progress = 90 + 1.5 * 30
    np.testing.assert_allclose(grown, [96, 120, in_progress, 1.5 * in_progress], rtol=1e-6)


def test_growth_may_start_later_end_earlier_and_differ_by_year() -> None:
    paths = steady(100, 100, 110, 110, 121, 121)
    late = totals(imposed(GrowthPath(0.2, 2023, 2024), paths))[:, 0]
    np.testing.assert_allclose(late[2:], [110, 132, 158.4, 158.4], rtol=1e-6)
    by_year = totals(imposed(GrowthPath((0.5, -0.5)), paths))[:, 0]
    np.testing.assert_allclose(by_year[2:], [150, 75, 82.5, 82.5], rtol=1e-6)
    longer = totals(imposed(GrowthPath((0.0,) * 9, end=None), paths))[:, 0]
    np.testing.assert_allclose(longer, 100, rtol=1e-6)


def test_the_median_follows_and_the_spread_stays() -> None:
    paths = walks(301, 6, 0.3)
    grown = imposed(GrowthPath(0.07), paths)
    steps = np.diff(medians(grown))[1:]
    np.testing.assert_allclose(steps, np.log(1.07), atol=1e-5)
    moved = grown.log_paths - paths.log_paths
    assert np.ptp(moved, axis=2).max() < 1e-5


def test_when_certain_every_path_follows() -> None:
    grown = imposed(GrowthPath(0.07, certain=True), walks(50, 6, 0.3))
    np.testing.assert_allclose(np.diff(np.log(totals(grown)), axis=0)[1:], np.log(1.07), atol=1e-5)
    free = imposed(GrowthPath(0.07, end=2023, certain=True), walks(50, 6, 0.3))
    own = np.diff(np.log(totals(walks(50, 6, 0.3))), axis=0)
    np.testing.assert_allclose(np.diff(np.log(totals(free)), axis=0)[3:], own[3:], atol=1e-5)


def test_one_flow_grows_and_the_other_stays() -> None:
    paths = walks(51, 6, 0.2, n_flows=2)
    one = imposed(GrowthPath(0.15, flow=FIRST.flow), paths)
    both = imposed(GrowthPath(0.0, flow=SECOND.flow), one)
    np.testing.assert_array_equal(one.log_paths[1], paths.log_paths[1])
    np.testing.assert_array_equal(one.log_paths[0], both.log_paths[0])
    np.testing.assert_allclose(np.diff(medians(both, FIRST.flow))[1:], np.log(1.15), atol=1e-5)
    np.testing.assert_allclose(np.diff(medians(both, SECOND.flow))[1:], 0.0, atol=1e-5)


@given(any_paths())
def test_the_growth_that_the_paths_have_anyhow_moves_nothing(paths: LogPaths) -> None:
    moved = imposed(GrowthPath(own_growth(paths)), paths)
    np.testing.assert_allclose(moved.log_paths, paths.log_paths, atol=2e-5)


@given(any_paths(), rates, rates)
def test_more_growth_never_means_less_trade(paths: LogPaths, one: float, other: float) -> None:
    low, high = sorted((one, other))
    less, more = (imposed(GrowthPath(growth), paths) for growth in (low, high))
    assert (less.log_paths <= more.log_paths + 1e-5).all()


@given(any_paths(), rates, st.booleans())
def test_what_was_observed_stays_and_nothing_is_set_on_the_paths_given(
    paths: LogPaths, growth: float, certain: bool
) -> None:
    before = paths.log_paths.copy()
    moved = imposed(GrowthPath(growth, certain=certain), paths)
    np.testing.assert_array_equal(paths.log_paths, before)
    seen = slice(0, ahead(paths))
    np.testing.assert_array_equal(moved.log_paths[:, seen], paths.log_paths[:, seen])


def test_pace_carries_on_the_growth_of_a_window() -> None:
    paths = steady(80, 100, 120, 500, 900, n_observed=24 + 6)
    np.testing.assert_allclose(Pace().growth(paths), 0.2, atol=1e-6)
    year_to_date = totals(imposed(Pace(), paths))[:, 0]
    np.testing.assert_allclose(year_to_date, [80, 100, 120, 144, 172.8], rtol=1e-6)
    last_year = totals(imposed(Pace("2021"), paths))[:, 0]
    in_progress = 60 + 50 * 1.25
    np.testing.assert_allclose(last_year[2:4], [in_progress, in_progress * 1.25], rtol=1e-6)
    until = totals(imposed(Pace("2022-04..2022-06", 2023), paths))[:, 0]
    np.testing.assert_allclose(until[3:], [144, 144 * 9 / 5], rtol=1e-6)
    assert Pace("2021") == Pace(Window.calendar_year(2021))


def test_pace_is_the_median_of_the_paths() -> None:
    paths = walks(101, 6, 0.2, n_observed=30)
    growth = float(np.median(Pace().growth(paths)))
    one, other = imposed(Pace(), paths), imposed(GrowthPath(growth), paths)
    np.testing.assert_array_equal(one.log_paths, other.log_paths)


@pytest.mark.parametrize(
    ("growth", "message"),
    [
        (-1.0, "the growth -1.0 is not between -1"),
        (-1.2, "write a fraction: 0.15 for 15 %"),
        (15, "the growth 15.0 is not between -1 .* and 5; write a fraction"),
        (float("nan"), "it is not a finite number"),
        ((0.1, -2.0), "the growth -2.0 is not between"),
        ((), "give at least one"),
    ],
)
def test_impossible_growth(growth: float | tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GrowthPath(growth)


def test_impossible_years() -> None:
    with pytest.raises(ValueError, match=r"the end 2025 is before the start 2030; swap the two"):
        GrowthPath(0.1, 2030, 2025)
    with pytest.raises(ValueError, match="the start 26 is not a year between 1800 and 2200"):
        GrowthPath(0.1, 26)
    with pytest.raises(ValueError, match="the end 26 is not a year"):
        Pace(end=26)
    with pytest.raises(
        ValueError, match="one per year from the start; give at least one and no en"
    ):
        GrowthPath((0.1, 0.2), 2030, 2031)
    with pytest.raises(ValueError, match="is not a window; write 2024"):
        Pace("last quarter")


@pytest.mark.parametrize(
    ("assumption", "message"),
    [
        (
            GrowthPath(0.1, 2021),
            r"turnover grows 10 % a year from 2021: 2021-01 to 2021-12 have been observed, and"
            r" printed figures stay; choose 2022 or later",
        ),
        (GrowthPath(0.1, end=2021), "2021-12 have been observed, .*; choose 2022 or later"),
        (GrowthPath(0.1, 2031), r"the horizon ends in 2025; call track\(..., horizon=9\)"),
        (GrowthPath(0.1, flow="kz_to_uz"), "not about the flow 'kz_to_uz'; write turnover\n"),
        (Pace("2022-01..2022-07"), r"the figures cover 2020-01 to 2022-06; choose a window there"),
        (Pace("2020"), "that has a year before it"),
    ],
)
def test_what_contradicts_the_figures(assumption: GrowthPath | Pace, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        imposed(assumption, walks(9, 6, 0.1, n_observed=30))


def test_growth_needs_a_year_to_grow_from_and_an_end_in_sight() -> None:
    young = steady(1, 1, 1, n_observed=3)
    with pytest.raises(
        ValueError, match=f"which is before the first figure; choose start={YEAR + 1}"
    ):
        imposed(GrowthPath(0.1), young)
    assert totals(imposed(GrowthPath(0.1, YEAR + 1), young))[1] == pytest.approx(1.1)
    with pytest.raises(ValueError, match="beyond 1e34 or below 1e-34 before the horizon ends in 2"):
        imposed(GrowthPath(4.9), steady(*(60 * [1.0])))
