"""Messages: one line each, on standard error, with nothing that steers a terminal."""

import sys
import unicodedata

BAD_INPUT = 2


def tell(message: str) -> None:
    """Write one line to standard error."""
    print(f"tradetrack: {printable(' '.join(message.split()))}", file=sys.stderr)


def pointer(topic: str) -> str:
    """Say which command explains a topic of the catalogue of errors.

    Examples
    --------
    >>> pointer("horizon")
    '[tradetrack explain horizon]'
    """
    return f"[tradetrack explain {topic}]"


def printable(text: str) -> str:
    r"""Put a mark in place of characters that would steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[31mb\n")
    'a\ufffd[31mb\n'
    """
    return "".join(
        "\ufffd" if unicodedata.category(sign) == "Cc" and sign not in "\n\t" else sign
        for sign in text
    )
