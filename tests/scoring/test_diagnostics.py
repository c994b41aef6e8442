"""Diagnostics of fitted standard models, against formulas and scipy."""

import numpy as np
import pytest
from scipy import stats
from tests.tracking_strategies import level
from tests.tracking_strategies import model as mixture

import tradetrack as tt
from tradetrack.scoring.diagnostics import ljung_box

TOTALS = np.exp(np.cumsum(0.05 + 0.15 * np.random.default_rng(3).standard_normal(18)))
LEDGER = tt.Ledger(level(str(2000 + i), f"{total:.3f}") for i, total in enumerate(TOTALS))


@pytest.mark.parametrize("n_arma", [0, 2])
@pytest.mark.parametrize("n", [8, 30, 200])
def test_ljung_box_is_its_formula(n: int, n_arma: int) -> None:
    errors = np.random.default_rng(n).standard_normal(n).cumsum()
    found = ljung_box(errors, n_arma)
    assert found.lags == max(min(10, n // 5), n_arma + 1)
    assert found.freedom == found.lags - n_arma
    lag, centred = np.arange(1, found.lags + 1), errors - errors.mean()
    correlation = np.array([centred[k:] @ centred[:-k] for k in lag]) / (centred @ centred)
    statistic = n * (n + 2) * np.sum(correlation**2 / (n - lag))
    assert found.statistic == pytest.approx(statistic, rel=1e-9)
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, found.freedom), abs=1e-12)


def test_the_errors_of_a_walk_are_its_changes() -> None:
    fitted = tt.models.RandomWalkModel(drift=True, mixture=mixture()).fit(LEDGER)
    found = tt.scoring.diagnose(fitted)
    changes = np.diff(fitted.log_totals)
    expected = (changes - changes.mean()) / changes.std(ddof=1)
    np.testing.assert_allclose(found.errors, expected, atol=1e-9)
    assert found.years == tuple(range(2001, 2018))
    np.testing.assert_allclose(found.pit.values, stats.norm.cdf(expected), atol=1e-9)
    frame = found.to_frame()
    assert frame.columns.tolist() == ["year", "error", "pit"]
    np.testing.assert_array_equal(
        frame, np.column_stack([found.years, found.errors, found.pit.values])
    )


def test_the_errors_of_a_state_space_model_are_its_standardised_ones() -> None:
    fitted = tt.models.UnobservedComponentsModel(mixture()).fit(LEDGER)
    found = tt.scoring.diagnose(fitted)
    theirs = fitted.yearly.result.standardized_forecasts_error[0]
    np.testing.assert_allclose(found.errors, theirs[-len(found.errors) :], atol=1e-5)
    assert len(found.errors) == len(fitted.years) - 2


def test_it_reads_well_and_comes_back() -> None:
    found = tt.scoring.diagnose(tt.models.ArimaModel(mixture()).fit(LEDGER))
    assert tt.results.Diagnostics.model_validate_json(found.model_dump_json()) == found
    first, second, third = str(found).splitlines()
    assert first.startswith("ARIMA, errors one year ahead, 2001 to 2017: mean ")
    assert second.startswith(f"Ljung-Box over {found.ljung_box.lags} lags: ")
    assert third == f"PIT: distance {found.pit.distance:.2f} from uniform"


def test_what_cannot_be_diagnosed_is_refused() -> None:
    with pytest.raises(tt.InputError, match=r"FittedMixture has no one-year-ahead errors; give"):
        tt.scoring.diagnose(mixture().fit(LEDGER))
    short = tt.Ledger(list(LEDGER)[:4])
    fitted = tt.models.RandomWalkModel(mixture=mixture()).fit(short)
    with pytest.raises(tt.InputError, match=r"random walk has 3 errors .* add annual figures"):
        tt.scoring.diagnose(fitted)
