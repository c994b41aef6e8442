"""One-sided figures against rejection sampling and the multivariate normal distribution."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm, truncnorm
from tests.tracking_strategies import CALM, PATTERN, QUIET, WILD, level, model

from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Level
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.bounds import BoxDraws, draw_box
from tradetrack.models.paths import LogPaths
from tradetrack.models.regimes import MonthPattern, Regime
from tradetrack.tracking import track

MEAN = np.array([0.2, -0.3, 0.5])
COVARIANCE = np.array([[1.0, 0.6, -0.2], [0.6, 2.0, 0.3], [-0.2, 0.3, 0.7]])
LOW, HIGH = np.array([0.0, -np.inf, 0.1]), np.array([np.inf, 0.5, 1.4])


def drawn(n: int = 60_000) -> BoxDraws:
    return draw_box(MEAN, COVARIANCE, (LOW, HIGH), n, np.random.default_rng(1))


def weights(box: BoxDraws) -> np.ndarray:
    return np.exp(box.log_probabilities.sum(axis=0))


def test_draws_lie_inside_the_box() -> None:
    values = drawn(5_000).values
    assert (values >= LOW[:, None] - 1e-9).all()
    assert (values <= HIGH[:, None] + 1e-9).all()


def test_the_mean_weight_is_the_probability_of_the_box() -> None:
    law = multivariate_normal(MEAN, COVARIANCE, seed=0)
    expected = law.cdf(HIGH, lower_limit=LOW)
    weight = weights(drawn())
    assert abs(weight.mean() - expected) < 4 * weight.std() / np.sqrt(len(weight)) + 1e-4


def test_weighted_draws_have_the_moments_of_draws_kept_by_rejection() -> None:
    rng = np.random.default_rng(2)
    kept = rng.multivariate_normal(MEAN, COVARIANCE, 400_000).T
    kept = kept[:, ((kept > LOW[:, None]) & (kept < HIGH[:, None])).all(axis=0)]
    box, weight = drawn(), weights(drawn())
    mean = np.average(box.values, axis=1, weights=weight)
    covariance = np.cov(box.values, aweights=weight)
    assert np.abs(mean - kept.mean(axis=1)).max() < 0.02
    assert np.abs(covariance - np.cov(kept)).max() < 0.02


@pytest.mark.parametrize(
    "bounds",
    [(1.0, np.inf), (-np.inf, -2.0), (-0.5, 0.3), (7.0, 7.5), (-30.0, -29.0), (38.0, 99.0)],
)
def test_one_coordinate_is_a_cut_normal_even_far_out(bounds: tuple[float, float]) -> None:
    low, high = bounds
    box = draw_box(
        np.zeros(1),
        np.eye(1),
        (np.array([low]), np.array([high])),
        20_000,
        np.random.default_rng(3),
    )
    law = truncnorm(low, high)
    expected = law.mean(), law.std()
    if abs(low) == 38.0:  # far out, the cut normal is exponential
        expected = 38.0 + 1 / 38.0, 1 / 38.0
    mean, spread = box.values.mean(), box.values.std()
    assert abs(mean - expected[0]) < 4 * expected[1] / np.sqrt(20_000) + 2e-3 * expected[1] * 38
    assert spread == pytest.approx(expected[1], rel=0.04)
    if low > 0:
        low, high = -high, -low
    logs = norm.logcdf(high) + np.log1p(-np.exp(norm.logcdf(low) - norm.logcdf(high)))
    np.testing.assert_allclose(box.log_probabilities, logs, rtol=1e-6)


BOUNDED = [level("2022", "1.30", "at_least"), level("2021", "1.45", "at_most")]
AROUND = [level("2020", "1.00"), level("2023", "1.40"), level("2019", "0.95")]
NOISE = 0.01
N_PATHS = 60_000


def kept(
    bounds: list[Level], regimes: tuple[Regime, ...], pattern: MonthPattern = PATTERN
) -> np.ndarray:
    """Totals of the years on paths that happen to honour the bounds, without knowing of them."""
    fitted = model(*regimes, pattern=pattern, noise=NOISE).fit(Ledger(AROUND))
    paths = fitted.draw(2026, N_PATHS, np.random.default_rng(4))
    totals = np.exp(paths.log_paths[0].astype(float)).reshape(8, 12, N_PATHS).sum(axis=1)
    seen = totals * np.exp(np.random.default_rng(5).normal(0, NOISE, totals.shape))
    honoured = np.ones(N_PATHS, bool)
    for row in bounds:
        low, high = row.figure.interval
        year = seen[row.window.year - 2019]
        honoured &= (year >= low) & (year <= high)
    assert honoured.sum() > 200
    return totals[:, honoured]


def bounded(bounds: list[Level], regimes: tuple[Regime, ...]) -> tuple[np.ndarray, float]:
    fitted = model(*regimes, noise=NOISE).fit(Ledger([*AROUND, *bounds]))
    paths = fitted.draw(2026, 20_000, np.random.default_rng(6))
    totals = np.exp(paths.log_paths[0].astype(float)).reshape(8, 12, 20_000).sum(axis=1)
    return totals, independent(paths)


def independent(paths: LogPaths) -> float:
    """Number of histories that, each with one path, would tell as much of the past."""
    assert paths.cluster_starts is not None
    size = np.diff(paths.cluster_starts, append=paths.n_paths)
    return float(paths.n_paths**2 / (size**2).sum())


@pytest.mark.parametrize("bounds", [BOUNDED[:1], BOUNDED], ids=["at_least", "over and nearly"])
@pytest.mark.parametrize("regimes", [(CALM,), (CALM, WILD)], ids=["calm", "calm and wild"])
def test_bounds_leave_what_rejection_leaves(
    bounds: list[Level], regimes: tuple[Regime, ...]
) -> None:
    expected = kept(bounds, regimes)
    found, effective = bounded(bounds, regimes)
    for year in range(8):
        one, other = np.log(expected[year]), np.log(found[year])
        error = one.std() * np.sqrt(1 / expected.shape[1] + 1 / effective)
        assert abs(one.mean() - other.mean()) < 4.5 * error + 1e-3
        assert other.std() == pytest.approx(one.std(), rel=0.08)
    for amount in (1.5, 2.0):
        chances = [(totals[4:] >= amount).any(axis=0).mean() for totals in (expected, found)]
        error = np.sqrt(0.25 / expected.shape[1] + 0.25 / effective)
        assert abs(chances[0] - chances[1]) < 4 * error


def test_a_bound_that_says_nothing_changes_nothing_but_draws() -> None:
    loose = [level("2022", "0.01", "at_least")]
    found, effective = bounded(loose, (CALM,))
    expected = kept([], (CALM,))
    assert effective == pytest.approx(10_000)
    assert np.abs(np.log(found).mean(axis=1) - np.log(expected).mean(axis=1)).max() < 0.01


def test_a_bound_moves_the_weight_between_regimes() -> None:
    """P(regime | figures and bound) = w P(bound | figures, regime), normalised."""
    over, rough = level("2022", "1.42", "at_least"), Regime(0.3, 0.2, 0.3, 0.5, 0.4, 0.0, 0.0, 0.0)
    chances = [kept([over], (regime,), QUIET).shape[1] / N_PATHS for regime in (CALM, rough)]
    both = model(CALM, rough, pattern=QUIET, noise=NOISE)
    prior = both.fit(Ledger(AROUND)).regime_weights
    expected = prior[1] * chances[1] / (prior[0] * chances[0] + prior[1] * chances[1])
    paths = both.fit(Ledger([*AROUND, over])).draw(2050, 20_000, np.random.default_rng(9))
    roughness = np.diff(paths.log_paths[0, -240:], axis=0).std(axis=0)
    assert not ((roughness > 0.05) & (roughness < 0.15)).any()  # each path tells its regime
    assert (roughness > 0.1).mean() == pytest.approx(expected, abs=0.03)
    assert abs(expected - prior[1]) > 0.2


@pytest.mark.parametrize("n_paths", [100, 2_000])
def test_a_bound_may_be_explained_by_a_regime_that_was_all_but_ruled_out(n_paths: int) -> None:
    """Ten in a million before the bound, everything after it; however few the paths."""
    rows = [level(str(2016 + i), f"{1.04**i:.2f}") for i in range(6)]
    ledger = Ledger([*rows, level("2022", "2.00", "at_least")])
    assert model(CALM, WILD, noise=NOISE).fit(ledger).regime_weights[1] < 1e-3
    both, alone = (
        track(ledger, Goal(3.0), model=model(*regimes, noise=NOISE), n_paths=n_paths).attainments[0]
        for regimes in ((CALM, WILD), (WILD,))
    )
    chances = both.probability_by(2030), alone.probability_by(2030)
    assert abs(chances[0] - chances[1]) < 4 * np.sqrt(2 * 0.25 / n_paths)


def test_a_bound_on_a_goal_year_is_certainty() -> None:
    ledger = Ledger([level("2020", "1.00"), level("2021", "1.30", "at_least")])
    tracking = track(ledger, Goal(1.2), model=model(CALM, noise=1e-4), n_paths=500)
    assert tracking.attainments[0].probability_by(2021) == 1.0
    assert tracking.attainments[0].probability_by(2020) == 0.0
