"""Reliability, intervals of shares, transforms, and paired differences."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest, norm, t

from tradetrack.errors import InputError
from tradetrack.scoring.calibration import Pit, Reliability, reliability
from tradetrack.scoring.comparison import PairedDifference, paired_difference

chances = st.floats(0.0, 1.0)
scores = arrays(float, 12, elements=st.floats(0.0, 1.0, allow_subnormal=False))


@pytest.mark.parametrize(("met", "trials"), [(0, 7), (3, 10), (10, 10), (49, 200)])
def test_the_interval_of_a_bin_is_that_of_scipy(met, trials) -> None:
    [row] = reliability(np.full(trials, 0.3), np.arange(trials) < met).rows
    witness = binomtest(met, trials).proportion_ci(0.95, method="wilson")
    assert row.interval == pytest.approx((witness.low, witness.high), abs=1e-12)


def test_the_interval_of_a_share_between_two_counts() -> None:
    [row] = reliability(np.full(4, 0.3), np.full(4, 0.35)).rows  # the statistics leave it open
    z, share, n = norm.ppf(0.975), 0.35, 4
    middle, half = share + z**2 / (2 * n), z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    witness = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    assert row.interval == pytest.approx(witness, abs=1e-12)


@given(arrays(float, 40, elements=chances), arrays(bool, 40), st.integers(1, 12))
def test_a_table_counts_every_forecast_once(curve, met, bins) -> None:
    table = reliability(curve, met.astype(float), bins)
    assert sum(row.count for row in table.rows) == 40
    for row in table.rows:
        assert row.low - 1e-12 <= row.forecast <= row.high + 1e-12
        assert row.interval[0] - 1e-9 <= row.share <= row.interval[1] + 1e-9
    total = sum(row.count * row.share for row in table.rows)
    assert total == pytest.approx(met.sum())
    assert Reliability.model_validate_json(table.model_dump_json()) == table


def test_a_table_by_hand() -> None:
    table = reliability([[0.05, 0.55], [0.15, 0.95]], [[0.0, 1.0], [np.nan, 1.0]], bins=2)
    assert [(row.count, row.forecast, row.share) for row in table.rows] == [
        (1, 0.05, 0.0),
        (2, 0.75, 1.0),
    ]
    assert table.expected_calibration_error == pytest.approx((0.05 + 2 * 0.25) / 3)


def test_a_certain_forecast_is_in_the_last_bin() -> None:
    (row,) = reliability([1.0, 0.95], [1.0, 1.0]).rows
    assert (row.low, row.high, row.count) == (0.9, 1.0, 2)


def test_a_group_is_one_trial() -> None:
    curve, met = np.full((6, 5), 0.3), np.zeros((6, 5))
    alone, grouped = reliability(curve, met), reliability(curve, met, groups=[1, 1, 2, 2, 3, 3])
    assert (alone.rows[0].trials, grouped.rows[0].trials) == (30, 3)
    assert grouped.rows[0].interval == reliability(np.full(3, 0.3), np.zeros(3)).rows[0].interval
    assert grouped.rows[0].count == 30


def test_right_forecasts_lie_on_the_diagonal() -> None:
    rng = np.random.default_rng(2)
    curve = rng.random(20_000)
    table = reliability(curve, (rng.random(20_000) < curve).astype(float))
    assert table.expected_calibration_error < 0.02
    inside = [row.interval[0] <= row.forecast <= row.interval[1] for row in table.rows]
    assert sum(inside) >= 8
    wrong = reliability(curve, (rng.random(20_000) < curve**2).astype(float))
    assert wrong.expected_calibration_error > 0.1


@pytest.mark.parametrize(
    ("curve", "met", "bins", "said"),
    [
        ([0.5], [np.nan], 10, "no outcome is known"),
        ([0.5], [0.0, 1.0], 10, "one shape"),
        ([0.5], [1.0], 0, "bins is 0; write a whole number between 1"),
        ([1.5], [1.0], 10, "no probability"),
        ([np.nan], [1.0], 10, "no probability"),
    ],
)
def test_what_is_no_table_is_refused(curve, met, bins, said) -> None:
    with pytest.raises(InputError, match=said):
        reliability(curve, met, bins)


@given(arrays(float, st.integers(1, 30), elements=chances))
def test_the_distance_of_transforms_is_the_largest_from_the_uniform_law(values) -> None:
    pit = Pit(values=tuple(values))
    shares = [
        ((values < x).mean(), (values <= x).mean()) for x in values
    ]  # on both sides of a step
    gaps = [max(x - below, upto - x) for x, (below, upto) in zip(values, shares, strict=True)]
    assert pit.distance == pytest.approx(max(gaps), abs=1e-9)
    assert sum(pit.counts(7)) == len(values)
    assert Pit.model_validate_json(pit.model_dump_json()) == pit


@given(scores, scores, arrays(int, 12, elements=st.integers(0, 3)))
def test_the_clustered_interval_is_that_of_statsmodels(first, second, groups) -> None:
    found = paired_difference(first, second, groups)
    count = len(set(groups))
    assert found.mean == pytest.approx((first - second).mean(), abs=1e-12)
    assert (found.n, found.groups) == (12, count)
    if count == 1:
        assert found.interval is None
        return
    fit = sm.OLS(first - second, np.ones(12)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "df_correction": True}, use_t=True
    )
    half = t.ppf(0.975, count - 1) * fit.bse[0]
    assert found.interval == pytest.approx((found.mean - half, found.mean + half), abs=1e-9)


def test_without_groups_it_is_the_paired_t_interval() -> None:
    first, second = np.random.default_rng(1).random((2, 9))
    difference = first - second
    error = difference.std(ddof=1) / 3
    expected = t.interval(0.9, 8, difference.mean(), error)
    assert paired_difference(first, second, level=0.9).interval == pytest.approx(expected)


@given(scores)
def test_equal_forecasts_do_not_differ(values) -> None:
    found = paired_difference(values, values, np.arange(12) % 4)
    assert (found.mean, found.interval) == (0.0, (0.0, 0.0))


@given(scores, scores)
def test_swapping_turns_the_sign(first, second) -> None:
    there, back = paired_difference(first, second), paired_difference(second, first)
    assert there.interval is not None
    assert back.interval is not None
    assert there.mean == pytest.approx(-back.mean, abs=1e-12)
    assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]), abs=1e-9)


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(12), 5)
    covered = 0
    for _ in range(400):
        difference = np.repeat(rng.normal(size=12), 5) + 0.5 * rng.normal(size=60) + 1.0
        interval = paired_difference(difference, np.zeros(60), groups).interval
        assert interval is not None
        covered += interval[0] <= 1.0 <= interval[1]
    assert covered / 400 == pytest.approx(0.95, abs=0.035)


def test_pairs_without_a_score_are_left_out_and_the_rest_is_said() -> None:
    found = paired_difference(
        [0.1, np.nan, 0.3, 0.1], [0.2, 0.2, np.nan, 0.1], ["a", "a", "b", "c"]
    )
    assert (found.n, found.groups, found.mean) == (2, 2, pytest.approx(-0.05))
    assert PairedDifference.model_validate_json(found.model_dump_json()) == found
    assert "no interval from one group" in str(paired_difference([0.1], [0.2]))


@pytest.mark.parametrize(
    ("first", "second", "groups", "said"),
    [
        ([0.1, 0.2], [0.1], None, "one length"),
        ([0.1], [np.nan], None, "no forecast was scored for both"),
        ([0.1, 0.2], [0.1, 0.2], ["a"], "one label per score"),
    ],
)
def test_what_is_no_pair_is_refused(first, second, groups, said) -> None:
    with pytest.raises(InputError, match=said):
        paired_difference(first, second, groups)


def test_a_table_of_bins_is_a_frame() -> None:
    table = reliability([[0.1, 0.8], [0.2, 0.9]], [[0.0, 1.0], [0.0, 1.0]], bins=2)
    frame = table.to_frame()
    assert frame.columns.tolist() == [
        *("low", "high", "forecast", "share", "share_low", "share_high", "count", "trials")
    ]
    assert frame["count"].tolist() == [2, 2]
    assert [(r.share_low, r.share_high) for r in frame.itertuples()] == [
        row.interval for row in table.rows
    ]
    assert repr(table) == "<Reliability: 4 forecasts, mean distance 0.150>"
