"""
As of a past date
=================

The answer as it would have been on earlier days: only what had been published by then counts.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
goals = tt.datasets.goals("kazakhstan_uzbekistan")
print(ledger.as_of("2021-12"))
print(tt.track(ledger, goals, as_of="2021-12"))

dates = ["2021-12", "2022-12", "2023-12", "2024-12", "2025-11-14"]
history = tt.history(ledger, goals, dates)
print("\n", history, sep="")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_history(history)
plt.savefig(out / "as_of.png", dpi=130)
