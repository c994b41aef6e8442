"""An attainment in words: as a sentence, and as a row of a table."""

from collections.abc import Sequence

from tradetrack._format import (
    amount_text,
    error_points,
    growth_rate,
    html_table,
    percent,
    three_digits,
    with_unit,
)
from tradetrack.attainment.attainment import Attainment, NotWithin
from tradetrack.domain.amount import Absolute
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.goal import CONSENSUS


def sentence(attainment: Attainment, as_of: str) -> str:
    """Say the goal, its probability, when, what growth it takes, whose figures, and as of when."""
    goal = attainment.goal
    assert goal.series is not None, "filled in by track"
    parts = [_probability(attainment), _when(attainment)]
    if attainment.latest is not None:
        parts.append(_growth(attainment, goal.series.unit))
    consensus = goal.reporter == CONSENSUS
    whose = "consensus of reporters" if consensus else f"figures of {goal.reporter}"
    subject = f"{goal.series.pair} {goal.series.flow.replace('_', ' ')}"
    return f"{subject}, {wanted(attainment)}: {'; '.join(parts)} ({whose}, as of {as_of})."


def wanted(attainment: Attainment) -> str:
    """Say what a goal asks for, its window and its deadline; a name with the amount it stands for.

    Examples
    --------
    >>> import tradetrack as tt
    >>> goal = tt.Goal("2x 2023", by=2035)
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), goal, n_paths=200)
    >>> wanted(tracking[0])
    '2x 2023 (US$ 8.88 bn) by 2035'
    """
    goal, level = attainment.goal, attainment.level
    assert goal.series is not None, "filled in by track"
    if level is None:
        return str(goal)
    exact = isinstance(goal.amount, float | Absolute)
    amount = with_unit((amount_text if exact else three_digits)(level), goal.series.unit)
    said = str(goal)
    return said if amount in said else said.replace(goal.label, f"{goal.label} ({amount})", 1)


def _probability(attainment: Attainment) -> str:
    due, present = attainment.goal.deadline, attainment.at_present.month
    past = attainment.first_met is not None or (due is not None and due <= present)
    return (
        f"{percent(attainment.probability)} likely to {'have been' if past else 'be'} met"
        f" by {'then' if due is not None else attainment.last_year}"
        f" (Monte-Carlo error {error_points(attainment.monte_carlo_error)})"
    )


def _when(attainment: Attainment) -> str:
    low, high = attainment.interval(0.8)
    horizon = f"not within the horizon (to {attainment.last_year})"
    if isinstance(low, NotWithin):
        return f"80 % range and median year {horizon}"
    median = horizon if isinstance(attainment.median, NotWithin) else attainment.median
    end = f"after {high.last_year}" if isinstance(high, NotWithin) else f"{high}"
    return f"median year {median}, 80 % range {low if low == high else f'{low} to {end}'}"


def _growth(attainment: Attainment, unit: str) -> str:
    required, recent = attainment.required_growth, attainment.recent_growth
    assert attainment.latest is not None, "checked by the caller"
    base = f"{with_unit(three_digits(attainment.latest.total), unit)} in {attainment.latest.year}"
    so_far = (
        f"{growth_rate(recent)} a year since {attainment.earlier.year}"
        if recent is not None and attainment.earlier is not None
        else "no earlier year to compare with"
    )
    if required is None or attainment.first_met is not None:
        return f"{base}, after {so_far}"
    return f"needs {growth_rate(required)} a year from {base}, against {so_far}"


def doubts(discounted: Sequence[DiscountedRow], *, converged: bool) -> list[str]:
    """Write what to know about the fit: figures that were discounted, an iteration cut short.

    Examples
    --------
    >>> doubts((), converged=True)
    []
    """
    sentences = []
    if discounted:
        n = len(discounted)
        named = "; ".join(map(str, discounted[:_NAMED]))
        more = f"; and {n - _NAMED} more, see .discounted" if n > _NAMED else ""
        sentences.append(
            f"{n} figure{'s do' if n > 1 else ' does'} not fit the others and"
            f" {'are' if n > 1 else 'is'} discounted: {named}{more}."
        )
    if not converged:
        sentences.append("The fit did not come to rest, so the answer is approximate.")
    return sentences


_NAMED = 3
_HEADS = (
    "goal",
    "reporter",
    "met by the deadline",
    "Monte-Carlo error",
    "median year",
    "80 % range",
    "not within the horizon",
)
_LONGEST = 200  # characters of a name


def goals_table(attainments: Sequence[Attainment], caption: str) -> str:
    """Write one row per goal as an HTML table; everything in it is escaped.

    Examples
    --------
    >>> goals_table([], "as of <today>").startswith("<table><caption>as of &lt;today&gt;")
    True
    """
    return html_table(caption, _HEADS, map(_cells, attainments))


def _cells(attainment: Attainment) -> tuple[str, ...]:
    goal, chance = attainment.goal, attainment.deadline_probability
    return (
        str(goal)[:_LONGEST],
        "consensus of reporters" if goal.reporter == CONSENSUS else goal.reporter[:_LONGEST],
        "no deadline" if chance is None else percent(chance),
        error_points(attainment.monte_carlo_error),
        str(attainment.median),
        " to ".join(map(str, attainment.interval(0.8))),
        percent(attainment.not_within),
    )
