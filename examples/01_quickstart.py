"""
Quick start
===========

Ask whether trade between Kazakhstan and Uzbekistan meets its two goals, and when.
"""

from pathlib import Path

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"))
print(tracking)

out = Path("out")
out.mkdir(exist_ok=True)
(out / "tracking.json").write_text(tracking.model_dump_json(indent=1), encoding="utf-8")
print(f"\nThe result: {(out / 'tracking.json').as_posix()}")
try:
    tt.plots.plot_fan(tracking, ledger)
    import matplotlib.pyplot as plt

    plt.savefig(out / "fan.png", dpi=130)
    print(f"The chart: {(out / 'fan.png').as_posix()}")
except tt.errors.MissingExtraError as error:
    print(f"No chart: {error}")
