r"""The growth mixture on one regular monthly series: month effects and month noise in the regime.

The log of a month's value is the growth process plus a month effect and noise. A regime of months
is a growth regime with two numbers more, the spread ``s`` of the series' own month effects about
zero and the noise ``nu``. Effects are constant from year to year and sum to zero, so all there is
is the variogram at a lag of ``h`` months,

.. math:: V(h) = \sigma^2 [m V_B + g V_G + e V_N](h / 12)
          + 2 s^2 \, 1(12 \nmid h) + 2 \nu^2 \, 1(h \ne 0),

which does not depend on the calendar month: one set of factors serves all series of a length.
Given the covariance of the differences from the last month, the rest is what
:class:`~tradetrack.models.annual.AnnualMixture` does with years.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from tradetrack._files import read_numbers, write_numbers
from tradetrack._typing import MONTHS, Array
from tradetrack.errors import InputError
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.processes import brownian, integrated_ou, pinned_covariance, stationary_ou
from tradetrack.models.regimes import COLUMNS, Regimes

MONTH_COLUMNS = ("weight", *COLUMNS, "season_spread", "month_noise")


@dataclass(frozen=True, slots=True)
class MonthlyRegimes:
    """A table of growth regimes, each with the months of its series.

    Attributes
    ----------
    regimes
        Growth regimes with their weights.
    season_spread, month_noise
        For each regime, ``s`` and ``nu``: standard deviations in the log of a month.

    Examples
    --------
    >>> walk = Regimes.from_table(np.array([[0.2, 1, 0, 0, 0.5, 0.5, 0.04, 0.02]]), np.ones(1))
    >>> table = MonthlyRegimes(walk, (0.1,), (0.15,))
    >>> history = np.log([np.linspace(90.0, 110.0, 48)])
    >>> rng = np.random.default_rng(1)
    >>> table.over(48, horizon=18).attainment(history, np.log([[115.0, 150.0]]), rng).shape
    (1, 2, 18)
    """

    regimes: Regimes
    season_spread: tuple[float, ...]
    month_noise: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse numbers that describe no months."""
        for name in ("season_spread", "month_noise"):
            numbers = np.array(getattr(self, name))
            if numbers.shape != (len(self.regimes),):
                raise InputError(
                    f"one {name} per regime is needed, not {numbers.size}", topic="regimes"
                )
            if not np.isfinite(numbers).all() or np.any(numbers < 0):
                raise InputError(f"{name} must be finite and at least 0", topic="regimes")

    def over(self, months: int, horizon: int) -> AnnualMixture:
        """Factor the regimes over ``months`` consecutive months and ``horizon`` more.

        The steps of the mixture are months: histories have the shape (series, ``months``), step 1
        is the month after the last one.
        """
        if months < 1 or horizon < 1:
            raise InputError(f"need a month or more seen and ahead, not {months} and {horizon}")
        since = np.concatenate([np.arange(1 - months, 0), np.arange(1, horizon + 1)])
        factor = np.linalg.cholesky(self.covariance(since)).astype(float)
        whitener = np.linalg.solve(factor, np.eye(since.size)[None]).astype(float)
        mean = self.regimes.drift[:, None] * (since / MONTHS)
        return AnnualMixture(self.regimes.log_weights, mean, factor, whitener, months)

    def covariance(self, since: Array) -> Array:
        r"""Covariance of ``x(t) - x(0)`` for each regime, shape (regimes, months, months).

        .. math:: C(s, t) = \tfrac12 [V(s) + V(t) - V(s - t)] + \tau^2 s t / 144

        ``since`` holds whole months from the last one seen.
        """
        lag = np.abs(since[:, None] - since[None, :]).astype(int)
        variogram = self._variogram(int(max(lag.max(), np.abs(since).max())) + 1)
        from_origin = variogram[:, np.abs(since).astype(int)]
        covariance = pinned_covariance(from_origin, variogram[:, lag])
        spread = self.regimes.drift_spread[:, None, None]
        covariance += spread**2 * np.outer(since, since) / MONTHS**2
        return covariance

    def _variogram(self, count: int) -> Array:
        regimes = self.regimes
        phi = regimes.growth_persistence[:, None]
        rho = regimes.transitory_persistence[:, None]
        months = np.arange(count)
        years = months / MONTHS
        total: Array = regimes.sigma[:, None] ** 2 * (
            regimes.level_share[:, None] * brownian(years)
            + regimes.growth_share[:, None] * integrated_ou(phi)(years)
            + regimes.transitory_share[:, None] * stationary_ou(rho)(years)
        )
        total += 2.0 * np.outer(np.square(self.season_spread), months % MONTHS != 0)
        total += 2.0 * np.outer(np.square(self.month_noise), months != 0)
        return total

    def to_csv(self, path: str | Path) -> None:
        """Write one row per regime, exactly."""
        numbers = np.column_stack(
            [self.regimes.weights, self.regimes.table(), self.season_spread, self.month_noise]
        )
        write_numbers(path, MONTH_COLUMNS, numbers.tolist())

    @classmethod
    def from_csv(cls, path: str | Path) -> Self:
        """Read a file written by `to_csv`."""
        return cls._from_rows(read_numbers(path, MONTH_COLUMNS))

    @classmethod
    def _from_rows(cls, rows: list[list[float]]) -> Self:
        numbers = np.array(rows)
        regimes = Regimes.from_table(numbers[:, 1:9], numbers[:, 0])
        return cls(regimes, tuple(numbers[:, 9].tolist()), tuple(numbers[:, 10].tolist()))

    @classmethod
    def shipped(cls) -> Self:
        """Load the table beside this file (learned as ``docs/decisions/0010-monthly.md`` says)."""
        return cls.from_csv(Path(__file__).with_suffix(".csv"))
