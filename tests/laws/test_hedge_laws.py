"""Laws of printed wordings: units, mirrors, digits, ranges, and what counts of one day."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetrack.domain.figure import Figure, parse_number
from tradetrack.domain.observation import Level, Series
from tradetrack.domain.window import Window
from tradetrack.ledger.ledger import Ledger
from tradetrack.testing.rows import numbers

HEDGES = st.sampled_from(("over", "nearly", "about"))


def law(text: str, qualifier: str, unit: str = "usd_mn") -> tuple[float, float]:
    return Figure.of(text, unit, qualifier).log_law("usd_mn")  # type: ignore[arg-type]


@given(text=numbers(), qualifier=HEDGES)
def test_a_hedge_means_the_same_in_millions_and_in_billions(text: str, qualifier: str) -> None:
    """ "Over 5.3 bn" is "over 5,300 mn": zeros at the end are no digits that somebody knew."""
    number = parse_number(text)
    thousands = format(number.scaleb(3), "f")
    assert law(thousands, qualifier) == pytest.approx(law(text, qualifier, "usd_bn"), abs=1e-9)


@given(text=numbers())
def test_nearly_mirrors_over(text: str) -> None:
    middle = math.log(parse_number(text))
    (over, spread), (nearly, same) = law(text, "over"), law(text, "nearly")
    assert spread == same
    assert over - middle == pytest.approx(middle - nearly, abs=1e-12)
    assert over > middle


@given(whole=st.integers(1, 10**6), digit=st.integers(1, 9), qualifier=HEDGES)
def test_a_further_digit_sharpens(whole: int, digit: int, qualifier: str) -> None:
    coarse, fine = Figure.of(str(whole), "usd"), Figure.of(f"{whole}.{digit}", "usd")
    assert law(fine.text, qualifier)[1] < law(coarse.text, qualifier)[1]


@given(text=numbers())
def test_a_range_between_the_ends_of_a_rounded_figure_is_that_figure(text: str) -> None:
    low, high = Figure.of(text, "usd_mn").interval
    ends = f"{Decimal(repr(low)):f}-{Decimal(repr(high)):f}"
    assert law(ends, "range") == pytest.approx(law(text, "rounded"), rel=1e-9)


@given(text=numbers(), word=st.sampled_from(("at_least", "at_most")))
def test_a_bound_holds_what_the_hedge_of_its_side_says(text: str, word: str) -> None:
    hedge = Figure.of(text, "usd_mn", "over" if word == "at_least" else "nearly")
    low, high = Figure.of(text, "usd_mn", word).log_interval()  # type: ignore[arg-type]
    assert low <= hedge.log_interval()[0] <= hedge.log_interval()[1] <= high


@given(texts=st.lists(numbers(), min_size=1, max_size=5), turn=st.randoms())
def test_what_counts_of_one_day_does_not_depend_on_the_order(texts: list[str], turn) -> None:
    rows = [
        Level(
            series=Series(pair="A-B"),
            window=Window("2024"),
            figure=Figure.of(text, "usd_mn"),
            reporter="A",
            published="2025-02-01",
        )
        for text in texts
    ]
    turned = list(rows)
    turn.shuffle(turned)
    assert Ledger(rows).current == Ledger(turned).current
    widths = [row.figure.interval[1] - row.figure.interval[0] for row in Ledger(rows).current]
    assert max(widths) <= 2.001 * min(widths), "a vaguer figure never stands beside a sharper one"
