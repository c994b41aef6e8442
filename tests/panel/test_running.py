"""Serial, process pool and Dask agree to the bit; a lost worker's chunk is run again."""

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.panel import workers
from tests.panel.small import goals, ledger, values

import tradetrack as tt
from tradetrack._parallel import run
from tradetrack.panel import tracking

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "CHUNK", 2)


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def probabilities(executor: Executor | None = None) -> np.ndarray:
    panel = tt.track_panel(values(), goals(), horizon=4, n_paths=200, executor=executor)
    assert panel.failures == ()
    assert panel.probabilities is not None
    return panel.probabilities


def test_a_process_pool_agrees_bit_for_bit(pool: Executor) -> None:
    np.testing.assert_array_equal(probabilities(pool), probabilities())
    ledgers = {"one": ledger({2019: 2.0, 2020: 2.1, 2021: 2.3}), "none": tt.Ledger()}
    alone = tt.track_many(ledgers, tt.Goal(10), n_paths=100)
    assert tt.track_many(ledgers, tt.Goal(10), n_paths=100, executor=pool) == alone


def test_a_killed_worker_of_a_pool_loses_nothing(
    pool: Executor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = probabilities()
    monkeypatch.setenv(workers.MARKER, str(tmp_path / "killed"))
    monkeypatch.setattr(tracking, "met_by", workers.met_by)
    np.testing.assert_array_equal(probabilities(pool), expected)
    assert (tmp_path / "killed").exists()
    np.testing.assert_array_equal(probabilities(pool), expected)  # a broken pool does no harm


@pytest.mark.slow
def test_dask_agrees_bit_for_bit_and_loses_nothing(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.panel.dask_run", str(tmp_path / "killed")],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "2"},  # Dask gives its workers one
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout.splitlines()[-1])
    assert "the executor takes no work (cannot schedule new futures" in said.pop("shut")
    assert said == {"panel": True, "many": True, "workers": 2, "killed": True, "after": True}


def test_an_executor_that_takes_no_work_is_an_error() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(tt.InputError, match=r"takes no work .cannot schedule"):
        probabilities(executor)
    with pytest.raises(tt.InputError, match="pass one that is running"):
        tt.track_many({"one": tt.Ledger()}, tt.Goal(10), executor=executor)
    with pytest.raises(tt.InputError, match=r"has the interface of concurrent\.futures"):
        probabilities("dask")  # type: ignore[arg-type]


def test_answers_come_in_order_and_few_chunks_wait() -> None:
    asked: list[int] = []

    def jobs() -> Iterator[int]:
        for job in range(200):
            asked.append(job)
            yield job

    with ThreadPoolExecutor(2) as executor:
        for position, answer in enumerate(run(lambda job: job * job, jobs(), executor)):
            assert answer == position**2
            assert len(asked) <= position + 33


def test_an_error_of_the_work_itself_comes_with_its_name() -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        list(run(lambda job: 1 // job, [1, 0], executor))


def test_whoever_stops_early_leaves_no_chunk_waiting() -> None:
    with ThreadPoolExecutor(1) as executor:
        started: list[int] = []

        def work(job: int) -> int:
            started.append(job)
            return job

        answers = run(work, range(10**6), executor)
        assert next(answers) == 0
        answers.close()
    assert len(started) <= 33
