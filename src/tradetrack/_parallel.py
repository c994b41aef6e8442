"""Run the chunks of a panel, here or on an executor, and hand the answers back in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, nullcontext, suppress
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


def one_blas_thread() -> AbstractContextManager[Any]:
    """Let BLAS work on one thread, as Dask's workers do: more threads round sums differently.

    Without threadpoolctl, which the extra ``cluster`` brings, nothing is changed.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits


class _Silent:
    """What stands in for a progress bar that nobody wants."""

    def update(self, _: int) -> None:
        """Do nothing."""


def progress_bar(total: int, *, shown: bool) -> AbstractContextManager[Any]:
    """Return a bar that counts series; needs the extra ``cluster`` if it is to be seen."""
    if not shown:
        return nullcontext(_Silent())
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise MissingExtraError(
            "a progress bar needs tqdm: pip install 'tradetrack[cluster]', or progress=False"
        ) from error
    bar: AbstractContextManager[Any] = tqdm(total=total, unit="series", unit_scale=True)
    return bar
