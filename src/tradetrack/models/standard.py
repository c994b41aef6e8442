"""The field's standard methods as models; statsmodels fits them, the growth mixture reconciles."""

from dataclasses import dataclass, field
from functools import partial

from tradetrack.ledger.ledger import Ledger
from tradetrack.models import classical
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.reconciled import N_DRAWS, FittedStandard, fit_yearly
from tradetrack.models.yearly import fit_walk


@dataclass(frozen=True, slots=True)
class EtsModel:
    """Exponential smoothing with a damped additive trend on the logs of yearly totals.

    Attributes
    ----------
    mixture
        What reconciles the ledger, completes the current year and spreads totals over months.
    n_draws
        Number of parameter vectors that paths are dealt to.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), model=tt.EtsModel(), n_paths=200)
    >>> 0 < tracking.attainments[0].deadline_probability < 1
    True
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    def fit(self, ledger: Ledger) -> FittedStandard:
        """Fit to the figures that count in a ledger of one pair; see `fit_yearly`."""
        return fit_yearly("ETS", classical.fit_ets, self.mixture, ledger, self.n_draws)


@dataclass(frozen=True, slots=True)
class ArimaModel:
    """ARIMA(p, 1, q) on the logs of yearly totals, p + q up to 2, of the lowest AICc.

    Attributes
    ----------
    mixture, n_draws
        As in `EtsModel`.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tt.ArimaModel().fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    def fit(self, ledger: Ledger) -> FittedStandard:
        """Fit to the figures that count in a ledger of one pair; see `fit_yearly`."""
        return fit_yearly("ARIMA", classical.fit_arima, self.mixture, ledger, self.n_draws)


@dataclass(frozen=True, slots=True)
class UnobservedComponentsModel:
    """A local linear trend, seen with an error, on the logs of yearly totals.

    Attributes
    ----------
    mixture, n_draws
        As in `EtsModel`.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tt.UnobservedComponentsModel().fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    def fit(self, ledger: Ledger) -> FittedStandard:
        """Fit to the figures that count in a ledger of one pair; see `fit_yearly`."""
        name = "unobserved components"
        return fit_yearly(name, classical.fit_components, self.mixture, ledger, self.n_draws)


@dataclass(frozen=True, slots=True)
class ThetaModel:
    """The Theta method on the logs of yearly totals, its parameters held at their estimate.

    Attributes
    ----------
    mixture
        As in `EtsModel`.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tt.ThetaModel().fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)

    def fit(self, ledger: Ledger) -> FittedStandard:
        """Fit to the figures that count in a ledger of one pair; see `fit_yearly`."""
        return fit_yearly("Theta", classical.fit_theta, self.mixture, ledger)


@dataclass(frozen=True, slots=True)
class RandomWalkModel:
    """A random walk on the logs of yearly totals.

    Attributes
    ----------
    drift
        Whether the walk has the drift that the years had on average.
    mixture, n_draws
        As in `EtsModel`.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tt.RandomWalkModel(drift=True).fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    drift: bool = False
    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    def fit(self, ledger: Ledger) -> FittedStandard:
        """Fit to the figures that count in a ledger of one pair; see `fit_yearly`."""
        method = partial(fit_walk, drift=self.drift)
        return fit_yearly("random walk", method, self.mixture, ledger, self.n_draws)
