"""Which two countries a text is about, where the caller does not say."""

import re
from collections import Counter

from tradetrack.articles.countries import GROUPS, coded_pairs, mentions
from tradetrack.articles.sentences import sentences

_TRADE = re.compile(
    r"trade|export|import|turnover|commerc|sales|bought|sold|shipment|торг|товарообор|оборот|экспорт"
    r"|импорт|постав|закуп|ввоз|вывоз",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?:'s)?\s?(?:[-–—]|and|with|to|from|in|и|с|со|в|во|на|из|у)\s?(?:the )?", re.IGNORECASE
)


def find_pair(text: str, reporter: str = "") -> tuple[str, ...]:
    """Return the two countries whose trade a text is about, or nothing if it names no pair.

    Pairs count by the sentences on trade that name both, more if a word joins them; then by how
    often each is named.

    Examples
    --------
    >>> find_pair("Trade between Kenya and Uganda grew. Officials of both met in Kampala.")
    ('KEN', 'UGA')
    """
    joint: Counter[frozenset[str]] = Counter()
    single: Counter[str] = Counter()
    order: dict[str, int] = {}
    for sentence in sentences(text):
        found = [m for m in mentions(sentence.text) if m.code not in GROUPS]
        trade = bool(_TRADE.search(sentence.text))
        for mention in found:
            single[mention.code] += 1 + trade
            order.setdefault(mention.code, len(order))
        weight = 3 if trade else 1
        codes = dict.fromkeys(m.code for m in found)
        listed = list(codes)[:8]
        for i, one in enumerate(listed):
            for other in listed[i + 1 :]:
                joint[frozenset((one, other))] += weight
        for left, right in zip(found, found[1:], strict=False):
            if left.code != right.code:
                link = _JOINED.fullmatch(sentence.text[left.end : right.start])
                joint[frozenset((left.code, right.code))] += weight * (2 if link else 0)
        for _, _, one, other in coded_pairs(sentence.text):
            joint[frozenset((one, other))] += 2 * weight
            order.setdefault(one, len(order))
            order.setdefault(other, len(order))
    lead = list(order)[:2]
    if len(lead) == 2:  # what a text is about is named first
        joint[frozenset(lead)] += 2
    if reporter and any(reporter in pair for pair in joint):
        joint = Counter({pair: n for pair, n in joint.items() if reporter in pair})
    if not joint:
        return _two_most_named(single, order, reporter)
    best = max(
        joint,
        key=lambda pair: (joint[pair], sum(single[c] for c in pair), -sum(order[c] for c in pair)),
    )
    return tuple(sorted(best, key=lambda code: order[code]))


def _two_most_named(
    single: Counter[str], order: dict[str, int], reporter: str
) -> tuple[str, ...]:
    if reporter and reporter not in order:
        others = [code for code in order if code != reporter]
        return (reporter, others[0]) if len(others) == 1 else ()
    named = sorted(order, key=lambda code: -single[code])[:2]
    return tuple(sorted(named, key=lambda code: order[code])) if len(order) == 2 else ()
