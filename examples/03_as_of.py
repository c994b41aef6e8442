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
tt.plots.plot_fan(tt.track(ledger, goals, as_of="2021-12"), ledger.as_of("2021-12"))
plt.savefig(out / "as_of_2021.png", dpi=130)
