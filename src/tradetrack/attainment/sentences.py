"""An attainment in words: as a sentence, and as a row of a table."""

from collections.abc import Sequence

from tradetrack._format import (
    amount_text,
    capital,
    counted,
    error_points,
    growth_rate,
    html_table,
    percent,
    three_digits,
    with_unit,
)
from tradetrack.attainment.attainment import Attainment, NotWithin
from tradetrack.domain.amount import (
    Absolute,
    AverageGrowth,
    Increase,
    Multiple,
    YearGrowth,
    base_of,
)
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.goal import CONSENSUS, Goal


def sentence(attainment: Attainment, as_of: str) -> str:
    """Say the goal, its probability, when, what growth it takes, whose figures, and as of when."""
    goal = attainment.goal
    assert goal.series is not None, "filled in by track"
    parts = [_probability(attainment), _when(attainment)]
    if attainment.latest is not None:
        parts.append(_growth(attainment, goal.series.unit))
    parts += remarks(attainment)
    consensus = goal.reporter == CONSENSUS
    whose = "consensus of reporters" if consensus else f"figures of {goal.reporter}"
    return (
        f"{goal.series.words}, {wanted(attainment)}{_announced(goal)}: {'; '.join(parts)}"
        f" ({whose}, as of {as_of})."
    )


def details(attainment: Attainment) -> list[str]:
    """Say in sentences what the year under way must bring, and where the goal was announced.

    Examples
    --------
    >>> import tradetrack as tt
    >>> goal = tt.Goal(10, by=2030, speaker="a minister", document="the gazette")
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), goal, n_paths=200)
    >>> pace, source = details(tracking[0])
    >>> source
    'It was announced in the gazette.'
    """
    said = [] if attainment.pace is None else [f"{capital(pace_words(attainment))}."]
    return [*said, *_source(attainment.goal)]


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
    goal, amount, said = attainment.goal, wanted_amount(attainment), str(attainment.goal)
    if isinstance(goal.amount, YearGrowth):
        return said.replace(goal.label, f"{goal.label} over the year before", 1)
    return said if amount in said else said.replace(goal.label, f"{goal.label} ({amount})", 1)


def wanted_amount(attainment: Attainment) -> str:
    """Write the amount that a goal stands for, in the unit of its series; empty if it is growth."""
    goal, level = attainment.goal, attainment.level
    assert goal.series is not None, "filled in by track"
    if level is None:
        return ""
    exact = isinstance(goal.amount, float | Absolute)
    return with_unit((amount_text if exact else three_digits)(level), goal.series.unit)


def remarks(attainment: Attainment) -> list[str]:
    """Say what is easily overlooked: a goal that was met before, or that asks for less.

    Examples
    --------
    >>> import tradetrack as tt
    >>> goal = tt.Goal("0.5x 2023", by=2035)
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), goal, n_paths=200)
    >>> remarks(tracking[0])
    ['first met in 2024', 'it asks for less than in 2023']
    """
    goal, said = attainment.goal, []
    if attainment.first_met is not None and not goal.announced:
        said.append(f"first met in {attainment.first_met}")
    match goal.amount:
        case Multiple(factor=change) | Increase(value=change):
            less = change < (1.0 if isinstance(goal.amount, Multiple) else 0.0)
        case YearGrowth(rate=change) | AverageGrowth(rate=change):
            less = change < 0.0
        case _:
            less = False
    if less and goal.bound == "at_least":
        base = base_of(goal.amount)
        said.append(f"it asks for less than in {base or 'the year before'}")
    return said


def pace_words(attainment: Attainment) -> str:
    """Say what the rest of the year under way must bring, and what the model expects.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> pace_words(tracking[0])  # doctest: +ELLIPSIS
    'on the way, 2025 needs US$ ... bn more in 2 months, ... a month, ...'
    """
    pace, goal = attainment.pace, attainment.goal
    assert pace is not None, "checked by the caller"
    assert goal.series is not None, "filled in by track"
    unit = goal.series.unit
    later = goal.deadline is not None and goal.deadline > pace.window.end
    start = f"{'on the way, ' if later else ''}{pace.window.words}"
    if not pace.needed:
        return f"{start} has what it needs, {with_unit(three_digits(pace.target), unit)}"
    months, before = counted(pace.months_left, "month"), pace.window.shift(-1)
    alone = pace.months_left == 1
    monthly = "" if alone else f", {three_digits(pace.needed_a_month)} a month"
    same = f"the same month{'s' * (not alone)} of {before.words}"
    apart = round(100.0 * pace.growth)
    compared = (
        f"{abs(apart)} % {'above' if apart > 0 else 'below'} {same}"
        if apart
        else (f"as much as in {same}")
    )
    return (
        f"{start} needs {with_unit(three_digits(pace.needed), unit)} more in {months}{monthly},"
        f" {compared}; the model expects {three_digits(pace.expected)}"
    )


def _announced(goal: Goal) -> str:
    day = f"{'on' if goal.announced.count('-') > 1 else 'in'} {goal.announced}"
    parts = (day if goal.announced else "", f"by {goal.speaker}" if goal.speaker else "")
    said = " ".join(part for part in parts if part)
    return f", announced {said}" if said else ""


def _source(goal: Goal) -> list[str]:
    """The words of the announcement, unless the goal repeats them, and where they are written."""
    words = f' as "{goal.wording}"' if goal.wording and goal.wording != goal.due else ""
    place = f" in {goal.document}" if goal.document else ""
    return [f"It was announced{words}{place}."] if words or place else []


def _probability(attainment: Attainment) -> str:
    goal, error = attainment.goal, error_points(attainment.monte_carlo_error)
    met = "have been met" if attainment.over else "be met"
    when = "then" if goal.by is None else "by then"
    if goal.deadline is None:
        when = f"by {attainment.last_year}"
    doubt = "" if error == error_points(0.0) else f" (Monte-Carlo error {error})"
    return f"{percent(attainment.probability)} likely to {met} {when}{doubt}"


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
