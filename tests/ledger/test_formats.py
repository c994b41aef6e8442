"""CSV, data frames and JSON: their headers, cells and quirks, and how they are written."""

import io
import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.ledger.rows import GOOD

from tradetrack.errors import LedgerError
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
            ("pair,window,value,unit,reporter,published,", "has no name (name it or delete it)"),
            (
                "pair,value,unit,start",
                "no column window (or start and end), reporter, published: add it",
            ),
            ("pair;window;value;unit", "separated by semicolons; save it separated by commas"),
            ("pair\twindow\tvalue\tunit", "separated by tabs; save it separated by commas"),
            ("sep=,\npair,window", "its header; delete the line 'sep=,' that a spreadsheet wrote"),
            ("sep=;\npair;window", "its header; delete the line 'sep=;' that a spreadsheet wrote"),
            ("SEP=;", "its header; delete the line 'SEP=;' that a spreadsheet wrote"),
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
            (4.25, "rounded", (4.245, 4.255)),
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
            "document,note,set_aside,series_unit\n"
            ",KZ-UZ,turnover,level,2024,,4.2,usd_bn,rounded,UZ stat,,2025-01,,,,usd_bn\n"
        )
