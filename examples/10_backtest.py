"""
A backtest
==========

Models side by side at past dates, each with what had been published by then: the library's, a
random walk without drift over all years, and one of your own.
"""

from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

import tradetrack as tt
from tradetrack.models import LogPaths


class FittedSteps(NamedTuple):
    last: tt.Level | tt.Growth

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        window, log_total = self.last.window, np.mean(self.last.log_interval)
        steps = 0.2 * rng.standard_normal((last_year - window.end // 12 + 1, n_paths))
        steps[0] = log_total - np.log(12)  # the month of the last total
        paths = steps.cumsum(axis=0).repeat(12, axis=0)[None].astype(np.float32)
        return LogPaths(window.start, window.end, ("turnover",), paths)


class Steps:
    """The last yearly total that was printed, then steps of 20 % a year."""

    def fit(self, ledger: tt.Ledger) -> FittedSteps:
        rows = [row for row in ledger.current.select(flow="turnover") if row.kind == "level"]
        years = [row for row in rows if row.window.kind == "calendar_year"]
        return FittedSteps([row for row in years if np.isfinite(row.log_interval).all()][-1])


mixture, walk = tt.GrowthMixture(), tt.models.RandomWalkModel()
past = tt.backtest(
    tt.datasets.kazakhstan_uzbekistan(),
    [tt.Goal(amount) for amount in (3, 4, 5)],
    ["2017-12", "2019-12", "2021-12", "2023-12"],
    models={"growth mixture": mixture, "random walk": walk, "steps of 20 %": Steps()},
)
print(past, past.compare("growth mixture", "random walk"), sep="\n")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_reliability(past.reliability("growth mixture"))
plt.savefig(out / "reliability.png", dpi=130)
