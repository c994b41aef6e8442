"""The text as it arrives: HTML reduced to its text, sentences with their places, words.

Offsets count characters of the reduced text, which an article keeps as ``text``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from tradetrack.errors import InputError

WORD = re.compile(r"[^\W\d_]+(?:['’.\-–‑][^\W\d_]+)*")
_MARKUP = re.compile(
    r"<!doctype html|<(?:html|body|head|div|p|table|article|section)\b[^>]*>", re.I
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_UNSEEN = frozenset(("script", "style", "noscript", "template", "head"))

# A full stop after one of these does not end a sentence; after a unit, only before a capital.
_ABBREVIATED = re.compile(
    r"(?:(?<![a-z])(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mr|mrs|ms|dr|st|no|vs|approx"
    r"|u\.s|u\.k"
    r"|u\.a\.e|i\.e|e\.g|rs|tk|p|cr|fig|inc|ltd|co|corp|jr|sr|gen|gov|est)"
    r"|(?<!\w)(?:г|т|п|п\.п|им|ул|др|пр|тг|евр|кв|стр|проц|сум|мес))\.$"
)
_STATE = re.compile(r"(?<![a-z])(?:u\.s|u\.k|u\.a\.e)\.$")
_BEGINS = re.compile(
    r"\s+(?:The|In|From|It|Its|Between|During|For|This|That|These|As|At|By|On|Over|But|And|Last"
    r"|While|They|Their|He|She|We|Our|Both|Of|After|Since|With|Compared|Meanwhile|However|According"
    r"|Exports|Imports|Trade|Bilateral|Total|Two-way)\s"
)
_UNIT = re.compile(
    r"(?:(?<![a-z])(?:bln|mln|bn|mn|tn|mil|bil)|(?<!\w)(?:млн|млрд|трлн|тыс|долл|руб)|\d ?гг?)\.$"
)
_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s+[\"'«“(\[—–-]*\s*[^\W_a-zа-яё]|\s*\n|\s*$)|\n")
_LONGEST = 1500
_BULLET = re.compile(r"[ \t]*(?:[-*•–—·▪]|\d{1,2}[.)])\s")


class Sentence(NamedTuple):
    """A sentence: its place in the text, its text, and its paragraph's number."""

    start: int
    text: str
    paragraph: int

    @property
    def end(self) -> int:
        """Place after its last character."""
        return self.start + len(self.text)


class Word(NamedTuple):
    """A word of a sentence, lower-cased, with its place in the sentence."""

    start: int
    end: int
    text: str


def read_text(text: "str | Path") -> str:
    r"""Return a text, or that of a UTF-8 file; HTML is reduced to its text.

    Raises
    ------
    InputError
        If the argument is neither, or the file cannot be read.

    Examples
    --------
    >>> read_text("<p>Trade grew by 5&nbsp;%.</p>")
    'Trade grew by 5\xa0%.'
    """
    if isinstance(text, Path):
        try:
            text = text.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{text} could not be read as UTF-8 text ({error}); give the article's text, or a"
                " Path to a UTF-8 text or HTML file",
                topic="article",
            ) from error
    if not isinstance(text, str):
        raise InputError(
            f"an article is a text or a Path, not {type(text).__name__}; pass the text itself",
            topic="article",
        )
    return _reduced(text) if _MARKUP.search(text) else text


class _Reducer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _UNSEEN and tag != "head"
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in _UNSEEN and tag != "head"))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))


def _reduced(markup: str) -> str:
    reducer = _Reducer()
    reducer.feed(markup)
    reducer.close()
    text = re.sub(r" *\n[ \n]*", "\n", "".join(reducer.parts))
    text = re.sub(r"[ ]*\t[ ]*", "\t", text)
    return re.sub(r"\n\t", "\n", text).strip()


def sentences(text: str) -> Iterator[Sentence]:
    """Split a text into sentences; a line of a list or a heading is one of its own.

    Examples
    --------
    >>> [s.text for s in sentences("Trade reached $3.5 bn. It grew by 5 %.")]
    ['Trade reached $3.5 bn.', 'It grew by 5 %.']
    """
    start, paragraph = 0, 0
    wrapped = _is_wrapped(text)
    for end in _END.finditer(text):
        stop = end.end()
        if end[0] == "\n":
            if text[start:stop].strip() and _is_soft(text, start, stop, wrapped):
                continue
        elif not _line_ends(text, stop) and _goes_on(text, start, stop):
            continue
        if text[start:stop].strip():
            yield from _pieces(text, start, stop, paragraph)
        if "\n" in text[end.start() : stop] and (wrapped is False or blank_line(text, stop)):
            paragraph += 1
        start = stop
    if text[start:].strip():
        yield from _pieces(text, start, len(text), paragraph)


def _is_soft(text: str, start: int, stop: int, wrapped: bool) -> bool:
    """Whether a line ends inside a sentence: it goes on in small letters, or lines are wrapped."""
    following = text[stop : stop + 1]
    if following in ("", "\n", "\r", "\t") or _BULLET.match(text, stop):
        return False
    line = text[text.rfind("\n", 0, stop - 1) + 1 : stop - 1].rstrip()
    if "\t" in line or line.endswith((".", "!", "?", ":")):
        return False
    return wrapped or following.islower() or (len(line) > 60 and not following.isupper())


def blank_line(text: str, place: int) -> bool:
    """Whether a line without text follows."""
    return not text[place : text.find("\n", place) + 1 or None].strip()


def _goes_on(text: str, start: int, stop: int) -> bool:
    """Whether a full stop belongs to an abbreviation inside a sentence."""
    last = text[max(start, stop - 12) : stop].lower()
    if _UNIT.search(last):
        following = text[stop : stop + 6].lstrip()
        return not following[:1].isupper() or following.startswith(("США", "US", "EUR", "U.S"))
    if _STATE.search(last) and _BEGINS.match(text, stop):
        return False  # "ahead of the U.S. From January to August it was"
    return bool(_ABBREVIATED.search(last))


def _line_ends(text: str, place: int) -> bool:
    return text[place : place + 1] in ("", "\n")


def _is_wrapped(text: str) -> bool:
    """Whether lines are broken by width: most lines are nearly as long as the longest."""
    lengths = [len(line) for line in text[:20_000].splitlines() if line.strip()]
    if len(lengths) < 4 or max(lengths) > 120:
        return False
    return sum(length > 0.7 * max(lengths) for length in lengths) > 0.6 * len(lengths)


def _pieces(text: str, start: int, stop: int, paragraph: int) -> Iterator[Sentence]:
    """A sentence, or pieces of one too long to be one: time stays linear in length."""
    while stop - start > _LONGEST:
        space = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = space + 1 if space >= 0 else start + _LONGEST
        if text[start:cut].strip():
            yield _trimmed(text, start, cut, paragraph)
        start = cut
    if text[start:stop].strip():
        yield _trimmed(text, start, stop, paragraph)


def _trimmed(text: str, start: int, stop: int, paragraph: int) -> Sentence:
    part = text[start:stop]
    lead = len(part) - len(part.lstrip())
    return Sentence(start + lead, part.strip(), paragraph)


@lru_cache(maxsize=4096)
def lowered(text: str) -> str:
    """Lower-case a text, and write ё as е, without changing its length."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    return (
        low.replace("ё", "е")
        .replace("’", "'")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("\n", " ")
    )


@lru_cache(maxsize=4096)
def words(low: str) -> tuple[Word, ...]:
    """Words of a lower-cased sentence."""
    return tuple(Word(m.start(), m.end(), m[0]) for m in WORD.finditer(low))
