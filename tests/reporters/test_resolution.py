"""Goals judged by documents: by hand, and on the trap the shipped figures hold."""

import pytest
from tests.tracking_strategies import FIRST, PAIR, REPORTERS, SECOND, level

import tradetrack as tt
from tradetrack.reporters.resolution import Resolution

GOAL = tt.Goal(5.0, by=2022, series=PAIR)


def judged(*rows: tt.Level, goal: tt.Goal = GOAL) -> dict[str, Resolution]:
    found = tt.resolve(tt.Ledger(rows), goal)
    return {row.vintage: row for row in found if row.reporter == REPORTERS[0]}


def verdicts(*rows: tt.Level, goal: tt.Goal = GOAL) -> tuple[str, str]:
    found = judged(*rows, goal=goal)
    return found["first"].verdict, found["latest"].verdict


def released(row: tt.Level, published: str) -> tt.Level:
    return row.model_copy(update={"published": published})


@pytest.mark.parametrize(
    ("window", "value", "qualifier", "expected"),
    [
        ("2022", "5.0", None, "met"),
        ("2022", "4.92", None, "not met"),
        ("2021", "5.1", None, "met"),
        ("2021", "4.0", None, "open"),  # the year that decides was not printed
        ("2023", "6.0", None, "open"),  # too late to count, and 2022 was not printed
        ("2022", "5", "over", "met"),
        ("2022", "4.8", "over", "not met"),
        ("2022", "5", "about", "met"),
    ],
)
def test_the_number_is_taken_at_its_word(
    window: str, value: str, qualifier: str | None, expected: str
) -> None:
    assert verdicts(level(window, value, qualifier)) == (expected, expected)


def test_nearly_is_not_there() -> None:
    assert judged(level("2022", "5", "nearly")) == {}


def test_the_first_release_and_the_latest_may_differ() -> None:
    first = released(level("2022", "5.0"), "2023-02")
    later = released(level("2022", "4.92"), "2023-12")
    assert verdicts(first, later) == ("met", "not met")
    early = tt.resolve(tt.Ledger([first, later]).as_of("2023-06"), GOAL)
    assert [row.verdict for row in early] == ["met", "met"]


def test_a_turnover_may_be_printed_as_its_two_flows() -> None:
    flows = [
        released(level("2022", value, series=series), "2024-01")
        for value, series in (("3.00", FIRST), ("1.92", SECOND))
    ]
    assert verdicts(*flows) == ("not met", "not met")
    total = released(level("2022", "5.0"), "2023-02")
    found = judged(total, *flows)
    assert (found["first"].verdict, found["latest"].verdict) == ("met", "not met")
    evidence = found["latest"].evidence
    assert evidence is not None
    assert evidence.total == pytest.approx(4.92)
    assert len(evidence.printed) == 2
    assert judged(flows[0]) == {}


def test_the_first_year_that_reaches_it_decides() -> None:
    rows = [level("2020", "5.5"), level("2021", "4.0"), level("2022", "4.5")]
    evidence = judged(*rows)["latest"].evidence
    assert evidence is not None
    assert evidence.year == 2020


def test_years_from_any_month_count_for_a_rolling_goal_only() -> None:
    row = level("2021-07..2022-06", "5.2")
    assert judged(row) == {}
    assert verdicts(row, goal=GOAL.model_copy(update={"window": "rolling_year"})) == ("met", "met")


def test_units_do_not_matter() -> None:
    assert verdicts(level("2022", "5,010", unit="usd_mn")) == ("met", "met")


def test_without_a_deadline_a_goal_is_never_missed() -> None:
    open_ended = GOAL.model_copy(update={"by": None})
    assert verdicts(level("2022", "4.0"), goal=open_ended) == ("open", "open")
    assert verdicts(level("2030", "5.0"), goal=open_ended) == ("met", "met")


def test_a_goal_of_one_reporter_asks_that_one() -> None:
    rows = [level("2022", "5.0"), level("2022", "4.6", reporter=REPORTERS[1])]
    own = GOAL.model_copy(update={"reporter": REPORTERS[1]})
    assert {row.reporter for row in tt.resolve(tt.Ledger(rows), own)} == {REPORTERS[1]}


def test_a_goal_without_a_series_is_refused() -> None:
    with pytest.raises(tt.errors.GoalError, match="it has no series"):
        tt.resolve(tt.Ledger([level("2022", "5.0")]), tt.Goal(5.0))


def test_the_sentence_names_the_document() -> None:
    row = level("2022", "5.0").model_copy(update={"document": "stat.example/2022"})
    said = str(judged(row)["latest"])
    assert "met, US$ 5 bn in 2022" in said
    assert "stat.example/2022" in said


def test_whether_five_billion_was_met_in_2022_depends_on_reporter_and_vintage() -> None:
    goal = tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ"))
    found = {
        (row.reporter, row.vintage): row.verdict
        for row in tt.resolve(tt.datasets.kazakhstan_uzbekistan(), goal)
    }
    assert found["KZ stat", "first"] == "met"
    assert found["KZ stat", "latest"] == "not met"
    assert found["UZ stat", "latest"] == "not met"
    assert found["KZ government", "latest"] == "met"


@pytest.mark.parametrize(
    ("first", "second", "amount"), [("0.7", "0.1", 0.8), ("2.3", "4.6", 6.9), ("0.1", "0.2", 0.3)]
)
def test_flows_that_add_up_to_the_goal_meet_it(first: str, second: str, amount: float) -> None:
    rows = [level("2022", first, series=FIRST), level("2022", second, series=SECOND)]
    goal = GOAL.model_copy(update={"amount": amount})
    assert verdicts(*rows, goal=goal) == ("met", "met")
    a_little_more = GOAL.model_copy(update={"amount": amount + 0.001})
    assert verdicts(*rows, goal=a_little_more) == ("not met", "not met")


def test_a_rolling_goal_is_missed_only_when_no_window_is_left() -> None:
    rolling = GOAL.model_copy(update={"window": "rolling_year"})
    early, last = level("2021-02..2022-01", "4.9"), level("2022", "4.6")
    assert verdicts(early, goal=rolling) == ("open", "open")
    found = judged(early, last, goal=rolling)["latest"]
    assert found.verdict == "not met"
    assert found.evidence is not None
    assert found.evidence.total == pytest.approx(4.9), "the highest of the deadline's year"


def test_another_currency_is_refused() -> None:
    euros = PAIR.model_copy(update={"unit": "eur_bn"})
    row = level("2022", "5.0", unit="eur_bn", series=euros)
    with pytest.raises(tt.errors.GoalError, match="the goal is in usd_bn, the figure in eur_bn"):
        tt.resolve(tt.Ledger([row]), GOAL)


def test_one_dollar_short_is_not_there() -> None:
    row = level("2022", "4999999999", "exact", unit="usd")
    assert verdicts(row) == ("not met", "not met")
    assert verdicts(level("2022", "5000000000", "exact", unit="usd")) == ("met", "met")


def test_the_highest_months_of_the_last_year_are_shown_whichever_they_are() -> None:
    rolling = GOAL.model_copy(update={"window": "rolling_year"})
    rows = level("2021-02..2022-01", "4.5"), level("2022", "4.6")
    found = judged(*rows, goal=rolling)["latest"]
    assert found.evidence is not None
    assert found.evidence.total == pytest.approx(4.6)


def test_figures_that_were_not_asked_for_are_not_read() -> None:
    euros = PAIR.model_copy(update={"unit": "eur_bn"})
    rows = [
        level("2022", "5.0"),
        level("2022", "4.0", unit="eur_bn", series=euros, reporter=REPORTERS[1]),
    ]
    own = GOAL.model_copy(update={"reporter": REPORTERS[0]})
    assert {row.verdict for row in tt.resolve(tt.Ledger(rows), own)} == {"met"}


def test_the_later_of_two_days_is_said() -> None:
    parts = [
        released(level("2022", "3.0", series=FIRST), "2023-03"),  # by the end of March
        released(level("2022", "2.5", series=SECOND), "2023-03-15"),
    ]
    assert "published 2023-03, " in str(judged(*parts)["latest"])


def growth(window: str, base: str, value: str) -> tt.Growth:
    return tt.Growth(
        series=PAIR,
        window=tt.Window(window),
        base=tt.Window(base),
        figure=tt.Figure.of(value, "percent"),
        reporter=REPORTERS[0],
        published="2024-02",
    )


YEARS = (level("2020", "2.0"), level("2021", "2.6"), level("2022", "3.9"))


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (tt.Goal("2x 2020", by=2022, series=PAIR), "not met"),
        (tt.Goal("1.9x 2020", by=2022, series=PAIR), "met"),
        (tt.Goal("+1.9 2020", by=2022, series=PAIR), "met"),
        (tt.Goal("2x 2019", by=2022, series=PAIR), None),  # the base was not printed
        (tt.Goal("40% a year from 2020", by=2022, series=PAIR), "not met"),  # 3.92
        (tt.Goal("39% a year from 2020", by=2022, series=PAIR), "met"),
        (tt.Goal("+50%", window="2022", series=PAIR), "met"),
        (tt.Goal("+50%", window="2021", series=PAIR), "not met"),
        (tt.Goal(2.6, by=2022, sustained=2, series=PAIR), "met"),
        (tt.Goal(2.7, by=2022, sustained=2, series=PAIR), "not met"),
        (tt.Goal(2.0, by=2022, announced="2021-06", bound="at_most", series=PAIR), "not met"),
        (tt.Goal(2.0, by=2022, bound="at_most", series=PAIR), "met"),
        (tt.Goal(2.0, by=2022, window="quarter", series=PAIR), None),
        (tt.Goal("2600 usd_mn", by="2021-12-31", series=PAIR), "met"),
        (tt.Goal(2.6, by="2021-11", series=PAIR), "not met"),
    ],
)
def test_goals_of_every_kind_are_judged_by_what_was_printed(
    goal: tt.Goal, expected: str | None
) -> None:
    found = judged(*YEARS, goal=goal)
    assert {row.verdict for row in found.values()} == ({expected} if expected else set())


def test_a_goal_met_before_it_was_announced_is_not_met_by_that() -> None:
    peak = (level("2012", "6.0"), level("2022", "4.0"))
    assert verdicts(*peak) == ("met", "met")
    announced = GOAL.model_copy(update={"announced": "2018-03-01"})
    assert verdicts(*peak, goal=announced) == ("not met", "not met")


def test_printed_growth_decides_a_goal_of_growth() -> None:
    goal = tt.Goal("+15%", window="2023", series=PAIR)
    found = judged(growth("2023", "2022", "16.5"), goal=goal)["latest"]
    assert (found.verdict, str(found).split(": ")[1]) == (
        "met",
        "met, 16.5 % in 2023 (published 2024-02, no document named)",
    )
    assert verdicts(growth("2023", "2022", "14.9"), goal=goal) == ("not met", "not met")


def test_a_balance_is_the_difference_of_two_printed_flows() -> None:
    flows = [level("2022", v, series=s) for v, s in (("3.00", FIRST), ("1.92", SECOND))]
    series = PAIR.model_copy(update={"flow": "balance"})
    surplus = tt.Goal(1.0, by=2022, series=series)
    evidence = judged(*flows, goal=surplus)["latest"].evidence
    assert evidence is not None
    assert evidence.total == pytest.approx(1.08)
    assert verdicts(*flows, goal=tt.Goal(1.1, by=2022, series=series)) == ("not met", "not met")


def test_fiscal_years_are_judged_by_fiscal_years() -> None:
    rows = (level("2022", "9.0"), level("2021-04..2022-03", "4.9"))
    goal = tt.Goal(5.0, by="2022-03-31", window="fy:04", series=PAIR)
    assert verdicts(*rows, goal=goal) == ("not met", "not met")
