"""Laws that every model obeys, the shipped ones and one of your own: same suite, same ledger."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tracking_strategies import FIRST, level
from tests.tracking_strategies import model as mixture

import tradetrack as tt
from tradetrack.models.paths import LogPaths, Model

EXAMPLE = Path(__file__).parents[2] / "examples" / "10_backtest.py"
TOTALS = dict(
    zip(
        range(2005, 2020),
        (1.1, 1.35, 1.42, 1.87, 1.21, 1.6, 1.95, 2.2, 2.15, 2.4, 2.0, 2.21, 2.74, 3.1, 3.31),
        strict=True,
    )
)
N, LAST_YEAR = 100, 2026


def own_model() -> Model:
    """The model of the example, which ends in a backtest of its own."""
    source = EXAMPLE.read_text(encoding="utf-8").partition("\npast = ")[0]
    spec = importlib.util.spec_from_loader("own_model", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, EXAMPLE, "exec"), module.__dict__)
    made: Model = module.Steps()
    return made


SMALL = {"mixture": mixture(), "n_draws": 20}
MODELS: dict[str, Model] = {
    "mixture": mixture(),
    "ETS": tt.models.EtsModel(**SMALL),
    "ARIMA": tt.models.ArimaModel(**SMALL),
    "unobserved components": tt.models.UnobservedComponentsModel(**SMALL),
    "Theta": tt.models.ThetaModel(mixture=mixture()),
    "random walk": tt.models.RandomWalkModel(**SMALL),
    "walk with drift": tt.models.RandomWalkModel(drift=True, **SMALL),
    "ensemble": tt.models.Ensemble(
        {"mixture": mixture(), "walk": tt.models.RandomWalkModel(**SMALL)},
        {"mixture": 2, "walk": 1},
    ),
    "a model of your own": own_model(),
}
every = pytest.mark.parametrize("name", MODELS)


def ledger(factor: float = 1.0, years: int = 0, *, partly: bool = True) -> tt.Ledger:
    """Exact turnovers of fifteen years, and of nine months of the next."""
    rows = [level(str(year + years), factor * total, "exact") for year, total in TOTALS.items()]
    if partly:
        rows.append(level(f"{2020 + years}-01..{2020 + years}-09", factor * 2.6, "exact"))
    return tt.Ledger(rows)


@cache
def fitted(name: str, factor: float = 1.0, years: int = 0):
    # The model of the example knows calendar years only.
    return MODELS[name].fit(ledger(factor, years, partly=name != "a model of your own"))


@cache
def drawn(name: str, seed: int = 0, n: int = N, factor: float = 1.0, years: int = 0) -> LogPaths:
    return fitted(name, factor, years).draw(LAST_YEAR + years, n, np.random.default_rng(seed))


def curve(paths: LogPaths, amount: float) -> np.ndarray:
    totals = paths.totals("turnover")
    return (np.maximum.accumulate(totals, axis=0) >= amount).mean(axis=1)


@every
def test_paths_have_the_shape_that_was_asked_for(name: str) -> None:
    paths = drawn(name)
    n_months = 12 * len(paths.years)
    assert paths.log_paths.shape == (len(paths.flows), n_months, N)
    assert paths.log_paths.dtype == np.float32
    assert np.isfinite(paths.log_paths).all()
    assert paths.first_month % 12 == 0
    assert paths.years[-1] == LAST_YEAR
    assert paths.first_month <= paths.last_observed < 12 * (LAST_YEAR + 1)
    if paths.cluster_starts is not None:
        assert paths.cluster_starts[0] == 0
        assert (np.diff(paths.cluster_starts) > 0).all()
        assert paths.cluster_starts[-1] < N
    assert drawn(name, n=7).n_paths == 7


@every
def test_the_seed_decides(name: str) -> None:
    again = fitted(name).draw(LAST_YEAR, N, np.random.default_rng(0))
    assert again.log_paths.tobytes() == drawn(name).log_paths.tobytes()
    refitted = MODELS[name].fit(ledger(partly=name != "a model of your own"))
    third = refitted.draw(LAST_YEAR, N, np.random.default_rng(0))
    assert third.log_paths.tobytes() == again.log_paths.tobytes()
    assert drawn(name, seed=1).log_paths.tobytes() != again.log_paths.tobytes()


@every
def test_another_currency_only_moves_the_paths(name: str) -> None:
    moved = drawn(name, factor=1000.0).log_paths - np.log(1000.0)
    np.testing.assert_allclose(moved, drawn(name).log_paths, atol=5e-3)


@every
def test_other_years_change_nothing(name: str) -> None:
    np.testing.assert_allclose(
        drawn(name, years=7).log_paths, drawn(name).log_paths, rtol=0, atol=1e-6
    )


@every
def test_exact_figures_are_honoured(name: str) -> None:
    paths = drawn(name)
    totals = paths.totals("turnover")
    for year, row in zip(paths.years, totals, strict=True):
        if year in TOTALS:
            np.testing.assert_allclose(row, TOTALS[year], rtol=2e-3)
    if name != "a model of your own":
        monthly = paths.monthly("turnover")[2020 - paths.years.start]
        np.testing.assert_allclose(monthly[:9].sum(axis=0), 2.6, rtol=2e-3)
        assert (monthly[9:] > 0).all()


@every
@settings(max_examples=15)
@given(amounts=st.lists(st.floats(0.5, 20.0), min_size=2, max_size=2).map(sorted))
def test_the_chance_rises_with_time_and_falls_with_the_amount(
    name: str, amounts: list[float]
) -> None:
    low, high = (curve(drawn(name), amount) for amount in amounts)
    assert (np.diff(low) >= 0).all()
    assert (low >= high).all()


@every
def test_more_paths_have_the_same_law(name: str) -> None:
    few, many = (drawn(name, n=n).totals("turnover")[-1] for n in (N, 1500))
    spread = np.log(many).std()
    assert abs(np.median(np.log(few)) - np.median(np.log(many))) < 0.6 * spread
    assert 0.6 < np.log(few).std() / spread < 1.6


@every
def test_track_takes_it(name: str) -> None:
    given = ledger(partly=name != "a model of your own")
    tracking = tt.track(
        given,
        tt.Goal(4, by=2025),
        horizon=LAST_YEAR - given.last_month // 12,
        model=MODELS[name],
        n_paths=N,
    )
    (found,) = tracking.attainments
    np.testing.assert_allclose(
        [point.probability for point in found.curve], curve(drawn(name), 4.0), atol=0.021
    )
    assert tt.Tracking.model_validate_json(tracking.model_dump_json()) == tracking


@pytest.mark.parametrize("name", [name for name in MODELS if name != "a model of your own"])
def test_flows_add_up_and_reporters_differ_by_their_effects(name: str) -> None:
    one, other = (level(str(y), 0.6 * TOTALS[y], series=FIRST, reporter=r) for y, r in WHO)
    paths = (
        MODELS[name]
        .fit(ledger().add([one, other]))
        .draw(LAST_YEAR, 60, np.random.default_rng(0), ("UZ stat", "KZ stat"))
    )
    projection = paths
    flows = [projection.totals(flow) for flow in paths.flows]
    assert len(flows) == 2
    np.testing.assert_allclose(sum(flows), projection.totals("turnover"), rtol=1e-5)
    for whose in ("UZ stat", "KZ stat"):
        seen = projection.totals(FIRST.flow, "calendar_year", whose)
        effect = np.exp(paths.effects[whose][paths.flows.index(FIRST.flow)])
        np.testing.assert_allclose(seen, flows[0] * effect, rtol=1e-5)
    at = paths.years.index(2018)
    kazakh = projection.totals(FIRST.flow, "calendar_year", "KZ stat")[at]
    np.testing.assert_allclose(kazakh, 0.6 * TOTALS[2018], rtol=5e-3)


WHO = ((2017, "UZ stat"), (2018, "KZ stat"))
