"""News against statsmodels in a linear case, and against dense Gaussian algebra in a mixture."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.tsa.statespace.structural import UnobservedComponents
from tests.tracking_strategies import (
    CALM,
    FIRST,
    PAIR,
    REPORTERS,
    SECOND,
    WILD,
    growth,
    level,
    model,
)
from tests.witnesses import dense

import tradetrack as tt
from tradetrack._news.linearise import _lay_out, build_engine
from tradetrack._news.releases import Releases
from tradetrack._news.results import ReleaseNews
from tradetrack._news.targets import Request
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import MonthPattern, Regime, Regimes, Reporting

# A random walk with drift, seen with month noise: exact monthly figures are linear in it.
SIGMA, DRIFT, NOISE = 0.2, 0.06, 0.05
WALK = Regime(SIGMA, 1.0, 0.0, 0.0, 0.5, 0.5, drift=DRIFT, drift_spread=0.0)
PLAIN = MonthPattern((0.0,) * 12, (0.0,) * 12, NOISE, 0.0, 1.0)
MIXTURE = GrowthMixture(Regimes((WALK,), (1.0,)), PLAIN, Reporting(), memory=100)
MONTHS = pd.period_range("2019-01", "2022-12", freq="M")
NEW = ("2022-01", "2022-02", "2022-04")  # March is not out yet


@dataclass(frozen=True)
class Monthly:
    """What tradetrack makes of the release of three months, and what statsmodels does.

    ``impacts`` are statsmodels', ``[figure, month of 2022]``. They are on the signal, so those on a
    month that was printed are set to what they are on the month itself: its own news, and nothing.
    """

    release: ReleaseNews
    forecast: np.ndarray
    forecast_sd: np.ndarray
    impacts: np.ndarray
    weights: np.ndarray


@pytest.fixture(scope="module")
def monthly() -> Monthly:
    rng = np.random.default_rng(11)
    steps = DRIFT / 12 + SIGMA / np.sqrt(12) * rng.normal(size=len(MONTHS))
    logs = pd.Series(np.cumsum(steps) + NOISE * rng.normal(size=len(MONTHS)), index=MONTHS)
    is_new = logs.index.isin(pd.PeriodIndex(NEW, freq="M"))
    old = logs.where(logs.index < "2022-01")
    rows = [
        level(str(month), float(np.exp(log)), published="2022-05-20" if new else "2022-01-31")
        for (month, log), new in zip(logs.items(), is_new, strict=True)
        if new or month < pd.Period("2022-01", freq="M")
    ]
    news = tt.news(tt.Ledger(rows), tt.Goal(9, by=2022), since="2022-02-01", model=MIXTURE)
    trend = pd.Series(DRIFT / 12 * np.arange(len(MONTHS)), index=MONTHS)
    parameters = [NOISE**2, SIGMA**2 / 12]  # irregular, level
    before, after = (
        UnobservedComponents(part - trend, "llevel").smooth(parameters)
        for part in (old, logs.where(is_new, old))
    )
    found = after.news(before, start="2022-01", end="2022-12")
    forecast = before.get_prediction(start="2022-01", end="2022-12")
    impacts = found.details_by_update["impact"].to_numpy().reshape(len(NEW), 12).copy()
    place = [pd.Period(month, freq="M").month - 1 for month in NEW]
    impacts[:, place] = np.diag(found.news.to_numpy().ravel())
    mean = (forecast.predicted_mean + trend[-12:]).to_numpy()
    path = np.exp(mean + impacts.sum(axis=0))
    [release] = news.releases
    sd = forecast.se_mean.to_numpy()[place]
    return Monthly(release, mean[place], sd, impacts, path / path.sum())


def test_the_change_of_the_total_is_that_of_statsmodels(monthly: Monthly) -> None:
    expected = monthly.impacts.sum(axis=0) @ monthly.weights
    assert monthly.release.log_totals[0] == pytest.approx(expected, abs=2e-6)


def test_what_was_expected_of_a_figure_is_what_statsmodels_expected(monthly: Monthly) -> None:
    for i, figure in enumerate(monthly.release.figures):
        came = np.log(figure.observation.figure.value)
        expected = (came - monthly.forecast[i]) / monthly.forecast_sd[i]
        assert figure.surprise == pytest.approx(expected, abs=1e-5)
        assert figure.expected == pytest.approx(np.exp(monthly.forecast[i]), rel=1e-5)


def test_impacts_of_figures_are_weight_times_surprise_as_in_statsmodels(monthly: Monthly) -> None:
    found = [figure.impacts[0] for figure in monthly.release.figures]
    np.testing.assert_allclose(found, monthly.impacts @ monthly.weights, atol=2e-6)
    assert np.abs(found).max() > 0.01
    assert sum(found) == pytest.approx(monthly.release.log_totals[0], abs=1e-12)


SINCE = dt.date(2022, 6, 1)
ROWS = [
    level("2019", "2.10"),
    level("2020", "2.35", reporter=REPORTERS[1]),
    level("2021", "1,300", unit="usd_mn", series=SECOND, reporter=REPORTERS[1]),
    growth("2020", "2019", "11", series=SECOND),
    level("2021", "2.3", published="2022-02-01"),
    level("2021", "2.45", published="2022-07-01"),  # a revision
    level("2021", "1.2", series=FIRST, published="2022-07-01"),
    level("2022-01..2022-06", "1.4", reporter=REPORTERS[1], published="2022-08-01"),
    growth("2022-01..2022-09", "2021-01..2021-09", "14"),
]
BALANCE = tt.Series(pair=PAIR.pair, flow="balance")
TWO = model(CALM, WILD, reporter_spread=0.05, reporter_year_spread=0.07)


@pytest.mark.parametrize("coalition", [0, 1, 2, 5, 15])
def test_every_coalition_has_the_posterior_of_its_own_figures(coalition: int) -> None:
    """Weights of the regimes and the law of the targets, from months written out one by one."""
    releases = Releases.of(tt.Ledger(ROWS), SINCE)
    assert len(releases.releases) == 4
    goals = (
        tt.Goal(4, by=2025, series=PAIR),
        tt.Goal(4, by=2025, series=PAIR, reporter=REPORTERS[1]),
        tt.Goal("1.6x 2020", by=2025, series=PAIR, sustained=2),
        tt.Goal(0.3, by=2025, series=BALANCE, window="half_year"),
    )
    request = Request(goals, by=(2025,) * 4, year=2022, known_to=2021 * 12 + 11)
    ends = [TWO.fit(tt.Ledger(ROWS).as_of(day)) for day in (SINCE, "2023-12-31")]
    engine = build_engine(TWO, releases, request, ends, np.random.default_rng(0))
    layout = _lay_out(TWO, releases, request, ends)
    [known] = releases.counting([coalition])
    state = engine.state(known[None])
    assert engine.n_bounds == 0
    found_mean = engine.means(state)[0]
    basis, given = engine.basis, state.covariance[0] - engine.least
    found_spread = engine.left + basis @ given @ np.swapaxes(basis, 1, 2)
    rows, months = np.flatnonzero(known), layout.prior.n_months
    noise = layout.rows.noise(TWO.reporting.noise, layout.linear.scale)[rows]
    by_path, by_effect = layout.linear.by_path.toarray(), layout.linear.by_effect.toarray()
    path_and_effect = np.hstack([by_path, by_effect])[rows]
    targets = np.hstack([layout.targets.by_path.toarray(), layout.targets.by_effect])
    y = layout.rows.centre()[rows] + layout.offset[rows]
    logs = []
    for k, regime in enumerate(TWO.regimes):
        one = dense.Dense.of(regime, TWO.pattern, layout.prior.n_observed, months)
        prior, level_of = _joint(one, layout.effect_prior)
        mean = np.concatenate([one.mean, one.mean, np.zeros(len(layout.effect_prior))])
        mean = mean - 2.4 * level_of  # a wide level must not be far off either
        total = path_and_effect @ prior @ path_and_effect.T + np.diag(noise**2)
        by_level = path_and_effect @ level_of
        logs.append(dense.log_likelihood(y, path_and_effect @ mean, total, by_level))
        wide = prior + 1e3 * np.outer(level_of, level_of)
        gain = wide @ path_and_effect.T
        gain = gain @ np.linalg.inv(path_and_effect @ gain + np.diag(noise**2))
        after = mean + gain @ (y - path_and_effect @ mean)
        covariance = wide - gain @ path_and_effect @ wide
        expected = targets @ after - layout.targets.offset
        np.testing.assert_allclose(found_mean[k], expected, atol=2e-4)
        spread = targets @ covariance @ targets.T
        np.testing.assert_allclose(found_spread[k], spread, atol=2e-4)
    likelihood = np.exp(np.array(logs) - max(logs))
    np.testing.assert_allclose(state.weights[0], likelihood / likelihood.sum(), atol=1e-6)
    _check_goals(engine, found_mean, found_spread, state.weights[0], coalition)


def _joint(one: dense.Dense, effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Prior covariance of both flows' months and the effects, and what the level moves."""
    n = len(one.mean)
    prior = np.zeros((2 * n + len(effects),) * 2)
    for f in range(2):
        for g in range(2):
            own = 1.0 if f == g else TWO.pattern.flow_correlation
            ratio = (0.25 if f == g else -0.25) * TWO.pattern.flow_log_ratio_sd**2
            prior[f * n : (f + 1) * n, g * n : (g + 1) * n] = own * one.covariance + ratio
    prior[2 * n :, 2 * n :] = effects
    return prior, np.repeat([1.0, 0.0], [2 * n, len(effects)])


def _check_goals(engine, mean, covariance, weights, coalition) -> None:
    """Probability of each goal, and the expected total, from plain draws of the targets."""
    rng = np.random.default_rng(1)
    n = 40_000
    met, totals = np.zeros(4), np.zeros(2)
    value = engine.targets.value
    for k, weight in enumerate(weights):
        law = stats.multivariate_normal(mean[k], covariance[k], allow_singular=True)
        logs = law.rvs(n, random_state=rng)
        scales = []
        for i in range(2):
            flows = engine.targets.references[i]
            share = np.exp(value[flows]) / np.exp(value[flows]).sum()
            linear = np.exp(value[flows]).sum() * np.exp((logs - value)[:, flows] @ share)
            scales.append(linear / np.exp(logs[:, flows]).sum(axis=1))
            total = np.exp(logs[:, engine.targets.totals[i]]).sum(axis=1) * scales[i]
            totals[i] += weight * total.mean()
        for i, which in enumerate(engine.targets.total_of_goal):
            met[i] += weight * _met(engine.targets.goals[i], logs, scales[which], i).mean()
    worth = engine.values_of([coalition])[0]
    np.testing.assert_allclose(worth[:4], met, atol=0.012)
    np.testing.assert_allclose(worth[4:6], totals, rtol=0.01)


def _met(goal, logs, scale, which) -> np.ndarray:
    """Whether the goals above are met, each written out, on draws ``[draw, target]``."""
    flows = {window: np.exp(logs[:, at]) * scale[:, None] for window, at in goal.flows.items()}
    if which == 3:
        halves = [flows[end, 6] for end in goal.windows.ends if (end, 6) in flows]
        return np.max([half[:, 0] - half[:, 1] for half in halves], axis=0) >= 0.3
    totals = {end: months.sum(axis=1) for (end, _), months in flows.items()}
    if which < 2:
        return np.max(list(totals.values()), axis=0) >= 4.0
    enough = [totals[12 * year + 11] >= 1.6 * totals[12 * 2020 + 11] for year in range(2021, 2026)]
    return np.any([one & other for one, other in pairwise(enough)], axis=0)
