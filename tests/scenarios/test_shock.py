"""Shocks: the arithmetic of a slump and what comes back of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.stub import any_paths, rng, steady, totals, walks
from tests.tracking_strategies import FIRST

from tradetrack.models.paths import LogPaths
from tradetrack.scenarios.growth import Shock


def test_a_slump_that_half_recovers() -> None:
    paths = steady(100, 100, 100, 110, 120, 130)
    hit = totals(Shock(2023, -0.2, recovers=0.5).impose(paths, rng()))[:, 0]
    np.testing.assert_allclose(hit, [100, 100, 100, 88, 108, 117], rtol=1e-6)
    slow = totals(Shock(2022, 0.5, 1.0, 2).impose(paths, rng()))[:, 0]
    np.testing.assert_allclose(slow, [100, 100, 150, 137.5, 120, 130], rtol=1e-6)


def test_in_a_year_in_progress_it_hits_the_months_ahead() -> None:
    hit = totals(Shock(2022, -0.5).impose(steady(120, 120, 120, n_observed=33), rng()))
    np.testing.assert_allclose(hit[:, 0], [120, 120, 90 + 15], rtol=1e-6)


def test_it_may_hit_one_flow() -> None:
    paths = walks(20, 5, 0.2, n_flows=2)
    hit = Shock(2023, -0.2, flow=FIRST.flow).impose(paths, rng())
    np.testing.assert_array_equal(hit.log_paths[1], paths.log_paths[1])
    assert (hit.log_paths[0] < paths.log_paths[0]).sum() == 2 * 12 * 20


@given(any_paths(), st.floats(-0.9, 2.0), st.floats(0.0, 1.0), st.integers(1, 3))
def test_every_path_is_hit_alike_and_what_was_observed_stays(
    paths: LogPaths, change: float, recovers: float, over: int
) -> None:
    shock = Shock(2023, change, recovers, over)
    hit = shock.impose(paths, rng())
    factors = np.log([shock.factor(month // 12 + 2020) for month in range(hit.log_paths.shape[1])])
    factors[: paths.last_observed - paths.first_month + 1] = 0.0
    expected = paths.log_paths + factors[:, None]
    np.testing.assert_allclose(hit.log_paths, expected, atol=1e-5)


def test_shocks_come_in_any_order() -> None:
    paths, slump, jump = walks(9, 6, 0.3), Shock(2023, -0.3, 0.5), Shock(2022, 0.1)
    one = jump.impose(slump.impose(paths, rng()), rng())
    other = slump.impose(jump.impose(paths, rng()), rng())
    np.testing.assert_allclose(one.log_paths, other.log_paths, atol=1e-5)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((2023, -1.0), "the change -1.0 is not between -1"),
        ((2023, -20), "write a fraction: .* -0.2 for a fall of 20 %"),
        ((23, -0.2), "the year of the shock 23 is not a year"),
        ((2023, -0.2, 1.5), "recovers=1.5 is not a share between 0 and 1; write 0.5 if half"),
        ((2023, -0.2, 0.5, 0), "over=0 is not a number of years; write 1 or more"),
    ],
)
def test_impossible_shocks(given: tuple[int, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Shock(*given)


@pytest.mark.parametrize(
    ("shock", "message"),
    [
        (Shock(2021, -0.2), "-20 % in 2021: 2021-01 to 2021-12 have been observed"),
        (Shock(2040, -0.2), r"the horizon ends in 2025; call track\(..., horizon=19\)"),
        (Shock(2023, -0.2, flow="kz_to_uz"), "the flow 'kz_to_uz'; write turnover"),
    ],
)
def test_what_contradicts_the_figures(shock: Shock, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        shock.impose(walks(9, 6, 0.1), rng())
