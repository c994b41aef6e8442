"""Run a command; an error becomes one readable line and an exit code."""

import sys
from collections.abc import Sequence

import typer

from tradetrack.cli.app import app
from tradetrack.cli.telling import BAD_INPUT, pointer, tell
from tradetrack.errors import TradetrackError

INTERRUPTED = 130


def run(argv: Sequence[str]) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv
        The words after the program's name.

    Raises
    ------
    Exception
        Only for a defect of this program: whatever is wrong with the input is told in one line.

    Examples
    --------
    >>> run(["--version"]) == 0
    tradetrack 0.1.0
    True
    """
    _write_any_sign()
    command = typer.main.get_command(app)
    try:
        return command.main(list(argv), "tradetrack", standalone_mode=False) or 0
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        line = one_line(error)
        if not line:
            raise
        tell(line)
        return BAD_INPUT


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


def _write_any_sign() -> None:
    """Write UTF-8 to pipes, and marks in place of what a terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            known = stream.isatty()
            change(encoding=stream.encoding if known else "utf-8", errors="backslashreplace")
