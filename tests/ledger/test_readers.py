"""Readers and writers: every row is read or rejected with its number, column, value and remedy."""

import io

import pandas as pd
import polars as pl
import pytest
from tests.ledger.rows import GOOD

from tradetrack.domain.observation import Growth
from tradetrack.errors import LedgerError
from tradetrack.ledger.io import parse_csv, parse_frame, read_csv, read_frame, read_json

GROWTH = {"value": "15.5", "unit": "percent", "base": "2023"}


def rows(*changes):
    """Return good rows with the changes, all with the same columns."""
    made = [{**GOOD, **change} for change in changes]
    columns = list(dict.fromkeys(name for row in made for name in row))
    return [{name: row.get(name, "") for name in columns} for row in made]


def scan(*changes):
    frame = pd.DataFrame(rows(*changes), dtype="str")
    return parse_csv(io.StringIO(frame.to_csv(index=False)))


def only(*changes):
    (observation,) = scan(*changes).ledger
    return observation


class TestDefaults:
    def test_a_level(self):
        level = only({})
        assert (level.kind, level.series.flow, level.series.unit) == ("level", "turnover", "usd_bn")
        assert (level.figure.qualifier, level.id, level.note, level.set_aside) == ("rounded",) + (
            "",
        ) * 3

    def test_the_series_is_in_billions_of_the_figures_currency(self):
        assert only({"unit": "eur_th"}).series.unit == "eur_bn"
        assert only({"unit": "usd"}).series.unit == "usd_bn"
        assert only({"unit": "eur_th", "series_unit": "eur_mn"}).series.unit == "eur_mn"

    @pytest.mark.parametrize("unit", ["percent", "times"])
    def test_percent_and_times_are_growth(self, unit):
        assert isinstance(only({**GROWTH, "unit": unit}), Growth)

    def test_growth_is_about_the_series_of_the_levels_wherever_they_stand(self):
        reading = scan(GROWTH, {"unit": "eur_mn"}, {**GROWTH, "pair": "KZ-TJ"})
        units = {(row.series.pair, row.kind): row.series.unit for row in reading.ledger}
        assert units["KZ-UZ", "growth"] == "eur_bn"
        assert units["KZ-TJ", "growth"] == "usd_bn"

    def test_growth_between_levels_in_two_currencies_must_say_which(self):
        reading = scan({"unit": "eur_mn"}, {"unit": "usd_mn"}, GROWTH)
        (bad,) = reading.rejected
        assert str(bad) == (
            "row 4, column series_unit (''): the levels of the pair are in eur_bn and in usd_bn;"
            " write which this growth is about"
        )
        assert len(scan({"unit": "eur_mn"}, {**GROWTH, "series_unit": "usd_bn"}).ledger) == 2

    @pytest.mark.parametrize(
        ("text", "window"),
        [
            ("2024", "2024"),
            ("2024-09", "2024-09"),
            ("2024-01..2024-09", "2024-01..2024-09"),
            ("2024-01 .. 2024-12", "2024"),
        ],
    )
    def test_windows(self, text, window):
        assert str(only({"window": text}).window) == window

    def test_a_window_may_be_two_columns(self):
        row = {"window": "", "start": "2024-01", "end": "2024-09"}
        base = {"base_start": "2023-01", "base_end": "2023-09"}
        growth = only({**row, **base, "value": "9", "unit": "percent"})
        assert (str(growth.window), str(growth.base)) == ("2024-01..2024-09", "2023-01..2023-09")


BAD = [
    ({"pair": ""}, "pair", "", "the cell is empty", "write the two partners"),
    ({"window": ""}, "window", "", "the cell is empty", "write the months covered"),
    ({"value": ""}, "value", "", "the cell is empty", "or delete the row if none was"),
    ({"unit": ""}, "unit", "", "the cell is empty", "write for example usd_bn"),
    ({"side": "UZ", "reporter": ""}, "side", "UZ", "unknown source cannot stand", "name its"),
    ({"published": ""}, "published", "", "the cell is empty", "write YYYY-MM-DD"),
    (
        {"window": "9 months"},
        "window",
        "9 months",
        "is not a window",
        "write 2024, 2025-09, 2025-01",
    ),
    ({"window": "2024-13"}, "window", "2024-13", "month 13 is not", "write the month as 1 to 12"),
    ({"window": "0024"}, "window", "0024", "year 24 is not", "write it in four digits"),
    (
        {"window": "2024-09..2024-01"},
        "window",
        "2024-09..2024-01",
        "ends in 2024-01, before it starts",
        "swap the two months",
    ),
    (
        {"window": "", "start": "2024-09", "end": "2024-01"},
        "end",
        "2024-01",
        "ends in 2024-01, before it starts",
        "swap the two months",
    ),
    ({"window": "", "start": "2024-09"}, "end", "", "is empty", "write the last month"),
    ({"window": "", "end": "2024-09"}, "start", "", "is empty", "write the first month"),
    ({"window": "", "start": "May", "end": "2024-01"}, "start", "May", "not a month", "YYYY-MM"),
    ({"start": "2024-01"}, "window", "2024", "also given in start", "keep one of the two ways"),
    ({"value": "abc"}, "value", "abc", "is not a number", "write digits with a decimal point"),
    (
        {"value": "4,20,1"},
        "value",
        "4,20,1",
        "is not a number",
        "write digits with a decimal point",
    ),
    ({"value": "0,123"}, "value", "0,123", "is not a number", "write digits with a decimal point"),
    ({"value": "inf"}, "value", "inf", "is not finite", "leave the row out"),
    ({"value": "inf"}, "value", "inf", "is not finite", "leave the row out"),
    ({"value": "1e999"}, "value", "1e999", "has an exponent", "write the digits as printed"),
    ({"value": "1.9E+09"}, "value", "1.9E+09", "has an exponent", "write the digits as printed"),
    ({"value": "-4.2"}, "value", "-4.2", "is not positive", "check the sign"),
    ({"value": "0"}, "value", "0", "is not positive", "check the sign"),
    ({"unit": "dollars!"}, "unit", "dollars!", "unknown unit", "write a currency and a scale"),
    ({"unit": "USD_bn"}, "unit", "USD_bn", "unknown unit", "write usd_bn"),
    ({"unit": "pct"}, "unit", "pct", "unknown unit", "write percent"),
    (
        {"kind": "target"},
        "kind",
        "target",
        "is no kind of figure",
        "write level, growth or increment",
    ),
    ({"kind": "level", "unit": "percent"}, "unit", "percent", "cannot be in percent", "usd_bn"),
    ({"kind": "growth", "base": "2023"}, "unit", "usd_bn", "cannot be in usd_bn", "write percent"),
    ({"base": "2023"}, "base", "2023", "is not compared with anything", "make kind growth"),
    ({**GROWTH, "base": ""}, "base", "", "needs the window it is compared", "write it in base"),
    ({**GROWTH, "base": "2024"}, "base", "2024", "is the window 2024 itself", "name another"),
    ({**GROWTH, "base": "2023-01"}, "base", "2023-01", "not as many months", "name such a base"),
    ({**GROWTH, "base": "last year"}, "base", "last year", "is not a window", "a fiscal year as"),
    ({**GROWTH, "base": "2023-15"}, "base", "2023-15", "month 15 is not", "as 1 to 12"),
    (
        {**GROWTH, "base": "", "base_start": "2023-01", "base_end": "2023-09"},
        "base_end",
        "2023-09",
        "not as many months",
        "name such a base",
    ),
    ({**GROWTH, "value": "-100"}, "value", "-100", "leaves nothing", "check the sign"),
    ({"qualifier": "circa"}, "qualifier", "circa", "not a word known here", "'exact', 'rounded'"),
    ({"flow": "exports"}, "flow", "exports", "is not one of KZ-UZ", "write turnover or kz_to_uz"),
    ({"series_unit": "?"}, "series_unit", "?", "unknown unit", "write a currency and a scale"),
    ({"series_unit": "eur_bn"}, "unit", "usd_bn", "in usd but the series in eur", "convert"),
    ({"published": "14.11.2025"}, "published", "14.11.2025", "is not a date", "write YYYY-MM-DD"),
    ({"published": "2025-02-30"}, "published", "2025-02-30", "is not a date", "write YYYY-MM-DD"),
    ({"published": "2023-12"}, "published", "2023-12", "has begun", "check both dates"),
    ({"set_aside": "no"}, "set_aside", "no", "is not a reason", "leave it empty to use the figure"),
]


@pytest.mark.parametrize(("change", "column", "value", "problem", "remedy"), BAD)
class TestBadRows:
    def check(self, row, column, value, problem, remedy):
        assert (row.column, row.value) == (column, value)
        assert problem in row.problem
        assert remedy in row.remedy

    def test_csv(self, change, column, value, problem, remedy):
        reading = scan({}, change)
        (bad,) = reading.rejected
        assert (bad.row, len(reading.ledger)) == (3, 1)
        self.check(bad, column, value, problem, remedy)
        with pytest.raises(LedgerError) as caught:
            read_csv(io.StringIO(pd.DataFrame(rows({}, change)).to_csv(index=False)))
        assert f"row 3, column {column} ({value!r}): " in str(caught.value)
        assert str(bad) in str(caught.value)
        assert caught.value.rejected == reading.rejected

    def test_frame(self, change, column, value, problem, remedy):
        reading = parse_frame(pl.DataFrame(rows({}, change)))
        (bad,) = reading.rejected
        assert (bad.row, len(reading.ledger)) == (1, 1)
        self.check(bad, column, value, problem, remedy)


class TestEveryRowIsAccountedFor:
    def test_the_error_lists_all_bad_rows_and_says_how_they_are_numbered(self):
        bad = pd.DataFrame(rows({"value": "x"}, {}, {"unit": "x"}))
        with pytest.raises(LedgerError) as caught:
            read_csv(io.StringIO(bad.to_csv(index=False)))
        first, second, third = str(caught.value).splitlines()
        assert first == (
            "2 rows of the stream cannot be read; correct them (rows are lines of the file,"
            " the header being line 1):"
        )
        assert second.startswith("  row 2, column value ('x'): ")
        assert third.startswith("  row 4, column unit ('x'): ")
        with pytest.raises(LedgerError, match=r"1 row of the data frame .* positions, from 0"):
            read_frame(bad[:1])

    def test_a_row_is_numbered_by_the_line_on_which_it_starts(self):
        text = (
            "pair,window,value,unit,reporter,published,note\n"
            'KZ-UZ,2024,4.2,usd_bn,UZ stat,2025-01,"two\nlines"\n'
            "\n"
            'KZ-UZ,2024,x,usd_bn,UZ stat,2025-01,"three\nmore\nlines"\n'
            "KZ-UZ,2024,4.2,usd_bn,UZ stat\n"
            ",,,,,,\n"
            "KZ-UZ,2023,y,usd_bn,UZ stat,2025-01,\n"
        )
        for variant in (text, text.replace("\n", "\r\n"), "\ufeff" + text):
            reading = parse_csv(io.StringIO(variant))
            assert [(bad.row, bad.column) for bad in reading.rejected] == [
                (5, "value"),
                (8, "pair"),
                (10, "value"),
            ]
            (good,) = reading.ledger
            assert good.note == "two\nlines"
        assert "has 5 cells and the header 7" in reading.rejected[1].problem

    def test_a_repeated_id(self):
        (bad,) = scan({"id": "S1"}, {"id": "S1", "value": "5"}).rejected
        assert (
            str(bad) == "row 3, column id ('S1'): row 2 already has this id; give each row its own"
        )

    def test_a_repeated_row(self):
        (bad,) = scan({}, {}).rejected
        assert str(bad) == (
            "row 3, column value ('4.2'): it repeats row 2 in every cell; delete one"
        )

    def test_a_row_rejected_for_another_reason_does_not_take_an_id(self):
        reading = scan({"id": "S1", "value": "x"}, {"id": "S1"})
        assert (len(reading.ledger), [bad.row for bad in reading.rejected]) == (1, [2])


def test_json_that_is_not_text_or_too_deep_is_refused(tmp_path) -> None:
    (tmp_path / "bytes.json").write_bytes(b'{"schema_version": "\xff"}')
    with pytest.raises(LedgerError, match="is not UTF-8 text") as caught:
        read_json(tmp_path / "bytes.json")
    assert caught.value.topic == "encoding"
    for text in ("[" * 100_000, "9" * 5_000):
        with pytest.raises(LedgerError, match="is not JSON"):
            read_json(io.StringIO(text))
