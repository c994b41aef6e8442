"""
As of a past date
=================

What would have been said at the time? Only what had been published by then counts.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
goals = tt.datasets.goals("kazakhstan_uzbekistan")
for day in ("2021-12", "2024-07", "2025-11-14"):
    known = ledger.as_of(day)
    print(f"\n{day}: {known}")
    for attainment in tt.track(ledger, goals, as_of=day).attainments:
        low, high = attainment.interval(0.8)
        print(
            f"  {attainment.goal}: {attainment.deadline_probability:.0%};"
            f" median {attainment.median}, 80 % range from {low} to {high}"
        )

out = Path("out")
out.mkdir(exist_ok=True)
dates = ["2021-12", "2022-12", "2023-12", "2024-12", "2025-11-14"]
tt.plots.plot_history(tt.history(ledger, goals, dates))
plt.savefig(out / "as_of.png", dpi=130)
