"""Arguments of a wrong kind: every public function answers, or refuses them in our own words."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import tradetrack as tt
from tradetrack.articles.rules import by_rules

mpl.use("Agg")

GOAL = tt.Goal(10, by=2030)
WRONG: tuple[object, ...] = (
    None,
    True,
    3.5,
    10**30,
    pd.NaT,
    "no such thing",
    [None],
    {1: None},
    np.zeros(2),
    object(),
    GOAL,
    tt.Ledger(),
)


@cache
def ledger() -> tt.Ledger:
    return tt.datasets.kazakhstan_uzbekistan().select(reporter="UZ stat", flow="turnover")


@cache
def found() -> tt.Tracking:
    return tt.track(ledger(), GOAL, n_paths=20)


@cache
def past() -> tt.results.Backtest:
    return tt.backtest(ledger(), tt.Goal(4), "2020-12", n_paths=20)


def panel() -> pd.DataFrame:
    return pd.DataFrame({"series": "a", "year": range(2010, 2020), "value": range(10, 20)})


def calls(folder: Path) -> dict[Callable[..., Any], dict[str, Any]]:
    """A call that works, of every public function that takes more than a file."""
    written = folder / "ledger.csv"
    tt.write_csv(ledger(), written)
    few: dict[str, Any] = {"n_paths": 20, "seed": 0}
    asked = {"ledger": ledger(), "goals": GOAL, "as_of": None, "model": None, **few}
    goals = pd.DataFrame({"series": ["a"], "amount": [25.0], "deadline": [2021]})
    curve, met = [[0.1, 0.4], [0.2, 0.9]], [[0.0, 1.0], [0.0, 1.0]]
    read = {"text": "Kenyan exports to Uganda rose by 8% in 2023.", "published": "2024-02"}
    rate = {"currency": "kzt", "window": "1990-01..2026-12", "rate": "400"}
    rates = tt.Rates(
        rows=[rate | {"window": str(window)} for window in {w for r in ledger() for w in r.windows}]
    )
    by = tt.by_reporter(ledger(), GOAL, n_paths=20)
    page = {"tracking": found(), "ledger": ledger(), "whose": by, "news": None, "title": ""}
    page |= {"history": None, "scenarios": {"as it is": found()}, "required": ()}
    return {
        tt.track: asked | {"horizon": 10},
        tt.simulate: asked | {"horizon": 10},
        tt.by_reporter: asked | {"horizon": 10},
        tt.required_growth: {
            **{name: value for name, value in asked.items() if name != "goals"},
            "goal": GOAL,
            "probability": 0.5,
        },
        tt.news: {"ledger": ledger(), "goals": GOAL, "since": "2025-10-31", "as_of": None}
        | {"horizon": 10, "model": None, **few},
        tt.history: {"ledger": ledger(), "goals": GOAL, "dates": ["2024-12", "2025-10"]}
        | {"horizon": 10, "model": None, **few},
        partial(tt.sensitivity, goals=GOAL, documents=False, n_paths=20): {"ledger": ledger()}
        | {"model": None, "alternatives": {"walk": tt.models.RandomWalkModel()}, "seed": 0},
        tt.resolve: {
            "ledger": ledger(),
            "goal": tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ")),
        },
        tt.audit: {"ledger": ledger()},
        tt.backtest: {**few, "ledger": ledger(), "goals": tt.Goal(4), "origins": "2020-12"}
        | {"models": None, "last_year": 2022},
        tt.backtest_panel: {"values": panel(), "multiples": (1.1,), "origins": [2016]}
        | {"horizon": 2, "models": None, "memory": 20, "seed": 0},
        tt.track_many: {**few, "ledgers": {"a": ledger()}, "goals": GOAL, "as_of": None}
        | {"horizon": 10, "model": None, "executor": None, "progress": False},
        tt.track_panel: {**few, "values": panel(), "goals": goals, "horizon": 3, "model": None}
        | {"executor": None, "progress": False, "sink": None},
        tt.official_statuses: {"values": {2015: 1.0, 2024: 3.0}, "amount": 5.0, "by": 2030}
        | {"announced": 2016, "direction": "increase"},
        tt.read_article: read,
        tt.report_html: page,
        tt.write_report: page | {"path": folder / "page.html"},
        tt.write_csv: {"ledger": ledger(), "path": folder / "again.csv"},
        tt.write_json: {"ledger": ledger(), "path": folder / "again.json"},
        tt.read_frame: {"frame": pd.read_csv(written)},
        tt.read_csv: {"source": written},
        tt.parse_csv: {"source": written},
        tt.plots.plot_attainment: {"tracking": found(), "legend": True, "ax": None},
        tt.plots.plot_fan: {"tracking": found(), "ledger": ledger()},
        tt.plots.plot_figures: {"found": by, "ax": None},
        tt.plots.plot_scenarios: {"trackings": {"a": found(), "b": found()}},
        tt.plots.plot_reliability: {"reliability": past().reliability("growth mixture")},
        tt.scoring.reliability: {"curve": curve, "met": met, "bins": 2, "groups": None},
        tt.scoring.paired_difference: {"first": [0.2, 0.3], "second": [0.3, 0.3], "level": 0.95},
        tt.scoring.brier: {"curve": curve, "met": met},
        tt.scoring.fit_ensemble: {"ledger": ledger(), "goals": tt.Goal(4), "origins": "2023-12"}
        | {"models": {"walk": tt.models.RandomWalkModel()}, "score": "brier", "kappa": 10.0}
        | {"n_paths": 20},
        tt.scenarios.Scenario: {"assumptions": [tt.scenarios.Pace(tt.Window("2025-07..2025-09"))]}
        | {"model": tt.GrowthMixture()},
        tt.scenarios.GrowthPath: {"growth": 0.1},
        tt.scenarios.Shock: {"year": 2027, "change": -0.2, "recovers": 0.5},
        tt.Goal: {"amount": 10, "by": 2030, "window": "calendar_year", "series": None}
        | {"reporter": "UZ stat", "name": ""},
        tt.Series: {"pair": "KZ-UZ", "flow": "turnover"},
        tt.Window.parse: {"text": "2024"},
        tt.Window.calendar_year: {"year": 2024},
        tt.Figure.of: {"value": "3.5", "unit": "usd_bn", "precision": None},
        ledger().as_of: {"date": "2024-01"},
        ledger().select: {"pair": "KZ-UZ", "currency": "usd", "window": None},
        ledger().converted: {"rates": rates, "to": "kzt_bn"},
        rates.per: {"currency": "kzt", "other": "usd", "window": None},
        rates.latest: {"currency": "kzt", "other": "usd"},
        tt.Rates.from_frame: {"frame": pd.DataFrame([rate])},
        found().totals: {"window": "calendar_year", "series": None, "reporter": None},
        found()[0].value_reached_with: {"probability": 0.5, "year": 2030},
        found()[0].probability_by: {"year": 2030},
        found()[0].interval: {"level": 0.8},
        tt.scoring.diagnose: {"fitted": tt.models.RandomWalkModel().fit(ledger())},
        **of_values(),
        **of_models(folder),
        **of_scores(),
    }


def of_values() -> dict[Callable[..., Any], dict[str, Any]]:
    """Calls that make values, or ask them something."""
    year, figure = tt.Window("2024"), tt.Figure.of("3", "usd_bn")
    article = tt.read_article(
        "Kenya sold US$ 700 million of goods to Uganda in 2023.", published="2024-02"
    )
    corrections = {"value": "701", "unit": None, "window": None, "base": None, "flow": None}
    return {
        tt.Ledger: {"observations": list(ledger())},
        tt.Ledger.from_json: {"text": ledger().to_json()},
        tt.Ledger().add: {"observations": list(ledger())},
        article.observations: {"accept": "all", "series": None, "reporter": "KEN stat"},
        article.goals: {"accept": (), "series": None},
        article.corrected: {"index": 0, "note": "", **corrections},
        tt.read_article: {"text": article.text, "published": "2024-02", "reporter": None}
        | {"pair": None, "reader": by_rules},
        tt.amounts.read_amount: {"text": "2x 2023"},
        tt.amounts.Multiple: {"factor": 2.0, "base": year},
        tt.amounts.Increase: {"value": 1.0, "base": year, "unit": ""},
        tt.Goal: {
            "amount": 10,
            "by": 2030,
            "sustained": 1,
            "announced": "2024",
            "bound": "at_most",
        },
        GOAL.windows: {"first": 24000, "last": 24100},
        tt.datasets.goals: {"name": "kazakhstan_uzbekistan"},
        tt.Window.month: {"year": 2024, "month": 3},
        year.shift: {"years": 1},
        year.covers: {"other": year},
        figure.log_interval: {"unit": None},
        figure.amount_law: {"unit": "usd_bn"},
        tt.scenarios.GivenTotal: {"year": 2027, "total": 6.0, "flow": "turnover"},
    }


def of_models(folder: Path) -> dict[Callable[..., Any], dict[str, Any]]:
    """Calls that make models, or ask them something."""
    models, regimes = tt.models, tt.models.Regimes.shipped()
    fitted, rng = tt.GrowthMixture().fit(ledger()), np.random.default_rng(0)
    annual = models.AnnualMixture.over(regimes, range(2015, 2020), 3)
    zeros = np.zeros(5)
    regimes.to_csv(folder / "regimes.csv")
    return {
        tt.GrowthMixture: {"regimes": regimes, "pattern": models.MonthPattern.shipped()}
        | {"reporting": models.Reporting(), "memory": 8, "misprints": None},
        tt.GrowthMixture().fit: {"ledger": ledger()},
        fitted.draw: {"last_year": 2030, "n_paths": 20, "rng": rng, "reporters": ()},
        models.Ensemble: {"models": {"a": tt.GrowthMixture()}, "weights": {"a": 1.0}},
        models.MisprintPrior: {"revision": 0.1, "misprint_spread": 1.5},
        models.Reporting: {"noise": 0.01},
        models.Seasonality: {"noise": 0.1, "effect_scale": 1.0, "pattern_share": 0.5},
        models.Regimes: {"regimes": regimes.regimes[:1], "weights": (1.0,)},
        models.Regimes.from_table: {"table": regimes.table(), "weights": regimes.weights},
        models.Regimes.from_csv: {"path": folder / "regimes.csv"},
        models.Regimes.known_by: {"year": 2010},
        regimes.prune: {"threshold": 0.01},
        models.AnnualMixture.over: {"regimes": regimes, "years": range(2015, 2020), "horizon": 3}
        | {"month_noise": 0.1},
        annual.log_likelihood: {"log_history": zeros},
        annual.log_predictive: {"log_history": zeros, "log_future": zeros[:3]},
        annual.quantiles: {"log_history": zeros, "levels": [0.1, 0.5]},
        models.LogPaths: {"first_month": 0, "last_observed": 11, "flows": ("a",), "effects": {}}
        | {"log_paths": np.zeros((1, 24, 2), np.float32)},
    }


def of_scores() -> dict[Callable[..., Any], dict[str, Any]]:
    """Calls that score, or read what others have made."""
    curve, met = [[0.1, 0.4], [0.2, 0.9]], [[0.0, 1.0], [0.0, 1.0]]
    sdmx = {
        "COUNTRY": "BRA",
        "INDICATOR": "MG_CIF_USD",
        "COUNTERPART_COUNTRY": "CHN",
        "FREQUENCY": "M",
        "TIME_PERIOD": "2024-M01",
        "OBS_VALUE": "5000000000",
    }
    return {
        tt.scoring.log_score: {"curve": curve, "met": met},
        tt.scoring.attainment_crps: {"curve": curve, "met": met},
        tt.scoring.crps_sample: {"samples": curve, "observed": [1.0, 2.0]},
        tt.scoring.probability_transform: {"samples": curve, "observed": [1.0, 2.0]},
        tt.scoring.interval_score: {"low": 1.0, "high": 2.0, "observed": 1.5, "level": 0.8},
        tt.scoring.pool_weights: {"curves": [curve, curve], "met": met},
        tt.sources.from_sdmx: {"message_or_frame": pd.DataFrame([sdmx]), "published": "2024-04"},
        tt.WideTable: {"rows": {"Exports": {"pair": "KZ-UZ"}}, "labels": "", "windows": {}},
    }


FLAGS = ("documents", "legend", "progress")  # anything has a truth value


def failures(call: Callable[..., Any], fields: dict[str, Any]) -> list[str]:
    """Say what came of wrong arguments, but for answers and errors of our own."""
    found = []
    for name in fields.keys() - set(FLAGS):
        for wrong in WRONG:
            try:
                call(**fields | {name: wrong})
            except tt.TradetrackError:
                pass
            except Exception as error:
                found.append(f"{call}({name}={wrong!r}): {type(error).__name__}: {error}")
    plt.close("all")
    return found


@pytest.mark.filterwarnings("error")
def test_a_wrong_kind_is_refused_in_our_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a path of a wrong kind may still be one
    for call, fields in calls(tmp_path).items():
        call(**fields)
        assert failures(call, fields) == []


def test_numbers_of_numpy_are_numbers() -> None:
    ten: Any = np.float32(10)
    year: Any = np.int64(2030)
    few: Any = np.int16(20)
    seed: Any = np.uint8(0)
    goal = tt.Goal(ten, by=year)
    assert goal == GOAL
    assert tt.track(ledger(), goal, n_paths=few, seed=seed) == found()


@pytest.mark.parametrize("value", [True, 10**30, 0, None, 2.0])
def test_a_number_of_paths_that_is_none_says_what_to_write(value: object) -> None:
    with pytest.raises(
        tt.InputError, match=r"n_paths is .*; write a whole number between 1 and 1,"
    ):
        tt.track(ledger(), GOAL, n_paths=value)  # type: ignore[arg-type]
