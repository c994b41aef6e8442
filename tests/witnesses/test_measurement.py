"""Measurement rows against loops over months, differences and the definition of the effects."""

import math

import numpy as np
import pytest
from tests.tracking_strategies import FIRST, PAIR, REPORTERS, SECOND, growth, level

from tradetrack.domain.observation import Observation
from tradetrack.domain.window import Window, month_number
from tradetrack.models.measurement import Compiler, Effect, Rows, effect_covariance
from tradetrack.models.regimes import Reporting

FIGURES = (
    level("2020", "3.5"),
    level("2021-01..2021-09", "2,920", unit="usd_mn", reporter=REPORTERS[1]),
    level("2020-04..2021-03", 3.1, series=FIRST),
    level("2021-05", "110", "about", unit="usd_mn", series=SECOND),
    level("2020-07..2021-12", "5.1", "truncated"),
    growth("2021", "2020", "12.5", reporter=REPORTERS[1]),
    growth("2021-01..2021-02", "2020-01..2020-02", "1.5", unit="times", series=SECOND),
    level("2021", "3", "at_least"),
    level("2020", "2", "at_most", series=FIRST, reporter=REPORTERS[1]),
)
FIRST_MONTH, N_MONTHS = month_number(2020, 1), 24
FLOWS = PAIR.flows


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    return Compiler(FIRST_MONTH, N_MONTHS, FLOWS)


@pytest.fixture(scope="module")
def rows(compiler: Compiler) -> Rows:
    return compiler.compile(FIGURES)


@pytest.fixture(scope="module")
def point(compiler: Compiler, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    assert rows.observations
    path = rng.normal(-2.0, 0.5, 2 * N_MONTHS)
    return path, rng.normal(0.0, 0.1, len(compiler.effects))


def printed(
    seen: Observation, path: np.ndarray, effects: dict[Effect, float], window: Window
) -> float:
    """Log of a total as the reporter sees it, month by month and flow by flow."""
    flows = FLOWS if seen.series.flow == "turnover" else (seen.series.flow,)
    total = 0.0
    for flow in map(FLOWS.index, flows):
        for month in window.months():
            effect = effects[Effect(seen.reporter, flow, month // 12)]
            total += math.exp(path[flow * N_MONTHS + month - FIRST_MONTH] + effect)
    return math.log(total)


def test_rows_are_sums_over_months(
    compiler: Compiler, rows: Rows, point: tuple[np.ndarray, np.ndarray]
) -> None:
    path, values = point
    effects = dict(zip(compiler.effects, map(float, values), strict=True))
    expected = []
    for seen in rows.observations:
        row = printed(seen, path, effects, seen.window)
        if seen.kind == "growth":
            row -= printed(seen, path, effects, seen.base)
        expected.append(row)
    evaluated = rows.evaluate(path[:, None], values[:, None])[:, 0]
    np.testing.assert_allclose(evaluated, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(rows.linearise(path, values).value, expected, rtol=0, atol=1e-12)


def test_rows_of_many_paths_in_single_precision_are_those_of_each(
    rows: Rows, point: tuple[np.ndarray, np.ndarray]
) -> None:
    rng = np.random.default_rng(2)
    paths = point[0][:, None] + rng.normal(0, 0.3, (2 * N_MONTHS, 5))
    effects = point[1][:, None] + rng.normal(0, 0.1, (len(point[1]), 5))
    single = rows.evaluate(paths.astype(np.float32), effects.astype(np.float32))
    assert single.dtype == np.float32
    for i in range(5):
        one = rows.linearise(paths[:, i], effects[:, i]).value
        np.testing.assert_allclose(single[:, i], one, rtol=0, atol=1e-5)


def test_the_derivative_of_rows_is_that_of_differences(
    rows: Rows, point: tuple[np.ndarray, np.ndarray]
) -> None:
    path, effects = point
    linear = rows.linearise(path, effects)
    step = 1e-5

    def differences(of_effects: bool) -> np.ndarray:
        n = len(effects if of_effects else path)
        shifts = step * np.hstack([np.eye(n), -np.eye(n)])
        many_paths = path[:, None] + (0.0 if of_effects else shifts) + np.zeros((1, 2 * n))
        many_effects = effects[:, None] + (shifts if of_effects else 0.0) + np.zeros((1, 2 * n))
        values = rows.evaluate(many_paths, many_effects)
        return (values[:, :n] - values[:, n:]) / (2 * step)

    np.testing.assert_allclose(linear.by_path.toarray(), differences(False), rtol=0, atol=1e-9)
    np.testing.assert_allclose(linear.by_effect.toarray(), differences(True), rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        linear.offset(path, effects),
        linear.by_path.toarray() @ path + linear.by_effect.toarray() @ effects - linear.value,
        rtol=0,
        atol=1e-12,
    )


def test_a_level_follows_the_common_level_and_growth_does_not(
    rows: Rows, point: tuple[np.ndarray, np.ndarray]
) -> None:
    by_level = rows.linearise(*point).by_path.toarray().sum(axis=1)
    expected = [1.0 if seen.kind == "level" else 0.0 for seen in rows.observations]
    np.testing.assert_allclose(by_level, expected, rtol=0, atol=1e-12)


def test_two_sided_figures_come_first_with_their_intervals(rows: Rows) -> None:
    assert rows.n_two_sided == 7
    for i, seen in enumerate(rows.observations):
        assert (rows.low[i], rows.high[i]) == seen.log_interval
        assert seen.figure.one_sided == (i >= 7)
    laws = [seen.log_law for seen in rows.observations[:7]]
    assert rows.centre().tolist() == [centre for centre, _ in laws]
    assert rows.spread.tolist() == [*(spread for _, spread in laws), 0.0, 0.0]


def test_hedged_figures_are_two_sided() -> None:
    words = ("at_most", "over", "nearly", "about", "range", "at_least")
    seen = [level("2021", "3-4" if word == "range" else "3", word) for word in words]
    rows = Compiler(FIRST_MONTH, N_MONTHS, FLOWS).compile(seen)
    order = [row.figure.qualifier for row in rows.observations]
    assert order == ["over", "nearly", "about", "range", "at_most", "at_least"]
    assert rows.n_two_sided == 4
    over, nearly, about, between = rows.centre()
    assert nearly < about < over < between
    assert about == math.log(3.0)
    assert over + nearly == pytest.approx(2 * about)


def test_noise_is_of_the_wording_and_of_the_release(rows: Rows) -> None:
    noise = rows.noise(0.005, np.ones(len(rows.observations)))
    for seen, sd in zip(rows.observations, noise, strict=True):
        low, high = seen.log_interval
        if seen.figure.qualifier == "exact":
            assert sd == 1e-5
        elif seen.figure.one_sided:
            assert sd == 0.005
        elif seen.figure.qualifier == "about":
            assert sd == seen.log_law[1] > 0.005
        else:
            assert sd == pytest.approx(math.sqrt(0.005**2 + (high - low) ** 2 / 12), rel=1e-12)


def test_a_hedge_is_never_sharper_than_a_release() -> None:
    rows = Compiler(FIRST_MONTH, N_MONTHS, FLOWS).compile([level("2021", "3.5312", "over")])
    assert rows.noise(0.0075, np.ones(1)) == [0.0075]
    assert rows.spread[0] < 1e-3


def test_seventeen_digits_are_rounded_and_not_exact() -> None:
    seen = [level("2021", text, "rounded") for text in ("4.139999999999999", "4.1399999999999997")]
    rows = Compiler(FIRST_MONTH, N_MONTHS, FLOWS).compile(seen)
    np.testing.assert_allclose(rows.noise(0.0075, np.ones(2)), 0.0075, rtol=1e-9)


def test_the_effect_covariance_is_that_of_centred_independent_draws() -> None:
    reporting = Reporting(0.05, 0.08, 0.0)
    reporters, flows, years = ("A", "B", "C"), range(2), range(2020, 2023)
    effects = [Effect(r, f, y) for r in reporters for f in flows for y in years]
    rng, n = np.random.default_rng(3), 400_000
    lasting = rng.normal(0, 0.05, (3, 2, 1, n))
    yearly = rng.normal(0, 0.08, (3, 2, 3, n))
    drawn = lasting + yearly
    drawn -= drawn.mean(axis=0)  # the consensus is the mean of all reporters
    simulated = np.cov(drawn.reshape(len(effects), n))
    expected = effect_covariance(effects, reporting)
    error = np.sqrt((expected**2 + np.outer(np.diag(expected), np.diag(expected))) / n)
    assert (np.abs(simulated - expected) < 5 * error + 1e-12).all()


def test_the_consensus_is_the_mean_of_sides() -> None:
    """Centred draws: the mean of a side first, then that of the sides; nobody weighs nothing."""
    sides = {"A customs": "A", "A stat": "A", "B stat": "", "": ""}
    effects = [Effect(name, 0, year, side) for name, side in sides.items() for year in (2020, 2021)]
    rng, n = np.random.default_rng(4), 400_000
    drawn = rng.normal(0, 0.05, (4, 1, n)) + rng.normal(0, 0.08, (4, 2, n))
    drawn -= ((drawn[0] + drawn[1]) / 2 + drawn[2]) / 2
    simulated = np.cov(drawn.reshape(8, n))
    expected = effect_covariance(effects, Reporting(0.05, 0.08, 0.0))
    error = np.sqrt((expected**2 + np.outer(np.diag(expected), np.diag(expected))) / n)
    assert (np.abs(simulated - expected) < 5 * error + 1e-12).all()


def test_offices_of_one_side_have_their_mean_for_a_consensus() -> None:
    effects = [Effect(name, 0, 2020, "A") for name in ("A customs", "A stat")]
    np.testing.assert_allclose(effect_covariance(effects, Reporting()).sum(axis=0), 0, atol=1e-15)


def test_sources_of_which_none_is_known_are_the_consensus() -> None:
    assert not effect_covariance([Effect("", 0, 2020)], Reporting()).any()


def test_a_side_is_found_in_any_row_of_its_reporter() -> None:
    plain = level("2020", "3.5")
    sided = level("2021", "3.6").model_copy(update={"side": "A"})
    compiler = Compiler(FIRST_MONTH, N_MONTHS, FLOWS)
    compiler.compile([plain, sided])
    assert {effect.side for effect in compiler.effects} == {"A"}


def test_a_lone_reporter_has_no_effect() -> None:
    effects = [Effect("A", 0, year) for year in range(2020, 2025)]
    assert not effect_covariance(effects, Reporting()).any()


@pytest.mark.parametrize("name", ["reporter_spread", "reporter_year_spread", "noise"])
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_spreads_of_reporters_are_positive_numbers(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"Reporting.{name} is .*; write a number of at least 0"):
        Reporting(**{name: value})
