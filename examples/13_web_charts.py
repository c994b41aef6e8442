"""
Charts for a web page
=====================

The fan and the attainment curve as Vega-Lite: for a dashboard, or as a page with tooltips.
"""

from pathlib import Path

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"))

out = Path("out")
out.mkdir(exist_ok=True)
charts = {
    "fan": tt.plots.chart_fan(tracking, ledger),
    "attainment": tt.plots.chart_attainment(tracking),
}
for name, chart in charts.items():
    specification = chart.properties(width="container").to_json()  # what vegaEmbed takes
    (out / f"{name}.vl.json").write_text(specification, encoding="utf-8")
    print(f"{name}: {len(specification) / 1000:.0f} kB, all data inside")
