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

    try:
        import typer  # noqa: F401  an extra, which is not always there
    except ImportError:
        print(MISSING, file=sys.stderr)
        return BAD_INPUT
    from tradetrack.cli.running import run

    return run(sys.argv[1:] if argv is None else argv)
