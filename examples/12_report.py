"""
A page to send
==============

One page to send: the answer, charts, by whose figures, what changed lately, and every figure.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
goals = tt.datasets.goals("kazakhstan_uzbekistan")
tracking = tt.track(ledger, goals)

page = Path("out") / "report.html"
page.parent.mkdir(exist_ok=True)
tt.write_report(
    tracking,
    ledger,
    page,
    whose=tt.by_reporter(ledger, goals),
    news=tt.news(ledger, goals, since="2025-10-31"),
)
print(f"{page}: {page.stat().st_size / 1000:.0f} kB, opens without a network")

# The charts for slides: each draws on the axes that it is given.
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
tt.plots.plot_fan(tracking, ledger, legend=False, ax=left)
tt.plots.plot_attainment(tracking, ax=right)
figure.savefig(page.with_name("slide.png"), dpi=130)
