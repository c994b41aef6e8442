"""Learn regimes of monthly flows; writes ``benchmarks/monthly_regimes.csv``.

    python benchmarks/learn_monthly.py us.csv.gz russia.csv.gz OUTPUT --without FOLDER

Both inputs have the columns ``partner``, ``month`` (2006-01), ``exports`` and ``imports``, in US$.
``--without`` is the folder of ``attain_bench.py``: every pair of countries that its monthly trade
names is left out, both directions. With ``--held-out`` the regimes are learned on two thirds of
the pairs and scored on the others, for several lengths of the history.
``docs/decisions/0010-monthly.md`` says why.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from monthly_regimes import MonthlyRegimes

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.models.learning import Evidence, Windows, candidate_regimes, maximise
from tradetrack.models.regimes import Regimes

HORIZON, LENGTHS = 18, (36, 60, 108)
GOALS = (1.02, 1.05, 1.1, 1.2, 1.5, 2.0)  # multiples of the largest month of the last twelve
STEP = 3  # passage is learned by quarters: with few paths single months are mostly noise
STRIDE = 6  # months between the windows of a series
CANDIDATES, SURVIVORS = 1000, 40
SCREENING, FITTING = (500, 32), (1200, 128)  # windows of each length, paths a regime
DENSITY_WEIGHT, LEAST_PROBABILITY, LEAST_LOG = 0.1, 1e-3, -60.0
BATCH, SEED = 50, 20201231


def read(path: Path, reporter: str, without: set[frozenset[str]]) -> dict[str, Array]:
    """Read flows as logs of consecutive months, NaN where there is no positive value."""
    rows = pd.read_csv(path, keep_default_na=False)
    flows: dict[str, Array] = {}
    for partner, part in rows.groupby("partner"):
        if frozenset((reporter, str(partner))) in without:
            continue
        months = pd.PeriodIndex(part["month"], freq="M")
        every = pd.period_range(months.min(), months.max(), freq="M")
        for flow in ("exports", "imports"):
            values = pd.Series(pd.to_numeric(part[flow], errors="coerce").to_numpy(), months)
            regular = values.where(values > 0).reindex(every).to_numpy(dtype=float)
            flows[f"{reporter} {partner} {flow}"] = np.log(regular)
    return flows


def pairs_of(folder: Path) -> set[frozenset[str]]:
    """Pairs of countries in the benchmark's monthly trade; nothing else of it is read."""
    with np.load(folder / "attain_data.npz", allow_pickle=False) as archive:
        names = [str(name) for name in archive["trademonthly_dev_ids"]]
    return {frozenset(name.split(":")[1].split("@")[0].split(">")) for name in names}


def cut(flows: dict[str, Array], length: int) -> Windows:
    """Cut unbroken windows; a series weighs as much as its separate futures."""
    rows, weights = [], []
    for logs in flows.values():
        if len(logs) < length + HORIZON:
            continue
        views = np.lib.stride_tricks.sliding_window_view(logs, length + HORIZON)[::-STRIDE]
        whole = views[np.isfinite(views).all(axis=1)]
        rows.append(whole)
        weights.append(np.full(len(whole), STRIDE / HORIZON + 1.0 / max(len(whole), 1)))
    every = np.concatenate(rows)
    return Windows(every[:, :length], every[:, length:], np.concatenate(weights))


def candidates(rng: np.random.Generator) -> MonthlyRegimes:
    """Draw from a broad design."""
    regimes = candidate_regimes(CANDIDATES, rng)
    spread = np.exp(rng.uniform(np.log(0.01), np.log(0.4), CANDIDATES))
    noise = np.exp(rng.uniform(np.log(0.02), np.log(1.2), CANDIDATES))
    return MonthlyRegimes(regimes, tuple(spread.tolist()), tuple(noise.tolist()))


def subset(table: MonthlyRegimes, chosen: Index, weights: Array) -> MonthlyRegimes:
    """Take the regimes at some positions."""
    regimes = Regimes.from_table(table.regimes.table()[chosen], weights)
    spread, noise = np.array(table.season_spread)[chosen], np.array(table.month_noise)[chosen]
    return MonthlyRegimes(regimes, tuple(spread.tolist()), tuple(noise.tolist()))


def goals_of(windows: Windows) -> Array:
    peak: Array = windows.history[:, -MONTHS:].max(axis=1)
    return peak[:, None] + np.log(GOALS)


def block(table: MonthlyRegimes, windows: Windows, draws: int) -> Array:
    """Log densities of past and future, probabilities of the steps seen: (2 + G, i, r)."""
    mixture = table.over(windows.history.shape[1], HORIZON)
    goals = goals_of(windows)
    first = windows.first_steps(goals)[:, :, None] // STEP
    out = np.empty((2 + len(GOALS), len(goals), len(table.regimes)))
    out[0] = mixture.log_likelihood(windows.history)
    out[1] = mixture.log_predictive(windows.history, windows.future)
    rng = np.random.default_rng(SEED)
    for r, reached in enumerate(mixture.attainment_by_regime(windows.history, goals, rng, draws)):
        by_quarter = reached[:, :, STEP - 1 :: STEP]
        edges = np.pad(
            by_quarter, ((0, 0), (0, 0), (1, 1)), constant_values=((0, 0), (0, 0), (0, 1))
        )
        seen = np.take_along_axis(np.diff(edges, axis=2), first, axis=2)[:, :, 0]
        out[2:, :, r] = np.maximum(seen, LEAST_PROBABILITY).T
    return out


def relative(log_density: Array) -> Array:
    """Densities in units of the largest of a row, none so small that single precision loses it."""
    below = log_density - log_density.max(axis=1, keepdims=True)
    scaled: Array = np.exp(np.maximum(below, LEAST_LOG))
    return scaled


def evidence(table: MonthlyRegimes, windows: list[Windows], effort: tuple[int, int]) -> Evidence:
    """Evaluate every regime on thinned windows, in batches of regimes."""
    thinned = [part.thin(effort[0]) for part in windows]
    edges = [*range(0, len(table.regimes), BATCH), len(table.regimes)]
    blocks = []
    for start, end in pairwise(edges):
        batch = subset(table, np.arange(start, end), np.ones(end - start))
        blocks.append(np.concatenate([block(batch, part, effort[1]) for part in thinned], axis=1))
    past, ahead, *steps = np.concatenate(blocks, axis=2)
    likelihood = relative(past).astype(np.float32)
    joint = (relative(past + ahead), *(likelihood * step for step in steps))
    shares = (DENSITY_WEIGHT, *([1.0 / len(steps)] * len(steps)))
    importance = np.concatenate([part.importance / part.importance.sum() for part in thinned])
    single = tuple(each.astype(np.float32) for each in joint)
    return Evidence(likelihood, single, shares, (importance / len(thinned)).astype(np.float32))


def learn(flows: dict[str, Array]) -> MonthlyRegimes:
    """Weigh candidates by first passage and density, keep the heaviest, weigh them again."""
    longest = cut(flows, max(LENGTHS))
    print(f"{len(flows)} flows, {len(longest)} windows")
    windows = [
        Windows(longest.history[:, -length:], longest.future, longest.importance)
        for length in LENGTHS
    ]
    table = candidates(np.random.default_rng(SEED))
    screened = evidence(table, windows, SCREENING)
    first = maximise(screened)
    # A prior weight says little where histories are long: what counts is the posterior weight.
    posterior = screened.past * first
    used = screened.importance @ (posterior / posterior.sum(axis=1, keepdims=True))
    best = np.argsort(-used, kind="stable")[:SURVIVORS]
    survivors = subset(table, best, first[best])
    weights = maximise(evidence(survivors, windows, FITTING))
    order = np.argsort(-weights, kind="stable")
    order = order[weights[order] >= 1e-9]
    return subset(survivors, order, weights[order])


def held_out(flows: dict[str, Array]) -> None:
    """Learn on two thirds of the pairs; score the others by the number of months given."""
    pairs = sorted({name.rsplit(" ", 1)[0] for name in flows})
    out = set(np.random.default_rng(SEED).permutation(pairs)[: len(pairs) // 3])
    inside = {name: logs for name, logs in flows.items() if name.rsplit(" ", 1)[0] not in out}
    outside = {name: logs for name, logs in flows.items() if name not in inside}
    table = learn(inside)
    windows = cut(outside, max(LENGTHS)).thin(1500)
    goals = goals_of(windows)[:, :5]
    met = windows.first_steps(goals)[:, :, None] <= np.arange(HORIZON)
    print(f"{len(met)} windows, base rates {((met - met.mean(axis=0)) ** 2).mean():.4f}")
    said = {}
    for given in (24, 36, 48, 60, 84, 108):
        mixture = table.over(given, HORIZON)
        history = windows.history[:, -given:]
        said[given] = mixture.attainment(history, goals, np.random.default_rng(SEED), 256)
        bias = (said[given] - met).mean()
        print(f"{given} months: Brier {((said[given] - met) ** 2).mean():.4f}, bias {bias:+.3f}")
    for few, many in ((24, 60), (36, 84), (36, 108)):
        both = 0.5 * (said[few] + said[many])
        print(f"mean of {few} and {many}: Brier {((both - met) ** 2).mean():.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("us", type=Path)
    parser.add_argument("russia", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--without", type=Path, required=True)
    parser.add_argument("--held-out", action="store_true")
    arguments = parser.parse_args()
    without = pairs_of(arguments.without)
    flows = read(arguments.us, "USA", without) | read(arguments.russia, "RUS", without)
    if arguments.held_out:
        held_out(flows)
    table = learn(flows)
    table.to_csv(arguments.output)
    print(f"{len(table.regimes)} regimes")


if __name__ == "__main__":
    main()
