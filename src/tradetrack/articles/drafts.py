"""Drafts: figures read from a text, not yet accepted; and what was set aside, and why."""

from typing import Any, Literal

from tradetrack.articles.countries import title_of
from tradetrack.articles.lexicon import Reason, Scope
from tradetrack.articles.quotes import Direction, Kind, Modality
from tradetrack.domain.value import Value
from tradetrack.domain.window import Month, Window, format_month

DraftQualifier = Literal[
    "exact", "rounded", "over", "nearly", "about", "at_least", "at_most", "range"
]


class Draft(Value):
    """A figure read from a text.

    Attributes
    ----------
    kind
        ``level``, ``growth``, ``increment`` (a change in money) or ``goal``.
    quote, start, end
        The number with its unit as printed, and where it stands in the article's text.
    digits, high, unit
        The printed number with a decimal point and its printed digits; the upper end of a range;
        ``usd_bn``, ``npr_crore``, ``percent``, ``times``.
    qualifier
        By the hedge: ``over``, ``nearly``, ``about``, ``at_least``, ``at_most``, ``range``; else
        ``exact`` (three or more digits) or ``rounded``.
    flow
        ``turnover``, or ``kaz_to_uzb``; None if not known.
    scope
        ``non_oil`` or ``goods_and_services``, where the text says so; None for goods as a whole.
    window, open_from
        Months covered; for "so far this year" only the first month is known. Both None: not said.
    base, base_from, base_stated
        The same of what a growth is compared with; whether the text says so.
    direction
        ``up`` or ``down``, of growth and increments.
    modality
        ``observed``, ``estimated``, ``expected``, ``potential``; ``set`` for goals.
    deadline
        Last year that counts for a goal; None if the wording fixes none.
    source
        The country whose statistics the sentence says it is, by its code; empty if it says none.
    assumed
        What was not printed and was taken for granted.
    doubt, suggested_unit
        Why the print may be wrong, and the unit that was probably meant. A doubted draft is
        accepted only after a correction.

    Examples
    --------
    >>> import tradetrack as tt
    >>> text = "Kenyan exports to Uganda rose by 8% in 2023."
    >>> draft = tt.read_article(text, published="2024-02").drafts[0]
    >>> draft.quote, draft.flow, str(draft.window), draft.direction
    ('8%', 'ken_to_uga', '2023', 'up')
    """

    kind: Kind
    quote: str
    start: int
    end: int
    digits: str
    high: str | None = None
    unit: str
    qualifier: DraftQualifier
    flow: str | None = None
    scope: Scope | None = None
    window: Window | None = None
    open_from: Month | None = None
    base: Window | None = None
    base_from: Month | None = None
    base_stated: bool = False
    direction: Direction | None = None
    modality: Modality = "observed"
    deadline: int | None = None
    source: str = ""
    assumed: tuple[str, ...] = ()
    doubt: str = ""
    suggested_unit: str | None = None

    @property
    def value(self) -> float:
        """The printed magnitude, in its own unit."""
        return float(self.digits)

    def record(self) -> dict[str, Any]:
        """Return the draft as a flat row: names, numbers and months as text."""
        first, last = _months(self.window, self.open_from)
        base_first, base_last = _months(self.base, self.base_from)
        return {
            "kind": self.kind,
            "flow": self.flow,
            "scope": self.scope,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "value": self.value,
            "value_high": None if self.high is None else float(self.high),
            "unit": self.unit,
            "direction": self.direction,
            "from": first,
            "to": last,
            "base_from": base_first,
            "base_to": base_last,
            "qualifier": self.qualifier,
            "modality": self.modality,
            "deadline": None if self.deadline is None else str(self.deadline),
            "source": self.source,
        }

    def __str__(self) -> str:
        return f"{self.quote!r}: {describe(self)}"


class SetAside(Value):
    """A number that is not offered as a figure of the pair's trade.

    Attributes
    ----------
    quote, start, end
        The number as printed, and where it stands.
    reason
        Why, out of a closed list: see `tradetrack.articles.lexicon.Reason`.
    detail
        What the check found instead; empty if the reason says it all.
    """

    quote: str
    start: int
    end: int
    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.quote!r}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


def _months(window: Window | None, first: int | None) -> tuple[str | None, str | None]:
    if window is not None:
        return format_month(window.start), format_month(window.end)
    return (None if first is None else format_month(first)), None


def span_text(window: Window | None, first: int | None) -> str:
    """Write months, an open end, or that none are known."""
    if window is not None:
        return str(window)
    return "months not said" if first is None else f"{format_month(first)}.. (no end said)"


def describe(draft: Draft) -> str:
    """Say in a line what a draft was read as."""
    words = [draft.kind, draft.flow or "flow not known"]
    if draft.scope:
        words.append(draft.scope.replace("_", " "))
    if draft.kind == "goal":
        words.append(f"by {draft.deadline}" if draft.deadline else "no deadline")
    else:
        words.append(span_text(draft.window, draft.open_from))
    if draft.kind == "growth":
        words.append(f"over {span_text(draft.base, draft.base_from)}")
    amount = f"{draft.digits}{'-' + draft.high if draft.high else ''} {draft.unit}"
    words.append(f"{draft.direction} {amount}" if draft.direction else amount)
    words.append(draft.qualifier)
    if draft.modality not in ("observed", "set"):
        words.append(draft.modality)
    if draft.source:
        words.append(f"by {title_of(draft.source)}'s figures")
    return ", ".join(words)
