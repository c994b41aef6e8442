"""Laws of track_panel(): what must hold for any panel."""

from unittest import mock

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import tradetrack as tt
from tradetrack.models.regimes import Regime, Regimes
from tradetrack.panel import tracking
from tradetrack.testing import panels

PRIOR = Regimes(
    (
        Regime(0.08, 0.3, 0.3, 0.4, 0.6, 0.3, drift=0.04, drift_spread=0.03),
        Regime(0.45, 0.2, 0.3, 0.5, 0.4, 0.2, drift=-0.02, drift_spread=0.05),
        Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.05, drift_spread=0.0),
    ),
    (0.5, 0.3, 0.2),
)
PATHS = 256
some = settings(max_examples=12)


def track(values: pd.DataFrame, goals: pd.DataFrame, seed: int = 0) -> tt.results.PanelTracking:
    found = tt.track_panel(
        values, goals, horizon=4, model=tt.GrowthMixture(PRIOR), n_paths=PATHS, seed=seed
    )
    assert found.failures == ()
    return found


def chances(values: pd.DataFrame, goals: pd.DataFrame) -> np.ndarray:
    found = track(values, goals).probabilities
    assert found is not None
    return found


@some
@given(panels())
def test_the_chance_never_falls_with_time_nor_rises_with_the_amount(panel) -> None:
    values, goals = panel
    more = goals.assign(amount=goals["amount"] * 1.2)
    low, high = chances(values, goals), chances(values, more)
    assert ((low >= 0) & (low <= 1)).all()
    assert (np.diff(low, axis=1) >= 0).all()
    assert (high <= low).all()


@some
@given(panels(), st.sampled_from([1e-3, 0.5, 7.0, 1e6]))
def test_the_currency_does_not_matter(panel, rate: float) -> None:
    values, goals = panel
    # Rounding of the logs can carry a path or two across a goal, the weights hardly at all.
    other = values.assign(value=values["value"] * rate), goals.assign(amount=goals["amount"] * rate)
    np.testing.assert_allclose(chances(*other), chances(*panel), rtol=0, atol=2.0 / PATHS)
    quantiles = track(*other).quantiles()["value"] / rate
    np.testing.assert_allclose(quantiles, track(*panel).quantiles()["value"], rtol=1e-6)


@some
@given(panels(), st.integers(-4000, 4000))
def test_the_calendar_does_not_matter(panel, shift: int) -> None:
    values, goals = panel
    moved = values.assign(year=values["year"] + shift)
    here, there = track(values, goals), track(moved, goals)
    np.testing.assert_array_equal(there.probabilities, here.probabilities)
    np.testing.assert_array_equal(there.quantiles()["value"], here.quantiles()["value"])
    assert ((there.to_frame()["year"] - here.to_frame()["year"]) == shift).all()


@some
@given(panels(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(panel, random) -> None:
    values, goals = panel
    mixed, asked = list(range(len(values))), list(range(len(goals)))
    random.shuffle(mixed)
    random.shuffle(asked)
    again = track(values.iloc[mixed], goals.iloc[asked]).to_frame()
    keys = ["series", "amount", "year"]
    pd.testing.assert_frame_equal(
        again.sort_values(keys, ignore_index=True),
        track(values, goals).to_frame().sort_values(keys, ignore_index=True),
    )


@some
@given(panels(), st.integers(1, 4))
def test_neither_the_chunks_nor_the_other_series_matter(panel, size: int) -> None:
    values, goals = panel
    whole = track(values, goals)
    with mock.patch.object(tracking, "CHUNK", size):
        np.testing.assert_array_equal(chances(values, goals), whole.probabilities)
    for name in goals["series"].unique():
        alone = track(values, goals[goals["series"] == name])
        for one, of_all in (
            (alone.to_frame(), whole.to_frame()),
            (alone.quantiles((0.1, 0.9)), whole.quantiles((0.1, 0.9))),
            (alone.quantiles((0.5,)), whole.quantiles((0.5,))),
        ):
            expected = of_all[of_all["series"] == name].reset_index(drop=True)
            pd.testing.assert_frame_equal(one, expected, check_exact=True)


@some
@given(panels())
def test_answers_come_back_from_json_the_same(panel) -> None:
    for attainment in track(*panel)["s0"]:
        again = tt.results.PanelAttainment.model_validate_json(attainment.model_dump_json())
        assert again == attainment


@some
@given(panels())
def test_another_seed_changes_no_more_than_the_error_says(panel) -> None:
    values, goals = panel
    here, there = track(values, goals), track(values, goals, seed=1)
    difference = np.abs(here.probabilities - there.probabilities)
    assert difference.max() < 4 * np.sqrt(2) * here.monte_carlo_error
    pd.testing.assert_frame_equal(here.quantiles(), there.quantiles())
