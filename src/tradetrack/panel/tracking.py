"""track_panel(): many annual series at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from tradetrack._checks import MOST_PATHS, MOST_YEARS, check_whole, shown
from tradetrack._files import PathLike, whole_file, writing
from tradetrack._parallel import progress_bar, run
from tradetrack._typing import Array
from tradetrack._version import __version__
from tradetrack.errors import InputError, MissingExtraError
from tradetrack.models.mixture import GrowthMixture
from tradetrack.panel.compute import Settings, Since, met_by
from tradetrack.panel.reading import Panel, read_panel
from tradetrack.panel.results import PanelTracking, goal_rows

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

CHUNK = 4096  # series worked on together


def track_panel(  # noqa: PLR0913  what to run on and where to write are not of the question
    values: "IntoDataFrame",
    goals: "IntoDataFrame",
    *,
    horizon: int,
    model: GrowthMixture | None = None,
    n_paths: int = 2_000,
    seed: int = 0,
    executor: Executor | None = None,
    progress: bool = False,
    sink: PathLike | None = None,
    since: Since = "announcement",
) -> PanelTracking:
    """Say when the goals of many annual series are met.

    Parameters
    ----------
    values
        A frame (pandas, polars, pyarrow) with the columns ``series``, ``year`` and ``value``: exact
        positive totals of calendar years, in any order, gaps allowed.
    goals
        A frame with the columns ``series`` and ``amount``, in the unit of the values, and
        ``deadline`` and ``announced`` if there are any: years, of the latter days too, or missing.
        Values that no goal names are not tracked.
    horizon
        Years ahead, counted from the last value of each series.
    model
        The growth mixture, of which the regimes, the memory and the month noise count; with regimes
        of your own, ``GrowthMixture(regimes)``. The shipped one of bilateral trade by default.
    n_paths
        Paths per series.
    seed
        Seed of the draws. Same inputs and seed, same bits, on any executor.
    executor
        Anything with the interface of `concurrent.futures.Executor`: a process pool, or
        ``dask.distributed.Client(...).get_executor()``. None works here.
    progress
        Whether to show a progress bar.
    sink
        Parquet file that the probabilities are written to chunk by chunk, if they are too many to
        keep.
    since
        ``"announcement"``: years before that of the announcement do not count, and all count where
        none is given. ``"origin"``: only years after the last value count, for every goal.

    Returns
    -------
    PanelTracking
        With a reason for each series or goal that could not be tracked.

    Raises
    ------
    InputError
        If a frame cannot be read at all, a number is out of range, or the executor takes no work.
    SinkError
        If the sink cannot be written.

    Examples
    --------
    >>> import pandas as pd
    >>> import tradetrack as tt
    >>> values = pd.DataFrame({"series": "KZ-UZ", "year": range(2019, 2025),
    ...                        "value": [3.4, 2.9, 3.8, 4.8, 4.2, 4.1]})
    >>> goals = pd.DataFrame({"series": ["KZ-UZ", "KZ-KG"], "amount": [5.0, 2.0]})
    >>> panel = tt.track_panel(values, goals, horizon=5)
    >>> panel.to_frame().columns.tolist()
    ['series', 'amount', 'year', 'probability']
    >>> panel.failures[0].series
    'KZ-KG'
    """
    settings = _settings(model, horizon, n_paths, seed, since)
    panel, failures = read_panel(values, goals, horizon)
    numbers = np.empty((len(panel.amounts) if sink is None else 0, horizon))
    done = 0
    with ExitStack() as stack:
        advance = stack.enter_context(
            progress_bar("tracking the series", len(panel), shown=progress)
        )
        write = None if sink is None else stack.enter_context(open_sink(sink))
        work = run(partial(met_by, settings=settings), _chunks(panel), executor)
        answers = stack.enter_context(closing(work))
        for part, probabilities in zip(_chunks(panel), answers, strict=True):
            if write is None:
                numbers[done : done + len(probabilities)] = probabilities
                done += len(probabilities)
            else:
                write(part, probabilities)
            advance(len(part))
    return PanelTracking(
        version=__version__,
        settings=settings,
        panel=panel,
        failures=failures,
        probabilities=numbers if sink is None else None,
        sink=None if sink is None else Path(sink),
    )


def _settings(
    model: GrowthMixture | None, horizon: int, n_paths: int, seed: int, since: Since
) -> Settings:
    check_whole("horizon", horizon, 1, MOST_YEARS)
    check_whole("n_paths", n_paths, 1, MOST_PATHS)
    check_whole("seed", seed, 0)
    if model is not None and not isinstance(model, GrowthMixture):
        raise InputError(
            f"model is a {type(model).__name__}; pass a GrowthMixture, with regimes of your own"
            " GrowthMixture(regimes)"
        )
    if since not in get_args(Since):
        raise InputError(
            f"since is {shown(since)}; write {' or '.join(map(repr, get_args(Since)))}"
        )
    mixture = GrowthMixture() if model is None else model
    return Settings(
        mixture.regimes,
        mixture.pattern.noise,
        mixture.memory,
        int(horizon),
        int(n_paths),
        int(seed),
        since,
    )


def _chunks(panel: Panel) -> Iterator[Panel]:
    for low in range(0, len(panel), CHUNK):
        yield panel.part(low, low + CHUNK)


Write = Callable[[Panel, Array], None]


@contextmanager
def open_sink(path: PathLike) -> Iterator[Write]:
    """Open a Parquet file with the columns of `PanelTracking.to_frame`; yields what appends to it.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    SinkError
        If the file cannot be written; nothing of it is left.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError(
            "a Parquet sink needs pyarrow: pip install 'tradetrack[cluster]'"
        ) from error
    columns = [("series", pa.string()), ("amount", pa.float64())]
    schema = pa.schema([*columns, ("year", pa.int32()), ("probability", pa.float64())])
    with whole_file(path) as file:
        with writing(path):
            writer = pq.ParquetWriter(file, schema)

        def write(panel: Panel, probabilities: Array) -> None:
            rows: dict[str, Any] = goal_rows(panel, probabilities)
            rows["series"] = pa.array(panel.names, pa.string()).take(pa.array(rows["series"]))
            with writing(path):
                writer.write_table(pa.table(rows, schema=schema))

        try:
            yield write
        except BaseException:
            with suppress(OSError):  # the disk may still be full
                writer.close()
            raise
        with writing(path):
            writer.close()
