"""The lines of news over each year of the shipped ledger: what linearisation and simulation leave.

python benchmarks/news.py [FIRST LAST]
"""

import sys
import time

import tradetrack as tt

GOALS = (tt.Goal(10, by=2030), tt.Goal(5, by=2027), tt.Goal(6, by=2026, window="rolling_year"))


def main() -> None:
    first, last = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (2002, 2024)
    ledger = tt.datasets.kazakhstan_uzbekistan()
    worst = 0.0
    print("since       seconds  releases  linearisation and simulation of each goal, in points")
    for year in range(first, last + 1):
        began = time.process_time()
        found = tt.news(ledger, GOALS, since=f"{year}-12-31", as_of=f"{year + 1}-12-31")
        took = time.process_time() - began
        rest = [row.rest for row in found.goals]
        worst = max(worst, *(abs(100.0 * one.linearisation) for one in rest))
        lines = "  ".join(f"{100 * r.linearisation:+.2f} {100 * r.simulation:+.2f}" for r in rest)
        print(f"{year}-12-31  {took:7.1f}  {len(found.releases):8}  {lines}", flush=True)
    print(f"largest remainder of linearisation: {worst:.2f} points")


if __name__ == "__main__":
    main()
