r"""The prior of monthly log paths: one covariance for each regime, as a sum of shared components.

Flows ``f`` of a pair move together: with :math:`t` in years from the last observed month,

.. math:: \operatorname{Cov}[x_f(s), x_{f'}(t)] = C_{ff'} K_\theta(s, t)
          + \tfrac14 \delta^2 (\pm 1), \qquad
          K_\theta = \sigma^2 [m K_B + g K_G + e K_N] + \tau^2 s t + K_S + \iota^2 1_{s=t},

where ``C`` has the correlation of the two flows off its diagonal, :math:`K_S` is the spread of a
series' own month effects, :math:`\iota` the month noise and :math:`\delta` the spread of the log
ratio of the two flows (the sign is plus for a flow with itself, minus for one with the other). The
level that both share has a flat prior. The components do not depend on the regime, only their
coefficients do, so what they imply for the printed rows is computed once for all regimes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import toeplitz

from tradetrack.models import kernels
from tradetrack.models.kernels import MONTHS, Array
from tradetrack.models.months import MonthPattern
from tradetrack.models.regimes import Regimes


@dataclass(frozen=True, eq=False)
class LatentPrior:
    """The prior over a grid of months.

    Attributes
    ----------
    regimes, pattern
        The two learned tables.
    n_months
        Number of months up to and including the last observed one; the grid starts in a January.
    n_flows
        One or two.
    """

    regimes: Regimes
    pattern: MonthPattern
    n_months: int
    n_flows: int

    @property
    def coupling(self) -> Array:
        """``C``: correlation of the flows, ``[flow, flow]``."""
        correlation = self.pattern.flow_correlation
        return np.eye(self.n_flows) * (1.0 - correlation) + correlation

    @property
    def contrast(self) -> Array:
        """Half the log ratio of the flows, as a weight a flow (zero for a single flow)."""
        spread = self.pattern.flow_log_ratio_sd
        return np.array([0.5, -0.5]) * spread if self.n_flows == 2 else np.zeros(1)

    def times(self, n_months: int) -> Array:
        """Return years from the last observed month, for the first ``n_months`` of the grid."""
        return (np.arange(n_months) - (self.n_months - 1)) / MONTHS

    @cached_property
    def _parts(self) -> tuple[list[tuple[str, float]], Array]:
        sigma, level, growth, spell, phi, rho, _, drift = self.regimes.table().T
        none = np.zeros_like(phi)
        parts = [
            ("level", none, sigma**2 * level),
            ("growth", phi, sigma**2 * growth),
            ("spell", rho, sigma**2 * spell),
            ("drift", none, drift**2),
        ]
        columns = {
            (kind, float(p)): np.where(values == p, share, 0.0)
            for kind, values, share in parts
            for p in np.unique(values)
        }
        used = [name for name, column in columns.items() if column.any()]
        return used, np.column_stack([columns[name] for name in used])

    @property
    def names(self) -> list[tuple[str, float]]:
        """Kind and persistence of each component that some regime has."""
        return self._parts[0]

    @property
    def coefficients(self) -> Array:
        """Coefficient of each component in each regime, ``[regime, component]``."""
        return self._parts[1]

    def component(self, kind: str, persistence: float, n_months: int) -> Array:
        """Covariance of one component between the first ``n_months``."""
        t = self.times(n_months)
        if kind == "drift":
            return np.outer(t, t)
        variogram = {
            "level": lambda: kernels.brownian,
            "growth": lambda: kernels.growth(persistence),
            "spell": lambda: kernels.spell(persistence),
        }[kind]()
        return _toeplitz_pinned(variogram, self.n_months, n_months)

    def month_covariance(self, n_months: int) -> Array:
        """``K_S`` and the month noise, between the first ``n_months``."""
        month = np.arange(n_months) % MONTHS
        effects = self.pattern.covariance()[np.ix_(month, month)]
        noise: Array = effects + self.pattern.noise**2 * np.eye(n_months)
        return noise

    def mean(self, drift: float, n_months: int) -> Array:
        """Prior mean of one flow, level aside: drift and the usual month effects."""
        effects = np.asarray(self.pattern.effects)
        return drift * self.times(n_months) + effects[np.arange(n_months) % MONTHS]

    def covariance(self, coefficients: Array, n_months: int) -> Array:
        """``K`` for one vector of component coefficients."""
        total = self.month_covariance(n_months)
        for (kind, persistence), coefficient in zip(self.names, coefficients, strict=True):
            if coefficient:
                total += coefficient * self.component(kind, persistence, n_months)
        return total

    def row_covariances(self, by_path: sparse.csr_array) -> tuple[Array, Array]:
        """Covariance of linear rows: ``[component, row, row]``, and the part of every regime."""
        matrices = [self.component(kind, p, self.n_months) for kind, p in self.names]
        matrices.append(self.month_covariance(self.n_months))
        by_flow = self.split(by_path)
        n = by_path.shape[0]
        stacked = np.hstack(matrices)
        total = np.zeros((n, len(matrices), n))
        for f, rows in enumerate(by_flow):
            half = (rows @ stacked).reshape(n, len(matrices), self.n_months)
            half = np.ascontiguousarray(half.transpose(2, 1, 0)).reshape(self.n_months, -1)
            for g, others in enumerate(by_flow):
                total += self.coupling[f, g] * (others @ half).reshape(n, len(matrices), n)
        covariances = total.transpose(1, 0, 2)
        ratio = self.by_contrast(by_path)
        return covariances[:-1], covariances[-1] + np.outer(ratio, ratio)

    def split(self, by_path: sparse.csr_array) -> list[sparse.csr_array]:
        """Split rows ``[row, flow * month]`` into one block a flow."""
        width = self.n_months
        return [by_path[:, f * width : (f + 1) * width] for f in range(self.n_flows)]

    def by_contrast(self, by_path: sparse.csr_array) -> Array:
        """Derivative of each row by the log ratio of the flows, scaled to variance 1."""
        sums = np.column_stack([block.sum(axis=1) for block in self.split(by_path)])
        change: Array = sums @ self.contrast
        return change


def _toeplitz_pinned(
    variogram: kernels.Variogram, pinned_at: int, n_months: int
) -> NDArray[np.float64]:
    """`kernels.pinned_covariance` on a monthly grid: the variogram is evaluated once a lag."""
    by_lag = 0.5 * variogram(np.arange(max(n_months, pinned_at)) / MONTHS)
    origin = by_lag[np.abs(np.arange(n_months) - (pinned_at - 1))]
    covariance: Array = origin[:, None] + origin[None, :] - toeplitz(by_lag[:n_months])
    return covariance
