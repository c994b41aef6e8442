"""Laws of track(): what must hold for any ledger and any goal."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tracking_strategies import (
    CALM,
    FIRST,
    N_PATHS,
    PAIR,
    REPORTERS,
    SECOND,
    Past,
    figures,
    goals,
    ledgers,
    level,
    model,
    pasts,
    questions,
)

from tradetrack.attainment.attainment import Attainment, NotWithin, Reached
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import TURNOVER, Observation
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.gaussian import DiffuseGaussian
from tradetrack.models.measurement import effect_covariance
from tradetrack.models.mixture import FittedMixture
from tradetrack.tracking import Tracking, track

some = settings(max_examples=20)
few = settings(max_examples=12)
ALONE = REPORTERS[:1]


def tracked(ledger: Ledger, *goals: Goal, seed: int = 0, as_of: str | None = None) -> Tracking:
    return track(ledger, goals, model=model(), n_paths=N_PATHS, seed=seed, as_of=as_of)


def attainments(ledger: Ledger, goal: Goal) -> Attainment:
    return tracked(ledger, goal).attainments[0]


def position(when: Reached | NotWithin) -> int:
    return when.year if isinstance(when, Reached) else when.last_year + 1


@some
@given(questions())
def test_the_chance_never_falls_with_time_and_its_masses_sum_to_one(
    question: tuple[Ledger, Goal],
) -> None:
    result = attainments(*question)
    years = [point.year for point in result.curve]
    chances = np.array([point.probability for point in result.curve])
    masses = np.append(np.diff(chances, prepend=0.0), result.not_within)
    assert years == list(range(years[0], result.last_year + 1))
    assert (masses >= 0).all()
    assert abs(masses.sum() - 1.0) < 1e-12
    assert [result.probability_by(year) for year in years] == list(chances)
    assert result.probability_by(years[0] - 1) == 0.0


@some
@given(questions(), st.floats(1.0, 5.0))
def test_the_chance_never_rises_with_the_amount(
    question: tuple[Ledger, Goal], factor: float
) -> None:
    ledger, goal = question
    higher = goal.model_copy(update={"amount": goal.amount * factor})
    one, other = attainments(ledger, goal), attainments(ledger, higher)
    pairs = zip(one.curve, other.curve, strict=True)
    assert all(low.probability >= high.probability for low, high in pairs)
    assert tracked(ledger, goal, higher).attainments == (one, other)  # together or apart


@few
@given(questions())
def test_twelve_rolling_months_reach_an_amount_no_later_than_a_calendar_year(
    question: tuple[Ledger, Goal],
) -> None:
    ledger, goal = question
    kinds = [
        goal.model_copy(update={"window": window, "amount": amount})
        for window, amount in (
            ("rolling_year", goal.amount),
            ("calendar_year", goal.amount * 1.0001),
        )
    ]
    rolling, calendar = tracked(ledger, *kinds).attainments
    pairs = zip(rolling.curve, calendar.curve, strict=True)
    assert all(early.probability >= late.probability for early, late in pairs)


def in_millions(row: Observation) -> Observation:
    return row.model_copy(update={"series": row.series.model_copy(update={"unit": "usd_mn"})})


def times_ten(row: Observation, power: int) -> Observation:
    """The same digits, ten or a thousand times as much: another currency."""
    if row.kind == "growth":
        return row
    units = {"usd_bn": 1e9, "usd_mn": 1e6, "usd_th": 1e3}
    amount = float(row.figure.text) * units[row.figure.unit]
    if row.figure.qualifier not in ("exact", "at_least", "at_most"):
        unit = {0: row.figure.unit, 3: "usd_bn"}[power]
        return row.model_copy(update={"figure": row.figure.model_copy(update={"unit": unit})})
    text = f"{amount * 10**power / 1e9:.12f}"
    figure = row.figure.model_copy(update={"text": text, "unit": "usd_bn"})
    return row.model_copy(update={"figure": figure})


def assert_alike(one: Attainment, other: Attainment, paths: int = 2) -> None:
    chances = [[point.probability for point in result.curve] for result in (one, other)]
    assert np.abs(np.subtract(*chances)).max() <= (paths + 0.5) / N_PATHS


@some
@given(questions())
def test_the_unit_of_the_series_changes_nothing(question: tuple[Ledger, Goal]) -> None:
    ledger, goal = question
    mn = PAIR.model_copy(update={"unit": "usd_mn"})
    goal_mn = goal.model_copy(update={"series": mn, "amount": goal.amount * 1000})
    result = attainments(Ledger(map(in_millions, ledger)), goal_mn)
    assert_alike(attainments(ledger, goal), result)


@some
@given(questions())
def test_a_currency_worth_a_thousandth_changes_nothing(question: tuple[Ledger, Goal]) -> None:
    ledger, goal = question
    inflated = Ledger(times_ten(row, 3) for row in ledger)
    result = attainments(inflated, goal.model_copy(update={"amount": goal.amount * 1000}))
    assert_alike(attainments(ledger, goal), result)


def later(row: Observation, years: int) -> Observation:
    date = dt.date.fromisoformat(row.published)
    changes: dict[str, object] = {
        "window": row.window.shift(years),
        "published": date.replace(year=date.year + years).isoformat(),
    }
    if row.kind != "level":
        changes["base"] = row.base.shift(years)
    return row.model_copy(update=changes)


@some
@given(questions(), st.integers(-100, 100))
def test_a_shift_by_whole_years_shifts_the_years_only(
    question: tuple[Ledger, Goal], years: int
) -> None:
    ledger, goal = question
    by = None if goal.by is None else goal.by + years
    moved = attainments(
        Ledger(later(row, years) for row in ledger), goal.model_copy(update={"by": by})
    )
    stayed = attainments(ledger, goal)
    assert {year + years: p for year, p in stayed.probabilities.items()} == moved.probabilities
    assert [point.amounts for point in stayed.reach] == [point.amounts for point in moved.reach]
    assert stayed.recent_growth == moved.recent_growth


@few
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(question: tuple[Ledger, Goal], random: object) -> None:
    ledger, goal = question
    rows = list(ledger)
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert tracked(Ledger(rows), goal) == tracked(ledger, goal)


@few
@given(questions(), st.integers(0, 2**70))
def test_same_inputs_and_seed_give_the_same_bytes_and_json_gives_them_back(
    question: tuple[Ledger, Goal], seed: int
) -> None:
    one, other = (tracked(*question, seed=seed) for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()
    back = Tracking.model_validate_json(one.model_dump_json())
    assert back == one
    assert hash(back) == hash(one)
    assert back.model_dump_json() == one.model_dump_json()


@few
@given(ledgers(ALONE), st.data())
def test_a_lone_reporter_is_the_consensus(ledger: Ledger, data: st.DataObject) -> None:
    goal = data.draw(goals(ledger)).model_copy(update={"reporter": "consensus"})
    own = attainments(ledger, goal.model_copy(update={"reporter": ALONE[0]}))
    assert own.curve == attainments(ledger, goal).curve


@some
@given(pasts(), st.data())
def test_a_goal_met_in_an_exactly_known_year_is_certain_from_then(
    past: Past, data: st.DataObject
) -> None:
    exact = [
        level(str(year), round(total, 4), "exact")
        for year, total in zip(past.years, past.totals, strict=True)
    ]
    totals = {row.window.year: row.figure.value for row in exact}
    met = data.draw(st.sampled_from(exact)).window.year
    amount = totals[met] * data.draw(st.sampled_from((1.0, 0.999, 0.7)))
    first = min(year for year, total in totals.items() if total >= amount)
    result = attainments(Ledger(exact), Goal(amount, window="calendar_year"))
    close = any(1 < amount / total < 1.001 for total in totals.values())
    assert result.probability_by(first) == 1.0
    assert close or result.probability_by(first - 1) == 0.0
    assert close or result.median == Reached(year=first)
    assert close or result.interval(0.98) == (Reached(year=first), Reached(year=first))
    assert result.not_within == 0.0


@some
@given(questions(), st.data())
def test_a_later_day_knows_what_an_earlier_one_knew(
    question: tuple[Ledger, Goal], data: st.DataObject
) -> None:
    ledger, goal = question
    dates = sorted({row.published for row in ledger})
    early, late = sorted(data.draw(st.sampled_from(dates)) for _ in range(2))
    assert set(ledger.as_of(early)) <= set(ledger.as_of(late)) <= set(ledger)
    assert tracked(ledger, goal, as_of=dates[-1]) == tracked(ledger, goal)


@some
@given(pasts(), st.data())
def test_one_more_figure_or_a_sharper_one_never_widens_what_is_known(
    past: Past, data: st.DataObject
) -> None:
    """Within one regime, about one path: the posterior variance of each month of the history."""
    rows = data.draw(st.lists(figures(past, REPORTERS), min_size=2, max_size=6))
    rows = [row for row in Ledger(rows).current if not row.figure.one_sided]
    year = level(str(past.years[-1]), f"{1000 * past.totals[-1]:.0f}", unit="usd_mn")
    current = Ledger([year, *rows]).current
    known = [row for row in current if row.signed or np.isfinite(row.log_interval[0])]
    fitted = model(CALM).fit(Ledger(known))
    everything = deviations(fitted, fitted.posterior.noise)
    for i in range(len(known)):
        if fitted.rows.observations[i] != year:
            vague = fitted.posterior.noise.copy()
            vague[i] *= 3
            absent = fitted.posterior.noise.copy()
            absent[i] = 1e4
            assert (everything <= deviations(fitted, vague) + 1e-6).all()
            assert (deviations(fitted, vague) <= deviations(fitted, absent) + 1e-6).all()


def deviations(fitted: FittedMixture, noise: np.ndarray) -> np.ndarray:
    """Posterior standard deviation of each month, if the rows had other noise."""
    prior, linear = fitted.prior, fitted.posterior.linear
    months = prior.covariance(prior.coefficients[0], prior.history)
    contrast = np.outer(prior.contrast, prior.contrast)
    path = np.kron(prior.coupling, months) + np.kron(contrast, np.ones_like(months))
    effects = effect_covariance(fitted.compiler.effects, fitted.model.reporting)
    by_path, by_effect = linear.by_path.toarray(), linear.by_effect.toarray()
    rows = by_path @ path @ by_path.T + by_effect @ effects @ by_effect.T + np.diag(noise**2)
    flat = by_path.sum(axis=1)
    cross, n = by_path @ path, len(noise)
    joint = np.block([[rows, cross], [cross.T, path]])
    level = np.concatenate([flat, np.ones(len(path))])
    law = DiffuseGaussian.prior(np.zeros(len(joint)), level, joint)
    seen, nothing = np.arange(n), np.zeros(n)
    _, spread = law.condition(seen, nothing, nothing, np.arange(n, len(joint))).marginalise()
    return np.sqrt(np.diag(spread))


@some
@given(questions())
def test_the_value_reached_agrees_with_the_chance_of_reaching_it(
    question: tuple[Ledger, Goal],
) -> None:
    result = attainments(*question)
    amount = result.goal.amount
    for year in {point.year for point in result.reach}:
        values = [result.value_reached_with(p, year) for p in (0.05, 0.3, 0.5, 0.7, 0.95)]
        assert values == sorted(values, reverse=True)
        chance = result.probability_by(year)
        low, high = max(chance - 0.02, 0.01), min(chance + 0.02, 0.99)
        if chance > 0.03:
            assert result.value_reached_with(low, year) >= amount * (1 - 1e-4)
        if chance < 0.97:
            assert result.value_reached_with(high, year) <= amount * (1 + 1e-4)
    for p in (0.1, 0.5, 0.9):
        values = [result.value_reached_with(p, point.year) for point in result.reach]
        assert values == sorted(values)


@some
@given(questions(), st.floats(0.05, 0.9), st.floats(0.0, 0.09))
def test_intervals_are_nested_around_the_median(
    question: tuple[Ledger, Goal], level: float, more: float
) -> None:
    result = attainments(*question)
    inner = [position(when) for when in result.interval(level)]
    outer = [position(when) for when in result.interval(level + more)]
    median = position(result.median)
    assert outer[0] <= inner[0] <= median <= inner[1] <= outer[1]
    if isinstance(result.median, Reached):
        assert result.probability_by(median) >= 0.5 > result.probability_by(median - 1) - 1e-12
    else:
        assert result.not_within > 0.5


@few
@given(ledgers(), st.integers(0, 100))
def test_turnover_is_the_sum_of_the_flows(ledger: Ledger, seed: int) -> None:
    fitted = model().fit(ledger)
    last = ledger.current.last_month // 12
    paths = fitted.draw(last + 3, 50, np.random.default_rng(seed), ledger.current.reporters)
    if paths.flows == (TURNOVER,):
        return
    projection = paths
    for whose in ("consensus", *ledger.current.reporters):
        flows = [projection.totals(flow, "calendar_year", whose) for flow in paths.flows]
        turnover = projection.totals(TURNOVER, "calendar_year", whose)
        np.testing.assert_allclose(turnover, sum(flows), rtol=1e-5)
    monthly = np.exp(paths.log_paths.astype(float)).sum(axis=0)
    by_year = monthly.reshape(len(paths.years), 12, -1).sum(axis=1)
    np.testing.assert_allclose(projection.totals(TURNOVER), by_year, rtol=1e-5)
    assert paths.flows == (FIRST.flow, SECOND.flow)


def test_two_offices_of_one_side_weigh_as_one() -> None:
    """A third voice of one side does not outvote the other side."""

    def median(side: str) -> float:
        told = [("A customs", "4.0"), ("A stat", "4.0"), ("B stat", "5.0")]
        rows = [
            level("2023", text, "exact", reporter=name).model_copy(
                update={"side": side if name.startswith("A") else ""}
            )
            for name, text in told
        ]
        totals = track(Ledger(rows), Goal(10), n_paths=2000).totals()
        return totals.years[0].quantiles[4]

    assert median("A") == pytest.approx(math.sqrt(4.0 * 5.0), rel=0.01)
    assert median("") == pytest.approx((4.0 * 4.0 * 5.0) ** (1 / 3), rel=0.01)
