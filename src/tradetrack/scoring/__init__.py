"""Scores, calibration and comparison of forecasts; pools of models."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack.scoring.calibration import reliability
    from tradetrack.scoring.comparison import paired_difference
    from tradetrack.scoring.diagnostics import diagnose
    from tradetrack.scoring.panel_backtest import AnnualForecaster, MixtureForecaster
    from tradetrack.scoring.scores import (
        attainment_crps,
        brier,
        crps_sample,
        interval_score,
        log_score,
        probability_transform,
    )
    from tradetrack.scoring.stacking import fit_ensemble, pool_weights

__all__ = [
    "AnnualForecaster",
    "MixtureForecaster",
    "attainment_crps",
    "brier",
    "crps_sample",
    "diagnose",
    "fit_ensemble",
    "interval_score",
    "log_score",
    "paired_difference",
    "pool_weights",
    "probability_transform",
    "reliability",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack.scoring.calibration": ("reliability",),
        "tradetrack.scoring.comparison": ("paired_difference",),
        "tradetrack.scoring.diagnostics": ("diagnose",),
        "tradetrack.scoring.panel_backtest": ("AnnualForecaster", "MixtureForecaster"),
        "tradetrack.scoring.scores": (
            "attainment_crps",
            "brier",
            "crps_sample",
            "interval_score",
            "log_score",
            "probability_transform",
        ),
        "tradetrack.scoring.stacking": ("fit_ensemble", "pool_weights"),
    },
)
