"""The standard methods for a yearly series, against statsmodels, closed forms and plain sums."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from tradetrack.errors import FitError
from tradetrack.models.classical import (
    StateSpaceFit,
    YearlyFit,
    autocorrelation_time,
    fit_arima,
    fit_components,
    fit_errors,
    fit_ets,
    fit_theta,
    fit_walk,
    sample,
)
from tradetrack.models.innovations import Innovations

SERIES = np.log([2.1, 2.0, 2.4, 3.0, 3.3, 2.9, 3.8, 4.6, 4.4, 5.1, 5.6, 6.0])
N_YEARS, HORIZON = len(SERIES), 6
FITS = {
    "ETS": fit_ets,
    "ARIMA": fit_arima,
    "components": fit_components,
    "Theta": fit_theta,
    "walk": lambda series: fit_walk(series, drift=False),
    "drift": lambda series: fit_walk(series, drift=True),
}


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def mean_ahead(fitted: YearlyFit) -> np.ndarray:
    form = fitted.form(fitted.estimate[None], N_YEARS + HORIZON)
    _, state = form.filter(SERIES[None])
    means = []
    for year in range(N_YEARS, N_YEARS + HORIZON):
        means.append(form.expect(state, year)[0])
        state = form.step(state, np.zeros(1), year)
    return np.array(means)


def simulated(fitted: YearlyFit, parameters: np.ndarray, n: int) -> np.ndarray:
    form = fitted.form(parameters, N_YEARS + HORIZON).take(np.arange(n) % len(parameters))
    _, state = form.filter(np.broadcast_to(SERIES, (n, N_YEARS)))
    return form.simulate(state, N_YEARS, rng())


def arima(order: tuple[int, int, int], trend: str) -> StateSpaceFit:
    from statsmodels.tsa.arima.model import ARIMA

    model = ARIMA(SERIES, order=order, trend=trend)
    with fit_errors("ARIMA"):
        return StateSpaceFit(model, model.fit())


@pytest.mark.parametrize(
    "fitted",
    [fit_ets(SERIES), fit_components(SERIES), arima((1, 1, 1), "t"), arima((2, 1, 0), "n")],
    ids=["ETS", "components", "ARIMA(1,1,1) with drift", "ARIMA(2,1,0)"],
)
def test_errors_likelihood_and_forecasts_are_those_of_statsmodels(fitted: YearlyFit) -> None:
    form = fitted.form(fitted.estimate[None], N_YEARS)
    errors, _ = form.filter(SERIES[None])
    known = slice(fitted.burn_in, None)
    np.testing.assert_allclose(errors[0, known], fitted.result.resid[known], atol=1e-7)
    np.testing.assert_allclose(mean_ahead(fitted), fitted.result.forecast(HORIZON), atol=1e-7)
    spread = np.sqrt(form.variances[0, known])
    if isinstance(fitted, StateSpaceFit):
        log_likelihood = stats.norm.logpdf(errors[0, known], scale=spread).sum()
        assert log_likelihood == pytest.approx(fitted.result.llf, abs=1e-6)
    theirs = fitted.result.simulate(HORIZON, anchor="end", repetitions=4000, rng=rng(2))
    theirs = np.asarray(theirs).reshape(HORIZON, -1).T
    ours = simulated(fitted, fitted.estimate[None], 20_000)
    np.testing.assert_allclose(ours.std(0), theirs.std(0), rtol=0.05)
    assert np.abs(np.corrcoef(ours.T) - np.corrcoef(theirs.T)).max() < 0.07


def test_theta_forecasts_as_statsmodels_does() -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    theirs = ThetaModel(SERIES, period=1, deseasonalize=False).fit().forecast(HORIZON)
    fitted = fit_theta(SERIES)
    np.testing.assert_allclose(mean_ahead(fitted), theirs, atol=1e-9)
    alpha, slope, _, variance = fitted.estimate
    level, errors = SERIES[0], []
    for seen, before in zip(SERIES[1:], SERIES, strict=False):
        level += 0.5 * slope + alpha * (before - level)
        errors.append(seen - level)
    assert variance == pytest.approx(np.sum(np.square(errors)) / (N_YEARS - 3), rel=1e-6)
    k = np.arange(HORIZON)
    spread = simulated(fitted, fitted.estimate[None], 20_000).std(0)
    np.testing.assert_allclose(spread, np.sqrt(variance * (1 + k * alpha**2)), rtol=0.03)


@pytest.mark.parametrize("drift", [False, True])
def test_the_walk_has_student_s_forecast(drift: bool) -> None:
    fitted = fit_walk(SERIES, drift=drift)
    changes, m = np.diff(SERIES), N_YEARS - 1
    drawn = simulated(fitted, fitted.draw(20_000, rng(3)).values, 20_000)[:, 0] - SERIES[-1]
    freedom = m - drift
    centre = changes.mean() if drift else 0.0
    scale = np.sqrt(np.sum((changes - centre) ** 2) / freedom * (1 + drift / m))
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    expected = stats.t(freedom, centre, scale).ppf(levels)
    np.testing.assert_allclose(np.quantile(drawn, levels), expected, atol=0.02 * scale * 2)


def test_a_variance_has_its_inverse_chi_square() -> None:
    """One standard deviation with a flat prior: ``s^2 ~ sum d^2 / chi^2`` with m - 1 degrees."""
    fitted = arima((0, 1, 0), "n")
    drawn = fitted.draw(300, rng()).values[:, 0]
    changes = np.diff(SERIES)
    witness = np.sum(changes**2) / stats.chi2(changes.size - 1).ppf(1.0 - np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(np.quantile(drawn, (0.1, 0.5, 0.9)), witness, rtol=0.15)


def test_autocorrelations_are_drawn_from_the_posterior_on_a_grid() -> None:
    fitted = arima((1, 1, 0), "n")
    drawn = fitted.draw(300, rng()).values[:, 0]
    d = np.diff(SERIES)
    phi = np.linspace(-0.999, 0.999, 4001)
    squares = d[0] ** 2 * (1 - phi**2) + ((d[1:, None] - np.outer(d[:-1], phi)) ** 2).sum(0)
    log_density = 0.5 * np.log(1 - phi**2) - (d.size - 1) / 2 * np.log(squares)
    weight = np.exp(log_density - log_density.max())
    mean = np.average(phi, weights=weight)
    spread = np.sqrt(np.average((phi - mean) ** 2, weights=weight))
    assert abs(drawn.mean() - mean) < 0.2 * spread
    assert drawn.std() == pytest.approx(spread, rel=0.15)


def test_smoothing_parameters_are_drawn_from_their_posterior() -> None:
    """Against weighted draws of the prior; the first level and trend are integrated out."""
    n, random = 40_000, rng(5)
    alpha, share, phi = random.random(n), random.random(n), random.uniform(0.8, 0.98, n)

    def errors(series: np.ndarray, level: float, trend: float) -> np.ndarray:
        level, trend = np.full(n, level), np.full(n, trend)
        found = np.empty((n, len(series)))
        for year, seen in enumerate(series):
            found[:, year] = seen - level - phi * trend
            level, trend = (
                level + phi * trend + alpha * found[:, year],
                phi * trend + alpha * share * found[:, year],
            )
        return found

    base, none = errors(SERIES, 0.0, 0.0), np.zeros(N_YEARS)
    by_start = np.stack([errors(none, 1.0, 0.0), errors(none, 0.0, 1.0)], axis=2)
    gram = by_start.transpose(0, 2, 1) @ by_start
    fit = np.linalg.solve(gram, by_start.transpose(0, 2, 1) @ base[:, :, None])
    squares = np.sum((base[:, :, None] - by_start @ fit) ** 2, axis=(1, 2))
    logs = -0.5 * np.linalg.slogdet(gram)[1] - (N_YEARS - 3) / 2 * np.log(squares)
    weight = np.exp(logs - logs.max())
    drawn = fit_ets(SERIES).draw(600, rng()).values
    for ours, theirs in ((drawn[:, 0], alpha), (drawn[:, 1] / drawn[:, 0], share)):
        mean = np.average(theirs, weights=weight)
        spread = np.sqrt(np.average((theirs - mean) ** 2, weights=weight))
        assert abs(ours.mean() - mean) < 0.2 * spread
        assert ours.std() == pytest.approx(spread, rel=0.15)
    variance = np.average(squares / (N_YEARS - 5), weights=weight)
    assert drawn[:, 5].mean() == pytest.approx(variance, rel=0.15)


@pytest.mark.parametrize("name", FITS)
def test_draws_spread_more_than_the_estimate(name: str) -> None:
    fitted = FITS[name](SERIES)
    held = simulated(fitted, fitted.estimate[None], 4000)
    drawn = simulated(fitted, fitted.draw(100, rng()).values, 4000)
    wide, narrow = (np.subtract(*np.quantile(p[:, -1], (0.9, 0.1))) for p in (drawn, held))
    assert wide > (0.95 if name == "Theta" else 1.05) * narrow


def test_a_year_seen_with_an_error_is_weighed_by_precision() -> None:
    fitted = fit_walk(SERIES, drift=False)
    n = 40_000
    form = fitted.form(fitted.estimate[None], N_YEARS + 1).take(np.zeros(n, dtype=int))
    _, state = form.filter(np.broadcast_to(SERIES, (n, N_YEARS)))
    v, s2, seen = form.variances[0, N_YEARS], 0.02, SERIES[-1] + 0.3
    noisy = seen + np.sqrt(s2) * rng(7).standard_normal(n)
    drawn = form.nowcast(state, N_YEARS, noisy, s2, rng(8))
    precision = 1 / v + 1 / s2
    mean = (SERIES[-1] / v + seen / s2) / precision
    assert drawn.mean() == pytest.approx(mean, abs=5 / np.sqrt(precision * n))
    assert drawn.var() == pytest.approx(1 / precision, rel=0.04)


def test_forms_are_stacked_and_picked_by_draw() -> None:
    fitted = fit_components(SERIES)
    both = fitted.draw(2, rng()).values
    one, two = (fitted.form(each[None], N_YEARS) for each in both)
    stacked = Innovations.stack([one, two])
    swapped = stacked.take(np.array([1, 0]))
    twice = np.broadcast_to(SERIES, (2, N_YEARS))
    np.testing.assert_array_equal(stacked.filter(twice)[0][::-1], swapped.filter(twice)[0])
    assert stacked.n_years == N_YEARS
    assert all((a != b).any() for a, b in pairwise(stacked.filter(twice)[0]))


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("series", [SERIES[:2], np.append(SERIES, np.nan)], ids=["short", "nan"])
def test_a_series_that_cannot_be_fitted_is_said(name: str, series: np.ndarray) -> None:
    with pytest.raises(FitError, match=r"needs [38] or more finite log totals, one a year"):
        FITS[name](series)


@pytest.mark.parametrize("name", FITS)
def test_a_series_that_hardly_moves_is_fitted_like_any_other(name: str) -> None:
    fitted = FITS[name](0.02 * SERIES)
    parameters = fitted.draw(5, rng()).values
    spread = np.sqrt(fitted.form(parameters, 15).variances)[:, fitted.burn_in :]
    assert np.isfinite(spread).all()
    assert (spread < 0.03).all()


def test_a_correlated_gaussian_far_from_the_start() -> None:
    covariance = np.array([[4.0, 0.018], [0.018, 1e-4]])
    precision, mean = np.linalg.inv(covariance), np.array([3.0, -0.02])

    def log_density(x: np.ndarray) -> float:
        return -0.5 * float((x - mean) @ precision @ (x - mean))

    drawn = sample(
        log_density, np.zeros(2), np.array([0.5, 0.005]), 1000, np.random.default_rng(1)
    ).values
    np.testing.assert_allclose(drawn.mean(0), mean, atol=0.15 * np.sqrt(np.diag(covariance)).max())
    np.testing.assert_allclose(drawn.std(0), np.sqrt(np.diag(covariance)), rtol=0.1)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(0.9, abs=0.04)


def test_a_density_with_an_edge() -> None:
    def log_density(x: np.ndarray) -> float:
        return -float(x[0]) if x[0] > 0 else -np.inf

    drawn = sample(log_density, np.ones(1), np.array([5.0]), 1000, np.random.default_rng(2)).values[
        :, 0
    ]
    assert (drawn > 0).all()
    assert stats.kstest(drawn, "expon").statistic < 0.07


@pytest.mark.parametrize("n", [1, 7, 20, 33])
def test_as_many_as_requested_and_the_same_for_a_seed(n: int) -> None:
    def log_density(x: np.ndarray) -> float:
        return -0.5 * float(x @ x)

    one, two = (
        sample(log_density, np.zeros(3), np.ones(3), n, np.random.default_rng(4)).values
        for _ in range(2)
    )
    assert one.shape == (n, 3)
    assert np.array_equal(one, two)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_autocorrelation_time_is_that_of_an_autoregression(phi: float) -> None:
    """Closed form: ``(1 + phi) / (1 - phi)``; the slowest coordinate counts."""
    noise = np.random.default_rng(5).standard_normal((2000, 40, 2))
    chain = noise.copy()
    for now in range(1, len(chain)):
        chain[now, :, 1] = phi * chain[now - 1, :, 1] + noise[now, :, 1]
    assert autocorrelation_time(chain) == pytest.approx((1 + phi) / (1 - phi), rel=0.08)


def test_walkers_stop_after_five_autocorrelation_times_or_say_so() -> None:
    def log_density(x: np.ndarray) -> float:
        return -0.5 * float(x @ x)

    easy = sample(log_density, np.zeros(2), np.ones(2), 50, np.random.default_rng(6))
    assert easy.settled
    assert 5 * easy.autocorrelation_time <= easy.n_rounds < 400

    def two_islands(x: np.ndarray) -> float:  # few walkers cross
        return -0.5 * float((abs(x[0]) - 500.0) ** 2)

    split = sample(two_islands, np.full(1, 500.0), np.full(1, 1000.0), 50, np.random.default_rng(6))
    assert not split.settled
    assert split.n_rounds == 400
