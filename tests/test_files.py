"""Files appear whole or not at all, wherever they are requested."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import tradetrack as tt
from tradetrack._files import shipped_text, whole_file, write_whole

# Writes half of a file, says so, and waits to be told how it ends.
HALF = """
import os, signal, sys, threading
from tradetrack._files import whole_file
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests may have them ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
def half():
    with whole_file(sys.argv[1]) as file:
        file.write(b"half")
        file.flush()
        print(*os.listdir(), flush=True)
        sys.stdin.read()
{run}
"""
IN_A_THREAD = """
with whole_file("other") as file:
    thread = threading.Thread(target=half, daemon=True)
    thread.start()
    thread.join()
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page").write_text("old", encoding="utf-8")
    return tmp_path / "page"


def unchanged(page: Path) -> bool:
    return page.read_text(encoding="utf-8") == "old" and os.listdir(page.parent) == ["page"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_a_file_that_is_replaced_keeps_its_mode(page: Path, mode: int) -> None:
    page.chmod(mode)
    with whole_file(page) as file:
        file.write(b"new")
        [draft] = set(page.parent.iterdir()) - {page}
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
        assert page.read_text() == "old"
    assert page.read_text() == "new"
    assert stat.S_IMODE(page.stat().st_mode) == mode
    assert os.listdir(page.parent) == ["page"]


def test_a_new_file_has_the_mode_of_any_new_file(page: Path) -> None:
    Path("plain").touch()
    with whole_file("whole"):
        [draft] = page.parent.glob(".*")
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert Path("whole").stat().st_mode == Path("plain").stat().st_mode


def test_a_link_is_refused_and_what_it_points_to_is_left_alone(page: Path) -> None:
    Path("link").symlink_to(page)
    Path("dangling").symlink_to("nothing")
    for link in ("link", "dangling"):
        with pytest.raises(tt.errors.SinkError, match="a symbolic link; name the file"):
            write_whole(link, "new")
    assert page.read_text() == "old"
    assert sorted(os.listdir()) == ["dangling", "link", "page"]


@pytest.mark.parametrize("name", ["/", ".", "no folder/page", "a\0b", "loop", "x" * 300, "\ud800"])
def test_an_odd_place_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(tt.errors.SinkError, match="could not be written") as caught:
        write_whole(name, "text")
    assert caught.value.topic == "output"
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


@pytest.mark.parametrize("path", [None, 3, b"page"])
def test_what_is_no_path_is_told(page: Path, path: object) -> None:
    with pytest.raises(tt.InputError, match=f"the file is a {type(path).__name__}; give its path"):
        write_whole(path, "new")  # type: ignore[arg-type]
    assert unchanged(page)


def test_half_a_character_is_told(page: Path) -> None:
    with pytest.raises(tt.errors.SinkError, match="surrogates not allowed"):
        write_whole(page, "new \ud800")
    assert unchanged(page)


@pytest.mark.parametrize("target", ["/dev/stdout", "pipe"])
def test_a_pipe_keeps_its_place(page: Path, target: str) -> None:
    os.mkfifo("pipe")
    program = f"from tradetrack._files import write_whole; write_whole({target!r}, 'text')"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        text = Path("pipe").read_text() if target == "pipe" else writer.stdout.read()
    assert (writer.returncode, text) == (0, "text")
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_the_file_and_then_its_folder_are_synchronised(page: Path, monkeypatch) -> None:
    seen: list[tuple[str, int]] = []

    def noted(file: int) -> None:
        seen.append((Path(f"/proc/self/fd/{file}").readlink().name, page.stat().st_size))

    monkeypatch.setattr(os, "fsync", noted)
    write_whole(page, "new text")
    (draft, before), (folder, after) = seen
    assert draft.endswith(".part")
    assert folder == page.parent.name
    assert (before, after) == (len("old"), len("new text"))


@pytest.mark.parametrize(
    ("failing", "number", "remedy"),
    [
        ("os.fsync", errno.ENOSPC, "free space or choose another place"),
        ("os.fsync", errno.EDQUOT, "free space or choose another place"),
        ("pathlib.Path.replace", errno.EACCES, "choose another place, or make its folder"),
        ("pathlib.Path.chmod", errno.EPERM, "choose another place, or make its folder"),
    ],
)
def test_a_failure_half_way_leaves_the_old_file(
    page: Path, monkeypatch, failing: str, number: int, remedy: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(failing, fail)
    with pytest.raises(tt.errors.SinkError) as caught:
        write_whole(page, "new")
    assert str(caught.value) == (
        f"{page} could not be written ({os.strerror(number)}); {remedy}. Nothing of it is left"
    )
    assert unchanged(page)


def test_an_error_of_the_block_keeps_its_name_and_leaves_the_old_file(page: Path) -> None:
    def write() -> None:
        with whole_file(page) as file:
            file.write(b"new")
            raise FileNotFoundError("another file")

    with pytest.raises(FileNotFoundError, match="another file"):
        write()
    assert unchanged(page)


def test_of_two_writers_each_writes_the_whole_file(page: Path) -> None:
    one, other = b"1" * 200_000, b"2" * 300_000
    with whole_file(page) as second:
        with whole_file(page) as first:
            for _ in range(3):
                first.write(one)
                second.write(other)
        assert page.read_bytes() == 3 * one
    assert page.read_bytes() == 3 * other
    assert os.listdir(page.parent) == ["page"]


def run_until_half(run: str, **more: object) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-c", HALF.format(run=run), "page"]
    process = subprocess.Popen(command, text=True, **pipes, **more)  # type: ignore[call-overload]
    assert process.stdout is not None
    assert ".part" in process.stdout.readline()
    return process


@pytest.mark.parametrize("run", ["half()", IN_A_THREAD], ids=["main", "thread"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_in_the_middle_leaves_the_old_file(page: Path, number: int, run: str) -> None:
    with run_until_half(run) as process:
        process.send_signal(number)
        process.wait()  # its input stays open, so that no thread of it gets to the end
    assert process.returncode == -number  # as if nobody had listened
    assert unchanged(page)


def test_a_handler_of_the_program_is_left_alone(page: Path) -> None:
    run = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); half()"
    with run_until_half(run) as process:
        process.terminate()
        process.communicate()
    assert process.returncode == 7
    assert unchanged(page)


def test_signals_mean_afterwards_what_they_meant_before(page: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGHUP)
    with whole_file(page), whole_file("other"):
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGHUP)) == before


def test_a_worker_that_is_ended_does_not_touch_the_draft(page: Path) -> None:
    run = """
with whole_file("page") as file:
    print(".part", flush=True)
    worker = os.fork()
    if not worker:
        os.kill(os.getpid(), signal.SIGTERM)
    _, status = os.waitpid(worker, 0)
    file.write(str(os.waitstatus_to_exitcode(status)).encode())
"""
    with run_until_half(run) as process:
        _, wrong = process.communicate()
    assert (process.returncode, wrong) == (0, "")
    assert page.read_text() == str(-signal.SIGTERM)
    assert os.listdir(page.parent) == ["page"]


def test_a_thread_may_write(page: Path) -> None:
    thread = threading.Thread(target=write_whole, args=(page, "new"))
    thread.start()
    thread.join()
    assert page.read_text() == "new"


def test_priors_are_written_whole_too(tmp_path: Path) -> None:
    with pytest.raises(tt.errors.SinkError):
        tt.models.Regimes.shipped().to_csv(tmp_path / "no folder" / "prior.csv")
    (tmp_path / "prior.csv").write_bytes(b"weight\xff")
    with pytest.raises(tt.InputError, match="is not UTF-8 text"):
        tt.models.Regimes.from_csv(tmp_path / "prior.csv")


def test_a_prior_may_begin_with_a_mark_and_names_no_column_twice(tmp_path: Path) -> None:
    prior = tt.models.Regimes.shipped()
    prior.to_csv(tmp_path / "prior.csv")
    text = (tmp_path / "prior.csv").read_text()
    (tmp_path / "marked.csv").write_text(text, encoding="utf-8-sig")
    assert tt.models.Regimes.from_csv(tmp_path / "marked.csv") == prior
    (tmp_path / "twice.csv").write_text(text.replace("weight,", "weight,weight,", 1))
    with pytest.raises(tt.InputError, match="each once"):
        tt.models.Regimes.from_csv(tmp_path / "twice.csv")


def test_a_file_that_does_not_ship_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no shipped file 'none\.csv': it is in none of"):
        shipped_text("none.csv")
