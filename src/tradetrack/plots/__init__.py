"""Pictures by matplotlib; what they show is in `content`, which the report page draws from too."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack.plots.attainment import plot_attainment
    from tradetrack.plots.fan import plot_fan
    from tradetrack.plots.history import plot_history
    from tradetrack.plots.news import plot_news
    from tradetrack.plots.reliability import plot_reliability
    from tradetrack.plots.reporters import plot_figures
    from tradetrack.plots.scenarios import plot_scenarios

__all__ = [
    "plot_attainment",
    "plot_fan",
    "plot_figures",
    "plot_history",
    "plot_news",
    "plot_reliability",
    "plot_scenarios",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack.plots.attainment": ("plot_attainment",),
        "tradetrack.plots.fan": ("plot_fan",),
        "tradetrack.plots.history": ("plot_history",),
        "tradetrack.plots.news": ("plot_news",),
        "tradetrack.plots.reliability": ("plot_reliability",),
        "tradetrack.plots.reporters": ("plot_figures",),
        "tradetrack.plots.scenarios": ("plot_scenarios",),
    },
)
