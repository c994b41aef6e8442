"""track(): what it answers, what it fills in, what it refuses."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import tradetrack as tt
from tests.tracking_strategies import (
    CALM,
    FIRST,
    PAIR,
    REPORTERS,
    SECOND,
    growth,
    level,
    model,
)
from tradetrack import Goal, Ledger, Series, Tracking
from tradetrack.domain.observation import Level
from tradetrack.domain.window import month_number
from tradetrack.errors import GoalError, InputError
from tradetrack.models.paths import LogPaths

UZ, KZ = REPORTERS
LEDGER = Ledger(
    [
        level("2019", "3.0", published="2020-02-10"),
        level("2020", "3.2", published="2021-02-10"),
        level("2021", "3.5", published="2022-02-10"),
        level("2021", "3.6", reporter=KZ, published="2022-03-01"),
        level("2022-01..2022-06", "1.9", published="2022-08-15"),
    ]
)
FLOWS = Ledger(
    [
        level("2020", "1.5", series=FIRST),
        level("2020", "1.1", series=SECOND),
        level("2021", "1.6", series=FIRST),
    ]
)
MODEL = model(CALM)
FIVE = Goal(5)
MONTHS = month_number(2019, 1), month_number(2022, 6)


def track(ledger: Ledger = LEDGER, goals: Goal | list[Goal] = FIVE, **more: object) -> Tracking:
    arguments = {"n_paths": 100, "model": MODEL, **more}
    return tt.track(ledger, goals, **arguments)  # type: ignore[arg-type]


def test_it_says_what_it_was_made_from() -> None:
    result = track(seed=3)
    assert result.seed == 3
    assert result.n_paths == 100
    assert result.version == tt.__version__
    assert result.ledger_digest == LEDGER.digest
    assert result.as_of == dt.date(2022, 8, 15)
    assert result.last_observed == month_number(2022, 6)
    assert result.attainments[0].n_paths == 100


def test_a_goal_alone_is_a_list_of_one() -> None:
    assert track(goals=Goal(5, by=2030)) == track(goals=[Goal(5, by=2030)])


def test_results_come_in_the_order_of_the_goals() -> None:
    goals = [Goal(9), Goal(4, by=2030), Goal(9, window="rolling_year"), Goal(9)]
    result = track(goals=goals)
    assert [a.goal.amount for a in result.attainments] == [9, 4, 9, 9]
    assert result.attainments[0] == result.attainments[3]


def test_a_goal_without_a_series_is_about_the_turnover() -> None:
    assert track().attainments[0].goal.series == PAIR
    assert track(FLOWS).attainments[0].goal.series == PAIR
    only = Ledger([level("2020", "1.5", series=FIRST)])
    assert track(only).attainments[0].goal.series == FIRST


def test_a_goal_may_be_about_one_flow_or_the_sum_of_two() -> None:
    result = track(FLOWS, [Goal(2, series=FIRST), Goal(2, series=SECOND), Goal(2, series=PAIR)])
    last = [a.probability_by(2020) for a in result.attainments]
    assert last == [0.0, 0.0, 1.0]


def test_the_other_flow_follows_from_turnover_and_one() -> None:
    rows = [level("2020", "3.0"), level("2020", "1.0", series=FIRST)]
    result = track(Ledger(rows), Goal(1.8, series=SECOND))
    assert result.attainments[0].probability_by(2020) == 1.0


def test_the_horizon_is_twenty_years_or_as_far_as_the_deadline_or_as_asked() -> None:
    assert track().attainments[0].last_year == 2042
    assert track(goals=Goal(5, by=2050)).attainments[0].last_year == 2050
    assert track(horizon=3).attainments[0].last_year == 2025
    assert track(horizon=0).attainments[0].last_year == 2022
    assert track(horizon=np.int64(3)).attainments[0].last_year == 2025


def test_as_of_forgets_what_came_later() -> None:
    result = track(as_of="2021-12")
    assert result == track(LEDGER.as_of("2021-12"), as_of="2021-12-31")
    assert result.as_of == dt.date(2021, 12, 31)
    assert result.last_observed == month_number(2020, 12)
    assert result.ledger_digest == LEDGER.as_of("2021-12").digest
    assert track(as_of=dt.date(2021, 12, 31)) == result


def test_a_growth_rate_alone_is_enough_beside_one_level() -> None:
    rows = [level("2020", 2.0), growth("2021", "2020", "50", "exact")]
    assert track(Ledger(rows), Goal(2.9)).attainments[0].probability_by(2021) == 1.0


def test_latest_and_earlier_are_complete_years() -> None:
    result = track().attainments[0]
    assert result.latest is not None
    assert result.earlier is not None
    assert (result.latest.year, result.earlier.year) == (2021, 2019)
    assert result.latest.total == pytest.approx(np.sqrt(3.5 * 3.6), rel=0.02)
    alone = track(Ledger([level("2021", "3.5")])).attainments[0]
    assert alone.latest is not None
    assert alone.earlier is None
    part = track(Ledger([level("2021-01..2021-03", "0.9")])).attainments[0]
    assert part.latest is None
    assert part.reach[0].year == 2021


def test_totals_are_quantiles_by_year() -> None:
    result = track(goals=[Goal(5), Goal(5, reporter=KZ)])
    totals = result.totals()
    assert [row.year for row in totals.years] == list(range(2019, 2043))
    assert all(list(row.quantiles) == sorted(row.quantiles) for row in totals.years)
    assert totals.levels[4] == 0.5
    assert totals.years[1].quantiles[4] == pytest.approx(3.2, rel=0.06)
    rolling = result.totals("rolling_year")
    pairs = zip(totals.years, rolling.years, strict=True)
    assert all(two.quantiles[4] >= one.quantiles[4] * (1 - 1e-6) for one, two in pairs)
    assert result.totals(reporter=KZ).reporter == KZ
    assert result.totals(series=PAIR, reporter="consensus") == totals


def test_totals_that_no_goal_asked_for_are_refused() -> None:
    message = (
        r"no totals of KZ-UZ kz_to_uz by consensus \(calendar_year\); there are those of KZ-UZ t"
    )
    with pytest.raises(InputError, match=message):
        track().totals(series=FIRST)
    with pytest.raises(InputError, match="Add a goal for the series to track"):
        track().totals(reporter=KZ)


def test_a_frame_has_the_headlines_and_another_the_curves() -> None:
    result = track(goals=[Goal(5, by=2030), Goal(6)])
    frame, curves = result.to_frame(), result.curves()
    assert frame["probability"].tolist() == [found.probability for found in result]
    assert frame["median"].tolist()[0] == getattr(result[0].median, "year", None)
    assert frame["by"].isna().tolist() == [False, True]
    one = result[0].to_frame()
    pd.testing.assert_frame_equal(one, frame[:1], check_dtype=False)
    assert list(curves)[-3:] == ["year", "probability", "monte_carlo_error"]
    assert len(curves) == 2 * len(result[0].curve)
    first = curves[curves["amount"] == 5]
    assert dict(zip(first["year"], first["probability"], strict=True)) == dict(
        result[0].probabilities
    )


def test_a_result_is_a_sequence_of_attainments() -> None:
    result = track(goals=[Goal(5, by=2030), Goal(6)])
    assert len(result) == 2
    assert tuple(result) == result.attainments
    assert result[-1] == result.attainments[1]


def test_totals_have_a_frame() -> None:
    totals = track().totals()
    frame = totals.to_frame()
    assert list(frame) == ["year", *totals.levels]
    assert frame[0.5].tolist() == [row.quantiles[4] for row in totals.years]


def test_what_goals_are_asked_together_changes_no_growth() -> None:
    """The growth so far is of calendar years, also of a goal for any twelve months."""
    rolling = Goal(5, by=2030, window="rolling_year")
    alone, beside = track(goals=rolling)[0], track(goals=[rolling, Goal(5, by=2030)])
    assert alone == beside[0]
    assert beside[0].latest == beside[1].latest
    assert beside[0].recent_growth == beside[1].recent_growth


def test_sentences_and_the_table_are_about_each_goal() -> None:
    tracking = track(goals=[Goal(5, by=2030), Goal(6, reporter=KZ)])
    one, other, *_ = tracking.sentences()
    assert "by 2030" in one
    assert "as of 2022-08-15" in one
    assert "consensus" in one
    assert KZ in other
    heading, heads, row, *_ = str(tracking).splitlines()
    assert heading == "KZ–UZ turnover · to 15 Aug 2022 · consensus"
    assert heads.split()[:3] == ["goal", "by", "chance"]
    assert row.split()[3] == "2030"


def test_any_model_that_draws_paths_will_do() -> None:
    """A model that knows the future: 1 a month until 2022, 2 a month from then on."""
    monthly = np.log(np.repeat([1.0, 2.0], [36, 24])).astype(np.float32)

    def fit(ledger: Ledger) -> SimpleNamespace:
        assert ledger == LEDGER

        def draw(last_year: int, n_paths: int, rng: object, reporters: tuple[str, ...]) -> LogPaths:
            assert (last_year, n_paths, reporters) == (2023, 100, ())
            paths = np.tile(monthly[None, :, None], (1, 1, n_paths))
            return LogPaths(*MONTHS, ("turnover",), paths)

        return SimpleNamespace(draw=draw)

    goals = [Goal(12), Goal(13), Goal(13, window="rolling_year"), Goal(24.1), Goal(24)]
    result = track(goals=goals, model=SimpleNamespace(fit=fit), horizon=1)
    assert [str(a.median) for a in result.attainments] == [
        "2019",
        "2022",
        "2022",
        "not by 2023",
        "2022",
    ]
    assert result.totals().years[0].quantiles[0] == pytest.approx(12.0)
    assert result.totals("rolling_year").years[0].quantiles[0] == pytest.approx(12.0)
    assert result.attainments[0].monte_carlo_error == pytest.approx(1 / 102)


def test_rolling_years_may_end_in_any_month() -> None:
    """Twelve months from July on are met in June, a calendar year only in December after."""
    high = np.repeat([1.0, 3.0, 1.0], [18, 12, 18])
    paths = np.log(high).astype(np.float32)[None, :, None]

    def fit(ledger: Ledger) -> SimpleNamespace:
        def draw(last_year: int, n_paths: int, rng: object, reporters: tuple[str, ...]) -> LogPaths:
            return LogPaths(*MONTHS, ("turnover",), paths)

        return SimpleNamespace(draw=draw)

    goals = [Goal(36, window="rolling_year"), Goal(36)]
    result = track(goals=goals, model=SimpleNamespace(fit=fit), horizon=0, n_paths=1)
    assert [str(a.median) for a in result.attainments] == ["2021", "not by 2022"]
    rolling = [round(row.quantiles[4]) for row in result.totals("rolling_year").years]
    assert rolling == [12, 24, 36, 22]  # ends in December, December, June and January


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        (
            Goal(5, series=FIRST),
            r"goal US\$ 5 bn: the ledger has no figures for KZ-UZ kz_to_uz;",
        ),
        (
            Goal(5, series=Series(pair="AA-BB")),
            r"no figures for AA-BB turnover; it has those for",
        ),
        (
            Goal(5, series=PAIR.model_copy(update={"unit": "usd_mn"})),
            r"the goal is in usd_mn, the ledger's levels of KZ-UZ in usd_bn; give both the same",
        ),
        (
            Goal(5, reporter="IMF"),
            r"goal 5: no figures that count are by 'IMF'; there are those by KZ stat, UZ stat, or",
        ),
        (
            Goal(5, by=2010),
            r"goal US\$ 5 bn .*by 2010: the deadline is before the first figure, .* of 2019",
        ),
    ],
)
def test_a_goal_that_the_ledger_cannot_answer(goal: Goal, message: str) -> None:
    with pytest.raises(GoalError, match=message):
        track(goals=goal)


def test_no_goal() -> None:
    with pytest.raises(GoalError, match=r"there is no goal; pass a Goal, for example Goal\(10,"):
        track(goals=[])


def elsewhere(row: Level) -> Level:
    return row.model_copy(update={"series": Series(pair="AA-BB"), "id": ""})


def test_two_pairs_need_goals_that_say_which() -> None:
    both = Ledger([*LEDGER, *map(elsewhere, LEDGER)])
    with pytest.raises(GoalError, match=r"for which pair; the ledger has AA-BB, KZ-UZ. Give"):
        track(both)
    goals = [Goal(5, series=PAIR), Goal(5, series=Series(pair="AA-BB"))]
    with pytest.raises(GoalError, match="about several pairs; call track once for each pair"):
        track(both, goals)
    one = track(both, goals[0])
    assert one.attainments == track().attainments
    assert one.ledger_digest == LEDGER.digest


@pytest.mark.parametrize(
    ("horizon", "message"),
    [
        (-1, r"the horizon is -1 years; write at least 0, counted from 2022, the year of the last"),
        (
            478,
            r"horizon ends in 2500, more than 100 years after the last figure; choose horizon=100",
        ),
    ],
)
def test_a_horizon_out_of_range(horizon: int, message: str) -> None:
    with pytest.raises(GoalError, match=message):
        track(horizon=horizon)


def test_a_horizon_before_a_deadline() -> None:
    with pytest.raises(GoalError, match=r"the last deadline is 2040; choose horizon=18 or more"):
        track(goals=Goal(5, by=2040), horizon=8)


def test_a_day_before_everything() -> None:
    with pytest.raises(
        InputError, match=r"published by 2019-05; the first figure is of 2020-02-10"
    ):
        track(as_of="2019-05")
    revised = Ledger([*LEDGER, level("2019", "3.1", published="2023-05-01")])
    with pytest.raises(InputError, match="the first figure is of 2020-02-10"):
        track(Ledger(row for row in revised if row.window.year == 2019), as_of="2019-05")


def test_the_kinds_of_findings_are_named_in_the_answer() -> None:
    """A year a thousand times the others is honoured; the sentence must not hide it."""
    rows = [
        tt.Level(
            series=tt.Series(pair="AA-BB"),
            window=tt.Window.calendar_year(year),
            figure=tt.Figure.of(printed, "usd_bn"),
            reporter="AA stat",
            published=f"{year + 1}-02",
        )
        for year, printed in enumerate(("1.4", "1.5", "1,700", "1.8", "1.9"), start=2020)
    ]
    tracking = tt.track(tt.Ledger(rows), tt.Goal(3, by=2028, name="the visit's goal"), n_paths=50)
    said = tracking.sentences()
    assert said[-1] == "There is 1 finding (unit_slip)."
    assert said[0].startswith("AA–BB turnover, the visit's goal (US$ 3 bn) by 2028: ")
    assert str(tracking).endswith("1 finding to check: unit_slip (.findings)")
    assert "\nthe visit's goal (US$ 3 bn)  2028  " in str(tracking)


def test_a_thousand_goals_are_printed_in_so_many_lines_and_say_where_the_others_are() -> None:
    goals = [Goal(4 + i / 100, by=2026 + i % 10) for i in range(1000)]
    text = str(tt.track(tt.datasets.kazakhstan_uzbekistan(), goals, n_paths=20))
    assert "\n950 more goals: see .to_frame()\n" in text
    assert text.count("\n") < 120
    assert "US$ 4.49 bn" in text
    assert "US$ 4.5 bn" not in text
