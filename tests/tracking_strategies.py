"""Small models to fit, beside the strategies of `tradetrack.testing`."""

import numpy as np

from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import MonthPattern, Regime, Regimes, Reporting
from tradetrack.testing.questions import (
    FIRST,
    PAIR,
    REPORTERS,
    SECOND,
    Past,
    balance,
    figures,
    goals,
    growth,
    increment,
    ledgers,
    level,
    pasts,
    questions,
)

__all__ = [
    "CALM",
    "FIRST",
    "N_PATHS",
    "PAIR",
    "PATTERN",
    "QUIET",
    "REPORTERS",
    "SECOND",
    "WALK",
    "WILD",
    "Past",
    "balance",
    "figures",
    "goals",
    "growth",
    "increment",
    "ledgers",
    "level",
    "model",
    "pasts",
    "questions",
]

N_PATHS = 200

_ARCH = np.sin(np.arange(12) * np.pi / 6)
PATTERN = MonthPattern(
    effects=tuple(float(value) for value in 0.1 * (_ARCH - _ARCH.mean())),
    spread=(0.1,) * 12,
    noise=0.1,
    flow_correlation=0.3,
    flow_log_ratio_sd=1.0,
)
QUIET = MonthPattern((0.0,) * 12, (1e-3,) * 12, 1e-3, 0.0, 1.0)
CALM = Regime(0.08, 0.3, 0.3, 0.4, 0.6, 0.3, drift=0.04, drift_spread=0.03)
WILD = Regime(0.45, 0.2, 0.3, 0.5, 0.4, 0.2, drift=-0.02, drift_spread=0.05)
WALK = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.05, drift_spread=0.0)


def model(*regimes: Regime, pattern: MonthPattern = PATTERN, **reporting: float) -> GrowthMixture:
    """Mix these regimes with equal weights; a calm, a wild and a plain one by default.

    Figures are taken as printed, so that the algebra can be told from the search for misprints.
    """
    chosen = regimes or (CALM, WILD, WALK)
    table = Regimes(chosen, (1.0 / len(chosen),) * len(chosen))
    return GrowthMixture(table, pattern, Reporting(**reporting), memory=300, misprints=None)
