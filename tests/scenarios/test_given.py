"""A given total: against the Brownian bridge, a mixture of two, and the model given the figure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from tests.scenarios.stub import any_paths, made, rng, steady, totals, walks
from tests.tracking_strategies import FIRST, level, model

from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths
from tradetrack.scenarios.given import GivenTotal

SPREAD, N = 0.2, 6000


@pytest.mark.parametrize("log_total", [0.0, 0.3, -0.7])
def test_a_random_walk_becomes_a_bridge(log_total: float) -> None:
    """Observed to 2021, given 2025: mean ``(j/4) T`` and variance ``j (4-j)/4`` steps before it."""
    paths = walks(N, 8, SPREAD)
    bridge = GivenTotal(2025, np.exp(log_total)).impose(paths, rng())
    logs = np.log(totals(bridge))
    for j in (1, 2, 3, 4):
        assert logs[1 + j].mean() == pytest.approx(log_total * j / 4, abs=0.03)
        assert logs[1 + j].std() == pytest.approx(SPREAD * np.sqrt(j * (4 - j) / 4), abs=0.02)
    for j in (1, 2):  # after it, the walk goes on from there
        assert logs[5 + j].mean() == pytest.approx(log_total, abs=0.03)
        assert logs[5 + j].std() == pytest.approx(SPREAD * np.sqrt(j), rel=0.08)
    assert np.corrcoef(logs[2], logs[4])[0, 1] == pytest.approx(1 / 3, abs=0.06)


@pytest.mark.parametrize("log_total", [0.05, 0.8])
def test_a_total_says_which_regime_is_likely(log_total: float) -> None:
    """Half of the walks are calm and half are wild: Bayes' rule gives the weights."""
    spreads = np.array([0.1, 0.4])
    paths = made(
        np.concatenate([walks(N, 6, s, seed=7).log_paths for s in spreads], axis=2).reshape(
            1, 6, 12, -1
        )[:, :, 0]
        + np.log(12)
    )
    logs = np.log(totals(GivenTotal(2023, np.exp(log_total)).impose(paths, rng())))
    weights = norm.pdf(log_total, scale=spreads * np.sqrt(2))
    weights /= weights.sum()
    before = weights @ spreads**2 / 2  # each regime's bridge has the same mean
    after = weights @ spreads**2
    assert logs[2].mean() == pytest.approx(log_total / 2, abs=0.02)
    assert logs[2].std() == pytest.approx(np.sqrt(before), rel=0.12)
    assert logs[4].std() == pytest.approx(np.sqrt(after), rel=0.12)


@pytest.mark.parametrize("total", [3.0, 4.5, 9.0])
def test_it_agrees_with_the_model_that_is_given_the_figure(total: float) -> None:
    """An exact figure of a year to come, put into the ledger, is an exact conditioning."""
    rows = [level("2018", "2.4"), level("2019", "2.9"), level("2020", "3.0"), level("2021", "3.3")]
    mixture = model(reporter_spread=0.0, reporter_year_spread=0.0)
    exact = mixture.fit(Ledger([*rows, level("2025", total)])).draw(2028, 4000, rng())
    drawn = mixture.fit(Ledger(rows)).draw(2028, 8000, rng())
    taken = GivenTotal(2025, total).impose(drawn, rng())
    one, other = (np.log(totals(paths)) for paths in (taken, exact))
    np.testing.assert_allclose(one[7], np.log(total), atol=1e-4)
    off = one.mean(axis=1) - other.mean(axis=1), one.std(axis=1) - other.std(axis=1)
    assert np.sqrt(np.square(off).mean(axis=1)).max() < 0.035  # the paths spread by 0.1 to 0.6


@settings(max_examples=25)
@given(any_paths(), st.floats(0.1, 0.9), st.integers(2023, 2024), st.booleans())
def test_every_path_has_the_total_and_what_was_observed_stays(
    paths: LogPaths, quantile: float, year: int, one_flow: bool
) -> None:
    flow = paths.flows[0] if one_flow else "turnover"
    total = float(np.quantile(totals(paths, flow)[year - 2020], quantile))
    taken = GivenTotal(year, total, flow=flow).impose(paths, rng())
    np.testing.assert_allclose(totals(taken, flow)[year - 2020], total, rtol=3e-5)
    n = paths.last_observed - paths.first_month + 1
    seen, had = (p.log_paths[:, :n].reshape(-1, paths.n_paths).T for p in (taken, paths))
    assert {row.tobytes() for row in seen} <= {row.tobytes() for row in had}
    assert taken.n_paths == paths.n_paths


@pytest.mark.parametrize("flow", ["turnover", FIRST.flow])
def test_the_other_flow_answers(flow: str) -> None:
    """Correlated flows: what is known of one, or of their sum, moves the other."""
    paths = walks(3000, 5, SPREAD, n_flows=2)
    both = paths.log_paths.copy()
    both[1] = 0.8 * both[0] + 0.6 * both[1]
    paths = made(both.reshape(2, 5, 12, -1)[:, :, 0] + np.log(12))
    total = float(np.quantile(totals(paths, flow)[3], 0.9))
    taken = GivenTotal(2023, total, flow=flow).impose(paths, rng())
    moved = np.log(totals(taken, taken.flows[1])[3])
    if flow == FIRST.flow:
        assert moved.mean() == pytest.approx(0.8 * np.log(total) - 0.4 * np.log(12), abs=0.03)
        assert moved.std() == pytest.approx(0.6 * SPREAD * np.sqrt(2), abs=0.03)
    assert moved.mean() > np.log(totals(paths, paths.flows[1])[3]).mean() + 0.1


def test_copies_and_paths_of_one_history_are_one_run() -> None:
    rows = [level("2020", "3.0"), level("2021", "3.4"), level("2021", "3.2", reporter="KZ stat")]
    fitted = model().fit(Ledger(rows))
    drawn = fitted.draw(2026, 300, rng(), ("UZ stat",))
    taken = GivenTotal(2025, 4.5).impose(drawn, rng())
    history = taken.log_paths[0, :24].T
    changes = np.flatnonzero((np.diff(history, axis=0) != 0).any(axis=1)) + 1
    assert taken.cluster_starts is not None
    np.testing.assert_array_equal(taken.cluster_starts, [0, *changes])
    assert len(taken.cluster_starts) <= 150
    own = dict(
        zip(map(bytes, drawn.log_paths[0, :24].T), drawn.effects["UZ stat"][0][:2].T, strict=True)
    )
    pairs = zip(map(bytes, history), taken.effects["UZ stat"][0][:2].T, strict=True)
    assert all((own[past] == effect).all() for past, effect in pairs)


def test_a_total_that_is_certain_anyhow_changes_nothing() -> None:
    paths = steady(1, 1, 2, 3, n_paths=12)
    assert GivenTotal(2023, 3.0).impose(paths, rng()) is paths


@pytest.mark.parametrize("total", [0, -1, float("inf"), float("nan")])
def test_impossible_totals(total: float) -> None:
    with pytest.raises(ValueError, match=r"is not a (positive|finite) number"):
        GivenTotal(2025, total)


@pytest.mark.parametrize(
    ("assumption", "message"),
    [
        (GivenTotal(2021, 1), "turnover is 1 in 2021: 2021-01 to 2021-12 have been observed"),
        (GivenTotal(2040, 1), r"the horizon ends in 2025; call track\(..., horizon=18\)"),
        (GivenTotal(2023, 1, flow="kz_to_uz"), "the flow 'kz_to_uz'; write turnover"),
        (
            GivenTotal(2023, 9),
            r"hardly any path is near; given the figures 98 % of them have 0\.",
        ),
        (GivenTotal(2022, 0.4), "figures, which cover part of that year, 98 % of them have .* Gro"),
    ],
)
def test_what_contradicts_the_figures(assumption: GivenTotal, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        assumption.impose(walks(200, 6, 0.1, n_observed=30), rng())
