"""The Parquet sink: the frame's rows, whole or not at all."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from tests.panel.small import goals, values

import tradetrack as tt
from tradetrack.panel import tracking

FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
import tradetrack as tt
from tests.panel.small import goals, values
try:
    tt.track_panel(values(300), goals(300), horizon=9, n_paths=9, sink=sys.argv[1])
except tt.errors.SinkError as error:
    print(error)
"""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "CHUNK", 2)


def test_the_file_holds_the_frame(tmp_path: Path) -> None:
    file = tmp_path / "panel.parquet"
    file.write_bytes(b"an older file")
    kept = tt.track_panel(values(), goals(), horizon=4, n_paths=100)
    sunk = tt.track_panel(values(), goals(), horizon=4, n_paths=100, sink=str(file))
    assert sunk.probabilities is None
    assert sunk.sink == file
    pd.testing.assert_frame_equal(pd.read_parquet(file), kept.to_frame())
    pd.testing.assert_frame_equal(sunk.to_frame(), kept.to_frame())
    pd.testing.assert_frame_equal(sunk.quantiles(), kept.quantiles())
    assert sunk["s5"] == kept["s5"]
    assert list(tmp_path.iterdir()) == [file]


def test_no_series_leaves_an_empty_table(tmp_path: Path) -> None:
    file = tmp_path / "panel.parquet"
    panel = tt.track_panel(values()[:0], goals(), horizon=4, sink=file)
    assert pd.read_parquet(file).columns.tolist() == panel.to_frame().columns.tolist()
    assert len(pd.read_parquet(file)) == len(panel.to_frame()) == 0


def test_a_full_disk_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "panel.parquet"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL, str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith(f"{file} could not be written (")
    assert "free space or choose another place" in run.stdout
    assert list(tmp_path.iterdir()) == []


def test_of_two_writers_each_writes_the_whole_table(tmp_path: Path) -> None:
    file = tmp_path / "panel.parquet"
    expected = {
        n: tt.track_panel(values(n), goals(n), horizon=3, n_paths=9).to_frame() for n in (40, 60)
    }
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    lambda n: tt.track_panel(values(n), goals(n), horizon=3, n_paths=9, sink=file),
                    expected,
                )
            )
        found = pd.read_parquet(file)
        pd.testing.assert_frame_equal(found, expected[found["series"].nunique()])
        assert list(tmp_path.iterdir()) == [file]


def test_what_others_keep_beside_the_file_is_left_alone(tmp_path: Path) -> None:
    victim, file = tmp_path / "victim.txt", tmp_path / "panel.parquet"
    victim.write_text("precious")
    (tmp_path / ".panel.parquet.part").symlink_to(victim)
    (tmp_path / ".mine.parquet.part").write_text("notes")
    for name in ("panel.parquet", "mine.parquet"):
        tt.track_panel(values(), goals(), horizon=1, n_paths=9, sink=tmp_path / name)
    assert victim.read_text() == "precious"
    assert (tmp_path / ".mine.parquet.part").read_text() == "notes"
    assert (tmp_path / ".panel.parquet.part").is_symlink()
    assert not file.is_symlink()
    (tmp_path / "link.parquet").symlink_to(victim)
    with pytest.raises(tt.errors.SinkError, match="a symbolic link"):
        tt.track_panel(values(), goals(), horizon=1, n_paths=9, sink=tmp_path / "link.parquet")
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("place", ["", "no/such/folder/panel.parquet"])
def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path, place: str) -> None:
    with pytest.raises(tt.errors.SinkError, match="could not be written"):
        tt.track_panel(values(), goals(), horizon=1, n_paths=9, sink=tmp_path / place)
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_another_kind_leaves_nothing_and_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError("a worker's own")

    monkeypatch.setattr(tracking, "met_by", fail)
    older = tmp_path / "panel.parquet"
    older.write_bytes(b"an older file")
    with pytest.raises(FileNotFoundError, match="a worker's own"):
        tt.track_panel(values(), goals(), horizon=1, sink=older)
    assert older.read_bytes() == b"an older file"
    assert list(tmp_path.iterdir()) == [older]


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(tt.errors.MissingExtraError, match=r"tradetrack\[cluster\]"):
        tt.track_panel(values(), goals(), horizon=1, sink=tmp_path / "panel.parquet")
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(tt.errors.MissingExtraError, match="progress=False"):
        tt.track_panel(values(), goals(), horizon=1, progress=True)
