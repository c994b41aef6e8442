"""The same goal by the consensus and by each reporter."""

import pytest
from tests.tracking_strategies import PAIR, REPORTERS, level, model

import tradetrack as tt

ROWS = [
    level(str(year), value, reporter=reporter)
    for reporter, scale in zip(REPORTERS[:2], (1.1, 0.9), strict=True)
    for year, value in ((2020, f"{4 * scale:.2f}"), (2021, f"{4.6 * scale:.2f}"))
]
LEDGER = tt.Ledger(ROWS)
GOALS = [tt.Goal(5.0, by=2021), tt.Goal(9.0, by=2025)]


def found(**given: object) -> tt.results.ByReporter:
    asked = {"n_paths": 300, "model": model()} | given
    return tt.by_reporter(LEDGER, GOALS, **asked)  # type: ignore[arg-type]


def test_every_goal_comes_by_the_consensus_and_by_every_reporter() -> None:
    rows = [(row.attainment.goal.amount, row.reporter) for row in found().judgements]
    everyone = ("consensus", *sorted(REPORTERS[:2]))
    assert rows == [(amount, figures) for amount in (5.0, 9.0) for figures in everyone]


def test_probabilities_are_those_of_track() -> None:
    for row in found().judgements:
        goal = row.attainment.goal
        goals = [given.attainment.goal for given in found().judgements]
        expected = tt.track(LEDGER, goals, model=model(), n_paths=300)
        assert row.attainment == expected.attainments[goals.index(goal)]
        assert row.probability == row.attainment.deadline_probability


def test_reporters_differ_and_the_consensus_says_so() -> None:
    consensus, *each = found().judgements[:3]
    assert consensus.agreed == "disputed"
    assert {row.reporter: row.latest and row.latest.verdict for row in each} == {
        REPORTERS[0]: "met",
        REPORTERS[1]: "not met",
    }
    chances = {row.reporter: row.probability for row in each}
    assert chances[REPORTERS[0]] > 0.9 > 0.1 > chances[REPORTERS[1]]


def test_as_of_cuts_the_documents_too() -> None:
    early = found(as_of="2021-06")
    assert {row.agreed for row in early.judgements if row.agreed} == {"open"}


def test_a_reporter_without_yearly_totals_says_so() -> None:
    rows = [*ROWS, level("2021-01..2021-06", "2.2", reporter="ministry")]
    told = tt.by_reporter(tt.Ledger(rows), GOALS[0], model=model(), n_paths=100)
    assert "figures of ministry" in str(told)
    assert "no such total printed" in str(told)


def test_json_gives_it_back_and_the_frame_has_a_row_each() -> None:
    told = found()
    assert tt.results.ByReporter.model_validate_json(told.model_dump_json()) == told
    frame = told.to_frame()
    assert frame.columns.tolist() == ["goal", "reporter", "probability", "first", "latest"]
    assert len(frame) == len(told.judgements)


def test_a_goal_that_track_refuses_is_refused() -> None:
    with pytest.raises(tt.errors.GoalError, match="no figures for AA-BB"):
        tt.by_reporter(LEDGER, tt.Goal(5, series=tt.Series(pair="AA-BB")))
    assert PAIR.pair == "KZ-UZ"
