"""The sentence for a goal, read word by word in each of its cases."""

import pytest
from tests.dated import dated

import tradetrack as tt
from tradetrack._format import percent
from tradetrack.attainment.attainment import YearProbability, YearReach, YearTotal
from tradetrack.attainment.pace import PaceNeeded
from tradetrack.attainment.sentences import details, pace_words, remarks, sentence

SERIES = tt.Series(pair="KZ-UZ")
CURVE = {2024: 0.0, 2025: 0.04, 2026: 0.15, 2028: 0.3, 2030: 0.55, 2035: 0.7}


def attainment(
    curve: dict[int, float], goal: tt.Goal, earlier: tuple[int, float] | None = (2019, 3.4)
) -> tt.Attainment:
    """The years that a curve leaves out have the probability of the year before."""
    years = range(min(min(curve), earlier[0] if earlier else 2024), max(curve) + 1)
    known = {years[0]: 0.0} | curve
    chances = [known[max(y for y in known if y <= year)] for year in years]
    curve_points = [
        YearProbability(year=year, probability=p, error=0.005)
        for year, p in zip(years, chances, strict=True)
    ]
    return tt.Attainment(
        goal=goal.model_copy(update={"series": goal.series or SERIES}),
        **dated(goal, curve_points, 2024)
        | {"level": goal.amount if isinstance(goal.amount, float) else 4.0},
        latest=YearTotal(year=2024, total=4.2),
        earlier=None if earlier is None else YearTotal(year=earlier[0], total=earlier[1]),
        reach=(YearReach(year=years[-1], amounts=(4.5,) * 99),),
        n_paths=10_000,
    )


def test_future_deadline() -> None:
    goal = tt.Goal(10, by=2030, name="US$ 10 bn")
    assert sentence(attainment(CURVE, goal), "2025-11-14") == (
        "KZ–UZ turnover, US$ 10 bn by 2030: 55 % likely to be met by then (Monte-Carlo error 0.5"
        " points); median year 2030, 80 % range 2026 to after 2035; needs 15.6 % a year from"
        " US$ 4.20 bn in 2024, against 4.3 % a year since 2019"
        " (consensus of reporters, as of 2025-11-14)."
    )


def test_past_deadline() -> None:
    curve = {2022: 0.12} | {year: max(0.12, chance) for year, chance in CURVE.items()}
    said = sentence(attainment(curve, tt.Goal(5, by=2022)), "2025-11-14")
    assert said == (
        "KZ–UZ turnover, US$ 5 bn by 2022: 12 % likely to have been met by then (Monte-Carlo error"
        " 0.5 points); median year 2030, 80 % range 2022 to after 2035; US$ 4.20 bn in 2024, after"
        " 4.3 % a year since 2019 (consensus of reporters, as of 2025-11-14)."
    )


def test_no_deadline_by_a_reporter() -> None:
    said = sentence(attainment(CURVE, tt.Goal(10, reporter="UZ stat")), "2025-11-14")
    assert said.startswith(
        "KZ–UZ turnover, US$ 10 bn: 70 % likely to be met by 2035 (Monte-Carlo error 0.5 points);"
    )
    assert "needs" not in said
    assert said.endswith("(figures of UZ stat, as of 2025-11-14).")


def test_already_certain() -> None:
    said = sentence(
        attainment({2021: 0.0, 2022: 1.0, 2024: 1.0, 2030: 1.0}, tt.Goal(4, by=2030)), "2025-11"
    )
    assert "US$ 4 bn by 2030: over 99 % likely to have been met by then" in said
    assert "median year 2022, 80 % range 2022; US$ 4.20 bn in 2024, after 4.3 % a year" in said


def test_not_within_the_horizon() -> None:
    curve = {2024: 0.0, 2030: 0.02, 2045: 0.3}
    said = sentence(attainment(curve, tt.Goal(50, by=2030)), "2025-11-14")
    assert "2 % likely to be met by then" in said
    assert "median year not within the horizon (to 2045), 80 % range 2045 to after 2045;" in said
    never = sentence(attainment(dict.fromkeys(curve, 0.0), tt.Goal(500, by=2030)), "2025-11-14")
    assert "under 1 % likely" in never
    assert "80 % range and median year not within the horizon (to 2045);" in never


def test_rolling_year_of_one_flow_without_an_earlier_year() -> None:
    flow = SERIES.model_copy(update={"flow": "kz_to_uz", "unit": "eur_mn"})
    goal = tt.Goal(3000, 2030, "rolling_year", series=flow)
    said = sentence(attainment(CURVE, goal, earlier=None), "2025-11-14")
    assert said.startswith("KZ to UZ, EUR 3,000 mn in twelve months by 2030: 55 % likely")
    assert "against no earlier year to compare with" in said


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "under 1 %"),
        (0.004, "under 1 %"),
        (0.5, "50 %"),
        (0.996, "over 99 %"),
        (1.0, "over 99 %"),
    ],
)
def test_percent(probability: float, said: str) -> None:
    assert percent(probability) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [(3e-5, "0.00003"), (1234567.5, "1,234,567.5"), (10.0, "10"), (4.14, "4.14")],
)
def test_amounts_have_no_exponents(amount: float, said: str) -> None:
    goal = tt.Goal(amount, by=2030)
    assert str(goal) == f"{said} by 2030"
    assert sentence(attainment(CURVE, goal), "2025").startswith(
        f"KZ–UZ turnover, US$ {said} bn by 2030: 55 % likely"
    )


def test_who_announced_it_when_and_where() -> None:
    goal = tt.Goal(
        10,
        by=2030,
        announced="2024-08-08",
        speaker="the minister",
        wording="to ten billion",
        document="a newspaper",
    )
    said = sentence(attainment(CURVE, goal), "2025-11-14")
    start = (
        "KZ–UZ turnover, US$ 10 bn by 2030, announced on 2024-08-08 by the minister: 55 % likely"
    )
    assert said.startswith(start)
    assert said.endswith("(consensus of reporters, as of 2025-11-14).")
    assert details(attainment(CURVE, goal)) == [
        'It was announced as "to ten billion" in a newspaper.'
    ]
    alone = sentence(attainment(CURVE, tt.Goal(10, announced="2024-08", wording="")), "2025")
    assert alone.startswith("KZ–UZ turnover, US$ 10 bn, announced in 2024-08: 70 % likely")
    assert details(attainment(CURVE, tt.Goal(10, announced="2024-08"))) == []
    repeated = tt.Goal(10, by=2030, wording="by 2030")
    assert details(attainment(CURVE, repeated)) == []


def test_a_goal_met_before_says_since_when_unless_it_was_announced() -> None:
    met = {2021: 0.0, 2022: 1.0, 2024: 1.0, 2030: 1.0}
    assert remarks(attainment(met, tt.Goal(4, by=2030))) == ["first met in 2022"]
    assert remarks(attainment(met, tt.Goal(4, by=2030, announced="2021"))) == []
    assert "; first met in 2022 (consensus" in sentence(attainment(met, tt.Goal(4)), "2025")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0.9x 2023", ["it asks for less than in 2023"]),
        ("-10% 2023", ["it asks for less than in 2023"]),
        ("-1 2023", ["it asks for less than in 2023"]),
        ("-5%", ["it asks for less than in the year before"]),
        ("-5% a year from 2023", ["it asks for less than in 2023"]),
        ("1x 2023", []),
        ("2x 2023", []),
        ("+1 2023", []),
        ("+5%", []),
        (3, []),
    ],
)
def test_less_than_before_is_said_of_what_is_to_be_at_least(amount, said) -> None:
    assert remarks(attainment(CURVE, tt.Goal(amount, by=2030))) == said
    assert remarks(attainment(CURVE, tt.Goal(amount, by=2030, bound="at_most"))) == []


def test_an_error_that_rounds_to_nothing_is_not_said() -> None:
    found = attainment(CURVE, tt.Goal(10, by=2030))
    certain = found.at_deadline.model_copy(update={"error": 0.0004})
    said = sentence(found.model_copy(update={"at_deadline": certain}), "2025")
    assert "55 % likely to be met by then; median" in said
    some = found.at_deadline.model_copy(update={"error": 0.0006})
    assert "(Monte-Carlo error 0.1 points)" in sentence(
        found.model_copy(update={"at_deadline": some}), "2025"
    )


def test_in_a_window_alone_and_growth_over_the_year_before() -> None:
    said = sentence(attainment(CURVE, tt.Goal(5, window="2026")), "2025")
    assert said.startswith("KZ–UZ turnover, US$ 5 bn in 2026: 15 % likely to be met then")
    found = attainment(CURVE, tt.Goal("+15%", window="2026")).model_copy(update={"level": None})
    assert sentence(found, "2025").startswith("KZ–UZ turnover, +15% over the year before in 2026:")


def pace(**changed) -> PaceNeeded:
    numbers = {
        "target": 5.0,
        "so_far": 4.0,
        "months_left": 2,
        "needed": 0.87,
        "needed_a_month": 0.435,
        "year_before": 0.777,
        "growth": 0.12,
        "expected": 0.8,
        "probability": 0.3,
    }
    return PaceNeeded(window=tt.Window("2025"), **(numbers | changed))


@pytest.mark.parametrize(
    ("changed", "by", "said"),
    [
        ({}, 2025, "2025 needs US$ 0.870 bn more in 2 months, 0.435 a month, 12 % above the same"
         " months of 2024; the model expects 0.800"),
        ({}, 2030, "on the way, 2025 needs US$ 0.870 bn more in 2 months, 0.435 a month, 12 % above"
         " the same months of 2024; the model expects 0.800"),
        ({"months_left": 1, "growth": -0.3}, 2025, "2025 needs US$ 0.870 bn more in 1 month,"
         " 30 % below the same month of 2024; the model expects 0.800"),
        ({"growth": 0.001}, 2025, "2025 needs US$ 0.870 bn more in 2 months, 0.435 a month, as much"
         " as in the same months of 2024; the model expects 0.800"),
        ({"needed": 0.0}, 2025, "2025 has what it needs, US$ 5.00 bn"),
    ],
)  # fmt: skip
def test_the_pace_in_words(changed, by: int, said: str) -> None:
    found = attainment(CURVE, tt.Goal(5, by=by)).model_copy(update={"pace": pace(**changed)})
    assert pace_words(found) == said
    assert details(found) == [f"{said[0].upper()}{said[1:]}."]
