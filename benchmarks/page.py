"""What the report page takes, part by part, and how large it is: on the shipped ledger.

python benchmarks/page.py

One BLAS thread, as the library sets it. Processor seconds are of all threads: where the wall clock
shows less, two cores shared the work.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tradetrack as tt
from tradetrack.cli.reports import Parts, page
from tradetrack.reporters.compare import compare, simulate_reporters
from tradetrack.tracking import summarise

Found = TypeVar("Found")

GOAL = tt.Goal(10, by=2030)
SIX = (
    GOAL,
    tt.Goal(5, by=2022),
    tt.Goal(7, by=2028),
    tt.Goal("2x 2023", by=2035),
    tt.Goal(6, by=2026, window="rolling_year"),
    tt.Goal(15),
)
TABLE = "amount,by,window\n10,2030,\n5,2022,\n7,2028,\n2x 2023,2035,\n6,2026,rolling_year\n15,,\n"
SIZES = (1, 6, 19, 50)
FEW = 2_000  # paths of the pages whose size is measured


def timed(name: str, work: Callable[[], Found]) -> Found:
    """Run it, and print its processor and wall-clock seconds."""
    began = time.process_time(), time.perf_counter()
    found = work()
    spent = time.process_time() - began[0], time.perf_counter() - began[1]
    print(f"{name:34}  {spent[0]:9.2f}  {spent[1]:5.2f}", flush=True)
    return found


def command(folder: Path, goals: str) -> None:
    """Run ``tradetrack report`` in a process of its own."""
    (folder / "goals.csv").write_text(goals)
    words = ["report", "--goals", str(folder / "goals.csv"), "-o", str(folder / "page.html")]
    subprocess.run([sys.executable, "-m", "tradetrack", *words], check=True)


def many(number: int) -> list[tt.Goal]:
    """Goals of rising amounts, every seventh about twelve months, every fifth announced."""
    return [
        tt.Goal(
            4 + i / 4,
            by=2026 + i % 10,
            window="rolling_year" if i % 7 == 3 else "calendar_year",
            announced="2024-08" if i % 5 == 0 else "",
        )
        for i in range(number)
    ]


def main() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    tt.track(ledger, GOAL, n_paths=100)  # load what is loaded once
    print(f"{'':34}  processor   wall")
    timed("track", lambda: tt.track(ledger, GOAL))
    timed("by_reporter", lambda: tt.by_reporter(ledger, GOAL))
    timed("news of a year", lambda: tt.news(ledger, GOAL, since="2024-11-14"))
    ends = [f"{year}-12-31" for year in range(2001, 2025)]
    timed("history of 24 year-ends", lambda: tt.history(ledger, GOAL, ends))
    everyone = timed("six goals: simulate", lambda: simulate_reporters(ledger, SIX))
    tracking = timed("six goals: sum up", lambda: summarise(everyone.about(SIX)))
    whose = timed("six goals: by reporter", lambda: compare(everyone))
    timed("six goals: write the page", lambda: tt.report_html(tracking, ledger, whose=whose))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command(Path(folder), TABLE)
        print(f"{'tradetrack report, six goals':34}  {'':9}  {time.perf_counter() - began:5.2f}")
    print(f"\n{'goals':>5}  kilobytes of the page ({FEW:,} paths, news of two weeks)")
    for number in SIZES:
        text = page(
            ledger,
            many(number),
            Parts(since="2025-10-31"),
            as_of="",
            horizon=None,
            n_paths=FEW,
            seed=0,
        )
        print(f"{number:5}  {len(text.encode()) / 1000:.0f}", flush=True)


if __name__ == "__main__":
    main()
