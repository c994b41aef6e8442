"""Step 2: find period phrases, and resolve them to months by the publication date.

==========  ==========================================  =======================================
sort        phrases                                     months
==========  ==========================================  =======================================
months      January-September 2024; 11M 2024; Q1; the   as said; without a year, the last that
            first half; за девять месяцев; в июле       were over when the text came out
year        2023; last year; по итогам текущего года    a calendar year, or its months so far
whole       full-year, за весь год                      this year; until April, the last
fiscal      FY2023-24; the previous fiscal year         twelve months from the country's month
ending      the year to March; 12 months to June 2024   so many months, the last one said
open        so far this year; с начала года             from January on: no end is said
shift       a year earlier; the same period of 2023     the months compared, another year
previous    the previous month; к предыдущему кварталу  as many months, just before
ahead       within five years; за три года              a deadline, counted from publication
latest      last month; over the past four months       so many months before publication
that        that year, the same year                    the calendar year of the last period said
span        over the past five years              several years, none of them named
vague       now, a year, in the coming years            none
date        on July 12; 12 июля 2024 года               none: a day is no period
==========  ==========================================  =======================================
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from tradetrack._typing import MONTHS
from tradetrack.articles.sentences import words

Sort = Literal[
    "months",
    "year",
    "whole",
    "fiscal",
    "ending",
    "open",
    "shift",
    "previous",
    "ahead",
    "ago",
    "span",
    "latest",
    "that",
    "after",
    "vague",
    "date",
]

# The first month of the fiscal year by which a country's offices report.
FISCAL_START = {
    "IND": 4, "PAK": 7, "BGD": 7, "NPL": 7, "EGY": 7, "AUS": 7, "NZL": 7, "JPN": 4, "GBR": 4,
    "ZAF": 4, "SGP": 4, "HKG": 4, "CAN": 4, "KEN": 7, "UGA": 7, "TZA": 7, "RWA": 7, "ETH": 7,
    "BTN": 7, "MMR": 4, "THA": 10, "USA": 10, "IRN": 4, "AFG": 4, "KWT": 4, "BWA": 4, "NAM": 4,
    "MUS": 7,
}  # fmt: skip

_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RU_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust"
    r"|\.)?"
    r"|sep(?:tember|t?\.|t)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?"
    r"|январ[а-я]+|феврал[а-я]+|март(?:а|у|ом|е)?|апрел[а-я]+|ма[йяею]|маем|июн[а-я]+|июл[а-я]+"
    r"|август[а-я]*|сентябр[а-я]+|октябр[а-я]+|ноябр[а-я]+|декабр[а-я]+)(?![a-zа-я])"
)
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "один": 1, "одного": 1, "два": 2, "двух": 2, "три": 3, "трех": 3, "четыре": 4, "четырех": 4,
    "пять": 5, "пяти": 5, "шесть": 6, "шести": 6, "семь": 7, "семи": 7, "восемь": 8, "восьми": 8,
    "девять": 9, "девяти": 9, "десять": 10, "десяти": 10, "одиннадцать": 11, "одиннадцати": 11,
    "двенадцать": 12, "двенадцати": 12, "пятнадцать": 15, "пятнадцати": 15, "двадцать": 20,
}  # fmt: skip
_N = rf"(?:\d{{1,2}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_YEAR = r"(?:19|20)\d\d(?!\d)(?:(?:[ -]?(?:гг?\.|год(?:а|у|ом|ы)?|го|м)(?![а-я])))?"
_OF_YEAR = (
    rf"(?:(?:,? (?:of |in |for )?(?:the year |the )?|,?\s)(?P<y>{_YEAR})"
    r"|(?P<this>(?: of| in)? this (?:year|one(?= ?(?:[.,;:)]|$)))"
    r"|(?: of| in)? the (?:current |present )?year"
    r"|,? (?:эт|текущ|нынешн|сего)\w* год\w*| с\. ?г\.| т\. ?г\.)"
    r"|(?P<last>(?: of| in)? (?:last|the past) year| (?:прошл|минувш|прошедш)\w+ год\w*"
    r"| прошлого)(?![a-zа-я])"
    r"|(?P<before>(?: of| in)? (?:the )?(?:previous|preceding|prior) year"
    r"|(?: of)? a year (?:earlier"
    r"|before|ago)| (?:предыдущ|предшествующ)\w+ год\w*)"
    rf"|(?:,? of| in|,)? (?:the )?(?P<fy>(?:(?:current|this|ongoing"
    rf"|present) )?(?:fiscal|financial|(?:iranian|persian|afghan)(?: calendar"
    rf"| solar| fiscal)?)"
    rf"(?: year)?(?: \d{{4}}[-/–]\d{{2,4}})?|fy ?\d{{2,4}}(?:[-/–]\d{{2,4}})?))?"
)
_DASH = r"\s?[-–—/]\s?"


@dataclass(frozen=True)
class Period:
    """A period phrase of a sentence, not yet resolved.

    ``first`` and ``last`` are months of a year (1 to 12), or a count of months; ``year`` is said,
    or ``back`` counts years back from that of publication; a fiscal year counts from ``fiscal``.
    """

    start: int
    end: int
    sort: Sort
    first: int = 1
    last: int = MONTHS
    year: int | None = None
    back: int | None = None
    fiscal: bool = False
    until_end: bool = False

    @property
    def comparative(self) -> bool:
        """Whether it takes its months from another window."""
        return self.sort in ("shift", "previous") or (self.fiscal and self.back == 1)


class Months(NamedTuple):
    """Month numbers, as `Window` counts them; no last one where no end is said."""

    first: int
    last: int | None


class Calendar(NamedTuple):
    """What a phrase is resolved by: the month of publication, and the fiscal year's first month."""

    published: int
    day: int = 31
    fiscal_start: int | None = None


def month_of(word: str) -> int:
    """Return the number of a month by its English or Russian name.

    Examples
    --------
    >>> month_of("sept."), month_of("мая")
    (9, 5)
    """
    if word[:3] in _EN_MONTHS:
        return _EN_MONTHS.index(word[:3]) + 1
    return 5 if word[:3] in ("май", "мая", "мае", "маю") else _RU_MONTHS.index(word[:3]) + 1


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[word]


def _year_of(match: "re.Match[str]") -> dict[str, int | bool | None]:
    """What is said of the year after a month, a quarter or a half."""
    groups = match.groupdict()
    if groups.get("y"):
        return {"year": int(groups["y"][:4])}
    if groups.get("fy"):
        return {"year": _fiscal_year(groups["fy"]), "fiscal": True}
    for name, back in (("this", 0), ("last", 1)):
        if groups.get(name):
            return {"back": back}
    return {}


def _fiscal_year(words: str) -> int | None:
    """Year in which a fiscal year begins: FY24 and FY2024 begin the year before."""
    numbers = re.findall(r"\d+", words)
    if not numbers:
        return None
    year = int(numbers[0]) + (2000 if len(numbers[0]) == 2 else 0)
    return year if len(numbers) > 1 else year - 1


MID_MONTH = 16
_LAST_DAYS = 28  # a month is over
_REPORTED = 4  # until April "the full year" is the last one

Build = Callable[["re.Match[str]"], Period | None]


def _months(match: "re.Match[str]") -> Period | None:
    first, last = month_of(match["m1"]), month_of(match["m2"])
    if match["before"]:
        return Period(*match.span(), "shift", first, last)
    if _STEP.match(match[0]) and last - first == 1 and first > 1:
        return None  # "fell from September to October": two months, one the other's base
    return Period(*match.span(), "months", first, last, **_year_of(match))  # type: ignore[arg-type]


_STEP = re.compile(r"from [a-z.]+ to ")


def _across(match: "re.Match[str]") -> Period | None:
    first, last = month_of(match["m1"]), month_of(match["m2"])
    count = MONTHS * (int(match["y2"][:4]) - int(match["y1"][:4])) + last - first + 1
    return Period(*match.span(), "ending", count, last, int(match["y2"][:4])) if count > 0 else None


def _day_to_day(match: "re.Match[str]") -> Period | None:
    """Whole months said by their days: "1 January to 30 September 2024"; others are a date."""
    first, last = month_of(match["m1"] or match["m3"]), month_of(match["m2"] or match["m4"])
    if int(match["d2"] or match["d4"]) < _LAST_DAYS:
        return Period(*match.span(), "vague")
    year = int(match["y"][:4]) if match["y"] else None
    return Period(*match.span(), "months", first, last, year)


def _quarters(match: "re.Match[str]") -> Period | None:
    """A run of quarters: "Q1-Q3 2024", "the second and third quarters"."""
    first = _ordinal(match["a"] or match["a2"])
    last = _ordinal(match["b"] or match["b2"])
    said = _year_of(match)
    if last <= first:
        return None
    return Period(*match.span(), "months", 3 * first - 2, 3 * last, **said)  # type: ignore[arg-type]


def _last_months(match: "re.Match[str]") -> Period | None:
    n = _count(match["n"])
    if not 1 <= n < MONTHS:
        return None
    return Period(*match.span(), "months", MONTHS - n + 1, MONTHS, **_year_of(match))  # type: ignore[arg-type]


def _last_month(match: "re.Match[str]") -> Period | None:
    said = _year_of(match)  # "the last month of the year" may be one of a fiscal year
    return Period(*match.span(), "months", 12, 12, **said) if said.get("back") != 0 else None  # type: ignore[arg-type]


def _first_months(match: "re.Match[str]") -> Period | None:
    words = match.groupdict()
    n = _count(words["n"]) if words.get("n") else 9 if words.get("nine") else 6
    n = 1 if words.get("n") == "" else n
    if not 1 <= n <= MONTHS:
        return None
    if words.get("before"):
        return Period(*match.span(), "shift", 1, n)
    return Period(*match.span(), "months", 1, n, **_year_of(match))  # type: ignore[arg-type]


_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4, "1st": 1, "2nd": 2,
    "opening": 1, "initial": 1, "closing": 4, "latter": 2,
    "3rd": 3, "4th": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4, "перв": 1, "втор": 2, "трет": 3,
    "четв": 4,
}  # fmt: skip


def _ordinal(word: str) -> int:
    return int(word[0]) if word[0].isdigit() else _ORDINALS.get(word) or _ORDINALS[word[:4]]


def _part(length: int) -> Build:
    def build(match: "re.Match[str]") -> Period | None:
        words = match.groupdict()
        n = _ordinal(words.get("q") or words["q2"])
        if not 1 <= n <= MONTHS // length:
            return None
        ends = length * (n - 1) + 1, length * n
        if words.get("before"):
            return Period(*match.span(), "shift", *ends)
        said = {"year": _short_year(words["sy"])} if words.get("sy") else _year_of(match)
        return Period(*match.span(), "months", *ends, **said)

    return build


def _part_of_year(match: "re.Match[str]") -> Period | None:
    """A part named after its year: "2024's first half", "last year's final quarter"."""
    year = int(match["y"]) if match["y"] else None
    back = int(match["last"] is not None) if match["this"] or match["last"] else None
    if match["n"]:
        n, late = _count(match["n"]), _ordinal(match["q"]) > 1
        ends = (MONTHS - n + 1, MONTHS) if late else (1, n)
    else:
        length = 3 if match["quarter"] else 6
        n = min(_ordinal(match["q"]), MONTHS // length)
        ends = length * (n - 1) + 1, length * n
    return Period(*match.span(), "months", *ends, year, back)


def _short_year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _ending(match: "re.Match[str]") -> Period | None:
    words = match.groupdict()
    n = _count(words["n"]) if words.get("n") else 3 if words.get("three") else MONTHS
    n = 6 if words.get("six") else n
    last = 3 * _ordinal(words["q"]) if words.get("q") else month_of(words["m"])
    if int(words.get("d") or words.get("d2") or MID_MONTH) < MID_MONTH:
        last = last - 1 or MONTHS  # "the fiscal year that ended on July 7"
    return Period(*match.span(), "ending", n, last, **_year_of(match))  # type: ignore[arg-type]


def _quarter_ended(match: "re.Match[str]") -> Period | None:
    """A quarter named by its last month: "the March 2024 quarter"."""
    said = match["y"] or match["y2"]
    year = int(said[:4]) if said else None
    if month_of(match["m"]) % 3:
        return None
    return Period(*match.span(), "ending", 3, month_of(match["m"]), year)


def _fiscal(match: "re.Match[str]") -> Period | None:
    words = match.groupdict()
    if words.get("a"):
        year, after = int(words["a"]), words["b"]
        if after and int(after) not in ((year + 1) % 100, year + 1):
            return None
        return Period(*match.span(), "fiscal", year=year if after else year - 1, fiscal=True)
    if words.get("fy"):
        return Period(*match.span(), "fiscal", year=_fiscal_year(words["fy"]), fiscal=True)
    back = 0 if re.search("current|this|ongoing|текущ|нынеш", match[0]) else 1
    return Period(*match.span(), "fiscal", back=back, fiscal=True)


def _shift(match: "re.Match[str]") -> Period | None:
    said = _year_of(match)
    year, back, fiscal = said.get("year"), said.get("back"), bool(said.get("fiscal"))
    return Period(*match.span(), "shift", 0, 0, year, back, fiscal and year is not None)


def _simple(sort: Sort, first: int = 1, last: int = MONTHS, back: int | None = None) -> Build:
    return lambda match: Period(*match.span(), sort, first, last, back=back)


def _single(match: "re.Match[str]") -> Period | None:
    month = month_of(match["m"])
    if match["m"] in ("may", "march", "mar") and not (match["lead"] or match["y"]):
        return None  # a verb
    if match["before"]:
        return Period(*match.span(), "shift", month, month)
    return Period(*match.span(), "months", month, month, **_year_of(match))  # type: ignore[arg-type]


def _latest_months(match: "re.Match[str]") -> Period | None:
    count = match["n"] or match["n2"]
    return Period(*match.span(), "latest", _count(count) if count else 1, 0)


def _ahead(match: "re.Match[str]") -> Period | None:
    return Period(*match.span(), "ahead", _count(match["n"]), 0)


def _up_to(match: "re.Match[str]") -> Period | None:
    """Months from January on: "through October", "by the end of the third quarter"."""
    words = match.groupdict()
    quarter = (words.get("q") or "").removeprefix("q")
    last = (
        month_of(words["m"])
        if words["m"]
        else 3
        * (int(quarter) if quarter.isdigit() else _ORDINALS.get(quarter) or _ORDINALS[quarter[:4]])
    )
    return Period(*match.span(), "months", 1, last, **_year_of(match))  # type: ignore[arg-type]


def _open(match: "re.Match[str]") -> Period | None:
    """So far this year, "(to April)" if the last month is said."""
    if match["m"]:
        return Period(*match.span(), "months", 1, month_of(match["m"]), back=0)
    return Period(*match.span(), "open")


def _as_of(match: "re.Match[str]") -> Period | None:
    month, day = month_of(match["m"] or match["m2"]), int(match["d"] or match["d2"])
    if day > 1:
        if day < 28:
            return Period(*match.span(), "date")
        month += 1  # the last day of a month is over
    year = int(match["y"][:4]) if match["y"] else None
    if month == 1:
        return Period(*match.span(), "year", year=year and year - 1, back=None if year else 1)
    return Period(*match.span(), "months", 1, month - 1, year)


def _plain_year(match: "re.Match[str]") -> Period | None:
    return Period(*match.span(), "year", year=int(match["y"][:4]), until_end=bool(match["end"]))


# Words that one of a rule's phrases must hold, the pattern, and what is made of a match. Earlier
# rules win where two overlap.
_Rule = tuple[tuple[str, ...], "re.Pattern[str]", Build]


def _rule(stems: str, pattern: str, build: Build) -> _Rule:
    return tuple(stems.split("|")), re.compile(pattern), build


_ANY_MONTH = "|".join(m for m in (*_EN_MONTHS, *_RU_MONTHS) if m != "ма") + "|май|мая|мае"
_LEAD = r"(?<![\w-])"
_RULES: tuple[_Rule, ...] = (
    _rule(
        "months|year|quarter|месяц",
        _LEAD + rf"(?<!start of )(?<!beginning of )(?<!start of the )(?<!beginning of the )"
        rf"(?:(?:the )?(?:(?P<n>{_N})[ -]months?|(?P<six>half[ -]year)"
        rf"|(?<!this )(?<!last )(?:(?:fiscal|financial"
        rf"|calendar|full) )?year"
        rf"|four quarters|(?P<three>(?:fiscal )?quarter))(?: period)?,? (?:to|ended|ending"
        rf"|that ended|through|up to)"
        rf"(?: (?:on|in|at))?(?: the end of)?(?: the)? (?:(?:end[- ](?:of )?"
        rf"|(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?)?(?P<m>{_MONTH})(?: (?P<d2>\d{{1,2}})(?:st|nd"
        rf"|rd|th)?)?"
        rf"(?![\d])|q(?P<q>[1-4])){_OF_YEAR})",
        _ending,
    ),
    _rule(
        _ANY_MONTH,
        _LEAD + rf"(?:(?:year[ -]to[ -]date|ytd),? \(?)?(?:from |between |с |со )?(?:the )?"
        rf"(?:0?1(?:st|го|-го)? (?:of )?(?P<m1>{_MONTH})|(?P<m3>{_MONTH}) 0?1(?:st)?),?"
        rf"(?: {_YEAR},?)?"
        rf"(?:{_DASH}| to | through | until | till | and | по | до )(?:the )?"
        rf"(?:(?P<d2>\d{{1,2}})(?:st|nd|rd|th|го|-го)? (?:of )?(?P<m2>{_MONTH})"
        rf"|(?P<m4>{_MONTH}) (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?)(?!\d)(?:,? (?P<y>{_YEAR}))?\)?",
        _day_to_day,
    ),
    _rule(
        "start|beginning|date|ytd|far|начала|this year|current year",
        _LEAD
        + r"(?:(?:since|from|between) the (?:very )?(?:beginning|start|turn) of (?:the|this|last)"
        r"(?: current)? year|year[ -]to[ -]date|ytd|so far this year|(?:this|the current) year"
        r"(?:,)? (?:so far|to date)|thus far this year"
        r"|so far(?= \((?:up )?(?:to|until|through) )|(?:this"
        r"|the current) year(?=,? (?:up )?(?:to|until|till|through) (?:the )?"
        rf"(?:end )?(?:of )?{_MONTH})|с (?:самого )?начала (?:этого |текущего "
        rf"|нынешнего )?год\w*)(?:,? \(?(?:up )?(?:to|until|till|through|and|по"
        rf"|до)(?: the)?(?: (?:end|close)(?: of|-)?)?"
        rf" ?(?P<m>{_MONTH})\)?)?",
        _open,
    ),
    _rule(
        _ANY_MONTH,
        _LEAD + rf"(?:from |between |с |со )?(?P<m1>{_MONTH}) (?P<y1>{_YEAR})"
        rf"(?:{_DASH}| to | through | until | till | and | по "
        rf"| до )(?P<m2>{_MONTH}) (?P<y2>{_YEAR})",
        _across,
    ),
    _rule(
        " and ",
        _LEAD
        + rf"(?P<m1>{_MONTH}), {_MONTH}(?:,? and|, {_MONTH},? and) (?P<m2>{_MONTH})"
        + _OF_YEAR,
        _months,
    ),
    _rule(
        _ANY_MONTH,
        _LEAD + rf"(?:(?:first |первые )?{_N}[ -](?:months?|месяц\w*|мес\.?),? ?\(?)?"
        rf"(?:from |с |со |between (?=\w+ and))?(?P<m1>{_MONTH})"
        rf"(?:{_DASH}|-to-| (?:up )?(?:to|through|thru|until|till)(?: the)?(?: end(?: of|-)?)? ?"
        rf"| по | до | and (?=\w))(?P<m2>{_MONTH})(?: (?:period|stretch|span))?\)?{_OF_YEAR}",
        _months,
    ),
    _rule(
        " quarter",
        _LEAD
        + rf"(?:the )?(?P<m>{_MONTH}) (?:(?P<y>{_YEAR}) (?P<three>quarter)|(?P<three2>quarter) "
        rf"(?P<y2>{_YEAR})|quarter(?=[ .,;)]|$))",
        _quarter_ended,
    ),
    _rule(
        " days|дней",
        _LEAD + rf"(?:(?:in |over |during )?the )?first {_N} days of {_MONTH}{_OF_YEAR}"
        rf"|(?:за )?первые {_N} дней {_MONTH}{_OF_YEAR.replace('?P<', '?P<z')}",
        _simple("vague"),
    ),
    _rule(
        "as of|as at|by|состоянию на|на 1|на 2|на 3",
        _LEAD + rf"(?:as (?:of|at)|by(?! (?:jan|1 jan))|по состоянию на|на)"
        rf" (?:(?P<d>\d{{1,2}}) (?P<m>{_MONTH})"
        rf"|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?),?(?: (?P<y>{_YEAR}))?",
        _as_of,
    ),
    _rule(
        "end|конц",
        _LEAD + rf"(?:as of|as at|by|at|to|up to|until|till|through|к|на)"
        rf"(?: the)? (?:end of|end-|конец|концу)(?: of)?(?: the)? ?"
        rf"(?:(?P<m>{_MONTH})|(?P<q>q[123]|(?:first|second|third)(?=[ -]quarter)"
        rf"|(?:перв|втор|трет)(?=[а-я]* квартал))(?:[а-я]+)?"
        rf"(?:(?:[ -]quarter)| квартал\w*|(?=,? )))(?P<at>){_OF_YEAR}",
        _up_to,
    ),
    _rule(
        "through |up to |up until ",
        _LEAD + rf"(?:through|up to|up until|through the end of|up to and including)"
        rf"(?: the)? (?P<m>{_MONTH})(?! \d{{1,2}}(?!\d)){_OF_YEAR}",
        _up_to,
    ),
    _rule(
        _ANY_MONTH,
        _LEAD
        + rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:{_DASH}\d{{1,2}})?(?![\d%]|[.,]\d| \w*лн)"
        rf"(?:,? {_YEAR})?|\d{{1,2}}(?:st|nd|rd"
        rf"|th)?(?:{_DASH}\d{{1,2}})? (?:of )?{_MONTH}(?:,? {_YEAR})?)",
        _simple("date"),
    ),
    _rule(
        " за | in | over ",
        _LEAD + rf"(?:(?P<last>(?:прошл|минувш)\w+ год\w*|last year)|(?P<y>{_YEAR})),?"
        r" (?:за|in|over|during|for) (?:the )?(?:тот же|этот же|аналогичн\w+|соответствующ\w+|same"
        r"|corresponding) (?:период|срок|отрезок|period|months|time)",
        _shift,
    ),
    _rule(
        "same|correspond|similar|comparable|equivalent|identical|year-ago|year-earlier|analog|like "
        "|аналогич|соответств|же |сопостав",
        _LEAD + r"(?:the |that )?(?:same|corresponding|similar|analogous|comparable|like"
        r"|equivalent|identical|year-ago|year-earlier"
        r"|аналогичн\w+|соответствующ\w+|тем же|том же|тот же|того же|тому же|те же|тех же|этот же"
        r"|это же|сопоставим\w+)"
        rf" (?:(?:{_N}|first) )*(?:periods?|months?|time(?= (?:last|a|in|of|the) )"
        rf"|quarter|half|span|stretch|interval|term"
        r"|период\w*|месяц\w*|отрез(?:ок|к\w+)|времен\w*|время|квартал\w*|полугоди\w*|срок\w*"
        r"|показател\w*"
        r"(?: (?:за|в))?)"
        rf"(?:(?: (?:a|of|in|from|the))* (?:year (?:before|earlier|ago)|(?:previous"
        rf"|prior|preceding|last) (?:fiscal|financial)(?: year)?|(?:previous|prior"
        rf"|preceding)"
        rf" year)| (?:предыдущ|предшествующ)\w+ (?:год\w*|периода)"
        rf"|{_OF_YEAR.replace('?P<before>', '?:')})",
        _shift,
    ),
    _rule(
        " months",
        _LEAD + rf"(?:the )?(?:last|final|closing) (?P<n>{_N}) months(?= (?:of|in) (?:\d|this"
        rf"|the current|last)){_OF_YEAR}",
        _last_months,
    ),
    _rule(
        "'s",
        _LEAD + rf"(?:in |for |during |over )?(?:(?P<y>(?:19|20)\d\d)|(?P<this>this year)|the year"
        rf"|(?P<last>last year))'s (?:(?P<q>first|second|third|fourth|last|final|opening|closing)"
        rf"[ -](?:(?P<quarter>quarter)|(?P<half>half)|(?P<n>{_N}) months))",
        _part_of_year,
    ),
    _rule(
        "months from|months since|months starting",
        _LEAD
        + rf"(?:the )?(?P<n>{_N}) months (?:from|since|starting (?:in|from)) january{_OF_YEAR}",
        _first_months,
    ),
    _rule(
        "mid",
        _LEAD + r"(?:by |at |until |to |through )?(?:the )?(?:mid-|middle of )"
        rf"(?P<y>{_YEAR})",
        lambda match: Period(*match.span(), "months", 1, 6, int(match["y"][:4])),
    ),
    _rule(
        "month|месяц|m2|m 2|квартал|quarters|полгода|half-year",
        _LEAD + rf"(?<!est )(?<!time )(?:(?:the |за |в )?(?:first |initial |opening |over |in |for "
        rf"|during |within |after "
        rf"|первые "
        rf"|первых )+(?:the )?(?:first )?(?P<n>{_N})[ -]months?(?![a-z])(?: period)?"
        rf"(?![ -]of[ -]growth| from| since| starting)"
        rf"{_OF_YEAR})",
        _first_months,
    ),
    _rule(
        "last month of|final month of",
        _LEAD + rf"(?:the )?(?:last|final) month{_OF_YEAR}",
        _last_month,
    ),
    _rule(
        "month|месяц",
        _LEAD + rf"(?:the first month|первый месяц|первом месяце)(?P<n>)(?= (?:of )?(?:\d|this"
        rf"|the current|last"
        rf"|этого|текущего|прошлого|нынешнего)){_OF_YEAR}",
        _first_months,
    ),
    _rule(
        "month|месяц",
        _LEAD
        + rf"(?P<n>{_N})[- ]months?(?: period)?(?=,? (?:(?:of|in) (?:\d|this|the current|last)"
        rf"|(?:19|20)\d\d))" + _OF_YEAR,
        _first_months,
    ),
    _rule(
        "мес",
        _LEAD + rf"(?:за |в |по итогам |в течение )(?:первы[ех] )?(?P<n>{_N})(?:-ти|-х"
        rf"|-и)? (?:первых )?(?:месяц\w*|мес\.?)"
        rf"{_OF_YEAR}",
        _first_months,
    ),
    _rule(
        "-month",
        _LEAD + rf"(?P<n>{_N})-month(?= (?:period|turnover|trade|exports?|imports?|figure|total)"
        rf"|$)",
        _first_months,
    ),
    _rule("month", _LEAD + rf"(?P<n>\d{{1,2}})(?:st|nd|rd|th) month{_OF_YEAR}", _first_months),
    _rule(
        "mfy|m fy|hfy|qfy|h1fy|h1 fy|h2fy|months of fy|months fy",
        _LEAD + r"(?:(?P<n>\d{1,2}) ?m(?:onths)?(?: of)?|(?P<six>h1"
        r"|1h)) ?(?P<fy>fy ?\d{2,4}(?:[-/–]\d{2,4})?)",
        _first_months,
    ),
    _rule(
        "m2|m 2|м2|м 2|mes 2",
        _LEAD + rf"(?P<n>\d{{1,2}})[mм] ?(?P<y>{_YEAR})",
        _first_months,
    ),
    _rule(
        "m2|m'|m-2|m 2",
        _LEAD + r"(?P<n>\d{1,2}) ?m[ '-]?(?P<sy>\d\d)(?!\d)",
        lambda match: Period(*match.span(), "months", 1, int(match["n"]), _short_year(match["sy"])),
    ),
    _rule(
        "q1|q2|q3| quarters",
        _LEAD + rf"(?:q(?P<a>[1-3]) ?(?:[-–—]|to|and) ?q(?P<b>[2-4])|(?:the )?(?P<a2>first|second"
        rf"|third)(?: to | through |[-–—]| and )(?:the )?(?P<b2>second|third|fourth) quarters)"
        rf"{_OF_YEAR}",
        _quarters,
    ),
    _rule(
        "quarters|квартала",
        _LEAD
        + rf"(?P<nine>(?:the )?first three quarters|(?:for|in|over|during|through) (?:the )?three"
        rf" quarters(?= (?:of|to))|(?:за )?(?:первые )?три квартала){_OF_YEAR}",
        _first_months,
    ),
    _rule(
        "полгода|полугодие|half-year|half year",
        _LEAD + rf"(?P<six>(?:за |первые )+полгода|за полугодие|first half[- ]year){_OF_YEAR}",
        _first_months,
    ),
    _rule(
        "quarter|квартал|q1|q2|q3|q4",
        _LEAD
        + rf"(?:(?:the )?(?P<q>first|second|third|fourth|last|final|opening|initial|closing|1st|2nd"
        rf"|3rd|4th)[ -]quarter"
        rf"(?! (?:report|bulletin|review|results|earnings|figures|data))"
        rf"|(?P<q2>i{{1,3}}|iv|[1-4](?:-?[йм])?|(?:перв|втор|трет"
        rf"|четв[её]рт)\w+)(?:-[а-я]+)? квартал\w*)"
        rf"{_OF_YEAR}",
        _part(3),
    ),
    _rule(
        "q1|q2|q3|q4|1q|2q|3q|4q",
        _LEAD + rf"(?:q(?P<q>[1-4])|(?P<q2>[1-4])q)(?:[ -']?(?P<sy>(?:20)?\d\d)(?!\d)|{_OF_YEAR})",
        _part(3),
    ),
    _rule(
        "half|semester|полугод|половин|h1|h2|1h|2h",
        _LEAD + rf"(?:(?:the )?(?P<q>first|second|opening|latter|1st|2nd)[ -]"
        rf"(?:half(?:[ -]year)?|semester)"
        rf"|(?P<q2>i{{1,2}}|[12](?:-?[ейм])?|(?:перв|втор)\w+)(?:-[а-я]+)?"
        rf" (?:полугоди\w+|половин\w+(?= (?:{_YEAR}|года|этого|текущ|нынеш|прошл)))"
        rf"(?: года(?!\w))?){_OF_YEAR}",
        _part(6),
    ),
    _rule(
        "h1|h2|1h|2h",
        _LEAD + rf"(?:h(?P<q>[12])|(?P<q2>[12])h)(?:[ -']?(?P<sy>(?:20)?\d\d)(?!\d)|{_OF_YEAR})",
        _part(6),
    ),
    _rule(
        "fiscal|financial|fy|финанс|-2|/2|–2|-1|/1|–1|-0|-3|–3|/3",
        _LEAD + r"(?:(?:the )?(?:fiscal|financial)(?: year)?(?: of)? |fy ?)?(?P<a>(?:19|20)\d\d)"
        r"[-/–](?P<b>\d\d(?:\d\d)?)(?!\d|-\d)(?: (?:fiscal|financial)(?: year)?"
        r"| финансов\w+ год\w*)?",
        _fiscal,
    ),
    _rule(
        "fiscal|financial|fy",
        _LEAD + r"(?:(?:the )?(?:fiscal|financial)(?: year)? (?P<a>(?:19|20)\d\d)(?!\d)(?P<b>)"
        r"|(?P<fy>fy ?\d{2,4}(?:[-/–]\d{2,4})?))(?!\d)",
        _fiscal,
    ),
    _rule(
        "fiscal|financial",
        _LEAD + r"(?:the )?(?:(?:just|recently)[- ](?:ended|concluded|closed|completed) "
        r"(?:fiscal|financial) year|(?:fiscal|financial) year (?:that )?(?:has )?(?:just|recently)"
        r"[- ](?:ended|concluded|closed|completed))(?! (?:19|20)\d| in| on)",
        _simple("fiscal", back=1),
    ),
    _rule(
        "fiscal|financial|финанс",
        _LEAD
        + r"(?:the )?(?:last|previous|preceding|prior|current|this|ongoing|прошл\w+|предыдущ\w+"
        r"|текущ\w+) (?:fiscal|financial|финансов\w+)(?: year| год\w*)?",
        _fiscal,
    ),
    _rule(
        _ANY_MONTH,
        _LEAD
        + rf"(?P<lead>in |for |during |of |since |over the month of |the month of |by |to |from "
        rf"|until |last |than |with |alone |в |за |с |к |по )?(?P<m>{_MONTH})"
        rf"(?!'s\b(?! (?:(?:us|eur|usd)?[$€£\d]|level|figure|total|value|result|volume)))"
        rf"{_OF_YEAR}",
        _single,
    ),
    _rule(
        "last year's",
        _LEAD + r"(?:last year's (?:level|figure|volume|total|result|value|number|mark)"
        r"|(?:below|above|under|than|short of) last year's(?= ?(?:[.,;:)]|$)))",
        lambda match: Period(*match.span(), "shift", 0, 0),
    ),
    _rule(
        "full|whole|for the year|весь год|год в целом",
        _LEAD + r"(?:(?:the )?full[- ]year|(?:for |in )?the (?:whole|entire) year(?! \d)"
        r"|for the year(?= as a whole| is| are| will| may| could| would| looks|$)"
        r"|за весь год"
        r"|за год в целом)(?! (?:19|20)\d)",
        _simple("whole"),
    ),
    _rule(
        "year|yoy|y-o-y|y/y|twelve|12|годом|год |года |годов|прошлогодн|г/г|двенадцать|before",
        _LEAD + r"(?:year[ -](?:on|over|to)[ -]year|y/y|yoy|y-o-y|(?:a |one )?year (?:earlier"
        r"|before(?! last)|back(?![a-z])"
        r"|ago|previously)|(?:the )?(?:previous|prior|preceding) (?:year|twelve months|12 months"
        r"|twelve-month period)|the year before(?! last)|on the year(?= |$|,|\.)"
        r"|on an? (?:annual|yearly) basis|in (?:annual|yearly) terms"
        r"|в годовом выражении"
        r"|год[ео]м? ранее|год(?:ом)? раньше|год(?:ом)? назад|год к году|г/г|годичной давности"
        r"|(?:за )?предыдущ\w+ (?:год\w*|двенадцать месяцев|12 месяцев)|прошлогодн\w+"
        r"|предшествующ\w+ год\w*)",
        lambda match: Period(*match.span(), "shift", 0, 0),
    ),
    _rule(
        "month|месяц",
        _LEAD + rf"(?:(?:in |over |during |for )?(?:the )?(?:past|last) (?P<n>{_N}) months"
        rf"|(?:за |в )(?:последн|прошедш)\w+ (?P<n2>{_N}) месяц\w*"
        r"|(?<! from )(?<! than )(?<! with )(?<! on )(?<! over )(?<! to )(?<!^from )"
        r"(?<!^than )(?<!^with )(?<!^on )(?<!^over )(?<!^to )last month(?!'s| of)"
        r"|(?<! к )(?<! с )(?<! чем )(?:в (?:прошлом|минувшем) месяце"
        r"|за (?:прошл|минувш)\w+ месяц))",
        _latest_months,
    ),
    _rule(
        "that year|same year|тот же год|том же год|в тот год|того же год",
        _LEAD + r"(?:that (?:same )?year|the same year|(?:в|за) (?:тот|том) же год\w*|в тот год"
        r"|того же года)",
        _simple("that"),
    ),
    _rule(
        "year later|year on|following year|year after|that followed|subsequent year",
        _LEAD
        + r"(?:(?:a|one) year (?:later|on(?=,|$))|(?:in )?the (?:following year|year that followed"
        r"|subsequent year|year thereafter|year after"
        r"(?=$|[,. ](?!the|a )))(?! to))",
        _simple("after"),
    ),
    _rule(
        "month|quarter|half|месяц|квартал|m/m|полугод|m-o-m|mom|q-o-q|qoq|sequential",
        _LEAD + r"(?:(?:from|than|with|on|over|to) (?:the )?last month|m-o-m|mom(?![a-z])|q-o-q|qoq"
        r"|sequentially|on a (?:monthly|quarterly) basis|in (?:monthly|quarterly) terms"
        r"|(?:on|over) the (?:month|quarter)(?! of| to(?! (?:us)?[$€£\d])| end)"
        r"|(?:a |one )?(?:month|quarter) (?:earlier|before|ago)|(?:месяцем|кварталом) ранее"
        r"|(?:месяцем|кварталом) раньше"
        r"|(?:the )?(?:previous|preceding|prior|last) (?:month|quarter|half(?:-year)?)"
        r"|month[ -](?:on|over)[ -]month|m/m|quarter[ -](?:on|over)[ -]quarter|q/q"
        r"|предыдущ\w+ (?:месяц\w*|квартал\w*|полугоди\w*)|(?:прошл|минувш)\w+ месяц\w*"
        r"|к прошлому месяцу|(?:прошл|минувш)\w+ квартал\w*)",
        _simple("previous"),
    ),
    _rule(
        "year|года|лет|год ",
        _LEAD + rf"(?<!est )(?<!first time )(?:(?:within|in|over|during) (?:the )?"
        rf"(?:(?:next|coming|following|subsequent) )?"
        rf"(?:period of |space of )?(?P<n>{_N})[ -]years?(?:'? time)?(?! ago))",
        _ahead,
    ),
    _rule(
        "years from now|years' time|-year |decade",
        _LEAD + rf"(?:(?P<n>{_N}) years from now|(?:within|in|over) an? (?P<n2>{_N})-year"
        rf" (?:horizon|period|span|time ?frame)"
        rf"|(?:within|over) (?:a|the (?:next|coming)) (?P<half>half(?:-| a )decade)"
        rf"|within (?:a|the (?:next|coming)) (?P<ten>decade))",
        lambda match: Period(
            *match.span(),
            "ahead",
            5 if match["half"] else 10 if match["ten"] else _count(match["n"] or match["n2"]),
            0,
        ),
    ),
    _rule(
        "года|лет|год ",
        _LEAD
        + rf"(?:за|в течение|через|на протяжении|в) (?:ближайш\w+ |следующ\w+ |предстоящ\w+ )?"
        rf"(?P<n>{_N}) (?:года|лет|год)(?![а-я])(?! назад)",
        _ahead,
    ),
    _rule(
        "past|last|recent|previous|decade|последн|прошедш|минувш|десятилети",
        _LEAD + rf"(?:(?:over|in|during|within|for) (?:an?|one) decade|(?:over|in|during|within"
        rf"|for)"
        rf" (?:the )?(?:past|last|previous|recent)"
        rf" (?:(?:{_N}|few|several) )?(?:years|decades?)|(?:за|в) (?:последн|прошедш|минувш)\w+"
        rf" (?:(?:{_N}|несколько) )?(?:года|лет|годы|десятилети\w+))",
        _simple("span"),
    ),
    _rule(
        "years ago|years earlier|decade|лет назад|года назад",
        _LEAD + rf"(?:(?P<n>{_N}) (?:years (?:ago|earlier)|(?:лет|года|год) назад)"
        r"|(?:a|one) decade (?:ago|earlier))",
        lambda match: Period(*match.span(), "ago", _count(match["n"] or "10"), 0),
    ),
    _rule(
        "decade|десятилети",
        _LEAD
        + r"(?:by )?(?:the )?(?:end of (?:the|this) decade|конц[аеу] (?:этого )?десятилети\w+)",
        _simple("ahead", first=0, last=10),
    ),
    _rule(
        "end|конц|итогам",
        _LEAD + r"(?:(?:by |at |before |until )?(?:the )?end of (?:the|this)"
        r"(?: current)? year(?! 2)"
        r"|(?:by )?year[- ]end(?! (?:19|20)\d)"
        r"|(?:к|до|на) конц[ауе] (?:этого |текущего |нынешнего )?года"
        r"|по (?:итогам|результатам) (?:этого |текущего |нынешнего )?года)",
        lambda match: Period(*match.span(), "year", back=0, until_end=True),
    ),
    _rule(
        "year|год",
        _LEAD + r"(?:the )?(?:year before last|позапрошл\w+ год\w*)",
        _simple("year", back=2),
    ),
    _rule(
        "year|год",
        _LEAD + r"(?P<end>(?:by |at |before |until )?(?:the )?end of |(?:к|до|на) конц[ауе] )?"
        r"(?:next year|(?:следующ|будущ|наступающ)\w+ год\w*)",
        lambda match: Period(*match.span(), "year", back=-1, until_end=bool(match["end"])),
    ),
    _rule(
        "year|год",
        _LEAD + r"(?:last|the past|past)(?: calendar)? year(?:'s)?"
        r"|(?:(?:прошл|минувш|прошедш|истекш)\w+|последн(?:ий|его)) год\w*",
        _simple("year", back=1),
    ),
    _rule(
        "year|год",
        _LEAD + r"(?:(?:this|the current|current|the present|the ongoing) year(?:'s)?"
        r"|(?:текущ|нынешн|эт)\w+ год\w*|в сем году)",
        _simple("year", back=0),
    ),
    _rule(
        "now|current|today|present|moment|these days|year|annum|annual|term|future|coming|сейчас"
        "|сегодня|ныне|настоящее|момент|в год|ежегодн|ближайш|перспектив|будущ|дальнейшем"
        "|впослед|later"
        "|eventual|ultimate|thereafter",
        _LEAD + r"(?:now|nowadays|currently|today|at present|presently|at the moment|these days"
        r"|(?:an?|per|each|every) year(?! (?:earlier|before|ago))|per annum|annually|yearly"
        r"|(?:in|over) the (?:coming|next|following|near|medium|short|long|foreseeable|longer"
        r"|nearest)"
        r"(?:[- ]to[- ]\w+)?(?: few| several)?[ -](?:years|decades?|term|future|run|perspective)"
        r"|(?:medium|long|short)[- ]term|near future|foreseeable future|coming years"
        r"|сейчас|сегодня|ныне|в настоящее время|на (?:данный|сегодняшний|текущий) (?:момент|день)"
        r"|в год(?![а-я])|ежегодно|в ближайш\w+ (?:несколько лет|годы|время|будущ\w+|перспектив\w+)"
        r"|в (?:среднесрочн|долгосрочн|краткосрочн|обозрим|недал[её]к)\w+ (?:перспектив\w+|будущ\w+"
        r"|период\w*)|на перспективу|в перспективе|в будущем|в дальнейшем|впоследствии|later on"
        r"|eventually|thereafter|ultimately)(?![a-zа-я])",
        _simple("vague"),
    ),
    _rule(
        "19|20",
        rf"(?<![\w$€£.,/-])(?:cy ?)?(?P<end>(?:by |at )?(?:the )?"
        rf"(?:(?:end|close) of |(?:year-)?end[- ])|к концу |до конца )?"
        rf"(?<!survey )(?<!report )(?<!expo )(?<!vision )(?<!agenda )(?<!strategy )(?<!forum )"
        rf"(?<!yearbook )(?P<y>{_YEAR})(?![\d%]|[.,]\d|[-–/]\d|\s?(?:million|billion|млн|млрд"
        rf"|тыс))",
        _plain_year,
    ),
)


def _bits_of_stems() -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Which rules each stem calls for, as bits: stems of letters, and the others."""
    bits: dict[str, int] = {}
    for number, (stems, _, _) in enumerate(_RULES):
        for stem in stems:
            bits[stem] = bits.get(stem, 0) | 1 << number
    for stem in _ANY_MONTH.split("|"):
        del bits[stem]  # "decreased" calls for no month: months are looked up as words
    letters = [item for item in bits.items() if item[0].isalpha()]
    return letters, [item for item in bits.items() if not item[0].isalpha()]


_MONTH_WORD = re.compile(rf"(?<![a-zа-я]){_MONTH}")
_MONTH_RULES = sum(1 << n for n, (stems, _, _) in enumerate(_RULES) if "jan" in stems)
_IN_WORDS, _IN_SENTENCES = _bits_of_stems()


@lru_cache(maxsize=65_536)
def _called_by(word: str) -> int:
    """Which rules a word calls for; looked up once for each word of the language."""
    called = _MONTH_RULES if _MONTH_WORD.search(word) else 0
    for stem, bits in _IN_WORDS:
        if stem in word:
            called |= bits
    return called


def _called(low: str) -> int:
    """Which rules can find something in a sentence, as bits."""
    called = 0
    for word in words(low):
        called |= _called_by(word.text)
    for stem, bits in _IN_SENTENCES:
        if stem in low:
            called |= bits
    return called


@lru_cache(maxsize=4096)
def find_periods(low: str) -> tuple[Period, ...]:
    """Period phrases of a lower-cased sentence, in order, none inside another.

    Examples
    --------
    >>> [(p.sort, p.first, p.last, p.year) for p in find_periods("from january to may 2024")]
    [('months', 1, 5, 2024)]
    """
    found: list[Period] = []
    called = _called(low)
    while called:
        lowest = called & -called
        called ^= lowest
        _, pattern, build = _RULES[lowest.bit_length() - 1]
        for match in pattern.finditer(low):
            if any(p.start < match.end() and match.start() < p.end for p in found):
                continue
            period = build(match)
            if period is not None:
                found.append(period)
    return tuple(sorted(found, key=lambda p: p.start))


def resolve(period: Period, calendar: Calendar, anchor: Months | None = None) -> Months | None:
    """Return the months of a phrase, or None where it names none.

    Parameters
    ----------
    period
        A phrase found by `find_periods`.
    calendar
        When the text came out, and when the fiscal year begins.
    anchor
        The months that "a year earlier" or "the same period of 2023" speak of.

    Examples
    --------
    >>> [phrase] = find_periods("in the first nine months")
    >>> months = resolve(phrase, Calendar(12 * 2024 + 9))
    >>> months.first - 12 * 2024, months.last - 12 * 2024
    (0, 8)
    """
    resolved = _RESOLVED.get(period.sort)
    return resolved(period, calendar, anchor) if resolved else None


def _year_around(months: Months) -> Months:
    """The year that "that year" means: the twelve months said, or the calendar year of others."""
    twelve = months.last is not None and months.last - months.first == MONTHS - 1
    return months if twelve else _whole_year(months.first // MONTHS)


def _whole_year(year: int) -> Months:
    return Months(MONTHS * year, MONTHS * year + 11)


def _resolved_year(period: Period, calendar: Calendar, anchor: Months | None) -> Months:
    this_year = calendar.published // MONTHS
    year = period.year if period.year is not None else this_year - (period.back or 0)
    whole = _whole_year(year)
    over = period.until_end or year < this_year or whole.last == calendar.published
    return whole if over or year > this_year else Months(whole.first, None)


def _resolved_ending(period: Period, calendar: Calendar, anchor: Months | None) -> Months:
    last = _latest(period.last, period, calendar, calendar.published // MONTHS)
    return Months(last - period.first + 1, last)


def _latest(month: int, period: Period, calendar: Calendar, this_year: int) -> int:
    """Month number of a month of the year said, or else the last such month that was over."""
    if period.year is not None:
        return MONTHS * period.year + month - 1
    if period.back is not None:
        return MONTHS * (this_year - period.back) + month - 1
    here = MONTHS * this_year + month - 1
    over = here < calendar.published or (here == calendar.published and calendar.day >= 28)
    return here if over else here - MONTHS


def _resolved_months(period: Period, calendar: Calendar, anchor: Months | None) -> Months | None:
    this_year = calendar.published // MONTHS
    length = (period.last - period.first) % MONTHS
    if period.fiscal:
        if calendar.fiscal_start is None:
            return None
        year = period.year
        if year is None:
            year = this_year - (calendar.published % MONTHS + 1 < calendar.fiscal_start)
        if period.first == 1:  # the first months of a fiscal year
            first = MONTHS * year + calendar.fiscal_start - 1
        else:
            first = MONTHS * (year + (period.first < calendar.fiscal_start)) + period.first - 1
        return Months(first, first + length)
    last = _latest(period.last, period, calendar, this_year)
    return Months(last - length, last)


def _resolved_fiscal(period: Period, calendar: Calendar, anchor: Months | None) -> Months | None:
    if period.comparative and anchor is not None and anchor.last == anchor.first + 11:
        return Months(anchor.first - MONTHS, anchor.last - MONTHS)
    if calendar.fiscal_start is None:
        return None
    year = period.year
    if year is None:
        begun = calendar.published % MONTHS + 1 >= calendar.fiscal_start
        year = calendar.published // MONTHS - (not begun) - (period.back or 0)
    first = MONTHS * year + calendar.fiscal_start - 1
    return Months(first, first + 11)


def _resolved_comparison(
    period: Period, calendar: Calendar, anchor: Months | None
) -> Months | None:
    if anchor is None:
        return None
    if period.sort == "previous":
        if anchor.last is None:
            return None
        length = anchor.last - anchor.first + 1
        return Months(anchor.first - length, anchor.first - 1)
    if period.first and anchor.last is not None:  # "January-May of the previous year"
        last = MONTHS * (anchor.last // MONTHS - 1) + period.last - 1
        return Months(last - (period.last - period.first) % MONTHS, last)
    years = 1
    year = period.year
    if year is None and period.back is not None:
        year = calendar.published // MONTHS - period.back
    end = anchor.last if anchor.last is not None else anchor.first
    if period.fiscal and calendar.fiscal_start is not None:
        end = anchor.first - calendar.fiscal_start + 1  # its fiscal year begins in that year
    if year is not None and (period.year is not None or year < end // MONTHS):
        years = end // MONTHS - year
    return shifted(anchor, years) if years > 0 else None


Resolve = Callable[[Period, Calendar, Months | None], Months | None]
_RESOLVED: dict[Sort, Resolve] = {
    "months": _resolved_months,
    "year": _resolved_year,
    "whole": lambda _, to, __: _whole_year(to.published // 12 - (to.published % 12 < _REPORTED)),
    "fiscal": _resolved_fiscal,
    "ending": _resolved_ending,
    "latest": lambda one, to, _: Months(to.published - one.first, to.published - 1),
    "that": lambda _, __, anchor: _year_around(anchor) if anchor else None,
    "after": lambda _, __, anchor: shifted(_year_around(anchor), -1) if anchor else None,
    "open": lambda _, to, __: Months(to.published // MONTHS * MONTHS, None),
    "ago": lambda one, to, _: _whole_year(to.published // MONTHS - one.first),
    "shift": _resolved_comparison,
    "previous": _resolved_comparison,
}


def shifted(months: Months, years: int) -> Months:
    """Return the same months, some years earlier."""
    last = None if months.last is None else months.last - MONTHS * years
    return Months(months.first - MONTHS * years, last)


def deadline_year(period: Period, calendar: Calendar, after: int | None = None) -> int | None:
    """Last year that counts for a goal, or None where the phrase fixes none.

    Parameters
    ----------
    after
        The deadline of the goal before, from which "the subsequent five years" count.
    """
    this_year = calendar.published // MONTHS
    if period.sort == "ahead":
        return (
            this_year // 10 * 10 + 10 if period.last == 10 else (after or this_year) + period.first
        )
    if period.sort in ("year", "months"):
        return period.year if period.year is not None else this_year - (period.back or 0)
    if period.sort == "fiscal" and period.year is not None:
        return period.year + 1
    return None
