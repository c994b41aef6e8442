"""Files appear whole or not at all, wherever they are asked for."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

import tradetrack as tt
from tradetrack._files import write_whole


def test_a_file_that_is_replaced_keeps_its_mode_and_its_links(tmp_path: Path) -> None:
    page, link = tmp_path / "page", tmp_path / "link"
    page.write_text("old", encoding="utf-8")
    page.chmod(0o600)
    link.symlink_to(page)
    write_whole(link, "new")
    assert page.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, page]


@pytest.mark.parametrize("name", ["/", ".", "no folder/page", "a\0b", "loop", "x" * 300, "\ud800"])
def test_an_odd_place_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(tt.errors.SinkError, match="could not be written") as caught:
        write_whole(name, "text")
    assert caught.value.topic == "output"
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


def test_a_pipe_keeps_its_place() -> None:
    program = "from tradetrack._files import write_whole; write_whole('/dev/stdout', 'text')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "text", "")


def test_priors_are_written_whole_too(tmp_path: Path) -> None:
    with pytest.raises(tt.errors.SinkError):
        tt.models.Regimes.shipped().to_csv(tmp_path / "no folder" / "prior.csv")
    (tmp_path / "prior.csv").write_bytes(b"weight\xff")
    with pytest.raises(tt.InputError, match="is not UTF-8 text"):
        tt.models.Regimes.from_csv(tmp_path / "prior.csv")
