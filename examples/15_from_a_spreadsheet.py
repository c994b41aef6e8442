"""
From a spreadsheet
==================

A workbook as people keep them, with titles, years across and flows down, becomes a ledger; the
answer goes back into a workbook.
"""

from pathlib import Path

import matplotlib.pyplot as plt
from openpyxl import Workbook

import tradetrack as tt

out = Path("out")
out.mkdir(exist_ok=True)
book = Workbook()  # stands for the file that a colleague sent
sheet = book.create_sheet("Trade")
for row in (
    ["Trade of Aland with Beland, US$ bn (invented)"],
    ["", 2019, 2020, 2021, 2022, 2023, 2024],
    ["Exports", 1.204, 0.961, 1.318, 1.527, 1.688, 1.894],
    ["Imports", 0.877, 0.702, 0.915, 1.106, 1.195, 1.308],
    ["Source: statistics of Aland"],
):
    sheet.append(row)
for cell in (cell for row in sheet["B3:G4"] for cell in row):
    cell.number_format = "0.0"  # what the sheet shows is what was published
book.save(out / "trade.xlsx")

ledger = tt.read_excel(
    out / "trade.xlsx",
    sheet="Trade",
    layout=tt.WideTable({"Exports": {"flow": "al_to_be"}, "Imports": {"flow": "be_to_al"}}),
    fill={"pair": "AL-BE", "unit": "usd_bn", "reporter": "AL stat", "published": "2025-02"},
    skip=["Source:"],
)
tracking = tt.track(ledger, tt.Goal(5, by=2030))
print(tracking)
tt.write_excel(out / "answer.xlsx", tracking, ledger)
tt.plots.plot_fan(tracking, ledger)
plt.savefig(out / "spreadsheet.png", dpi=130)
print(f"\nThe answer as a workbook: {(out / 'answer.xlsx').as_posix()}")
