"""Whether, when and by whose figures an announced trade goal will be met.

>>> import tradetrack as tt
>>> ledger = tt.datasets.kazakhstan_uzbekistan()
>>> tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"), n_paths=200)
>>> len(str(tracking).splitlines()) >= 2
True
"""

from tradetrack import datasets
from tradetrack._version import __version__
from tradetrack.attainment.attainment import Attainment, NotWithin, Reached
from tradetrack.domain.figure import Figure
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Growth, Level, Series
from tradetrack.domain.window import Window
from tradetrack.errors import (
    GoalError,
    ImpossibleFigureError,
    InputError,
    LedgerError,
    MissingExtraError,
    TradetrackError,
)
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
from tradetrack.models.learning import learn_regimes
from tradetrack.models.measurement import Reporting
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.months import MonthPattern
from tradetrack.models.regimes import Regimes
from tradetrack.report.plots import plot_fan
from tradetrack.results import Tracking
from tradetrack.tracking import track

__all__ = [
    "Attainment",
    "Figure",
    "Finding",
    "Goal",
    "GoalError",
    "Growth",
    "GrowthMixture",
    "ImpossibleFigureError",
    "InputError",
    "Ledger",
    "LedgerError",
    "Level",
    "MissingExtraError",
    "MonthPattern",
    "NotWithin",
    "Reached",
    "Reading",
    "Regimes",
    "RejectedRow",
    "Reporting",
    "Series",
    "Tracking",
    "TradetrackError",
    "Window",
    "__version__",
    "audit",
    "datasets",
    "learn_regimes",
    "plot_fan",
    "read_csv",
    "read_frame",
    "read_json",
    "scan_csv",
    "scan_frame",
    "scan_json",
    "track",
    "write_csv",
    "write_json",
]
