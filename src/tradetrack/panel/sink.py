"""Write a panel's answers to Parquet chunk by chunk: whole, or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tradetrack.errors import MissingExtraError, SinkError
from tradetrack.models.kernels import Array
from tradetrack.panel.reading import Panel
from tradetrack.panel.results import goal_rows

Write = Callable[[Panel, Array], None]


@contextmanager
def open_sink(path: Path) -> Iterator[Write]:
    """Open a Parquet file with the columns of `PanelTracking.to_frame`; yields what appends to it.

    It is written beside the file asked for, and takes its name when all is written.

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
    partial = path.parent / f".{path.name}.part"
    with _naming(path):
        if path.is_dir():
            raise IsADirectoryError("it is a folder")
        writer = pq.ParquetWriter(partial, schema)
    try:

        def write(panel: Panel, probabilities: Array) -> None:
            rows: dict[str, Any] = goal_rows(panel, probabilities)
            rows["series"] = pa.array(panel.names, pa.string()).take(pa.array(rows["series"]))
            with _naming(path):
                writer.write_table(pa.table(rows, schema=schema))

        yield write
        with _naming(path):
            writer.close()
            os.replace(partial, path)
    finally:
        _discard(writer, partial)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise SinkError(
            f"{path} could not be written ({reason}); free space or choose another place."
            " Nothing of it is left"
        ) from error


def _discard(writer: Any, partial: Path) -> None:
    """Close the writer and remove the partial file, if they are still there."""
    try:
        writer.close()
    except OSError:  # the disk is still full
        pass
    finally:
        partial.unlink(missing_ok=True)
