"""What a command prints for people: lines of at most eighty columns."""

from collections.abc import Iterator, Sequence

import tradetrack as tt
from tradetrack.attainment.summary import MOST, summary
from tradetrack.domain.goal import CONSENSUS
from tradetrack.tracking import in_columns


def tracking_text(tracking: tt.Tracking, ledger: tt.Ledger) -> str:
    """Write an answer with what the printed figures say of goals whose time is over.

    Parameters
    ----------
    tracking
        The answer.
    ledger
        What it was made from, as of its day.
    """
    verdicts = _verdicts(tracking, ledger)
    n_sides = _n_sides(tracking, ledger)
    return in_columns(
        tracking,
        verdicts=verdicts,
        n_sides=n_sides,
        place="tradetrack check",
        table="--format csv",
    )


def what_if_text(as_projected: tt.Tracking, supposed: tt.Tracking, ledger: tt.Ledger) -> str:
    """Write an answer, and below it the same goals under assumptions.

    Parameters
    ----------
    as_projected, supposed
        The answer, and that under assumptions.
    ledger
        What both were made from, as of their day.
    """
    below = summary(
        supposed.attainments[:MOST],
        as_of=supposed.as_of,
        verdicts=_verdicts(supposed, ledger),
        n_sides=_n_sides(supposed, ledger),
    )
    if_ = f"If {'; '.join(supposed.assumptions)}:"
    return "\n".join([tracking_text(as_projected, ledger), "", if_, *below])


def _verdicts(tracking: tt.Tracking, ledger: tt.Ledger) -> dict[tt.Goal, str]:
    """What printed figures say of goals, where they dispute it."""
    return {
        one.goal: said
        for one in tracking.attainments[:MOST]
        if (said := disputed(ledger, one.goal))
    }


def _n_sides(tracking: tt.Tracking, ledger: tt.Ledger) -> int:
    """Number of sides that print figures of the goals' pairs."""
    pairs = {one.goal.series.pair for one in tracking if one.goal.series}
    sides = {
        row.side or row.reporter
        for row in ledger.current
        if row.series.pair in pairs and row.reporter
    }
    return len(sides)


def disputed(ledger: tt.Ledger, goal: tt.Goal) -> str:
    """Say by whose figures a goal was met and by whose not; nothing if they agree.

    Examples
    --------
    >>> goal = tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ"), reporter="KZ stat")
    >>> disputed(tt.datasets.kazakhstan_uzbekistan(), goal)
    "disputed: met by KZ stat's first figures, not by its later ones"
    """
    try:
        found = tt.resolve(ledger, goal)
    except tt.errors.GoalError:  # a goal that printed figures alone do not decide
        return ""
    decided: dict[str, list[tt.results.Resolution]] = {}
    for one in found:
        if one.verdict != "open":
            decided.setdefault(one.reporter, []).append(one)
    met = list(_whose(decided, "met"))
    missed = list(_whose(decided, "not met"))
    if not (met and missed):
        return ""
    if len(decided) == 1 and goal.reporter != CONSENSUS:
        missed = [missed[0].replace(f"{goal.reporter}'s", "its")]
    return f"disputed: met by {_listed(met)}, not by {_listed(missed)}"


def _whose(decided: dict[str, list[tt.results.Resolution]], verdict: str) -> Iterator[str]:
    """Name the figures that say so; a reporter alone stands for its first and later ones."""
    for reporter, rows in decided.items():
        vintages = [one.vintage for one in rows if one.verdict == verdict]
        if len(vintages) == len(rows):
            yield reporter
        elif vintages:
            yield f"{reporter}'s {'first figures' if vintages == ['first'] else 'later ones'}"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
