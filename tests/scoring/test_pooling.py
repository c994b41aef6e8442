"""Weights of a pool: the best mixture of past forecasts, moved towards equal ones."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tracking_strategies import level

import tradetrack as tt
from tradetrack.models.paths import LogPaths
from tradetrack.scoring.scores import brier
from tradetrack.scoring.stacking import _Past, _weigh, pool_weights

TOTALS = {2012: 1.0, 2013: 1.2, 2014: 1.5, 2015: 1.4, 2016: 1.8, 2017: 2.1, 2018: 2.0, 2019: 2.6}
LEDGER = tt.Ledger(
    level(str(year), total, "exact", published=f"{year + 1}-02") for year, total in TOTALS.items()
)
ORIGINS = ["2014-12", "2015-12", "2016-12", "2017-12"]


@dataclass(frozen=True)
class Coin:
    """Says that every year ahead reaches 2.05 with one probability."""

    chance: float
    fails_before: int = 0

    def fit(self, ledger: tt.Ledger) -> "Coin":
        if ledger.current.last_month // 12 < self.fails_before:
            raise tt.errors.FitError("too early; wait")
        return self

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        high = np.arange(n_paths) < self.chance * n_paths
        paths = np.log(np.where(high, 3.0, 1.0) / 12) * np.ones((1, 12 * (last_year - 2009), 1))
        paths[:, :48] = np.log(1e-6)
        return LogPaths(12 * 2010, 12 * 2010, ("turnover",), paths.astype(np.float32))


def run(score="brier", kappa=0.0, goals=2.05, **models: Coin) -> tt.results.EnsembleWeights:
    return tt.scoring.fit_ensemble(
        LEDGER, tt.Goal(goals), ORIGINS, models, score=score, kappa=kappa, n_paths=100
    )


def test_the_pool_of_two_constants_says_how_often_it_happened() -> None:
    """With each forecast weighing the same, the best constant is the mean outcome."""
    found = run(low=Coin(0.0), high=Coin(1.0))
    past = tt.backtest(LEDGER, tt.Goal(2.05), ORIGINS, models={"high": Coin(1.0)}, n_paths=100)
    share = np.mean([np.mean(row.met) for row in past.forecasts])
    assert found.weights["high"] == pytest.approx(share, abs=1e-5)
    assert found.pool == pytest.approx(share * (1 - share), abs=1e-6)
    by_name = {row.model: row.score for row in found.members}
    assert by_name == pytest.approx({"low": share, "high": 1 - share}, abs=1e-9)


def test_a_log_pool_is_found_by_em_too() -> None:
    models = {"a": Coin(0.2), "b": Coin(0.9), "c": Coin(0.4)}
    past = tt.backtest(LEDGER, tt.Goal(2.05), ORIGINS, models=models, n_paths=100)
    # A constant curve jumps at once: its masses are p in the first year, 0 after, 1 - p never.
    mass = np.array(
        [
            [
                max(row.curve[0] if row.met[0] else 1e-3, 1e-3)
                for row in past.forecasts
                if row.model == name
            ]
            for name in models
        ]
    )
    weights = np.full(3, 1 / 3)
    for _ in range(5000):
        share = weights[:, None] * mass
        weights = (share / share.sum(axis=0)).mean(axis=1)
    found = run("log", **models)
    witness = -np.log(weights @ mass).mean()
    assert found.pool <= witness + 1e-6
    assert found.pool == pytest.approx(witness, abs=1e-3)


def past_of(curves: np.ndarray, met: np.ndarray, origins: np.ndarray) -> _Past:
    years = origins[:, None] + np.arange(1, met.shape[1] + 1)
    return _Past(curves, met, years.astype(float), origins.astype(float), origins.astype(float))


@st.composite
def pasts(draw: st.DrawFn) -> _Past:
    m, n, k = draw(st.integers(1, 4)), draw(st.integers(1, 8)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    curves = np.sort(random.random((m, n, k)), axis=2)
    met = (np.arange(k) >= random.integers(0, k + 1, n)[:, None]).astype(float)
    return past_of(curves, met, 2000 + np.sort(random.integers(0, 5, n)))


@settings(max_examples=25)
@given(pasts(), st.sampled_from(("brier", "log")), st.floats(0.0, 50.0))
def test_the_pool_is_at_least_as_good_as_its_best_member(past, score, kappa) -> None:
    m = len(past.curves)
    corners = [past.scores(corner, score).mean() for corner in np.eye(m)]
    equal = past.scores(np.full(m, 1 / m), score).mean()
    sharp, moved = (past.best(score, k) for k in (0.0, kappa))
    best = past.scores(sharp, score).mean()
    assert best <= min(*corners, equal) + 1e-9
    step = kappa / (kappa + len(np.unique(past.origin)))
    assert past.scores(moved, score).mean() <= (1 - step) * best + step * equal + 1e-9
    for weights in (sharp, moved):
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1.0)
    assert (moved >= step / m - 1e-9).all()


def test_kappa_is_the_number_of_origins_that_go_half_of_the_way() -> None:
    models = {"low": Coin(0.0), "high": Coin(1.0)}
    sharp, half = run(kappa=0.0, **models), run(kappa=4.0, **models)
    assert half.weights["high"] == pytest.approx(0.5 * (sharp.weights["high"] + 0.5), abs=1e-9)


def test_weights_as_of_an_origin_know_only_what_was_known_then() -> None:
    """The goal was met in 2017. Before, nothing had ever happened, and all weight is on never."""
    origins = np.array([2013, 2014, 2015, 2016])
    met = (origins[:, None] + np.arange(1, 4) >= 2017).astype(float)
    curves = np.stack([np.zeros_like(met), np.ones_like(met)])
    past = past_of(curves, met, origins)
    for i in range(1, 4):
        known = past.known_at(i)
        assert known is not None
        assert known.origin.max() < past.origin[i]
        assert np.nanmax(np.where(np.isfinite(known.met), known.years, -1)) <= past.complete[i]
        np.testing.assert_allclose(known.best("brier", 0.0), [1.0, 0.0], atol=1e-6)
    assert past.known_at(0) is None
    found = _weigh(past, ["never", "ever"], "brier", 0.0)
    assert found.later_pool == pytest.approx(brier(curves[0], met)[1:].mean(), abs=1e-6)
    assert found.later_equal == pytest.approx(0.25)
    assert found.pool < found.later_pool


def test_only_forecasts_that_every_model_made_count() -> None:
    found = run(steady=Coin(0.5), late=Coin(1.0, fails_before=2015))
    assert (found.origins, found.forecasts) == (2, 2)
    with pytest.raises(
        tt.InputError, match=r"that every model made; .* \(late: too early; wait; late"
    ):
        run(steady=Coin(0.5), late=Coin(1.0, fails_before=2030))


def test_one_origin_has_no_later_ones() -> None:
    models = {"low": Coin(0.1), "high": Coin(0.9)}
    found = tt.scoring.fit_ensemble(LEDGER, tt.Goal(2.05), "2015-12", models, n_paths=50)
    assert found.later_pool is None
    assert [row.later_score for row in found.members] == [None, None]
    assert str(found).splitlines()[2].split()[-1] == "-"


def test_it_reads_well_comes_back_and_makes_the_pool() -> None:
    models = {"low": Coin(0.1), "high": Coin(0.9)}
    found = run(kappa=10.0, **models)
    assert tt.results.EnsembleWeights.model_validate_json(found.model_dump_json()) == found
    frame = found.to_frame().set_index("model")
    assert frame["weight"].to_dict() == found.weights
    assert frame.columns.tolist() == ["weight", "score", "later_score"]
    title, heads, *rows = str(found).splitlines()
    assert title == "Pool fitted on 4 forecasts at 4 origins"
    assert heads.split() == [
        "model",
        "weight",
        "brier,",
        "fitted",
        "on",
        "as",
        "of",
        "each",
        "origin",
    ]
    assert [row.split()[0] for row in rows] == ["low", "high", "pool", "equal"]
    assert found.pooled(models).weights == found.weights


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"score": "crps"}, "score is 'crps'; choose brier or log"),
        ({"kappa": -1.0}, "kappa is -1.0; give a number of at least 0"),
        ({"kappa": np.inf}, "kappa is inf"),
    ],
)
def test_what_cannot_be_right_is_refused(options, said) -> None:
    with pytest.raises(tt.InputError, match=said):
        run(low=Coin(0.1), **options)


def test_weights_of_arrays_are_the_best_on_a_grid_and_a_group_counts_once() -> None:
    """A grid over two weights is the witness; five goals of two origins are two origins."""
    random = np.random.default_rng(3)
    curves = np.sort(random.random((2, 5, 3)), axis=2)
    met = np.array([[0, 0, 1], [0, 1, np.nan], [0, 0, 0], [1, 1, 1], [np.nan, 0, 1]])
    grid = np.linspace(0.0, 1.0, 10_001)
    mean = [brier(w * curves[0] + (1 - w) * curves[1], met).mean() for w in grid]
    sharp = pool_weights(curves, met, kappa=0.0)
    assert 0.01 < sharp[0] < 0.99
    assert sharp[0] == pytest.approx(grid[np.argmin(mean)], abs=2e-4)
    grouped = pool_weights(curves, met, groups=[1, 1, 1, 2, 2], kappa=2.0)
    np.testing.assert_allclose(grouped, 0.5 * (sharp + 0.5))
    np.testing.assert_allclose(
        pool_weights(curves, met, kappa=5.0), pool_weights(curves, met, groups=range(5), kappa=5.0)
    )


@pytest.mark.parametrize(
    ("curves", "met", "groups", "said"),
    [
        ([[0.5]], [[1.0]], None, "give curves"),
        ([[[0.5]]], [[1.0], [0.0]], None, "give curves"),
        ([[[0.5]]], [[1.0]], [1, 2], "give curves"),
        ([[[0.5]]], [[np.nan]], None, "no step is known"),
        (np.zeros((2, 0, 1)), np.zeros((0, 1)), None, "there must be others"),
        ([[[1.5]]], [[1.0]], None, "no probability"),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(curves, met, groups, said) -> None:
    with pytest.raises(tt.InputError, match=said):
        pool_weights(curves, met, groups=groups)
