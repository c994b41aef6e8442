"""The command line: ``tradetrack``, of the extra ``cli``."""

import sys
from collections.abc import Sequence

MISSING = 'tradetrack: the command line needs typer and rich; pip install "tradetrack[cli]"'


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code, as ``docs/how-to/command-line.md`` lists them.

    Parameters
    ----------
    argv
        The words after the program's name; those of the process by default.

    Examples
    --------
    >>> main(["schema", "nonsense"])
    2
    """
    from tradetrack.cli.telling import BAD_INPUT

    words = sys.argv[1:] if argv is None else list(argv)
    try:
        import typer  # noqa: F401  an extra, which is not always there
    except ImportError:
        if words[:1] == ["explain"]:  # what an error points at is there without the extra
            return _explained(words[1:])
        print(MISSING, file=sys.stderr)
        return BAD_INPUT
    from tradetrack.cli.running import run

    return run(words)


def _explained(topics: Sequence[str]) -> int:
    from tradetrack.cli.catalogue import entry, listed
    from tradetrack.cli.telling import BAD_INPUT
    from tradetrack.errors import InputError

    try:
        print("\n".join(map(entry, topics)) or listed(), end="")
    except InputError as error:
        print(f"tradetrack: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0
