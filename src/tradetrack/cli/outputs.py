"""Answers: as text, JSON or CSV, to standard output or to a file."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, RootModel
from typer import Exit

import tradetrack as tt
from tradetrack._files import write_whole
from tradetrack._format import scrub
from tradetrack.cli.options import Answer, Format
from tradetrack.cli.telling import tell

if TYPE_CHECKING:
    import pandas as pd

STRICT = 3
_PLACES = {".findings": "tradetrack check", ".failures": "--format json"}
CLOSED_PIPE = 141


class Result(Protocol):
    """A typed result of the library: it has a text, a JSON document and a frame."""

    def model_dump_json(self) -> str:
        """Return the result's own JSON."""
        ...

    def to_frame(self) -> "pd.DataFrame":
        """Return the result as a table."""
        ...


def answer(result: Result, wanted: Answer) -> None:
    """Write a result in the format asked for, to where it was asked for."""
    if wanted.format is Format.json:
        publish(result.model_dump_json() + "\n", wanted.output)
    elif wanted.format is Format.csv:
        publish(as_csv(result.to_frame()), wanted.output)
    else:
        publish(scrub(in_the_shell(str(result))) + "\n", wanted.output)


def in_the_shell(text: str) -> str:
    """Point at a command where the library's text ends by pointing at an attribute.

    Examples
    --------
    >>> in_the_shell("The audit has 2 findings; see .findings.")
    'The audit has 2 findings; see tradetrack check.'
    """
    for attribute, place in _PLACES.items():
        if text.endswith(f"; see {attribute}."):
            return f"{text.removesuffix(f'{attribute}.')}{place}."
    return text


class Findings(RootModel[tuple[tt.Finding, ...]]):
    """What the audit of a ledger says, as an answer.

    Examples
    --------
    >>> print(Findings(()))
    No findings.
    """

    model_config = ConfigDict(frozen=True)

    def to_frame(self) -> "pd.DataFrame":
        """One row a finding: ``kind, rows, message, remedy``."""
        frame = rows_frame(self.root, tt.Finding)
        frame["rows"] = [" ".join(finding.rows) for finding in self.root]
        return frame

    def __str__(self) -> str:
        return "\n".join(map(str, self.root)) or "No findings."


def rows_frame(rows: Sequence[BaseModel], kind: type[BaseModel]) -> "pd.DataFrame":
    """Lay values of one kind out, one a row."""
    import pandas as pd

    return pd.DataFrame([row.model_dump() for row in rows], columns=list(kind.model_fields))


def as_csv(frame: "pd.DataFrame") -> str:
    """Write a frame as CSV."""
    return str(frame.to_csv(index=False, lineterminator="\n"))


def publish(text: str, output: str) -> None:
    """Write a text to standard output, or to a file that appears whole or not at all.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.
    """
    if output in ("", "-"):
        _to_stdout(text)
        return
    write_whole(output, text)


def _to_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to say there
        if isinstance(error, BrokenPipeError):  # whoever read has heard enough
            raise Exit(CLOSED_PIPE) from error
        raise tt.errors.SinkError(
            f"standard output could not be written ({error.strerror})"
        ) from error


def verdict(findings: Sequence[object], word: str, *, strict: bool) -> int:
    """Return the exit code of an answer that has findings, or failures."""
    if not (strict and findings):
        return 0
    tell(f"{len(findings)} {word}{'s' * (len(findings) > 1)}")
    return STRICT
