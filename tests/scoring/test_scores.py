"""Scores: witnesses, closed forms and laws."""

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.stats import norm

from tradetrack.errors import InputError
from tradetrack.scoring.scores import (
    attainment_crps,
    brier,
    crps_sample,
    interval_score,
    log_score,
    probability_transform,
)

STEPS = 5
chances = st.floats(0.0, 1.0, allow_subnormal=False)


def curves(goals: int = 1) -> st.SearchStrategy[np.ndarray]:
    """Curves that never fall, shape (goals, STEPS)."""
    return arrays(float, (goals, STEPS), elements=chances).map(lambda p: np.sort(p, axis=1))


def outcomes(goals: int = 1) -> st.SearchStrategy[np.ndarray]:
    """Outcomes 0 or 1, met from some step on or never, shape (goals, STEPS)."""
    when = arrays(int, (goals, 1), elements=st.integers(0, STEPS))
    return when.map(lambda first: (np.arange(STEPS) >= first).astype(float))


def distribution(curve: np.ndarray) -> np.ndarray:
    """Mass of each step and of "after the last"."""
    return np.diff(np.concatenate([[0.0], curve, [1.0]]))


@given(curves(), outcomes())
def test_yearly_brier_is_that_of_scoringrules(curve, met) -> None:
    witness = scoringrules.brier_score(met, curve)
    np.testing.assert_allclose(brier(curve, met), witness.mean(axis=-1), atol=1e-12)


@given(curves(), outcomes())
def test_attainment_crps_is_the_ranked_probability_score(curve, met) -> None:
    masses = distribution(curve[0])
    happened = np.argmax(distribution(met[0])) + 1
    witness = scoringrules.rps_score(happened, masses)
    np.testing.assert_allclose(attainment_crps(curve, met)[0], witness, atol=1e-12)


def test_attainment_crps_is_the_integral_of_the_clipped_time() -> None:
    curve, first = np.array([0.1, 0.35, 0.4, 0.8, 0.85]), 2
    times, masses = np.arange(1.0, STEPS + 2.0), distribution(curve)
    samples = np.repeat(times, np.rint(masses * 20).astype(int))
    met = (np.arange(STEPS) >= first).astype(float)
    score = scoringrules.crps_ensemble(first + 1.0, samples, estimator="nrg")
    np.testing.assert_allclose(attainment_crps(curve, met), score, atol=1e-12)


@given(curves(3), curves(3))
def test_summed_yearly_brier_is_the_crps(curve, met) -> None:
    np.testing.assert_allclose(STEPS * brier(curve, met), attainment_crps(curve, met), atol=1e-12)


@pytest.mark.parametrize("score", [brier, attainment_crps, log_score])
@given(curve=curves(), met=curves())
def test_an_open_outcome_scores_its_expectation(score, curve, met) -> None:
    masses = distribution(met[0])
    each = (np.arange(STEPS) >= np.arange(STEPS + 1)[:, None]).astype(float)
    expected = masses @ score(np.repeat(curve, STEPS + 1, axis=0), each)
    np.testing.assert_allclose(score(curve, met)[0], expected, atol=1e-9)


@pytest.mark.parametrize("score", [brier, attainment_crps, log_score])
@given(truth=curves(), other=curves())
def test_the_true_probability_has_the_best_expected_score(score, truth, other) -> None:
    options = {} if score is not log_score else {"least": 1e-300}
    assert score(truth, truth, **options)[0] <= score(other, truth, **options)[0] + 1e-9


@given(outcomes(4))
def test_a_perfect_forecast_scores_nothing(met) -> None:
    for score in (brier, attainment_crps, log_score):
        np.testing.assert_array_equal(score(met, met), 0.0)


@given(curves(), outcomes(), st.integers(0, STEPS - 1))
def test_censoring_a_step_only_removes_its_term(curve, met, step) -> None:
    censored = met.copy()
    censored[:, step] = np.nan
    term = (curve - met)[0, step] ** 2
    expected = attainment_crps(curve, met)[0] - term
    np.testing.assert_allclose(attainment_crps(curve, censored)[0], expected, atol=1e-12)
    np.testing.assert_allclose(brier(curve, censored)[0], expected / (STEPS - 1), atol=1e-12)


@given(curves(), outcomes(), st.integers(1, STEPS - 1))
def test_censoring_the_end_is_a_shorter_horizon(curve, met, last) -> None:
    censored = met.copy()
    censored[:, last:] = np.nan
    for score in (brier, attainment_crps, log_score):
        short = score(curve[:, :last], met[:, :last])
        np.testing.assert_allclose(score(curve, censored), short, atol=1e-12)


@given(curves(4), outcomes(4), st.permutations(range(4)))
def test_the_order_of_goals_changes_nothing(curve, met, order) -> None:
    for score in (brier, attainment_crps, log_score):
        np.testing.assert_array_equal(score(curve[order], met[order]), score(curve, met)[order])


def test_log_score_by_hand() -> None:
    curve = np.array([0.2, 0.5, 0.6])
    assert log_score(curve, [0.0, 1.0, 1.0]) == pytest.approx(-np.log(0.3))
    assert log_score(curve, [0.0, 0.0, 0.0]) == pytest.approx(-np.log(0.4))
    assert log_score(curve, [0.0, np.nan, 1.0]) == pytest.approx(-np.log(0.4))
    assert log_score([0.0, 0.0, 1.0], [0.0, 1.0, 1.0]) == pytest.approx(-np.log(1e-3))
    assert log_score([0.0, 0.0, 1.0], [0.0, 1.0, 1.0], least=0.0) == np.inf


def test_a_goal_without_a_known_step_has_no_score() -> None:
    for score in (brier, attainment_crps, log_score):
        scores = score([[0.1, 0.2], [0.1, 0.2]], [[np.nan, np.nan], [0.0, 0.0]])
        assert np.isnan(scores[0])
        assert scores[1] > 0.0


@pytest.mark.parametrize(
    ("curve", "met", "said"),
    [
        ([0.5, 0.4], [0.0, 1.0], "curve falls with time"),
        ([0.5, 0.6], [1.0, 0.0], "met falls with time"),
        ([0.5, 0.6, 0.7], [1.0, np.nan, 0.0], "met falls with time"),
        ([0.5, 1.2], [0.0, 1.0], "curve holds what is no probability"),
        ([0.5, 0.6], [0.0, 2.0], "met holds what is no probability"),
        ([0.5, np.nan], [0.0, 1.0], "not a number"),
        ([0.5], [0.0, 1.0], r"shape \(1,\) and met \(2,\)"),
        (0.5, 1.0, "give both"),
    ],
)
def test_what_is_no_curve_is_refused(curve, met, said) -> None:
    with pytest.raises(InputError, match=said):
        brier(curve, met)


@given(
    arrays(float, (3, 7), elements=st.floats(-9, 9)), arrays(float, 3, elements=st.floats(-9, 9))
)
def test_crps_of_samples_is_that_of_scoringrules(samples, observed) -> None:
    witness = scoringrules.crps_ensemble(observed, samples, estimator="nrg")
    np.testing.assert_allclose(crps_sample(samples, observed), witness, atol=1e-9)


def test_crps_of_many_samples_is_that_of_their_law() -> None:
    samples = norm.ppf((np.arange(4000) + 0.5) / 4000)
    closed, _ = quad(lambda x: (norm.cdf(x) - (x >= 0.7)) ** 2, -9, 9, points=[0.7])
    assert float(crps_sample(samples, 0.7)) == pytest.approx(closed, abs=1e-4)


@given(arrays(float, (3, 4), elements=st.floats(-9, 9)), st.sampled_from([0.5, 0.8, 0.95]))
def test_interval_score_is_that_of_scoringrules(ends, level) -> None:
    low, high, observed = ends.min(axis=0), ends.max(axis=0), ends[1] * 2.0
    witness = scoringrules.interval_score(observed, low, high, 1.0 - level)
    np.testing.assert_allclose(interval_score(low, high, observed, level), witness, atol=1e-9)


def test_the_true_interval_has_the_best_expected_score() -> None:
    truth = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    best = interval_score(norm.ppf(0.1), norm.ppf(0.9), truth, 0.8).mean()
    for level in (0.6, 0.7, 0.9):
        half = norm.ppf(0.5 + level / 2)
        assert interval_score(-half, half, truth, 0.8).mean() > best


def test_the_transform_of_the_true_law_is_uniform() -> None:
    rng = np.random.default_rng(3)
    centre = rng.normal(size=(1000, 1))
    samples = centre + rng.normal(size=(1000, 400))
    observed = centre[:, 0] + rng.normal(size=1000)
    counts = np.histogram(probability_transform(samples, observed), 5, (0, 1))[0]
    np.testing.assert_allclose(counts, 200, atol=4 * (1000 * 0.2 * 0.8) ** 0.5)


def test_missing_outcomes_stay_missing() -> None:
    assert np.isnan(crps_sample([1.0, 2.0], np.nan))
    assert np.isnan(interval_score(1.0, 2.0, np.nan, 0.8))
    assert np.isnan(probability_transform([1.0, 2.0], np.nan))
    assert probability_transform([1.0, 2.0, 2.0, 3.0], 2.0) == pytest.approx(0.5)


@pytest.mark.parametrize("level", [0.0, 1.0, 80.0])
def test_a_level_is_a_probability(level) -> None:
    with pytest.raises(InputError, match=r"the level is .*; write a number between 0 and 1"):
        interval_score(0.0, 1.0, 0.5, level)
