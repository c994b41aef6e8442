"""Scenarios: models under assumptions about the months ahead."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack.scenarios.given import GivenTotal
    from tradetrack.scenarios.growth import GrowthPath, Pace, Shock
    from tradetrack.scenarios.scenario import Scenario

__all__ = [
    "GivenTotal",
    "GrowthPath",
    "Pace",
    "Scenario",
    "Shock",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack.scenarios.given": ("GivenTotal",),
        "tradetrack.scenarios.growth": ("GrowthPath", "Pace", "Shock"),
        "tradetrack.scenarios.scenario": ("Scenario",),
    },
)
