"""Systematic draws: every weight gets its share, within one hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetrack.models.sampling import resample, systematic_counts

WEIGHTS = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8).filter(lambda w: sum(w) > 0.01)


@given(WEIGHTS, st.integers(1, 5_000), st.integers(0, 99))
def test_every_regime_gets_its_share_within_a_hand(weights: list[float], n: int, seed: int) -> None:
    shares = np.array(weights) / sum(weights)
    counts = systematic_counts(np.array(weights), n, np.random.default_rng(seed))
    assert counts.sum() == n
    assert (counts >= 0).all()
    assert (np.abs(counts - n * shares) <= 2 * max(1, n // 100) + 1e-9).all()
    assert (counts[shares == 0] == 0).all()


def test_a_regime_lighter_than_a_hand_gets_its_share_on_average() -> None:
    weights = np.array([0.999, 0.001])
    rng = np.random.default_rng(0)
    counts = [systematic_counts(weights, 10_000, rng)[1] for _ in range(4_000)]
    assert set(counts) == {0, 100}
    assert np.mean(counts) == pytest.approx(10, abs=1.5)


def test_hands_that_do_not_come_out_even_favour_nobody() -> None:
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
