"""One plain sentence for a goal."""

from tradetrack.attainment.attainment import Attainment, NotWithin
from tradetrack.domain.goal import CONSENSUS, money


def percent(probability: float) -> str:
    """Write a probability as people do, never as a certainty that it is not.

    Examples
    --------
    >>> percent(0.123), percent(0.9999), percent(0.0)
    ('12 %', 'over 99 %', 'under 1 %')
    """
    if 0.005 <= probability <= 0.995:
        return f"{100 * probability:.0f} %"
    if probability >= 1.0:
        return "100 %"
    return "under 1 %" if probability < 0.5 else "over 99 %"


def sentence(attainment: Attainment, as_of: str) -> str:
    """Say the goal, its probability, when, what growth it takes, whose figures, and as of when."""
    goal, latest = attainment.goal, attainment.latest
    assert goal.series is not None, "filled in by track"
    parts = [_probability(attainment), _when(attainment)]
    if latest is not None:
        parts.append(_growth(attainment, f"{latest.total:.2f} {money(goal.series.unit)}"))
    whose = "consensus of reporters" if goal.figures == CONSENSUS else f"figures of {goal.figures}"
    subject = f"{goal.series.pair} {goal.series.flow.replace('_', ' ')}"
    return f"{subject}, {goal}: {'; '.join(parts)} ({whose}, as of {as_of})."


def _probability(attainment: Attainment) -> str:
    by = attainment.deadline_probability
    error = f"(Monte-Carlo error {100 * attainment.monte_carlo_error:.1f} points)"
    if by is None:
        within = 1.0 - attainment.not_within
        return f"{percent(within)} likely to be met by {attainment.horizon} {error}"
    latest = attainment.latest
    past = (
        latest is not None and attainment.goal.by is not None and attainment.goal.by <= latest.year
    )
    return f"{percent(by)} likely to {'have been' if past else 'be'} met by then {error}"


def _when(attainment: Attainment) -> str:
    low, high = attainment.interval(0.8)
    median = attainment.median
    said = (
        f"more likely than not not within the horizon to {attainment.horizon}"
        if isinstance(median, NotWithin)
        else f"median year {median}"
    )
    if low == high:
        return f"{said}, 80 % range {low}"
    joint = "or" if isinstance(high, NotWithin) else "to"
    return f"{said}, 80 % range {low} {joint} {high}"


def _growth(attainment: Attainment, latest: str) -> str:
    required, recent = attainment.required_growth, attainment.recent_growth
    assert attainment.latest is not None, "checked by the caller"
    base = f"{latest} in {attainment.latest.year}"
    so_far = (
        f"{100 * recent:.1f} % a year since {attainment.earlier.year}"
        if recent is not None and attainment.earlier is not None
        else "no earlier year to compare with"
    )
    if required is None:
        return f"{base}, after {so_far}"
    return f"needs {100 * required:.1f} % a year from {base}, against {so_far}"
