"""Checks of arguments: they are of the right kind and size, or refused before anything runs."""

import math
import numbers
from collections.abc import Mapping
from typing import TypeGuard

import numpy as np
from numpy.typing import ArrayLike

from tradetrack._format import shorten
from tradetrack._typing import Array
from tradetrack.errors import InputError

MOST_PATHS = 1_000_000
_SHOWN = 60  # characters of a value in a message


def shown(value: object) -> str:
    """Write an argument in a message: its repr, in one short line.

    Examples
    --------
    >>> shown("a  b" * 3), shown(None)
    ("'a ba ba b'", 'None')
    """
    return shorten(repr(value), _SHOWN)


def check_kind(name: str, value: object, kind: type, remedy: str) -> None:
    """Refuse an argument that is no instance of a class.

    Examples
    --------
    >>> try:
    ...     check_kind("ledger", [], dict, "pass a dict")
    ... except InputError as error:
    ...     print(error)
    the ledger is a list; pass a dict
    """
    if not isinstance(value, kind):
        what = f"the class {value.__name__}" if isinstance(value, type) else _a(value)
        raise InputError(f"the {name} is {what}; {remedy}")


def _a(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"


def check_mapping(name: str, value: object, remedy: str) -> None:
    """Refuse an argument that has no values by name."""
    check_kind(name, value, Mapping, remedy)


def check_whole(
    name: str, value: object, least: int | None = None, most: int | None = None
) -> None:
    """Refuse what is not a whole number, or not one between two; a truth value is none.

    Examples
    --------
    >>> try:
    ...     check_whole("seed", True, 0)
    ... except InputError as error:
    ...     print(error)
    seed is True; write a whole number of at least 0
    """
    if (
        isinstance(value, int | np.integer)
        and not isinstance(value, bool)
        and (least is None or value >= least)
        and (most is None or value <= most)
    ):
        return
    size = "" if least is None else f" of at least {least}"
    size = size if most is None else f" between {least} and {most:,}"
    raise InputError(f"{name} is {shown(value)}; write a whole number{size}")


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite real number; a truth value is none.

    Examples
    --------
    >>> is_number(1), is_number(True), is_number("1"), is_number(math.inf)
    (True, False, False, False)
    """
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and abs(value) < math.inf  # type: ignore[arg-type]


def check_number(name: str, value: object, low: float, high: float = math.inf) -> None:
    """Refuse what is not a number strictly between two; a truth value is none.

    Examples
    --------
    >>> try:
    ...     check_number("probability", "high", 0, 1)
    ... except InputError as error:
    ...     print(error)
    probability is 'high'; write a number between 0 and 1
    """
    if not (is_number(value) and low < value < high):
        size = f"above {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        raise InputError(f"{name} is {shown(value)}; write a number {size}")


def as_numbers(name: str, values: ArrayLike) -> Array:
    """Return values as an array of floating-point numbers.

    Examples
    --------
    >>> as_numbers("curve", [0, 1])
    array([0., 1.])
    >>> try:
    ...     as_numbers("curve", "high")
    ... except InputError as error:
    ...     print(error)
    curve is 'high'; give numbers, or an array of them
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} is {shown(values)}; give numbers, or an array of them") from None
