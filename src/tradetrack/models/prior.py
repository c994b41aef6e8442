r"""The prior of monthly log paths: one covariance for each regime, as a sum of shared components.

A regime of this prior is a growth regime together with a seasonality: every one of the one table
with every one of the other, their weights multiplied. Flows ``f`` of a pair move together: with
``t`` in years from the last observed month,

.. math:: \operatorname{Cov}[x_f(s), x_{f'}(t)] = C_{ff'} K_\theta(s, t)
          + \tfrac14 \delta^2 (\pm 1), \qquad
          K_\theta = \sigma^2 [m K_B + g K_G + e K_N] + \tau^2 s t
          + \lambda^2 K_S + \nu^2 1_{s=t},

where ``C`` has the correlation of the two flows off its diagonal, :math:`K_S` is the spread of the
flows' own month effects, :math:`\lambda` its scale, :math:`\nu` the month noise and :math:`\delta`
the spread of the log ratio of the two flows (the sign is plus for a flow with itself, minus for one
with the other). The mean is :math:`\mu t + \gamma \bar S`, and the level that both flows share has
a flat prior. The components do not depend on the regime, only their coefficients do, so what they
imply for the printed rows is computed once for all regimes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.models.processes import (
    Variogram,
    brownian,
    integrated_ou,
    pinned_covariance,
    stationary_ou,
)
from tradetrack.models.regimes import MonthPattern, Regimes

_LEAST_NOISE = 1e-3


@dataclass(frozen=True, eq=False)
class LatentPrior:
    """The prior over a grid of months, which are numbered from the first January.

    Attributes
    ----------
    regimes, pattern
        The two learned tables.
    n_months
        Number of months of the grid that figures are about.
    n_flows
        One or two.
    n_observed
        Number of months up to and including the last observed one, from which time is counted.
    """

    regimes: Regimes
    pattern: MonthPattern
    n_months: int
    n_flows: int
    n_observed: int

    @property
    def history(self) -> Index:
        """Months of the grid."""
        return np.arange(self.n_months)

    @property
    def coupling(self) -> Array:
        """``C``: correlation of the flows, ``[flow, flow]``."""
        correlation = self.pattern.flow_correlation
        matrix: Array = np.eye(self.n_flows) * (1.0 - correlation) + correlation
        return matrix

    @property
    def mixing(self) -> Array:
        """``R`` with ``C = RR'``, lower triangular: what makes independent flows go together."""
        correlation = self.pattern.flow_correlation
        root = np.eye(self.n_flows)
        if self.n_flows == 2:
            root[1] = correlation, np.sqrt(1.0 - correlation**2)
        return root

    @cached_property
    def _mixing_of_months(self) -> sparse.csr_array:
        """``R`` for all months, ``[flow * month, flow * month]``."""
        return sparse.kron(self.mixing, sparse.eye_array(self.n_months), "csr")

    @property
    def contrast(self) -> Array:
        """Half the log ratio of the flows, as a weight a flow (zero for a single flow)."""
        spread = self.pattern.flow_log_ratio_sd
        return np.array([0.5, -0.5]) * spread if self.n_flows == 2 else np.zeros(1)

    @cached_property
    def _parts(self) -> tuple[list[tuple[str, float]], Array]:
        regimes, none = self.regimes, np.zeros(len(self.regimes))
        variance = regimes.sigma**2
        parts = [
            ("level", none, variance * regimes.level_share),
            ("growth", regimes.growth_persistence, variance * regimes.growth_share),
            ("transitory", regimes.transitory_persistence, variance * regimes.transitory_share),
            ("drift", none, regimes.drift_spread**2),
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
        """Kind and persistence of each component of growth that some regime has."""
        return self._parts[0]

    @cached_property
    def weights(self) -> Array:
        """Prior probability of each regime; those of one growth regime stand side by side."""
        weights: Array = np.outer(self.regimes.weights, self.pattern.kind_weights).ravel()
        return weights

    @property
    def log_weights(self) -> Array:
        """Log of the prior weights; minus infinity for a weight of 0."""
        with np.errstate(divide="ignore"):
            logs: Array = np.log(self.weights)
        return logs

    @cached_property
    def drift(self) -> Array:
        """Drift of each regime."""
        return np.repeat(self.regimes.drift, len(self.pattern.kinds))

    @cached_property
    def pattern_share(self) -> Array:
        """Share of the mean month effects in each regime."""
        return np.tile([kind.pattern_share for kind in self.pattern.kinds], len(self.regimes))

    @cached_property
    def coefficients(self) -> Array:
        """Coefficient of each component in each regime; month effects and noise are the last two.

        Without noise the last month would have no variance.
        """
        kinds = self.pattern.kinds
        months = [(kind.effect_scale**2, max(kind.noise, _LEAST_NOISE) ** 2) for kind in kinds]
        growth = np.repeat(self._parts[1], len(kinds), axis=0)
        return np.hstack([growth, np.tile(months, (len(self.regimes), 1))])

    def by_growth_regime(self, weights: Array) -> Array:
        """Add up probabilities of regimes that share a growth regime."""
        total: Array = weights.reshape(len(self.regimes), -1).sum(axis=1)
        return total

    def times(self, months: Index) -> Array:
        """Return years from the last observed month."""
        years: Array = (months - (self.n_observed - 1)) / MONTHS
        return years

    def mean(self, drift: float, share: float, months: Index) -> Array:
        """Prior mean of one flow, level aside: drift and a share of the mean month effects."""
        effects = np.asarray(self.pattern.effects)[months % MONTHS]
        mean: Array = drift * self.times(months) + share * effects
        return mean

    def average_mean(self, weights: Array, months: Index) -> Array:
        """Prior mean of one flow, level aside, averaged over regimes."""
        return self.mean(float(weights @ self.drift), float(weights @ self.pattern_share), months)

    def row_means(self, by_path: sparse.csr_array, regimes: Index) -> Array:
        """Prior mean of linear rows under some regimes, ``[regime, row]``, level aside."""
        units = [self.mean(*unit, self.history) for unit in ((1.0, 0.0), (0.0, 1.0))]
        by_drift, by_share = (by_path @ np.tile(unit, self.n_flows) for unit in units)
        drift, share = self.drift[regimes], self.pattern_share[regimes]
        means: Array = np.outer(drift, by_drift) + np.outer(share, by_share)
        return means

    def covariance(self, coefficients: Array, months: Index) -> Array:
        """``K`` between consecutive months, for one vector of component coefficients."""
        covariance = self._growth(coefficients[:-2], months)
        covariance += coefficients[-2] * self._effects(months)
        covariance.flat[:: len(months) + 1] += coefficients[-1]
        return covariance

    def _growth(self, coefficients: Array, months: Index) -> Array:
        """``K`` without the months of the year; its variogram is summed before it is laid out."""
        t = self.times(months)
        lags, origin, drift = np.zeros(len(t)), np.zeros(len(t)), 0.0
        for (kind, persistence), coefficient in zip(self.names, coefficients, strict=True):
            if kind == "drift":
                drift = float(coefficient)
            elif coefficient:
                variogram = _variogram(kind, persistence)
                lags += coefficient * variogram(np.arange(len(t)) / MONTHS)
                origin += coefficient * variogram(t)
        mirrored = np.concatenate([lags[:0:-1], lags])
        toeplitz = np.lib.stride_tricks.sliding_window_view(mirrored, len(t))[::-1]
        return pinned_covariance(origin, toeplitz) + drift * np.outer(t, t)

    def link(self, coefficients: Array, ahead: Index) -> tuple[Array, Array]:
        r"""How the months ahead depend on history: ``K(ahead, history) = U V'``, few columns each.

        With ``s`` years ahead and ``t`` years back, Brownian motion has no memory, and

        .. math:: K_G = -\frac{(1 - e^{-\kappa s})(1 - e^{-\kappa t})}
                         {2 (\kappa - 1 + e^{-\kappa})}, \qquad
                  K_N = \frac{(1 - \rho^s)(1 - \rho^t)}{2 (1 - \rho)}, \qquad
                  K_D = -st;

        month effects link equal months.
        """
        s, t = self.times(ahead), -self.times(self.history)
        season = np.eye(MONTHS)[ahead % MONTHS]
        left, right = (
            [coefficients[-2] * season],
            [self.pattern.covariance()[self.history % MONTHS]],
        )
        for (kind, persistence), coefficient in zip(self.names, coefficients[:-2], strict=True):
            if not coefficient:
                continue
            if kind == "drift":
                left.append(coefficient * s[:, None])
                right.append(-t[:, None])
            elif kind in ("growth", "transitory"):
                sign, scale = 1.0, 1.0 - persistence
                if kind == "growth":
                    sign, scale = -1.0, persistence - np.log(persistence) - 1.0
                left.append(sign * coefficient * (1.0 - persistence ** s[:, None]) / (2.0 * scale))
                right.append(1.0 - persistence ** t[:, None])
        return np.hstack(left), np.hstack(right)

    def cross_covariance(self, by_path: sparse.csr_array, covariance: Array) -> Array:
        """Covariance of every month with linear rows, ``[flow, month, row]``, level aside.

        Parameters
        ----------
        by_path
            The rows, ``[row, flow * month]``.
        covariance
            ``K`` of one flow over history.
        """
        ratio = self.contrast[:, None, None] * self.by_contrast(by_path)
        return self.process_cross(by_path, covariance) + ratio

    def process_cross(self, by_path: sparse.csr_array, columns: Array) -> Array:
        """Covariance of what depends on the flows' processes alone with rows, ``[flow, :, row]``.

        Parameters
        ----------
        by_path
            The rows, ``[row, flow * month]``.
        columns
            Covariance of the months of one flow's process with it, ``[month, :]``.
        """
        by_flow = np.array([(rows @ columns).T for rows in self.split(by_path)])
        cross: Array = np.tensordot(self.coupling, by_flow, axes=1)
        return cross

    def row_components(self, by_path: sparse.csr_array) -> Array:
        """Covariance of linear rows by component, ``[component, row, row]``, level aside.

        The last one is what all regimes share.
        """
        mixed = self.split(by_path @ self._mixing_of_months)
        first = int((by_path.indices % self.n_months).min())
        months, n = self.history[first:], by_path.shape[0]
        mixed = [rows[:, first:] for rows in mixed]
        parts = np.zeros((len(self.names) + 3, n, n))
        for part, component in zip(parts[:-1], self._components(months), strict=True):
            for rows in mixed:
                part += rows @ (rows @ component).T
        ratio = self.by_contrast(by_path)
        parts[-1] = np.outer(ratio, ratio)
        return parts

    def _components(self, months: Index) -> Iterator[Array]:
        """Components of ``K`` between consecutive months, each with a coefficient of 1."""
        for alone in np.eye(len(self.names)):
            yield self._growth(alone, months)
        yield self._effects(months)
        yield np.eye(len(months))

    def row_covariances(self, components: Array, regimes: Index) -> Array:
        """Covariance of linear rows under some regimes, ``[regime, row, row]``, level aside."""
        n = components.shape[1]
        own = self.coefficients[regimes] @ components[:-1].reshape(-1, n * n)
        covariances: Array = own.reshape(-1, n, n)
        covariances += components[-1]
        return covariances

    def split(self, by_path: sparse.csr_array) -> list[sparse.csr_array]:
        """Split rows ``[row, flow * month]`` into one block a flow."""
        width = self.n_months
        return [by_path[:, f * width : (f + 1) * width] for f in range(self.n_flows)]

    def by_contrast(self, by_path: sparse.csr_array) -> Array:
        """Differentiate each row by the log ratio of the flows, scaled to variance 1."""
        change: Array = by_path @ np.repeat(self.contrast, self.n_months)
        return change

    def _effects(self, months: Index) -> Array:
        """``K_S``."""
        n, years = len(months), -(-len(months) // MONTHS)
        effects = self.pattern.covariance()
        if n:
            effects = np.roll(effects, (-months[0] % MONTHS,) * 2, axis=(0, 1))
        total: Array = np.tile(effects, (years, years))[:n, :n]
        return total


def _variogram(kind: str, persistence: float) -> Variogram:
    if kind == "level":
        return brownian
    return integrated_ou(persistence) if kind == "growth" else stationary_ou(persistence)
