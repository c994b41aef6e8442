"""Step 1: find amounts: money, percentages, ratios, fractions, in digits and in words.

=========  ==========================================  ==================================
kind       found                                       read as
=========  ==========================================  ==================================
money      $3.5 billion; EUR 1.1bn; 1 млрд 210,5 млн   a value, a scale, a currency (None
           долларов; a billion dollars                 where it is not printed beside)
percent    12.4%, 7.3 per cent, 24 процента            a percentage, with its sign if any
points     1.2 percentage points, 10 п.п.              never a growth rate
times      1.4 times, fivefold, doubled, вдвое         a ratio
fraction   a third, half, на четверть                  a percentage; growth only if
                                                       something grew or fell by it
quantity   21 million tonnes, 2,5 тыс. рабочих мест    not money
=========  ==========================================  ==================================

A decimal comma is told from a comma between thousands by the language: ``1,234`` is a thousand and
more in English, little more than one in Russian, which puts spaces between thousands.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from tradetrack.articles.countries import table
from tradetrack.articles.lexicon import tags

AmountKind = Literal["money", "percent", "points", "times", "fraction", "quantity"]

SCALES: dict[str, Decimal] = {
    "": Decimal(1),
    "th": Decimal(10) ** 3,
    "lakh": Decimal(10) ** 5,
    "mn": Decimal(10) ** 6,
    "crore": Decimal(10) ** 7,
    "bn": Decimal(10) ** 9,
    "tn": Decimal(10) ** 12,
}
_SCALE_WORDS = (
    ("tn", r"lakh crores?|trillions?|trln|trn|tn|трлн\.?|триллион\w*"),
    ("bn", r"billions?|bln|bn|bil\.|млрд\.?|миллиард\w*|mrd|mld|milliards?"),
    ("mn", r"millions?|mln|mn|mio|mil\.|млн\.?|миллион\w*"),
    ("th", r"thousands?|thsd|тыс\.?|тысяч\w*"),
    ("crore", r"crores?|cr\.?"),
    ("lakh", r"lakhs?"),
)
_SHORT = {"m": "mn", "b": "bn", "k": "th", "t": "tn", "tr": "tn"}

# What a currency is called: before the number, after it, and the currencies it may be.
_SIGNS = {
    "us$": "usd", "$us": "usd", "usd": "usd", "c$": "cad", "ca$": "cad", "a$": "aud", "au$": "aud",
    "nz$": "nzd", "s$": "sgd", "hk$": "hkd", "nt$": "twd", "mx$": "mxn", "r$": "brl", "$": "usd",
    "€": "eur", "£": "gbp", "₹": "inr", "₽": "rub", "₸": "kzt", "₩": "krw", "₦": "ngn", "₺": "try",
    "₴": "uah", "₱": "php", "฿": "thb", "₫": "vnd", "₮": "mnt", "₾": "gel", "₼": "azn", "֏": "amd",
    "₪": "ils", "¥": "cny jpy", "re": "inr pkr npr lkr mur", "rs": "inr pkr npr lkr mur",
    "tk": "bdt", "cfa": "xaf xof", "cfaf": "xaf xof", "fcfa": "xaf xof", "frw": "rwf",
    "birr": "etb", "kyat": "mmk", "rm": "myr", "rp": "idr", "ksh": "kes", "sh": "kes ugx tzs sos",
    "kshs": "kes", "ush": "ugx", "shs": "ugx",
    "tsh": "tzs", "gh¢": "ghs", "ghc": "ghs", "le": "egp", "rmb": "cny", "nu": "btn", "n": "ngn",
    "r": "zar", "dh": "aed mad", "dhs": "aed mad", "sr": "sar", "qr": "qar", "ro": "omr",
    "kd": "kwd", "jd": "jod", "bd": "bhd", "p": "bwp", "k": "zmw", "kr": "sek nok dkk isk",
}  # fmt: skip
_CURRENCY_WORDS = (
    (r"canadian dollars?|канадск\w+ доллар\w*", "cad"),
    (r"australian dollars?|австралийск\w+ доллар\w*", "aud"),
    (r"new zealand dollars?|новозеландск\w+ доллар\w*", "nzd"),
    (r"singapore dollars?|сингапурск\w+ доллар\w*", "sgd"),
    (r"hong kong dollars?|гонконгск\w+ доллар\w*", "hkd"),
    (r"taiwan dollars?|тайваньск\w+ доллар\w*", "twd"),
    (r"namibian? dollars?", "nad"),
    (r"(?:u\.?s\.?a? |american )?dollars?|us\$|долл(?:\.|ар\w*)?(?: сша)?|\$", "usd"),
    (r"euros?|евро|€", "eur"),
    (r"belarusian rou?bles?|белорусск\w+ руб(?:л\w*)?\.?", "byn"),
    (r"(?:russian )?rou?bles?|(?:российск\w+ )?руб(?:\.|л\w*)?|₽", "rub"),
    (r"egyptian pounds?|египетск\w+ фунт\w*", "egp"),
    (r"lebanese pounds?", "lbp"),
    (r"(?:sudanese|south sudanese) pounds?", "sdg"),
    (r"pounds? sterling|british pounds?|фунт\w* стерлингов|£", "gbp"),
    (r"pounds?|фунт\w*", "gbp egp lbp sdg syp"),
    (r"(?:chinese )?yuan|renminbi|(?:китайск\w+ )?юан\w+|rmb", "cny"),
    (r"(?:japanese )?yen|(?:японск\w+ )?иен\w*|йен\w*", "jpy"),
    (r"pakistani? rupees?|пакистанск\w+ рупи\w+", "pkr"),
    (r"nepal\w* rupees?|непальск\w+ рупи\w+", "npr"),
    (r"sri lankan? rupees?", "lkr"),
    (r"indian rupees?|индийск\w+ рупи\w+", "inr"),
    (r"rupees?|рупи\w+", "inr pkr npr lkr mur scr"),
    (r"rupiahs?|рупиа\w+", "idr"),
    (r"(?:kazakh\w* )?tenge|тенге", "kzt"),
    (r"(?:uzbek\w* )?so[u']?ms?|sums?|сум(?:ов|а|ы)?", "uzs kgs"),
    (r"(?:kyrgyz\w* )?soms?|сом(?:ов|а|ы)?", "kgs uzs"),
    (r"somonis?|сомони", "tjs"),
    (r"azerbaijani manats?|азербайджанск\w+ манат\w*", "azn"),
    (r"turkmen\w* manats?|туркменск\w+ манат\w*", "tmt"),
    (r"manats?|манат\w*", "azn tmt"),
    (r"laris?|gel|лари", "gel"),
    (r"(?:armenian )?drams?|(?:армянск\w+ )?драм\w*", "amd"),
    (r"hryvnias?|hryvnyas?|гривен\w*|гривн\w+", "uah"),
    (r"moldovan lei|молдавск\w+ ле\w+", "mdl"),
    (r"romanian lei|румынск\w+ ле\w+", "ron"),
    (r"lei|леев|лей|лея", "mdl ron"),
    (r"turkish liras?|турецк\w+ лир\w*|liras?|лир\w?", "try"),
    (r"zloty(?:s|ch)?|злот\w+", "pln"),
    (r"czech (?:crowns?|koruna\w*)|чешск\w+ крон\w*|koruna\w*", "czk"),
    (r"forints?|форинт\w*", "huf"),
    (r"(?:swedish )?kronor|шведск\w+ крон\w*", "sek"),
    (r"kroner|норвежск\w+ крон\w*|датск\w+ крон\w*", "nok dkk"),
    (r"crowns?|krona|крон\w*", "sek nok dkk czk isk"),
    (r"cfa francs?|франк\w+ кфа", "xof xaf"),
    (r"swiss francs?|швейцарск\w+ франк\w*", "chf"),
    (r"francs?|франк\w*", "chf xof xaf rwf bif djf gnf cdf kmf mga"),
    (r"dirhams?|дирхам\w*", "aed mad"),
    (r"dinars?|динар\w*", "rsd jod kwd bhd iqd dzd tnd lyd mkd"),
    (r"denars?|денар\w*", "mkd"),
    (r"riyals?|rials?|риал\w*|рейал\w*", "sar qar omr irr yer"),
    (r"tomans?|туман\w*", "irt"),
    (r"shekels?|шекел\w*", "ils"),
    (r"pesos?|песо", "mxn ars clp cop php uyu dop cup"),
    (r"reais|reals?|реал\w*", "brl"),
    (r"bolivianos?", "bob"),
    (r"guaranis?", "pyg"),
    (r"soles?", "pen"),
    (r"rands?|рэнд\w*", "zar"),
    (r"nairas?|найр\w*", "ngn"),
    (r"shillings?|шиллинг\w*", "kes ugx tzs sos"),
    (r"cedis?", "ghs"),
    (r"birrs?|быр\w*", "etb"),
    (r"kwachas?", "zmw mwk"),
    (r"pulas?", "bwp"),
    (r"takas?|така", "bdt"),
    (r"ngultrums?", "btn"),
    (r"kyats?|кьят\w*", "mmk"),
    (r"kips?|кип(?:ов|а)?", "lak"),
    (r"riels?|риел\w*", "khr"),
    (r"bahts?|бат(?:ов|а)?", "thb"),
    (r"dongs?|донг\w*", "vnd"),
    (r"ringgits?|ринггит\w*", "myr"),
    (r"(?:south korean )?won|(?:южнокорейск\w+ )?вон(?:ы)?", "krw"),
    (r"tugriks?|togrogs?|тугрик\w*", "mnt"),
    (r"afghanis?|афгани", "afn"),
    (r"levs?|leva|лев(?:ов|а)", "bgn"),
    (r"leks?|лек(?:ов|а)", "all"),
)  # fmt: skip
_CODES = [
    "usd",
    "eur",
    "gbp",
    "cny",
    "jpy",
    "inr",
    "rub",
    "kzt",
    "uzs",
    "kgs",
    "tjs",
    "tmt",
    "azn",
    "gel",
    "amd",
    "byn",
    "uah",
    "mdl",
    "ron",
    "try",
    "pln",
    "czk",
    "huf",
    "sek",
    "nok",
    "dkk",
    "chf",
    "aed",
    "sar",
    "qar",
    "omr",
    "kwd",
    "bhd",
    "jod",
    "ils",
    "iqd",
    "irr",
    "egp",
    "mad",
    "dzd",
    "tnd",
    "lyd",
    "zar",
    "ngn",
    "ghs",
    "kes",
    "ugx",
    "tzs",
    "etb",
    "rwf",
    "zmw",
    "mwk",
    "bwp",
    "nad",
    "mzn",
    "aoa",
    "xof",
    "xaf",
    "pkr",
    "npr",
    "lkr",
    "bdt",
    "btn",
    "mmk",
    "lak",
    "khr",
    "thb",
    "vnd",
    "myr",
    "sgd",
    "idr",
    "php",
    "krw",
    "mnt",
    "hkd",
    "twd",
    "aud",
    "nzd",
    "cad",
    "mxn",
    "brl",
    "ars",
    "clp",
    "cop",
    "pen",
    "bob",
    "pyg",
    "uyu",
    "rsd",
    "mkd",
    "bgn",
    "all",
    "isk",
    "afn",
]

_GROUP = r"[ \u2009,.']"
NUMBER = rf"(?:\d{{1,3}}(?:{_GROUP}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
_SCALE = "|".join(words for _, words in _SCALE_WORDS)
_BEFORE = "|".join(
    sorted(map(re.escape, {*_SIGNS, *_CODES}), key=len, reverse=True)
)  # the longest first
_AFTER = "|".join([words for words, _ in _CURRENCY_WORDS] + _CODES)
_WORD_NUMBERS = {
    "half a": "0.5", "half": "0.5", "a": "1", "one": "1", "one and a half": "1.5", "two": "2",
    "two and a half": "2.5", "three": "3", "three and a half": "3.5", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11",
    "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "fifty": "50",
    "a hundred": "100", "hundred": "100", "one hundred": "100",
    "один": "1", "одного": "1", "полтора": "1.5", "полутора": "1.5", "два": "2", "две": "2",
    "двух": "2", "два с половиной": "2.5", "двух с половиной": "2.5", "три": "3", "трех": "3",
    "три с половиной": "3.5", "четыре": "4", "четырех": "4", "пять": "5", "пяти": "5",
    "шесть": "6", "шести": "6", "семь": "7", "семи": "7", "восемь": "8", "восьми": "8",
    "девять": "9", "девяти": "9", "десять": "10", "десяти": "10", "двенадцать": "12",
    "пятнадцать": "15", "пятнадцати": "15", "двадцать": "20", "двадцати": "20",
    "тридцать": "30", "тридцати": "30", "пятьдесят": "50", "пятидесяти": "50", "сто": "100",
    "ста": "100",
}  # fmt: skip
scale_word = _SCALE
currency_words = "|".join([_AFTER, *(re.escape(sign) for sign in _SIGNS if len(sign) > 1)])
_NUMBER_WORD = "|".join(sorted(map(re.escape, _WORD_NUMBERS), key=len, reverse=True))

_NUMBER = re.compile(rf"(?<![\d.,]){NUMBER}")
_PREFIX = re.compile(rf"\\?(?<![a-zа-я$])(?P<before>{_BEFORE})\.?\s?$")
_SIGN = re.compile(  # "last year – 5 %" has none
    r"(?<![\w.,%])[+\-−–]$|(?<=\()[+\-−–]\s$|(?<![a-zа-я])(?:plus|minus|плюс|минус)\s$"
)
_UNIT = re.compile(
    r"[ -]?(?:(?P<points>percentage[ -]points?|p\.?p\.?(?![a-z])|п\.? ?п\.?(?![а-я])"
    r"|процентн\w+ пункт\w*)"
    r"|(?P<percent>%|per ?cent(?!age)|pct|pc(?![a-z])|процент(?:ов|а|ам)?(?![а-я])|проц\.)"
    r"(?P<points2>[ -](?:points?|пункт\w*))?"
    r"|(?P<times>(?:times|fold)(?![a-z])|раза?(?![а-я])|кратн\w+|x(?![a-z0-9])))"
)
_SCALED = re.compile(
    rf"(?:[ -]?(?P<scale>{_SCALE})(?![a-zа-я])"
    rf"(?: (?P<more>{NUMBER}) (?P<unit>{_SCALE})(?![a-zа-я]))?)?"
    rf"(?P<short>(?:m|b|k|t|tr)(?![a-z]))?"
    rf"(?:[ -]?(?:of )?(?P<after>{_AFTER})(?![a-zа-я\d]))?"
)
_SPELT = re.compile(
    rf"(?<![\w-])(?:(?P<number>{_NUMBER_WORD})[ -])?(?P<scale>{_SCALE}|полмиллиард\w*"
    rf"|полмиллион\w*)"
    rf"(?:[ -](?P<after>{_AFTER})(?![a-zа-я]))?(?![a-zа-я])"
)
_SPELT_PERCENT = re.compile(
    rf"(?<![\w-])(?P<number>{_NUMBER_WORD}) (?:per ?cent(?!age)|процент(?:ов|а)?(?![а-я]))"
)
_RATIO_WORDS = {
    "doubl": "2", "doubles": "2", "twofold": "2", "twice": "2", "tripl": "3", "trebl": "3",
    "threefold": "3", "quadrupl": "4", "fourfold": "4", "quintupl": "5", "fivefold": "5",
    "sixfold": "6", "sevenfold": "7", "eightfold": "8", "ninefold": "9", "tenfold": "10",
    "вдвое": "2", "втрое": "3", "вчетверо": "4", "впятеро": "5", "вшестеро": "6", "вдесятеро": "10",
    "удво": "2", "удваива": "2", "утро": "3", "утраива": "3", "учетвер": "4", "двукратн": "2",
    "двухкратн": "2", "трехкратн": "3", "четырехкратн": "4", "пятикратн": "5", "десятикратн": "10",
    "полуторн": "1.5", "half as much again": "1.5", "half as large again": "1.5",
}  # fmt: skip
_RATIO = re.compile(
    r"(?<![\w-])(?:half as (?:much|large|big|high) again"
    r"|(?P<stem>doubl|tripl|trebl|quadrupl|quintupl)(?:e|es|ed|ing)(?![a-z]|[ -](?:digit|taxation"
    r"|standard|down|check))"
    r"|(?P<fold>two|three|four|five|six|seven|eight|nine|ten)-?fold|twice(?![a-z]| a (?:week"
    r"|year|month))"
    rf"|(?P<words>{_NUMBER_WORD}) times(?![a-z])"
    r"|(?P<russian>вдвое|втрое|вчетверо|впятеро|вшестеро|вдесятеро|удво|удваива|утро(?=[ие])"
    r"|утраива"
    r"|учетвер|двукратн|двухкратн|трехкратн|четырехкратн|пятикратн|десятикратн|полуторн)[а-я]*"
    rf"|в (?P<raz>{_NUMBER_WORD}) раза?(?![а-я]))"
)
_SCALE_STEMS = ("illion", "milliard", " bn", "лли", "тысяч", "млрд", "crore", "lakh")
_RATIO_STEMS = (
    "doubl", "tripl", "trebl", "quadr", "quint", "fold", "twice", "times", "half", "вдвое", "втро",
    "вчетв", "впят", "вшест", "вдесят", "удв", "утр", "учетв", "кратн", "полутор", " раз",
)  # fmt: skip
_FRACTION_STEMS = ("third", "quarter", "fourth", "fifth", "sixth", "seventh", "eighth",
                   "ninth", "tenth", "hal", "тре", "четверт",
                   "полов", "пяту", "десяту")  # fmt: skip
_FRACTIONS = {
    "two thirds": "66.7", "three quarters": "75", "three fourths": "75", "two fifths": "40",
    "three fifths": "60", "four fifths": "80", "third": "33.3", "quarter": "25", "fourth": "25",
    "fifth": "20", "sixth": "16.7", "seventh": "14.3",
    "eighth": "12.5", "ninth": "11.1", "tenth": "10", "half": "50", "две трети": "66.7",
    "три четверти": "75", "треть": "33.3", "трети": "33.3", "четверть": "25", "четверти": "25",
    "половину": "50", "половины": "50", "половиной": "50", "наполовину": "50", "вполовину": "50",
    "пятую часть": "20", "пятую": "20", "десятую часть": "10",
}  # fmt: skip
_FRACTION = re.compile(
    r"(?<![\w-])(?<!first )(?<!last )(?:(?P<english>(?:(?:two|three)[ -](?:thirds|quarters"
    r"|fourths|fifths)|four[ -]fifths)"
    r"|(?:an?|one)[ -](?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth"
    r"|tenth|half)"
    r"|(?<=by )half|(?<=than )half|(?<=almost )half|(?<=nearly )half|(?<=over )half"
    r"|(?<=about )half)(?![a-z]| of (?:the year|20\d\d)| (?:quarter|year|hour|month|week|time"
    r"|straight|consecutive|successive|country|party)(?![a-z]))"
    r"|(?P<russian>на (?:[а-я]+ ){0,2}?(?:две трети|три четверти|треть|четверть|половину"
    r"|пятую часть|десятую часть)|(?:две трети|три четверти|треть|трети|четверть|четверти)"
    r"|наполовину|вполовину)(?![а-я]))"
)
_HALVED = re.compile(r"(?<![\w-])halv(?:ed|es|ing)(?![a-z])")
_NEXT_WORD = re.compile("[ -]([a-zа-я]+)")
_BARE = re.compile(rf"(?<![\w.,$€£/–-])(?P<number>{NUMBER})(?=,? (?:and|или|or|и|to) |[-–—])")
_BARE_GAP = re.compile(r",? (?:and|or|и|или|to)(?: by| в| на)? |[-–—]")

# After a number with a scale but no currency: these words go on about money, others are counted.
_FUNCTION_WORDS = frozenset(
    [
        "in",
        "from",
        "to",
        "by",
        "a",
        "an",
        "the",
        "and",
        "or",
        "while",
        "this",
        "that",
        "last",
        "as",
        "against",
        "than",
        "at",
        "during",
        "for",
        "over",
        "with",
        "on",
        "of",
        "worth",
        "compared",
        "versus",
        "vs",
        "after",
        "before",
        "up",
        "down",
        "more",
        "less",
        "higher",
        "lower",
        "it",
        "its",
        "is",
        "was",
        "were",
        "had",
        "has",
        "since",
        "until",
        "till",
        "respectively",
        "annually",
        "yearly",
        "per",
        "each",
        "both",
        "but",
        "so",
        "which",
        "when",
        "year",
        "exports",
        "imports",
        "trade",
        "turnover",
        "in-between",
        "mark",
        "target",
        "goal",
        "level",
        "overall",
        "total",
        "between",
        "if",
        "should",
        "provided",
        "when",
        "thanks",
        "despite",
        "amid",
        "due",
        "because",
        "through",
        "via",
        "under",
        "towards",
        "into",
        "within",
        "according",
        "following",
        "without",
        "only",
        "alone",
        "today",
        "now",
        "currently",
        "next",
        "compares",
        "rose",
        "fell",
        "grew",
        "would",
        "could",
        "will",
        "may",
        "can",
        "are",
        "be",
        "been",
        "said",
        "says",
        "reached",
        "came",
        "достижима",
        "достижимо",
        "достижим",
        "достижимы",
        "вполне",
        "реально",
        "реальна",
        "реален",
        "в",
        "во",
        "на",
        "за",
        "с",
        "со",
        "по",
        "до",
        "к",
        "и",
        "или",
        "а",
        "но",
        "что",
        "из",
        "от",
        "при",
        "против",
        "больше",
        "меньше",
        "выше",
        "ниже",
        "годом",
        "год",
        "году",
        "это",
        "тогда",
        "как",
        "это",
        "соответственно",
        "было",
        "против",
        "ежегодно",
        "около",
        "у",
        "же",
        "для",
        "не",
        "еще",
        "внешнеторгового",
        "экспорта",
        "импорта",
        "товарооборота",
    ]
)
_VERB = re.compile(r".*(?:л|ла|ло|ли|лся|лась|лось|лись|ит|ет|ют|ят|ется|ится)$")


class Amount(NamedTuple):
    """A number as printed, with its unit.

    ``digits`` is the number with a decimal point and no group separators, its printed digits kept.
    """

    start: int
    end: int
    kind: AmountKind
    digits: str
    scale: str = ""
    currencies: tuple[str, ...] = ()
    sign: int = 0
    high: str | None = None

    @property
    def value(self) -> Decimal:
        """The printed number, in its own scale."""
        return Decimal(self.digits)


def plain_digits(number: str, russian: bool) -> str:
    """Write a printed number with a decimal point and without separators of thousands.

    Examples
    --------
    >>> plain_digits("1,234", False), plain_digits("1,234", True), plain_digits("3 333 503", True)
    ('1234', '1.234', '3333503')
    """
    text = number.replace(" ", "").replace("\u2009", "").replace("'", "")
    points, commas = text.count("."), text.count(",")
    if points and commas:
        group = "," if text.rfind(".") > text.rfind(",") else "."
        return text.replace(group, "").replace(",", ".")
    if commas == 1:
        whole, _, part = text.partition(",")
        groups = len(part) == 3 and not russian and whole.strip("0") != ""
        return whole + part if groups else f"{whole}.{part}"
    return text.replace(",", "") if commas else text if points < 2 else text.replace(".", "")


@lru_cache(maxsize=1024)
def _scale(word: str | None) -> str:
    if word is None:
        return ""
    word = word.lower()
    return next(name for name, words in _SCALE_WORDS if re.fullmatch(words, word))


@lru_cache(maxsize=1024)
def currency_of(word: str | None) -> tuple[str, ...]:
    """Currencies that a sign or a word may stand for.

    Examples
    --------
    >>> currency_of("us$"), currency_of("рублей")
    (('usd',), ('rub',))
    """
    if not word:
        return ()
    if word in _SIGNS:
        return tuple(_SIGNS[word].split())
    if word in _CODES:
        return (word,)
    return next(
        (tuple(codes.split()) for words, codes in _CURRENCY_WORDS if re.fullmatch(words, word)), ()
    )


def unit_of(words: str) -> tuple[str, tuple[str, ...]]:
    """Scale and currencies that a unit's words print; empty where they print none.

    Examples
    --------
    >>> unit_of("million usd"), unit_of("7.7 billion")
    (('mn', ('usd',)), ('bn', ()))
    """
    scale = re.search(rf"(?<![a-zа-я])(?:{_SCALE})(?![a-zа-я])", words)
    money = re.search(rf"(?<![a-zа-я])(?:{_AFTER}|{_BEFORE})(?![a-zа-я])", words)
    return _scale(scale[0] if scale else None), currency_of(money[0] if money else None)


def chosen_currency(candidates: tuple[str, ...], countries: tuple[str, ...]) -> str | None:
    """Of the currencies that a word may stand for, the one of a country at hand, or the only one.

    Examples
    --------
    >>> chosen_currency(("inr", "pkr", "npr"), ("NPL", "BTN"))
    'npr'
    """
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    used = [table().currencies.get(code, "") for code in countries]
    return next((money for money in used if money in candidates), candidates[0])


def find_amounts(low: str) -> list[Amount]:
    """Amounts in a lower-cased sentence, in order, none inside another.

    Examples
    --------
    >>> [(a.kind, a.digits, a.scale) for a in find_amounts("up 1.4 times to $1.33 bln")]
    [('times', '1.4', ''), ('money', '1.33', 'bn')]
    """
    russian = is_russian(low)
    found = [a for m in _NUMBER.finditer(low) if (a := _in_digits(m, low, russian))]
    if any(stem in low for stem in _SCALE_STEMS):
        found += [a for m in _SPELT.finditer(low) if (a := _spelt(m, low))]
    if any(stem in low for stem in _RATIO_STEMS):
        found += [_ratio(m) for m in _RATIO.finditer(low)]
    if "cent" in low or "процент" in low:
        found += [
            Amount(m.start(), m.end(), "percent", _WORD_NUMBERS[m["number"]])
            for m in _SPELT_PERCENT.finditer(low)
        ]
    if any(stem in low for stem in _FRACTION_STEMS):
        found += [_fraction(m) for m in _FRACTION.finditer(low)]
        halved = _HALVED.finditer(low)
        found += [Amount(m.start(), m.end(), "fraction", "50", sign=-1) for m in halved]
    kept = _without_overlaps(found)
    return _joined(low, _with_bare_numbers(low, kept, russian)) if kept else []


_OWN_DOLLAR = {"CAN": "cad", "AUS": "aud", "NZL": "nzd"}
_OTHER_DOLLAR = re.compile(r"[A-Z]{1,2}\$|\bUSD\b|U\.?S\.? dollar|доллар\w* США|долл\. США")
_OWN_MARK = {
    "CAN": re.compile(r"\bCA?\$"),
    "AUS": re.compile(r"\bAU?\$"),
    "NZL": re.compile(r"\bNZ\$"),
}
_CONVERTED = re.compile(r"(?:illion|bn|mn|[mb])(?: \(|,? or )(?:about |around |some )?\$")


def own_dollar(text: str, reporter: str) -> str | None:
    """What a bare "$" means where the reporter's own money is a dollar; None if a US dollar.

    Examples
    --------
    >>> own_dollar("Exports fell to $2 billion.", "CAN"), own_dollar("US$2 billion", "CAN")
    ('cad', None)
    """
    money = _OWN_DOLLAR.get(reporter)
    if money is None or _CONVERTED.search(text):
        return None  # "C$2.7 billion ($2 billion)"
    return None if _OTHER_DOLLAR.search(_OWN_MARK[reporter].sub("$", text)) else money


_CYRILLIC = re.compile("[а-я]")


def is_russian(text: str) -> bool:
    """Whether a sentence is rather Russian than English: by its letters."""
    if text.isascii():
        return False
    cyrillic = len(_CYRILLIC.findall(text))
    return cyrillic > 0 and cyrillic * 2 > sum(map(str.isalpha, text))


def _in_digits(match: "re.Match[str]", low: str, russian: bool) -> Amount | None:
    """Read what a number in digits counts by what stands beside it."""
    start, end = match.span()
    prefix = _PREFIX.search(low, max(0, start - 6), start)
    if prefix is None and start and (low[start - 1].isalpha() or low[start - 1] == "_"):
        return None
    digits = plain_digits(match[0], russian)
    unit = None if prefix else _UNIT.match(low, end)
    if low.endswith("factor of ", 0, start):
        return Amount(start, end, "times", digits)
    if unit is None:
        return _money(low, (start, end), digits, prefix, russian)
    if unit["times"]:
        return Amount(start, unit.end(), "times", digits)
    kind: AmountKind = "points" if unit["points"] or unit["points2"] else "percent"
    printed = _SIGN.search(low, max(0, start - 6), start)
    sign = 0 if printed is None else 1 if printed[0][0] in "+pп" else -1
    if printed is not None and printed[0][0] not in "pmпм":
        start = printed.start()
    return Amount(start, unit.end(), kind, digits, sign=sign)


def _money(
    low: str,
    span: tuple[int, int],
    digits: str,
    prefix: "re.Match[str] | None",
    russian: bool,
) -> Amount | None:
    unit = _SCALED.match(low, span[1])
    assert unit is not None, "all its parts are optional"
    if not (prefix or unit["scale"] or unit["after"]):
        return None
    short = unit["short"] if prefix and not unit["scale"] else None
    end = unit.end() if unit["after"] or unit["scale"] or short else span[1]
    scale = _SHORT[short] if short else _scale(unit["scale"])
    if unit["more"]:  # 1 млрд 210,5 млн
        small, scale = plain_digits(unit["more"], russian), _scale(unit["unit"])
        big = Decimal(digits) * SCALES[_scale(unit["scale"])] / SCALES[scale]
        digits = format(big.quantize(Decimal(1)) + Decimal(small), "f")
    start = prefix.start() if prefix else span[0]
    currencies = currency_of(unit["after"]) or currency_of(prefix["before"] if prefix else None)
    if not currencies and _counts_something(low, end):
        return Amount(start, end, "quantity", digits, scale)
    return Amount(start, end, "money", digits, scale, currencies)


def _counts_something(low: str, end: int) -> bool:
    """Whether a noun follows that says what is counted: tonnes, jobs, people."""
    after = _NEXT_WORD.match(low, end, end + 30)
    if after is None:
        return False
    if after[1] in _FUNCTION_WORDS or _VERB.fullmatch(after[1]):
        return False
    return not any(tag.kind in ("done", "move", "flow") for tag in tags(after[1]))


def _spelt(match: "re.Match[str]", low: str) -> Amount | None:
    scale, number = match["scale"], match["number"]
    digits = _WORD_NUMBERS[number] if number else "1"
    if scale.startswith("пол"):
        digits, scale = "0.5", scale.removeprefix("пол")
    singular = scale in (
        *("миллиард", "миллиарда", "миллиарду", "миллион", "миллиона", "миллиону", "триллион"),
    )
    mark = match["after"] and _MARK.match(low, match.end())  # "the billion-dollar mark"
    one = mark or match["scale"].startswith("пол") or (singular and match["after"])
    if not number and not one:
        return None  # "billions of dollars" name no number
    currencies = currency_of(match["after"])
    if not currencies and (number in ("a", None) or _counts_something(low, match.end())):
        return None
    return Amount(match.start(), match.end(), "money", digits, _scale(scale), currencies)


_MARK = re.compile(r"[ -](?:mark|threshold|milestone|level)(?![a-z])")


def _ratio(match: "re.Match[str]") -> Amount:
    words = match["words"] or match["raz"]
    if words:
        digits = _WORD_NUMBERS[words]
    elif match["fold"]:
        digits = _WORD_NUMBERS[match["fold"]]
    else:
        key = match["stem"] or match["russian"] or match[0]
        digits = _RATIO_WORDS.get(key, "1.5" if key.startswith("half") else "2")
    return Amount(match.start(), match.end(), "times", digits)


def _fraction(match: "re.Match[str]") -> Amount:
    words = re.sub(r"^(?:an?|one)[ -]", "", match[0]).replace("-", " ")
    key = next((word for word in _FRACTIONS if words.endswith(word)), "half")
    return Amount(match.start(), match.end(), "fraction", _FRACTIONS[key])


def _without_overlaps(found: list[Amount]) -> list[Amount]:
    kept: list[Amount] = []
    for amount in sorted(found, key=lambda a: (a.start, -a.end)):
        if not kept or amount.start >= kept[-1].end:
            kept.append(amount)
        elif amount.end > kept[-1].end and amount.kind != "money":
            kept[-1] = amount
    return kept


def _with_bare_numbers(low: str, kept: list[Amount], russian: bool) -> list[Amount]:
    """Add numbers that share the unit of the next: "22.1 and 11.4 percent", "38 и 214 млн"."""
    whole = list(kept)
    for match in _BARE.finditer(low):
        gap = _BARE_GAP.match(low, match.end())
        after = next((a for a in kept if gap and a.start == gap.end()), None)
        shares = after is not None and after.kind in ("money", "percent", "times")
        if not shares or any(a.start <= match.start() < a.end for a in kept):
            continue
        assert after is not None
        digits = plain_digits(match["number"], russian)
        if re.fullmatch(r"(?:19|20)\d\d", digits):
            continue
        whole.append(after._replace(start=match.start(), end=match.end(), digits=digits, sign=0))
    return sorted(whole)


_RANGE_GAP = re.compile(r"\s?[-–—]\s?|-to-")
_BETWEEN = re.compile(
    r"(?:(?:between|somewhere between|of between) |в (?:пределах|диапазоне) (?:от )?)$"
)
_FROM = re.compile(r"(?<![а-яa-z])от $")


def _joined(low: str, amounts: list[Amount]) -> list[Amount]:
    """Join the two ends of a range: "760-780 million", "between $900 million and $1 billion"."""
    out: list[Amount] = []
    for amount in amounts:
        if out and _is_range(low, out[-1], amount):
            first = out.pop()
            low_end = first if first.scale else first._replace(scale=amount.scale)
            factor = SCALES[amount.scale] / SCALES[low_end.scale or amount.scale]
            high = format((amount.value * factor).normalize(), "f")
            money = first.currencies or amount.currencies
            out.append(low_end._replace(end=amount.end, high=high, currencies=money))
        else:
            out.append(amount)
    return out


def _is_range(low: str, first: Amount, second: Amount) -> bool:
    if first.kind != second.kind or first.kind not in ("money", "percent") or first.high:
        return False
    gap, before = low[first.end : second.start], low[max(0, first.start - 30) : first.start]
    if _RANGE_GAP.fullmatch(gap):
        return True
    return (gap in (" and ", " и ") and bool(_BETWEEN.search(before))) or (
        gap == " до " and bool(_FROM.search(before))
    )
