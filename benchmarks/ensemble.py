"""Pool forecasters by weights fitted elsewhere, with the official methods beside.

    python benchmarks/ensemble.py [--bench FOLDER]

First the announced goals of `pledges.py`: weights for the goals of a pair come from all other
pairs. With ``--bench`` also two splits of the folder of `skill.py`, 600 series each: weights for a
fifth of them come from the other four fifths. A score is of the years to the deadline, or of the
deadline alone; each has pools fitted to it. Differences are to the member that turned out best,
which nobody knew beforehand: below 0, the first is better. Their 95 % intervals take the goals of a
pair, or of a series, as one.

An official method counts as the probability 0 or 1 of "met at the deadline", where it applies.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import peers
import pledges
from bench_io import Annual, load_bench
from numpy.typing import NDArray
from peers import Array

import tradetrack as tt
from tradetrack.models.classical import fit_theta
from tradetrack.models.regimes import MEMORY, MonthPattern, Regimes
from tradetrack.scoring.comparison import paired_difference
from tradetrack.scoring.stacking import KAPPA, SCORES, PoolScore, pool_weights, pooled_curves

SPLITS = ("trade:dev", "trade-last8:dev")
FOLDS, SEED, DRAWS = 5, 1, 1_000
MIXTURE = "tradetrack"
EQUAL, FITTED, SHARP = "pool, equal weights", "pool, fitted weights", "pool, fitted with kappa 0"
PICKED = "the member best elsewhere"
MEASURES: tuple[tuple[str, PoolScore], ...] = (
    ("years", "brier"),
    ("years", "log"),
    ("deadline", "brier"),
    ("deadline", "log"),
)
HEADS = ("Brier, years", "log, years", "Brier, deadline", "log, deadline")


@dataclass(frozen=True, eq=False)
class Forecasts:
    """What every member forecast.

    ``curves[model, forecast, step]``, ``met[forecast, step]``, and the number of steps to each
    deadline. A forecast's ``group`` is its pair or series; its weights come from other folds.
    ``official`` is 1 where a method expects the goal to be met, NaN where it does not apply.
    """

    members: tuple[str, ...]
    curves: Array
    met: Array
    horizon: NDArray[np.int64]
    group: NDArray[Any]
    fold: NDArray[Any]
    official: dict[str, Array]

    def of(self, what: str) -> tuple[Array, Array]:
        """Curves and outcomes of all years, or of the deadline as one step."""
        if what == "years":
            return self.curves, self.met
        last = self.horizon[:, None] - 1
        ended = np.take_along_axis(self.curves, last[None], axis=2)
        return ended, np.take_along_axis(self.met, last, axis=1)


def theta(log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator) -> Array:
    """Theta method on logs, parameters held."""
    fitted = fit_theta(log_totals)
    form = fitted.form(fitted.estimate[None], len(log_totals) + horizon)
    copies = np.zeros(n_paths, dtype=int)
    _, state = form.filter(log_totals[None])
    return form.take(copies).simulate(state[copies], len(log_totals), rng)


def official_verdicts(
    asked: Iterable[tuple[dict[int, float], float, int | None, int]],
) -> dict[str, Array]:
    """Ask each official method that has a verdict: totals, amount, deadline, announcement."""
    told: dict[str, list[float]] = {}
    for totals, amount, by, announced in asked:
        for said in tt.official_statuses(totals, amount, by, announced=announced):
            expects = np.nan if said.expects_met is None else float(said.expects_met)
            told.setdefault(f"{said.publisher} ({said.version})", []).append(expects)
    return {name: np.array(column) for name, column in told.items() if np.isfinite(column).any()}


def out_of_sample(
    curves: Array,
    met: Array,
    group: NDArray[Any],
    fold: NDArray[Any],
    score: PoolScore,
    kappa: float,
) -> tuple[Array, Array]:
    """Pool each fold by weights of the others: curves, and the mean weights."""
    known = np.isfinite(met).any(axis=1)
    pooled, weights = np.full(met.shape, np.nan), []
    for one in np.unique(fold):
        past, now = known & (fold != one), fold == one
        found = pool_weights(curves[:, past], met[past], score, groups=group[past], kappa=kappa)
        pooled[now] = pooled_curves(found, curves[:, now])
        weights.append(found)
    return pooled, np.mean(weights, axis=0)


def picked(scores: Array, fold: NDArray[Any]) -> Array:
    """Score of each forecast by the member that is best in the other folds, ``[forecast]``."""
    own = np.empty(scores.shape[1])
    for one in np.unique(fold):
        own[fold == one] = scores[np.nanmean(scores[:, fold != one], axis=1).argmin(), fold == one]
    return own


def measured(told: Forecasts, what: str, score: PoolScore) -> tuple[dict[str, Array], Array]:
    """Score of each forecast by member, pool and official method, and the mean fitted weights."""
    curves, met = told.of(what)
    mark = SCORES[score]
    found = {name: mark(own, met) for name, own in zip(told.members, curves, strict=True)}
    found[PICKED] = picked(np.array(list(found.values())), told.fold)
    found[EQUAL] = mark(curves.mean(axis=0), met)
    split = curves, met, told.group, told.fold, score
    pooled, weights = out_of_sample(*split, KAPPA)
    found[FITTED] = mark(pooled, met)
    found[SHARP] = mark(out_of_sample(*split, 0.0)[0], met)
    if what == "deadline":
        for name, verdict in told.official.items():
            scores = mark(np.nan_to_num(verdict)[:, None], met)
            found[name] = np.where(np.isfinite(verdict), scores, np.nan)
    return found, weights


def difference(first: Array, second: Array, groups: NDArray[Any]) -> str:
    """Mean of first minus second and its interval."""
    found = paired_difference(first, second, groups)
    low, high = found.interval or (np.nan, np.nan)
    return f"{found.mean:+.4f} ({low:+.4f} to {high:+.4f})"


def report(told: Forecasts) -> None:
    """Print the scores, the differences to the best member, and the weights."""
    results = [measured(told, what, score) for what, score in MEASURES]
    tables = [found for found, _ in results]
    best = [min(told.members, key=lambda name: np.nanmean(own[name])) for own in tables]
    names = list(tables[-1])
    print(f"{'':38s}{'ended':>6s}" + "".join(f"{head:>17s}" for head in HEADS))
    for name in names:
        cells = [f"{np.nanmean(own[name]):.4f}" if name in own else "" for own in tables]
        n = np.isfinite(tables[-1][name]).sum()
        print(f"{name:38s}{n:6d}" + "".join(f"{cell:>17s}" for cell in cells))
    for head, own, name, (_, weights) in zip(HEADS, tables, best, results, strict=True):
        print(f"\n{head}: minus the best member's, {name}")
        beside = [other for other in names if other in own and other != name]
        for other in beside:
            print(f"  {other:36s}{difference(own[other], own[name], told.group):>32s}")
        shares = (f"{m} {w:.2f}" for m, w in zip(told.members, weights, strict=True))
        print("  mean weights: " + ", ".join(shares))


def announced_goals() -> Forecasts:
    """Forecast the goals of the archive that statistics tell something of."""
    cases = [one for one in map(pledges.case, tt.datasets.pledges()) if one is not None]
    cases = [one for one in cases if pledges.by_statistics(one)]
    failures: list[str] = []
    fits: dict[str, peers.Peer] = {
        "random walk, no drift": peers.random_walk,
        "ETS, damped trend": peers.ets,
        "Theta": theta,
        "ARIMA, lowest AICc": peers.arima,
        "unobserved components": peers.unobserved_components,
    }
    forecasters = {MIXTURE: pledges.mixture_forecaster(cache(Regimes.known_by))} | {
        name: pledges.peer_forecaster(peer, failures) for name, peer in fits.items()
    }
    raw = {name: [forecast(one) for one in cases] for name, forecast in forecasters.items()}
    kept = [i for i in range(len(cases)) if all(np.isfinite(own[i]).all() for own in raw.values())]
    width = max(one.horizon for one in cases)
    curves = [
        [np.pad(own[i], (0, width - own[i].size), mode="edge") for i in kept]
        for own in raw.values()
    ]
    some = [cases[i] for i in kept]
    met = [np.pad(o.met, (0, width - o.horizon), constant_values=np.nan) for o in some]
    group = np.array([one.pledge.pair for one in some])
    official = official_verdicts(
        (dict(o.pledge.known), o.pledge.level, o.pledge.by, o.pledge.year) for o in some
    )
    ended = sum(np.isfinite(one.met[-1]) for one in some)
    print(f"{ended} announced goals settled, {len(some) - ended} more year by year,", end=" ")
    print(f"{len(set(group))} pairs; left out because a member failed:", *failures, sep="\n  ")
    horizon = np.array([one.horizon for one in some])
    return Forecasts(tuple(raw), np.array(curves), np.array(met), horizon, group, group, official)


def trade_split(bench: Any, split: str) -> Forecasts:
    """Forecast a split of the skill benchmark; four goals a series, six years."""
    tasks = bench.load_split(split)
    mixture = Annual(Regimes.shipped(), MonthPattern.shipped().noise, MEMORY, bench.QLEVELS)
    fits = {"random walk, no drift": peers.random_walk, "ETS, damped trend": peers.ets}
    fits["Theta"] = theta
    failed: Counter[str] = Counter()
    kept, curves, asked = [], [], []
    for i, task in enumerate(tasks):
        rng = np.random.default_rng([bench.SEED, i])  # as the harness seeds the mixture
        own = [mixture(task.history, 1, task.goals, task.horizon, DRAWS, rng)[0]]
        try:
            for peer in fits.values():
                rng = np.random.default_rng([SEED, i])
                paths = peer(np.log(task.history), task.horizon, DRAWS, rng)
                own.append(np.array([peers.reached_by(paths, goal) for goal in np.log(task.goals)]))
        except peers.FitFailedError as error:
            failed[str(error)] += 1
            continue
        kept.append(task)
        curves.append(np.array(own))
        origin = int(task.id.rsplit("@", 1)[1])
        years = range(origin + 1 - len(task.history), origin + 1)
        totals = dict(zip(years, task.history.tolist(), strict=True))
        asked += [(totals, float(goal), origin + task.horizon, origin) for goal in task.goals]
    n_goals = len(kept[0].goals)
    met = np.array([np.arange(1, t.horizon + 1) >= first for t in kept for first in t.first])
    fold = np.random.default_rng(SEED).permutation(len(kept)) % FOLDS
    print(f"\n{split}: {len(kept)} series, {n_goals} goals each; failed: {dict(failed) or 'none'}")
    return Forecasts(
        (MIXTURE, *fits),
        np.concatenate(curves, axis=1),
        met.astype(float),
        np.repeat([task.horizon for task in kept], n_goals),
        np.repeat(np.arange(len(kept)), n_goals),
        np.repeat(fold, n_goals),
        official_verdicts(asked),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bench", type=Path, help="folder of attain_bench.py")
    arguments = parser.parse_args()
    report(announced_goals())
    if arguments.bench:
        bench = load_bench(arguments.bench)
        for split in SPLITS:
            report(trade_split(bench, split))


if __name__ == "__main__":
    main()
