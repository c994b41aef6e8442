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
from tradetrack.ledger.audit import audit
from tradetrack.ledger.finding import Finding
from tradetrack.ledger.ledger import Ledger
from tradetrack.results import Tracking
from tradetrack.tracking import track

__all__ = [
    "Attainment",
    "Figure",
    "Finding",
    "Goal",
    "Growth",
    "Ledger",
    "Level",
    "NotWithin",
    "Reached",
    "Series",
    "Tracking",
    "Window",
    "__version__",
    "audit",
    "datasets",
    "track",
]
