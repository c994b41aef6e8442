"""Whatever does linear algebra does it with one BLAS thread, and leaves the process as it was.

A program of its own asks, because the tests themselves run with one thread.
"""

import json
import os
import subprocess
import sys

import pytest

# Each line is one public entry point; all run on every subprocess in one go.
PROGRAM = """
import json, sys, threading
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import pandas as pd
import scipy.linalg
from threadpoolctl import threadpool_info
import tradetrack as tt
from tradetrack._parallel import one_blas_thread
from tradetrack.models.mixture import GrowthMixture

ledger = tt.datasets.kazakhstan_uzbekistan()
goal = tt.Goal(10, by=2030)
values = pd.DataFrame({"series": "a", "year": range(2005, 2021), "value": np.arange(3.0, 19.0)})
goals = pd.DataFrame({"series": ["a"], "amount": [25.0]})
few = {"n_paths": 100}
small = ledger.select(reporter="UZ stat")
brief = {"documents": False, "alternatives": {"the same": GrowthMixture()}, **few}

def blas():
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

def model():
    fitted = GrowthMixture().fit(ledger)
    return fitted.draw(2026, 64, np.random.default_rng(0)).log_paths.tolist()

class Watched:
    def fit(self, ledger):
        seen.append(blas())
        return GrowthMixture().fit(ledger)

def learn():
    panel = pd.concat([values.assign(series=name) for name in "abcd"])
    few = tt.models.Regimes.shipped().prune(0.05)
    return tt.models.learn_regimes(panel, horizon=2, candidates=few).table().tolist()

ENTRIES = {
    "model": model,
    "learn_regimes": learn,
    "simulate": lambda: tt.simulate(ledger, goal, model=Watched(), **few).totals().tolist(),
    "track": lambda: tt.track(ledger, goal, model=Watched(), **few).model_dump_json(),
    "news": lambda: tt.news(ledger, goal, since="2025-06").model_dump_json(),
    "by_reporter": lambda: tt.by_reporter(ledger, goal, **few).model_dump_json(),
    "sensitivity": lambda: tt.sensitivity(small, goal, **brief).model_dump_json(),
    "required_growth": lambda: tt.required_growth(ledger, goal, **few).model_dump_json(),
    "backtest": lambda: tt.backtest(ledger, tt.Goal(4), ["2019-12"], **few).model_dump_json(),
    "track_many": lambda: str(tt.track_many({"x": ledger, "y": ledger}, goal, **few)),
    "track_panel": lambda: tt.track_panel(values, goals, horizon=5).to_frame().to_json(),
    "backtest_panel": lambda: tt.backtest_panel(values, origins=[2015]).model_dump_json(),
}
seen = []
found = {"before": blas(), "left": {}, "differ": [], "inside": []}
serial = {}
for name, entry in ENTRIES.items():
    serial[name] = entry()
    found["left"][name] = blas()
with ThreadPoolExecutor(3) as pool:
    jobs = [(name, pool.submit(ENTRIES[name])) for name in ("track", "track_panel", "model") * 4]
    jobs += [("track", pool.submit(ENTRIES["track"])) for _ in range(2)]
    found["differ"] = [name for name, job in jobs if job.result() != serial[name]]
found["left"]["threads"] = blas()
found["inside"] = seen
try:
    with one_blas_thread, one_blas_thread:
        raise KeyError
except KeyError:
    found["left"]["an error"] = blas()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, object]:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_program_has_more_threads_to_lose(found) -> None:
    assert set(found["before"]) != {1} or os.cpu_count() == 1


def test_the_process_is_left_as_it_was(found) -> None:
    assert {name: left for name, left in found["left"].items() if left != found["before"]} == {}


def test_a_model_works_with_one_thread(found) -> None:
    assert len(found["inside"]) >= 2
    assert {number for each in found["inside"] for number in each} == {1}


def test_threads_of_the_program_get_the_same_bits(found) -> None:
    assert found["differ"] == []
