"""Probabilities that announced trade goals are met, from published figures.

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
    from tradetrack import (
        amounts,
        datasets,
        errors,
        models,
        plots,
        results,
        scenarios,
        scoring,
        sources,
    )
    from tradetrack._audit.finding import Finding
    from tradetrack._history import history
    from tradetrack._news.decompose import news
    from tradetrack._prediction_audit import audit
    from tradetrack._sensitivity import sensitivity
    from tradetrack.articles.article import Article, read_article
    from tradetrack.articles.drafts import Draft
    from tradetrack.attainment.attainment import Attainment
    from tradetrack.attainment.official import official_statuses
    from tradetrack.domain.figure import Figure
    from tradetrack.domain.goal import Goal
    from tradetrack.domain.observation import Growth, Increment, Level, Series
    from tradetrack.domain.window import Window
    from tradetrack.errors import InputError, TradetrackError
    from tradetrack.ledger.io import (
        parse_csv,
        parse_frame,
        parse_json,
        read_csv,
        read_frame,
        read_json,
        write_csv,
        write_json,
    )
    from tradetrack.ledger.ledger import Ledger
    from tradetrack.ledger.rates import Rates
    from tradetrack.models.mixture import GrowthMixture
    from tradetrack.panel.many import track_many
    from tradetrack.panel.tracking import track_panel
    from tradetrack.report.page import report_html, write_report
    from tradetrack.report.workbook import write_excel
    from tradetrack.reporters.compare import by_reporter
    from tradetrack.reporters.resolution import resolve
    from tradetrack.scenarios.required import required_growth
    from tradetrack.scoring.backtest import backtest
    from tradetrack.scoring.panel_backtest import backtest_panel
    from tradetrack.simulation import simulate
    from tradetrack.sources.excel import WideTable, parse_excel, read_excel
    from tradetrack.tracking import Tracking, track

__all__ = [
    "Article",
    "Attainment",
    "Draft",
    "Figure",
    "Finding",
    "Goal",
    "Growth",
    "GrowthMixture",
    "Increment",
    "InputError",
    "Ledger",
    "Level",
    "Rates",
    "Series",
    "Tracking",
    "TradetrackError",
    "WideTable",
    "Window",
    "__version__",
    "amounts",
    "audit",
    "backtest",
    "backtest_panel",
    "by_reporter",
    "datasets",
    "errors",
    "history",
    "models",
    "news",
    "official_statuses",
    "parse_csv",
    "parse_excel",
    "parse_frame",
    "parse_json",
    "plots",
    "read_article",
    "read_csv",
    "read_excel",
    "read_frame",
    "read_json",
    "report_html",
    "required_growth",
    "resolve",
    "results",
    "scenarios",
    "scoring",
    "sensitivity",
    "simulate",
    "sources",
    "track",
    "track_many",
    "track_panel",
    "write_csv",
    "write_excel",
    "write_json",
    "write_report",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack": (
            "amounts",
            "datasets",
            "errors",
            "models",
            "plots",
            "results",
            "scenarios",
            "scoring",
            "sources",
        ),
        "tradetrack._audit.finding": ("Finding",),
        "tradetrack._history": ("history",),
        "tradetrack._prediction_audit": ("audit",),
        "tradetrack._news.decompose": ("news",),
        "tradetrack._sensitivity": ("sensitivity",),
        "tradetrack.articles.article": ("Article", "read_article"),
        "tradetrack.articles.drafts": ("Draft",),
        "tradetrack.attainment.attainment": ("Attainment",),
        "tradetrack.attainment.official": ("official_statuses",),
        "tradetrack.domain.figure": ("Figure",),
        "tradetrack.domain.goal": ("Goal",),
        "tradetrack.domain.observation": ("Growth", "Increment", "Level", "Series"),
        "tradetrack.domain.window": ("Window",),
        "tradetrack.errors": ("InputError", "TradetrackError"),
        "tradetrack.ledger.io": (
            "parse_csv",
            "parse_frame",
            "parse_json",
            "read_csv",
            "read_frame",
            "read_json",
            "write_csv",
            "write_json",
        ),
        "tradetrack.ledger.ledger": ("Ledger",),
        "tradetrack.ledger.rates": ("Rates",),
        "tradetrack.models.mixture": ("GrowthMixture",),
        "tradetrack.panel.many": ("track_many",),
        "tradetrack.panel.tracking": ("track_panel",),
        "tradetrack.report.page": ("report_html", "write_report"),
        "tradetrack.report.workbook": ("write_excel",),
        "tradetrack.reporters.compare": ("by_reporter",),
        "tradetrack.reporters.resolution": ("resolve",),
        "tradetrack.scenarios.required": ("required_growth",),
        "tradetrack.scoring.backtest": ("backtest",),
        "tradetrack.scoring.panel_backtest": ("backtest_panel",),
        "tradetrack.simulation": ("simulate",),
        "tradetrack.sources.excel": ("WideTable", "parse_excel", "read_excel"),
        "tradetrack.tracking": ("Tracking", "track"),
    },
)
