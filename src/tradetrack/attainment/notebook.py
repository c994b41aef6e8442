"""The goals as a small table for notebooks."""

from collections.abc import Sequence
from html import escape

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent
from tradetrack.domain.goal import CONSENSUS

_HEADS = (
    "goal",
    "figures",
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
        "consensus of reporters" if goal.figures == CONSENSUS else goal.figures[:_LONGEST],
        "no deadline" if chance is None else percent(chance),
        f"{100 * attainment.monte_carlo_error:.1f} points",
        str(attainment.median),
        " to ".join(map(str, attainment.interval(0.8))),
        percent(attainment.not_within),
    )
    return "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in said)
