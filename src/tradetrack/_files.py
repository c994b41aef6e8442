"""Files that appear whole or not at all, and the tables that ship with the library."""

import atexit
import csv
import errno
import io
import os
import signal
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import BinaryIO
from uuid import uuid4

from tradetrack._format import scrub
from tradetrack.errors import InputError, SinkError

PathLike = str | os.PathLike[str]
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@contextmanager
def whole_file(path: PathLike) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name when all is written, and is on the disk.

    The bytes go to a draft beside the target, with an unpredictable name and readable by its owner
    alone. When the block ends, the draft is given the target's permissions (those of a new file, if
    there is none), is synchronised and renamed; then the folder is synchronised. On an error, and
    on a signal that ends the process, the draft is removed and the target stays as it was. Of two
    writers of one file each writes the whole of it, and the last one to finish wins.

    A symbolic link at the target is refused. A pipe, a device and what is in ``/dev`` are written
    in place.

    Raises
    ------
    SinkError
        If the file cannot be opened or finished. What the block writes it names with `writing`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with whole_file(f"{folder}/page.html") as file:
    ...         count, seen = file.write(b"text"), os.path.exists(file.name)
    ...     print(seen, *os.listdir(folder))
    True page.html
    """
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"the file is a {type(path).__name__}; give its path as text or as a Path")
    with writing(path):
        mode = _mode(Path(path))
    if mode is None or stat.S_ISREG(mode):
        with _replacing(Path(path), mode) as file:
            yield file
        return
    with writing(path):
        file = open(path, "wb")  # noqa: SIM115  closed below, where an error gets its name
    try:
        yield file
    finally:
        with writing(path):
            file.close()


@contextmanager
def _replacing(target: Path, mode: int | None) -> Iterator[BinaryIO]:
    """Write a draft, and let it take the place of the target."""
    draft = target.with_name(f".{uuid4().hex}.part")
    created = 0o666 if mode is None else stat.S_IRUSR | stat.S_IWUSR  # less what the umask says
    with _removed_at_the_end(draft):
        with writing(target):  # exclusive: follows no link, and opens nothing that is there
            file = open(draft, "xb", opener=lambda name, how: os.open(name, how, created))  # noqa: SIM115
        try:
            with writing(target):
                granted = os.fstat(file.fileno()).st_mode if mode is None else mode
                draft.chmod(stat.S_IRUSR | stat.S_IWUSR)
            yield file
            with writing(target):
                file.flush()
                draft.chmod(stat.S_IMODE(granted))
                os.fsync(file.fileno())
        finally:
            with suppress(OSError):  # the disk may still be full
                file.close()
        with writing(target):
            draft.replace(target)
    _synchronise(target.parent)


@contextmanager
def writing(path: PathLike) -> Iterator[None]:
    """Name the file that could not be written, and why.

    Raises
    ------
    SinkError
        In place of whatever the operating system or an odd name raises.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        remedy = "choose another place, or make its folder"
        if getattr(error, "errno", None) in _FULL:
            remedy = "free space or choose another place"
        raise SinkError(
            f"{scrub(os.fspath(path))} could not be written ({reason}); {remedy}. Nothing of it is"
            " left"
        ) from error


def write_whole(path: PathLike, text: str) -> None:
    """Write a text as a `whole_file`, in UTF-8.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.

    Examples
    --------
    >>> try:
    ...     write_whole("no such folder/page.html", "text")
    ... except SinkError as error:
    ...     print(str(error).partition(" (")[0])
    no such folder/page.html could not be written
    """
    with whole_file(path) as file, writing(path):
        file.write(text.encode())


def _mode(target: Path) -> int | None:
    """Type and permissions of what is at the target; None if nothing is."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(mode):
        if target.parent.resolve() != Path("/dev"):
            raise OSError("it is a symbolic link; name the file that it points to")
        return stat.S_IFCHR  # such as /dev/stdout, whatever that is
    if stat.S_ISDIR(mode):
        raise IsADirectoryError("it is a folder")
    return mode


def _synchronise(folder: Path) -> None:
    """Let the new name outlive a power cut, where the system can."""
    with suppress(OSError):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


_drafts: dict[Path, int] = {}  # and the process that each belongs to
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def _removed_at_the_end(draft: Path) -> Iterator[None]:
    """Remove a draft when the block is left, or the process ends.

    Python turns an interrupt into an exception, but SIGTERM and SIGHUP end a process on the spot
    unless the program handles them. Only the main thread may say what they do.
    """
    _drafts[draft] = os.getpid()
    taken = []
    try:
        if threading.current_thread() is threading.main_thread():
            for number in _ENDING:
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, _end)
                    taken.append(number)
        yield
    finally:
        for number in taken:
            if signal.getsignal(number) is _end:
                signal.signal(number, signal.SIG_DFL)
        _remove(draft)
        del _drafts[draft]


def _end(number: int, _: FrameType | None) -> None:
    _remove_drafts()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


@atexit.register
def _remove_drafts() -> None:
    """Remove the drafts of this process; those of one that it was forked from are not its own."""
    for draft, owner in list(_drafts.items()):
        if owner == os.getpid():
            _remove(draft)


def _remove(draft: Path) -> None:
    with suppress(OSError, ValueError):  # of a draft that never was
        draft.unlink(missing_ok=True)


_CHECKOUT = Path(__file__).resolve().parents[2]


def shipped_text(name: str) -> str:
    """Return the text of a shipped file: of the package, or ``data`` or ``docs`` of a checkout.

    It works from a zip file, too.

    Raises
    ------
    FileNotFoundError
        If no shipped file has that name.

    Examples
    --------
    >>> shipped_text("growth_regimes.csv").partition(",")[0]
    'weight'
    """
    folders = files("tradetrack").joinpath("data"), _CHECKOUT / "data", _CHECKOUT / "docs"
    for folder in folders:
        if folder.joinpath(name).is_file():
            return folder.joinpath(name).read_text(encoding="utf-8")
    raise FileNotFoundError(f"no shipped file {name!r}: it is in none of {list(map(str, folders))}")


def shipped_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped CSV file, each by column."""
    return list(csv.DictReader(io.StringIO(shipped_text(name))))


def read_numbers(path: PathLike, columns: Sequence[str]) -> list[list[float]]:
    """Read the rows of a file of numbers with these columns, in this order.

    Raises
    ------
    InputError
        If the columns are others, a cell is no number, or there is no row; names the row.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text ({error.reason}); save it as CSV UTF-8", topic="encoding"
        ) from error
    return parse_numbers(text, str(path), columns)


def parse_numbers(text: str, where: str, columns: Sequence[str]) -> list[list[float]]:
    """Parse a CSV table of numbers; raises as `read_numbers` does, with ``where`` as the name."""
    reader = csv.DictReader(io.StringIO(text))
    if sorted(reader.fieldnames or ()) != sorted(columns):
        raise InputError(f"{where}: columns must be {sorted(columns)}, each once", topic="regimes")
    try:
        rows = [[float(row[name]) for name in columns] for row in reader]
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: row {reader.line_num}: {error}", topic="regimes") from error
    if not rows:
        raise InputError(f"{where}: no regime", topic="regimes")
    return rows


def write_numbers(path: PathLike, columns: Sequence[str], rows: Iterable[Sequence[float]]) -> None:
    """Write rows of numbers so that reading them gives the same bits.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_whole(path, text.getvalue())
