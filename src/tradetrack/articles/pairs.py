"""Which two countries a text is about, where the caller does not say."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations, pairwise

from tradetrack.articles.countries import GROUPS, coded_pairs, mentions
from tradetrack.articles.scan import speaks_of_trade
from tradetrack.articles.sentences import Sentence

_JOINED = re.compile(
    r"(?:'s)?\s?(?:[-–—]|and|with|to|from|in|и|с|со|в|во|на|из|у)\s?(?:the )?", re.IGNORECASE
)


def find_pair(told: Iterable[Sentence], reporter: str = "") -> tuple[str, ...]:
    """Return the two countries whose trade a text is about, or nothing if it names no pair.

    Pairs count by the sentences on trade that name both, more if a word joins them; then by how
    often each is named.

    Examples
    --------
    >>> from tradetrack.articles.sentences import sentences
    >>> text = "Trade between Kenya and Uganda grew. Officials of both met in Kampala."
    >>> find_pair(sentences(text))
    ('KEN', 'UGA')
    """
    joint: Counter[frozenset[str]] = Counter()
    single: Counter[str] = Counter()
    order: dict[str, int] = {}
    for sentence in told:
        _count(sentence.text, joint, single, order)
    lead = list(order)[:2]
    if len(lead) == 2:  # what a text is about is named first
        joint[frozenset(lead)] += 2
    if reporter and reporter not in order and order:  # its own statistics, on whom it trades with
        partner = max(order, key=lambda code: (single[code], -order[code]))
        return reporter, partner
    if reporter and any(reporter in pair for pair in joint):
        joint = Counter({pair: n for pair, n in joint.items() if reporter in pair})
    if not joint:
        return _two_most_named(single, order)
    best = max(
        joint,
        key=lambda pair: (joint[pair], sum(single[c] for c in pair), -sum(order[c] for c in pair)),
    )
    return tuple(sorted(best, key=lambda code: order[code]))


def _count(
    text: str, joint: "Counter[frozenset[str]]", single: "Counter[str]", order: dict[str, int]
) -> None:
    """Count the countries of one sentence, and the pairs that it names together."""
    found = [m for m in mentions(text) if m.code not in GROUPS]
    weight = 3 if speaks_of_trade(text) else 1
    for mention in found:
        single[mention.code] += 1 + (weight > 1)
        order.setdefault(mention.code, len(order))
    listed = list(dict.fromkeys(m.code for m in found))[:8]
    for one, other in combinations(listed, 2):
        joint[frozenset((one, other))] += weight
    for left, right in pairwise(found):
        if left.code != right.code and _JOINED.fullmatch(text[left.end : right.start]):
            joint[frozenset((left.code, right.code))] += 2 * weight
    for _, _, one, other in coded_pairs(text):
        joint[frozenset((one, other))] += 2 * weight
        order.setdefault(one, len(order))
        order.setdefault(other, len(order))


def _two_most_named(single: Counter[str], order: dict[str, int]) -> tuple[str, ...]:
    named = sorted(order, key=lambda code: -single[code])[:2]
    return tuple(sorted(named, key=lambda code: order[code])) if len(order) == 2 else ()
