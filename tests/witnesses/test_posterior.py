"""Likelihood, posterior and paths of the growth mixture against dense Gaussian algebra."""

import numpy as np
import pytest
from tests.tracking_strategies import (
    CALM,
    FIRST,
    PAIR,
    PATTERN,
    REPORTERS,
    SECOND,
    WILD,
    growth,
    level,
    model,
)
from tests.witnesses import dense

from tradetrack.ledger.ledger import Ledger
from tradetrack.models.measurement import Effect
from tradetrack.models.mixture import FittedMixture, GrowthMixture
from tradetrack.models.regimes import MonthPattern, Regime

ANNUAL = Ledger(
    level(str(2015 + i), text)
    for i, text in enumerate(("1.20", "1.35", "1.28", "1.60", "1.95", "1.71", "2.10", "2.52"))
)
MIXED = Ledger(
    [
        level("2019", "2.10"),
        level("2020", "2.35", reporter=REPORTERS[1]),
        level("2021-01..2021-09", "1.9"),
        level("2020-07..2021-06", "1.2", series=FIRST),
        level("2021", "1,300", unit="usd_mn", series=SECOND, reporter=REPORTERS[1]),
        growth("2021-01..2021-09", "2020-01..2020-09", "8.5"),
        growth("2020", "2019", "11", series=SECOND),
    ]
)
TRANSITORY = Regime(0.3, 0.0, 0.0, 1.0, 0.5, 0.0, drift=0.0, drift_spread=0.1)


def expected_log_likelihood(fitted: FittedMixture, model: GrowthMixture, regime: Regime) -> float:
    """Of the rows about the fitted path, from months, flows and effects written out."""
    n, flows = fitted.prior.n_months, len(fitted.compiler.flows)
    one = dense.Dense.of(regime, model.pattern, n, n)
    linear = fitted.posterior.linear
    by_path, by_effect = linear.by_path.toarray(), linear.by_effect.toarray()
    path = np.zeros((flows * n, flows * n))
    for f in range(flows):
        for g in range(flows):
            own = f == g
            block = one.covariance * (1.0 if own else model.pattern.flow_correlation)
            if flows == 2:
                block = block + (0.25 if own else -0.25) * model.pattern.flow_log_ratio_sd**2
            path[f * n : (f + 1) * n, g * n : (g + 1) * n] = block
    effects = np.array(
        [[_effect(a, b, model) for b in fitted.compiler.effects] for a in fitted.compiler.effects]
    )
    noise = fitted.posterior.noise
    covariance = by_path @ path @ by_path.T + by_effect @ effects @ by_effect.T + np.diag(noise**2)
    y = fitted.rows.centre() + fitted.posterior.offset
    mean = by_path @ np.tile(one.mean, flows)
    return dense.log_likelihood(y, mean, covariance, by_path.sum(axis=1))


def _effect(a: Effect, b: Effect, model: GrowthMixture) -> float:
    """Covariance of two reporters' effects, of two reporters in all, whose effects sum to zero."""
    if a.flow != b.flow:
        return 0.0
    spread = model.reporting.reporter_spread**2
    if a.year == b.year:
        spread += model.reporting.reporter_year_spread**2
    return spread * (0.5 if a.reporter == b.reporter else -0.5)


@pytest.mark.parametrize("regime", [CALM, WILD, TRANSITORY], ids=["calm", "wild", "transitory"])
def test_the_likelihood_of_annual_figures(regime: Regime) -> None:
    mixture = model(regime, reporter_spread=0.0, reporter_year_spread=0.0)
    fitted = mixture.fit(ANNUAL)
    expected = expected_log_likelihood(fitted, mixture, regime)
    assert fitted.log_likelihoods[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("regime", [CALM, WILD], ids=["calm", "wild"])
def test_the_likelihood_of_figures_of_every_kind(regime: Regime) -> None:
    mixture = model(regime, reporter_spread=0.05, reporter_year_spread=0.07)
    fitted = mixture.fit(MIXED)
    assert fitted.compiler.flows == PAIR.flows
    expected = expected_log_likelihood(fitted, mixture, regime)
    assert fitted.log_likelihoods[0] == pytest.approx(expected, abs=1e-6)


def test_regimes_are_weighed_by_bayes() -> None:
    mixture = model(CALM, WILD, TRANSITORY, reporter_spread=0.0, reporter_year_spread=0.0)
    fitted = mixture.fit(ANNUAL)
    likelihoods = np.exp([expected_log_likelihood(fitted, mixture, r) for r in mixture.regimes])
    np.testing.assert_allclose(fitted.regime_weights, likelihoods / likelihoods.sum(), atol=1e-6)


def test_the_path_that_rows_are_linearised_about_is_the_posterior_mode() -> None:
    """No small move from it fits figures and prior better."""
    mixture = model(CALM, reporter_spread=0.0, reporter_year_spread=0.0)
    fitted = mixture.fit(ANNUAL)
    n = fitted.prior.n_months
    one = dense.Dense.of(CALM, mixture.pattern, n, n)
    rows, noise = fitted.posterior.linear.by_path.toarray(), fitted.posterior.noise
    y = fitted.rows.centre() + fitted.posterior.offset
    mode, _ = dense.posterior(y, rows, noise, one)
    again = fitted.rows.linearise(mode, np.zeros(len(fitted.compiler.effects)))
    np.testing.assert_allclose(again.by_path.toarray(), rows, atol=1e-4)


N_DRAWS = 24_000
MONTHLY_YEARS = 3


@pytest.fixture(scope="module")
def monthly() -> tuple[FittedMixture, np.ndarray, np.ndarray, np.ndarray]:
    """A ledger that prints every month: its rows are linear, so its posterior is Gaussian."""
    rng = np.random.default_rng(7)
    values = np.exp(np.cumsum(rng.normal(0.01, 0.08, 12 * MONTHLY_YEARS)) + 1.0)
    months = [f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(len(values))]
    ledger = Ledger(level(month, f"{v:.1f}") for month, v in zip(months, values, strict=True))
    mixture = model(CALM, noise=0.02)
    fitted = mixture.fit(ledger)
    ahead = 12 * 11
    one = dense.Dense.of(CALM, PATTERN, len(values), len(values) + ahead)
    rows = np.eye(len(values), len(values) + ahead)
    low, high = fitted.rows.low, fitted.rows.high
    noise = np.sqrt(0.02**2 + (high - low) ** 2 / 12)
    mean, covariance = dense.posterior((low + high) / 2, rows, noise, one)
    paths = fitted.draw(2022 + 11, N_DRAWS, np.random.default_rng(0))
    assert paths.last_observed == paths.first_month + len(values) - 1
    return fitted, paths.log_paths[0].astype(float), mean, covariance


Monthly = tuple[FittedMixture, np.ndarray, np.ndarray, np.ndarray]
CHOSEN = [0, 1, 11, 12, 24, 34, 35, 36, 37, 41, 47, 59, 95, 131, 167]


def test_the_mean_of_paths(monthly: Monthly) -> None:
    _, paths, mean, covariance = monthly
    error = np.sqrt(np.diag(covariance) / N_DRAWS)
    assert (np.abs(paths.mean(axis=1) - mean)[CHOSEN] < (4 * error + 1e-6)[CHOSEN]).all()


def test_the_spread_of_paths(monthly: Monthly) -> None:
    _, paths, _, covariance = monthly
    expected = np.sqrt(np.diag(covariance))[CHOSEN]
    assert (np.abs(paths.std(axis=1)[CHOSEN] / expected - 1) < 4 / np.sqrt(2 * N_DRAWS)).all()


def test_how_months_move_together(monthly: Monthly) -> None:
    _, paths, _, covariance = monthly
    chosen = np.ix_(CHOSEN, CHOSEN)
    scale = np.sqrt(np.diag(covariance))
    expected = (covariance / np.outer(scale, scale))[chosen]
    simulated = np.corrcoef(paths[CHOSEN])
    error = (1 - expected**2) / np.sqrt(N_DRAWS)
    assert (np.abs(simulated - expected) < 4.5 * error + 1e-6).all()


def test_a_month_ahead_is_normal(monthly: Monthly) -> None:
    _, paths, mean, covariance = monthly
    last = (paths[-1] - mean[-1]) / np.sqrt(covariance[-1, -1])
    for level_, share in ((-1.96, 0.025), (-1.0, 0.158655), (0.0, 0.5), (1.0, 0.841345)):
        error = np.sqrt(share * (1 - share) / N_DRAWS)
        assert abs((last < level_).mean() - share) < 4 * error


def test_a_walk_spreads_by_its_variance_a_year() -> None:
    """With months known exactly, ``Var[x(T + h) - x(T)] = sigma^2 h``, month noise aside."""
    walk = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.05, drift_spread=0.0)
    quiet = MonthPattern((0.0,) * 12, (0.0,) * 12, 1e-3, 0.0, 1.0)
    ledger = Ledger([level("2020-12", 1.0), level("2019-12", 0.9)])
    paths = model(walk, pattern=quiet).fit(ledger).draw(2030, 20_000, np.random.default_rng(3))
    x = paths.log_paths[0].astype(float)
    last = paths.last_observed - paths.first_month
    assert np.abs(x[last]).max() < 1e-4
    for years in (1, 3, 10):
        moved = x[last + 12 * years] - x[last]
        variance = 0.04 * years + 2e-6
        assert abs(moved.mean() - 0.05 * years) < 4 * np.sqrt(variance / 20_000)
        assert abs(moved.var() / variance - 1) < 4 * np.sqrt(2 / 20_000)


def test_flows_of_a_pair_move_together_as_the_pattern_says() -> None:
    ledger = Ledger([level("2020", "2.0"), level("2020", "1.0", series=FIRST)])
    pattern = MonthPattern((0.0,) * 12, (0.01,) * 12, 0.01, 0.6, 1.0)
    fitted = model(CALM, pattern=pattern).fit(ledger)
    paths = fitted.draw(2060, 8_000, np.random.default_rng(5)).log_paths.astype(float)
    moved = paths[:, -1] - paths[:, 11 + 240]
    assert abs(np.corrcoef(moved)[0, 1] - 0.6) < 4 * (1 - 0.36) / np.sqrt(8_000)


def totals(fitted: FittedMixture, n: int, last_year: int) -> np.ndarray:
    paths = fitted.draw(last_year, n, np.random.default_rng(11))
    monthly = np.exp(paths.log_paths.astype(float)).sum(axis=0)
    return monthly.reshape(len(paths.years), 12, n).sum(axis=1)


@pytest.mark.parametrize("regimes", [(CALM,), (WILD,), (CALM, WILD)], ids=["calm", "wild", "both"])
def test_paths_honour_exact_totals(regimes: tuple[Regime, ...]) -> None:
    exact = Ledger([level("2018", 2.0), level("2019", 3.1), level("2021", 2.4)])
    drawn = totals(model(*regimes).fit(exact), 4_000, 2022)
    for year, total in ((0, 2.0), (1, 3.1), (3, 2.4)):
        missed = np.abs(np.log(drawn[year] / total))
        assert np.quantile(missed, 0.99) < 5e-5
        assert missed.max() < 1e-3
    assert drawn[2].std() > 0.1  # the year that nobody printed stays open


def test_paths_honour_a_year_its_part_and_its_growth() -> None:
    exact = Ledger(
        [
            level("2020", 3.0),
            level("2021-01..2021-09", 2.6),
            growth("2021-01..2021-09", "2020-01..2020-09", 20.0),
        ]
    )
    paths = model(CALM).fit(exact).draw(2021, 4_000, np.random.default_rng(2))
    monthly = np.exp(paths.log_paths[0].astype(float))
    year, part, before = monthly[:12].sum(0), monthly[12:21].sum(0), monthly[:9].sum(0)
    assert np.abs(np.log(year / 3.0)).max() < 1e-3
    assert np.abs(np.log(part / 2.6)).max() < 1e-3
    assert np.abs(np.log(part / before / 1.2)).max() < 1e-3


def test_rounded_totals_spread_over_their_rounding() -> None:
    """Half a unit of the last digit either way: the spread of a uniform law, and little more."""
    drawn = totals(model(CALM, noise=1e-4).fit(Ledger([level("2020", "3.5")])), 8_000, 2020)
    assert abs(drawn[0].mean() - 3.5) < 0.005
    assert drawn[0].std() == pytest.approx(0.1 / np.sqrt(12), rel=0.05)
