import numpy as np
import pytest
from scipy.stats import multivariate_normal

from tradetrack.errors import InputError
from tradetrack.models.annual import AnnualMixture, yearly_covariance
from tradetrack.models.regimes import Regime, Regimes

TABLE = Regimes(
    (
        Regime(0.15, 0.8, 0.1, 0.1, 0.7, 0.5, 0.05, 0.02),
        Regime(0.6, 0.2, 0.0, 0.8, 0.5, 0.2, -0.02, 0.05),
    ),
    (0.6, 0.4),
)
YEARS = (2010, 2011, 2013, 2014, 2015)
NOISE = 0.2


@pytest.fixture(scope="module")
def mixture():
    return AnnualMixture.over(TABLE, YEARS, horizon=4, month_noise=NOISE)


@pytest.fixture(scope="module")
def history():
    return np.random.default_rng(5).normal(0.0, 0.3, (3, len(YEARS))).cumsum(axis=1)


def test_likelihood_is_that_of_the_differences(mixture, history):
    times = np.array(YEARS[:-1], dtype=float)
    covariance = yearly_covariance(TABLE, times, YEARS[-1], NOISE)
    for regime, each in enumerate(TABLE):
        law = multivariate_normal(each.drift * (times - YEARS[-1]), covariance[regime])
        expected = law.logpdf(history[:, :-1] - history[:, -1:])
        np.testing.assert_allclose(mixture.log_likelihood(history)[:, regime], expected, atol=1e-9)


def test_a_regime_seen_often_wins(history):
    calm = np.linspace(0.0, 1.0, 20)[None]
    wild = np.random.default_rng(2).normal(0.0, 1.0, (1, 20))
    mixture = AnnualMixture.over(TABLE, range(20), horizon=1)
    assert mixture.regime_weights(calm)[0, 0] > 0.99
    assert mixture.regime_weights(wild)[0, 1] > 0.99


def test_the_unit_does_not_matter(mixture, history):
    rng = np.random.default_rng
    goals = history[:, -1:] + np.log([1.2, 2.0])
    here = mixture.attainment(history, goals, rng(1))
    np.testing.assert_allclose(
        here, mixture.attainment(history + 3.0, goals + 3.0, rng(1)), atol=0.01
    )
    np.testing.assert_allclose(
        mixture.log_likelihood(history), mixture.log_likelihood(history + 3.0), atol=1e-9
    )


def drawn_paths(mixture, history, count=40_000):
    """Log totals ahead, ``[series, path, year]``: a regime by its weight, then its own normal."""
    rng = np.random.default_rng(2)
    weights, means = mixture.regime_weights(history), mixture.predictive_mean(history)
    paths = []
    for weight, mean in zip(weights, means, strict=True):
        regime = rng.choice(len(weight), count, p=weight)
        noise = rng.standard_normal((count, mixture.horizon))
        paths.append(
            mean[regime] + np.einsum("chk,ck->ch", mixture.predictive_factor[regime], noise)
        )
    return np.array(paths)


def test_attainment_agrees_with_drawn_paths(mixture, history):
    goals = history[:, -1:] + np.log([1.1, 1.5])
    reached = mixture.attainment(history, goals, np.random.default_rng(1), draws=8192)
    paths = drawn_paths(mixture, history)
    highest = np.maximum.accumulate(paths, axis=2)
    drawn = (highest[:, :, None, :] >= goals[:, None, :, None]).mean(axis=1)
    np.testing.assert_allclose(reached, drawn, atol=0.015)
    assert (np.diff(reached, axis=2) >= 0).all()
    assert (reached[:, 0] >= reached[:, 1]).all()


def test_quantiles_agree_with_drawn_paths(mixture, history):
    levels = np.array([0.1, 0.5, 0.9])
    paths = drawn_paths(mixture, history)
    drawn = np.quantile(paths, levels, axis=1).transpose(1, 0, 2)
    np.testing.assert_allclose(mixture.quantiles(history, levels), drawn, atol=0.05)


def test_same_seed_same_answer(mixture, history):
    goals = history[:, -1:] + 0.2
    first, second = (mixture.attainment(history, goals, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_one_year_of_history_leaves_the_prior():
    mixture = AnnualMixture.over(TABLE, [2020], horizon=3)
    np.testing.assert_allclose(mixture.regime_weights(np.array([[1.0]])), [TABLE.weights])
    expected = 1.0 + TABLE.drift[:, None] * np.arange(1, 4)
    np.testing.assert_allclose(mixture.predictive_mean(np.array([[1.0]]))[0], expected)


@pytest.mark.parametrize(
    ("years", "horizon"),
    [((), 3), ((2001, 2001), 3), ((2001, 2000), 3), ((2000.5,), 3), ((2000,), 0)],
)
def test_years_that_cannot_be_are_refused(years, horizon):
    with pytest.raises(InputError):
        AnnualMixture.over(TABLE, years, horizon)


def test_histories_that_do_not_fit_are_refused(mixture, history):
    with pytest.raises(InputError, match="5 finite logs"):
        mixture.regime_weights(history[:, 1:])
    with pytest.raises(InputError, match="finite"):
        mixture.regime_weights(np.full((1, 5), np.nan))
    with pytest.raises(InputError, match="levels"):
        mixture.quantiles(history, np.array([0.0]))
