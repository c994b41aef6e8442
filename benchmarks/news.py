"""The account of news over each year of the shipped ledger, and what its method leaves over.

For each year-end: processor seconds, releases, and for each goal the probability on that day and a
year later, hindsight, and the remainders of linearisation and of simulation, in points.

python benchmarks/news.py [FIRST LAST]
"""

import sys
import time

import tradetrack as tt

GOALS = (tt.Goal(10, by=2030), tt.Goal(5, by=2027), tt.Goal(6, by=2026, window="rolling_year"))
MOST = 0.5  # points of linearisation


def main() -> None:
    first, last = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (2001, 2024)
    ledger = tt.datasets.kazakhstan_uzbekistan()
    largest: list[tuple[float, int, str]] = []
    print(
        "since       seconds  releases  goal            before  after  hindsight  linear.  simul."
    )
    for year in range(first, last + 1):
        began = time.process_time()
        found = tt.news(ledger, GOALS, since=f"{year}-12-31", as_of=f"{year + 1}-12-31")
        start = f"{year}-12-31 {time.process_time() - began:8.1f} {len(found.releases):9}"
        for row in found.goals:
            before, after, rest = 100 * row.before, 100 * row.after, row.rest
            changes = (100 * part for part in (rest.hindsight, rest.linearisation, rest.simulation))
            hindsight, linear, simulation = changes
            name = f"{row.goal.amount} {row.due}"
            print(
                f"{start}  {name:15} {before:6.1f} {after:6.1f}"
                f"  {hindsight:+9.2f} {linear:+8.2f} {simulation:+7.2f}",
                flush=True,
            )
            start = " " * len(start)
            largest.append((abs(linear), year, name))
    beyond = sum(size > MOST for size, _, _ in largest)
    size, year, name = max(largest)
    print(f"linearisation: {beyond} of {len(largest)} beyond half a point; the largest {size:.2f}")
    print(f"points, for {name} over the year to {year + 1}-12-31")


if __name__ == "__main__":
    main()
