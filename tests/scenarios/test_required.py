"""The growth required: closed forms, and that a growth path by it does what was asked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from tests.scenarios.stub import LEDGER, Drawn, any_paths, made, steady, walks
from tests.tracking_strategies import CALM, FIRST, REPORTERS, WILD, level, model

from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import Goal
from tradetrack.errors import GoalError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths
from tradetrack.scenarios.growth import GrowthPath
from tradetrack.scenarios.required import RequiredGrowth, required_growth
from tradetrack.scenarios.scenario import Scenario
from tradetrack.tracking import track

amounts = st.floats(0.9, 3.0)
levels = st.floats(0.05, 0.95)


def required(paths: LogPaths, goal: Goal, probability: float = 0.5) -> RequiredGrowth:
    return required_growth(LEDGER, goal, probability, model=Drawn(paths))


def log_growth(found: RequiredGrowth) -> float:
    return -np.inf if found.growth is None else float(np.log1p(found.growth))


def under(growth: float, paths: LogPaths, goal: Goal) -> Attainment:
    path = GrowthPath.model_construct(growth=growth)  # a law needs growth beyond what people type
    return track(LEDGER, goal, model=Scenario(path, Drawn(paths))).attainments[0]


def test_one_certain_path_needs_the_compound_growth() -> None:
    found = required(steady(90, 100, 104, 108, 110), Goal(150, by=2024))
    assert found.growth == pytest.approx(1.5 ** (1 / 3) - 1, rel=1e-3)
    assert found.own_growth == pytest.approx(1.1 ** (1 / 3) - 1, rel=1e-5)
    assert found.own_probability == 0.0
    assert found.latest is not None
    assert (found.latest.year, found.latest.total) == (2021, pytest.approx(100))


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_a_walk_of_one_year_needs_the_normal_quantile(probability: float) -> None:
    shocks = norm.ppf((np.arange(999) + 0.5) / 999)
    paths = made(np.stack([np.zeros(999), np.zeros(999), 0.2 * shocks])[None])
    found = required(paths, Goal(1.3, by=2022), probability)
    expected = np.log(1.3) + 0.2 * norm.ppf(probability)
    assert log_growth(found) == pytest.approx(expected, abs=0.002)
    assert found.error == pytest.approx(np.sqrt(probability * (1 - probability) / 999), rel=0.02)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.floats(1.05, 3.0), st.integers(2022, 2026), levels)
def test_each_path_needs_what_its_best_year_needs(
    seed: int, amount: float, by: int, probability: float
) -> None:
    """With whole years observed, year k needs ``(log amount - deviation) / k``."""
    paths = walks(101, 7, 0.3, seed)
    logs = paths.log_paths[0, ::12].astype(float) + np.log(12)
    off = logs - np.median(logs, axis=1, keepdims=True)
    wanted = np.log(amount * (1 - 5e-5))
    needs = np.min([(wanted - off[1 + k]) / k for k in range(1, by - 2020)], axis=0)
    expected = np.sort(needs)[int(np.ceil(probability * 101 - 1e-9)) - 1]
    found = required(paths, Goal(amount, by=by), probability)
    assert log_growth(found) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=30)
@given(any_paths(), amounts, amounts, levels, levels)
def test_harder_goals_need_more_growth(
    paths: LogPaths, low: float, high: float, p: float, q: float
) -> None:
    low, high, p, q, by = *sorted((low, high)), *sorted((p, q)), 2024
    easy = log_growth(required(paths, Goal(low, by=by), p))
    assert easy <= log_growth(required(paths, Goal(high, by=by), p))
    assert easy <= log_growth(required(paths, Goal(low, by=by), q))
    assert easy <= log_growth(required(paths, Goal(low, by=by - 1), p))
    assert easy >= log_growth(required(paths, Goal(low, by, "rolling_year"), p)) - 1e-5


@settings(max_examples=20)
@given(any_paths(), amounts, levels, st.floats(0.01, 100.0))
def test_another_currency_needs_the_same_growth(
    paths: LogPaths, amount: float, probability: float, rate: float
) -> None:
    exchanged = replace(paths, log_paths=paths.log_paths + np.float32(np.log(rate)))
    one = required(paths, Goal(amount, by=2024), probability)
    other = required(exchanged, Goal(amount * rate, by=2024), probability)
    assert log_growth(one) == pytest.approx(log_growth(other), abs=1e-5)


@settings(max_examples=30)
@given(any_paths(), amounts, levels, st.sampled_from(("calendar_year", "rolling_year")))
def test_a_growth_path_by_it_does_what_was_asked_and_less_does_not(
    paths: LogPaths, amount: float, probability: float, window: str
) -> None:
    goal = Goal(amount, 2024, window)  # type: ignore[arg-type]
    found = required(paths, goal, probability)
    if found.growth is None:
        assert under(-0.99, paths, goal).deadline_probability >= probability  # type: ignore[operator]
        return
    enough, little = (under(found.growth + more, paths, goal) for more in (1e-5, -1e-5))
    chance = enough.deadline_probability, little.deadline_probability
    assert chance[0] >= probability > chance[1]  # type: ignore[operator]


@settings(max_examples=30)
@given(any_paths(), st.floats(-0.4, 0.9), st.floats(-0.4, 0.9), amounts, levels)
def test_more_growth_is_never_later_rarer_or_less(
    paths: LogPaths, one: float, other: float, amount: float, probability: float
) -> None:
    low, high = sorted((one, other))
    slow, fast = (under(growth, paths, Goal(amount)) for growth in (low, high))
    for before, after in zip(slow.curve, fast.curve, strict=True):
        assert before.probability <= after.probability
    reached = [a.value_reached_with(probability, a.last_year) for a in (slow, fast)]
    assert reached[0] <= reached[1] * (1 + 1e-5)
    years = [getattr(a.year_reached_with(probability), "year", 9999) for a in (slow, fast)]
    assert years[0] >= years[1]


def test_of_a_flow_by_a_reporter_in_the_mixture() -> None:
    """One flow, in a year in progress, and the reporter's own figures: the paths are track's."""
    ledger = Ledger(
        [
            level("2019", "1.5", series=FIRST),
            level("2020", "1.6", series=FIRST, reporter=REPORTERS[1]),
            level("2020", "3.0"),
            level("2021-01..2021-05", "0.7", series=FIRST),
        ]
    )
    goal = Goal(2.4, 2024, "rolling_year", series=FIRST, reporter=REPORTERS[1])
    mixture = model(CALM, WILD)
    found = required_growth(ledger, goal, 0.7, as_of="2022-03", model=mixture, n_paths=150, seed=4)
    assert found.growth is not None
    chances = []
    for more in (1e-4, -1e-4):
        path = GrowthPath(found.growth + more, flow=FIRST.flow)
        scenario = Scenario([path], mixture)
        tracking = track(ledger, goal, as_of="2022-03", model=scenario, n_paths=150, seed=4)
        chances.append(tracking.attainments[0].deadline_probability)
    assert chances[0] >= 0.7 > chances[1]
    plain = track(ledger, goal, as_of="2022-03", model=mixture, n_paths=150, seed=4)
    assert found.own_probability == plain.attainments[0].deadline_probability
    assert (found.ledger_digest, found.as_of) == (plain.ledger_digest, plain.as_of)
    assert RequiredGrowth.model_validate_json(found.model_dump_json()) == found


def test_in_words() -> None:
    paths = steady(90, 100, 104, 108, 110)
    assert str(required(paths, Goal(150, by=2024))) == (
        "US$ 150 bn by 2024: met with probability 50 % if KZ–UZ turnover grows 14.5 % a year from"
        " now on; the model expects 3.2 % a year with probability under 1 %."
    )
    assert str(required(paths, Goal(95, by=2024), 0.9)) == (
        "US$ 95 bn by 2024: met with probability 90 % without any growth; the model expects 3.2 %"
        " a year with probability over 99 %."
    )


def test_a_first_year_in_progress_has_nothing_to_grow_from() -> None:
    young = steady(1, 1, 1, n_observed=3)
    with pytest.raises(
        ValueError, match="needs the year before 2020, which is before the first fi"
    ):
        required(young, Goal(2, by=2022))
    assert required(replace(young, last_observed=2020 * 12 + 13), Goal(2, by=2022)).growth


@pytest.mark.parametrize(
    ("goal", "probability", "message"),
    [
        (Goal(5), 0.5, r"goal 5 has no deadline; give it one"),
        (Goal(5, by=2025), 0.0, "probability is 0.0; write a number between 0 and 1"),
        (Goal(5, by=2025), 1.0, "probability is 1.0; write a number between 0 and 1"),
        (
            Goal(5, by=2021),
            0.5,
            r"by 2021: every month to the deadline has been observed.* by=2022",
        ),
        (Goal(1e60, by=2025), 0.5, r"no growth reaches that; check the amount's unit"),
    ],
)
def test_what_cannot_be_asked(goal: Goal, probability: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        required(walks(20, 6, 0.1), goal, probability)


@pytest.mark.parametrize(
    ("goal", "level_of_it"),
    [
        (Goal("1.5x 2021", by=2024), 150.0),
        (Goal("+50 2021", by="2024-12-31"), 150.0),
        (Goal(150, window="2024"), 150.0),
        (Goal(75, by=2024, window="half"), 150.0),
    ],
)
def test_goals_of_other_kinds_need_the_growth_of_their_level(
    goal: Goal, level_of_it: float
) -> None:
    paths = steady(90, 100, 104, 108, 110)
    found, plain = required(paths, goal), required(paths, Goal(level_of_it, by=2024))
    assert found.growth == pytest.approx(plain.growth, rel=0.03)
    assert found.growth is not None
    assert under(found.growth + 1e-4, paths, goal).probability == 1.0
    assert under(found.growth - 1e-3, paths, goal).probability == 0.0


@pytest.mark.parametrize("goal", [Goal(50, by=2024, bound="at_most")])
def test_growth_is_not_asked_of_goals_that_no_growth_leads_to(goal: Goal) -> None:
    with pytest.raises(GoalError, match="no growth leads to it"):
        required(steady(90, 100, 104, 108, 110), goal)
