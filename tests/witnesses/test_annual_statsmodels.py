"""The annual regime against statsmodels: a monthly state space observed as yearly averages.

The state space is written from the equations of the process, not from the library's variograms:
level, growth rate (the exact discretisation of its integral), transitory deviation and drift move
month by month, the last eleven months are carried along, and each December observes the average of
twelve.
"""

import numpy as np
import pytest
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import Regime, Regimes

STEP = 1.0 / 12.0
LAGS = 11
LEVEL, RATE, TRANSITORY, DRIFT, FIRST_LAG = range(5)
STATES = FIRST_LAG + LAGS
MONTH_NOISE = 0.15

REGIMES = {
    "level and transitory": Regime(0.3, 0.6, 0.0, 0.4, 0.5, 0.45, 0.05, 0.03),
    "pure level": Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0),
    "growth": Regime(0.25, 0.2, 0.8, 0.0, 0.7, 0.5, -0.02, 0.02),
    "all": Regime(0.5, 0.3, 0.3, 0.4, 0.85, 0.2, 0.1, 0.1),
}


def growth_discretised(regime):
    """Transition and covariance of (integral, rate) of an Ornstein-Uhlenbeck rate over a month."""
    kappa = -np.log(regime.growth_persistence)
    one_year = 2.0 / kappa**2 * (kappa - 1.0 + np.exp(-kappa))  # of a rate with variance 1
    variance = regime.sigma**2 * regime.growth_share / one_year
    decay = np.exp(-kappa * STEP)
    both = (1.0 - decay) ** 2 / kappa
    integral = (2.0 * kappa * STEP - 3.0 + 4.0 * decay - decay**2) / kappa**2
    noise = variance * np.array([[integral, both], [both, 1.0 - decay**2]])
    return (1.0 - decay) / kappa, decay, noise, variance


def state_space(regime, log_totals):
    """Exact-diffuse filter of yearly log totals; NaN where a year is not observed."""
    gain, decay, noise, rate_variance = growth_discretised(regime)
    transitory_decay = regime.transitory_persistence**STEP
    transitory_variance = (
        regime.sigma**2 * regime.transitory_share / (2 * (1 - regime.transitory_persistence))
    )
    model = KalmanFilter(k_endog=1, k_states=STATES)
    transition = np.zeros((STATES, STATES))
    transition[LEVEL, [LEVEL, RATE, DRIFT]] = 1.0, gain, STEP
    transition[RATE, RATE], transition[TRANSITORY, TRANSITORY], transition[DRIFT, DRIFT] = (
        decay,
        transitory_decay,
        1,
    )
    transition[FIRST_LAG, [LEVEL, TRANSITORY]] = 1.0
    transition[range(FIRST_LAG + 1, STATES), range(FIRST_LAG, STATES - 1)] = 1.0
    shocks = np.zeros((STATES, STATES))
    shocks[:2, :2] = noise
    shocks[LEVEL, LEVEL] += regime.sigma**2 * regime.level_share * STEP
    shocks[TRANSITORY, TRANSITORY] = transitory_variance * (1.0 - transitory_decay**2)
    design = np.full(STATES, STEP)
    design[[RATE, DRIFT]] = 0.0
    model["transition"], model["state_cov"], model["design"] = transition, shocks, design[None]
    model["selection"], model["obs_cov"] = np.eye(STATES), np.array([[MONTH_NOISE**2 * STEP]])
    start = np.zeros(STATES)
    start[DRIFT] = regime.drift
    known = np.zeros((STATES, STATES))
    known[RATE, RATE], known[TRANSITORY, TRANSITORY] = rate_variance, transitory_variance
    known[DRIFT, DRIFT] = regime.drift_spread**2
    initialise(model, start, known)
    monthly = np.full(12 * len(log_totals), np.nan)
    monthly[11::12] = log_totals
    model.bind(monthly[:, None].copy())
    return model


def initialise(model, start, known):
    prior = Initialization(STATES)
    prior.set(LEVEL, "diffuse")
    rest = slice(LEVEL + 1, STATES)
    prior.set(rest, "known", constant=start[rest], stationary_cov=known[rest, rest])
    model.initialization = prior


def log_likelihood(regime, log_totals):
    diffuse = 0.5 * np.log(2.0 * np.pi)  # the flat level: one observation carries no density
    return state_space(regime, log_totals).filter().llf_obs.sum() + diffuse


@pytest.fixture(params=[list(range(9)), [0, 1, 2, 5, 6, 8]], ids=["unbroken", "gaps"])
def years(request):
    return request.param


@pytest.fixture(params=REGIMES.values(), ids=REGIMES.keys())
def regime(request):
    return request.param


@pytest.fixture
def totals():
    return np.random.default_rng(3).normal(0.05, 0.3, 13).cumsum() + 7.0


def over(regime, years):
    return AnnualMixture.over(Regimes((regime,), (1.0,)), years, 4, MONTH_NOISE)


def seen(totals, years, horizon=0):
    masked = np.full(years[-1] + 1 + horizon, np.nan)
    masked[years] = totals[years]
    return masked


def test_log_likelihood(regime, years, totals):
    ours = over(regime, years).log_likelihood(totals[years])
    assert ours.item() == pytest.approx(log_likelihood(regime, seen(totals, years)), abs=1e-6)


def test_predictive_density(regime, years, totals):
    ahead = totals[years[-1] + 1 :]
    past = log_likelihood(regime, seen(totals, years))
    joint = log_likelihood(regime, np.concatenate([seen(totals, years), ahead]))
    ours = over(regime, years).log_predictive(totals[years], ahead)
    assert ours.item() == pytest.approx(joint - past, abs=1e-6)


def test_predictive_mean_and_variance(regime, years, totals):
    filtered = state_space(regime, seen(totals, years, horizon=4)).filter()
    december = 12 * (years[-1] + 1 + np.arange(1, 5)) - 1
    design = filtered.design[0, :, 0]
    mean = design @ filtered.predicted_state[:, december]
    spread = np.einsum("i,ijt,j->t", design, filtered.predicted_state_cov[:, :, december], design)
    mixture = over(regime, years)
    np.testing.assert_allclose(mixture.predictive_mean(totals[years])[0, 0], mean, atol=1e-6)
    variance = (mixture.predictive_factor[0] ** 2).sum(axis=1)
    np.testing.assert_allclose(variance, spread + MONTH_NOISE**2 * STEP, atol=1e-6)
