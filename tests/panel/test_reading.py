"""Frames of every kind, and everything that can be wrong with one: a reason that names it."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.panel.small import goals, values

import tradetrack as tt
from tradetrack.panel.reading import read_panel

BASE = pd.DataFrame({"series": "a", "year": range(2015, 2020), "value": [1.0, 2.0, 2.5, 3.0, 3.5]})
GOOD = pd.DataFrame({"series": ["a"], "amount": [4.0]})


def reason(bad: pd.DataFrame, wanted: pd.DataFrame | None = None) -> str:
    """Why ``b`` fails, after seeing that ``a`` beside it does not."""
    frame = pd.concat([BASE.astype({"year": object, "value": object}), bad])
    question = pd.DataFrame({"series": ["a", "b"], "amount": [4.0, 4.0]})
    panel = tt.track_panel(frame, question if wanted is None else wanted, horizon=3, n_paths=50)
    assert panel.panel.names == ("a",)
    assert len(panel.to_frame()) == 3
    (failure,) = panel.failures
    assert failure.series == "b"
    return failure.reason


def rows(years: list[object], numbers: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"series": "b", "year": years, "value": numbers}, dtype=object)


@pytest.mark.parametrize(
    ("years", "numbers", "said"),
    [
        ([2019], [1.0], "a single value; at least 2 years"),
        ([2018, 2019, 2018], [1.0, 2.0, 3.0], "the year 2018 is there twice; keep one row"),
        ([1600, 2019], [1.0, 2.0], "its years span 419; drop all but the last 300"),
        ([2018, 2019], [1.0, 0.0], "its value in 2019 is 0, not a positive finite number"),
        ([2018, 2019], [-2.5, 1.0], "its value in 2018 is -2.5, not a positive"),
        ([2018, 2019], [np.inf, 1.0], "its value in 2018 is inf, not a positive finite"),
        ([2018, 2019], [np.nan, 1.0], "its value in 2018 is nan, not a positive finite"),
        ([2018, 2019], [None, 1.0], "its value in 2018 is None, not a positive finite"),
        ([2018, 2019], ["3,5", 1.0], "its value in 2018 is '3,5', not a positive finite"),
        ([2018, 2019], [True, 1.0], "its value in 2018 is True, not a positive finite"),
        ([2018, 2019], [[1], 1.0], r"its value in 2018 is [1], not a positive finite"),
        ([2018, 2019], [10**400, 1.0], "its value in 2018 is 1000"),
        ([2018.5, 2019], [1.0, 2.0], "the year 2018.5 is no year; write 2024"),
        ([np.inf, -np.inf], [1.0, 2.0], "the year -inf is no year"),
        ([np.nan, 2019], [1.0, 2.0], "the year nan is no year"),
        (["2018 ?", 2019], [1.0, 2.0], "the year '2018 ?' is no year"),
        (["2_018", 2019], [1.0, 2.0], "the year '2_018' is no year"),
        (["2018", "2019"], ["1", "much"], "its value in 2019 is 'much', not a positive finite"),
        (["2018", "2019"], ["1", "-2"], "its value in 2019 is -2, not a positive finite"),
        ([pd.Timestamp("2018-01-01"), 2019], [1.0, 2.0], "the year Timestamp('2018-01-01"),
        ([10**30, 2019], [1.0, 2.0], "is no year"),
        ([20180101, 2019], [1.0, 2.0], "the year 20180101 is no year"),
    ],
)
def test_a_bad_series_is_a_failure_with_its_reason(years, numbers, said) -> None:
    text = reason(rows(years, numbers))
    assert said in text
    assert len(text) < 200


def test_a_series_without_values_is_a_failure() -> None:
    assert "there are no values of this series; compare its name" in reason(BASE[:0])


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ({"amount": 0.0}, "goal in row 1: the amount 0 is not a positive finite number"),
        ({"amount": np.inf}, "goal in row 1: the amount inf is not"),
        ({"amount": None}, "goal in row 1: the amount nan is not"),
        ({"amount": "five"}, "goal in row 1: the amount 'five' is not"),
        ({"amount": 4.0, "deadline": 2019.5}, "the deadline 2019.5 is no year; write 2030"),
        ({"amount": 4.0, "deadline": -1e300}, "the deadline -1e+300 is no year"),
        ({"amount": 4.0, "deadline": 2024}, "2024 is beyond the horizon, which ends in 2022; rai"),
    ],
)
def test_a_bad_goal_is_a_failure_and_the_others_of_its_series_are_answered(goal, said) -> None:
    wanted = pd.DataFrame([{"series": "a", "amount": 4.0}, {"series": "b", **goal}])
    good = BASE.assign(series="b")
    assert said in reason(good, wanted)
    more = pd.concat([wanted, pd.DataFrame([{"series": "b", "amount": 5.0}])])
    panel, failures = read_panel(pd.concat([BASE, good]), more, 3)
    assert panel.names == ("a", "b")
    assert panel.amounts.tolist() == [4.0, 5.0]
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("name", "kind"), [(7, "int"), (2.5, "float"), ((1, 2), "tuple"), ([1], "list"), (b"b", "byte")]
)
def test_names_that_are_not_text_are_failures(name, kind) -> None:
    frame = pd.concat([BASE, BASE.assign(series=[name] * 5)])
    wanted = pd.DataFrame({"series": pd.Series(["a", name], dtype=object), "amount": 4.0})
    panel, (failure,) = read_panel(frame, wanted, 3)
    assert panel.names == ("a",)
    assert failure.series == str(name)
    assert f"its name is not text but {kind}" in failure.reason


def test_changes_are_no_totals_of_years() -> None:
    mixed = BASE.assign(kind=["level"] * 4 + ["increment"])
    with pytest.raises(tt.InputError, match="has rows of the kind increment; a panel holds yearly"):
        tt.track_panel(mixed, GOOD, horizon=3, n_paths=50)
    assert tt.track_panel(mixed.assign(kind="level"), GOOD, horizon=3, n_paths=50).failures == ()


def test_a_column_of_numbers_as_names_is_a_list_of_failures() -> None:
    numbered = [BASE.assign(series=1), pd.DataFrame({"series": [1, 2], "amount": [4.0, 5.0]})]
    panel, failures = read_panel(*numbered, 3)
    assert len(panel) == 0
    assert [failure.series for failure in failures] == ["1", "2"]
    listed = pa.table({"series": [["x"], ["x"], None], "year": [1, 2, 3], "value": [1.0, 2.0, 3.0]})
    panel, failures = read_panel(listed, GOOD, 3)
    assert failures[0].reason == "row 2 of values names no series; name it"


def test_a_surrogate_is_no_name() -> None:
    names = pd.Series(["a"] * 5 + ["b\ud800"] * 5, dtype=object)
    frame = pd.concat([BASE, BASE], ignore_index=True).drop(columns="series").assign(series=names)
    wanted = pd.DataFrame({"series": names[[5, 0]].reset_index(drop=True), "amount": 4.0})
    panel, (failure,) = read_panel(frame, wanted, 3)
    assert panel.names == ("a",)
    assert failure.series == "b?"
    assert "half a character" in failure.reason


def test_rows_without_a_name_are_counted() -> None:
    frame = pd.concat([BASE, BASE.assign(series=None)[:2]])
    wanted = pd.DataFrame({"series": [None, "a", None], "amount": 4.0})
    panel, failures = read_panel(frame, wanted, 3)
    assert panel.names == ("a",)
    assert [failure.reason for failure in failures] == [
        "2 rows of values name no series, first row 5; name it",
        "2 rows of goals name no series, first row 0; name it",
    ]
    nobody, failures = read_panel(frame, wanted[:1], 3)
    assert len(nobody) == 0
    assert len(failures) == 2


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ((BASE, GOOD[:0]), "goals has no rows"),
        (
            (BASE.drop(columns="year"), GOOD),
            "values has no column year; give it the columns series, year",
        ),
        (
            (BASE.rename(columns={"series": "Series", "value": "Values"}), GOOD),
            r"no column series, value; did you mean 'series' by 'Series' and 'value' by 'Values'\?",
        ),
        ((BASE.rename(columns={"series": 7}), GOOD), "values has no column series"),
        ((BASE, GOOD[["series"]]), "goals has no column amount"),
        ((pd.DataFrame(), GOOD), "values has no column series, year, value"),
        ((BASE.to_dict("list"), GOOD), "values cannot be read"),
        ((pl.from_pandas(BASE).lazy(), GOOD), "values cannot be read"),
        ((pd.concat([BASE, BASE[["year"]]], axis=1), GOOD), "values cannot be read"),
        ((BASE, None), "goals cannot be read"),
    ],
)
def test_frames_that_are_none_are_errors(frames, said) -> None:
    with pytest.raises(tt.InputError, match=said):
        tt.track_panel(*frames, horizon=3)


def test_an_empty_frame_of_values_fails_every_series() -> None:
    for empty in (BASE[:0], pd.DataFrame(columns=["series", "year", "value"])):
        panel = tt.track_panel(empty, goals(), horizon=3)
        assert len(panel) == 0
        assert panel.to_frame().empty
        assert panel.quantiles().empty
        assert panel.deadlines().empty
        assert len(panel.failures) == 6
        assert "6 failures; the first: 's0': there are no values" in str(panel)


def test_every_kind_of_frame_reads_alike() -> None:
    known, wanted = values(), goals()
    wanted["deadline"] = [2025, None] * 6
    shuffled = known.sample(frac=1.0, random_state=np.random.RandomState(1))
    text = {"series": object}
    table, question = pa.Table.from_pandas(known), pa.Table.from_pandas(wanted)
    coded = table.set_column(0, "series", table["series"].dictionary_encode())
    pairs = [
        (shuffled, wanted),
        (known.astype(text), wanted.astype(text)),
        (known.astype({"series": "category"}), wanted.astype({"series": "category"})),
        (known.astype({"year": "Int64", "value": "Float64"}), wanted.astype({"deadline": "Int64"})),
        (known.astype({"year": np.int16}), wanted),
        (known.astype({"year": np.uint64}), wanted),
        (known.assign(value=[Decimal(repr(v)) for v in known["value"]]), wanted),
        (known.assign(value=known["value"].map(np.float64).astype(object)), wanted),
        (pl.from_pandas(shuffled), pl.from_pandas(wanted)),
        (pl.from_pandas(known).cast({"series": pl.Categorical}), pl.from_pandas(wanted)),
        (table, question),
        (pa.concat_tables([coded[:20], coded[20:]]), question),
        (table.set_column(2, "value", table["value"].cast(pa.float64())), wanted),
    ]
    expected, nothing = read_panel(known, wanted, 9)
    assert nothing == ()
    for pair in pairs:
        panel, failures = read_panel(*pair, 9)
        assert failures == ()
        assert panel.names == expected.names
        for part in ("starts", "years", "totals", "goal_starts", "amounts", "deadlines"):
            np.testing.assert_array_equal(getattr(panel, part), getattr(expected, part), part)


def test_goals_give_the_order_and_series_without_one_are_left_out() -> None:
    wanted = pd.DataFrame({"series": ["s4", "s1", "s4"], "amount": [9.0, 8.0, 7.0]})
    panel, failures = read_panel(values(), wanted, 3)
    assert failures == ()
    assert panel.names == ("s4", "s1")
    assert panel.amounts.tolist() == [9.0, 7.0, 8.0]
    own = values().query("series == 's1'")["value"].to_numpy()
    np.testing.assert_array_equal(panel.totals[9:], own)


def test_what_happens_to_the_frame_afterwards_does_not_matter() -> None:
    frame = values()
    panel = tt.track_panel(frame, goals(), horizon=3, n_paths=50)
    before = panel.quantiles()
    frame.loc[:, "value"] = 1.0
    pd.testing.assert_frame_equal(panel.quantiles(), before)
