"""What the figures of one reporter say against each other.

Each check is about a sum, a ratio or a difference that must hold: a part of a year is not the year,
a window holds no more than a longer one, two flows make the turnover, and growth and increments are
those of their levels.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from tradetrack._audit.amounts import (
    TIE,
    TOLERANCE,
    Amount,
    Conflict,
    SeriesKey,
    amount_of,
    blame,
    days_apart,
    finding,
    group_by,
    printed,
    slipped_numbers,
)
from tradetrack._audit.finding import Finding, FindingKind
from tradetrack._format import with_unit
from tradetrack.domain.figure import split_unit
from tradetrack.domain.observation import TURNOVER, Growth, Increment, incredible, last_day
from tradetrack.domain.window import Window, format_month

LEAST_REST = 0.5
"""Of the average pace so far, what the other months of a window reach at the very least."""
FAR_BELOW = 0.75
"""Of the year as another reporter has it, what a figure for all of it reaches at the least."""
SAME_RELEASE_DAYS = 45
VAGUE = 0.05 + TIE
"""Relative slack of a change that was printed as "about"."""
LARGEST_LOG = 700.0
LONGEST_BASE = 5
SHARP = 1.05
"""A level is sharp enough to propose as a base if its bounds are within this ratio."""
Levels = Mapping[tuple[SeriesKey, str, Window], Sequence[Amount]]
Change = Growth | Increment


def partial_years(amounts: Sequence[Amount]) -> list[tuple[Amount, Finding]]:
    """Find figures printed for a window that cover only a part of it.

    Three signs: the figure was out before its window was over; a calendar year equals a
    year to date of the same reporter, so that the rest of the year would have had less than half
    of the average pace; or it equals another reporter's year to date, and the year as a third row
    tells it is much higher.
    """
    years = group_by((r for r in amounts if r.sharp), lambda r: (r.key, r.window.year))
    found = []
    for amount in amounts:
        same_year = years.get((amount.key, amount.window.year), [])
        if last_day(amount.row.published) < last_day(format_month(amount.window.end)):
            found.append((amount, _premature(amount)))
        elif amount.window.kind == "calendar_year" and amount.sharp:
            twin = _twin(amount, same_year)
            if twin is not None:
                found.append((amount, _partial(amount, twin)))
    return found


def _twin(year: Amount, same_year: Sequence[Amount]) -> Amount | None:
    """Return the year to date that the year repeats, the reporter's own before others'."""
    twins = [r for r in same_year if r.window.kind in ("month", "year_to_date") and _same(year, r)]
    own = [twin for twin in twins if twin.row.reporter == year.row.reporter]
    if own:
        return own[-1]
    higher = any(
        r.row.reporter != year.row.reporter and year.high * (1.0 + TIE) < FAR_BELOW * r.low
        for r in same_year
    )
    return twins[-1] if twins and higher else None


def _same(year: Amount, part: Amount) -> bool:
    """Whether a year repeats the figure of its first months, though there were more to come."""
    starts_together = part.window.start == year.window.start
    one_figure = _allows(part, year) or _allows(year, part)
    return starts_together and one_figure and _too_small(year, part)


def _allows(first: Amount, second: Amount) -> bool:
    """Whether the second's printed number is one that the first allows."""
    return first.low <= second.size * (1.0 + TIE) and second.size <= first.high * (1.0 + TIE)


def _too_small(outer: Amount, inner: Amount) -> bool:
    """Whether the outer window leaves too little, less than half the pace, to its other months."""
    rest = (outer.window.n_months - inner.window.n_months) / inner.window.n_months
    return outer.high * (1.0 + TIE) < inner.low * (1.0 + LEAST_REST * rest)


def _premature(amount: Amount) -> Finding:
    row = amount.row
    message = f"{printed(row)} on {row.published}, before that window was over"
    remedy = "give it the months that were over by then, or set it aside if it is an expectation"
    return finding("partial_as_year", [row], message, remedy)


def _partial(year: Amount, twin: Amount) -> Finding:
    whose = "" if twin.row.reporter == year.row.reporter else f" by {twin.row.source}"
    part = f"the figure{whose} for {twin.window.words} ({twin.row.words})"
    message = f"{printed(year.row)}, which is {part}"
    remedy = f"give {year.row.words} the window {twin.window}"
    return finding("partial_as_year", [year.row, twin.row], message, remedy)


def windows_within(amounts: Sequence[Amount]) -> list[Finding]:
    """Find windows that hold as much as, or more than, a longer window that contains them."""
    conflicts: list[Conflict] = []
    for group in group_by(amounts, lambda r: (r.key, r.row.reporter)).values():
        conflicts.extend(_above_longer(group))
    return [_above(culprit, own) for culprit, own in blame(conflicts)]


def _above_longer(group: Sequence[Amount]) -> Iterator[Conflict]:
    by_start = sorted(group, key=lambda amount: amount.window.start)
    for outer in group:
        first = bisect_left(by_start, outer.window.start, key=lambda r: r.window.start)
        last = bisect_right(by_start, outer.window.end, key=lambda r: r.window.start)
        for inner in by_start[first:last]:
            within = outer.window.covers(inner.window) and inner.window != outer.window
            if within and _holds_more(inner, outer):
                yield Conflict(inner, outer, inner.low / outer.high)


def _holds_more(inner: Amount, outer: Amount) -> bool:
    """Whether the inner window has more for certain, or all in print and by any fair account."""
    printed_all = inner.sharp and outer.sharp and inner.size >= outer.size * (1.0 - TIE)
    for_certain = inner.low > outer.high * (1.0 + TOLERANCE)
    return for_certain or (printed_all and _too_small(outer, inner))


def _above(culprit: Amount, conflicts: Sequence[Conflict]) -> Finding:
    inner, outer = conflicts[0].first, conflicts[0].second
    others = [c.second if c.first is culprit else c.first for c in conflicts]
    if abs(inner.size - outer.size) <= TIE * outer.size:
        other = f"{outer.row.words} for {outer.window.words}"
        message = f"{printed(inner.row)} and {other}, one total for both"
        remedy = (
            "check of which of the two windows it is, and correct the other row or set it aside"
        )
    else:
        message = f"{printed(inner.row)} but only {outer.row.words} for all of {outer.window.words}"
        remedy = "check both windows and units, and set aside the row that is wrong"
    if len(others) > 1:
        message += f" (and {len(others) - 1} more at odds with {culprit.row.words})"
        first = f"check {culprit.row.words} for {culprit.window.words} first"
        remedy = f"{first}, and set it aside if it is wrong"
    return finding("ytd_above_year", [r.row for r in (culprit, *others)], message, remedy)


def parts_totals(amounts: Sequence[Amount]) -> list[Finding]:
    """Find flows that do not add up to the turnover of the same release."""
    tables = group_by(amounts, lambda r: (r.key._replace(flow=""), r.row.reporter, r.window))
    found = []
    for table in tables.values():
        flows = {amount.key.flow: amount for amount in table}
        total = flows.pop(TURNOVER, None)
        if total is None:
            continue
        parts = [flows[flow] for flow in sorted(flows) if _same_release(flows[flow], total)]
        if parts and not _add_up(total, parts):
            found.append(_parts(total, parts))
    return found


def _add_up(total: Amount, parts: Sequence[Amount]) -> bool:
    """Whether the parts can make the total; of a single part, whether it is no more than that."""
    low = sum(part.low for part in parts)
    high = sum(part.high for part in parts) if len(parts) == 2 else math.inf
    return low <= total.high * (1.0 + TOLERANCE) and total.low <= high * (1.0 + TOLERANCE)


def _same_release(first: Amount, second: Amount) -> bool:
    same_document = bool(first.row.document) and first.row.document == second.row.document
    return same_document or days_apart(first.row, second.row) <= SAME_RELEASE_DAYS


def _parts(total: Amount, parts: Sequence[Amount]) -> Finding:
    sums = " plus ".join(f"{part.row.words} of {part.row.series.flow_words}" for part in parts)
    verb = "do not add up to" if len(parts) == 2 else "is more than"
    whose = f"for {total.window.words}, {total.row.source}'s"
    message = f"{whose} {sums} {verb} the turnover {total.row.words}"
    remedy = "check the three figures against the document, and set aside the one that is wrong"
    cut = total.row.figure.model_copy(update={"qualifier": "truncated"})
    read_so = amount_of(total.row.model_copy(update={"figure": cut}))
    if total.sharp and read_so.low <= sum(part.size for part in parts) < read_so.high:
        remedy = f"read {total.row.words} as truncated: digits were cut off, not rounded"
    elif len(parts) == 1:
        remedy = "check whether the part and the total were swapped, or are of different windows"
    return finding("parts_total", [r.row for r in (total, *parts)], message, remedy)


def growth_misprints(growths: Sequence[Growth]) -> list[Finding]:
    """Find growth, or a fall, of a thousandfold and more; the model leaves it out."""
    remedy = (
        "check whether a ratio, a change or a level was printed, and correct it or set it aside"
    )
    return [
        finding(
            "growth_misprint",
            [row],
            f"{printed(row)}, a thousandfold and more, which is a misprint and not used",
            remedy,
        )
        for row in growths
        if incredible(row)
    ]


def change_levels(
    changes: Sequence[Change], amounts: Sequence[Amount], earlier: Sequence[Amount] = ()
) -> list[Finding]:
    """Find growth rates and increments that no level of the same reporter bears out.

    Parameters
    ----------
    changes
        The rates and the increments.
    amounts
        The levels that count; a change is checked if both its windows are among them.
    earlier
        Superseded levels: a change that was right by an earlier release is left alone.
    """
    counting = group_by(amounts, _place)
    released = group_by((*earlier, *amounts), _place)
    found = []
    for change in changes:
        key = SeriesKey.of(change.series)
        new = (key, change.reporter, change.window)
        old = (key, change.reporter, change.base)
        if new in counting and old in counting:
            pairs = [(a, b) for a in released[new] for b in released[old]]
            if not any(_agree(change, a, b) for a, b in pairs):
                fitting = _fitting_base(change, counting)
                found.append(_at_odds(change, counting[new][-1], counting[old][-1], fitting))
    return found


def _place(amount: Amount) -> tuple[SeriesKey, str, Window]:
    return amount.key, amount.row.reporter, amount.window


def _ratio(new: Amount, old: Amount) -> tuple[float, float]:
    low = new.low / old.high if old.high > 0.0 else math.inf
    high = new.high / old.low if old.low > 0.0 else math.inf
    return low, high


def _agree(change: Change, new: Amount, old: Amount) -> bool:
    """Whether two levels can have this ratio, or this difference, give or take a little of one."""
    slack = VAGUE if change.figure.qualifier == "about" else TOLERANCE
    if isinstance(change, Increment):
        low, high = _plain(change)
        leeway = slack * max(new.size, old.size)
        return new.low - old.high <= high + leeway and low <= new.high - old.low + leeway
    low, high = (math.exp(min(bound, LARGEST_LOG)) for bound in change.log_interval)
    implied_low, implied_high = _ratio(new, old)
    return implied_low <= high * (1.0 + slack) and low <= implied_high * (1.0 + slack)


def _plain(change: Increment) -> tuple[float, float]:
    """Interval of an increment in plain money."""
    factor = split_unit(change.figure.unit)[1]
    low, high = change.figure.interval
    return low * factor, high * factor


def _fitting_base(change: Change, levels: Levels) -> Amount | None:
    """Return the only other window, one to five years back, against which the change is right."""
    key = SeriesKey.of(change.series)
    new = levels[key, change.reporter, change.window][-1]
    bases = (change.window.shift(-years) for years in range(1, LONGEST_BASE + 1))
    old = [r for base in bases for r in levels.get((key, change.reporter, base), [])]
    fits = [r for r in old if r.high <= SHARP * r.low and _agree(change, new, r)]
    return fits[0] if len(fits) == 1 else None


def _at_odds(change: Change, new: Amount, old: Amount, fitting: Amount | None) -> Finding:
    levels = f"its {new.row.words} and {old.row.words}"
    if isinstance(change, Increment):
        message = f"{printed(change)}, but {levels} make that {_difference(change, new, old)}"
        remedy = "check its sign, its unit and its base, or set it aside"
    else:
        message = f"{printed(change)}, but {levels} make that {_rate(new, old)}"
        remedy = "check that the rate is of values and names its true base, or set it aside"
    if slip := _slip(change, new, old):
        remedy = f"perhaps {slip}; check it against the document, and correct it or set it aside"
    if fitting is not None:
        remedy = f"name {fitting.window} ({fitting.row.words}) as its base, which it fits"
    kind: FindingKind = "increment_levels" if isinstance(change, Increment) else "growth_levels"
    return finding(kind, [change, new.row, old.row], message, remedy)


def _slip(change: Change, new: Amount, old: Amount) -> str:
    """Say by what slip a change has become what it is, if one makes it fit its levels."""
    if change.figure.qualifier == "range":
        return ""
    lowest = {"percent": -100.0, "times": 0.0}.get(change.figure.unit, -math.inf)
    meant = (
        (change.corrected(value=text), words)
        for text, words in slipped_numbers(change.figure.text)
        if float(text) > lowest
    )
    return next((words for row, words in meant if _agree(row, new, old)), "")


def _rate(new: Amount, old: Amount) -> str:
    """Write the growth that two levels imply."""
    low, high = ((ratio - 1.0) * 100.0 for ratio in _ratio(new, old))
    if math.isinf(high):
        return f"{low:+.1f} % or more"
    if math.isinf(low) or low <= -100.0:
        return f"{high:+.1f} % or less"
    return f"{_between(f'{low:+.1f}', f'{high:+.1f}')} %"


def _difference(change: Increment, new: Amount, old: Amount) -> str:
    """Write the difference that two levels imply, in the unit of the increment."""
    unit = change.figure.unit
    factor = split_unit(unit)[1]
    low, high = (new.low - old.high) / factor, (new.high - old.low) / factor
    if math.isinf(high):
        return f"{with_unit(f'{low:+.3g}', unit)} or more"
    if math.isinf(low):
        return f"{with_unit(f'{high:+.3g}', unit)} or less"
    return with_unit(_between(f"{low:+.3g}", f"{high:+.3g}"), unit)


def _between(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"
