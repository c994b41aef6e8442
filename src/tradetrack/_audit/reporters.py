"""What different reporters, or different releases of one, say against each other.

First that names are one name, then that a figure was printed once, then what a bound says against
the figures, then how far two reporters are apart (mirror data).
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from statistics import median

from tradetrack._audit.amounts import (
    TOLERANCE,
    Amount,
    Conflict,
    SeriesKey,
    blame,
    finding,
    group_by,
    printed,
)
from tradetrack._audit.finding import Finding
from tradetrack._typing import MONTHS
from tradetrack.domain.figure import split_unit
from tradetrack.domain.observation import Growth, Level, Observation, last_day
from tradetrack.ledger.ledger import figure_key

FEWEST_SHARED = 3
USUAL_FLOOR = 0.2
UNKNOWN_USUAL = 0.25
SPREADS = 4.0
MAD_TO_SD = 1.4826
LEAST_OVERLAP = 6
"""Months that years of two reporters must share to be compared."""
UNLIKE = 2.0
"""How many times the pace of the shared months the other months of a year may have, or less."""
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032`\u00b4", "'"))
_ALIKE = str.maketrans(
    "\u0430\u0432\u0435\u0437\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abe3kmhopctyxijsabezhikmnoptyx",
)
"""Cyrillic and Greek small letters that look like a Latin one, they or their capitals."""
_Pair = tuple[Amount, Amount]


def name_spellings(rows: Sequence[Observation]) -> list[Finding]:
    """Find pairs, and reporters and sides of a pair, whose names differ in nothing that is seen.

    In case, space or dashes, in an apostrophe, in letters of another script that look alike. The
    rows with the rarer spellings are named; of equally common ones the first in the alphabet stays.
    """
    found: list[Finding] = []
    for same in group_by(rows, lambda row: _folded(row.series.pair)).values():
        pair, _ = _spellings(row.series.pair for row in same)
        for name_of, whose, what in (
            (_pair, "the ledger has figures of the pairs", "are two pairs"),
            (_reporter, f"{pair} has figures by", "count as two reporters"),
            (_side, f"{pair} has figures of the sides", "count as two sides"),
        ):
            found += _spelt_twice(same, name_of, whose, what)
    return found


def _pair(row: Observation) -> str:
    return row.series.pair


def _reporter(row: Observation) -> str:
    return row.reporter


def _side(row: Observation) -> str:
    return row.side


def _spelt_twice(
    rows: Sequence[Observation], name_of: Callable[[Observation], str], whose: str, what: str
) -> Iterator[Finding]:
    """Yield a finding for each name that has several spellings."""
    for own in group_by(rows, lambda row: _folded(name_of(row))).values():
        name, wrong = _spellings(map(name_of, own))
        if wrong:
            message = f"{whose} {_quoted([name, *wrong])}{_unlike(name, wrong)}"
            remedy = f"write {name!r} everywhere: two names {what}"
            odd = [row for row in own if name_of(row) in wrong]
            yield finding("name_spelling", odd, message, remedy)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.translate(_QUOTES)).casefold()
    return _DASHES.sub("-", " ".join(plain.split())).translate(_ALIKE)


def _unlike(name: str, others: Sequence[str]) -> str:
    """Say which letters of other spellings only look like those of a name."""
    differ = {letter for other in others for letter in set(name.casefold()) ^ set(other.casefold())}
    letters = sorted(
        letter
        for letter in {*name, *"".join(others)}
        if letter.casefold() in differ and ord(letter.casefold()) in _ALIKE
    )
    named = [f"{letter!r} is {unicodedata.name(letter).capitalize()}" for letter in letters]
    return f" ({', '.join(named)})" if named else ""


def _spellings(names: Iterable[str]) -> tuple[str, list[str]]:
    """Return the spelling that is most common, and the others."""
    counts = Counter(names)
    kept, *others = sorted(counts, key=lambda name: (-counts[name], name))
    return kept, others


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names))


def two_currencies(rows: Sequence[Observation]) -> list[Finding]:
    """Find pairs whose levels are in several currencies; the rows of the rarer ones are named."""
    found = []
    levels = [row for row in rows if isinstance(row, Level)]
    for pair, own in group_by(levels, lambda row: row.series.pair).items():
        kept, others = _spellings(SeriesKey.of(row.series).currency for row in own)
        if others:
            message = f"{pair} has levels in {kept} and in {', '.join(others)}"
            remedy = (
                f"choose one with select(currency={kept!r}) or --unit {kept}_bn, or convert them"
                " with converted(rates) or --rates"
            )
            odd = [row for row in own if SeriesKey.of(row.series).currency in others]
            found.append(finding("two_currencies", odd, message, remedy))
    return found


def mixed_coverages(rows: Sequence[Observation]) -> list[Finding]:
    """Find pairs whose figures differ in coverage; the rows of the rarer ones are named.

    Figures that do not say what they count are one kind among them: they may count anything.
    """
    found = []
    for pair, own in group_by(rows, lambda row: row.series.pair).items():
        kept, others = _spellings(row.series.coverage for row in own)
        if others:
            said = " and ".join(_counted(name) for name in (kept, *others))
            message = f"{pair} has {said}, which are different series"
            remedy = "name what each figure counts, and choose with ledger.select(coverage=...)"
            odd = [row for row in own if row.series.coverage != kept]
            found.append(finding("coverage_mixed", odd, message, remedy))
    return found


def _counted(coverage: str) -> str:
    return f"figures of {coverage}" if coverage else "figures that do not name their coverage"


def repeated_releases(rows: Sequence[Observation]) -> list[Finding]:
    """Find figures that one reporter printed more than once: copies of one release."""
    copies = group_by(rows, _release)
    return [_repeated(group) for group in copies.values() if len(group) > 1]


def _release(row: Observation) -> tuple[object, ...]:
    side = row.figure.qualifier if row.figure.claim else ""
    if isinstance(row, Growth):
        said: tuple[object, ...] = (row.figure.unit, row.figure.value)
    else:
        size = row.figure.value * split_unit(row.figure.unit)[1]
        said = (float(f"{size:.12g}"),)
    return SeriesKey.of(row.series), row.kind, row.windows, row.reporter, side, said


def _repeated(rows: Sequence[Observation]) -> Finding:
    message = f"{printed(rows[-1])}, {'twice' if len(rows) == 2 else f'{len(rows)} times'}"
    return finding("repeated_release", rows, message, "count it once: keep the first release")


def same_day_figures(rows: Sequence[Observation]) -> list[Finding]:
    """Find figures that count though a reporter printed another, as sharp, on the same day."""
    same = group_by(rows, figure_key)
    return [_two_figures(group) for group in same.values() if len(group) > 1]


def _two_figures(rows: Sequence[Observation]) -> Finding:
    first = rows[0]
    figures = [row.words for row in rows]
    if len(set(figures)) < len(rows):  # they differ in digits that a sentence rounds away
        figures = [str(row.figure) for row in rows]
    message = (
        f"{first.source} printed {' and '.join(figures)} for {first.of_what} on one day,"
        f" {last_day(first.published)}"
    )
    remedy = "both count: find out which is the whole, and set the other aside"
    return finding("same_day_figures", rows, message, remedy)


def contradicted_claims(claims: Sequence[Amount], figures: Sequence[Amount]) -> list[Finding]:
    """Find one-sided figures that two-sided figures of the same series and window contradict.

    A reporter's own latest figure decides; without one, all other reporters together.
    """
    latest: dict[tuple[object, ...], dict[str, Amount]] = {}
    for figure in figures:
        if figure.sharp:
            latest.setdefault((figure.key, figure.window), {})[figure.row.reporter] = figure
    said = group_by(
        (claim for claim in claims if not claim.sharp),
        lambda c: (c.key, c.window, c.row.reporter, c.row.figure.qualifier, c.size),
    )
    found = []
    for same in said.values():
        claim = same[0]
        known = latest.get((claim.key, claim.window), {})
        own = known.get(claim.row.reporter) if claim.row.reporter else None
        against = [own] if own else list(known.values())
        if against and all(_contradicts(claim, figure) for figure in against):
            found.append(_contradicted(same, against))
    return found


def _contradicts(claim: Amount, figure: Amount) -> bool:
    slack = 1.0 + TOLERANCE
    return claim.low > figure.high * slack or figure.low > claim.high * slack


def _contradicted(claims: Sequence[Amount], against: Sequence[Amount]) -> Finding:
    others = " and ".join(f"{r.row.words} by {r.row.source}" for r in against)
    message = f"{printed(claims[0].row)}, against {others}"
    remedy = "set the claim aside, or find the release that it speaks of"
    return finding("claim_contradicted", [r.row for r in (*claims, *against)], message, remedy)


def mirror_gaps(amounts: Sequence[Amount]) -> list[Finding]:
    r"""Find windows for which two reporters are further apart than they usually are.

    Usual is the median log ratio over the windows that both report, give or take four robust
    standard deviations, at least 0.2; with fewer than three shared windows, no gap give or
    take 0.25.

    Where one reports calendar years and the other fiscal ones, years that share at least half of
    their months are compared: with :math:`m` months that are not shared, and a pace in them at most
    :math:`k = 2` times that of the shared ones, the log ratio of two years can be as large as

    .. math:: \log \frac{(12 - m) + k m}{(12 - m) + m / k}.
    """
    conflicts = [
        Conflict(first, second, excess, usual)
        for pairs in _shared(amounts).values()
        for usual, allowed in [_usual(pairs)]
        for first, second in pairs
        if (excess := _distance(first, second, usual)) > allowed + _apart_in_time(first, second)
    ]
    return [_apart(culprit, own) for culprit, own in blame(conflicts)]


def _shared(amounts: Sequence[Amount]) -> dict[tuple[object, ...], list[_Pair]]:
    """Pair up the latest figures of every two reporters for the same window, or for near years."""
    sharp = [amount for amount in amounts if amount.sharp]
    shared: dict[tuple[object, ...], list[_Pair]] = {}
    for (key, _), group in group_by(sharp, lambda r: (r.key, r.window)).items():
        latest = {amount.row.reporter: amount for amount in group}
        for names in combinations(sorted(latest), 2):
            first, second = (latest[name] for name in names)
            shared.setdefault((key, *names), []).append((first, second))
    for key, years in group_by(
        (r for r in sharp if r.window.n_months == MONTHS), lambda r: r.key
    ).items():
        for first, second in _near_years(years):
            names = (first.row.reporter, second.row.reporter)
            shared.setdefault((key, *names), []).append((first, second))
    return shared


def _near_years(years: Sequence[Amount]) -> Iterator[_Pair]:
    """Yield years of two reporters that overlap, where neither has printed the other's window."""
    latest = {(year.row.reporter, year.window.start): year for year in years}
    names = sorted({name for name, _ in latest})
    for (name, start), first in sorted(latest.items()):
        for months in range(LEAST_OVERLAP - MONTHS, MONTHS - LEAST_OVERLAP + 1):
            for other in names[names.index(name) + 1 :] if months else ():
                second = latest.get((other, start + months))
                alike = (other, start) in latest or (name, start + months) in latest
                if second is not None and not alike:
                    yield first, second


def _apart_in_time(first: Amount, second: Amount) -> float:
    """Return the log ratio that months which are not shared can make; see `mirror_gaps`."""
    alone = abs(first.window.start - second.window.start)
    shared = MONTHS - alone
    return math.log((shared + UNLIKE * alone) / (shared + alone / UNLIKE))


def _usual(pairs: Sequence[_Pair]) -> tuple[float, float]:
    """Return the usual log ratio of two reporters, and the distance from it to be expected."""
    if len(pairs) < FEWEST_SHARED:
        return 0.0, UNKNOWN_USUAL
    ratios = [math.log(first.size / second.size) for first, second in pairs]
    middle = median(ratios)
    spread = MAD_TO_SD * median(abs(ratio - middle) for ratio in ratios)
    return middle, max(USUAL_FLOOR, SPREADS * spread)


def _distance(first: Amount, second: Amount, usual: float) -> float:
    """Return how far the log ratio is from usual, at the values that bring it nearest."""
    low = math.log(first.low / second.high) - usual
    high = math.log(first.high / second.low) - usual
    return max(low, -high, 0.0)


def _apart(culprit: Amount, conflicts: Sequence[Conflict]) -> Finding:
    others = [c.second if c.first is culprit else c.first for c in conflicts]
    against = " and ".join(
        f"{other.row.words} by {other.row.source}"
        + ("" if other.window == culprit.window else f" for {other.window.words}")
        for other in others
    )
    ratio = f"{culprit.size / others[0].size:.2f} times as much"
    sign = 1.0 if conflicts[0].first is culprit else -1.0
    usual = f"{math.exp(sign * conflicts[0].usual):.2f} is usual"
    message = f"{printed(culprit.row)}, against {against}: {ratio}, where about {usual}"
    remedy = "check what each reporter counts and for which window, and set aside what is wrong"
    if len(others) > 1:
        remedy = f"check {culprit.row.words} first, and set it aside if it is wrong"
    return finding("mirror_gap", [r.row for r in (culprit, *others)], message, remedy)
