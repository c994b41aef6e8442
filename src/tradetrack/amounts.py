"""What a goal may ask for besides a plain number; see `tradetrack.Goal`."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack.domain.amount import (
        Absolute,
        AverageGrowth,
        Increase,
        Multiple,
        YearGrowth,
        read_amount,
    )

__all__ = ["Absolute", "AverageGrowth", "Increase", "Multiple", "YearGrowth", "read_amount"]

__getattr__, __dir__ = attach(__name__, {"tradetrack.domain.amount": tuple(__all__)})
