"""Names that a spreadsheet would run, or that steer a terminal or a text's direction: no medium."""

import csv
import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

import tradetrack as tt
from tradetrack.cli import main
from tradetrack.ledger.io import csv_text

FORMULAS = ('=HYPERLINK("http://e.x","c")', "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0")
STEERING = ("\x1b]0;pwn\x07\x1b[2J", "\u202eevil", "a\u2066b", "zero\u200bwidth", "\x9b31m")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def ledger_of(nasty: str) -> tt.Ledger:
    """A ledger in which every free text is the same, and two figures are at odds."""
    return tt.Ledger(
        tt.Level(
            series=tt.Series(pair="AA-BB"),
            window=tt.Window(str(year)),
            figure=tt.Figure.of(text, "usd_bn"),
            reporter=f"{nasty}{year % 2}",
            published=f"{year + 1}-02",
            document=nasty,
            note=nasty,
            id=f"{nasty}{year}",
        )
        for year, text in enumerate(("2.0", "2.1", "1.9", "24", "2.9", "3.3", "3.4"), 2018)
    )


def texts(ledger: tt.Ledger, goal: tt.Goal) -> dict[str, str]:
    """What is meant for people, in every medium of the library."""
    tracking = tt.track(ledger, goal, n_paths=50)
    by = tt.by_reporter(ledger, goal, n_paths=50)
    news = tt.news(ledger, goal, since="2022-06-30")
    required = tt.required_growth(ledger, goal, n_paths=50)
    sensitivity = tt.sensitivity(ledger, goal, n_paths=50)
    return {
        **{f"str {type(r).__name__}": str(r) for r in (tracking, by, news, required, sensitivity)},
        **{f"repr {type(r).__name__}": repr(r) for r in (tracking, by, news, required, goal)},
        "repr row": repr(next(iter(ledger))),
        "notebook": tracking._repr_html_(),
        "page": tt.report_html(tracking, ledger, whose=by, news=news),
        "csv": csv_text(ledger),
    }


@pytest.fixture(scope="module", params=(*FORMULAS, *STEERING))
def asked(request: pytest.FixtureRequest) -> tuple[str, tt.Ledger, tt.Goal]:
    nasty = request.param
    return nasty, ledger_of(nasty), tt.Goal(5, by=2030, name=nasty)


def test_no_text_steers_a_terminal_or_turns_its_direction(asked) -> None:
    _, ledger, goal = asked
    for medium, text in texts(ledger, goal).items():
        if medium != "csv":  # a file: what it holds is read back as it was
            assert not _UNSAFE.search(text), (medium, _UNSAFE.search(text))


def test_no_cell_runs_in_a_spreadsheet(asked, tmp_path: Path) -> None:
    _, ledger, goal = asked
    tracking = tt.track(ledger, goal, n_paths=50)
    for row in csv.reader(io.StringIO(csv_text(ledger))):
        assert not [cell for cell in row if runs(cell)]
    try:
        tt.write_excel(tmp_path / "a.xlsx", tracking, ledger)
    except tt.InputError:  # a sheet cannot hold it
        return
    for sheet in load_workbook(tmp_path / "a.xlsx"):
        for cells in sheet.iter_rows():
            assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula."""
    return cell[:1] in "=+-@" and cell != "" and not re.fullmatch(r"[-+]?[\d., ]+", cell)


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_the_command_line_is_inert(asked, form: str, tmp_path, capsys, monkeypatch) -> None:
    _, ledger, goal = asked
    monkeypatch.chdir(tmp_path)
    tt.write_csv(ledger, "figures.csv")
    with open("goals.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["amount", "by", "name"], [5, 2030, goal.name]])
    for line in (
        ["track", "figures.csv", "--goals", "goals.csv", "--paths", "50"],
        ["check", "figures.csv"],
        ["news", "figures.csv", "--goals", "goals.csv", "--since", "2022-06-30"],
    ):
        main([*line, "--format", form])
        said = capsys.readouterr()
        for text in said:
            assert not _UNSAFE.search(text)
        if form == "csv":
            for row in csv.reader(io.StringIO(said.out)):
                assert not [cell for cell in row if runs(cell)]


@pytest.mark.parametrize("nasty", STEERING)
def test_an_error_is_inert(nasty: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        f"pair,window,value,unit,reporter,published\nAA-BB,{nasty},{nasty},usd_bn,{nasty},2024-01\n",
        encoding="utf-8",
        newline="",
    )
    assert main(["check", str(path)]) == 2
    assert not _UNSAFE.search("".join(capsys.readouterr()))
    assert not _UNSAFE.search("".join(map(str, tt.parse_csv(path).rejected)))
