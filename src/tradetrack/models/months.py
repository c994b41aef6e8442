r"""What the months of a year look like: the prior of a flow's month effects and month noise.

The log of a month's value is the growth process plus a month effect and noise,

.. math:: S(j) + I(t), \qquad \sum_{j=1}^{12} S(j) = 0, \quad
          S \sim N\big(\bar S, \; P \operatorname{diag}(s^2) P\big), \quad P = I - \tfrac1{12} 1 1',
          \quad I(t) \sim N(0, \nu^2) \text{ independent}.
"""

import csv
from dataclasses import dataclass
from math import fsum, isfinite
from pathlib import Path
from typing import Self

import numpy as np

from tradetrack._data import data_path
from tradetrack.errors import InputError
from tradetrack.models.kernels import MONTHS, Array


@dataclass(frozen=True, slots=True)
class MonthPattern:
    r"""Prior of the months of a year, and of how the two flows of a pair go together.

    Attributes
    ----------
    effects
        Mean month effect :math:`\bar S`, January first, natural logs, summing to zero.
    spread
        Standard deviation ``s`` over flows of the effect of each month, before the mean of the
        twelve is taken out.
    noise
        Standard deviation of the independent noise in the log of one month of one flow.
    flow_correlation
        Correlation of the yearly log changes of the two flows of a pair.
    flow_log_ratio_sd
        Standard deviation over pairs of the log of the ratio of the two flows.

    Examples
    --------
    >>> pattern = MonthPattern.shipped()
    >>> pattern.effects[0] < 0 < pattern.effects[11]  # a poor January, a heavy December
    True
    """

    effects: tuple[float, ...]
    spread: tuple[float, ...]
    noise: float
    flow_correlation: float
    flow_log_ratio_sd: float

    def __post_init__(self) -> None:
        """Refuse numbers that describe no pattern."""
        if len(self.effects) != MONTHS or len(self.spread) != MONTHS:
            raise InputError(
                "a month pattern needs twelve effects and twelve spreads", topic="regimes"
            )
        scalars = (self.noise, self.flow_correlation, self.flow_log_ratio_sd)
        if not all(isfinite(value) for value in (*self.effects, *self.spread, *scalars)):
            raise InputError("a month pattern needs finite numbers", topic="regimes")
        if abs(fsum(self.effects)) > 1e-9:
            raise InputError(
                f"month effects must sum to zero, not {fsum(self.effects)}", topic="regimes"
            )
        if min(*self.spread, self.noise, self.flow_log_ratio_sd) < 0:
            raise InputError(
                "the standard deviations of a month pattern must be at least 0", topic="regimes"
            )
        if abs(self.flow_correlation) > 1:
            raise InputError(
                f"flow_correlation must lie in [-1, 1], not {self.flow_correlation}",
                topic="regimes",
            )

    def covariance(self) -> Array:
        r"""Covariance of a flow's own month effects about the mean, shape (12, 12).

        .. math:: P \operatorname{diag}(s^2) P, \qquad P = I - \tfrac1{12} 1 1'.
        """
        centre = np.eye(MONTHS) - 1.0 / MONTHS
        covariance: Array = centre @ np.diag(np.square(self.spread)) @ centre
        return covariance

    @classmethod
    def shipped(cls) -> Self:
        """Load the pattern that ships with the library (how it was learned: ``docs/prior.md``)."""
        months = _rows(data_path("month_pattern.csv"), ("month", "effect", "spread", "noise"))
        coupling = _rows(data_path("flow_coupling.csv"), ("flow_correlation", "flow_log_ratio_sd"))
        _, effects, spread, noise = zip(*months, strict=True)
        correlation, ratio = coupling[0]
        centred = tuple(effect - fsum(effects) / len(effects) for effect in effects)
        return cls(centred, spread, noise[0], correlation, ratio)


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[float, ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [tuple(float(row[name]) for name in columns) for row in csv.DictReader(file)]
