"""Whose statistics a sentence quotes: "by Serbian statistics …; Chinese customs counts only …".

A country that owns an office, or a figure, is the source of the amounts after it, up to the next
such country; of those before it where none came first ("…, Armenia's statistical committee says").
"""

import re
from typing import NamedTuple

from tradetrack.articles.countries import GROUPS
from tradetrack.articles.scan import Scan

_WORDS = (
    r"(?:statistic\w*|customs(?! union| duties| duty| post| code)|bureau|figures?|data"
    r"|(?:central|national) bank|side (?=puts? |reports? |counts? |gives? |estimates? )"
    r"|статистик\w*|таможн\w*|статкомитет\w*|статуправлени\w*|нацстатком\w*|госкомстат\w*"
    r"|данны[ехм]\w*|сторон(?:ы|е)(?=[ ,;:.—]|$))"
)
_OFFICE = re.compile(rf"(?<![a-zа-я]){_WORDS}(?![a-zа-я])")
_OWNED = re.compile(
    rf"(?:'s|')? (?:[a-zа-я-]+ ){{0,2}}?{_WORDS}(?![a-zа-я])"
)  # "Armenia's … committee"
_OF = re.compile(  # "the bureau of statistics of Kazakhstan", "по данным Минска", "таможня Китая"
    rf"(?<![a-zа-я]){_WORDS} (?:(?:bureau|office|agency|committee|комитет\w*|служб\w*) )?"
    r"(?:(?:of|in|for) (?:the )?)?(?:республик\w* )?$"
)
_SIDE = re.compile(r" (?:[а-я]+ )?сторон(?:ы|е)(?![а-я])")
_BY = re.compile(r"(?:по (?:данным|оценк\w+|информации|подсчетам|сведениям)|согласно данным) $")


_AGAIN = re.compile(
    r" (?:[—–-]|показыва\w+|насчитыва\w+|оценива\w+|counts?|shows?|puts?"
    r"|says?)(?![a-zа-я])"
)
_UNNAMED = re.compile(
    r"(?<![a-zа-я])(?:по (?:данным|оценк\w+|информации|подсчетам|сведениям)|according to|customs"
    r"|statistic\w*|таможн\w*|статистик\w*|нацстатком\w*|госкомстат\w*|бюро|bureau)(?![a-zа-я])"
)


class Source(NamedTuple):
    """A country whose statistics are quoted, and where the sentence says so."""

    start: int
    code: str


def sources(found: Scan) -> tuple[Source, ...]:
    """Countries whose statistics a sentence quotes, in order.

    Examples
    --------
    >>> from tradetrack.articles.scan import scan
    >>> told = "By Serbian statistics trade was €5.6 bn; Chinese customs counts only $3.5 bn."
    >>> [source.code for source in sources(scan(told))]
    ['SRB', 'CHN']
    """
    if not _OFFICE.search(found.low):
        return ()
    low = found.low
    named: list[Source] = []
    for mention in found.countries:
        if mention.code in GROUPS:
            continue
        owns = mention.owns or mention.kind == "adjective"
        side = _SIDE.match(low, mention.end)
        asked = _BY.search(low, 0, mention.start) is not None
        if side and not asked:
            continue  # "the Uzbek side" is a party to talks
        owned = owns and _OWNED.match(low, mention.end) is not None
        of_it = not owns and _OF.search(low, 0, mention.start) is not None
        again = bool(named) and mention.kind == "adjective" and _AGAIN.match(low, mention.end)
        if owned or of_it or again or (asked and mention.kind != "adjective"):
            named.append(Source(mention.start, mention.code))
    return tuple(named)


def source_of(found: Scan, start: int) -> str | None:
    """The country whose statistics an amount is; empty for an office of no country, None if unsaid.

    Examples
    --------
    >>> from tradetrack.articles.scan import scan
    >>> found = scan("It fell to $16 mn, Armenia's statistics say; by Kazakh data, to $13 mn.")
    >>> [source_of(found, amount.start) for amount in found.amounts]
    ['ARM', 'KAZ']
    """
    told = sources(found)
    before = [source for source in told if source.start < start]
    if before:
        return before[-1].code
    if _UNNAMED.search(found.low, 0, min(start, told[0].start) if told else start):
        return ""
    return told[0].code if told else None if not _UNNAMED.search(found.low) else ""
