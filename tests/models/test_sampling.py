"""Allocation to regimes, histories, months ahead: how equally likely paths are drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tracking_strategies import CALM, FIRST, REPORTERS, WILD, level, model

from tradetrack.domain.window import month_number
from tradetrack.errors import ImpossibleFigureError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.sampling import _root, resample, systematic_counts

LEDGER = Ledger([level("2019", "1.0"), level("2020", "1.1")])
WEIGHTS = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8).filter(lambda w: sum(w) > 0.01)


@given(WEIGHTS, st.integers(1, 50_000), st.integers(0, 99))
def test_every_regime_gets_its_share_within_a_block(
    weights: list[float], n: int, seed: int
) -> None:
    shares = np.array(weights) / sum(weights)
    counts = systematic_counts(np.array(weights), n, np.random.default_rng(seed))
    assert counts.sum() == n
    assert (counts >= 0).all()
    assert (np.abs(counts - n * shares) <= 2 * max(1, min(n // 100, 50)) + 1e-9).all()
    assert (counts[shares == 0] == 0).all()


def test_a_regime_lighter_than_a_block_gets_its_share_on_average() -> None:
    weights = np.array([0.999, 0.001])
    rng = np.random.default_rng(0)
    counts = [systematic_counts(weights, 10_000, rng)[1] for _ in range(4_000)]
    assert set(counts) == {0, 50}
    assert np.mean(counts) == pytest.approx(10, abs=1.5)


def test_blocks_that_do_not_come_out_even_favour_nobody() -> None:
    weights = np.array([0.7, 0.299, 0.001])
    rng = np.random.default_rng(0)
    counts = np.array([systematic_counts(weights, 599, rng) for _ in range(4_000)])
    np.testing.assert_allclose(counts.mean(axis=0), 599 * weights, atol=0.15)


@given(WEIGHTS, st.integers(0, 99))
def test_resampling_keeps_each_path_as_often_as_it_weighs(weights: list[float], seed: int) -> None:
    n = len(weights)
    shares = np.array(weights) / sum(weights)
    chosen = resample(np.array(weights), len(weights), np.random.default_rng(seed))
    assert len(chosen) == n
    assert (np.diff(chosen) >= 0).all()
    kept = np.bincount(chosen, minlength=n)
    assert (np.abs(kept - n * shares) <= 1 + 1e-9).all()


def test_equal_weights_keep_every_path_once() -> None:
    for seed in range(20):
        chosen = resample(np.ones(1_000), 1_000, np.random.default_rng(seed))
        assert chosen.tolist() == list(range(1_000))


def test_a_root_may_be_of_nothing_or_of_what_sums_to_zero() -> None:
    assert not _root(np.zeros((3, 3))).any()
    centred = np.eye(3) - 1 / 3
    root = _root(centred)
    np.testing.assert_allclose(root @ root.T, centred, atol=1e-6)
    assert np.abs(root.sum(axis=0)).max() < 1e-4


def test_paths_cover_whole_years_from_january() -> None:
    paths = (
        model(CALM)
        .fit(Ledger([level("2020-03..2020-05", "1.0")]))
        .draw(2023, 30, np.random.default_rng(0))
    )
    assert paths.first_month == month_number(2020, 1)
    assert paths.last_observed == month_number(2020, 5)
    assert paths.years == range(2020, 2024)
    assert paths.log_paths.shape == (1, 48, 30)
    assert paths.log_paths.dtype == np.float32
    assert np.isfinite(paths.log_paths).all()
    assert paths.n_paths == 30


def test_a_horizon_may_end_with_the_last_figure() -> None:
    paths = model(CALM).fit(LEDGER).draw(2020, 40, np.random.default_rng(0), REPORTERS[:1])
    assert paths.log_paths.shape == (1, 24, 40)
    assert paths.effects[REPORTERS[0]].shape == (1, 2, 40)


def test_histories_do_not_depend_on_the_horizon() -> None:
    fitted = model(CALM).fit(LEDGER)
    near, far = (fitted.draw(y, 50, np.random.default_rng(4)).log_paths for y in (2021, 2050))
    assert (near[:, :24] == far[:, :24]).all()


def test_a_history_that_is_kept_gets_futures_of_its_own() -> None:
    bounds = [level("2021", "1.30", "at_least"), level("2022", "1.35", "at_most")]
    paths = model(CALM).fit(Ledger([*LEDGER, *bounds])).draw(2025, 400, np.random.default_rng(4))
    x = paths.log_paths[0]
    starts = paths.cluster_starts
    assert starts is not None
    first = np.flatnonzero(np.r_[True, (np.diff(x[:48], axis=1) != 0).any(axis=0)])
    np.testing.assert_array_equal(starts, first)
    assert 100 < len(starts) <= 200
    assert len(np.unique(x[48:], axis=1).T) == 400


def test_a_regime_may_lose_all_its_paths_to_a_bound() -> None:
    bound = level("2021", "1.75", "at_least")
    fitted = model(CALM, WILD).fit(Ledger([*LEDGER, bound]))
    paths = fitted.draw(2023, 60, np.random.default_rng(0))
    year = np.exp(paths.log_paths[0, 24:36].astype(float)).sum(axis=0)
    assert (year > 1.70).all()
    assert np.isfinite(paths.log_paths).all()


def test_few_paths_will_do() -> None:
    for n in (1, 2, 7):
        paths = model().fit(LEDGER).draw(2022, n, np.random.default_rng(0))
        assert paths.log_paths.shape == (1, 48, n)
        assert paths.cluster_starts is not None
        assert 0 < len(paths.cluster_starts) <= n


def test_two_flows_add_up_to_what_was_printed() -> None:
    flows = Ledger([level("2020", 3.0), level("2020", 1.0, series=FIRST)])
    paths = model(CALM).fit(flows).draw(2020, 500, np.random.default_rng(0))
    totals = np.exp(paths.log_paths.astype(float)).sum(axis=1)
    np.testing.assert_allclose(totals[0], 1.0, rtol=2e-4)
    np.testing.assert_allclose(totals.sum(axis=0), 3.0, rtol=2e-4)


def test_an_impossible_bound_is_named() -> None:
    wrong = level("2021", "5000", "at_least")
    fitted = model(CALM).fit(Ledger([*LEDGER, wrong]))
    with pytest.raises(
        ImpossibleFigureError, match=r"no path .* honours this figure: .*2021 at least"
    ) as e:
        fitted.draw(2025, 100, np.random.default_rng(0))
    assert str(wrong) in str(e.value)
    assert "correct it, or set it aside with a reason" in str(e.value)


def test_a_part_is_drawn_below_its_whole() -> None:
    whole, part = level("2020", "3.0", "exact"), level("2020", "1.6", "at_least", series=FIRST)
    paths = model(WILD).fit(Ledger([whole, part])).draw(2022, 400, np.random.default_rng(0))
    flows = np.exp(paths.log_paths[:, :12].astype(float)).sum(axis=1)
    np.testing.assert_allclose(flows.sum(axis=0), 3.0, rtol=3e-4)
    assert (flows[0] > 1.6 * 0.97).all()
    assert (flows[0] < 3.0).all()
    assert np.abs(paths.log_paths).max() < 15.0


@pytest.mark.parametrize("qualifier", ["exact", "rounded"])
@pytest.mark.parametrize("part", ["3.5", "5.0"])
def test_a_bound_on_a_part_that_is_above_its_whole_is_named(part: str, qualifier: str) -> None:
    wrong = level("2020", part, "at_least", series=FIRST)
    harmless = level("2019", "1.0", "at_least")
    fitted = model().fit(Ledger([level("2020", "3.0", qualifier), wrong, harmless]))
    with pytest.raises(ImpossibleFigureError) as e:
        fitted.draw(2030, 50, np.random.default_rng(0))
    assert str(wrong) in str(e.value)


def test_one_path_honours_its_figures_too() -> None:
    whole, part = level("2020", "3.0"), level("2020", "1.6", "at_least", series=FIRST)
    fitted = model(WILD).fit(Ledger([whole, part]))
    for seed in range(10):
        paths = fitted.draw(2021, 1, np.random.default_rng(seed))
        assert paths.log_paths.shape[2] == 1
        assert paths.largest_miss < 0.1
