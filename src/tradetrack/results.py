"""The types of every result, in one place for annotations and for reading JSON back."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack._audit.finding import Finding
    from tradetrack._history import History, Mover, Said
    from tradetrack._news.results import (
        Change,
        Expected,
        FigureNews,
        GoalNews,
        News,
        NewsLine,
        ReleaseNews,
        Remainder,
        TotalNews,
    )
    from tradetrack._sensitivity import RegimeGroup, Sensitivity, Variant
    from tradetrack.articles.drafts import SetAside
    from tradetrack.attainment.attainment import (
        Attainment,
        Headline,
        MonthProbability,
        NotWithin,
        Reached,
        YearProbability,
        YearReach,
        YearTotal,
    )
    from tradetrack.attainment.official import MethodStatus
    from tradetrack.attainment.pace import PaceNeeded
    from tradetrack.domain.discounted import DiscountedRow
    from tradetrack.ledger.io import Reading
    from tradetrack.ledger.rates import Rate
    from tradetrack.ledger.rejected import RejectedRow
    from tradetrack.panel.many import ManyTrackings
    from tradetrack.panel.reading import Failure
    from tradetrack.panel.results import PanelAttainment, PanelTracking
    from tradetrack.pledges import Pledge
    from tradetrack.reporters.compare import ByReporter, Judgement
    from tradetrack.reporters.resolution import Evidence, Resolution
    from tradetrack.scenarios.required import RequiredGrowth
    from tradetrack.scoring.calibration import Pit, Reliability, ReliabilityBin
    from tradetrack.scoring.comparison import PairedDifference
    from tradetrack.scoring.diagnostics import Diagnostics, LjungBox
    from tradetrack.scoring.panel_backtest import (
        CaseFailure,
        PanelBacktest,
        PanelCase,
        PanelForecasts,
    )
    from tradetrack.scoring.results import (
        Backtest,
        ForecastFailure,
        GoalForecast,
        GoalScores,
        ModelScores,
        TotalForecast,
        TotalScores,
    )
    from tradetrack.scoring.stacking import EnsembleWeights, MemberScore
    from tradetrack.simulation import Simulation
    from tradetrack.tracking import SeriesTotals, Tracking, YearQuantiles

__all__ = [
    "Attainment",
    "Backtest",
    "ByReporter",
    "CaseFailure",
    "Change",
    "Diagnostics",
    "DiscountedRow",
    "EnsembleWeights",
    "Evidence",
    "Expected",
    "Failure",
    "FigureNews",
    "Finding",
    "ForecastFailure",
    "GoalForecast",
    "GoalNews",
    "GoalScores",
    "Headline",
    "History",
    "Judgement",
    "LjungBox",
    "ManyTrackings",
    "MemberScore",
    "MethodStatus",
    "ModelScores",
    "MonthProbability",
    "Mover",
    "News",
    "NewsLine",
    "NotWithin",
    "PaceNeeded",
    "PairedDifference",
    "PanelAttainment",
    "PanelBacktest",
    "PanelCase",
    "PanelForecasts",
    "PanelTracking",
    "Pit",
    "Pledge",
    "Rate",
    "Reached",
    "Reading",
    "RegimeGroup",
    "RejectedRow",
    "ReleaseNews",
    "Reliability",
    "ReliabilityBin",
    "Remainder",
    "RequiredGrowth",
    "Resolution",
    "Said",
    "Sensitivity",
    "SeriesTotals",
    "SetAside",
    "Simulation",
    "TotalForecast",
    "TotalNews",
    "TotalScores",
    "Tracking",
    "Variant",
    "YearProbability",
    "YearQuantiles",
    "YearReach",
    "YearTotal",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack._audit.finding": ("Finding",),
        "tradetrack._history": ("History", "Mover", "Said"),
        "tradetrack._news.results": (
            "Change",
            "Expected",
            "FigureNews",
            "GoalNews",
            "News",
            "NewsLine",
            "ReleaseNews",
            "Remainder",
            "TotalNews",
        ),
        "tradetrack._sensitivity": (
            "RegimeGroup",
            "Sensitivity",
            "Variant",
        ),
        "tradetrack.articles.drafts": ("SetAside",),
        "tradetrack.attainment.attainment": (
            "Attainment",
            "Headline",
            "MonthProbability",
            "NotWithin",
            "Reached",
            "YearProbability",
            "YearReach",
            "YearTotal",
        ),
        "tradetrack.attainment.official": ("MethodStatus",),
        "tradetrack.attainment.pace": ("PaceNeeded",),
        "tradetrack.domain.discounted": ("DiscountedRow",),
        "tradetrack.ledger.io": ("Reading",),
        "tradetrack.ledger.rates": ("Rate",),
        "tradetrack.ledger.rejected": ("RejectedRow",),
        "tradetrack.panel.many": ("ManyTrackings",),
        "tradetrack.panel.reading": ("Failure",),
        "tradetrack.panel.results": (
            "PanelAttainment",
            "PanelTracking",
        ),
        "tradetrack.pledges": ("Pledge",),
        "tradetrack.reporters.compare": (
            "ByReporter",
            "Judgement",
        ),
        "tradetrack.reporters.resolution": (
            "Evidence",
            "Resolution",
        ),
        "tradetrack.scenarios.required": ("RequiredGrowth",),
        "tradetrack.scoring.calibration": (
            "Pit",
            "Reliability",
            "ReliabilityBin",
        ),
        "tradetrack.scoring.comparison": ("PairedDifference",),
        "tradetrack.scoring.diagnostics": (
            "Diagnostics",
            "LjungBox",
        ),
        "tradetrack.scoring.panel_backtest": (
            "CaseFailure",
            "PanelBacktest",
            "PanelCase",
            "PanelForecasts",
        ),
        "tradetrack.scoring.results": (
            "Backtest",
            "GoalForecast",
            "GoalScores",
            "ModelScores",
            "ForecastFailure",
            "TotalForecast",
            "TotalScores",
        ),
        "tradetrack.scoring.stacking": (
            "EnsembleWeights",
            "MemberScore",
        ),
        "tradetrack.simulation": ("Simulation",),
        "tradetrack.tracking": (
            "SeriesTotals",
            "Tracking",
            "YearQuantiles",
        ),
    },
)
