r"""The priors known before any figure: growth regimes, month effects, how reporters differ.

A regime is one simple growth process, eight numbers. `Regimes` is a finite prior over them, learned
offline by :mod:`tradetrack.models.learning` and shipped as ``data/growth_regimes.csv``; tables that
could have been learned by earlier years are in ``data/growth_regimes_by_year.csv``.

`MonthPattern` is the prior of the months of a year. The log of a month's value is the growth
process plus a month effect and noise,

.. math:: S(j) + I(t), \qquad \sum_{j=1}^{12} S(j) = 0, \quad
          S \sim N\big(\gamma \bar S, \; \lambda^2 P \operatorname{diag}(s^2) P\big),
          \quad P = I - \tfrac1{12} 1 1', \quad I(t) \sim N(0, \nu^2) \text{ independent}.

Flows differ in how noisy their months are, how strong their own effects, and how much of the mean
pattern they share: a `Seasonality` is one such :math:`(\nu, \lambda, \gamma)`, and the pattern
holds a finite prior over them.

`Reporting` is how far the figures of several reporters lie apart.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from math import fsum, isclose, isfinite
from pathlib import Path
from typing import Self

import numpy as np

from tradetrack._checks import (
    as_list,
    as_numbers,
    check_kind,
    check_number,
    check_path,
    check_whole,
    is_number,
    shown,
)
from tradetrack._files import parse_numbers, read_numbers, shipped_rows, shipped_text, write_numbers
from tradetrack._typing import MONTHS, Array
from tradetrack.errors import InputError

MEMORY = 8
"""Years of figures that forecast best on unseen pairs; older ones mislead (``docs/prior.md``)."""

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Regime:
    """One simple growth process; the symbols are those of :mod:`tradetrack.models.processes`.

    Attributes
    ----------
    sigma
        Standard deviation of the one-year difference of the log level (drift aside).
    level_share, growth_share, transitory_share
        ``m``, ``g`` and ``e``: the shares of that variance due to Brownian motion, to a persistent
        growth rate and to a transitory deviation. They sum to 1.
    growth_persistence, transitory_persistence
        ``phi`` and ``rho``: one-year autocorrelations of the growth rate (strictly between 0 and
        1) and of the transitory deviation (at least 0, below 1).
    drift, drift_spread
        ``mu`` and ``tau``: mean and standard deviation over series of the log growth a year.

    Examples
    --------
    >>> Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.04, drift_spread=0.02).sigma
    0.2
    """

    sigma: float
    level_share: float
    growth_share: float
    transitory_share: float
    growth_persistence: float
    transitory_persistence: float
    drift: float
    drift_spread: float

    def __post_init__(self) -> None:
        """Refuse numbers that describe no process."""
        if not all(map(is_number, astuple(self))):
            raise InputError(
                f"a regime needs eight finite numbers, not {shown(self)}", topic="regimes"
            )
        shares = (self.level_share, self.growth_share, self.transitory_share)
        if min(shares) < 0 or not isclose(sum(shares), 1.0, abs_tol=1e-6):
            raise InputError(
                f"the shares of a regime are at least 0 and sum to 1, not {shares}", topic="regimes"
            )
        if self.sigma <= 0 or self.drift_spread < 0:
            raise InputError(
                f"sigma must be above 0 and drift_spread at least 0 in {self}", topic="regimes"
            )
        if not 0 < self.growth_persistence < 1 or not 0 <= self.transitory_persistence < 1:
            raise InputError(f"persistences must lie between 0 and 1 in {self}", topic="regimes")


COLUMNS = tuple(field.name for field in fields(Regime))


@dataclass(frozen=True, slots=True, repr=False)
class Regimes:
    """An immutable table of regimes with prior weights that sum to 1.

    Attributes
    ----------
    regimes
        The regimes.
    weights
        Their prior probabilities, in the same order.

    Examples
    --------
    >>> walk = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.04, drift_spread=0.02)
    >>> len(Regimes((walk,), (1.0,)))
    1
    >>> round(sum(Regimes.shipped().weights), 9)
    1.0
    >>> bool((Regimes.shipped().sigma > 0).all())  # every number of a regime is also an array
    True
    """

    regimes: tuple[Regime, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse an empty table and weights that are not a distribution over it."""
        for regime in as_list(self.regimes, Regime):
            check_kind("regime", regime, Regime, "make one with Regime(...)")
        check_kind("weights", self.weights, Sequence, "give one number for each regime")
        if not self.regimes or len(self.regimes) != len(self.weights):
            raise InputError(
                f"one weight per regime and at least one regime are needed, not "
                f"{len(self.regimes)} regimes and {len(self.weights)} weights",
                topic="regimes",
            )
        if not all(is_number(weight) and weight >= 0 for weight in self.weights):
            raise InputError("regime weights must be at least 0", topic="regimes")
        if not isclose(sum(self.weights), 1.0, abs_tol=_TOLERANCE):
            raise InputError(
                f"regime weights must sum to 1, not {sum(self.weights)}", topic="regimes"
            )

    def __repr__(self) -> str:
        return (
            f"<Regimes: {len(self)} regimes, the heaviest with a weight of {max(self.weights):.2f}>"
        )

    def __len__(self) -> int:
        """Count the regimes."""
        return len(self.regimes)

    def __iter__(self) -> Iterator[Regime]:
        """Iterate over the regimes."""
        return iter(self.regimes)

    @property
    def sigma(self) -> Array:
        """Standard deviation of a one-year change of the log level, drift aside, ``[regime]``."""
        return np.array([regime.sigma for regime in self.regimes])

    @property
    def level_share(self) -> Array:
        """Share ``m`` of that variance due to Brownian motion, ``[regime]``."""
        return np.array([regime.level_share for regime in self.regimes])

    @property
    def growth_share(self) -> Array:
        """Share ``g`` due to a persistent growth rate, ``[regime]``."""
        return np.array([regime.growth_share for regime in self.regimes])

    @property
    def transitory_share(self) -> Array:
        """Share ``e`` due to a transitory deviation, ``[regime]``."""
        return np.array([regime.transitory_share for regime in self.regimes])

    @property
    def growth_persistence(self) -> Array:
        """One-year autocorrelation ``phi`` of the growth rate, ``[regime]``."""
        return np.array([regime.growth_persistence for regime in self.regimes])

    @property
    def transitory_persistence(self) -> Array:
        """One-year autocorrelation ``rho`` of the transitory deviation, ``[regime]``."""
        return np.array([regime.transitory_persistence for regime in self.regimes])

    @property
    def drift(self) -> Array:
        """Mean ``mu`` over series of the log growth a year, ``[regime]``."""
        return np.array([regime.drift for regime in self.regimes])

    @property
    def drift_spread(self) -> Array:
        """Its standard deviation ``tau`` over series, ``[regime]``."""
        return np.array([regime.drift_spread for regime in self.regimes])

    @property
    def log_weights(self) -> Array:
        """Log of the prior weights, ``[regime]``; minus infinity for a weight of 0."""
        with np.errstate(divide="ignore"):
            logs: Array = np.log(np.array(self.weights))
        return logs

    @classmethod
    def from_table(cls, table: Array, weights: Array) -> Self:
        """Build from an array (regimes, 8), columns as in `Regime`, and weights of any scale."""
        rows, values = as_numbers("table", table), as_numbers("weights", weights)
        if rows.ndim != 2 or rows.shape[1] != len(COLUMNS) or values.shape != rows.shape[:1]:
            raise InputError(
                f"the table has the shape {rows.shape} and the weights {values.shape}; give"
                f" (regimes, {len(COLUMNS)}) and (regimes,)",
                topic="regimes",
            )
        total = sum(map(float, values))
        if not isfinite(total) or total <= 0:
            raise InputError(
                f"regime weights must have a positive sum, not {total}", topic="regimes"
            )
        scale = 1.0 if isclose(total, 1.0, abs_tol=_TOLERANCE) else total  # a round trip is exact
        regimes = tuple(Regime(*map(float, row)) for row in rows)
        return cls(regimes, tuple(float(weight) / scale for weight in values))

    def table(self) -> Array:
        """Return the eight numbers of each regime, shape (regimes, 8), columns as in `Regime`."""
        return np.array([astuple(regime) for regime in self.regimes])

    def prune(self, threshold: float) -> Self:
        """Drop regimes whose weight is below ``threshold`` and renormalise the others."""
        check_number("threshold", threshold, -math.inf)
        kept = np.array(self.weights) >= threshold
        if not kept.any():
            raise InputError(f"no regime has a weight of {threshold} or more", topic="regimes")
        return type(self).from_table(self.table()[kept], np.array(self.weights)[kept])

    def to_csv(self, path: str | Path) -> None:
        """Write one row per regime: its weight, then its eight numbers, exactly."""
        rows = [
            (weight, *astuple(regime))
            for weight, regime in zip(self.weights, self.regimes, strict=True)
        ]
        write_numbers(path, ("weight", *COLUMNS), rows)

    @classmethod
    def from_csv(cls, path: str | Path) -> Self:
        """Read a file written by `to_csv`; weights need not be normalised."""
        check_path(path)
        return cls._from_rows(read_numbers(path, ("weight", *COLUMNS)))

    @classmethod
    def shipped(cls) -> Self:
        """Load the prior that ships with the library (how it was learned: ``docs/prior.md``)."""
        name = "growth_regimes.csv"
        return cls._from_rows(parse_numbers(shipped_text(name), name, ("weight", *COLUMNS)))

    @classmethod
    def known_by(cls, year: int) -> Self:
        """Load the latest prior that was learned from years before ``year`` alone.

        It is for scoring forecasts as of a past year: `shipped` has seen what came after. These
        priors were learned from the turnovers of other pairs (``docs/prior.md``).

        Parameters
        ----------
        year
            Year in which the forecast is made, such as that of an announcement.

        Raises
        ------
        InputError
            When no table was learned from years before ``year``.

        Examples
        --------
        >>> round(sum(Regimes.known_by(2016).weights), 9)
        1.0
        """
        check_whole("year", year)
        name = "growth_regimes_by_year.csv"
        columns = ("last_year", "weight", *COLUMNS)
        rows = parse_numbers(shipped_text(name), name, columns)
        ends = sorted({int(row[0]) for row in rows})
        known = [end for end in ends if end < year]
        if not known:
            raise InputError(
                f"no prior was learned from years before {year}: the first one needs the years "
                f"until {ends[0]}; ask for {ends[0] + 1} or later",
                topic="regimes",
            )
        return cls._from_rows([row[1:] for row in rows if row[0] == known[-1]])

    @classmethod
    def _from_rows(cls, rows: list[list[float]]) -> Self:
        numbers = np.array(rows)
        return cls.from_table(numbers[:, 1:], numbers[:, 0])


@dataclass(frozen=True, slots=True)
class Seasonality:
    r"""One kind of months.

    Attributes
    ----------
    noise
        :math:`\nu`: standard deviation of the independent noise in the log of one month.
    effect_scale
        :math:`\lambda`: spread of a flow's own month effects, in units of the pattern's spread.
    pattern_share
        :math:`\gamma`: share of the mean month effects that the flow has.

    Examples
    --------
    >>> Seasonality(noise=0.1, effect_scale=1.0, pattern_share=0.5).pattern_share
    0.5
    """

    noise: float
    effect_scale: float
    pattern_share: float

    def __post_init__(self) -> None:
        """Refuse numbers that describe no months."""
        if not all(map(is_number, astuple(self))):
            raise InputError(
                f"a seasonality needs three finite numbers: {shown(self)}", topic="regimes"
            )
        if min(self.noise, self.effect_scale) < 0:
            raise InputError(f"noise and effect_scale must be at least 0: {self}", topic="regimes")


@dataclass(frozen=True, slots=True, repr=False)
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
        Standard deviation of the independent noise in the log of one month of a usual flow; models
        of yearly totals take it, the ledger's own model only where no seasonalities are given.
    flow_correlation
        Correlation of the yearly log changes of the two flows of a pair.
    flow_log_ratio_sd
        Standard deviation over pairs of the log of the ratio of the two flows.
    seasonalities
        Kinds of months; none stands for one with ``noise``, a scale of 1 and the whole pattern.
    seasonality_weights
        Their prior probabilities, in the same order.

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
    seasonalities: tuple[Seasonality, ...] = ()
    seasonality_weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that describe no pattern."""
        self._check_weights()
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

    def _check_weights(self) -> None:
        weights = self.seasonality_weights
        if len(weights) != len(self.seasonalities):
            raise InputError(
                f"one weight per seasonality is needed, not {len(self.seasonalities)} seasonalities"
                f" and {len(weights)} weights",
                topic="regimes",
            )
        if weights and not (min(weights) >= 0 and isclose(fsum(weights), 1.0, abs_tol=_TOLERANCE)):
            raise InputError(
                f"seasonality weights must be at least 0 and sum to 1, not {weights}",
                topic="regimes",
            )

    def __repr__(self) -> str:
        return (
            f"<MonthPattern: {len(self.kinds)} kinds of months,"
            f" flow correlation {self.flow_correlation:.3g}>"
        )

    @property
    def kinds(self) -> tuple[Seasonality, ...]:
        """The seasonalities, or the one that stands for none."""
        return self.seasonalities or (Seasonality(self.noise, 1.0, 1.0),)

    @property
    def kind_weights(self) -> Array:
        """Prior probability of each of the ``kinds``."""
        return np.array(self.seasonality_weights or (1.0,))

    def covariance(self) -> Array:
        r"""Covariance of a flow's own month effects about the mean, shape (12, 12).

        .. math:: P \operatorname{diag}(s^2) P, \qquad P = I - \tfrac1{12} 1 1'.
        """
        centre = np.eye(MONTHS) - 1.0 / MONTHS
        covariance: Array = centre @ np.diag(np.square(self.spread)) @ centre
        return covariance

    @classmethod
    def shipped(cls) -> Self:
        """Load the prior that ships with the library (how it was learned: ``docs/prior.md``)."""
        months = _rows("month_pattern.csv", ("month", "effect", "spread", "noise"))
        coupling = _rows("flow_coupling.csv", ("flow_correlation", "flow_log_ratio_sd"))
        _, effects, spread, noise = zip(*months, strict=True)
        correlation, ratio = coupling[0]
        centred = tuple(effect - fsum(effects) / len(effects) for effect in effects)
        columns = ("weight", "noise", "effect_scale", "pattern_share")
        weights, *kinds = zip(*_rows("seasonalities.csv", columns), strict=True)
        return cls(
            effects=centred,
            spread=spread,
            noise=noise[0],
            flow_correlation=correlation,
            flow_log_ratio_sd=ratio,
            seasonalities=tuple(Seasonality(*kind) for kind in zip(*kinds, strict=True)),
            seasonality_weights=tuple(weight / fsum(weights) for weight in weights),
        )


def _rows(name: str, columns: tuple[str, ...]) -> list[tuple[float, ...]]:
    return [tuple(float(row[column]) for column in columns) for row in shipped_rows(name)]


@dataclass(frozen=True, slots=True)
class Reporting:
    """How reporters differ; all are standard deviations in logs.

    Attributes
    ----------
    reporter_spread
        ``beta``: the lasting difference between reporters, per flow.
    reporter_year_spread
        ``epsilon``: what changes from year to year.
    noise
        What remains of each printed figure beside its rounding (preliminary releases, revisions).
        An exact figure has none.

    Raises
    ------
    InputError
        If one of them is negative, or no number.

    Examples
    --------
    >>> import tradetrack as tt
    >>> agree = tt.GrowthMixture(reporting=Reporting(reporter_spread=0.0))
    """

    reporter_spread: float = 0.08
    reporter_year_spread: float = 0.09
    noise: float = 0.0075

    def __post_init__(self) -> None:
        for name in ("reporter_spread", "reporter_year_spread", "noise"):
            value = getattr(self, name)
            if not (is_number(value) and value >= 0):
                raise InputError(
                    f"Reporting.{name} is {shown(value)}; write a number of at least 0"
                )
