"""What holds for every ledger."""

import datetime as dt
import io
import pickle
from math import exp

import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tradetrack.domain.observation import Growth, last_day, observation_adapter
from tradetrack.ledger.io import read_csv, read_frame, read_json, write_csv, write_json
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.parse import to_row
from tradetrack.testing.rows import any_ledgers, observations, releases

days = st.dates(dt.date(1994, 1, 1), dt.date(2030, 12, 31))


@given(st.lists(observations(), max_size=6), st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_change_nothing(rows, random):
    shuffled = [*rows, *rows[:2]]
    random.shuffle(shuffled)
    one, other = Ledger(rows), Ledger(shuffled)
    assert one == other
    assert hash(one) == hash(other)
    assert one.digest == other.digest
    assert one.observations == other.observations
    assert one.current == other.current


@given(any_ledgers(), any_ledgers())
def test_digests_are_equal_just_when_ledgers_are(one, other):
    assert (one.digest == other.digest) == (one == other)


@given(any_ledgers(max_size=2), st.data())
def test_a_ledger_with_one_row_more_has_another_digest(ledger, data):
    row = data.draw(observations())
    assert (ledger.add([row]).digest == ledger.digest) == (row in ledger)


@given(any_ledgers(plain=True), days, days)
def test_a_later_ledger_contains_the_earlier_one(ledger, one, other):
    earlier, later = ledger.as_of(min(one, other)), ledger.as_of(max(one, other))
    assert set(earlier) <= set(later) <= set(ledger)
    assert later.as_of(min(one, other)) == earlier
    assert all(last_day(row.published) <= max(one, other) for row in later)


@given(any_ledgers(plain=True))
def test_every_row_counts_or_is_superseded_or_is_set_aside(ledger):
    aside = {row for row in ledger if row.set_aside}
    parts = [set(ledger.current), set(ledger.superseded), aside]
    assert set().union(*parts) == set(ledger)
    assert sum(map(len, parts)) == len(ledger)
    assert ledger.current.current == ledger.current


@given(releases())
def test_releases_of_one_day_count_and_no_later_one_says_something_else(rows):
    """Of one day more than one only if they are as sharp as each other, and disagree."""
    ledger = Ledger(rows)
    usable = [row for row in ledger if not row.set_aside]
    counting = {last_day(row.published) for row in ledger.current}
    assert len(counting) == bool(usable)
    ends = [row.log_interval for row in ledger.current]
    assert len(set(ends)) == len(ends)
    for day in {
        last_day(row.published) for row in usable if last_day(row.published) > max(counting)
    }:
        released = [row.log_interval for row in usable if last_day(row.published) == day]
        lowest, highest = min(released, key=_width)
        assert any(
            max(low, lowest) <= min(high, highest) + 1e-9
            and _width((lowest, highest)) >= _width((low, high)) * (1 - 1e-6)
            for low, high in ends
        )


def _width(ends: tuple[float, float]) -> float:
    """How much a figure leaves open, in money."""
    return exp(ends[1]) - exp(ends[0])


@given(any_ledgers())
def test_json_round_trip_is_the_identity(tmp_path_factory, ledger):
    path = tmp_path_factory.mktemp("json") / "ledger.json"
    write_json(ledger, path)
    for back in (Ledger.from_json(ledger.to_json()), read_json(path)):
        assert back == ledger
        assert back.digest == ledger.digest


@given(any_ledgers())
def test_csv_round_trip_is_the_identity(tmp_path_factory, ledger):
    path = tmp_path_factory.mktemp("csv") / "ledger.csv"
    write_csv(ledger, path)
    back = read_csv(path)
    assert back == ledger
    assert back.digest == ledger.digest
    assert read_csv(io.StringIO(path.read_bytes().decode())) == ledger


@given(any_ledgers())
def test_frame_round_trips_are_the_identity(ledger):
    frame = ledger.to_frame()
    columns = {name: [to_row(row)[name] for row in ledger] for name in frame.columns}
    text = pa.schema([(name, pa.string()) for name in columns])
    frames = (
        frame,
        frame.sample(frac=1, random_state=0),
        pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)),
        pa.table(columns, schema=text),
    )
    for table in frames:
        assert read_frame(table) == ledger
        assert read_frame(table).digest == ledger.digest


@given(any_ledgers())
def test_a_pickled_ledger_is_the_same(ledger):
    assert pickle.loads(pickle.dumps(ledger)) == ledger


@given(observations())
def test_an_observation_is_its_own_json(row):
    back = observation_adapter.validate_json(row.model_dump_json())
    assert back == row
    assert isinstance(back, Growth) == (row.kind == "growth")
