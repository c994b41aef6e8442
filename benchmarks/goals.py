"""What goals of ten kinds cost beside one: `track` on the shipped ledger.

python benchmarks/goals.py

Least of several runs in one process with one BLAS thread; at most 1.3 times is asked for.
"""

import time
from collections.abc import Sequence

import tradetrack as tt

RUNS = 7
BALANCE = tt.Series(pair="KZ-UZ", flow="balance")
ONE = tt.Goal(10, by=2030)
TEN = (
    ONE,
    tt.Goal("2x 2023", by=2030),
    tt.Goal("+4 2024", by="2030-03", window="rolling_year"),
    tt.Goal("+15%", window="2026"),
    tt.Goal("15% a year from 2024", by=2030),
    tt.Goal(10, by="2031-03-31", window="fy:04"),
    tt.Goal(2.5, by=2030, window="half_year"),
    tt.Goal("1500 usd_mn", by=2030, window="quarter", announced="2025"),
    tt.Goal(5, by=2030, sustained=3),
    tt.Goal(2, by=2030, series=BALANCE, bound="at_most", announced="2025"),
)


def seconds(ledger: tt.Ledger, goals: Sequence[tt.Goal]) -> float:
    start = time.perf_counter()
    tt.track(ledger, goals)
    return time.perf_counter() - start


def main() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    one, ten = (min(seconds(ledger, goals) for _ in range(RUNS)) for goals in ([ONE], TEN))
    print(f"one goal {one:.2f} s, ten goals of ten kinds {ten:.2f} s: {ten / one:.2f} times")


if __name__ == "__main__":
    main()
