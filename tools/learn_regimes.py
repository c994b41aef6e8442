"""Learn the shipped prior; writes ``data/growth_regimes.csv`` and ``data/flow_coupling.csv``.

    python tools/learn_regimes.py bilateral_annual_train.csv.gz data --held-out

The input has the columns ``reporter``, ``partner``, ``year``, ``exports_usd_mn``,
``imports_usd_mn`` and ``exports_estimated``, ``imports_estimated`` (``e`` marks an estimate, left
out here). With ``--held-out`` a prior is first learned without a fifth of the country pairs and
scored on them. ``docs/prior.md`` reports the output.

    python tools/learn_regimes.py bilateral_annual_train.csv.gz data --real-time

writes ``data/growth_regimes_by_year.csv`` instead: for each of several years the prior that could
be learned once that year had passed, from turnovers and for goals ten years off.
"""

import argparse
import csv
import time
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pandas as pd

from tradetrack._typing import Array
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.learning import (
    Windows,
    candidate_regimes,
    cut_windows,
    learn_regimes,
    predictive_log_score,
)
from tradetrack.models.regimes import COLUMNS, MonthPattern, Regimes

SINCE, MIN_LEVEL, HORIZON = 1990, 100.0, 6  # first origin; US$ mn at the origin; years ahead
GIVEN, SCORED = (5, 8, 12, 20), 4000  # years given to the forecaster, and windows scored
GOALS = np.log([1.1, 1.25, 1.5, 2.0])
SEED, WALKS = 1, 10_000
# Last years of the priors learned in real time.
LAST_YEARS = (2002, 2004, 2007, 2010, 2013, 2016, 2019)
MIN_TURNOVER, FAR, CANDIDATES = 200.0, 10, 1000  # US$ mn at the origin; years ahead; regimes tried


def read_flows(path: Path) -> pd.DataFrame:
    """Read the panel: one row a flow and year, columns pair, series, year, value (US$ mn)."""
    rows = pd.read_csv(path)
    pair = ["-".join(sorted(names)) for names in zip(rows.reporter, rows.partner, strict=True)]
    flows = []
    for flow in ("exports", "imports"):
        name = rows["reporter"] + ">" + rows["partner"] + " " + flow
        long = pd.DataFrame({"pair": pair, "series": name, "year": rows["year"]})
        long["value"] = rows[f"{flow}_usd_mn"]
        flows.append(long[(rows[f"{flow}_estimated"] != "e") & (long["value"] > 0)])
    return pd.concat(flows, ignore_index=True)


def read_turnovers(path: Path) -> pd.DataFrame:
    """Read the panel: exports plus imports where neither is an estimate; series, year, value."""
    rows = pd.read_csv(path)
    printed = (rows["exports_estimated"] != "e") & (rows["imports_estimated"] != "e")
    series = rows["reporter"] + ">" + rows["partner"]
    value = rows["exports_usd_mn"] + rows["imports_usd_mn"]
    panel = pd.DataFrame({"series": series, "year": rows["year"], "value": value})
    return panel[printed & (value > 0)]


def walk(windows: Windows, goals: Array) -> Array:
    """P(reached within k years) by a walk without drift at the volatility of the years given."""
    spread = np.sqrt(np.mean(np.diff(windows.history) ** 2, axis=1))
    steps = np.random.default_rng(SEED).standard_normal((WALKS, HORIZON)).cumsum(axis=1)
    highest = np.maximum.accumulate(steps, axis=1)
    needed = (goals - windows.history[:, -1:]) / np.maximum(spread, 1e-12)[:, None]
    return np.stack([(highest >= each[:, None, None]).mean(axis=1) for each in needed])


def brier(regimes: Regimes, windows: Windows, noise: float) -> tuple[float, ...]:
    """Mean Brier scores of P(reached within k years), the walk and base rates; and the bias."""
    goals = windows.history[:, -1:] + GOALS
    years = range(windows.history.shape[1])
    mixture = AnnualMixture.over(regimes, years, HORIZON, noise)
    probability = mixture.attainment(windows.history, goals, np.random.default_rng(SEED))
    outcome = windows.first_steps(goals)[:, :, None] <= np.arange(HORIZON)
    base = outcome.mean(axis=0)
    told = probability, walk(windows, goals), base
    scores = (float(np.mean((each - outcome) ** 2)) for each in told)
    return *scores, float(np.mean(probability - outcome))


def report_held_out(flows: pd.DataFrame, noise: float) -> None:
    """Learn without a fifth of the pairs and print how well those are foretold."""
    rng = np.random.default_rng(SEED)
    pairs = np.sort(flows["pair"].unique())
    held = set(rng.choice(pairs, len(pairs) // 5, replace=False))
    unseen = flows["pair"].isin(held)
    learned = learn(flows[~unseen], noise)
    print(f"held out: {len(held)} pairs")
    for part in cut_windows(flows[unseen], HORIZON, since=SINCE, min_level=MIN_LEVEL):
        windows, length = part.thin(SCORED), part.history.shape[1]
        for given in (n for n in GIVEN if n <= length):
            recent = Windows(windows.history[:, -given:], windows.future, windows.importance)
            own, walked, base, bias = brier(learned, recent, noise)
            print(
                f"  {len(windows)} windows of {length} years, last {given:2d} given: "
                f"Brier {own:.4f}, walk {walked:.4f}, base rates {base:.4f}, bias {bias:+.4f}"
            )
    equal = Regimes.from_table(learned.table(), np.ones(len(learned)))
    for name, regimes in (("learned weights", learned), ("equal weights", equal)):
        score = predictive_log_score(
            regimes, flows[unseen], since=SINCE, min_level=MIN_LEVEL, month_noise=noise
        )
        print(f"  log score of the {HORIZON} years ahead, {name}: {score:.3f}")


def learn(flows: pd.DataFrame, noise: float) -> Regimes:
    panel = flows[["series", "year", "value"]]
    return learn_regimes(
        panel, horizon=HORIZON, since=SINCE, min_level=MIN_LEVEL, month_noise=noise
    )


def learn_real_time(turnovers: pd.DataFrame, last_year: int, noise: float) -> Regimes:
    """Learn the prior that could be known once the year ``last_year`` had passed."""
    return learn_regimes(
        turnovers,
        horizon=FAR,
        last_year=last_year,
        min_level=MIN_TURNOVER,
        month_noise=noise,
        candidates=candidate_regimes(CANDIDATES, np.random.default_rng(SEED)),
    )


def write_real_time(turnovers: pd.DataFrame, noise: float, path: Path) -> None:
    """Write the priors of all years of `LAST_YEARS`, one row a regime."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("last_year", "weight", *COLUMNS))
        for last_year in LAST_YEARS:
            regimes = learn_real_time(turnovers, last_year, noise)
            print(f"up to {last_year}: {len(regimes)} regimes")
            for weight, regime in zip(regimes.weights, regimes, strict=True):
                rows.writerow((last_year, weight, *astuple(regime)))


def coupling(flows: pd.DataFrame) -> tuple[float, float, float]:
    """Correlation of the two flows' log changes over one and five years; sd of their log ratio."""
    key = flows["series"].str.rsplit(" ", n=1, expand=True)
    logs = flows.assign(pair=key[0], flow=key[1], value=np.log(flows["value"]))
    wide = logs.set_index(["pair", "year", "flow"])["value"].unstack("flow")  # noqa: PD010
    wide = wide[(wide >= np.log(MIN_LEVEL)).all(axis=1)]
    wide = wide[wide.index.get_level_values("year") >= SINCE]
    correlations = []
    for years in (1, 5):
        earlier = wide.copy()
        earlier.index = earlier.index.set_levels(earlier.index.levels[1] + years, level=1)
        change = (wide - earlier).dropna()
        correlations.append(float(change["exports"].corr(change["imports"], method="spearman")))
    ratio = (wide["exports"] - wide["imports"]).groupby("pair").mean()
    return correlations[0], correlations[1], float(ratio.std())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("panel", type=Path)
    parser.add_argument("folder", type=Path, help="where the two tables are written")
    parser.add_argument("--held-out", action="store_true", help="first score unseen pairs")
    parser.add_argument("--real-time", action="store_true", help="only write the priors by year")
    arguments = parser.parse_args()
    noise = MonthPattern.shipped().noise
    if arguments.real_time:
        path = arguments.folder / "growth_regimes_by_year.csv"
        write_real_time(read_turnovers(arguments.panel), noise, path)
        return
    flows = read_flows(arguments.panel)
    windows = cut_windows(flows, HORIZON, since=SINCE, min_level=MIN_LEVEL)
    print(
        f"{flows['pair'].nunique()} pairs, {flows['series'].nunique()} flows, {len(flows)} totals; "
        "windows: " + ", ".join(f"{len(w)} of {w.history.shape[1]} years" for w in windows)
    )
    if arguments.held_out:
        report_held_out(flows, noise)
    start = time.perf_counter()
    regimes = learn(flows, noise)
    print(f"{len(regimes)} regimes, learned in {time.perf_counter() - start:.0f} s")
    regimes.to_csv(arguments.folder / "growth_regimes.csv")
    one, five, ratio = coupling(flows)
    print(f"flow correlation: one year {one:.3f}, five years {five:.3f}; log ratio sd {ratio:.3f}")
    with (arguments.folder / "flow_coupling.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerows(
            [("flow_correlation", "flow_log_ratio_sd"), (round(one, 3), round(ratio, 3))]
        )


if __name__ == "__main__":
    main()
