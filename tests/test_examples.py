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
            assert len(path.read_text(encoding="utf-8").splitlines()) < 40, path.name


def test_quickstart(run, tmp_path: Path) -> None:
    said = run("01_quickstart.py")
    assert "KZ-UZ turnover, US$ 5 bn by 2022: " in said
    assert "KZ-UZ turnover, US$ 10 bn by 2030: " in said
    assert said.count("(consensus of reporters, as of 2025-11-14).") == 2
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
    assert "Ledger: 8 figures, 1 pair, 3 reporters, 2020..2025" in said
    assert "AA-BB turnover, US$ 3 bn in twelve months by 2028: " in said


def test_as_of(run) -> None:
    said = run("03_as_of.py").split("\n\n")
    assert [part.strip()[:10] for part in said] == ["2021-12: L", "2024-07: L", "2025-11-14"]
    assert all("US$ 5 bn by 2022: " in part and "US$ 10 bn by 2030: " in part for part in said)


def test_embed(run) -> None:
    said = run("04_embed.py")
    assert "as of 2025-11-14 with figures up to 2025-10" in said
    assert "US$ 10 bn by 2030 has probability 0." in said
