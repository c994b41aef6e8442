"""One plain sentence for a goal."""

import math
from collections.abc import Sequence
from html import escape

from tradetrack.attainment.attainment import Attainment, NotWithin
from tradetrack.domain.goal import CONSENSUS, amount_text, with_unit

_CERTAIN = 0.995


def percent(probability: float) -> str:
    """Write a probability as people do, never as a certainty that it is not.

    Examples
    --------
    >>> percent(0.123), percent(0.9999), percent(0.0)
    ('12 %', 'over 99 %', 'under 1 %')

    All of some thousand paths are no certainty either.

    >>> percent(1.0)
    'over 99 %'
    """
    if 0.005 <= probability <= 0.995:
        return f"{100 * probability:.0f} %"
    return "under 1 %" if probability < 0.5 else "over 99 %"


def three_digits(value: float) -> str:
    """Write a positive number with at least three significant digits.

    Examples
    --------
    >>> three_digits(4.1264), three_digits(0.04126), three_digits(12345.6)
    ('4.13', '0.0413', '12,346')
    """
    return f"{value:,.{max(0, 2 - math.floor(math.log10(value)))}f}"


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
    amount = with_unit(amount_text(goal.amount), goal.series.unit)
    wanted = goal.label if amount in goal.label else f"{goal.label} ({amount})"
    wanted += " in twelve months" if goal.window == "rolling_year" else ""
    deadline = f" by {goal.by}" if goal.by else ""
    said = "; ".join(parts)
    return f"{subject}, {wanted}{deadline}: {said} ({whose}, as of {as_of})."


def _met_already(attainment: Attainment) -> bool:
    latest = attainment.latest
    return latest is not None and attainment.probability_by(latest.year) >= _CERTAIN


def _probability(attainment: Attainment) -> str:
    by, latest = attainment.goal.by, attainment.latest
    probability = attainment.probability
    past = _met_already(attainment) or (by and latest is not None and by <= latest.year)
    return (
        f"{percent(probability)} likely to {'have been' if past else 'be'} met"
        f" by {'then' if by else attainment.last_year}"
        f" (Monte-Carlo error {100 * attainment.monte_carlo_error:.1f} points)"
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
        f"{100 * recent:.1f} % a year since {attainment.earlier.year}"
        if recent is not None and attainment.earlier is not None
        else "no earlier year to compare with"
    )
    if required is None or _met_already(attainment):
        return f"{base}, after {so_far}"
    return f"needs {100 * required:.1f} % a year from {base}, against {so_far}"


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
    """Write one row a goal as an HTML table; everything in it is escaped.

    Examples
    --------
    >>> goals_table([], "as of <today>").startswith("<table><caption>as of &lt;today&gt;")
    True
    """
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    rows = "".join(f"<tr>{_cells(attainment)}</tr>" for attainment in attainments)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cells(attainment: Attainment) -> str:
    goal, chance = attainment.goal, attainment.deadline_probability
    said = (
        str(goal)[:_LONGEST],
        "consensus of reporters" if goal.reporter == CONSENSUS else goal.reporter[:_LONGEST],
        "no deadline" if chance is None else percent(chance),
        f"{100 * attainment.monte_carlo_error:.1f} points",
        str(attainment.median),
        " to ".join(map(str, attainment.interval(0.8))),
        percent(attainment.not_within),
    )
    return "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in said)
