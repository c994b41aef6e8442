"""Score the shipped prior on a first-passage benchmark of annual trade.

    python benchmarks/skill.py --bench FOLDER

The folder holds ``attain_bench.py`` and its data: annual bilateral exports cut at an origin, goals
at 1.1, 1.25, 1.5 and 2 times the last value, six years ahead. Lower is better, except the coverage
of the 80 % band. OWA is against Naive2. The walk is scored beside; the numbers of the other
forecasters were measured with the same harness and are repeated. The series have no announcement,
so no base rate was known at one; the one here is of the outcomes themselves.
"""

import argparse
from pathlib import Path
from typing import Any

from bench_io import Annual, load_bench, row, walk_row

from tradetrack.models.regimes import MEMORY, MonthPattern, Regimes

COLUMNS = ("Brier", "log", "ECE", "OWA", "cov80", "cov95")
SCORES = ("brier", "logs", "ece", "owa", "cov80", "cov95")
SPLITS = ("trade:dev", "trade-last12:dev", "trade-last8:dev")
PEERS = {  # Brier, log score, calibration error, OWA, coverage; None: not recorded
    "trade:dev": {
        "base rates (in-sample)": (0.1934, 1.462, None, None, None),
        "AutoETS, logs": (0.2149, None, None, None, None),
        "random walk + drift": (0.2480, None, None, None, None),
        "five-year growth": (0.3655, None, None, None, None),
    },
    "trade-last12:dev": {
        "base rates (in-sample)": (0.1934, 1.462, None, None, None),
        "AutoETS, logs": (0.2218, None, None, None, None),
    },
    "trade-last8:dev": {
        "base rates (in-sample)": (0.1934, 1.462, None, None, None),
        "AutoETS, logs": (0.2167, None, None, None, None),
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None, help="score only the first series")
    arguments = parser.parse_args()
    bench: Any = load_bench(arguments.bench)
    noise = MonthPattern.shipped().noise
    for split in SPLITS:
        shipped = Annual(Regimes.shipped(), noise, MEMORY, bench.QLEVELS)
        scores = bench.evaluate(shipped, split, limit=arguments.limit).scores
        print(
            f"{split}: {scores['n']} series, {1000 * scores['sec_median']:.1f} ms a series, ",
            end="",
        )
        print(f"standard error of Brier {scores['brier_se']:.4f}, bias {scores['bias']:+.4f}")
        print(f"  {'':26s}" + "".join(f"{c:>9s}" for c in COLUMNS))
        own = tuple(float(scores[k]) for k in SCORES)
        print(row("tradetrack, shipped prior", own))
        print(walk_row(bench, split, SCORES, arguments.limit))
        for name, numbers in PEERS[split].items():
            print(row(name, numbers))


if __name__ == "__main__":
    main()
