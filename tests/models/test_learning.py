"""Learning a prior over regimes from a panel of other series."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tradetrack.errors import FitError, InputError
from tradetrack.models import learning
from tradetrack.models.learning import (
    candidate_regimes,
    cut_windows,
    learn_regimes,
    predictive_log_score,
    weigh_regimes,
)
from tradetrack.models.regimes import Regime, Regimes

WALK = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, 0.04, 0.02)


def panel_of(sigma, drift, series=60, seed=0):
    rng = np.random.default_rng(seed)
    logs = rng.normal(drift, sigma, (series, 30)).cumsum(axis=1)
    frame = pd.DataFrame(np.exp(logs), columns=range(1990, 2020)).rename_axis(index="series")
    return (
        frame.reset_index()
        .melt("series", var_name="year", value_name="value")
        .astype({"year": int})
    )


def test_a_series_weighs_as_many_separate_futures_as_it_has_and_each_year_the_same():
    panel = panel_of(0.2, 0.0, series=3)
    windows = cut_windows(panel[(panel["series"] != 0) | (panel["year"] < 2001)], 6)[0]
    assert windows.history.shape == (1 + 2 * 20, 5)  # 11 years and twice 30
    separate = 25 / 6 / 20  # of one window of the long series; the short one has one window
    first_year = 1 + 2 * separate
    assert windows.importance[[0, 1, 21]] == pytest.approx(
        [1 / first_year, separate / first_year, separate / first_year]
    )
    assert windows.importance[2:21] == pytest.approx(0.5)
    assert windows.importance.sum() == pytest.approx(20)


def test_windows_respect_years_and_levels():
    panel = panel_of(0.2, 0.0, series=5).assign(value=lambda rows: rows["year"].astype(float))
    for windows in cut_windows(panel, 4, since=2005, last_year=2015, min_level=2006.5)[:-1]:
        origins = np.exp(windows.history[:, -1]).round()
        assert origins.min() == 2007
        assert origins.max() == 2011
        assert np.exp(windows.future).max() == pytest.approx(2015)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p.drop(columns="year"), "columns"),
        (lambda p: p.assign(value=0.0), "above 0"),
        (lambda p: pd.concat([p, p]), "two rows"),
        (lambda p: p[p["year"] < 1995], "years in a row"),
        (lambda p: p[p["year"] < 1900], "no row"),
    ],
)
def test_panels_that_cannot_teach_are_refused(change, words):
    with pytest.raises(InputError, match=words):
        learn_regimes(change(panel_of(0.2, 0.0, series=3)))


def test_learning_recovers_the_kind_of_series_and_beats_equal_weights():
    candidates = candidate_regimes(30, np.random.default_rng(1))
    learned = learn_regimes(panel_of(0.1, 0.05, series=6), month_noise=0.0, candidates=candidates)
    unseen = panel_of(0.1, 0.05, series=6, seed=1)
    scores = [predictive_log_score(r, unseen, month_noise=0.0) for r in (learned, candidates)]
    assert scores[0] > scores[1]
    assert learned.sigma[0] < 0.25  # of the heaviest regime
    assert learned == learn_regimes(
        panel_of(0.1, 0.05, series=6), month_noise=0.0, candidates=candidates
    )


def test_the_density_weight_buys_density_and_defaults_to_that_of_learning():
    candidates, panel = candidate_regimes(30, np.random.default_rng(1)), panel_of(0.1, 0.05, 6)
    windows = cut_windows(panel, 6)
    learned = [
        weigh_regimes(candidates, windows, month_noise=0.0, density_weight=weight)
        for weight in (0.0, 0.1, 20.0)
    ]
    none, default, much = (predictive_log_score(r, panel, month_noise=0.0) for r in learned)
    assert none < default < much
    assert learned[1] == learn_regimes(panel, month_noise=0.0, candidates=candidates)


@pytest.mark.parametrize("weight", [-0.1, np.inf, np.nan])
def test_impossible_density_weights_are_refused(weight):
    with pytest.raises(InputError, match="density_weight"):
        weigh_regimes(Regimes((WALK,), (1.0,)), (), density_weight=weight)


def test_an_optimiser_that_stops_on_the_way_is_an_error(monkeypatch):
    monkeypatch.setattr(learning, "_ITERATIONS", 1)
    candidates = candidate_regimes(30, np.random.default_rng(1))
    with pytest.raises(FitError, match=r"no maximum in 1 iterations .*fewer candidates"):
        weigh_regimes(candidates, cut_windows(panel_of(0.1, 0.05, 6), 6))


def test_any_frame_and_numbers_as_text_teach_the_same():
    panel = panel_of(0.2, 0.0, series=6)
    few = candidate_regimes(10, np.random.default_rng(1))
    learned = learn_regimes(panel, candidates=few)
    text = panel.astype({"year": str, "value": str})
    for frame in (pl.from_pandas(panel), pa.Table.from_pandas(panel), text, pl.from_pandas(text)):
        assert learn_regimes(frame, candidates=few) == learned
    for column, cell, says in (
        ("year", pd.Timestamp("2000-01-01"), "'2000-01-01 00:00:00' in the column year"),
        ("year", "2000.5", "'2000.5' in the column year of the panel is no year"),
        ("value", "4_2", "finite and above 0"),
        ("value", None, "finite and above 0"),
    ):
        wrong = panel.astype({column: object})
        wrong.loc[0, column] = cell
        with pytest.raises(InputError, match=says):
            learn_regimes(wrong, candidates=few)
    with pytest.raises(InputError, match="the panel is a list; pass a pandas, polars or pyarrow"):
        learn_regimes([1], candidates=few)
