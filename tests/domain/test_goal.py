"""Goal: an amount to reach, and by when."""

import math

import pytest
from pydantic import ValidationError

from tradetrack._format import unit_text
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Series


def test_by_position_or_by_name():
    assert Goal(10, 2030) == Goal(amount=10.0, by=2030)
    assert Goal(10, None, "rolling_year").by is None
    assert Goal.model_validate_json(Goal(10, 2030, reporter="UZ stat").model_dump_json()) == Goal(
        10, 2030, reporter="UZ stat"
    )


@pytest.mark.parametrize(
    ("document", "field", "problem"),
    [({"amount": 1, "bye": 3}, "bye", "extra_forbidden"), ({}, "amount", "missing")],
)
def test_a_document_that_is_no_goal_is_refused_by_field(document, field, problem):
    with pytest.raises(ValidationError) as caught:
        Goal.model_validate(document)
    [error] = caught.value.errors()
    assert (error["loc"], error["type"]) == ((field,), problem)


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        (Goal(10), "10"),
        (Goal(10, 2030), "10 by 2030"),
        (Goal(2.5, 2030, series=Series(pair="KZ-UZ")), "US$ 2.5 bn by 2030"),
        (Goal(10, 2030, name="US$ 10 bn"), "US$ 10 bn by 2030"),
    ],
)
def test_as_a_sentence(goal, text):
    assert str(goal) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("usd", "US$"),
        ("usd_th", "US$ thousand"),
        ("usd_mn", "US$ mn"),
        ("eur_bn", "EUR bn"),
        ("uzs_tn", "UZS tn"),
    ],
)
def test_units(unit, text):
    assert unit_text(unit) == text


@pytest.mark.parametrize("amount", [0, -1, math.nan, math.inf])
def test_amounts_are_positive(amount):
    with pytest.raises(ValueError, match=r"is not a positive number; write the level to reach"):
        Goal(amount)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"by": 30}, "the deadline 30 is not a year between 1800 and 2200"),
        ({"reporter": ""}, "the goal's reporter is empty; write 'consensus' or a reporter's name"),
        ({"window": "fortnight"}, "'fortnight' is no window of a goal; write calendar_year"),
    ],
)
def test_what_cannot_be_right(given, message):
    with pytest.raises(ValueError, match=message):
        Goal(10, **given)


def test_nothing_can_be_set():
    with pytest.raises(ValueError, match="frozen"):
        Goal(10).amount = 20.0
