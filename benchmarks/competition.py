"""Five-fold skill on the yearly series of forecasting competitions (M1, M3, tourism).

    python benchmarks/competition.py --bench FOLDER [--tables 4]

The series are dealt into five parts. For each part a prior is learned by ``learn_regimes`` on the
series of the other four, histories and outcomes, and the part is scored with it. Only the newest
window of a series is learned from, at each length. Four tables, each from candidates of its own,
are pooled, because a table learned from 480 series depends on the candidates it was given. How many
last years are given is chosen inside the four parts, one of them held out; the scored part has no
say in it.

A forecast is the average of those given the last 4, 8, ... years. Lower is better, except
coverage. The peers were measured with the same harness.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from bench_io import load_bench, pooled, row

from tradetrack.models.annual import AnnualMixture
from tradetrack.models.kernels import Array
from tradetrack.models.learning import candidate_regimes, learn_regimes
from tradetrack.models.regimes import Regimes

FOLDS, SEED = 5, 20261121
HORIZON, CANDIDATES = 6, 1000
SMALLEST_SIGMA = 0.005  # the default design, made for trade, starts at 0.02
MEMORIES = ((8,), (5, 8), (4, 8), (5, 8, 12), (4, 8, 12))
SPLITS = ("yearly:dev", "yearly-last12:dev", "yearly-last8:dev")
SCORES = ("brier", "logs", "ece", "owa", "cov80", "cov95")
PEERS: dict[str, dict[str, tuple[float | None, ...]]] = {
    "yearly:dev": {
        "base rates (in-sample)": (0.1321, 1.111, None, None, None, None),
        "fracast (zero-shot)": (0.1190, 1.077, 0.022, 0.928, 0.78, None),
        "random walk, logs": (0.1261, None, None, None, None, None),
        "dynamic optimised theta": (0.1274, None, None, 0.888, None, None),
        "AutoTheta": (0.1284, None, None, None, None, None),
    },
    "yearly-last12:dev": {
        "base rates (in-sample)": (0.1321, 1.111, None, None, None, None),
        "random walk, logs": (0.1283, None, None, None, None, None),
        "AutoTheta": (0.1294, None, None, 0.910, None, None),
        "fracast (zero-shot)": (0.1300, None, None, None, None, None),
    },
    "yearly-last8:dev": {
        "base rates (in-sample)": (0.1321, 1.111, None, None, None, None),
        "walk with drift, UC": (0.1310, None, None, None, None, None),
        "random walk, logs": (0.1321, None, None, None, None, None),
        "fracast (zero-shot)": (0.1367, None, None, None, None, None),
    },
}


def panel(tasks: list[Any]) -> pd.DataFrame:
    """Lay the series out as a panel whose last year is 0: what counts is years before the end."""
    parts = []
    for task in tasks:
        values = np.concatenate([task.full_history, task.future])
        years = np.arange(1 - len(values), 1)
        parts.append(pd.DataFrame({"series": task.id, "year": years, "value": values}))
    return pd.concat(parts)


def candidates(rng: np.random.Generator) -> Regimes:
    """Draw from the default design, with volatilities down to those of smooth series."""
    table = candidate_regimes(CANDIDATES, rng).table()
    table[:, 0] = np.exp(rng.uniform(np.log(SMALLEST_SIGMA), 0.0, CANDIDATES))
    return Regimes.from_table(table, np.ones(CANDIDATES))


def learn(tasks: list[Any], tables: int) -> Regimes:
    """Pool tables that are learned on the newest windows, each from other candidates."""
    series = panel(tasks)
    learned = [
        learn_regimes(
            series,
            horizon=HORIZON,
            since=-HORIZON,
            month_noise=0.0,
            candidates=candidates(np.random.default_rng([SEED, number])),
        )
        for number in range(tables)
    ]
    weights = np.concatenate([each.weights for each in learned])
    return Regimes.from_table(np.concatenate([each.table() for each in learned]), weights)


def forecast(
    bench: Any, regimes: Regimes, memory: tuple[int, ...], tasks: list[Any]
) -> tuple[Array, Array]:
    """Forecast tasks as the harness does: P (tasks, goals, steps) and Q (tasks, levels, steps).

    A memory that the histories given do not reach counts as all they have, once.
    """
    shortest = min(len(task.history) for task in tasks)
    given = []
    for length in sorted({min(years, shortest) for years in memory}):
        mixture = AnnualMixture.over(regimes, range(length), HORIZON)
        given.append((mixture, np.log([task.history[-length:] for task in tasks])))
    goals = np.log([task.goals for task in tasks])
    return pooled(given, goals, bench.QLEVELS, np.random.default_rng(SEED))


def score(bench: Any, tasks: list[Any], said: tuple[Array, Array]) -> dict[str, float]:
    """Score pooled forecasts with the harness's own scores."""
    first = np.array([task.first for task in tasks])
    scores: dict[str, float] = bench.score_arrays(said[0], first, said[1], tasks)[0]
    return scores


def choose(bench: Any, parts: list[list[int]], fold: int, splits: dict[str, list[Any]]) -> Any:
    """Choose the years given for each split, by one of the four parts held out from three."""
    inner = (fold + 1) % FOLDS
    whole = splits[SPLITS[0]]
    fitting = [whole[i] for k in range(FOLDS) if k not in (fold, inner) for i in parts[k]]
    regimes = learn(fitting, 1)
    chosen = {}
    for split, tasks in splits.items():
        held = [tasks[i] for i in parts[inner]]
        brier = [
            score(bench, held, forecast(bench, regimes, memory, held))["brier"]
            for memory in MEMORIES
        ]
        chosen[split] = MEMORIES[int(np.argmin(brier))]
        print(f"part {fold}, {split}: held-out Brier " + " ".join(f"{b:.4f}" for b in brier))
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--tables", type=int, default=4, help="tables that are pooled")
    arguments = parser.parse_args()
    bench: Any = load_bench(arguments.bench)
    splits = {split: bench.load_split(split) for split in SPLITS}
    count = len(splits[SPLITS[0]])
    part = np.random.default_rng(SEED).permutation(np.arange(count) % FOLDS)
    parts = [np.flatnonzero(part == fold).tolist() for fold in range(FOLDS)]
    order = [i for members in parts for i in members]
    said: dict[str, list[tuple[Array, Array]]] = {split: [] for split in SPLITS}
    seconds = 0.0
    print("years given, compared inside the other parts:", *MEMORIES)
    for fold, members in enumerate(parts):
        chosen = choose(bench, parts, fold, splits)
        others = [splits[SPLITS[0]][i] for i in order if part[i] != fold]
        regimes = learn(others, arguments.tables)
        start = time.perf_counter()
        for split in SPLITS:
            tasks = [splits[split][i] for i in members]
            said[split].append(forecast(bench, regimes, chosen[split], tasks))
        seconds += time.perf_counter() - start
    print(f"{seconds / (count * len(SPLITS)) * 1000:.1f} ms a forecast, learning apart")
    for split, folds in said.items():
        reached, quantiles = (np.concatenate(arrays) for arrays in zip(*folds, strict=True))
        tasks = [splits[split][i] for i in order]
        scores = score(bench, tasks, (reached, quantiles))
        print(f"{split}: {count} series, standard error of Brier {scores['brier_se']:.4f}")
        print(f"  {'':26s}" + "".join(f"{name:>9s}" for name in SCORES))
        print(row("tradetrack, five-fold", tuple(float(scores[name]) for name in SCORES)))
        for name, numbers in PEERS[split].items():
            print(row(name, numbers))


if __name__ == "__main__":
    main()
