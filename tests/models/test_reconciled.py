"""Standard methods put to a ledger: what becomes of the history, the current year and the rest."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from tests.tracking_strategies import FIRST, level
from tests.tracking_strategies import model as mixture

import tradetrack as tt
from tradetrack._typing import Array
from tradetrack.models.classical import ParameterDraws, smoothing
from tradetrack.models.innovations import Innovations
from tradetrack.models.reconciled import FittedStandard, fit_yearly

YEARS = [level(str(2005 + i), 1.06**i, "exact") for i in range(12)]
NOW = level("2017-01..2017-09", 1.6, "exact")
FLOW = level("2016", 1.1, "exact", series=FIRST)


@dataclass(frozen=True)
class Sure:
    """A method that says: so much growth a year, whatever happens."""

    growth: float
    variance: float = 1e-12
    burn_in: int = 0
    n_arma: int = 0
    n_rounds: int = 0

    @property
    def estimate(self) -> Array:
        return np.array([self.growth])

    def draw(self, n: int, rng: np.random.Generator) -> ParameterDraws:
        return ParameterDraws(
            self.estimate.repeat(n)[:, None], self.n_rounds, 30.0 if self.n_rounds else 0.0
        )

    def form(self, parameters: Array, n_years: int) -> Innovations:
        one = np.ones(len(parameters))
        return smoothing(one, parameters[:, 0], 0 * one, self.variance * one, n_years)


def fitted(growth: float, *rows: tt.Level, variance: float = 1e-12) -> FittedStandard:
    ledger = tt.Ledger([*YEARS, *rows])
    return fit_yearly("sure", lambda series: Sure(growth, variance), mixture(), ledger, 10)


def totals(found: FittedStandard, n: int = 60, flow: str = "turnover") -> np.ndarray:
    drawn = found.draw(2022, n, np.random.default_rng(0))
    return drawn.totals(flow)[2016 - 2005 :]


@pytest.mark.parametrize("rows", [(), (FLOW,)], ids=["one flow", "two flows"])
def test_years_ahead_have_the_totals_that_the_method_says(rows: tuple[tt.Level, ...]) -> None:
    ahead = totals(fitted(0.1, *rows))
    np.testing.assert_allclose(ahead[1:] / ahead[:-1], np.exp(0.1), rtol=1e-5)
    np.testing.assert_allclose(ahead[0], 1.06**11, rtol=2e-3)


def test_months_and_flows_are_spread_as_the_mixture_spreads_them() -> None:
    found = fitted(0.1, FLOW)
    ours = found.draw(2022, 40, np.random.default_rng(0)).log_paths
    theirs = found.mixture.draw(2022, 40, np.random.default_rng(0))
    history = np.searchsorted(theirs.cluster_starts, np.arange(40), side="right") - 1
    order = np.argsort(history % 10, kind="stable")
    gap = ours - theirs.log_paths[:, :, order]
    past = 12 * 12
    np.testing.assert_array_equal(gap[:, :past], 0.0)
    by_year = gap[:, past:].reshape(2, 6, 12, 40)
    np.testing.assert_allclose(by_year - by_year[:1, :, :1], 0.0, atol=1e-5)


def test_the_current_year_is_weighed_by_what_its_months_say() -> None:
    """Nine months of 1.6 are about 2.1 a year; the method, at 1.9, is sure or knows little."""
    vague = totals(fitted(0.0, NOW, variance=4.0), 400)[1]
    own = fitted(0.0, NOW).mixture.draw(2022, 400, np.random.default_rng(0))
    assert np.median(vague) == pytest.approx(np.median(own.totals("turnover")[12]), rel=0.01)
    sure = totals(fitted(0.0, NOW), 400)[1]
    np.testing.assert_allclose(sure, 1.06**11, rtol=2e-3)
    between = np.median(totals(fitted(0.0, NOW, variance=1e-3), 400)[1])
    assert np.median(sure) < between < np.median(vague)


def test_observed_months_that_exceed_the_total_keep_the_mixture_s_year() -> None:
    found = fitted(-1.0, NOW)  # the method is sure of 0.7 a year, and nine months have 1.6
    drawn = found.draw(2022, 50, np.random.default_rng(0))
    monthly = drawn.monthly("turnover")[2017 - 2005]
    np.testing.assert_allclose(monthly[:9].sum(axis=0), 1.6, rtol=2e-3)
    theirs = found.mixture.draw(2022, 50, np.random.default_rng(0))
    expected = np.sort(theirs.totals("turnover")[12])
    np.testing.assert_allclose(np.sort(monthly.sum(axis=0)), expected, rtol=1e-5)
    after = drawn.totals("turnover")[13:]
    np.testing.assert_allclose(after[1:] / after[:-1], np.exp(-1.0), rtol=1e-4)


def test_a_horizon_that_is_history_is_the_mixture_s() -> None:
    found = fitted(0.1)
    ours, theirs = (m.draw(2016, 20, np.random.default_rng(0)) for m in (found, found.mixture))
    assert np.array_equal(ours.log_paths, theirs.log_paths)


def test_paths_that_share_parameters_stand_side_by_side() -> None:
    drawn = fitted(0.1).draw(2022, 60, np.random.default_rng(0))
    assert drawn.cluster_starts is not None
    assert len(drawn.cluster_starts) == 10
    theta = tt.models.ThetaModel(mixture=mixture()).fit(tt.Ledger(YEARS))
    own = theta.mixture.draw(2022, 60, np.random.default_rng(0))
    drawn = theta.draw(2022, 60, np.random.default_rng(0))
    assert np.array_equal(drawn.cluster_starts, own.cluster_starts)


def test_the_series_is_the_complete_years_of_the_ledger() -> None:
    found = fitted(0.1, NOW, FLOW)
    assert found.years == range(2005, 2017)
    np.testing.assert_allclose(np.exp(found.log_totals), 1.06 ** np.arange(12), rtol=2e-3)


def test_a_path_that_leaves_every_bound_is_held() -> None:
    drawn = fitted(30.0).draw(2022, 10, np.random.default_rng(0))
    assert np.isfinite(np.exp(drawn.log_paths)).all()


def test_too_few_years_are_said_with_what_to_do() -> None:
    short = tt.Ledger(YEARS[:5])
    told = r"ETS: needs 8 or more .*; the ledger covers 5 complete calendar years, 2005 to 2009\."
    with pytest.raises(
        tt.errors.FitError, match=told + " Add annual figures of earlier years, or use"
    ):
        tt.models.EtsModel(mixture=mixture()).fit(short)
    with pytest.raises(
        tt.errors.FitError, match=r"random walk: .* covers 0 complete calendar years\."
    ):
        tt.models.RandomWalkModel(mixture=mixture()).fit(tt.Ledger([NOW]))
    with pytest.raises(tt.InputError, match="n_draws is 0; write a whole number of at least 1"):
        tt.models.EtsModel(mixture(), n_draws=0).fit(tt.Ledger(YEARS))


def test_a_model_that_cannot_be_fitted_is_a_failure_of_the_backtest() -> None:
    models = {
        "ETS": tt.models.EtsModel(mixture(), 5),
        "walk": tt.models.RandomWalkModel(mixture=mixture()),
    }
    past = tt.backtest(tt.Ledger(YEARS), tt.Goal(1.7), "2010-06", models=models, n_paths=50)
    assert [row.model for row in past.forecasts] == ["walk"]
    assert past.failures[0].reason.startswith("ETS: needs 8 or more")


@pytest.mark.parametrize(("n_rounds", "assumed"), [(400, 0), (140, 1)])
def test_parameters_that_did_not_settle_are_an_assumption(n_rounds: int, assumed: int) -> None:
    found = replace(fitted(0.0), yearly=Sure(0.0, n_rounds=n_rounds))
    assumptions = found.draw(2022, 20, np.random.default_rng(0)).assumptions
    assert len(assumptions) == assumed
    assert all("only 4.7 autocorrelation times" in text for text in assumptions)
