"""What a process's BLAS threads cost `track`, on an idle machine and on one whose cores are busy.

python benchmarks/threads.py

Each time is the least of several runs, each in a process of its own: with the default number of
threads, and with one from the start.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

RUNS = 5
MOST_IDLE, MOST_BUSY = 1.1, 2.5
PROGRAM = """
import time
import tradetrack as tt
ledger, goals = tt.datasets.kazakhstan_uzbekistan(), tt.datasets.goals("kazakhstan_uzbekistan")
tt.track(ledger, goals, n_paths=100)
start = time.perf_counter()
tt.track(ledger, goals)
print(time.perf_counter() - start)
"""
SPIN = "while True: pass"
LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def seconds(*, one_thread: bool) -> float:
    """Time `track` on the shipped ledger once, in a new process."""
    env = {name: value for name, value in os.environ.items() if name not in LIMITS}
    if one_thread:
        env |= dict.fromkeys(LIMITS, "1")
    command = [sys.executable, "-c", PROGRAM]
    return float(subprocess.run(command, env=env, check=True, capture_output=True).stdout)


def busy(stack: ExitStack) -> None:
    """Keep every core busy until the stack is left."""
    for _ in range(os.cpu_count() or 1):
        other = stack.enter_context(subprocess.Popen([sys.executable, "-c", SPIN]))
        stack.callback(other.kill)


def main() -> None:
    # In turn, so that whatever else the machine does falls on both.
    idle = [(seconds(one_thread=True), seconds(one_thread=False)) for _ in range(RUNS)]
    with ExitStack() as stack:
        busy(stack)
        loaded = [seconds(one_thread=False) for _ in range(RUNS)]
    alone, default = (min(times) for times in zip(*idle, strict=True))
    print(f"track on the shipped ledger, {os.cpu_count()} cores, seconds")
    print(f"{'one BLAS thread, idle':34}{alone:.2f}")
    for name, found, most in (
        ("default threads, idle", default, MOST_IDLE),
        ("default threads, all cores busy", max(loaded), MOST_BUSY),
    ):
        print(f"{name:34}{found:.2f}, {found / alone:.2f} times (at most {most})")


if __name__ == "__main__":
    main()
