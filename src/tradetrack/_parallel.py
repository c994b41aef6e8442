"""Work on executors, with one BLAS thread, and with a progress bar."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import (
    AbstractContextManager,
    ContextDecorator,
    contextmanager,
    nullcontext,
    suppress,
)
from threading import Lock
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
        with suppress(Exception):  # whatever befell the worker, the chunk is run again
            return future.result()
    return work(job)


class _OneBlasThread(ContextDecorator):
    """Let BLAS work on one thread; counts its users, as the limit is one for the whole process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._limit: AbstractContextManager[Any] = nullcontext()

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                self._limit = _limited_to_one()
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._limit.__exit__(None, None, None)


def _limited_to_one() -> AbstractContextManager[Any]:
    import numpy as np  # noqa: F401  a limit reaches the libraries that are loaded: both of these
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    limit: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limit


one_blas_thread = _OneBlasThread()
"""Let BLAS work on one thread while a block or a decorated function runs.

More threads round sums differently, and on a busy machine they wait for each other: the matrices
here are small. The first user in the process sets the limit and the last one lifts it, whichever
Python threads they run in, so that the process is left as it was found.

Examples
--------
>>> with one_blas_thread:
...     pass
"""


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
