"""Regimes, month patterns: what they refuse, their files, and the tables that ship."""

import csv
from collections import Counter
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from tradetrack.errors import InputError
from tradetrack.models.learning import candidate_regimes
from tradetrack.models.regimes import MonthPattern, Regime, Regimes, Seasonality

ROOT = Path(__file__).resolve().parents[2]
FLAT = MonthPattern((0.0,) * 12, (0.1,) * 12, 0.1, 0.3, 1.0)
WALK = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, 0.04, 0.02)
PASSING = Regime(0.5, 0.2, 0.0, 0.8, 0.5, 0.3, 0.0, 0.01)


@pytest.mark.parametrize(
    "change",
    [
        {"sigma": 0.0},
        {"sigma": np.nan},
        {"level_share": 0.9},
        {"level_share": 1.5, "transitory_share": -0.5},
        {"growth_persistence": 1.0},
        {"transitory_persistence": -0.1},
        {"drift_spread": -1.0},
    ],
)
def test_impossible_regimes_are_refused(change):
    with pytest.raises(InputError):
        Regime(**{name: getattr(WALK, name) for name in Regime.__slots__} | change)


@pytest.mark.parametrize("weights", [(1.0,), (0.5, 0.4), (1.5, -0.5), (np.nan, 1.0)])
def test_weights_must_be_a_distribution(weights):
    with pytest.raises(InputError, match="weight"):
        Regimes((WALK, PASSING), weights)


def test_csv_round_trip_is_exact(tmp_path):
    regimes = candidate_regimes(7, np.random.default_rng(3))
    regimes.to_csv(tmp_path / "table.csv")
    assert Regimes.from_csv(tmp_path / "table.csv") == regimes


def test_csv_with_a_bad_cell_names_the_row(tmp_path):
    Regimes((WALK,), (1.0,)).to_csv(tmp_path / "table.csv")
    text = (tmp_path / "table.csv").read_text()
    (tmp_path / "table.csv").write_text(text.replace("0.04", "much"))
    with pytest.raises(InputError, match="row 2"):
        Regimes.from_csv(tmp_path / "table.csv")


def test_csv_with_other_columns_is_refused(tmp_path):
    (tmp_path / "table.csv").write_text("weight,sigma\n1,2\n")
    with pytest.raises(InputError, match="columns"):
        Regimes.from_csv(tmp_path / "table.csv")


def test_prune_keeps_and_renormalises():
    pruned = Regimes((WALK, PASSING), (0.99, 0.01)).prune(0.05)
    assert pruned == Regimes((WALK,), (1.0,))
    with pytest.raises(InputError, match="no regime"):
        pruned.prune(1.1)


def test_shipped_prior_is_a_small_table():
    shipped = Regimes.shipped()
    assert 10 <= len(shipped) <= 60
    assert sum(shipped.weights) == pytest.approx(1.0)


def by_year():
    with (ROOT / "data/growth_regimes_by_year.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("year", "last_year"), [(2003, 2002), (2005, 2004), (2007, 2004), (2008, 2007), (2030, 2019)]
)
def test_the_prior_of_a_year_is_the_latest_that_was_learned_before_it(year, last_year):
    rows = [row for row in by_year() if row["last_year"] == str(last_year)]
    known = Regimes.known_by(year)
    assert known.weights == pytest.approx([float(row["weight"]) for row in rows])
    assert known.sigma.tolist() == [float(row["sigma"]) for row in rows]


def test_no_prior_is_known_before_the_first():
    with pytest.raises(InputError, match="ask for 2003 or later"):
        Regimes.known_by(2002)


def test_each_prior_by_year_is_a_small_table():
    tables = Counter(row["last_year"] for row in by_year())
    assert list(tables) == ["2002", "2004", "2007", "2010", "2013", "2016", "2019"]
    assert all(10 <= count <= 40 for count in tables.values())


def test_shipped_pattern_is_what_the_flagship_shows():
    pattern = MonthPattern.shipped()
    share = np.exp(pattern.effects) / np.exp(pattern.effects).sum()
    assert 0.87 < 1.0 - share[11] < 0.92  # eleven months of the year
    assert sum(pattern.effects) == pytest.approx(0.0, abs=1e-12)
    assert 0.05 < pattern.noise < 0.3


def test_covariance_keeps_effects_at_zero_sum():
    covariance = MonthPattern.shipped().covariance()
    assert np.linalg.eigvalsh(covariance).min() > -1e-12
    np.testing.assert_allclose(covariance.sum(axis=0), np.zeros(12), atol=1e-15)
    np.testing.assert_allclose(np.diag(FLAT.covariance()), np.full(12, 0.01 * 11 / 12))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, (0.0,) * 11),
        (0, (0.1,) + (0.0,) * 11),
        (1, (-0.1,) * 12),
        (2, float("nan")),
        (3, 1.5),
        (4, -1.0),
    ],
)
def test_impossible_patterns_are_refused(place, value):
    numbers = list(astuple(FLAT))
    numbers[place] = value
    with pytest.raises(InputError):
        MonthPattern(*numbers)


@pytest.mark.parametrize("numbers", [(-0.1, 1.0, 1.0), (0.1, -1.0, 1.0), (0.1, 1.0, float("nan"))])
def test_impossible_seasonalities_are_refused(numbers):
    with pytest.raises(InputError, match=r"seasonality|at least 0"):
        Seasonality(*numbers)


@pytest.mark.parametrize("weights", [(1.0,), (0.7, 0.7), (1.5, -0.5)])
def test_seasonality_weights_are_a_distribution_over_them(weights):
    kinds = (Seasonality(0.1, 1.0, 1.0), Seasonality(0.2, 1.0, 0.0))
    with pytest.raises(InputError, match="seasonalit"):
        MonthPattern((0.0,) * 12, (0.1,) * 12, 0.1, 0.3, 1.0, kinds, weights)


def test_shipped_seasonalities_reach_from_smooth_to_lumpy():
    shipped = MonthPattern.shipped()
    assert sum(shipped.seasonality_weights) == pytest.approx(1.0, abs=1e-12)
    assert min(kind.noise for kind in shipped.seasonalities) < 0.1
    assert max(kind.noise for kind in shipped.seasonalities) > 0.3
    assert {kind.pattern_share for kind in shipped.seasonalities} >= {0.0, 1.0}
