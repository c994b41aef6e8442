"""Every kind of goal, against a search on each path and against the level it stands for."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tracking_strategies import level, model

import tradetrack as tt
from tradetrack.attainment.first_passage import NEVER, TOLERANCE
from tradetrack.attainment.passage import MonthlyPaths, passage
from tradetrack.domain.period import windows_within
from tradetrack.ledger.ledger import Ledger

SERIES = tt.Series(pair="A-B")
FIRST, YEARS, N_PATHS = 12 * 2020, 6, 5
KINDS = ("calendar_year", "rolling_year", "fy:04", "half_year", "quarter", "month", "2023-H1")


def some_paths(seed: int) -> MonthlyPaths:
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(0.01, 0.15, (12 * YEARS, N_PATHS)), axis=0)
    return MonthlyPaths(FIRST, np.exp(walk).astype(np.float32))


def windows(kind: str) -> list[tuple[int, int]]:
    """First and last position of each window of a kind, by its definition."""
    n = 12 * YEARS
    every = {
        "calendar_year": (12, [i for i in range(n) if i % 12 == 0]),
        "rolling_year": (12, list(range(n))),
        "fy:04": (12, [i for i in range(n) if i % 12 == 3]),
        "half_year": (6, [i for i in range(n) if i % 6 == 0]),
        "quarter": (3, [i for i in range(n) if i % 3 == 0]),
        "month": (1, list(range(n))),
        "2023-H1": (6, [36]),
    }
    length, starts = every[kind]
    return [(start, start + length) for start in starts if start + length <= n]


def asked_for(
    goal: tt.Goal, monthly: np.ndarray, kind: str, ask: dict[str, float], span: tuple[int, int]
) -> float:
    """What one window is to come to."""
    start, stop = span
    base = monthly[: stop - start].sum()
    if "factor" in ask:
        return float(ask["factor"] * base)
    if "more" in ask:
        return float(base + ask["more"])
    if "rate" in ask:
        return float((1 + ask["rate"]) * monthly[start - 12 : stop - 12].sum())
    if "yearly" in ask:
        assert goal.deadline is not None
        ends = [FIRST + s - 1 for _, s in windows(kind) if FIRST + s - 1 <= goal.deadline]
        return float(base * (1 + ask["yearly"]) ** ((max(ends) - FIRST - stop + start + 1) / 12))
    return ask["amount"]


def search(goal: tt.Goal, monthly: np.ndarray, kind: str, ask: dict[str, float]) -> int:
    """First month of one path in which the goal is met, by looking at one window after another."""
    run, since = 0, 0
    if goal.announced:
        since = 12 * int(goal.announced[:4]) + int(goal.announced[5:7]) - 1
    for start, stop in windows(kind):
        end = FIRST + stop - 1
        based = ask.keys() & {"factor", "more", "yearly"}
        too_early = (based and stop <= stop - start) or end < since
        if too_early or ("rate" in ask and start < 12):
            continue
        amount = asked_for(goal, monthly, kind, ask, (start, stop))
        total = monthly[start:stop].sum()
        least, most = amount * (1 - TOLERANCE), amount * (1 + TOLERANCE)
        run = run + 1 if (total >= least if goal.bound == "at_least" else total <= most) else 0
        if run >= goal.sustained:
            return end
    return int(NEVER)


@given(
    kind=st.sampled_from(KINDS),
    asked=st.sampled_from(["level", "factor", "more", "rate", "yearly"]),
    size=st.floats(0.05, 1.5),
    bound=st.sampled_from(["at_least", "at_most"]),
    sustained=st.integers(1, 3),
    announced=st.sampled_from(["", "2021-06-15", "2022-01"]),
    seed=st.integers(0, 1000),
)
def test_a_goal_is_met_where_a_search_of_each_path_finds_it(
    kind: str, asked: str, size: float, bound: str, sustained: int, announced: str, seed: int
) -> None:
    paths = some_paths(seed)
    n_months = windows(kind)[0][1] - windows(kind)[0][0]
    base = tt.amounts.Multiple(1.0, tt.Window(start=FIRST, end=FIRST + n_months - 1)).base
    amount, ask = {
        "level": (float(n_months) * (0.5 + size), {"amount": float(n_months) * (0.5 + size)}),
        "factor": (tt.amounts.Multiple(0.5 + size, base), {"factor": 0.5 + size}),
        "more": (tt.amounts.Increase(size, base), {"more": size}),
        "rate": (tt.amounts.YearGrowth(size - 0.5), {"rate": size - 0.5}),
        "yearly": (tt.amounts.AverageGrowth(size / 5, base), {"yearly": size / 5}),
    }[asked]
    by = None if kind == "2023-H1" else 2025
    sustained = 1 if kind == "2023-H1" else sustained
    goal = tt.Goal(
        amount, by, kind, series=SERIES, bound=bound, sustained=sustained, announced=announced
    )
    found = passage(goal, paths)
    for path in range(N_PATHS):
        expected = search(goal, paths.levels[:, path].astype(float), kind, ask)
        totals = found.totals[:, path]
        amounts = np.broadcast_to(found.amounts, found.totals.shape)[:, path]
        near = len(totals) and np.abs(totals / amounts - 1.0).min() < 2 * TOLERANCE
        assert near or found.first[path] == expected


def exact_ledger() -> Ledger:
    """Exactly known years, and a year under way."""
    rows = [level(str(2015 + i), f"{v:.2f}", "exact") for i, v in enumerate((1.0, 1.2, 1.1, 1.4))]
    return Ledger([*rows, level("2019-01..2019-06", "0.7", "exact")])


def answer(goal: tt.Goal) -> list[float]:
    tracking = tt.track(exact_ledger(), goal, model=model(), n_paths=400)
    return [point.probability for point in tracking[0].curve]


@pytest.mark.parametrize(
    ("relative", "level_of_it"),
    [("2x 2018", 2.8), ("+50% 2018", 2.1), ("+0.6 2018", 2.0), ("+600 usd_mn 2018", 2.0)],
)
def test_a_relative_goal_is_the_level_goal_when_its_base_is_exactly_known(
    relative: str, level_of_it: float
) -> None:
    apart = tt.Goal(relative, by=2025)
    plain = tt.Goal(level_of_it, by=2025, announced="2019")
    assert answer(apart) == answer(plain)


def test_average_growth_is_the_level_that_it_leads_to() -> None:
    grown = tt.Goal("10% a year from 2018", by=2024)
    assert answer(grown) == answer(tt.Goal(1.4 * 1.1**6, by=2024, announced="2019"))


def test_a_peak_before_the_announcement_does_not_count() -> None:
    rows = [level(str(2010 + i), v, "exact") for i, v in enumerate(("3.0", "1.0", "1.1", "1.2"))]
    said = [
        tt.track(Ledger(rows), tt.Goal(2.5, by=2016, announced=when), model=model(), n_paths=300)[0]
        for when in ("", "2014-05-01")
    ]
    assert [one.first_met for one in said] == [2010, None]
    assert said[0].probability == 1.0
    assert said[1].probability < 0.5


def test_a_window_in_which_the_announcement_falls_counts() -> None:
    announced = tt.Goal(1.4, by=2025, announced="2018-12-31")
    assert tt.track(exact_ledger(), announced, model=model(), n_paths=100)[0].first_met == 2018
    later = tt.Goal(1.4, by=2025, announced="2019-01-01")
    assert tt.track(exact_ledger(), later, model=model(), n_paths=100)[0].first_met is None


@pytest.mark.parametrize(
    ("by", "last"),
    [
        (2030, "2030-12"),
        ("2030-03", "2030-03"),
        ("2030-03-20", "2030-02"),
        ("2030-03-31", "2030-03"),
    ],
)
def test_a_window_counts_if_it_is_over_by_the_deadline(by: int | str, last: str) -> None:
    deadline = tt.Goal(1.0, by=by).deadline
    assert deadline == tt.Window(last).end


def test_in_a_year_is_not_by_a_year() -> None:
    by, within = (
        tt.track(exact_ledger(), goal, model=model(), n_paths=500)[0]
        for goal in (tt.Goal(1.6, by=2022), tt.Goal(1.6, window="2022"))
    )
    assert within.probability <= by.probability
    assert within.probabilities[2021] == 0.0
    assert within.goal.due == "in 2022"


def test_a_balance_is_the_difference_of_its_flows() -> None:
    ledger, series = tt.datasets.kazakhstan_uzbekistan(), tt.Series(pair="KZ-UZ", flow="balance")
    drawn = tt.simulate(ledger, tt.Goal(1.0, by=2030, series=series), n_paths=300)
    there, back = (drawn.paths.totals(flow) for flow in drawn.paths.flows)
    assert np.allclose(drawn.totals(), there - back, atol=1e-3)
    answered = tt.track(ledger, drawn.goals[0], n_paths=300)
    years = range(12 * drawn.years[0] + 11, 12 * drawn.years[-1] + 12, 12)
    met = np.maximum.accumulate(drawn.totals() >= 1.0 - TOLERANCE, axis=0).mean(axis=1)
    assert len(years) == len(answered[0].curve)
    assert [point.probability for point in answered[0].curve] == pytest.approx(met.tolist())


def test_the_pace_is_what_the_rest_of_the_year_lacks() -> None:
    goal = tt.Goal(2.0, by=2021)
    drawn = tt.simulate(exact_ledger(), goal, model=model(), n_paths=500)
    pace = tt.track(exact_ledger(), goal, model=model(), n_paths=500)[0].pace
    assert pace is not None
    assert str(pace.window) == "2019"
    assert pace.target == pytest.approx(1.4 * (2.0 / 1.4) ** (1 / 3), rel=1e-3)
    assert pace.so_far == pytest.approx(0.7, rel=1e-3)
    assert pace.needed == pytest.approx(pace.target - pace.so_far)
    assert pace.needed_a_month == pytest.approx(pace.needed / 6)
    rest = drawn.monthly().levels[-(12 * (drawn.years[-1] - 2018) - 6) :][:6].sum(axis=0)
    assert pace.expected == pytest.approx(float(np.median(rest)), rel=1e-4)
    assert pace.probability == pytest.approx(float((drawn.totals()[4] >= pace.target).mean()))
    due = tt.track(exact_ledger(), tt.Goal(1.5, by=2019), model=model(), n_paths=500)[0].pace
    assert due is not None
    assert due.target == pytest.approx(1.5)


def test_no_pace_once_the_goal_is_met_or_due() -> None:
    for goal in (tt.Goal(1.3, by=2021), tt.Goal(2.0, by=2018), tt.Goal(2.0)):
        assert tt.track(exact_ledger(), goal, model=model(), n_paths=50)[0].pace is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "2x 2031", "by": 2030}, "not over before the deadline 2030"),
        ({"amount": "2x 2024", "window": "quarter"}, "12 months and the goal's windows have 3"),
        ({"amount": 1, "window": "fy:13"}, "begins in month 13"),
        ({"amount": 1, "by": 2020, "announced": "2021-01"}, "before the announcement"),
        ({"amount": 1, "by": 2029, "window": "2030"}, "ends after the deadline 2029"),
        ({"amount": 1, "window": "2030", "sustained": 2}, "one alone"),
        ({"amount": "15% a year from 2024"}, "has no deadline"),
        ({"amount": 1, "by": "2025-03", "announced": "2025-01-10"}, "too few windows end"),
        ({"amount": "2 potatoes 2024"}, "not the amount of a goal"),
        ({"amount": True}, "not a positive number"),
        ({"amount": 1, "window": "FY2026-27"}, "in which month it begins"),
        ({"amount": 1, "window": "2026-Q5"}, "a year has 4"),
        (
            {"amount": "+5%", "series": tt.Series(pair="A-B", flow="a_to_b"), "by": 2020.5},
            "not a whole number",
        ),
    ],
)
def test_a_goal_that_contradicts_itself_says_what_to_write(
    fields: dict[str, object], said: str
) -> None:
    with pytest.raises(tt.InputError, match=said):
        tt.Goal(**fields)


def test_growth_of_a_balance_is_refused() -> None:
    balance = tt.Series(pair="A-B", flow="balance")
    with pytest.raises(tt.InputError, match="about a balance"):
        tt.Goal("+15%", by=2030, series=balance)
    assert tt.Goal(-2.0, by=2030, series=balance).amount == -2.0


def test_a_base_that_no_figure_reaches_is_named() -> None:
    with pytest.raises(tt.errors.GoalError, match=r"base 1990 is before the first figure"):
        tt.track(exact_ledger(), tt.Goal("2x 1990", by=2030), model=model(), n_paths=20)


def test_an_amount_in_another_currency_is_refused() -> None:
    with pytest.raises(tt.errors.GoalError, match="eur_bn"):
        tt.track(exact_ledger(), tt.Goal("5 eur_bn", by=2030), model=model(), n_paths=20)


def test_an_amount_in_another_scale_is_the_same_goal() -> None:
    assert answer(tt.Goal("1600 usd_mn", by=2025)) == answer(tt.Goal(1.6, by=2025))


@given(st.integers(0, 40), st.integers(1, 60), st.sampled_from(KINDS[:-1]))
def test_windows_lie_within_their_months_and_follow_each_other(
    first: int, n: int, kind: str
) -> None:
    window = tt.Goal(1.0, window=kind).window
    found = list(windows_within(window, 24240 + first, 24240 + first + n))
    for one in found:
        assert 24240 + first <= one.start <= one.end <= 24240 + first + n
    step = {"rolling_year": 1, "month": 1, "half_year": 6, "quarter": 3}.get(kind, 12)
    assert all(b.start - a.start == step for a, b in pairwise(found))
    longest = (n + 1 - (12 if "year" in kind or "fy" in kind else 1)) // step
    assert len(found) >= longest - 1


@given(
    st.sampled_from(
        [
            *("10", "500 usd_mn", "2x 2023", "0.5x 2024-04..2025-03", "+4 2024"),
            *("-4 usd_mn 2024", "+15%", "-3.5%", "15% a year from 2024"),
        ]
    )
)
def test_an_amount_reads_as_it_is_written(text: str) -> None:
    amount = tt.amounts.read_amount(text)
    assert tt.Goal(amount, by=2030) == tt.Goal(text, by=2030)
    assert tt.Goal(str(amount), by=2030) == tt.Goal(text, by=2030)
    goal = tt.Goal(text, by=2030)
    assert tt.Goal.model_validate_json(goal.model_dump_json()) == goal


def covering(coverage: str, *rows: tt.Level) -> list[tt.Level]:
    series = SERIES.model_copy(update={"coverage": coverage})
    return [row.model_copy(update={"series": series}) for row in rows]


def test_coverages_are_never_mixed() -> None:
    years = [level(str(2015 + i), str(v)) for i, v in enumerate((1.0, 1.1, 1.2))]
    goods = covering("goods", *years)
    both = covering("goods and services", *(row.corrected(value="9.0") for row in years))
    asked = tt.Goal(2.0, by=2020, series=goods[0].series)
    alone = tt.track(Ledger(goods), asked, model=model(), n_paths=100)
    assert tt.track(Ledger([*goods, *both]), asked, model=model(), n_paths=100)[0] == alone[0]
    with pytest.raises(tt.errors.GoalError, match="does not say what it counts"):
        tt.track(Ledger([*goods, *both]), tt.Goal(2.0, by=2020), model=model(), n_paths=10)
    services = asked.model_copy(update={"series": covering("services", *years)[0].series})
    with pytest.raises(tt.errors.GoalError, match="no figures of A-B for 'services'"):
        tt.track(Ledger(goods), services, model=model(), n_paths=10)
    wider = asked.model_copy(update={"series": both[0].series})
    with pytest.raises(tt.errors.GoalError, match="count different things"):
        tt.track(Ledger([*goods, *both]), [asked, wider], model=model(), n_paths=10)
