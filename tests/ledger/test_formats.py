"""CSV, data frames and JSON: their headers, cells and quirks, and how they are written."""

import csv
import io
import json
import math
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.ledger.rows import GOOD

from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.io import (
    parse_csv,
    parse_frame,
    parse_json,
    read_csv,
    read_frame,
    read_json,
    write_csv,
    write_json,
)
from tradetrack.ledger.ledger import Ledger


def rows(*changes):
    """Return good rows with the changes, all with the same columns."""
    made = [{**GOOD, **change} for change in changes]
    columns = list(dict.fromkeys(name for row in made for name in row))
    return [{name: row.get(name, "") for name in columns} for row in made]


class TestKinds:
    CHANGES = (
        {"kind": "increment", "base": "2023", "value": "-0.4"},
        {"flow": "balance", "value": "-6.13"},
        {"coverage": "Goods & services"},
    )

    def test_the_three_readers_agree(self, tmp_path):
        table = pd.DataFrame(rows(*self.CHANGES))
        ledger = read_frame(table)
        assert [row.kind for row in ledger] == ["level", "increment", "level"]
        assert ledger.coverages == ("", "goods and services")
        write_csv(ledger, tmp_path / "a.csv")
        write_json(ledger, tmp_path / "a.json")
        assert read_csv(tmp_path / "a.csv") == read_json(tmp_path / "a.json") == ledger
        assert read_frame(ledger.to_frame()) == ledger

    @pytest.mark.parametrize("kind", ["increment", "growth"])
    def test_a_base_is_needed(self, kind):
        unit = "usd_bn" if kind == "increment" else "percent"
        [bad] = parse_frame(pd.DataFrame(rows({"kind": kind, "unit": unit}))).rejected
        assert (bad.column, bad.problem) == ("base", f"{kind} needs the window it is compared with")

    def test_a_level_with_a_base_may_be_an_increment(self):
        [bad] = parse_frame(pd.DataFrame(rows({"base": "2023"}))).rejected
        assert bad.remedy == "empty it, or make kind growth or increment"

    def test_a_level_that_is_no_balance_is_positive(self):
        [bad] = parse_frame(pd.DataFrame(rows({"value": "-6.13"}))).rejected
        assert (bad.column, bad.problem) == ("value", "the level -6.13 is not positive")


class TestTables:
    @pytest.mark.parametrize(
        ("header", "message"),
        [
            (
                "pair,window,valeu,unit,reporter,published",
                "unknown column 'valeu' (did you mean 'value'?)",
            ),
            (
                "pair,window,value,unit,reporter,published,xyzzy",
                "'xyzzy' (known are id, pair, flow",
            ),
            (
                "Pair,window,value,unit,reporter,published",
                "'Pair' (did you mean 'pair'?); no column pair: add it",
            ),
            ("pair,window,value,unit,unit,reporter,published", "'unit' appears twice (keep one)"),
            ("pair,window,value,,unit,reporter", "has no name (name it or delete it)"),
            (
                "pair,value,unit,start",
                "no column window (or start and end), reporter, published: add it",
            ),
            ("pair;window;value;unit", "is separated by semicolons; read it with sep=';'"),
            ("pair\twindow\tvalue\tunit", r"is separated by tabs; read it with sep='\t'"),
            ("sep=;\npair;window", "begins with 'sep=;'; read it with sep=';'"),
            ("SEP=;", "begins with 'SEP=;'; read it with sep=';'"),
            ("", "is empty; it needs a header line at least"),
        ],
    )
    def test_columns(self, header, message):
        with pytest.raises(LedgerError) as caught:
            parse_csv(io.StringIO(header + "\n"))
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
            parse_csv(io.StringIO(text))

    def test_another_encoding(self, tmp_path):
        path = tmp_path / "old.csv"
        path.write_bytes((",".join(GOOD) + ",note\n").encode() + "Алматы".encode("cp1251"))
        with pytest.raises(
            LedgerError, match=r"old\.csv is not UTF-8 text .* save it as CSV UTF-8"
        ):
            parse_csv(path)

    def test_spaces_marks_and_line_ends_of_spreadsheets(self, tmp_path):
        path = tmp_path / "excel.csv"
        header = " pair , window,value,unit,reporter,published\r\n"
        text = header + " KZ-UZ ,2024 , 4.2,usd_bn,A \u00a0, 2025-01\r\n"
        path.write_bytes(text.encode("utf-8-sig"))
        (level,) = read_csv(str(path))
        assert (level.series.pair, level.figure.text, level.reporter) == ("KZ-UZ", "4.2", "A")

    @pytest.mark.parametrize("read", [read_csv, parse_csv, read_json, parse_json])
    def test_bytes_are_refused(self, read, tmp_path):
        with pytest.raises(LedgerError) as caught:
            read(io.BytesIO(b"{}"))
        assert str(caught.value) == (
            "the stream gives bytes, not text; open it as text:"
            " io.TextIOWrapper(stream, encoding='utf-8')"
        )
        assert caught.value.topic == "encoding"
        path = tmp_path / "open.csv"
        path.write_bytes(b"{}")
        with path.open("rb") as file, pytest.raises(LedgerError, match="csv gives bytes"):
            read(file)

    def test_an_open_file_is_called_by_its_name(self, tmp_path):
        path = tmp_path / "open.csv"
        path.write_text("pair\n")
        with path.open() as file, pytest.raises(LedgerError, match=r"open\.csv cannot be read"):
            read_csv(file)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            read_csv(tmp_path / "none.csv")


class TestFrames:
    @pytest.mark.parametrize("missing", [None, math.nan, pd.NA, pd.NaT, "", " "])
    def test_missing_cells(self, missing):
        frame = pd.DataFrame([{**GOOD, "note": missing, "base": missing, "published": missing}])
        reading = parse_frame(frame)
        assert reading.rejected[0].column == "published"
        assert len(read_frame(frame.assign(published="2025-01"))) == 1

    @pytest.mark.parametrize(
        ("value", "qualifier", "interval"),
        [
            (4.25, None, (4.25, 4.25)),
            (4, "nearly", pytest.approx((3.52, 4.0))),
            (4.0, "nearly", pytest.approx((3.52, 4.0))),
            (np.float32(0.5), None, (0.5, 0.5)),
            (1e22, None, (1e22, 1e22)),
            (1e-7, None, (1e-7, 1e-7)),
            (3, None, (3.0, 3.0)),
            (3, "at_least", (3.0, math.inf)),
            ("3", None, (2.5, 3.5)),
        ],
    )
    def test_a_number_is_exact_unless_qualified(self, value, qualifier, interval):
        frame = pd.DataFrame([{**GOOD, "value": value, "qualifier": qualifier}])
        (level,) = read_frame(frame)
        assert level.figure.interval == interval

    @pytest.mark.parametrize("value", [math.inf, -math.inf, -1.0, True])
    def test_impossible_numbers(self, value):
        (bad,) = parse_frame(pd.DataFrame([{**GOOD, "value": value}])).rejected
        assert (bad.row, bad.column) == (0, "value")

    def test_dates_and_years_as_spreadsheets_type_them(self):
        day = pd.Timestamp("2025-01-15")
        frame = pd.DataFrame(
            {
                **{name: [cell] * 2 for name, cell in GOOD.items()},
                "id": [1, 2],
                "window": [2024.0, math.nan],
                "start": [None, "2024-01"],
                "end": [None, "2024-09"],
                "published": day,
            }
        )
        for table in (frame, pl.from_pandas(frame), pa.Table.from_pandas(frame)):
            ledger = read_frame(table)
            assert [str(row.window) for row in ledger] == ["2024-01..2024-09", "2024"]
            assert {row.published for row in ledger} == {"2025-01-15"}
            assert {row.id for row in ledger} == {"1", "2"}

    def test_an_instant_names_no_months(self):
        years = pd.date_range("2016-12-31", periods=3, freq="YE")
        frame = pd.DataFrame([GOOD] * 3).assign(window=years, published="2025-01")
        for table in (frame, pl.from_pandas(frame), frame.assign(window=years.tz_localize("UTC"))):
            rejected = parse_frame(table).rejected
            assert [row.column for row in rejected] == ["window"] * 3
            assert "is a day, which does not say of what period" in rejected[0].problem
        ends = frame.drop(columns="window").assign(start=years, end=years)
        assert {row.column for row in parse_frame(ends).rejected} == {"start"}

    def test_a_period_is_whole_months(self):
        frame = pd.DataFrame([GOOD] * 2)
        years = frame.assign(window=pd.PeriodIndex(["2022", "2023"], freq="Y"))
        assert [str(row.window) for row in read_frame(years)] == ["2022", "2023"]
        ends = frame.drop(columns="window").assign(
            start=pd.PeriodIndex(["2023-01", "2024-01"], freq="M"),
            end=pd.PeriodIndex(["2023Q3", "2024Q3"], freq="Q"),
        )
        assert [str(row.window) for row in read_frame(ends)] == [
            "2023-01..2023-09",
            "2024-01..2024-09",
        ]

    @pytest.mark.parametrize("qualifier", ["rounded", "truncated"])
    def test_a_number_has_no_digits_to_round(self, qualifier):
        for value in (4, 4.0, 4.25):
            frame = pd.DataFrame([{**GOOD, "value": value, "qualifier": qualifier}])
            (bad,) = parse_frame(frame).rejected
            assert (bad.column, bad.problem) == (
                "value",
                f"a number has no printed digits, and {qualifier} is about digits",
            )
            assert "dtype=str" in bad.remedy

    def test_own_csv_through_pandas_is_never_sharpened(self, tmp_path):
        ledger = read_frame(pd.DataFrame([{**GOOD, "value": "4.50"}]))
        write_csv(ledger, tmp_path / "own.csv")
        assert parse_frame(pd.read_csv(tmp_path / "own.csv")).rejected[0].column == "value"
        text = pd.read_csv(tmp_path / "own.csv", dtype=str)
        assert read_frame(text) == ledger

    def test_positions_do_not_follow_the_index(self):
        frame = pd.DataFrame(rows({}, {"value": "x"}), index=[7, 7])
        assert parse_frame(frame).rejected[0].row == 1

    @pytest.mark.parametrize("cell", [True, ["a"], b"a"])
    def test_a_cell_that_is_not_text(self, cell):
        (bad,) = parse_frame(pd.DataFrame([{**GOOD, "set_aside": cell}])).rejected
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
        (bad,) = parse_json(io.StringIO(text)).rejected
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
        (bad,) = parse_json(io.StringIO(text)).rejected
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
            "id,pair,flow,kind,window,base,value,unit,qualifier,reporter,side,published,"
            "document,note,set_aside,series_unit,coverage,digit\n"
            ",KZ-UZ,turnover,level,2024,,4.2,usd_bn,rounded,UZ stat,,2025-01,,,,usd_bn,,\n"
        )


DIALECT = ";".join(GOOD) + "\nKZ-UZ;2024;{};usd_mn;UZ stat;2025-01\n"


class TestDialects:
    @pytest.mark.parametrize(
        ("cell", "options", "text"),
        [
            ("4,2", {"decimal": ","}, "4.2"),
            ("1.234,50", {"decimal": ",", "thousands": "."}, "1,234.50"),
            ("1 234,5", {"decimal": ","}, "1 234.5"),
            ("1\u202f234,5", {"decimal": ",", "thousands": " "}, "1\u202f234.5"),
            ("3,500", {"decimal": ","}, "3.500"),
            ("3,500", {}, "3,500"),
            ("1'234.5", {"thousands": "'"}, "1,234.5"),
            ("50,5-55", {"decimal": ","}, "50.5-55"),
            ("50..55,5", {"decimal": ","}, "50..55.5"),
        ],
    )
    def test_a_value_is_read_as_the_dialect_says(self, cell, options, text):
        (row,) = read_csv(io.StringIO(DIALECT.format(cell)), sep=";", **options)
        assert row.figure.text == text

    @pytest.mark.parametrize(
        ("cell", "options", "says"),
        [
            ("4,2", {}, "'4,2' has a decimal comma; read the table with decimal=','"),
            ("1.234,5", {}, "has a decimal comma; read the table with decimal=',', thousands='.'"),
            ("4.2", {"decimal": ","}, "has '.' in it, which is neither decimal=','"),
            ("1.234", {"decimal": ","}, "has '.' in it"),
            ("2,920", {"thousands": " "}, "has ',' in it"),
            ("12.34,5", {"decimal": ",", "thousands": "."}, "is not a number"),
        ],
    )
    def test_a_value_of_another_dialect(self, cell, options, says):
        (bad,) = parse_csv(io.StringIO(DIALECT.format(cell)), sep=";", **options).rejected
        assert (bad.row, bad.column) == (2, "value")
        assert says in str(bad)

    @pytest.mark.parametrize(
        ("text", "fits"),
        [
            (DIALECT.format("4,2"), "sep=';', decimal=','"),
            (DIALECT.format("1.234,5"), "sep=';', decimal=',', thousands='.'"),
            (DIALECT.format("4.2"), "sep=';'"),
            (DIALECT.format("3,500").replace(";", "\t"), r"sep='\t'"),
        ],
    )
    def test_the_error_says_which_dialect_fits_and_it_does(self, text, fits):
        with pytest.raises(LedgerError, match="read it with") as caught:
            read_csv(io.StringIO(text))
        assert str(caught.value).endswith(f"read it with {fits}")
        assert len(read_csv(io.StringIO(text), **eval(f"dict({fits})"))) == 1

    def test_an_encoding(self, tmp_path):
        table = ",".join(GOOD) + "\nKZ-UZ,2024,4.2,usd_bn,Госкомстат,2025-01\n"
        for encoding in ("cp1251", "utf-16"):
            path = tmp_path / f"{encoding}.csv"
            path.write_text(table, encoding=encoding)
            with pytest.raises(LedgerError, match=f"read it with encoding='{encoding}'") as caught:
                read_csv(path)
            assert caught.value.topic == "encoding"
            assert read_csv(path, encoding=encoding).reporters == ("Госкомстат",)

    @pytest.mark.parametrize(
        ("options", "names"),
        [
            ({"sep": ""}, "sep="),
            ({"sep": ";;"}, "sep="),
            ({"sep": "\n"}, "sep="),
            ({"decimal": ";"}, "decimal="),
            ({"thousands": "x"}, "thousands="),
            ({"decimal": ",", "thousands": ","}, "thousands="),
            ({"encoding": "latin-99"}, "encoding="),
            ({"encoding": "cp1251"}, "is text already"),
        ],
    )
    def test_no_such_dialect(self, options, names):
        with pytest.raises(InputError, match=names):
            read_csv(io.StringIO(DIALECT), **options)

    def test_a_spreadsheets_hint_is_skipped_where_it_is_right(self):
        text = "sep=;\n" + DIALECT.format("x")
        (bad,) = parse_csv(io.StringIO(text), sep=";").rejected
        assert bad.row == 3

    def test_empty_columns_behind_the_table(self):
        text = f"{','.join(GOOD)},,,\n{','.join(GOOD.values())},,,\n"
        assert len(read_csv(io.StringIO(text))) == 1
        (bad,) = parse_csv(io.StringIO(text[:-1] + "x\n")).rejected
        assert "the row has 9 cells and the header 6" in str(bad)

    def test_a_short_row_is_told_what_it_lacks(self):
        text = f"{','.join(GOOD)},note\n{','.join(GOOD.values())}\n"
        (bad,) = parse_csv(io.StringIO(text)).rejected
        assert "write ',' for each empty cell, at the end too" in bad.remedy


MARKERS = ("NA", "nan", "None", "NULL", "#N/A", "n/a", "-", "<NA>", "\u2013")


class TestCells:
    @pytest.mark.parametrize("marker", MARKERS)
    def test_missing_is_missing(self, marker):
        row = {**GOOD, "set_aside": marker, "note": marker, "reporter": marker}
        text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
        plain = {**row, "set_aside": "", "note": "", "reporter": ""}
        for ledger in (read_csv(io.StringIO(text)), read_frame(pd.DataFrame([row]))):
            assert ledger == read_frame(pd.DataFrame([plain]))
            assert len(ledger.current) == 1
            assert ledger.reporters == ()
        document = json.loads(ledger.to_json())
        document["observations"][0]["set_aside"] = marker
        assert Ledger.from_json(json.dumps(document)) == ledger

    @pytest.mark.parametrize(
        "name", ["UZ\u200b stat", "UZ st\u00adat", "UZ stat\u200e", "\ufeffUZ stat"]
    )
    def test_nothing_invisible_makes_another_reporter(self, name):
        rows = [GOOD, {**GOOD, "reporter": name, "value": "4.3", "published": "2025-02"}]
        ledger = read_frame(pd.DataFrame(rows))
        assert ledger.reporters == ("UZ stat",)
        assert len(ledger.superseded) == 1

    @pytest.mark.parametrize("column", ["reporter", "note", "document", "pair"])
    def test_half_a_character(self, column):
        document = json.loads(read_frame(pd.DataFrame([GOOD])).to_json())
        row = document["observations"][0]
        (row["series"] if column == "pair" else row)[column] = "\ud800"
        (bad,) = parse_json(io.StringIO(json.dumps(document))).rejected
        assert bad.column == column
        assert "not valid Unicode" in str(bad)

    def test_a_json_key_twice_loses_nothing_silently(self):
        text = read_frame(pd.DataFrame([GOOD])).to_json().rstrip("}\n ")
        with pytest.raises(LedgerError, match="'observations' is there twice"):
            Ledger.from_json(text + ',"observations":[]}')

    @pytest.mark.parametrize(
        "text", ["=1+1", "'=1", "''@x", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "'tis", "-16.5"]
    )
    def test_csv_holds_no_formula_and_reads_back(self, tmp_path, text):
        ledger = read_frame(pd.DataFrame([{**GOOD, "note": text, "reporter": text}]))
        write_csv(ledger, tmp_path / "ledger.csv")
        written = (tmp_path / "ledger.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(io.StringIO(written)):
            for cell in row.values():
                number = re.fullmatch(r"[-+]?[\d.]+", cell)
                assert number or not cell.startswith(("=", "+", "-", "@"))
        assert read_csv(tmp_path / "ledger.csv") == ledger
