"""The audit's check of names: one reporter or one pair that is written in two ways."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from tradetrack.domain.observation import Growth, Level
from tradetrack.ledger.amounts import finding, group_by
from tradetrack.ledger.finding import Finding

_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")


def name_spellings(rows: Sequence[Level | Growth]) -> list[Finding]:
    """Find pairs, and reporters of a pair, whose names differ only in case, space or dashes.

    The rows with the rarer spellings are named; of equally common ones the first in the alphabet
    stays.
    """
    found = []
    for same in group_by(rows, lambda row: _folded(row.series.pair)).values():
        kept, others = _spellings(row.series.pair for row in same)
        if others:
            message = f"the ledger has the pairs {_quoted([kept, *others])}, each with figures"
            remedy = f"write {kept!r} everywhere: two names are two pairs"
            odd = [row for row in same if row.series.pair in others]
            found.append(finding("name_spelling", odd, message, remedy))
        for own in group_by(same, lambda row: _folded(row.reporter)).values():
            name, wrong = _spellings(row.reporter for row in own)
            if wrong:
                message = f"{kept} has figures by {_quoted([name, *wrong])}"
                remedy = f"write {name!r} everywhere: two names count as two reporters"
                odd = [row for row in own if row.reporter in wrong]
                found.append(finding("name_spelling", odd, message, remedy))
    return found


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _DASHES.sub("-", " ".join(plain.split()))


def _spellings(names: Iterable[str]) -> tuple[str, list[str]]:
    """Return the spelling that is most common, and the others."""
    counts = Counter(names)
    kept, *others = sorted(counts, key=lambda name: (-counts[name], name))
    return kept, others


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names))
