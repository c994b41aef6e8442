"""
By whose figures
================

By whose figures was US$ 5 bn met in 2022? It depends on the office, and on the release.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
five, ten = tt.datasets.goals("kazakhstan_uzbekistan")

found = tt.by_reporter(ledger, [five, ten])
print(found)

print("\nWhat the documents say:")
for row in tt.resolve(ledger, tt.Goal(5, by=2022, series=tt.Series(pair="KZ-UZ"))):
    print(f"  {row}")

print("\nAnd in March 2023, before the revisions:")
for judgement in tt.by_reporter(ledger, five, as_of="2023-03").judgements:
    latest = judgement.latest
    verdict = latest.verdict if latest else judgement.agreed or "nothing printed"
    print(f"  {judgement.reporter}: {judgement.probability:.0%} likely, {verdict}")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_figures(found)
plt.savefig(out / "by_reporter.png", dpi=130)
