"""Bad input: a right answer, or an error that says what to do; never a hang or numpy's warning."""

import math

import numpy as np
import pytest

import tradetrack as tt
from tests.tracking_strategies import FIRST, REPORTERS, growth, level
from tradetrack import Figure, Goal, Ledger, Level, Tracking
from tradetrack.domain.window import Window
from tradetrack.errors import GoalError, ImpossibleFigureError, InputError

TWO = [level("2020", "3.0"), level("2021", "3.3")]
TEN = Goal(10)


def track(rows: list[Level], goal: Goal = TEN, **more: object) -> Tracking:
    """Track with the shipped model, and check that the answer is one."""
    arguments = {"n_paths": 200, **more}
    result = tt.track(Ledger(rows), goal, **arguments)  # type: ignore[arg-type]
    chances = [point.probability for point in result.attainments[0].curve]
    assert all(0 <= chance <= 1 for chance in chances)
    assert Tracking.model_validate_json(result.model_dump_json()) == result
    assert str(result)
    return result


def median_total(result: Tracking, year: int) -> float:
    return next(row.quantiles[4] for row in result.totals().years if row.year == year)


def test_an_empty_ledger() -> None:
    with pytest.raises(InputError, match="the ledger has no figures that count; add at least one"):
        track([])
    aside = TWO[0].model_copy(update={"set_aside": "a slip"})
    with pytest.raises(InputError, match="the ledger has no figures that count; add at least one"):
        track([aside])


def test_one_figure() -> None:
    result = track(TWO[:1])
    assert median_total(result, 2020) == pytest.approx(3.0, rel=0.02)
    assert 0 < result.attainments[0].not_within < 1


def test_one_figure_of_one_month() -> None:
    result = track([level("2020-05", "0.25")])
    assert result.attainments[0].latest is None
    assert median_total(result, 2020) == pytest.approx(3.0, rel=0.4)


def test_only_bounds() -> None:
    rows = [level("2020", "3.0", "at_least"), level("2021", "3.3", "at_most")]
    with pytest.raises(InputError, match=r"one level that is not only a bound .*; add one"):
        track(rows)


def test_only_growth() -> None:
    rows = [growth("2021", "2020", "12")]
    with pytest.raises(InputError, match="no figure sets the level"):
        track(rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "december"), [(5.0, 1.0), (3.9, 1.0), (0.001, 0.001), (900.0, 1.0), (3.0, 0.0001)]
)
def test_exact_figures_that_contradict_each_other_split_the_difference(
    part: float, december: float
) -> None:
    rows = [level("2024", 4.0), level("2024-01..2024-11", part), level("2024-12", december)]
    result = track(rows)
    lowest, highest = sorted((4.0, part + december))
    assert lowest * 0.99 <= median_total(result, 2024) <= highest * 1.01


def test_exact_reporters_that_contradict_each_other_meet_in_the_middle() -> None:
    result = track([level("2024", 4.0), level("2024", 8.0, reporter=REPORTERS[1])])
    assert median_total(result, 2024) == pytest.approx(math.sqrt(32), rel=0.02)


def test_exact_growth_that_contradicts_exact_levels() -> None:
    rows = [level("2023", 4.0), level("2024", 4.4), growth("2024", "2023", 60.0, "exact")]
    result = track(rows)  # type: ignore[arg-type]
    assert 4.3 < median_total(result, 2024) < 6.5


def test_a_goal_below_what_was_reached() -> None:
    result = track(TWO, Goal(1.5, by=2021)).attainments[0]
    assert result.probability_by(2020) == 1.0
    assert result.median == tt.results.Reached(year=2020)
    assert result.not_within == 0.0


def test_a_deadline_in_the_past() -> None:
    result = track(TWO, Goal(10, by=2020)).attainments[0]
    assert result.deadline_probability == 0.0
    assert result.required_growth is None
    [missed, *_] = track(TWO, Goal(10, by=2020)).sentences()
    assert "to have been met by then" in missed


def test_a_deadline_before_every_figure() -> None:
    with pytest.raises(GoalError, match=r"before the first figure, which is of 2020; add"):
        track(TWO, Goal(10, by=1999))


def test_a_horizon_before_the_last_figure() -> None:
    with pytest.raises(
        GoalError, match="write at least 0, counted from 2021, the year of the last"
    ):
        track(TWO, horizon=-1)
    assert track(TWO, horizon=0).attainments[0].last_year == 2021


@pytest.mark.parametrize("amount", [0, -1, -0.0, math.nan, math.inf, -math.inf])
def test_amounts_that_are_no_goal(amount: float) -> None:
    with pytest.raises(ValueError, match=r"amount .* is not a positive number; write the level"):
        Goal(amount)


@pytest.mark.parametrize("amount", [1e-300, 1e-9, 1e39, 1e300])
def test_amounts_however_small_or_large(amount: float) -> None:
    result = track(TWO, Goal(amount)).attainments[0]
    assert result.probability_by(2020) == (1.0 if amount < 1 else 0.0)
    assert result.probability_by(result.last_year) == (1.0 if amount < 1 else 0.0)


@pytest.mark.parametrize("value", ["0", "-3.5", "0.0"])
def test_levels_that_are_not_positive(value: str) -> None:
    with pytest.raises(ValueError, match=rf"the level {value} is not positive; check the sign"):
        level("2020", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_figures_that_are_not_finite(value: float) -> None:
    with pytest.raises(ValueError, match="is not finite; leave the row out if no number was"):
        Figure.of(value, "usd_bn")
    with pytest.raises(ValueError, match="is not finite"):
        Figure.of(str(value), "usd_bn")
    with pytest.raises(InputError, match="is not the unit of a digit; write 1,"):
        Figure.of(3.5, "usd_bn", precision=value)


def test_levels_that_no_trade_has() -> None:
    with pytest.raises(InputError, match="beyond 1e20 or 1e-20 usd_bn; check the unit"):
        track([level("2020", 1e30)])
    tiny = level("2020", "31", unit="usd")  # thirty-one dollars
    assert median_total(track([tiny], Goal(1e-7)), 2020) == pytest.approx(3.1e-8, rel=0.02)


def test_a_change_a_thousandfold_is_followed() -> None:
    result = track([level("2020", 1.0), level("2021", 1000.0), level("2022", 1.0)])
    assert median_total(result, 2021) == pytest.approx(1000.0, rel=0.02)
    assert median_total(result, 2022) == pytest.approx(1.0, rel=0.02)


def test_a_bound_against_exact_figures() -> None:
    rows = [
        *TWO,
        level("2022", "3.4"),
        level("2021", "5000000000", "at_least", reporter=REPORTERS[1]),
    ]
    [row] = track(rows).discounted
    assert row.kind == "misprint"
    assert "at least US$ 5,000,000,000 bn" in row.figure
    printed = tt.GrowthMixture(misprints=None)
    with pytest.raises(
        ImpossibleFigureError, match=r"this figure: .* at least 5000000000 .*set it aside"
    ):
        tt.track(Ledger(rows), Goal(5), model=printed, n_paths=50)


@pytest.mark.parametrize("years", [8, pytest.param(25, marks=pytest.mark.slow)])
def test_hundreds_of_figures(years: int) -> None:
    """Every month and every year to date by two reporters: 368 figures, or 1,150."""
    rng = np.random.default_rng(0)
    first = 2025 - years
    windows = [Window.month(first + i // 12, i % 12 + 1) for i in range(12 * years)]
    windows += [Window.year_to_date(first + i // 11, i % 11 + 2) for i in range(11 * years)]
    value = {w: 100 * w.n_months * math.exp(0.05 * rng.standard_normal()) for w in windows}
    rows = [
        level(str(window), f"{value[window] * ratio:.1f}", unit="usd_mn", reporter=reporter)
        for window in windows
        for reporter, ratio in zip(REPORTERS, (1.0, 1.07), strict=True)
    ]
    assert len(Ledger(rows).current) == 46 * years
    result = track(rows)
    assert median_total(result, 2020) == pytest.approx(1.24, rel=0.05)


def test_figures_from_1900() -> None:
    result = track([level("1900", "1.0"), level("2020", "3.0"), level("2020", "2.0", series=FIRST)])
    assert result.attainments[0].curve[0].year == 1900
    assert median_total(result, 1900) == pytest.approx(1.0, rel=0.05)
    assert median_total(result, 2020) == pytest.approx(3.0, rel=0.05)


def test_a_series_that_is_not_in_the_ledger() -> None:
    with pytest.raises(GoalError, match="no figures for KZ-UZ kz_to_uz; it has those for"):
        track(TWO, Goal(10, series=FIRST))


def test_an_unknown_reporter() -> None:
    with pytest.raises(GoalError, match=r"'IMF'; there are those by UZ stat, or write 'consensus'"):
        track(TWO, Goal(10, reporter="IMF"))


@pytest.mark.parametrize("n_paths", [0, -5])
def test_too_few_paths(n_paths: int) -> None:
    with pytest.raises(
        InputError, match=f"n_paths is {n_paths}; write a whole number between 1 and"
    ):
        track(TWO, n_paths=n_paths)


def test_a_negative_seed() -> None:
    with pytest.raises(InputError, match="seed is -1; write a whole number of at least 0"):
        track(TWO, seed=-1)


@pytest.mark.parametrize("name", ["horizon", "n_paths", "seed"])
@pytest.mark.parametrize("value", [2030.5, math.nan, math.inf, "2030"])
def test_numbers_that_are_not_whole(name: str, value: object) -> None:
    with pytest.raises(InputError, match=f"{name} is .*; write a whole number"):
        track(TWO, **{name: value})


def test_a_horizon_out_of_reach() -> None:
    with pytest.raises(
        GoalError, match="more than 100 years after the last figure; choose horizon="
    ):
        track(TWO, horizon=10**9)
    with pytest.raises(GoalError, match="more than 100 years after the last figure"):
        track(TWO, Goal(10, by=2200))
    assert track(TWO, horizon=79).attainments[0].last_year == 2100


@pytest.mark.parametrize("as_of", ["yesterday", "2021-13", "2021-02-30", "21-01-01"])
def test_days_that_are_no_days(as_of: str) -> None:
    with pytest.raises(InputError, match=r"is not a date; write YYYY-MM-DD, or YYYY-MM if only"):
        track(TWO, as_of=as_of)


def test_a_deadline_that_is_no_year() -> None:
    with pytest.raises(ValueError, match="the deadline 99999 is not a year between 1800 and 2200"):
        Goal(10, by=99999)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"goals": 3}, "3 is not a goal; pass one such as Goal"),
        ({"goals": "10 by 2030"}, "'10 by 2030' is not a goal"),
        ({"goals": [tt.Goal(3), 4]}, "4 is not a goal"),
        ({"ledger": []}, "the ledger is a list; make one with Ledger"),
        ({"seed": None}, "seed is None; write a whole number"),
        ({"as_of": 2024}, "an object of type int is not a date; write YYYY-MM-DD"),
        ({"model": "arima"}, "the model is 'arima'; pass one such as GrowthMixture"),
        ({"model": tt.GrowthMixture}, "the model is <class .*; pass one such as"),
    ],
)
def test_an_argument_of_another_kind_is_refused(wrong: dict[str, object], said: str) -> None:
    arguments = {"ledger": tt.datasets.kazakhstan_uzbekistan(), "goals": tt.Goal(3), **wrong}
    with pytest.raises(tt.InputError, match=said):
        tt.track(**arguments)
