"""The shipped data can be read, and its goals follow from the announcements."""

import pytest

from tradetrack.datasets import announcements, goals, kazakhstan_uzbekistan
from tradetrack.domain.observation import Series, last_day
from tradetrack.errors import InputError
from tradetrack.tracking import track


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


def test_a_goal_stands_since_its_deadline_was_first_named_for_it():
    by_document = {row.document: row for row in announcements("kazakhstan_uzbekistan")}
    for goal, day, speaker in zip(
        goals("kazakhstan_uzbekistan"),
        ("2021-11-26", "2025-03-15"),
        ("Mamin", "both presidents (programme)"),
        strict=True,
    ):
        assert (goal.announced, goal.speaker) == (day, speaker)
        assert goal.document in by_document
        assert goal.wording == f"by {goal.by}"


def test_every_announcement_is_a_goal_but_one_that_retells_a_deadline_that_had_passed():
    made, refused = [], []
    for row in announcements("kazakhstan_uzbekistan"):
        try:
            made.append(row.goal)
        except InputError as error:
            refused.append((row.id, str(error)))
    assert [name for name, _ in refused] == ["S0198"]
    assert "the deadline 2022 is before the announcement, 2023-12" in refused[0][1]
    assert str(made[0]) == "2x 2005 by 2016"
    assert all(goal.announced and goal.document for goal in made)
    found = track(kazakhstan_uzbekistan(), made, n_paths=20)
    assert [one.goal for one in found] == made


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
