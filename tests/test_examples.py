"""Every example runs, in an empty folder, and prints what it promises."""

import json
import runpy
import sys
from functools import partial
from pathlib import Path

import matplotlib as mpl
import pytest

import tradetrack as tt

EXAMPLES = Path(__file__).parents[1] / "examples"
mpl.use("Agg")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tt, "track", partial(tt.track, n_paths=500))

    def run_example(name: str) -> str:
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capfd.readouterr().out

    return run_example


def test_every_example_is_tested_and_short() -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix == ".py":
            assert f'run("{path.name}")' in tested
            program = path.read_text(encoding="utf-8").split('"""\n', 1)[1].partition('"""\n')[2]
            assert sum(map(bool, program.splitlines())) < 40, path.name


def test_quickstart(run, tmp_path: Path) -> None:
    said = run("01_quickstart.py")
    answer, _, files = said.partition("\n\n")
    head, _, five, ten, *_ = answer.splitlines()
    assert head == "KZ–UZ turnover · to 14 Nov 2025 · consensus"
    assert five.split()[:4] == ["US$", "5", "bn", "2022"]
    assert ten.split()[:4] == ["US$", "10", "bn", "2030"]
    assert len(answer) <= 600
    assert "out/tracking.json" in files
    assert (tmp_path / "out" / "fan.png").read_bytes()[:4] == b"\x89PNG"
    written = (tmp_path / "out" / "tracking.json").read_text(encoding="utf-8")
    assert len(tt.Tracking.model_validate_json(written).attainments) == 2


def test_quickstart_without_matplotlib(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    assert 'No chart: a picture needs matplotlib; install it with pip install "tra' in run(
        "01_quickstart.py"
    )
    assert json.loads((tmp_path / "out" / "tracking.json").read_text())["n_paths"] == 500


def test_your_own_figures(run) -> None:
    said = run("02_your_own_figures.py")
    assert "not read: row 5, column unit ('usd_billion'): unknown unit" in said
    assert "Ledger: 8 figures, 1 pair, 2 reporters, 2020..2025" in said
    assert "AA–BB turnover · to " in said
    assert "US$ 3 bn in twelve months" in said


def test_as_of(run) -> None:
    then, history = run("03_as_of.py").split("\n\n")
    assert then.startswith("Ledger: 168 figures, 1 pair, 4 reporters, 1994..2021")
    assert "KZ–UZ turnover · to 31 Dec 2021" in then
    for day in ("2021-12-31", "2022-12-31", "2023-12-31", "2024-12-31", "2025-11-14"):
        assert day in history


def test_embed(run) -> None:
    said = run("04_embed.py")
    assert "as of 2025-11-14 with figures up to 2025-10" in said
    assert "US$ 10 bn by 2030 has probability 0." in said


def test_what_if(run) -> None:
    ifs, growth, reached = run("07_what_if.py").split("\n\n")
    chance = [int(line.split("%")[0]) for line in ifs.splitlines()]
    plain, grows, _, slump, both, _, given = chance
    assert slump < plain < given < grows
    assert slump < both < grows
    half, nine_in_ten = growth.splitlines()[1:]
    assert "50 % if KZ–UZ turnover grows 1" in half
    assert "90 % if KZ–UZ turnover grows 2" in nine_in_ten or "grows 3" in nine_in_ten
    assert "75%: " in reached.splitlines()[-1]


@pytest.mark.slow
def test_methods_side_by_side(run) -> None:
    chances, official, errors = run("08_methods_side_by_side.py").split("\n\n")
    goals, *rows = chances.splitlines()
    assert [len(row.split("%")) for row in rows] == [3] * 6
    assert all(float(row.split()[-2][:-1]) < 1 for row in rows)
    assert all(5 < float(row.split()[-1][:-1]) < 50 for row in rows)
    assert goals == "probability of US$ 5 bn by 2022 and of US$ 10 bn by 2030"
    assert official.splitlines()[0] == "US$ 10 bn by 2030 by the official methods:"
    assert "Eurostat (2021): " in official
    assert errors.startswith("Theta, errors one year ahead, 1995 to 2024: ")


def test_what_changed(run) -> None:
    said, surprises = run("06_what_changed.py").split("\nThe greatest surprises, ")
    goal, total = said.strip().split("\n\n")
    sentence, _, rest = goal.partition("\nchange in points")
    _, before, *lines, now = rest.splitlines()
    assert "since 2025-09-30 the probability fell from" in " ".join(sentence.split())
    assert before.startswith("said on 2025-09-30")
    assert now.startswith("said on 2025-11-14")
    assert max(map(len, said.splitlines())) <= 80
    assert {"revisions", "linearisation", "simulation"} <= {
        line.split()[0] for line in lines if line.strip()
    }
    assert total.startswith("KZ–UZ turnover in 2025: US$ 4.7")
    assert surprises.count("; expected ") == 3


def test_announced_goals(run) -> None:
    said = run("09_announced_goals.py")
    assert "CHN-IND-2005-20-2008 " in said
    scores = [float(line.split()[-4].rstrip(",")) for line in said.splitlines() if "Brier" in line]
    assert max(scores[:2]) < scores[2] < scores[3]  # tradetrack, walk; base rate, growth
    assert "Of 122 goals 30 were met" in said


def test_backtest(run) -> None:
    title, heads, mixture, walk, own, *_, difference = run("10_backtest.py").splitlines()
    assert title == "Backtest at 4 origins, 2017-12-31 to 2023-12-31"
    assert heads.split()[:3] == ["model", "goals", "Brier"]
    assert mixture.split()[:3] == ["growth", "mixture", "12"]
    assert walk.split()[:3] == ["random", "walk", "12"]
    assert own.split()[:5] == ["steps", "of", "20", "%", "12"]
    assert difference.startswith("brier, growth mixture minus random walk: ")


def test_panel(run) -> None:
    said = run("11_panel.py")
    assert said.startswith("29 series with 29 goals tracked 8 years ahead.\n2 failures; the first")
    assert "pair 2: its value in 2020 is -1, not a positive finite number" in said
    assert "pair 31: there are no values of this series" in said
    assert "The same bits on one process: True" in said


def test_by_reporter(run) -> None:
    said = run("05_by_reporter.py")
    assert "figures of KZ stat: " in said
    assert "first met, latest not met (US$ 4.92 bn in 2022)" in said
    assert "by the latest figures of UZ stat: not met, US$ 4.651 bn in 2022" in said


def test_report(run, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    assert "report.html: " in run("12_report.py")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "US$ 10 bn by 2030" in page
    assert len(page) < 500_000


def test_from_an_article(run) -> None:
    said = run("13_from_an_article.py")
    assert said.startswith("Article published 2025-11-14 on KZ-UZ: 5 drafts, 1 set aside")
    assert "'700 млн долларов': contracts" in said
    assert "KZ–UZ turnover · to 14 Nov 2025" in said
    assert "\nUS$ 10 bn  2030  " in said


def test_goals_as_announced(run) -> None:
    said = run("14_goals_as_announced.py")
    for goal in ("2x 2023 by 2030", "in a fiscal year from April", "in each of 3 years in a row"):
        assert goal in said
    assert "On the way to US$ 10 bn by 2030, 2025 needs" in said


def test_from_a_spreadsheet(run, tmp_path: Path) -> None:
    said = run("15_from_a_spreadsheet.py")
    assert "AL–BE turnover · to 28 Feb 2025" in said
    assert "The answer as a workbook: out/answer.xlsx" in said
    ledger = tt.read_excel(tmp_path / "out" / "answer.xlsx", sheet="Ledger")
    assert {row.figure.text for row in ledger.select(window="2024")} == {"1.9", "1.3"}


def test_any_pair(run) -> None:
    said = run("16_any_pair.py")
    assert "BRA to CHN · to 30 Jun 2025" in said
    assert "96000000000 usd (BRA (UN Comtrade), published 2025-06-30): exports FOB" in said
    assert "103680000000 usd (CHN (UN Comtrade), published 2025-06-30): imports CIF" in said
