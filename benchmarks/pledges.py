"""Score probabilities of announced bilateral trade goals, as of the year before each was set.

    python benchmarks/pledges.py --data FOLDER

The folder holds ``pledges.csv``, ``pledge_histories.csv`` and ``bilateral_annual_train.csv.gz``.
A goal is scored when its outcome was settled by the statistics that its history comes from. A
forecaster knows the totals of the years before the announcement, and the prior is learned from
those same years of other pairs only (every third year, rounded down).
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from tradetrack.models.annual import AnnualMixture
from tradetrack.models.kernels import Array
from tradetrack.models.learning import candidate_regimes, learn_regimes
from tradetrack.models.months import MonthPattern
from tradetrack.models.regimes import MEMORY, Regimes

FIRST, EVERY = 2005, 3  # announcement years share a prior in threes
MIN_TURNOVER = 200.0  # US$ mn in the last year of a history
HORIZON = 10  # years ahead that a prior is learned to foretell: deadlines are that far off
CANDIDATES, DRAWS, SEED = 1000, 4096, 1

Forecaster = Callable[["Pledge"], float]


@dataclass(frozen=True)
class Pledge:
    """One goal, the totals known when it was announced (US$ bn), and what became of it."""

    name: str
    announced: int
    years: tuple[int, ...]
    totals: tuple[float, ...]
    amount: float
    deadline: int
    met: bool

    @property
    def horizon(self) -> int:
        """Years from the last total known to the deadline."""
        return self.deadline - self.years[-1]


def read_pledges(folder: Path) -> list[Pledge]:
    """Read the goals whose outcome was settled by the panel that holds their history."""
    goals = pd.read_csv(folder / "pledges.csv")
    histories = pd.read_csv(folder / "pledge_histories.csv")
    histories["turnover"] = (histories["exports_usd_mn"] + histories["imports_usd_mn"]) / 1000
    histories = histories[histories["turnover"] > 0]
    closed = goals["met_by_deadline"].isin(["yes", "no"]) & goals["outcome_basis"].eq("panel")
    pledges = []
    for goal in goals[closed].to_dict("records"):
        pair, reporter = (goal["pair_a"], goal["pair_b"]), goal["reporter_used"]
        partner = pair[1] if reporter == pair[0] else pair[0]
        announced = int(str(goal["announced"])[:4])
        own = histories[(histories["reporter"] == reporter) & (histories["partner"] == partner)]
        known = own[own["year"] < announced].sort_values("year")
        if known.empty:
            continue
        amount, deadline = float(goal["amount_usd_bn"]), int(goal["deadline_year"])
        name = f"{'-'.join(pair)} {amount:g} by {deadline}"
        years, totals = tuple(known["year"].astype(int)), tuple(known["turnover"].astype(float))
        met = bool(goal["met_by_deadline"] == "yes")
        pledges.append(Pledge(name, announced, years, totals, amount, deadline, met))
    return pledges


def turnover_panel(folder: Path) -> pd.DataFrame:
    """Turnover of the training pairs, US$ mn, where both flows are reported and not estimated."""
    rows = pd.read_csv(folder / "bilateral_annual_train.csv.gz")
    printed = (rows["exports_estimated"] != "e") & (rows["imports_estimated"] != "e")
    value = rows["exports_usd_mn"] + rows["imports_usd_mn"]
    series = rows["reporter"] + ">" + rows["partner"]
    panel = pd.DataFrame({"series": series, "year": rows["year"], "value": value})
    return panel[printed & (value > 0)]


def mixture_forecaster(panel: pd.DataFrame, noise: float) -> Forecaster:
    """Forecast with the mixture, its prior learned in real time."""

    @cache
    def prior(until: int) -> Regimes:
        candidates = candidate_regimes(CANDIDATES, np.random.default_rng(SEED))
        return learn_regimes(
            panel,
            horizon=HORIZON,
            until=until,
            min_level=MIN_TURNOVER,
            month_noise=noise,
            candidates=candidates,
        )

    def forecast(pledge: Pledge) -> float:
        bucket = FIRST + EVERY * ((pledge.announced - FIRST) // EVERY)
        years, totals = pledge.years[-MEMORY:], pledge.totals[-MEMORY:]
        mixture = AnnualMixture.over(prior(bucket - 1), years, pledge.horizon, noise)
        goal, history = np.log([[pledge.amount]]), np.log([totals])
        reached = mixture.attainment(history, goal, np.random.default_rng(SEED), DRAWS)
        return float(reached[0, 0, -1])

    return forecast


def five_year_growth(pledge: Pledge) -> float:
    """Carry the growth of the last five years on: 0 or 1."""
    history = pd.Series(pledge.totals, pledge.years)
    last = pledge.years[-1]
    start = max(year for year in pledge.years if year <= last - 5)
    growth = np.log(history[last] / history[start]) / (last - start)
    return float(max(growth, growth * pledge.horizon) >= np.log(pledge.amount / history[last]))


def random_walk(pledge: Pledge, *, drifting: bool) -> float:
    """Walk the logs at their own volatility, with or without their mean growth."""
    changes = np.diff(np.log(pledge.totals))
    drift = changes.mean() if drifting else 0.0
    spread = np.sqrt(np.mean((changes - drift) ** 2))
    rng = np.random.default_rng(SEED)
    paths: Array = (drift + spread * rng.standard_normal((20_000, pledge.horizon))).cumsum(axis=1)
    needed = np.log(pledge.amount / pledge.totals[-1])
    return float(np.mean(paths.max(axis=1) >= needed))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    pledges = read_pledges(arguments.data)
    mixture = mixture_forecaster(turnover_panel(arguments.data), MonthPattern.shipped().noise)
    met = np.array([pledge.met for pledge in pledges], dtype=float)
    forecasters: dict[str, Forecaster] = {
        "tradetrack, prior of the time": mixture,
        "base rate (in-sample)": lambda _: float(met.mean()),
        "random walk, no drift": lambda pledge: random_walk(pledge, drifting=False),
        "random walk with drift": lambda pledge: random_walk(pledge, drifting=True),
        "five-year growth carried on": five_year_growth,
    }
    told = {name: np.array([f(p) for p in pledges]) for name, f in forecasters.items()}
    for pledge, probability in zip(pledges, told["tradetrack, prior of the time"], strict=True):
        outcome = "met" if pledge.met else "not met"
        print(f"{pledge.announced} {pledge.name:28s} P {probability:.2f}  {outcome}")
    print(f"{len(pledges)} goals, {int(met.sum())} met")
    for name, probability in told.items():
        error = (probability - met) ** 2
        mistake = error.std(ddof=1) / np.sqrt(len(error))
        print(f"{name:30s} Brier {error.mean():.3f} (standard error {mistake:.3f})")


if __name__ == "__main__":
    main()
