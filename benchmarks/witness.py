r"""The growth mixture against sequential Monte Carlo on the exact, nonlinear model.

``python benchmarks/witness.py`` prints, for seven small ledgers, what the library says beside the
stored reference; ``python benchmarks/witness.py --write [particles]`` makes the reference anew
(``tests/models/witness.json``; ten minutes on one core).

The library linearises log totals, takes each hedge for the mean and the variance of its law, gives
each figure one state, and moves paths onto the figures. Here nothing of this is done. The model is
written from ``docs/explanation/model.md`` alone, with dense covariances and nothing of
``tradetrack.models`` but its tables of numbers:

* a total is :math:`\tau = \log \sum_f \sum_{t \in W} e^{x_f(t) + u_{rfj(t)}}`;
* a rounded figure has the probability that the total, times a log-normal release error, rounds to
  it; a hedge has the half-normal density of its excess;
* each figure is sound, revised or a misprint with the documented probabilities; the three densities
  are added up on every path.

**The sampler.** With ``J`` the derivative of the totals at one point, the Gaussian vector ``v`` of
months and effects in one cell (a regime with a seasonality) is :math:`v = m + \zeta + D a`, where
:math:`D = KJ'(JKJ')^{-1}` and :math:`\zeta` is independent of :math:`a = J(v - m) \sim N(0, JKJ')`.
For given :math:`\zeta` the totals and ``a`` determine each other, so that

.. math:: p_k(\tau) = \mathrm{E}_\zeta \left[ p_k(a) \Big/
          \Big|\det \frac{\partial \tau}{\partial a}\Big| \right], \qquad
          \tau(m + \zeta + Da) = \tau.

First, particles :math:`\tau` go through a sequence of laws (Del Moral, Doucet and Jasra 2006) whose
prior is a mixture of Gaussians with the mean and covariance that the totals have in each cell, and
whose likelihood is the exact one with a further error of each row that falls from 1 in logs to 0,
in steps that keep 80 % effective particles. They are moved by Metropolis steps of random size in
single coordinates, and along differences of other particles (ter Braak 2006). The last step of the
sequence goes to the exact prior: cells are drawn for each particle in proportion to their
Gaussians, each draws a :math:`\zeta` and solves for ``a``, and the draw is weighted by what it
makes of :math:`p_k(\tau)` over the Gaussian; one draw makes the estimate unbiased, so the weights
are right on average (Andrieu and Roberts 2009). Each draw gets months ahead. The level has a
standard deviation of 10 in logs instead of a flat prior, in every cell. Several runs with seeds of
their own give the Monte-Carlo errors that are stored; rounding differs between machines and grows
in Metropolis steps, so a reference that is made anew agrees within these, not digit for digit.

References
----------
Andrieu and Roberts (2009), The pseudo-marginal approach for efficient Monte Carlo computations,
Annals of Statistics 37.
Del Moral, Doucet and Jasra (2006), Sequential Monte Carlo samplers, JRSS B 68.
ter Braak (2006), A Markov chain Monte Carlo version of the genetic algorithm differential
evolution, Statistics and Computing 16.
"""

import io
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

import tradetrack as tt
from tradetrack.domain.figure import EXCESS
from tradetrack.domain.observation import Growth, Level
from tradetrack.domain.window import Window
from tradetrack.models.misprints import MisprintPrior
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import MonthPattern, Regime, Regimes, Reporting, Seasonality

Array = NDArray[np.float64]

STORED = Path(__file__).parents[1] / "tests" / "models" / "witness.json"
HEAD = "pair,flow,kind,window,base,value,unit,qualifier,reporter,side,published\n"
AHEAD = 5  # years after the last figure's
RUNS, PARTICLES, FUTURES = 4, 4_000, 16
LEVELS = (0.1, 0.5, 0.9)
N_PATHS = 100_000  # of the library

_LEVEL_SD = 10.0
_START_SD = 1.0  # of a total, in logs, where the sequence starts
_EFFECTIVE, _HALVINGS = 0.8, 12
_SWEEPS, _LAST_SWEEPS = 2, 10
_SMALLEST = 0.003  # step of a coordinate, in logs
_TRIES = 300  # draws for the moments of the totals
_SOLVED, _SOLVING = 1e-8, 100
_SMALL, _PRUNED_BELOW = 1e-3, 0.5  # what need not lead the particles, and from which error on


def yearly(values: str, first: int = 2017, reporter: str = "A", flow: str = "a_to_b") -> str:
    """Write rows of yearly levels, one a year, by one reporter; ``-`` leaves a year out."""
    return "".join(
        f"A-B,{flow},level,{year},,{value},usd_bn,rounded,{reporter},,{year + 1}-02\n"
        for year, value in enumerate(values.split(), first)
        if value != "-"
    )


LEDGERS = {
    "levels": yearly("2.31 2.48 2.22 2.01 2.63 2.94 2.87 3.19"),
    "growth": yearly("2.31 2.48 2.22 2.01 2.63 2.94 2.87")
    + "A-B,a_to_b,growth,2024,2023,11.4,percent,rounded,A,,2025-02\n"
    + "A-B,a_to_b,level,2025-01..2025-06,,1.52,usd_bn,rounded,A,,2025-08\n"
    + "A-B,a_to_b,growth,2025-01..2025-06,2024-01..2024-06,-6.5,percent,rounded,A,,2025-08\n",
    "hedges": yearly("2.31 2.48 - 2.01 2.63 2.94")
    + "A-B,a_to_b,level,2019,,2.4,usd_bn,nearly,A,,2020-02\n"
    + "A-B,a_to_b,level,2023,,3,usd_bn,over,A,,2024-02\n",
    "hedge against the others": yearly("2.31 2.42 2.38 2.45 2.50 2.47 2.51 2.55", 2016)
    + "A-B,a_to_b,level,2024,,2,usd_bn,over,A,,2025-02\n",
    "two sides": yearly("2.31 2.48 2.22 2.01 2.63 - 2.87 3.19")
    + yearly("- - 2.35 - 2.49 2.75 2.71", reporter="B"),
    "misprint": yearly("2.31 2.48 2.22 20.1 2.63 2.94 2.87 3.19"),
    "all at once": yearly("4.31 4.48 4.22 3.81 40.3 4.94 -", flow="turnover")
    + yearly("- - 2.42 2.27 2.63 2.71 2.77", reporter="B")
    + yearly("- - 1.92 1.70 - - 1.89", reporter="B", flow="b_to_a")
    + "A-B,turnover,level,2023,,4.8,usd_bn,nearly,A,,2024-02\n"
    + "A-B,turnover,level,2024,,5,usd_bn,over,B,,2025-02\n"
    + "A-B,turnover,growth,2024,2023,9.5,percent,rounded,A,,2025-02\n",
}
GOALS = dict.fromkeys(LEDGERS, (4.0, 5.0, 8.0))
GOALS["hedge against the others"] = (3.0, 3.5, 5.0)
GOALS["all at once"] = (6.0, 8.0, 12.0)


# --- the model, from its documentation ---------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One regime with one seasonality, and the tables that all cells share."""

    regime: Regime
    season: Seasonality
    pattern: MonthPattern

    def mean(self, months: Array, last: int) -> Array:
        """Mean of one flow, level aside; months are counted from a January."""
        effects = np.array(self.pattern.effects)[months.astype(int) % 12]
        drift = self.regime.drift * (months - last) / 12
        return np.asarray(drift + self.season.pattern_share * effects)

    def covariance(self, months: Array, last: int) -> Array:
        """Covariance of one flow, level aside: variograms pinned at the last observed month."""
        r, t = self.regime, (months - last) / 12
        lag = t[:, None] - t
        shares = (r.level_share, r.growth_share, r.transitory_share)
        total = r.drift_spread**2 * np.outer(t, t)
        for share, v in zip(shares, self._variograms(), strict=True):
            total += r.sigma**2 * share * 0.5 * (v(t)[:, None] + v(t) - v(lag))
        centre = np.eye(12) - 1 / 12
        spread = self.season.effect_scale * np.array(self.pattern.spread)
        own, month = centre @ np.diag(spread**2) @ centre, months.astype(int) % 12
        total += own[np.ix_(month, month)] + self.season.noise**2 * np.eye(len(t))
        return np.asarray(total)

    def _variograms(self) -> tuple[Callable[[Array], Array], ...]:
        """Brownian motion, integrated growth rate, transitory deviation; by years."""
        kappa, rho = -math.log(self.regime.growth_persistence), self.regime.transitory_persistence
        scale = kappa - 1 + math.exp(-kappa)
        return (
            np.abs,
            lambda years: (kappa * np.abs(years) - 1 + np.exp(-kappa * np.abs(years))) / scale,
            lambda years: (1 - rho ** np.abs(years)) / (1 - rho),
        )

    def all_flows(self, months: Array, last: int, n_flows: int) -> tuple[Array, Array]:
        """Mean and covariance of ``[flow * month]``, with a level so wide that it is flat."""
        rest = self.pattern.flow_correlation
        coupling = np.eye(n_flows) * (1 - rest) + rest
        sign = np.array([1.0, -1.0])[:n_flows] * (0.5 * self.pattern.flow_log_ratio_sd)
        shared = np.outer(sign, sign) * (n_flows - 1) + _LEVEL_SD**2
        total = np.kron(coupling, self.covariance(months, last))
        total += np.kron(shared, np.ones((len(months), len(months))))
        return np.tile(self.mean(months, last), n_flows), np.asarray(total)


@dataclass(frozen=True)
class Law:
    """What a printed figure says of the log ``y`` of its number; all in logs."""

    low: float
    high: float
    scale: float  # of a half-normal excess; 0 for a rounded figure
    sign: int
    release: float

    @classmethod
    def of(cls, seen: Level | Growth, release: float) -> "Law":
        """Read the figure's text."""
        value, places = float(seen.figure.text), len(seen.figure.text.partition(".")[2])
        unit = 10.0**-places
        if seen.figure.qualifier == "rounded":
            ends = (value - unit / 2, value + unit / 2)
            if seen.kind == "growth":
                ends = (1 + ends[0] / 100, 1 + ends[1] / 100)
            return cls(math.log(ends[0]), math.log(ends[1]), 0.0, 1, release)
        digits = seen.figure.text.replace(".", "").lstrip("0")
        unit *= 10.0 ** (len(digits) - len(digits.rstrip("0")))
        scale = 0.08 * math.sqrt(unit / value)  # docs/hedges.md
        sign = {"over": 1, "nearly": -1}[seen.figure.qualifier]
        return cls(math.log(value), math.log(value), scale, sign, 0.0)

    @property
    def centre(self) -> float:
        """About where the number is."""
        return (self.low + self.high) / 2

    def density(self, y: Array, extra: float) -> Array:
        """Density of the print, with a further normal error."""
        if self.scale:
            d = self.sign * (y - self.low)
            if not extra:
                return np.where(d >= 0, 2 * _normal(d, self.scale), 0.0)
            both = math.hypot(self.scale, extra)
            return np.asarray(2 * _normal(d, both) * ndtr(self.scale * d / (extra * both)))
        spread, half = math.hypot(self.release, extra), (self.high - self.low) / 2
        far = np.abs(y - self.centre)  # or the mirror image, in the tail that is precise
        inside = ndtr((half - far) / spread) - ndtr((-half - far) / spread)
        return np.asarray(inside / (2 * half))

    def states(self, y: Array, misprints: MisprintPrior | None, extra: float = 0.0) -> Array:
        """Prior times density of sound, revised and misprint, ``[state, particle]``.

        Parameters
        ----------
        y
            Log of the number on each path.
        misprints
            The prior; None takes all figures as printed.
        extra
            A further error that every state has.
        """
        sound = self.density(y, extra)
        if (m := misprints) is None:
            return sound[None]
        revised = math.hypot(m.revision_spread, extra)
        odd = 0.7 * self.density(y, math.hypot(m.misprint_spread, extra))
        for slip in (math.log(10), -math.log(10), math.log(1000), -math.log(1000)):
            odd += 0.3 / 4 * self.density(y + slip, revised)
        ordinary = 1 - m.revision - m.misprint
        return np.array([ordinary * sound, m.revision * self.density(y, revised), m.misprint * odd])


def _normal(d: Array, spread: float) -> Array:
    return np.asarray(np.exp(-0.5 * (d / spread) ** 2) / (spread * math.sqrt(2 * math.pi)))


@dataclass(frozen=True)
class Piece:
    """One flow over the months of one year, by one reporter: positions in ``v``."""

    months: NDArray[np.intp]
    effect: int


class Question:
    """A ledger's totals and rows, and the prior of what they depend on."""

    def __init__(
        self, ledger: tt.Ledger, reporting: Reporting, misprints: MisprintPrior | None
    ) -> None:
        seen = [row for row in ledger.current if isinstance(row, Level | Growth)]
        self.misprints, self.reporting = misprints, reporting
        self.rows = [Law.of(row, reporting.noise) for row in seen]
        self.names = [f"{row.series.flow} {row.kind} {row.window} {row.reporter}" for row in seen]
        flows = {row.series.flow for row in seen}
        self.flows = tuple(flows) if len(flows) == 1 else seen[0].series.flows
        windows = [w for row in seen for w in _windows(row)]
        self.first = min(w.start for w in windows) // 12 * 12
        self.last = max(w.end for w in windows) - self.first  # position of the last observed month
        self.n_past = self.last + 1
        self.effects: list[tuple[str, int, int]] = []
        self.totals: list[list[Piece]] = []
        self._known: dict[tuple[str, str, Window], int] = {}
        self.signs = np.zeros((len(seen), 2 * len(seen)))
        for i, row in enumerate(seen):
            for window, sign in zip(_windows(row), (1.0, -1.0), strict=False):
                self.signs[i, self._total(row, window)] += sign
        self.signs = self.signs[:, : len(self.totals)]

    def _total(self, row: Level | Growth, window: Window) -> int:
        key = (row.reporter, row.series.flow, window)
        if key not in self._known:
            self._known[key] = len(self.totals)
            flow = row.series.flow
            of = range(len(self.flows)) if flow not in self.flows else (self.flows.index(flow),)
            self.totals.append([p for f in of for p in self._pieces(row.reporter, f, window)])
        return self._known[key]

    def _pieces(self, reporter: str, flow: int, window: Window) -> Iterator[Piece]:
        for year in range(window.start // 12, window.end // 12 + 1):
            months = range(max(window.start, 12 * year), min(window.end + 1, 12 * year + 12))
            if (reporter, flow, year) not in self.effects:
                self.effects.append((reporter, flow, year))
            at = np.array(months) - self.first + flow * self.n_past
            yield Piece(at, self.effects.index((reporter, flow, year)))

    def effect_covariance(self) -> Array:
        """Centre the effects of reporters, each a side: the consensus is their mean."""
        names = sorted({reporter for reporter, _, _ in self.effects})
        centre = np.eye(len(names)) - 1 / len(names)
        between = centre @ centre.T
        beta, epsilon = self.reporting.reporter_spread, self.reporting.reporter_year_spread
        return np.array(
            [
                [
                    between[names.index(r), names.index(q)]
                    * (f == g)
                    * (beta**2 + epsilon**2 * (y == z))
                    for q, g, z in self.effects
                ]
                for r, f, y in self.effects
            ]
        )

    def prior(self, cell: Cell) -> tuple[Array, Array]:
        """Mean and covariance of ``v``: past months of each flow, then the effects."""
        n, e = len(self.flows) * self.n_past, len(self.effects)
        mean, covariance = np.zeros(n + e), np.zeros((n + e, n + e))
        months = np.arange(self.n_past, dtype=float)
        mean[:n], covariance[:n, :n] = cell.all_flows(months, self.last, len(self.flows))
        covariance[n:, n:] = self.effect_covariance()
        return mean, covariance

    def log_totals(self, v: Array) -> Array:
        """``tau``, ``[total, particle]``."""
        sizes = np.exp(v)
        n = len(self.flows) * self.n_past
        return np.log(
            [
                sum(sizes[p.months].sum(axis=0) * sizes[n + p.effect] for p in total)
                for total in self.totals
            ]
        )

    def slopes(self, v: Array, directions: Array) -> Array:
        """Derivative of the totals along some directions, ``[particle, total, direction]``."""
        sizes, n = np.exp(v), len(self.flows) * self.n_past
        slopes = np.empty((v.shape[1], len(self.totals), directions.shape[1]))
        for j, total in enumerate(self.totals):
            change: Array = np.zeros((directions.shape[1], v.shape[1]))
            whole = np.zeros(v.shape[1])
            for p in total:
                parts = sizes[p.months] * sizes[n + p.effect]
                change += directions[p.months].T @ parts
                change += np.outer(directions[n + p.effect], parts.sum(axis=0))
                whole += parts.sum(axis=0)
            slopes[:, j] = (change / whole).T
        return slopes

    def log_rows(
        self, tau: Array, extra: float = 0.0, rows: NDArray[np.intp] | None = None
    ) -> Array:
        """Log likelihood of rows, ``[row, particle]``; exact without the ``extra`` error."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.states(tau, extra, rows).sum(axis=1)))

    def states(self, tau: Array, extra: float = 0.0, rows: NDArray[np.intp] | None = None) -> Array:
        """Likelihood of each row in each state, ``[row, state, particle]``."""
        chosen = np.arange(len(self.rows)) if rows is None else rows
        values = zip(chosen, self.signs[chosen] @ tau, strict=True)
        return np.array([self.rows[i].states(y, self.misprints, extra) for i, y in values])

    def rough(self) -> Array:
        """About where the totals are, by the prints alone."""
        y = np.array([row.centre for row in self.rows])
        weak = 1e-3 * np.eye(len(self.totals))
        toward = np.full(len(self.totals), 1e-3 * np.median(y))
        return np.asarray(
            np.linalg.lstsq(np.vstack([self.signs, weak]), np.concatenate([y, toward]))[0]
        )

    def log_start(self, values: Array) -> Array:
        """Log likelihood of the rows where tempering starts."""
        centre = np.array([row.centre for row in self.rows])[:, None]
        return np.asarray(np.log(_normal(values - centre, _START_SD)).sum(axis=0))


def _windows(row: Level | Growth) -> tuple[Window, ...]:
    return (row.window, row.base) if isinstance(row, Growth) else (row.window,)


# --- the sampler --------------------------------------------------------------------------------


class CellTotals:
    """What the totals are in one cell: the prior split into ``zeta`` and ``a``."""

    def __init__(self, question: Question, cell: Cell, jacobian: Array) -> None:
        self.question, self.cell, self.jacobian = question, cell, jacobian
        self.mean, covariance = question.prior(cell)
        self.root = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(self.mean)))
        cross = covariance @ jacobian.T
        self.spread = jacobian @ cross  # of a
        self.precision = np.linalg.inv(self.spread)
        self.directions = cross @ self.precision
        self.log_scale = -0.5 * float(np.linalg.slogdet(2 * np.pi * self.spread)[1])

    def fresh(self, n: int, rng: np.random.Generator) -> Array:
        """``m + zeta``, from the prior."""
        deviation = self.root @ rng.standard_normal((len(self.mean), n))
        deviation -= self.directions @ (self.jacobian @ deviation)
        return np.asarray(self.mean[:, None] + deviation)

    def moments(self, tau: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Mean and covariance of the totals: linear, and how far they are from that near ``tau``.

        They decide how well the sequence works, not where it ends.
        """
        near = np.tile(tau[:, None], _TRIES)
        base = self.fresh(_TRIES, rng)
        a, _ = self.solve(near, base)
        beyond = tau[:, None] - self.jacobian @ (base + self.directions @ a)
        mean = self.jacobian @ self.mean + beyond.mean(axis=1)
        return mean, self.spread + np.cov(beyond)

    def solve(self, tau: Array, base: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Find the ``a`` with these totals for each ``m + zeta``, and whether it was found."""
        a = np.asarray(tau - self.question.log_totals(base))
        miss = a
        for _ in range(_SOLVING):
            miss = tau - self.question.log_totals(base + self.directions @ a)
            if np.abs(miss).max() < _SOLVED:
                break
            a = a + np.clip(miss, -1.0, 1.0)
        return a, np.abs(miss).max(axis=0) < 1e3 * _SOLVED

    def estimate(self, tau: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Unbiased estimate of the density of the totals (its log), and the ``v`` it comes from."""
        base = self.fresh(tau.shape[1], rng)
        a, solved = self.solve(tau, base)
        v = base + self.directions @ a
        logs = self.log_scale - 0.5 * (a * (self.precision @ a)).sum(axis=0)
        logs -= np.linalg.slogdet(self.question.slopes(v, self.directions))[1]
        return np.where(solved, logs, -np.inf), v


class GaussianMixture:
    """A mixture of Gaussians over the totals; all quadratic forms are one matrix product."""

    def __init__(self, log_weights: Array, means: Array, covariances: Array) -> None:
        self.log_weights, self.means, self.covariances = log_weights, means, covariances
        self.origin = means.mean(axis=0)
        precision = np.linalg.inv(covariances)
        shift = means - self.origin
        by_mean = np.einsum("kij,kj->ki", precision, shift)
        self.upper = np.triu_indices(means.shape[1])
        twice = np.where(self.upper[0] == self.upper[1], -0.5, -1.0)
        constant = log_weights - 0.5 * np.linalg.slogdet(2 * np.pi * covariances)[1]
        constant -= 0.5 * (by_mean * shift).sum(axis=1)
        self.factors = np.hstack([precision[:, *self.upper] * twice, by_mean, constant[:, None]])

    def log_parts(self, tau: Array) -> Array:
        """Log weight times density of each part, ``[part, particle]``."""
        x = tau - self.origin[:, None]
        products = x[self.upper[0]] * x[self.upper[1]]
        return np.asarray(self.factors @ np.vstack([products, x, np.ones((1, x.shape[1]))]))

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        parts = self.log_parts(tau)
        highest = parts.max(axis=0)
        parts -= highest
        return np.asarray(highest + np.log(np.exp(parts, out=parts).sum(axis=0)))

    def shares(self, tau: Array) -> Array:
        """Share of each part in the density, averaged over particles."""
        parts = self.log_parts(tau)
        return np.asarray(np.exp(parts - np.logaddexp.reduce(parts, axis=0)).mean(axis=1))

    def prune(self, tau: Array) -> "GaussianMixture":
        """Leave out parts that hardly count at these particles."""
        kept = self.shares(tau) > _SMALL
        return GaussianMixture(self.log_weights[kept], self.means[kept], self.covariances[kept])

    def given(self, question: Question) -> "GaussianMixture":
        """Posterior, and log evidences as weights, given the rows with the error of the start."""
        rows, centre = question.signs, np.array([row.centre for row in question.rows])
        seen = rows @ self.covariances @ rows.T + _START_SD**2 * np.eye(len(rows))
        miss = centre - self.means @ rows.T
        gain = self.covariances @ rows.T @ np.linalg.inv(seen)
        fit = np.einsum("ki,kij,kj->k", miss, np.linalg.inv(seen), miss)
        logs = self.log_weights - 0.5 * (np.linalg.slogdet(seen)[1] + fit)
        means = self.means + np.einsum("kij,kj->ki", gain, miss)
        return GaussianMixture(logs, means, self.covariances - gain @ rows @ self.covariances)

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Draw particles."""
        weights = np.exp(self.log_weights - logsumexp(self.log_weights))
        parts = rng.choice(len(weights), n, p=weights)
        roots = np.linalg.cholesky(self.covariances)[parts]
        shocks = rng.standard_normal((n, roots.shape[1]))
        return np.asarray((self.means[parts] + np.einsum("nij,nj->ni", roots, shocks)).T)


class Tempering:
    """Particles of totals, equally likely, from a wide likelihood to the exact one."""

    def __init__(
        self, question: Question, prior: GaussianMixture, n: int, rng: np.random.Generator
    ) -> None:
        self.question, self.prior, self.rng, self.steps = question, prior, rng, 0
        self.tau = prior.given(question).draw(n, rng)
        self.extra, self.pruned = _START_SD, False
        start = question.log_start(question.signs @ self.tau)
        self.rows = question.log_rows(self.tau, self.extra)
        self._resample(self.rows.sum(axis=0) - start)
        self.rates: list[float] = []

    def run(self) -> None:
        """Take the further error away step by step; particles end equally likely."""
        while self.extra:
            for _ in range(_SWEEPS):
                self._sweep()
            self._step()
        for _ in range(_LAST_SWEEPS):
            self._sweep()

    def _step(self) -> None:
        """Take as much of the further error away as leaves enough effective particles."""
        before, low, high = self.rows.sum(axis=0), 0.0, self.extra
        for trial in (0.0, *([-1.0] * _HALVINGS)):
            extra = trial if trial == 0.0 else (low + high) / 2
            weight = self.question.log_rows(self.tau, extra).sum(axis=0) - before
            weight = np.exp(weight - weight.max())
            if weight.sum() ** 2 / (weight**2).sum() > _EFFECTIVE * len(weight):
                high = extra
                if extra == 0.0:
                    break
            else:
                low = extra
        self.extra, self.steps = high, self.steps + 1
        self.rows = self.question.log_rows(self.tau, high)
        log_weight = self.rows.sum(axis=0) - before
        if high < _PRUNED_BELOW and not self.pruned:
            full, self.pruned = self.prior, True
            self.prior = full.prune(self.tau)
            log_weight += self.prior.log_density(self.tau) - full.log_density(self.tau)
        self._resample(log_weight)

    def _resample(self, log_weight: Array) -> None:
        chosen = resample(log_weight, len(log_weight), self.rng)
        self.tau, self.rows = self.tau[:, chosen], self.rows[:, chosen]

    def _sweep(self) -> None:
        """All moves once."""
        n = self.tau.shape[1]
        density = self.prior.log_density(self.tau)
        for j in range(len(self.tau)):
            step = np.zeros_like(self.tau)
            size = np.exp(self.rng.uniform(math.log(_SMALLEST), 0.5, n))
            step[j] = size * self.rng.standard_normal(n)
            self._try(density, step, np.flatnonzero(self.question.signs[:, j]), np.arange(n))
        half, every = n // 2, np.arange(len(self.rows))
        order = self.rng.permutation(n)
        for mine, others in ((order[:half], order[half:]), (order[half:], order[:half])):
            first, second = self.rng.choice(others, (2, len(mine)))
            size = np.exp(self.rng.uniform(math.log(0.05), 0.0, len(mine)))
            scale = 2.38 / math.sqrt(2 * len(self.tau))
            step = scale * size * (self.tau[:, first] - self.tau[:, second])
            self._try(density, step, every, mine)

    def _try(
        self, density: Array, step: Array, rows: NDArray[np.intp], some: NDArray[np.intp]
    ) -> None:
        """Metropolis: some particles, whose ``rows`` change, take a step or stay."""
        tau = self.tau[:, some] + step
        new, new_rows = self.prior.log_density(tau), self.question.log_rows(tau, self.extra, rows)
        old_rows = self.rows[np.ix_(rows, some)]
        gain = new - density[some] + new_rows.sum(axis=0) - old_rows.sum(axis=0)
        yes = np.log(self.rng.random(len(some))) < gain
        moved = some[yes]
        self.tau[:, moved], density[moved] = tau[:, yes], new[yes]
        self.rows[np.ix_(rows, moved)] = new_rows[:, yes]
        self.rates.append(float(yes.mean()))


def resample(log_weight: Array, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Systematic resampling."""
    weight = np.exp(log_weight - log_weight.max())
    grid = (np.arange(n) + rng.random()) / n
    found = np.searchsorted(np.cumsum(weight) / weight.sum(), grid, side="right")
    return np.minimum(found, len(weight) - 1)


def linearise(question: Question, cell: Cell) -> Array:
    """Derivative of the totals at a rough mode; it only decides how well the sampler works."""
    mean, covariance = question.prior(cell)
    y, level = np.array([row.centre for row in question.rows]), question.signs.sum(axis=1) > 0.5
    v, n_flows = mean.copy(), len(question.flows)
    v[: n_flows * question.n_past] += np.median(y[level]) - math.log(12 * n_flows)
    for _ in range(20):
        jacobian = question.slopes(v[:, None], np.eye(len(v)))[0]
        offset = question.log_totals(v[:, None])[:, 0] - jacobian @ v
        rows = question.signs @ jacobian
        seen = rows @ covariance @ rows.T + 0.25 * np.eye(len(y))
        miss = y - question.signs @ offset - rows @ mean
        v += 0.7 * (mean + covariance @ rows.T @ np.linalg.solve(seen, miss) - v)
    return np.asarray(jacobian)


def with_months_ahead(question: Question, cell: Cell, v: Array, rng: np.random.Generator) -> Array:
    """Log totals of all flows by calendar year, to the horizon, ``[year, draw]``."""
    n_flows = len(question.flows)
    end = (question.first + question.last) // 12 * 12 - question.first + 12 * (AHEAD + 1)
    mean, covariance = cell.all_flows(np.arange(end, dtype=float), question.last, n_flows)
    month = np.tile(np.arange(end), n_flows)
    past, ahead = np.flatnonzero(month < question.n_past), np.flatnonzero(month >= question.n_past)
    by_past = np.linalg.solve(covariance[np.ix_(past, past)], covariance[np.ix_(past, ahead)]).T
    left = covariance[np.ix_(ahead, ahead)] - by_past @ covariance[np.ix_(past, ahead)]
    root = np.linalg.cholesky(left + 1e-12 * np.eye(len(ahead)))
    whole = np.empty((len(month), v.shape[1]))
    whole[past] = v[: len(past)]
    shocks = root @ rng.standard_normal((len(ahead), v.shape[1]))
    whole[ahead] = mean[ahead][:, None] + by_past @ (whole[past] - mean[past][:, None]) + shocks
    years = month // 12
    return np.log([np.exp(whole[years == y]).sum(axis=0) for y in range(end // 12)])


# --- one run ------------------------------------------------------------------------------------


def cells(mixture: GrowthMixture) -> list[tuple[float, Cell]]:
    """All regimes with all seasonalities, and their log prior weights."""
    return [
        (math.log(w * k), Cell(regime, season, mixture.pattern))
        for w, regime in zip(mixture.regimes.weights, mixture.regimes, strict=True)
        for k, season in zip(mixture.pattern.kind_weights, mixture.pattern.kinds, strict=True)
    ]


@dataclass(frozen=True)
class Case:
    """A ledger, and whether its figures may be other than they seem."""

    ledger: str
    doubting: bool

    def model(self, mixture: GrowthMixture) -> GrowthMixture:
        """Return the model of the case."""
        return mixture if self.doubting else replace(mixture, misprints=None)

    def __str__(self) -> str:
        return self.ledger if self.doubting else f"{self.ledger}, as printed"


CASES = [Case(name, True) for name in LEDGERS] + [Case(name, False) for name in LEDGERS][2:4]


@dataclass(frozen=True)
class Draws:
    """Weighted draws of the exact model.

    Attributes
    ----------
    totals
        Logs of the yearly totals of all flows, ``[year, draw]``.
    weight
        Of each draw; they sum to 1.
    cell, particle
        Which cell and which particle each comes from.
    """

    totals: Array
    weight: Array
    cell: NDArray[np.intp]
    particle: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        tempering: Tempering,
        every: GaussianMixture,
        parts: Sequence[CellTotals],
        rng: np.random.Generator,
    ) -> "Draws":
        """Take the last step: from the Gaussians, of every cell, to the exact prior."""
        tau, n = tempering.tau, tempering.tau.shape[1]
        shares = every.log_parts(tau) - tempering.prior.log_density(tau)
        chosen = np.sort(resample(shares.ravel(), FUTURES * n, rng))
        cell, particle = chosen // n, chosen % n
        totals, log_weight = [], []
        for k in np.unique(cell):
            own = tau[:, particle[cell == k]]
            density, v = parts[k].estimate(own, rng)
            log_weight.append(every.log_weights[k] + density - every.log_parts(own)[k])
            totals.append(with_months_ahead(tempering.question, parts[k].cell, v, rng))
        logs = np.concatenate(log_weight)
        weight = np.exp(logs - logsumexp(logs))
        return cls(np.concatenate(totals, axis=1), weight, cell, particle)


def one_run(case: Case, mixture: GrowthMixture, particles: int, seed: int) -> dict[str, Any]:
    """One run over all cells: the answers that `compare` needs, on the exact model."""
    began, rng = time.process_time(), np.random.default_rng(seed)
    model = case.model(mixture)
    question = Question(read(LEDGERS[case.ledger]), model.reporting, model.misprints)
    log_weights, every = zip(*cells(model), strict=True)
    jacobian = linearise(question, every[int(np.argmax(log_weights))])
    parts = [CellTotals(question, cell, jacobian) for cell in every]
    moments = [part.moments(question.rough(), rng) for part in parts]
    prior = GaussianMixture(np.array(log_weights), *map(np.array, zip(*moments, strict=True)))
    tempering = Tempering(question, prior, particles, rng)
    tempering.run()
    draws = Draws.of(tempering, prior, parts, rng)
    print(
        f"{case}, seed {seed}: {tempering.steps} steps, {np.mean(tempering.rates):.2f} accepted,"
        f" {1 / (draws.weight**2).sum() / len(draws.weight):.2f} effective,"
        f" {time.process_time() - began:.0f} s",
        flush=True,
    )
    states = question.states(tempering.tau[:, draws.particle])
    by_cell = np.bincount(draws.cell, draws.weight, len(every))
    odd = 1 - (states[:, 0] / states.sum(axis=1)) @ draws.weight
    return {
        **answers(draws.totals, draws.weight, GOALS[case.ledger]),
        "regime_weights": by_cell.reshape(len(model.regimes), -1).sum(axis=1).tolist(),
        "odd": odd.tolist(),
    }


def answers(log_totals: Array, weight: Array, goals: Sequence[float]) -> dict[str, Any]:
    """P(met by) of each goal and quantiles of the totals, of the last years, ``[.., year]``."""
    highest = np.maximum.accumulate(log_totals, axis=0)[-AHEAD - 1 :]
    quantiles = []
    for row in log_totals[-AHEAD - 1 :]:
        order = np.argsort(row)
        found = np.searchsorted(np.cumsum(weight[order]), LEVELS)
        quantiles.append(np.exp(row[order][found]).tolist())
    return {
        "met_by": [((highest >= math.log(goal)) @ weight).tolist() for goal in goals],
        "quantiles": np.transpose(quantiles).tolist(),
    }


def read(rows: str) -> tt.Ledger:
    """Read the rows of a ledger."""
    return tt.read_csv(io.StringIO(HEAD + rows))


# --- the reference, and the library beside it ---------------------------------------------------


def make(particles: int) -> dict[str, Any]:
    """Make the reference."""
    mixture = GrowthMixture(memory=100)
    return {
        "made_by": f"python benchmarks/witness.py --write {particles}",
        "runs": RUNS,
        "draws": particles * FUTURES,
        "excess": EXCESS,
        "model": _tables(mixture),
        "cases": [
            summarise(case, [one_run(case, mixture, particles, seed) for seed in range(RUNS)])
            for case in CASES
        ],
    }


def summarise(case: Case, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean of the runs, and the largest standard error of what is compared."""
    each = {name: np.array([run[name] for run in runs]) for name in runs[0]}
    compared = {**each, "last_median": each["quantiles"][:, 1, -1]}
    del compared["quantiles"]
    errors = {
        name: float((values.std(axis=0, ddof=1) / math.sqrt(len(runs))).max())
        for name, values in compared.items()
    }
    return {
        "ledger": case.ledger,
        "doubting": case.doubting,
        "rows": LEDGERS[case.ledger].splitlines(),
        "goals": GOALS[case.ledger],
        **{name: np.round(values.mean(axis=0), 5).tolist() for name, values in each.items()},
        "largest_error": {name: float(f"{error:.2g}") for name, error in errors.items()},
    }


def _tables(mixture: GrowthMixture) -> dict[str, Any]:
    assert mixture.misprints is not None
    return {
        "regimes": [asdict(regime) for regime in mixture.regimes],
        "weights": mixture.regimes.weights,
        "pattern": asdict(mixture.pattern),
        "reporting": asdict(mixture.reporting),
        "misprints": asdict(mixture.misprints),
        "memory": mixture.memory,
    }


def stored_model(tables: dict[str, Any]) -> GrowthMixture:
    """Build the model that a reference was made with, whatever the library ships today."""
    pattern = tables["pattern"]
    return GrowthMixture(
        regimes=Regimes(
            tuple(Regime(**regime) for regime in tables["regimes"]), tuple(tables["weights"])
        ),
        pattern=MonthPattern(
            effects=tuple(pattern["effects"]),
            spread=tuple(pattern["spread"]),
            noise=pattern["noise"],
            flow_correlation=pattern["flow_correlation"],
            flow_log_ratio_sd=pattern["flow_log_ratio_sd"],
            seasonalities=tuple(Seasonality(**season) for season in pattern["seasonalities"]),
            seasonality_weights=tuple(pattern["seasonality_weights"]),
        ),
        reporting=Reporting(**tables["reporting"]),
        memory=tables["memory"],
        misprints=MisprintPrior(**tables["misprints"]),
    )


@dataclass(frozen=True)
class Difference:
    """How far the library is from the reference on one case.

    Attributes
    ----------
    met_by
        The largest difference of a probability, of all goals and years.
    median
        The largest relative difference of a median, of all years from the last observed on.
    last_median
        The same of the last year alone.
    regime_weight
        The largest difference of a regime's weight.
    doubt
        The largest probability, in the reference, that a figure which the library counts as
        printed is not sound.
    """

    met_by: float
    median: float
    last_median: float
    regime_weight: float
    doubt: float


def compare(case: dict[str, Any], model: GrowthMixture) -> Difference:
    """Track a stored ledger by the library."""
    model = Case(case["ledger"], case["doubting"]).model(model)
    ledger = read("\n".join(case["rows"]))
    fitted = model.fit(ledger)
    last = (fitted.compiler.first_month + fitted.prior.n_months - 1) // 12
    goals = [tt.Goal(amount, by=last + AHEAD) for amount in case["goals"]]
    found = tt.track(ledger, goals, model=model, n_paths=N_PATHS, horizon=AHEAD)
    met = np.array([[p.probability for p in goal.curve][-AHEAD - 1 :] for goal in found])
    totals = found.totals()
    medians = np.array([year.quantiles[totals.levels.index(0.5)] for year in totals.years])
    relative = np.abs(medians[-AHEAD - 1 :] / np.array(case["quantiles"][1]) - 1)
    weights = np.array(fitted.regime_weights) - np.array(case["regime_weights"])
    names = [str(row) for row in ledger.current]
    discounted = {row.figure for row in found.discounted}
    doubts = [p for name, p in zip(names, case["odd"], strict=True) if name not in discounted]
    return Difference(
        float(np.abs(met - np.array(case["met_by"])).max()),
        float(relative.max()),
        float(relative[-1]),
        float(np.abs(weights).max()),
        max(0.0, *doubts),
    )


def load() -> dict[str, Any]:
    """Read the stored reference."""
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Write the reference, or print how far the library is from it."""
    if "--write" in sys.argv:
        particles = int(sys.argv[sys.argv.index("--write") + 1 :][0]) if sys.argv[2:] else PARTICLES
        STORED.write_text(json.dumps(make(particles), indent=1) + "\n", encoding="utf-8")
    reference = load()
    model = stored_model(reference["model"])
    print("| ledger | P(met by), points | ± | median 5 years on | ± | most doubtful |")
    print("|---|---|---|---|---|---|")
    for case in reference["cases"]:
        found, error = compare(case, model), case["largest_error"]
        relative = error["last_median"] / case["quantiles"][1][-1]
        print(
            f"| {Case(case['ledger'], case['doubting'])} | {100 * found.met_by:.1f}"
            f" | {100 * error['met_by']:.1f} | {found.last_median:.1%} | {relative:.1%}"
            f" | {found.doubt:.0%} |"
        )


if __name__ == "__main__":
    main()
