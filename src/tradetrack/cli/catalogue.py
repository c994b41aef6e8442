"""The catalogue of errors, ``docs/errors.md``: its entries by topic."""

import difflib
import re
import textwrap
from collections.abc import Mapping
from pathlib import PurePath

from tradetrack import errors
from tradetrack._files import shipped_text
from tradetrack.errors import CATALOGUE

_COMMENT = re.compile(r"<!--.*?-->\n+", re.DOTALL)
_HEADING = re.compile(r"^#{2,3} (.+)\n", re.MULTILINE)
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_PARAGRAPH = re.compile(r"(?:^(?![|#\- ]).+\n?)+", re.MULTILINE)
_COLUMNS = 80


def entries() -> dict[str, str]:
    """Return the text of each entry by its topic: the headings of the third level.

    Examples
    --------
    >>> "horizon" in entries()
    True
    """
    page = shipped_text(PurePath(CATALOGUE).name)
    _, *parts = _HEADING.split(page)
    headings = [found[0] for found in _HEADING.finditer(page)]
    return {
        topic: f"{heading}{text.rstrip()}\n"
        for heading, topic, text in zip(headings, parts[::2], parts[1::2], strict=True)
        if heading.startswith("### ")
    }


def explanation(topic: str) -> str:
    """Return a topic's entry, also by the name of an error or of a kind of finding; else the list.

    Raises
    ------
    InputError
        If there is no such topic; names those that are near.

    Examples
    --------
    >>> explanation("").startswith("encoding ")
    True
    """
    known = entries()
    if not topic:
        return _listed(known)
    kind = getattr(errors, topic.strip(), None)
    wanted = getattr(kind, "topic", topic.strip().casefold().replace("_", "-"))
    if wanted not in known:
        near = " or ".join(difflib.get_close_matches(wanted, known))
        hint = f"did you mean {near}?" if near else "tradetrack explain lists all"
        raise errors.InputError(f"there is no topic {topic!r}; {hint}")
    return _wrapped(_COMMENT.sub("", known[wanted]))


def _wrapped(entry: str) -> str:
    """Break the paragraphs of an entry at 80 columns; code, lists and tables stay as they are."""
    parts = _FENCED.split(entry)
    parts[::2] = (
        _PARAGRAPH.sub(lambda found: f"{_broken(found[0])}\n", text) for text in parts[::2]
    )
    return "".join(parts)


def _broken(text: str) -> str:
    return textwrap.fill(text, _COLUMNS, break_long_words=False, break_on_hyphens=False)


def _listed(known: Mapping[str, str]) -> str:
    """List the topics with the first sentence of each."""
    width = max(map(len, known)) + 2
    return "".join(
        textwrap.fill(
            text.split(maxsplit=2)[2].splitlines()[0],
            _COLUMNS,
            initial_indent=f"{topic:{width}}",
            subsequent_indent=" " * width,
        )
        + "\n"
        for topic, text in known.items()
    )
