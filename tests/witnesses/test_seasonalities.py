"""Seasonalities against dense algebra, against brute force, and on simulated flows."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.special import logsumexp
from tests.tracking_strategies import CALM, PATTERN, WILD, growth, level, model
from tests.witnesses import dense
from tests.witnesses.test_posterior import ANNUAL, MIXED, expected_log_likelihood

from tradetrack.ledger.ledger import Ledger
from tradetrack.models import posterior
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import MonthPattern, Seasonality

KINDS = (Seasonality(0.05, 0.5, 0.0), Seasonality(0.12, 2.0, 1.0), Seasonality(0.5, 1.0, 0.5))
WEIGHTS = (0.5, 0.3, 0.2)
SEVERAL = replace(PATTERN, seasonalities=KINDS, seasonality_weights=WEIGHTS)
IN_YEAR = Ledger(
    [
        level("2018", "3.12"),
        level("2019", "3.40"),
        level("2020", "3.75"),
        level("2021-01..2021-03", "0.62"),
        growth("2021-01..2021-03", "2020-01..2020-03", "-12.5"),
    ]
)


def alone(kind: Seasonality) -> MonthPattern:
    """The pattern with one seasonality written into its own numbers."""
    return MonthPattern(
        effects=tuple(kind.pattern_share * effect for effect in PATTERN.effects),
        spread=tuple(kind.effect_scale * spread for spread in PATTERN.spread),
        noise=kind.noise,
        flow_correlation=PATTERN.flow_correlation,
        flow_log_ratio_sd=PATTERN.flow_log_ratio_sd,
    )


@pytest.mark.parametrize(
    ("ledger", "spread"),
    [(IN_YEAR, 0.0), (MIXED, 0.06), (ANNUAL, 0.0)],
    ids=["in-year", "two flows", "annual"],
)
def test_growth_regimes_and_seasonalities_are_weighed_together_by_bayes(
    ledger: Ledger, spread: float
) -> None:
    mixture = model(
        CALM, WILD, pattern=SEVERAL, reporter_spread=spread, reporter_year_spread=spread
    )
    fitted = mixture.fit(ledger)
    logs = [
        np.log(weight) + expected_log_likelihood(fitted, replace(mixture, pattern=alone(kind)), one)
        for one in (CALM, WILD)
        for kind, weight in zip(KINDS, WEIGHTS, strict=True)
    ]
    expected = np.exp(np.array(logs) - logsumexp(logs))
    np.testing.assert_allclose(fitted.posterior.weights, expected, atol=2e-6)
    by_growth = expected.reshape(2, -1).sum(axis=1)
    np.testing.assert_allclose(fitted.regime_weights, by_growth, atol=2e-6)
    evidence = logsumexp(np.array(logs).reshape(2, -1), axis=1)  # of the likely ones, to rounding
    np.testing.assert_allclose(fitted.log_likelihoods, evidence, atol=1e-4)


def test_one_seasonality_is_a_pattern_of_its_own() -> None:
    kind = KINDS[1]
    one = replace(PATTERN, seasonalities=(kind,), seasonality_weights=(1.0,))
    paths = [
        model(CALM, pattern=pattern)
        .fit(IN_YEAR)
        .draw(2023, 200, np.random.default_rng(1))
        .log_paths
        for pattern in (one, alone(kind))
    ]
    np.testing.assert_allclose(*paths, atol=1e-4)


def test_regimes_left_out_of_later_rounds_keep_their_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fitted = GrowthMixture().fit(IN_YEAR).posterior.weights
    monkeypatch.setattr(posterior, "UNLIKELY", 0.0)
    whole = GrowthMixture().fit(IN_YEAR).posterior.weights
    assert (whole < 1e-4).any()
    np.testing.assert_allclose(fitted, whole, atol=1e-3)


N_PRIOR = 400_000


def test_the_year_given_its_first_months_by_brute_force() -> None:
    """Draws from the dense prior, weighed by the exact nonlinear likelihood, the level apart."""
    noise = 0.04
    ledger = Ledger(
        [level("2019", "3.40"), level("2020", "3.75"), level("2021-01..2021-03", "0.62")]
    )
    mixture = model(CALM, pattern=SEVERAL, noise=noise)
    fitted = mixture.fit(ledger)
    drawn = fitted.draw(2021, 20_000, np.random.default_rng(2)).log_paths[0].astype(float)
    ours = np.logaddexp.reduce(drawn[24:], axis=0)

    rng, shapes, kinds = np.random.default_rng(3), [], []
    for number, (kind, weight) in enumerate(zip(KINDS, WEIGHTS, strict=True)):
        n = int(weight * N_PRIOR)
        law = dense.Dense.of(CALM, alone(kind), 27, 36)
        factor = np.linalg.cholesky(law.covariance + 1e-12 * np.eye(36))
        shapes.append(law.mean[:, None] + factor @ rng.standard_normal((36, n)))
        kinds.append(np.full(n, number))
    months, kind = np.hstack(shapes), np.concatenate(kinds)
    rows = [np.logaddexp.reduce(months[a:b], axis=0) for a, b in ((0, 12), (12, 24), (24, 27))]
    left = np.log([[3.40], [3.75], [0.62]]) - np.array(rows)
    weight = np.exp(-0.5 * ((left - left.mean(axis=0)) ** 2).sum(axis=0) / noise**2)
    weight /= weight.sum()
    assert 1 / (weight**2).sum() > 2500
    levels = left.mean(axis=0) + noise / np.sqrt(3) * rng.standard_normal(left.shape[1])
    exact = np.logaddexp.reduce(months[24:], axis=0) + levels
    mean = weight @ exact
    sd = np.sqrt(weight @ (exact - mean) ** 2)
    assert ours.mean() == pytest.approx(mean, abs=0.1 * sd)
    assert ours.std() == pytest.approx(sd, rel=0.06)
    by_kind = np.bincount(kind, weight)
    np.testing.assert_allclose(fitted.posterior.weights, by_kind, atol=0.04)


def press(values: np.ndarray, month: int) -> Ledger:
    """Eight yearly totals and the year to a month, with its growth; three digits."""
    by_year = values.reshape(9, 12)
    now, before = by_year[8, :month].sum(), by_year[7, :month].sum()
    end = f"{month:02d}"
    return Ledger(
        [
            *(
                level(str(2010 + i), f"{total:.2f}")
                for i, total in enumerate(by_year[:8].sum(axis=1))
            ),
            level(f"2018-01..2018-{end}", f"{now:.2f}"),
            growth(
                f"2018-01..2018-{end}", f"2017-01..2017-{end}", f"{100 * (now / before - 1):.1f}"
            ),
        ]
    )


def flows(noise: float, scale: float) -> list[np.ndarray]:
    """Nine years of 48 flows that follow no shipped pattern."""
    rng, drawn = np.random.default_rng(11), []
    for _ in range(48):
        effects = rng.normal(0.0, scale, 12)
        logs = 2.0 + np.cumsum(rng.normal(0.003, 0.15 / np.sqrt(12), 108))
        logs += np.tile(effects - effects.mean(), 9) + noise * rng.standard_normal(108)
        drawn.append(np.exp(logs))
    return drawn


@dataclass(frozen=True)
class Bands:
    """Share of the 80 % and the 95 % bands that hold, and the median log width of the first."""

    inside80: float
    inside95: float
    width: float

    @classmethod
    def of(cls, mixture: GrowthMixture, noise: float, scale: float) -> "Bands":
        rng, inside, width = np.random.default_rng(1), [], []
        for case, values in enumerate(flows(noise, scale)):
            ledger = press(values, (3, 6, 9, 11)[case % 4])
            months = mixture.fit(ledger).draw(2018, 200, rng).log_paths[0, -12:].astype(float)
            total = np.exp(months).sum(axis=0) / values[-12:].sum()
            low95, low, high, high95 = np.quantile(total, (0.025, 0.1, 0.9, 0.975))
            inside.append((low < 1 < high, low95 < 1 < high95))
            width.append(np.log(high / low))
        return cls(*np.mean(inside, axis=0), float(np.median(width)))


SMOOTH, LUMPY = (0.04, 0.05), (0.7, 0.3)


def test_bands_hold_for_smooth_and_for_lumpy_flows() -> None:
    """Where one seasonality for all is too sure of lumpy flows, and too vague about smooth ones."""
    shipped = MonthPattern.shipped()
    alike = replace(shipped, seasonalities=(), seasonality_weights=())
    ours, one = GrowthMixture(), GrowthMixture(pattern=alike)
    smooth, lumpy = Bands.of(ours, *SMOOTH), Bands.of(ours, *LUMPY)
    assert min(smooth.inside80, lumpy.inside80) > 0.62  # 48 cases: three standard errors are .17
    assert min(smooth.inside95, lumpy.inside95) > 0.86
    assert lumpy.width > 2 * smooth.width
    assert lumpy.inside95 > Bands.of(one, *LUMPY).inside95 + 0.1
    assert smooth.width < 0.9 * Bands.of(one, *SMOOTH).width
