"""Messages: one line each, on standard error, with nothing that steers a terminal."""

import sys

from tradetrack._format import scrub

BAD_INPUT = 2


def tell(message: str) -> None:
    """Write one line to standard error."""
    print(f"tradetrack: {scrub(' '.join(message.split()))}", file=sys.stderr)


def pointer(topic: str) -> str:
    """Say which command explains a topic of the catalogue of errors.

    Examples
    --------
    >>> pointer("horizon")
    '[tradetrack explain horizon]'
    """
    return f"[tradetrack explain {topic}]"
