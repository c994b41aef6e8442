"""The formulas of the official methods: worked examples, cut-offs on both sides, base years."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tradetrack.attainment.official import (
    RULES,
    ProgressRule,
    Trend,
    compound_growth,
    current_status_index,
    growth_ratio,
    last_five_years,
    projected_share,
    since_2015,
)

RULE = {rule.name: rule for rule in RULES}
WITH_CATEGORIES = [rule for rule in RULES if rule.cutoffs]


def test_a_trial_of_open_sdgs_code_on_a_falling_indicator() -> None:
    # From a public script that calls Open SDG's code: 103 in 2015, 30 in 2022, 0.001 by 2030.
    trend = Trend(2015, 103.0, 2022, 30.0, 0.001, 2030, "decrease")
    numbers = growth_ratio(trend)
    assert numbers.actual_growth == pytest.approx((30 / 103) ** (1 / 7) - 1)
    assert numbers.required_growth == pytest.approx((0.001 / 103) ** (1 / 15) - 1)
    assert RULE["open_sdg"].category(numbers.ratio) == "limited progress"


def test_one_goal_as_four_methods_see_it() -> None:
    # US$ 1.0 bn in 2018, 2.3 in 2025, 5 by 2030; the ratios were worked out apart from this code.
    trend = Trend(2018, 1.0, 2025, 2.3, 5.0, 2030)
    rates, share = growth_ratio(trend), projected_share(trend)
    assert rates.ratio == pytest.approx(0.88, abs=0.005)
    assert rates.actual_growth == pytest.approx(0.126, abs=0.0005)
    assert share.ratio == pytest.approx(0.79, abs=0.005)
    assert RULE["eurostat"].category(rates.ratio) == "moderate progress"
    assert RULE["open_sdg"].category(rates.ratio) == "progress made but acceleration needed"
    assert RULE["unsd_2023"].category(share.ratio) == "fair progress, but acceleration needed"
    assert RULE["unsd_2026"].category(share.ratio) == "moderate progress"


def test_a_doubling_that_must_double_again_in_exact_arithmetic() -> None:
    # 1 to 2 in five years: carried on for five more it is 4, which is a third of the way to 10.
    share = projected_share(Trend(2015, 1.0, 2020, 2.0, 10.0, 2025))
    assert share.projected == pytest.approx(4.0)
    assert share.ratio == pytest.approx(float(Fraction(3, 9)))
    assert current_status_index(Trend(2015, 1.0, 2020, 2.0, 10.0, None)).ratio == pytest.approx(
        float(10 * Fraction(1, 9))
    )
    falling = Trend(2015, 10.0, 2020, 7.0, 4.0, None, "decrease")
    assert current_status_index(falling).ratio == pytest.approx(5.0)
    assert current_status_index(Trend(2015, 4.0, 2020, 3.0, 5.0, None)).ratio == -10.0


def test_growth_by_log_regression_through_two_points_is_the_same_rate() -> None:
    slope = np.polyfit([2015, 2022], np.log([3.0, 7.0]), 1)[0]
    assert compound_growth(3.0, 7.0, 7) == pytest.approx(math.expm1(slope))


# --- cut-offs and the registry ---


@pytest.mark.parametrize("rule", WITH_CATEGORIES, ids=lambda rule: rule.name)
def test_each_cut_off_belongs_to_the_better_category(rule: ProgressRule) -> None:
    for (edge, better), (_, worse) in pairwise(rule.cutoffs):
        assert rule.category(edge) == better
        assert rule.category(math.nextafter(edge, math.inf)) == better
        assert rule.category(math.nextafter(edge, -math.inf)) == worse
    assert rule.category(-1e300) == rule.cutoffs[-1][1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_named_sourced_and_consistent(rule: ProgressRule) -> None:
    assert "://" not in rule.source
    assert rule.version
    assert rule.publisher
    words = {word for _, word in rule.cutoffs} | {rule.when_met}
    assert set(rule.expected) <= words
    edges = [edge for edge, _ in rule.cutoffs]
    assert edges == sorted(edges, reverse=True)
    assert not edges or edges[-1] == -math.inf


def test_the_published_cut_offs() -> None:
    edges = {rule.name: [edge for edge, _ in rule.cutoffs[:-1]] for rule in RULES}
    assert edges == {
        "eurostat": [0.95, 0.60, 0.0],
        "open_sdg": [0.95, 0.60, 0.0],
        "unsd_2023": [0.95, 0.10],
        "unsd_2026": [0.95, 0.50, 0.10, 0.0],
        "escap_current_status": [],
    }


@pytest.mark.parametrize("rule", WITH_CATEGORIES, ids=lambda rule: rule.name)
def test_only_the_best_category_expects_the_goal_to_be_met(rule: ProgressRule) -> None:
    assert {word for _, word in rule.cutoffs} & set(rule.expected) == {rule.cutoffs[0][1]}


# --- base years ---


@pytest.mark.parametrize(
    ("years", "announced", "expected"),
    [
        ([2010, 2015, 2020], 2010, 2015),  # the method's own
        ([2010, 2017, 2020], None, 2017),  # the first after it
        ([2005, 2008, 2011], 2008, 2008),  # before the method's own: the announcement
        ([2005, 2008, 2011], 2011, 2005),  # announced in the latest year: no growth to measure
        ([2005, 2008, 2015], None, 2005),  # its own is the latest: the longest window
        ([2020], None, None),
    ],
)
def test_base_year_from_2015(years: list[int], announced: int | None, expected: int | None) -> None:
    assert since_2015(years, announced) == expected


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([2010, 2019, 2020, 2024], 2019),
        ([2010, 2020, 2024], 2020),
        ([2010, 2018, 2024], None),
        ([2024], None),
    ],
)
def test_base_year_of_a_short_term_trend(years: list[int], expected: int | None) -> None:
    assert last_five_years(years, 2010) == expected
