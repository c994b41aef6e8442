r"""The innovations form: what every linear method for yearly series comes to.

With :math:`e_t` the error of the forecast of year :math:`t` one year ahead,

.. math:: y_t = d_t + Z a_t + e_t, \qquad a_{t+1} = T a_t + c + K_t e_t, \qquad
          e_t \sim N(0, F_t) \text{ independent}.

Exponential smoothing is written so; a state space model gets there by the Kalman filter, whose
gains and variances do not depend on the data (Hyndman, Koehler, Ord and Snyder, 2008, chapters 3
and 13; Durbin and Koopman, 2012, section 4.3). The past is filtered and the future simulated by
the same two lines, for many series and many draws of the parameters at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tradetrack._typing import Array, Index


@dataclass(frozen=True, slots=True, eq=False)
class Innovations:
    """The form under several draws of the parameters; the arrays are stacked by draw.

    Attributes
    ----------
    transition, design, constant, start
        ``T`` ``[draw, state, state]``; ``Z``, ``c`` and the first ``a``, ``[draw, state]``.
    offset, variances
        ``d`` and ``F``, ``[draw, year]``.
    gains
        ``K``, ``[draw, year, state]``.
    """

    transition: Array
    design: Array
    constant: Array
    start: Array
    offset: Array
    variances: Array
    gains: Array

    @classmethod
    def stack(cls, forms: Sequence["Innovations"]) -> Self:
        """Put the draws of several forms one after the other."""
        return cls(*(np.concatenate([getattr(f, n) for f in forms]) for n in cls.__slots__))

    def take(self, draws: Index) -> Self:
        """Pick a draw for each series."""
        return type(self)(*(getattr(self, name)[draws] for name in self.__slots__))

    @property
    def n_years(self) -> int:
        """Number of years that the form covers, past and future."""
        return int(self.offset.shape[1])

    def expect(self, state: Array, year: int) -> Array:
        """Mean of a year given the state: ``d + Z a``."""
        mean: Array = self.offset[:, year] + np.einsum("ns,ns->n", self.design, state)
        return mean

    def step(self, state: Array, error: Array, year: int) -> Array:
        """State of the next year: ``T a + c + K e``."""
        moved = np.einsum("nij,nj->ni", self.transition, state) + self.constant
        after: Array = moved + self.gains[:, year] * error[:, None]
        return after

    def filter(self, log_totals: Array) -> tuple[Array, Array]:
        """Errors of the forecasts one year ahead, ``[series, year]``, and the state after them.

        Parameters
        ----------
        log_totals
            One series a draw, ``[series, year]``; the first years that the form covers.
        """
        state, errors = self.start, np.empty_like(log_totals)
        for year in range(log_totals.shape[1]):
            errors[:, year] = log_totals[:, year] - self.expect(state, year)
            state = self.step(state, errors[:, year], year)
        return errors, state

    def nowcast(
        self, state: Array, year: int, seen: Array, variance: float, rng: np.random.Generator
    ) -> Array:
        r"""Draw a year that is seen with an error.

        .. math:: y = (1 - g) x + g o, \qquad x \sim N(d + Z a, F), \qquad g = \frac{F}{F + s^2}

        is a draw given ``a`` and the observation, if :math:`o` is the observation plus a draw of
        its error, which has the variance :math:`s^2` (Matheron's rule).

        Parameters
        ----------
        state, year
            The state of the year.
        seen
            ``o``, one for each series.
        variance
            ``s`` squared.
        """
        v = self.variances[:, year]
        own = self.expect(state, year) + np.sqrt(v) * rng.standard_normal(len(v))
        gain = v / np.maximum(v + variance, np.finfo(float).tiny)
        total: Array = (1.0 - gain) * own + gain * seen
        return total

    def simulate(self, state: Array, first: int, rng: np.random.Generator) -> Array:
        """Draw the years from ``first`` on, ``[series, year]``, given the state of that year."""
        noise = rng.standard_normal((len(state), self.n_years - first))
        paths = np.empty_like(noise)
        for k, year in enumerate(range(first, self.n_years)):
            error = np.sqrt(self.variances[:, year]) * noise[:, k]
            paths[:, k] = self.expect(state, year) + error
            state = self.step(state, error, year)
        return paths
