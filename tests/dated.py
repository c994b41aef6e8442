"""Fields of a hand-made attainment that follow from its goal and its curve."""

from collections.abc import Sequence
from typing import Any

import tradetrack as tt
from tradetrack.attainment.attainment import MonthProbability, YearProbability


def dated(goal: tt.Goal, curve: Sequence[YearProbability], observed: int) -> dict[str, Any]:
    """The probability by the deadline and by the last observed December, and the level."""

    def by(month: int) -> MonthProbability:
        known = [point for point in curve if 12 * point.year + 11 <= month]
        return MonthProbability(
            month=month,
            probability=known[-1].probability if known else 0.0,
            error=known[-1].error if known else 0.0,
        )

    return {
        "curve": tuple(curve),
        "at_deadline": None if goal.deadline is None else by(goal.deadline),
        "at_present": by(12 * observed + 11),
        "level": goal.amount,
    }
