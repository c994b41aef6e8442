"""Score the shipped prior on a first-passage benchmark of annual trade.

    python benchmarks/skill.py --bench FOLDER

The folder holds ``attain_bench.py`` and its data: annual bilateral exports cut at an origin, goals
at 1.1, 1.25, 1.5 and 2 times the last value, six years ahead. Lower is better, except the coverage
of the 80 % band. OWA is against Naive2. The numbers of the other forecasters were measured with the
same harness and are repeated here to stand beside.
"""

import argparse
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tradetrack.models.annual import AnnualMixture
from tradetrack.models.kernels import Array
from tradetrack.models.months import MonthPattern
from tradetrack.models.regimes import MEMORY, Regimes

DRAWS = 1024
SPLITS = ("trade:dev", "trade-last12:dev", "trade-last8:dev")
PEERS = {  # Brier, log score, calibration error, OWA, coverage; None: not recorded
    "trade:dev": {
        "base rates (in-sample)": (0.1934, 1.462, None, None, None),
        "random walk, logs": (0.1981, 1.479, 0.026, 1.001, 0.88),
        "AutoETS, logs": (0.2149, None, None, None, None),
        "random walk + drift": (0.2480, None, None, None, None),
        "five-year growth": (0.3655, None, None, None, None),
    },
    "trade-last12:dev": {
        "base rates (in-sample)": (0.1934, 1.462, None, None, None),
        "random walk, logs": (0.2068, 1.521, 0.035, 0.999, 0.80),
        "AutoETS, logs": (0.2218, None, None, None, None),
    },
    "trade-last8:dev": {
        "base rates (in-sample)": (0.1934, 1.462, None, None, None),
        "random walk, logs": (0.2128, 1.557, 0.054, 1.000, 0.78),
        "AutoETS, logs": (0.2167, None, None, None, None),
    },
}


def load_bench(folder: Path) -> ModuleType:
    """Import ``attain_bench.py`` from its folder."""
    spec = importlib.util.spec_from_file_location("attain_bench", folder / "attain_bench.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no attain_bench.py in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Shipped:
    """The shipped prior as a forecaster; factors are kept for each history length."""

    def __init__(self, levels: Array) -> None:
        self._levels = levels
        self._regimes, self._noise = Regimes.shipped(), MonthPattern.shipped().noise
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
        history = history[-MEMORY:]
        length = len(history)
        if length not in self._mixtures:
            years = range(length)
            self._mixtures[length] = AnnualMixture.over(self._regimes, years, horizon, self._noise)
        mixture = self._mixtures[length]
        logs = np.log(history)[None]
        reached = mixture.attainment(logs, np.log(goals)[None], rng, DRAWS)[0]
        return reached, np.exp(mixture.quantiles(logs, self._levels)[0])


def row(name: str, numbers: tuple[float | None, ...]) -> str:
    cells = ("  –  " if number is None else f"{number:.4f}" for number in numbers)
    return f"  {name:24s}" + "".join(f"{cell:>9s}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None, help="score only the first series")
    arguments = parser.parse_args()
    bench: Any = load_bench(arguments.bench)
    for split in SPLITS:
        scores = bench.evaluate(Shipped(bench.QLEVELS), split, limit=arguments.limit).scores
        print(
            f"{split}: {scores['n']} series, {1000 * scores['sec_median']:.1f} ms a series, ",
            end="",
        )
        print(f"standard error of Brier {scores['brier_se']:.4f}, bias {scores['bias']:+.4f}")
        print(f"  {'':24s}" + "".join(f"{c:>9s}" for c in ("Brier", "log", "ECE", "OWA", "cov80")))
        own = tuple(float(scores[k]) for k in ("brier", "logs", "ece", "owa", "cov80"))
        print(row("tradetrack, shipped prior", own))
        for name, numbers in PEERS[split].items():
            print(row(name, numbers))


if __name__ == "__main__":
    main()
