"""What a command writes: its answer, messages of one line, a progress bar, an exit code."""

import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import tradetrack as tt
from tradetrack._files import write_whole
from tradetrack._format import columns, counted, escaped, inert, scrub, wrapped
from tradetrack._parallel import progress_bar

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

BAD_INPUT, STRICT, INTERRUPTED, CLOSED_PIPE = 2, 3, 130, 141
WIDTH = 80
_ROW = re.compile(r"(.*\S) {2,}(\S.*)")
_PLACES = {".failures": "--format json"}


class Result(Protocol):
    """A typed result of the library: it has a text, a JSON document and a frame."""

    def model_dump_json(self) -> str:
        """Return the result's own JSON."""
        ...

    def to_frame(self) -> "pd.DataFrame":
        """Return the result as a table."""
        ...


@dataclass(frozen=True)
class Findings:
    """The findings of an audit, as a result.

    Examples
    --------
    >>> print(Findings(()))
    No findings.
    """

    found: "tuple[tt.Finding, ...]"

    def model_dump_json(self) -> str:
        """Return a JSON array of the findings."""
        from pydantic import TypeAdapter

        return TypeAdapter(tuple[tt.Finding, ...]).dump_json(self.found).decode()

    def to_frame(self) -> "pd.DataFrame":
        """One row per finding: ``kind, rows, message, remedy``."""
        frame = rows_frame(self.found, tt.Finding)
        frame["rows"] = [" ".join(finding.rows) for finding in self.found]
        return frame

    def __str__(self) -> str:
        return "\n".join(map(str, self.found)) or "No findings."


def answer(result: Result, form: str, output: str, text: str = "") -> None:
    """Write a result as text, sentences, JSON or CSV to a file, or to standard output.

    Parameters
    ----------
    result
        What was found.
    form
        ``"text"``: lines of at most eighty columns; ``"sentences"``: each in one line, however
        long; ``"json"`` or ``"csv"``.
    output
        File to write; empty or ``-`` for standard output.
    text
        What to write as text, if it is not the result's own.
    """
    if form == "json":
        publish(escaped(result.model_dump_json()) + "\n", output)
    elif form == "csv":
        publish(as_csv(result.to_frame()), output)
    elif form == "sentences":
        said = "\n".join(result.sentences()) if isinstance(result, tt.Tracking) else str(result)
        publish(scrub(said) + "\n", output)
    else:
        shown = _in_the_shell(text or str(result)).splitlines()
        lines = [line for one in shown for line in fitted(scrub(one))]
        publish("\n".join(lines) + "\n", output)


def fitted(line: str) -> list[str]:
    """Break a line that is too wide; of a row of a table, the last cell goes below it.

    Examples
    --------
    >>> for line in fitted(f"UZ stat, 2025-10  -0.5  {'turnover where more was expected ' * 2}"):
    ...     print(line)
    UZ stat, 2025-10  -0.5
        turnover where more was expected turnover where more was expected
    """
    row = _ROW.fullmatch(line.rstrip())
    if columns(line) <= WIDTH or not row:
        return wrapped(line, WIDTH)
    return [*wrapped(row[1], WIDTH), *wrapped(f"    {row[2]}", WIDTH, "")]


def _in_the_shell(text: str) -> str:
    """Point at a command where the library's text ends by pointing at an attribute."""
    for attribute, place in _PLACES.items():
        if text.endswith(f"; see {attribute}."):
            return f"{text.removesuffix(f'{attribute}.')}{place}."
    return text


def rows_frame(rows: "Sequence[BaseModel]", kind: "type[BaseModel]") -> "pd.DataFrame":
    """Lay values of one kind out, one per row."""
    import pandas as pd

    return pd.DataFrame([row.model_dump() for row in rows], columns=list(kind.model_fields))


def as_csv(frame: "pd.DataFrame") -> str:
    """Write a frame as CSV in which no cell runs in a spreadsheet or steers a terminal."""
    safe = frame.map(lambda cell: inert(scrub(cell)) if isinstance(cell, str) else cell)
    return str(safe.to_csv(index=False, lineterminator="\n"))


def publish(text: str, output: str = "") -> None:
    """Write a text to standard output, or to a file that appears whole or not at all.

    Raises
    ------
    SinkError
        If it cannot be written; nothing of a file is left.
    BrokenPipeError
        If nobody reads standard output any more.
    """
    if output not in ("", "-"):
        write_whole(output, text)
        return
    if sys.stdout is None:
        raise tt.errors.SinkError("standard output is closed; name a file with --output")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise tt.errors.SinkError(
            f"standard output could not be written ({error.strerror}); name a file with --output"
        ) from error


def tell(message: str) -> None:
    """Write one line to standard error."""
    print(f"tradetrack: {scrub(' '.join(message.split()))}", file=sys.stderr)


def pointer(topic: str) -> str:
    """Name the command that explains a topic of the catalogue of errors.

    Examples
    --------
    >>> pointer("horizon")
    '[tradetrack explain horizon]'
    """
    return f"[tradetrack explain {topic}]"


def verdict(found: Sequence[object], word: str, *, strict: bool) -> int:
    """Return the exit code of an answer that has findings, or failures."""
    if not (strict and found):
        return 0
    tell(counted(len(found), word))
    return STRICT


def progress(title: str) -> AbstractContextManager[object]:
    """Show on standard error that something runs, if that is a terminal."""
    return progress_bar(title, None, shown=sys.stderr.isatty())
