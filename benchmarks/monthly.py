"""Score the monthly regimes on monthly bilateral exports with goals eighteen months ahead.

    python benchmarks/monthly.py --bench FOLDER [--limit N]

Goals are the largest month of the last twelve times 1.02, 1.05, 1.1, 1.2 and 1.5. Lower is better,
except coverage. The walk is scored beside; the other peers were measured with the same harness.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from bench_io import load_bench, pooled, row, walk_row
from monthly_regimes import MonthlyRegimes

from tradetrack._typing import Array

SPLIT, SEED = "trademonthly:dev", 20261121
MEMORY = (24, 60)  # months given; chosen on the learning panel: docs/decisions/0010-monthly.md
SCORES = ("brier", "logs", "ece", "owa", "cov80", "cov95")
PEERS: dict[str, tuple[float | None, ...]] = {
    "base rates (in-sample)": (0.1816, 1.814, None, None, None, None),
    "AutoCES, logs, marginals": (0.1733, 1.988, 0.049, 0.984, 0.77, None),
    "dynamic theta, logs": (0.1814, None, None, 0.901, None, None),
    "AutoCES, logs": (0.1825, None, None, None, None, None),
    "AutoETS, logs": (0.1830, None, None, None, None, None),
    "damped ETS, logs": (0.1848, None, None, None, None, None),
}


class Monthly:
    """The monthly regimes as a forecaster; factors are kept for each length."""

    def __init__(self, table: MonthlyRegimes, memory: tuple[int, ...], levels: Array) -> None:
        self._table, self._memory, self._levels = table, memory, levels
        self._mixtures: dict[int, Any] = {}

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
        given = []
        for length in sorted({min(months, len(history)) for months in self._memory}):
            if length not in self._mixtures:
                self._mixtures[length] = self._table.over(length, horizon)
            given.append((self._mixtures[length], np.log(history[-length:])[None]))
        reached, quantiles = pooled(given, np.log(goals)[None], self._levels, rng)
        return reached[0], quantiles[0]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None, help="score only the first series")
    arguments = parser.parse_args()
    bench: Any = load_bench(arguments.bench)
    table = MonthlyRegimes.shipped()
    scores = bench.evaluate(
        Monthly(table, MEMORY, bench.QLEVELS), SPLIT, limit=arguments.limit, seed=SEED
    ).scores
    print(
        f"{SPLIT}: {scores['n']} series, {1000 * scores['sec_median']:.0f} ms a series, standard"
        f" error of Brier {scores['brier_se']:.4f}, bias {scores['bias']:+.4f}"
    )
    print(f"  {'':26s}" + "".join(f"{name:>9s}" for name in SCORES))
    print(row("tradetrack, monthly regimes", tuple(float(scores[name]) for name in SCORES)))
    print(walk_row(bench, SPLIT, SCORES, arguments.limit))
    for name, numbers in PEERS.items():
        print(row(name, numbers))


if __name__ == "__main__":
    main()
