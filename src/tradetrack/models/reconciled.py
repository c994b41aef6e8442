"""Standard methods for yearly series on a ledger: monthly paths around their yearly totals.

The growth mixture reconciles the ledger; its paths are the history, with their uncertainty. The
turnover of complete calendar years is the series (its median over paths is what a method is fitted
to); each path is then filtered by itself and continued under one of the draws of the parameters.

The year that is partly observed enters through its months: the path's own total, which the
mixture completed, is an observation of the year, whose error is that of the share of its observed
months; `Innovations.nowcast` draws the total given history and those months.

A year's total is spread over months and flows as the mixture's path spreads its own. In the current
year the observed months stay and the others carry the rest; if the observed months alone exceed the
total, which hardly ever happens, the path keeps the mixture's total of that year.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from tradetrack._checks import check_kind, check_whole
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.window import last_complete_year
from tradetrack.errors import FitError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models import classical
from tradetrack.models.classical import ParameterDraws, YearlyFit, fit_walk
from tradetrack.models.mixture import FittedMixture, GrowthMixture
from tradetrack.models.paths import LogPaths

N_DRAWS = 100
_HISTORIES = 200  # of which the median is what a method is fitted to
_SEED = 0
_FARTHEST = 40.0  # e^40 times the last total is as good as any more, and single precision ends


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FittedStandard:
    """A standard method that has seen a ledger.

    Attributes
    ----------
    name
        The method's name.
    mixture
        The growth mixture that reconciled the ledger.
    yearly
        The method fitted to the yearly series, of which the last value is taken as 0.
    years
        The complete calendar years that the series has.
    log_totals
        The series: natural logs of the years' turnover, or of the only flow.
    n_draws
        Number of parameter vectors that paths are allocated to.
    """

    name: str
    mixture: FittedMixture
    yearly: YearlyFit
    years: range
    log_totals: tuple[float, ...]
    n_draws: int = N_DRAWS

    def __repr__(self) -> str:
        return f"<FittedStandard: {self.name}, {len(self.years)} years to {self.years.stop - 1}>"

    @one_blas_thread
    def one_step(self) -> tuple[Array, Array]:
        """Errors of the forecasts one year ahead at the estimate, and their standard deviations.

        The first years are left out, in which the method did not yet know its state.
        """
        form = self.yearly.form(self.yearly.estimate[None], len(self.years))
        series = np.array(self.log_totals) - self.log_totals[-1]
        errors, _ = form.filter(series[None])
        known = slice(self.yearly.burn_in, None)
        return errors[0, known], np.sqrt(form.variances[0, known])

    @one_blas_thread
    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        """Draw paths to December of the year ``last_year``; see `paths.Fitted.draw`.

        Raises
        ------
        InputError, ImpossibleFigureError
            As the growth mixture does.
        """
        drawn = self.mixture.draw(last_year, n_paths, rng, reporters)
        n_ahead = last_year + 1 - self.years.stop
        if not n_ahead:
            return drawn
        found = self.yearly.draw(self.n_draws, rng)
        parameters = found.values
        drawn, allocated = _allocate(drawn, len(parameters))
        form = self.yearly.form(parameters, len(self.years) + n_ahead).take(allocated)
        observed, total = _totals(drawn, self.years.stop)
        known, completed = np.log(total[:, : len(self.years)]), total[:, len(self.years)]
        level = self.log_totals[-1]
        _, state = form.filter(known - level)
        ahead = np.empty((n_paths, n_ahead))
        done = 0
        if observed.any():
            log_share = np.log(observed / completed)
            own = np.log(completed) - level
            now = form.nowcast(state, len(self.years), own, float(log_share.var()), rng)
            now = np.where(np.exp(now + level) > observed, now, own)
            state = form.step(state, now - form.expect(state, len(self.years)), len(self.years))
            ahead[:, 0], done = now, 1
        ahead[:, done:] = form.simulate(state, len(self.years) + done, rng)
        ahead = np.clip(ahead, -_FARTHEST, _FARTHEST)
        drawn = replace(drawn, assumptions=(*drawn.assumptions, *self._unsettled(found)))
        return _spread(drawn, total, observed, ahead + level, self.years.stop)

    def _unsettled(self, found: ParameterDraws) -> tuple[str, ...]:
        """Say so, if the draws of the parameters did not settle."""
        if found.settled:
            return ()
        times = found.n_rounds / found.autocorrelation_time
        return (
            f"the parameters of {self.name} are drawn well enough after {found.n_rounds} rounds,"
            f" which are only {times:.1f} autocorrelation times",
        )


def fit_yearly(
    name: str,
    method: Callable[[Array], YearlyFit],
    mixture: GrowthMixture,
    ledger: Ledger,
    n_draws: int = N_DRAWS,
) -> FittedStandard:
    """Reconcile a ledger, and fit a method to its complete calendar years.

    Parameters
    ----------
    name
        The method's name, for errors.
    method
        Fits log totals of unbroken years, shape (n,).
    mixture
        What reconciles the ledger.
    ledger
        The figures of one pair.
    n_draws
        Number of parameter vectors that paths are allocated to.

    Raises
    ------
    InputError
        If ``n_draws`` is below 1, or for the reasons of `GrowthMixture.fit`.
    FitError
        If there are too few complete years, or the fit fails.
    """
    check_kind("mixture", mixture, GrowthMixture, "pass GrowthMixture(...)")
    check_whole("n_draws", n_draws, 1)
    fitted = mixture.fit(ledger)
    first = fitted.compiler.first_month
    last_observed = first + fitted.prior.n_months - 1
    years = range(first // MONTHS, last_complete_year(last_observed) + 1)
    drawn = fitted.draw(last_observed // MONTHS, _HISTORIES, np.random.default_rng(_SEED))
    _, total = _totals(drawn, years.stop)
    series = np.median(np.log(total[:, : len(years)]), axis=0)
    try:
        yearly = method(series - series[-1] if len(years) else series)
    except FitError as error:
        span = f", {years.start} to {years.stop - 1}" if years else ""
        raise FitError(
            f"{name}: {str(error).removeprefix(f'{name}: ')}; the ledger covers {len(years)}"
            f" complete calendar years{span}. Add annual figures of earlier years, or use"
            " GrowthMixture or RandomWalkModel, which need fewer"
        ) from error
    return FittedStandard(name, fitted, yearly, years, tuple(map(float, series)), n_draws)


def _allocate(drawn: LogPaths, n_draws: int) -> tuple[LogPaths, Index]:
    """Allocate histories to parameter vectors, and put paths of one vector side by side.

    They share the parameters, so they are not independent of each other.
    """
    if n_draws == 1:
        return drawn, np.zeros(drawn.n_paths, np.intp)
    vector = drawn.clusters % n_draws
    order = np.argsort(vector, kind="stable")
    vector = vector[order]
    starts = np.flatnonzero(np.diff(vector, prepend=-1))
    return replace(drawn.take(order), cluster_starts=starts), vector


def _totals(drawn: LogPaths, current: int) -> tuple[Array, Array]:
    """Sum of the observed months of the current year, ``[path]``, and all totals, ``[path, year]``.

    Of the flows together. The observed part is 0 if the year has not begun.
    """
    monthly = np.exp(drawn.log_paths).sum(axis=0)
    by_year = monthly.reshape(len(drawn.years), MONTHS, -1).sum(axis=1, dtype=float)
    first = current * MONTHS - drawn.first_month
    return monthly[first : drawn.n_observed].sum(axis=0, dtype=float), by_year.T


def _spread(
    drawn: LogPaths, total: Array, observed: Array, log_totals: Array, current: int
) -> LogPaths:
    """Move the months ahead so that the years have the totals given, ``[path, year]``."""
    paths = drawn.log_paths.copy()
    start = current * MONTHS - drawn.first_month
    done = current - drawn.years.start
    wanted, own = np.exp(log_totals), total[:, done:].copy()
    wanted[:, 0] -= observed
    own[:, 0] -= observed
    factor = (np.log(wanted) - np.log(own)).T.repeat(MONTHS, axis=0).astype(np.float32)
    paths[:, drawn.n_observed :] += factor[drawn.n_observed - start :]
    return replace(drawn, log_paths=paths)


@dataclass(frozen=True, slots=True)
class EtsModel:
    """Exponential smoothing with a damped additive trend on the logs of yearly totals.

    Attributes
    ----------
    mixture
        What reconciles the ledger, completes the current year and spreads totals over months.
    n_draws
        Number of parameter vectors that paths are allocated to.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), model=tt.models.EtsModel(), n_paths=200)
    >>> 0 < tracking.attainments[0].deadline_probability < 1
    True
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    @one_blas_thread
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
    >>> tt.models.ArimaModel().fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    @one_blas_thread
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
    >>> tt.models.UnobservedComponentsModel().fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    @one_blas_thread
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
    >>> tt.models.ThetaModel().fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    mixture: GrowthMixture = field(default_factory=GrowthMixture)

    @one_blas_thread
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
    >>> tt.models.RandomWalkModel(drift=True).fit(tt.datasets.kazakhstan_uzbekistan()).years
    range(1994, 2025)
    """

    drift: bool = False
    mixture: GrowthMixture = field(default_factory=GrowthMixture)
    n_draws: int = N_DRAWS

    @one_blas_thread
    def fit(self, ledger: Ledger) -> FittedStandard:
        """Fit to the figures that count in a ledger of one pair; see `fit_yearly`."""
        method = partial(fit_walk, drift=self.drift)
        return fit_yearly("random walk", method, self.mixture, ledger, self.n_draws)
