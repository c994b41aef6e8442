"""
Goals as they are announced
===========================

Doubled, in a fiscal year, in one year alone, sustained, in another unit, since the announcement:
one draw of paths answers all.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
exports = tt.Series(pair="KZ-UZ", flow="kz_to_uz")
balance = tt.Series(pair="KZ-UZ", flow="balance")
goals = [
    tt.Goal(10, by=2030, announced="2024-08-08"),
    tt.Goal("2x 2023", by=2030),
    tt.Goal("+50% 2024", by="2029-06", window="rolling_year"),
    tt.Goal("15% a year from 2024", by=2030),
    tt.Goal("+10%", window="2026"),
    tt.Goal(10, by="2031-03-31", window="fy:04"),
    tt.Goal(3, window="2027-H1"),
    tt.Goal(5, by=2030, sustained=3),
    tt.Goal("4500 usd_mn", by=2030, series=exports),
    tt.Goal(2, by=2030, series=balance, bound="at_most", announced="2025"),
]
tracking = tt.track(ledger, goals)
columns = ["goal", "amount", "deadline", "probability", "required_growth"]
print(tracking.to_frame()[columns].round(3).to_string(index=False))

pace = tracking[0].pace
assert pace is not None
print(
    f"\nOn the way to {tracking[0].goal}, {pace.window} needs {pace.needed:.2f} more in"
    f" {pace.months_left} months, where the model expects {pace.expected:.2f}."
)

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_attainment(tracking)
plt.savefig(out / "goals.png", dpi=130)
