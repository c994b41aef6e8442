"""Workbooks: what their cells show becomes a ledger; what nobody sees is refused by cell."""

import datetime as dt
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table

import tradetrack as tt
from tradetrack.cli import main
from tradetrack.errors import InputError, LedgerError, SinkError

HEAD = ["pair", "window", "value", "unit", "reporter", "published"]
GOOD = ["KZ-UZ", 2024, 4.18, "usd_bn", "UZ stat", "2025-01"]
FILL = {"pair": "KZ-UZ", "unit": "usd_bn", "reporter": "UZ stat", "published": "2025-02"}
FLOWS = tt.WideTable({"Exports": {"flow": "kz_to_uz"}, "Imports": {"flow": "uz_to_kz"}})


def book(*rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    return made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trade.xlsx"


@pytest.fixture
def rejected(path):
    """Return the rejected rows of a workbook."""

    def read(made, **options):
        made.save(path)
        return tt.parse_excel(path, **options).rejected

    return read


class TestLongTables:
    def test_printed_digits_come_from_the_number_format(self, path):
        made = book(HEAD, GOOD, [*GOOD[:2], "4.180", *GOOD[3:5], "2025-02"])
        made.active["C2"].number_format = "0.0"
        made.save(path)
        first, second = tt.read_excel(path)
        assert (first.figure.text, first.figure.qualifier) == ("4.2", "rounded")
        assert first.figure.interval == (4.15, 4.25)
        assert second.figure.text == "4.180"

    def test_titles_footers_and_other_headings(self, path):
        made = book(
            ["Trade of Kazakhstan"],
            ["(US$ bn)"],
            [],
            ["Year", "Amount", "Comment"],
            [2023, 4.4, "fine"],
            [2024, 4.2, None],
            ["Total", 8.6, None],
            ["Source: statistics"],
        )
        made.active.merge_cells("A1:C1")
        made.save(path)
        ledger = tt.read_excel(
            path,
            columns={"Year": "window", "Amount": "value", "Comment": ""},
            fill=FILL,
            skip=["Total", "Source:"],
        )
        assert [(str(row.window), row.figure.text) for row in ledger] == [
            ("2023", "4.4"),
            ("2024", "4.2"),
        ]

    def test_a_row_beats_what_all_share(self, path):
        made = book(["window", "value", "reporter"], [2023, 4.4, "KZ stat"], [2024, 4.2, None])
        made.save(path)
        assert [row.reporter for row in tt.read_excel(path, fill=FILL)] == ["KZ stat", "UZ stat"]

    def test_growth_shown_as_a_percentage(self, path, rejected):
        made = book([*HEAD, "base"], ["KZ-UZ", 2024, 0.155, None, "UZ stat", "2025-01", 2023])
        made.active["C2"].number_format = "0.0%"
        made.save(path)
        (row,) = tt.read_excel(path)
        assert str(row.figure) == "15.5 %"
        made.active["D2"] = "usd_bn"
        (bad,) = rejected(made)
        assert "shown as 15.5 % and its unit is usd_bn" in bad.problem

    def test_dates_that_show_whole_periods(self, path):
        made = book(HEAD, GOOD, GOOD, GOOD)
        for row, number_format in ((2, "mmm-yy"), (3, "yyyy"), (4, "mm.yyyy")):
            made.active.cell(row, 2).value = dt.datetime(2024, row, 1)
            made.active.cell(row, 2).number_format = number_format
            made.active.cell(row, 6).value = dt.datetime(2025, 1, 31)
        made.save(path)
        rows = sorted(tt.read_excel(path), key=lambda row: str(row.window))
        assert [str(row.window) for row in rows] == ["2024", "2024-02", "2024-04"]
        assert {row.published for row in rows} == {"2025-01-31"}

    def test_a_formula_is_its_last_result(self, path):
        book(HEAD, [*GOOD[:2], "=2.1+2.1", *GOOD[3:]]).save(path)
        # As a spreadsheet saves it: with the result beside the formula.
        parts = {}
        with zipfile.ZipFile(path) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"]
        assert b"<f>2.1+2.1</f><v />" in sheet or b"<f>2.1+2.1</f><v></v>" in sheet
        sheet = sheet.replace(b"<v />", b"<v>4.2</v>").replace(b"<v></v>", b"<v>4.2</v>")
        parts["xl/worksheets/sheet1.xml"] = sheet
        with zipfile.ZipFile(path, "w") as file:
            for name, part in parts.items():
                file.writestr(name, part)
        assert [row.figure.text for row in tt.read_excel(path)] == ["4.2"]

    @pytest.mark.parametrize(
        ("cell", "value", "number_format", "says"),
        [
            ("C2", "=1+1", "General", "cell C2 holds a formula whose result is not in the file"),
            ("C2", "#REF!", "General", "cell C2 holds the error #REF!"),
            ("C2", True, "General", "cell C2 holds 'True'"),
            (
                "C2",
                dt.datetime(2024, 1, 4),
                "dd.mm.yyyy",
                "cell C2 is shown as the date 2024-01-04",
            ),
            ("C2", 4.18e6, "0.0,,", "the number format '0.0,,' does not show plain digits"),
            ("C2", 4.18, '0.0" bn"', "writes 'bn' beside the number"),
            ("C2", "4,18", "General", "'4,18' is not a number"),
            ("B2", dt.datetime(2024, 12, 31), "yyyy-mm-dd", "cell B2 shows the day 2024-12-31"),
            ("B2", 45657, "General", "cell B2 holds the number 45657; a spreadsheet keeps dates"),
            ("F2", 45657, "General", "cell F2 holds the number 45657; a spreadsheet keeps dates"),
            ("F2", 2025, "General", "cell F2 holds the number 2025"),
            ("H2", "stray", "General", "cell H2 holds 'stray' and has no heading"),
            ("D2", "usd-bn", "General", "unknown unit"),
        ],
    )
    def test_a_bad_cell_is_named(self, rejected, cell, value, number_format, says):
        made = book(HEAD, GOOD, [*GOOD[:5], "2025-03"])
        made.active[cell] = value
        made.active[cell].number_format = number_format
        if value == "#REF!":
            made.active[cell].data_type = "e"
        (bad,) = rejected(made)
        assert says in str(bad)
        assert bad.row == 2


class TestSheets:
    def test_a_sheet_is_named_where_there_are_several(self, path):
        made = book(HEAD, GOOD)
        made.create_sheet("Notes")
        made.create_sheet("Old").sheet_state = "hidden"
        made.save(path)
        with pytest.raises(LedgerError, match="name one with sheet: 'Sheet', 'Notes'"):
            tt.read_excel(path)
        assert len(tt.read_excel(path, sheet="Sheet")) == 1
        with pytest.raises(LedgerError, match=r"'Old' of .* is hidden"):
            tt.read_excel(path, sheet="Old")
        with pytest.raises(LedgerError, match="has no sheet 'New'"):
            tt.read_excel(path, sheet="New")
        made["Notes"].sheet_state = "veryHidden"
        made.save(path)
        assert len(tt.read_excel(path)) == 1

    def test_hidden_rows_and_columns(self, path, rejected):
        made = book(HEAD, GOOD, [*GOOD[:5], "2025-03"])
        made.active.row_dimensions[3].hidden = True
        (bad,) = rejected(made)
        assert (bad.row, bad.problem) == (3, "row 3 (A3) is hidden and holds something")
        made.active.column_dimensions["C"].hidden = True
        with pytest.raises(LedgerError, match=r"column C of the sheet 'Sheet' of .* is hidden"):
            rejected(made)

    def test_merged_cells(self, path, rejected):
        made = book(HEAD, GOOD, [None, *GOOD[1:5], "2025-03"])
        made.active.merge_cells("A2:A3")
        with pytest.raises(LedgerError, match="the cells A2:A3 of the sheet 'Sheet'"):
            rejected(made)

    @pytest.mark.parametrize(
        ("header_row", "says"), [(None, "none of the first 50 rows"), (7, "row 7 of .* is empty")]
    )
    def test_no_header(self, path, header_row, says):
        book(["a"], ["b"]).save(path)
        with pytest.raises(LedgerError, match=says):
            tt.read_excel(path, header_row=header_row)

    def test_unknown_and_missing_columns(self, path):
        book([*HEAD[:-1], "publisched"], GOOD).save(path)
        with pytest.raises(LedgerError, match="did you mean 'published'"):
            tt.read_excel(path)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "by a password"),
            (b"\xd0\xcf\x11\xe0" + b"Workbook", r"of the old \.xls format"),
            (b"<html><table></table></html>", "is no Excel workbook"),
            (b"pair,window\n", "read it with tt.read_csv"),
            (b"", "is no Excel workbook"),
        ],
    )
    def test_another_file(self, path, data, says):
        path.write_bytes(data)
        with pytest.raises(LedgerError, match=says) as caught:
            tt.read_excel(path)
        assert caught.value.topic == "workbook"

    def test_another_zip(self, path):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.txt", "a")
        with pytest.raises(LedgerError, match="is not a workbook that can be read"):
            tt.read_excel(path)

    @pytest.mark.parametrize(
        "options",
        [{"skip": "Total"}, {"fill": {"valeu": "1"}}, {"fill": {"unit": 1}}],
    )
    def test_wrong_arguments(self, path, options):
        book(HEAD, GOOD).save(path)
        with pytest.raises(InputError):
            tt.read_excel(path, **options)


class TestOnTheCommandLine:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda made: set_cell(made, "C2", "=2+2"), "cell C2 holds a formula"),
            (lambda made: set_cell(made, "B2", 45657), "cell B2 holds the number 45657"),
            (lambda made: made.active.merge_cells("A2:A3"), "the cells A2:A3"),
            (lambda made: made.create_sheet("Second"), "name one with sheet: 'Sheet', 'Second'"),
            (lambda made: hide(made.create_sheet("Old")), ""),
            (lambda made: hide(made.active.row_dimensions[2]), "row 2 (A2) is hidden"),
            (lambda made: hide(made.active.column_dimensions["C"]), "column C of the sheet"),
        ],
    )
    def test_a_bad_workbook_is_one_line(self, path, capsys, change, says):
        made = book(HEAD, GOOD)
        change(made)
        made.save(path)
        code = main(["track", str(path), "--goal", "5", "--paths", "20"])
        said = capsys.readouterr()
        assert code == (2 if says else 0)
        assert says in said.err
        assert (said.err.count("\n"), said.out == "") == ((1, True) if says else (0, False))

    def test_a_password(self, path, capsys):
        path.write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
        assert main(["check", str(path)]) == 2
        assert "is protected by a password; save it without one" in capsys.readouterr().err


def set_cell(made, place, value):
    made.active[place] = value


def hide(part):
    if hasattr(part, "sheet_state"):
        part.sheet_state = "hidden"
    else:
        part.hidden = True


class TestWideTables:
    def table(self, *more):
        return book(
            ["Trade, US$ bn"],
            ["Flow", 2023, "2024", "2025*", "Share"],
            ["Exports", 3.04, 2.96, 2.11, "high"],
            ["Imports", 1.38, 1.22, None, None],
            *more,
        )

    layout = tt.WideTable(FLOWS.rows, windows={"2025*": "2025-01..2025-09", "Share": ""})

    def test_years_across_flows_down(self, path):
        made = self.table(["Total", 4.42, 4.18, None, None], ["*Nine months"])
        for row in made.active["B3:D4"]:
            for cell in row:
                cell.number_format = "0.0"
        made.save(path)
        ledger = tt.read_excel(
            path, layout=self.layout, fill={**FILL, "published": "2025-11"}, skip=["Total", "*"]
        )
        assert [(row.series.flow, str(row.window), row.figure.text) for row in ledger] == [
            ("kz_to_uz", "2023", "3.0"),
            ("kz_to_uz", "2024", "3.0"),
            ("kz_to_uz", "2025-01..2025-09", "2.1"),
            ("uz_to_kz", "2023", "1.4"),
            ("uz_to_kz", "2024", "1.2"),
        ]

    def test_what_is_not_declared_is_rejected(self, rejected):
        bad = rejected(self.table(["Transit", 1.0]), layout=FLOWS, fill=FILL)
        assert [(row.row, row.column) for row in bad] == [
            (3, "window"),
            (3, "window"),
            (5, "flow"),
        ]
        assert "the heading '2025*' of cell D3 is no window" in bad[0].problem
        assert "the row 'Transit' is not declared" in bad[2].problem

    def test_a_row_may_be_a_pair(self, path):
        book(["", 2023, 2024], ["Uzbekistan", 4.4, 4.2], ["Russia", 26.0, 27.8]).save(path)
        layout = tt.WideTable({"Uzbekistan": {"pair": "KZ-UZ"}, "Russia": {"pair": "KZ-RU"}})
        ledger = tt.read_excel(
            path, layout=layout, fill={k: v for k, v in FILL.items() if k != "pair"}
        )
        assert ledger.pairs == ("KZ-RU", "KZ-UZ")

    def test_a_bad_layout(self):
        with pytest.raises(InputError, match="'Exports' has flwo="):
            tt.WideTable({"Exports": {"flwo": "kz_to_uz"}})


@pytest.fixture(scope="module")
def tracked():
    ledger = tt.datasets.kazakhstan_uzbekistan()
    goals = [tt.Goal(10, by=2030, name='=HYPERLINK("http://e.x")'), tt.Goal(6)]
    return tt.track(ledger, goals, n_paths=200), ledger


class TestWriting:
    def test_the_sheets(self, tracked, path):
        tracking, ledger = tracked
        tt.write_excel(path, tracking, ledger)
        made = load_workbook(path)
        assert made.sheetnames == ["Answer", "Curve", "Totals", "Ledger", "Findings"]
        answer = list(made["Answer"].values)
        first = dict(zip(answer[0], answer[1], strict=True))
        assert first["probability"] == tracking.attainments[0].probability
        assert first["by"] == 2030
        assert len(answer) == 3
        curve = sum(len(a.curve) for a in tracking.attainments)
        assert made["Curve"].max_row == 1 + curve
        totals = list(made["Totals"].values)
        summary = tracking.series_totals[0]
        assert totals[1][5:] == pytest.approx(summary.years[0].quantiles, rel=1e-14)
        assert made["Findings"].max_row == 1 + len(tracking.findings)

    def test_the_ledger_reads_back(self, tracked, path):
        tracking, ledger = tracked
        tt.write_excel(path, tracking, ledger)
        assert tt.read_excel(path, sheet="Ledger") == ledger
        types = {cell.data_type for cell in load_workbook(path)["Ledger"]["G"][1:]}
        assert "n" in types  # figures are numbers, to compute with

    def test_nothing_runs(self, tracked, path):
        tracking, ledger = tracked
        evil = "=cmd|' /C calc'!A0"
        row = next(row for row in ledger if row.kind == "level").model_copy(
            update={"note": evil, "document": "+1\x1b[2J\u202e", "reporter": "@SUM(1)"}
        )
        tt.write_excel(path, tracking, tt.Ledger([row]))
        quoted = 0
        for sheet in load_workbook(path):
            for cells in sheet.iter_rows():
                for cell in cells:
                    assert cell.data_type != "f"
                    if isinstance(cell.value, str) and cell.value[:1] in "=+-@":
                        assert cell.quotePrefix or cell.value == ""
                        quoted += 1
                    assert "\x1b" not in str(cell.value)
                    assert "\u202e" not in str(cell.value)
        assert quoted >= 4
        (back,) = tt.read_excel(path, sheet="Ledger")
        assert back.note == evil

    def test_whole_or_not_at_all(self, tracked, tmp_path):
        tracking, ledger = tracked
        with pytest.raises(SinkError):
            tt.write_excel(tmp_path / "none" / "x.xlsx", tracking, ledger)
        long = next(iter(ledger)).model_copy(update={"note": "x" * 40_000})
        with pytest.raises(InputError, match="a cell of a workbook holds"):
            tt.write_excel(tmp_path / "x.xlsx", tracking, tt.Ledger([long]))
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(InputError, match="takes a Tracking and a Ledger"):
            tt.write_excel(tmp_path / "x.xlsx", ledger, tracking)

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from(["4.20", "2,920", "3 333.5", "0.050", "-16.5", "50-55", "1234567.1", "7"]),
        st.text(max_size=20),
    )
    def test_what_is_written_reads_back(self, tracked, tmp_path, value, note):
        tracking, _ = tracked
        growth = value.startswith("-")
        try:
            row = tt.Level(
                series=tt.Series(pair="KZ-UZ"),
                window=tt.Window("2024"),
                figure=tt.Figure.of(value.lstrip("-"), "usd_bn"),
                reporter="UZ stat",
                published="2025-01",
                note=note,
            )
        except InputError:
            return
        ledger = tt.Ledger([row])
        tt.write_excel(tmp_path / "x.xlsx", tracking, ledger)
        (back,) = tt.read_excel(tmp_path / "x.xlsx", sheet="Ledger")
        assert back.figure == row.figure
        assert not growth or back.figure.value > 0


def test_a_table_object_changes_nothing(path):
    made = book(HEAD, GOOD)
    made.active.add_table(Table(displayName="Trade", ref="A1:F2"))
    made.save(path)
    assert len(tt.read_excel(path)) == 1
