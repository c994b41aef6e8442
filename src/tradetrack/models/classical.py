r"""The field's standard methods for a yearly series, fitted by statsmodels.

Every ``fit_`` function takes the log totals of unbroken years, shape (n,), and returns a
`YearlyFit`: the maximum likelihood estimate, draws of the parameters given the series, and the
innovations form of a parameter vector. A model that cannot be fitted raises `FitError`; no other
model replaces it.

The draws are from the likelihood times a flat prior, within the bounds that the method has:
standard deviations, drifts and first states flat, smoothing parameters and partial autocorrelations
uniform. Why not the estimate alone, or a bootstrap: ``docs/decisions/0015-standard-models.md``.

Where no closed form draws them, `sample` does, by differential evolution (ter Braak, 2006): a
walker at :math:`x` is moved along the difference of two others,

.. math:: x' = x + \gamma (1 + 0.05 \, \epsilon) (w_1 - w_2), \qquad
          \gamma = 2.38 / \sqrt{2k}, \text{ or } 1 \text{ one time in ten},

which is accepted with probability :math:`\min(1, p(x') / p(x))`, ``k`` the number of coordinates.
Half of the walkers move at a time, by differences of the other half, so no scale is tuned. The
walkers go on for five integrated autocorrelation times,

.. math:: \tau = 1 + 2 \sum_{t=1}^{M} \rho(t), \qquad
          M \text{ the first lag of at least } 5 \tau(M),

of their slowest coordinate, :math:`\rho` being the autocorrelation from round to round, averaged
over walkers (Sokal, 1997). Draws that reached the limit of rounds before that are not `settled`.

References
----------
ter Braak (2006), A Markov chain Monte Carlo version of the genetic algorithm differential
evolution, Statistics and Computing 16.
Sokal (1997), Monte Carlo methods in statistical mechanics, in Functional Integration.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from tradetrack._typing import Array
from tradetrack.errors import FitError
from tradetrack.models.innovations import Innovations

LogDensity = Callable[[Array], float]

LEAST_YEARS = 8  # fewer cannot carry the four to six parameters of the fitted models
ORDERS = tuple((p, 1, q) for p in range(3) for q in range(3 - p))
_INSTEAD = "use GrowthMixture or RandomWalkModel instead"
_DAMPING = (0.8, 0.98)  # statsmodels' own bounds of the damping parameter
_FEWEST_WALKERS = 20
_ROUNDS, _MOST_ROUNDS = 40, 400  # before the autocorrelation is first looked at, and in all
_TIMES = 5.0  # autocorrelation times to go on for
_WINDOW = 5.0  # autocorrelation times to sum over


@dataclass(frozen=True, eq=False)
class ParameterDraws:
    """Draws of a method's parameters given the series.

    Attributes
    ----------
    values
        One vector per draw, ``[draw, k]``.
    n_rounds
        Rounds that the walkers went; 0 for independent draws.
    autocorrelation_time
        Of the slowest coordinate, in rounds.
    """

    values: Array
    n_rounds: int = 0
    autocorrelation_time: float = 0.0

    @property
    def settled(self) -> bool:
        """Whether the walkers went on for several autocorrelation times."""
        return self.n_rounds >= _TIMES * self.autocorrelation_time


class YearlyFit(Protocol):
    """A method that has seen one series of log totals.

    Attributes
    ----------
    estimate
        Its parameters, shape (k,).
    burn_in
        Number of first years whose forecast errors do not count: the state is not yet known.
    n_arma
        Number of autoregressive and moving average parameters.
    """

    @property
    def estimate(self) -> Array:
        """The parameters, shape (k,)."""
        ...

    @property
    def burn_in(self) -> int:
        """Number of first years whose errors do not count."""
        ...

    @property
    def n_arma(self) -> int:
        """Number of autoregressive and moving average parameters."""
        ...

    def draw(self, n: int, rng: np.random.Generator) -> ParameterDraws:
        """Draw parameters given the series."""
        ...

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """Write what each parameter vector ``[draw, k]`` means for the first ``n_years`` years."""
        ...


def sample(
    log_density: LogDensity, start: Array, spread: Array, n: int, rng: np.random.Generator
) -> ParameterDraws:
    """Draw ``n`` points by walkers: where they are after several autocorrelation times.

    Parameters
    ----------
    log_density
        Log of the density, up to a constant; minus infinity where there is none.
    start
        A point of positive density, shape (k,).
    spread
        How far apart the walkers are to start, about one standard deviation, shape (k,).
    n
        Number of draws.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = sample(lambda x: -0.5 * float(x @ x), np.zeros(1), np.ones(1), 400, rng).values
    >>> bool(abs(x.mean()) < 0.2), bool(abs(x.std() - 1.0) < 0.15)
    (True, True)
    """
    coarse = spread * np.round(start / spread, 1)  # an optimiser's last digits change no draw
    start = coarse if np.isfinite(log_density(coarse)) else start
    walkers = start + spread * rng.standard_normal((max(n, _FEWEST_WALKERS), len(start)))
    logs = np.array([log_density(x) for x in walkers])
    while not np.isfinite(logs).all():  # draw nearer, down to the point that is known to be good
        lost = ~np.isfinite(logs)
        walkers[lost] = 0.5 * (walkers[lost] + start)
        logs[lost] = [log_density(x) for x in walkers[lost]]
    chain: list[Array] = []
    time = np.inf
    while len(chain) < _MOST_ROUNDS and len(chain) < _TIMES * time:
        for _ in range(_ROUNDS):
            for first in (0, 1):
                _move(log_density, walkers, logs, first, rng)
            chain.append(walkers.copy())
        time = autocorrelation_time(np.array(chain))
    return ParameterDraws(walkers[:n], len(chain), time)


def _move(
    log_density: LogDensity, walkers: Array, logs: Array, first: int, rng: np.random.Generator
) -> None:
    """Move every other walker, from the first or the second on, by a difference of the others."""
    half = slice(first, None, 2)
    here, there = walkers[half], walkers[1 - first :: 2]
    m, k = here.shape
    one = rng.integers(len(there), size=m)
    two = (one + 1 + rng.integers(len(there) - 1, size=m)) % len(there)
    scale = np.where(rng.random(m) < 0.1, 1.0, 2.38 / np.sqrt(2 * k))
    scale *= 1.0 + 0.05 * rng.standard_normal(m)
    proposed = here + scale[:, None] * (there[one] - there[two])
    density = np.array([log_density(x) for x in proposed])
    accepted = np.log(rng.random(m)) < density - logs[half]
    walkers[half] = np.where(accepted[:, None], proposed, here)
    logs[half] = np.where(accepted, density, logs[half])


def autocorrelation_time(chain: Array) -> float:
    """Integrated autocorrelation time of the slowest coordinate, in rounds.

    Parameters
    ----------
    chain
        ``[round, walker, coordinate]``.

    Examples
    --------
    >>> chain = np.random.default_rng(0).standard_normal((400, 50, 1))  # independent rounds
    >>> round(autocorrelation_time(chain), 1)
    1.0
    """
    n = len(chain)
    off = chain - chain.mean(axis=(0, 1))
    waves = np.fft.rfft(off, n=2 * n, axis=0)
    covariance = np.fft.irfft(waves * waves.conj(), n=2 * n, axis=0)[:n].mean(axis=1)
    times = 2.0 * np.cumsum(covariance / covariance[0], axis=0) - 1.0
    wide = np.arange(n)[:, None] >= _WINDOW * times
    last = np.where(wide.any(axis=0), wide.argmax(axis=0), n - 1)
    return float(times[last, np.arange(times.shape[1])].max())


def checked(log_totals: Array, least: int) -> Array:
    """Refuse a series that is too short or not finite."""
    series = np.asarray(log_totals, dtype=float)
    if series.ndim != 1 or series.size < least or not np.isfinite(series).all():
        raise FitError(f"needs {least} or more finite log totals, one a year")
    return series


@contextmanager
def fit_errors(name: str) -> Iterator[None]:
    """Name the model in an error; convergence is checked from the fit, not from warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ValueError, np.linalg.LinAlgError, FloatingPointError) as error:
        raise FitError(f"{name}: {error}") from error


@dataclass(frozen=True, eq=False)
class WalkFit:
    r"""A random walk, with its drift or without: ``y_t = y_{t-1} + b + e``.

    With ``m`` changes and no drift, :math:`\sigma^2 \sim \sum d^2 / \chi^2_m`; with drift,
    :math:`\sigma^2 \sim \sum (d - \bar d)^2 / \chi^2_{m-1}` and
    :math:`b \sim N(\bar d, \sigma^2 / m)`.
    """

    changes: Array
    drift: bool
    burn_in: int = 1
    n_arma: int = 0

    @property
    def estimate(self) -> Array:
        """Drift and variance of a step."""
        drift = float(self.changes.mean()) if self.drift else 0.0
        freedom = self.changes.size - self.drift
        return np.array([drift, float(np.sum((self.changes - drift) ** 2)) / freedom])

    def draw(self, n: int, rng: np.random.Generator) -> ParameterDraws:
        """Draw drift and variance."""
        drift, variance = self.estimate
        m = self.changes.size
        variances = variance * (m - self.drift) / rng.chisquare(m - self.drift, n)
        drifts = drift + self.drift * np.sqrt(variances / m) * rng.standard_normal(n)
        return ParameterDraws(np.column_stack([drifts, variances]))

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """See `YearlyFit`."""
        drift, variance = parameters.T
        return smoothing(np.ones(len(parameters)), drift, np.zeros_like(drift), variance, n_years)


def fit_walk(log_totals: Array, *, drift: bool) -> WalkFit:
    """Fit a random walk."""
    return WalkFit(np.diff(checked(log_totals, 3)), drift)


def smoothing(
    alpha: Array, drift: Array, level: Array, variance: Array, n_years: int
) -> Innovations:
    """Simple exponential smoothing with drift; a random walk, if alpha is 1."""
    n = len(alpha)
    return Innovations(
        transition=np.ones((n, 1, 1)),
        design=np.ones((n, 1)),
        constant=drift[:, None],
        start=level[:, None],
        offset=np.zeros((n, n_years)),
        variances=variance[:, None].repeat(n_years, axis=1),
        gains=alpha[:, None, None].repeat(n_years, axis=1),
    )


@dataclass(frozen=True, eq=False)
class EtsFit:
    """Exponential smoothing with a damped additive trend and additive errors.

    With ``l``, ``b`` the level and the trend after a year: ``y = l + phi b + e``,
    ``l' = l + phi b + alpha e``, ``b' = phi b + beta e``. The parameters are alpha, beta, phi, the
    first level and trend, and the variance of ``e``.
    """

    model: Any
    result: Any
    burn_in: int = 0
    n_arma: int = 0

    @property
    def estimate(self) -> Array:
        """At the maximum of the likelihood."""
        return np.append(self.result.params, self.result.scale)

    def draw(self, n: int, rng: np.random.Generator) -> ParameterDraws:
        """Draw the parameters; beta is uniform between 0 and alpha."""
        n_years = self.model.endog.size

        def log_density(x: Array) -> float:
            inside = 0.0 < x[0] < 1.0 and 0.0 < x[1] < 1.0 and _DAMPING[0] < x[2] < _DAMPING[1]
            # The likelihood at its best variance is SSE^(-n/2); over all of them, SSE^(-(n-1)/2).
            return self._log_likelihood(x) * (n_years - 1) / n_years if inside else -np.inf

        alpha, beta, phi, level, trend = self.result.params
        at = np.array([alpha, beta / alpha, phi])
        low, high = np.array([[0.0, 1.0], [0.0, 1.0], _DAMPING]).T
        at = np.clip(at, 0.7 * low + 0.3 * high, 0.3 * low + 0.7 * high)
        step = np.sqrt(self.result.scale)
        spread = np.array([*(high - low) / 3.0, step, step])
        walked = sample(log_density, np.append(at, [level, trend]), spread, n, rng)
        x = walked.values
        drawn = np.column_stack([x[:, 0], x[:, 0] * x[:, 1], x[:, 2:]])
        form = self.form(np.column_stack([drawn, np.ones(n)]), n_years)
        errors, _ = form.filter(np.broadcast_to(self.model.endog, (n, n_years)))
        squares = np.sum(errors**2, axis=1)
        variances = squares / rng.chisquare(n_years - 1, n)
        return replace(walked, values=np.column_stack([drawn, variances]))

    def _log_likelihood(self, x: Array) -> float:
        return float(self.model.loglike(np.array([x[0], x[0] * x[1], *x[2:]])))

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """See `YearlyFit`; the state is the level and the trend before the year."""
        alpha, beta, phi, level, trend, variance = parameters.T
        one, none = np.ones_like(phi), np.zeros_like(phi)
        return Innovations(
            transition=np.array([[one, phi], [none, phi]]).transpose(2, 0, 1),
            design=np.column_stack([one, phi]),
            constant=np.zeros((len(phi), 2)),
            start=np.column_stack([level, trend]),
            offset=np.zeros((len(phi), n_years)),
            variances=variance[:, None].repeat(n_years, axis=1),
            gains=np.column_stack([alpha, beta])[:, None].repeat(n_years, axis=1),
        )


def fit_ets(log_totals: Array) -> EtsFit:
    """Fit exponential smoothing with a damped trend."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = checked(log_totals, LEAST_YEARS)
    with fit_errors("ETS"):
        model = ETSModel(series, error="add", trend="add", damped_trend=True)
        return EtsFit(model, model.fit(disp=False, maxiter=2000))


@dataclass(frozen=True, eq=False)
class StateSpaceFit:
    """A fitted state space model of statsmodels: ARIMA or unobserved components."""

    model: Any
    result: Any

    @property
    def estimate(self) -> Array:
        """At the maximum of the likelihood."""
        return np.asarray(self.result.params, dtype=float)

    @property
    def burn_in(self) -> int:
        """Years that the diffuse first state takes up."""
        return int(self.result.filter_results.loglikelihood_burn)

    @property
    def n_arma(self) -> int:
        """Number of autoregressive and moving average parameters."""
        return sum(self._arma)

    @property
    def _arma(self) -> list[bool]:
        return [".L" in name for name in self.model.param_names]

    def draw(self, n: int, rng: np.random.Generator) -> ParameterDraws:
        """Draw the parameters, in the coordinates in which statsmodels has no bounds.

        There a standard deviation stands for a variance, and ``x / sqrt(1 + x^2)`` is a partial
        autocorrelation, which is uniform if ``x`` has density ``(1 + x^2)^(-3/2)``.
        """
        arma = self._arma
        start = np.asarray(self.model.untransform_params(self.estimate), dtype=float)
        start[arma] = np.clip(start[arma], -3.0, 3.0)  # a root at the unit circle is at infinity
        size = float(np.sqrt(np.nanvar(np.diff(self.model.endog[:, 0]))))
        spread = np.where(arma, 0.3, 0.3 * size)

        def log_density(x: Array) -> float:
            density = self.model.loglike(x, transformed=False) - 1.5 * np.log1p(x[arma] ** 2).sum()
            return float(density) if np.isfinite(density) else -np.inf

        with fit_errors(f"drawing the parameters; {_INSTEAD}"):
            walked = sample(log_density, start, spread, n, rng)
            values = np.array([self.model.transform_params(each) for each in walked.values])
        return replace(walked, values=values)

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """See `YearlyFit`; gains and variances are those of statsmodels' Kalman filter."""
        model = self.model.clone(np.zeros(n_years))  # they do not depend on the data
        with fit_errors(f"Kalman filter; {_INSTEAD}"):
            return Innovations.stack([_kalman(model.filter(each), n_years) for each in parameters])


def _kalman(result: Any, n_years: int) -> Innovations:
    system, seen = result.model.ssm, result.filter_results
    constant = np.broadcast_to(system["state_intercept"].T, (1, seen.k_states))
    return Innovations(
        transition=system["transition"][None].copy(),
        design=system["design"].reshape(1, -1).copy(),
        constant=constant.copy(),
        start=seen.predicted_state[None, :, 0].copy(),
        offset=np.broadcast_to(system["obs_intercept"], (1, n_years)).copy(),
        variances=seen.forecasts_error_cov[0, 0][None].copy(),
        gains=seen.kalman_gain[:, 0].T[None].copy(),
    )


def fit_arima(log_totals: Array) -> StateSpaceFit:
    """Fit ARIMA(p, 1, q), p + q up to 2, with or without drift: the lowest AICc that converged."""
    from statsmodels.tsa.arima.model import ARIMA

    series = checked(log_totals, LEAST_YEARS)
    best: StateSpaceFit | None = None
    for order in ORDERS:
        for trend in ("n", "t"):
            try:
                with fit_errors(f"ARIMA{order}"):
                    model = ARIMA(series, order=order, trend=trend)
                    fitted = model.fit()
                    usable = _converged(fitted) and np.isfinite(fitted.aicc)
            except FitError:
                continue  # some orders do not suit a short series; the others are tried
            if usable and (best is None or fitted.aicc < best.result.aicc):
                best = StateSpaceFit(model, fitted)
    if best is None:
        raise FitError(f"ARIMA: none of {2 * len(ORDERS)} orders could be fitted")
    return best


def fit_components(log_totals: Array) -> StateSpaceFit:
    """Fit a local linear trend: level and growth rate walk, and the total is seen with an error."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    series = checked(log_totals, LEAST_YEARS)
    with fit_errors("unobserved components"):
        model = UnobservedComponents(series, level="local linear trend")
        fitted = model.fit(disp=False, maxiter=1000)
        if not _converged(fitted):
            fitted = model.fit(disp=False, method="nm", maxiter=10_000)
    if not _converged(fitted):
        raise FitError("unobserved components: the likelihood found no maximum")
    return StateSpaceFit(model, fitted)


@dataclass(frozen=True, eq=False)
class ThetaFit:
    """The Theta method: simple exponential smoothing with half the trend's slope as its drift.

    It is ``y_t = l_{t-1} + b/2 + e``, ``l_t = l_{t-1} + b/2 + alpha e`` (Hyndman and Billah, 2003,
    Unmasking the Theta method). The parameters are alpha, the slope ``b``, the first level and the
    variance of ``e``. They are held, as in the published method.
    """

    estimate: Array
    burn_in: int = 1
    n_arma: int = 0

    def draw(self, n: int, rng: np.random.Generator) -> ParameterDraws:
        """Return the estimate alone: one draw, whatever the number requested."""
        return ParameterDraws(self.estimate[None])

    def form(self, parameters: Array, n_years: int) -> Innovations:
        """See `YearlyFit`."""
        alpha, slope, level, variance = parameters.T
        return smoothing(alpha, 0.5 * slope, level, variance, n_years)


def fit_theta(log_totals: Array) -> ThetaFit:
    """Fit the Theta method with two lines, theta 0 and 2, and no seasons."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    series = checked(log_totals, LEAST_YEARS)
    with fit_errors("Theta"):
        fitted = ThetaModel(series, period=1, deseasonalize=False).fit()
        alpha, slope = float(fitted.params["alpha"]), float(fitted.params["b0"])
    parameters = np.array([alpha, slope, series[0], 0.0])
    errors, _ = ThetaFit(parameters).form(parameters[None], series.size).filter(series[None])
    parameters[3] = np.sum(errors**2) / (series.size - 3)  # the first error is none
    return ThetaFit(parameters)


def _converged(fitted: Any) -> bool:
    return bool(fitted.mle_retvals.get("converged", False))
