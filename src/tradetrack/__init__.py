"""Whether, when and by whose figures an announced trade goal will be met.

>>> import tradetrack as tt
>>> ledger = tt.datasets.kazakhstan_uzbekistan()
>>> tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"), n_paths=200)
>>> len(str(tracking).splitlines()) >= 2
True
"""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach
from tradetrack._version import __version__

if TYPE_CHECKING:
    from tradetrack import datasets
    from tradetrack.attainment.attainment import Attainment, NotWithin, Reached
    from tradetrack.attainment.official import MethodStatus, official_statuses
    from tradetrack.domain.figure import Figure
    from tradetrack.domain.goal import Goal
    from tradetrack.domain.observation import Growth, Level, Series
    from tradetrack.domain.window import Window
    from tradetrack.errors import (
        FitError,
        GoalError,
        ImpossibleFigureError,
        InputError,
        LedgerError,
        MissingExtraError,
        SinkError,
        TradetrackError,
    )
    from tradetrack.evaluation.backtest import backtest
    from tradetrack.evaluation.calibration import Reliability
    from tradetrack.evaluation.diagnostics import Diagnostics, diagnose
    from tradetrack.evaluation.panel_backtest import backtest_panel
    from tradetrack.evaluation.panel_results import PanelBacktest
    from tradetrack.evaluation.pooling import EnsembleWeights, fit_ensemble
    from tradetrack.evaluation.results import Backtest
    from tradetrack.leaning import Sensitivity, sensitivity
    from tradetrack.ledger.audit import audit
    from tradetrack.ledger.finding import Finding
    from tradetrack.ledger.ledger import Ledger
    from tradetrack.ledger.readers import (
        Reading,
        read_csv,
        read_frame,
        read_json,
        scan_csv,
        scan_frame,
        scan_json,
    )
    from tradetrack.ledger.rejection import RejectedRow
    from tradetrack.ledger.writers import write_csv, write_json
    from tradetrack.models.ensemble import Ensemble
    from tradetrack.models.learning import learn_regimes
    from tradetrack.models.mixture import GrowthMixture
    from tradetrack.models.months import MonthPattern
    from tradetrack.models.regimes import Regimes
    from tradetrack.models.reporting import Reporting
    from tradetrack.models.standard import (
        ArimaModel,
        EtsModel,
        RandomWalkModel,
        ThetaModel,
        UnobservedComponentsModel,
    )
    from tradetrack.newsflow.news import news
    from tradetrack.newsflow.results import News
    from tradetrack.panel.many import ManyTrackings, track_many
    from tradetrack.panel.reading import Failure
    from tradetrack.panel.results import PanelAttainment, PanelTracking
    from tradetrack.panel.tracking import track_panel
    from tradetrack.pledges import Pledge
    from tradetrack.report.attainment_plot import plot_attainment
    from tradetrack.report.figures_plot import plot_figures
    from tradetrack.report.news_plot import plot_news
    from tradetrack.report.page import report_html, write_report
    from tradetrack.report.plots import plot_fan
    from tradetrack.report.reliability_plot import plot_reliability
    from tradetrack.report.scenarios_plot import plot_scenarios
    from tradetrack.report.vega_attainment import chart_attainment
    from tradetrack.report.vega_fan import chart_fan
    from tradetrack.results import Tracking
    from tradetrack.scenarios.given import GivenTotal
    from tradetrack.scenarios.growth import GrowthPath, Pace
    from tradetrack.scenarios.required import RequiredGrowth, required_growth
    from tradetrack.scenarios.scenario import Scenario
    from tradetrack.scenarios.shock import Shock
    from tradetrack.simulation import Simulation, simulate
    from tradetrack.tracking import track
    from tradetrack.whose.judging import ByWhoseFigures, by_whose_figures
    from tradetrack.whose.resolution import Resolution, resolve
else:
    __getattr__, __dir__ = attach(__name__, __file__)

__all__ = [
    "ArimaModel",
    "Attainment",
    "Backtest",
    "ByWhoseFigures",
    "Diagnostics",
    "Ensemble",
    "EnsembleWeights",
    "EtsModel",
    "Failure",
    "Figure",
    "Finding",
    "FitError",
    "GivenTotal",
    "Goal",
    "GoalError",
    "Growth",
    "GrowthMixture",
    "GrowthPath",
    "ImpossibleFigureError",
    "InputError",
    "Ledger",
    "LedgerError",
    "Level",
    "ManyTrackings",
    "MethodStatus",
    "MissingExtraError",
    "MonthPattern",
    "News",
    "NotWithin",
    "Pace",
    "PanelAttainment",
    "PanelBacktest",
    "PanelTracking",
    "Pledge",
    "RandomWalkModel",
    "Reached",
    "Reading",
    "Regimes",
    "RejectedRow",
    "Reliability",
    "Reporting",
    "RequiredGrowth",
    "Resolution",
    "Scenario",
    "Sensitivity",
    "Series",
    "Shock",
    "Simulation",
    "SinkError",
    "ThetaModel",
    "Tracking",
    "TradetrackError",
    "UnobservedComponentsModel",
    "Window",
    "__version__",
    "audit",
    "backtest",
    "backtest_panel",
    "by_whose_figures",
    "chart_attainment",
    "chart_fan",
    "datasets",
    "diagnose",
    "fit_ensemble",
    "learn_regimes",
    "news",
    "official_statuses",
    "plot_attainment",
    "plot_fan",
    "plot_figures",
    "plot_news",
    "plot_reliability",
    "plot_scenarios",
    "read_csv",
    "read_frame",
    "read_json",
    "report_html",
    "required_growth",
    "resolve",
    "scan_csv",
    "scan_frame",
    "scan_json",
    "sensitivity",
    "simulate",
    "track",
    "track_many",
    "track_panel",
    "write_csv",
    "write_json",
    "write_report",
]
