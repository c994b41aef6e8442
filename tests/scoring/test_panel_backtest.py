"""backtest_panel(): rolling origins over many series."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tradetrack as tt
from tradetrack._typing import Array
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import Regime, Regimes
from tradetrack.scoring.panel_backtest import MixtureForecaster
from tradetrack.scoring.scores import attainment_crps, brier, log_score

CALM = Regimes((Regime(0.1, 0.6, 0.2, 0.2, 0.6, 0.3, 0.03, 0.02),), (1.0,))
WILD = Regimes((Regime(0.6, 0.6, 0.2, 0.2, 0.6, 0.3, 0.03, 0.02),), (1.0,))
YEARS = range(2000, 2016)


def mixture(regimes: Regimes = CALM) -> MixtureForecaster:
    return MixtureForecaster(regimes, month_noise=0.1)


def simulated(count: int, seed: int = 1) -> pd.DataFrame:
    """Draw series from the calm regime."""
    law = AnnualMixture.over(CALM, [YEARS[0]], len(YEARS) - 1, 0.1)
    noise = np.random.default_rng(seed).standard_normal((count, law.horizon))
    paths = law.predictive_mean(np.zeros((1, 1)))[0] + noise @ law.predictive_factor[0].T
    values = np.exp(np.concatenate([np.zeros((count, 1)), paths], axis=1))
    names = [f"s{i:04d}" for i in range(count)]
    wide = pd.DataFrame(values, index=pd.Index(names, name="series"), columns=list(YEARS))
    return wide.melt(var_name="year", ignore_index=False).reset_index()


def never(history: Array, goals: Array, horizon: int, rng: np.random.Generator) -> Array:
    return np.zeros((*goals.shape, horizon))


def test_outcomes_by_hand() -> None:
    totals = {2001: 1.0, 2002: 1.0, 2003: 1.1, 2004: 1.0, 2006: 2.0}
    panel = pd.DataFrame({"series": "a", "year": list(totals), "value": list(totals.values())})
    past = tt.backtest_panel(
        panel, [1.1, 1.5], origins=[2002, 2003], horizon=5, models={"never": never}
    )
    first, second = past.cases
    assert first.met == ((1.0, 1.0, None, None, None), (0.0, 0.0, None, None, None))
    assert second.met == ((0.0, None, None, None, None),) * 2
    assert (first.last, second.origin) == (1.0, 2003)
    (said,) = past.forecasts
    assert (said.goals, said.brier, said.crps) == (4, 0.25, 0.5)
    assert said.log == pytest.approx(-np.log(1e-3) / 4)


def test_a_missing_value_censors_a_goal_that_was_met_as_well() -> None:
    panel = pd.DataFrame({"series": "a", "year": [1, 2, 3, 5, 6], "value": [1, 1, 9, 9, 9]})
    past = tt.backtest_panel(panel, [2.0], origins=[2], horizon=4, models={"never": never})
    assert past.cases[0].met == ((1.0, None, None, None),)


def test_a_goal_reached_exactly_is_met() -> None:
    panel = pd.DataFrame({"series": "a", "year": [1, 2, 3], "value": [3.0, 3.0, 3.3]})
    past = tt.backtest_panel(panel, [1.1], origins=[2], horizon=1, models={"never": never})
    assert 3.0 * 1.1 > 3.3, "as binary fractions"
    assert past.cases[0].met == ((1.0,),)


def test_forecasts_are_those_of_the_annual_mixture() -> None:
    panel = simulated(5)
    gap = panel[~((panel["series"] == "s0002") & (panel["year"] == 2008))]
    many = MixtureForecaster(CALM, month_noise=0.1, draws=4096)
    past = tt.backtest_panel(gap, [1.2], origins=[2010], horizon=3, models={"m": many})
    for case, curves in zip(past.cases, past.forecasts[0].curves, strict=True):
        own = gap[(gap["series"] == case.series) & gap["year"].between(2003, 2010)]
        law = AnnualMixture.over(CALM, list(own["year"]), 3, 0.1)
        logs = np.log(own["value"].to_numpy())[None]
        goal = logs[:, -1:] + np.log(1.2)
        witness = law.attainment(logs, goal, np.random.default_rng(9), 4096)
        np.testing.assert_allclose(np.array(curves), witness[0], atol=0.01)


def test_scores_are_means_over_goals() -> None:
    past = tt.backtest_panel(
        simulated(20), origins=[2008, 2012], horizon=5, models={"m": mixture()}
    )
    met = np.array([case.met for case in past.cases], dtype=float)
    assert np.isnan(met).any()
    (said,) = past.forecasts
    for name, score in {"brier": brier, "crps": attainment_crps, "log": log_score}.items():
        assert getattr(said, name) == pytest.approx(score(np.array(said.curves), met).mean())
    frame = past.to_frame().dropna()
    assert len(frame) == np.isfinite(met).sum()
    cost = ((frame["probability"] - frame["met"]) ** 2).groupby(
        [frame["series"], frame["origin"], frame["multiple"]]
    )
    assert said.brier == pytest.approx(cost.mean().mean())
    assert said.crps == pytest.approx(cost.sum().mean())


def test_the_true_law_is_calibrated_and_beats_another() -> None:
    models = {"true": mixture(), "wild": mixture(WILD), "never": never}
    past = tt.backtest_panel(simulated(600), origins=[2009], horizon=6, models=models)
    table = past.reliability("true")
    assert table.expected_calibration_error < 0.02
    assert sum(r.interval[0] <= r.forecast <= r.interval[1] for r in table.rows) >= 8
    assert past.reliability("wild").expected_calibration_error > 0.05
    for other in ("wild", "never"):
        for score in ("brier", "log", "crps"):
            found = past.compare("true", other, score, cluster="series")
            assert found.interval is not None
            assert found.interval[1] < 0.0
    assert past.compare("true", "wild").interval is None, "one origin is one cluster"


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_neither_order_nor_company_changes_a_series(random) -> None:
    panel = simulated(6)
    names = sorted(set(panel["series"]))
    chosen = panel[panel["series"].isin(random.sample(names, 3))]
    shuffled = chosen.sample(frac=1.0, random_state=random.randrange(99))
    options = {"origins": [2008, 2011], "horizon": 3, "models": {"m": mixture()}}
    every, some = tt.backtest_panel(panel, **options), tt.backtest_panel(shuffled, **options)
    said = dict(zip(every.cases, every.forecasts[0].curves, strict=True))
    for case, curves in zip(some.cases, some.forecasts[0].curves, strict=True):
        np.testing.assert_allclose(curves, said[case], atol=1e-12)


@settings(max_examples=10)
@given(st.floats(1e-3, 1e3))
def test_the_currency_changes_nothing(factor) -> None:
    panel = simulated(4)
    options = {"origins": [2010], "horizon": 3, "models": {"m": mixture()}}
    there = tt.backtest_panel(panel, **options)
    back = tt.backtest_panel(panel.assign(value=factor * panel["value"]), **options)
    assert [case.met for case in there.cases] == [case.met for case in back.cases]
    np.testing.assert_allclose(there.forecasts[0].curves, back.forecasts[0].curves, atol=0.01)


def test_series_that_cannot_be_forecast_are_rows_with_a_reason() -> None:
    panel = pd.concat(
        [
            simulated(1),
            pd.DataFrame({"series": "gone", "year": [2001, 2002], "value": 1.0}),
            pd.DataFrame({"series": "new", "year": [2010, 2011], "value": 1.0}),
        ]
    )
    past = tt.backtest_panel(panel, origins=[2010], models={"m": mixture()})
    assert [(row.series, row.reason) for row in past.failures] == [
        ("gone", "no value in 2010"),
        ("new", "2010 is the only value of the last 8 years"),
    ]
    assert len(past.cases) == 1


def test_the_result_reads_well_and_comes_back() -> None:
    past = tt.backtest_panel(simulated(4), origins=[2008, 2010], horizon=3)
    assert tt.results.PanelBacktest.model_validate_json(past.model_dump_json()) == past
    title, heads, row = str(past).splitlines()
    assert title == "Backtest of 4 series at 2 origins, 2008-2010"
    assert heads.split() == ["model", "goals", "Brier", "log", "CRPS,", "years"]
    assert row.split()[:3] == ["growth", "mixture", "32"]
    with pytest.raises(tt.InputError, match="no model 'other'"):
        past.reliability("other")


def shaped(history: Array, goals: Array, horizon: int, rng: np.random.Generator) -> Array:
    return np.zeros((len(goals), horizon))


def falling(history: Array, goals: Array, horizon: int, rng: np.random.Generator) -> Array:
    return np.linspace(1.0, 0.0, horizon) * np.ones((*goals.shape, 1))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"models": {"it": shaped}}, r"'it' at 2010: it returned the shape \(3, 6\)"),
        ({"models": {"it": falling}}, "'it' at 2010: curve falls with time"),
        ({"models": {}}, "at least one multiple, origin and model"),
        ({"origins": []}, "at least one multiple, origin and model"),
        ({"multiples": []}, "at least one multiple, origin and model"),
        ({"multiples": [0.0]}, "finite and above 0"),
        ({"origins": [1990]}, "1990 is not a year of the panel, 2000 to 2015"),
        ({"origins": [2000]}, "no series has two values"),
        ({"horizon": 0}, "horizon is 0; write a whole number between 1"),
        ({"memory": 1}, "memory is 1; write a whole number between 2"),
    ],
)
def test_what_cannot_be_right_is_refused(options, said) -> None:
    with pytest.raises(tt.InputError, match=said):
        tt.backtest_panel(**{"values": simulated(3), "origins": [2010]} | options)


@pytest.mark.parametrize("where", [("forecasts", 0, "brier"), ("forecasts", 0, "curves", 0, 0, 0)])
def test_a_result_that_was_changed_is_refused(where: tuple[object, ...]) -> None:
    panel = pd.DataFrame({"series": "a", "year": range(10), "value": range(1, 11)})
    past = tt.backtest_panel(panel, [1.1], origins=[5], horizon=3, models={"never": never})
    document = json.loads(past.model_dump_json())
    part = document
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = 0.7
    with pytest.raises(tt.InputError):
        tt.results.PanelBacktest.model_validate_json(json.dumps(document))
