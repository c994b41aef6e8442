"""What the first-passage benchmarks share: the harness, the forecaster and the printed rows."""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import peers

from tradetrack._typing import Array
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import Regimes

DRAWS = 1024  # paths a regime
POOLED = 3000  # paths of a series that its pooled quantiles are read from


def load_bench(folder: Path) -> ModuleType:
    """Import ``attain_bench.py`` from its folder."""
    spec = importlib.util.spec_from_file_location("attain_bench", folder / "attain_bench.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no attain_bench.py in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Annual:
    """The growth mixture of yearly totals as a forecaster; factors are kept for each length."""

    def __init__(self, regimes: Regimes, month_noise: float, memory: int, levels: Array) -> None:
        self._regimes, self._noise = regimes, month_noise
        self._memory, self._levels = memory, levels
        self._mixtures: dict[int, AnnualMixture] = {}

    def __call__(
        self,
        history: Array,
        season: int,
        goals: Array,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> tuple[Array, Array]:
        """Forecast as `attain_bench` asks."""
        history = history[-self._memory :]
        length = len(history)
        if length not in self._mixtures:
            years = range(length)
            self._mixtures[length] = AnnualMixture.over(self._regimes, years, horizon, self._noise)
        mixture = self._mixtures[length]
        logs = np.log(history)[None]
        reached = mixture.attainment(logs, np.log(goals)[None], rng, DRAWS)[0]
        return reached, np.exp(mixture.quantiles(logs, self._levels)[0])


class Walk:
    """A random walk without drift on the logs of all values given, as a forecaster."""

    def __init__(self, bench: ModuleType) -> None:
        self._bench = bench

    def __call__(
        self,
        history: Array,
        season: int,
        goals: Array,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> tuple[Array, Array]:
        """Forecast as `attain_bench` asks."""
        paths = np.exp(peers.random_walk(np.log(history), horizon, n_paths, rng))
        reached, quantiles = self._bench.from_paths(paths, goals)
        return reached, quantiles


def walk_row(bench: Any, split: str, names: Sequence[str], limit: int | None = None) -> str:
    """Score the walk on a split, as a row."""
    scores = bench.evaluate(Walk(bench), split, limit=limit).scores
    return row("random walk, no drift", tuple(float(scores[name]) for name in names))


def pooled(
    given: Sequence[tuple[AnnualMixture, Array]],
    log_goals: Array,
    levels: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Average the forecasts of the same series by several mixtures.

    Parameters
    ----------
    given
        Mixtures, each with the log histories that it is given, shape (series, n).
    log_goals
        Shape (series, goals).
    levels
        Levels of the quantiles.
    rng
        Source of the paths.

    Returns
    -------
    tuple of Array
        Probabilities (series, goals, horizon) and quantiles of the levels (series, levels,
        horizon), the latter from paths that the mixtures share equally.
    """
    reached = [mixture.attainment(logs, log_goals, rng) for mixture, logs in given]
    share = POOLED // len(given)
    paths = np.concatenate([drawn(each, logs, share, rng) for each, logs in given], axis=1)
    quantiles = np.quantile(paths, levels, axis=1).transpose(1, 0, 2)
    return np.mean(reached, axis=0), np.exp(quantiles)


def drawn(mixture: AnnualMixture, logs: Array, count: int, rng: np.random.Generator) -> Array:
    """Draw log totals ahead, shape (series, count, horizon), regimes by posterior weight."""
    weights, means = mixture.regime_weights(logs), mixture.predictive_mean(logs)
    steps = np.cumsum(weights, axis=1)
    steps /= steps[:, -1:]
    uniform = rng.random((len(weights), count))
    regime = (uniform[:, :, None] >= steps[:, None, :]).sum(axis=2)
    noise = rng.standard_normal((len(weights), count, mixture.horizon))
    deviation = np.einsum("schk,sck->sch", mixture.predictive_factor[regime], noise)
    paths: Array = np.take_along_axis(means, regime[:, :, None], axis=1) + deviation
    return paths


def row(name: str, numbers: tuple[float | None, ...]) -> str:
    """Format one forecaster's scores."""
    cells = ("  –  " if number is None else f"{number:.4f}" for number in numbers)
    return f"  {name:26s}" + "".join(f"{cell:>9s}" for cell in cells)
