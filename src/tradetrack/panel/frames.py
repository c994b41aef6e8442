"""Columns of a panel's frames: pandas, polars or pyarrow, by way of narwhals."""

import difflib
import numbers
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tradetrack.errors import InputError
from tradetrack.models.kernels import Index

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

Years = NDArray[np.int32]
Codes = NDArray[np.signedinteger[Any]]
_YEARS = 9999  # years are between minus this and this
_WIDEST = 40  # characters of a cell that a message shows


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers.

    Attributes
    ----------
    numbers
        Whole or floating-point numbers as they were given; NaN where a cell is missing or is none.
    cells
        The cells as they were given.
    """

    numbers: NDArray[Any]
    cells: NDArray[Any]

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Whether a cell is missing."""
        import pandas as pd  # loads slower than the library

        missing: NDArray[np.bool_] = pd.isna(self.cells)
        return missing

    def years(self, rows: Index | slice) -> tuple[Years, NDArray[np.bool_]]:
        """Years in some rows, and whether a cell is one: a whole number of at most four digits."""
        given = self.numbers[rows]
        known = (given >= -_YEARS) & (given <= _YEARS)
        if not known.all():
            given = np.where(known, given, 0)
        if given.dtype.kind == "f":
            known &= given % 1 == 0
        return given.astype(np.int32, copy=False), known

    def shown(self, row: int) -> str:
        """Write a cell as it would be typed."""
        cell = self.cells[row]
        plain = cell.item() if isinstance(cell, np.generic) else cell
        if isinstance(plain, str) and not np.isnan(self.numbers[row]):
            plain = float(plain)  # a table of text has numbers in quotes
        text = f"{plain:g}" if isinstance(plain, float) else repr(plain)
        return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}..."


@dataclass(frozen=True, slots=True)
class NotText:
    """A name that could not even be looked up, such as a list."""

    kind: str
    shown: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A frame with a row a value or a goal.

    Attributes
    ----------
    codes
        Number of each row's series in ``names``, -1 if the row names none.
    names
        Names of series, each once; whatever the cells held, text or not.
    numbers
        The other columns by name.
    """

    codes: Codes
    names: list[Any]
    numbers: dict[str, Numbers]


def read_columns(
    frame: "IntoDataFrame", what: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Columns:
    """Read a frame with the column ``series`` and those named.

    Raises
    ------
    InputError
        If it is no frame, or lacks a column.
    """
    import narwhals as nw  # loads slower than the library

    every = ", ".join(("series", *needed))
    remedy = f"pass a pandas, polars or pyarrow frame with the columns {every}"
    try:
        data = nw.from_native(frame, eager_only=True)
        columns = data.columns
    except (TypeError, ValueError, nw.exceptions.NarwhalsError) as error:
        raise InputError(
            f"{what} cannot be read: {error}; {remedy}", topic="panel-columns"
        ) from error
    missing = [name for name in ("series", *needed) if name not in columns]
    if missing:
        problem = f"{what} has no column {', '.join(missing)}"
        hint = _meant(missing, columns) or f"give it the columns {every}"
        raise InputError(f"{problem}; {hint}", topic="panel-columns")
    codes, names = _names(data["series"])
    present = [name for name in (*needed, *optional) if name in columns]
    return Columns(codes, names, {name: _numbers(data[name]) for name in present})


def _meant(missing: Sequence[str], columns: Sequence[str]) -> str:
    """Ask whether columns with like names are the missing ones; nothing, if there are none."""
    given = {str(column).casefold(): column for column in columns}
    near = {name: difflib.get_close_matches(name, given, n=1, cutoff=0.6) for name in missing}
    found = [f"{name!r} by {given[like[0]]!r}" for name, like in near.items() if like]
    return f"did you mean {' and '.join(found)}?" if found else ""


def _names(column: Any) -> tuple[Codes, list[Any]]:
    """Number the names; a column that came with numbers (categories) keeps them."""
    import pandas as pd  # loads slower than the library

    native = column.to_native()
    if type(native).__module__.startswith("pyarrow"):
        return _arrow_names(native)
    cells = native if isinstance(native, pd.Series) else column.to_numpy()
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return np.asarray(cells.cat.codes), list(cells.cat.categories)
    try:
        codes, names = pd.factorize(cells)
    except TypeError:  # lists and the like
        return _numbered(cells)
    return codes.astype(np.int32), list(names)


def _arrow_names(native: Any) -> tuple[Codes, list[Any]]:
    """Number names without pandas, which takes far more memory for it."""
    import pyarrow as pa

    try:
        encoded = native.dictionary_encode().unify_dictionaries().combine_chunks()
    except pa.ArrowNotImplementedError:  # lists and the like
        return _numbered(native.to_pylist())
    codes = encoded.indices.fill_null(-1).to_numpy()
    return codes.astype(np.int32, copy=False), encoded.dictionary.to_pylist()


def _numbered(cells: Iterable[Any]) -> tuple[Codes, list[Any]]:
    """Number names of which some cannot be looked up."""
    places: dict[Any, int] = {None: -1}
    codes = [places.setdefault(_hashable(cell), len(places) - 1) for cell in cells]
    return np.array(codes, np.int32), list(places)[1:]


def _hashable(cell: Any) -> Any:
    try:
        hash(cell)
    except TypeError:
        return NotText(type(cell).__name__, repr(cell))
    return cell


def _numbers(column: Any) -> Numbers:
    import pandas as pd  # loads slower than the library

    if column.dtype.is_numeric() and not column.dtype.is_decimal():
        given = np.asarray(column.to_numpy())
        if isinstance(column.to_native(), pd.Series):
            given = given.copy()  # the others cannot be changed afterwards
        if given.dtype.kind in "iuf":
            return Numbers(given, given)
    cells = np.array([None, *column.to_list()], object)[1:]  # the first keeps numpy from guessing
    return Numbers(np.array([_number(cell) for cell in cells], float), cells)


def _number(cell: Any) -> float:
    """Read a number, also one that is written as text; NaN for anything else."""
    if isinstance(cell, str):
        return _written(cell)
    if isinstance(cell, bool) or not isinstance(cell, numbers.Real | Decimal):
        return float("nan")
    try:
        return float(cell)
    except (OverflowError, ValueError):  # a whole number beyond 1e308, a signalling NaN
        return float("inf")


def _written(text: str) -> float:
    try:
        return float("nan" if "_" in text else text)  # Python alone reads 1_000
    except ValueError:
        return float("nan")
