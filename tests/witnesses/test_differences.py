"""Rows that are differences of totals: loops over months, brute force on paths, closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tracking_strategies import (
    CALM,
    FIRST,
    PAIR,
    REPORTERS,
    SECOND,
    WILD,
    balance,
    increment,
    level,
    model,
)

from tradetrack.domain.figure import Qualifier
from tradetrack.domain.observation import Increment, Level, Observation
from tradetrack.domain.window import Window, month_number
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.measurement import Compiler, Effect, Rows, as_printed
from tradetrack.models.mixture import FittedMixture

FIRST_MONTH, N_MONTHS = month_number(2020, 1), 36
FLOWS = PAIR.flows
FIGURES = (
    level("2020", "3.5"),
    increment("2021", "2020", "0.4"),
    increment("2021-01..2021-09", "2020-01..2020-09", "-350", unit="usd_mn", reporter=REPORTERS[1]),
    increment("2022", "2021", 0.0),
    increment("2021", "2020", "0.2", "over", series=FIRST),
    increment("2021", "2020", "-0.2", "at_least", series=SECOND),
    balance("2020", "1.13"),
    balance("2021-03", "-150", unit="usd_mn", reporter=REPORTERS[1]),
    balance("2021", "2.5", "about"),
    balance("2022", "0.5", "at_most"),
)


def total(seen: Observation, flow: str, window: Window, path: np.ndarray, effects: dict) -> float:
    """A total as the reporter sees it, month by month and flow by flow."""
    found = 0.0
    for f in (0, 1) if flow == "turnover" else (FLOWS.index(flow),):
        for month in window.months():
            effect = effects[Effect(seen.reporter, f, month // 12)]
            found += math.exp(path[f * N_MONTHS + month - FIRST_MONTH] + effect)
    return found


def sides(seen: Observation, path: np.ndarray, effects: dict) -> tuple[float, float]:
    """The two totals of a difference."""
    if isinstance(seen, Increment):
        windows = (seen.window, seen.base)
        new, old = (total(seen, seen.series.flow, w, path, effects) for w in windows)
        return new, old
    out, back = (total(seen, flow, seen.window, path, effects) for flow in FLOWS)
    return out, back


def printed(seen: Observation) -> float:
    """The number that counts: the mean of the wording's law, or where a bound is."""
    if seen.figure.one_sided:
        return next(end for end in seen.figure.amount_interval("usd_bn") if math.isfinite(end))
    return seen.figure.amount_law("usd_bn")[0]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Compiler(FIRST_MONTH, N_MONTHS, FLOWS).compile(FIGURES)


@pytest.fixture(scope="module")
def compiled() -> tuple[Compiler, Rows, np.ndarray, np.ndarray]:
    compiler = Compiler(FIRST_MONTH, N_MONTHS, FLOWS)
    rows, rng = compiler.compile(FIGURES), np.random.default_rng(1)
    path = rng.normal(-2.0, 0.5, 2 * N_MONTHS)
    return compiler, rows, path, rng.normal(0.0, 0.1, len(compiler.effects))


def test_a_row_is_zero_where_the_difference_is_the_print(compiled) -> None:
    """And rises with it: its value says which difference would be printed on the path."""
    compiler, rows, path, values = compiled
    effects = dict(zip(compiler.effects, values, strict=True))
    found = rows.evaluate(path[:, None], values[:, None])[:, 0]
    linear = rows.linearise(path, values)
    np.testing.assert_allclose(linear.value, found, atol=1e-12)
    np.testing.assert_allclose(rows.scale(path, values), linear.scale, rtol=1e-12)
    for seen, value, scale in zip(rows.observations, found, linear.scale, strict=True):
        if not seen.signed:
            assert scale == 1.0
            continue
        one, other = sides(seen, path, effects)
        number = printed(seen)
        shifted = other + number if number >= 0 else one - number
        assert scale == pytest.approx(shifted, rel=1e-12)
        assert np.sign(value) == np.sign(one - other - number)
        unit = 1e3 if seen.figure.unit == "usd_mn" else 1.0
        assert as_printed(seen, value, scale) == pytest.approx(unit * (one - other), abs=1e-9)


def test_the_derivative_is_that_of_differences(compiled) -> None:
    _, rows, path, effects = compiled
    linear, step = rows.linearise(path, effects), 1e-5
    for point, of_effects, exact in (
        (path, False, linear.by_path),
        (effects, True, linear.by_effect),
    ):
        n = len(point)
        moved = point[:, None] + step * np.hstack([np.eye(n), -np.eye(n)])
        still = np.tile((path if of_effects else effects)[:, None], 2 * n)
        values = rows.evaluate(*((still, moved) if of_effects else (moved, still)))
        slopes = (values[:, :n] - values[:, n:]) / (2 * step)
        np.testing.assert_allclose(exact.toarray(), slopes, rtol=0, atol=1e-9)


def test_intervals_are_the_sides_of_zero(rows: Rows) -> None:
    n = rows.n_two_sided
    assert not rows.centre()[1:].any()
    bounds = {
        row.figure.qualifier: (low, high)
        for row, low, high in zip(rows.observations[n:], rows.low[n:], rows.high[n:], strict=True)
    }
    assert bounds == {"at_least": (0.0, math.inf), "at_most": (-math.inf, 0.0)}


def test_noise_is_an_amount_over_the_side_that_the_print_is_added_to(compiled) -> None:
    _, rows, path, effects = compiled
    scale = rows.scale(path, effects)
    for seen, sd, one in zip(rows.observations, rows.noise(0.005, scale), scale, strict=True):
        if not seen.signed or seen.figure.one_sided:
            continue
        spread = seen.figure.amount_law("usd_bn")[1] / one
        if seen.figure.qualifier == "exact":
            assert sd == 1e-5
        elif seen.figure.qualifier in ("over", "nearly", "about"):
            assert sd == pytest.approx(max(spread, 0.005))
        else:
            assert sd == pytest.approx(math.hypot(spread, 0.005))


def totals(fitted: FittedMixture, year: int, flow: str, n: int = 4_000) -> np.ndarray:
    paths = fitted.draw(2023, n, np.random.default_rng(0))
    exact = fitted.rows.exact.any()  # met to single precision, in units of 1e-5
    assert paths.largest_miss <= (2.1 if exact else 0.011)
    found: np.ndarray = paths.totals(flow)[paths.years.index(year)]
    return found


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("turnover", [11.0, 7.0])
def test_an_exact_balance_and_turnover_are_the_flows(turnover: float, sign: int) -> None:
    ledger = Ledger([level("2021", turnover), balance("2021", sign * 6.13)])
    fitted = model(CALM).fit(ledger)
    assert fitted.converged
    for flow, part in zip(FLOWS, (sign, -sign), strict=True):
        expected = (turnover + part * 6.13) / 2
        np.testing.assert_allclose(totals(fitted, 2021, flow, 500), expected, rtol=0, atol=4e-4)


@pytest.mark.parametrize("change", [4.0, -4.0, 0.0])
def test_an_increment_on_an_exact_year_is_a_level(change: float) -> None:
    """Closed form: the prior is wide beside what the wording leaves open."""
    rows = [level("2020", 10.0), increment("2021", "2020", f"{change:.1f}")]
    fitted = model(WILD, noise=0.0).fit(Ledger(rows))
    drawn = totals(fitted, 2021, "turnover")
    assert drawn.mean() == pytest.approx(10.0 + change, abs=0.005)
    assert drawn.std() == pytest.approx(0.1 / math.sqrt(12.0), rel=0.06)


BRUTE = [
    level("2020", "9.0"),
    level("2021", "10.0"),
    level("2021", "7.0", "about", series=FIRST),
    level("2022", "10", "about"),
]


@pytest.mark.parametrize(
    "row",
    [
        balance("2021", "6.0", "about"),
        balance("2021", "2.0", "about"),
        increment("2022", "2021", "2", "about"),
        increment("2022", "2021", "-1", "about"),
    ],
    ids=["balance", "small balance", "up", "down"],
)
def test_against_weighted_paths_of_the_model_without_it(row: Observation) -> None:
    """Brute force: paths given all other figures, weighed by the density of the difference."""
    mixture = model(CALM, WILD, noise=0.0)
    without = mixture.fit(Ledger(BRUTE))
    paths = without.draw(2023, 40_000, np.random.default_rng(1))
    out, back = (paths.totals(flow) for flow in FLOWS)
    years = dict(zip(paths.years, range(len(paths.years)), strict=True))
    if isinstance(row, Increment):
        both = out + back
        difference = both[years[2022]] - both[years[2021]]
    else:
        difference = out[years[2021]] - back[years[2021]]
    mean, sd = row.figure.amount_law("usd_bn")
    weight = np.exp(-0.5 * ((difference - mean) / sd) ** 2)
    assert weight.sum() ** 2 / (weight**2).sum() > 2_000
    fitted = mixture.fit(Ledger([*BRUTE, row]))
    assert fitted.converged
    drawn = fitted.draw(2023, 10_000, np.random.default_rng(2))
    for year in (2021, 2022, 2023):
        for flow, exact in zip(FLOWS, (out, back), strict=True):
            one = np.log(exact[years[year]])
            other = np.log(drawn.totals(flow)[years[year]])
            expected = float(np.average(one, weights=weight))
            width = math.sqrt(float(np.average((one - expected) ** 2, weights=weight)))
            assert other.mean() == pytest.approx(expected, abs=0.12 * width)
            assert other.std() == pytest.approx(width, rel=0.08)


def weights_and_mode(ledger: Ledger) -> tuple[np.ndarray, np.ndarray]:
    fitted = model().fit(ledger)
    assert fitted.converged
    return np.array(fitted.regime_weights), fitted.posterior.mode.path


KNOWN = [level("2020", 4.0), level("2021", 4.4), level("2021", 2.4, series=FIRST)]


@pytest.mark.parametrize(
    "row",
    [
        increment("2021", "2020", 0.4),
        increment("2021", "2020", "0.4"),
        balance("2021", 0.4),
        balance("2021", "0.4"),
    ],
)
def test_a_difference_of_known_totals_changes_nothing(row: Observation) -> None:
    before, after = weights_and_mode(Ledger(KNOWN)), weights_and_mode(Ledger([*KNOWN, row]))
    np.testing.assert_allclose(after[0], before[0], atol=1e-3)
    np.testing.assert_allclose(after[1], before[1], atol=1e-3)


differences = st.one_of(
    st.builds(
        lambda text, q, series: increment("2022", "2021", text, q, series=series),
        st.sampled_from(("0.4", "-0.4", "0", "1.2")),
        st.sampled_from(("rounded", "over", "about", "at_least", "exact")),
        st.sampled_from((PAIR, FIRST)),
    ),
    st.builds(
        lambda text, q: balance("2022", text, q),
        st.sampled_from(("0.4", "-0.4", "0.0", "2.9")),
        st.sampled_from(("rounded", "nearly", "about", "at_most", "exact")),
    ),
)
OTHERS = [level("2020", "4.0"), level("2021", "4.4"), level("2021", "2.4", series=FIRST)]


@settings(max_examples=15)
@given(st.lists(differences, min_size=1, max_size=3), st.randoms())
def test_order_years_and_the_unit_change_nothing(rows: list[Observation], random) -> None:
    ledger = Ledger([*OTHERS, *rows])
    weights, mode = weights_and_mode(ledger)
    mixed = list(ledger)
    random.shuffle(mixed)
    again = weights_and_mode(Ledger(mixed))
    assert (again[0] == weights).all()
    assert (again[1] == mode).all()
    later = weights_and_mode(Ledger(map(three_years_on, ledger)))
    np.testing.assert_allclose(later[0], weights, atol=1e-6)
    np.testing.assert_allclose(later[1], mode, atol=1e-6)
    larger = weights_and_mode(Ledger(map(in_millions, ledger)))
    np.testing.assert_allclose(larger[0], weights, atol=1e-5)
    np.testing.assert_allclose(larger[1], mode + math.log(1e3), atol=1e-4)


def three_years_on(row: Observation) -> Observation:
    moved = {"window": row.window.shift(3), "published": f"{int(row.published[:4]) + 3}-02-01"}
    if not isinstance(row, Level):
        moved["base"] = row.base.shift(3)
    return row.model_copy(update=moved)


def in_millions(row: Observation) -> Observation:
    return row.model_copy(update={"series": row.series.model_copy(update={"unit": "usd_mn"})})


def test_a_pair_named_the_other_way_round_has_the_balance_of_the_other_sign() -> None:
    rows = [*OTHERS, balance("2022", "1.3"), balance("2021", "0.4", "about")]
    turned = [
        row.model_copy(
            update={
                "series": row.series.model_copy(update={"pair": "UZ-KZ"}),
                "figure": row.figure.model_copy(
                    update={"text": f"-{row.figure.text}" if row.signed else row.figure.text}
                ),
            }
        )
        for row in rows
    ]
    weights, mode = weights_and_mode(Ledger(rows))
    others, other = weights_and_mode(Ledger(turned))
    np.testing.assert_allclose(others, weights, atol=1e-6)
    np.testing.assert_allclose(other, np.roll(mode, len(mode) // 2), atol=1e-6)


@pytest.mark.parametrize("word", ["at_least", "at_most"])
@pytest.mark.parametrize("text", ["0.5", "-0.5", "0"])
def test_bounds_hold_on_every_path(word: Qualifier, text: str) -> None:
    rows = [*OTHERS, increment("2022", "2021", text, word)]
    paths = model(WILD).fit(Ledger(rows)).draw(2023, 400, np.random.default_rng(0))
    both = paths.totals("turnover")
    change = both[paths.years.index(2022)] - both[paths.years.index(2021)]
    sign = 1.0 if word == "at_least" else -1.0
    slack = 4 * 0.0075 * both[paths.years.index(2022)]
    assert (sign * (change - float(text)) > -slack).all()
    assert (sign * (change - float(text)) > 0).mean() > 0.9
