"""What an attainment chart shows, whoever draws it: which years, and the words."""

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.errors import InputError
from tradetrack.report.style import Write, shorten
from tradetrack.results import Tracking

TITLE = "Probability that each goal is met, by year"
AXIS_TITLE = "met by the year's end"
NAMED = 8  # goals with a mark and a line in the legend; the others are thin and grey
_BEFORE = 3  # years drawn before the as-of day, for goals that may have been met


def years_shown(tracking: Tracking) -> tuple[int, int]:
    """Return the first and the last year of the chart.

    Raises
    ------
    InputError
        If no goal was tracked.
    """
    if not tracking.attainments:
        raise InputError("no goal was tracked, so there is no curve to draw", topic="result")
    deadlines = [a.goal.by for a in tracking.attainments if a.goal.by is not None]
    first = min([tracking.as_of.year, *deadlines]) - _BEFORE
    return first, max(attainment.horizon for attainment in tracking.attainments)


def goal_name(goal: Goal, write: Write, longest: int) -> str:
    """Write a goal's name in at most so many letters, and its deadline after them.

    Examples
    --------
    >>> goal_name(Goal(10, by=2030, name="a long name"), shorten, 6)
    'a lon… by 2030'
    """
    return write(goal.label, longest) + (f" by {goal.by}" if goal.by is not None else "")


def curve_label(attainment: Attainment, write: Write = shorten) -> str:
    """Name the goal, and say the probability at its deadline and that of not within."""
    goal, chance = attainment.goal, attainment.deadline_probability
    whose = "" if goal.figures == CONSENSUS else f" ({write(goal.figures, 20)})"
    met = "" if chance is None else f": {percent(chance)}"
    name = goal_name(goal, write, 26)
    return f"{name}{whose}{met}\nnot by {attainment.horizon}: {percent(attainment.not_within)}"


def source(tracking: Tracking, write: Write = shorten) -> str:
    """Say what was read, as of when, and how to read the curves."""
    digest, version = write(tracking.ledger_digest[:8], 8), write(tracking.version, 30)
    said = (
        f"Source: figures published by {tracking.as_of} (ledger {digest});"
        f" tradetrack {version}, {tracking.n_paths:,} paths."
        " Tick: deadline. Each curve stops at the horizon: what is missing to 100 % is the"
        " probability of not meeting the goal by then."
    )
    left_out = len(tracking.attainments) - NAMED
    if left_out > 0:
        more = "goal is" if left_out == 1 else "goals are"
        said += f" {left_out} more {more} drawn thin and grey."
    return said
