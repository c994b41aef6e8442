r"""Conditioning on a future total: the years before it and after it respond.

Among the drawn paths, those whose total :math:`T_i` comes near the given :math:`T` are drawn anew
with kernel weights; what they miss is then made up along the regression of the path on the total,

.. math:: x_i \leftarrow x_i + \beta \, c_i, \qquad
          \beta = \frac{\sum_i w_i (x_i - \bar x)(\log T_i - \overline{\log T})}
                       {\sum_i w_i (\log T_i - \overline{\log T})^2},

with :math:`c_i` such that the total of path :math:`i` is :math:`T`. If path and log total are
jointly Gaussian this is the exact conditional law (a random walk becomes a bridge); the weights do
the rest: a total far from the median makes volatile regimes likelier. Only months ahead are moved.

References
----------
Beaumont, Zhang and Balding (2002), Approximate Bayesian computation in population genetics,
Genetics 162.
"""

import math
from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.observation import TURNOVER
from tradetrack.domain.value import Value
from tradetrack.errors import InputError
from tradetrack.models.paths import LogPaths, Paths
from tradetrack.models.sampling import resample
from tradetrack.scenarios.growth import check_year
from tradetrack.scenarios.shifting import check_open, monthly

_NEAR = 500  # paths that are near, at least
_SHARE = 0.2  # the same as a share of all, at most
_ASIDE = 3  # the same for each path on the rarer side: in a tail they would all lie on one
_BEYOND = 0.005  # share of the paths that must lie on either side
_CLOSE = 1e-5  # how near in logs is the total itself
_MOVES = 20


class GivenTotal(Value):
    """A year's total taken as known, from which the other years follow.

    Unlike a growth path this conditions on an event: if 2027 turns out high, growth is likely to
    have been high before it and to be high after it.

    Attributes
    ----------
    year
        A year with months ahead.
    total
        Its total, in the series' unit.
    flow
        A flow, or ``"turnover"``.

    Examples
    --------
    >>> print(GivenTotal(2027, 6.5))
    turnover is 6.5 in 2027
    """

    kind: Literal["given_total"] = "given_total"
    year: int = Field(kw_only=False)
    total: float = Field(kw_only=False)
    flow: str = TURNOVER

    @model_validator(mode="after")
    def _possible(self) -> "GivenTotal":
        check_year(self.year, "year of the total")
        if not (math.isfinite(self.total) and self.total > 0):
            raise InputError(f"the total {self.total} is not a positive number", topic="assumption")
        return self

    def impose(self, paths: LogPaths, rng: np.random.Generator) -> LogPaths:
        """Return as many paths, all with this total.

        Raises
        ------
        InputError
            If the year has been observed or is beyond the horizon, the flow is unknown, or hardly
            any path comes near the total.
        """
        check_open(self.year, paths, self)
        year = self.year - paths.years.start
        levels = monthly(paths, self.flow, self)[year]
        log_totals = np.log(levels.sum(axis=0, dtype=float))
        missed = math.log(self.total) - log_totals
        self._refuse_unlikely(missed, log_totals, paths)
        nearest = np.argsort(np.abs(missed), kind="stable")
        rarer = min((missed >= 0.0).sum(), (missed <= 0.0).sum())
        nearest = nearest[: max(_NEAR, int(min(_SHARE * paths.n_paths, _ASIDE * rarer)))]
        reach = abs(missed[nearest[-1]])
        if reach <= _CLOSE:  # nothing to choose from, nothing to make up
            return paths
        weights = np.zeros(paths.n_paths)
        weights[nearest] = 1.0 - (missed[nearest] / (1.001 * reach)) ** 2
        chosen = resample(weights, paths.n_paths, rng)
        slopes = _slopes(paths.log_paths, log_totals, weights, nearest)
        slopes[:, : paths.n_observed] = 0.0
        return self._moved(paths.take(chosen), slopes)

    def _refuse_unlikely(self, missed: Array, log_totals: Array, paths: LogPaths) -> None:
        sides = [(missed >= -_CLOSE).mean(), (missed <= _CLOSE).mean()]
        if min(sides) < _BEYOND:
            low, high = np.exp(np.quantile(log_totals, [0.01, 0.99]))
            part = self.year * MONTHS <= paths.last_observed
            raise InputError(
                f"{self}: hardly any path is near; given the figures"
                f"{', which cover part of that year,' if part else ''} 98 % of them have"
                f" {low:.3g} to {high:.3g}. Give a total among those, or impose a GrowthPath",
                topic="out-of-reach",
            )

    def _moved(self, paths: LogPaths, slopes: Paths) -> LogPaths:
        """Move each path along the slopes until it has the total."""
        moved = paths.log_paths
        year = self.year - paths.years.start
        months, flows = slice(year * MONTHS, (year + 1) * MONTHS), paths.flow_indices(self.flow)
        x = moved[list(flows), months].astype(float)
        slope = slopes[list(flows), months].astype(float)[:, :, None]
        lengths = np.zeros(paths.n_paths)
        for _ in range(_MOVES):
            levels = np.exp(x + slope * lengths)
            totals = levels.sum(axis=(0, 1))
            missed = math.log(self.total) - np.log(totals)
            if np.abs(missed).max() <= _CLOSE / 10:
                break
            gain = (levels * slope).sum(axis=(0, 1)) / totals
            lengths += missed / np.maximum(gain, 0.1)
        for flow in range(len(paths.flows)):
            moved[flow] += slopes[flow][:, None] * lengths.astype(np.float32)
        return replace(paths, log_paths=moved)

    def __str__(self) -> str:
        return f"{self.flow} is {self.total:g} in {self.year}"


def _slopes(log_paths: Paths, log_totals: Array, weights: Array, nearest: Index) -> Paths:
    """Weighted regression of each month on the log total, ``[flow, month]``."""
    weight, total = weights[nearest], log_totals[nearest]
    off = total - np.average(total, weights=weight)
    lever = weight * off / (weight * off**2).sum()  # adds up to 0: the paths need no centring
    slopes: Paths = log_paths[:, :, nearest] @ lever.astype(np.float32)
    return slopes
