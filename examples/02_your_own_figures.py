"""
Your own figures
================

Figures of your own: typed in, and read from a table that has a bad row.
"""

import io
from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

trade = tt.Series(pair="AA-BB")
years = {2020: "1.1", 2021: "1.4", 2022: "1.3", 2023: "1.7", 2024: "1.9"}
typed_in = tt.Ledger(
    tt.Level(
        series=trade,
        window=tt.Window.calendar_year(year),
        figure=tt.Figure.of(printed, "usd_bn"),
        reporter="AA stat",
        published=f"{year + 1}-02",
    )
    for year, printed in years.items()
)
print(typed_in)

TABLE = """\
pair,window,base,value,unit,qualifier,reporter,published,document
AA-BB,2025-01..2025-06,,"1,040",usd_mn,rounded,AA stat,2025-08-12,half-year report
AA-BB,2025-01..2025-06,2024-01..2024-06,15.5,percent,rounded,BB stat,2025-08-20,press release
AA-BB,2025-01..2025-06,,1.0,usd_bn,over,BB stat,2025-07-10,interview
AA-BB,2025-01..2025-06,,1.0,usd_billion,rounded,BB stat,2025-08-20,the unit is unknown
"""
reading = tt.parse_csv(io.StringIO(TABLE))  # read_csv would raise an error that lists the bad rows
for row in reading.rejected:
    print(f"not read: {row}")

ledger = typed_in.add(reading.ledger)
print(ledger)
tracking = tt.track(ledger, [tt.Goal(3, by=2028), tt.Goal(3, by=2028, window="rolling_year")])
print(tracking)

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_fan(tracking, ledger)
plt.savefig(out / "own_figures.png", dpi=130)
