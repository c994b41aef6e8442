"""One sentence, scanned: its amounts, periods, countries, and the marks its words leave."""

import re
from functools import lru_cache
from typing import NamedTuple

from tradetrack.articles import lexicon
from tradetrack.articles.amounts import Amount, find_amounts
from tradetrack.articles.countries import Mention, mentions
from tradetrack.articles.lexicon import Tag
from tradetrack.articles.periods import Period, find_periods
from tradetrack.articles.sentences import Word, lowered, words

BREAK = re.compile(
    r"[;:]|\s[—–-]\s(?=(?:на|в|до)?\s?[^\d$€£]{8})|,? (?:while|whereas|but|although|though"
    r"|тогда как|при этом|однако|но) "
)


class Mark(NamedTuple):
    """A word that says something, and where."""

    start: int
    end: int
    tag: Tag


class Scan(NamedTuple):
    """What a sentence holds, each kind in order of place."""

    text: str
    low: str
    amounts: tuple[Amount, ...]
    periods: tuple[Period, ...]
    countries: tuple[Mention, ...]
    marks: tuple[Mark, ...]

    def of(self, *kinds: str) -> list[Mark]:
        """Marks of some kinds."""
        return [mark for mark in self.marks if mark.tag.kind in kinds]

    def gap(self, index: int) -> tuple[int, int]:
        """Place between an amount and the next, or the sentence's end."""
        after = self.amounts[index + 1].start if index + 1 < len(self.amounts) else len(self.low)
        return self.amounts[index].end, after


@lru_cache(maxsize=4096)
def scan(text: str) -> Scan:
    """Scan a sentence.

    Examples
    --------
    >>> found = scan("Kenyan exports to Uganda rose by 8% in 2023.")
    >>> [mark.tag.kind for mark in found.marks], found.amounts[0].digits
    (['flow', 'done', 'move'], '8')
    """
    low = lowered(text)
    amounts = tuple(find_amounts(low))
    periods = tuple(
        period
        for period in find_periods(low)
        if not any(a.start < period.end and period.start < a.end for a in amounts)
    )
    return Scan(text, low, amounts, periods, mentions(text), _marks(low, amounts, periods))


_FIGURES = (
    *"0123456789",
    *[
        "illion",
        "fold",
        "doubl",
        "tripl",
        "trebl",
        "quadrupl",
        "quintupl",
        "halv",
        "half",
        "third",
        "quarter",
        "fifth",
        "tenth",
        "twice",
    ],
    *[
        "times",
        "вдво",
        "втро",
        "вчетв",
        "впят",
        "удво",
        "утро",
        "треть",
        "трети",
        "четверт",
        "полов",
        "раза",
        "кратн",
        "ллион",
        "ллиар",
    ],
    "полутор",
)


_TRADE_STEMS = (
    *[
        "trade",
        "trading",
        "export",
        "import",
        "turnover",
        "commerc",
        "sales",
        "bought",
        "sold",
        "shipment",
        "purchas",
    ],
    *["торг", "товаро", "оборот", "экспорт", "импорт", "постав", "закуп", "ввоз", "вывоз"],
)


def speaks_of_trade(text: str) -> bool:
    """Whether a sentence may speak of trade: a cheap look."""
    low = text.lower()
    return any(stem in low for stem in _TRADE_STEMS)


def may_hold_figures(text: str) -> bool:
    """Whether a sentence can hold an amount at all: a cheap look before the scan."""
    low = text.lower()
    return any(stem in low for stem in _FIGURES)


def _marks(low: str, amounts: tuple[Amount, ...], periods: tuple[Period, ...]) -> tuple[Mark, ...]:
    found = []
    taken = [(a.start, a.end) for a in amounts if a.kind != "times"]
    taken += [(p.start, p.end) for p in periods]
    listed = words(low)
    for index, word in enumerate(listed):
        carried = lexicon.tags(word.text)
        inside = carried and any(start <= word.start < end for start, end in taken)
        for tag in carried:
            if inside and tag.kind not in ("move", "more"):
                continue
            checked = _checked(low, listed, index, tag)
            if checked is not None:
                found.append(Mark(word.start, word.end, checked))
    first = min((m.start for m in found if m.tag.kind == "flow"), default=len(low))
    found = [m for m in found if m.start < first or low[m.start : m.end] not in _REVENUE]
    branches = [m for m in found if m.tag == Tag("off", "one commodity")]
    for branch in branches:  # "tea sales" are the sales of tea
        found = [
            m
            for m in found
            if m.tag.kind != "flow"
            or not 0 < m.start - branch.end < 14
            or _PARTED.search(low[branch.end : m.start])
        ]
    for match in lexicon.PHRASE.finditer(low) if lexicon.may_hold_phrase(low) else ():
        value = (match.lastgroup or "").partition("_")[0]
        if value != "total" or not _flow_follows(low, match.end()):
            found = [m for m in found if not match.start() <= m.start < match.end()]
            found.append(Mark(match.start(), match.end(), Tag("flow", value)))
    return tuple(sorted(found))


def _flow_follows(low: str, end: int) -> bool:
    """Whether the next few words name a flow themselves: "the total turnover"."""
    following = words(low[end : end + 40])[:4]
    return any(tag.kind == "flow" for word in following for tag in lexicon.tags(word.text))


def _checked(low: str, listed: tuple[Word, ...], index: int, tag: Tag) -> Tag | None:
    """Drop a tag that the neighbouring words contradict, or turn it into another."""
    word = listed[index]
    before, after = low[max(0, word.start - 45) : word.start], low[word.end : word.end + 45]
    for behind, ahead, instead in _BY_WORD.get(word.text, ()):
        if behind.search(before) and ahead.match(after):
            return instead
    if tag.kind == "flow":
        return _checked_flow(before, after, listed, index, tag)
    if tag.kind == "goods":
        return _checked_goods(low, listed, index)
    if tag.kind == "off":
        return None if _is_aside(word.text, before, after, tag) else tag
    return tag


_HEDGING = ("more", "less", "higher", "lower", "fewer", "больше", "более", "меньше", "менее")


Neighbours = tuple["re.Pattern[str]", "re.Pattern[str]", Tag | None]


def _beside(
    words_: str, before: str = "", after: str = "", *, as_: str = ""
) -> tuple[tuple[str, ...], Neighbours]:
    kind, _, value = as_.partition(" ")
    return tuple(words_.split()), (
        re.compile(before),
        re.compile(after),
        Tag(kind, value) if as_ else None,
    )


_RAISE = "(?:bring|raise|lift|take|push|double|expand|increase|reach|boost|grow)"

# Words that say nothing, or something that is meant, between such neighbours.
_BETWEEN = (
    _beside("agreement agreements", "trade $"),  # "a free trade agreement" is no sum of contracts
    _beside("agreement", "", r"(?: was| has been)?(?: reached)? (?:on|to) (?:increas|rais"
            r"|bring|boost|expand|doubl|lift|tripl)", as_="meant"),
    _beside("set", "", r" on [a-z]+ing", as_="meant"),
    _beside("looking", "", f" to {_RAISE}", as_="meant"),
    _beside("may", r"(?:with|in|of|since|than|by|until|through|early|late|last|for|from|–|-) ?$"),
    _beside("may", "", r" (?:\d|and|to)"),
    _beside("course pace", r"(?<!on )$"),
    _beside("course pace", "", r"(?! to )"),
    _beside("set", "", r"(?! (?:to|themselves|itself|ourselves) )"),  # "is set to reach"
    _beside("looking", "", r"(?! at )"),
    _beside("took takes absorbed absorbs", "", "(?! (?:[a-z]+ )?(?:goods|products|merchandise))"),
    _beside("sent dispatched received sourced", "", "(?!.{0,36}(?:goods|products|merchandise))"),
    _beside("set", "", " (?:themselves|itself|ourselves) ", as_="meant"),
    _beside("projects", r"[a-z] $", r" (?:that )?(?:the |its |total |overall |bilateral |two-way )*"
            r"(?:exports?|imports?|trade|turnover|shipments|commerce) (?:to|from|of|with|at|will"
            r"|between)", as_="ahead"),
    _beside("would", "", " like", as_="meant"),
    _beside("up", r"(?:made|makes?|making) $"),
    _beside("up", "", " to "),
    _beside("plus minus", "", "(?! of )"),  # "a plus of 15 %"
    _beside("growth", "negative $", as_="move down"),
    _beside("рост роста росту ростом", r"отрицательн\w+ $", as_="move down"),
    _beside("firm", r"(?:hold|holding|held|remain\w*|stood|stands?|stay\w*) $"),
    _beside("off", "", r"(?! (?:by |some |about |around |nearly |almost |over |a |another )*"
            r"(?:[\d$€£]|third|quarter|fifth))"),
    _beside("projects", r"(?:association|ministry|bank|agency|council|government|chamber|fund|it"
            r"|institute|bureau|office|federation|board|department|administration|group|forecast"
            r"|union) $", r" [^.;]{0,40}?\d", as_="ahead"),
    _beside("flows", "trade $"),
    _beside("turnover", r"(?<![a-z-])(?<!and )(?:exports?|imports?) $"),  # it is exports
    _beside("оборот", r"(?:в|на) $"),  # put into circulation
    _beside("spent", "", r"(?!.{0,40}(?:goods|imports|products))"),
    _beside("exchanged", "", r"(?! (?:goods|merchandise|products|commodities))"),
    _beside("revenue revenues", r"(?:export|exports|trade|sales) $"),
    _beside("revenue revenues", "", " from (?:exports|sales|trade|shipments)"),
    _beside("prices цены ценах", r"(?:current|constant|comparable|market|текущих|сопоставимых) $"),
    _beside("companies firms company компании предприятия", "",
            r" (?:have |has |had )?(?:suppli|sold|bought|export|import|shipp|purchas|deliver"
            r"|постав|прода|закуп|купил|экспорт|импорт|ввез|вывез)"),
    _beside("companies firms",
            r"(?:exports?|imports?|sales|purchases|shipments|deliveries)[^,.;]{0,30} (?:by"
            r"|of) (?:[a-z]+ ){0,2}$"),
    _beside("working work works", "", f"(?! toward| (?:together |hard )?to {_RAISE})"),
    _beside(" ".join(_HEDGING), "", r" (?:than|чем)(?: (?:на|в|a|\$|us))? ?[\d$€£]"),
)  # fmt: skip
_BY_WORD: dict[str, list[Neighbours]] = {}
for _texts, _neighbours in _BETWEEN:
    for _text in _texts:
        _BY_WORD.setdefault(_text, []).append(_neighbours)


def _is_aside(word: str, before: str, after: str, tag: Tag) -> bool:
    """Whether a word of something else only stands by: "under the agreement", a press service."""
    if lexicon.ADJUNCT.search(before):
        return True
    if tag.value == "services":
        scope = re.search(r"(?:goods|товар\w+|merchandise) (?:and|и) $", before)
        return bool(lexicon.OFFICE.search(before) or scope)
    return word in ("prices", "цены", "capital") and bool(re.match(r" (?:city|of)", after))


def _checked_flow(
    before: str, after: str, listed: tuple[Word, ...], index: int, tag: Tag
) -> Tag | None:
    word = listed[index].text
    modifier = listed[index - 1].text if index else ""
    both = before.endswith(("goods and services ", "goods and service "))
    if not both and lexicon.LOOK_ALIKE.fullmatch(modifier) and re.fullmatch(r"[ -]", before[-1:]):
        return Tag("off", "transport" if lexicon.is_off(modifier, "transport") else "retail")
    if word.startswith("постав") and re.match(
        r" (?:\w+ )?(?:задач|цел|перед|под|вопрос|рекорд|на)", after
    ):
        return None
    if word in ("export", "import") and lexicon.ITEM_AFTER.match(after):
        return Tag("off", "one commodity")
    if lexicon.NOT_FLOW_BEFORE.search(before) or lexicon.NOT_FLOW_AFTER.match(after):
        return None
    if lexicon.CAUSE.search(before) or _INTO_FORCE.match(word + after):
        return None
    return tag


def _checked_goods(low: str, listed: tuple[Word, ...], index: int) -> Tag | None:
    """A commodity counts only as part of a flow's name: "exports of palm oil", "tea sales"."""
    word = listed[index]
    if lexicon.ADJUNCT.search(low, max(0, word.start - 45), word.start):
        return None
    if _AND_OTHERS.match(low, word.end):
        return None  # "crude and other goods"
    if _NON_OIL.search(low, max(0, word.start - 16), word.end):
        return None
    near = [*listed[max(0, index - 4) : index][::-1], *listed[index + 1 : index + 3]]
    beside = any(
        tag.kind == "flow"
        for other in near
        for tag in lexicon.tags(other.text)
        if not _PUNCTUATED.search(low, min(other.end, word.end), max(other.start, word.start))
    )
    named = beside or _VALUED.match(low, word.end) or _AMONG.search(low, 0, word.start)
    return Tag("off", "one commodity") if named else None


_INTO_FORCE = re.compile(r"enter(?:ed|ing) into (?:force|effect|talks|an?|negotiations)")
_PARTED = re.compile(r"[,;:.()—]|and|of")
_REVENUE = ("revenue", "revenues")  # after a word of trade, what trade brought
_AND_OTHERS = re.compile(
    r" (?:and|и) (?:other|другие|других|прочие) (?:goods|products|товар"
    r"|commodities)"
)
_NON_OIL = re.compile(r"non-?(?:oil|petroleum)(?:(?: and |-and-|[ /&]+)(?:non-)?gas)?$")
_PUNCTUATED = re.compile(r"[,;:.()—\d]")
_AMONG = re.compile(r"(?:в том числе|из них|из которых|of which|including)(?: [а-яa-z]+)? $")
_VALUED = re.compile(
    r"(?: sector| industry| products)? (?:(?:goods|products|produce|alone"
    r"|product\w*|продукц\w+|товар\w*)"
    r"|(?:worth |valued at |for |accounting for |accounted for |fetched |brought (?:in )?|earned "
    r"|making up |bringing in |earning |(?:почти "
    r"|более чем )?на )(?:us|usd|eur|rs)? ?[\d$€£])"
)
