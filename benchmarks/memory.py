"""How many years should weigh the regimes? Scores the annual model on long histories.

    python benchmarks/memory.py PANEL.csv.gz

PANEL has columns reporter, partner, year, exports_usd_mn, exports_estimated (IMF Direction of
Trade). Windows of 26 years and 6 ahead, last level at least US$ 100 mn, one random window a pair.
"""

import argparse

import numpy as np
import pandas as pd

from tradetrack._typing import Array
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import MonthPattern, Regimes

YEARS, AHEAD, LEAST = 26, 6, 100.0
MULTIPLES = (1.1, 1.25, 1.5, 2.0)
MEMORIES = (26, 20, 16, 12, 10, 8, 6)


def windows(path: str, rng: np.random.Generator) -> Array:
    panel = pd.read_csv(path)
    panel = panel[panel["exports_estimated"].isna() & panel["exports_usd_mn"].gt(0)]
    wide = panel.pivot_table(
        index=["reporter", "partner"], columns="year", values="exports_usd_mn"
    ).to_numpy()
    views = np.lib.stride_tricks.sliding_window_view(wide, YEARS + AHEAD, axis=1)
    usable = np.isfinite(views).all(axis=2) & (views[:, :, YEARS - 1] >= LEAST)
    rows = [rng.choice(np.flatnonzero(u)) if u.any() else -1 for u in usable]
    chosen: Array = np.log([views[i, j] for i, j in enumerate(rows) if j >= 0])
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panel")
    rng = np.random.default_rng(0)
    logs = windows(parser.parse_args().panel, rng)
    history, future = logs[:, :YEARS], logs[:, YEARS:]
    goals = history[:, -1:] + np.log(MULTIPLES)
    met = np.maximum.accumulate(future, axis=1)[:, None, :] >= goals[:, :, None]
    regimes, noise = Regimes.shipped(), MonthPattern.shipped().noise
    whole = AnnualMixture.over(regimes, range(YEARS), AHEAD, noise)
    by_regime = list(whole.attainment_by_regime(history, goals, rng, 128))
    print(f"{len(logs)} series; Brier of P(met by year), weights from the last n years")
    scores: dict[int, Array] = {}
    for memory in MEMORIES:
        recent = AnnualMixture.over(regimes, range(memory), AHEAD, noise)
        weights = recent.regime_weights(history[:, -memory:]).T[:, :, None, None]
        met_by = sum(w * p for w, p in zip(weights, by_regime, strict=True))
        scores[memory] = ((met_by - met) ** 2).mean(axis=(1, 2))
        gap = scores[memory] - scores[YEARS]
        error = 1.96 * gap.std() / np.sqrt(len(gap))
        print(f"{memory:4d}  {scores[memory].mean():.4f}  {gap.mean():+.4f} ± {error:.4f}")


if __name__ == "__main__":
    main()
