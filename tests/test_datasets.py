"""The shipped data can be read, and its goals follow from the announcements."""

import pytest

from tradetrack.datasets import announcements, goals, kazakhstan_uzbekistan
from tradetrack.domain.observation import Series, last_day
from tradetrack.errors import InputError


def test_the_ledger_is_of_one_pair_and_ends_with_the_last_document():
    ledger = kazakhstan_uzbekistan()
    assert ledger.pairs == ("KZ-UZ",)
    assert {series.unit for series in ledger.series} == {"usd_bn"}
    assert ledger.last_published.isoformat() == "2025-11-14"
    assert len(ledger) > 200
    assert {"KZ stat", "UZ stat"} <= set(ledger.reporters)


def test_the_goals_are_the_last_dated_wording_of_each_amount():
    five, ten = goals("kazakhstan_uzbekistan")
    assert (five.amount, five.by, str(five)) == (5.0, 2022, "US$ 5 bn by 2022")
    assert (ten.amount, ten.by, str(ten)) == (10.0, 2030, "US$ 10 bn by 2030")
    assert five.series == ten.series == Series(pair="KZ-UZ")


def test_announcements_are_in_the_order_in_which_they_were_made():
    made = announcements("kazakhstan_uzbekistan")
    days = [last_day(row.date) for row in made]
    assert days == sorted(days)
    assert len({row.id for row in made}) == len(made)
    assert made[0].amount.unit == "percent"
    assert any(row.set_aside for row in made)


@pytest.mark.parametrize("read", [goals, announcements])
def test_an_unknown_dataset(read):
    with pytest.raises(InputError, match="no dataset 'uzbekistan'; there is kazakhstan_uzbekistan"):
        read("uzbekistan")
