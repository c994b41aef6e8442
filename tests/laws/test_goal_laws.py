"""Laws of goals of every kind: what must hold whatever is asked, of any ledger."""

import math
from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.tracking_strategies import N_PATHS, model

import tradetrack as tt
from tradetrack import testing
from tradetrack.domain.amount import base_of
from tradetrack.ledger.ledger import Ledger
from tradetrack.simulation import simulate
from tradetrack.tracking import attainments, summarise

some = settings(max_examples=20)
few = settings(max_examples=10)
Question = tuple[Ledger, tt.Goal]


def answers(ledger: Ledger, *goals: tt.Goal) -> list[tt.Attainment]:
    drawn = simulate(ledger, goals, model=model(), n_paths=N_PATHS)
    return list(attainments(drawn))


def curve(found: tt.Attainment) -> np.ndarray:
    return np.array([point.probability for point in found.curve])


@some
@given(testing.any_questions())
def test_every_answer_holds_together_and_its_json_gives_it_back(question: Question) -> None:
    ledger, goal = question
    drawn = simulate(ledger, goal, model=model(), n_paths=N_PATHS)
    testing.check_tracking(summarise(drawn))
    assert drawn.goals[0] == tt.Goal.model_validate_json(drawn.goals[0].model_dump_json())


@some
@given(testing.any_questions(), st.floats(1.01, 4.0))
def test_more_is_never_likelier_nor_is_less_of_at_most(question: Question, factor: float) -> None:
    ledger, goal = question
    match goal.amount:
        case tt.amounts.Multiple(factor=asked, base=base):
            amount: object = tt.amounts.Multiple(asked * factor, base)
        case tt.amounts.Increase(value=value, base=base):
            amount = tt.amounts.Increase(value + factor, base)
        case tt.amounts.YearGrowth(rate=rate):
            amount = tt.amounts.YearGrowth(rate + factor)
        case tt.amounts.AverageGrowth(rate=rate, base=base):
            amount = tt.amounts.AverageGrowth(rate + factor, base)
        case tt.amounts.Absolute(value=value, unit=unit):
            amount = tt.amounts.Absolute(value * factor, unit)
        case _:
            amount = goal.amount * factor
    less, more = answers(ledger, goal, goal.model_copy(update={"amount": amount}))
    sign = 1.0 if goal.bound == "at_least" else -1.0
    assert (sign * (curve(less) - curve(more)) >= 0.0).all()


@some
@given(testing.any_questions())
def test_a_later_announcement_more_in_a_row_and_an_earlier_deadline_are_no_easier(
    question: Question,
) -> None:
    ledger, goal = question
    named = goal.window[0].isdigit()
    assume(not isinstance(goal.amount, tt.amounts.AverageGrowth))
    every = goal.model_copy(update={"announced": "", "sustained": 1})
    longer = every if named else every.model_copy(update={"sustained": 2})
    first, run, said = answers(ledger, every, longer, goal)
    assert (curve(first) >= curve(run)).all()
    assert (curve(first) >= curve(said)).all()
    assert said.deadline_probability is not None
    assert said.deadline_probability <= said.probabilities[said.goal.due_year or 0]


@some
@given(testing.any_questions())
def test_one_goal_alone_or_among_others_is_the_same(question: Question) -> None:
    ledger, goal = question
    turned = goal.model_copy(update={"bound": "at_most", "sustained": 1})
    alone, among = answers(ledger, goal)[0], answers(ledger, turned, goal)[1]
    assert alone == among


@few
@given(testing.any_questions())
def test_the_unit_of_the_series_changes_nothing(question: Question) -> None:
    ledger, goal = question
    mn = goal.series.model_copy(update={"unit": "usd_mn"}) if goal.series else None
    amount = goal.amount
    if isinstance(amount, float):
        amount = 1000.0 * amount
    elif isinstance(amount, tt.amounts.Increase):
        amount = tt.amounts.Increase(1000.0 * amount.value, amount.base)
    rows = [
        row.model_copy(update={"series": row.series.model_copy(update={"unit": "usd_mn"})})
        for row in ledger
    ]
    [one] = answers(ledger, goal)
    [other] = answers(Ledger(rows), goal.model_copy(update={"series": mn, "amount": amount}))
    assert np.abs(curve(one) - curve(other)).max() <= 2.5 / N_PATHS
    if one.pace and other.pace:
        assert math.isclose(one.pace.growth, other.pace.growth, rel_tol=0.01, abs_tol=0.01)


@few
@given(testing.any_questions(), st.integers(-60, 60))
def test_whole_years_shift_the_answer_with_them(question: Question, years: int) -> None:
    ledger, goal = question

    def moved(text: str) -> str:
        return text and f"{int(text[:4]) + years}{text[4:]}"

    amount, base = goal.amount, base_of(goal.amount)
    if base is not None:
        amount = amount.model_copy(update={"base": base.shift(years)})
    window = goal.window
    if window[0].isdigit():
        window = str(tt.Window(window).shift(years))
    by = goal.by + years if isinstance(goal.by, int) else goal.by and moved(goal.by)
    later = goal.model_copy(
        update={"amount": amount, "window": window, "by": by, "announced": moved(goal.announced)}
    )
    rows = []
    for row in ledger:
        change = {"window": row.window.shift(years), "published": moved(row.published)}
        if row.kind != "level":
            change["base"] = row.base.shift(years)
        rows.append(row.model_copy(update=change))
    [here], [there] = answers(ledger, goal), answers(Ledger(rows), later)
    assert curve(here).tolist() == curve(there).tolist()
    assert here.deadline_probability == there.deadline_probability


@some
@given(testing.any_questions())
def test_what_is_met_is_what_its_windows_come_to(question: Question) -> None:
    """The answer against a loop over the windows of each path."""
    ledger, goal = question
    drawn = simulate(ledger, goal, model=model(), n_paths=60)
    found, passed = attainments(drawn)[0], drawn.passage()
    met = 0
    for path in range(60):
        run = 0
        for window, totals, amounts in zip(
            passed.windows,
            passed.totals,
            np.broadcast_to(passed.amounts, passed.totals.shape),
            strict=True,
        ):
            if found.goal.deadline is not None and window.end > found.goal.deadline:
                break
            gap = (totals[path] - amounts[path]) / abs(amounts[path])
            enough = gap >= -5e-5 if goal.bound == "at_least" else gap <= 5e-5
            run = run + 1 if enough else 0
            if run == goal.sustained:
                met += 1
                break
    near = np.abs(passed.totals / passed.amounts - 1.0).min() < 1e-4 if len(passed.totals) else 1
    assert near or found.deadline_probability == met / 60


@few
@given(testing.any_questions())
def test_the_order_of_rows_changes_nothing(question: Question) -> None:
    ledger, goal = question
    assert answers(ledger, goal) == answers(Ledger(reversed(ledger.observations)), goal)


def test_goals_of_ten_kinds_share_one_draw() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    kinds = (tt.Goal(10, by=2030), tt.Goal("2x 2023", by=2030))
    drawn = simulate(ledger, kinds, n_paths=100)
    again = replace(drawn, goals=drawn.goals[1:])
    assert attainments(drawn)[1] == attainments(again)[0]
