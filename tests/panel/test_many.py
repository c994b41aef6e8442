"""track_many(): each ledger as `track` has it, and a reason for those that cannot be."""

import pytest
from tests.panel.small import ledger

import tradetrack as tt
from tradetrack.panel.many import seed_of

CALM = ledger({2019: 2.0, 2020: 2.1, 2021: 2.3, 2022: 2.2})
WILD = ledger({2016: 2.0, 2018: 9.0, 2019: 1.0, 2022: 5.0})
GOAL = tt.Goal(3, by=2025)


def many(ledgers: dict, goals: object = GOAL, **options: object) -> tt.results.ManyTrackings:
    return tt.track_many(ledgers, goals, n_paths=60, **options)  # type: ignore[arg-type]


def test_each_ledger_is_tracked_by_itself_with_its_own_seed() -> None:
    found = many({"calm": CALM, "wild": WILD}, seed=5)
    for name, own in (("calm", CALM), ("wild", WILD)):
        assert found.trackings[name] == tt.track(own, GOAL, n_paths=60, seed=seed_of(name, 5))
    alone = many({"wild": WILD}, seed=5)
    assert alone.trackings["wild"] == found.trackings["wild"]
    assert found.trackings["wild"].seed != found.trackings["calm"].seed


def test_goals_may_differ_by_ledger() -> None:
    found = many({"calm": CALM, "wild": WILD}, {"calm": [GOAL, tt.Goal(4)], "wild": tt.Goal(7)})
    assert [len(each.attainments) for each in found.trackings.values()] == [2, 1]
    frame = found.to_frame()
    assert frame.columns[0] == "ledger"
    assert set(frame["ledger"]) == {"calm", "wild"}


@pytest.mark.parametrize(
    ("bad", "goals", "said"),
    [
        ({"b": tt.Ledger()}, GOAL, "the ledger has no figures that count"),
        ({"b": CALM}, {"a": GOAL}, "there is no goal; pass a Goal"),
        ({"b": CALM}, {"a": GOAL, "b": 7}, "its goals are 7; pass a Goal or a list"),
        ({"b": CALM}, {"a": GOAL, "b": "ten"}, "its goals are 'ten'; pass a Goal"),
        ({"b": CALM}, {"a": GOAL, "b": tt.Goal(3, by=1950)}, "the deadline is before the first"),
        ({"b": None}, GOAL, "it is no ledger but NoneType; build a Ledger"),
        ({7: CALM}, GOAL, "its name is not text but int"),
        ({"b\ud800": CALM}, GOAL, "half a character"),
    ],
)
def test_what_cannot_be_tracked_says_why_and_the_others_are_answered(bad, goals, said) -> None:
    found = many({"a": CALM} | bad, goals)
    assert list(found.trackings) == ["a"]
    (failure,) = found.failures
    assert failure.series == str(next(iter(bad))).replace("\ud800", "?")
    assert said in failure.reason
    assert said in str(found)


def test_goals_of_unknown_ledgers_and_what_is_no_mapping_are_errors() -> None:
    with pytest.raises(tt.InputError, match="ledgers that are not there: x"):
        many({"a": CALM}, {"x": GOAL})
    with pytest.raises(tt.InputError, match="ledgers is a list; pass a dict"):
        many([CALM])  # type: ignore[arg-type]


def test_nothing_tracked_has_no_frame() -> None:
    found = many({"a": tt.Ledger()})
    with pytest.raises(tt.InputError, match="no ledger could be tracked"):
        found.to_frame()
