"""Work on executors, with one BLAS thread, and with a progress bar."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import (
    ContextDecorator,
    contextmanager,
    suppress,
)
from threading import Lock, local
from typing import Any, TypeVar

from tradetrack.errors import InputError, MissingExtraError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

_WAITING = 32  # chunks handed out before the first of them must be back: bounds the memory


def run(
    work: Callable[[Job], Answer], jobs: Iterable[Job], executor: Executor | None
) -> Generator[Answer]:
    """Yield the answers in the order of the jobs.

    A chunk whose worker was lost is run again here, and so is one that failed: an error of its own
    comes again, with a traceback that can be read.

    Raises
    ------
    InputError
        If the executor takes no work.
    """
    if executor is None:
        yield from map(work, jobs)
        return
    waiting: deque[tuple[Job, Future[Answer] | None]] = deque()
    try:
        for job in jobs:
            waiting.append((job, _submit(executor, work, job)))
            if len(waiting) >= _WAITING:
                yield _answer(work, *waiting.popleft())
        while waiting:
            yield _answer(work, *waiting.popleft())
    finally:  # whoever listens may stop early, as when the disk is full
        for _, future in waiting:
            if future is not None:
                future.cancel()


def _submit(executor: Executor, work: Callable[[Job], Answer], job: Job) -> Future[Answer] | None:
    try:
        return executor.submit(work, job)
    except BrokenExecutor:
        return None
    except (AttributeError, RuntimeError, TypeError) as error:
        raise InputError(
            f"the executor takes no work ({error}); pass one that is running and has the interface"
            " of concurrent.futures, or none"
        ) from error


def _answer(work: Callable[[Job], Answer], job: Job, future: Future[Answer] | None) -> Answer:
    if future is not None:
        with suppress(Exception):  # whatever happened to the worker, the chunk is run again
            return future.result()
    return work(job)


class _OneBlasThread(ContextDecorator):
    """Let BLAS work on one thread while a block or a decorated function runs.

    More threads round sums differently, and on a busy machine they wait for each other: the
    matrices here are small. The thread pool of a BLAS belongs to the process, so its users are
    counted: the first one sets the limit and the last one lifts it, whichever Python threads they
    run in. Only OpenBLAS over OpenMP has a limit in each Python thread.

    Examples
    --------
    >>> with one_blas_thread:
    ...     pass
    """

    def __init__(self) -> None:
        self._users = 0
        self._shared: Any = None
        self._own = local()
        self._renew_lock()
        if hasattr(os, "register_at_fork"):  # another thread may hold the lock just then
            os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self) -> None:
        self._lock = Lock()

    def __enter__(self) -> None:
        depth = getattr(self._own, "depth", 0)
        if not depth:
            own, shared = _libraries()
            self._own.limit = own.limit(limits=1)
            with self._lock:
                if not self._users:
                    self._shared = shared.limit(limits=1)
                    _let_others_lift_it()
                self._users += 1
        self._own.depth = depth + 1

    def __exit__(self, *_: object) -> None:
        self._own.depth -= 1
        if self._own.depth:
            return
        self._own.limit.restore_original_limits()
        with self._lock:
            self._users -= 1
            if not self._users:
                self._shared.restore_original_limits()
                _let_others_lift_it()


def _libraries() -> tuple[Any, Any]:
    """BLAS libraries whose limit each Python thread has for itself, and those that share one."""
    import numpy as np  # noqa: F401  a limit reaches what is loaded: the BLAS of both
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    blas = ThreadpoolController().select(user_api="blas")
    places: tuple[list[str], list[str]] = [], []
    for each in blas.lib_controllers:
        alone = each.internal_api == "openblas" and each.threading_layer == "openmp"
        places[not alone].append(each.filepath)
    return blas.select(filepath=places[0]), blas.select(filepath=places[1])


def _let_others_lift_it() -> None:
    """Give up this thread's hold on OpenBLAS: threadpoolctl ignores all others until then."""
    from threadpoolctl import OpenBLASController

    OpenBLASController.clear_controlling_thread()


one_blas_thread = _OneBlasThread()

Advance = Callable[[int], object]


@contextmanager
def progress_bar(title: str, total: int | None, *, shown: bool) -> Iterator[Advance]:
    """Show a bar on standard error; yields what moves it on by a number of steps.

    Parameters
    ----------
    title
        What runs.
    total
        Number of steps; None if it is not known.
    shown
        Whether to show it; it needs rich, of the extras ``cluster`` and ``cli``.
    """
    if not shown:
        yield lambda _: None
        return
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )
    except ImportError as error:
        raise MissingExtraError(
            "a progress bar needs rich: pip install 'tradetrack[cluster]', or progress=False"
        ) from error
    counted = () if total is None else (MofNCompleteColumn(),)
    columns = TextColumn("{task.description}"), BarColumn(), *counted, TimeElapsedColumn()
    # A refreshing thread would be there when a pool forks; only a bar without a total needs it.
    threaded = total is None
    with Progress(*columns, console=Console(stderr=True), auto_refresh=threaded) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps: bar.update(task, advance=steps, refresh=True)
