"""Models: how figures become monthly paths, and the priors they need."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack.models.annual import AnnualMixture
    from tradetrack.models.ensemble import Ensemble
    from tradetrack.models.learning import learn_regimes
    from tradetrack.models.misprints import MisprintPrior
    from tradetrack.models.mixture import GrowthMixture
    from tradetrack.models.paths import Fitted, LogPaths, Model
    from tradetrack.models.reconciled import (
        ArimaModel,
        EtsModel,
        RandomWalkModel,
        ThetaModel,
        UnobservedComponentsModel,
    )
    from tradetrack.models.regimes import (
        MonthPattern,
        Regime,
        Regimes,
        Reporting,
        Seasonality,
    )

__all__ = [
    "AnnualMixture",
    "ArimaModel",
    "Ensemble",
    "EtsModel",
    "Fitted",
    "GrowthMixture",
    "LogPaths",
    "MisprintPrior",
    "Model",
    "MonthPattern",
    "RandomWalkModel",
    "Regime",
    "Regimes",
    "Reporting",
    "Seasonality",
    "ThetaModel",
    "UnobservedComponentsModel",
    "learn_regimes",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack.models.annual": ("AnnualMixture",),
        "tradetrack.models.ensemble": ("Ensemble",),
        "tradetrack.models.learning": ("learn_regimes",),
        "tradetrack.models.misprints": ("MisprintPrior",),
        "tradetrack.models.mixture": ("GrowthMixture",),
        "tradetrack.models.paths": ("Fitted", "LogPaths", "Model"),
        "tradetrack.models.reconciled": (
            "ArimaModel",
            "EtsModel",
            "RandomWalkModel",
            "ThetaModel",
            "UnobservedComponentsModel",
        ),
        "tradetrack.models.regimes": (
            "MonthPattern",
            "Regime",
            "Regimes",
            "Reporting",
            "Seasonality",
        ),
    },
)
