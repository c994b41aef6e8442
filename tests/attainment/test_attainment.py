"""What an attainment derives from its curve, by hand; and what it refuses."""

import math

import pytest
from tests.dated import dated
from tests.tracking_strategies import PAIR

from tradetrack.attainment.attainment import (
    REACH_LEVELS,
    Attainment,
    NotWithin,
    Reached,
    YearProbability,
    YearReach,
    YearTotal,
)
from tradetrack.domain.goal import Goal
from tradetrack.errors import InputError

LATEST, EARLIER = YearTotal(year=2021, total=4.0), YearTotal(year=2020, total=3.24)
CHANCES = (0.0, 0.05, 0.1, 0.3, 0.5, 0.5, 0.7, 0.85)  # 2020 to 2027


def attainment(
    by: int | None = 2025,
    chances: tuple[float, ...] = CHANCES,
    latest: YearTotal | None = LATEST,
    earlier: YearTotal | None = EARLIER,
) -> Attainment:
    years = range(2020, 2020 + len(chances))
    goal = Goal(8.0, by, series=PAIR)
    curve = [
        YearProbability(year=year, probability=p, error=p * (1 - p))
        for year, p in zip(years, chances, strict=True)
    ]
    return Attainment(
        goal=goal,
        **dated(goal, curve, 2021),
        latest=latest,
        earlier=earlier,
        reach=tuple(
            YearReach(year=year, amounts=tuple(year - 2020 + level for level in REACH_LEVELS))
            for year in years[2:]
        ),
        n_paths=1000,
    )


def test_probabilities_are_the_curve() -> None:
    result = attainment()
    assert dict(result.probabilities) == dict(zip(range(2020, 2028), CHANCES, strict=True))
    assert result.last_year == 2027
    assert result.not_within == pytest.approx(0.15)
    assert result.probability_by(2023) == 0.3
    assert result.probability_by(1900) == 0.0
    with pytest.raises(TypeError):
        result.probabilities[2020] = 1.0  # type: ignore[index]


def test_a_year_beyond_the_horizon_is_refused_with_the_remedy() -> None:
    with pytest.raises(
        InputError, match=r"2028 is beyond the horizon, which ends in 2027; .* by 1"
    ):
        attainment().probability_by(2028)


def test_the_deadline_counts_its_own_year() -> None:
    assert attainment(by=2025).deadline_probability == 0.5
    assert attainment(by=2020).deadline_probability == 0.0
    assert attainment(by=None).deadline_probability is None


def test_quantiles_are_the_first_years_at_or_above() -> None:
    result = attainment()
    assert result.median == Reached(year=2024)
    assert result.interval() == (Reached(year=2022), NotWithin(last_year=2027))
    assert result.interval(0.4) == (Reached(year=2023), Reached(year=2026))
    assert result.year_reached_with(0.85) == Reached(year=2027)
    assert result.year_reached_with(0.86) == NotWithin(last_year=2027)
    assert attainment(by=2021, chances=(0.1, 0.2, 0.3)).median == NotWithin(last_year=2022)
    assert [str(when) for when in result.interval()] == ["2022", "not by 2027"]


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 1.5, math.nan, math.inf])
def test_a_level_that_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(InputError, match=r"level is .*; write a number between 0 and 1"):
        attainment().interval(level)
    with pytest.raises(InputError, match=r"probability is .*; write a number between 0 and 1"):
        attainment().year_reached_with(level)


def test_what_is_reached_is_read_between_levels() -> None:
    result = attainment()
    assert result.value_reached_with(0.5, 2022) == pytest.approx(2.5)
    assert result.value_reached_with(0.9, 2024) == pytest.approx(4.1)
    assert result.value_reached_with(0.895, 2024) == pytest.approx(4.105)
    assert result.value_reached_with(0.01, 2027) == pytest.approx(7.99)
    assert result.value_reached_with(0.99, 2027) == pytest.approx(7.01)


@pytest.mark.parametrize("year", [2021, 2028])
def test_what_is_reached_is_known_from_the_last_observed_year_on(year: int) -> None:
    with pytest.raises(InputError, match=rf"the year {year} is not in 2022 to 2027; choose one"):
        attainment().value_reached_with(0.5, year)


@pytest.mark.parametrize("probability", [0.0, 0.005, 0.995, 1.0, math.nan])
def test_what_is_reached_for_sure_is_not_said(probability: float) -> None:
    with pytest.raises(InputError, match=r"is not between 0.01 and 0.99; beyond that too few"):
        attainment().value_reached_with(probability, 2025)


def test_growth_still_needed_and_growth_so_far() -> None:
    result = attainment(by=2025)
    assert result.required_growth == pytest.approx(2 ** (1 / 4) - 1)
    assert result.recent_growth == pytest.approx(4.0 / 3.24 - 1)


def test_growth_that_cannot_be_said_is_none() -> None:
    assert attainment(by=None).required_growth is None
    assert attainment(by=2021).required_growth is None  # has passed
    assert attainment(latest=None).required_growth is None
    assert attainment(latest=None).recent_growth is None
    assert attainment(earlier=None).recent_growth is None


def test_growth_needed_is_negative_once_the_goal_is_passed() -> None:
    result = attainment(latest=YearTotal(year=2021, total=10.0))
    assert result.required_growth is not None
    assert result.required_growth < 0


def test_the_monte_carlo_error_is_that_of_the_deadline_or_of_the_least_certain_year() -> None:
    assert attainment(by=2023).monte_carlo_error == pytest.approx(0.3 * 0.7)
    assert attainment(by=None).monte_carlo_error == pytest.approx(0.25)


def test_json_gives_it_back() -> None:
    result = attainment()
    back = Attainment.model_validate_json(result.model_dump_json())
    assert back == result
    assert hash(back) == hash(result)
    assert back.median == result.median


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        attainment().n_paths = 5  # type: ignore[misc]
