"""Five-fold skill on the yearly series of forecasting competitions (M1, M3, tourism).

    python benchmarks/competition.py --bench FOLDER [--tables 4]

The series are dealt into five parts. For each part a prior is learned by ``weigh_regimes`` on the
series of the other four, histories and outcomes, and the part is scored with it. Only the newest
window of a series is learned from, at each length. Four tables, each from candidates of its own,
are pooled, because a table learned from 480 series depends on the candidates it was given. The
weight of the density in the objective, and how many last years are given, are chosen by the Brier
score inside the four parts, each of them held out in turn; the scored part has no say in it.

A forecast is the average of those given the last 4, 8, ... years. Lower is better, except
coverage. The walk is scored beside; the other peers were measured with the same harness.
"""

import argparse
import time
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from bench_io import load_bench, pooled, row, walk_row

from tradetrack._typing import Array
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.learning import candidate_regimes, cut_windows, weigh_regimes
from tradetrack.models.regimes import Regimes

FOLDS, SEED = 5, 20261121
HORIZON, CANDIDATES = 6, 1000
DRAWS = 256  # paths a regime, where choices are compared
SMALLEST_SIGMA = 0.005  # the default design, made for trade, starts at 0.02
DENSITY_WEIGHTS = (0.1, 0.5)
MEMORIES = ((8,), (5, 8), (4, 8), (5, 8, 12), (4, 8, 12), (3, 5, 8, 12))
SPLITS = ("yearly:dev", "yearly-last12:dev", "yearly-last8:dev")
SCORES = ("brier", "logs", "ece", "owa", "cov80", "cov95")
PEERS: dict[str, dict[str, tuple[float | None, ...]]] = {
    "yearly:dev": {
        "base rates (in-sample)": (0.1321, 1.111, None, None, None, None),
        "fracast (zero-shot)": (0.1190, 1.077, 0.022, 0.928, 0.78, None),
        "dynamic optimised theta": (0.1274, None, None, 0.888, None, None),
        "AutoTheta": (0.1284, None, None, None, None, None),
    },
    "yearly-last12:dev": {
        "base rates (in-sample)": (0.1321, 1.111, None, None, None, None),
        "AutoTheta": (0.1294, None, None, 0.910, None, None),
        "fracast (zero-shot)": (0.1300, None, None, None, None, None),
    },
    "yearly-last8:dev": {
        "base rates (in-sample)": (0.1321, 1.111, None, None, None, None),
        "walk with drift, UC": (0.1310, None, None, None, None, None),
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


def learn(tasks: list[Any], tables: int, density_weight: float) -> Regimes:
    """Pool tables that are learned on the newest windows, each from other candidates."""
    windows = cut_windows(panel(tasks), HORIZON, since=-HORIZON)
    learned = [
        weigh_regimes(
            candidates(np.random.default_rng([SEED, number])),
            windows,
            month_noise=0.0,
            density_weight=density_weight,
        )
        for number in range(tables)
    ]
    weights = np.concatenate([each.weights for each in learned])
    return Regimes.from_table(np.concatenate([each.table() for each in learned]), weights)


def lengths(memory: tuple[int, ...], shortest: int) -> list[int]:
    """Years given; a memory that the shortest history does not reach is all of it, once."""
    return sorted({min(years, shortest) for years in memory})


def forecast(
    bench: Any, regimes: Regimes, memory: tuple[int, ...], tasks: list[Any]
) -> tuple[Array, Array]:
    """Forecast tasks as the harness does: P (tasks, goals, steps) and Q (tasks, levels, steps)."""
    shortest = min(len(task.history) for task in tasks)
    given = []
    for length in lengths(memory, shortest):
        mixture = AnnualMixture.over(regimes, range(length), HORIZON)
        given.append((mixture, np.log([task.history[-length:] for task in tasks])))
    goals = np.log([task.goals for task in tasks])
    return pooled(given, goals, bench.QLEVELS, np.random.default_rng(SEED))


def score(bench: Any, tasks: list[Any], said: tuple[Array, Array]) -> dict[str, float]:
    """Score pooled forecasts with the harness's own scores."""
    first = np.array([task.first for task in tasks])
    scores: dict[str, float] = bench.score_arrays(said[0], first, said[1], tasks)[0]
    return scores


def compare(
    parts: list[list[int]], splits: dict[str, list[Any]]
) -> dict[str, dict[tuple[int, int], Array]]:
    """Score every choice on each part, learned from three others.

    The result has for each split and (part scored, part left out of both) the Brier scores of the
    product of DENSITY_WEIGHTS and MEMORIES. The splits give the same series, from fewer years.
    """
    whole = splits[SPLITS[0]]
    briers: dict[str, dict[tuple[int, int], Array]] = {split: {} for split in splits}
    for pair in combinations(range(FOLDS), 2):
        fitting = [whole[i] for k in range(FOLDS) if k not in pair for i in parts[k]]
        tables = [learn(fitting, 1, weight) for weight in DENSITY_WEIGHTS]
        for held, out in (pair, pair[::-1]):
            tasks = [whole[i] for i in parts[held]]
            outcome = np.array([task.first for task in tasks])[..., None] <= np.arange(HORIZON) + 1
            reached = [by_length(regimes, tasks) for regimes in tables]
            for split, same in splits.items():
                shortest = min(len(task.history) for task in same)
                means = [
                    np.mean([given[n] for n in lengths(memory, shortest)], axis=0)
                    for given, memory in product(reached, MEMORIES)
                ]
                scores = [float(np.mean((mean - outcome) ** 2)) for mean in means]
                briers[split][held, out] = np.array(scores)
    return briers


def by_length(regimes: Regimes, tasks: list[Any]) -> dict[int, Array]:
    """Probabilities of the tasks, (tasks, goals, steps), by the number of last years given."""
    goals = np.log([task.goals for task in tasks])
    reached = {}
    for length in sorted({years for memory in MEMORIES for years in memory}):
        mixture = AnnualMixture.over(regimes, range(length), HORIZON)
        logs = np.log([task.history[-length:] for task in tasks])
        reached[length] = mixture.attainment(logs, goals, np.random.default_rng(SEED), DRAWS)
    return reached


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
    choices = list(product(DENSITY_WEIGHTS, MEMORIES))
    briers = compare(parts, splits)
    for fold, members in enumerate(parts):
        others = [splits[SPLITS[0]][i] for i in order if part[i] != fold]
        learned: dict[float, Regimes] = {}
        for split in SPLITS:
            inner = np.mean([b for (_, out), b in briers[split].items() if out == fold], axis=0)
            weight, memory = choices[int(np.argmin(inner))]
            print(f"part {fold}, {split}: density weight {weight}, years given {memory}")
            if weight not in learned:
                learned[weight] = learn(others, arguments.tables, weight)
            tasks = [splits[split][i] for i in members]
            start = time.perf_counter()
            said[split].append(forecast(bench, learned[weight], memory, tasks))
            seconds += time.perf_counter() - start
    print(f"{seconds / (count * len(SPLITS)) * 1000:.1f} ms a forecast, learning apart")
    for split, folds in said.items():
        reached, quantiles = (np.concatenate(arrays) for arrays in zip(*folds, strict=True))
        tasks = [splits[split][i] for i in order]
        scores = score(bench, tasks, (reached, quantiles))
        print(f"{split}: {count} series, standard error of Brier {scores['brier_se']:.4f}")
        print(f"  {'':26s}" + "".join(f"{name:>9s}" for name in SCORES))
        print(row("tradetrack, five-fold", tuple(float(scores[name]) for name in SCORES)))
        print(walk_row(bench, split, SCORES))
        for name, numbers in PEERS[split].items():
            print(row(name, numbers))


if __name__ == "__main__":
    main()
