"""The classical forecasters of the benchmarks, against closed forms and statsmodels' simulation."""

import numpy as np
import pytest

from benchmarks import peers
from tradetrack.models.classical import fit_errors

SERIES = np.log([2.1, 2.0, 2.4, 3.0, 3.3, 2.9, 3.8, 4.6, 4.4, 5.1, 5.6, 6.0])
FITTED = (peers.ets, peers.arima, peers.unobserved_components)
DRAWN = (peers.random_walk, peers.random_walk_with_drift, *FITTED)
N, HORIZON = 40_000, 5


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("peer", [*DRAWN, peers.growth_carried_on], ids=lambda p: p.__name__)
def test_paths_have_their_shape_and_their_seed(peer: peers.Peer) -> None:
    paths = peer(SERIES, HORIZON, 50, rng())
    assert paths.shape == (50, HORIZON)
    assert np.array_equal(paths, peer(SERIES, HORIZON, 50, rng()))
    assert np.isfinite(paths).all()


@pytest.mark.parametrize("peer", DRAWN, ids=lambda peer: peer.__name__)
def test_another_currency_only_moves_the_paths(peer: peers.Peer) -> None:
    paths = peer(SERIES, HORIZON, 4000, rng())
    moved = peer(SERIES + np.log(7.0), HORIZON, 4000, rng())
    tolerance = 1e-9 if peer in DRAWN[:2] else 0.02  # the optimisers start elsewhere
    np.testing.assert_allclose(moved.mean(0) - np.log(7.0), paths.mean(0), atol=tolerance)


def test_the_walk_without_drift_passes_as_the_reflection_principle_says() -> None:
    """Steps a year apart pass a level later than Brownian motion does, by 0.5826 of a step."""
    from scipy.stats import norm

    spread = np.sqrt(np.mean(np.diff(SERIES) ** 2))
    years = 16
    paths = peers.random_walk(SERIES, years, N, rng())
    needed = 2.0 * spread
    reached = peers.reached_by(paths, SERIES[-1] + needed)
    shift = 0.5826 * spread  # Broadie, Glasserman and Kou (1997), -zeta(1/2) / sqrt(2 pi)
    expected = 2.0 * norm.sf((needed + shift) / (spread * np.sqrt(years)))
    assert reached[-1] == pytest.approx(expected, abs=4 * np.sqrt(0.25 / N) + 0.004)
    assert reached[0] == pytest.approx(norm.sf(2.0), abs=0.004)  # the first year exactly
    assert np.all(np.diff(reached) >= 0)


def test_the_walk_with_drift_has_the_mean_and_spread_of_its_changes() -> None:
    changes = np.diff(SERIES)
    paths = peers.random_walk_with_drift(SERIES, HORIZON, N, rng())
    k = np.arange(1, HORIZON + 1)
    error = 4 * changes.std(ddof=1) * np.sqrt(k / N)
    assert np.all(np.abs(paths.mean(0) - SERIES[-1] - k * changes.mean()) < error)
    np.testing.assert_allclose(paths.std(0), changes.std(ddof=1) * np.sqrt(k), rtol=0.02)


def test_growth_carried_on_is_five_years_growth() -> None:
    paths = peers.growth_carried_on(SERIES, 3, 2, rng())
    growth = (6.0 / 3.8) ** (1 / 5)
    np.testing.assert_allclose(np.exp(paths[0]), 6.0 * growth ** np.arange(1, 4))
    np.testing.assert_array_equal(paths[0], paths[1])


def test_state_space_paths_are_those_that_statsmodels_simulates() -> None:
    from statsmodels.tsa.arima.model import ARIMA
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    fits = (
        UnobservedComponents(SERIES, level="local linear trend").fit(disp=False),
        ARIMA(SERIES, order=(1, 1, 1), trend="t").fit(),
    )
    for fitted in fits:
        ours = peers._gaussian_paths(fitted, (N, HORIZON), rng())
        theirs = fitted.simulate(HORIZON, anchor="end", repetitions=2000, rng=rng(2))
        theirs = np.asarray(theirs).reshape(HORIZON, -1).T
        spread = theirs.std(0)
        assert np.all(np.abs(ours.mean(0) - theirs.mean(0)) < 4 * spread / np.sqrt(2000))
        np.testing.assert_allclose(ours.std(0), fitted.get_forecast(HORIZON).se_mean, rtol=0.02)
        gap = np.corrcoef(ours.T) - np.corrcoef(theirs.T)
        assert np.abs(gap).max() < 4 / np.sqrt(2000)


@pytest.mark.parametrize("peer", FITTED, ids=lambda peer: peer.__name__)
@pytest.mark.parametrize("series", [SERIES[:7], np.append(SERIES, np.nan)], ids=["short", "nan"])
def test_a_series_that_cannot_be_fitted_is_said(peer: peers.Peer, series: peers.Array) -> None:
    with pytest.raises(peers.FitFailedError, match="needs 8 or more finite log totals"):
        peer(series, HORIZON, 10, rng())


def test_an_error_of_the_model_is_named() -> None:
    with pytest.raises(peers.FitFailedError, match="ETS: no"), fit_errors("ETS"):
        raise np.linalg.LinAlgError("no")
