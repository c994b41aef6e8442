"""News of every kind of goal: both ends are what track says, and the lines add up."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.tracking_strategies import CALM, FIRST, PAIR, REPORTERS, WILD, level, model

import tradetrack as tt
from tradetrack.testing import any_goals, ledgers

SINCE, FEW = "2022-02-15", 2000
BALANCE = tt.Series(pair=PAIR.pair, flow="balance")
TWO = model(CALM, WILD, reporter_spread=0.05, reporter_year_spread=0.07)
LEDGER = tt.Ledger(
    [
        *(
            level(str(y), f"{2.0 + 0.1 * (y - 2014):.2f}", published=f"{y + 1}-02-01")
            for y in range(2014, 2022)
        ),
        level("2020", "1.4", series=FIRST, published="2021-02-02"),
        level("2021", "1.5", series=FIRST, published="2022-02-02"),
        level("2022-01..2022-06", "1.5", published="2022-08-01"),
        level(
            "2022-01..2022-06",
            "0.85",
            series=FIRST,
            published="2022-08-10",
            reporter=REPORTERS[1],
        ),
        level("2022", "3.1", published="2023-02-01"),
        level("2022", "1.7", series=FIRST, published="2023-02-01"),
    ]
)
KINDS = {
    "level": tt.Goal(4, by=2026),
    "unit of its own": tt.Goal("4000 usd_mn", by=2026),
    "multiple": tt.Goal("1.4x 2021", by=2026),
    "increase": tt.Goal("+1 2021", by=2026),
    "growth over the year before": tt.Goal("+15%", by=2025),
    "average growth": tt.Goal("10% a year from 2021", by=2026),
    "fiscal year": tt.Goal(4, by="2026-05", window="fy:04"),
    "half-year": tt.Goal(2, by=2026, window="half"),
    "quarter": tt.Goal(1.0, by="2026-05", window="quarter"),
    "month": tt.Goal(0.4, by="2026-03-20", window="month"),
    "monthly growth": tt.Goal("+30%", by=2024, window="month", announced="2022-03"),
    "one window": tt.Goal(2, window="2025-H1"),
    "twelve months": tt.Goal("1.4x 2021", by="2026-03", window="rolling", announced="2022-03"),
    "at most": tt.Goal(2.5, by=2026, bound="at_most", announced="2022-03"),
    "two years in a row": tt.Goal(3.2, by=2026, sustained=2),
    "six windows in a row": tt.Goal(3.2, by=2026, window="rolling", sustained=6),
    "balance": tt.Goal(0.6, by=2026, series=BALANCE),
    "change of the balance": tt.Goal("+0.3 2021", by=2026, series=BALANCE),
    "deficit": tt.Goal(-0.1, by=2026, series=BALANCE, bound="at_most", announced="2022-03"),
}


def told(*goals: tt.Goal) -> tt.results.News:
    return tt.news(LEDGER, goals, since=SINCE, model=TWO, n_paths=FEW)


@pytest.mark.parametrize("goal", KINDS.values(), ids=KINDS)
def test_each_kind_goes_from_what_was_said_then_to_what_is_said_now(goal: tt.Goal) -> None:
    news = told(goal)
    [row] = news.goals
    then, now = (
        tt.track(LEDGER, goal, as_of=day, model=TWO, n_paths=FEW)[0] for day in (SINCE, None)
    )
    assert (row.before, row.after) == (then.probability, now.probability)
    before, *changes, after = news.lines()
    assert before.points + sum(line.points for line in changes) == pytest.approx(after.points)
    shares = [release.probabilities[0].share for release in news.releases]
    assert max(map(abs, shares)) > 0.01
    assert abs(row.rest.linearisation) < 0.015
    assert abs(row.rest.simulation) < 0.06
    assert row.goal.series is not None
    assert str(news).startswith(f"{row.goal.series.words}, {row.goal}")
    assert tt.results.News.model_validate_json(news.model_dump_json()) == news


def test_a_unit_of_its_own_is_the_same_level() -> None:
    [plain], [other] = told(KINDS["level"]).goals, told(KINDS["unit of its own"]).goals
    assert (plain.before, plain.after, plain.rest) == (other.before, other.after, other.rest)


def test_a_multiple_of_a_known_total_moves_as_its_level_does() -> None:
    """The total of 2021 was printed before and is not in doubt."""
    news = told(tt.Goal("1.5x 2021", by=2026), tt.Goal(1.5 * 2.7, by=2026, announced="2022"))
    for release in news.releases:
        relative, level_of_it = release.probabilities
        assert relative.share == pytest.approx(level_of_it.share, abs=0.035)


def test_in_a_row_is_never_likelier_and_at_most_moves_against_at_least() -> None:
    once, thrice = (tt.Goal(3.2, by=2026, sustained=times) for times in (1, 3))
    most = tt.Goal(3.2, by=2023, window="2023", bound="at_most")
    least = most.model_copy(update={"bound": "at_least"})
    news = told(once, thrice, most, least)
    assert news.goals[1].after < news.goals[0].after
    for release in news.releases:
        one, other = release.probabilities[2:]
        assert one.share == pytest.approx(-other.share, abs=0.002)


def test_beside_a_balance_stands_the_total_of_the_turnover() -> None:
    [total] = told(KINDS["balance"]).totals
    assert total.series.flow == "turnover"
    assert total.after.mean == pytest.approx(3.1, rel=0.02)


def test_a_history_names_what_moved_a_relative_goal() -> None:
    past = tt.history(LEDGER, KINDS["multiple"], [SINCE, "2023-03"], n_paths=500)
    mover = past.dates[1].movers[0]
    assert mover is not None
    assert mover.published in ("2022-08-01", "2023-02-01")


@settings(max_examples=5, deadline=None)
@given(ledgers(), st.data())
def test_any_goal_has_lines_that_add_up(ledger: tt.Ledger, data: st.DataObject) -> None:
    dates = sorted({row.published for row in ledger})
    assume(len(dates) > 1)
    since = data.draw(st.sampled_from(dates[:-1]))
    goal = data.draw(any_goals(ledger))
    try:
        now = tt.track(ledger, goal, model=model(), n_paths=50)[0]
        news = tt.news(ledger, goal, since=since, model=model(), n_paths=50)
    except tt.errors.TradetrackError:  # nothing could be said of the goal then
        assume(False)
    if goal.deadline is not None:
        assert news.goals[0].after == now.probability
    before, *changes, after = news.lines()
    assert before.points + sum(line.points for line in changes) == pytest.approx(after.points)
