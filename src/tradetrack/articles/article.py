"""Articles: a text with the drafts read from it; and `read_article`, which makes them."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradetrack._checks import as_list, check_kind, shown
from tradetrack._typing import MONTHS
from tradetrack.articles import accepting
from tradetrack.articles.attribution import source_of
from tradetrack.articles.checking import Checker
from tradetrack.articles.countries import (
    code_of,
    country_in,
    flow_by_codes,
    mentions,
    title_of,
)
from tradetrack.articles.drafts import Draft, SetAside
from tradetrack.articles.pairs import find_pair
from tradetrack.articles.periods import FISCAL_START, Calendar
from tradetrack.articles.quotes import Assignment, Reader
from tradetrack.articles.rendering import Content, as_html, as_text
from tradetrack.articles.rules import by_rules
from tradetrack.articles.scan import scan
from tradetrack.articles.sentences import read_text
from tradetrack.articles.slips import doubted
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Observation, Series, last_day
from tradetrack.domain.value import Report
from tradetrack.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_LEAD_SENTENCES = 40  # an office that counts is named early
_FISCAL = re.compile(r"fiscal|financial|FY|FY\d|финансов", re.IGNORECASE)
Accept = str | Sequence[int] | Set[int]


class Article(Report):
    """A text as it arrived, with the drafts read from it and what was set aside.

    Attributes
    ----------
    text
        The text; HTML is reduced to its text. Offsets count its characters.
    published
        Day or month of publication.
    pair
        The two countries by ISO 3166 codes, given or found; empty if the text names none.
    pair_name
        The pair as ledgers spell it, such as ``KZ-UZ``: as given, else the two codes.
    reporter
        Whose statistics these are, as given; empty if not.
    drafts
        The figures read, by place in the text.
    set_aside
        The other numbers, each with its reason.
    empty_because
        Why there are no drafts; empty if there are.

    Examples
    --------
    >>> import tradetrack as tt
    >>> article = tt.read_article(
    ...     "Trade between Kazakhstan and Uzbekistan reached $4.5 billion last year. "
    ...     "Contracts of $700 million were signed.",
    ...     published="2024-07-12", pair="KZ-UZ", reporter="KZ government",
    ... )
    >>> print(article)
    Article published 2024-07-12 on KZ-UZ: 1 draft, 1 set aside
    Trade between Kazakhstan and Uzbekistan reached $4.5 billion last year.
      0  '$4.5 billion': level, turnover, 2023, 4.5 usd_bn, rounded
    Contracts of $700 million were signed.
      -  '$700 million': contracts
    >>> print(article.observations(accept="all")[0])
    KZ-UZ turnover 2023 4.5 usd bn (KZ government, published 2024-07-12)
    """

    text: str
    published: str
    pair: tuple[str, ...] = ()
    pair_name: str = ""
    reporter: str = ""
    drafts: tuple[Draft, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    empty_because: str = ""

    def to_records(self, *, increments: bool = False) -> list[dict[str, Any]]:
        """Return the drafts as flat rows, with the pair.

        Parameters
        ----------
        increments
            Whether changes in money are rows too; by default levels, growth and goals are.
        """
        kept = [d for d in self.drafts if increments or d.kind != "increment"]
        return [{**draft.record(), "pair": list(self.pair)} for draft in kept]

    def to_frame(self) -> "pd.DataFrame":
        """Return all drafts as a data frame, one row each, indexed as ``accept`` counts them."""
        import pandas as pd

        return pd.DataFrame([draft.record() for draft in self.drafts])

    def corrected(
        self,
        index: int,
        *,
        value: str | None = None,
        unit: str | None = None,
        window: str | None = None,
        base: str | None = None,
        flow: str | None = None,
        note: str = "",
    ) -> "Article":
        """Return the article with one draft corrected, its quote kept as printed.

        Parameters
        ----------
        index
            Which draft.
        value, unit, window, base, flow
            What the print should have said: ``"3.48"``, ``"usd_bn"``, ``"2024-01..2024-09"``,
            ``"2023"`` of a growth, a change or a goal that is a multiple, ``"kaz_to_uzb"``.
        note
            Why; kept with the draft.

        Raises
        ------
        InputError
            If there is no such draft, or the correction is not possible.
        """
        said = {"value": value, "unit": unit, "window": window, "base": base, "flow": flow}
        for name, text in (said | {"note": note}).items():
            if text is not None:
                check_kind(name, text, str, "write it as it is printed")
        if flow not in (None, "turnover"):
            named = flow_by_codes(flow or "", self.pair)
            if named is None:
                raise InputError(
                    f"{shown(flow)} is no flow of {self.pair_name}; write turnover or"
                    f" {'_to_'.join(self.pair).lower()}",
                    "flow",
                    topic="pair",
                )
            flow = named
        draft = accepting.corrected(
            self._draft(index),
            value=value,
            unit=unit,
            window=window,
            base=base,
            flow=flow,
            note=note,
        )
        drafts = (*self.drafts[:index], draft, *self.drafts[index + 1 :])
        return self.model_copy(update={"drafts": drafts})

    def observations(
        self, accept: Accept = (), *, series: Series | None = None, reporter: str = ""
    ) -> tuple[Observation, ...]:
        """Return the accepted levels, growth rates and changes in money as rows for a ledger.

        Parameters
        ----------
        accept
            Indices of drafts, or ``"all"`` for every level, growth and change that is settled and
            known; by default none.
        series
            A series of the ledger they go into, whose spelling of the pair and whose unit they
            take; by default the pair as given, in the unit printed.
        reporter
            Whose statistics, if the article was read without.

        Raises
        ------
        InputError
            If a draft chosen by its index is a forecast, a goal, doubted, or lacks its months, flow
            or currency; the message says what is missing.
        """
        _check_series(series)
        check_kind("reporter", reporter, str, "write its name")
        return accepting.observations(
            self._chosen(accept, "observations"),
            series=series or accepting.default_series(self.pair_name, self.drafts),
            pair=self.pair,
            reporter=reporter or self.reporter,
            published=self.published,
            document=self.title,
        )

    def goals(self, accept: Accept = (), *, series: Series | None = None) -> tuple[Goal, ...]:
        """Return the accepted goals: amounts in the series' unit, or multiples of a base.

        The parameters are those of `observations`. A goal counts as announced when the article was
        published, unless its deadline was over by then, and keeps the sentence that says it.

        Raises
        ------
        InputError
            If a draft chosen by its index is no goal, doubted, or a multiple of an unknown base.
        """
        _check_series(series)
        return accepting.goals(
            self._chosen(accept, "goals"),
            series=series or accepting.default_series(self.pair_name, self.drafts),
            pair=self.pair,
            published=self.published,
            document=self.title,
            text=self.text,
        )

    @property
    def title(self) -> str:
        """The first line of the text, at most a hundred characters of it."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")[:100]

    def _draft(self, index: int) -> Draft:
        if (
            isinstance(index, bool)
            or not isinstance(index, int)
            or not 0 <= index < len(self.drafts)
        ):
            raise InputError(
                f"there is no draft {shown(index)}; the article has {len(self.drafts)},"
                " counted from 0",
                topic="article",
            )
        return self.drafts[index]

    def _chosen(self, accept: Accept, wanted: str) -> list[tuple[int, Draft, bool]]:
        """The drafts accepted, with their index and whether each was named."""
        if isinstance(accept, str) and accept == "all":
            return [(i, d, False) for i, d in enumerate(self.drafts)]
        if isinstance(accept, str):
            raise InputError(
                f"accept={shown(accept)} is neither 'all' nor indices of drafts such as (0, 2)",
                topic="article",
            )
        return [(index, self._draft(index), True) for index in as_list(accept)]

    def __str__(self) -> str:
        return as_text(self._content())

    def _repr_html_(self) -> str:
        return as_html(self._content())

    def _content(self) -> Content:
        title = f"Article published {self.published}"
        title += f" on {self.pair_name}" if self.pair_name else ""
        return Content(title, self.text, self.drafts, self.set_aside, self.empty_because)


def read_article(
    text: str | Path,
    *,
    published: str | dt.date,
    reporter: str | None = None,
    pair: str | tuple[str, str] | None = None,
    reader: Reader = by_rules,
) -> Article:
    """Read the trade figures of a press text, in English or Russian, as drafts to accept.

    Parameters
    ----------
    text
        The text itself, always; files come by `pathlib.Path`. HTML is reduced to its text.
    published
        Day of publication, or its month (``"2025-11"``): "last year" and "the first nine months"
        count from it. Of a text whose year alone is known (``"2025"``) drafts can be read, not
        accepted.
    reporter
        Whose statistics these are. If it names a country, "exports" are that country's where the
        text does not say whose.
    pair
        The two countries, by any name or code: ``("KAZ", "UZB")``, ``"KZ-UZ"``. Without it, the
        pair that the text speaks of most.
    reader
        Any callable from an `Assignment` to quotes; a language model can stand behind it. Every
        reader's quotes are verified in the same way.

    Returns
    -------
    Article
        Drafts, and what was set aside with the reason. Nothing is accepted yet.

    Raises
    ------
    InputError
        If the date, the pair or a country is not understood.

    Examples
    --------
    >>> import tradetrack as tt
    >>> article = tt.read_article(
    ...     "За девять месяцев экспорт Казахстана в Узбекистан вырос на 12,5% — до $2,1 млрд.",
    ...     published="2025-11-14",
    ... )
    >>> for draft in article.drafts:
    ...     print(draft.flow, draft.window, draft.direction, draft.value, draft.unit)
    kaz_to_uzb 2025-01..2025-09 up 12.5 percent
    kaz_to_uzb 2025-01..2025-09 None 2.1 usd_bn
    """
    if reporter is not None:
        check_kind("reporter", reporter, str, "write its name")
    if not callable(reader):
        raise InputError(f"the reader is {shown(reader)}; pass a function such as by_rules")
    whole = read_text(text)
    year = isinstance(published, str) and re.fullmatch(r"\d{4}", published)
    day = last_day(f"{published}-12") if year else last_day(published)
    date = published if isinstance(published, str) else day.isoformat()
    home = country_in(reporter or "")
    codes, name = _pair(pair)
    given = bool(codes)
    assignment = Assignment(text=whole, published=date, pair=codes, reporter=home)
    if not given:
        codes = find_pair(assignment.sentences, home)
        assignment = Assignment(text=whole, published=date, pair=codes, reporter=home)
    fiscal = _fiscal_start(home or _quoted_office(assignment), _as_named(whole, codes))
    calendar = Calendar(MONTHS * day.year + day.month - 1, day.day, fiscal)
    quotes = list(reader(assignment))
    own = quotes if reader is by_rules else list(by_rules(assignment))
    checker = Checker(assignment, calendar, {q.start: q for q in own if q.start is not None})
    drafts, aside = checker.checked(quotes)
    return Article(
        text=whole,
        published=date,
        pair=codes,
        pair_name=name or "-".join(codes),
        reporter=reporter or "",
        drafts=tuple(doubted(drafts)),
        set_aside=tuple(aside),
        empty_because="" if drafts else _why_empty(whole, codes if given else (), aside, codes),
    )


def _check_series(series: Series | None) -> None:
    if series is not None:
        check_kind("series", series, Series, "pass one such as Series(pair='KZ-UZ')")


def same_pair(article: Article, rows: Iterable[Observation]) -> Series | None:
    """Return a series among rows that is of the article's pair, however it is spelt; None if none.

    Examples
    --------
    >>> import tradetrack as tt
    >>> text = "Trade between Kazakhstan and Uzbekistan was $4.5 billion in 2023."
    >>> article = tt.read_article(text, published="2024-02", pair=("KAZ", "UZB"))
    >>> str(same_pair(article, tt.datasets.kazakhstan_uzbekistan()))
    'KZ-UZ turnover'
    """
    known: dict[str, bool] = {}
    for row in rows:
        name = row.series.pair
        if name not in known:
            known[name] = _is_pair(name, article.pair)
        if known[name]:
            return row.series.model_copy(update={"flow": "turnover"})
    return None


def _is_pair(name: str, codes: tuple[str, ...]) -> bool:
    try:
        return set(_pair(name)[0]) == set(codes)
    except InputError:
        return False


def _pair(pair: str | tuple[str, str] | None) -> tuple[tuple[str, ...], str]:
    """Codes of a pair given by any names, and its spelling."""
    if pair is None:
        return (), ""
    sides = tuple(pair.split("-") if isinstance(pair, str) else as_list(pair))
    if len(sides) != 2 or not all(isinstance(side, str) for side in sides):
        raise InputError(
            f"pair {shown(pair)} is not two countries; write 'KZ-UZ' or ('KAZ', 'UZB')",
            "pair",
            topic="pair",
        )
    codes = tuple(code_of(side) for side in sides)
    if codes[0] == codes[1]:
        raise InputError(f"pair {pair!r} names one country twice; name two", "pair", topic="pair")
    return codes, "-".join(side.strip() for side in sides)


def _quoted_office(assignment: Assignment) -> str:
    """The country of the pair whose statistics a text quotes first; empty if it quotes none."""
    if not _FISCAL.search(assignment.text):
        return ""
    near = assignment.sentences[:_LEAD_SENTENCES]
    told = (source_of(scan(s.text), len(s.text)) for s in near)
    return next((code for code in told if code and code in assignment.pair), "")


def _as_named(text: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The countries of a pair, the one that the text names first before the other."""
    order = [m.code for m in mentions(text[:2_000]) if m.code in codes]
    return tuple(dict.fromkeys((*order, *codes)))


def _fiscal_start(home: str, codes: tuple[str, ...]) -> int | None:
    """First month of the fiscal year: the reporter's, or else that of the first that has one."""
    starts = [FISCAL_START[code] for code in (home, *codes) if code in FISCAL_START]
    return starts[0] if starts else None


def _why_empty(
    text: str, given: tuple[str, ...], aside: list[SetAside], codes: tuple[str, ...]
) -> str:
    """Say why nothing was read."""
    if not text.strip():
        return "the text is empty"
    missing = [code for code in given if not _names(text, code)]
    if missing:
        named = " and ".join(title_of(code) for code in missing)
        return f"the text does not name {named}"
    letters = [c for c in text[:20_000] if c.isalpha()]
    known = sum(c.isascii() or "а" <= c.lower() <= "я" or c in "ёЁ" for c in letters)
    if letters and known < 0.7 * len(letters):
        return "the text is neither English nor Russian"
    if not codes:
        return "the text names no pair of countries"
    if aside:
        return "the numbers of the text are not the pair's trade: see set_aside"
    if not any(c.isdigit() for c in text):
        return "the text has no figures"
    return "the text has no amounts in words the rules know"


def _names(text: str, code: str) -> bool:
    return any(mention.code == code for mention in mentions(text[:200_000]))
