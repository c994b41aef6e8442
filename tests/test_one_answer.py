"""One answer: the same question has the same number, to the bit, wherever it is shown."""

import json
import re
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tradetrack as tt
from tests.shipped import ledger as shipped
from tests.tracking_strategies import model, questions
from tradetrack._history import history_of
from tradetrack._news.decompose import news_of
from tradetrack.reporters.compare import simulate_reporters
from tradetrack.scenarios.required import required_of
from tradetrack.scenarios.scenario import suppose
from tradetrack.tracking import attainments, summarise

GOAL = tt.Goal(10, by=2030)
SINCE = "2025-09-30"


@cache
def tracked(as_of: str | None = None) -> tt.Tracking:
    return tt.track(shipped(), GOAL, as_of=as_of)


@cache
def compared() -> tt.results.ByReporter:
    return tt.by_reporter(shipped(), GOAL)


def test_the_consensus_by_reporter_is_what_track_says() -> None:
    assert compared().judgements[0].attainment == tracked()[0]


@pytest.mark.parametrize("position", [1, 3])
def test_a_reporter_asked_alone_has_the_number_it_has_beside_the_others(position: int) -> None:
    found = compared().judgements[position].attainment
    assert tt.track(shipped(), found.goal)[0] == found


def test_the_frame_and_the_sentence_have_the_same_number() -> None:
    [row] = tracked().to_frame().to_dict("records")
    assert row["probability"] == tracked()[0].probability
    assert f"{100 * row['probability']:.0f} %" in str(tracked())


def test_the_command_line_prints_the_same_number() -> None:
    command = ["track", "--goal", "10", "--by", "2030", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "tradetrack", *command], capture_output=True, text=True, check=True
    )
    assert tt.Tracking.model_validate_json(done.stdout) == tracked()


def test_the_page_shows_the_same_numbers(tmp_path) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "page.html"
    command = ["report", "--goal", "10", "--by", "2030", "--since", SINCE, "-o", str(page)]
    subprocess.run([sys.executable, "-m", "tradetrack", *command], capture_output=True, check=True)
    scripts = re.findall(r'<script[^>]*id="([\w-]+)"[^>]*>(.*?)</script>', page.read_text(), re.S)
    data = {name: json.loads(text) for name, text in scripts if text.strip().startswith("{")}
    assert data["tracking"]["attainments"][0]["curve"] == [
        point.model_dump() for point in tracked()[0].curve
    ]
    first = data["by-whose-figures"]["judgements"][0]["attainment"]
    assert first["curve"] == data["tracking"]["attainments"][0]["curve"]
    [goal] = data["news"]["goals"]
    assert goal["after"] == tracked()[0].deadline_probability
    assert goal["before"] == tracked(SINCE)[0].deadline_probability


def test_news_of_paths_that_are_drawn_is_the_news() -> None:
    drawn = simulate_reporters(shipped(), GOAL)
    then = tt.simulate(shipped(), GOAL, as_of=SINCE)
    asked = tt.news(shipped(), GOAL, since=SINCE)
    assert news_of(drawn.about(GOAL), SINCE) == asked
    assert news_of(drawn.about(GOAL), SINCE, then=then) == asked
    near = tt.simulate(shipped(), GOAL, horizon=5)
    assert news_of(near, SINCE, horizon=5) == tt.news(shipped(), GOAL, since=SINCE, horizon=5)
    with pytest.raises(tt.InputError, match="another as_of"):
        news_of(drawn.about(GOAL), "2025-08-31", then=then)
    with pytest.raises(tt.InputError, match="of a GrowthMixture, not of"):
        news_of(tt.simulate(shipped(), GOAL, model=tt.models.RandomWalkModel(), n_paths=10), SINCE)


def test_the_history_has_the_number_of_each_date() -> None:
    past = tt.history(shipped(), GOAL, [SINCE, "2025-11-14"])
    assert [said.headlines[0] for said in past] == [
        tracked(SINCE)[0].headline,
        tracked()[0].headline,
    ]


def test_a_history_of_paths_that_are_drawn_is_the_history() -> None:
    drawn, dates = simulate_reporters(shipped(), GOAL, n_paths=400), ["2024-06", "2025-11-14"]
    asked = tt.history(shipped(), GOAL, dates, n_paths=400)
    assert history_of(drawn.about(GOAL), dates) == asked


@settings(max_examples=10)
@given(questions(), st.integers(0, 9))
def test_reporters_change_no_path_and_no_effect_of_another(
    question: tuple[tt.Ledger, tt.Goal], seed: int
) -> None:
    ledger, _ = question
    fitted = model().fit(ledger)
    everyone = tuple(r for r in ledger.current.reporters if r)
    last = ledger.current.last_month // 12 + 3
    alone = fitted.draw(last, 40, np.random.default_rng(seed))
    beside = fitted.draw(last, 40, np.random.default_rng(seed), everyone)
    np.testing.assert_array_equal(alone.log_paths, beside.log_paths)
    for reporter in everyone[-1:]:
        one = fitted.draw(last, 40, np.random.default_rng(seed), (reporter,))
        np.testing.assert_array_equal(one.effects[reporter], beside.effects[reporter])


def test_assumptions_imposed_on_drawn_paths_are_the_scenario() -> None:
    many = {"n_paths": 2_000, "seed": 3}
    drawn = simulate_reporters(shipped(), GOAL, **many).about(GOAL)
    for assumption in (
        tt.scenarios.GrowthPath(0.1),
        tt.scenarios.GivenTotal(2027, 5.5),
        tt.scenarios.Shock(2026, -0.2),
    ):
        model = tt.scenarios.Scenario(assumption)
        assert summarise(suppose(drawn, assumption)) == tt.track(
            shipped(), GOAL, model=model, **many
        )


def test_required_growth_of_drawn_paths_is_the_required_growth() -> None:
    goals = [GOAL, tt.Goal(6, by=2027, window="rolling_year"), tt.Goal("2x 2026", by=2032)]
    drawn = simulate_reporters(shipped(), goals, n_paths=500)
    found = required_of(drawn, attainments(drawn.about(goals)), 0.75)
    asked = [tt.required_growth(shipped(), goal, 0.75, n_paths=500) for goal in goals]
    assert list(found) == asked
    [refused] = required_of(drawn, attainments(drawn.about(tt.Goal(10))))
    assert isinstance(refused, tt.errors.GoalError)
