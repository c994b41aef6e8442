"""Step 4: verify quotes, whoever made them; what fails is set aside with the reason.

The span must hold what the quote says it holds; the library's own parser must read an amount there,
whole; its own resolver must turn the phrase, which must stand in the text, into months; the flow
must be one of the pair; a forecast in the text overrules "observed"; what the library itself knows
not to be trade is not offered. So a reader may point at a figure and cannot invent one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

from tradetrack._typing import MONTHS
from tradetrack.articles.amounts import (
    NUMBER,
    Amount,
    chosen_currency,
    is_russian,
    own_dollar,
    plain_digits,
    unit_of,
)
from tradetrack.articles.attribution import source_of
from tradetrack.articles.countries import flow_by_codes
from tradetrack.articles.drafts import Draft, DraftQualifier, SetAside
from tradetrack.articles.lexicon import SCOPES, Reason, Scope, hedge
from tradetrack.articles.periods import (
    Calendar,
    Months,
    deadline_year,
    find_periods,
    resolve,
    shifted,
)
from tradetrack.articles.quotes import Assignment, Modality, Quote
from tradetrack.articles.scan import Scan, scan
from tradetrack.articles.sentences import Sentence, lowered
from tradetrack.domain.window import Window

EARLY = "printed before these months were over"
_STILL_EXPECTED = {
    "expected": 3,
    "potential": 0,
}  # months after which a year may not be counted yet
_NO_DIGIT = re.compile(r"\D")
_UNSETTLED = {"observed": 0, "estimated": 1, "expected": 2, "potential": 3}


class QuoteError(Exception):
    """A quote that does not hold; carries the reason and what was found instead."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


class Checker:
    """The text that quotes are held against, with what the library itself reads in it."""

    def __init__(
        self, assignment: Assignment, calendar: Calendar, own: dict[int, Quote] | None = None
    ) -> None:
        self.assignment, self.calendar = assignment, calendar
        self.text, self.own = assignment.text, own or {}
        self.dollar = own_dollar(self.text, assignment.reporter)
        self.sentences = assignment.sentences
        self.starts = [s.start for s in self.sentences]
        self.phrases: dict[tuple[str, str], Months | None] = {}

    def checked(self, quotes: Iterable[Quote]) -> tuple[list[Draft], list[SetAside]]:
        """Drafts of the quotes that hold, and the others with their reasons, by place."""
        drafts: list[Draft] = []
        aside: list[SetAside] = []
        taken: set[int] = set()
        for quote in quotes:
            try:
                draft = self._draft(quote)
                if draft.start in taken:
                    raise QuoteError("repeated", "another draft reads the same number")
                taken.add(draft.start)
                drafts.append(draft)
            except QuoteError as failed:
                aside.append(self._set_aside(quote, failed))
        drafts.sort(key=lambda draft: draft.start)
        return drafts, sorted(aside, key=lambda item: item.start)

    def _set_aside(self, quote: Quote, failed: QuoteError) -> SetAside:
        start = quote.start if quote.start is not None else max(self.text.find(quote.number), 0)
        end = start + len(quote.number)
        return SetAside.model_construct(  # of our own making: its types need no check
            quote=quote.number, start=start, end=end, reason=failed.reason, detail=failed.detail
        )

    def _draft(self, quote: Quote) -> Draft:
        start = self._place(quote)
        if quote.reason is not None:
            raise QuoteError(quote.reason)
        amount, sentence, unit = self._amount(quote, start)
        self._not_contradicted(quote, start)
        first, last = sentence.start + amount.start, sentence.start + amount.end
        window, open_from = self._window(quote)
        growth = amount.kind in ("percent", "fraction", "times")
        base = self._base(quote, window, open_from)
        low = scan(sentence.text).low
        modality = self._modality(quote, start)
        now = self.calendar.published
        if window is not None and window.end < now - _STILL_EXPECTED.get(modality, now):
            window = None  # what may be is not of months gone by
        early = window is not None and window.end > now
        if window is not None and window.start > now and modality in ("observed", "estimated"):
            modality = "expected"
        return Draft(
            kind=quote.kind,
            quote=self.text[first:last],
            start=first,
            end=last,
            digits=amount.digits,
            high=amount.high,
            unit=unit,
            qualifier=self._qualifier(quote, amount, low),
            flow=self._flow(quote),
            scope=_scope(scan(sentence.text), amount.start),
            window=window,
            open_from=open_from,
            base=base[0] if base else None,
            base_from=base[1] if base else None,
            base_stated=quote.base is not None,
            direction=quote.direction if growth or quote.kind == "increment" else None,
            modality=modality,
            deadline=self._deadline(quote),
            source=self._source(first) if quote.kind != "goal" else "",
            assumed=(*quote.assumed, *self._assumed_money(unit)),
            doubt=EARLY if early and modality in ("observed", "estimated") else "",
        )

    def _place(self, quote: Quote) -> int:
        """Where the number stands; it must stand there."""
        if quote.start is not None:
            if self.text[quote.start : quote.start + len(quote.number)] != quote.number:
                raise QuoteError("not in the text", f"no {quote.number!r} at {quote.start}")
            return quote.start
        within, offset = self.text, 0
        if quote.sentence:
            offset = self.text.find(quote.sentence)
            if offset < 0:
                raise QuoteError("not in the text", f"no passage {quote.sentence[:60]!r}")
            within = quote.sentence
        at = within.find(quote.number)
        if at < 0 or not quote.number:
            raise QuoteError("not in the text", f"no {quote.number!r}")
        if not quote.sentence and within.find(quote.number, at + 1) >= 0:
            raise QuoteError(
                "not in the text", f"{quote.number!r} stands more than once: say where"
            )
        return offset + at

    def _sentence(self, start: int) -> Sentence:
        return self.sentences[max(0, bisect_right(self.starts, start) - 1)]

    def _amount(self, quote: Quote, start: int) -> tuple[Amount, Sentence, str]:
        """Read the amount anew; the quote must hold all its digits, and fit its kind."""
        sentence = self._sentence(start)
        low_start, low_end = start - sentence.start, start - sentence.start + len(quote.number)
        for amount in scan(sentence.text).amounts:
            if amount.start < low_end and low_start < amount.end:
                printed = sentence.text[amount.start : amount.end]
                if _digits(printed) != _digits(quote.number):
                    raise QuoteError("number differs", f"the text prints {printed!r}")
                return amount, sentence, self._unit(quote, amount)
        cell = re.fullmatch(NUMBER, lowered(quote.number))
        if cell is None or not quote.unit_from or any(c.isdigit() for c in quote.unit_from):
            raise QuoteError("number differs", "no amount with a unit is printed there")
        digits = plain_digits(lowered(quote.number), is_russian(lowered(sentence.text)))
        scale, currencies = unit_of(lowered(quote.unit_from))
        bare = Amount(low_start, low_end, "money", digits, scale, currencies)
        return bare, sentence, self._unit(quote, bare)

    def _unit(self, quote: Quote, amount: Amount) -> str:
        rate = amount.kind in ("percent", "fraction", "times")
        if amount.kind in ("quantity", "points"):
            raise QuoteError("quantity" if amount.kind == "quantity" else "rate")
        if rate != (quote.kind == "growth") and not (rate and quote.kind == "goal"):
            raise QuoteError("kind differs", f"a {amount.kind} is no {quote.kind}")
        if rate:
            return "times" if amount.kind == "times" else "percent"
        currencies = amount.currencies
        if not currencies and quote.unit_from:
            if quote.unit_from not in self.text:
                raise QuoteError("unit differs", f"the text nowhere prints {quote.unit_from!r}")
            currencies = unit_of(lowered(quote.unit_from))[1]
        money = chosen_currency(currencies, self._countries())
        if money is None:
            raise QuoteError("no currency")
        printed = quote.number if amount.currencies else quote.unit_from
        if money == "usd" and self.dollar and "$" in printed:
            money = self.dollar
        return f"{money}_{amount.scale}" if amount.scale else money

    def _assumed_money(self, unit: str) -> tuple[str, ...]:
        own = self.dollar is not None and unit.startswith(self.dollar)
        return ("the dollars are the reporter's own",) if own else ()

    def _countries(self) -> tuple[str, ...]:
        reporter = (self.assignment.reporter,) if self.assignment.reporter else ()
        return (*reporter, *self.assignment.pair)

    def _source(self, start: int) -> str:
        """Whose statistics an amount is: as its sentence says, or one shortly before it."""
        number = max(0, bisect_right(self.starts, start) - 1)
        paragraph = self.sentences[number].paragraph
        for back, sentence in enumerate(reversed(self.sentences[max(0, number - 3) : number + 1])):
            if sentence.paragraph != paragraph:
                break
            place = start - sentence.start if not back else len(sentence.text)
            said = source_of(scan(sentence.text), place)
            if said is not None:
                return said
        return ""

    def _not_contradicted(self, quote: Quote, start: int) -> None:
        own = self.own.get(start)
        if own is None:
            near = [
                s for s in self.own if abs(s - start) <= 4 and self.own[s].number in quote.number
            ]
            own = self.own[near[0]] if near else None
        if own is not None and own.reason not in (
            None,
            "no subject",
            "no direction",
            "no currency",
        ):
            raise QuoteError("contradicted", f"read as {own.reason}")

    def _qualifier(self, quote: Quote, amount: Amount, low: str) -> DraftQualifier:
        if amount.high:
            return "range"
        said = hedge(low, amount.start, amount.end)
        if said:
            return said
        digits = _NO_DIGIT.sub("", amount.digits).lstrip("0")
        printed = any(c.isdigit() for c in quote.number)
        exact = (len(digits) > 2 and printed) or quote.kind == "goal"
        return "exact" if exact and amount.kind != "fraction" else "rounded"

    def _months(self, phrase: str, anchor: Months | None) -> Months | None:
        """Resolve a phrase that must stand in the text and be a period."""
        if phrase not in self.text:
            raise QuoteError("window differs", f"the text has no {phrase!r}")
        found = [p for p in find_periods(lowered(phrase)) if p.sort != "date"]
        if not found:
            raise QuoteError("window differs", f"{phrase!r} is no period")
        return resolve(found[0], self.calendar, anchor)

    def _window(self, quote: Quote) -> tuple[Window | None, int | None]:
        if quote.kind == "goal" or quote.window is None:
            return None, None
        anchor = self._months(quote.relative_to, None) if quote.relative_to else None
        months = self._months(quote.window, anchor)
        if months is None:
            return None, None
        months = shifted(months, quote.years_before)
        if months.last is None:
            if quote.modality in ("expected", "potential"):
                return _window_of(Months(months.first, months.first + MONTHS - 1)), None
            return None, months.first
        return _window_of(months), None

    def _base(
        self, quote: Quote, window: Window | None, open_from: int | None
    ) -> tuple[Window | None, int | None] | None:
        """Months compared with: those said, as far as they go with the window, or a year before."""
        if quote.kind == "level":
            return None
        if quote.kind == "goal":  # only a multiple has a base, and only if it is said
            named = self._months(quote.base, None) if quote.base else None
            return None if named is None else _ends(named)
        if quote.alone or (window is None and open_from is None):
            return None
        anchor = Months(window.start, window.end) if window else Months(open_from or 0, None)
        if quote.base is None:
            return _ends(shifted(anchor, 1))
        said = self._months(quote.base, anchor)
        if said is None:
            return _ends(shifted(anchor, 1))
        whole_year = said.last is not None and said.last - said.first == MONTHS - 1
        if whole_year and said.first % MONTHS == 0 and (window is None or window.n_months < MONTHS):
            end = window.end if window else anchor.first
            return _ends(shifted(anchor, end // MONTHS - said.first // MONTHS))
        return _ends(said)

    def _flow(self, quote: Quote) -> str | None:
        if quote.flow is None or quote.flow == "turnover":
            return quote.flow
        flow = flow_by_codes(quote.flow, self.assignment.pair)
        if flow is None:
            raise QuoteError(
                "flow differs", f"{quote.flow!r} is no flow of {'-'.join(self.assignment.pair)}"
            )
        return flow

    def _modality(self, quote: Quote, start: int) -> Modality:
        own = self.own.get(start)
        if quote.kind == "goal":
            return "set"
        said: Modality = "observed" if quote.modality == "set" else quote.modality
        if own is None or own.modality == "set":
            return "expected" if own is not None else said
        return max(said, own.modality, key=lambda name: _UNSETTLED[name])

    def _deadline(self, quote: Quote) -> int | None:
        if quote.kind != "goal" or quote.deadline is None:
            return None
        if quote.deadline not in self.text:
            raise QuoteError("window differs", f"the text has no {quote.deadline!r}")
        found = find_periods(lowered(quote.deadline))
        if not found:
            return None
        after = None
        if quote.relative_to and re.search(
            "subsequent|following|next|следующ|последующ", quote.deadline
        ):
            before = find_periods(lowered(quote.relative_to))
            after = deadline_year(before[0], self.calendar) if before else None
            after = (
                after
                if re.search("subsequent|following|последующ|следующ", quote.deadline)
                else None
            )
        return deadline_year(found[0], self.calendar, after)


def _scope(found: Scan, start: int) -> Scope | None:
    """What part of trade an amount covers: as said since the amount before, or as for that one."""
    scope: Scope | None = None
    place = 0
    for amount in found.amounts:
        if amount.start > start:
            break
        words = found.low[place : amount.start]
        said = next((name for name, words_ in SCOPES.items() if words_.search(words)), None)
        anew = any(m.tag.kind == "flow" and place <= m.start < amount.start for m in found.marks)
        scope = said if said or anew else scope
        place = amount.end
    return scope


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


def _window_of(months: Months) -> Window:
    assert months.last is not None
    return Window(start=months.first, end=months.last)


def _ends(months: Months) -> tuple[Window | None, int | None]:
    return (None, months.first) if months.last is None else (_window_of(months), None)
