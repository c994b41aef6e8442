"""The types of every result, in one place for annotations and for reading JSON back."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack._audit.finding import Finding
    from tradetrack._news.results import FigureNews, GoalNews, News, ReleaseNews, TotalNews
    from tradetrack._sensitivity import Sensitivity
    from tradetrack.attainment.attainment import (
        Attainment,
        NotWithin,
        Reached,
        YearProbability,
        YearReach,
        YearTotal,
    )
    from tradetrack.attainment.official import MethodStatus
    from tradetrack.ledger.io import Reading
    from tradetrack.ledger.rejected import RejectedRow
    from tradetrack.panel.many import ManyTrackings
    from tradetrack.panel.reading import Failure
    from tradetrack.panel.results import PanelAttainment, PanelTracking
    from tradetrack.pledges import Pledge
    from tradetrack.reporters.compare import ByReporter, Judgement
    from tradetrack.reporters.resolution import Evidence, Resolution
    from tradetrack.scenarios.required import RequiredGrowth
    from tradetrack.scoring.calibration import Reliability
    from tradetrack.scoring.comparison import PairedDifference
    from tradetrack.scoring.diagnostics import Diagnostics
    from tradetrack.scoring.panel_backtest import PanelBacktest
    from tradetrack.scoring.results import Backtest
    from tradetrack.scoring.stacking import EnsembleWeights
    from tradetrack.simulation import Simulation
    from tradetrack.tracking import SeriesTotals, Tracking, YearQuantiles

__all__ = [
    "Attainment",
    "Backtest",
    "ByReporter",
    "Diagnostics",
    "EnsembleWeights",
    "Evidence",
    "Failure",
    "FigureNews",
    "Finding",
    "GoalNews",
    "Judgement",
    "ManyTrackings",
    "MethodStatus",
    "News",
    "NotWithin",
    "PairedDifference",
    "PanelAttainment",
    "PanelBacktest",
    "PanelTracking",
    "Pledge",
    "Reached",
    "Reading",
    "RejectedRow",
    "ReleaseNews",
    "Reliability",
    "RequiredGrowth",
    "Resolution",
    "Sensitivity",
    "SeriesTotals",
    "Simulation",
    "TotalNews",
    "Tracking",
    "YearProbability",
    "YearQuantiles",
    "YearReach",
    "YearTotal",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack._audit.finding": ("Finding",),
        "tradetrack._news.results": ("FigureNews", "GoalNews", "News", "ReleaseNews", "TotalNews"),
        "tradetrack._sensitivity": ("Sensitivity",),
        "tradetrack.attainment.attainment": (
            "Attainment",
            "NotWithin",
            "Reached",
            "YearProbability",
            "YearReach",
            "YearTotal",
        ),
        "tradetrack.attainment.official": ("MethodStatus",),
        "tradetrack.ledger.io": ("Reading",),
        "tradetrack.ledger.rejected": ("RejectedRow",),
        "tradetrack.panel.many": ("ManyTrackings",),
        "tradetrack.panel.reading": ("Failure",),
        "tradetrack.panel.results": ("PanelAttainment", "PanelTracking"),
        "tradetrack.pledges": ("Pledge",),
        "tradetrack.reporters.compare": ("ByReporter", "Judgement"),
        "tradetrack.reporters.resolution": ("Evidence", "Resolution"),
        "tradetrack.scenarios.required": ("RequiredGrowth",),
        "tradetrack.scoring.calibration": ("Reliability",),
        "tradetrack.scoring.comparison": ("PairedDifference",),
        "tradetrack.scoring.diagnostics": ("Diagnostics",),
        "tradetrack.scoring.panel_backtest": ("PanelBacktest",),
        "tradetrack.scoring.results": ("Backtest",),
        "tradetrack.scoring.stacking": ("EnsembleWeights",),
        "tradetrack.simulation": ("Simulation",),
        "tradetrack.tracking": ("SeriesTotals", "Tracking", "YearQuantiles"),
    },
)
