"""Step 3b: which of a sentence's periods an amount covers, and what a growth is compared with.

A period right after an amount is its own ("2.1 billion in 2014 and 3.8 billion by 2021"); one
before covers all amounts that have none of their own. Periods after "compared with", "than",
"since" are bases; "a year earlier" covers an amount only if it stands beside it. A sentence without
a period keeps that of the sentence before; "now" and "a year" say that no months are known.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tradetrack.articles.amounts import Amount
from tradetrack.articles.periods import Period
from tradetrack.articles.scan import Scan

_BETWEEN = (
    r"(?: the| (?:those|these) (?:[a-z]+ )?months of| that of| those of| those in| that in"
    r"| (?:corresponding|comparable|respective|analogous|equivalent)(?: figure| level"
    r"| value)?(?: of| in| for)?"
    r"| what it was in| (?:same|its|their)| [a-z]+-[a-z]+"
    r"| (?:figure|total|value|volume|amount|result) of| revised| upwardly| downwardly| adjusted"
    r"| levels? (?:in|seen in)| level of"
    r"| levels of| figure for| (?:record|pandemic|crisis|boom|pre-[a-z]+)(?: year)?"
    r"| year| year of"
    r"| \w+ году?| показател\w+| уровн\w+| результат\w+| итог\w+| данны\w+| в| за| периодом"
    r"| аналогичн\w+)*[ ,:(]*$"
)
_STRONG_BASE = re.compile(
    r"(?<![\w-])(?:compared (?:to|with)|comparison with|in relation to|with respect to"
    r"|in contrast (?:to|with)|as opposed to|measured against"
    r"|(?:exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beating|topping|outstripping|overtaking|trailing|undershooting)"
    r"|(?:fall|falling|fell) short of|(?<=% )(?:behind|in excess of)|(?<=cent )(?:behind"
    r"|in excess of)"
    r"|set against|(?:at|on|near|around) (?:about )?the (?:same )?level (?:of|as|in)(?: in| of)?"
    r"|(?:twice|double|triple) (?:the|its)"
    r"|since(?: [a-z'-]+){0,7}? (?:in|from|on)"
    r"|since"
    r"|times (?:the|its|that of)|times(?= $)|(?<!later )than(?: in"
    r"| during| for| at)?|as (?:much|many|high|large|big) as(?: in| during)?"
    r"|same as(?: in| during)?|as in|по отношению к|(?<=% )(?:больше|меньше|выше|ниже)|against"
    r"|versus|vs\.?|vis-[aà]-vis|relative to|up on|down on|starting (?:from|in)|(?:по"
    r"|в) сравнени[юи] со?"
    r"|относительно|(?<=% )(?:ahead|short|shy) of|(?<=cent )(?:ahead|short|shy) of"
    r"|(?:above|below|under)(?: those of| that of| the level of)?|(?:рост|прирост"
    r"|снижение|спад|падение|growth|increase|decline|rise"
    r"|variation|change|difference) (?:к|on"
    r"|over|from|vs\.?|against)|против|чем(?: в| за| по итогам)?|нежели(?: в| за)?"
    r"|начиная с)" + _BETWEEN
)
_WEAK_BASE = re.compile(
    r"(?<![\w-])(?:on|over|from|к|с|со|от|after|после|уровн\w+|показател\w+(?: за| в)?)" + _BETWEEN
)
_PERCENT_TO = re.compile(r"(?:%|per ?cent)(?: compared)? to $")
_FOLLOWING = re.compile(r"^(?:following|after|после) [^,;]*$")
_ADDED_UP = re.compile(
    r"(?<![a-z])(?:total(?:led|ed|ling)|a total of|cumulative(?:ly)?|combined"
    r"|altogether|in all)(?![a-z])"
    r"|суммарн|совокупн|в общей сложности|всего за"
)
_MANY_YEARS = re.compile(
    r"(?:19|20)\d\d ?[–—-] ?(?:19|20)\d\d (?:period|years?)[^;.]*(?:total"
    r"|cumulative|combined)"
)
_SAME = re.compile(
    r"(?:the |that )?same (?:\w+ ){0,2}(?:period|months?|time|span|stretch|term|quarter|half)"
    r"|(?:тот|это|этот|том|тех|те) же (?:\w+ )?(?:период\w*|время|отрезок|срок|месяц\w*|квартал\w*)"
)
_LED_TO = re.compile("(?:from|with|to|с|со|к|since|than) ")
_POINT, _POINT_OR_DIGIT = re.compile("[;.:]"), re.compile(r"[;:.]|\d")
_LED = re.compile(r"(?:^|[\s(])(?:in|over|during|for|within|throughout|за|в) $")
_WITH = re.compile(r"(?:(?:по|в) сравнени[юи] со?|compared (?:to|with|from)) $")
_IN_BRACKETS = re.compile(r"[^()]*\)")
_AND = re.compile(r",? (?:and|и)(?: in| to| в| до)? ")
_TO_LEVEL = re.compile(
    r"(?: y/y| yoy| y-o-y|,? year[ -]on[ -]year|,? on the year| over the year"
    r"|,? (?:from|on|than|compared (?:to|with)) (?:a|the) (?:year|previous year)(?: earlier"
    r"| before| ago)?,?"
    r"| в годовом выражении)?,?(?: —)? (?:to|до)(?: (?:about|around|some|nearly|almost|почти"
    r"|около))? "
)
_AND_OF = re.compile(r"(?:,|,? (?:and|и)) (?:that )?of $")
_BRACKET = re.compile(r"(?: ?\(| [—–] |: )(?:us)?\\?")
_WHEN = re.compile(r",? (?:when|когда)(?! compared) [^,;.]{0,30}")
_VALUE_OF = re.compile(  # "from the June value of 5.4 billion", "on June's 5.4 billion"
    r"(?:'s)? (?:value|figure|level|total|volume|result|amount|record|peak|high|low)"
    r" of (?:us|eur|usd)?\\?|'s (?:us)?\\?"
)
_AND_CLAUSE = re.compile("[;]|,? (?:and|while|but) ")
THAN_SUM = re.compile(
    r"(?: (?:(?:more|less|higher|lower) than|above|below|under|(?:ahead|short|shy) of)(?: the| a)?"
    r"| the)(?: (?:us|eur|usd))?[ \\]?(?:us)?"
)
_RATE_BEFORE = re.compile(
    r"(?:compared (?:to|with)|against|versus|vs\.?|from|after|than|(?:having|had) [a-z]+(?: by)?)"
    r"(?: an?| the)?(?: (?:rise|growth|increase|decline|fall|drop|gain) of)?"
    r"(?: about| around| just| only| nearly| almost| over| more than)? $"
)
_PRESENT = re.compile(r"(?:current|present|existing|today's|нынешних|текущих|сегодняшних) \\?$")
_JUST_BASE = re.compile(
    r"year[ -](?:on|over|to)[ -]year|y/y|yoy|y-o-y|on the year|в годовом|год к году|г/г"
    r"|month[ -](?:on|over)|m/m|q/q|quarter[ -](?:on|over)"
)
_STOP = re.compile(
    r"[;:]|, (?:spurred|driven|helped|boosted|supported|fuell?ed|led|thanks|due|because|after"
    r"|following|as|when|despite|amid|with) |,? (?:and|but|while|whereas|although|though|however"
    r"|yet|а|и|но|хотя"
    r"|однако|зато|тогда как"
    r"|при этом) |[.!?] |, (?=in "
    r"|during |over |by |at |в |за |к |по )"
)
HEADS_NEXT = re.compile(r"\)?\s*[—–:-]\s*(?:\w+ ){0,2}\\?")  # "(in 2021: 2.2 billion)"
_NAMES_NEXT = re.compile(  # "39 billion, for a year-to-date total of 77 billion"
    r" (?:total|figure|tally|sum|value|level|amount) (?:of|to|at|was|is|reached)(?![a-z])|'s \\?$"
)
_UNTIL = re.compile(r" (?:and|to|по|до) ")
_RANGE_OF_YEARS = re.compile(r"(?:between|from|с)\s$")


_DATED = ("year", "months", "fiscal", "ending", "whole", "open", "latest")
_ANEW = re.compile(r";|, and |,? (?:while|whereas|but) ")


class Choice(NamedTuple):
    """The period chosen for an amount; with no period, months are unknown or carried over."""

    period: Period | None = None
    shift: bool = False
    years_before: int = 0
    unknown: bool = False
    carried: bool = False


@dataclass
class Main:
    """The phrase whose months hold until another is said, and in which sentence it stood.

    ``both`` are the phrases of two figures of one flow, for two more in the next sentence.
    """

    phrase: str = ""
    sentence: int = -10
    both: tuple[str, ...] = ()


class Timing:
    """The periods of one sentence, dealt out to its amounts."""

    def __init__(self, found: Scan, origins: list[bool], growths: list[bool]) -> None:
        self.found, self.low = found, found.low
        self.origins = origins  # amounts after "from", "against", "than"
        self.periods = [p for p in found.periods if p.sort != "date" and not self._is_same(p)]
        self.bases = {p for p in self.periods if self._is_base(p, any(growths))}
        self.owned = self._owned()
        self.chosen: dict[int, Choice] = {}

    def _is_same(self, period: Period) -> bool:
        """Whether "in the same period" only repeats the months just said."""
        plain = period.sort == "shift" and not period.first
        if not plain or period.year is not None or period.back is not None:
            return False
        phrase = _SAME.fullmatch(self.low[period.start : period.end])
        led = _LED.search(self.low, max(0, period.start - 8), period.start)
        of_origin = any(
            is_origin and 0 <= period.start - a.end < 12
            for a, is_origin in zip(self.found.amounts, self.origins, strict=True)
        )
        return (
            phrase is not None and led is not None and not of_origin and not self._compared(period)
        )

    def _compared(self, period: Period) -> bool:
        return _STRONG_BASE.search(self.low[max(0, period.start - 60) : period.start]) is not None

    def _is_base(self, period: Period, growth: bool) -> bool:
        if period.sort in ("vague", "ahead", "open", "span"):
            return False
        phrase = self.low[period.start : period.end]
        if phrase.endswith("past year"):
            return False  # "over the past year" is the year itself
        if _JUST_BASE.match(phrase):
            return True
        own = _LED_TO.match(phrase)
        alone = own is not None and period.sort == "months" and period.first == period.last
        start = period.start + (own.end() if own and alone else 0)
        if own is not None and _WITH.search(self.low, 0, period.start + own.end()):
            return True  # "по сравнению с январем–сентябрем"
        before = self.low[max(0, period.start - 60) : start]
        if _PERCENT_TO.search(before) and period.sort in ("year", "months") and growth:
            return True
        if _STRONG_BASE.search(before) or self._begins_range(period):
            return True
        return growth and bool(_WEAK_BASE.search(before)) and self._after_growth(period)

    def _begins_range(self, period: Period) -> bool:
        """Whether a year is the first of two: "tripled between 2021 and 2024"."""
        later = next((p for p in self.periods if p.start >= period.end), None)
        years = later is not None and period.sort == later.sort == "year"
        if later is None or not years or not _RANGE_OF_YEARS.search(self.low, 0, period.start):
            return False
        return bool(_UNTIL.fullmatch(self.low[period.end : later.start]))

    def _after_growth(self, period: Period) -> bool:
        """Whether a growth stands before: "5 % on 2022"; "к 2030 году" is none."""
        near = [a for a in self.found.amounts if a.end <= period.start]
        if (
            len(near) > 1
            and near[-1].kind == "money"
            and self.low[near[-2].end : near[-1].start] in (" (", " or ")
        ):
            near = near[:-1]  # "up 19.3 percent ($22.1 billion) from 2023"
        elif len(near) > 1 and period.sort == "previous" and self._is_level_of(near[-2], near[-1]):
            near = near[:-1]  # "down 22 % to 4 billion in August on a month earlier"
        if not near or near[-1].kind not in ("percent", "times", "fraction"):
            before = self.low[: period.start]
            return bool(re.search(r"(?:since|начиная с|с) $", before)) and not near
        return not re.search(r"[;]", self.low[near[-1].end : period.start])

    def _owned(self) -> dict[int, Period]:
        """Periods that stand right after an amount, by its index."""
        owned = {}
        for index in range(len(self.found.amounts)):
            start, stop = self.found.gap(index)
            for period in () if self._is_aside(index) else self.periods:
                if start <= period.start < stop and period not in self.bases:
                    between = self.low[start : period.start]
                    next_one = HEADS_NEXT.fullmatch(self.low[period.end : stop])
                    apart = bool(next_one and re.search(r"[,(]", between))
                    listed = stop < len(self.low) and (apart or between.strip() == ",")
                    named = _NAMES_NEXT.match(self.low, period.end, stop)
                    if not _STOP.search(between + " ") and not listed and not named:
                        owned[index] = period
                    break
        return owned | self._dealt()

    def _is_aside(self, index: int) -> bool:
        """Whether it has its months before it, between commas: "…, in 2021 worth 12 billion,"."""
        amount = self.found.amounts[index]
        opened = self.low.rfind(", ", 0, amount.start)
        before = [p for p in self.periods if opened <= p.start and p.end <= amount.start]
        closed = self.low.startswith(", ", amount.end)
        return opened >= 0 and closed and bool(before) and before[0].start - opened < 6

    def _dealt(self) -> dict[int, Period]:
        """Two periods for two amounts: "in 2018 and 2019 it came to 44.9 and 44.4 million"."""
        dealt: dict[int, Period] = {}
        for one, other in pairwise(self.periods):
            joined = _AND.fullmatch(self.low[one.end : other.start])
            plain = one.sort in ("year", "months") and other.sort in ("year", "months")
            if not (joined and plain) or _RANGE_OF_YEARS.search(self.low, 0, one.start):
                continue
            after = [i for i, a in enumerate(self.found.amounts) if a.start >= other.end][:2]
            before = [i for i, a in enumerate(self.found.amounts) if a.end <= one.start][-2:]
            run = after if len(after) == 2 else before
            if len(run) == 2 and self.joined(run):
                dealt |= dict(zip(run, (one, other), strict=True))
        return dealt

    def joined(self, run: list[int]) -> bool:
        """Whether two amounts of one kind are joined by "and"."""
        one, other = (self.found.amounts[i] for i in run)
        return one.kind == other.kind and bool(_AND.fullmatch(self.low[one.end : other.start]))

    def choice(self, index: int) -> Choice:
        """Choose the period of one amount."""
        if index not in self.chosen:
            self.chosen[index] = self._likewise(self._choice(index))
        return self.chosen[index]

    def _likewise(self, choice: Choice) -> Choice:
        """A year that is short for its months: "in the same months of 2021 … and of 2020 16.7"."""
        year = choice.period
        before = [p for p in self.periods if year is not None and p.end <= year.start]
        if not before or year is None or not year.year or year.sort != "year":
            return choice
        same = before[-1]
        short = (
            same.sort == "shift" and same.year and _AND_OF.search(self.low, same.end, year.start)
        )
        back = (same.year or 0) - year.year
        return Choice(same, shift=True, years_before=back) if short and back > 0 else choice

    def _choice(self, index: int) -> Choice:
        right = self.owned.get(index)
        if right is not None and right.sort not in ("ahead", "span"):
            if right.sort == "vague":
                return Choice(unknown=True)
            return Choice(right, shift=right.comparative)
        if self.origins[index]:
            return self._origin_choice(index)
        ahead = self.owned.get(index + 1) if self.leads_to_level(index) else None
        if ahead is not None and ahead.sort in _DATED and not ahead.comparative:
            return Choice(ahead)  # "fell 8 % to 5.6 billion last year"
        if index and self.joined([index - 1, index]) and index not in self.owned:
            return self.choice(index - 1)  # "a year ago they were 594 and 704 million"
        left = self._left(index)
        if left is not None:
            return left
        later = self._later(index)
        if later is not None:
            return Choice(later)
        return Choice(carried=True)

    def leads_to_level(self, index: int) -> bool:
        """Whether a level follows a rate at once: "fell 8 % to 5.6 billion"."""
        amounts = self.found.amounts
        return index + 1 < len(amounts) and self._is_level_of(*amounts[index : index + 2])

    def _is_level_of(self, rate: Amount, level: Amount) -> bool:
        joined = _TO_LEVEL.fullmatch(self.low, rate.end, level.start)
        return rate.kind != "money" and level.kind == "money" and joined is not None

    def _origin_choice(self, index: int) -> Choice:
        """An amount after "from" or "against": the months of the base, else a year before."""
        start, stop = self.found.gap(index)
        for period in self.periods:
            own = period.comparative and start <= period.start < stop
            if own and not _JUST_BASE.match(self.low[period.start : period.end]):
                return Choice(period, shift=True)
        before = self.found.amounts[index - 1].end if index else 0
        here = self.found.amounts[index].start
        spanned = any(p.sort == "span" and p.end <= here for p in self.periods)
        if spanned or _PRESENT.search(self.low, max(0, here - 20), here):
            return Choice(unknown=True)  # "over the past decade trade grew from 54 million"
        near = [p for p in self.periods if before <= p.start < here and p.comparative]
        if near:
            return Choice(near[-1], shift=True)
        base = next((p for p in self.periods if p in self.bases and p.sort == "year"), None)
        if base is not None:
            return Choice(base)
        if index + 1 < len(self.found.amounts) and self._leads_on(index):
            end = self.choice(index + 1)  # "went from 4.9 billion to 7.3 billion in 2022"
            if end.period is not None and not (end.shift or end.period.comparative):
                return end._replace(years_before=1)
        return Choice(years_before=1, carried=True)

    def _leads_on(self, index: int) -> bool:
        """Whether "to" and another sum follow: "from 4.9 billion to 7.3 billion"."""
        one, other = self.found.amounts[index : index + 2]
        gap = self.low[one.end : other.start]
        return one.kind == other.kind == "money" and _TO_LEVEL.fullmatch(gap) is not None

    def is_before(self, period: Period | None, index: int) -> bool:
        """Whether a growth is of the months compared: "a year earlier it had grown by 20 %"."""
        here = self.found.amounts[index].start
        if period is not None and self.low[period.end : here] == "'s ":
            return True  # "following the previous year's 19 % growth"
        after = period is not None and period not in self.bases and period.start >= here
        if after and _RATE_BEFORE.search(self.low, max(0, here - 40), here):
            return True  # "compared with 8 % a year earlier", "having lost 8 % the year before"
        said = period is not None and period not in self.bases and period.end <= here
        return said and bool(self.found.of("move")) and self._has_verb(period, here)

    def _has_verb(self, period: Period | None, here: int) -> bool:
        assert period is not None, "it stands before"
        verbs = self.found.of("move", "done")
        return any(period.end <= m.start < here for m in verbs)

    def main(self) -> Period | None:
        """The sentence's own period: the first that is no base and belongs to no origin."""
        taken = {id(p) for i, p in self.owned.items() if self.origins[i]}
        for period in self.periods:
            free = period not in self.bases and not period.comparative
            if _FOLLOWING.search(self.low, 0, period.start) or self._heads_next(period):
                continue  # "following a rise in June, exports fell in July"
            if period.until_end and period.back == 0:
                continue  # what is expected by the end of the year says nothing of the rest
            if (
                free
                and id(period) not in taken
                and period.sort not in ("vague", "ahead", "ago", "span")
            ):
                return period
        return None

    def _left(self, index: int) -> Choice | None:
        here = self.found.amounts[index].start
        taken = {id(p) for i, p in self.owned.items() if self.origins[i]}
        earlier = self.found.amounts[index - 1].end if index else 0
        before = [p for p in self.periods if p.end <= here]
        for period in reversed(before):
            rate = self.found.amounts[index].kind != "money"
            heads = self._heads(period, here) and not (rate and period in self.bases)
            if heads and not period.comparative:
                return Choice(period)
            used = period in self.bases or id(period) in taken or self._is_closed(period, here)
            used |= period.sort == "ago" and period.start < earlier  # of the amount before
            if used and not heads:
                continue
            if period.comparative:
                own = self.low[period.end : here] == "'s "  # "the previous year's 19 %"
                heads = heads or own
                if period.start >= earlier and (heads or not self._follows_amount(period)):
                    return Choice(period, shift=True)
                continue
            if period.sort in ("ahead", "span"):
                if self.found.amounts[index].kind != "money" and period.start >= earlier:
                    return Choice(unknown=True)
                continue
            if period.sort == "vague":
                if period.start >= earlier or self._same_clause(period.end, here):
                    return Choice(unknown=True)
                continue
            return Choice(period)
        return None

    def _heads(self, period: Period, here: int) -> bool:
        """Whether its amount follows: "than a year before (1.4 billion)", "2022, when 10.2 was"."""
        if period in self.bases and _WHEN.fullmatch(self.low, period.end, here):
            return True
        if period in self.bases and _VALUE_OF.fullmatch(self.low, period.end, here):
            return True
        return _BRACKET.fullmatch(self.low[period.end : here]) is not None

    def _is_closed(self, period: Period, here: int) -> bool:
        """Whether a period stands in brackets that are closed before an amount."""
        opened = self.low.rfind("(", 0, period.start) > self.low.rfind(")", 0, period.start)
        return opened and _IN_BRACKETS.match(self.low, period.end, here) is not None

    def _same_clause(self, start: int, stop: int) -> bool:
        return not _POINT.search(self.low, start, stop)

    def _follows_amount(self, period: Period) -> bool:
        """Whether a comparison still belongs to the amount before it, in the same clause."""
        near = [a for a in self.found.amounts if a.end <= period.start]
        return bool(near) and not re.search(
            r"[;:]|,? (?:and|while|whereas|but|though|although|when|а|и|но|хотя) |—"
            r"|\. ",
            self.low[near[-1].end : period.start],
        )

    def _later(self, index: int) -> Period | None:
        """A period further on, when nothing came before: "were 88 and 63 million in May"."""
        limit = re.compile(r";").search(self.low, self.found.amounts[index].end)
        end = limit.start() if limit else len(self.low)
        taken = {id(p) for i, p in self.owned.items() if self.origins[i]}
        for period in self.periods:
            if not self.found.amounts[index].end <= period.start < end:
                continue
            if self.said_anew(self.found.amounts[index].end, period.start):
                break
            if self._heads_next(period):
                continue
            dated = period.sort not in ("vague", "ahead", "ago", "span") and not period.comparative
            if dated and period not in self.bases and id(period) not in taken:
                return period
        return None

    def _heads_next(self, period: Period) -> bool:
        """Whether it is another amount's: "imports: 22.3 billion (2021: 17.5 billion)"."""
        further = next((a for a in self.found.amounts if a.start >= period.end), None)
        around = self.low[period.start - 1 : period.start] + self.low[period.end : period.end + 1]
        if further is None or around != "(:":
            return False
        return HEADS_NEXT.fullmatch(self.low, period.end, further.start) is not None

    def said_anew(self, start: int, stop: int) -> bool:
        """Whether another verb stands between: "passed 570 million and may reach 1 billion in"."""
        return any(start <= m.start < stop for m in self.found.of("ahead", "might", "meant"))

    def sums_years(self, index: int) -> bool:
        """Whether money adds up several years: "a total of 3 billion between 2018 and 2022"."""
        here = self.found.amounts[index].start
        clause = self.low.rfind(";", 0, here) + 1
        ranged = any(self._begins_range(p) or p.sort == "span" for p in self.periods)
        moved = any(clause <= m.start < here for m in self.found.of("move"))
        if _MANY_YEARS.search(self.low, clause, here):
            return True
        return ranged and not moved and _ADDED_UP.search(self.low, clause, here) is not None

    def base(self, index: int) -> tuple[Period | None, bool]:
        """What a growth is compared with, and whether it is said to span several years."""
        amount = self.found.amounts[index]
        start, stop = self.found.gap(index)
        spans = [p for p in self.periods if p.sort in ("ahead", "ago", "span")]
        near = [p for p in spans if self._beside(p, amount)]
        if near:
            first = self._span_from(near[0])
            return first, first is None
        beside = index + 2 <= len(self.found.amounts) and self.low[start:stop] in (" (", " or ")
        beyond = self.found.gap(index + 1) if index + 1 < len(self.found.amounts) else (0, 0)
        if beside and self.found.amounts[index + 1].kind == "money":
            stop = beyond[1]  # "by 3.9 percent (210 million) from June"
        elif self.leads_to_level(index):  # "by 22 % to 4 billion in August on a month earlier"
            ahead = [p for p in self.periods if beyond[0] <= p.start < beyond[1]]
            ahead = [p for p in ahead if p.sort == "previous" and p in self.bases]
            if ahead and not _POINT.search(self.low, beyond[0], ahead[0].start):
                return ahead[0], False
        right = [p for p in self.periods if start <= p.start < stop and self._compares(p)]
        if right:
            return self._own_base(index, right[0]) or right[0], False
        level = self._of_level(index)
        if level is not None:
            return level, False
        if stop < len(self.low) and index + 1 < len(self.found.amounts):
            further = self._shared_base(index)
            if further is not None:
                return further, False
        return self._base_before(index), False

    def _own_base(self, index: int, right: Period) -> Period | None:
        """A base said before, if the next is another's: "on May 5 % more, and on June a fall"."""
        amount = self.found.amounts[index]
        before = self.found.amounts[index - 1].end if index else 0
        own = [p for p in self.periods if before <= p.start and p.end <= amount.start]
        own = [p for p in own if p in self.bases]
        parted = _AND_CLAUSE.search(self.low, amount.end, right.start)
        return own[-1] if own and parted else None

    def _base_before(self, index: int) -> Period | None:
        """A base said before a rate, or the months of an origin."""
        amount = self.found.amounts[index]
        before = self.found.amounts[index - 1].end if index else 0
        left = [p for p in self.periods if p.end <= amount.start and p in self.bases]
        kept = ("year", "months", "previous")  # "fell by 6.8 % on May, and imports by 3 %"
        left = [p for p in left if p.start >= before or p.sort in kept]
        left = [p for p in left if not self._dated_anew(p, amount)]
        if left:
            return left[-1]
        own = [p for i, p in self.owned.items() if self.origins[i]]
        origins = [p for p in own if not p.comparative or p.sort == "previous"]
        origins = [p for p in origins if not self._of_next(amount, p)]
        if origins:
            return origins[0]  # "from 752 in Q2 to 871 in Q3, or by 16 %"
        years = [p for p in self.periods if p.sort == "year" and p.end <= amount.start]
        if len(years) > 1 and _RANGE_OF_YEARS.search(
            self.low, max(0, years[-2].start - 9), years[-2].start
        ):
            return years[-2]
        return None

    def _of_level(self, index: int) -> Period | None:
        """The months of the sum compared with: "2 % short of the 15.6 billion seen in 2019"."""
        start, stop = self.found.gap(index)
        period = self.owned.get(index + 1)
        beside = THAN_SUM.fullmatch(self.low, start, stop)
        plain = period is not None and period.sort in ("year", "months", "fiscal", "ending")
        return period if beside and plain else None

    def _of_next(self, amount: Amount, origin: Period) -> bool:
        """Whether another flow is named between a rate and months further on."""
        return any(amount.end <= m.start and m.end <= origin.start for m in self.found.of("flow"))

    def _span_from(self, span: Period) -> Period | None:
        """The first of two years that a span parts: "in 2019 … in 2021, 28 % in two years"."""
        years = [p for p in self.periods if p.sort == "year" and p.year is not None]
        return next(
            (
                one
                for one, other in pairwise(years)
                if span.sort == "ahead" and (other.year or 0) - (one.year or 0) == span.first
            ),
            None,
        )

    def _dated_anew(self, base: Period, amount: Amount) -> bool:
        """Whether a new clause names its months: "up on 2021; this year it slowed to 6 %"."""
        fresh = (p for p in self.periods if base.end <= p.start and p.end <= amount.start)
        return any(
            p not in self.bases
            and p.sort in ("year", "months", "open")
            and _ANEW.search(self.low, base.end, p.start)
            for p in fresh
        )

    def _compares(self, period: Period) -> bool:
        return period in self.bases or period.comparative

    def _shared_base(self, index: int) -> Period | None:
        """The base after a second rate: "up 22.1 and 11.4 percent year on year"."""
        start, stop = self.found.gap(index)
        if not re.fullmatch(r",? (?:and|и|or) ", self.low[start:stop]):
            return None
        return self.base(index + 1)[0]

    def _beside(self, period: Period, amount: Amount) -> bool:
        if period.start >= amount.end:
            between = self.low[amount.end : period.start]
            return not _POINT_OR_DIGIT.search(between.replace(":", "")) and len(between) < 40
        between = self.low[period.end : amount.start]
        return not _POINT_OR_DIGIT.search(between)
