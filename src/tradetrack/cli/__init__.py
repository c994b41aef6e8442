"""The command line: ``tradetrack``, of the extra ``cli``."""

import os
import sys
from collections.abc import Sequence

from tradetrack.cli.outputs import BAD_INPUT, CLOSED_PIPE, INTERRUPTED, pointer, publish, tell
from tradetrack.errors import TradetrackError

_MISSING = 'the command line needs typer and rich; pip install "tradetrack[cli]"'


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code, as ``docs/how-to/command-line.md`` lists them.

    Parameters
    ----------
    argv
        The words after the program's name; those of the process by default.

    Raises
    ------
    Exception
        Only for a defect of this program: whatever is wrong with the input is one line.

    Examples
    --------
    >>> main(["--version"]) == 0
    tradetrack 0.1.0
    True
    """
    words = sys.argv[1:] if argv is None else list(argv)
    _prepare_streams()
    try:
        return _run(words)
    except BrokenPipeError:  # whoever read the answer has stopped
        return _reader_left()
    except SystemExit as end:  # typer's way to end: after a completion, or for that reader
        if isinstance(end.__context__, BrokenPipeError):
            return _reader_left()
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        line = one_line(error)
        if not line:
            raise
        tell(line)
        return BAD_INPUT


def _run(words: list[str]) -> int:
    try:
        import typer
    except ImportError:
        if words[:1] == ["explain"]:  # what an error points at is there without the extra
            from tradetrack.cli.catalogue import explanation

            publish("\n".join(map(explanation, words[1:] or [""])))
            return 0
        tell(_MISSING)
        return BAD_INPUT
    if any("\0" in word for word in words):
        tell("an argument holds the character NUL, which no file name or value has; leave it out")
        return BAD_INPUT
    from tradetrack.cli.app import app

    try:
        command = typer.main.get_command(app)
        return command.main(words, "tradetrack", standalone_mode=False) or 0
    except typer.Abort:
        return INTERRUPTED


def one_line(error: Exception) -> str:
    """Say what is wrong and what to do; nothing, if the error is not of the input's making.

    Examples
    --------
    >>> one_line(FileNotFoundError(2, "No such file or directory", "x.csv"))
    'x.csv: No such file or directory'
    >>> one_line(TradetrackError("seed is -1; write a whole number of at least 0"))
    'seed is -1; write a whole number of at least 0 [tradetrack explain argument]'
    """
    if isinstance(error, TradetrackError):
        return f"{error} {pointer(error.topic)}"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory; take fewer --paths, or less at once"
    if hasattr(error, "format_message"):  # typer's own, whichever click is beneath it
        place = getattr(getattr(error, "ctx", None), "command_path", "tradetrack")
        return f"{error.format_message().rstrip('.')}; see {place} --help"
    return ""


def _prepare_streams() -> None:
    """Write UTF-8 to pipes, marks for what a terminal cannot show, and nothing to closed errors."""
    if sys.stderr is None:  # closed by the shell; print would turn to standard output
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  until the end
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            known = stream.isatty()
            change(encoding=stream.encoding if known else "utf-8", errors="backslashreplace")


def _reader_left() -> int:
    """Keep Python from writing the rest of standard output at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return CLOSED_PIPE
