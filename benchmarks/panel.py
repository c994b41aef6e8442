"""How long `track_panel` takes beside statsmodels' ETS, how it grows, and what it needs of memory.

``python benchmarks/panel.py`` prints the table, all of it measured in one run; with ``--million``
also a million series streamed to Parquet, in a process of its own. Series are random walks of
twelve years; four goals each, ten years ahead, 2,000 paths.
"""

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

import tradetrack as tt
from tradetrack._typing import Array

FIRST, YEARS, AHEAD, PATHS = 2010, 12, 10, 2_000
FACTORS = (1.1, 1.25, 1.5, 2.0)
SERIES, ETS_SERIES, REPEATS = 40_000, 100, 3
MOST_SECONDS, LEAST_TIMES, LEAST_GAIN, MOST_MEGABYTES = 20.0, 100.0, 1.7, 1_000.0


def totals(n: int) -> Array:
    """Totals of ``n`` series, ``[series, year]``."""
    walks = np.random.default_rng(0).standard_normal((n, YEARS))
    walks *= 0.2
    np.cumsum(walks, axis=1, out=walks)
    return np.exp(walks, out=walks)


def tables(n: int) -> tuple[pa.Table, pa.Table]:
    """Values and goals as Arrow tables; names are stored once each."""
    known = totals(n)
    names = pa.array([f"series {i}" for i in range(n)])

    def named(times: int) -> pa.Array:
        return pa.DictionaryArray.from_arrays(np.repeat(np.arange(n, dtype=np.int32), times), names)

    years = np.tile(np.arange(FIRST, FIRST + YEARS, dtype=np.int32), n)
    goals = (known[:, -1:] * FACTORS).ravel()
    return (
        pa.table({"series": named(YEARS), "year": years, "value": known.ravel()}),
        pa.table({"series": named(len(FACTORS)), "amount": goals}),
    )


def track(
    data: tuple[pa.Table, pa.Table], n_paths: int = PATHS, executor: Executor | None = None
) -> tt.results.PanelTracking:
    """Answer the question of the table."""
    return tt.track_panel(*data, horizon=AHEAD, n_paths=n_paths, executor=executor)


def ets(n: int) -> None:
    """Fit and simulate an ETS with a damped additive trend on the logs of each of ``n`` series."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # not in the million's memory

    rng = np.random.default_rng(0)
    for known in totals(n):
        logs = np.log(known)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # few years are enough to be timed
            fitted = ETSModel(logs, error="add", trend="add", damped_trend=True).fit(disp=False)
        paths = fitted.simulate(AHEAD, anchor="end", repetitions=PATHS, rng=rng)
        highest = np.maximum.accumulate(np.asarray(paths), axis=0)
        for factor in FACTORS:
            (highest >= logs[-1] + np.log(factor)).mean(axis=1)


def seconds(job: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def best(*jobs: Callable[[], object]) -> list[float]:
    """Time each job, best of several rounds in which they take turns."""
    rounds = [[seconds(job) for job in jobs] for _ in range(REPEATS)]
    return [min(times) for times in zip(*rounds, strict=True)]


def million() -> None:
    """Stream a million series to Parquet; print seconds and the peak of this process."""
    data = tables(1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "panel.parquet"
        took = seconds(lambda: tt.track_panel(*data, horizon=AHEAD, sink=file, progress=True))
        size = file.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(took, size, peak / (1e6 if sys.platform == "darwin" else 1e3))


def main() -> None:
    """Print the table."""
    data = tables(SERIES)
    parts = {n: tables(n) for n in (SERIES // 4, SERIES // 2)}
    track(parts[SERIES // 4])  # the warm-up
    rows: list[tuple[str, str, str]] = []
    full, few, more, classical = best(
        lambda: track(data),
        lambda: track(data, PATHS // 2),
        lambda: track(data, 2 * PATHS),
        lambda: ets(ETS_SERIES),
    )
    classical /= ETS_SERIES
    rows.append((f"{SERIES:,} series, seconds", f"{full:.2f}", f"< {MOST_SECONDS:g}"))
    rows.append(("a series, milliseconds", f"{1e3 * full / SERIES:.3f}", ""))
    rows.append(("ETS by statsmodels, a series, milliseconds", f"{1e3 * classical:.1f}", ""))
    rows.append(("ETS / tradetrack", f"{classical * SERIES / full:.0f}", f"> {LEAST_TIMES:g}"))
    for n, part in parts.items():
        (took,) = best(partial(track, part))
        rows.append((f"{n:,} series / {SERIES:,}", f"{took / full:.2f}", f"{n / SERIES:g}"))
    rows.append((f"{PATHS // 2:,} paths / {PATHS:,}", f"{few / full:.2f}", ""))
    rows.append((f"{2 * PATHS:,} paths / {PATHS:,}", f"{more / full:.2f}", ""))
    with ProcessPoolExecutor(2) as pool:
        track(parts[SERIES // 4], executor=pool)  # both processes are up
        alone, two = best(lambda: track(data), lambda: track(data, executor=pool))
    rows.append(("one process / two", f"{alone / two:.2f}", f">= {LEAST_GAIN}"))
    if "--million" in sys.argv:
        fresh = [sys.executable, __file__, "million"]
        said = subprocess.run(fresh, stdout=subprocess.PIPE, text=True, check=True).stdout
        took, size, peak = map(float, said.split())
        rows.append(("1,000,000 series to Parquet, seconds", f"{took:.0f}", ""))
        rows.append(("the file, MB", f"{size:.0f}", ""))
        rows.append(("peak memory with the table, MB", f"{peak:.0f}", f"< {MOST_MEGABYTES:.0f}"))
    print(f"{YEARS} years, {len(FACTORS)} goals, {AHEAD} years ahead, {PATHS:,} paths\n")
    print("| measure | value | target |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    if sys.argv[1:] == ["million"]:
        million()
    else:
        main()
