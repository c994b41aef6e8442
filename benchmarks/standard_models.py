"""How often the bands of the standard models hold the truth, with parameters held or uncertain.

    python benchmarks/standard_models.py [--series 100]
    python benchmarks/standard_models.py --backtest

The second command replays ten origins of the shipped ledger with all of them, and pools them.

Series are simulated from each method's own process, so the methods are right and only their
parameters are unknown. Bands are of the years 1 and 5 ahead. "estimate": parameters at the maximum
of the likelihood. "bootstrap": refitted to series simulated from the estimate. "posterior": what
tradetrack does.
"""

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np

import tradetrack as tt
from tradetrack._typing import Array
from tradetrack.errors import FitError
from tradetrack.models.classical import (
    StateSpaceFit,
    YearlyFit,
    fit_arima,
    fit_components,
    fit_errors,
    fit_ets,
)
from tradetrack.models.innovations import Innovations
from tradetrack.models.paths import Model
from tradetrack.scoring.stacking import PoolScore

HORIZON, DRAWS, PATHS = 5, 40, 2000
LENGTHS = (12, 30)
Fit = Callable[[Array], YearlyFit]


def ets_process(n: int, rng: np.random.Generator) -> Array:
    """Simulate a damped trend: alpha 0.8, beta 0.2, phi 0.9, errors of 15 %."""
    level, trend, series = 0.0, 0.05, np.empty(n)
    for t, error in enumerate(0.15 * rng.standard_normal(n)):
        series[t] = level + 0.9 * trend + error
        level, trend = series[t] - 0.2 * error, 0.9 * trend + 0.2 * error
    return series


def arima_process(n: int, rng: np.random.Generator) -> Array:
    """Simulate growth of 5 % a year that is autocorrelated, 0.4, with errors of 20 %."""
    growth, series = 0.05, np.empty(n)
    for t, error in enumerate(0.2 * rng.standard_normal(n)):
        growth = 0.05 + 0.4 * (growth - 0.05) + error
        series[t] = growth
    return series.cumsum()


def components_process(n: int, rng: np.random.Generator) -> Array:
    """Simulate a local linear trend: steps of 10 % in the level, 5 % in the trend, noise 5 %."""
    trend = 0.05 + 0.05 * rng.standard_normal(n).cumsum()
    level = np.cumsum(trend + 0.1 * rng.standard_normal(n))
    noisy: Array = level + 0.05 * rng.standard_normal(n)
    return noisy


METHODS: dict[str, tuple[Fit, Callable[[int, np.random.Generator], Array]]] = {
    "ETS": (fit_ets, ets_process),
    "ARIMA": (fit_arima, arima_process),
    "unobserved components": (fit_components, components_process),
}


def ahead(form: Innovations, series: Array, rng: np.random.Generator) -> Array:
    """Simulate the years ahead, as many paths for each parameter vector."""
    chosen = form.take(np.arange(PATHS) % len(form.offset))
    _, state = chosen.filter(np.broadcast_to(series, (PATHS, len(series))))
    return chosen.simulate(state, len(series), rng)


def refitted(fit: Fit, fitted: YearlyFit, series: Array) -> YearlyFit:
    """Fit again, ARIMA of the order that was chosen."""
    if not isinstance(fitted, StateSpaceFit):
        return fit(series)
    with fit_errors("bootstrap"):
        model = fitted.model.clone(series)
        options = {"disp": False} if fit is fit_components else {}
        return StateSpaceFit(model, model.fit(**options))


def bootstrapped(fit: Fit, fitted: YearlyFit, series: Array, rng: np.random.Generator) -> Array:
    """Parameter vectors refitted to series simulated from the estimate, by their forms."""
    n = len(series)
    form = fitted.form(fitted.estimate[None], n).take(np.zeros(DRAWS, dtype=int))
    _, state = form.filter(np.broadcast_to(series[: fitted.burn_in], (DRAWS, fitted.burn_in)))
    new = form.simulate(state, fitted.burn_in, rng)
    known = np.broadcast_to(series[: fitted.burn_in], (DRAWS, fitted.burn_in))
    refits = [refitted(fit, fitted, each) for each in np.concatenate([known, new], axis=1)]
    forms = [refit.form(refit.estimate[None], n + HORIZON) for refit in refits]
    return ahead(Innovations.stack(forms), series, rng)


def bands(fit: Fit, series: Array, rng: np.random.Generator) -> Iterator[tuple[str, float, Array]]:
    """Name, seconds and paths of each way to treat the parameters."""
    n = len(series) + HORIZON
    fitted = fit(series)
    start = time.perf_counter()
    yield "estimate", 0.0, ahead(fitted.form(fitted.estimate[None], n), series, rng)
    start = time.perf_counter()
    paths = bootstrapped(fit, fitted, series, rng)
    yield "bootstrap", time.perf_counter() - start, paths
    start = time.perf_counter()
    paths = ahead(fitted.form(fitted.draw(DRAWS, rng).values, n), series, rng)
    yield "posterior", time.perf_counter() - start, paths


def replay() -> None:
    """Compare all standard models at ten origins of the shipped ledger, and pool them."""
    models: dict[str, Model] = {
        "growth mixture": tt.GrowthMixture(),
        "ETS": tt.models.EtsModel(),
        "ARIMA": tt.models.ArimaModel(),
        "unobserved components": tt.models.UnobservedComponentsModel(),
        "Theta": tt.models.ThetaModel(),
        "random walk": tt.models.RandomWalkModel(),
    }
    ledger = tt.datasets.kazakhstan_uzbekistan()
    goals = [tt.Goal(amount) for amount in (3, 4, 5)]
    origins = [f"{year}-12" for year in range(2014, 2024)]
    start, cpu = time.perf_counter(), time.process_time()
    print(tt.backtest(ledger, goals, origins, models=models))
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"{took:.0f} s, {cpu:.0f} s of them computing\n")
    scores: tuple[PoolScore, ...] = ("brier", "log")
    for score in scores:
        print(tt.scoring.fit_ensemble(ledger, goals, origins, models, score=score), end="\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--backtest", action="store_true", help="replay the shipped ledger")
    arguments = parser.parse_args()
    if arguments.backtest:
        replay()
        return
    n_series = arguments.series
    print("share of outcomes in the band; standard error about", end=" ")
    print(f"{np.sqrt(0.8 * 0.2 / n_series):.2f}; {n_series} series each\n")
    print(f"{'method':24s}{'years':>6s} {'parameters':12s}", end="")
    print("80 %, 1 yr  95 %, 1 yr  80 %, 5 yr  95 %, 5 yr  width, 5 yr   ms")
    for name, (fit, process) in METHODS.items():
        for length in LENGTHS:
            held: dict[str, list[list[float]]] = {}
            rng = np.random.default_rng(1)
            for _ in range(n_series):
                truth = process(length + HORIZON, rng)
                try:
                    for way, seconds, paths in bands(fit, truth[:length], rng):
                        low, least, most, high = np.quantile(
                            paths, (0.025, 0.1, 0.9, 0.975), axis=0
                        )
                        out = truth[length:]
                        inner, outer = (least <= out) & (out <= most), (low <= out) & (out <= high)
                        row = [
                            inner[0],
                            outer[0],
                            inner[4],
                            outer[4],
                            (most - least)[4],
                            1e3 * seconds,
                        ]
                        held.setdefault(way, []).append([float(value) for value in row])
                except FitError as error:
                    print(f"  {error}")
            for way, rows in held.items():
                *shares, width, ms = np.median(rows, axis=0)
                shares = np.mean(rows, axis=0)[:4]
                cells = "".join(f"{share:10.2f}  " for share in shares)
                print(f"{name:24s}{length:6d} {way:12s}{cells}{width:11.2f}{ms:7.0f}", flush=True)


if __name__ == "__main__":
    main()
