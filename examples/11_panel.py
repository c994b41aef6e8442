"""
Many series
===========

Many annual series at once: a frame in, a frame out, on two processes.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import tradetrack as tt

NAMES = [f"pair {number}" for number in range(1, 31)]
GROWTH = np.random.default_rng(7).normal(0.03, 0.15, (len(NAMES), 12))
values = pd.DataFrame(
    {
        "series": np.repeat(NAMES, 12),
        "year": np.tile(range(2013, 2025), len(NAMES)),
        "value": np.exp(GROWTH.cumsum(axis=1)).ravel(),
    }
)
values = values.drop(index=[3, 4])  # pair 1 has a gap: it is simulated
values.loc[values["series"].eq("pair 2") & values["year"].eq(2020), "value"] = -1.0
goals = values.groupby("series", sort=False)["value"].max().mul(1.5).rename("amount").reset_index()
goals = pd.concat([goals, pd.DataFrame({"series": ["pair 31"], "amount": [2.0]})])  # no values
goals["deadline"] = 2030

if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
        panel = tt.track_panel(values, goals, horizon=8, executor=executor)
    print(panel)
    for failure in panel.failures:
        print(f"  {failure.series}: {failure.reason}")
    likeliest = panel.deadlines().nlargest(3, "probability")
    print(likeliest.to_string(index=False, float_format="{:.2f}".format))
    first = panel.quantiles((0.1, 0.5, 0.9)).query("series == 'pair 1' and year >= 2030")
    print(first.set_index(["year", "level"])["value"].round(2).to_string())
    alone = tt.track_panel(values, goals, horizon=8)
    print("The same bits on one process:", alone.to_frame().equals(panel.to_frame()))
    panel.deadlines().plot.barh(x="series", y="probability", figsize=(6, 7), legend=False)
    Path("out").mkdir(exist_ok=True)
    plt.savefig(Path("out") / "panel.png", dpi=130)
