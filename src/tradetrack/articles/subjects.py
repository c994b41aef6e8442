"""Step 3a: whose flow an amount measures: the subject that governs it, and its two sides.

The subject of an amount is the last flow word, or word of something that is not trade, between the
amount before and itself; without one, that of the amount before, of a later word of the sentence,
or of the sentence before. Sides come from the words around a flow word:

==============================  =========================  ==================================
words                           role                       in "exports"     in "imports"
==============================  =========================  ==================================
Kenya's, Kenyan, экспорт Кении  owner                      exporter         importer
to Uganda, в Уганду, Литве      destination                importer         importer
from Uganda, из Уганды, у Литвы origin                     exporter         exporter
Ugandan goods                   origin                     exporter         exporter
with Uganda, с Угандой          partner                    the other side   the other side
==============================  =========================  ==================================

What is still open is the other country of the pair; with no side said, the country whose exports
the sentence, the reporter, or the text before speaks of.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from tradetrack.articles import lexicon
from tradetrack.articles.amounts import Amount
from tradetrack.articles.countries import GROUPS, Mention, mentions
from tradetrack.articles.lexicon import Reason
from tradetrack.articles.scan import BREAK, Mark, Scan

_PREPOSITION = re.compile(
    r"(?:^|[\s(—–])(to|into|towards?|from|with|by|of|for|in|between|and|at|via|through|as|в|во"
    r"|на|из|с|со|у"
    r"|от|для|между|и|к|ко|через|по)\s+(?:the |neighbou?ring |both |республик\w+ |сторон\w+ "
    r"|стран\w* |государств\w* |countries of |member states of |members of )*$"
)
_ROLES = {
    "to": "destination", "into": "destination", "toward": "destination", "towards": "destination",
    "для": "destination", "к": "destination", "ко": "destination",
    "from": "origin", "из": "origin", "у": "origin", "от": "origin",
    "with": "partner", "с": "partner", "со": "partner",
    "by": "owner", "of": "owner", "as": "owner",
}  # fmt: skip
_OWN = re.compile(r"(?:^|\s)(?:its|their|own|свой|своего|его|их) $")
_LINK = re.compile(  # from an amount to the subject after it
    r"(?: (?:of|from) (?:this|that|these|it|which|the total|them))?(?:(?= (?:in the )?(?:opposite"
    r"|other|reverse) direction)|(?: worth)? (?:of|in) "
    r"|(?:[ -](?:\w+ ){0,2}(?:increase|growth|rise|decrease|decline|drop|fall|reduction|jump|surge)"
    r" (?:in|of) )| (?:[а-я]+ )?(?:пришл\w+|пришел\w+|приход\w+) на| (?:went|fell|falls?|goes"
    r"|came|comes)"
    r" (?:to|on|from) |(?: in)? (?:com(?:ing|es)|stemming|resulting) from | (?:attributable"
    r"|due) to | (?:on|to|for|by) (?=(?:imports|exports))|(?= (?:changed? hands|(?:went|moved"
    r"|travelled|passed) (?:from|to)|came the other way|were traded"
    r"|are traded))"
    r"|(?= (?:imports"
    r"|exports)(?:[.,;]|$| and))"
    r"|(?= (?:[а-я]+ ){0,2}(?:инвест|контракт|кредит|субсид|грант|помощ))"
    r"| [—–-] (?=(?:[а-яa-z]+ )?(?:экспорт|импорт|export|import))"
    r"| (?:were|was|is) (?=(?:[a-z'-]+ )?(?:exports|imports|goods (?:sold|bought|exported"
    r"|imported)))"
    r"|(?: worth)?(?: of (?:goods|products|merchandise|commodities))?"
    r" (?:(?:was|were|has been|have been|had been) |(?:был[аои]? ))"
    r"(?=(?:exported|imported|shipped|sold|bought|purchased|supplied|delivered|экспортирован"
    r"|импортирован|вывезен|ввезен|поставлен|закуплен|отправлен)))"
)
_SERVICES_ONLY = re.compile(
    r"(?:in|as for|for|regarding) (?:the )?services(?: sector| trade)?,|(?:в сфере|в секторе"
    r"|по) услуг(?:ам)?[ ,]"
)
_COUNTERPART = re.compile(r"neighbo|there(?![a-z])|partner|counterpart|соседн|туда|оттуда|партнер")
_TO_MULTIPLY = re.compile(r"(?:doubl|tripl|quadrupl)(?:e|ing)|[а-я]+(?:ить|ивать)")
_PARTNER_WITH = re.compile(
    r" with (?:a |an )?(?:(?:trade|total|turnover|volume|value) (?:turnover |volume |value )?of )?"
    r"(?:about |around |some |over |nearly |almost )?(?:us|usd|eur|cny)? ?\\?[$€£\d]"
)
_NO_SIDE = re.compile(r"(?:according|thanks|due|compared|relative|owing|similar|close) to$")
_EARNINGS = re.compile(r" (?:earnings?|receipts?|revenues?|proceeds|income)")
_OVERALL = re.compile(r"(?:[^,;.()]|\.\d)* (?:overall|worldwide|globally|to the world)(?![a-z])")
_WITH_MANY = re.compile(
    r" (?:with (?:all|other|the other|most)|со всеми|с (?:другими|прочими)) (?:[\w-]+ ){0,3}"
    r"(?:neighbou?rs|countries|states|nations|partners|странами|соседями|партнерами|государствами)"
)
_WORTH_OF = re.compile(r"(?: worth)? of ")
_IT = re.compile(r"; (?:[^;.]*[ ,])?(?:it|the figure|the number|the volume|он|она|показатель) ")
_CLAUSE_END = re.compile(r"[;!?]|\.(?=\s|$)")
_CONJOINED = re.compile(
    r"[,;.(]|(?:^| )(?:and|but|yet|while|whereas|though|although|if|once|provided|when|и|а|но"
    r"|если) "
)
_THOSE = re.compile(r"(?:those|that|the ones|ones) (from|to|of)(?: the)? $")
_EXPORTS = lexicon.Tag("flow", "export")
_TAKING = re.compile("buying|taking|importing|purchasing|absorbing")
_SPACE = re.compile(" ")
_THENCE = re.compile(r" (?:оттуда|from (?:over )?there)(?![a-zа-я])")
_ELIDED = re.compile(  # "украинский экспорт — 208,9, белорусский — 476,3"
    r"\)?[,;]? ?(?:and |а |и |while )?[a-zа-я-]+(?:'s)? (?:(?:[a-z]+(?:ed|ll|se|nt|ew|de)"
    r"|[а-я]+(?:ли|лись|лся|ос|ло|ла)) )?(?:[—–-]|на|by|to|at|were|was) ?(?:us)?\\?"
)
_THITHER = re.compile(r" (?:(?:to )?there|туда)(?![a-zа-я])")
_SIDES = ("from", "to", "with", "из", "с", "со")
_ACROSS = re.compile(r"(?: worth)?(?: of)?(?: (?:a |per )?\w+)? (?:from|to|in|в|во|на|из|у) ")
_GOODS_AFTER = re.compile(
    r"(?:-made)? (?:\w+ )?(?:goods|ones|products|merchandise|commodities|товар\w*|продукц\w+"
    r"|производител\w+)"
)
_BOUND = re.compile("-(?:bound|destined)(?![a-z])")
_ORIGINATES = re.compile("-(?:to-|origin(?![a-z])|made(?![a-z]))")
_MARKET = re.compile(" (?:market|side|buyers|customers|importers|consumers)(?![a-z])")
_LAST_OF_LIST = re.compile(r",? (?:and|и)(?: by| to| на| до)? ")
_DEALT_OUT = (
    "respectively|соответственно|(?:figures|numbers|values|amounts) (?:were|had been|stood at) "
)
_IN_ORDER = re.compile("respectively|соответственно")
_VERBS = re.compile(
    r"(?:.*ed|(?:export|import|sell|buy|shipp|supply|purchas)ing|sold|bought|sells?"
    r"|buys?|ships|.*(?:л|ла|ло|ли|ет|ют|ит|ят|но))$"
)


class Subject(NamedTuple):
    """What an amount speaks of: a flow with its sides, or the reason why it is not trade."""

    flow: str = ""
    exporter: str = ""
    importer: str = ""
    reason: Reason | None = None
    owner: str = ""
    assumed: tuple[str, ...] = ()


@dataclass
class Context:
    """What the sentences before have said; changes as a text is read."""

    pair: tuple[str, ...]
    reporter: str
    owner: str = ""
    first: str = ""
    subject: Subject | None = None
    sides: tuple[str, str] = ("", "")
    both: tuple[Subject, ...] = ()
    seen: set[str] = field(default_factory=set)
    partnered: bool = False

    def notice(self, text: str) -> None:
        """Note which of the pair a sentence names, until both have been named."""
        if len(self.seen) < 2:
            self.seen |= {m.code for m in mentions(text) if m.code in self.pair}


def subjects(found: Scan, context: Context) -> list[Subject | None]:
    """Return the subject of each amount of a sentence, None where nothing names one."""
    out: list[Subject | None] = []
    local = _Local(found, context)
    local.note_partners()
    for index in range(len(found.amounts)):
        out.append(_subject_of(index, local, out[-1] if out else None))
    return _respectively(found, local, out)


def _subject_of(index: int, local: "_Local", before: Subject | None) -> Subject | None:
    """The subject of one amount, given that of the amount before it."""
    amount, context = local.found.amounts[index], local.context
    start = local.found.amounts[index - 1].end if index else 0
    percent = amount.kind in ("percent", "fraction", "points")
    if _SERVICES_ONLY.match(local.low):
        return Subject(reason="services")
    named = [m for m in local.named(start, amount.start) if percent or m.tag.value != "share"]
    named = local.without_asides(named)
    if not named and local.trade is not None and local.said_it(start, amount.start):
        return local.continued(local.first, start, amount.start)
    if len(named) == 1 and before is not None and local.is_verb_of(named[0], start):
        return before  # "In the opposite direction 793 million flowed, 8 % more"
    nearest = local.named_right_after(index) or (named[-1] if named else local.after_break(index))
    if nearest is not None:
        for mark in (
            named if nearest.tag.kind == "off" else ()
        ):  # also of what is set aside: its owner is the next one's
            local.subject(mark)
        return local.subject(nearest)
    aside = before is not None and before.reason in ("one commodity", "share")
    if aside and local.trade is not None and ";" in local.low[start : amount.start]:
        return local.continued(local.trade, start, amount.start)  # an aside ends with its clause
    if before is not None and before.reason == "share" and amount.kind == "money":
        return local.continued(context.subject or Subject("turnover"), 0, amount.start)
    if before is not None or context.subject is not None:
        said = local.continued(before or context.subject or Subject(), start, amount.start)
        if said.reason is None and local.last is not None and local.last.reason == "total trade":
            local.last = said  # "With Russia it reached 2.5 billion: exports of 841 million"
        return said
    return local.named_late(index, start)


class _Local:
    """One sentence's marks and mentions, and the sides that its words have settled so far."""

    def __init__(self, found: Scan, context: Context) -> None:
        self.found, self.context, self.low = found, context, found.low
        marks = found.of("flow", "off")
        self.marks: list[Mark] = []
        for mark in marks:
            if not mark.tag.weak or self._supported(mark, marks):
                self.marks.append(mark)
        self.owner = ""
        self.last = context.subject
        self.trade: Subject | None = None
        self.first = Subject()  # what the sentence is about
        self.cache: dict[Mark, Subject] = {}
        self.regions: dict[Mark, tuple[int, int]] = {}

    def _supported(self, mark: Mark, marks: list[Mark]) -> bool:
        """A weak word speaks of trade beside a country, or after words that do."""
        if any(m.tag.kind == "flow" for m in self.marks):
            return True  # "bought goods from us and sold us"
        left = max((m.end for m in marks if m.end <= mark.start), default=0)
        right = min((m.start for m in marks if m.start >= mark.end), default=len(self.low))
        if any(left <= m.start < right for m in self.found.countries):
            return True
        if _THITHER.match(self.low, mark.end) or _THENCE.match(self.low, mark.end):
            return True
        before = self.context.subject
        return before is not None and before.reason in (None, "balance")

    def named(self, start: int, stop: int) -> list[Mark]:
        return [m for m in self.marks if start <= m.start < stop]

    def of_goods(self, start: int, stop: int) -> Subject | None:
        """The flow of goods, named by their origin: "Italian goods for 3 bn reached Tunisia"."""
        near = [m for m in self.found.countries if start <= m.start < stop]
        goods = [m for m in near if m.kind == "adjective" and _GOODS_AFTER.match(self.low, m.end)]
        other = self._other(goods[0].code) if len(goods) == 1 else ""
        if not other or all(m.code != other for m in self.found.countries):
            return None
        return Subject("flow", goods[0].code, other, None, goods[0].code)

    def named_late(self, index: int, start: int) -> Subject | None:
        """The subject of the first amount, if only words after it name one."""
        amount = self.found.amounts[index]
        later = self.named(amount.end, self.clause_end(amount.end))
        if not later:
            return self.of_goods(start, self.found.gap(index)[1])
        said = self.subject(later[0])
        whole = said.reason == "total trade" and said.flow == "turnover"
        return Subject("turnover") if whole and self._is_part(start, amount) else said

    def _is_part(self, start: int, amount: Amount) -> bool:
        """Whether a sum is a partner's part of all trade: "China accounted for 1.5 billion"."""
        shares = [m for m in self.found.of("off") if m.tag.value == "share"]
        near = [m.code for m in self.found.countries if start <= m.start < amount.start]
        said = any(start <= m.start < amount.start for m in shares)
        return amount.kind == "money" and said and set(near) <= set(self.context.pair) != set()

    def said_it(self, start: int, stop: int) -> bool:
        """Whether a new clause speaks of what the sentence is about: "; this year it recovered"."""
        return _IT.search(self.low, start, stop) is not None

    def is_verb_of(self, mark: Mark, start: int) -> bool:
        """Whether a weak verb right after an amount only ends what was said of it."""
        reverse = any(m.tag.value == "reverse" and m.end < start for m in self.marks)
        return reverse and mark.tag.weak and self.low[start : mark.start] == " "

    def without_asides(self, named: list[Mark]) -> list[Mark]:
        """Drop "its No. 1 trading partner," said of a country that has just been named."""
        said = named[-1:]
        aside = said and said[0].tag.value == "partners" and self.low[said[0].end :][:1] == ","
        return named[:-1] if aside and len(named) > 1 else named

    def clause_end(self, start: int) -> int:
        broken = _CLAUSE_END.search(self.low, start)
        return broken.start() if broken else len(self.low)

    def named_right_after(self, index: int) -> Mark | None:
        """The subject in "$310 million of contracts", "a 36 % rise in turnover", "на экспорт"."""
        start, stop = self.found.gap(index)
        amount = self.found.amounts[index]
        verb = amount.kind == "times" and _TO_MULTIPLY.fullmatch(self.low[amount.start : start])
        adjective = any(
            m.start == start + 1 and m.kind == "adjective" for m in self.found.countries
        )
        link = (_SPACE if verb or adjective else _LINK).match(
            self.low, start, min(stop, start + 60)
        )
        if link is None:
            return None
        for mark in self.named(link.end(), min(stop, link.end() + 32)):
            words_between = self.low[link.end() : mark.start].split()
            between = self.low[link.end() : mark.start]
            if len(words_between) > 3 or _CONJOINED.search(between):
                break
            if mark.tag.value in ("share", "total"):
                continue  # "accounted for 597 million of the total"
            return mark
        return None

    def after_break(self, index: int) -> Mark | None:
        """The subject of a new clause that names it late: "; goods worth 142 were imported"."""
        start = self.found.amounts[index - 1].end if index else 0
        amount = self.found.amounts[index]
        if not index or ";" not in self.low[start : amount.start]:
            return None
        later = self.named(amount.end, self.clause_end(amount.end))
        return later[0] if later and later[0].tag.kind == "flow" else None

    def subject(self, mark: Mark) -> Subject:
        if mark not in self.cache:
            self.cache[mark] = self.last = self._subject(mark)
            self.trade = self.last if self.last.reason is None else self.trade
            self.first = self.first if self.first.flow else self.trade or Subject()
        return self.cache[mark]

    def in_order(self, marks: list[Mark]) -> list[Subject]:
        """The subjects of two flow words, the first of which says whose the second is."""
        named = [self.subject(mark) for mark in marks]
        if named[-1].flow == "flow" and not named[-1].exporter and marks[-1] in self.cache:
            del self.cache[marks[-1]]
        return [self.subject(mark) for mark in marks]

    def _subject(self, mark: Mark) -> Subject:
        if mark.tag.kind == "off":
            if mark.tag.value == "balance":
                self._note_owner(mark)
            return Subject(reason=mark.tag.value)  # type: ignore[arg-type]
        left, right = self._region(mark)
        if lexicon.PART.search(self.low, left, right):
            return Subject(reason="part of a country")
        if mark.tag.value == "reverse":
            exporter, importer = self.context.sides
            return Subject("flow", importer, exporter) if exporter else Subject("flow")
        if mark.tag.value == "total" and self._of_one_flow():
            return self._of_one_flow()[0]  # "exports were 82 million, bringing the total to 700"
        if mark.tag.value in ("former", "latter"):
            return self._one_of_two(mark)
        if mark.tag.value in ("export", "import"):
            return self._directed(mark)
        return self._turnover(mark)

    def _of_one_flow(self) -> list[Subject]:
        """The only flow that a sentence has told of so far, if it is one direction."""
        told = list({s[:3]: s for s in self.cache.values() if s.reason is None}.values())
        return told if len(told) == 1 and told[0].flow == "flow" else []

    def _one_of_two(self, mark: Mark) -> Subject:
        """The first or the second of two flows: "… the former fell by 2 %, the latter rose"."""
        told = [s for s in self.cache.values() if s.reason is None]
        both = tuple({s[:3]: s for s in told}.values())
        both = both if len(both) == 2 else self.context.both
        return both[mark.tag.value == "latter"] if len(both) == 2 else Subject(reason="no subject")

    def note_partners(self) -> None:
        """Whose partner a country is called, is whose exports the sentence speaks of."""
        for mark in self.marks:
            if mark.tag.value == "partners":
                self._turnover(mark)

    def _note_owner(self, mark: Mark) -> None:
        """Whose surplus it is, is whose exports the next sentences speak of."""
        near = [m for m in self._mentions(mark, across=False) if m.end <= mark.start]
        owners = [m.code for m in near if m.owns or m.kind == "adjective"]
        if owners and owners[0] in self.context.pair:
            self.context.owner = owners[0]

    def _region(self, mark: Mark) -> tuple[int, int]:
        """The words that belong to a flow word: up to the next one, a number or a break."""
        if mark not in self.regions:
            self.regions[mark] = self._bounds(mark)
        return self.regions[mark]

    def _bounds(self, mark: Mark) -> tuple[int, int]:
        left = max((m.end for m in self.marks if m.end <= mark.start), default=0)
        left = max([left, *(a.end for a in self.found.amounts if a.end <= mark.start)])
        left = max([left, *(m.end() for m in BREAK.finditer(self.low, left, mark.start))])
        right = min((m.start for m in self.marks if m.start >= mark.end), default=len(self.low))
        broken = BREAK.search(self.low, mark.end, right)
        return left, broken.start() if broken else right

    def _mentions(self, mark: Mark, *, across: bool) -> list[Mention]:
        left, right = self._region(mark)
        ends = [a for a in self.found.amounts if mark.end <= a.start < right]
        stop = ends[0].start if ends else right
        near = [m for m in self.found.countries if left <= m.start < stop]
        if across and ends:  # "bought goods for 840 crore from Bhutan"
            link = _ACROSS.match(self.low, ends[0].end, right)
            place = link.end() if link else -1
            near += [m for m in self.found.countries if 0 <= m.start - place < 5 and place >= 0]
            near += [m for m in self.found.countries if self._made_there(m, ends[0].end)]
        given = [a.end for a in self.found.amounts if a.end <= mark.start]
        near = [m for m in near if not any(self._made_there(m, end) for end in given)]
        return [m for m in near if not self._of_the_next(m, mark)]

    def _made_there(self, mention: Mention, end: int) -> bool:
        """Whether goods of a country follow an amount: "1.9 billion worth of Japanese goods"."""
        if mention.kind != "adjective" or not _WORTH_OF.fullmatch(self.low, end, mention.start):
            return False
        return _GOODS_AFTER.match(self.low, mention.end) is not None

    def _of_the_next(self, mention: Mention, mark: Mark) -> bool:
        """Whether a mention belongs to a later flow word: "…, and Spanish deliveries"."""
        owner = mention.kind == "adjective" or mention.owns
        later = (
            m for m in self.marks if m.start >= mention.end > mark.end and m.tag.kind == "flow"
        )
        following = next(later, None)
        return owner and following is not None and following.start - mention.end < 14

    def _preposition(self, mention: Mention) -> str:
        before = _PREPOSITION.search(self.low, max(0, mention.start - 30), mention.start)
        if before is None or _NO_SIDE.search(self.low, 0, before.end(1)):
            return ""
        return before[1]

    def _roles(self, mark: Mark) -> dict[str, str]:
        roles: dict[str, str] = {}
        verb = bool(_VERBS.fullmatch(self.low[mark.start : mark.end]))
        for mention in self._mentions(mark, across=True):
            role = self._role(mark, mention, verb)
            if role == "owner" and mention.start > mark.end and "owner" in roles:
                continue
            if role and (role not in roles or (role == "owner" and mention.end <= mark.start)):
                roles[role] = mention.code
        return roles

    def _role(self, mark: Mark, mention: Mention, verb: bool) -> str:
        before = mention.end <= mark.start
        preposition = self._preposition(mention)
        if before and preposition not in ("", "and", "и") and self._turned(mention, mark):
            return ""
        if mention.kind == "adjective" and _GOODS_AFTER.match(self.low, mention.end):
            return "origin"
        if _OWN.search(self.low, max(0, mention.start - 7), mention.start):
            return "partner"  # "its Russian imports"
        compound = self._compound_role(mention)
        if compound:
            return compound
        modifies = mention.kind == "adjective" or mention.owns
        if modifies and 0 <= mark.start - mention.end < 14:
            return "owner"  # its preposition is the flow word's: "на египетский экспорт"
        if mention.kind == "adjective" and not before and not _MARKET.match(self.low, mention.end):
            return "owner" if verb else "origin"
        if preposition in ("in", "at", "в", "во", "на"):
            return self._place_role(mark, mention, verb)
        if preposition:
            return self._role_after(preposition, mark, mention, verb)
        if before and not verb and "," in self.low[mention.end : mark.start]:
            return ""  # "considering only China, sales were"
        return "owner" if before else self._bare_role(mark, mention, verb)

    def _compound_role(self, mention: Mention) -> str:
        """The role by a hyphen: "Japan-bound shipments", "Kenya-to-Uganda exports"."""
        if _BOUND.match(self.low, mention.end) or self.low.endswith("-to-", 0, mention.start):
            return "destination"
        return "origin" if _ORIGINATES.match(self.low, mention.end) else ""

    def _role_after(self, preposition: str, mark: Mark, mention: Mention, verb: bool) -> str:
        """The role that a preposition gives a country."""
        before = mention.end <= mark.start
        if preposition == "from" and not verb and _EARNINGS.match(self.low, mark.end):
            return "destination"  # "export earnings from Rwanda"
        if preposition == "for":
            return "owner" if before else "destination"
        if preposition == "with" and self.low[mention.end : mark.start] == " " and verb:
            return "owner"  # "with Thailand exporting goods worth"
        if preposition in _ROLES:
            return _ROLES[preposition]
        return "owner" if before else self._bare_role(mark, mention, verb)

    def _bare_role(self, mark: Mark, mention: Mention, verb: bool) -> str:
        """A country right after a flow word: "sold Montenegro goods", "экспорт Молдовы"."""
        if verb and ("d" in mention.cases or not mention.cases):
            return "destination" if mark.tag.value == "export" else "owner"
        return "owner" if "g" in mention.cases or "n" in mention.cases or mention.owns else ""

    def _turned(self, mention: Mention, mark: Mark) -> bool:
        """Whether a conjunction parts a mention from a flow word after it."""
        between = self.low[mention.end : mark.start]
        return bool(
            re.search(
                r"(?:^|\s)(?:and|but|while|against|versus|и|а|но|против|, )(?:\s"
                r"|$)",
                between,
            )
        )

    def _place_role(self, mark: Mark, mention: Mention, verb: bool) -> str:
        """A country after "in": bought in it, or sold in it."""
        accusative = "a" in mention.cases
        if accusative and ("l" not in mention.cases or not verb):
            return "destination"
        if mention.kind == "city":
            return ""
        if verb and mention.start > mark.start:
            return "origin" if mark.tag.value == "import" else "destination"
        return ""

    def _directed(self, mark: Mark) -> Subject:
        roles = self._roles(mark)
        if not set(roles) - {"owner"} and self._is_whole(mark):
            return Subject("turnover", reason="total trade", owner=roles.get("owner", ""))
        owner, origin = roles.get("owner", ""), roles.get("origin", "")
        destination, partner = roles.get("destination", ""), roles.get("partner", "")
        if mark.tag.value == "export":
            exporter = origin if mark.tag.weak and origin else owner or origin
            importer = destination or partner or (owner if owner != exporter else "")
        else:
            importer, exporter = owner or destination, origin or partner
        owner = owner or (exporter if mark.tag.value == "export" else importer)
        if exporter == importer:
            exporter, importer = (exporter, "") if mark.tag.value == "export" else ("", importer)
        assumed: tuple[str, ...] = ()
        own = _OWN.search(self.low, max(0, mark.start - 7), mark.start)
        there = mark.tag.value == "export" and _THITHER.match(self.low, mark.end)
        if not (exporter or importer or own) and there:
            exporter = self.context.reporter or self.context.sides[0]  # "shipments there"
        taken = self._taken(mark) if not (exporter or importer) else None
        if taken is not None:
            return self.subject(taken)
        if not (exporter or importer):
            view, source = self._view()
            thence = _THENCE.match(self.low, mark.end) is not None  # "поставки оттуда"
            outward = mark.tag.value == "export" and not thence
            exporter, importer = (view, "") if outward else ("", view)
            owner = owner or view
            assumed = (f"whose {mark.tag.value}s: {source}",) if view else ()
        self.owner = owner or self._other(exporter if mark.tag.value == "import" else importer)
        made = self._completed(exporter, importer, assumed)
        self.context.partnered |= made.reason is None and bool(set(roles) - {"owner"})
        if made.reason is None and self.owner in self.context.pair:
            self.context.owner = self.owner
        return made

    def _taken(self, mark: Mark) -> Mark | None:
        """The exports that a participle speaks of: "the top market of Turkish exports, buying"."""
        told = [m for m in self.marks if m.tag == _EXPORTS and m.end < mark.start]
        taking = mark.tag.value == "import" and _TAKING.fullmatch(self.low, mark.start, mark.end)
        return told[-1] if told and taking and self.low.endswith(", ", 0, mark.start) else None

    def _is_whole(self, mark: Mark) -> bool:
        """Whether exports without a destination are those to all the world."""
        if _OVERALL.match(self.low, mark.end, self._region(mark)[1] + 40):
            return True  # "imports were down 13 % overall"
        neighbour = _COUNTERPART.search(self.low, mark.end, self._region(mark)[1])
        whole = self.last is not None and self.last.reason == "total trade" and not neighbour
        own_total = lexicon.OWN_TOTAL.search(self.low, 0, mark.start) is not None
        return whole or own_total or self._alone()

    def _alone(self) -> bool:
        """Whether so far only one of the pair was named: its exports are those to all the world."""
        context = self.context
        named = len(context.pair) == 2 and len(context.seen) == 1 and not context.partnered
        if context.reporter and context.reporter not in context.seen:
            return False  # the reporter's trade with the country that is named
        if any(self._preposition(m) in _SIDES for m in self.found.countries):
            return False  # "we buy from China": the speaker's own country is not named
        return named and not lexicon.MUTUAL.search(self.low) and not _COUNTERPART.search(self.low)

    def _view(self) -> tuple[str, str]:
        """Whose exports are meant where no side is named, and how that is known."""
        context = self.context
        for view, source in (
            (self.owner, "as in the sentence"),
            (context.reporter, "the reporter's"),
            (context.owner, "as in the text before"),
            (context.first, "the country named first"),
        ):
            if view and (not context.pair or view in context.pair):
                return view, source
        return "", ""

    def _other(self, code: str) -> str:
        pair = self.context.pair
        return next((c for c in pair if c != code), "") if code in pair else ""

    def _completed(self, exporter: str, importer: str, assumed: tuple[str, ...]) -> Subject:
        pair = self.context.pair
        sides = {code for code in (exporter, importer) if code}
        if pair and not sides <= set(pair):
            return Subject("flow", exporter, importer, "other pair")
        exporter = exporter or self._other(importer)
        importer = importer or self._other(exporter)
        if exporter and importer:
            self.context.sides = (exporter, importer)
        return Subject("flow", exporter, importer, None, self.owner, assumed)

    def _turnover(self, mark: Mark) -> Subject:
        near = self._mentions(mark, across=False)
        codes = [m.code for m in near]
        pair = set(self.context.pair)
        own = [code for code in codes if code in pair]
        left, right = self._region(mark)
        first = next(
            (m for m in near if m.owns or m.kind == "adjective" or m.end < mark.start), None
        )
        linked = [m for m in near if self._preposition(m) in ("with", "с", "со")]
        self._note_linked(linked)
        if first is None and linked and linked[0].code != near[0].code:
            first = near[0]  # "товарооборот Казахстана с Узбекистаном"
        if first is not None and first.code in pair and len(set(own)) == 2:
            self.context.first = first.code
        if mark.tag.value == "partners":
            return self._of_partner(mark, near, own)
        if not own and _WITH_MANY.match(self.low, mark.end):
            return Subject("turnover", reason="total trade")
        if len(set(own)) < 2 and any(
            self._is_third(m, bool(own)) for m in near if m.code not in pair
        ):
            return Subject("turnover", reason="other pair", owner=own[0] if own else "")
        foreign = lexicon.FOREIGN.search(self.low, max(0, mark.start - 20), mark.start) or re.match(
            "внешнеторгов", self.low[max(0, mark.start - 18) : mark.start]
        )
        if foreign and len(set(own)) < 2 and not lexicon.MUTUAL.search(self.low, left, right):
            partnered = any(self._preposition(m) in ("with", "с", "со") for m in near)
            if not partnered:
                return Subject("turnover", reason="total trade", owner=own[0] if own else "")
        if own and self._alone():
            return Subject("turnover", reason="total trade", owner=own[0])
        return Subject("turnover", owner=own[0] if own else "")

    def _of_partner(self, mark: Mark, near: list[Mention], own: list[str]) -> Subject:
        """What "Italy is Tunisia's first customer" says; a sum after it is their trade."""
        possessors = [m.code for m in near if m.owns] or own[-1:]
        if possessors and possessors[-1] in self.context.pair:
            self.context.owner = possessors[-1]
        whole: Reason | None = None if _PARTNER_WITH.match(self.low, mark.end) else "total trade"
        return Subject("turnover", reason=whole, owner=own[-1] if own else "")

    def _note_linked(self, linked: list[Mention]) -> None:
        """Note with whom the trade is: "turnover with Russia" is told from the other side."""
        own = [m.code for m in linked if m.code in self.context.pair]
        self.context.partnered |= bool(own)
        if linked and own[:1] == [linked[0].code] and not self.context.first:
            self.context.first = self._other(own[0])

    def _is_third(self, mention: Mention, own: bool) -> bool:
        """Whether a country outside the pair is a side, not only a place."""
        preposition = self._preposition(mention)
        if mention.kind == "city" or preposition in ("in", "at", "via", "through", "через", "по"):
            return False
        if preposition in ("в", "во", "на") and "l" in mention.cases:
            return False
        if mention.code in GROUPS and own:
            return preposition in ("with", "to", "from", "с", "со", "из")
        return True

    def _turned_to(self, code: str, before: Subject) -> Subject:
        """The same noun of the other side: "украинский экспорт — 208,9, белорусский — 476,3"."""
        other = self._other(code)
        sides = (code, other) if before.owner == before.exporter else (other, code)
        return before._replace(exporter=sides[0], importer=sides[1], owner=code)

    def _between(self, before: Subject, near: list[Mention]) -> Subject:
        """The sides said anew: "supplies from Russia fell by 5 %, from China to Russia by 8 %"."""
        sides = {self._preposition(m): m.code for m in near}
        origin = sides.get("from") or sides.get("из")
        destination = sides.get("to") or sides.get("в") or sides.get("во")
        if destination and not origin and near[0].owns:
            origin = near[0].code  # "whereas Kenya's to South Africa were only 0.7 billion"
        if origin and destination and origin != destination:
            return before._replace(exporter=origin, importer=destination)
        return before

    def _those(self, near: list[Mention], start: int) -> Subject | None:
        """The sides said anew of the same noun: "Kyrgyz deliveries …, those from Kazakhstan"."""
        for mention in near:
            said = _THOSE.search(self.low, start, mention.start)
            if said is not None and mention.code in self.context.pair:
                sides = mention.code, self._other(mention.code)
                sides = sides[::-1] if said[1] == "to" else sides
                return Subject("flow", *sides, None, sides[0])
        return None

    def continued(self, before: Subject, start: int, stop: int) -> Subject:
        """The subject before, as changed by the countries named since: "Russia — $26 bn"."""
        pair = set(self.context.pair)
        near = [m for m in self.found.countries if start <= m.start < stop]
        own = {m.code for m in near if m.code in pair}
        third = [m for m in near if m.code not in pair and self._is_third(m, bool(own))]
        if before.reason not in (None, "other pair", "total trade"):
            return before
        if third and len(own) < 2:
            return before._replace(reason="other pair")
        goods = [m for m in near if m.kind == "adjective" and _GOODS_AFTER.match(self.low, m.end)]
        if len(goods) == 1 and goods[0].code in pair and before.reason is None:
            code = goods[0].code  # "Azerbaijani goods for $321 million", whatever was done to them
            return Subject("flow", code, self._other(code), None, code)
        if before.reason is None and before.flow == "flow":
            if len(own) == 2:
                return self._between(before, near)
            adjective = near and (near[0].kind == "adjective" or near[0].owns)
            if adjective and near[0].code in pair and _ELIDED.fullmatch(self.low, start, stop):
                return self._turned_to(near[0].code, before)
        anew = self._those(near, start) if len(own) == 1 else None
        if anew is not None and before.reason is None:
            return anew
        if own - {before.owner} and before.reason is not None:
            flow = before.flow or "turnover"
            return Subject(flow) if flow == "turnover" else before
        return before


def _three_of_three(found: Scan, local: _Local, out: list[Subject | None]) -> None:
    """Deal "trade, exports and imports fell by 4 %, 6 % and 1 % respectively" out in order."""
    low, amounts = found.low, found.amounts
    for index in range(2, len(amounts)):
        run = amounts[index - 2 : index + 1]
        listed = low[run[0].end : run[1].start].strip(" ,") in ("", "by", "to", "на")
        joined = _LAST_OF_LIST.fullmatch(low, run[1].end, run[2].start)
        told = _IN_ORDER.search(low, run[0].start - 30, run[2].end + 16)
        flows = [m for m in local.marks if m.tag.kind == "flow" and m.end <= run[0].start][-3:]
        if not (listed and joined and told) or len(flows) < 3:
            continue
        between = low[flows[0].end : flows[1].start], low[flows[1].end : flows[2].start]
        if between[0] == ", " and _LAST_OF_LIST.fullmatch(between[1]):
            out[index - 2 : index + 1] = [local.subject(mark) for mark in flows]


def _respectively(found: Scan, local: _Local, out: list[Subject | None]) -> list[Subject | None]:
    """Deal "exports and imports were 88 and 63 million" out in order."""
    low, amounts = found.low, found.amounts
    run: list[int] = []
    dealt: list[Subject] = []
    for index in range(len(amounts)):
        joined = index and re.fullmatch(
            r"(?: up| down| more| less| higher| lower| больше| меньше)?,? (?:and|и|while|а)"
            r"(?: to| до| на| by| в)? ",
            low[amounts[index - 1].end : amounts[index].start],
        )
        same = index and amounts[index].kind == amounts[index - 1].kind
        run = [*run, index] if joined and same else [index]
        if len(run) < 2:
            continue
        flows = [m for m in local.marks if m.tag.kind == "flow" and m.end <= amounts[run[0]].start]
        pair = flows[-2:]
        no_number = len(pair) == 2 and not any(
            pair[0].start < a.start < pair[1].start for a in amounts
        )
        if not flows and len(run) == 2 and len(local.context.both) == 2:
            dealt = list(local.context.both)  # "In May they were 594 and 704 million"
        between = low[pair[0].end : pair[1].start] if no_number else ";"
        if no_number and pair[0].tag.value != pair[1].tag.value and not re.search(r"[;:]", between):
            fresh = not any(pair[1].end <= a.start < amounts[run[0]].start for a in amounts)
            if fresh and len(run) == 2 and re.search(r"(?:^|\W)(?:and|и|,)(?:\W|$)", between):
                dealt = local.in_order(pair)
        told = [s for s in out[: run[0]] if s is not None and s.reason is None]
        distinct = list(dict.fromkeys(s[:3] for s in told))
        near = low[max(0, amounts[run[0]].start - 26) : amounts[run[-1]].end + 16]
        if not dealt and len(distinct) == 2 and re.search(_DEALT_OUT, near):
            dealt = [next(s for s in told if s[:3] == sides) for sides in distinct]
        if dealt and len(run) == 2:
            out[run[0]], out[run[1]] = dealt
    _three_of_three(found, local, out)
    return out
