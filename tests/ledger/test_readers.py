"""Readers and writers: every row is read or rejected with its number, column, value and remedy."""

import io
import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tradetrack.domain.observation import Growth
from tradetrack.errors import LedgerError
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.readers import (
    read_csv,
    read_frame,
    read_json,
    scan_csv,
    scan_frame,
    scan_json,
)
from tradetrack.ledger.writers import write_csv, write_json

GOOD = {
    "pair": "KZ-UZ",
    "window": "2024",
    "value": "4.2",
    "unit": "usd_bn",
    "reporter": "UZ stat",
    "published": "2025-01",
}
GROWTH = {"value": "15.5", "unit": "percent", "base": "2023"}


def rows(*changes):
    """Return good rows with the changes, all with the same columns."""
    made = [{**GOOD, **change} for change in changes]
    columns = list(dict.fromkeys(name for row in made for name in row))
    return [{name: row.get(name, "") for name in columns} for row in made]


def scan(*changes):
    frame = pd.DataFrame(rows(*changes), dtype="str")
    return scan_csv(io.StringIO(frame.to_csv(index=False)))


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
    ({"reporter": ""}, "reporter", "", "the cell is empty", "write whose statistics"),
    ({"published": ""}, "published", "", "the cell is empty", "write YYYY-MM-DD"),
    ({"window": "9 months"}, "window", "9 months", "is not a month", "write it as YYYY-MM"),
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
    ({"value": "4,2"}, "value", "4,2", "is not a number", "write digits with a decimal point"),
    ({"value": "0,123"}, "value", "0,123", "is not a number", "write digits with a decimal point"),
    ({"value": "nan"}, "value", "nan", "is not finite", "leave the row out"),
    ({"value": "inf"}, "value", "inf", "is not finite", "leave the row out"),
    ({"value": "1e999"}, "value", "1e999", "is not finite", "leave the row out"),
    ({"value": "-4.2"}, "value", "-4.2", "is not positive", "check the sign"),
    ({"value": "0"}, "value", "0", "is not positive", "check the sign"),
    ({"unit": "dollars!"}, "unit", "dollars!", "unknown unit", "write a currency and a scale"),
    ({"unit": "USD_bn"}, "unit", "USD_bn", "unknown unit", "write a currency and a scale"),
    ({"kind": "target"}, "kind", "target", "is no kind of figure", "write level or growth"),
    ({"kind": "level", "unit": "percent"}, "unit", "percent", "cannot be in percent", "usd_bn"),
    ({"kind": "growth", "base": "2023"}, "unit", "usd_bn", "cannot be in usd_bn", "write percent"),
    ({"base": "2023"}, "base", "2023", "is not compared with anything", "make kind growth"),
    ({**GROWTH, "base": ""}, "base", "", "needs the window it is compared", "write it in base"),
    ({**GROWTH, "base": "2024"}, "base", "2024", "is the window 2024 itself", "name another"),
    ({**GROWTH, "base": "2023-01"}, "base", "2023-01", "not as many months", "name such a base"),
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
        reading = scan_frame(pl.DataFrame(rows({}, change)))
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
            reading = scan_csv(io.StringIO(variant))
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


class TestTables:
    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ("pair,window,valeu,unit,reporter,published", "unknown column 'valeu'; did you mean"),
            (
                "pair,window,value,unit,reporter,published,xyzzy",
                "'xyzzy'; known are id, pair, flow",
            ),
            ("Pair,window,value,unit,reporter,published", "'Pair'; did you mean 'pair'?"),
            ("pair,window,value,unit,unit,reporter,published", "'unit' appears twice; keep one"),
            ("pair,window,value,unit,reporter,published,", "has no name; name it or delete it"),
            (
                "pair,value,unit,start",
                "no column window (or start and end), reporter, published; add it",
            ),
            ("pair;window;value;unit", "separated by semicolons; save it separated by commas"),
            ("pair\twindow\tvalue\tunit", "separated by tabs; save it separated by commas"),
            ("", "is empty; it needs a header line at least"),
        ],
    )
    def test_columns(self, header, message):
        with pytest.raises(LedgerError) as caught:
            scan_csv(io.StringIO(header + "\n"))
        assert message in str(caught.value)
        assert "the stream" in str(caught.value)

    def test_a_header_alone_is_an_empty_ledger(self):
        assert read_csv(io.StringIO(",".join(GOOD) + "\n")) == Ledger()
        assert read_frame(pd.DataFrame(columns=list(GOOD))) == Ledger()

    def test_an_open_quote(self):
        text = ",".join(GOOD) + '\nKZ-UZ,2024,"4.2,usd_bn,UZ stat,2025-01\n'
        with pytest.raises(
            LedgerError, match=r"not CSV from line 2 on: .*; check the quotes there"
        ):
            scan_csv(io.StringIO(text))

    def test_another_encoding(self, tmp_path):
        path = tmp_path / "old.csv"
        path.write_bytes((",".join(GOOD) + ",note\n").encode() + "Алматы".encode("cp1251"))
        with pytest.raises(
            LedgerError, match=r"old\.csv is not UTF-8 text .* save it as CSV UTF-8"
        ):
            scan_csv(path)

    def test_spaces_marks_and_line_ends_of_spreadsheets(self, tmp_path):
        path = tmp_path / "excel.csv"
        header = " pair , window,value,unit,reporter,published\r\n"
        text = header + " KZ-UZ ,2024 , 4.2,usd_bn,A \u00a0, 2025-01\r\n"
        path.write_bytes(text.encode("utf-8-sig"))
        (level,) = read_csv(str(path))
        assert (level.series.pair, level.figure.text, level.reporter) == ("KZ-UZ", "4.2", "A")

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            read_csv(tmp_path / "none.csv")


class TestFrames:
    @pytest.mark.parametrize("missing", [None, math.nan, pd.NA, pd.NaT, "", " "])
    def test_missing_cells(self, missing):
        frame = pd.DataFrame([{**GOOD, "note": missing, "base": missing, "published": missing}])
        reading = scan_frame(frame)
        assert reading.rejected[0].column == "published"
        assert len(read_frame(frame.assign(published="2025-01"))) == 1

    @pytest.mark.parametrize(
        ("value", "qualifier", "interval"),
        [
            (4.25, None, (4.25, 4.25)),
            (4.25, "rounded", (4.245, 4.255)),
            (np.float32(0.5), None, (0.5, 0.5)),
            (1e22, None, (1e22, 1e22)),
            (1e-7, None, (1e-7, 1e-7)),
            (3, None, (3.0, 3.0)),
            (3, "over", (3.0, math.inf)),
            ("3", None, (2.5, 3.5)),
        ],
    )
    def test_a_number_is_exact_unless_qualified(self, value, qualifier, interval):
        frame = pd.DataFrame([{**GOOD, "value": value, "qualifier": qualifier}])
        (level,) = read_frame(frame)
        assert level.figure.interval == interval

    @pytest.mark.parametrize("value", [math.inf, -math.inf, -1.0, True])
    def test_impossible_numbers(self, value):
        (bad,) = scan_frame(pd.DataFrame([{**GOOD, "value": value}])).rejected
        assert (bad.row, bad.column) == (0, "value")

    def test_dates_and_years_as_spreadsheets_type_them(self):
        day = pd.Timestamp("2025-01-15")
        frame = pd.DataFrame(
            {
                **{name: [cell] * 2 for name, cell in GOOD.items()},
                "id": [1, 2],
                "window": [2024.0, math.nan],
                "start": [pd.NaT, pd.Timestamp("2024-01-01")],
                "end": [pd.NaT, pd.Timestamp("2024-09-30")],
                "published": day,
            }
        )
        for table in (frame, pl.from_pandas(frame), pa.Table.from_pandas(frame)):
            ledger = read_frame(table)
            assert [str(row.window) for row in ledger] == ["2024-01..2024-09", "2024"]
            assert {row.published for row in ledger} == {"2025-01-15"}
            assert {row.id for row in ledger} == {"1", "2"}

    def test_positions_do_not_follow_the_index(self):
        frame = pd.DataFrame(rows({}, {"value": "x"}), index=[7, 7])
        assert scan_frame(frame).rejected[0].row == 1

    @pytest.mark.parametrize("cell", [True, ["a"], b"a"])
    def test_a_cell_that_is_not_text(self, cell):
        (bad,) = scan_frame(pd.DataFrame([{**GOOD, "set_aside": cell}])).rejected
        assert f"of type {type(cell).__name__} is not text" in bad.problem
        assert (bad.column, bad.remedy) == ("set_aside", "write it as text")

    @pytest.mark.parametrize(
        "table",
        [
            3,
            pl.LazyFrame({"pair": ["a"]}),
            pd.DataFrame([[1, 2]], columns=["pair", "pair"]),
        ],
    )
    def test_what_is_no_table(self, table):
        with pytest.raises(LedgerError, match=r"pass a data frame that is in memory"):
            read_frame(table)

    def test_columns_that_are_numbers(self):
        with pytest.raises(LedgerError, match=r"columns of the data frame .* unknown column '0'"):
            read_frame(pd.DataFrame([[1, 2]]))


class TestJson:
    def document(self, **changes):
        ledger = read_frame(pd.DataFrame([GOOD]))
        document = json.loads(ledger.to_json())
        document["observations"][0] |= changes
        return json.dumps(document)

    @pytest.mark.parametrize(
        ("changes", "column", "value", "problem", "remedy"),
        [
            ({"reporter": " "}, "reporter", " ", "it is empty", "fill it in"),
            ({"reporter": 3}, "reporter", "3", "it is not text", "write it as text"),
            ({"kind": "goal"}, "kind", "", "not a word known here", "write 'level', 'growth'"),
            ({"colour": "red"}, "colour", "red", "does not belong here", "leave it out"),
            ({"window": {"start": "2024", "end": "x"}}, "window", "2024", "not a month", "YYYY-MM"),
            (
                {"figure": {"text": "-1", "unit": "usd_bn"}},
                "value",
                "",
                "the level -1 is not positive",
                "check the sign",
            ),
            ({"series": {"flow": "turnover"}}, "pair", "", "it is missing", "add it"),
        ],
    )
    def test_bad_items(self, changes, column, value, problem, remedy):
        text = self.document(**changes)
        (bad,) = scan_json(io.StringIO(text)).rejected
        assert (bad.row, bad.column, bad.value) == (0, column, value)
        assert problem in bad.problem
        assert remedy in bad.remedy
        with pytest.raises(LedgerError, match="1 row of the stream cannot be read"):
            read_json(io.StringIO(text))
        with pytest.raises(
            LedgerError, match="1 row of the JSON document cannot be read"
        ) as caught:
            Ledger.from_json(text)
        assert caught.value.rejected == (bad,)

    @pytest.mark.parametrize("item", ["3", "null", "[]", "{}"])
    def test_items_that_are_nothing_of_the_kind(self, item):
        text = f'{{"schema_version": 1, "observations": [{item}]}}'
        (bad,) = scan_json(io.StringIO(text)).rejected
        assert bad.column == "kind"

    @pytest.mark.parametrize("text", ["[]", "3", '{"observations": []}', '{"schema_version": 1}'])
    def test_another_document(self, text):
        with pytest.raises(
            LedgerError, match=r"the stream is not a ledger: .*write it with to_json"
        ):
            read_json(io.StringIO(text))

    def test_no_json(self):
        with pytest.raises(LedgerError, match=r"the JSON document is not JSON: .*line 1 column 1"):
            Ledger.from_json("ledger")


class TestWriters:
    @pytest.mark.parametrize("write", [write_csv, write_json])
    def test_a_file_appears_whole_or_not_at_all(self, tmp_path, write, monkeypatch):
        path = tmp_path / "ledger"
        path.write_text("before")
        write(Ledger(), path)
        assert path.read_text() != "before"
        path.write_text("before")
        monkeypatch.setattr("pathlib.Path.replace", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write(Ledger(), path)
        assert path.read_text() == "before"
        assert [file.name for file in tmp_path.iterdir()] == ["ledger"]

    def test_csv_has_every_column_in_order(self, tmp_path):
        write_csv(read_frame(pd.DataFrame([GOOD])), tmp_path / "ledger.csv")
        assert (tmp_path / "ledger.csv").read_text() == (
            "id,pair,flow,kind,window,base,value,unit,qualifier,reporter,published,document,note,"
            "set_aside,series_unit\n"
            ",KZ-UZ,turnover,level,2024,,4.2,usd_bn,rounded,UZ stat,2025-01,,,,usd_bn\n"
        )
