"""`by_rules`: the reader that knows English and Russian press language; no model, no network.

For each amount: the subject (`subjects`), the role (an origin after "from", a change after "by",
a level), whether it has happened (`_stance`), the period (`timing`). It proposes quotes and sets
the others aside with a reason; the library verifies both as it does any reader's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations
from typing import Any

from tradetrack._typing import MONTHS
from tradetrack.articles import lexicon
from tradetrack.articles.amounts import SCALES, Amount, currency_words
from tradetrack.articles.lexicon import Reason
from tradetrack.articles.periods import Calendar, Period, find_periods, resolve
from tradetrack.articles.quotes import Assignment, Direction, Kind, Modality, Quote
from tradetrack.articles.scan import Mark, Scan, may_hold_figures, scan, speaks_of_trade
from tradetrack.articles.sentences import Sentence, lowered
from tradetrack.articles.subjects import Context, Subject, subjects
from tradetrack.articles.tables import table_quotes
from tradetrack.articles.timing import HEADS_NEXT, THAN_SUM, Choice, Main, Timing

_ORIGIN = re.compile(
    r"(?:^|[\s(,—–])(?:from|after|against|versus|vs\.?|при(?= нынешн| текущ| сегодняшн)"
    r"|(?<!more )(?<!less )(?<!higher )(?<!lower )than"
    r"|(?:more|less|higher|lower|larger|smaller) than(?= (?:the |its )?(?:last|previous|prior"
    r"|preceding)(?: [a-z]+)? ?[a-z]+'s )"
    r"|compared (?:to|with)|as opposed to|vis-[aà]-vis|as against|down on|up on|против|с|со"
    r"|(?<!более )(?<!больше )(?<!менее )(?<!меньше )чем"
    r"|по сравнению с|нежели|on top of|in addition to)"
    r"(?: the| some| current| present| existing| today's|(?: the)? (?:last|this|previous|prior"
    r"|preceding)(?: fiscal| financial)? (?:year|month|quarter|fiscal)'s| нынешних"
    r"| текущих| сегодняшних| имеющихся| about| around| nearly| almost| over| just| more than"
    r"| (?:just |slightly |well |a little )?(?:under|below|above|over)| less than| only| roughly"
    r"| approximately| close to| as (?:much|little) as| (?:a|an)(?: mere| record| estimated)?"
    r"| barely| merely| some| around"
    r"| около| почти| чуть| менее| всего| порядка| свыше"
    r"| примерно| более| прежних| прошлогодних)*\s\\?$"
)
_BY = re.compile(
    r"(?<![a-z])(?:by|(?:increase|growth|rise|decrease|decline|drop|fall|gain|jump|reduction|cut"
    r"|surge|uptick|upturn|downturn|improvement|dip|slump|expansion|contraction) of|на)"
    r"(?: (?:about|around|some|over|more|than|almost|nearly|at|least|as|much|a|further|another"
    r"|roughly|just|почти|около|более|чем|примерно|свыше|еще|целых|сразу))*\s\\?$"
)
_AND_ORIGIN = (" and ", ", and ", " and from ", " and with ", " и ", " и с ")
_WORDS_ONLY = re.compile("[a-zа-я ]*")
_COMPARED_AFTER = re.compile(
    r"(?:,? (?:or|или) (?:by |на )?[\d.,]+ ?(?:%|per ?cent|процент\w*),| \([\d.,]+ ?(?:%"
    r"|per ?cent|процент\w*)\))?"
    r" (?:more|less|higher|lower|fewer|bigger|smaller|up(?! to)|down(?! to)|above|below|больше"
    r"|меньше|выше|ниже)(?! than an? (?!year |month |decade ))(?![a-zа-я])"
)
_DIFFERS = (  # "the figure is $94 million or 14 % higher", "что на 440 млн, или на 10 % больше"
    re.compile(
        r"(?:(?:this|that|it|which|figure|number|amount|value|volume|total) (?:is|was)"
        r"|(?:что|это)(?: \w+)? на) (?:(?:about|around|nearly|almost|over|почти|около) )?\\?$"
    ),
    re.compile(
        r",? (?:or|или) (?:by |на )?[\d.,]+ ?(?:%|per ?cent|процент\w*|times|раза?) (?:more|less"
        r"|higher|lower|above|below|up|down|больше|меньше|выше|ниже)(?![a-zа-я])"
    ),
)
_TO_BE = re.compile(
    r"(?<![a-z])to (?:[a-z]+ly )?(?:be )?(?!the|a |an |date|some|about|over|more|around|us|\$|€"
    r"|£|\d|least|usd|eur)[a-z]+"
    r"|(?:of|at|on|in|towards?) (?:[a-z]+ly )?[a-z]+ing(?![a-z])"
    r"|(?<![а-я])[а-я]+(?:ть|ти|чь|ться|тись)(?![а-я])"
    r"|(?<![а-я])(?:увеличени|доведени|достижени|наращивани|повышени|удвоени|утроени|рост)[а-я]*"
)
_GOVERNS = re.compile(
    r"(?:[^.;]|\.\d){0,48}?(?:of|at|on|for|is|was|were|are|—|–|:|в|до|на|к|to|reach|see"
    r"|least)\s*(?:\w+ ){0,3}\\?$"
)
_TARGET_AFTER = re.compile(
    r" (?:[a-z-]+ ){0,2}(?:(?:targets?|goals?|objective)(?![a-z])|(?:mark|milestone|level|figure)"
    r" (?:that |which )?[a-z' ]{0,30}?(?:set|agreed|aimed|targeted|envisaged|planned"
    r"|promised)(?![a-z])|(?:that |which )?(?:they|both|the (?:two|sides|countries|leaders"
    r"|presidents|governments)) [a-z ]{0,40}?(?:aim|hop|plann|target|agreed|promis|pledg|set"
    r"(?![a-z])))"
)
_REACHABLE = re.compile(  # "the level of 5 billion is quite within reach"
    r" (?:[a-z-]+ ){0,2}(?:is|are|would be|looks|seems) (?:[a-z]+ ){0,2}(?:within reach|reachable"
    r"|attainable|achievable|realistic|feasible|possible)|,? (?:[а-я]+ )?(?:вполне )?(?:достижим"
    r"|реальн|по силам|возможн)"
)
_LIKELY = re.compile(  # "3.5 billion for the year is quite likely"
    r" (?:[a-z]+ ){0,4}(?:is|are|looks|seems) (?:[a-z]+ ){0,2}(?:likely|probable|expected|in sight"
    r"|in prospect|on the cards|anticipated|forecast)(?![a-z])"
)
_PARTICIPLE = re.compile(
    r"(?:задуман|намечен|планируем|запланирован|целев|targeted|planned|intended)\w*\s\\?$"
    r"|(?<!преодолели )планк(?:и|е|ой) в\s$"
)
_TARGET_NOUN = re.compile(
    r"(?<![a-zа-я])(?:(?:goals?|targets?|objectives?|aims?|ambitions?|tasks?|plans?"
    r"|marks?)(?![a-z])"
    r"|цел\w+|задач\w+|план\w*|ориентир\w*)"
    r"(?:[^.;]{0,40}(?:is|was|are|were|been|stands?|remains?|stays|составля\w+|—|–"
    r"|равн\w+)|,[^.;,]{0,70}, [—–])"
    r" (?:\w+ ){0,7}?\\?$"
)
_TARGET_STEMS = ("mark", "планк", "ориентир", "целев", "план")  # the others are marks themselves
_TARGET_OF = re.compile(r"(?:goal|target|plan|план|цел)\w* of (?:\w+ )?$")
_LADDER = re.compile(r",? and (?:then |later |eventually )?to |, а затем (?:и )?до ")
_SHARE_AFTER = re.compile(
    r" ?(?:of (?!growth)(?!gdp growth)|(?:внешне|общего|общей|всего|всей|всех|от |экспорта"
    r"|импорта|товарооборота"
    r"|внешнеторгового|совокупн|объема|оборота|рынка))"
)
_DUE = re.compile(r"(?:by|until|till|before|for|through|к|до|на)\s(?:the year |the end of )?$")
_BEFORE_END = re.compile(r"(?<!\w)(?:by|until|till|before|for|through|к|до|на) ")
_PLANNED = re.compile(  # "this year we plan to"
    r",? (?:\w+ ){0,4}(?:plans?|aims?|wants?|hopes?|intends?|планиру\w+|намерен\w*|рассчитыва\w+"
    r"|хотим|хотят)(?!\w)"
)
_MODIFIES = re.compile(  # "a $3.6 billion project"
    r"[ -](?!(?:in|of|to|by|for|and|from|trade|as|while|when|after|with|on|at|this|last|due"
    r"|thanks|despite|amid|but|or|than|per|a|the|since|following|through|via"
    r"|worth) )(?:[a-z-]+ ){0,2}(?:projects?|loans?|funds?|plants?"
    r"|contracts?|deals?|investments?|refinery|railway|pipeline|port|hospital"
    r"|credit line|package)(?![a-z])"
)
_THAT_SUM = re.compile(
    r" (?:that|this|those)(?: [a-z]+)?(?: (?:amount|figure|level|value|sum)"
    r"| of)"
)
_AT_COST = re.compile(r"at a (?:total )?cost of (?:about |around |some |over )?\\?$")
_INDEX = re.compile(
    r"(?:темп\w* роста|индекс\w*|index)[^.;\d]{0,16}$|growth rates? ?[—–:-] ?$"
    r"|rate of growth ?[—–:-] ?$"
)
_TO_BASE = re.compile(r" (?:к (?:уровню|соответств|аналогич|январ)|от уровня|of the level)")
_WHOLE = 100
_OUTWEIGHS = re.compile(  # "imports exceeded exports four times"
    r"(?:импорт|экспорт|ввоз|вывоз|imports?|exports?)[^.;\d]{0,30}(?:превы\w+|exceed\w*|outweigh\w*"
    r"|outstripp?\w*|больше|(?:higher|larger) than)[^.;\d]{0,20}(?:импорт"
    r"|экспорт|ввоз|вывоз|imports|exports)"
    r"\w*(?: (?:by|more than|почти|более|чем|almost|nearly|в))* $"
)
_IN_RELATIVE = re.compile(r", (?:который|которая|которое|которые|which|whose trade) [^,;.]*$")
_RELATIVE = re.compile(r", (?:который|которая|которое|которые|which) [^,;]*,")
_GERUND = re.compile(r"(?:^|\s)(?:of|at|to|towards?|on|for)\s$")
_GROWS = re.compile(r"doubl|tripl|trebl|quadr|quint|fold|again|удв|утр|учетв")  # a verb by itself
_MULTIPLIES = re.compile(r"(?:doubl|tripl|trebl|quadrupl|quintupl)(?:ed|ing|e)|удвоил|утроил")
_EXCEEDS_BY = re.compile(  # "exceeded last year's level by 61.5 %"
    r"(?:exceed|surpass|outstripp?|topp|outpac|beat)[a-z]* (?!exports|imports)[^,;.$€]{3,50} by $"
)
_OVER_BASE = re.compile(  # "5.1 % over June 2022"
    r" (?:over|above|up on|in excess of) (?:(?:the )?(?:january|february|march|april|may|june"
    r"|july|august"
    r"|september|october|november|december|same|previous|corresponding|like|year|first|q[1-4]"
    r"|h[12])"
    r"(?![a-z])|a year|last year|(?:19|20)\d\d)"
)
_MORE_BY = re.compile(  # "ниже прошлогоднего на 14 %", "lower than last year by 14 %"
    r"(?: (?:than (?:in )?|чем (?:в )?)?(?:уровня |показателя )?[a-zа-я'-]+(?: год[а-я]*| year)?"
    r"(?: \d{4}(?: год[а-я]*)?)?)? (?:на|by) "
)
_BESIDE = re.compile(  # "5 % more", "a 5 % annual increase", not "by 5 % before recovering"
    r"[ -]?(?:(?!(?:in|to|before|after|from|by|while|which|that|of|on|at|for|when|as|and|since|в"
    r"|за|до|с"
    r"|к|по|при|после|и|а|на|но) )[\w/-]+ ){0,3}"
)
_OF_GOODS = re.compile(  # "40 million of cables"
    r" (?:worth )?of (?!(?:january|february|march|april|may|june|july|august|september|october"
    r"|november"
    r"|december|last|a year)(?![a-z]))(?!(?:[a-z'-]+ ){0,3}(?:goods|products?|merchandise"
    r"|commodities|exports?"
    r"|imports?|trade"
    r"|turnover|items|services|sales|purchases|supplies|shipments|volume|total))"
    r"(?!fy ?\d|h[12](?![a-z])|q[1-4]|fiscal |financial )"
    r"(?!the |this |that |it(?:s)? |them |all |which |their |these |what |\d"
    r"|(?:this|that|it|them|which|these)[.,;)])[a-z]"
)
_KIND_WORTH = re.compile(  # "khat worth $96 million"
    r"(?<![a-z-])(?!(?:goods|merchandise|products?|commodities|exports?|imports?|items|trade|is"
    r"|are|was|were"
    r"|be|been|being|it|them|both|sales|purchases|shipments|supplies|deliveries|turnover|total"
    r"|volume|each"
    r"|which|that|and|countries|sides|now|still|relationship|exchange|business"
    r"|commerce)(?![a-z]))[a-z]{3,}"
    r" worth (?:(?:about|around|some|over|more|than|almost|nearly|at|least|an|estimated"
    r"|roughly) )*\\?$"
)
_ITEMS = re.compile(  # "exports of 75 commodity items worth over 250 million"
    r"(?:items|positions|product groups|categories|names|наименовани\w+|позици\w+|групп\w*)"
    r"(?: (?:of|worth|totall?ing|valued|at|for|to|amounting|with|a|total|value"
    r"|potential|на|общую|сумму|объем\w*"
    r"|в|об|общей|стоимостью|порядка|около|более|почти|свыше|over|about|around"
    r"|more|than|nearly))+ \\?$"
)
_COUNTED = re.compile(  # "1 тыс. тракторов на сумму 58 млн"
    r"(?: [\w-]+){1,3} (?:на (?:общую )?сумму|общей стоимостью|стоимостью|worth|valued at)"
    r"(?: (?:около|более|почти|about|some|over|more than|nearly))? \\?"
)
_FASTER = re.compile(
    r" (?:as (?:fast|quickly)|as (?:much|many)(?! as (?:in|a|the|last|for"
    r"|during) )|faster|slower|сильнее|быстрее|медленнее|чаще"
    r"|активнее)(?![a-zа-я])"
)
_GENITIVE_FOR = re.compile(  # "купил узбекской пряжи на 420 млн"
    r"(?:купил|закупил|продал|поставил|экспортировал|импортировал|ввез|вывез"
    r"|приобр)[а-я]* (?:[а-я]+ ){0,2}"
    r"(?!товар|продукц|издели|год|месяц|полугоди|квартал|сумм|долл|всего|оттуда|туда|там|почти"
    r"|обще)"
    r"[а-я]{3,}(?:ы|и|а|я|ов|ев|ей|ий) (?:почти |примерно |более чем )?на $"
)
_IN_CURRENCY = re.compile(rf"(?<![a-zа-я])(?:in|в) ({currency_words})(?![a-zа-я])")
_BRACKETED = re.compile(r"(?<![a-z-])(?:([a-z]+) )?([a-zа-я]+)(?: \(|,? (?:with|at) )(?:us)?\\?$")
_GOODS_MOVED = re.compile(
    r"([a-zа-я]+) (?:up|down|rising|falling|rose|fell|jumped|jumping|выросл[аои]"
    r"|упал[аои])(?: by| на)? $"
)
_TODAY = re.compile(r"now|current|present|today|сейчас|ныне|сегодня|в настоящее")
_ALONE = re.compile(
    r"(?<![a-z-])(?!(?:exports|imports|trade|goods|year|month|quarter|half|period|week|january"
    r"|february|march"
    r"|april|may|june|july|august|september|october|november"
    r"|december)(?![a-z]))[a-z]{3,} alone [a-z]"
)
_KIND_ALONE = re.compile(  # "durian imports alone"
    r"(?<![a-z'-])(?!(?:total|overall|monthly|merchandise|goods|its|their|these|such|bilateral"
    r"|their"
    r"|yearly|annual|quarterly)(?![a-z]))[a-z]{3,} (?:imports|exports|sales"
    r"|shipments) alone(?![a-z])"
)
_PARTED = re.compile(
    r"[;:.]|, (?:and|but|а|и|но|которы\w+|котора\w+|which|that|who) "
    r"| (?:and|и) (?=(?:by|to|in|within|к|до|в|за) )"
)
_TO_ATTAIN = re.compile(  # "40 billion, which we intend to achieve by 2030"
    r",? (?:which|a (?:figure|level|target|goal|mark)|something|to be) [^,;.\d]{0,60}"
    r"(?:achiev|reach|attain|met|meet|hit)[a-z]* [^,;.\d]{0,12}$"
)
_FORETOLD = re.compile(
    r"[^;.]{0,40}, (?!and |but )(?:[a-z]+ )?(?:прогнозир\w+|ожида\w+|forecasts?|predicts?|expects?"
    r"|estimates)(?![a-z])"
)
_HEADLINE = re.compile(
    r"(?<!expected )(?<!likely )(?<!due )(?<!set )(?<!continues )(?<!continued )(?<!continue )"
    r"to (?:double|triple|quadruple|raise|increase"
    r"|boost|bring"
    r"|lift|expand|reach|hit|take|push|grow|achieve)(?![a-z])"
)
_DIRECT = re.compile(
    r" (?:(?:a|an|to|at|themselves|itself|ourselves"
    r"|some|about|over|the|record|least|more|than|around"
    r"|nearly|не|менее|более|чем|около"
    r"|порядка|до|на|почти|примерно|свыше|минимум) )*\\?"
)
_ELIDED = re.compile(r"(?:^|\s)(?:by|на)\s$")
_HOPE = re.compile(
    r"(?:(?:hop|aim|want|wish|goal|target|agree)[a-z]* (?:[a-z]+ )?that|hop(?:es?|ed|ing)) [^,;.]*$"
)
_IS_TO = re.compile(r"(?:is|are) to (?!date|the |an? )[a-z]")
_SET = re.compile(
    r"(?: (?:was|were|is|are|has|have|been|also|again))+ (?:given|set|issued"
    r"|made|laid down|taken|outlined"
    r"|put|reached)(?![a-z])"
)
_PRESENTLY = re.compile(
    r"[,(—–] ?(?:which )?(?:currently|now|presently|at present|today|сейчас|сегодня|ныне"
    r"|в настоящее время)[^,;()—–]{0,40}$|(?:present|current|нынешн\w+"
    r"|текущ\w+) (?:level|figure|volume"
    r"|уров\w+|объем\w*|показател\w+) (?:is |was |of |at |stands at "
    r"|— )?(?:about |around |some )?\\?$"
)
_AS_MUCH = re.compile(
    r" as (?:much|many|high|large|big) as (?:in|during|for|a year|the same"
    r"|last|the (?:previous|year)|\d)"
)
_OF_LEVEL = re.compile(  # "twice the 2015 total", "three times what it was in 2010"
    r" (?:(?:the|its|[a-z]+'s|last year's)(?: (?:19|20)\d\d| comparable| corresponding| same)?"
    r" (?:level|figure|total|value|volume|amount)"
    r"|(?:the|its) (?:19|20)\d\d|(?:that|those) of (?:19|20)\d\d|what (?:it|they) (?:was|were))"
    r"(?![a-z])"
)
_AND_FLOW_BY = re.compile(
    r"(?:%| per ?cent)?\)?,? (?:and|while) (?:[a-z]+ )?(?:exports|imports|turnover|trade) by"
    r" (?:about |some |over |nearly )?\\?"
)
_UP = re.compile(  # "valued at 19.2 billion, up $2.6 billion"
    r"(?<![a-z])(?<!made )(?<!makes )(?<!make )(?<!making )(?:up"
    r"|down) (?:(?:about|around|some|nearly|almost|over|more than|an?) )*\\?$"
)
_TO_GROW = re.compile(r" to (?:double|triple|quadruple|grow|rise|increase|expand)(?![a-z])")
_PARTS_OF = re.compile(
    r"(?:of (?:this|that|these|which|it|the total)|from this|из них|из этого|в том числе)[ ,:]"
)
_SUM_OF = re.compile(
    r"(?:trade|turnover|commerce|exports|imports|goods) (?:of|worth) (?:about "
    r"|around |some |over )?\\?$"
)
_ASIDE_MORE = re.compile(
    r"[,)] ?(more|less|higher|lower|больше|меньше|выше"
    r"|ниже)(?! than a)(?![a-zа-я])"
)
_NEXT_STEP = re.compile(
    r"(?: (?:by|in|within|until|over|к|до"
    r"|за)[^,;.$€\d]{0,16}(?:\d{4})?[^,;.$€\d]{0,16})?,? (?:and|и)"
    r"(?: (?:then|later|further|up|to|до|к))* (?:us)?\\?"
)
_IN_OTHER_WORDS = re.compile(  # "at 10 billion in the medium run, i.e. more than twice"
    r"[^,;.$€\d]{0,40}(?:\d{4})?,? (?:i\.e\.|that is|or|in other words|which (?:is|would be|means))"
    r"(?: (?:about|around|some|more than|over|nearly|almost|a))* "
)
_MORE_NEXT = re.compile(
    r",? (more|less|higher|lower|above|below|больше|меньше|выше|ниже)(?! than a)(?![a-zа-я])"
)
_MOVED_BY = re.compile(  # "exports rose $287 million to $2.4 billion"
    r"(?<![a-z])(?:rose|grew|increased|climbed|jumped|gained|added|surged|soared|fell|declined"
    r"|decreased"
    r"|dropped|slid|slipped|sank|plunged|tumbled|contracted|shrank|shed|lost|rising|growing"
    r"|increasing|falling|declining|dropping) (?:(?:about|around|some|nearly|almost|over|more than"
    r"|an?|another|a further) )*(?:us)?\\?$"
)
_AVERAGE = re.compile(
    r"(?:annual average|average annual|yearly average|average yearly|on average|в среднем"
    r"|среднегодов)[^,;]{0,30}$"
)
_ABOUT = Decimal("0.15")  # a printed multiple may be off by so much
_DATED = ("year", "months", "fiscal", "ending")
_PRESENT_TENSE = re.compile(
    r"(?<![a-zа-я])(?:is|are|stands?|amounts|reaches|runs|составляет|составляют"
    r"|достигает)(?![a-zа-я])"
)
_SETTLED = ("observed", "estimated")
_NEW_CLAUSE = re.compile(r";|: (?=[a-zа-я])|\. |, (?:yet|but) (?!by |in |to )")
_MOVES_AFTER = 34
_SMALLEST = 100_000  # a sum without a scale below this is no flow of trade
_CLAUSE = re.compile(r"[,;:.()—–]| (?:and|while|but|and|а|и|но|что) ")


@dataclass
class _State:
    """What carries over from sentence to sentence."""

    context: Context
    published: int = 0
    sentences: tuple[Sentence, ...] = ()
    main: Main = field(default_factory=Main)
    currency: str = ""
    deadline: str = ""
    last_trade: int = -10
    paragraph: int = -10
    traded: bool = False


def by_rules(assignment: Assignment) -> list[Quote]:
    """Read a text by the tables of this package; see `tradetrack.read_article`.

    Examples
    --------
    >>> article = Assignment(
    ...     text="Kenyan exports to Uganda rose by 8% in 2023.",
    ...     published="2024-02",
    ...     pair=("KEN", "UGA"),
    ... )
    >>> [(quote.number, quote.kind, quote.flow, quote.window) for quote in by_rules(article)]
    [('8%', 'growth', 'ken_to_uga', '2023')]
    """
    text = assignment.text
    tabled = list(table_quotes(text, assignment.pair))
    spans = [(q.start or 0, (q.start or 0) + len(q.number)) for q in tabled]
    first, last = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (-1, -1)
    published = MONTHS * int(assignment.published[:4])
    state = _State(Context(assignment.pair, assignment.reporter), published, assignment.sentences)
    told: list[Quote] = []
    for number, sentence in enumerate(assignment.sentences):
        if not first <= sentence.start < last:
            told += _read(number, sentence, state)
    told = _lead_by_next(assignment.sentences, told)
    return [*tabled, *_headline_by_text(text, told)]


def _lead_by_next(sentences: tuple[Sentence, ...], told: list[Quote]) -> list[Quote]:
    """Give the first figures, if no months are said with them, those of the sentence after."""
    offered = [q for q in told if q.reason is None and q.start is not None]
    if not offered or offered[0].window is not None:
        return told
    at = next(i for i, s in enumerate(sentences) if (offered[0].start or 0) < s.end)
    lead, following = sentences[at], sentences[at + 1 : at + 2]
    grows = any(q.kind == "growth" and (q.start or 0) < lead.end for q in offered)
    if not (grows and following) or _PRESENT_TENSE.search(lead.text) or _says_when(lead):
        return told
    near = [q for q in offered if following[0].start <= (q.start or 0) < following[0].end]
    given = next((q for q in near if q.window and q.modality == "observed"), None)
    if given is None or given.relative_to is not None:
        return told
    months = {"window": given.window, "alone": False}
    return [_timed(q, months) if (q.start or 0) < lead.end else q for q in told]


def _says_when(sentence: Sentence) -> bool:
    return any(p.sort not in ("date", "shift") for p in find_periods(lowered(sentence.text)))


def _timed(quote: Quote, months: Mapping[str, object]) -> Quote:
    if quote.reason is not None or quote.kind == "goal" or quote.modality not in _SETTLED:
        return quote
    note = (*quote.assumed, "the months of the sentence after")
    return quote.model_copy(update={**months, "assumed": note})


def _headline_by_text(text: str, told: list[Quote]) -> list[Quote]:
    """Give a figure of the headline the months of the same figure in the text below."""
    line = text.strip().partition("\n")[0]
    end = text.find(line) + len(line)
    if line.endswith((".", "!", "?", "…")) or "\n" not in text.strip():
        return told
    head = [q for q in told if (q.start or 0) < end]
    body = [q for q in told if (q.start or 0) >= end and q.window]
    return [_dated(quote, body) for quote in head] + [q for q in told if (q.start or 0) >= end]


def _dated(quote: Quote, body: list[Quote]) -> Quote:
    """A figure without months, with those of the same figure further on."""
    if quote.window is not None or quote.reason is not None or quote.kind == "goal":
        return quote
    for other in body:
        same = (other.kind, other.flow) == (quote.kind, quote.flow)
        if same and re.findall(r"\d+", other.number) == re.findall(r"\d+", quote.number):
            names = ("window", "relative_to", "years_before", "base", "alone")
            taken = {name: getattr(other, name) for name in names}
            note = (*quote.assumed, "the months of the same figure in the text")
            return quote.model_copy(update={**taken, "assumed": note})
    return quote


def _read(number: int, sentence: Sentence, state: _State) -> Iterator[Quote]:
    """Read one sentence, and remember what the next may leave out."""
    state.context.notice(sentence.text)
    far = number - state.last_trade > 2
    if far:
        state.context.subject = None
    if not may_hold_figures(sentence.text):
        if number - state.last_trade > 1 or sentence.paragraph != state.paragraph:
            state.context.subject = None
        _remember_words(number, sentence, state)
        return
    found = scan(sentence.text)
    if not found.amounts:
        _remember_words(number, sentence, state)
        return
    if state.context.subject is not None and _is_fresh_goal(sentence, found, state):
        state.context.subject = Subject("turnover")
    if state.context.subject is None and _is_first_goal(number, found, state):
        state.context.subject = Subject("turnover")
    named = subjects(found, state.context)
    frame = _Frame(number, sentence, found, named, state)
    yield from frame.quotes()
    frame.remember()


def _is_first_goal(number: int, found: Scan, state: _State) -> bool:
    """Whether a text on trade opens with a goal: "They confirmed the goal of 1 billion"."""
    money = any(a.kind == "money" and a.scale for a in found.amounts)
    if not money or not found.of("meant") or found.of("flow", "off", "goods"):
        return False
    return any(speaks_of_trade(s.text) for s in state.sentences[number + 1 : number + 2])


def _is_fresh_goal(sentence: Sentence, found: Scan, state: _State) -> bool:
    """Whether a new paragraph sets a goal without a subject, after figures of something else."""
    aside = state.context.subject is not None and state.context.subject.reason is not None
    fresh = aside and state.traded and sentence.paragraph != state.paragraph
    return bool(fresh and found.of("meant") and not found.of("flow", "off"))


def _remember_words(number: int, sentence: Sentence, state: _State) -> None:
    """A sentence without amounts may still name the flow, its sides and its months."""
    if not speaks_of_trade(sentence.text):
        return
    found = scan(sentence.text)
    flows = found.of("flow")
    if not flows:
        return
    probe = found._replace(
        amounts=(Amount(len(found.low), len(found.low), "money", "1"),),
    )
    named = subjects(probe, state.context)[0]
    if named is not None and named.reason in (None, "total trade"):
        period = Timing(probe, [False], [False]).main()
        if period is not None:
            state.main = Main(sentence.text[period.start : period.end], number)
    if named is not None and named.reason is None:
        state.context.subject, state.last_trade, state.paragraph = named, number, sentence.paragraph


_DEFAULTS = {
    name: field.default for name, field in Quote.model_fields.items() if not field.is_required()
}


def _printed(amount: Amount) -> tuple[Decimal, Decimal]:
    """The least and the greatest number that would be printed so."""
    exponent = amount.value.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    half = min(half, amount.value * _ABOUT) if amount.kind == "times" else half
    return amount.value - half, amount.value + half


def _quoted(fields: Mapping[str, Any]) -> Quote:
    """A quote of the rules' own making: its types need no check, and texts are long."""
    return Quote.model_construct(**{**_DEFAULTS, **fields})


class _Frame:
    """One sentence with its amounts and their subjects."""

    def __init__(
        self,
        number: int,
        sentence: Sentence,
        found: Scan,
        named: list[Subject | None],
        state: _State,
    ) -> None:
        self.number, self.sentence, self.found = number, sentence, found
        self.named, self.state, self.low = named, state, found.low
        self.stances: dict[int, str] = {}
        self.cued = bool(found.of("meant")) or any(stem in self.low for stem in _TARGET_STEMS)
        self.moves = [self._direction(i) for i in range(len(found.amounts))]
        self.rates = [self._is_rate(i) for i in range(len(found.amounts))]
        self.origins = [self._is_origin(i) for i in range(len(found.amounts))]
        self.timing = Timing(found, self.origins, self.rates)
        self.main = self._main()
        self.deadline = ""
        self.goal_end = -1

    # What kind of figure

    def _is_rate(self, index: int) -> bool:
        return self.found.amounts[index].kind in ("percent", "times", "fraction")

    def _is_origin(self, index: int) -> bool:
        amount = self.found.amounts[index]
        if amount.kind != "money":
            return False
        before = self.low[max(0, amount.start - 48) : amount.start]
        if index and self._is_rate(index - 1):  # "14 % more than the 926 million of 2022"
            gap = self.low[self.found.amounts[index - 1].end : amount.start]
            start, stop = self.found.gap(index)
            dated = any(start <= p.start < stop for p in self.found.periods)
            if dated and THAN_SUM.fullmatch(gap):
                return True
        return _ORIGIN.search(before) is not None or self._is_next_origin(index)

    def _is_next_origin(self, index: int) -> bool:
        """Whether it is a second origin: "after 12 billion in 2021 and 13 billion in 2022"."""
        amounts = self.found.amounts
        if not index or amounts[index - 1].kind != "money" or not self._is_origin(index - 1):
            return False
        own = [p for p in self.found.periods if amounts[index - 1].end <= p.start]
        if not own or not _WORDS_ONLY.fullmatch(self.low, amounts[index - 1].end, own[0].start):
            return False
        return self.low[own[0].end : amounts[index].start] in _AND_ORIGIN

    def _direction(self, index: int) -> Direction | None:
        """Which way a rate goes: by its sign, a word close after, or the last word before."""
        amount = self.found.amounts[index]
        if amount.kind == "money" or amount.kind == "quantity":
            return None
        if amount.sign:
            return "up" if amount.sign > 0 else "down"
        for mark in self.found.of("more"):
            if _MORE_BY.fullmatch(self.low, mark.end, amount.start):  # "больше на 14 %"
                return mark.tag.value  # type: ignore[return-value]
        after = self._direction_after(index)
        if after is not None:
            return after
        inside = [m for m in self.found.of("move") if amount.start <= m.start < amount.end]
        before = [m for m in self.found.of("move") if m.start < amount.start]
        near = [m for m in before if ";" not in self.low[m.end : amount.start]]
        if before and not near and _ELIDED.search(self.low, max(0, amount.start - 5), amount.start):
            near = before  # "exports grew by 5 %; imports by 3 %"
        text = self.low[amount.start : amount.end]
        grows = amount.kind == "times" and _GROWS.search(text)
        if near and not inside and not (grows and _MULTIPLIES.match(text)):
            return near[-1].tag.value  # type: ignore[return-value]
        exceeds = _EXCEEDS_BY.search(self.low, 0, amount.start)
        return "up" if grows or exceeds or _OVER_BASE.match(self.low, amount.end) else None

    def _direction_after(self, index: int) -> Direction | None:
        """Which way a rate goes by the words right after it."""
        amount = self.found.amounts[index]
        multiple = _AS_MUCH.match(self.low, amount.end) or _OF_LEVEL.match(self.low, amount.end)
        if amount.kind == "times" and multiple:
            return "up"
        aside = _ASIDE_MORE.match(self.low, amount.end) or self._more_after_sum(index)
        if aside:  # "this is $41 million, or 15 %, more"; "на 2,1 млрд (5 %) меньше"
            return "up" if aside[1] in lexicon.MORE else "down"
        _, stop = self.found.gap(index)
        stop = min(stop, amount.end + _MOVES_AFTER)
        clause = _CLAUSE.search(self.low, amount.end, stop)
        stop = clause.start() if clause else stop
        for mark in self.found.of("move", "more"):
            beside = _BESIDE.fullmatch(self.low[amount.end : mark.start]) is not None
            if amount.end <= mark.start < stop and beside:
                return mark.tag.value  # type: ignore[return-value]
        return None

    def _more_after_sum(self, index: int) -> "re.Match[str] | None":
        """The word after a rate and the same in money: "23.7 % or $2.6 billion below"."""
        amounts = self.found.amounts
        if index + 1 == len(amounts) or amounts[index + 1].kind != "money":
            return None
        gap = self.low[amounts[index].end : amounts[index + 1].start]
        joined = re.fullmatch(r",? (?:or|или) (?:by |на )?", gap)
        return _MORE_NEXT.match(self.low, amounts[index + 1].end) if joined else None

    def _is_change(self, index: int) -> bool:
        """Whether money is a change: "up by $200 million", "на 2,3 млн меньше"."""
        amount = self.found.amounts[index]
        before = self.low[max(0, amount.start - 60) : amount.start]
        after = self.low[amount.end : amount.end + 48]
        by = _BY.search(before)
        if _UP.search(before) or _MOVED_BY.search(before):
            return True
        if _COMPARED_AFTER.match(after) and not self.origins[index]:
            return True
        if _DIFFERS[0].search(before) and _DIFFERS[1].match(after):
            return True
        if by is None:
            return self._follows_rate(index)
        moves = [m for m in self.found.of("move") if m.end <= amount.start]
        if not moves:
            return " of" in by[0]
        between = self.low[moves[-1].end : amount.start]
        names = [m for m in self.found.of("flow") if moves[-1].end <= m.start < amount.start]
        verb = any(m.tag.weak or m.tag.value != "turnover" for m in names)
        if " of" in by[0] or (not verb and not re.search(r"[;:.]|\d", between)):
            return True
        return self._changes_too(index)

    def _changes_too(self, index: int) -> bool:
        """Whether it changes as the flow before: "fell by 1.2 billion (3 %) and imports by 0.4"."""
        amounts = self.found.amounts
        before = [i for i in range(index) if amounts[i].kind == "money"]
        if not before:
            return False
        gap = self.low[amounts[index - 1].end : amounts[index].start]
        return _AND_FLOW_BY.fullmatch(gap) is not None and self._is_change(before[-1])

    def _follows_rate(self, index: int) -> bool:
        """A change in money beside one in percent: "(a decrease of 21.5% or £8.0 billion)"."""
        if not index or not self.rates[index - 1] or not self.moves[index - 1]:
            return False
        before = self.named[index - 1]
        if before is None or before.reason is not None:
            return False
        gap = self.low[self.found.amounts[index - 1].end : self.found.amounts[index].start]
        if gap == " (":
            return self._has_level_beside(index)
        return bool(re.fullmatch(r",? (?:or|или|\() ?(?:by |на )?", gap))

    def _has_level_beside(self, index: int) -> bool:
        """Whether the level is said too: "136.6 billion, up 19 % (22.1 billion)"; else it is this.

        "Exports fell by 24 % (475 million)" prints the level.
        """
        amounts = self.found.amounts
        following = self.low[amounts[index].end : amounts[index].end + 12]
        to_level = index + 1 < len(amounts) and re.match(r"\),? (?:to|до) ", following)
        before = [i for i in range(index - 1) if amounts[i].kind == "money"]
        same = bool(before) and self.named[before[-1]] == self.named[index]
        return bool(to_level) or (same and before[-1] == index - 2)

    def _stance(self, index: int) -> str:
        """What the words before say: done, meant, ahead, might, or nothing."""
        if index not in self.stances:
            self.stances[index] = self._stance_of(index)
        return self.stances[index]

    def _stance_of(self, index: int) -> str:
        amount = self.found.amounts[index]
        if amount.kind == "money" and self._is_target(amount, self.origins[index]):
            return "meant"
        before = self.low[max(0, amount.start - 60) : amount.start]
        if amount.kind == "money" and _REACHABLE.match(self.low, amount.end):
            return "might"
        if amount.kind == "money" and _LIKELY.match(self.low, amount.end):
            return "ahead"
        if self._continues_goal(index):
            return "meant"
        now = amount.kind == "money" and _PRESENTLY.search(before)
        if self.origins[index] or now or self._is_to_grow(index):
            return "done"
        every = self.found.of("done", "meant", "ahead", "might")
        clause = _IN_RELATIVE.search(self.low, 0, amount.start)
        if clause is not None and amount.kind == "money":
            return next(
                (m.tag.kind for m in every if clause.start() < m.start < amount.start), "done"
            )
        inner = [m.span() for m in _RELATIVE.finditer(self.low, 0, amount.start)]
        marks = [m for m in every if m.start < amount.start]
        marks = [m for m in marks if not any(a <= m.start < b for a, b in inner)]
        for place in range(len(marks) - 1, -1, -1):
            if _NEW_CLAUSE.search(self.low, marks[place].end, amount.start):
                return self._stance_of_all(amount, marks)
            stance = self._stance_by(marks, place, amount)
            if stance:
                return stance
        return self._stance_of_all(amount, marks)

    def _continues_goal(self, index: int) -> bool:
        """Whether a goal goes on: "towards 100 billion by 2025 and 150 billion by 2030"."""
        amounts = self.found.amounts
        if not index or amounts[index - 1].kind != "money":
            return False
        gap = self.low[amounts[index - 1].end : amounts[index].start]
        joined = _NEXT_STEP if amounts[index].kind == "money" else _IN_OTHER_WORDS
        return joined.fullmatch(gap) is not None and self._stance(index - 1) == "meant"

    def _is_to_grow(self, index: int) -> bool:
        """Whether a sum is the present one: "they expect trade of 56 billion to double"."""
        amount = self.found.amounts[index]
        before = self.low[max(0, amount.start - 30) : amount.start]
        grows = _TO_GROW.match(self.low, amount.end) and _SUM_OF.search(before)
        return amount.kind == "money" and bool(grows)

    def _stance_by(self, marks: list[Mark], place: int, amount: Amount) -> str:
        """What one cue says of an amount after it; empty if it says nothing."""
        mark = marks[place]
        if mark.tag.kind == "meant":
            return "meant" if self._is_meant(mark.end, amount) else ""
        if mark.tag.kind == "ahead" and self._is_hoped(marks[:place], mark):
            return "meant"
        if mark.tag.kind != "done":
            return mark.tag.kind
        if self._passive(mark.start, mark.end):
            return "meant"
        task = next((m for m in marks[:place][::-1] if m.tag.kind == "meant"), None)
        near = task is not None and mark.start - task.end < 18
        if task is not None and near and _SET.match(self.low[task.end : mark.end + 12]):
            return ""  # "instructions were given to raise"
        if _IS_TO.match(self.low, mark.start):  # "the goal is to push it to 5"; "it is to reach 5"
            return "" if task is not None else "ahead"
        before = self.low[max(0, mark.start - 9) : mark.start]
        noun = place and marks[place - 1].tag.kind in ("ahead", "might")
        if noun and mark.start - marks[place - 1].end < 4:
            return marks[place - 1].tag.kind  # "the potential is 2 billion"
        return "" if _GERUND.search(before) or before.endswith(" be ") else "done"

    def _is_hoped(self, before: list[Mark], will: Mark) -> bool:
        """Whether it is wished, not foretold: "they hope that the agreement will push it to 5"."""
        wish = next((m for m in reversed(before) if m.tag.kind == "meant"), None)
        return wish is not None and _HOPE.match(self.low, wish.start, will.start) is not None

    def _stance_of_all(self, amount: Amount, marks: list[Mark]) -> str:
        """What the rest of the sentence says, where no cue stands before an amount."""
        if _FORETOLD.match(self.low, amount.end):
            return "ahead"
        if not marks and _HEADLINE.search(self.low, 0, amount.end):
            return "meant"  # "India, Qatar to double trade by 2030"
        return ""

    def _is_target(self, amount: Amount, origin: bool) -> bool:
        """Whether money is named as a target: "the $30 billion target", "a plan of 2 billion"."""
        if _TARGET_AFTER.match(self.low, amount.end):
            return True
        if not self.cued:
            return False
        before = self.low[max(0, amount.start - 110) : amount.start]
        noun = _TARGET_OF if origin else _TARGET_NOUN
        return bool(_PARTICIPLE.search(before) or noun.search(before))

    def _is_meant(self, start: int, amount: Amount) -> bool:
        """Whether something is still to be done between the cue and the amount."""
        stop = amount.end if amount.kind == "times" else amount.start
        if _DIRECT.fullmatch(self.low[start : amount.start]) and amount.kind == "money":
            return True
        return bool(
            _TO_BE.search(self.low, start, stop)
            or _GOVERNS.fullmatch(self.low[start : amount.start])
        )

    def _passive(self, start: int, end: int) -> bool:
        """Whether something is still to be done: "is to be brought to"."""
        return bool(
            re.match(
                r" (?:also |then )?to be [a-z]+(?:ed|ght|sen)(?![a-z])", self.low[end : end + 32]
            )
        )

    # What is said of one amount

    def quotes(self) -> Iterator[Quote]:
        for index, amount in enumerate(self.found.amounts):
            yield self._quote(index, amount)

    def _quote(self, index: int, amount: Amount) -> Quote:
        number = self.sentence.text[amount.start : amount.end]
        start = self.sentence.start + amount.start
        reason = self._reason(index, amount)
        stance = self._stance(index)
        subject = self.named[index]
        if reason is None and amount.kind == "money" and self._is_change(index):
            if stance == "meant" and not _LADDER.match(self.low, amount.end):
                reason = "change"
            elif stance != "meant":
                return self._increment(index, amount, number, start)
        if reason is not None or subject is None:
            fields = {"number": number, "start": start, "reason": reason or "no subject"}
            return _quoted(fields)
        if stance == "meant" and (amount.kind == "money" or self.rates[index]):
            return self._goal(index, amount, number, start, subject)
        if amount.kind == "money":
            return self._level(index, number, start, subject, stance)
        return self._growth(index, number, start, subject, stance)

    def _reason(self, index: int, amount: Amount) -> Reason | None:
        """Why an amount is not to be offered, if it is not."""
        subject = self.named[index]
        if amount.kind == "quantity":
            return "quantity"
        if amount.kind == "points":
            return "rate"
        if subject is None or subject.reason is not None:
            return subject.reason if subject else "no subject"
        if amount.kind == "money":
            return self._not_trade(index, amount)
        return self._not_growth(index, amount)

    def _not_trade(self, index: int, amount: Amount) -> Reason | None:
        before = self.low[max(0, amount.start - 60) : amount.start]
        named = any(0 <= amount.start - m.end < 8 for m in self.found.countries)
        place = self.found.amounts[index - 1].end if index else 0
        alone = _ALONE.search(self.low, place, amount.start) or _KIND_ALONE.search(
            self.low, place, amount.start
        )
        if alone and not any(m.start <= alone.start() < m.end for m in self.found.countries):
            return "one commodity"
        goods = _BRACKETED.search(self.low, max(0, amount.start - 40), amount.start)
        kinds = [word for word in goods.groups() if word] if goods else []
        if any(tag.kind == "goods" for word in kinds for tag in lexicon.tags(word)):
            return "one commodity"  # "with salmon (228 million) leading"
        counted = index and self.found.amounts[index - 1].kind == "quantity"
        gap = self.low[self.found.amounts[index - 1].end : amount.start] if counted else ""
        one_kind = (
            _COUNTED.fullmatch(gap)
            or _ITEMS.search(before)
            or _KIND_WORTH.search(before)
            or (not named and _GENITIVE_FOR.search(before))
        )
        if _OF_GOODS.match(self.low, amount.end) or one_kind:
            return "one commodity"
        if _MODIFIES.match(self.low, amount.end) or _AT_COST.search(before):
            return "projects"
        if not amount.currencies and not self._currency(index):
            return "no currency"
        if self.timing.sums_years(index):
            return "several years"
        return "quantity" if not amount.scale and amount.value < _SMALLEST else None

    def _not_growth(self, index: int, amount: Amount) -> Reason | None:
        if amount.kind == "percent" and self._stance(index) == "meant":
            return "rate"  # a goal without an amount
        if _OUTWEIGHS.search(self.low[max(0, amount.start - 80) : amount.start]):
            return "balance"
        if amount.kind == "times" and _THAT_SUM.match(self.low, amount.end):
            return "no direction"
        if amount.kind == "times":
            faster = _FASTER.match(self.low, amount.end)
            return None if self.moves[index] and not faster else "no direction"
        if _SHARE_AFTER.match(self.low, amount.end):
            return "share"
        if _AVERAGE.search(self.low, max(0, amount.start - 60), amount.start):
            return "rate"
        if amount.kind == "percent" and amount.value >= _WHOLE and self._is_index(amount):
            return "rate"
        goods = _GOODS_MOVED.search(self.low, max(0, amount.start - 40), amount.start)
        if goods and any(tag.kind == "goods" for tag in lexicon.tags(goods[1])):
            return "one commodity"  # "with medicines up 18 %"
        return "no direction" if self.moves[index] is None else None

    def _is_index(self, amount: Amount) -> bool:
        """Whether a percentage is an index, a year before being 100: "темп роста — 106,3 %"."""
        before = self.low[max(0, amount.start - 40) : amount.start]
        return bool(_INDEX.search(before) or _TO_BASE.match(self.low, amount.end)) and not (
            _ELIDED.search(before)
        )

    def _currency(self, index: int) -> str:
        """The nearest text that prints a currency: an amount before, or the next one."""
        if self.found.amounts[index].currencies:
            return ""
        near = [a for a in self.found.amounts[:index][::-1] if a.currencies]
        near += [a for a in self.found.amounts[index + 1 :] if a.currencies]
        if near:
            return self.sentence.text[near[0].start : near[0].end]
        alone = _IN_CURRENCY.search(self.low)  # "in euros that was 3.7 billion"
        if alone:
            return self.sentence.text[alone.start(1) : alone.end(1)]
        return self.state.currency

    def _flow(self, subject: Subject) -> str | None:
        if subject.flow == "turnover":
            return "turnover"
        if subject.exporter and subject.importer:
            return f"{subject.exporter.lower()}_to_{subject.importer.lower()}"
        return None

    def _main(self) -> Period | None:
        events = ("investment", "contracts", "projects", "company")
        trade = any(s is not None and s.reason not in events for s in self.named)
        return self.timing.main() if trade else None

    def _phrase(self, period: Period | None) -> str | None:
        return None if period is None else self.sentence.text[period.start : period.end]

    def _window(self, choice: Choice, index: int) -> dict[str, Any]:
        """The fields of a quote that say which months it covers."""
        if choice.unknown:
            return {}
        own = self.main
        end = self.found.amounts[index].end
        if own is not None and choice.carried and self.timing.said_anew(end, own.start):
            own = None  # said of another amount, with a verb of its own
        if own is not None and choice.carried and ";" in self.low[end : own.start]:
            own = None  # said of the clause after
        anchor = self._phrase(own) or self._carried()
        if choice.period is not None:
            fields: dict[str, Any] = {
                "window": self._phrase(choice.period),
                "years_before": choice.years_before,
            }
            if choice.period.sort in ("that", "after"):
                said = self._said_before(choice.period)
                return {**fields, "relative_to": said} if said else {}
            if choice.shift:
                anchor = self._compared_with(index) or anchor
                fields["relative_to"] = anchor
                return fields if anchor else {}
            return fields
        if not anchor:
            return {}
        anchor = self._one_of_both(index) or anchor
        fields = {"window": anchor, "years_before": choice.years_before}
        if self.main is None:
            fields["assumed"] = ("the months of the sentence before",)
        return fields

    def _compared_with(self, index: int) -> str | None:
        """The months of the sum that an origin is compared with: the one right before it."""
        if not index or not self.origins[index] or self.origins[index - 1]:
            return None
        said = self.timing.choice(index - 1).period
        return self._phrase(said) if said is not None and said.sort in _DATED else None

    def _one_of_both(self, index: int) -> str | None:
        """The months of one of two figures, where the sentence before gave those of two."""
        both = self.state.main.both
        run = [i for i, a in enumerate(self.found.amounts) if a.kind == "money"]
        near = self.number - self.state.main.sentence == 1
        if not (near and both and len(run) == 2 and index in run) or self.timing.periods:
            return None
        one, other = run
        joined = self.timing.joined(run) and self.named[one] == self.named[other]
        return both[run.index(index)] if joined else None

    def _both(self) -> tuple[str, ...]:
        """The phrases of two figures of one flow, each with months of its own."""
        told = [i for i, s in enumerate(self.named) if s is not None and s.reason is None]
        told = [i for i in told if self.found.amounts[i].kind == "money" and not self.origins[i]]
        periods = [self.timing.choice(i).period for i in told]
        if len(told) != 2 or self.named[told[0]] != self.named[told[1]]:
            return ()
        dated = [p for p in periods if p is not None and p.sort in ("year", "months")]
        return tuple(str(self._phrase(p)) for p in dated) if len(set(dated)) == 2 else ()

    def _said_before(self, period: Period) -> str | None:
        """The last period named before "that year": in this sentence, or the three before."""
        dated = ("year", "months", "fiscal", "ending", "ago", "whole")
        here = [p for p in self.found.periods if p.end <= period.start and p.sort in dated]
        if here:
            return self._phrase(here[-1])
        for sentence in self.state.sentences[max(0, self.number - 3) : self.number][::-1]:
            near = [p for p in find_periods(lowered(sentence.text)) if p.sort in dated]
            if near:
                return sentence.text[near[-1].start : near[-1].end]
        return None

    def _carried(self) -> str | None:
        """The months of an earlier sentence, if it is near."""
        near = self.number - self.state.main.sentence <= 3
        return self.state.main.phrase if near and self.state.main.phrase else None

    def _level(self, index: int, number: str, start: int, subject: Subject, stance: str) -> Quote:
        choice = Choice(unknown=True) if self._is_to_grow(index) else self.timing.choice(index)
        modality = self._modality(stance, index, choice)
        if modality == "potential":
            subject = self._as_meant(subject)
        others = [p for i, p in self.timing.owned.items() if i != index]
        if modality == "potential" and choice.period in others:
            choice = Choice(unknown=True)  # the months of another figure
        if modality in ("expected", "potential") and choice.carried and self.main is None:
            choice = Choice(unknown=True)  # a forecast is rarely of the months just reported
        return self._made(
            "level", number, start, subject, modality, index, self._window(choice, index)
        )

    def _growth(self, index: int, number: str, start: int, subject: Subject, stance: str) -> Quote:
        base, several_years = self.timing.base(index)
        base = base or self._by_arithmetic(index)
        choice = Choice(unknown=True) if several_years else self.timing.choice(index)
        if choice.shift and self.timing.is_before(choice.period, index):
            base = None if choice.period is base else base
        elif choice.period is not None and (choice.period is base or choice.shift):
            shared = choice.period is not base and self.main
            choice = Choice(self.main) if shared else Choice(carried=True)
        modality = self._modality(stance, index, choice)
        fields = self._window(choice, index)
        fields |= {"direction": self.moves[index], "alone": several_years or "window" not in fields}
        if base is not None:
            fields["base"] = self._phrase(base)
        return self._made("growth", number, start, subject, modality, index, fields)

    def _by_arithmetic(self, index: int) -> Period | None:
        """The months that a rate starts from, told by the sums that it fits.

        "At 72.9 billion in 2021, it rose to 83.7 in 2023, a jump of 15 %": 83.7 / 72.9 = 1.148.
        """
        amounts, rate = self.found.amounts, self.found.amounts[index]
        money = [i for i, a in enumerate(amounts) if a.kind == "money"]
        sums = [i for i in money if self.named[i] == self.named[index]]
        own = self.timing.choice(index).period
        for first, last in permutations(sums, 2):
            start, end = self.timing.choice(first).period, self.timing.choice(last).period
            if start is None or start.sort not in _DATED or (own or end) != end:
                continue
            fits = self._is_ago(amounts[first], amounts[last], rate, index)
            if fits and (end is None or self._is_later(end, start)):
                return start
        return None

    def _is_ago(self, first: Amount, last: Amount, rate: Amount, index: int) -> bool:
        """Whether a rate, as printed, can be that from one sum to another, as printed."""
        low, high = _printed(rate)
        if rate.kind != "times":
            sign = -1 if self.moves[index] == "down" else 1
            low, high = sorted((1 + sign * low / 100, 1 + sign * high / 100))
        elif self.moves[index] == "down":
            first, last = last, first
        scales = SCALES[first.scale or last.scale], SCALES[last.scale or first.scale]
        (a, b), (c, d) = _printed(first), _printed(last)
        a, b, c, d = a * scales[0], b * scales[0], c * scales[1], d * scales[1]
        return a > 0 and c / b <= high and low <= d / a

    def _increment(self, index: int, amount: Amount, number: str, start: int) -> Quote:
        subject = self.named[index]
        assert subject is not None, "a reason was given otherwise"
        moves = [m for m in self.found.of("move", "more") if m.start < amount.end + 12]
        base, several_years = self.timing.base(index)
        choice = self.timing.choice(index)
        if choice.period is not None and (choice.period is base or choice.shift):
            choice = Choice(self.main) if self.main else Choice(carried=True)
        fields = self._window(choice, index)
        fields |= {"direction": moves[-1].tag.value if moves else None, "alone": several_years}
        if base is not None:
            fields["base"] = self._phrase(base)
        stance = self._stance(index)
        modality = self._modality(stance, index, Choice())
        return self._made("increment", number, start, subject, modality, index, fields)

    def _goal(self, index: int, amount: Amount, number: str, start: int, subject: Subject) -> Quote:
        subject = self._as_meant(subject)
        deadline = self._deadline(index, amount)
        fields: dict[str, Any] = {
            "deadline": deadline,
            "relative_to": self.state.deadline or None,
        }
        base = self.timing.base(index)[0] if self.rates[index] else None
        if base is not None and base.sort in ("year", "fiscal", "months"):
            fields["base"] = self._phrase(base)
        if deadline:
            self.state.deadline = deadline
        self.deadline, self.goal_end = deadline or "", amount.end
        if self._is_change(index):
            fields["assumed"] = ('"by" read as "to": the next step of the same goal is a level',)
        return self._made("goal", number, start, subject, "set", index, fields)

    def _as_meant(self, subject: Subject) -> Subject:
        """What is meant or may be is of trade as a whole, unless this sentence names a side."""
        named_here = any(m.tag.value in ("export", "import") for m in self.found.of("flow"))
        return subject if named_here or subject.flow == "turnover" else Subject("turnover")

    def _deadline(self, index: int, amount: Amount) -> str | None:
        """The phrase beside a goal that says until when; None if it is vague or missing."""
        _, stop = self.found.gap(index)
        ahead = [p for p in self.timing.periods if not _TODAY.match(self.low, p.start)]
        right = [p for p in ahead if amount.end <= p.start < stop]
        heads = right and HEADS_NEXT.fullmatch(self.low, right[0].end, stop)
        listed = heads and "," in self.low[amount.end : right[0].start]
        gap = self.low[amount.end : right[0].start] + " " if right else ""
        if right and not listed and (_TO_ATTAIN.match(gap) or not _PARTED.search(gap)):
            said = self._if_deadline(right[0], amount)
            if said or right[0].sort == "vague":
                return said
        before = self.found.amounts[index - 1].end if index else 0
        if self.goal_end >= 0 and amount.start - self.goal_end < 28:
            inside = [p for p in ahead if self.goal_end <= p.start < amount.start]
            if not inside:
                return self.deadline or None
        left = [p for p in ahead if before <= p.start and p.end <= amount.start]
        if left:
            return self._if_deadline(left[-1])
        if self.goal_end >= 0 and self.goal_end == before and self.rates[index - 1]:
            return (
                self.deadline or None
            )  # "in five years to double trade and bring it to 5 billion"
        last = index + 1 == len(self.found.amounts)
        whole = not right and not last and ";" not in self.low[amount.end : stop]
        if whole and amount.kind == "times":  # "to double trade to 2 billion by 2030"
            return self._deadline(index + 1, self.found.amounts[index + 1])
        return None

    def _if_deadline(self, period: Period, amount: Amount | None = None) -> str | None:
        """The phrase if it can be a deadline: "by 2030", "in 2027", "to 5 billion this year"."""
        if (
            period.sort in ("vague", "shift", "previous", "ago", "open", "span")
            or period in self.timing.bases
        ):
            return None
        right = amount is not None and amount.end <= period.start
        past = period.year is not None and period.year < self.state.published // MONTHS
        begun = self.low[max(0, period.start - 12) : period.start + 6]
        if past and not _BEFORE_END.search(begun):
            return None  # "trade, which stood at 4 billion at the end of 2023, to 6 billion"
        if period.sort == "year" and not period.until_end and not (right and period.back == 0):
            now = self.state.published // MONTHS
            year = period.year if period.year is not None else now - (period.back or 0)
            due = _DUE.search(self.low, max(0, period.start - 24), period.start)
            planned = period.back == 0 and _PLANNED.match(self.low, period.end) is not None
            if year < now + (not (due or planned)) and not (due and period.year):
                return None
        return self._phrase(period)

    def _modality(self, stance: str, index: int, choice: Choice) -> Modality:
        if stance == "might":
            return "potential"
        if stance == "ahead":
            return "expected"
        start = self.found.amounts[index].start
        guessed = any(m.start < start for m in self.found.of("estimate"))
        return "estimated" if guessed else "observed"

    def _made(
        self,
        kind: Kind,
        number: str,
        start: int,
        subject: Subject,
        modality: Modality,
        index: int,
        fields: dict[str, Any],
    ) -> Quote:
        amount = self.found.amounts[index]
        unit_from = self._currency(index) if amount.kind == "money" else ""
        assumed = (*subject.assumed, *fields.pop("assumed", ()))
        if unit_from:
            assumed = (*assumed, f"the currency of {unit_from!r}")
        fields |= {"number": number, "start": start, "kind": kind, "flow": self._flow(subject)}
        fields |= {"modality": modality, "unit_from": unit_from, "assumed": assumed}
        return _quoted(fields)

    def _last_period(self) -> Period | None:
        """The months that hold on: the sentence's, or later ones of its last reported figure."""
        for index in range(len(self.found.amounts) - 1, -1, -1):
            subject = self.named[index]
            told = subject is not None and subject.reason is None and not self.origins[index]
            if self.main is None or not told or self._stance(index) not in ("done", ""):
                continue
            chosen = self.timing.choice(index).period
            if chosen is not None and chosen.sort in ("year", "months", "ending", "fiscal"):
                return chosen if self._is_later(chosen, self.main) else self.main
            return self.main
        return self.main or self._of_the_only_origin()

    def _of_the_only_origin(self) -> Period | None:
        """The months of what a goal starts from: "to 30 billion from 20 billion last year"."""
        meant = any(self._stance(i) == "meant" for i in range(len(self.named)))
        froms = [i for i, is_origin in enumerate(self.origins) if is_origin]
        named = self.named[froms[0]] if len(froms) == 1 and meant else None
        chosen = self.timing.choice(froms[0]).period if named and not named.reason else None
        return chosen if chosen is not None and chosen.sort in ("year", "months") else None

    def _is_later(self, one: Period, other: Period) -> bool:
        calendar = Calendar(self.state.published + MONTHS - 1, fiscal_start=1)
        months = [resolve(period, calendar) for period in (one, other)]
        return None not in months and months[0].first > months[1].first  # type: ignore[union-attr]

    def _only_shares(self) -> bool:
        """Whether a sentence says shares only: "6.6 % of the republic's foreign trade"."""
        said = [(a, s) for a, s in zip(self.found.amounts, self.named, strict=True) if s]
        return all(
            s.reason == "share"
            or (
                s.reason == "total trade"
                and a.kind != "money"
                and _SHARE_AFTER.match(self.low, a.end)
            )
            for a, s in said
        )

    def remember(self) -> None:
        """Keep what the next sentence may leave out."""
        state = self.state
        printed = [a for a in self.found.amounts if a.currencies]
        if printed:
            state.currency = self.sentence.text[printed[-1].start : printed[-1].end]
        trade = [s for s in self.named if s is not None and s.reason is None]
        state.traded = state.traded or bool(trade)
        flows = list(dict.fromkeys(s[:3] for s in trade))
        if self.found.of("flow") or trade:
            sides = {s[:3]: s for s in reversed(trade)}
            state.context.both = tuple(sides[flow] for flow in flows) if len(flows) == 2 else ()
        kept = trade or [s for s in self.named if s is not None]
        if kept and self._only_shares() and self.found.of("flow"):
            kept = [state.context.subject or Subject("turnover")]
        whole = state.context.subject
        if kept and whole is not None and whole.flow == "turnover" and _PARTS_OF.match(self.low):
            kept = [whole]  # "Of this, exports were 656 million" says parts of what was said
        if kept:
            state.context.subject = next((s for s in kept if s.flow == "turnover"), kept[0])
            state.last_trade, state.paragraph = self.number, self.sentence.paragraph
        last = self._last_period()
        if last is not None:
            phrase = self.sentence.text[last.start : last.end]
            state.main = Main(phrase, self.number, self._both())
        elif trade and self.number - state.main.sentence <= 3:
            state.main.sentence = self.number
