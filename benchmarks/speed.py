"""How long `track` takes on the shipped ledger, beside numpy drawing as many normals.

Run it with ``make bench``.
Both are timed in turn in one process, after one warm-up; medians of seven. Memory is the peak of a
fresh process that tracks once.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import tradetrack as tt

N_PATHS = 10_000
FLOWS = 2
REPEATS = 7
MOST_SECONDS, MOST_TIMES, MOST_MEGABYTES = 0.5, 4.0, 500.0


def track() -> tt.Tracking:
    """Answer the main question."""
    ledger = tt.datasets.kazakhstan_uzbekistan()
    return tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"), n_paths=N_PATHS)


def seconds(job: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """Peak memory of this process so far; Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Print the table."""
    fresh = [sys.executable, __file__, "memory"]
    memory = float(subprocess.run(fresh, capture_output=True, text=True, check=True).stdout)
    ledger = tt.datasets.kazakhstan_uzbekistan()
    goals = tt.datasets.goals("kazakhstan_uzbekistan")
    years = track().totals().years  # the warm-up
    shape = (FLOWS, 12 * len(years), N_PATHS)
    rng = np.random.default_rng(0)
    tracked, drawn, drawn_single = [], [], []
    for _ in range(REPEATS):
        tracked.append(seconds(lambda: tt.track(ledger, goals, n_paths=N_PATHS)))
        drawn.append(seconds(lambda: np.exp(rng.standard_normal(shape))))
        drawn_single.append(seconds(lambda: np.exp(rng.standard_normal(shape, np.float32))))
    ours, double, single = map(statistics.median, (tracked, drawn, drawn_single))
    print(f"{len(ledger.current)} figures, {N_PATHS:,} paths, {years[0].year} to {years[-1].year},")
    print(f"{FLOWS} flows x {shape[1]} months x {N_PATHS:,} paths = {np.prod(shape):,} normals\n")
    print("| measure | value | target |")
    print("|---|---|---|")
    print(f"| track, seconds | {ours:.3f} | < {MOST_SECONDS} |")
    print(f"| numpy draws and exponentiates, seconds | {double:.3f} | |")
    print(f"| the same in single precision | {single:.3f} | |")
    print(f"| track / numpy | {ours / double:.2f} | < {MOST_TIMES:g} |")
    print(f"| track / numpy in single precision | {ours / single:.2f} | |")
    print(f"| peak memory of a fresh process, MB | {memory:.0f} | < {MOST_MEGABYTES:.0f} |")


if __name__ == "__main__":
    if sys.argv[1:] == ["memory"]:
        track()
        print(peak_megabytes())
    else:
        main()
