"""
Any pair of the world
=====================

Three lines lead from a statistical service to an answer. The first one needs the network, so this
example reads an answer of the same shape with invented numbers instead.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import tradetrack as tt

# ledger = tt.sources.comtrade("BRA-CHN", range(2019, 2025), key="your key")

total = {"partner2Code": 0, "cmdCode": "TOTAL", "customsCode": "C00", "motCode": 0}
exports = {2019: 61e9, 2020: 66e9, 2021: 85e9, 2022: 88e9, 2023: 101e9, 2024: 96e9}
answer = pd.DataFrame(
    {
        **{"freqCode": "A", "period": str(year), "reporterCode": code, "partnerCode": 232 - code},
        **{"flowCode": flow, "cifvalue": cif, "fobvalue": fob, "primaryValue": cif or fob, **total},
    }
    for year, value in exports.items()  # Brazil (76) exports; China (156) imports the same, by CIF
    for code, flow, cif, fob in ((76, "X", None, value), (156, "M", 1.08 * value, None))
)
ledger = tt.sources.from_comtrade(answer, published="2025-06-30")
exported = tt.Series(pair="BRA-CHN", flow="bra_to_chn")
tracking = tt.track(ledger, tt.Goal(130, by=2030, series=exported))
print(tracking)
for row in ledger.select(window="2024"):
    print(f"{row}: {row.note}")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_fan(tracking, ledger)
plt.savefig(out / "any_pair.png", dpi=130)
