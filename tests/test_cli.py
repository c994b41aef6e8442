"""The command line: the library's own answers, one readable line an error, whole files or none."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import tradetrack as tt
from tests.contracts.tree import ROOT
from tradetrack._format import columns, growth_rate, percent
from tradetrack.cli import main
from tradetrack.cli.app import app
from tradetrack.cli.catalogue import entries
from tradetrack.cli.goals import COLUMNS, read_goals, table_with
from tradetrack.cli.options import GoalOptions
from tradetrack.cli.outputs import publish
from tradetrack.cli.texts import disputed, tracking_text

HEADER = "pair,window,value,unit,reporter,published\n"
FIGURE = "KZ-UZ,2024,4.2,usd_bn,UZ stat,2025-01\n"
COMMANDS = [
    command.callback.__name__.replace("_", "-")
    for command in app.registered_commands
    if command.callback
]
FEW = "--paths 200"
ARTICLE = (
    "In 2024 trade between Kazakhstan and Uzbekistan grew by 5% to $4.2 billion. The sides aim at"
    " $10 billion by 2030, and it may reach $5 billion this year."
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a ledger of one figure and the tables of a panel."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures.csv").write_text(HEADER + FIGURE, encoding="utf-8")
    values = "series,year,value\nA,2022,3\nA,2023,3.3\nA,2024,3.1\nNA,2023,1\nNA,2024,2\n"
    (tmp_path / "values.csv").write_text(values, encoding="utf-8")
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "goals.csv").write_text("series,amount,deadline\nA,5,2027\nNA,3,\n", "utf-8")
    return tmp_path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    def asked(*words: str) -> tuple[int, str, str]:
        code = main([word for each in words for word in shlex.split(each)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return asked


def run(*argv: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "tradetrack", *argv]
    return subprocess.run(command, capture_output=True, **more)  # type: ignore[call-overload]


def test_with_no_file_the_shipped_ledger_is_tracked(ask) -> None:
    ledger, goals = tt.datasets.kazakhstan_uzbekistan(), tt.datasets.goals("kazakhstan_uzbekistan")
    tracking = tt.track(ledger, goals, n_paths=200)
    said = tracking_text(tracking, ledger)
    assert said.splitlines()[-1].endswith("(tradetrack check)")
    assert ask("track", FEW) == (0, f"{said}\n", "")
    sentences = "\n".join(tracking.sentences())
    assert ask("track", FEW, "--format sentences") == (0, f"{sentences}\n", "")
    assert ask("track", FEW, "--format", "json") == (0, tracking.model_dump_json() + "\n", "")
    assert ask("track", FEW, "--format", "csv") == (0, tracking.to_frame().to_csv(index=False), "")
    assert ask("track", FEW, "--curves") == (0, tracking.curves().to_csv(index=False), "")
    code, out, err = ask("track", FEW, "--strict")
    assert (code, out, err) == (3, f"{said}\n", f"tradetrack: {len(tracking.findings)} findings\n")


def test_every_option_of_track_reaches_the_library(ask) -> None:
    series = tt.Series(pair="KZ-UZ", flow="kz_to_uz")
    goals = [
        tt.Goal(amount, by, "rolling_year", series=series, reporter="KZ stat")
        for amount, by in ((4.0, 2029), (5.0, 2030))
    ]
    ledger = tt.datasets.kazakhstan_uzbekistan()
    wanted = tt.track(ledger, goals, as_of="2024-07", horizon=11, n_paths=50, seed=3)
    options = "--goal 4 --goal 5 --by 2029 --by 2030 --flow kz_to_uz --reporter 'KZ stat' --rolling"
    more = "--as-of 2024-07 --horizon 11 --paths 50 --seed 3 --format json"
    code, out, _ = ask("track", options, more)
    assert code == 0
    assert tt.Tracking.model_validate_json(out) == wanted


KINDS_OF_GOALS = {
    "--goal '2x 2023' --by 2030-03 --window fy:04": tt.Goal("2x 2023", "2030-03", "fy:04"),
    "--goal 5 --in 2026-H1": tt.Goal(5, window="2026-H1"),
    "--goal 5 --rolling": tt.Goal(5, window="rolling_year"),
    "--goal 3 --by 2030 --at-most": tt.Goal(3, by=2030, bound="at_most"),
    "--goal 4 --by 2030 --sustained 3": tt.Goal(4, by=2030, sustained=3),
    "--goal 5 --by 2030-06-30 --announced 2024-08-08": tt.Goal(
        5, by="2030-06-30", announced="2024-08-08"
    ),
    "--goal=-2 --by 2027 --flow balance": tt.Goal(
        -2, by=2027, series=tt.Series(pair="KZ-UZ", flow="balance")
    ),
    "--goal -2 --by 2027 --flow balance --at-most": tt.Goal(
        -2, by=2027, bound="at_most", series=tt.Series(pair="KZ-UZ", flow="balance")
    ),
    "--goal '500 usd_mn' --by 2030": tt.Goal("500 usd_mn", by=2030),
    "--goal '+4 2024' --by 2030": tt.Goal("+4 2024", by=2030),
    "--goal '+50% 2024' --by 2030": tt.Goal("+50% 2024", by=2030),
    "--goal +15% --in 2026": tt.Goal("+15%", window="2026"),
    "--goal '15% a year from 2024' --by 2030": tt.Goal("15% a year from 2024", by=2030),
}


@pytest.mark.parametrize("line", KINDS_OF_GOALS)
def test_every_kind_of_goal_can_be_typed(line: str, ask) -> None:
    goal = KINDS_OF_GOALS[line]
    wanted = tt.track(tt.datasets.kazakhstan_uzbekistan(), goal, n_paths=40)
    code, out, err = ask("track", line, "--paths 40 --format json")
    assert (code, err) == (0, "")
    assert tt.Tracking.model_validate_json(out) == wanted


def test_a_table_of_goals_reads_back_what_was_written_of_any_kind(folder: Path) -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    series = tt.Series(pair="KZ-UZ", flow="kz_to_uz", unit="usd_mn")
    goals = [
        *KINDS_OF_GOALS.values(),
        tt.Goal(1e13, by=2030, name="=HYPERLINK(0)", speaker='+A, "B"', reporter="KZ stat"),
        tt.Goal(1e-9, document="d; e", wording="'=it, they said,\nis 5", announced="2024"),
        tt.Goal(1500, by=2030, series=series),
        tt.Goal("+1500 2024", by=2030, series=series),
    ]
    (folder / "all.csv").write_text(table_with("all.csv", goals[:3]), encoding="utf-8")
    (folder / "all.csv").write_text(table_with("all.csv", goals[3:]), encoding="utf-8")
    with (folder / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(COLUMNS)
    assert not any(re.match("[=@]", cell) for row in rows for cell in row)
    again = read_goals(GoalOptions(goals="all.csv"), ledger, announced=False)
    for goal, read in zip(goals[:-2], again[:-2], strict=True):
        amount = goal.amount if goal.series is None else read.amount
        assert read == goal.model_copy(update={"series": read.series, "amount": amount})
        assert read.series in (goal.series, None)
    # An amount is written with its unit, which the next ledger may not have.
    assert str(again[-2].amount) == "1500 usd_mn"
    assert str(again[-1].amount) == "+1500 usd_mn 2024"
    read = [tt.track(ledger, goal, n_paths=20)[0].level for goal in again[-2:]]
    bn = [tt.Goal(1.5, series=again[-1].series), tt.Goal("+1.5 2024", series=again[-1].series)]
    assert read == [tt.track(ledger, goal, n_paths=20)[0].level for goal in bn]


def test_options_hold_for_a_table_unless_a_row_says_otherwise(folder: Path) -> None:
    (folder / "some.csv").write_text("amount,by,window,sustained\n5,2030,,\n6,2031,quarter,1\n")
    options = GoalOptions(goals="some.csv", window="fy:04", sustained=2, at_most=True)
    one, other = read_goals(options, tt.Ledger(), announced=False)
    assert (one.window, one.sustained, one.bound) == ("fiscal_year:04", 2, "at_most")
    assert (other.window, other.sustained, other.bound) == ("quarter", 1, "at_most")


def test_the_next_questions_are_the_library_s(ask) -> None:
    ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    few, words = {"n_paths": 50, "seed": 2}, "--goal 10 --by 2030 --paths 50 --seed 2 --format json"
    by = tt.by_reporter(ledger, goal, as_of="2024-06", **few)
    assert ask("reporters", words, "--as-of 2024-06")[:2] == (0, by.model_dump_json() + "\n")
    found = tt.required_growth(ledger, goal, 0.75, **few)
    code, out, _ = ask("required", words, "--probability 0.75")
    assert (code, json.loads(out)) == (0, [json.loads(found.model_dump_json())])
    shock = tt.scenarios.Shock(2027, -0.2, recovers=0.5)
    path = tt.scenarios.GrowthPath(0.15, 2026, 2028)
    model = tt.scenarios.Scenario([path, shock, tt.scenarios.GivenTotal(2029, 6.5)])
    supposed = "--growth '15% 2026..2028' --shock '-20% 2027' --recovers 50% --total '6.5 2029'"
    few["n_paths"] = 2000  # among fewer none is near the total
    words = words.replace("50", "2000", 1)
    tracking = tt.track(ledger, goal, model=model, **few)
    code, out, _ = ask("what-if", words, supposed)
    both = json.loads(out)
    assert (code, both["supposed"]) == (0, json.loads(tracking.model_dump_json()))
    plain = tt.track(ledger, goal, **few)
    assert both["as_projected"] == json.loads(plain.model_dump_json())
    frame = ask("what-if", words.replace("json", "csv"), supposed)[1]
    assert [row[0] for row in csv.reader(frame.splitlines())] == [
        "if",
        "as projected",
        "; ".join(tracking.assumptions),
    ]
    shown = ask("what-if", words.replace("json", "text"), supposed)[1]
    before, _, after = shown.partition("\n\nIf turnover grows 15 % a year")
    assert f" {100 * plain[0].probability:.0f} %" in before
    assert f" {100 * tracking[0].probability:.0f} %" in after
    words = words.replace("2000", "50")
    few["n_paths"] = 50
    past = tt.history(ledger, goal, ["2024-12", "2025-06"], **few)
    found = ask("history", words, "--date 2024-12 --date 2025-06")
    assert found[:2] == (0, past.model_dump_json() + "\n")
    last = ask("history figures.csv --goal 10 --paths 20 --format csv")[1].splitlines()
    assert [line[:10] for line in (last[1], last[-1])] == ["2023-06-30", "2025-01-31"]
    code, out, _ = ask("sensitivity figures.csv --goal 10 --by 2030 --paths 20 --format csv")
    own = tt.read_csv("figures.csv")
    frame = tt.sensitivity(own, goal, documents=False, n_paths=20).to_frame()
    assert (code, out) == (0, frame.to_csv(index=False))


def test_of_several_goals_those_that_no_growth_leads_to_are_told(ask) -> None:
    code, out, err = ask("required", "--paths 50 --format csv")
    assert (code, out.count("\n"), err.count("\n")) == (0, 2, 1)
    assert err.startswith("tradetrack: goal US$ 5 bn by 2022:")
    assert pd.read_csv(io.StringIO(out))["goal"].tolist() == ["US$ 10 bn by 2030"]


def test_a_page_is_not_poured_onto_a_terminal(ask, monkeypatch) -> None:
    assert ask("report", "--goal 10", FEW)[1].startswith("<!DOCTYPE html>")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    code, out, err = ask("report", "--goal 10", FEW)
    assert (code, out) == (2, "")
    assert "name a file, as in -o report.html" in err
    assert ask("report", "--goal 10", FEW, "-o page.html")[0] == 0


def test_a_page_has_the_news_of_every_kind_of_goal(ask) -> None:
    page = ask("report", "--goal 10 --goal '2x 2023' --by 2030 --by 2032", FEW)[1]
    assert "US$ 10 bn by 2030, line by line since 20" in page
    assert page.count("line by line since") == 2


def test_one_deadline_holds_for_all_goals(ask) -> None:
    _, out, _ = ask("track", FEW, "--goal", "4", "--goal", "5", "--by", "2030", "--format", "json")
    goals = [each.goal for each in tt.Tracking.model_validate_json(out).attainments]
    assert [(goal.amount, goal.by) for goal in goals] == [(4, 2030), (5, 2030)]


def test_one_figure_and_fifty_goals_with_names_of_any_kind(ask, folder: Path) -> None:
    names = [f"<script>alert({i})</script> 🚆 é" for i in range(50)]
    rows = "".join(f'{5 + i / 10},{2027 + i % 9},"{name}"\n' for i, name in enumerate(names))
    (folder / "many.csv").write_text("amount,by,name\n" + rows, encoding="utf-8")
    argv = ["track", "figures.csv", "--goals", "many.csv", FEW]
    code, out, err = ask(*argv, "--format sentences")
    assert (code, err) == (0, "")
    assert all(
        f"{name} (US$ {5 + i / 10:g} bn) by " in line
        for i, (name, line) in enumerate(zip(names, out.splitlines(), strict=True))
    )
    code, out, _ = ask(*argv, "--format", "csv")
    assert list(dict.fromkeys(pd.read_csv(io.StringIO(out))["goal"].str[:-8])) == names
    lines = ask(*argv)[1].splitlines()
    assert max(map(columns, lines)) <= 80
    assert all(any(f"alert({i})" in line for line in lines) for i in range(50))


LONG = {
    "a long name": "the goal of the " + "very " * 60 + "long declaration",
    "without a space": "x" * 300,
    "Arabic": "هدف التبادل التجاري بين البلدين كما أعلنه الوزير في الزيارة " * 3,
    "Chinese": "两国贸易目标" * 30,
    "emoji": "🚆❤️👩‍🚀" * 40,
    "combining": "e\u0301" * 200,
}


@pytest.mark.parametrize("name", LONG)
def test_text_is_never_wider_than_eighty_columns(name: str, ask, folder: Path) -> None:
    text = LONG[name]
    goals = [
        tt.Goal(5, by=2030, name=text),
        tt.Goal("0.5x 2024", by="2031-06-30", window="fy:04", name=text),
        tt.Goal(7000, sustained=3, window="rolling_year"),
        tt.Goal(5, by=2022),
    ]
    (folder / "long.csv").write_text(table_with("none", goals), encoding="utf-8")
    for command in ("track", "reporters", "what-if --growth 5%", "news --since 2025-11-13"):
        few = "" if command.startswith("news") else "--paths 40"
        wanted = "--goal 5 --by 2030" if command.startswith("news") else "--goals long.csv"
        code, out, _ = ask(command, wanted, few)
        assert code == 0
        assert all(columns(line) <= 80 for line in out.splitlines()), out
    assert code == 0
    tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), goals, n_paths=40)
    assert all(columns(line) <= 80 for line in str(tracking).splitlines())


def test_a_goal_that_figures_dispute_says_by_whose_it_was_met(ask) -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    goal = tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ"))
    lines = ask("track --goal 5 --by 2022", FEW)[1].splitlines()
    assert lines[0] == "KZ–UZ turnover · to 14 Nov 2025 · consensus of two sides"
    assert lines[2].startswith("US$ 5 bn  2022  disputed: met by KZ government and KZ stat's first")
    assert disputed(ledger, goal) == (
        "disputed: met by KZ government and KZ stat's first figures, not by KZ stat's later ones,"
        " UZ government and UZ stat"
    )
    for agreed in (tt.Goal(50, by=2022), tt.Goal(1, by=2022), tt.Goal(10, by=2030)):
        assert disputed(ledger, agreed.model_copy(update={"series": goal.series})) == ""
    # As of the day on which only the first figures were known, nothing was disputed by later ones.
    text = tracking_text(tt.track(ledger, tt.Goal("2x 2020", by=2022), n_paths=40), ledger)
    assert "disputed" not in text  # printed figures alone do not say what twice 2020 is


def test_a_name_cannot_steer_the_terminal(ask, folder: Path) -> None:
    (folder / "named.csv").write_text("amount,name\n5,a\x1b[31mb\n", encoding="utf-8")
    _, out, _ = ask("track", "figures.csv", "--goals", "named.csv", FEW)
    assert "a\ufffd[31mb" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_ledger_comes_from_standard_input(kind: str, ask, folder, monkeypatch) -> None:
    ledger = tt.read_csv(folder / "figures.csv")
    tt.write_json(ledger, folder / "figures.json")
    text = (folder / f"figures.{kind}").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    options = ["--goal", "5", FEW, "--format", "json"]
    piped = ask("track", "-", *options)
    assert piped == ask("track", f"figures.{kind}", *options)
    assert tt.Tracking.model_validate_json(piped[1]).ledger_digest == ledger.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pair;window\n", "standard input is separated by semicolons"),
        ("pair,Window\n", "the columns of standard input cannot be read"),
        ("sep=;\npair;window\n", "standard input begins with 'sep=;'; read it with sep=';'"),
        ("", "standard input is empty"),
        ('{"a": 1}', "standard input is not a ledger"),
        ("{", "standard input is not JSON"),
        (HEADER + '"', "standard input is not CSV from line 2 on"),
        (HEADER + FIGURE.replace("4.2", "x"), "standard input: row 2, column value"),
    ],
)
def test_standard_input_has_one_name(text: str, said: str, ask, monkeypatch) -> None:
    for command in ("track - --goal 5", "check -"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        code, _, err = ask(*command.split())
        assert code == 2
        assert said in err
        assert "the stream" not in err


@pytest.mark.parametrize("text", ["series;year;value\n", "sep=;\nseries;year;value\n"])
def test_a_panel_from_standard_input_has_its_separator_checked(text, ask, folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, _, err = ask("panel", "-", "goals.csv")
    assert code == 2
    assert err.startswith("tradetrack: standard input ")


BAD = {
    "track figures.csv": "there is no goal; add --goal 10 --by 2030",
    "track figures.csv --goal ten": "--goal ten: 'ten' is not the amount of a goal; write 10, '500",
    "track --goal 5 --goal 6 --goal 7 --by 2030 --by 2031": "2 times --by for 3 times --goal",
    "track --by 2030": "--by without --goal",
    "track --flow kz_to_uz": "--flow without --goal; say which amount",
    "track --reporter UZ": "--reporter without --goal",
    "track --rolling": "--rolling without --goal",
    "track --pair KZ-UZ": "--pair without --goal",
    "track --goals goals.csv --by 2030": "--by without --goal",
    "track --goals empty.csv": "empty.csv has no goal; give it a row per goal: amount, by",
    "track -o /": "/ could not be written .it is a folder.",
    "track --goal -5": "--goal -5: the goal's amount -5.0 is not a positive number; write",
    "track --goal nan": "'nan' is not the amount of a goal",
    "track --goal 5 --reporter IMF": "no figures that count are by 'IMF'; there are those by KZ",
    "track --goal 5 --pair AA-BB": "the ledger has no figures for AA-BB turnover; it has",
    "track --as-of 2025-13": "'2025-13' is not a date; write YYYY-MM-DD",
    "track --paths 0": "n_paths is 0; write a whole number between 1 and 1,000,000",
    "track --format xml": "'xml'.* see tradetrack track --help",
    "track none.csv --goal 5": "none.csv: No such file or directory",
    "track . --goal 5": ".: Is a directory",
    "track bad.csv --goal 5": r"bad.csv: row 3, column value .*; write .*\(and 1 more; tradetrack",
    "track binary.csv --goal 5": "binary.csv is not UTF-8 text",
    "track binary.json --goal 5": "binary.json is not UTF-8 text",
    "track --goals goals.csv": "goals.csv: no column 'series' is known; the columns are amount",
    "track --goals wrong.csv": "wrong.csv, row 3: 'soon' is not a date; write YYYY-MM-DD",
    "track --goals comma.csv": "comma.csv, row 2: '3,5' is not a number; write digits with a",
    "track --goals semicolons.csv": "semicolons.csv is separated by semicolons; save it",
    "track --goals excel.csv": "excel.csv does not begin .*; delete the line 'sep=,' that a spread",
    "track --goal 3,5": "--goal 3,5: '3,5' is not a number; write digits with a decimal point",
    "track --goal 1e5": "'1e5' is not the amount of a goal",
    "track --goal 5 --in 2026-H1 --by 2025": "the window 2026-01..2026-06 ends after the deadline",
    "track --goal 5 --in 2026 --window quarter": "--in names one window and --window a kind of",
    "track --goal 5 --in 2026 --rolling": "--in names one window and --window a kind of window",
    "track --goal 5 --rolling --window month": "--rolling is short for --window rolling_year",
    "track --goal 5 --window fy:13": "the fiscal year 'fy:13' begins in month 13; write 1 to 12",
    "track --goal 5 --by 2030 --announced 2031": "the deadline 2030 is before the announcement",
    "track --goal 5 --by 2030 --announced soon": "'soon' is not a date; write YYYY-MM-DD",
    "track --goal 5 --sustained 0": "'--sustained'.* see tradetrack track --help",
    "track --goal -2": "--goal -2: the goal's amount -2.0 is not a positive number",
    "track --goal 2x2023 --by 2030": "'2x2023' is not the amount of a goal",
    "track --goal 5 --in 2026 --in 2027 --in 2028": "3 times --in for 1 times --goal",
    "track --in 2026": "--in without --goal",
    "track --goals goals.csv --in 2026": "--in without --goal",
    "track --at-most": "--at-most without --goal",
    "track --coverage services": "no coverage 'services' in the ledger",
    "track --goals many.csv": "many.csv, row 2: sustained: 'often' cannot be read; write a whole",
    "track --goals bound.csv": "bound.csv, row 2: bound: 'below' cannot be read; write at_least or",
    "what-if --goal 5": "nothing is supposed; add --growth '15%', --shock '-20% 2027' or",
    "what-if --goal 5 --growth fast": "--growth 'fast' cannot be read; write '15%', '15% 2027'",
    "what-if --goal 5 --shock 20%": "--shock '20%' cannot be read; write '-20% 2027'",
    "what-if --goal 5 --total 6.5": "--total '6.5' cannot be read; write '6.5 2027'",
    "what-if --goal 5 --shock=-20% --recovers half": "--recovers 'half' cannot be read",
    "required --goal 5": "goal 5 has no deadline; give it one",
    "required --goal 5 --by 2030 --probability 2": "probability",
    "news --since 2025-06 --goal 5 --by never": "'never' is not a date",
    "track excel.csv --goal 5": "the columns of excel.csv cannot be read: unknown column 'amount'",
    "panel semicolons.csv goals.csv": "semicolons.csv is separated by semicolons; save it",
    "panel tabs.csv goals.csv": "tabs.csv is separated by tabs; save it separated by commas",
    "panel excel.csv goals.csv": "excel.csv does not begin .*; delete the line 'sep=,' that",
    "panel long.csv goals.csv": "long.csv has rows with more cells than the header; quote commas",
    "panel values.csv capitals.csv": r"mean 'series' by 'Series' and 'amount' by 'Amount'\?",
    "track --goals wide.csv": "wide.csv, row 2: it has more cells than the header",
    "track --goals binary.csv": "binary.csv is not CSV UTF-8",
    "track --goals none.csv": "none.csv: No such file or directory",
    "track -o none/out.txt --paths 9": "none/out.txt could not be written .*No such file",
    "track -o . --paths 9": "could not be written .it is a folder.; choose another place",
    "news": "Missing option '--since'; see tradetrack news --help",
    "news --since 2025-09 --strict": "No such option.*--strict.*see tradetrack news --help",
    "news --since 1950": "not a date; write",
    "backtest --goal 5 --origin never": "'never' is not a date",
    "panel values.csv": "(?i)missing argument 'goals'; see tradetrack panel --help",
    "panel goals.csv values.csv": "values has no column year, value; give it the columns",
    "panel broken.csv goals.csv": "broken.csv is not CSV UTF-8",
    "panel none.csv goals.csv": "none.csv: No such file",
    "panel broken.parquet goals.csv": "broken.parquet is not a Parquet file",
    "panel values.csv goals.csv --horizon 0": "horizon is 0; write a whole number between 1",
    "panel values.csv goals.csv -o none/a.parquet": "none/a.parquet could not be written",
    "track --paths 100000000000000000000000000": "'--paths'.* see tradetrack track --help",
    "panel values.csv goals.csv --paths 100000000000000000000000000": "'--paths'.* see",
    "panel values.csv goals.csv --jobs 99999999999999999999": "'--jobs'.* see tradetrack panel",
    "panel values.csv goals.csv --horizon 99999999999999999999": "horizon is 9999",
    "track --horizon 99999999999999999999": "horizon",
    "track --goal 5 --by 99999999999999999999": "99999999999999999999",
    "schema everything": "'everything'.* see tradetrack schema --help",
    "explain horizn": r"there is no topic 'horizn'; did you mean horizon\?",
    "explain zzz": "there is no topic 'zzz'; tradetrack explain lists all",
    "explain ### unit": "(?i)unexpected extra argument.*see tradetrack explain --help",
    "trak": "No such command 'trak'",
}


@pytest.mark.parametrize("line", BAD)
def test_bad_input_is_told_in_one_line(line: str, ask, folder: Path) -> None:
    wrong = FIGURE.replace("4.2", "x"), FIGURE.replace("usd_bn", "usd_billion")
    (folder / "bad.csv").write_text(HEADER + FIGURE + "".join(wrong), encoding="utf-8")
    (folder / "wrong.csv").write_text("amount,by\n5,2030\n6,soon\n", encoding="utf-8")
    (folder / "empty.csv").write_text("amount,by\n", encoding="utf-8")
    (folder / "wide.csv").write_text("amount,by\n5,2030,x\n", encoding="utf-8")
    for name in ("binary.csv", "binary.json", "broken.parquet"):
        (folder / name).write_bytes(b"PAR1\xd0\x00\xff")
    (folder / "comma.csv").write_text('amount,by\n"3,5",2030\n', encoding="utf-8")
    (folder / "many.csv").write_text("amount,sustained\n5,often\n", encoding="utf-8")
    (folder / "bound.csv").write_text("amount,bound\n5,below\n", encoding="utf-8")
    (folder / "semicolons.csv").write_text("amount;by\n3,5;2030\n", encoding="utf-8")
    (folder / "tabs.csv").write_text("series\tyear\tvalue\nA\t2022\t1\n", encoding="utf-8")
    (folder / "excel.csv").write_text("sep=,\namount,by\n5,2030\n", encoding="utf-8-sig")
    (folder / "long.csv").write_text("series,year,value\nA,2022,1,5\n", encoding="utf-8")
    (folder / "capitals.csv").write_text("Series,Amount\nA,5\n", encoding="utf-8")
    (folder / "broken.csv").write_text('series,year,value\nA,2022,1,2\n"', encoding="utf-8")
    before = sorted(folder.iterdir())
    code, out, err = ask(*line.split())
    assert (code, out) == (2, "")
    assert err.startswith("tradetrack: ")
    assert err.count("\n") == 1
    assert re.search(BAD[line], err), err
    pointer = re.search(r" \[tradetrack explain ([a-z-]+)\]\n$", err)
    ours = not re.search("--help\n$|: No such file or directory\n$|: Is a directory\n$", err)
    assert (pointer is not None) == ours, err
    assert pointer is None or pointer[1] in entries()
    assert sorted(folder.iterdir()) == before


def test_check_lists_bad_rows_or_findings(ask, folder: Path) -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    findings = tt.audit(ledger)
    whole = "".join(f"{finding}\n" for finding in findings)
    assert ask("check --format sentences") == (0, whole, "")
    code, out, _ = ask("check")
    assert (code, out.split()) == (0, whole.split())
    assert max(map(len, out.splitlines())) <= 80
    assert ask("check", "--strict")[::2] == (3, f"tradetrack: {len(findings)} findings\n")
    _, out, _ = ask("check --as-of 2020-12 --format json")
    early = tt.audit(ledger.as_of("2020-12"))
    assert tuple(tt.Finding.model_validate(row) for row in json.loads(out)) == early
    assert len(early) < len(findings)
    frame = pd.read_csv(io.StringIO(ask("check", "--format", "csv")[1]))
    assert list(frame["rows"]) == [" ".join(finding.rows) for finding in findings]
    assert ask("check", "figures.csv", "--strict") == (0, "No findings.\n", "")
    wrong = FIGURE.replace("4.2", "x"), FIGURE, FIGURE.replace("2025-01", "soon")
    (folder / "bad.csv").write_text(HEADER + "".join(wrong), encoding="utf-8")
    code, out, err = ask("check", "bad.csv")
    assert (code, out) == (2, "")
    told = [line.split("(")[0] for line in err.splitlines()]
    head = "tradetrack: bad.csv: row"
    assert told == [f"{head} 2, column value ", f"{head} 4, column published "]
    ends = [line.rpartition("[")[2] for line in err.splitlines()]
    assert ends == ["tradetrack explain value]", "tradetrack explain date]"]


TOPICS = {
    "track bad.csv --goal 5": "value",
    "track cut.csv --goal 5": "table",
    "track shut.csv --goal 5": "columns",
    "track figures.csv": "goal",
    "track figures.csv --goal 5 --horizon -1": "horizon",
    "track --goals late.csv": "deadline",
    "track --as-of 1990": "date",
    "track --as-of 1990-01": "empty-ledger",
    "news --since 1990-01": "news",
    "track --goal 5 --flow exports": "pair",
    "panel goals.csv values.csv": "panel-columns",
    "track -o none/out.txt --paths 9": "output",
}


@pytest.mark.parametrize("line", TOPICS)
def test_a_message_names_the_topic_of_its_cause(line: str, ask, folder: Path) -> None:
    (folder / "bad.csv").write_text(HEADER + FIGURE.replace("4.2", "x"), encoding="utf-8")
    (folder / "cut.csv").write_text(HEADER + FIGURE.replace("4.2", "4,2"), encoding="utf-8")
    (folder / "shut.csv").write_text("pair\nKZ-UZ\n", encoding="utf-8")
    (folder / "late.csv").write_text("amount,by\n5,20300\n", encoding="utf-8")
    _, _, err = ask(*line.split())
    assert err.endswith(f" [tradetrack explain {TOPICS[line]}]\n")


def test_explain_prints_an_entry_or_lists_all(ask, monkeypatch) -> None:
    text = entries()["horizon"]
    code, shown, told = ask("explain", "horizon")
    assert (code, shown.split(), told) == (0, text.split(), "")
    code_at = text.index("```"), text.rindex("```")
    assert text[slice(*code_at)] in shown
    assert all(len(line) <= 80 for line in shown.replace(text[slice(*code_at)], "").splitlines())
    assert text in (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    _, listed, _ = ask("explain")
    assert max(map(len, listed.splitlines())) <= 80
    lines = [line.split(maxsplit=1) for line in listed.replace("\n  ", " ").splitlines()]
    assert [topic for topic, _ in lines] == list(entries())
    assert all(" ".join(title.split()) in entries()[topic] for topic, title in lines)
    for finding in tt.audit(tt.datasets.kazakhstan_uzbekistan()):
        assert ask("explain", finding.kind) == ask("explain", finding.topic)
        assert finding.link == f"docs/errors.md#{finding.topic}"
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    code, shown, _ = ask("explain", " Horizon ")
    assert code == 0
    assert "The last year to simulate is before" in shown
    assert "###" not in shown
    assert ask("explain")[1] == listed


def test_news_and_backtest_are_the_library_s(ask) -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    news = tt.news(ledger, tt.Goal(10, 2030), since="2025-11-10", as_of="2025-11-13", seed=1)
    options = "--since 2025-11-10 --as-of 2025-11-13 --goal 10 --by 2030 --seed 1"
    assert ask("news", options, "--format", "json") == (0, news.model_dump_json() + "\n", "")
    past = tt.backtest(ledger, tt.Goal(4), ["1980-01", "2021-12"], n_paths=50)
    options = "--goal 4 --origin 1980-01 --origin 2021-12 --paths 50 --strict"
    code, out, err = ask("backtest", options, "--format", "json")
    assert (code, err) == (3, "tradetrack: 1 failure\n")
    assert tt.results.Backtest.model_validate_json(out) == past
    _, out, _ = ask("backtest", "--goal", "4", "--paths", "9", "--last-year", "2024")
    assert out.startswith("Backtest at 8 origins, 2016-12-31 to 2023-12-31\n")
    once = ask("backtest", "--goal", "5", "--origin", "2021-12-31", FEW)[1]
    assert once.startswith("Backtest at 1 origin, 2021-12-31\n")


def test_a_panel_reads_and_writes_tables(ask, folder: Path) -> None:
    values, goals = pd.read_csv("values.csv", keep_default_na=False), pd.read_csv("goals.csv")
    wanted = tt.track_panel(values, goals.fillna({"series": "NA"}), horizon=4).to_frame()
    summary = "tradetrack: 2 series with 2 goals tracked 4 years ahead.\n"
    code, out, err = ask("panel", "values.csv", "goals.csv", "--horizon", "4")
    assert (code, out, err) == (0, wanted.to_csv(index=False), summary)
    values.to_parquet("values.parquet")
    argv = ["panel", "values.parquet", "goals.csv", "--horizon", "4", "--jobs", "2"]
    assert ask(*argv, "-o", "met.parquet") == (0, "", summary)
    met = pd.read_parquet("met.parquet")
    assert met["probability"].tolist() == wanted["probability"].tolist()
    assert not list(folder.glob(".*"))


def test_a_cell_that_is_no_number_costs_only_its_own_series(ask, folder: Path) -> None:
    with (folder / "values.csv").open("a", encoding="utf-8") as file:
        file.write("NA,2022,n/a\n")
    code, out, err = ask("panel", "values.csv", "goals.csv", "--failures", "why.csv", "--strict")
    assert (code, out.count("\n")) == (3, 11)
    assert err.endswith("\ntradetrack: 1 failure\n")
    why = pd.read_csv("why.csv", keep_default_na=False)
    assert why["series"].tolist() == ["NA"]
    assert "its value in 2022 is 'n/a'" in why["reason"][0]


def test_the_schemas(ask) -> None:
    written = (ROOT / "docs" / "schema" / "tracking.schema.json").read_text(encoding="utf-8")
    assert ask("schema") == (0, written, "")
    for which in ("backtest", "news", "findings"):
        assert json.loads(ask("schema", which)[1])["$schema"].endswith("2020-12/schema")


def test_a_file_appears_whole_or_not_at_all(folder: Path, monkeypatch) -> None:
    publish("first\n", "out.txt")
    before = sorted(folder.iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(tt.errors.SinkError, match=r"out\.txt could not be written \(No space left"):
        publish("second\n", "out.txt")
    assert sorted(folder.iterdir()) == before
    assert (folder / "out.txt").read_bytes() == b"first\n"


def test_a_folder_that_may_not_be_written(ask, folder: Path, monkeypatch) -> None:
    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    code, _, err = ask("track", FEW, "-o", "out.txt")
    assert code == 2
    assert "out.txt could not be written (Permission denied); choose another place" in err
    assert not (folder / "out.txt").exists()


def test_without_the_extra_it_says_which(ask, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "typer", None)
    said = 'tradetrack: the command line needs typer and rich; pip install "tradetrack[cli]"\n'
    assert ask("track") == (2, "", said)


def test_an_interruption_and_a_defect_are_told_apart(ask, monkeypatch) -> None:
    def raising(error: type[BaseException]):
        def fail(*_: object, **__: object) -> object:
            raise error

        return fail

    monkeypatch.setattr(tt, "track", raising(KeyboardInterrupt), raising=False)
    assert ask("track")[0] == 130
    monkeypatch.setattr(tt, "track", raising(ZeroDivisionError), raising=False)
    with pytest.raises(ZeroDivisionError):
        main(["track"])


def test_a_bar_for_whoever_watches_changes_nothing(ask, monkeypatch) -> None:
    argv = ["backtest", "--goal", "4", "--origin", "2021-12", "--paths", "9"]
    _, plain, _ = ask(*argv)
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    _, watched, err = ask(*argv)
    assert watched == plain
    assert "backtest" in err


def test_help_of_each_command_has_an_example_that_runs(ask, folder: Path) -> None:
    code, out, _ = ask()
    assert code == 0
    assert out == ask("--help")[1]
    page = (ROOT / "docs" / "how-to" / "command-line.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        code, out, _ = ask(command, "--help")
        assert code == 0
        assert f"`tradetrack {command}`" in page
        _, _, example = " ".join(out.split()).partition("Example: tradetrack ")
        argv = shlex.split(example.partition(" > ")[0])
        assert argv[0] == command
        if "--paths" in out:
            argv += ["--paths", "20"]  # the last one counts
        if command != "fetch":  # asks a service
            assert ask(*map(shlex.quote, argv))[0] in (0, 3), example
    assert (folder / "met.parquet").exists()


@pytest.mark.parametrize("argv", [["--help"], ["track", "--help"], ["--version"], ["trak"]])
def test_what_answers_without_data_loads_no_library(argv: list[str]) -> None:
    script = (
        f"import sys; from tradetrack.cli import main; main({argv});"
        "top = {name.split('.')[0] for name in sys.modules};"
        "print(sorted(top & {'numpy', 'scipy', 'pandas', 'statsmodels', 'jinja2'}))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert said.stdout.decode().splitlines()[-1] == "[]"


def test_the_script_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"tradetrack": f"{main.__module__}:{main.__name__}"}


def test_in_pipes(folder: Path) -> None:
    text = (folder / "figures.csv").read_bytes()
    (folder / "named.csv").write_text("amount,name\n5,🚆\n", encoding="utf-8")
    argv = ["track", "-", "--goals", "named.csv", "--format", "json", "--paths", "9"]
    piped = run(*argv, input=text, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (piped.returncode, piped.stderr) == (0, b"")
    assert tt.Tracking.model_validate_json(piped.stdout).attainments[0].goal.name == "🚆"
    assert run("track", "-", "--goal", "x", input=text).returncode == 2


@pytest.mark.parametrize(
    "argv", ["schema", "--help", "track --help", "--version", "explain", "check"]
)
def test_a_reader_who_leaves_early(argv: str) -> None:
    command = [sys.executable, "-m", "tradetrack", *argv.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(120) == 141


CLOSED = {
    "track - --goal 5 <&-": (2, b"standard input is closed; name a file in place of -"),
    "panel - goals.csv <&-": (2, b"standard input is closed; name a file in place of -"),
    "track figures.csv --goal 5 --paths 9 >&-": (2, b"standard output is closed; name a file"),
    "schema >&-": (2, b"standard output is closed; name a file"),
    "track figures.csv --goal 5 --paths 9 -o out.txt >&-": (0, b""),
    "track none.csv --goal 5 2>&-": (2, b""),
}


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes the streams")
@pytest.mark.parametrize("line", CLOSED)
def test_closed_streams(line: str, folder: Path) -> None:
    code, said = CLOSED[line]
    tool = f"{shlex.quote(sys.executable)} -m tradetrack"
    done = subprocess.run(["sh", "-c", f"{tool} {line}"], capture_output=True)
    assert (done.returncode, done.stdout) == (code, b"")
    assert said in done.stderr
    assert done.stderr.count(b"\n") == bool(said)
    assert (folder / "out.txt").exists() == ("-o" in line)


def test_a_nul_in_an_argument(ask) -> None:
    code, out, err = ask("track", "a\0b.csv")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "NUL" in err


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("tradetrack ba", ["backtest"]),
        ("tradetrack explain hor", ["horizon"]),
        ("tradetrack explain goal", ["goal", "goal-series", "goal-unit"]),
        ("tradetrack explain zz", []),
    ],
)
def test_completion(words: str, completed: list[str]) -> None:
    asked = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
        "_TRADETRACK_COMPLETE": "complete_bash",
    }
    assert sorted(run(env=os.environ | asked).stdout.decode().split()) == completed


def test_explain_needs_no_extra(monkeypatch, capsys) -> None:
    """What an error points at is there for everyone who can see the error."""
    monkeypatch.setitem(sys.modules, "typer", None)
    assert main(["explain", "mirror_gap"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("### mirror-gap\n")
    assert "<!--" not in said
    assert main(["explain", "SinkError"]) == 0
    assert capsys.readouterr().out.startswith("### output\n")
    assert main(["explain"]) == 0
    assert "horizon " in capsys.readouterr().out
    assert main(["explain", "horizn"]) == 2
    assert "did you mean horizon?" in capsys.readouterr().err
    assert main(["track"]) == 2


READ = "read article.txt --published 2025-02-10 --reporter 'KZ stat'"


def test_an_article_is_shown_then_appended(ask, folder: Path) -> None:
    read = tt.read_article(ARTICLE, published="2025-02-10", reporter="KZ stat")
    assert ask(READ) == (0, f"{read}\n", "")
    code, said, _ = ask(READ, "--accept all --into figures.csv --goals-into aims.csv")
    assert (code, said.splitlines()[:2]) == (
        0,
        ["2 rows appended to figures.csv.", "1 goal appended to aims.csv."],
    )
    ledger = tt.read_csv("figures.csv")
    assert (len(ledger), ledger.pairs) == (3, ("KZ-UZ",))
    code, said, _ = ask(READ, "--accept 1,2 --into new.csv --goals-into aims.csv")
    assert code == 0
    assert len((folder / "aims.csv").read_text(encoding="utf-8").splitlines()) == 3
    with (folder / "aims.csv").open(encoding="utf-8", newline="") as file:
        aims = list(csv.DictReader(file))
    assert [aim["announced"] for aim in aims] == ["2025-02-10"] * 2
    assert all(aim["wording"] in ARTICLE for aim in aims)
    assert len(tt.read_csv("new.csv")) == 1
    assert ask(READ, "--accept 2 --goals-into again.csv --pair KZ-UZ")[0] == 0
    assert ask("track figures.csv --goals again.csv", FEW)[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--accept 3", "a forecast never becomes an observation"),
        ("--accept 9", "there is no draft 9"),
        ("--accept some", "neither 'all' nor numbers"),
        ("--pair KZ-XX", "unknown country 'XX'"),
    ],
)
def test_what_cannot_be_accepted_leaves_the_files_alone(ask, folder, words, message) -> None:
    before = (folder / "figures.csv").read_bytes()
    code, said, error = ask(READ, words, "--into figures.csv --goals-into aims.csv")
    assert (code, said) == (2, "")
    assert message in error
    assert (folder / "figures.csv").read_bytes() == before
    assert not (folder / "aims.csv").exists()


def test_a_ledger_of_another_dialect_and_a_workbook(tmp_path, capsys):
    table = "pair;window;value;unit;reporter;published\nKZ-UZ;2024;4.180,5;usd_mn;Стат;2025-01\n"
    path = tmp_path / "local.csv"
    path.write_text(table, encoding="cp1251")
    dialect = ["--sep", ";", "--decimal", ",", "--thousands", ".", "--encoding", "cp1251"]
    assert main(["check", str(path), *dialect]) == 0
    assert main(["check", str(path)]) == 2
    assert "encoding='cp1251' (it says" in capsys.readouterr().err
    assert main(["check", str(path), *dialect[:1], "tab", *dialect[2:]]) == 2
    assert (
        "is separated by semicolons; read it with sep=';', decimal=','" in capsys.readouterr().err
    )
    ledger = tt.read_csv(path, sep=";", decimal=",", thousands=".", encoding="cp1251")
    tracking = tt.track(ledger, tt.Goal(5, by=2030), n_paths=50)
    tt.write_excel(tmp_path / "answer.xlsx", tracking, ledger)
    assert main(["check", str(tmp_path / "answer.xlsx")]) == 2  # it has several sheets
    assert "name one with sheet" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "answer.xlsx"), "--sheet", "Ledger"]) == 0
    assert main(["check", str(path), *dialect, "--sheet", "Ledger"]) == 2
    assert "has no sheets; leave --sheet out" in capsys.readouterr().err


MIXED = """pair,window,value,unit,reporter,published
AA-BB,2023,2.9,usd_bn,AA stat,2024-02
AA-BB,2024,3.1,usd_bn,AA stat,2025-02
AA-BB,2024,287.4,rub_bn,BB customs,2025-03
"""


def test_a_table_of_rates_is_read_once(ask, folder: Path, monkeypatch) -> None:
    (folder / "mixed.csv").write_text(MIXED)
    (folder / "rates.csv").write_text("currency,window,rate\nrub,2024,92.44\n")
    seen, read = [], tt.Rates.read_csv
    monkeypatch.setattr(tt.Rates, "read_csv", lambda path: seen.append(path) or read(path))
    options = "--rates rates.csv --goal '462.2 rub_bn' --by 2030 --paths 20"
    assert ask("track mixed.csv", options)[0] == 0
    assert seen == ["rates.csv"]


def test_one_currency_is_chosen_or_all_rows_are_converted(ask, folder: Path) -> None:
    (folder / "mixed.csv").write_text(MIXED)
    (folder / "rates.csv").write_text("currency,window,rate\nrub,2024,92.44\n")
    track = "track mixed.csv --goal 5 --by 2030 --paths 50"
    code, _, error = ask(track)
    assert code == 2
    assert "in rub and usd; choose one with select(currency='rub') or --unit rub_bn" in error
    assert error.count("\n") == 1
    code, said, _ = ask("check mixed.csv")
    assert said.startswith("two_currencies (AA-BB turnover 2024 287.4 rub bn")
    mixed = tt.read_csv(folder / "mixed.csv")
    rates = tt.Rates.read_csv(folder / "rates.csv")
    for options, ledger in (
        ("--unit usd_bn", mixed.select(currency="usd")),
        ("--rates rates.csv", mixed.converted(rates)),
        ("--rates rates.csv --unit usd_bn", mixed.converted(rates)),
    ):
        code, said, _ = ask(track, f"{options} --format json")
        found = tt.Tracking.model_validate_json(said)
        assert (code, found) == (0, tt.track(ledger, tt.Goal(5, by=2030), n_paths=50))
        assert ask("check mixed.csv", options)[1] == "No findings.\n"
    # A goal in another currency, at the latest rate; the other currency, in another unit; then a
    # gap, a name and a file that are not there.
    code, said, _ = ask(
        "track mixed.csv --by 2030 --paths 50 --rates rates.csv",
        "--goal '462.2 rub_bn' --format json",
    )
    goal = tt.Tracking.model_validate_json(said).attainments[0].goal
    assert (goal.amount, goal.name) == (
        tt.amounts.Absolute(5.0, "usd_bn"),
        "RUB 462.2 bn at 92.44 per usd (2024)",
    )
    code, said, _ = ask("track mixed.csv --goal 300 --paths 50 --unit rub_mn --format json")
    assert tt.Tracking.model_validate_json(said).attainments[0].goal.series.unit == "rub_mn"
    (folder / "rates.csv").write_text("currency,window,rate\nrub,2023,85.16\n")
    for options, wanted in (
        ("--rates rates.csv", "no rate of rub covers 2024-01 as part of 2024"),
        ("--unit eur_bn", "no currency 'eur' in the ledger; it has rub, usd"),
        ("--unit usd_2015", "is of constant prices"),
        ("--rates nothing.csv", "nothing.csv: No such file or directory"),
    ):
        code, said, error = ask(track, options)
        assert (code, said) == (2, "")
        assert wanted in error
        assert error.count("\n") == 1


def test_a_column_that_is_there_twice_is_refused(ask, folder: Path, monkeypatch) -> None:
    (folder / "v.csv").write_text("series,year,value,value\na,2020,1,5\na,2021,2,5\n")
    (folder / "g.csv").write_text("series,amount,deadline\na,3,2024\n")
    for line in ("panel v.csv g.csv", "panel - g.csv", "track --goals v.csv"):
        stdin = io.TextIOWrapper(io.BytesIO((folder / "v.csv").read_bytes()))
        monkeypatch.setattr("sys.stdin", stdin)
        code, said, error = ask(line)
        assert (code, said) == (2, "")
        assert "has the column 'value' twice; keep one" in error


def test_a_table_of_a_thousand_goals_is_answered(ask, folder: Path) -> None:
    rows = [f"{4 + i / 100:g},{2026 + i % 10}" for i in range(1000)]
    (folder / "many.csv").write_text("\n".join(["amount,by", *rows]) + "\n")
    code, said, _ = ask("track figures.csv --goals many.csv --paths 20")
    assert code == 0
    assert "\n950 more goals: see --format csv\n" in said
    assert max(map(len, said.splitlines())) <= 80
    assert ask("track figures.csv --goals many.csv --paths 20 --format csv")[1].count("\n") == 1001


def test_a_page_has_scenarios_required_growth_and_a_history(ask, folder: Path) -> None:
    words = "report figures.csv --goal 10 --by 2030 --paths 100 --history 2 --growth '5% 2026'"
    assert ask(words, "-o page.html")[0] == 0
    text = (folder / "page.html").read_text(encoding="utf-8")
    ledger, goal, few = tt.read_csv(folder / "figures.csv"), tt.Goal(10, by=2030), {"n_paths": 100}
    needed = tt.required_growth(ledger, goal, **few).growth
    for rate, name in (
        (needed, f"growth is {growth_rate(needed)} a year, with which US$ 10 bn by 2030 has even"),
        (0.05, "turnover grows 5 % a year from 2026 to 2026"),
    ):
        years = (2026, 2026) if rate == 0.05 else ()
        model = tt.scenarios.Scenario(tt.scenarios.GrowthPath(rate, *years))
        found = tt.track(ledger, goal, model=model, **few)[0]
        row = re.search(f'<th scope="row"[^>]*>{re.escape(name)}.*?</tr>', text)
        assert row is not None, name
        assert f">{percent(found.probability)}<" in row[0]
    assert "trade falls by 20 % in " in text
    assert str(tt.required_growth(ledger, goal, **few)) in text
    past = re.search(r'id="history">(.*?)</script>', text)
    assert past is not None
    assert len(json.loads(past[1])["dates"]) == 3
