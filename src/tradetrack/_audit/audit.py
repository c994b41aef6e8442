"""The audit of a ledger: what its figures say against each other.

Every check works on the intervals that the printed figures allow; figures are at odds only if
no values in those intervals, give or take half a per cent, can hold together. One defect gives
one finding: figures in a wrong unit are kept out of the other checks, and so are figures with a
wrong window. Nothing is repaired.

====================  ==========================================================================
finding               what is wrong
====================  ==========================================================================
name_spelling         a reporter, or a pair, is written in two ways, perhaps in look-alikes
two_currencies        the levels of a pair are in two currencies
coverage_mixed        figures of a pair count different things, or not all say what they count
unit_slip             a level is a thousand or a million times the others
partial_as_year       a figure is printed for a window that it covers only in part
same_day_figures      a reporter printed two figures of one window on one day, equally sharp
growth_misprint       growth, or a fall, of a thousandfold and more
parts_total           two flows do not add up to the turnover
ytd_above_year        a window holds as much as, or more than, a longer window that contains it
growth_levels         a growth rate is not that of its levels
increment_levels      an increment is not the difference of its levels
claim_contradicted    "over 5" where the figures say less, or "nearly 5" where they say more
mirror_gap            two reporters are further apart than they usually are
does_not_fit          a figure is far from what all others predict; found above the models
repeated_release      a reporter's figure was printed more than once (for information)
====================  ==========================================================================
"""

from collections.abc import Iterable, Sequence

from tradetrack._audit.amounts import Amount, amounts_of
from tradetrack._audit.finding import FINDING_KINDS, Finding
from tradetrack._audit.levels import (
    change_levels,
    growth_misprints,
    partial_years,
    parts_totals,
    windows_within,
)
from tradetrack._audit.reporters import (
    contradicted_claims,
    mirror_gaps,
    mixed_coverages,
    name_spellings,
    repeated_releases,
    same_day_figures,
    two_currencies,
)
from tradetrack._audit.units import unit_slips
from tradetrack.domain.observation import Growth, Increment, incredible, last_day
from tradetrack.ledger.ledger import Ledger, check_ledger


def audit_rows(ledger: Ledger) -> tuple[Finding, ...]:
    """Check the figures of a ledger against each other by rules on their rows.

    The figures that count are checked. Superseded ones are checked for names, wrong units, wrong
    windows, copies and claims. Those set aside are not checked.

    Parameters
    ----------
    ledger
        The ledger.

    Returns
    -------
    tuple of Finding
        Ordered by kind, then by rows; the order in which the ledger was given does not matter.

    Examples
    --------
    >>> from tradetrack.domain.figure import Figure
    >>> from tradetrack.domain.observation import Level, Series
    >>> from tradetrack.domain.window import Window
    >>> def level(name: str, window: str, text: str) -> Level:
    ...     return Level(series=Series(pair="KZ-UZ"), window=Window.parse(window), id=name,
    ...                  figure=Figure.of(text, "usd_bn"), reporter="KZ stat", published="2025-02")
    >>> rows = level("a", "2024-01..2024-10", "3.9"), level("b", "2024", "3.8")
    >>> [finding] = audit_rows(Ledger(rows))
    >>> finding.kind, finding.rows
    ('ytd_above_year', ('a', 'b'))
    >>> print(finding.message)
    KZ stat printed US$ 3.9 bn for Jan–Oct 2024 but only US$ 3.8 bn for all of 2024
    """
    check_ledger(ledger)
    counting = set(ledger.current)
    every = sorted(
        (row for row in ledger if not row.set_aside), key=lambda row: last_day(row.published)
    )
    levels = amounts_of(every)
    slips = unit_slips(levels)
    levels = _without(levels, slips)
    partial = partial_years(levels)
    levels = _without(levels, partial)
    by_reporter = [amount for amount in levels if amount.row.reporter]
    now = [amount for amount in by_reporter if amount.row in counting]
    before = [amount for amount in by_reporter if amount.row not in counting]
    changes = [row for row in every if isinstance(row, Growth | Increment) and row in counting]
    growths = [row for row in changes if isinstance(row, Growth)]
    signed = [row for row in every if row.signed and row.reporter and row in counting]
    found = (
        *name_spellings(every),
        *two_currencies(every),
        *mixed_coverages(every),
        *dict.fromkeys(finding for _, finding in (*slips, *partial)),
        *same_day_figures([*(amount.row for amount in now), *growths, *signed]),
        *growth_misprints(growths),
        *parts_totals(now),
        *windows_within(now),
        *change_levels([row for row in changes if not incredible(row)], now, before),
        *contradicted_claims(levels, levels),
        *mirror_gaps(now),
        *repeated_releases(every),
    )
    return in_order(found)


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by kind, then by rows."""
    return tuple(sorted(found, key=lambda f: (FINDING_KINDS.index(f.kind), f.rows, f.message)))


def _without(amounts: Sequence[Amount], wrong: Sequence[tuple[Amount, Finding]]) -> list[Amount]:
    known = {amount.row for amount, _ in wrong}
    return [amount for amount in amounts if amount.row not in known]
