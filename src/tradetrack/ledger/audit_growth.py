"""The audit's check of growth rates against the levels that they compare."""

import math
from collections.abc import Mapping, Sequence

from tradetrack.domain.observation import Growth
from tradetrack.domain.window import Window
from tradetrack.ledger.amounts import TIE, TOLERANCE, Amount, SeriesKey, finding, group_by
from tradetrack.ledger.finding import Finding

VAGUE = 0.05 + TIE
"""Relative slack of a growth rate that was printed as "about"."""
LARGEST_LOG = 700.0
LONGEST_BASE = 5
SHARP = 1.05
"""A level is sharp enough to propose as a base if its bounds are within this ratio."""

Levels = Mapping[tuple[SeriesKey, str, Window], Sequence[Amount]]


def growth_levels(
    growths: Sequence[Growth], amounts: Sequence[Amount], earlier: Sequence[Amount] = ()
) -> list[Finding]:
    """Find growth rates that no level of the same reporter bears out.

    Parameters
    ----------
    growths
        The rates.
    amounts
        The levels that count; a rate is checked if both its windows are among them.
    earlier
        Superseded levels: a rate that was right by an earlier release is left alone.
    """
    counting = group_by(amounts, _place)
    released = group_by((*earlier, *amounts), _place)
    found = []
    for growth in growths:
        key = SeriesKey.of(growth.series)
        new = (key, growth.reporter, growth.window)
        old = (key, growth.reporter, growth.base)
        if new in counting and old in counting:
            pairs = [(a, b) for a in released[new] for b in released[old]]
            if not any(_agree(growth, a, b) for a, b in pairs):
                fitting = _fitting_base(growth, counting)
                found.append(_at_odds(growth, counting[new][-1], counting[old][-1], fitting))
    return found


def _place(amount: Amount) -> tuple[SeriesKey, str, Window]:
    return amount.key, amount.row.reporter, amount.window


def _ratio(new: Amount, old: Amount) -> tuple[float, float]:
    low = new.low / old.high if old.high > 0.0 else math.inf
    high = new.high / old.low if old.low > 0.0 else math.inf
    return low, high


def _agree(growth: Growth, new: Amount, old: Amount) -> bool:
    low, high = (math.exp(min(bound, LARGEST_LOG)) for bound in growth.log_interval)
    implied_low, implied_high = _ratio(new, old)
    slack = 1.0 + (VAGUE if growth.figure.qualifier == "about" else TOLERANCE)
    return implied_low <= high * slack and low <= implied_high * slack


def _fitting_base(growth: Growth, levels: Levels) -> Amount | None:
    """Return the only other window, one to five years back, against which the rate is right."""
    key = SeriesKey.of(growth.series)
    new = levels[key, growth.reporter, growth.window][-1]
    bases = (growth.window.shift(-years) for years in range(1, LONGEST_BASE + 1))
    old = [r for base in bases for r in levels.get((key, growth.reporter, base), [])]
    fits = [r for r in old if r.high <= SHARP * r.low and _agree(growth, new, r)]
    return fits[0] if len(fits) == 1 else None


def _at_odds(growth: Growth, new: Amount, old: Amount, fitting: Amount | None) -> Finding:
    low, high = ((ratio - 1.0) * 100.0 for ratio in _ratio(new, old))
    if math.isinf(high):
        implied = f"{low:+.1f} % or more"
    elif math.isinf(low) or low <= -100.0:
        implied = f"{high:+.1f} % or less"
    else:
        lowest, highest = f"{low:+.1f}", f"{high:+.1f}"
        implied = f"{lowest} %" if lowest == highest else f"{lowest} to {highest} %"
    message = (
        f"{growth.reporter} printed growth of {growth.figure} for {growth.window} against"
        f" {growth.base}, but its {new.row.figure} and {old.row.figure} make that {implied}"
    )
    remedy = "check that the rate is of values and names its true base, or set it aside"
    if fitting is not None:
        remedy = f"name {fitting.window} ({fitting.row.figure}) as its base, which it fits"
    return finding("growth_levels", [growth, new.row, old.row], message, remedy)
