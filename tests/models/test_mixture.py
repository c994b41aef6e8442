"""Fitting the growth mixture: what it takes, what it refuses, what it says of itself."""

from dataclasses import replace

import numpy as np
import pytest
from tests import shipped
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

import tradetrack as tt
from tradetrack.domain.observation import Level, Observation, Series
from tradetrack.domain.window import Window
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import FittedMixture, GrowthMixture
from tradetrack.models.regimes import MonthPattern, Regimes

YEARS = [level(str(2010 + i), f"{1.05**i:.2f}") for i in range(10)]


def draw(fitted: FittedMixture, last_year: int = 2030) -> np.ndarray:
    return fitted.draw(last_year, 300, np.random.default_rng(0)).log_paths


def test_weights_are_probabilities_of_the_regimes() -> None:
    fitted = model(CALM, WILD).fit(Ledger(YEARS))
    assert sum(fitted.regime_weights) == pytest.approx(1.0, abs=1e-12)
    assert fitted.regime_weights[0] > 0.99  # smooth figures come of a calm regime
    assert fitted.log_likelihoods[0] > fitted.log_likelihoods[1]


def test_a_regime_of_no_weight_gets_none() -> None:
    table = Regimes((CALM, WILD), (1.0, 0.0))
    fitted = GrowthMixture(table, model().pattern).fit(
        Ledger([*YEARS, level("2020", "1.8", "at_least")])
    )
    assert fitted.regime_weights == (1.0, 0.0)
    assert np.isfinite(draw(fitted)).all()


def test_wild_figures_come_of_a_wild_regime() -> None:
    rng = np.random.default_rng(0)
    rows = [level(str(2010 + i), f"{np.exp(rng.normal(0, 0.5)):.2f}") for i in range(10)]
    assert model(CALM, WILD).fit(Ledger(rows)).regime_weights[1] > 0.99


def test_a_ledger_of_one_series_has_one_flow_and_of_more_has_two() -> None:
    one, two = level("2020", "1.0", series=FIRST), level("2020", "1.0", series=SECOND)
    assert model(CALM).fit(Ledger([one])).compiler.flows == (FIRST.flow,)
    assert model(CALM).fit(Ledger([level("2020", "1.0")])).compiler.flows == ("turnover",)
    for rows in ([one, two], [one, level("2020", "2.0")]):
        assert model(CALM).fit(Ledger(rows)).compiler.flows == PAIR.flows


def test_figures_older_than_the_memory_do_not_weigh_regimes_but_move_paths() -> None:
    old = [level("1990", "0.100"), level("1991", "3.00")]
    short = replace(model(CALM, WILD), memory=12)
    with_old, without = short.fit(Ledger([*old, *YEARS])), short.fit(Ledger(YEARS))
    np.testing.assert_allclose(with_old.regime_weights, without.regime_weights, atol=1e-3)
    first = np.exp(draw(with_old)[0, :12].astype(float)).sum(axis=0)
    assert abs(np.median(first) - 0.1) < 0.02


def test_memory_never_leaves_the_regimes_without_a_level() -> None:
    rows = [level("1990", "1.0"), growth("2020", "2019", "5")]
    short = replace(model(CALM, WILD), memory=12)
    assert np.isfinite(short.fit(Ledger(rows)).log_likelihoods).all()


def test_a_base_before_the_first_window_is_in_the_grid() -> None:
    fitted = model(CALM).fit(Ledger([growth("2020", "2010", "50"), level("2020", "3.0")]))
    years = np.exp(draw(fitted)[0].astype(float)).reshape(21, 12, -1).sum(axis=1)
    assert fitted.compiler.first_month == 12 * 2010
    assert abs(np.median(years[0]) - 2.0) < 0.1


def test_a_base_after_the_last_window_is_in_the_grid() -> None:
    fitted = model(CALM).fit(Ledger([growth("2018", "2020", "-20"), level("2018", "2.0")]))
    years = np.exp(draw(fitted)[0].astype(float)).reshape(13, 12, -1).sum(axis=1)
    assert abs(np.median(years[2]) - 2.5) < 0.1


def test_growth_of_at_most_so_much_is_a_bound() -> None:
    """It may mean that there was nothing before: only its upper end says something."""
    rows = [growth("2020", "2019", "2", "at_most", unit="times"), level("2020", "3.0")]
    fitted = model(WILD).fit(Ledger(rows))
    assert fitted.rows.n_two_sided == 1
    years = np.exp(draw(fitted)[0].astype(float)).reshape(12, 12, -1).sum(axis=1)
    assert (years[1] / years[0]).max() < 2.1


def test_quiet_months_can_be_fitted() -> None:
    """A pattern without month effects or noise leaves the months of the growth process alone."""
    silent = MonthPattern((0.0,) * 12, (0.0,) * 12, 0.0, 0.0, 1.0)
    fitted = model(CALM, pattern=silent).fit(Ledger(YEARS))
    assert np.isfinite(draw(fitted)).all()


def test_several_pairs_are_refused() -> None:
    other = Level.model_validate(
        {**level("2020", "1.0").model_dump(), "series": Series(pair="AA-BB")}
    )
    with pytest.raises(InputError, match=r"several pairs \(AA-BB, KZ-UZ\); choose one with"):
        model(CALM).fit(Ledger([other, level("2020", "1.0")]))


def test_a_ledger_that_sets_no_level_is_refused() -> None:
    rows = [level("2020", "1.0", "at_least"), growth("2020", "2019", "5")]
    with pytest.raises(InputError, match=r"no figure sets the level: .* one level .*; add one"):
        model(CALM).fit(Ledger(rows))


@pytest.mark.parametrize("value", [5e60, 2e-25])
def test_levels_beyond_what_can_be_computed_are_refused(value: float) -> None:
    with pytest.raises(InputError, match=r"2020 .* beyond 1e20 or 1e-20 usd_bn; check the unit"):
        model(CALM).fit(Ledger([level("2020", value)]))


def test_a_horizon_before_the_last_figure_is_refused() -> None:
    fitted = model(CALM).fit(Ledger(YEARS))
    with pytest.raises(
        InputError, match=r"last_year=2018, but the paths reach 2019 and can go on to 2200; choose"
    ):
        fitted.draw(2018, 10, np.random.default_rng(0))


def test_a_reporter_without_figures_is_refused() -> None:
    fitted = model(CALM).fit(Ledger(YEARS))
    with pytest.raises(InputError, match=r"no figures by 'IMF'; .* those by UZ stat"):
        fitted.draw(2025, 10, np.random.default_rng(0), ("IMF",))
    assert fitted.draw(2025, 10, np.random.default_rng(0), REPORTERS[:1]).effects


# What the shipped ledger says, on paths of the shipped model.


@pytest.fixture(scope="module")
def fitted() -> FittedMixture:
    return GrowthMixture().fit(shipped.ledger())


def median_totals(fitted: FittedMixture) -> dict[Observation, float]:
    """Median of what each figure would be, added up month by month on every path."""
    current = shipped.ledger().current
    rng = np.random.default_rng(0)
    paths = fitted.draw(current.last_month // 12, 1_500, rng, current.reporters)

    def total(row: Observation, window: Window) -> np.ndarray:
        monthly = [
            np.exp(
                paths.log_paths[flow, month - paths.first_month].astype(float)
                + paths.effects[row.reporter][flow, month // 12 - paths.years.start]
            )
            for flow in paths.flow_indices(row.series.flow)
            for month in window.months()
        ]
        return np.sum(monthly, axis=0)

    medians = {}
    for row in current:
        if row.reporter and not row.figure.one_sided:
            base = total(row, row.base) if row.kind == "growth" else 1.0
            medians[row] = float(np.median(total(row, row.window) / base))
    return medians


def contradicted(fitted: FittedMixture) -> set[Observation]:
    """Return figures whose interval lies outside the 80 % interval that all others leave.

    The others miss a figure's midpoint by ``(P r)_i / P_ii``, with variance ``1 / P_ii``, of which
    its own noise is a part.
    """
    n, posterior = fitted.rows.n_two_sided, fitted.posterior
    best = int(np.argmax(posterior.weights))
    covariance = fitted.prior.row_covariances(
        fitted.prior.row_components(posterior.linear.by_path[:n]), np.array([best])
    )[0]
    covariance = covariance + posterior.unshared[:n, :n]
    inverse, flat = np.linalg.inv(covariance), posterior.linear.flat[:n]
    by_level = inverse @ flat
    precision = inverse - np.outer(by_level, by_level) / (flat @ by_level)
    [mean] = fitted.prior.row_means(posterior.linear.by_path, np.array([best]))
    residual = fitted.rows.centre() + (posterior.offset - mean)[:n]
    own = np.diag(precision)
    spread = np.sqrt(np.maximum(1 / own - posterior.noise[:n] ** 2, 0.0))
    outside = np.abs(precision @ residual / own) - (fitted.rows.high - fitted.rows.low)[:n] / 2
    pairs = zip(fitted.rows.observations, outside > 1.28 * spread, strict=False)
    return {row for row, far in pairs if far}


def test_the_shipped_figures_are_honoured(fitted: FittedMixture) -> None:
    """The median of each figure that no other contradicts is in its interval or within 1 %."""
    found = {name for finding in shipped.tracking().findings for name in finding.rows}
    found |= {row.row for row in fitted.discounted}
    doubtful = contradicted(fitted)
    missed = []
    medians = median_totals(fitted)
    for row, median in medians.items():
        low, high = (np.exp(bound) for bound in row.log_interval)
        if not low * 0.99 <= median <= high * 1.01:
            missed.append(row)
    assert len(medians) > 150
    assert [str(row) for row in missed if row not in doubtful and row.id not in found] == []
    assert len(missed) <= 0.05 * len(medians)


def test_what_models_show_of_themselves_is_short() -> None:
    own = tt.GrowthMixture(regimes=Regimes((CALM,), (1.0,)))
    ledger = Ledger(YEARS)
    walk = tt.models.RandomWalkModel(mixture=own)
    annual = tt.models.AnnualMixture.over(own.regimes, (2001, 2002), horizon=3)
    pool = tt.models.Ensemble({"own": own, "walk": walk}, {"own": 1.0, "walk": 1.0})
    fitted = [model.fit(ledger) for model in (own, walk, pool)]
    for each in (own, own.regimes, own.pattern, own.reporting, annual, walk, pool, *fitted):
        assert len(repr(each)) <= 200, repr(each)
    assert repr(tt.GrowthMixture()) == "GrowthMixture()"
    assert repr(tt.GrowthMixture(memory=3)) == "GrowthMixture(memory=3)"
    assert repr(own).startswith("<GrowthMixture: regimes=<Regimes: 1")


def test_figures_centuries_apart_are_refused_by_name() -> None:
    stray = level("1800", "1.0")
    with pytest.raises(InputError, match="at most 150 years") as e:
        model().fit(Ledger([stray, level("2022", "2.0"), level("2023", "2.1")]))
    assert str(stray) in str(e.value)
